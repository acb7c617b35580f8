//! Signing in: the first owner, sessions, and the patience with wrong passwords.

use std::net::IpAddr;

use super::audit::{self, Actor, Object};
use super::factor::{self, Half};
use super::{App, AppError, FieldProblem, password, token};
use crate::clock::{DAY, MINUTE, Millis};
use crate::domain::permission::Role;
use crate::domain::sign_in::{self as rules, FORGOTTEN_AFTER, OF_ACCOUNT, OF_ADDRESS, Patience};
use crate::store::session::{self, SessionRow};
use crate::store::user::{self, UserRow};
use crate::store::{Tx, invite, sign_in};

/// How long one stays signed in.
pub const LONG: Millis = 30 * DAY;

/// From where somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its address, when it comes over the network.
    pub address: Option<IpAddr>,
    /// What the browser says that it is.
    pub user_agent: String,
    /// On this machine, without a proxy between: nobody else can be it.
    pub is_here: bool,
}

impl Client {
    /// The address as text.
    pub fn shown(&self) -> String {
        self.address
            .map(|address| address.to_string())
            .unwrap_or_default()
    }
}

/// A session that began.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Whose.
    pub user: UserRow,
    /// The session.
    pub session: SessionRow,
    /// What the browser sends from now on; never shown again.
    pub token: String,
}

/// A living session and its user.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub user: UserRow,
    /// The session.
    pub session: SessionRow,
}

/// The session of this token, when it lives and its user may sign in.
pub async fn authenticate(app: &App, given: &str) -> Result<Option<SignedIn>, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let Some(session) = session::by_hash(&mut tx, &token::hash(given), now).await? else {
        return Ok(None);
    };
    let user = user::by_id(&mut tx, session.user_id).await?;
    drop(tx);
    let Some(user) = user.filter(|user| user.active == 1) else {
        return Ok(None);
    };
    if session.last_used_at < now - MINUTE {
        let mut tx = app.db.write().await?;
        session::used(&mut tx, session.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(SignedIn { user, session }))
}

/// Is there nobody yet who could sign in?
pub async fn needs_owner(app: &App) -> Result<bool, AppError> {
    Ok(user::count(&mut app.db.read().await?).await? == 0)
}

/// Whether the first owner must know the setup code: always when strangers could reach this server.
pub fn needs_code(app: &App, client: &Client) -> bool {
    let url = &app.config.public_url;
    let host = url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let rest = host.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    !((url.is_empty() || local) && client.is_here)
}

/// The page on which the first owner is made, with its code.
pub fn setup_url(app: &App) -> Result<String, AppError> {
    Ok(format!("{}/setup?code={}", app.config.public_base(), code(app)?))
}

fn code(app: &App) -> Result<String, AppError> {
    let code = app.vault.code("the first owner");
    code.map_err(|e| AppError::conflict("setup", e.to_string(), "Check the key file."))
}

/// Somebody new, as they say.
#[derive(Debug)]
pub struct Person<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Password.
    pub password: &'a str,
}

/// The checked address and name. All faults are told at once.
pub fn check(person: &Person<'_>) -> Result<(String, String), AppError> {
    let mut wrong: Vec<FieldProblem> = Vec::new();
    let email = rules::email(person.email, "/email").map_err(|e| wrong.push(e));
    let name = rules::name(person.name, "/name").map_err(|e| wrong.push(e));
    let _ = rules::password(person.password, "/password").map_err(|e| wrong.push(e));
    match (email, name) {
        (Ok(email), Ok(name)) if wrong.is_empty() => Ok((email, name)),
        _ => Err(AppError::Invalid(wrong)),
    }
}

fn owner_exists() -> AppError {
    AppError::conflict(
        "owner_exists",
        "This server has users already.",
        "Sign in, or ask an owner for an invitation.",
    )
}

/// Makes the first user, who owns everything, and signs them in.
pub async fn first_owner(
    app: &App,
    person: &Person<'_>,
    given: Option<&str>,
    client: &Client,
) -> Result<Begun, AppError> {
    if !needs_owner(app).await? {
        return Err(owner_exists());
    }
    if needs_code(app, client) {
        let given = given.unwrap_or_default().trim().to_uppercase();
        // Both are hashed, so that the time of comparing says nothing about the code.
        if token::hash(&given) != token::hash(&code(app)?) {
            let detail = if given.is_empty() {
                "Give the setup code: the server prints it when it starts."
            } else {
                "This is not the setup code that the server prints when it starts."
            };
            return Err(AppError::field("/code", "code", detail));
        }
    }
    let (email, name) = check(person)?;
    let hash = password::hash(app, person.password).await?;
    let mut tx = app.db.write().await?;
    user::alone(&mut tx).await?;
    if user::count(&mut tx).await? > 0 {
        return Err(owner_exists());
    }
    let row = super::user::insert(app, &mut tx, &email, &name, Role::Owner, hash).await?;
    let begun = begin(app, &mut tx, row, client, "user.create_owner").await?;
    tx.commit().await?;
    Ok(begun)
}

/// What the right password leads to.
#[derive(Debug)]
pub enum Next {
    /// A session.
    Session(Box<Begun>),
    /// The code of the second factor comes first.
    Code(Half),
}

/// Goes on after the right password: to a session, or to the code of the second factor.
pub async fn go_on(
    app: &App,
    tx: &mut Tx,
    user: UserRow,
    client: &Client,
    action: &str,
) -> Result<Next, AppError> {
    if user.factor_since.is_some() {
        return Ok(Next::Code(factor::half(app, tx, user.id).await?));
    }
    let begun = begin(app, tx, user, client, action).await?;
    Ok(Next::Session(Box::new(begun)))
}

/// Begins a session, and notes why.
pub async fn begin(
    app: &App,
    tx: &mut Tx,
    mut user: UserRow,
    client: &Client,
    action: &str,
) -> Result<Begun, AppError> {
    let now = app.now();
    let token = token::new();
    let session = SessionRow {
        id: app.id(),
        user_id: user.id,
        hash: token::hash(&token),
        user_agent: client.user_agent.chars().take(200).collect(),
        address: client.shown(),
        created_at: now,
        last_used_at: now,
        expires_at: now + LONG,
    };
    session::insert(tx, &session).await?;
    user.last_sign_in_at = Some(now);
    user::update(tx, &user).await?;
    let actor = Actor::user(user.id, &user.name, &client.shown());
    let object = match action.split('.').next() {
        Some("session") => Object {
            id: session.id,
            name: user.name.clone(),
        },
        _ => Object {
            id: user.id,
            name: user.name.clone(),
        },
    };
    audit::note(app, tx, &actor, action, &object, &[]).await?;
    Ok(Begun { user, session, token })
}

/// Signs somebody in by address and password; who has a second factor owes its code then.
pub async fn sign_in(app: &App, email: &str, password: &str, client: &Client) -> Result<Next, AppError> {
    let typed = email.trim().to_lowercase();
    let email: String = typed.chars().take(254).collect();
    count(app, Tried::Password, &email, client).await?;
    let known = user::by_email(&mut app.db.read().await?, &email).await?;
    let hash = known.as_ref().map(|user| user.password.as_str());
    let fits = password::fits(app, password, hash).await?;
    let mut tx = app.db.write().await?;
    // Who turns a second factor on ends the sessions without it; none may slip through beside that.
    user::alone(&mut tx).await?;
    // What was checked may have changed meanwhile.
    let now = user::by_email(&mut tx, &email).await?;
    match now.filter(|now| fits && known.as_ref().is_some_and(|user| user.password == now.password)) {
        Some(user) if user.active == 1 => {
            forgive(&mut tx, Tried::Password, &email, client).await?;
            let next = go_on(app, &mut tx, user, client, "session.create").await?;
            tx.commit().await?;
            Ok(next)
        }
        found => {
            let id = known.as_ref().map_or(0, |user| user.id);
            note_failed(app, &mut tx, id, &email, client).await?;
            tx.commit().await?;
            Err(if found.is_some() { deactivated() } else { wrong() })
        }
    }
}

/// Notes that somebody failed to sign in as this user (0: nobody of this address).
pub(super) async fn note_failed(
    app: &App,
    tx: &mut Tx,
    id: i64,
    email: &str,
    client: &Client,
) -> Result<(), AppError> {
    let actor = Actor::user(id, email, &client.shown());
    let object = Object {
        id: 0,
        name: email.to_owned(),
    };
    audit::note(app, tx, &actor, "session.failed", &object, &[]).await
}

fn wrong() -> AppError {
    AppError::SignIn {
        code: "wrong_sign_in",
        detail: "Address and password do not belong together.".into(),
        help: "Check both. Forgot the password? Somebody who manages users can make you a link to choose a new one."
            .into(),
    }
}

fn deactivated() -> AppError {
    AppError::SignIn {
        code: "deactivated",
        detail: "This user was deactivated.".into(),
        help: "Ask somebody who manages users.".into(),
    }
}

/// What was tried. Codes are counted apart from passwords: else the right password, which makes its own failures
/// forgotten, would give whoever knows it codes to guess without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    /// A password.
    Password,
    /// A code, or a recovery code.
    Code,
}

impl Tried {
    fn key(self, email: &str) -> String {
        match self {
            Self::Password => format!("email:{email}"),
            Self::Code => format!("code:{email}"),
        }
    }
}

fn keys(what: Tried, email: &str, client: &Client) -> Vec<(String, Patience)> {
    // Always in this order, so that two tries never wait for each other.
    let address = client
        .address
        .map(|ip| (format!("address:{}", rules::counted_as(ip)), OF_ADDRESS));
    let account = (what.key(email), OF_ACCOUNT);
    address.into_iter().chain([account]).collect()
}

/// Counts a try as failed before it is known to be: many at once are no way around the limit.
pub(super) async fn count(app: &App, what: Tried, email: &str, client: &Client) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.db.write().await?;
    let mut wait = None;
    for (key, patience) in keys(what, email, client) {
        let (failures, last_at) = sign_in::take(&mut tx, &key, now).await?;
        wait = wait.max(patience.wait(failures, last_at, now));
        let old = now - last_at >= FORGOTTEN_AFTER;
        sign_in::count(&mut tx, &key, if old { 1 } else { failures + 1 }, now).await?;
    }
    if let Some(wait) = wait {
        // Not committed: who tries again while waiting does not wait longer.
        return Err(AppError::TooManyTries { wait });
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a try back that was counted and was right.
pub(super) async fn forgive(tx: &mut Tx, what: Tried, email: &str, client: &Client) -> Result<(), AppError> {
    for (key, patience) in keys(what, email, client) {
        match patience {
            OF_ACCOUNT => sign_in::clear(tx, &key).await?,
            // Others may be guessing from there.
            _ => sign_in::forgive(tx, &key).await?,
        }
    }
    Ok(())
}

/// Asks for the password of somebody who is signed in: whoever finds a browser open must not be able to guess here either.
pub(super) async fn prove(
    app: &App,
    who: &SignedIn,
    (pointer, given): (&str, &str),
    client: &Client,
) -> Result<(), AppError> {
    count(app, Tried::Password, &who.user.email, client).await?;
    if !password::fits(app, given, Some(&who.user.password)).await? {
        return Err(AppError::field(
            pointer,
            "wrong",
            "This is not your present password.",
        ));
    }
    let mut tx = app.db.write().await?;
    forgive(&mut tx, Tried::Password, &who.user.email, client).await?;
    Ok(tx.commit().await?)
}

/// Changes one's own password and ends one's other sessions.
pub async fn change_password(
    app: &App,
    who: &SignedIn,
    current: &str,
    new: &str,
    client: &Client,
) -> Result<(), AppError> {
    rules::password(new, "/new").map_err(|problem| AppError::Invalid(vec![problem]))?;
    prove(app, who, ("/current", current), client).await?;
    let hash = password::hash(app, new).await?;
    let mut tx = app.db.write().await?;
    let mut user = user::by_id(&mut tx, who.user.id)
        .await?
        .ok_or(AppError::NotFound("user"))?;
    user.password = hash;
    user.updated_at = app.now();
    user::update(&mut tx, &user).await?;
    session::end_others(&mut tx, user.id, who.session.id).await?;
    invite::remove_of_user(&mut tx, user.id).await?;
    let actor = Actor::user(user.id, &user.name, &client.shown());
    let object = Object {
        id: user.id,
        name: user.name.clone(),
    };
    audit::note(app, &mut tx, &actor, "user.change_password", &object, &[]).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets somebody try again at once: their password is a new one.
pub async fn clear_tries(tx: &mut Tx, email: &str) -> Result<(), AppError> {
    Ok(sign_in::clear(tx, &Tried::Password.key(email)).await?)
}

/// Holds no wrong codes against somebody any more: what they were guesses of is gone.
pub(super) async fn clear_codes(tx: &mut Tx, email: &str) -> Result<(), AppError> {
    Ok(sign_in::clear(tx, &Tried::Code.key(email)).await?)
}
