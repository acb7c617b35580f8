//! Templates in lists: in an order, with what campaigns made of them; deleted, restored, and gone for good.

use super::campaign_list::containing;
use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::news::Topic::Template;
use super::template::TemplateRow;
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// Which templates of the list.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// Of this account; 0 for all.
    pub account_id: i64,
    /// In this status; empty for all.
    pub status: &'a str,
    /// A part of the name; empty for all.
    pub search: &'a str,
    /// Whether it says something else than at the provider.
    pub differs: Option<bool>,
    /// Of this category; empty for all.
    pub category: &'a str,
    /// In this language; empty for all.
    pub language: &'a str,
    /// Those that were deleted and can be restored, in place of those that were not.
    pub deleted: bool,
}

/// In which order, and behind which row: the page before ended with it.
#[derive(Debug, Clone, Copy)]
pub enum After<'a> {
    /// Newest first, ids below this.
    Newest(i64),
    /// By name, account and language.
    Name(&'a str, i64, &'a str),
    /// What a campaign was begun with last, then newest: last sent and id.
    LastSent(i64, i64),
}

macro_rules! page {
    ($after:literal, $order:literal) => {
        concat!(
            "
SELECT *
FROM template
WHERE ($1 = 0 OR account_id = $1) AND ($2 = '' OR status = $2) AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!')
    AND ($4 < 0 OR differs = $4) AND ($5 = '' OR category = $5) AND ($6 = '' OR language = $6)
    AND purged = 0 AND ($7 = 1 AND deleted_at IS NOT NULL OR $7 = 0 AND deleted_at IS NULL)
    AND ",
            $after,
            "
ORDER BY ",
            $order,
            "
LIMIT $8"
        )
    };
}

const NEWEST: &str = page!("id < $9", "id DESC");
const BY_NAME: Batch = Batch {
    sqlite: page!(
        "(name, account_id, language) > ($9, $10, $11)",
        "name, account_id, language"
    ),
    postgres: page!(
        "(name COLLATE \"C\", account_id, language COLLATE \"C\") > ($9, $10, $11)",
        "name COLLATE \"C\", account_id, language COLLATE \"C\""
    ),
};
const LAST_SENT: &str = page!("(last_sent_at, id) < ($9, $10)", "last_sent_at DESC, id DESC");

/// A page of templates.
pub async fn list(
    tx: &mut Tx,
    after: After<'_>,
    wanted: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<TemplateRow>, StoreError> {
    let sql = match after {
        After::Newest(_) => NEWEST,
        After::Name(..) => tx.dialect().pick(&BY_NAME),
        After::LastSent(..) => LAST_SENT,
    };
    let search = containing(&wanted.search.to_lowercase());
    Ok(on!(tx, c => {
        let page = sqlx::query_as::<_, TemplateRow>(sql)
            .bind(wanted.account_id).bind(wanted.status).bind(search).bind(wanted.differs.map_or(-1, i16::from))
            .bind(wanted.category).bind(wanted.language).bind(i16::from(wanted.deleted)).bind(limit);
        let page = match after {
            After::Newest(id) => page.bind(id),
            After::Name(name, account, language) => page.bind(name).bind(account).bind(language),
            After::LastSent(at, id) => page.bind(at).bind(id),
        };
        page.fetch_all(c).await
    })?)
}

const USES: Batch = in_numbers!(
    "
SELECT template_id, state, COUNT(*), COUNT(CASE WHEN launched_at >= $2 THEN 1 END)
FROM campaign
WHERE template_id IN",
    "
GROUP BY template_id, state"
);

/// How many campaigns were made with these templates: template, state, how many, and how many of them began since `since`.
pub async fn uses(tx: &mut Tx, ids: &[i64], since: Millis) -> Result<Vec<(i64, i16, i64, i64)>, StoreError> {
    let sql = tx.dialect().pick(&USES);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).bind(since).fetch_all(c).await)?)
}

const COUNTS: Batch = in_numbers!(
    "
SELECT c.template_id, k.bucket, CAST(SUM(k.n) AS BIGINT)
FROM campaign c
JOIN campaign_count k ON k.campaign_id = c.id
WHERE c.launched_at >= $2 AND c.template_id IN",
    "
GROUP BY c.template_id, k.bucket"
);

/// The funnels of campaigns that began since `since`, added up by template: template, bucket and number of messages.
pub async fn counts(tx: &mut Tx, ids: &[i64], since: Millis) -> Result<Vec<(i64, i16, i64)>, StoreError> {
    let sql = tx.dialect().pick(&COUNTS);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).bind(since).fetch_all(c).await)?)
}

const OPEN: &str = "
SELECT name, state
FROM campaign
WHERE template_id = $1 AND state IN (1, 2, 3, 4)
ORDER BY state DESC, id DESC";

/// Drafts and campaigns that are not over: name and state, what runs before what is being written.
pub async fn open(tx: &mut Tx, id: i64) -> Result<Vec<(String, i16)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(OPEN).bind(id).fetch_all(c).await)?)
}

const SENT: &str = "
UPDATE template
SET last_sent_at = $2
WHERE id = $1 AND last_sent_at < $2";

/// A campaign begins with it.
pub async fn sent(tx: &mut Tx, id: i64, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SENT).bind(id).bind(now).execute(c).await.map(drop))?;
    tx.note(Template, id);
    Ok(())
}

const SET_DELETED: &str = "
UPDATE template
SET deleted_at = $2,
    updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END
WHERE id = $1";

/// Puts it away since `at`, or takes it back.
pub async fn set_deleted(tx: &mut Tx, id: i64, at: Option<Millis>, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_DELETED).bind(id).bind(at).bind(now).execute(c).await.map(drop))?;
    tx.note(Template, id);
    Ok(())
}

const FORGET: &str = "
DELETE FROM template
WHERE deleted_at IS NOT NULL AND deleted_at < $1 AND ($2 = 0 OR id = $2)
    AND NOT EXISTS (SELECT 1 FROM campaign c WHERE c.template_id = template.id)";

// The name is free for another template; `plain_name` takes the mark off again.
const PURGE: &str = "
UPDATE template
SET purged = 1,
    name = name || '~' || CAST(id AS TEXT)
WHERE deleted_at IS NOT NULL AND purged = 0 AND deleted_at < $1 AND ($2 = 0 OR id = $2)";

/// Those deleted before this moment (only `id`, unless it is 0) are gone for good. Those that campaigns were made with stay for
/// their record alone.
pub async fn purge(tx: &mut Tx, before: Millis, id: i64) -> Result<(), StoreError> {
    for sql in [FORGET, PURGE] {
        on!(tx, c => sqlx::query(sql).bind(before).bind(id).execute(c).await.map(drop))?;
    }
    if id != 0 {
        tx.note(Template, id);
    }
    Ok(())
}

/// The name that it had before it was gone for good.
pub fn plain_name(row: &TemplateRow) -> &str {
    let mark = format!("~{}", row.id);
    let name = row.name.as_str();
    match row.shelf.purged {
        0 => name,
        _ => name.strip_suffix(&mark).unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn what_campaigns_made_of_a_template_is_looked_up_by_the_template() {
        for sql in [USES.sqlite, COUNTS.sqlite, OPEN] {
            let plan = steps(sql).await;
            let walks = plan
                .iter()
                .any(|step| step.starts_with("SCAN campaign") || step.starts_with("SCAN c"));
            assert!(!walks, "{plan:#?}");
        }
        let plan = steps(BY_NAME.sqlite).await;
        assert!(
            has(&plan, "SEARCH template USING INDEX template_by_name"),
            "{plan:#?}"
        );
        let plan = steps(LAST_SENT).await;
        assert!(
            has(&plan, "SEARCH template USING INDEX template_last_sent"),
            "{plan:#?}"
        );
    }
}
