//! The send path in four steps: claim, prepare, exchange, settle. What touches the database is here; the exchange is
//! the engine's, and `worker::dispatch` decides when.

mod ahead;
mod book;
mod claim;
mod keep;
mod pair;
mod plan;
mod prepare;
mod recover;
mod settle;
mod share;
mod wa_id;

pub use ahead::look_ahead;
pub use book::Book;
pub use claim::{Claimed, Payload, due};
pub use pair::PairBook;
pub use plan::{Planned, Running, plan, plan_skipped, skip};
pub use prepare::{Finished, Trace, attempt, outgoing, send_with};
pub use recover::recover;
pub use settle::{Aftermath, settle};
pub use share::share;

use crate::clock::Millis;
use crate::store::{StoreError, Tx, campaign};

/// Ends campaigns whose last message became terminal or unknown. Called in every transaction that may have been the last.
pub async fn finish_campaigns(
    tx: &mut Tx,
    campaigns: impl IntoIterator<Item = i64>,
    now: Millis,
) -> Result<(), StoreError> {
    for id in campaigns {
        campaign::finish_if_done(tx, id, now).await?;
    }
    Ok(())
}
