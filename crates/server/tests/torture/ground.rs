//! What a server stands on.

use crate::postgres::Cluster;
use crate::server::Server;

#[derive(Clone, Copy)]
pub enum Ground<'a> {
    Sqlite,
    /// SQLite on a disk whose power fails.
    Power,
    Postgres(&'a Cluster),
}

impl Ground<'_> {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Power => "sqlite, power",
            Self::Postgres(_) => "postgres",
        }
    }

    /// A server on it, not started.
    pub async fn server(self, seed: u64) -> Server {
        match self {
            Self::Sqlite => Server::new(None),
            Self::Power => Server::with_power(seed),
            Self::Postgres(cluster) => Server::new(Some(cluster.database().await)),
        }
    }
}
