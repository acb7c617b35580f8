//! People found by what a person types and chooses, with bounded work.

use std::collections::{BTreeSet, HashSet};

use super::{App, AppError};
use crate::domain::phone;
use crate::store::find::{self, Wanted};
use crate::store::profile::{self, ProfileRow};
use crate::store::{StoreError, Tx};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Name, identity or number begins with this.
    pub search: Option<String>,
    /// Consent and list.
    pub wanted: Wanted,
}

/// A page of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<ProfileRow>,
    /// The next page has ids below this one; `None` on the last.
    pub next: Option<i64>,
    /// Not everybody who matches was looked at: more letters find the others.
    pub partial: bool,
}

/// People that each way to find them by a beginning gives at most.
const MOST: i64 = 2_000;

/// Finds people, newest first, ids below `before`. With a search, the newest of the first [`MOST`] by name, by identity and
/// by number.
pub async fn page(
    app: &App,
    tx: &mut Tx,
    looked: &Looked,
    before: i64,
    limit: i64,
) -> Result<Found, AppError> {
    let Looked { search, wanted } = looked;
    let full = |rows: Vec<ProfileRow>| Found {
        next: (rows.len() as i64 >= limit)
            .then(|| rows.last().map(|row| row.id))
            .flatten(),
        rows,
        partial: false,
    };
    if let Some(search) = search {
        let (ids, partial) = candidates(app, tx, search).await?;
        let rows = find::among(tx, &ids, *wanted, before, limit).await?;
        return Ok(Found {
            partial,
            ..full(rows)
        });
    }
    Ok(match (wanted.list, wanted.consent) {
        (Some(list), consent) => {
            let (rows, next) = find::of_list(tx, list, consent, before, limit).await?;
            Found {
                rows,
                next,
                partial: false,
            }
        }
        (None, Some(consent)) => full(find::of_consent(tx, consent, before, limit).await?),
        (None, None) => full(profile::page(tx, before, limit).await?),
    })
}

/// People whom a search may mean, and whether there are more of them.
async fn candidates(app: &App, tx: &mut Tx, search: &str) -> Result<(Vec<i64>, bool), StoreError> {
    let mut ids: HashSet<i64> = HashSet::new();
    let mut partial = false;
    let mut take = |found: Vec<i64>| {
        partial |= found.len() as i64 >= MOST;
        ids.extend(found);
    };
    for begins in spellings(search) {
        take(find::by_name(tx, &begins, MOST).await?);
        take(find::by_identity(tx, &begins, MOST).await?);
    }
    for begins in phone::beginnings(search, &app.config.default_region) {
        take(find::by_phone(tx, &begins, MOST).await?);
    }
    let mut ids: Vec<i64> = ids.into_iter().collect();
    ids.sort_unstable();
    Ok((ids, partial))
}

/// People of one name that are looked for among others, such as the recipients of a campaign: many more, because most of
/// them may not be there.
const NAMED: i64 = 50_000;

/// People whose name begins with this, for other lists of people: [`NAMED`] at most.
pub(super) async fn named(tx: &mut Tx, search: &str) -> Result<(Vec<i64>, bool), StoreError> {
    let mut ids = Vec::new();
    let mut partial = false;
    for begins in spellings(search) {
        let found = find::by_name(tx, &begins, NAMED).await?;
        partial |= found.len() as i64 >= NAMED;
        ids.extend(found);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok((ids, partial))
}

/// Engines differ in the letters that they make small: ASCII only, or all.
fn spellings(search: &str) -> BTreeSet<String> {
    let small = search.to_lowercase();
    let mut letters = small.chars();
    let great: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    [search.to_ascii_lowercase(), great.to_ascii_lowercase(), small].into()
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// People.
    pub count: i64,
    /// False: about so many.
    pub exact: bool,
}

/// Below this, PostgreSQL counts as fast as it guesses.
const FEW: i64 = 100_000;

/// How many people are looked for; unless `exact`, an estimate where counting takes long.
pub async fn count(app: &App, tx: &mut Tx, looked: &Looked, exact: bool) -> Result<Count, AppError> {
    let wanted = looked.wanted;
    if let Some(search) = &looked.search {
        let (ids, partial) = candidates(app, tx, search).await?;
        let rows = find::among(tx, &ids, wanted, i64::MAX, i64::MAX).await?;
        return Ok(Count {
            count: rows.len() as i64,
            exact: !partial,
        });
    }
    if !exact {
        match (wanted.list, wanted.consent) {
            (None, consent) => {
                if let Some(count) = find::estimate(tx, consent).await?.filter(|n| *n >= FEW) {
                    return Ok(Count { count, exact: false });
                }
            }
            (Some(list), Some(consent)) => {
                let (seen, with) = find::count_window(tx, list, consent).await?;
                let size = crate::store::list::size(tx, list).await?;
                return Ok(Count {
                    count: if seen == 0 { 0 } else { with * size / seen },
                    exact: size <= seen,
                });
            }
            (Some(_), None) => {}
        }
    }
    Ok(Count {
        count: find::count(tx, wanted).await?,
        exact: true,
    })
}
