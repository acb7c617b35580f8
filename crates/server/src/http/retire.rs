//! Accounts and numbers go out of use: `DELETE /accounts/{id}` and `DELETE /numbers/{id}`.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Caller, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{Stops, Way, account_stops, number_stops, retire, retire_number};
use crate::domain::id::{ACCOUNT, CAMPAIGN, NUMBER};
use crate::store::retired::CampaignOf;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(delete_account))
        .routes(routes!(delete_number))
}

/// How an account goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// `true`: only say what would stop.
    #[serde(default)]
    dry_run: bool,
    /// `true`: stop campaigns and cancel what is queued; without it the request is refused when there is any.
    #[serde(default)]
    stop: bool,
    /// `true`: delete the account rather than archive it: credentials, settings and callback URLs are gone for good.
    #[serde(default)]
    forget: bool,
}

/// How a number goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NumberQuery {
    /// `true`: only say what would stop.
    #[serde(default)]
    dry_run: bool,
    /// `true`: stop campaigns and cancel what is queued; without it the request is refused when there is any.
    #[serde(default)]
    stop: bool,
}

/// What stopped, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retired {
    /// Id.
    pub id: String,
    /// `archived` or `deleted`; `in_use` when this was only a question.
    pub state: &'static str,
    /// What no longer happens, in sentences.
    pub stopped: String,
    /// Campaigns that are stopped.
    pub campaigns: Vec<StoppedCampaign>,
    /// Drafts that can no longer be launched as they are.
    pub drafts: Vec<StoppedCampaign>,
    /// Queued messages that are cancelled.
    pub queued: i64,
    /// Messages on their way, which still arrive.
    pub in_flight: i64,
    /// Open chats that are answered from there.
    pub open_chats: i64,
}

/// A campaign that is stopped.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoppedCampaign {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

fn show(id: String, state: &'static str, stops: Stops) -> Json<Retired> {
    let campaigns = |all: Vec<CampaignOf>| {
        let one = |campaign: CampaignOf| StoppedCampaign {
            id: CAMPAIGN.show(campaign.id),
            name: campaign.name,
        };
        all.into_iter().map(one).collect()
    };
    Json(Retired {
        id,
        state,
        stopped: stops.said.join(" "),
        campaigns: campaigns(stops.campaigns),
        drafts: campaigns(stops.drafts),
        queued: stops.queued,
        in_flight: stops.in_flight,
        open_chats: stops.open_chats,
    })
}

/// Archives an account, or with `forget` deletes it; history stays readable. Refused while campaigns send or will send
/// with it or messages are queued, unless `stop` accepts that they end.
#[utoipa::path(delete, path = "/accounts/{id}", tag = "Accounts", params(("id" = String, Path), AccountQuery), responses((status = 200, body = Retired), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete_account(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(query): Query<AccountQuery>,
) -> Result<Json<Retired>, Problem> {
    let id = path_id(ACCOUNT, "account", path)?;
    let (way, state) = if query.forget {
        (Way::Delete, "deleted")
    } else {
        (Way::Archive, "archived")
    };
    if query.dry_run {
        let mut tx = app.db.read().await?;
        let stops = account_stops(&app, &mut tx, id, way).await?;
        return Ok(show(ACCOUNT.show(id), "in_use", stops));
    }
    let mut act = caller.act(&app, Some(id)).await?;
    let stops = retire(&app, &mut act.tx, id, way, query.stop).await?;
    act.commit(&app, Some(id)).await?;
    Ok(show(ACCOUNT.show(id), state, stops))
}

/// Takes a number out of use, or removes one that was never used; history stays readable. Refused while campaigns send or
/// will send from it or messages are queued, unless `stop` accepts that they end.
#[utoipa::path(delete, path = "/numbers/{id}", tag = "Accounts", params(("id" = String, Path), NumberQuery), responses((status = 200, body = Retired), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete_number(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(query): Query<NumberQuery>,
) -> Result<Json<Retired>, Problem> {
    let id = path_id(NUMBER, "number", path)?;
    if query.dry_run {
        let mut tx = app.db.read().await?;
        let stops = number_stops(&app, &mut tx, id).await?;
        return Ok(show(NUMBER.show(id), "in_use", stops));
    }
    let mut act = caller.act(&app, Some(id)).await?;
    let stops = retire_number(&app, &mut act.tx, id, query.stop).await?;
    act.commit(&app, Some(id)).await?;
    Ok(show(NUMBER.show(id), "archived", stops))
}
