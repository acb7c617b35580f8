//! Messages that got further, as nearly all reports say: narrower than what an attempt changes, and far more often.

use super::news::Topic::Message;
use super::rows::Column::Int;
use super::rows::Rows;
use super::{StoreError, Tx};
use crate::clock::Millis;
use crate::domain::state::State;

/// Messages of campaigns that a transaction tells of: enough for a small campaign. A large one is told of as a whole.
const TOLD: usize = 50;

/// Tells of changed messages, each with its campaign.
pub(super) fn tell(tx: &mut Tx, changed: impl Iterator<Item = (i64, Option<i64>)> + Clone) {
    let others = changed.clone().filter(|(_, campaign)| campaign.is_none());
    let of_campaigns = changed.filter(|(_, campaign)| campaign.is_some());
    for (id, _) in others.chain(of_campaigns.take(TOLD)) {
        tx.note(Message, id);
    }
}

/// How far a message got. All of it is written as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Message.
    pub id: i64,
    /// Its campaign. Nothing is changed by it: of campaigns not every message is told of.
    pub campaign_id: Option<i64>,
    /// State.
    pub state: State,
    /// When the provider took it.
    pub accepted_at: Option<Millis>,
    /// When it was on the phone.
    pub delivered_at: Option<Millis>,
    /// When it was seen.
    pub read_at: Option<Millis>,
}

const GET_ON: Rows<5> = Rows {
    before: "UPDATE message
     SET state = v.state, accepted_at = v.accepted_at, delivered_at = v.delivered_at, read_at = v.read_at
     FROM",
    columns: [
        Int("id"),
        Int("state"),
        Int("accepted_at"),
        Int("delivered_at"),
        Int("read_at"),
    ],
    after: "AS v
     WHERE message.id = v.id",
};

/// Writes how far messages got that this transaction has locked.
pub async fn get_on(tx: &mut Tx, rows: Vec<Progress>) -> Result<(), StoreError> {
    tell(tx, rows.iter().map(|row| (row.id, row.campaign_id)));
    let cells = |row: Progress| {
        [
            row.id.into(),
            row.state.into(),
            row.accepted_at.into(),
            row.delivered_at.into(),
            row.read_at.into(),
        ]
    };
    GET_ON
        .run(tx, rows.into_iter().map(cells).collect())
        .await
        .map(drop)
}
