//! The second factor of a user: setting it up, its codes at the sign-in, and taking it away.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::audit::{self, Actor, Object};
use super::sign_in::{self, Begun, Client, SignedIn, Tried};
use super::{App, AppError, token, user};
use crate::clock::{Millis, random_bytes};
use crate::domain::factor::{self as rules, Judged, Typed};
use crate::domain::permission::Rights;
use crate::store::factor::{self, FactorRow};
use crate::store::user::{self as users, UserRow};
use crate::store::{Tx, session};

/// What one sees of one's own second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Since when; `None`: there is none.
    pub since: Option<Millis>,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
}

/// What one sees of one's own second factor.
pub async fn state(app: &App, id: i64) -> Result<State, AppError> {
    let mut tx = app.db.read().await?;
    Ok(State {
        since: user::by_id(&mut tx, id).await?.factor_since,
        recovery_codes: factor::count_codes(&mut tx, id).await?,
    })
}

/// A secret that was made; never shown again.
#[derive(Debug, Clone)]
pub struct Secret {
    /// As it is typed into an authenticator.
    pub text: String,
    /// What its QR code says.
    pub uri: String,
}

/// Makes the secret of a second factor. It is asked for from the first right code on.
///
/// This asks for the password, and so do its end and new recovery codes: whoever finds a browser open could lock its owner
/// out. A code in its place would prove less, because the phone often lies beside the browser, and would be asked of
/// somebody who lost the phone.
pub async fn begin(app: &App, who: &SignedIn, password: &str, client: &Client) -> Result<Secret, AppError> {
    sign_in::prove(app, who, ("/password", password), client).await?;
    let bytes = random_bytes::<{ rules::SECRET }>();
    let sealed = app
        .vault
        .seal(&context(who.user.id), &STANDARD_NO_PAD.encode(bytes));
    let mut tx = app.db.write().await?;
    if user::by_id(&mut tx, who.user.id).await?.factor_since.is_some() {
        return Err(is_on());
    }
    let row = FactorRow {
        user_id: who.user.id,
        secret: sealed.map_err(|_| unreadable())?,
        last_step: 0,
        created_at: app.now(),
    };
    factor::put(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Secret {
        text: rules::secret_text(&bytes),
        uri: rules::uri(&bytes, &who.user.email),
    })
}

fn context(user_id: i64) -> String {
    format!("factor {user_id}")
}

fn secret_of(app: &App, row: &FactorRow) -> Result<Vec<u8>, AppError> {
    let text = app.vault.unseal(&context(row.user_id), &row.secret);
    let text = text.map_err(|_| unreadable())?;
    STANDARD_NO_PAD.decode(text).map_err(|_| unreadable())
}

fn unreadable() -> AppError {
    AppError::conflict(
        "factor_unreadable",
        "The secret of the second factor does not open with the key of this server.",
        "Use a recovery code. Whoever runs the server can restore the key that belongs to this database.",
    )
}

fn is_on() -> AppError {
    AppError::conflict(
        "factor_on",
        "You have a second factor already.",
        "To use another phone, turn it off and on again.",
    )
}

fn is_off() -> AppError {
    AppError::conflict("factor_off", "You have no second factor.", "Turn it on first.")
}

/// Turns the second factor on with a first right code, ends one's other sessions, which began without it, and makes
/// recovery codes.
pub async fn turn_on(
    app: &App,
    who: &SignedIn,
    given: &str,
    client: &Client,
) -> Result<Vec<String>, AppError> {
    let (id, now) = (who.user.id, app.now());
    let mut tx = app.db.write().await?;
    users::alone(&mut tx).await?;
    if user::by_id(&mut tx, id).await?.factor_since.is_some() {
        return Err(is_on());
    }
    let row = factor::of_user(&mut tx, id).await?;
    let Some(row) = row.filter(|row| now - row.created_at < rules::SET_UP_WITHIN) else {
        return Err(AppError::conflict(
            "factor_not_begun",
            "No second factor is being set up, or it took too long.",
            "Begin again.",
        ));
    };
    let secret = secret_of(app, &row)?;
    let judged = match rules::read(given) {
        Typed::Code(code) => rules::judge(&secret, &code, row.last_step, app.machine_now()),
        Typed::Recovery(_) => Judged::Wrong,
    };
    let Judged::Right(step) = judged else {
        let detail = "This code is not right. Wait for the next one; if none works, let the phone set its clock by itself.";
        return Err(AppError::field("/code", "wrong", detail));
    };
    factor::use_step(&mut tx, id, step).await?;
    users::set_factor(&mut tx, id, Some(now), now).await?;
    session::end_others(&mut tx, id, who.session.id).await?;
    let codes = renew_codes(&mut tx, id).await?;
    note(app, &mut tx, &who.user, client, "user.turn_on_factor").await?;
    tx.commit().await?;
    Ok(codes)
}

async fn renew_codes(tx: &mut Tx, id: i64) -> Result<Vec<String>, AppError> {
    factor::remove_codes(tx, id).await?;
    let mut codes = Vec::with_capacity(rules::RECOVERY_CODES);
    for _ in 0..rules::RECOVERY_CODES {
        let code = rules::recovery_code(&random_bytes());
        if let Typed::Recovery(bare) = rules::read(&code) {
            factor::add_code(tx, id, &token::hash(&bare)).await?;
        }
        codes.push(code);
    }
    Ok(codes)
}

async fn note(app: &App, tx: &mut Tx, user: &UserRow, client: &Client, action: &str) -> Result<(), AppError> {
    let actor = Actor::user(user.id, &user.name, &client.shown());
    let object = Object {
        id: user.id,
        name: user.name.clone(),
    };
    audit::note(app, tx, &actor, action, &object, &[]).await
}

/// Makes recovery codes in place of the earlier ones.
pub async fn new_recovery_codes(
    app: &App,
    who: &SignedIn,
    password: &str,
    client: &Client,
) -> Result<Vec<String>, AppError> {
    sign_in::prove(app, who, ("/password", password), client).await?;
    let mut tx = app.db.write().await?;
    users::alone(&mut tx).await?;
    if user::by_id(&mut tx, who.user.id).await?.factor_since.is_none() {
        return Err(is_off());
    }
    let codes = renew_codes(&mut tx, who.user.id).await?;
    note(app, &mut tx, &who.user, client, "user.new_recovery_codes").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Turns one's own second factor off.
pub async fn turn_off(app: &App, who: &SignedIn, password: &str, client: &Client) -> Result<(), AppError> {
    sign_in::prove(app, who, ("/password", password), client).await?;
    let mut tx = app.db.write().await?;
    users::alone(&mut tx).await?;
    let row = user::by_id(&mut tx, who.user.id).await?;
    if row.factor_since.is_none() {
        return Err(is_off());
    }
    remove(app, &mut tx, &row).await?;
    note(app, &mut tx, &who.user, client, "user.turn_off_factor").await?;
    Ok(tx.commit().await?)
}

async fn remove(app: &App, tx: &mut Tx, row: &UserRow) -> Result<(), AppError> {
    factor::remove(tx, row.id).await?;
    factor::end_halves(tx, row.id).await?;
    users::set_factor(tx, row.id, None, app.now()).await?;
    sign_in::clear_codes(tx, &row.email).await
}

/// Takes the second factor of somebody away who lost it, and ends their sessions.
pub async fn take_away(app: &App, tx: &mut Tx, rights: &Rights, id: i64) -> Result<UserRow, AppError> {
    users::alone(tx).await?;
    let row = user::by_id(tx, id).await?;
    user::touches_owners(rights, &[Some(user::role(&row))])?;
    if row.factor_since.is_none() {
        return Err(AppError::conflict(
            "factor_off",
            format!("{} has no second factor.", row.name),
            "There is nothing to take away.",
        ));
    }
    remove(app, tx, &row).await?;
    session::end_others(tx, id, 0).await?;
    user::by_id(tx, id).await
}

/// A sign-in that still owes the code: no session yet.
#[derive(Debug, Clone)]
pub struct Half {
    /// By which the code finds it; works for one session.
    pub token: String,
    /// Until when.
    pub expires_at: Millis,
}

/// Notes that somebody gave the right password, and owes the code.
pub async fn half(app: &App, tx: &mut Tx, user_id: i64) -> Result<Half, AppError> {
    let half = Half {
        token: token::new(),
        expires_at: app.now() + rules::CODE_WITHIN,
    };
    factor::add_half(tx, &token::hash(&half.token), user_id, half.expires_at).await?;
    Ok(half)
}

/// The user of a half sign-in that has not ended.
async fn owes(app: &App, tx: &mut Tx, hash: &str) -> Result<UserRow, AppError> {
    let id = factor::half(tx, hash, app.now()).await?.ok_or_else(expired)?;
    let row = users::by_id(tx, id).await?;
    row.filter(|row| row.active == 1 && row.factor_since.is_some())
        .ok_or_else(expired)
}

/// Signs in with the code of an authenticator, or with a recovery code.
pub async fn finish(app: &App, token: &str, given: &str, client: &Client) -> Result<Begun, AppError> {
    let hash = token::hash(token);
    let email = owes(app, &mut app.db.read().await?, &hash).await?.email;
    sign_in::count(app, Tried::Code, &email, client).await?;
    let mut tx = app.db.write().await?;
    // Whoever turns it off or takes it away waits, or has done it before.
    users::alone(&mut tx).await?;
    let user = owes(app, &mut tx, &hash).await?;
    let typed = rules::read(given);
    if let Err(refusal) = uses(app, &mut tx, user.id, &typed).await? {
        sign_in::note_failed(app, &mut tx, user.id, &email, client).await?;
        tx.commit().await?;
        return Err(refusal);
    }
    if !factor::take_half(&mut tx, &hash, app.now()).await? {
        return Err(expired());
    }
    sign_in::forgive(&mut tx, Tried::Code, &email, client).await?;
    if matches!(typed, Typed::Recovery(_)) {
        note(app, &mut tx, &user, client, "user.use_recovery_code").await?;
    }
    let begun = sign_in::begin(app, &mut tx, user, client, "session.create").await?;
    tx.commit().await?;
    Ok(begun)
}

/// Uses a code up, or says why it does not work.
async fn uses(app: &App, tx: &mut Tx, id: i64, typed: &Typed) -> Result<Result<(), AppError>, AppError> {
    let code = match typed {
        Typed::Code(code) => code,
        Typed::Recovery(bare) => {
            let fits = factor::use_code(tx, id, &token::hash(bare)).await?;
            return Ok(if fits { Ok(()) } else { Err(wrong_recovery_code()) });
        }
    };
    let row = factor::of_user(tx, id).await?.ok_or_else(unreadable)?;
    let judged = rules::judge(&secret_of(app, &row)?, code, row.last_step, app.machine_now());
    Ok(match judged {
        Judged::Right(step) if factor::use_step(tx, id, step).await? => Ok(()),
        Judged::Right(_) | Judged::Used => Err(code_used()),
        Judged::Wrong => Err(wrong_code()),
    })
}

fn expired() -> AppError {
    AppError::SignIn {
        code: "sign_in_expired",
        detail: "This sign-in took too long, or was ended.".into(),
        help: "Begin again with your password.".into(),
    }
}

fn wrong_code() -> AppError {
    AppError::SignIn {
        code: "wrong_code",
        detail: "This code is not right.".into(),
        help: "Wait for the next one and type it before it changes. If none works, the clock of the phone is off: let it set the time by itself."
            .into(),
    }
}

fn code_used() -> AppError {
    AppError::SignIn {
        code: "code_used",
        detail: "This code was used already.".into(),
        help: "Each works once: wait until the authenticator shows the next one.".into(),
    }
}

fn wrong_recovery_code() -> AppError {
    AppError::SignIn {
        code: "wrong_recovery_code",
        detail: "This is none of your recovery codes that are left.".into(),
        help: "Each works once, and none after new ones were made. Without any, somebody who manages users can take the second factor away."
            .into(),
    }
}
