//! `/api/v1/api-keys`: keys for programs.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::{AppError, FieldProblem, api_key};
use crate::domain::id;
use crate::domain::permission::{Permission, Rights};
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .routes(routes!(rotate))
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
    /// The address that it was used from last.
    pub last_used_from: Option<String>,
    /// Milliseconds since 1970 UTC: it stops working then, or stopped.
    pub expires_at: Option<i64>,
    /// It works now.
    pub alive: bool,
    /// Milliseconds since 1970 UTC.
    pub revoked_at: Option<i64>,
    /// The permissions that it has; `null`: all that keys can have.
    pub scopes: Option<Vec<String>>,
}

/// A new key's name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// 1 to 100 characters.
    pub name: String,
    /// The permissions that it has, see `GET /permissions`; absent or `null`: all that keys can have.
    pub scopes: Option<Vec<String>>,
    /// Days until it stops working by itself, 1 to 3650; absent or `null`: it does not.
    pub expires_in_days: Option<i64>,
}

/// How a key is replaced.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Rotation {
    /// Hours that the old key works beside the new one, 0 to 720; 24 when not given.
    pub overlap_hours: Option<i64>,
}

/// The permissions of these names. Nobody gives a key more than they have.
fn scopes(caller: &Caller, names: Option<&[String]>) -> Result<Option<Vec<Permission>>, AppError> {
    let Some(names) = names else {
        for permission in Rights::Key.all() {
            caller.needs(permission)?;
        }
        return Ok(None);
    };
    let mut wrong = Vec::new();
    let mut found = Vec::new();
    for (n, name) in names.iter().enumerate() {
        match Permission::read(name).filter(|p| p.is_for_keys()) {
            Some(permission) => found.push(permission),
            None => {
                let detail =
                    format!("A key cannot have \"{name}\". GET /api/v1/permissions shows what it can have.");
                wrong.push(FieldProblem::new(format!("/scopes/{n}"), "unknown", detail));
            }
        }
    }
    if names.is_empty() {
        let detail = "Name at least one permission, or leave the field out to allow everything.";
        wrong.push(FieldProblem::new("/scopes", "required", detail));
    }
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    for permission in &found {
        caller.needs(*permission)?;
    }
    Ok(Some(found))
}

/// A new key. The only time that the key itself is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedApiKey {
    /// Id.
    pub id: String,
    /// The key: keep it now.
    pub key: String,
}

impl CreatedApiKey {
    fn answer((id, key): (i64, String)) -> (StatusCode, Self) {
        let id = id::API_KEY.show(id);
        (StatusCode::CREATED, Self { id, key })
    }
}

/// Lists the keys.
#[utoipa::path(get, path = "/api-keys", tag = "API keys", responses((status = 200, body = Listing<ApiKey>), (status = 401, body = Problem)))]
async fn list(_: Caller, State(app): State<Shared>) -> Result<axum::Json<Listing<ApiKey>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::api_key::list(&mut tx).await?;
    let mut data = Vec::with_capacity(rows.len());
    for row in rows {
        data.push(ApiKey {
            id: id::API_KEY.show(row.id),
            alive: row.lives(app.now()),
            scopes: api_key::scopes(&row)?,
            name: row.name,
            hint: row.hint,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            last_used_from: row.last_used_from,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        });
    }
    Ok(axum::Json(Listing {
        data,
        next_cursor: None,
    }))
}

/// Makes a key.
#[utoipa::path(post, path = "/api-keys", tag = "API keys", request_body = NewApiKey, responses((status = 201, body = CreatedApiKey), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, mut body: Body<NewApiKey>) -> Result<Response, Problem> {
    // The answer holds the secret: it is never kept, so a repeated request makes a second key.
    body.asked.request.key = None;
    let NewApiKey {
        name,
        scopes: names,
        expires_in_days: days,
    } = &body.value;
    let scopes = scopes(&body.asked.caller, names.as_deref())?;
    once(&app, &body.asked, async |tx| {
        let made = api_key::create_for(&app, tx, name, scopes.as_deref(), *days).await?;
        Ok(CreatedApiKey::answer(made))
    })
    .await
}

/// Revokes a key: it stops working at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "API keys", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn revoke(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(id::API_KEY, "API key", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    if !store::api_key::revoke(&mut act.tx, id, app.now()).await? {
        return Err(AppError::NotFound("living API key").into());
    }
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a successor with the same name, permissions and length of life; the old key works a while longer, so that a program can
/// be given the new one without a pause.
#[utoipa::path(post, path = "/api-keys/{id}/rotate", tag = "API keys", params(("id" = String, Path)), request_body = Rotation, responses((status = 201, body = CreatedApiKey), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn rotate(
    State(app): State<Shared>,
    path: Path<String>,
    mut body: Body<Rotation>,
) -> Result<Response, Problem> {
    let id = path_id(id::API_KEY, "API key", path)?;
    // As with a new key: the secret is never kept.
    body.asked.request.key = None;
    let overlap = body.value.overlap_hours.unwrap_or(24);
    let caller = body.asked.caller.clone();
    once(&app, &body.asked, async |tx| {
        let row = store::api_key::by_id(tx, id)
            .await?
            .filter(|row| row.lives(app.now()));
        let row = row.ok_or(AppError::NotFound("living API key"))?;
        scopes(&caller, api_key::scopes(&row)?.as_deref())?;
        let made = api_key::rotate(&app, tx, &row, overlap).await?;
        Ok(CreatedApiKey::answer(made))
    })
    .await
}
