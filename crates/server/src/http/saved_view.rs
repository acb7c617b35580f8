//! `/api/v1/me/views`: filters of lists that a user keeps under a name.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::saved_view;
use crate::domain::id::VIEW;
use crate::store;
use crate::store::saved_view::ViewRow;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
struct SavedView {
    /// Id.
    id: String,
    /// The list that it is of.
    page: String,
    /// Name.
    name: String,
    /// The filters, as they stand in the address.
    query: String,
}

impl SavedView {
    fn of(row: ViewRow) -> Self {
        Self {
            id: VIEW.show(row.id),
            page: row.page,
            name: row.name,
            query: row.query,
        }
    }
}

/// Of which list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `attempts`, `audit`, `callbacks`, `campaigns`, `inbox`, `profiles` or `templates`.
    page: String,
}

/// Lists one's own saved views of a list, by name.
#[utoipa::path(get, path = "/me/views", tag = "Saved views", params(Which), responses((status = 200, body = Listing<SavedView>), (status = 422, body = Problem)))]
async fn list(
    caller: Caller,
    State(app): State<Shared>,
    Query(which): Query<Which>,
) -> Result<Json<Listing<SavedView>>, Problem> {
    saved_view::check_page(&which.page)?;
    let mut tx = app.db.read().await?;
    let rows = store::saved_view::of_page(&mut tx, caller.user()?.user.id, &which.page).await?;
    Ok(Json(Listing {
        data: rows.into_iter().map(SavedView::of).collect(),
        next_cursor: None,
    }))
}

/// Filters to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewView {
    /// `attempts`, `audit`, `callbacks`, `campaigns`, `inbox`, `profiles` or `templates`.
    page: String,
    /// 1 to 100 characters, unique among one's own of a list.
    name: String,
    /// The filters, as they stand in the address.
    query: String,
}

/// Keeps filters of a list under a name, for oneself alone. At most 50 for each list.
#[utoipa::path(post, path = "/me/views", tag = "Saved views", request_body = NewView, responses((status = 201, body = SavedView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<NewView>) -> Result<Response, Problem> {
    let user = body.asked.caller.user()?.user.id;
    let NewView { page, name, query } = &body.value;
    once(&app, &body.asked, async |tx| {
        let row = saved_view::create(&app, tx, user, (page, name, query)).await?;
        Ok((StatusCode::CREATED, SavedView::of(row)))
    })
    .await
}

/// A change. What is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewChange {
    /// 1 to 100 characters, unique among one's own of a list.
    name: Option<String>,
    /// The filters, as they stand in the address.
    query: Option<String>,
}

/// Changes the name or the filters of a saved view of one's own.
#[utoipa::path(patch, path = "/me/views/{id}", tag = "Saved views", params(("id" = String, Path)), request_body = ViewChange, responses((status = 200, body = SavedView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ViewChange>,
) -> Result<Json<SavedView>, Problem> {
    let id = path_id(VIEW, "saved view", path)?;
    let user = body.asked.caller.user()?.user.id;
    let change = (body.value.name.as_deref(), body.value.query.as_deref());
    let mut tx = app.db.write().await?;
    let row = saved_view::change(&mut tx, id, user, change).await?;
    tx.commit().await?;
    Ok(Json(SavedView::of(row)))
}

/// Forgets a saved view of one's own.
#[utoipa::path(delete, path = "/me/views/{id}", tag = "Saved views", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(VIEW, "saved view", path)?;
    let mut tx = app.db.write().await?;
    saved_view::delete(&mut tx, id, caller.user()?.user.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
