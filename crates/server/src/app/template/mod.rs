//! Templates: written here or imported, mapped to profiles, submitted for approval.

use harkara_provider::{Capability, Category, Provider, TemplateMessage, TemplateStatus, registry};

use super::account;
use super::audit::Actor;
use super::{App, AppError};
use crate::app::version;
use crate::clock::Millis;
use crate::domain::audience::Person;
use crate::domain::campaign::DRAFT;
use crate::domain::problem::FieldProblem;
use crate::domain::template::{
    Frozen, Mapping, TemplateContent, fallbacks, fill, mapping_problems, problems, unsupported,
};
use crate::store::template::{Held, Shelf, TemplateRow};
use crate::store::{self, Tx, from_json, to_json};

mod copy;
mod drift;
mod history;
mod import;
mod lint;
mod shelf;
mod submit;

pub use copy::{Copy, copy};
pub use drift::{take_theirs, theirs};
pub use history::{Act, go_back};
pub use import::{ImportReport, import};
pub use lint::{Draft, Remark, lint};
pub use shelf::{RECENT, RESTORABLE_FOR, Uses, delete, not_deleted, restore, uses};
pub use submit::submit;

/// Found by its final text.
pub const BY_TEXT: &str = "text";
/// Found by the vendor's id.
pub const BY_ID: &str = "id";

/// What a person writes of a template; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Name at the provider.
    pub name: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Category.
    pub category: Option<Category>,
    /// What it says.
    pub content: Option<TemplateContent>,
    /// What its placeholders are filled with.
    pub mapping: Option<Mapping>,
    /// A status that is not the provider's to tell: `draft`, `approved` (the provider holds exactly this template) or
    /// `disabled` (out of use here).
    pub status: Option<String>,
    /// [`BY_TEXT`] or [`BY_ID`].
    pub addressing: Option<String>,
    /// The vendor's id; empty takes it out.
    pub provider_template_id: Option<String>,
    /// The version that the writer has read; absent: whatever is there.
    pub version: Option<Millis>,
    /// It was saved by itself while somebody typed.
    pub typed: bool,
}

/// The template of this id.
pub async fn row(tx: &mut Tx, id: i64) -> Result<TemplateRow, AppError> {
    store::template::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("template"))
}

/// The template of this id, which nobody else changes until this transaction ends.
async fn row_to_change(tx: &mut Tx, id: i64) -> Result<TemplateRow, AppError> {
    let row = row_of_any(tx, id).await?;
    not_deleted(&row)?;
    Ok(row)
}

/// The same, of one that was deleted too.
async fn row_of_any(tx: &mut Tx, id: i64) -> Result<TemplateRow, AppError> {
    store::template::lock(tx, id)
        .await?
        .ok_or(AppError::NotFound("template"))
}

/// What it says.
pub fn content(row: &TemplateRow) -> Result<TemplateContent, AppError> {
    Ok(from_json("template content", &row.content)?)
}

/// What its placeholders are filled with when nothing else is said.
pub fn mapping(row: &TemplateRow) -> Result<Mapping, AppError> {
    Ok(from_json("template mapping", &row.mapping)?)
}

/// The template with this mapping, as a campaign keeps it.
pub fn freeze(row: &TemplateRow, mapping: Mapping) -> Result<Frozen, AppError> {
    let by_id = row.addressing == BY_ID;
    Ok(Frozen {
        name: row.name.clone(),
        language: row.language.clone(),
        provider_template_id: row.provider_template_id.clone().filter(|_| by_id),
        content: content(row)?,
        mapping,
    })
}

/// The message that a template makes of its defaults: what somebody without any attribute gets.
pub fn with_defaults(row: &TemplateRow) -> Result<TemplateMessage, AppError> {
    let frozen = freeze(row, fallbacks(&mapping(row)?))?;
    match fill(&frozen, &|_| None) {
        Ok((_, message)) => Ok(message),
        Err(why) => {
            let detail = format!("{why}. Give the placeholder a default in the template.");
            Err(AppError::field("/template_id", "missing_value", detail))
        }
    }
}

/// What the provider of the template's account cannot carry of it, filled like this.
pub async fn uncarried(
    tx: &mut Tx,
    row: &TemplateRow,
    mapping: &Mapping,
) -> Result<Vec<FieldProblem>, AppError> {
    let provider = account::provider_of(&account::by_id(tx, row.account_id).await?)?;
    Ok(unsupported(provider.spec(), &content(row)?, mapping))
}

/// What still stands in the way of sending or submitting it.
pub fn open_problems(row: &TemplateRow) -> Result<Vec<FieldProblem>, AppError> {
    let content = content(row)?;
    let mut found = problems(&row.name, &row.language, &content);
    // The name under which a provider holds an approved template is what it is.
    let approved = row.status == TemplateStatus::Approved.name();
    found.retain(|p| !approved || !is_of_the_name(p));
    found.extend(mapping_problems(&content, &mapping(row)?));
    Ok(found)
}

/// Saves a new template of an account.
pub async fn create(
    app: &App,
    tx: &mut Tx,
    account_id: i64,
    change: Change,
    by: &Actor,
) -> Result<TemplateRow, AppError> {
    let account = account::by_id(tx, account_id).await?;
    account::not_archived(&account)?;
    let now = app.now();
    let mut row = TemplateRow {
        id: app.id(),
        account_id,
        name: String::new(),
        language: String::new(),
        category: String::new(),
        status: TemplateStatus::Draft.name().into(),
        status_detail: None,
        addressing: BY_TEXT.into(),
        provider_template_id: None,
        content: to_json(&TemplateContent::default()),
        mapping: to_json(&Mapping::default()),
        quality: None,
        held: Held::default(),
        shelf: Shelf::default(),
        created_at: now,
        updated_at: now,
    };
    let act = act_of(&change);
    apply(&mut row, change, registry::find(&account.provider))?;
    name_is_free(tx, &row).await?;
    store::template::insert(tx, &row)
        .await
        .map_err(account::in_words)?;
    history::keep(tx, None, &row, by, act).await?;
    Ok(row)
}

/// Changes a template. Campaigns that were launched keep it as it was then. The second value says how many of those
/// still run, wait or are paused.
pub async fn update(
    app: &App,
    tx: &mut Tx,
    id: i64,
    change: Change,
    by: &Actor,
) -> Result<(TemplateRow, i64), AppError> {
    let before = row_to_change(tx, id).await?;
    let act = act_of(&change);
    update_row(app, tx, before, change, (by, act)).await
}

fn act_of(change: &Change) -> Act {
    if change.typed { Act::Typed } else { Act::Saved }
}

/// Whether no provider knows the template by its name and language.
fn name_and_language_are_ours(row: &TemplateRow) -> bool {
    [TemplateStatus::Draft, TemplateStatus::Rejected]
        .map(TemplateStatus::name)
        .contains(&row.status.as_str())
}

/// Changes a template that is locked.
async fn update_row(
    app: &App,
    tx: &mut Tx,
    before: TemplateRow,
    change: Change,
    (by, act): (&Actor, Act),
) -> Result<(TemplateRow, i64), AppError> {
    let id = before.id;
    version::as_read(
        tx,
        "template",
        (id, &before.name),
        before.updated_at,
        change.version,
    )
    .await?;
    if change.typed && before.status != TemplateStatus::Draft.name() {
        return Err(AppError::conflict(
            "template_not_draft",
            format!(
                "The template \"{}\" is {}: typing alone does not change it.",
                before.name, before.status
            ),
            "Save it when the change is meant.",
        ));
    }
    let mut after = before.clone();
    let renames = change.name.as_ref().is_some_and(|n| *n != before.name)
        || change.language.as_ref().is_some_and(|l| *l != before.language);
    if renames && !name_and_language_are_ours(&before) {
        return Err(AppError::conflict(
            "template_name_fixed",
            "The provider knows this template by its name and language, so they cannot change any more.",
            "Make a new template with the other name.",
        ));
    }
    let account = account::by_id(tx, before.account_id).await?;
    apply(&mut after, change, registry::find(&account.provider))?;
    let busy = busy(tx, id).await?;
    if after != before {
        after.updated_at = version::next(before.updated_at, app.now());
        name_is_free(tx, &after).await?;
        store::template::update(tx, &after)
            .await
            .map_err(account::in_words)?;
        history::keep(tx, Some(&before), &after, by, act).await?;
    }
    Ok((after, busy))
}

/// How many campaigns that were launched with it are not over.
async fn busy(tx: &mut Tx, id: i64) -> Result<i64, AppError> {
    let open = store::template_shelf::open(tx, id).await?;
    Ok(open.iter().filter(|(_, state)| *state != DRAFT).count() as i64)
}

async fn name_is_free(tx: &mut Tx, row: &TemplateRow) -> Result<(), AppError> {
    match store::template::by_name(tx, row.account_id, &row.name, &row.language).await? {
        Some(other) if other.id != row.id => Err(AppError::Invalid(vec![name_taken(&other)])),
        _ => Ok(()),
    }
}

fn name_taken(other: &TemplateRow) -> FieldProblem {
    let (name, language) = (&other.name, &other.language);
    let detail = match other.shelf.deleted_at {
        None => format!(
            "The account has a template \"{name}\" in {language} already. Choose another name or language."
        ),
        Some(_) => format!(
            "The account has a deleted template \"{name}\" in {language}. Restore it, delete it for good, or choose another name."
        ),
    };
    FieldProblem::new("/name", "taken", detail)
}

/// Lays a change over a row and checks the whole, also against what the provider of the account can carry.
fn apply(
    row: &mut TemplateRow,
    change: Change,
    provider: Option<&'static dyn Provider>,
) -> Result<(), AppError> {
    let old_content = content(row)?;
    let content = change.content.unwrap_or_else(|| old_content.clone());
    let mapping = match change.mapping {
        Some(mapping) => mapping,
        None => crate::domain::template::realign(&old_content, &content, &mapping(row)?),
    };
    let reworded = content != old_content;
    let named = (row.name.clone(), row.language.clone());
    row.name = change.name.unwrap_or(std::mem::take(&mut row.name));
    row.language = change.language.unwrap_or(std::mem::take(&mut row.language));
    if let Some(category) = change.category {
        row.category = category_name(category).into();
    }
    row.content = to_json(&content);
    row.mapping = to_json(&mapping);
    row.addressing = change.addressing.unwrap_or(std::mem::take(&mut row.addressing));
    if let Some(id) = change.provider_template_id {
        row.provider_template_id = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
    }
    let declared = change.status.is_some();
    let mut found = status_problems(row, change.status);
    if reworded && declared && row.status == TemplateStatus::Approved.name() {
        // Somebody says that the provider holds exactly this: newer than what it listed.
        row.held = Held::default();
    } else {
        drift::compare(row, &content)?;
    }
    if reworded && !declared && row.status != TemplateStatus::Draft.name() {
        row.status = TemplateStatus::Draft.name().into();
        row.status_detail = Some(
            "It was reworded after it went to the provider. Submit it again, or set its status to \"approved\" if the \
             provider holds exactly these words."
                .into(),
        );
    }
    if row.category.is_empty() && row.status == TemplateStatus::Draft.name() {
        let detail = "Choose a category: marketing, utility or authentication.";
        found.push(FieldProblem::new("/category", "required", detail));
    }
    if reworded || named != (row.name.clone(), row.language.clone()) {
        // What WhatsApp has approved is not ours to judge, apart from what could never be sent.
        let approved = row.status == TemplateStatus::Approved.name();
        let fatal = |code| {
            matches!(
                code,
                "required" | "too_long" | "placeholder" | "url" | "phone" | "name"
            )
        };
        let mut judged = problems(&row.name, &row.language, &content);
        // Where templates are made at the provider alone, names are too, such as `namespace:Name`.
        let made_there = provider.is_some_and(|p| !p.spec().can(Capability::TemplateCreate));
        if made_there && !row.name.trim().is_empty() && !row.language.trim().is_empty() {
            judged.retain(|p| !is_of_the_name(p));
        }
        found.extend(judged.into_iter().filter(|p| !approved || fatal(p.code)));
    }
    if let Some(provider) = provider {
        found.extend(unsupported(provider.spec(), &content, &mapping));
    }
    // Placeholders may be mapped later; a campaign is only launched when they are.
    found.extend(
        mapping_problems(&content, &mapping)
            .into_iter()
            .filter(|p| !matches!(p.code, "unmapped" | "needs_default")),
    );
    if found.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(found))
    }
}

fn is_of_the_name(problem: &FieldProblem) -> bool {
    matches!(problem.pointer.as_str(), "/name" | "/language")
}

fn status_problems(row: &mut TemplateRow, status: Option<String>) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if row.addressing != BY_TEXT && row.addressing != BY_ID {
        let detail = "Use \"text\" (the provider finds the template by the final text) or \"id\" (by provider_template_id).";
        found.push(FieldProblem::new("/addressing", "unknown", detail));
    }
    if row.addressing == BY_ID && row.provider_template_id.is_none() {
        let detail = "To address the template by id, give the id that the provider's console shows.";
        found.push(FieldProblem::new("/provider_template_id", "required", detail));
    }
    if let Some(status) = status {
        let ours = [
            TemplateStatus::Draft,
            TemplateStatus::Approved,
            TemplateStatus::Disabled,
        ]
        .map(TemplateStatus::name);
        if ours.contains(&status.as_str()) {
            if row.status != status {
                row.status_detail = None;
            }
            row.status = status;
        } else if row.status != status {
            let detail = "Set \"approved\" when the provider holds exactly this template, \"disabled\" to take it out of \
                          use, or \"draft\". Every other status comes from the provider: import the templates.";
            found.push(FieldProblem::new("/status", "not_yours", detail));
        }
    }
    found
}

/// Stable name of a category.
pub fn category_name(category: Category) -> &'static str {
    match category {
        Category::Marketing => "marketing",
        Category::Utility => "utility",
        Category::Authentication => "authentication",
    }
}

/// The category of this name.
pub fn category(name: &str) -> Option<Category> {
    [Category::Marketing, Category::Utility, Category::Authentication]
        .into_iter()
        .find(|c| category_name(*c) == name)
}

/// How a template would look.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The message, when it can be made.
    pub message: Option<TemplateMessage>,
    /// What is wrong with template, mapping or values.
    pub problems: Vec<FieldProblem>,
}

/// Fills a template for one person, or with its defaults.
pub fn preview(content: TemplateContent, mapping: Mapping, person: Option<&Person<'_>>) -> Preview {
    // Name and language are not part of the picture.
    let mut found = problems("preview", "en", &content);
    found.extend(mapping_problems(&content, &mapping));
    let frozen = Frozen {
        name: "preview".into(),
        language: "en".into(),
        provider_template_id: None,
        mapping: if person.is_some() {
            mapping
        } else {
            fallbacks(&mapping)
        },
        content,
    };
    match fill(&frozen, &|name| person.and_then(|p| p.text(name))) {
        Ok((_, message)) => Preview {
            message: Some(message),
            problems: found,
        },
        Err(why) => {
            if found.is_empty() {
                let detail = format!("{why}. Give this person the value, or the placeholder another source.");
                found.push(FieldProblem::new("/mapping", "missing_value", detail));
            }
            Preview {
                message: None,
                problems: found,
            }
        }
    }
}
