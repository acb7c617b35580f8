//! `/api/v1/start`, `/owner`, `/session`, `/sessions`: the first owner, signing in and out.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::access::{COOKIE, Caller};
use super::extract::{Body, OpenBody, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::user::User;
use crate::app::sign_in::{self, Begun, Client, LONG, Next, Person, SignedIn};
use crate::app::{App, AppError, factor, user};
use crate::clock::SECOND;
use crate::domain::id::SESSION;
use crate::domain::permission::Rights;
use crate::domain::sign_in as rules;
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(start))
        .routes(routes!(make_owner))
        .routes(routes!(show, create, change, end))
        .routes(routes!(give_code))
        .routes(routes!(change_password))
        .routes(routes!(list))
        .routes(routes!(end_one))
}

/// What a page must know before anybody signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Start {
    /// There is no user yet: `POST /owner` makes the first.
    needs_owner: bool,
    /// The first owner must give the setup code that the server printed at its start.
    needs_code: bool,
    /// This is a demonstration with fictional data.
    demo: bool,
    /// There are simulated phones.
    handset: bool,
    /// Version of the server.
    version: &'static str,
}

/// Tells whether somebody can sign in yet.
#[utoipa::path(get, path = "/start", tag = "Sign-in", security(()), responses((status = 200, body = Start)))]
async fn start(State(app): State<Shared>, client: Client) -> Result<Json<Start>, Problem> {
    let needs_owner = sign_in::needs_owner(&app).await?;
    Ok(Json(Start {
        needs_owner,
        needs_code: needs_owner && sign_in::needs_code(&app, &client),
        demo: app.demo.is_on(),
        handset: app.demo.is_on(),
        version: env!("CARGO_PKG_VERSION"),
    }))
}

/// The first user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOwner {
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// 10 to 200 characters.
    password: String,
    /// The setup code, when `GET /start` asks for it.
    code: Option<String>,
}

/// A user who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who.
    user: User,
    /// What they may do.
    permissions: Vec<&'static str>,
    /// Until when, milliseconds since 1970 UTC.
    expires_at: i64,
}

impl Session {
    fn of(signed_in: SignedIn) -> Self {
        let rights = Rights::Role(user::role(&signed_in.user));
        Self {
            permissions: rights.all().into_iter().map(|p| p.name()).collect(),
            expires_at: signed_in.session.expires_at,
            user: User::of(signed_in.user),
        }
    }
}

/// The session in the answer, its token in a cookie that scripts cannot read.
fn begun(app: &App, status: StatusCode, begun: Begun) -> Response {
    let cookie = cookie(app, &begun.token, LONG / SECOND);
    let Begun { user, session, .. } = begun;
    let shown = Session::of(SignedIn { user, session });
    (status, [(header::SET_COOKIE, cookie)], Json(shown)).into_response()
}

/// The password was right, and the code of the second factor is still needed. This is no session.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeNeeded {
    /// For `POST /session/code`; begins one session.
    token: String,
    /// Until when, milliseconds since 1970 UTC.
    expires_at: i64,
}

/// The session with this status, or 202 and what the code needs.
pub fn next(app: &App, status: StatusCode, next: Next) -> Response {
    match next {
        Next::Session(made) => begun(app, status, *made),
        Next::Code(half) => {
            let needed = CodeNeeded {
                token: half.token,
                expires_at: half.expires_at,
            };
            (StatusCode::ACCEPTED, Json(needed)).into_response()
        }
    }
}

fn cookie(app: &App, token: &str, seconds: i64) -> HeaderValue {
    let secure = if app.config.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    // A token is letters, digits, `-` and `_`.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// Makes the first user, who owns everything, and signs them in. Works once.
#[utoipa::path(post, path = "/owner", tag = "Sign-in", security(()), request_body = NewOwner, responses((status = 201, body = Session), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn make_owner(
    State(app): State<Shared>,
    client: Client,
    OpenBody(new): OpenBody<NewOwner>,
) -> Result<Response, Problem> {
    let person = Person {
        email: &new.email,
        name: &new.name,
        password: &new.password,
    };
    let made = sign_in::first_owner(&app, &person, new.code.as_deref(), &client).await?;
    Ok(begun(&app, StatusCode::CREATED, made))
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// Signs in; 202 asks for the code of the second factor. After several wrong passwords one has to wait, twice as long each
/// time.
#[utoipa::path(post, path = "/session", tag = "Sign-in", security(()), request_body = SignIn, responses((status = 200, body = Session), (status = 202, body = CodeNeeded), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn create(
    State(app): State<Shared>,
    client: Client,
    OpenBody(given): OpenBody<SignIn>,
) -> Result<Response, Problem> {
    let made = sign_in::sign_in(&app, &given.email, &given.password, &client).await?;
    Ok(next(&app, StatusCode::OK, made))
}

/// The second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInCode {
    /// Of the first step.
    token: String,
    /// The six digits that the authenticator shows, or a recovery code.
    code: String,
}

/// Signs in with the code of the second factor. Wrong codes are counted as wrong passwords are.
#[utoipa::path(post, path = "/session/code", tag = "Sign-in", security(()), request_body = SignInCode, responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn give_code(
    State(app): State<Shared>,
    client: Client,
    OpenBody(given): OpenBody<SignInCode>,
) -> Result<Response, Problem> {
    let made = factor::finish(&app, &given.token, &given.code, &client).await?;
    Ok(begun(&app, StatusCode::OK, made))
}

/// Who is signed in, and what they may do.
#[utoipa::path(get, path = "/session", tag = "Sign-in", responses((status = 200, body = Session), (status = 401, body = Problem)))]
async fn show(caller: Caller) -> Result<Json<Session>, Problem> {
    Ok(Json(Session::of(caller.user()?.clone())))
}

/// A change of oneself. What is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnChange {
    /// Name.
    name: Option<String>,
    /// Language of the dashboard; empty: the browser's.
    language: Option<String>,
}

/// Changes one's own name or language.
#[utoipa::path(patch, path = "/session", tag = "Sign-in", request_body = OwnChange, responses((status = 200, body = Session), (status = 422, body = Problem)))]
async fn change(State(app): State<Shared>, body: Body<OwnChange>) -> Result<Json<Session>, Problem> {
    let caller = &body.asked.caller;
    let signed_in = caller.user()?.clone();
    let change = &body.value;
    let name = change.name.as_deref().map(|name| rules::name(name, "/name"));
    let name = name
        .transpose()
        .map_err(|problem| AppError::Invalid(vec![problem]))?;
    let fits = |tag: &str| tag.len() <= 35 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !change.language.as_deref().is_none_or(fits) {
        let detail = "Give a language such as en or pt-BR.";
        return Err(AppError::field("/language", "language", detail).into());
    }
    let mut act = caller.act(&app, Some(signed_in.user.id)).await?;
    let mut row = user::by_id(&mut act.tx, signed_in.user.id).await?;
    let renamed = name.is_some();
    row.name = name.unwrap_or(row.name);
    if let Some(language) = &change.language {
        row.language = Some(language.clone()).filter(|tag| !tag.is_empty());
    }
    row.updated_at = app.now();
    store::user::update(&mut act.tx, &row).await?;
    if renamed {
        store::campaign_list::rename_owner(&mut act.tx, row.id, &row.name).await?;
    }
    act.commit(&app, Some(row.id)).await?;
    Ok(Json(Session::of(SignedIn {
        user: row,
        session: signed_in.session,
    })))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "Sign-in", responses((status = 204), (status = 401, body = Problem)))]
async fn end(caller: Caller, State(app): State<Shared>) -> Result<Response, Problem> {
    let signed_in = caller.user()?;
    let id = signed_in.session.id;
    let mut act = caller.act(&app, Some(id)).await?;
    store::session::end(&mut act.tx, id, signed_in.user.id).await?;
    act.commit(&app, Some(id)).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, cookie(&app, "", 0));
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// The present password and a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The present one.
    current: String,
    /// 10 to 200 characters.
    new: String,
}

/// Changes one's own password, and ends one's other sessions.
#[utoipa::path(patch, path = "/session/password", tag = "Sign-in", request_body = NewPassword, responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn change_password(
    caller: Caller,
    State(app): State<Shared>,
    OpenBody(given): OpenBody<NewPassword>,
) -> Result<StatusCode, Problem> {
    let who = caller.user()?;
    sign_in::change_password(&app, who, &given.current, &given.new, &caller.client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct OwnSession {
    /// Id.
    id: String,
    /// Milliseconds since 1970 UTC.
    created_at: i64,
    /// Milliseconds since 1970 UTC, to the minute.
    last_used_at: i64,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
    /// What the browser says that it is.
    user_agent: String,
    /// From where it was signed in.
    address: String,
    /// It is the one that asks.
    current: bool,
}

/// Lists one's own sessions, newest first.
#[utoipa::path(get, path = "/sessions", tag = "Sign-in", responses((status = 200, body = Listing<OwnSession>)))]
async fn list(caller: Caller, State(app): State<Shared>) -> Result<Json<Listing<OwnSession>>, Problem> {
    let own = caller.user()?;
    let mut tx = app.db.read().await?;
    let rows = store::session::of_user(&mut tx, own.user.id, app.now()).await?;
    let data = rows
        .into_iter()
        .map(|row| OwnSession {
            id: SESSION.show(row.id),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            user_agent: row.user_agent,
            address: row.address,
            current: row.id == own.session.id,
        })
        .collect();
    Ok(Json(Listing {
        data,
        next_cursor: None,
    }))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "Sign-in", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn end_one(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(SESSION, "session", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    if !store::session::end(&mut act.tx, id, caller.user()?.user.id).await? {
        return Err(AppError::NotFound("session of yours").into());
    }
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
