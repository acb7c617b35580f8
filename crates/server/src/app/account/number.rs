//! Numbers of an account: what it sends from and is written to.

use super::{by_id, not_archived};
use crate::app::{App, AppError};
use crate::domain::problem::FieldProblem;
use crate::domain::settings;
use crate::store::account::AccountRow;
use crate::store::number::NumberRow;
use crate::store::{self, Tx};

/// Messages a second of a number that nobody set a rate for: what WhatsApp grants every number.
pub const DEFAULT_RATE: i64 = 80;
/// Bounds of a number's rate.
pub const RATES: std::ops::RangeInclusive<i64> = 1..=100_000;

/// Makes the number of the settings the default one. A number that nothing was ever sent from was probably a slip of
/// the pen: it is corrected in place. One with a history keeps it.
pub(super) async fn follow_number(
    app: &App,
    tx: &mut Tx,
    row: &AccountRow,
    phone: Option<&String>,
) -> Result<(), AppError> {
    let Some(phone) = phone else { return Ok(()) };
    let numbers = store::number::of_account(tx, row.id).await?;
    let mut number = if let Some(known) = numbers.iter().find(|n| n.phone == *phone) {
        known.clone()
    } else {
        match numbers.into_iter().find(|n| n.is_default == 1) {
            Some(old) if !store::number::is_used(tx, old.id).await? => old,
            _ => {
                let new = new_number(app, row.id, phone, DEFAULT_RATE);
                store::number::insert(tx, &new).await?;
                new
            }
        }
    };
    number.phone.clone_from(phone);
    number.is_default = 1;
    store::number::update(tx, &number).await?;
    store::retired::revive_number(tx, number.id).await?;
    store::number::no_other_default(tx, row.id, number.id).await?;
    Ok(())
}

fn new_number(app: &App, account_id: i64, phone: &str, messages_per_second: i64) -> NumberRow {
    NumberRow {
        id: app.id(),
        account_id,
        phone: phone.to_owned(),
        is_default: 0,
        messages_per_second,
        created_at: app.now(),
    }
}

/// Adds a number to an account, or takes an archived one into use again. The first one is the default whatever `default`
/// says.
pub async fn add_number(
    app: &App,
    tx: &mut Tx,
    account_id: i64,
    phone: &str,
    rate: Option<i64>,
    default: bool,
) -> Result<NumberRow, AppError> {
    not_archived(&by_id(tx, account_id).await?)?;
    let mut problems = rate_problem(rate);
    let phone = settings::phone_or_code(phone, &app.config.default_region)
        .map_err(|why| problems.push(FieldProblem::new("/phone", "phone", why)));
    let Ok(phone) = phone else {
        return Err(AppError::Invalid(problems));
    };
    let numbers = store::number::of_account(tx, account_id).await?;
    let in_use = store::retired::in_use(tx, account_id).await?;
    let before = numbers.iter().find(|n| n.phone == phone);
    if before.is_some_and(|n| in_use.contains(&n.id)) {
        let detail = format!("The account has the number {phone} already.");
        problems.push(FieldProblem::new("/phone", "taken", detail));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let mut number = new_number(app, account_id, &phone, rate.unwrap_or(DEFAULT_RATE));
    number.is_default = i16::from(default || in_use.is_empty());
    match before {
        Some(archived) => {
            number.id = archived.id;
            store::number::update(tx, &number).await?;
            store::retired::revive_number(tx, number.id).await?;
        }
        None => store::number::insert(tx, &number).await?,
    }
    if number.is_default == 1 {
        store::number::no_other_default(tx, account_id, number.id).await?;
    }
    Ok(number)
}

/// Changes a number's rate, or makes it the default.
pub async fn update_number(
    tx: &mut Tx,
    id: i64,
    rate: Option<i64>,
    default: Option<bool>,
) -> Result<NumberRow, AppError> {
    // Two who make different numbers the default at once must not leave none, or both.
    let account_id = of(tx, id).await?.account_id;
    store::retired::lock(tx, account_id).await?;
    let mut number = of(tx, id).await?;
    not_archived(&by_id(tx, account_id).await?)?;
    let mut problems = rate_problem(rate);
    if default == Some(true) && !store::retired::in_use(tx, number.account_id).await?.contains(&id) {
        problems.push(FieldProblem::new(
            "/default",
            "number_archived",
            "This number is out of use. Add it to the account again first.",
        ));
    }
    if default == Some(false) && number.is_default == 1 {
        problems.push(FieldProblem::new(
            "/default",
            "needs_default",
            "An account needs a default number. Make another number the default instead.",
        ));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    number.messages_per_second = rate.unwrap_or(number.messages_per_second);
    if default == Some(true) {
        number.is_default = 1;
        store::number::no_other_default(tx, number.account_id, id).await?;
    }
    store::number::update(tx, &number).await?;
    Ok(number)
}

pub(super) async fn of(tx: &mut Tx, id: i64) -> Result<NumberRow, AppError> {
    store::number::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("number"))
}

fn rate_problem(rate: Option<i64>) -> Vec<FieldProblem> {
    match rate {
        Some(rate) if !RATES.contains(&rate) => vec![FieldProblem::new(
            "/messages_per_second",
            "number",
            format!(
                "Give a whole number from {} to {}. WhatsApp grants most numbers 80.",
                RATES.start(),
                RATES.end()
            ),
        )],
        _ => Vec::new(),
    }
}
