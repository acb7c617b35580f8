//! Drafts of answers. They are their writer's own business: nobody else sees them, and no log names them.

use super::{App, AppError, conversation};
use crate::domain::id::DRAFT;
use crate::store::Tx;
use crate::store::reply_draft::{self as store, DraftRow};

/// Characters at most: more than WhatsApp takes, so that a text that is still to be shortened is kept.
pub const LONGEST: usize = 10_000;

/// A user's draft in a conversation that there is.
pub async fn of(tx: &mut Tx, user_id: i64, conversation_id: i64) -> Result<Option<DraftRow>, AppError> {
    conversation::row(tx, conversation_id).await?;
    Ok(store::of(tx, user_id, conversation_id).await?)
}

/// Keeps what a user is writing, in place of the version that it was made from (`None`: there was none). What is empty is
/// forgotten. Refuses to write over another version.
pub async fn keep(
    app: &App,
    tx: &mut Tx,
    (user_id, conversation_id): (i64, i64),
    text: &str,
    since: Option<&str>,
) -> Result<Option<DraftRow>, AppError> {
    conversation::row(tx, conversation_id).await?;
    let since = since.map(|text| version(text, "/since")).transpose()?;
    if text.chars().count() > LONGEST || text.contains('\0') {
        let detail = "Use at most 10,000 characters, and no null character.";
        return Err(AppError::field("/text", "text_invalid", detail));
    }
    let own = (user_id, conversation_id);
    let row = DraftRow {
        text: text.to_owned(),
        version: app.id(),
    };
    let empty = text.trim().is_empty();
    let done = match since {
        Some(since) if empty => store::delete(tx, own, since).await?,
        Some(since) => store::change(tx, own, &row, since).await?,
        None if empty => store::of(tx, user_id, conversation_id).await?.is_none(),
        None => store::begin(tx, own, &row).await?,
    };
    if !done {
        return Err(AppError::conflict(
            "draft_changed",
            "You changed this draft in another place meanwhile.",
            "Read it again, and say which of the two holds.",
        ));
    }
    Ok((!empty).then_some(row))
}

/// The answer that this version of a draft was has been taken: it goes. One that was changed since stays.
pub async fn sent(tx: &mut Tx, user_id: i64, conversation_id: i64, version: i64) -> Result<(), AppError> {
    store::delete(tx, (user_id, conversation_id), version).await?;
    Ok(())
}

/// Reads a version of a draft.
pub fn version(text: &str, pointer: &str) -> Result<i64, AppError> {
    let detail = "Give the `version` of the draft as you read it.";
    DRAFT
        .read(text)
        .ok_or_else(|| AppError::field(pointer, "unknown", detail))
}
