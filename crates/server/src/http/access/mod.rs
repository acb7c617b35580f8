//! Who may call what: every request passes here before its handler sees it.

mod caller;
mod client;
mod table;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::Problem;
use crate::app::audit::{Actor, Kind};
use crate::app::{AppError, api_key, sign_in, user};
use crate::domain::permission::Rights;

pub use caller::{Act, Caller};
pub use client::{COOKIE, cookie};
pub use table::{Access, RULES, Rule};

/// The header by which a page of ours shows that it is no page of somebody else: those cannot send it.
pub const NOT_FOREIGN: &str = "x-harkara";

/// Lets a request through when its caller may do what its endpoint needs.
pub async fn guard(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &Shared, request: &mut Request) -> Result<(), Problem> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(rule) = table::find(request.method(), path.unwrap_or_default()) else {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path does not know this method.",
            "GET /api/v1/openapi.json describes every path.",
        ));
    };
    let client = client::of(app, request);
    let caller = match rule.access {
        Access::Public | Access::Passcode => None,
        _ => Some(identify(app, request.headers(), &client, rule).await?),
    };
    let by_key = matches!(rule.access, Access::Passcode)
        || caller
            .as_ref()
            .is_some_and(|caller| caller.actor.kind == Kind::ApiKey);
    if !by_key {
        not_foreign(request.method(), request.headers())?;
    }
    if let Some(caller) = caller {
        match rule.access {
            Access::Needs(permission) => caller.needs(permission)?,
            Access::User if caller.signed_in.is_none() => {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "not_a_user",
                    "An API key is nobody who signed in.",
                    "This is for people in the dashboard.",
                ));
            }
            _ => {}
        }
        request.extensions_mut().insert(caller);
    }
    request.extensions_mut().insert(client);
    Ok(())
}

fn not_foreign(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() || headers.contains_key(NOT_FOREIGN) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "no_csrf_header",
        format!(
            "The header {NOT_FOREIGN} is missing, by which we know that no foreign page sent this request."
        ),
        format!("Send `{NOT_FOREIGN}: 1`, or use an API key."),
    ))
}

/// The caller of a request that goes on for long, as they are now; an error when they may not go on.
pub async fn again(app: &Shared, caller: &Caller, headers: &HeaderMap) -> Result<Caller, Problem> {
    identify(app, headers, &caller.client, caller.rule).await
}

/// The caller, by API key or else by session.
async fn identify(
    app: &Shared,
    headers: &HeaderMap,
    client: &sign_in::Client,
    rule: &'static Rule,
) -> Result<Caller, Problem> {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let key = given.and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")));
    if let Some(key) = key {
        let row = api_key::authenticate(app, key.trim(), &client.shown())
            .await?
            .ok_or_else(bad_key)?;
        return Ok(Caller {
            rights: api_key::rights(&row)?,
            actor: Actor {
                kind: Kind::ApiKey,
                id: row.id,
                name: row.name,
                address: client.shown(),
            },
            signed_in: None,
            client: client.clone(),
            rule,
        });
    }
    let token =
        cookie(headers).ok_or_else(|| not_signed_in("The request has neither a session nor an API key."))?;
    let signed_in = sign_in::authenticate(app, &token)
        .await?
        .ok_or_else(|| not_signed_in("The session has ended."))?;
    Ok(Caller {
        rights: Rights::Role(user::role(&signed_in.user)),
        actor: Actor::user(signed_in.user.id, &signed_in.user.name, &client.shown()),
        signed_in: Some(signed_in.into()),
        client: client.clone(),
        rule,
    })
}

fn bad_key() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "bad_api_key",
        "This API key is not known, was revoked, or has expired.",
        "Check it for a missing character, or make a new one with `harkara key create NAME`.",
    )
}

/// 401: sign in first.
fn not_signed_in(detail: &str) -> Problem {
    AppError::SignIn {
        code: "not_signed_in",
        detail: detail.to_owned(),
        help: "Sign in; programs send `Authorization: Bearer hk_...`, and `harkara key create NAME` makes a key.".into(),
    }
    .into()
}
