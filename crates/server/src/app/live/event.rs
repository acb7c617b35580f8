//! What is told: small states, read when something changed.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::bulk;
use crate::app::campaign::REPLIED;
use crate::app::campaign::progress::{count, funnel};
use crate::domain::id::{ACCOUNT, BULK, CAMPAIGN, CONVERSATION, IMPORT, MESSAGE, PROFILE, TEMPLATE};
use crate::domain::{campaign as phase, state};
use crate::store::news::{self, Change, Topic};
use crate::store::{StoreError, Tx, account, campaign, import};

/// Messages told of at one time at most.
const MESSAGES: usize = 300;
/// Profiles named at one time at most.
const PROFILES: usize = 50;

/// The data of an event; its topic says which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LiveEvent {
    /// Topic `campaign`.
    Campaign(CampaignEvent),
    /// Topic `conversation`.
    Conversation(ConversationEvent),
    /// Topic `message`.
    Message(MessageEvent),
    /// Topic `import`.
    Import(ImportEvent),
    /// Topic `account`.
    Account(AccountEvent),
    /// Topic `callback`.
    Callback(CallbackEvent),
    /// Topic `template`.
    Template(TemplateEvent),
    /// Topic `bulk`.
    Bulk(BulkEvent),
    /// Topic `profile`.
    Profile(ProfileEvent),
}

/// Where a campaign stands. The counts are those of its funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignEvent {
    /// Campaign.
    pub id: String,
    /// `draft`, `scheduled`, `running`, `paused`, `finished` or `stopped`.
    pub state: String,
    /// People who got a row in the ledger.
    pub recipients: i64,
    /// The provider accepted it.
    pub sent: i64,
    /// It reached the phone.
    pub delivered: i64,
    /// It was seen.
    pub read: i64,
    /// It will not arrive.
    pub failed: i64,
    /// Nobody knows whether it arrived.
    pub unknown: i64,
    /// The person answered.
    pub replied: i64,
    /// Left out by the rules.
    pub excluded: i64,
    /// When a person, or its end, last changed it, milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// A conversation moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationEvent {
    /// Conversation.
    pub id: String,
    /// The person's profile, when there is one.
    pub profile_id: Option<String>,
    /// Beginning of what was said last.
    pub last_text: String,
    /// Messages nobody looked at.
    pub unread: i64,
    /// When it was said, milliseconds since 1970 UTC.
    pub at: i64,
    /// Who said it: `in` the person, `out` we.
    pub direction: &'static str,
}

/// A message moved. Of large campaigns not every message is told: the campaign is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageEvent {
    /// Message.
    pub id: String,
    /// Conversation that it stands in.
    pub conversation_id: Option<String>,
    /// Campaign that it is of.
    pub campaign_id: Option<String>,
    /// Its state.
    pub state: String,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportEvent {
    /// Import.
    pub id: String,
    /// `draft`, `running`, `paused`, `finished`, `failed`, `interrupted` or `cancelled`.
    pub state: &'static str,
    /// Rows done.
    pub rows: i64,
    /// Bytes done.
    pub bytes_read: i64,
    /// Bytes of the file.
    pub bytes_total: Option<i64>,
}

/// How an account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountEvent {
    /// Account.
    pub id: String,
    /// `active`, `held`, `archived` or `deleted`.
    pub state: &'static str,
    /// Why it is held.
    pub held_reason: Option<String>,
    /// When a message last came in, to the minute, milliseconds since 1970 UTC.
    pub last_inbound_at: Option<i64>,
    /// The same of a report.
    pub last_report_at: Option<i64>,
}

/// Callbacks came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallbackEvent {
    /// Account.
    pub account_id: String,
    /// How many since the last event.
    pub count: i64,
}

/// A template changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateEvent {
    /// Template.
    pub id: String,
    /// Its status, or `deleted`.
    pub status: String,
    /// When it last changed, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

/// How far an act on many people is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BulkEvent {
    /// The act.
    pub id: String,
    /// `running`, `finished`, `failed` or `cancelled`.
    pub state: &'static str,
    /// People done.
    pub done: i64,
    /// People in all.
    pub total: i64,
}

/// Profiles were written through this server. What others wrote is not told: imports and conversations are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileEvent {
    /// Which, where they are few.
    pub ids: Vec<String>,
    /// How many.
    pub count: usize,
}

/// Reads everything that changed, as it is now.
pub(super) async fn read(
    tx: &mut Tx,
    changes: &BTreeMap<Change, i64>,
) -> Result<Vec<(Change, LiveEvent)>, StoreError> {
    let mut told = Vec::new();
    for topic in Topic::ALL {
        let ids: Vec<i64> = changes.keys().filter(|c| c.0 == topic).map(|c| c.1).collect();
        if ids.is_empty() {
            continue;
        }
        let events: Vec<(i64, LiveEvent)> = match topic {
            Topic::Campaign => campaigns(tx, &ids).await?,
            Topic::Conversation => {
                let rows = news::conversations(tx, &ids).await?;
                rows.into_iter().map(|row| (row.id, conversation(row))).collect()
            }
            Topic::Message => {
                // The newest: the others are known by the campaign that they are of.
                let newest = &ids[ids.len().saturating_sub(MESSAGES)..];
                let rows = news::messages(tx, newest).await?;
                rows.into_iter().map(|row| (row.id, message(&row))).collect()
            }
            Topic::Import => {
                let rows = news::imports(tx, &ids).await?;
                rows.into_iter().map(|row| (row.id, import_event(&row))).collect()
            }
            Topic::Account => {
                let rows = news::accounts(tx, &ids).await?;
                rows.into_iter().map(|row| (row.id, account_event(row))).collect()
            }
            Topic::Callback => ids.iter().map(|id| (*id, callbacks(*id, changes))).collect(),
            Topic::Template => templates(tx, &ids).await?,
            Topic::Bulk => {
                let rows = news::bulks(tx, &ids).await?;
                rows.into_iter().map(|row| (row.id, bulk_event(&row))).collect()
            }
            Topic::Profile => vec![(ids[0], profiles(&ids))],
        };
        told.extend(events.into_iter().map(|(id, event)| ((topic, id), event)));
    }
    Ok(told)
}

async fn campaigns(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, LiveEvent)>, StoreError> {
    let mut events = Vec::new();
    for row in news::campaigns(tx, ids).await? {
        let counts = campaign::counts(tx, row.id).await?;
        let funnel = funnel(&counts);
        let event = CampaignEvent {
            id: CAMPAIGN.show(row.id),
            state: phase::name(row.state).into(),
            recipients: funnel.recipients,
            sent: funnel.sent,
            delivered: funnel.delivered,
            read: funnel.read,
            failed: funnel.failed,
            unknown: funnel.unknown,
            replied: count(&counts, REPLIED),
            excluded: funnel.excluded,
            updated_at: row.updated_at,
        };
        events.push((row.id, LiveEvent::Campaign(event)));
    }
    Ok(events)
}

async fn templates(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, LiveEvent)>, StoreError> {
    let rows = news::templates(tx, ids).await?.into_iter();
    let mut there: BTreeMap<i64, (String, i64)> = rows.map(|(id, status, at)| (id, (status, at))).collect();
    let event = |id: &i64| {
        let (status, updated_at) = match there.remove(id) {
            Some((status, at)) => (status, Some(at)),
            None => ("deleted".into(), None),
        };
        let id_text = TEMPLATE.show(*id);
        let event = TemplateEvent {
            id: id_text,
            status,
            updated_at,
        };
        (*id, LiveEvent::Template(event))
    };
    Ok(ids.iter().map(event).collect())
}

fn conversation(row: news::ConversationNow) -> LiveEvent {
    LiveEvent::Conversation(ConversationEvent {
        id: CONVERSATION.show(row.id),
        profile_id: row.profile_id.map(|id| PROFILE.show(id)),
        last_text: row.last_text,
        unread: row.unread,
        at: row.last_message_at,
        direction: if row.last_inbound_at >= row.last_message_at {
            "in"
        } else {
            "out"
        },
    })
}

fn message(row: &news::MessageNow) -> LiveEvent {
    LiveEvent::Message(MessageEvent {
        id: MESSAGE.show(row.id),
        conversation_id: row.conversation_id.map(|id| CONVERSATION.show(id)),
        campaign_id: row.campaign_id.map(|id| CAMPAIGN.show(id)),
        state: state::name(row.state).into(),
    })
}

fn import_event(row: &news::ImportNow) -> LiveEvent {
    LiveEvent::Import(ImportEvent {
        id: IMPORT.show(row.id),
        state: match row.state {
            import::RUNNING => "running",
            import::FINISHED => "finished",
            import::FAILED => "failed",
            import::CANCELLED => "cancelled",
            import::DRAFT => "draft",
            import::PAUSED => "paused",
            _ => "interrupted",
        },
        rows: row.rows_read,
        bytes_read: row.bytes_read,
        bytes_total: row.bytes_total,
    })
}

fn bulk_event(row: &news::BulkNow) -> LiveEvent {
    LiveEvent::Bulk(BulkEvent {
        id: BULK.show(row.id),
        state: bulk::state_name(row.state),
        done: row.done,
        total: row.total,
    })
}

/// One event for all: an import writes thousands in a moment.
fn profiles(ids: &[i64]) -> LiveEvent {
    let named = if ids.len() > PROFILES { &[] } else { ids };
    LiveEvent::Profile(ProfileEvent {
        ids: named.iter().map(|id| PROFILE.show(*id)).collect(),
        count: ids.len(),
    })
}

fn account_event(row: news::AccountNow) -> LiveEvent {
    LiveEvent::Account(AccountEvent {
        id: ACCOUNT.show(row.id),
        state: match row.state {
            account::HELD => "held",
            account::ARCHIVED => "archived",
            account::DELETED => "deleted",
            _ => "active",
        },
        held_reason: row.held_reason,
        last_inbound_at: row.last_inbound_at,
        last_report_at: row.last_report_at,
    })
}

fn callbacks(account: i64, changes: &BTreeMap<Change, i64>) -> LiveEvent {
    LiveEvent::Callback(CallbackEvent {
        account_id: ACCOUNT.show(account),
        count: changes.get(&(Topic::Callback, account)).copied().unwrap_or(1),
    })
}
