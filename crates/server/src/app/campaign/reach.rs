//! How many people a campaign would reach, and who is left out and why: the very rules that sending uses, over every
//! profile, in slices, so that memory stays small and the writer free.

use std::collections::BTreeMap;

use roaring::RoaringTreemap;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::audience::{People, Scope};
use crate::app::find::{self, Looked};
use crate::app::frequency_cap::Cap;
use crate::app::{App, AppError};
use crate::domain::audience::{Exclusion, Person};
use crate::domain::exclude::Who;
use crate::domain::template::Frozen;
use crate::store::find::Wanted;
use crate::store::from_json;

/// A reach estimate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reach {
    /// People in the audience.
    pub audience: i64,
    /// People who would get it now.
    pub reachable: i64,
    /// People left out, by reason: `not_opted_in`, `opted_out`, `no_number`, `duplicate_number`, `invalid_number`,
    /// `missing_value`, `over_cap` for the frequency cap, and on purpose `on_list`, `meets_conditions`, `got_campaign` and
    /// `control_group`.
    pub excluded: BTreeMap<&'static str, i64>,
    /// False: about so many, as an even sample of the people has it.
    pub exact: bool,
}

const SLICE: i64 = 2_000;
/// Fewer people than this of a sample say nothing about how many there are.
const TELLING: i64 = 20;

impl Reach {
    fn begun() -> Self {
        Self {
            excluded: Exclusion::ALL.iter().map(|e| (e.name(), 0)).collect(),
            ..Self::default()
        }
    }

    fn add(
        &mut self,
        (scope, people, frozen): (&Scope, &People, Option<&Frozen>),
        seen: &mut RoaringTreemap,
    ) -> Result<(), AppError> {
        for row in &people.rows {
            let attributes: Map<String, Value> = from_json("attributes", &row.attributes)?;
            let person = people.person(row, &attributes);
            let Some(judged) = people.judge(scope, row, &person, frozen) else {
                continue;
            };
            self.audience += 1;
            match judged.and_then(|_| is_first(&person, seen)) {
                Ok(()) => self.reachable += 1,
                Err(reason) => *self.excluded.entry(reason.name()).or_default() += 1,
            }
        }
        Ok(())
    }

    /// What it is of `all` people when it is this of `looked_at`; to about a hundredth of all, which is what a sample knows.
    fn of_sample(&self, looked_at: i64, all: i64) -> Self {
        let mut step = 1;
        while all / step >= 1_000 {
            step *= 10;
        }
        let share = |n: i64| {
            let n = (n as f64 * all as f64 / looked_at.max(1) as f64) as i64;
            (n + step / 2) / step * step
        };
        let excluded: BTreeMap<_, _> = self.excluded.iter().map(|(name, n)| (*name, share(*n))).collect();
        let reachable = share(self.reachable);
        Self {
            audience: reachable + excluded.values().sum::<i64>(),
            reachable,
            excluded,
            exact: false,
        }
    }
}

/// Estimates the reach by a sample: of two million people in a tenth of a second, most of it for finding even places. Counts it as
/// [`reach`] does where there are not many people, and where a sample would not say much: of several lists, or of an audience to
/// which few belong.
pub async fn about(app: &App, who: &Who, frozen: Option<&Frozen>) -> Result<Reach, AppError> {
    let scope = Scope::read(who.clone())?;
    let list = match scope.lists[..] {
        [] => None,
        [list] => Some(list),
        _ => return reach(app, who, frozen, None).await,
    };
    let mut tx = app.db.read().await?;
    let everybody = Looked {
        wanted: Wanted { list, consent: None },
        ..Looked::default()
    };
    let all = find::count(app, &mut tx, &everybody, false).await?.count;
    if all > find::LITTLE {
        let cap = Cap::read(&mut tx, app.now()).await?;
        let (mut found, mut looked_at, mut seen) = (Reach::begun(), 0, RoaringTreemap::new());
        for place in find::places(&mut tx, list, all).await? {
            let range = (place, i64::MAX);
            let people = scope.next(&mut tx, range, find::AT_EACH, cap.as_ref()).await?;
            looked_at += people.rows.len() as i64;
            found.add((&scope, &people, frozen), &mut seen)?;
        }
        if found.reachable >= TELLING {
            return Ok(found.of_sample(looked_at, all));
        }
    }
    drop(tx);
    reach(app, who, frozen, None).await
}

/// Estimates the reach of an audience; with what the campaign says, also who lacks a value. `upper`: profiles up to
/// this id only.
pub async fn reach(
    app: &App,
    who: &Who,
    frozen: Option<&Frozen>,
    upper: Option<i64>,
) -> Result<Reach, AppError> {
    let scope = Scope::read(who.clone())?;
    let mut reach = Reach {
        exact: true,
        ..Reach::begun()
    };
    let mut seen = RoaringTreemap::new();
    let mut position = 0;
    let mut tx = app.db.read().await?;
    let cap = Cap::read(&mut tx, app.now()).await?;
    drop(tx);
    loop {
        let mut tx = app.db.read().await?;
        let range = (position, upper.unwrap_or(i64::MAX));
        let people = scope.next(&mut tx, range, SLICE, cap.as_ref()).await?;
        drop(tx);
        position = people.rows.last().map_or(position, |row| row.id);
        reach.add((&scope, &people, frozen), &mut seen)?;
        if (people.rows.len() as i64) < SLICE {
            return Ok(reach);
        }
    }
}

/// Whether nobody with the same number came before. `seen` holds the numbers that did.
pub(super) fn is_first(person: &Person<'_>, seen: &mut RoaringTreemap) -> Result<(), Exclusion> {
    // At most 15 digits: a number, so that a compressed set can hold millions of people in few megabytes.
    let digits = person
        .phone
        .unwrap_or_default()
        .trim_start_matches('+')
        .parse()
        .unwrap_or_default();
    if seen.insert(digits) {
        Ok(())
    } else {
        Err(Exclusion::DuplicateNumber)
    }
}
