//! Single messages: sent by programs or by hand, looked at, resent.

mod timeline;

pub use timeline::{Moment, Told, tell};

use harkara_provider::Content;
use serde::Deserialize;
use utoipa::ToSchema;

use super::campaign::Checked;
use super::{App, AppError, FieldProblem, account, file, person, template};
use crate::domain::audience::Person;
use crate::domain::content;
use crate::domain::erased::is_erased;
use crate::domain::id;
use crate::domain::phone::Phone;
use crate::domain::state::{self, CANCELLED, FAILED, QUEUED, SKIPPED, UNKNOWN};
use crate::domain::template::{Frozen, Mapping, compose, fill};
use crate::domain::window;
use crate::store::message::{self, API, MessageRow, NewMessage};
use crate::store::number::{self, NumberRow};
use crate::store::profile::{self, ProfileRow};
use crate::store::{Tx, consent, conversation, from_json, retired, to_json, unsettled};

/// A message to one person. Give `to` or `profile_id`, and `content` or `template_id`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageInput {
    /// The person's number, in any usual form.
    pub to: Option<String>,
    /// The person's profile (`pro_...`).
    pub profile_id: Option<String>,
    /// Free-form content: only while the 24-hour window is open.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Content>,
    /// A template (`tpl_...`).
    pub template_id: Option<String>,
    /// What the template's placeholders are filled with; the template's own mapping when absent.
    pub mapping: Option<Mapping>,
    /// The number that sends (`num_...`). Absent: for free-form content the one that got the person's last message, for
    /// a template the default number of its account.
    pub number_id: Option<String>,
}

/// Queues a message to one person. Refuses what could not be sent: an opted-out person, a closed window.
pub async fn send(app: &App, tx: &mut Tx, input: &MessageInput) -> Result<i64, AppError> {
    let (phone, person) = recipient(app, tx, input).await?;
    match (&input.content, &input.template_id) {
        (Some(content), None) if !matches!(content, Content::Template(_)) => {
            let number = number_for_answer(tx, input.number_id.as_deref(), &phone).await?;
            in_use(tx, &number).await?;
            let phone = person::dialled(tx, number.id, &phone).await?;
            fits(tx, &number, content).await?;
            window_open(app, tx, &number, &phone).await?;
            queue(app, tx, &number, &phone, person.as_ref(), content).await
        }
        (None, Some(text)) => {
            let (account_id, frozen) = chosen(tx, text, input.mapping.as_ref()).await?;
            let number = number_of(tx, input.number_id.as_deref(), account_id).await?;
            let content = filled(&frozen, &phone, person.as_ref())?;
            not_opted_out(tx, &phone, person.as_ref()).await?;
            queue(app, tx, &number, &phone, person.as_ref(), &content).await
        }
        _ => Err(AppError::field(
            "/content",
            "required",
            "Give either `content` or `template_id`.",
        )),
    }
}

/// The account of a template, and the template with what its placeholders are filled with.
pub(super) async fn chosen(
    tx: &mut Tx,
    template_id: &str,
    mapping: Option<&Mapping>,
) -> Result<(i64, Frozen), AppError> {
    let id = id::TEMPLATE
        .read(template_id)
        .ok_or(AppError::NotFound("template"))?;
    let row = template::row(tx, id).await?;
    template::not_deleted(&row)?;
    let mapping = match mapping {
        Some(mapping) => mapping.clone(),
        None => from_json("mapping", &row.mapping)?,
    };
    let problems = template::uncarried(tx, &row, &mapping).await?;
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    Ok((row.account_id, template::freeze(&row, mapping)?))
}

/// Sends what a campaign would say, to one person, before it is launched.
pub async fn test_send(
    app: &App,
    tx: &mut Tx,
    campaign: &Checked,
    to: Option<String>,
    profile_id: Option<String>,
) -> Result<i64, AppError> {
    let frozen = super::campaign::frozen(campaign)?;
    let input = MessageInput {
        to,
        profile_id,
        content: None,
        template_id: None,
        mapping: None,
        number_id: None,
    };
    let (phone, person) = recipient(app, tx, &input).await?;
    not_opted_out(tx, &phone, person.as_ref()).await?;
    let content = filled(&frozen, &phone, person.as_ref())?;
    queue(app, tx, &campaign.number, &phone, person.as_ref(), &content).await
}

/// Sends a message again, by hand. An unknown one may have arrived, so that has to be accepted. Once: what was sent in its
/// place is sent again rather than this one, unless it never left.
pub async fn resend(app: &App, tx: &mut Tx, id: i64, accept_possible_double: bool) -> Result<i64, AppError> {
    let row = message::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("message"))?;
    match row.state {
        FAILED => {}
        UNKNOWN if accept_possible_double => {}
        UNKNOWN => {
            return Err(AppError::conflict(
                "may_double",
                "Nobody knows whether this message arrived; sending it again may reach the person twice.",
                "Wait for a delivery report, or repeat this with \"accept_possible_double\": true (on the command line: \
                 --accept-possible-double).",
            ));
        }
        other => {
            return Err(AppError::conflict(
                "not_resendable",
                format!(
                    "The message is {}; only a failed or unknown one can be sent again.",
                    state::name(other)
                ),
                "Nothing to do.",
            ));
        }
    }
    let earlier = unsettled::resent_as(tx, id).await?;
    if let Some(earlier) = earlier {
        let sent = message::by_id(tx, earlier).await?;
        if sent.is_none_or(|sent| ![SKIPPED, CANCELLED].contains(&sent.state)) {
            return Err(already_resent(earlier));
        }
    }
    let number = number::by_id(tx, row.number_id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    let person = match row.profile_id {
        Some(id) => profile::by_id(tx, id).await?,
        None => None,
    };
    let content = content_of(tx, &row).await?;
    if content.needs_window() {
        window_open(app, tx, &number, &row.phone).await?;
    } else {
        not_opted_out(tx, &row.phone, person.as_ref()).await?;
    }
    let again = queue(app, tx, &number, &row.phone, person.as_ref(), &content).await?;
    if unsettled::keep_resent(tx, id, again, earlier, app.now()).await? {
        Ok(again)
    } else {
        Err(already_resent(
            unsettled::resent_as(tx, id).await?.unwrap_or(again),
        ))
    }
}

fn already_resent(as_id: i64) -> AppError {
    let shown = id::MESSAGE.show(as_id);
    AppError::conflict(
        "already_resent",
        format!("This message was sent again already, as {shown}."),
        format!("Look at {shown}. If that one failed or is unknown too, resend that one."),
    )
}

/// What a message says, whether it has its own content or is of a campaign.
pub async fn content_of(tx: &mut Tx, row: &MessageRow) -> Result<Content, AppError> {
    if is_erased(&row.phone) {
        return Err(AppError::conflict(
            "erased",
            "The person of this message was erased, and what it said is gone.",
            "Nothing to do: the row stays for the counts alone.",
        ));
    }
    let Some(campaign_id) = row.campaign_id else {
        return Ok(from_json(
            "message content",
            row.content.as_deref().unwrap_or_default(),
        )?);
    };
    let campaign = crate::store::campaign::by_id(tx, campaign_id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let frozen: Frozen = from_json("frozen template", campaign.frozen.as_deref().unwrap_or_default())?;
    let values: Vec<String> = from_json("message values", row.params.as_deref().unwrap_or("[]"))?;
    let composed = compose(&frozen, &values).map_err(|e| {
        AppError::conflict(
            "not_composable",
            e.to_string(),
            "Check the template's placeholders.",
        )
    })?;
    Ok(Content::Template(composed))
}

async fn recipient(
    app: &App,
    tx: &mut Tx,
    input: &MessageInput,
) -> Result<(String, Option<ProfileRow>), AppError> {
    match (&input.to, &input.profile_id) {
        (Some(to), None) => {
            let phone = Phone::parse(to, &app.config.default_region)
                .map_err(|e| AppError::field("/to", "invalid_number", e.to_string()))?
                .into_string();
            let person = person::profile_of(tx, &phone).await?;
            Ok((phone, person))
        }
        (None, Some(text)) => {
            let id = id::PROFILE.read(text).ok_or(AppError::NotFound("profile"))?;
            let person = profile::by_id(tx, id)
                .await?
                .ok_or(AppError::NotFound("profile"))?;
            let Some(phone) = person.phone.clone() else {
                return Err(AppError::field(
                    "/profile_id",
                    "no_number",
                    "This profile has no number to send to.",
                ));
            };
            Ok((phone, Some(person)))
        }
        _ => Err(AppError::field(
            "/to",
            "required",
            "Give either `to` (a number) or `profile_id`.",
        )),
    }
}

/// A template with the values of this person.
pub(super) fn filled(frozen: &Frozen, phone: &str, person: Option<&ProfileRow>) -> Result<Content, AppError> {
    let attributes = match person {
        Some(person) => from_json("attributes", &person.attributes)?,
        None => serde_json::Map::new(),
    };
    let view = Person {
        identity: person.map_or(phone, |p| &p.identity),
        phone: Some(phone),
        name: person.and_then(|p| p.name.as_deref()),
        opt_in: 1,
        suppressed: false,
        attributes: &attributes,
    };
    let (_, message) = fill(frozen, &|name| view.text(name))
        .map_err(|e| AppError::field("/mapping", "missing_value", e.to_string()))?;
    Ok(Content::Template(message))
}

/// Refuses free-form content that WhatsApp or the number's provider would not take.
pub(super) async fn fits(tx: &mut Tx, number: &NumberRow, said: &Content) -> Result<(), AppError> {
    let account = account::by_id(tx, number.account_id).await?;
    let spec = account::provider_of(&account)?.spec();
    let mut problems = content::check(said, &spec.limits, "/content");
    if let Err(refusal) = spec.carries(said) {
        problems.push(FieldProblem::new("/content", "unsupported", refusal.help));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}

/// Refuses when the person opted out.
pub(super) async fn not_opted_out(
    tx: &mut Tx,
    phone: &str,
    person: Option<&ProfileRow>,
) -> Result<(), AppError> {
    let out = person.is_some_and(|p| p.opt_in == profile::OPTED_OUT);
    if out || consent::suppressed(tx, &[phone]).await?.contains(phone) {
        return Err(AppError::conflict(
            "opted_out",
            "This person opted out.",
            "An opt-out always wins. The person can write START, or opt in again elsewhere; record that with its proof.",
        ));
    }
    Ok(())
}

/// Refuses when a free-form message could not leave: the person last wrote to this number too long ago.
pub(super) async fn window_open(
    app: &App,
    tx: &mut Tx,
    number: &NumberRow,
    phone: &str,
) -> Result<(), AppError> {
    let last = conversation::last_inbound_at(tx, number.id, phone).await?;
    if last.is_some_and(|at| window::is_open(at, app.now())) {
        return Ok(());
    }
    let detail = match last {
        Some(at) => format!(
            "The 24-hour window closed at {}.",
            harkara_provider::wire::rfc3339(window::closes_at(at))
        ),
        None => "This person has never written to this number, so there is no open window.".into(),
    };
    Err(AppError::conflict(
        "window_closed",
        detail,
        "Only an approved template can start the chat. Send one.",
    ))
}

async fn number_for_answer(tx: &mut Tx, given: Option<&str>, phone: &str) -> Result<NumberRow, AppError> {
    let id = match given {
        Some(text) => id::NUMBER.read(text),
        None => person::conversation_of(tx, phone)
            .await?
            .map(|c| c.last_number_id),
    };
    let found = match id {
        Some(id) => number::by_id(tx, id).await?,
        None => None,
    };
    found.ok_or_else(|| {
        AppError::conflict(
            "window_closed",
            "This person has never written to us, so there is no open window.",
            "Only an approved template can start the chat. Send one.",
        )
    })
}

/// Refuses a number that never sends again; one whose account is held sends later. It stays so until this transaction
/// ends, so that nothing is queued where nobody looks any more.
pub(super) async fn in_use(tx: &mut Tx, number: &NumberRow) -> Result<(), AppError> {
    match retired::standing(tx, number.id).await? {
        Some(standing) if standing.is_retired() => Err(AppError::conflict(
            "number_retired",
            format!(
                "The number {} of the account \"{}\" is out of use, so nothing can be sent from it.",
                standing.phone, standing.nickname
            ),
            "Send an approved template from another number: it starts the chat anew there.",
        )),
        _ => Ok(()),
    }
}

/// Why a message that was just queued waits for a person, when it does.
pub async fn waits(tx: &mut Tx, id: i64) -> Result<Option<String>, AppError> {
    let row = message::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("message"))?;
    let number = number::by_id(tx, row.number_id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    timeline::standing(tx, &row, number.account_id).await
}

async fn number_of(tx: &mut Tx, given: Option<&str>, account_id: i64) -> Result<NumberRow, AppError> {
    account::not_archived(&account::by_id(tx, account_id).await?)?;
    let in_use = retired::in_use(tx, account_id).await?;
    let mut numbers = number::of_account(tx, account_id).await?;
    numbers.retain(|n| in_use.contains(&n.id));
    let found = match given {
        None => numbers.into_iter().max_by_key(|n| (n.is_default, -n.id)),
        Some(text) => numbers.into_iter().find(|n| id::NUMBER.read(text) == Some(n.id)),
    };
    found.ok_or_else(|| {
        AppError::field(
            "/number_id",
            "not_found",
            "The template's account has no such number in use.",
        )
    })
}

async fn queue(
    app: &App,
    tx: &mut Tx,
    number: &NumberRow,
    phone: &str,
    person: Option<&ProfileRow>,
    content: &Content,
) -> Result<i64, AppError> {
    in_use(tx, number).await?;
    let said = to_json(content);
    file::hold(app, tx, &said, "/content").await?;
    let now = app.now();
    let id = app.id();
    let row = NewMessage {
        id,
        number_id: number.id,
        campaign_id: None,
        profile_id: person.map(|p| p.id),
        phone: phone.to_owned(),
        state: QUEUED,
        lane: API,
        attempt: 0,
        due_at: now,
        params: None,
        content: Some(said),
        in_reply_to: None,
        event_key: None,
    };
    message::insert(tx, vec![row]).await?;
    Ok(id)
}
