//! Everything about one message, for a person: what happened when, what was asked and answered, what to do next.

use harkara_provider::Step;
use serde::Serialize;
use utoipa::ToSchema;

use super::content_of;
use crate::app::dispatch::{Claimed, Payload, outgoing};
use crate::app::{App, AppError, account, person};
use crate::clock::{Millis, id_time};
use crate::domain::erased::is_erased;
use crate::domain::id;
use crate::domain::settle::Failure;
use crate::domain::state::{self, QUEUED, RECEIVED, SENDING, SENT, UNKNOWN};
use crate::store::attempt;
use crate::store::callback::clicks;
use crate::store::message::{self, MessageRow};
use crate::store::{self, Tx, from_json, number, unsettled, wa_id};

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// Milliseconds since 1970 UTC.
    pub at: Millis,
    /// `created`, `attempt`, `accepted`, `delivered`, `read`, `clicked`, `failed`, `unknown`, `received`.
    pub what: String,
    /// In a sentence.
    pub detail: String,
    /// The request of an attempt, secrets hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<i64>,
    /// The answer, secrets hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// A message, told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Told {
    /// Id; also the reference that the provider echoes.
    pub id: String,
    /// State.
    pub state: String,
    /// The number that was dialled, or that the person wrote from.
    pub phone: String,
    /// What the provider calls the person, when that is another number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// Profile.
    pub profile_id: Option<String>,
    /// Campaign.
    pub campaign_id: Option<String>,
    /// The conversation with the person, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// Our number.
    pub number: String,
    /// What it says; null when the person was erased.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// Provider's id.
    pub external_id: Option<String>,
    /// Why it is not where it should be, and what to do.
    #[schema(value_type = Option<Object>)]
    pub failure: Option<Failure>,
    /// The message that a person sent in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resent_as: Option<String>,
    /// What to do next, in a sentence.
    pub next: String,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// The request as this message's values make it, secrets hidden. Rebuilt from the ledger: for a campaign's accepted
    /// message the request is not stored ten million times. Absent when an attempt in the timeline has it.
    pub request: Option<String>,
}

/// Tells everything about a message.
pub async fn tell(app: &App, tx: &mut Tx, id: i64) -> Result<Told, AppError> {
    let row = message::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("message"))?;
    let number = number::by_id(tx, row.number_id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    let failure: Option<Failure> = row
        .failure
        .as_deref()
        .map(|text| from_json("failure", text))
        .transpose()?;
    let inbound = row.state == RECEIVED;
    let erased = is_erased(&row.phone);
    let content = if erased {
        serde_json::Value::Null
    } else if inbound {
        from_json("message content", row.content.as_deref().unwrap_or("{}"))?
    } else {
        serde_json::to_value(content_of(tx, &row).await?).unwrap_or_default()
    };
    let request = if inbound || erased {
        None
    } else {
        rebuilt(app, tx, &row, &number.phone, number.account_id).await?
    };
    let resent_as = unsettled::resent_as(tx, row.id).await?;
    let resent_as = resent_as.map(|id| id::MESSAGE.show(id));
    let next = match (standing(tx, &row, number.account_id).await?, &resent_as) {
        (Some(held), _) => held,
        (None, Some(again)) => format!("Nothing to do here: it was sent again as {again}."),
        (None, None) if erased => "Nothing to do: the person was erased.".into(),
        (None, None) => next(&row, failure.as_ref()),
    };
    let conversation = person::conversation_of(tx, &row.phone).await?;
    let timeline = timeline(tx, &row, failure.as_ref()).await?;
    // An attempt that kept its request needs no second telling.
    let request = request.filter(|_| timeline.iter().all(|moment| moment.request.is_none()));
    Ok(Told {
        id: id::MESSAGE.show(row.id),
        state: state::name(row.state).into(),
        phone: row.phone.clone(),
        wa_id: wa_id::of_message(tx, row.id).await?,
        profile_id: row.profile_id.map(|id| id::PROFILE.show(id)),
        campaign_id: row.campaign_id.map(|id| id::CAMPAIGN.show(id)),
        conversation_id: conversation.map(|row| id::CONVERSATION.show(row.id)),
        number: number.phone,
        content,
        external_id: row.external_id.clone(),
        resent_as,
        next,
        timeline,
        failure,
        request,
    })
}

/// Why a queued message of an account that sends nothing does not move.
pub(super) async fn standing(
    tx: &mut Tx,
    row: &MessageRow,
    account_id: i64,
) -> Result<Option<String>, AppError> {
    if row.state != QUEUED {
        return Ok(None);
    }
    let account = store::account::by_id(tx, account_id).await?;
    Ok(account
        .filter(|a| a.state != store::account::ACTIVE)
        .map(|account| {
            let reason = account.held_reason.unwrap_or_else(|| "It was archived.".into());
            format!(
                "It waits: the account \"{}\" sends nothing at the moment. {reason}",
                account.nickname
            )
        }))
}

async fn rebuilt(
    app: &App,
    tx: &mut Tx,
    row: &MessageRow,
    from: &str,
    account_id: i64,
) -> Result<Option<String>, AppError> {
    let loaded = account::load(app, tx, account_id).await?;
    let claimed = Claimed {
        id: row.id,
        campaign_id: None,
        number_id: row.number_id,
        phone: row.phone.clone(),
        attempt: row.attempt,
        at: row.due_at,
        payload: Payload::Content(Box::new(content_of(tx, row).await?)),
    };
    let step = outgoing(claimed, from, row.due_at)
        .and_then(|message| loaded.provider.send(&loaded.account, &message, &[]));
    Ok(match step {
        Ok(Step::Call(request)) => Some(request.redacted(&loaded.account.secret_values())),
        _ => None,
    })
}

async fn timeline(tx: &mut Tx, row: &MessageRow, failure: Option<&Failure>) -> Result<Vec<Moment>, AppError> {
    let plain = |at, what: &str, detail: String| Moment {
        at,
        what: what.into(),
        detail,
        request: None,
        http_status: None,
        answer: None,
    };
    if row.state == RECEIVED {
        return Ok(vec![plain(
            row.due_at,
            "received",
            "The person wrote this.".into(),
        )]);
    }
    let mut moments = vec![plain(
        id_time(row.id),
        "created",
        "The intent was written to the ledger.".into(),
    )];
    for attempt in attempt::of_message(tx, row.id).await? {
        moments.push(Moment {
            at: attempt.finished_at,
            what: "attempt".into(),
            detail: format!("Attempt {}: {}. {}", attempt.n, attempt.outcome, attempt.detail)
                .trim()
                .to_owned(),
            request: attempt.request,
            http_status: attempt.http_status,
            answer: attempt.answer,
        });
    }
    let accepted = match row.external_id.as_deref() {
        Some(id) => format!("The provider accepted it as {id}."),
        None => "The provider accepted it.".to_owned(),
    };
    let steps = [
        (row.accepted_at, "accepted", accepted),
        (row.delivered_at, "delivered", "It reached the phone.".to_owned()),
        (row.read_at, "read", "It was seen.".to_owned()),
    ];
    moments.extend(
        steps
            .into_iter()
            .filter_map(|(at, what, detail)| Some(plain(at?, what, detail))),
    );
    if let (Some(at), Some(failure)) = (row.failed_at, failure) {
        moments.push(plain(
            at,
            state::name(row.state),
            format!("{} ({})", failure.help, failure.detail),
        ));
    }
    for click in clicks(tx, row.id).await? {
        moments.push(plain(
            click.at,
            "clicked",
            format!("The person opened {}.", click.url),
        ));
    }
    moments.sort_by_key(at_latest);
    Ok(moments)
}

/// Providers that tell whole seconds cut the rest off: what they saw was up to a second later, and after our request.
fn at_latest(moment: &Moment) -> Millis {
    let ours = ["created", "attempt"].contains(&moment.what.as_str());
    if ours || moment.at % 1_000 != 0 {
        moment.at
    } else {
        moment.at + 999
    }
}

fn next(row: &MessageRow, failure: Option<&Failure>) -> String {
    match (row.state, failure) {
        (QUEUED, Some(failure)) => format!("It is tried again by itself. {}", failure.help),
        (QUEUED | SENDING, _) => "Nothing to do: it is on its way.".into(),
        (UNKNOWN, _) => {
            "Wait for a delivery report: it settles this. If none comes and it matters, resend it by hand, \
                         knowing that the person may get it twice."
                .into()
        }
        (SENT, _) => "Nothing to do: the provider has it and will report.".into(),
        (_, Some(failure)) => failure.help.clone(),
        _ => "Nothing to do.".into(),
    }
}
