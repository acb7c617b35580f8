//! `/api/v1/numbers`: what accounts send from, how fast, and what it is used for.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{self, NumberUse};
use crate::app::{App, AppError};
use crate::domain::campaign as states;
use crate::domain::id;
use crate::store::number::NumberRow;
use crate::store::retired::CampaignOf;
use crate::store::{self, Tx};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(add_number))
        .routes(routes!(update_number))
}

/// A business number or short code of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Number {
    /// Id.
    pub id: String,
    /// Its account.
    pub account_id: String,
    /// Digits with a leading `+`, or the digits of a short code.
    pub phone: String,
    /// What the account sends from when nothing else is said.
    pub default: bool,
    /// Messages a second at most.
    pub messages_per_second: i64,
    /// It is out of use: nothing is sent from it, what comes to it is taken.
    pub archived: bool,
    /// What follows from a change, in sentences; only in the answer to one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
}

/// A new number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNumber {
    /// A phone number, or a short code of 3 to 6 digits.
    pub phone: String,
    /// 1 to 100,000; 80 when not given.
    pub messages_per_second: Option<i64>,
    /// Makes it the default number of the account.
    #[serde(default)]
    pub default: bool,
}

/// A change of a number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberChange {
    /// 1 to 100,000.
    pub messages_per_second: Option<i64>,
    /// `true` makes it the default number of the account.
    pub default: Option<bool>,
    /// How many people WhatsApp lets it begin to write to in 24 hours, 1 to 10,000,000, for the people who look at it: sending is
    /// not stopped by it. `null`: not known, or no limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub daily_limit: Option<Option<i64>>,
}

/// Tells `null` from what is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// How a number is changed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangeQuery {
    /// `true`: only say what would follow.
    #[serde(default)]
    dry_run: bool,
}

/// Which numbers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NumbersQuery {
    /// Of this account (`acc_...`); those of all that are in use when not given.
    account: Option<String>,
    /// When today began for whoever looks, milliseconds since 1970 UTC, counted in quarters of an hour; midnight UTC when not
    /// given.
    today: Option<i64>,
}

/// A number, and what it is used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberInUse {
    #[serde(flatten)]
    #[schema(inline)]
    number: Number,
    /// Nickname of its account.
    pub account: String,
    /// Messages that the provider took today.
    pub sent_today: i64,
    /// Messages that the provider took in the last 24 hours, which is what WhatsApp counts people by.
    pub sent_24h: i64,
    /// How many people WhatsApp lets it begin to write to in 24 hours, as a person entered it.
    pub daily_limit: Option<i64>,
    /// Campaigns that run, wait or are paused and send from it.
    pub campaigns: Vec<UsingCampaign>,
    /// Drafts that would.
    pub drafts: Vec<UsingCampaign>,
}

/// A campaign that sends from a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsingCampaign {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `draft`, `scheduled`, `running` and so on.
    pub state: &'static str,
}

impl From<CampaignOf> for UsingCampaign {
    fn from(campaign: CampaignOf) -> Self {
        Self {
            id: id::CAMPAIGN.show(campaign.id),
            name: campaign.name,
            state: states::name(campaign.state),
        }
    }
}

/// A number as it is shown.
pub(super) fn show_number(row: NumberRow, in_use: &[i64]) -> Number {
    Number {
        archived: !in_use.contains(&row.id),
        id: id::NUMBER.show(row.id),
        account_id: id::ACCOUNT.show(row.account_id),
        phone: row.phone,
        default: row.is_default == 1,
        messages_per_second: row.messages_per_second,
        consequences: Vec::new(),
    }
}

/// Adds a number to an account.
#[utoipa::path(post, path = "/accounts/{id}/numbers", tag = "Accounts", params(("id" = String, Path)), request_body = NewNumber, responses((status = 201, body = Number), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn add_number(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<NewNumber>,
) -> Result<Response, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let new = &body.value;
    once(&app, &body.asked, async |tx| {
        let row = account::add_number(&app, tx, id, &new.phone, new.messages_per_second, new.default).await?;
        let in_use = [row.id];
        Ok((StatusCode::CREATED, show_number(row, &in_use)))
    })
    .await
}

/// Changes a number's rate or limit, or makes it the default, and says what follows; with `dry_run` it only says so.
#[utoipa::path(patch, path = "/numbers/{id}", tag = "Accounts", params(("id" = String, Path), ChangeQuery), request_body = NumberChange, responses((status = 200, body = Number), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn update_number(
    State(app): State<Shared>,
    path: Path<String>,
    Query(query): Query<ChangeQuery>,
    body: Body<NumberChange>,
) -> Result<Response, Problem> {
    let id = path_id(id::NUMBER, "number", path)?;
    let change = &body.value;
    if query.dry_run {
        // Done and taken back: what it says is what would happen.
        let mut tx = app.db.write().await?;
        return Ok(Json(changed(&app, &mut tx, id, change).await?).into_response());
    }
    let response = once(&app, &body.asked, async |tx| {
        Ok((StatusCode::OK, changed(&app, tx, id, change).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}

async fn changed(app: &App, tx: &mut Tx, id: i64, change: &NumberChange) -> Result<Number, AppError> {
    let consequences =
        account::change_follows(app, tx, id, change.messages_per_second, change.default).await?;
    if let Some(limit) = change.daily_limit {
        account::set_daily_limit(tx, id, limit).await?;
    }
    let row = account::update_number(tx, id, change.messages_per_second, change.default).await?;
    let in_use = store::retired::in_use(tx, row.account_id).await?;
    Ok(Number {
        consequences,
        ..show_number(row, &in_use)
    })
}

/// The numbers with what they sent and what they are used for, the default ones first within their account.
#[utoipa::path(get, path = "/numbers", tag = "Accounts", params(NumbersQuery), responses((status = 200, body = Listing<NumberInUse>), (status = 404, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(query): Query<NumbersQuery>,
) -> Result<Json<Listing<NumberInUse>>, Problem> {
    let account = match &query.account {
        Some(text) => Some(id::ACCOUNT.read(text).ok_or(AppError::NotFound("account"))?),
        None => None,
    };
    let mut tx = app.db.read().await?;
    let used = account::numbers_in_use(&app, &mut tx, account, query.today).await?;
    let show = |used: NumberUse| {
        let in_use: &[i64] = if used.in_use { &[used.row.id] } else { &[] };
        NumberInUse {
            account: used.nickname,
            sent_today: used.sent_today,
            sent_24h: used.sent_24h,
            daily_limit: used.daily_limit,
            campaigns: used.campaigns.into_iter().map(Into::into).collect(),
            drafts: used.drafts.into_iter().map(Into::into).collect(),
            number: show_number(used.row, in_use),
        }
    };
    Ok(Json(Listing {
        data: used.into_iter().map(show).collect(),
        next_cursor: None,
    }))
}
