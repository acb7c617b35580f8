//! `/api/v1/session/factor`, `/users/{id}/factor`: one's own second factor, and the one of somebody who lost it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::access::Caller;
use super::extract::{OpenBody, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::factor;
use crate::domain::id::USER;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(show, begin))
        .routes(routes!(confirm))
        .routes(routes!(turn_off))
        .routes(routes!(new_recovery_codes))
        .routes(routes!(take_away))
}

/// One's own second factor.
#[derive(Debug, Serialize, ToSchema)]
struct SecondFactor {
    /// Since when, milliseconds since 1970 UTC; `null`: there is none.
    since: Option<i64>,
    /// Recovery codes that were not used yet.
    recovery_codes_left: i64,
}

/// Tells whether one has a second factor.
#[utoipa::path(get, path = "/session/factor", tag = "Sign-in", responses((status = 200, body = SecondFactor)))]
async fn show(caller: Caller, State(app): State<Shared>) -> Result<Json<SecondFactor>, Problem> {
    let state = factor::state(&app, caller.user()?.user.id).await?;
    Ok(Json(SecondFactor {
        since: state.since,
        recovery_codes_left: state.recovery_codes,
    }))
}

/// The present password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// The present password.
    password: String,
}

/// The secret of a second factor that is being set up.
#[derive(Debug, Serialize, ToSchema)]
struct FactorSecret {
    /// To type into an authenticator. The only time that it is shown.
    secret: String,
    /// The same as authenticators read it from a QR code.
    uri: String,
}

/// Begins to set a second factor up: codes by time, RFC 6238 with SHA-1, six digits, 30 seconds. It is on after the first
/// right code, which must come within an hour.
#[utoipa::path(post, path = "/session/factor", tag = "Sign-in", request_body = Proof, responses((status = 201, body = FactorSecret), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn begin(
    caller: Caller,
    State(app): State<Shared>,
    OpenBody(given): OpenBody<Proof>,
) -> Result<(StatusCode, Json<FactorSecret>), Problem> {
    let secret = factor::begin(&app, caller.user()?, &given.password, &caller.client).await?;
    let made = FactorSecret {
        secret: secret.text,
        uri: secret.uri,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// Six digits.
    code: String,
}

/// Codes for whoever lost the authenticator.
#[derive(Debug, Serialize, ToSchema)]
struct RecoveryCodes {
    /// Each works once. The only time that they are shown.
    codes: Vec<String>,
}

/// Turns the second factor on with a first right code, and ends one's other sessions.
#[utoipa::path(post, path = "/session/factor/confirm", tag = "Sign-in", request_body = FirstCode, responses((status = 200, body = RecoveryCodes), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn confirm(
    caller: Caller,
    State(app): State<Shared>,
    OpenBody(given): OpenBody<FirstCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes = factor::turn_on(&app, caller.user()?, &given.code, &caller.client).await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Turns one's second factor off.
#[utoipa::path(post, path = "/session/factor/off", tag = "Sign-in", request_body = Proof, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn turn_off(
    caller: Caller,
    State(app): State<Shared>,
    OpenBody(given): OpenBody<Proof>,
) -> Result<StatusCode, Problem> {
    factor::turn_off(&app, caller.user()?, &given.password, &caller.client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes ten recovery codes in place of the earlier ones.
#[utoipa::path(post, path = "/session/factor/recovery-codes", tag = "Sign-in", request_body = Proof, responses((status = 200, body = RecoveryCodes), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn new_recovery_codes(
    caller: Caller,
    State(app): State<Shared>,
    OpenBody(given): OpenBody<Proof>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes = factor::new_recovery_codes(&app, caller.user()?, &given.password, &caller.client).await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Takes the second factor of a user away who lost it, and ends their sessions. Only owners do that to owners.
#[utoipa::path(delete, path = "/users/{id}/factor", tag = "Users", params(("id" = String, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn take_away(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(USER, "user", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    factor::take_away(&app, &mut act.tx, &caller.rights, id).await?;
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
