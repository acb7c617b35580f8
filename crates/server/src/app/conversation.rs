//! Answering people: from the number that got their last message, while the window is open.

use harkara_provider::Content;

use super::message::{chosen, filled, fits, in_use, not_opted_out, window_open};
use super::{App, AppError, file, person};
use crate::domain::preview;
use crate::domain::state::QUEUED;
use crate::domain::template::Mapping;
use crate::store::conversation::{self, ConversationRow};
use crate::store::message::{CONVERSATION, NewMessage, insert};
use crate::store::{Tx, number, to_json};

/// The conversation of this id.
pub async fn row(tx: &mut Tx, id: i64) -> Result<ConversationRow, AppError> {
    conversation::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("conversation"))
}

/// What to answer.
#[derive(Debug, Clone, Copy)]
pub enum Reply<'a> {
    /// As it is.
    Content(&'a Content),
    /// A template by its id, filled with the person's values; without a mapping, by its own.
    Template(&'a str, Option<&'a Mapping>),
}

/// Queues an answer ahead of everything else. It leaves from the number that the person last wrote to. Free-form content
/// needs an open window; a template needs a person who has not opted out.
pub async fn answer(app: &App, tx: &mut Tx, id: i64, reply: Reply<'_>) -> Result<i64, AppError> {
    let conversation = row(tx, id).await?;
    let number = number::by_id(tx, conversation.last_number_id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    in_use(tx, &number).await?;
    let phone = &person::dialled(tx, number.id, &conversation.phone).await?;
    let person = person::profile_of(tx, &conversation.phone).await?;
    let said = &match reply {
        Reply::Content(content) => content.clone(),
        Reply::Template(template_id, mapping) => {
            let (account_id, frozen) = chosen(tx, template_id, mapping).await?;
            if account_id != number.account_id {
                let detail = format!(
                    "Answers leave from {}, and that number's account does not have this template.",
                    number.phone
                );
                return Err(AppError::field("/template_id", "other_account", detail));
            }
            filled(&frozen, phone, person.as_ref())?
        }
    };
    fits(tx, &number, said).await?;
    if said.needs_window() {
        window_open(app, tx, &number, phone).await?;
    } else {
        not_opted_out(tx, phone, person.as_ref()).await?;
    }
    let json = to_json(said);
    file::hold(app, tx, &json, "/content").await?;
    let (id, now) = (app.id(), app.now());
    let message = NewMessage {
        id,
        number_id: number.id,
        campaign_id: None,
        profile_id: person.map(|p| p.id),
        phone: phone.clone(),
        state: QUEUED,
        lane: CONVERSATION,
        attempt: 0,
        due_at: now,
        params: None,
        content: Some(json),
        in_reply_to: None,
        event_key: None,
    };
    insert(tx, vec![message]).await?;
    conversation::say(tx, conversation.id, now, &preview::of_content(said)).await?;
    Ok(id)
}
