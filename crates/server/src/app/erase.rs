//! Erasing a person: what the business knows of them goes, what it must go on knowing stays. Counts add up as before, and
//! nobody becomes reachable by it.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::audit::{Actor, AuditChange, Kind, Object, note};
use super::dispatch::finish_campaigns;
use super::{App, AppError, consent, file, idempotency};
use crate::clock::{DAY, Millis};
use crate::domain::erased::in_place_of_number;
use crate::domain::id::PROFILE;
use crate::domain::settle::Failure;
use crate::domain::state::{CANCELLED, QUEUED, SENDING};
use crate::domain::variant::names;
use crate::store::campaign::{Counts, add_counts};
use crate::store::erase::{self, Bare};
use crate::store::message::{LockedMessage, MessageChange, change, lock};
use crate::store::profile::{OPTED_OUT, ProfileRow, lock_by_identities, lock_by_phones};
use crate::store::{self, Tx, from_json, to_json};

/// Rows of the ledger in one statement.
const AT_ONCE: usize = 1_000;

/// How many of what went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// Attributes of the profile.
    pub attributes: i64,
    /// Events.
    pub events: i64,
    /// Places on lists.
    pub list_entries: i64,
    /// Decisions about messages, with their proof.
    pub consents: i64,
    /// Conversations, with the drafts of answers in them.
    pub conversations: i64,
    /// Messages that lost their number, text and values.
    pub messages: i64,
    /// Of these, messages that waited to leave, and are cancelled.
    pub cancelled: i64,
    /// Attempts to send, with request and answer.
    pub attempts: i64,
    /// Uploaded files that were sent with answers to nobody else.
    pub files: i64,
    /// Taps on links that lost their address.
    pub clicks: i64,
    /// Entries of the audit log that lost their name and values.
    pub audit_entries: i64,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kept {
    /// `opt_out`, `shared_number`, `counts`, `callbacks`, `answers`, `audit` or `outside`.
    pub what: &'static str,
    /// What exactly, and why, in a sentence.
    pub why: String,
    /// Until when, milliseconds since 1970 UTC; absent: for ever, or nobody here knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// What a business can show to the person who asked to be forgotten. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Receipt {
    /// Id that the profile had.
    pub profile_id: String,
    /// Milliseconds since 1970 UTC.
    pub erased_at: Millis,
    /// Name of the user, or of the API key, who did it.
    pub erased_by: String,
    /// What went.
    pub erased: Erased,
    /// What stays, and why.
    pub kept: Vec<Kept>,
}

/// Erases a person, and notes that without saying whom.
pub async fn erase(app: &App, tx: &mut Tx, actor: &Actor, id: i64) -> Result<Receipt, AppError> {
    let row = lock_profile(tx, id).await?;
    store::said::alone(tx).await?;
    erase::hold_campaigns(tx).await?;
    let own = row.phone.as_deref().map(names).unwrap_or_default();
    let refs: Vec<&str> = own.iter().map(String::as_str).collect();
    let others = lock_by_phones(tx, &refs).await?.len() as i64 - i64::from(row.phone.is_some());
    let alone: &[String] = if others == 0 { &own } else { &[] };

    let mut erased = Erased::default();
    // First, so that it is among what is kept of consent.
    let out = stays_out(app, tx, &row, alone).await?;
    ledger(app, tx, &row, &own, alone, &mut erased).await?;
    if !alone.is_empty() {
        erased.conversations = erase::numbers(tx, alone).await?;
        erased.consents = erase::consent_of_numbers(tx, alone, out).await?;
    }
    store::undo::forget_profile(tx, id).await?;
    let gone = erase::profile(tx, id).await?;
    erased.consents += gone.consent;
    erased.events = gone.events;
    erased.list_entries = gone.entries;
    erased.audit_entries = gone.acts;
    erased.attributes = from_json::<serde_json::Map<_, _>>("attributes", &row.attributes)?.len() as i64;

    let receipt = Receipt {
        profile_id: PROFILE.show(id),
        erased_at: app.now(),
        erased_by: match actor.kind {
            Kind::ApiKey => format!("{} (API key)", actor.name),
            _ => actor.name.clone(),
        },
        kept: kept(app, &erased, out, others),
        erased,
    };
    let object = Object {
        id,
        name: String::new(),
    };
    note(app, tx, actor, "profile.erase", &object, &counts(&receipt.erased)).await?;
    Ok(receipt)
}

async fn lock_profile(tx: &mut Tx, id: i64) -> Result<ProfileRow, AppError> {
    let missing = || AppError::NotFound("profile");
    let row = store::profile::by_id(tx, id).await?.ok_or_else(missing)?;
    let locked = lock_by_identities(tx, &[&row.identity]).await?;
    locked.into_iter().find(|row| row.id == id).ok_or_else(missing)
}

/// Must the number stay opted out? A profile that alone is opted out would take that with it: so its number gets it.
async fn stays_out(app: &App, tx: &mut Tx, row: &ProfileRow, alone: &[String]) -> Result<bool, AppError> {
    let Some(phone) = row.phone.as_deref().filter(|_| !alone.is_empty()) else {
        return Ok(false);
    };
    if row.opt_in == OPTED_OUT {
        let source = row.opt_source.as_deref().unwrap_or("profile");
        consent::opt_out(app, tx, phone, source, None, row.opt_at.unwrap_or(row.updated_at)).await?;
    }
    Ok(!store::consent::suppressed(tx, &[phone]).await?.is_empty())
}

/// Cancels what waits, and takes the person out of the rows of all messages.
async fn ledger(
    app: &App,
    tx: &mut Tx,
    row: &ProfileRow,
    own: &[String],
    alone: &[String],
    erased: &mut Erased,
) -> Result<(), AppError> {
    let mut whole: BTreeSet<i64> = erase::messages(tx, alone, None).await?.into_iter().collect();
    let mut earlier = erase::earlier_phones(tx, row.id).await?;
    earlier.retain(|phone| !own.contains(phone));
    whole.extend(erase::messages(tx, &earlier, Some(row.id)).await?);
    let shared = if alone.is_empty() { own } else { &[] };
    let shared = erase::messages(tx, shared, Some(row.id)).await?;
    let all: BTreeSet<i64> = whole.iter().chain(&shared).copied().collect();
    let all: Vec<i64> = all.into_iter().collect();

    let mut counts = Counts::default();
    for ids in all.chunks(AT_ONCE) {
        let rows = lock(tx, ids).await?;
        if rows.iter().any(|message| message.state == SENDING) {
            return Err(AppError::conflict(
                "on_its_way",
                "A message to this person is on its way at this moment.",
                "Try again in a minute.",
            ));
        }
        let written = rows.iter().filter(|message| whole.contains(&message.id));
        let written: Vec<i64> = written.filter_map(|message| message.campaign_id).collect();
        // Its rows are how it knows: without the number it would write to whoever else gets it.
        if let Some(name) = erase::still_planning(tx, &written).await? {
            return Err(AppError::conflict(
                "in_campaign",
                format!(
                    "The campaign \"{name}\" still goes through its audience, and must know whom it has written to."
                ),
                "Erase the person when it is through, or stop the campaign first.",
            ));
        }
        let waiting: Vec<MessageChange> = rows
            .iter()
            .filter(|message| message.state == QUEUED)
            .map(|message| {
                counts.moved(message.campaign_id, QUEUED, CANCELLED);
                cancelled(message, app.now())
            })
            .collect();
        erased.cancelled += waiting.len() as i64;
        change(tx, waiting).await?;
        let bared: Vec<i64> = ids.iter().filter(|id| whole.contains(id)).copied().collect();
        store::said::forget(tx, &bared).await?;
        let bare = rows.into_iter().map(|message| bare(message, &whole));
        erase::strip(tx, &bare.collect::<Result<Vec<_>, _>>()?).await?;
        erased.files += file::erase(app, tx, ids).await?;
        let (attempts, clicks) = erase::traces(tx, ids).await?;
        erased.attempts += attempts;
        erased.clicks += clicks;
    }
    erased.messages = all.len() as i64;
    add_counts(tx, &counts, app.now()).await?;
    finish_campaigns(tx, counts.campaigns(), app.now()).await?;
    Ok(())
}

fn cancelled(message: &LockedMessage, now: Millis) -> MessageChange {
    MessageChange {
        id: message.id,
        campaign_id: message.campaign_id,
        state: CANCELLED,
        attempt: message.attempt,
        failed_at: Some(now),
        ..MessageChange::default()
    }
}

fn bare(message: LockedMessage, whole: &BTreeSet<i64>) -> Result<Bare, AppError> {
    let failure = message.failure.map(|text| {
        let mut failure: Failure = from_json("failure", &text)?;
        failure.forget_words();
        Ok::<_, AppError>(to_json(&failure))
    });
    Ok(Bare {
        phone: if whole.contains(&message.id) {
            in_place_of_number(message.id)
        } else {
            message.phone
        },
        id: message.id,
        failure: failure.transpose()?,
    })
}

fn kept(app: &App, erased: &Erased, out: bool, others: i64) -> Vec<Kept> {
    let mut all = Vec::new();
    let mut keep = |what, why: String, until| all.push(Kept { what, why, until });
    if out {
        let why = "The number stays opted out, with where that came from and when: erasing must not make anybody reachable again.";
        keep("opt_out", why.into(), None);
    }
    if others > 0 {
        let why = format!(
            "The number belongs to other profiles, too ({others}): its conversation, and what was decided about it as a whole, stay with them."
        );
        keep("shared_number", why, None);
    }
    if erased.messages > 0 {
        let why = "The rows of the messages stay, so that the counts of campaigns add up: state, times and the provider's id, nothing of the person.";
        keep("counts", why.into(), None);
    }
    let days = app.config.callback_days;
    if days > 0 {
        let why = "What providers sent stays as it came, for as long as this server keeps such calls; after this day the last one is gone.";
        keep("callbacks", why.into(), Some(app.now() + days * DAY));
    } else {
        let why = "What providers sent stays as it came: this server keeps such calls for ever (setting callback_days).";
        keep("callbacks", why.into(), None);
    }
    let why = "Answers that were given about this person are kept for requests that are repeated, until this moment at the longest.";
    keep("answers", why.into(), Some(app.now() + idempotency::KEPT_FOR));
    let why = "The audit log says who changed the profile and when, and that it was erased: no name, no number, no values.";
    keep("audit", why.into(), None);
    let why = "Copies outside are not reached from here: backups, files that were imported or exported, and what the providers keep.";
    keep("outside", why.into(), None);
    all
}

/// The counts, as the audit log keeps them.
fn counts(erased: &Erased) -> Vec<AuditChange> {
    let counts = serde_json::to_value(erased).unwrap_or_default();
    let counts = counts.as_object().cloned().unwrap_or_default();
    let told = counts.into_iter().filter(|(_, n)| n.as_i64() != Some(0));
    told.map(|(field, before)| AuditChange {
        field,
        before,
        after: 0.into(),
    })
    .collect()
}
