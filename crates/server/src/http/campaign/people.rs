//! Who got a campaign and who did not, person by person.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::{Path, Query, State as HttpState};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Shared;
use super::super::extract::{Body, Caller, path_id};
use super::super::paging::{Listing, Page};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::campaign::{self as app_campaign, Recipients, Resend, recipients};
use crate::domain::audience::Exclusion;
use crate::domain::erased::{digits, of_digits};
use crate::domain::id::{self, CAMPAIGN, Kind};
use crate::domain::permission::Permission;
use crate::domain::settle::Failure;
use crate::domain::state::{self, State};
use crate::store::message::MessageRow;
use crate::store::recipient::Without;
use crate::store::{StoreError, Tx, campaign, from_json, profile};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(messages))
        .routes(routes!(resend))
        .routes(routes!(excluded))
}

/// A line of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    /// Message id, which is also the reference given to the provider.
    pub id: String,
    /// The person.
    pub phone: String,
    /// Profile.
    pub profile_id: Option<String>,
    /// What the profile is called: in the list of a campaign, for who may see people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// State.
    pub state: String,
    /// Attempts that counted.
    pub attempts: i16,
    /// Provider's id.
    pub external_id: Option<String>,
    /// When the provider took it, milliseconds since 1970 UTC.
    pub accepted_at: Option<i64>,
    /// When it reached the phone.
    pub delivered_at: Option<i64>,
    /// When it was seen.
    pub read_at: Option<i64>,
    /// When it failed, or became unknown.
    pub failed_at: Option<i64>,
    /// When the person first answered it, of a campaign's message.
    pub replied_at: Option<i64>,
    /// Why, and what to do.
    #[schema(value_type = Option<Object>)]
    pub failure: Option<Failure>,
}

/// Shows a ledger row.
pub fn show(row: MessageRow) -> Result<LedgerLine, AppError> {
    Ok(LedgerLine {
        id: id::MESSAGE.show(row.id),
        phone: row.phone,
        profile_id: row.profile_id.map(|id| id::PROFILE.show(id)),
        name: None,
        state: state::name(row.state).into(),
        attempts: row.attempt,
        external_id: row.external_id,
        accepted_at: row.accepted_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
        replied_at: row.replied_at,
        failure: row
            .failure
            .as_deref()
            .map(|text| from_json("failure", text))
            .transpose()?,
    })
}

/// The names of those whom a page is about, asked for at once; of nobody for who may not see people.
pub(super) async fn names(
    tx: &mut Tx,
    people: impl Iterator<Item = i64>,
    may: bool,
) -> Result<HashMap<i64, String>, StoreError> {
    if !may {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = people.collect();
    profile::names(tx, &ids).await
}

/// Ledger rows of a page, with names.
pub(super) async fn lines(
    tx: &mut Tx,
    rows: Vec<MessageRow>,
    may: bool,
) -> Result<Vec<LedgerLine>, AppError> {
    let names = names(tx, rows.iter().filter_map(|row| row.profile_id), may).await?;
    rows.into_iter()
        .map(|row| {
            let name = row.profile_id.and_then(|id| names.get(&id).cloned());
            Ok(LedgerLine { name, ..show(row)? })
        })
        .collect()
}

/// Which messages of a campaign.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecipientFilter {
    /// Only messages in this state, such as `unknown` or `failed`.
    pub state: Option<String>,
    /// Only messages with a failure of this kind, such as `capped`.
    pub kind: Option<String>,
    /// `true`: only messages that the person answered, as `replied` of the progress counts them.
    #[serde(default)]
    pub replied: bool,
    /// `read`: only messages that left and were not read, as far as WhatsApp tells. `reply`: only messages that left and that the
    /// person did not answer.
    pub without: Option<String>,
    /// A number, digits in a number (its last ones, for instance), or how a name begins; of one name, the recipients among
    /// the first 50,000 people who have it.
    pub search: Option<String>,
}

impl RecipientFilter {
    /// What it asks for.
    pub fn read(&self) -> Result<Recipients, Problem> {
        let text = |given: &Option<String>| given.as_deref().map(str::trim).unwrap_or_default().to_owned();
        Ok(Recipients {
            state: self.state.as_deref().map_or(Ok(0), wanted_state)?,
            kind: text(&self.kind),
            search: text(&self.search),
            replied: self.replied,
            without: self.without.as_deref().map_or(Ok(Without::Nothing), unwanted)?,
        })
    }
}

fn unwanted(text: &str) -> Result<Without, Problem> {
    match text {
        "read" => Ok(Without::Read),
        "reply" => Ok(Without::Reply),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_without",
            format!("There is no \"{text}\" to be without."),
            "Use read or reply.",
        )),
    }
}

fn wanted_state(text: &str) -> Result<State, Problem> {
    state::parse(text).ok_or_else(|| {
        let names = state::OUTBOUND.map(state::name).join(", ");
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_state",
            format!("There is no state \"{text}\"."),
            format!("Use one of {names}."),
        )
    })
}

/// The messages of a campaign, by number. With a filter, a page may be short or empty although there is a next one: it
/// looks at 50,000 messages at most.
#[utoipa::path(get, path = "/campaigns/{id}/messages", tag = "Campaigns", params(("id" = String, Path), RecipientFilter, Page), responses((status = 200, body = Listing<LedgerLine>), (status = 404, body = Problem)))]
async fn messages(
    caller: Caller,
    HttpState(app): HttpState<Shared>,
    path: Path<String>,
    Query(filter): Query<RecipientFilter>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<LedgerLine>>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let which = filter.read()?;
    // A number is its digits: they fit where ids do.
    let after = match &page.cursor {
        None => String::new(),
        Some(_) => of_digits(page.before()?),
    };
    let mut tx = app.db.read().await?;
    campaign::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let (rows, next) = recipients(&app, &mut tx, id, &which, &after, page.limit()).await?;
    let next = next.and_then(|phone| digits(&phone));
    Ok(Json(Listing {
        data: lines(&mut tx, rows, caller.may(Permission::ProfilesRead)).await?,
        next_cursor: next.map(|digits| Kind("c").show(digits)),
    }))
}

/// What is to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendMany {
    /// Only failures of this kind: `unavailable`, `throttled`, `capped`, `config` or `auth`; absent: all of these.
    kind: Option<String>,
    /// Count, and send nothing.
    #[serde(default)]
    dry_run: bool,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
}

/// What was sent again.
#[derive(Debug, Serialize, ToSchema)]
struct ResentMany {
    /// Failed messages, from the cursor on, that may be sent again and were not.
    resendable: i64,
    /// Messages on their way anew; each is a message of its own, outside the counts of the campaign.
    resent: i64,
    /// Messages left out this time: `opted_out`, `number_retired`, `not_composable`.
    left_out: BTreeMap<&'static str, i64>,
    /// Ask again with this: one call looks at 10,000 messages at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Sends messages of a campaign again that failed for a reason of the moment: each once, and never an unknown one, which may
/// have arrived. Safe to repeat.
#[utoipa::path(post, path = "/campaigns/{id}/resend", tag = "Campaigns", params(("id" = String, Path)), request_body = ResendMany, responses((status = 200, body = ResentMany), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn resend(
    HttpState(app): HttpState<Shared>,
    path: Path<String>,
    body: Body<ResendMany>,
) -> Result<Json<ResentMany>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let asked = &body.value;
    let page = Page {
        limit: None,
        cursor: asked.cursor.clone(),
    };
    let what = Resend {
        kind: asked.kind.clone(),
        after: match &page.cursor {
            None => String::new(),
            Some(_) => of_digits(page.before()?),
        },
        dry_run: asked.dry_run,
    };
    let caller = &body.asked.caller;
    let before = caller.first(&app, id).await?;
    let done = app_campaign::resend(&app, id, &what).await?;
    if done.resent > 0 {
        caller.afterwards(&app, before, id).await?;
    }
    let next = done.next.and_then(|phone| digits(&phone));
    Ok(Json(ResentMany {
        resendable: done.resendable,
        resent: done.resent,
        left_out: done.left_out,
        next_cursor: next.map(|digits| Kind("c").show(digits)),
    }))
}

/// A person left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Excluded {
    /// Profile.
    pub profile_id: String,
    /// Identity, unless the profile is gone.
    pub identity: Option<String>,
    /// What the person is called, for who may see people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number.
    pub phone: Option<String>,
    /// `not_opted_in`, `opted_out`, `no_number`, `duplicate_number`, `invalid_number`, `missing_value`, `on_list`, `meets_conditions`,
    /// `got_campaign`, `over_cap` or `control_group`.
    pub reason: String,
}

/// The people who were left out, and why.
#[utoipa::path(get, path = "/campaigns/{id}/excluded", tag = "Campaigns", params(("id" = String, Path), Page), responses((status = 200, body = Listing<Excluded>), (status = 404, body = Problem)))]
async fn excluded(
    caller: Caller,
    HttpState(app): HttpState<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Excluded>>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    campaign::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let after = if page.cursor.is_some() { page.before()? } else { 0 };
    let rows = campaign::excluded(&mut tx, id, after, page.limit()).await?;
    let may = caller.may(Permission::ProfilesRead);
    let names = names(&mut tx, rows.iter().map(|row| row.0), may).await?;
    let line = |(profile, identity, phone, reason): (i64, Option<String>, Option<String>, i16)| Excluded {
        profile_id: id::PROFILE.show(profile),
        identity,
        name: names.get(&profile).cloned(),
        phone,
        reason: Exclusion::from_stored(reason)
            .map_or("unknown", Exclusion::name)
            .into(),
    };
    Ok(Json(Listing::new(rows, &page, |row| row.0, line)))
}
