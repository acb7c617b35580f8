//! `/api/v1/demo`: a simulated provider with people to try everything on, inside this server.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::extract::Caller;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::audit::Before;
use crate::demo::workspace;
use crate::domain::id::ACCOUNT;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show, begin, end))
}

/// The demo.
#[derive(Debug, Serialize, ToSchema)]
struct Demo {
    /// It is on.
    on: bool,
    /// Its fictional people.
    people: i64,
    /// Its account.
    account_id: Option<String>,
    /// The simulator runs in this server: `/api/v1/handset` is the phone of its people.
    handset: bool,
}

impl Demo {
    fn new(app: &Shared, state: &workspace::Demo) -> Self {
        Self {
            on: state.account.is_some(),
            people: state.people,
            account_id: state.account.map(|id| ACCOUNT.show(id)),
            handset: app.demo.is_on(),
        }
    }
}

/// Is the demo on?
#[utoipa::path(get, path = "/demo", tag = "Demo", responses((status = 200, body = Demo)))]
async fn show(_: Caller, State(app): State<Shared>) -> Result<Json<Demo>, Problem> {
    let mut tx = app.db.read().await?;
    let state = workspace::state(&mut tx).await?;
    Ok(Json(Demo::new(&app, &state)))
}

/// Switches the demo on: a simulated provider starts inside this server, with an account, 25 fictional people, three approved
/// templates and a draft of a campaign. Nothing leaves this machine. Doing it again mends what is missing.
#[utoipa::path(post, path = "/demo", tag = "Demo", responses((status = 200, body = Demo), (status = 409, body = Problem)))]
async fn begin(caller: Caller, State(app): State<Shared>) -> Result<Json<Demo>, Problem> {
    let state = workspace::begin(&app).await?;
    caller
        .afterwards(&app, Before::New, state.account.unwrap_or(0))
        .await?;
    Ok(Json(Demo::new(&app, &state)))
}

/// Switches the demo off: everything that it made, and what came of it, is removed, and the simulator ends.
#[utoipa::path(delete, path = "/demo", tag = "Demo", responses((status = 204)))]
async fn end(caller: Caller, State(app): State<Shared>) -> Result<StatusCode, Problem> {
    let account = workspace::end(&app).await?;
    caller.afterwards(&app, Before::New, account.unwrap_or(0)).await?;
    Ok(StatusCode::NO_CONTENT)
}
