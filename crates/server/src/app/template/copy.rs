//! A template made of another one.

use harkara_provider::TemplateStatus;

use super::{Act, BY_TEXT, history, name_is_free, row};
use crate::app::audit::Actor;
use crate::app::{App, AppError, account};
use crate::store::template::{Held, Shelf, TemplateRow};
use crate::store::{self, Tx};

/// What the copy is called and where it belongs; what is absent is as in the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copy {
    /// Account.
    pub account_id: Option<i64>,
    /// Name. Absent: the same in another account or language, else one that is free.
    pub name: Option<String>,
    /// Language.
    pub language: Option<String>,
}

/// Makes a draft that says the same. What stands in the way of submitting it is told with it, as for every draft.
pub async fn copy(app: &App, tx: &mut Tx, id: i64, how: Copy, by: &Actor) -> Result<TemplateRow, AppError> {
    let from = row(tx, id).await?;
    let account_id = how.account_id.unwrap_or(from.account_id);
    account::not_archived(&account::by_id(tx, account_id).await?)?;
    let given = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let language = given(how.language).unwrap_or_else(|| from.language.clone());
    let now = app.now();
    let mut new = TemplateRow {
        id: app.id(),
        account_id,
        name: store::template_shelf::plain_name(&from).to_owned(),
        language,
        status: TemplateStatus::Draft.name().into(),
        status_detail: None,
        addressing: BY_TEXT.into(),
        provider_template_id: None,
        quality: None,
        held: Held::default(),
        shelf: Shelf::default(),
        created_at: now,
        updated_at: now,
        ..from.clone()
    };
    match given(how.name) {
        Some(name) => new.name = name,
        None => new.name = free_name(tx, &new).await?,
    }
    name_is_free(tx, &new).await?;
    store::template::insert(tx, &new)
        .await
        .map_err(account::in_words)?;
    history::keep(tx, None, &new, by, Act::Copied).await?;
    Ok(new)
}

async fn free_name(tx: &mut Tx, new: &TemplateRow) -> Result<String, AppError> {
    let mut name = new.name.clone();
    for n in 1..=100 {
        let taken = store::template::by_name(tx, new.account_id, &name, &new.language).await?;
        if taken.is_none() {
            return Ok(name);
        }
        name = match n {
            1 => format!("{}_copy", new.name),
            n => format!("{}_copy_{n}", new.name),
        };
    }
    let detail = "There are a hundred copies of this template already: give this one a name.";
    Err(AppError::field("/name", "taken", detail))
}
