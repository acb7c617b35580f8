//! How many people a campaign would reach, and who is left out and why: the very rules that sending uses, over every
//! profile, in slices, so that memory stays small and the writer free.

use std::collections::BTreeMap;

use roaring::RoaringTreemap;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::audience::Scope;
use crate::app::frequency_cap::Cap;
use crate::app::{App, AppError};
use crate::domain::audience::{Exclusion, Person};
use crate::domain::exclude::Who;
use crate::domain::template::Frozen;
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
}

const SLICE: i64 = 2_000;

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
        excluded: Exclusion::ALL.iter().map(|e| (e.name(), 0)).collect(),
        ..Reach::default()
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
        for row in &people.rows {
            position = row.id;
            let attributes: Map<String, Value> = from_json("attributes", &row.attributes)?;
            let person = people.person(row, &attributes);
            let Some(judged) = people.judge(&scope, row, &person, frozen) else {
                continue;
            };
            reach.audience += 1;
            match judged.and_then(|_| is_first(&person, &mut seen)) {
                Ok(()) => reach.reachable += 1,
                Err(reason) => *reach.excluded.entry(reason.name()).or_default() += 1,
            }
        }
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
