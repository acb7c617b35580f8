//! `/api/v1/api-keys`: keys for programs.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use crate::app::{AppError, api_key};
use crate::domain::id;
use crate::store;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Last four characters.
    pub hint: String,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC, to the minute.
    pub last_used_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub revoked_at: Option<i64>,
}

/// A new key's name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// 1 to 100 characters.
    pub name: String,
}

/// A new key. The only time that the key itself is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedApiKey {
    /// Id.
    pub id: String,
    /// The key: keep it now.
    pub key: String,
}

/// Lists the keys.
#[utoipa::path(get, path = "/api-keys", tag = "API keys", responses((status = 200, body = Listing<ApiKey>), (status = 401, body = Problem)))]
async fn list(_: Caller, State(app): State<Shared>) -> Result<axum::Json<Listing<ApiKey>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::api_key::list(&mut tx).await?;
    let data = rows
        .into_iter()
        .map(|row| ApiKey {
            id: id::API_KEY.show(row.id),
            name: row.name,
            hint: row.hint,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
        .collect();
    Ok(axum::Json(Listing {
        data,
        next_cursor: None,
    }))
}

/// Makes a key.
#[utoipa::path(post, path = "/api-keys", tag = "API keys", request_body = NewApiKey, responses((status = 201, body = CreatedApiKey), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, mut body: Body<NewApiKey>) -> Result<Response, Problem> {
    // The answer holds the secret: it is never kept, so a repeated request makes a second key.
    body.asked.key = None;
    once(&app, &body.asked, async |tx| {
        let (id, key) = api_key::create(&app, tx, &body.value.name).await?;
        Ok((
            StatusCode::CREATED,
            CreatedApiKey {
                id: id::API_KEY.show(id),
                key,
            },
        ))
    })
    .await
}

/// Revokes a key: it stops working at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "API keys", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn revoke(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<StatusCode, Problem> {
    let id = path_id(id::API_KEY, "API key", path)?;
    let mut tx = app.db.write().await?;
    if !store::api_key::revoke(&mut tx, id, app.now()).await? {
        return Err(AppError::NotFound("living API key").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
