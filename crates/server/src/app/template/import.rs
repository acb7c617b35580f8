//! Taking over the templates that the provider holds.

use std::collections::{HashMap, HashSet};

use harkara_provider::{TemplateStatus, TemplateSummary};

use super::drift::hold;
use super::{Act, BY_ID, BY_TEXT, category_name, history};
use crate::app::account::{self, provider_trouble};
use crate::app::audit::Actor;
use crate::app::{App, AppError, version};
use crate::domain::template::{Mapping, TemplateContent, realign, says_the_same, unmapped};
use crate::engine::Engine;
use crate::store::template::{Shelf, TemplateRow};
use crate::store::{self, Tx, from_json, to_json};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Templates that are new here.
    pub created: usize,
    /// Templates whose text, status or quality changed.
    pub updated: usize,
    /// Templates that were the same.
    pub unchanged: usize,
    /// Templates that say something else than here: what was written here stays until somebody takes theirs over.
    pub differing: usize,
    /// Sentences about what needs a person.
    pub problems: Vec<String>,
}

/// Lists the provider's templates and takes them over by name and language. What people mapped here stays; new
/// placeholders stay open, and are named. Words that somebody changed here stay too, and are told. Holds no transaction while it
/// waits for the provider.
pub async fn import(
    app: &App,
    engine: &Engine,
    account_id: i64,
    by: &Actor,
) -> Result<ImportReport, AppError> {
    let mut tx = app.db.read().await?;
    let loaded = account::load(app, &mut tx, account_id).await?;
    let now = app.now();
    drop(tx);
    account::not_archived(&loaded.row)?;
    let (list, _) = engine
        .run(|prior| loaded.provider.list_templates(&loaded.account, now, prior))
        .await
        .map_err(|e| provider_trouble(&loaded.row.nickname, e))?;
    let mut report = ImportReport {
        problems: list.problems,
        ..ImportReport::default()
    };
    let complete = report.problems.is_empty();
    let mut tx = app.db.write().await?;
    let ours = store::template::lock_of_account(&mut tx, account_id).await?;
    let mut ours: HashMap<(String, String), TemplateRow> = ours
        .into_iter()
        .map(|row| ((row.name.clone(), row.language.clone()), row))
        .collect();
    let mut put_away = 0;
    for summary in once_each(list.templates, &mut report.problems) {
        let before = ours.remove(&(summary.name.clone(), summary.language.clone()));
        // What somebody deleted here does not come back by itself.
        if before.as_ref().is_some_and(|row| row.shelf.deleted_at.is_some()) {
            put_away += 1;
            continue;
        }
        take(app, &mut tx, (account_id, by), before, summary, &mut report).await?;
    }
    if put_away > 0 {
        report.problems.push(format!(
            "{put_away} template(s) that the provider holds were deleted here, and stay so until somebody restores them."
        ));
    }
    if complete {
        report.problems.extend(gone(&ours));
    }
    tx.commit().await?;
    Ok(report)
}

/// A vendor can list a name and language twice, for instance a refused one beside its successor: the usable one counts.
fn once_each(mut templates: Vec<TemplateSummary>, problems: &mut Vec<String>) -> Vec<TemplateSummary> {
    templates.sort_by_key(|t| t.status != TemplateStatus::Approved);
    let mut seen = HashSet::new();
    templates.retain(|t| {
        let first = seen.insert((t.name.clone(), t.language.clone()));
        if !first {
            problems.push(format!(
                "The provider lists {} ({}) more than once; the one that is {} was left out.",
                t.name,
                t.language,
                t.status.name()
            ));
        }
        first
    });
    templates
}

fn gone(left: &HashMap<(String, String), TemplateRow>) -> Vec<String> {
    let mut gone: Vec<String> = left
        .values()
        .filter(|row| row.status == TemplateStatus::Approved.name() && row.shelf.deleted_at.is_none())
        .map(|row| {
            format!(
                "{} ({}) is approved here, but the provider does not list it. Check its name, or set it to \"disabled\".",
                row.name, row.language
            )
        })
        .collect();
    gone.sort_unstable();
    gone
}

/// Whether somebody wrote other words here than the provider listed before, as far as that is known.
fn written_here(row: &TemplateRow) -> bool {
    row.held.theirs.is_none() || row.held.differs == 1
}

fn disabled_here(row: &TemplateRow) -> bool {
    let disabled = TemplateStatus::Disabled.name();
    let there = row.held.theirs_status.as_deref();
    row.status == disabled && there.is_some_and(|status| status != disabled)
}

async fn take(
    app: &App,
    tx: &mut Tx,
    (account_id, by): (i64, &Actor),
    before: Option<TemplateRow>,
    summary: TemplateSummary,
    report: &mut ImportReport,
) -> Result<(), AppError> {
    let old: TemplateContent = match &before {
        Some(row) => from_json("template content", &row.content)?,
        None => TemplateContent::default(),
    };
    let old_mapping: Mapping = match &before {
        Some(row) => from_json("template mapping", &row.mapping)?,
        None => Mapping::default(),
    };
    let listed = TemplateContent {
        header: summary.header,
        body: summary.body,
        footer: summary.footer,
        buttons: summary.buttons,
        offer: summary.offer,
        cards: summary.cards,
    };
    let same = says_the_same(&old, &listed, summary.buttons_known);
    let content = match &before {
        // What differs by names of placeholders alone stays as it is here, and so does what somebody changed.
        Some(row) if same || written_here(row) => old.clone(),
        _ if summary.buttons_known => listed.clone(),
        _ => TemplateContent {
            buttons: old.buttons.clone(),
            ..listed.clone()
        },
    };
    let held = hold(&content, &listed, summary.status.name(), summary.buttons_known);
    let differs = held.differs == 1;
    let mapping = realign(&old, &content, &old_mapping);
    let known = before.as_ref();
    // A by-id template may carry an id that was typed in from the vendor's console, where the list has another one.
    let typed = known
        .filter(|row| row.addressing == BY_ID)
        .and_then(|row| row.provider_template_id.clone());
    let (status, status_detail) = match known {
        // What was approved is not what the draft says, and who took a template out of use here was not the provider.
        Some(row) if differs && row.status == TemplateStatus::Draft.name() || disabled_here(row) => {
            (row.status.clone(), row.status_detail.clone())
        }
        _ => (summary.status.name().to_owned(), summary.status_detail),
    };
    let now = app.now();
    let mut after = TemplateRow {
        id: known.map_or_else(|| app.id(), |row| row.id),
        account_id,
        category: summary.category.map_or_else(
            || known.map(|row| row.category.clone()).unwrap_or_default(),
            |c| category_name(c).to_owned(),
        ),
        status,
        status_detail,
        addressing: known.map_or_else(|| BY_TEXT.to_owned(), |row| row.addressing.clone()),
        provider_template_id: typed.or(Some(summary.provider_template_id)),
        content: to_json(&content),
        mapping: to_json(&mapping),
        quality: summary.quality,
        held,
        shelf: known.map_or_else(Shelf::default, |row| row.shelf.clone()),
        created_at: known.map_or(now, |row| row.created_at),
        updated_at: known.map_or(now, |row| row.updated_at),
        name: summary.name,
        language: summary.language,
    };
    let shown = format!("{} ({})", after.name, after.language);
    if !summary.buttons_known && content.buttons.is_empty() && !differs {
        report.problems.push(format!(
            "{shown} has buttons that the provider does not list. Add them to the template here, exactly as approved."
        ));
    }
    if differs {
        report.differing += 1;
        report.problems.push(format!(
            "{shown} says something else here than at the provider, which may refuse it as it is here. Compare the two, and take \
             over what the provider holds."
        ));
    }
    match before {
        None => {
            store::template::insert(tx, &after)
                .await
                .map_err(account::in_words)?;
            history::keep(tx, None, &after, by, Act::Imported).await?;
            report.created += 1;
        }
        Some(row) => {
            // What is only noted of the provider is no change of the template.
            let noted = TemplateRow {
                held: after.held.clone(),
                ..row.clone()
            };
            let changed = noted != after;
            if changed {
                after.updated_at = version::next(row.updated_at, now);
            }
            if row != after {
                store::template::update(tx, &after).await?;
                history::keep(tx, Some(&row), &after, by, Act::Imported).await?;
            }
            report.updated += usize::from(changed && !differs);
            report.unchanged += usize::from(!changed && !differs);
        }
    }
    let open = unmapped(&content, &mapping);
    if !open.is_empty() && summary.status == TemplateStatus::Approved {
        report.problems.push(format!(
            "{shown}: map {} placeholder(s) before it can be sent: {}.",
            open.len(),
            open.join("; ")
        ));
    }
    Ok(())
}
