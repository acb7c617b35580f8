//! People found by what a person types and chooses, with bounded work.

use std::collections::{BTreeSet, HashSet};

use super::{App, AppError};
use crate::domain::attributes::Attributes;
use crate::domain::audience::{Condition, Person, problems_of};
use crate::domain::phone;
use crate::domain::variant::names;
use crate::store::conversation::{ConversationRow, of_phones};
use crate::store::find::{self, Wanted};
use crate::store::profile::{self, CONSENTS, ProfileRow};
use crate::store::{StoreError, Tx, from_json};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Looked {
    /// Name, identity or number begins with this.
    pub search: Option<String>,
    /// Consent and list.
    pub wanted: Wanted,
    /// All of these hold, as for the audience of a campaign.
    pub conditions: Vec<Condition>,
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

/// People that one page with conditions looks at.
pub const WINDOW: i64 = 10_000;
/// People that are read at once to see whether conditions hold.
const CHUNK: i64 = 1_000;

/// Finds people, newest first, ids below `before`. With a search, the newest of the first [`MOST`] by name, by identity and
/// by number. With conditions it looks at [`WINDOW`] people, so that a page may be short although there is a next one.
pub async fn page(
    app: &App,
    tx: &mut Tx,
    looked: &Looked,
    before: i64,
    limit: i64,
) -> Result<Found, AppError> {
    let (found, _) = page_within(app, tx, looked, before, limit, WINDOW).await?;
    Ok(found)
}

/// [`page`] that looks at so many people when there are conditions, and says at how many it did.
pub async fn page_within(
    app: &App,
    tx: &mut Tx,
    looked: &Looked,
    before: i64,
    limit: i64,
    window: i64,
) -> Result<(Found, i64), AppError> {
    if looked.conditions.is_empty() {
        let found = whole(app, tx, looked, before, limit).await?;
        let seen = found.rows.len() as i64;
        return Ok((found, seen));
    }
    let (mut rows, mut seen, mut spent, mut at) = (Vec::new(), 0, 0, before);
    loop {
        let chunk = CHUNK.min(window - spent);
        let found = whole(app, tx, looked, at, chunk).await?;
        let got = found.rows.len() as i64;
        for row in found.rows {
            at = row.id;
            seen += 1;
            if fits(&row, &looked.conditions)? {
                rows.push(row);
            }
            if rows.len() as i64 == limit {
                let next = Some(at);
                let partial = found.partial;
                return Ok((Found { rows, next, partial }, seen));
            }
        }
        // A short part that is not the last has looked through as many as a page may.
        spent = if got < chunk { window } else { spent + got };
        let next = found.next;
        if next.is_none() || spent >= window {
            let partial = found.partial;
            return Ok((Found { rows, next, partial }, seen));
        }
        at = next.unwrap_or(at);
    }
}

/// Do all of these hold for a person? Campaigns ask the same.
pub fn fits(row: &ProfileRow, conditions: &[Condition]) -> Result<bool, StoreError> {
    let attributes: Attributes = from_json("attributes", &row.attributes)?;
    let person = Person {
        identity: &row.identity,
        phone: row.phone.as_deref(),
        name: row.name.as_deref(),
        opt_in: row.opt_in,
        suppressed: false,
        attributes: &attributes,
    };
    Ok(conditions.iter().all(|condition| condition.holds(&person)))
}

/// Without conditions.
async fn whole(app: &App, tx: &mut Tx, looked: &Looked, before: i64, limit: i64) -> Result<Found, AppError> {
    let Looked { search, wanted, .. } = looked;
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

/// Conversations with people whose name, identity or number begins with this, the liveliest first; and whether there may be more.
pub async fn conversations(
    app: &App,
    tx: &mut Tx,
    search: &str,
    most: usize,
) -> Result<(Vec<ConversationRow>, bool), StoreError> {
    let (ids, partial) = candidates(app, tx, search).await?;
    let phones = find::phones(tx, &ids).await?;
    let names: BTreeSet<String> = phones.iter().flat_map(|phone| names(phone)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut rows = of_phones(tx, &names, most as i64 + 1).await?;
    let more = partial || rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
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

/// How many people are looked for, whether conditions hold or not; unless `exact`, an estimate where counting takes long.
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

/// Below this, everybody is looked at at once.
pub(super) const LITTLE: i64 = 20_000;
/// Places of an even sample of all people, and people who are looked at at each.
const PLACES: i64 = 50;
pub(super) const AT_EACH: i64 = 100;

/// Profiles after which to look at [`AT_EACH`] people for an even sample of these people, of whom there are `all`. Places are about
/// so many people apart, and not so much time: a file of a million is one moment. Not always as many: what comes again and again in
/// a file would always be met, or never.
pub(super) async fn places(tx: &mut Tx, list: Option<i64>, all: i64) -> Result<Vec<i64>, StoreError> {
    let apart = (all / PLACES).max(AT_EACH);
    // Multiples of the golden ratio lie evenly, and two in a row far from each other.
    let offset = |n: i64| (309 + n * 618) % 1_000 * apart / 1_000;
    let mut places = Vec::new();
    let walks = match list {
        Some(list) => vec![find::Walk::List(list)],
        None => CONSENTS.map(find::Walk::Consent).into(),
    };
    for walk in walks {
        let mut n = 0;
        let mut next = find::ahead(tx, walk, 0, offset(n)).await?;
        while let Some(id) = next {
            places.push(id - 1);
            n += 1;
            let over = apart + offset(n) - offset(n - 1) - 1;
            next = find::ahead(tx, walk, id, over).await?;
        }
    }
    Ok(places)
}

/// People in one read transaction.
const SLICE: i64 = 2_000;

/// For how many people conditions hold; unless `exact`, an estimate by a sample where there are many. Each part has a
/// transaction of its own.
pub async fn count_fitting(app: &App, looked: &Looked, exact: bool) -> Result<Count, AppError> {
    let mut tx = app.db.read().await?;
    if let Some(search) = &looked.search {
        let (ids, partial) = candidates(app, &mut tx, search).await?;
        let rows = find::among(&mut tx, &ids, looked.wanted, i64::MAX, i64::MAX).await?;
        let (_, count) = tally(&rows, looked)?;
        return Ok(Count {
            count,
            exact: !partial,
        });
    }
    let base = Looked {
        wanted: Wanted {
            consent: None,
            ..looked.wanted
        },
        ..Looked::default()
    };
    let all = count(app, &mut tx, &base, false).await?.count;
    if !exact && all > LITTLE {
        let (mut seen, mut fitting) = (0, 0);
        let list = looked.wanted.list;
        for place in places(&mut tx, list, all).await? {
            let rows = profile::slice(&mut tx, place, i64::MAX, list, AT_EACH).await?;
            let (of, those) = tally(&rows, looked)?;
            seen += of;
            fitting += those;
        }
        let share = fitting as f64 / seen.max(1) as f64;
        return Ok(Count {
            count: rounded((share * all as f64) as i64),
            exact: false,
        });
    }
    drop(tx);
    let (mut total, mut after) = (0, 0);
    loop {
        let mut tx = app.db.read().await?;
        let rows = profile::slice(&mut tx, after, i64::MAX, looked.wanted.list, SLICE).await?;
        drop(tx);
        total += tally(&rows, looked)?.1;
        match rows.last() {
            Some(last) if rows.len() as i64 >= SLICE => after = last.id,
            _ => break,
        }
    }
    Ok(Count {
        count: total,
        exact: true,
    })
}

/// How many people there are, and how many of them are looked for.
fn tally(rows: &[ProfileRow], looked: &Looked) -> Result<(i64, i64), StoreError> {
    let mut fitting = 0;
    for row in rows {
        let consents = looked.wanted.consent.is_none_or(|consent| consent == row.opt_in);
        if consents && fits(row, &looked.conditions)? {
            fitting += 1;
        }
    }
    Ok((rows.len() as i64, fitting))
}

/// Two digits: a sample knows no more.
fn rounded(count: i64) -> i64 {
    let mut step = 1;
    while count / step >= 100 {
        step *= 10;
    }
    (count + step / 2) / step * step
}

/// What is wrong with conditions; pointers begin with `at`.
pub fn check(conditions: &[Condition], at: &str) -> Result<(), AppError> {
    let problems = problems_of(conditions, at);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn an_estimate_has_two_digits() {
        for (count, told) in [
            (0, 0),
            (7, 7),
            (99, 99),
            (104, 100),
            (155, 160),
            (1_234_567, 1_200_000),
        ] {
            assert_eq!(rounded(count), told, "{count}");
        }
    }
}
