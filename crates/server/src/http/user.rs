//! `/api/v1/users`, `/invites`, `/roles`, `/permissions`: who works here, and what they may.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::access::Caller;
use super::extract::{Body, OpenBody, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::session::{CodeNeeded, Session, next};
use crate::app::sign_in::Client;
use crate::app::{AppError, user};
use crate::domain::id::{INVITE, USER};
use crate::domain::permission::{Permission, Rights, Role};
use crate::store;
use crate::store::user::UserRow;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(update))
        .routes(routes!(reset))
        .routes(routes!(invites, invite))
        .routes(routes!(withdraw))
        .routes(routes!(invited))
        .routes(routes!(accept))
        .routes(routes!(roles))
        .routes(routes!(permissions))
}

/// A person who works in the dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Id.
    id: String,
    /// E-mail address, in small letters.
    email: String,
    /// Name.
    name: String,
    /// What they are.
    role: Role,
    /// Language of the dashboard; `null`: the browser's.
    language: Option<String>,
    /// They may sign in.
    active: bool,
    /// They sign in with a second factor.
    second_factor: bool,
    /// Milliseconds since 1970 UTC.
    created_at: i64,
    /// Milliseconds since 1970 UTC.
    last_sign_in_at: Option<i64>,
}

impl User {
    /// As it is shown.
    pub fn of(row: UserRow) -> Self {
        Self {
            id: USER.show(row.id),
            role: user::role(&row),
            email: row.email,
            name: row.name,
            language: row.language,
            active: row.active == 1,
            second_factor: row.factor_since.is_some(),
            created_at: row.created_at,
            last_sign_in_at: row.last_sign_in_at,
        }
    }
}

/// Lists the users, oldest first.
#[utoipa::path(get, path = "/users", tag = "Users", responses((status = 200, body = Listing<User>), (status = 403, body = Problem)))]
async fn list(_: Caller, State(app): State<Shared>) -> Result<Json<Listing<User>>, Problem> {
    let rows = store::user::list(&mut app.db.read().await?).await?;
    Ok(whole(rows.into_iter().map(User::of)))
}

fn whole<T>(data: impl Iterator<Item = T>) -> Json<Listing<T>> {
    Json(Listing {
        data: data.collect(),
        next_cursor: None,
    })
}

/// A change of a user. What is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// Name.
    name: Option<String>,
    /// Role.
    role: Option<Role>,
    /// `false` ends all their sessions, and keeps what they did.
    active: Option<bool>,
}

/// Changes a user's role or name, deactivates or activates them. Only owners change owners, and one always stays.
#[utoipa::path(patch, path = "/users/{id}", tag = "Users", params(("id" = String, Path)), request_body = UserChange, responses((status = 200, body = User), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn update(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<UserChange>,
) -> Result<Response, Problem> {
    let id = path_id(USER, "user", path)?;
    let change = user::Change {
        name: body.value.name.clone(),
        role: body.value.role,
        active: body.value.active,
    };
    once(&app, &body.asked, async |tx| {
        let rights = &body.asked.caller.rights;
        let row = user::update(&app, tx, rights, id, &change).await?;
        Ok((StatusCode::OK, User::of(row)))
    })
    .await
}

/// A link that works once.
#[derive(Debug, Serialize, ToSchema)]
struct ResetLink {
    /// Give it to the user. The only time that it is shown.
    url: String,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
}

/// Makes a link with which a user chooses a new password, within a day.
#[utoipa::path(post, path = "/users/{id}/reset", tag = "Users", params(("id" = String, Path)), responses((status = 201, body = ResetLink), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn reset(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<(StatusCode, Json<ResetLink>), Problem> {
    let id = path_id(USER, "user", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    let link = user::reset(&app, &mut act.tx, &caller.actor, &caller.rights, id).await?;
    act.commit(&app, Some(id)).await?;
    let made = ResetLink {
        url: link.url,
        expires_at: link.row.expires_at,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// An invitation that nobody took yet.
#[derive(Debug, Serialize, ToSchema)]
struct Invite {
    /// Id.
    id: String,
    /// E-mail address.
    email: String,
    /// The role that they will have.
    role: String,
    /// Who invited them.
    invited_by: String,
    /// Milliseconds since 1970 UTC.
    created_at: i64,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
    /// It can no longer be taken.
    expired: bool,
}

/// Lists the invitations that nobody took yet, newest first.
#[utoipa::path(get, path = "/invites", tag = "Users", responses((status = 200, body = Listing<Invite>), (status = 403, body = Problem)))]
async fn invites(_: Caller, State(app): State<Shared>) -> Result<Json<Listing<Invite>>, Problem> {
    let rows = store::invite::list(&mut app.db.read().await?).await?;
    let now = app.now();
    Ok(whole(rows.into_iter().map(|row| Invite {
        id: INVITE.show(row.id),
        expired: row.expires_at <= now,
        email: row.email,
        role: row.role,
        invited_by: row.invited_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
    })))
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvite {
    /// E-mail address.
    email: String,
    /// The role that they will have.
    role: Role,
}

/// An invitation that was made.
#[derive(Debug, Serialize, ToSchema)]
struct CreatedInvite {
    /// Id.
    id: String,
    /// E-mail address.
    email: String,
    /// The role that they will have.
    role: Role,
    /// Give it to the person: it works once. The only time that it is shown.
    url: String,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
}

/// Invites somebody, for seven days. A new invitation of the same address takes the place of the earlier one.
#[utoipa::path(post, path = "/invites", tag = "Users", request_body = NewInvite, responses((status = 201, body = CreatedInvite), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn invite(State(app): State<Shared>, mut body: Body<NewInvite>) -> Result<Response, Problem> {
    // The answer holds a secret: it is never kept, so a repeated request makes a new link.
    body.asked.request.key = None;
    let NewInvite { email, role } = &body.value;
    once(&app, &body.asked, async |tx| {
        let caller = &body.asked.caller;
        let link = user::invite(&app, tx, &caller.actor, &caller.rights, email, *role).await?;
        let made = CreatedInvite {
            id: INVITE.show(link.row.id),
            email: link.row.email,
            role: *role,
            url: link.url,
            expires_at: link.row.expires_at,
        };
        Ok((StatusCode::CREATED, made))
    })
    .await
}

/// Withdraws an invitation: its link stops working.
#[utoipa::path(delete, path = "/invites/{id}", tag = "Users", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn withdraw(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(INVITE, "invitation", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    if !store::invite::remove(&mut act.tx, id).await? {
        return Err(AppError::NotFound("invitation").into());
    }
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a link is for.
#[derive(Debug, Serialize, ToSchema)]
struct Invited {
    /// `invite`: somebody new; `reset`: a user who chooses a new password.
    kind: &'static str,
    /// E-mail address.
    email: String,
    /// Name, when it is known.
    name: Option<String>,
    /// Role.
    role: String,
    /// Who made the link.
    invited_by: String,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
}

/// Tells what a link is for.
#[utoipa::path(get, path = "/invites/by-token/{token}", tag = "Sign-in", security(()), params(("token" = String, Path)), responses((status = 200, body = Invited), (status = 404, body = Problem)))]
async fn invited(State(app): State<Shared>, Path(token): Path<String>) -> Result<Json<Invited>, Problem> {
    let (row, known) = user::by_token(&app, &mut app.db.read().await?, &token).await?;
    Ok(Json(Invited {
        kind: if known.is_some() { "reset" } else { "invite" },
        email: row.email,
        name: known.map(|user| user.name),
        role: row.role,
        invited_by: row.invited_by,
        expires_at: row.expires_at,
    }))
}

/// Taking an invitation, or choosing a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    /// What stands behind `/invite/` in the link.
    token: String,
    /// Name; needed of somebody new.
    name: Option<String>,
    /// 10 to 200 characters.
    password: String,
}

/// Takes an invitation, or chooses a new password by a link, and signs in; who has a second factor owes its code then.
#[utoipa::path(post, path = "/invites/accept", tag = "Sign-in", security(()), request_body = Acceptance, responses((status = 201, body = Session), (status = 202, body = CodeNeeded), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn accept(
    State(app): State<Shared>,
    client: Client,
    OpenBody(given): OpenBody<Acceptance>,
) -> Result<Response, Problem> {
    let made = user::accept(
        &app,
        &given.token,
        given.name.as_deref(),
        &given.password,
        &client,
    )
    .await?;
    Ok(next(&app, StatusCode::CREATED, made))
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
struct RoleInfo {
    /// Its name.
    role: Role,
    /// What it is for.
    about: &'static str,
    /// What it may do.
    permissions: Vec<&'static str>,
}

/// Lists the roles, the mightiest first.
#[utoipa::path(get, path = "/roles", tag = "Users", responses((status = 200, body = Listing<RoleInfo>)))]
async fn roles(_: Caller) -> Json<Listing<RoleInfo>> {
    whole(Role::ALL.into_iter().map(|role| RoleInfo {
        role,
        about: role.about(),
        permissions: Rights::Role(role).all().into_iter().map(|p| p.name()).collect(),
    }))
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
struct PermissionInfo {
    /// Its name.
    permission: &'static str,
    /// What it allows; goes on after "may".
    about: &'static str,
    /// The roles that have it.
    roles: Vec<Role>,
    /// An API key can have it.
    for_keys: bool,
}

/// Lists the permissions, by name.
#[utoipa::path(get, path = "/permissions", tag = "Users", responses((status = 200, body = Listing<PermissionInfo>)))]
async fn permissions(_: Caller) -> Json<Listing<PermissionInfo>> {
    whole(Permission::ALL.iter().map(|permission| PermissionInfo {
        permission: permission.name(),
        about: permission.about(),
        roles: permission.roles().to_vec(),
        for_keys: permission.is_for_keys(),
    }))
}
