//! Opting out and in, by number and across profiles. These are the only acts that suppress a number or lift that: no
//! import and no upload of profiles undoes an opt-out.

use std::collections::HashSet;

use super::App;
use crate::clock::Millis;
use crate::domain::variant::names;
use crate::store::consent::{self, ConsentRow, SuppressionRow};
use crate::store::profile::{OPTED_IN, OPTED_OUT};
use crate::store::{StoreError, Tx};

/// One opt-out for [`opt_out_many`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// E.164 with `+`.
    pub phone: String,
    /// Its proof, in words.
    pub detail: Option<String>,
}

/// The person at this number does not want messages: the number is suppressed, every profile that shares it is opted
/// out. Repeating it changes nothing. Answers whether something changed.
pub async fn opt_out(
    app: &App,
    tx: &mut Tx,
    phone: &str,
    source: &str,
    detail: Option<&str>,
    at: Millis,
) -> Result<bool, StoreError> {
    let act = OptOut {
        phone: phone.to_owned(),
        detail: detail.map(str::to_owned),
    };
    Ok(opt_out_many(app, tx, &[act], source, at).await? > 0)
}

/// [`opt_out`] for many numbers at once. Answers for how many something changed.
pub async fn opt_out_many(
    app: &App,
    tx: &mut Tx,
    acts: &[OptOut],
    source: &str,
    at: Millis,
) -> Result<usize, StoreError> {
    let mut rows: Vec<SuppressionRow> = Vec::with_capacity(acts.len());
    let mut seen = HashSet::new();
    for act in acts {
        if seen.insert(act.phone.as_str()) {
            rows.push(SuppressionRow {
                phone: act.phone.clone(),
                source: source.to_owned(),
                detail: act.detail.clone(),
                at,
            });
        }
    }
    let mut changed = consent::suppress(tx, &rows).await?;
    changed.extend(consent::opt_out_profiles(tx, &in_every_way(&rows)).await?);
    let history: Vec<ConsentRow> = rows
        .into_iter()
        .filter(|row| names(&row.phone).iter().any(|name| changed.contains(name)))
        .map(|row| ConsentRow {
            id: app.id(),
            phone: Some(row.phone),
            profile_id: None,
            action: OPTED_OUT,
            source: row.source,
            detail: row.detail,
            at,
        })
        .collect();
    consent::record(tx, &history).await?;
    Ok(history.len())
}

/// The rows for every way in which their numbers are written, each number once: an opt-out is of the person, whatever
/// number the profile has. (What suppresses is kept once, and asked for in every way.)
fn in_every_way(rows: &[SuppressionRow]) -> Vec<SuppressionRow> {
    let mut seen = HashSet::new();
    let all = rows.iter().flat_map(|row| {
        let again = |phone| SuppressionRow { phone, ..row.clone() };
        names(&row.phone).into_iter().map(again)
    });
    all.filter(|row| seen.insert(row.phone.clone())).collect()
}

/// The person at this number wants messages, by an explicit act: the suppression is lifted, every profile that shares
/// the number is opted in. Repeating it changes nothing. Answers whether something changed.
pub async fn opt_in(
    app: &App,
    tx: &mut Tx,
    phone: &str,
    source: &str,
    detail: Option<&str>,
    at: Millis,
) -> Result<bool, StoreError> {
    let lifted = consent::lift(tx, &[phone]).await?;
    let mut changed = 0;
    for name in names(phone) {
        changed += consent::opt_in_profiles(tx, &name, source, at).await?;
    }
    if lifted == 0 && changed == 0 {
        return Ok(false);
    }
    let row = ConsentRow {
        id: app.id(),
        phone: Some(phone.to_owned()),
        profile_id: None,
        action: OPTED_IN,
        source: source.to_owned(),
        detail: detail.map(str::to_owned),
        at,
    };
    consent::record(tx, &[row]).await?;
    Ok(true)
}
