//! `/api/v1/profiles/bulk`: one act on many people.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::profile_list::{ProfileFilter, chosen};
use crate::app::AppError;
use crate::app::audit::{AuditChange, Kind, Object, note};
use crate::app::bulk::{self, BulkAct, People};
use crate::domain::id;
use crate::domain::permission::Permission;
use crate::store;
use crate::store::Tx;
use crate::store::bulk::{BulkRow, OPT_OUT};

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, begin))
        .routes(routes!(show))
        .routes(routes!(cancel))
}

/// An act on many people and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bulk {
    /// Id.
    pub id: String,
    /// `opt_out` or `add_to_list`.
    pub act: &'static str,
    /// `running`, `finished`, `failed` or `cancelled`.
    pub state: &'static str,
    /// Id of the list that they are put on.
    pub list_id: Option<String>,
    /// Its name.
    pub list: Option<String>,
    /// How many people there were at the beginning.
    pub total: i64,
    /// How many are done.
    pub done: i64,
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
        Ok(Self {
            id: id::BULK.show(row.id),
            act: if row.kind == OPT_OUT {
                "opt_out"
            } else {
                "add_to_list"
            },
            state: bulk::state_name(row.state),
            list_id: row.onto_list.map(|id| id::LIST.show(id)),
            list: list.map(|list| list.name),
            total: row.total,
            done: row.done,
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
}

impl From<BulkFilter> for ProfileFilter {
    fn from(filter: BulkFilter) -> Self {
        Self {
            phone: filter.phone,
            identity: filter.identity,
            search: filter.search,
            consent: filter.consent,
            list: filter.list,
            ..Self::default()
        }
    }
}

/// What is done, and with whom: give `ids` or `filter`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkInput {
    /// What is done.
    act: BulkAct,
    /// These profiles, 10,000 at most.
    ids: Option<Vec<String>>,
    /// All who fit at this moment, with the filters of the list of profiles; `{}` is everybody.
    filter: Option<BulkFilter>,
}

async fn people(app: &Shared, tx: &mut Tx, input: &BulkInput) -> Result<People, AppError> {
    match (&input.ids, &input.filter) {
        (Some(ids), None) => {
            let read = |text: &String| {
                id::PROFILE.read(text).ok_or_else(|| {
                    AppError::field("/ids", "not_found", format!("\"{text}\" is no id of a profile."))
                })
            };
            Ok(People::These(ids.iter().map(read).collect::<Result<_, _>>()?))
        }
        (None, Some(filter)) => chosen(app, tx, &filter.clone().into()).await,
        _ => Err(AppError::field(
            "/ids",
            "required",
            "Give either `ids` or `filter`.",
        )),
    }
}

/// Begins to opt many people out, or to put them on a list. The answer comes at once; the act goes on in the background, over a
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
    };
    let source = match caller.actor.kind {
        Kind::User => format!("dashboard: {}", caller.actor.name),
        _ => format!("API: {}", caller.actor.name),
    };
    let response = once(&app, &body.asked, async |tx| {
        let people = people(&app, tx, &body.value).await?;
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
