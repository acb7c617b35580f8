//! Who of a slice of people is on a list, or got a campaign: asked for a few hundred people at a time, by index.

use std::collections::HashSet;

use super::db::on;
use super::dialect::Batch;
use super::{StoreError, Tx, to_json};

const ON_LISTS: Batch = Batch {
    sqlite: "
SELECT DISTINCT profile_id
FROM list_entry
WHERE list_id IN (SELECT value FROM json_each($1)) AND profile_id IN (SELECT value FROM json_each($2))",
    postgres: "
SELECT DISTINCT profile_id
FROM list_entry
WHERE list_id = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)))
    AND profile_id = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST($2 AS json)) AS BIGINT)))",
};

/// Those of these profiles that are on any of these lists.
pub async fn on_lists(tx: &mut Tx, lists: &[i64], profiles: &[i64]) -> Result<HashSet<i64>, StoreError> {
    if lists.is_empty() || profiles.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = tx.dialect().pick(&ON_LISTS);
    let found: Vec<i64> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(to_json(lists)).bind(to_json(profiles)).fetch_all(c).await)?;
    Ok(found.into_iter().collect())
}

/// Accepted at once, or when it was sent again; and not failed since.
macro_rules! got {
    ($campaigns:literal, $phones:literal) => {
        concat!(
            "
SELECT DISTINCT m.phone
FROM message m
WHERE m.campaign_id IS NOT NULL AND m.campaign_id ",
            $campaigns,
            " AND m.phone ",
            $phones,
            "
    AND (m.state IN (30, 40, 50) OR (m.state IN (25, 35) AND EXISTS (
        SELECT 1
        FROM resent r
        JOIN message again ON again.id = r.resent_as
        WHERE r.message_id = m.id AND again.state IN (30, 40, 50))))"
        )
    };
}

const GOT: Batch = Batch {
    sqlite: got!(
        "IN (SELECT value FROM json_each($1))",
        "IN (SELECT value FROM json_each($2))"
    ),
    postgres: got!(
        "= ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)))",
        "= ANY(ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))"
    ),
};

/// Those of these numbers that got any of these campaigns.
pub async fn got(tx: &mut Tx, campaigns: &[i64], phones: &[&str]) -> Result<HashSet<String>, StoreError> {
    if campaigns.is_empty() || phones.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = tx.dialect().pick(&GOT);
    let found: Vec<String> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(to_json(campaigns)).bind(to_json(phones)).fetch_all(c).await)?;
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn who_is_left_out_is_found_person_by_person() {
        for (sql, wanted) in [
            (
                ON_LISTS.sqlite,
                "SEARCH list_entry USING PRIMARY KEY (list_id=? AND profile_id=?)",
            ),
            (
                GOT.sqlite,
                "SEARCH m USING INDEX message_once (campaign_id=? AND phone=?)",
            ),
        ] {
            let plan = steps(sql).await;
            assert!(has(&plan, wanted), "{plan:#?}");
        }
    }
}
