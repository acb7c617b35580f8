//! `/api/v1/home`: the first page of the dashboard.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Shared;
use super::extract::Caller;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::home::{self, Home};
use crate::domain::permission::Permission;
use crate::domain::zone::zone;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Time zone whose day counts, such as `Asia/Kolkata`; UTC when not given.
    zone: Option<String>,
}

/// Today in numbers, what runs, what needs a person, and what was done at least once.
#[utoipa::path(get, path = "/home", tag = "Home", params(Where), responses((status = 200, body = Home), (status = 422, body = Problem)))]
async fn show(
    caller: Caller,
    State(app): State<Shared>,
    Query(asked): Query<Where>,
) -> Result<Json<Home>, Problem> {
    let theirs = match asked.zone.as_deref() {
        None | Some("") => TimeZone::UTC,
        Some(name) => zone(name).ok_or_else(|| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad_zone",
                format!("\"{name}\" is no time zone."),
                "Give one of the IANA names, such as Asia/Kolkata or Europe/Berlin.",
            )
        })?,
    };
    let mut tx = app.db.read().await?;
    let mut home = home::home(&app, &mut tx, theirs).await?;
    // Who may not read a thing is not told of it here either.
    if !caller.may(Permission::CampaignsRead) {
        home.running.clear();
    }
    home.needs.retain(|need| caller.may(needed(need.link.kind)));
    Ok(Json(home))
}

/// What one must be allowed to, to see this kind of thing.
fn needed(kind: &str) -> Permission {
    match kind {
        "campaign" => Permission::CampaignsRead,
        "template" => Permission::TemplatesRead,
        "import" => Permission::ProfilesRead,
        "conversation" | "conversations" => Permission::InboxRead,
        _ => Permission::AccountsRead,
    }
}
