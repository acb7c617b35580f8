//! What only measurements need: a PostgreSQL database of their own, the leanest log of callbacks that there can be, and
//! ledgers that are large already.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::db::on;
use super::dialect::Batch;
use super::rows::Column::Text;
use super::rows::{Cell, Rows};
use super::{Db, StoreError, Tx};
use crate::clock::Millis;

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

/// The leanest log of callbacks: a table of raw bodies, and nothing else.
#[derive(Debug)]
pub struct Bodies(Db);

const BODY: Batch = Batch {
    sqlite: "CREATE TABLE body (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)",
    postgres: "CREATE TABLE IF NOT EXISTS body (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, raw BYTEA NOT NULL)",
};

impl Bodies {
    /// Makes one in a new SQLite file or in a PostgreSQL database.
    pub async fn open(database: &str) -> Result<Self, StoreError> {
        let db = Db::open(database).await?;
        let mut tx = db.write().await?;
        let sql = tx.dialect().pick(&BODY);
        on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
        tx.commit().await?;
        Ok(Self(db))
    }

    /// Makes these bodies durable in one commit.
    pub async fn keep(&mut self, bodies: &[&[u8]]) -> Result<(), StoreError> {
        const AT_ONCE: usize = 64;
        let mut tx = self.0.write().await?;
        match &mut tx {
            Tx::Sqlite(transaction) => {
                for chunk in bodies.chunks(AT_ONCE) {
                    let rows = vec!["(?)"; chunk.len()].join(",");
                    let sql = AssertSqlSafe(format!("INSERT INTO body (raw) VALUES {rows}"));
                    let insert = chunk
                        .iter()
                        .fold(sqlx::query(sql), |insert, raw| insert.bind(*raw));
                    transaction.execute(insert).await?;
                }
            }
            Tx::Postgres(transaction) => {
                let insert = "INSERT INTO body (raw) SELECT n.raw FROM UNNEST($1::bytea[]) AS n(raw)";
                transaction.execute(sqlx::query(insert).bind(bodies)).await?;
            }
        }
        tx.commit().await
    }
}

const LEDGER_BYTES: Batch = Batch {
    sqlite: "
SELECT SUM(pgsize)
FROM dbstat
WHERE name IN ('message', 'message_once', 'message_open', 'message_direct', 'message_event', 'external_ref', 'external_fresh', 'callback_message')",
    postgres: "SELECT CAST(pg_total_relation_size('message') + pg_total_relation_size('external_ref') + pg_total_relation_size('external_fresh')
    + pg_total_relation_size('callback_message') AS BIGINT)",
};

/// Bytes of the ledger with all its indexes.
pub async fn ledger_bytes(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = tx.dialect().pick(&LEDGER_BYTES);
    Ok(on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?)
}

// A message each 60 milliseconds, as of a busy week; vendor ids are in no order, as real ones are.
const FILL: Batch = Batch {
    sqlite: "
WITH RECURSIVE n(i) AS (SELECT $6 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
INSERT INTO message (id, number_id, campaign_id, profile_id, phone, state, lane, attempt, due_at, params, external_id,
    accepted_at, delivered_at, read_at)
SELECT $1 + i * 125829120, $3, $4, i, '+9188' || CAST(10000000 + i AS TEXT), 50, 2, 1, $5, '[\"Customer\",\"100\",\"Mumbai\"]',
    lower(hex(randomblob(16))), $5 + i * 60, $5 + i * 60 + 900, $5 + i * 60 + 60000
FROM n",
    postgres: "
INSERT INTO message (id, number_id, campaign_id, profile_id, phone, state, lane, attempt, due_at, params, external_id,
    accepted_at, delivered_at, read_at)
SELECT $1 + i * 125829120, $3, $4, i, '+9188' || CAST(10000000 + i AS TEXT), 50, 2, 1, $5, '[\"Customer\",\"100\",\"Mumbai\"]',
    md5(CAST(random() AS TEXT)), $5 + i * 60, $5 + i * 60 + 900, $5 + i * 60 + 60000
FROM generate_series($6, $2 - 1) AS n(i)",
};

/// Between two ids of [`FILL`]: 60 milliseconds.
const APART: i64 = 60 << 21;

const FILL_REFS: &str = "
INSERT INTO external_ref (bucket, external_id, message_id)
SELECT accepted_at / 3600000, external_id, id
FROM message
WHERE campaign_id = $1 AND id >= $2";

/// Adds `count` messages of an old campaign, all read, from the one of index `from` on, when the one of index 0 has this id.
pub async fn fill(
    tx: &mut Tx,
    (id, from, count): (i64, i64, i64),
    (number, campaign): (i64, i64),
    at: Millis,
) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&FILL);
    on!(&mut *tx, c => sqlx::query(sql)
        .bind(id).bind(from + count).bind(number).bind(campaign).bind(at).bind(from)
        .execute(c).await.map(drop))?;
    on!(&mut *tx, c => sqlx::query(FILL_REFS).bind(campaign).bind(id + from * APART).execute(c).await.map(drop))?;
    Ok(())
}

const RECEIVED: &str = "
SELECT COUNT(*)
FROM message
WHERE number_id = $1 AND state = $2";

/// Messages of people to this number.
pub async fn received(tx: &mut Tx, number: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(RECEIVED)
        .bind(number).bind(crate::domain::state::RECEIVED).fetch_one(c).await)?)
}

/// The leanest table of people: the fields of a file as they are.
#[derive(Debug)]
pub struct Loaded(Db);

const PEOPLE: &str = "
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    mobile TEXT NOT NULL,
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    language TEXT NOT NULL,
    points TEXT NOT NULL,
    opt_in TEXT NOT NULL
)";

const LOAD: Rows<7> = Rows {
    before: "INSERT INTO people (id, mobile, name, city, language, points, opt_in) SELECT * FROM",
    columns: [
        Text("id"),
        Text("mobile"),
        Text("name"),
        Text("city"),
        Text("language"),
        Text("points"),
        Text("opt_in"),
    ],
    after: "AS v",
};

impl Loaded {
    /// Makes one in a new SQLite file or in a PostgreSQL database.
    pub async fn open(database: &str) -> Result<Self, StoreError> {
        let db = Db::open(database).await?;
        let mut tx = db.write().await?;
        on!(&mut tx, c => sqlx::query(PEOPLE).execute(c).await.map(drop))?;
        tx.commit().await?;
        Ok(Self(db))
    }

    /// Adds rows in one transaction.
    pub async fn add(&self, rows: Vec<[String; 7]>) -> Result<(), StoreError> {
        let mut tx = self.0.write().await?;
        let rows = rows.into_iter().map(|row| row.map(Cell::from)).collect();
        LOAD.run(&mut tx, rows).await?;
        tx.commit().await
    }
}
