//! Ids that vendors gave to messages, by the hour in which they were accepted.

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::rows::Column::{Int, Text};
use super::rows::Rows;
use super::{StoreError, Tx, to_json};

const REF: Rows<3> = Rows {
    before: "INSERT INTO external_ref (bucket, external_id, message_id)
     SELECT * FROM",
    columns: [Int("bucket"), Text("external_id"), Int("message_id")],
    after: "AS v
     WHERE true
     ON CONFLICT (bucket, external_id) DO NOTHING",
};

/// Keeps vendor ids of accepted messages: (hour since 1970, external id, message).
pub async fn keep_refs(tx: &mut Tx, rows: Vec<(i64, String, i64)>) -> Result<(), StoreError> {
    let cells =
        |(hour, external_id, message): (i64, String, i64)| [hour.into(), external_id.into(), message.into()];
    REF.run(tx, rows.into_iter().map(cells).collect()).await.map(drop)
}

const BY_EXTERNAL: Batch = in_numbers!(
    "SELECT message_id FROM external_ref WHERE bucket IN",
    "AND external_id = $2 ORDER BY bucket DESC LIMIT 1"
);

/// The message with this vendor id, accepted in one of the given hours.
pub async fn by_external_id(
    tx: &mut Tx,
    hours: &[i64],
    external_id: &str,
) -> Result<Option<i64>, StoreError> {
    let sql = tx.dialect().pick(&BY_EXTERNAL);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(hours)).bind(external_id).fetch_optional(c).await)?)
}
