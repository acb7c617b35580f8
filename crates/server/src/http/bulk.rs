//! `/api/v1/profiles/bulk`: one act on many people.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Shared;
use super::campaign::people::RecipientFilter;
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::profile_list::{ProfileFilter, chosen};
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::audit::{AuditChange, Kind, Object, note};
use crate::app::bulk::{self, BulkAct, People, Picked};
use crate::domain::audience::Condition;
use crate::domain::id;
use crate::domain::permission::Permission;
use crate::store;
use crate::store::bulk::{BulkRow, OFF_LIST, OPT_OUT};
use crate::store::{Tx, to_json};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, begin))
        .routes(routes!(show))
        .routes(routes!(cancel))
}

/// An act on many people and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bulk {
    /// Id.
    pub id: String,
    /// `opt_out`, `add_to_list` or `remove_from_list`.
    pub act: &'static str,
    /// `running`, `finished`, `failed` or `cancelled`.
    pub state: &'static str,
    /// Id of the list that they are put on or taken off; absent when it was deleted.
    pub list_id: Option<String>,
    /// Its name.
    pub list: Option<String>,
    /// The campaign whose recipients they are.
    pub campaign_id: Option<String>,
    /// Its name.
    pub campaign: Option<String>,
    /// How many people there were at the beginning: about, with conditions and for recipients, for these it looks at more
    /// than it is for.
    pub total: i64,
    /// How many are done.
    pub done: i64,
    /// For how many of these it was, with conditions and for recipients.
    pub matched: Option<i64>,
    /// How many of them are different now: the others were so already.
    pub changed: i64,
    /// Why it failed.
    pub problem: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub finished_at: Option<i64>,
}

impl Bulk {
    async fn read(tx: &mut Tx, row: BulkRow) -> Result<Self, AppError> {
        let list = match row.onto_list {
            Some(id) => store::list::by_id(tx, id).await?,
            None => None,
        };
        let campaign = match row.campaign_id {
            Some(id) => store::campaign::by_id(tx, id).await?,
            None => None,
        };
        Ok(Self {
            id: id::BULK.show(row.id),
            act: match row.kind {
                OPT_OUT => "opt_out",
                OFF_LIST => "remove_from_list",
                _ => "add_to_list",
            },
            state: bulk::state_name(row.state),
            list_id: list.as_ref().map(|list| id::LIST.show(list.id)),
            list: list.map(|list| list.name),
            campaign_id: row.campaign_id.map(|id| id::CAMPAIGN.show(id)),
            campaign: campaign.map(|campaign| campaign.name),
            total: row.total,
            done: row.done,
            matched: row.matched,
            changed: row.changed,
            problem: row.problem,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Which profiles, as in their list. A name that is not known is refused: it would mean everybody.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkFilter {
    /// Profiles of this number, however it is written.
    phone: Option<String>,
    /// The profile of this identity.
    identity: Option<String>,
    /// Name, identity or number begins with this.
    search: Option<String>,
    /// `opted_in`, `opted_out` or `not_recorded`.
    consent: Option<String>,
    /// On this list (`lst_...`).
    list: Option<String>,
    /// All of these hold.
    #[serde(default)]
    conditions: Vec<Condition>,
}

impl From<BulkFilter> for ProfileFilter {
    fn from(filter: BulkFilter) -> Self {
        Self {
            phone: filter.phone,
            identity: filter.identity,
            search: filter.search,
            consent: filter.consent,
            list: filter.list,
            conditions: (!filter.conditions.is_empty()).then(|| to_json(&filter.conditions)),
            ..Self::default()
        }
    }
}

/// Which recipients of a campaign, with the filters of its list of messages.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkRecipients {
    /// The campaign.
    campaign_id: String,
    /// Only messages in this state, such as `failed`.
    state: Option<String>,
    /// Only messages with a failure of this kind, such as `capped`.
    kind: Option<String>,
    /// Only messages that the person answered.
    #[serde(default)]
    replied: bool,
    /// `read` or `reply`: only messages that left and that this did not become of.
    without: Option<String>,
    /// A number, digits in a number, or how a name begins.
    search: Option<String>,
    /// Rather the people who were left out before.
    #[serde(default)]
    left_out: bool,
}

/// What is done, and with whom: give `ids`, `filter` or `recipients`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkInput {
    /// What is done.
    act: BulkAct,
    /// These profiles, 10,000 at most.
    ids: Option<Vec<String>>,
    /// All who fit at this moment, with the filters of the list of profiles; `{}` is everybody.
    filter: Option<BulkFilter>,
    /// Recipients of a campaign, as they are while the act comes to them. Who was erased is left out.
    recipients: Option<BulkRecipients>,
}

impl BulkRecipients {
    fn picked(&self) -> Result<Picked, Problem> {
        let filter = RecipientFilter {
            state: self.state.clone(),
            kind: self.kind.clone(),
            replied: self.replied,
            without: self.without.clone(),
            search: self.search.clone(),
        };
        Ok(Picked {
            which: filter.read()?,
            left_out: self.left_out,
        })
    }
}

async fn campaign(tx: &mut Tx, text: &str) -> Result<i64, AppError> {
    let found = match id::CAMPAIGN.read(text) {
        Some(id) => store::campaign::by_id(tx, id).await?,
        None => None,
    };
    let detail = "There is no campaign with this id. GET /api/v1/campaigns shows the campaigns.";
    let row = found.ok_or_else(|| AppError::field("/recipients/campaign_id", "not_found", detail))?;
    Ok(row.id)
}

/// Ids of profiles.
pub(super) fn profiles(ids: &[String]) -> Result<Vec<i64>, AppError> {
    let read = |text: &String| {
        id::PROFILE
            .read(text)
            .ok_or_else(|| AppError::field("/ids", "not_found", format!("\"{text}\" is no id of a profile.")))
    };
    ids.iter().map(read).collect()
}

/// Where a decision of this caller comes from.
pub(super) fn source(caller: &Caller) -> String {
    match caller.actor.kind {
        Kind::User => format!("dashboard: {}", caller.actor.name),
        _ => format!("API: {}", caller.actor.name),
    }
}

async fn people(
    app: &Shared,
    tx: &mut Tx,
    input: &BulkInput,
    picked: Option<&Picked>,
) -> Result<People, AppError> {
    match (&input.ids, &input.filter, &input.recipients) {
        (Some(ids), None, None) => Ok(People::These(profiles(ids)?)),
        (None, Some(filter), None) => chosen(app, tx, &filter.clone().into()).await,
        (None, None, Some(given)) => {
            let campaign = campaign(tx, &given.campaign_id).await?;
            Ok(People::Of(campaign, picked.cloned().unwrap_or_default()))
        }
        _ => Err(AppError::field(
            "/ids",
            "required",
            "Give one of `ids`, `filter` and `recipients`.",
        )),
    }
}

/// Begins to opt many people out, to put them on a list or to take them off one. The answer comes at once; the act goes on in the background, over a
/// restart, too.
#[utoipa::path(post, path = "/profiles/bulk", tag = "Profiles", request_body = BulkInput, responses((status = 202, body = Bulk), (status = 422, body = Problem)))]
async fn begin(State(app): State<Shared>, body: Body<BulkInput>) -> Result<Response, Problem> {
    let caller = &body.asked.caller;
    let action = match body.value.act {
        BulkAct::OptOut => {
            caller.needs(Permission::ConsentWrite)?;
            "bulk.opt_out"
        }
        BulkAct::AddToList { .. } => "bulk.add_to_list",
        BulkAct::RemoveFromList { .. } => "bulk.remove_from_list",
    };
    let picked = match &body.value.recipients {
        Some(given) => {
            caller.needs(Permission::CampaignsRead)?;
            Some(given.picked()?)
        }
        None => None,
    };
    let source = source(caller);
    let response = once(&app, &body.asked, async |tx| {
        let people = people(&app, tx, &body.value, picked.as_ref()).await?;
        let row = bulk::begin(&app, tx, &body.value.act, people, &source).await?;
        let shown = Bulk::read(tx, row.clone()).await?;
        let object = Object {
            id: row.id,
            name: shown.list.clone().unwrap_or_default(),
        };
        let change = AuditChange {
            field: "profiles".into(),
            before: Value::Null,
            after: row.total.into(),
        };
        note(&app, tx, &caller.actor, action, &object, &[change]).await?;
        Ok((StatusCode::ACCEPTED, shown))
    })
    .await?;
    app.wake_bulk.notify_one();
    Ok(response)
}

/// Lists acts on many people, newest first.
#[utoipa::path(get, path = "/profiles/bulk", tag = "Profiles", params(Page), responses((status = 200, body = Listing<Bulk>)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Bulk>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::bulk::page(&mut tx, page.before()?, page.limit()).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        shown.push((row.id, Bulk::read(&mut tx, row).await?));
    }
    Ok(Json(Listing::new(shown, &page, |(id, _)| *id, |(_, bulk)| bulk)))
}

/// Shows an act on many people and how far it is.
#[utoipa::path(get, path = "/profiles/bulk/{id}", tag = "Profiles", params(("id" = String, Path)), responses((status = 200, body = Bulk), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Bulk>, Problem> {
    let id = path_id(id::BULK, "act on many people", path)?;
    let mut tx = app.db.read().await?;
    let row = bulk::find(&mut tx, id).await?;
    Ok(Json(Bulk::read(&mut tx, row).await?))
}

/// Ends an act on many people for good. Who was done stays so.
#[utoipa::path(post, path = "/profiles/bulk/{id}/cancel", tag = "Profiles", params(("id" = String, Path)), responses((status = 200, body = Bulk), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn cancel(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::BULK, "act on many people", path)?;
    once(&app, &body.asked, async |tx| {
        let row = bulk::cancel(&app, tx, id).await?;
        Ok((StatusCode::OK, Bulk::read(tx, row).await?))
    })
    .await
}
