//! Claim: which queued messages are tried now. Their intent is durable before anything leaves.

use std::collections::HashSet;
use std::sync::Arc;

use harkara_provider::{Content, TemplateMessage};

use super::{Book, PairBook};
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::settle::Failure;
use crate::domain::state::{QUEUED, SENDING, SKIPPED};
use crate::domain::template::Frozen;
use crate::domain::window;
use crate::store::campaign::Counts;
use crate::store::message::{self, MessageChange, MessageRow};
use crate::store::{Tx, consent, conversation, from_json};

/// A message whose attempt is written down and may leave.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Id.
    pub id: i64,
    /// Campaign.
    pub campaign_id: Option<i64>,
    /// Business number.
    pub number_id: i64,
    /// The person.
    pub phone: String,
    /// This attempt, from 1.
    pub attempt: i16,
    /// When it was claimed.
    pub at: Millis,
    /// What it says.
    pub payload: Payload,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Payload {
    /// A campaign's template and this person's values, to be filled when it leaves.
    Campaign(Arc<Frozen>, Vec<String>),
    /// Its content.
    Content(Box<Content>),
}

impl From<TemplateMessage> for Payload {
    fn from(message: TemplateMessage) -> Self {
        Self::Content(Box::new(Content::Template(message)))
    }
}

/// Claims up to `limit` queued messages of a number and lane. What must not leave any more (the person opted out, the
/// window closed) is ended here, at the last moment; what must wait because the person got so much lately goes back.
pub async fn due(
    app: &App,
    tx: &mut Tx,
    book: &mut Book,
    pairs: &mut PairBook,
    (number_id, lane): (i64, i16),
    limit: usize,
    counts: &mut Counts,
) -> Result<Vec<Claimed>, AppError> {
    let now = app.now();
    let resting = book.resting(now);
    let rows = message::due(tx, (number_id, lane), now, &resting, limit as i64).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let phones: Vec<&str> = rows.iter().map(|row| row.phone.as_str()).collect();
    let suppressed = consent::suppressed(tx, &phones).await?;
    pairs.recall(tx, number_id, now).await?;
    let (mut claimed, mut changed) = (Vec::new(), Vec::new());
    for row in rows {
        if let Some(id) = row.campaign_id {
            book.meet(tx, id).await?;
            if !book.is_open(id, now) {
                // It was not known that it rests: it stays where it is.
                continue;
            }
        }
        match judge(tx, book, &row, &suppressed, now).await? {
            Ok(payload) => {
                if let Err(later) = pairs.take(&row.phone, now) {
                    changed.push(postponed(&row, later));
                    continue;
                }
                counts.moved(row.campaign_id, QUEUED, SENDING);
                let attempt = row.attempt + 1;
                let MessageRow {
                    id,
                    campaign_id,
                    number_id,
                    phone,
                    ..
                } = row;
                claimed.push(Claimed {
                    id,
                    campaign_id,
                    number_id,
                    phone,
                    attempt,
                    at: now,
                    payload,
                });
            }
            Err(failure) => {
                counts.moved(row.campaign_id, QUEUED, SKIPPED);
                let failure = Some(crate::store::to_json(&failure));
                changed.push(MessageChange {
                    id: row.id,
                    campaign_id: row.campaign_id,
                    state: SKIPPED,
                    attempt: row.attempt,
                    failure,
                    failed_at: Some(now),
                    ..MessageChange::default()
                });
            }
        }
    }
    let ids: Vec<i64> = claimed.iter().map(|c| c.id).collect();
    message::claim(tx, &ids, now).await?;
    message::change(tx, changed).await?;
    Ok(claimed)
}

/// The person's turn comes again at this time.
fn postponed(row: &MessageRow, later: Millis) -> MessageChange {
    let failure = Failure {
        kind: "throttled".into(),
        code: Some("pair_limit".into()),
        detail: "This person got 45 messages from this number in a short time.".into(),
        help: "Nothing to do: WhatsApp takes one message in six seconds to one person then. It leaves by itself.".into(),
    };
    MessageChange {
        id: row.id,
        campaign_id: row.campaign_id,
        state: QUEUED,
        attempt: row.attempt,
        due_at: Some(later),
        failure: Some(crate::store::to_json(&failure)),
        ..MessageChange::default()
    }
}

/// May it still leave? The payload, or why not.
async fn judge(
    tx: &mut Tx,
    book: &Book,
    row: &MessageRow,
    suppressed: &HashSet<String>,
    now: Millis,
) -> Result<Result<Payload, Failure>, AppError> {
    let payload = payload(book, row)?;
    let Payload::Content(content) = &payload else {
        return Ok(if suppressed.contains(&row.phone) {
            Err(opted_out())
        } else {
            Ok(payload)
        });
    };
    // An answer inside the window is what the person asked for by writing, opted out of campaigns or not.
    if !content.needs_window() {
        return Ok(if suppressed.contains(&row.phone) {
            Err(opted_out())
        } else {
            Ok(payload)
        });
    }
    let last = conversation::last_inbound_at(tx, row.number_id, &row.phone).await?;
    Ok(if last.is_some_and(|at| window::is_open(at, now)) {
        Ok(payload)
    } else {
        Err(window_closed())
    })
}

fn payload(book: &Book, row: &MessageRow) -> Result<Payload, AppError> {
    let Some(campaign_id) = row.campaign_id else {
        let content = from_json("message content", row.content.as_deref().unwrap_or_default())?;
        return Ok(Payload::Content(Box::new(content)));
    };
    let values = from_json("message values", row.params.as_deref().unwrap_or("[]"))?;
    let frozen = book.frozen(campaign_id).ok_or(AppError::NotFound("campaign"))?;
    Ok(Payload::Campaign(frozen, values))
}

fn opted_out() -> Failure {
    Failure {
        kind: "opted_out".into(),
        code: None,
        detail: "The person opted out before this message left.".into(),
        help: "Nothing to do: an opt-out always wins.".into(),
    }
}

fn window_closed() -> Failure {
    Failure {
        kind: "window_closed".into(),
        code: None,
        detail: "More than 24 hours have passed since the person's last message to this number.".into(),
        help: "Only an approved template can restart the chat. Send one.".into(),
    }
}
