//! Users: who they are, what they may, and the links by which they come.

use super::account::in_words;
use super::audit::{self, Actor, Object};
use super::sign_in::{self, Client, Next, Person};
use super::{App, AppError, password, token};
use crate::clock::{DAY, Millis};
use crate::domain::permission::{Permission, Rights, Role};
use crate::domain::sign_in as rules;
use crate::store::invite::{self, InviteRow};
use crate::store::user::{self, UserRow};
use crate::store::{Tx, session};

/// How long an invitation can be taken.
const INVITED_FOR: Millis = 7 * DAY;
/// How long a new password can be chosen.
const RESET_FOR: Millis = DAY;

/// The role of a user. What this version does not know may as little as possible.
pub fn role(row: &UserRow) -> Role {
    Role::read(&row.role).unwrap_or(Role::Viewer)
}

/// The user of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<UserRow, AppError> {
    user::by_id(tx, id).await?.ok_or(AppError::NotFound("user"))
}

/// Keeps a new user whose fields were checked.
pub async fn insert(
    app: &App,
    tx: &mut Tx,
    email: &str,
    name: &str,
    role: Role,
    hash: String,
) -> Result<UserRow, AppError> {
    if user::by_email(tx, email).await?.is_some() {
        return Err(exists(email));
    }
    let now = app.now();
    let row = UserRow {
        id: app.id(),
        email: email.to_owned(),
        name: name.to_owned(),
        role: role.name().into(),
        password: hash,
        language: None,
        active: 1,
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
        factor_since: None,
    };
    user::insert(tx, &row).await.map_err(in_words)?;
    Ok(row)
}

fn exists(email: &str) -> AppError {
    AppError::conflict(
        "user_exists",
        format!("There is a user with the address {email} already."),
        "Change that user's role, or make a link for a new password.",
    )
}

/// A change of a user; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// Role.
    pub role: Option<Role>,
    /// May they sign in?
    pub active: Option<bool>,
}

/// Changes a user. There is always an owner who can sign in.
pub async fn update(
    app: &App,
    tx: &mut Tx,
    rights: &Rights,
    id: i64,
    change: &Change,
) -> Result<UserRow, AppError> {
    user::alone(tx).await?;
    let mut row = by_id(tx, id).await?;
    let before = role(&row);
    touches_owners(rights, &[Some(before), change.role])?;
    if let Some(name) = &change.name {
        row.name = rules::name(name, "/name").map_err(|e| AppError::Invalid(vec![e]))?;
    }
    let after = change.role.unwrap_or(before);
    let active = change.active.unwrap_or(row.active == 1);
    let steps_down = before == Role::Owner && row.active == 1 && !(after == Role::Owner && active);
    if steps_down && user::others_in(tx, Role::Owner.name(), id).await? == 0 {
        return Err(AppError::conflict(
            "last_owner",
            format!("{} is the last owner.", row.name),
            "Make another user an owner first.",
        ));
    }
    row.role = after.name().into();
    row.active = i16::from(active);
    row.updated_at = app.now();
    user::update(tx, &row).await?;
    if change.name.is_some() {
        crate::store::campaign_list::rename_owner(tx, id, &row.name).await?;
    }
    if !active {
        session::end_others(tx, id, 0).await?;
        invite::remove_of_user(tx, id).await?;
    }
    Ok(row)
}

/// Only who may manage owners makes, changes or removes one.
pub(super) fn touches_owners(rights: &Rights, roles: &[Option<Role>]) -> Result<(), AppError> {
    if !roles.contains(&Some(Role::Owner)) || rights.may(Permission::OwnersManage) {
        return Ok(());
    }
    let (detail, help) = rights.refusal(Permission::OwnersManage);
    Err(AppError::NotAllowed { detail, help })
}

/// A link that was made; its URL is never shown again.
#[derive(Debug, Clone)]
pub struct Link {
    /// As kept.
    pub row: InviteRow,
    /// Where it leads.
    pub url: String,
}

/// Invites somebody. A new invitation takes the place of an earlier one.
pub async fn invite(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    rights: &Rights,
    email: &str,
    role: Role,
) -> Result<Link, AppError> {
    touches_owners(rights, &[Some(role)])?;
    let email = rules::email(email, "/email").map_err(|e| AppError::Invalid(vec![e]))?;
    if user::by_email(tx, &email).await?.is_some() {
        return Err(exists(&email));
    }
    link(app, tx, actor, (0, &email, role), INVITED_FOR).await
}

/// Makes a link with which a user chooses a new password.
pub async fn reset(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    rights: &Rights,
    id: i64,
) -> Result<Link, AppError> {
    let row = by_id(tx, id).await?;
    touches_owners(rights, &[Some(role(&row))])?;
    if row.active == 0 {
        return Err(AppError::conflict(
            "deactivated",
            format!("{} is deactivated and cannot sign in.", row.name),
            "Activate the user first.",
        ));
    }
    link(app, tx, actor, (id, &row.email, role(&row)), RESET_FOR).await
}

async fn link(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (user_id, email, role): (i64, &str, Role),
    long: Millis,
) -> Result<Link, AppError> {
    let token = token::new();
    let row = InviteRow {
        id: app.id(),
        user_id,
        email: email.to_owned(),
        role: role.name().into(),
        hash: token::hash(&token),
        invited_by: actor.name.clone(),
        created_at: app.now(),
        expires_at: app.now() + long,
    };
    invite::put(tx, &row).await.map_err(in_words)?;
    let url = format!("{}/invite/{token}", app.config.public_base());
    Ok(Link { row, url })
}

/// The living link of this token, and the user whom it is for when that is not somebody new.
pub async fn by_token(app: &App, tx: &mut Tx, given: &str) -> Result<(InviteRow, Option<UserRow>), AppError> {
    const WHAT: &str = "invitation that is still open";
    let row = invite::by_hash(tx, &token::hash(given), app.now()).await?;
    let row = row.ok_or(AppError::NotFound(WHAT))?;
    if row.user_id == 0 {
        return Ok((row, None));
    }
    let user = user::by_id(tx, row.user_id).await?;
    let user = user
        .filter(|user| user.active == 1)
        .ok_or(AppError::NotFound(WHAT))?;
    Ok((row, Some(user)))
}

/// Takes an invitation, or chooses a new password by a link, and signs in; who has a second factor keeps it, and owes its
/// code then.
pub async fn accept(
    app: &App,
    given: &str,
    name: Option<&str>,
    password: &str,
    client: &Client,
) -> Result<Next, AppError> {
    let mut tx = app.db.read().await?;
    let (row, known) = by_token(app, &mut tx, given).await?;
    drop(tx);
    let person = Person {
        email: &row.email,
        name: name.unwrap_or(known.as_ref().map_or("", |user| &user.name)),
        password,
    };
    let (email, name) = sign_in::check(&person)?;
    let hash = password::hash(app, password).await?;
    let mut tx = app.db.write().await?;
    user::alone(&mut tx).await?;
    // Used by somebody else while we were hashing.
    let (row, known) = by_token(app, &mut tx, given).await?;
    if !invite::remove(&mut tx, row.id).await? {
        return Err(AppError::NotFound("invitation that is still open"));
    }
    let (user, action) = match known {
        None => {
            let role = Role::read(&row.role).unwrap_or(Role::Viewer);
            let user = insert(app, &mut tx, &email, &name, role, hash).await?;
            (user, "user.accept_invite")
        }
        Some(mut user) => {
            user.password = hash;
            user.updated_at = app.now();
            session::end_others(&mut tx, user.id, 0).await?;
            if user.factor_since.is_some() {
                // No session begins that would keep and note it.
                user::update(&mut tx, &user).await?;
                let actor = Actor::user(user.id, &user.name, &client.shown());
                let object = Object {
                    id: user.id,
                    name: user.name.clone(),
                };
                audit::note(app, &mut tx, &actor, "user.reset_password", &object, &[]).await?;
            }
            (user, "user.reset_password")
        }
    };
    sign_in::clear_tries(&mut tx, &user.email).await?;
    let next = sign_in::go_on(app, &mut tx, user, client, action).await?;
    tx.commit().await?;
    Ok(next)
}

/// Makes a user directly, as the command line does.
pub async fn create(app: &App, person: &Person<'_>, role: Role, actor: &Actor) -> Result<UserRow, AppError> {
    let (email, name) = sign_in::check(person)?;
    let hash = password::hash(app, person.password).await?;
    let mut tx = app.db.write().await?;
    user::alone(&mut tx).await?;
    let row = insert(app, &mut tx, &email, &name, role, hash).await?;
    let object = Object {
        id: row.id,
        name: row.name.clone(),
    };
    audit::note(app, &mut tx, actor, "user.create", &object, &[]).await?;
    tx.commit().await?;
    Ok(row)
}

/// Gives a user a new password, ends their sessions and lets them try again at once.
pub async fn set_password(app: &App, id: i64, new: &str, actor: &Actor) -> Result<(), AppError> {
    rules::password(new, "/password").map_err(|problem| AppError::Invalid(vec![problem]))?;
    let hash = password::hash(app, new).await?;
    let mut tx = app.db.write().await?;
    let mut row = by_id(&mut tx, id).await?;
    row.password = hash;
    row.updated_at = app.now();
    user::update(&mut tx, &row).await?;
    session::end_others(&mut tx, id, 0).await?;
    invite::remove_of_user(&mut tx, id).await?;
    sign_in::clear_tries(&mut tx, &row.email).await?;
    let object = Object { id, name: row.name };
    audit::note(app, &mut tx, actor, "user.reset_password", &object, &[]).await?;
    Ok(tx.commit().await?)
}
