//! What changed, told after the commit to whoever listens in this process, and found out about what others changed.

use std::sync::Arc;

use sqlx::FromRow;
use tokio::sync::broadcast;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A campaign: its state or its funnel.
    Campaign,
    /// A conversation.
    Conversation,
    /// A message.
    Message,
    /// An import.
    Import,
    /// An account.
    Account,
    /// A callback came in; the id is its account's.
    Callback,
    /// A template.
    Template,
    /// An act on many people.
    Bulk,
    /// A profile.
    Profile,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Campaign,
        Self::Conversation,
        Self::Message,
        Self::Import,
        Self::Account,
        Self::Callback,
        Self::Template,
        Self::Bulk,
        Self::Profile,
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Conversation => "conversation",
            Self::Message => "message",
            Self::Import => "import",
            Self::Account => "account",
            Self::Callback => "callback",
            Self::Template => "template",
            Self::Bulk => "bulk",
            Self::Profile => "profile",
        }
    }
}

/// One change.
pub type Change = (Topic, i64);

/// Notes of one transaction at most: what comes after is not told one by one.
const MOST: usize = 5_000;
/// Transactions that a slow listener may be behind before it misses some.
const BEHIND: usize = 1_024;

/// Where commits are told. Costs nothing to speak of while nobody listens.
#[derive(Debug, Clone)]
pub struct News(broadcast::Sender<Arc<[Change]>>);

impl Default for News {
    fn default() -> Self {
        Self(broadcast::channel(BEHIND).0)
    }
}

impl News {
    /// Hears of every commit from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<[Change]>> {
        self.0.subscribe()
    }

    /// Does anybody listen?
    pub fn is_heard(&self) -> bool {
        self.0.receiver_count() > 0
    }

    fn tell(&self, notes: Vec<Change>) {
        if !notes.is_empty() && self.is_heard() {
            // The last listener may have gone this moment.
            drop(self.0.send(notes.into()));
        }
    }
}

/// What a transaction will tell when it is durable.
#[derive(Debug)]
pub(super) struct Notes {
    news: News,
    changes: Vec<Change>,
}

impl Notes {
    pub(super) fn new(news: &News) -> Self {
        Self {
            news: news.clone(),
            changes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, topic: Topic, id: i64) {
        if self.changes.len() < MOST {
            self.changes.push((topic, id));
        }
    }

    pub(super) fn tell(self) {
        self.news.tell(self.changes);
    }
}

const CAMPAIGNS: &str = "
SELECT id
FROM campaign
WHERE state = 3 OR updated_at >= $1";

const CONVERSATIONS: &str = "
SELECT id
FROM conversation
WHERE last_message_at >= $1
ORDER BY last_message_at DESC
LIMIT 200";

const IMPORTS: &str = "
SELECT id
FROM import
WHERE state IN (1, 6, 7) OR undo_state = 1 OR finished_at >= $1";

const ACCOUNTS: &str = "
SELECT id
FROM account
WHERE state < 3 OR updated_at >= $1";

const TEMPLATES: &str = "
SELECT id
FROM template
WHERE updated_at >= $1
LIMIT 200";

const BULKS: &str = "
SELECT id
FROM bulk_act
WHERE state = 1 OR finished_at >= $1";

/// What changed since a moment, by whomever, as far as tables of moderate size tell: running campaigns and imports and
/// the accounts in use are always among it, profiles never.
pub async fn since(tx: &mut Tx, since: Millis) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for (topic, sql) in [
        (Topic::Campaign, CAMPAIGNS),
        (Topic::Conversation, CONVERSATIONS),
        (Topic::Import, IMPORTS),
        (Topic::Account, ACCOUNTS),
        (Topic::Template, TEMPLATES),
        (Topic::Bulk, BULKS),
    ] {
        let ids: Vec<i64> = on!(tx, c => sqlx::query_scalar(sql).bind(since).fetch_all(c).await)?;
        changes.extend(ids.into_iter().map(|id| (topic, id)));
    }
    Ok(changes)
}

const NEW_MESSAGES: &str = "
SELECT id
FROM message
WHERE id > $1 AND campaign_id IS NULL
ORDER BY id DESC
LIMIT 200";

/// Messages outside campaigns with higher ids.
pub async fn messages_after(tx: &mut Tx, id: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NEW_MESSAGES).bind(id).fetch_all(c).await)?)
}

// The bits of a node in an id, see `crate::clock::Ids`.
const CALLBACKS: &str = "
SELECT account_id, COUNT(*), MAX(id)
FROM callback
WHERE id > $1 AND (id / 2048) % 1024 <> $2
GROUP BY account_id";

/// Callbacks with higher ids that other nodes took: account, how many, the highest id.
pub async fn callbacks_after(
    tx: &mut Tx,
    id: i64,
    own_node: i64,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(CALLBACKS).bind(id).bind(own_node).fetch_all(c).await)?)
}

/// A campaign, in short.
#[derive(Debug, FromRow)]
pub struct CampaignNow {
    /// Id.
    pub id: i64,
    /// State.
    pub state: i16,
    /// When a person, or its end, last changed it.
    pub updated_at: i64,
}

const CAMPAIGN_NOW: Batch = in_numbers!("SELECT id, state, updated_at FROM campaign WHERE id IN", "");

/// These campaigns as they are.
pub async fn campaigns(tx: &mut Tx, ids: &[i64]) -> Result<Vec<CampaignNow>, StoreError> {
    let sql = tx.dialect().pick(&CAMPAIGN_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// A conversation, in short.
#[derive(Debug, FromRow)]
pub struct ConversationNow {
    /// Id.
    pub id: i64,
    /// The person's profile; the first of several.
    pub profile_id: Option<i64>,
    /// Beginning of what was said last.
    pub last_text: String,
    /// Messages nobody looked at.
    pub unread: i64,
    /// When it was said.
    pub last_message_at: i64,
    /// When the person last wrote.
    pub last_inbound_at: i64,
}

const CONVERSATION_NOW: Batch = in_numbers!(
    "
SELECT c.id, (SELECT MIN(p.id) FROM profile p WHERE p.phone = c.phone) AS profile_id, c.last_text, c.unread,
       c.last_message_at, c.last_inbound_at
FROM conversation c
WHERE c.id IN",
    ""
);

/// These conversations as they are.
pub async fn conversations(tx: &mut Tx, ids: &[i64]) -> Result<Vec<ConversationNow>, StoreError> {
    let sql = tx.dialect().pick(&CONVERSATION_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// A message, in short.
#[derive(Debug, FromRow)]
pub struct MessageNow {
    /// Id.
    pub id: i64,
    /// State.
    pub state: i16,
    /// Its campaign.
    pub campaign_id: Option<i64>,
    /// The conversation that it stands in.
    pub conversation_id: Option<i64>,
}

const MESSAGE_NOW: Batch = in_numbers!(
    "
SELECT m.id, m.state, m.campaign_id, c.id AS conversation_id
FROM message m
LEFT JOIN conversation c ON c.phone = m.phone
WHERE m.id IN",
    ""
);

/// These messages as they are.
pub async fn messages(tx: &mut Tx, ids: &[i64]) -> Result<Vec<MessageNow>, StoreError> {
    let sql = tx.dialect().pick(&MESSAGE_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// An import, in short.
#[derive(Debug, FromRow)]
pub struct ImportNow {
    /// Id.
    pub id: i64,
    /// State.
    pub state: i16,
    /// Rows done.
    pub rows_read: i64,
    /// Bytes done.
    pub bytes_read: i64,
    /// Bytes of the file.
    pub bytes_total: Option<i64>,
}

const IMPORT_NOW: Batch = in_numbers!(
    "SELECT id, state, rows_read, bytes_read, bytes_total FROM import WHERE id IN",
    ""
);

/// These imports as they are.
pub async fn imports(tx: &mut Tx, ids: &[i64]) -> Result<Vec<ImportNow>, StoreError> {
    let sql = tx.dialect().pick(&IMPORT_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// An account, in short.
#[derive(Debug, FromRow)]
pub struct AccountNow {
    /// Id.
    pub id: i64,
    /// State.
    pub state: i16,
    /// Why it is held.
    pub held_reason: Option<String>,
    /// When a message last came in.
    pub last_inbound_at: Option<i64>,
    /// When a report last came in.
    pub last_report_at: Option<i64>,
}

const ACCOUNT_NOW: Batch = in_numbers!(
    "SELECT id, state, held_reason, last_inbound_at, last_report_at FROM account WHERE id IN",
    ""
);

/// These accounts as they are.
pub async fn accounts(tx: &mut Tx, ids: &[i64]) -> Result<Vec<AccountNow>, StoreError> {
    let sql = tx.dialect().pick(&ACCOUNT_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

const TEMPLATE_NOW: Batch = in_numbers!("SELECT id, status, updated_at FROM template WHERE id IN", "");

/// These templates that are still there, their status, and when they last changed.
pub async fn templates(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, String, i64)>, StoreError> {
    let sql = tx.dialect().pick(&TEMPLATE_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// An act on many people, in short.
#[derive(Debug, FromRow)]
pub struct BulkNow {
    /// Id.
    pub id: i64,
    /// State.
    pub state: i16,
    /// People done.
    pub done: i64,
    /// People in all.
    pub total: i64,
}

const BULK_NOW: Batch = in_numbers!("SELECT id, state, done, total FROM bulk_act WHERE id IN", "");

/// These acts as they are.
pub async fn bulks(tx: &mut Tx, ids: &[i64]) -> Result<Vec<BulkNow>, StoreError> {
    let sql = tx.dialect().pick(&BULK_NOW);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}
