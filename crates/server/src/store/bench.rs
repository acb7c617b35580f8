//! What only measurements need: a PostgreSQL database of their own.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::StoreError;

/// A PostgreSQL database that is made for a measurement.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
}

impl Database {
    /// Makes one in the cluster of this URL. It stays when it is kept; otherwise its name is `harkara_bench`, and the
    /// next measurement replaces it.
    pub async fn fresh(cluster: &str, keep: bool) -> Result<Self, StoreError> {
        let name = if keep {
            format!(
                "harkara_bench_{:08x}",
                u32::from_be_bytes(crate::clock::random_bytes())
            )
        } else {
            "harkara_bench".to_owned()
        };
        let mut connection = PgConnection::connect(cluster).await?;
        // Names cannot be bound; this one is made of letters and digits.
        for statement in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name}"),
        ] {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await?;
        }
        connection.close().await?;
        let base = cluster.rsplit_once('/').map_or(cluster, |(base, _)| base);
        Ok(Self {
            url: format!("{base}/{name}"),
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}
