//! The automatic answer of an account: its switch and its text are settings like others, what else it keeps to stands beside
//! them.

use harkara_provider::Account;

use super::{by_id, not_archived, provider_of};
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::auto_reply::{AutoReply, Day, Hour, moment};
use crate::domain::problem::FieldProblem;
use crate::domain::zone::zone;
use crate::store::account::AccountRow;
use crate::store::{self, Tx, to_json};

/// Keys of its settings.
const SWITCH: &str = "auto_reply";
const TEXT: &str = "auto_reply_text";
const NAMELESS: &str = "To use {{name}}, say under \"Auto-reply\" of the saved account what stands for it when somebody gives no name.";

/// When somebody would write, by the clock on the wall.
#[derive(Debug, Clone)]
pub struct Moment {
    /// On the next such day; today when absent.
    pub day: Option<Day>,
    /// Such as `22:10`; now when absent.
    pub time: Option<String>,
}

/// What somebody would read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// When they would write.
    pub at: Millis,
    /// Which text that is; `None` when the answer is switched off.
    pub hour: Option<Hour>,
    /// What they would read; `None`: nothing.
    pub answer: Option<String>,
}

/// Keeps the switch and the text that the settings have. What is wrong with a text is told when it comes new: one that was
/// saved before there were variables stays.
pub(super) fn follow_settings(row: &mut AccountRow, account: &Account) -> Result<(), AppError> {
    let before = (row.auto_reply, row.auto_reply_text.clone());
    row.auto_reply = i16::from(account.is_on(SWITCH));
    account.get(TEXT).clone_into(&mut row.auto_reply_text);
    if before == (row.auto_reply, row.auto_reply_text.clone()) {
        return Ok(());
    }
    let found = row.auto_reply()?.problems(&row.nickname);
    let shown: Vec<FieldProblem> = found
        .into_iter()
        .filter_map(|problem| {
            let detail = match problem.pointer.as_str() {
                "/text" => problem.detail,
                "/name_fallback" => NAMELESS.into(),
                _ => return None,
            };
            Some(FieldProblem::new(
                format!("/settings/{TEXT}"),
                problem.code,
                detail,
            ))
        })
        .collect();
    match shown.is_empty() {
        true => Ok(()),
        false => Err(AppError::Invalid(shown)),
    }
}

/// Keeps another answer. A held account stays held: what it answers has nothing to do with why.
pub async fn set_auto_reply(app: &App, tx: &mut Tx, id: i64, asked: &AutoReply) -> Result<(), AppError> {
    let mut row = by_id(tx, id).await?;
    not_archived(&row)?;
    let provider = provider_of(&row)?;
    let known = |key: &str| provider.spec().field(key).is_some();
    if !known(SWITCH) || !known(TEXT) {
        return Err(AppError::conflict(
            "no_auto_reply",
            format!("{} has no automatic answer.", provider.spec().name),
            "Answer people in the inbox.",
        ));
    }
    let asked = asked.clone().tidy();
    if asked == row.auto_reply()? {
        return Ok(());
    }
    right(&asked, &row.nickname, "")?;
    let mut settings = row.settings()?;
    settings.insert(SWITCH.into(), asked.enabled.to_string());
    match asked.text.is_empty() {
        true => settings.remove(TEXT),
        false => settings.insert(TEXT.into(), asked.text.clone()),
    };
    let secrets = row.secrets()?;
    row.keep(&settings, &secrets);
    row.auto_reply = i16::from(asked.enabled);
    row.auto_reply_rules = asked.rules().as_ref().map(to_json);
    row.auto_reply_text = asked.text;
    row.updated_at = app.now();
    Ok(store::account::update(tx, &row).await?)
}

/// What somebody of this name would read who writes at a moment: as it is saved, or as `draft` has it.
pub async fn preview_auto_reply(
    app: &App,
    tx: &mut Tx,
    id: i64,
    draft: Option<&AutoReply>,
    name: Option<&str>,
    when: &Moment,
) -> Result<Previewed, AppError> {
    let row = by_id(tx, id).await?;
    let reply = match draft {
        Some(draft) => {
            let draft = draft.clone().tidy();
            right(&draft, &row.nickname, "/reply")?;
            draft
        }
        None => row.auto_reply()?,
    };
    let at = moment_of(&reply, when, app.now())?;
    if !reply.enabled {
        return Ok(Previewed {
            at,
            hour: None,
            answer: None,
        });
    }
    Ok(Previewed {
        at,
        hour: Some(reply.hour(at)),
        answer: reply.answer(name, &row.nickname, at),
    })
}

fn moment_of(reply: &AutoReply, when: &Moment, now: Millis) -> Result<Millis, AppError> {
    let Some(time) = &when.time else {
        return Ok(now);
    };
    let theirs = reply.hours.as_ref().and_then(|hours| zone(&hours.zone));
    let theirs = theirs.unwrap_or(jiff::tz::TimeZone::UTC);
    moment(when.day, time, &theirs, now).map_err(|why| AppError::field("/time", "time", why))
}

fn right(reply: &AutoReply, nickname: &str, at: &str) -> Result<(), AppError> {
    let found = reply.problems(nickname);
    if found.is_empty() {
        return Ok(());
    }
    let placed = found.into_iter().map(|problem| FieldProblem {
        pointer: format!("{at}{}", problem.pointer),
        ..problem
    });
    Err(AppError::Invalid(placed.collect()))
}
