//! Filters that users keep under a name. They are their own business: nobody else sees them, and no log names them.

use super::{App, AppError};
use crate::domain::sign_in::name;
use crate::store::saved_view::{self as store, ViewRow};
use crate::store::{StoreError, Tx};

/// The lists that have filters.
pub const PAGES: [&str; 7] = [
    "attempts",
    "audit",
    "callbacks",
    "campaigns",
    "inbox",
    "profiles",
    "templates",
];

/// Views of a page at most.
const MOST: usize = 50;

/// Bytes of the filters at most.
const LONGEST: usize = 2_000;

/// Refuses a page that there is not.
pub fn check_page(page: &str) -> Result<(), AppError> {
    if PAGES.contains(&page) {
        return Ok(());
    }
    let detail = "Use attempts, audit, callbacks, campaigns, inbox, profiles or templates.";
    Err(AppError::field("/page", "unknown", detail))
}

fn check_query(query: &str) -> Result<(), AppError> {
    if query.len() <= LONGEST && !query.contains(char::is_control) {
        return Ok(());
    }
    let detail = "Use at most 2,000 bytes, as they stand in the address.";
    Err(AppError::field("/query", "text_invalid", detail))
}

fn check_name(text: &str) -> Result<String, AppError> {
    name(text, "/name").map_err(|problem| AppError::Invalid(vec![problem]))
}

/// Keeps filters of a page for a user.
pub async fn create(
    app: &App,
    tx: &mut Tx,
    user_id: i64,
    (page, name, query): (&str, &str, &str),
) -> Result<ViewRow, AppError> {
    check_page(page)?;
    check_query(query)?;
    let row = ViewRow {
        id: app.id(),
        user_id,
        page: page.to_owned(),
        name: check_name(name)?,
        query: query.to_owned(),
    };
    if store::of_page(tx, user_id, page).await?.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_views",
            "There are 50 saved views of this list already.",
            "Delete one that you no longer need.",
        ));
    }
    store::insert(tx, &row).await.map_err(taken)?;
    Ok(row)
}

/// Changes the name or the filters of a user's view; what is not given stays.
pub async fn change(
    tx: &mut Tx,
    id: i64,
    user_id: i64,
    (name, query): (Option<&str>, Option<&str>),
) -> Result<ViewRow, AppError> {
    let mut row = store::own(tx, id, user_id)
        .await?
        .ok_or(AppError::NotFound("saved view of yours"))?;
    if let Some(name) = name {
        row.name = check_name(name)?;
    }
    if let Some(query) = query {
        check_query(query)?;
        query.clone_into(&mut row.query);
    }
    store::update(tx, &row).await.map_err(taken)?;
    Ok(row)
}

/// Forgets a user's view.
pub async fn delete(tx: &mut Tx, id: i64, user_id: i64) -> Result<(), AppError> {
    if store::delete(tx, id, user_id).await? {
        return Ok(());
    }
    Err(AppError::NotFound("saved view of yours"))
}

fn taken(error: StoreError) -> AppError {
    if error.is_duplicate() {
        let detail = "You have a view of this name already. Choose another name.";
        return AppError::field("/name", "taken", detail);
    }
    error.into()
}
