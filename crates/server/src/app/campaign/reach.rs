//! How many people a campaign would reach, and who is left out and why: the very rules that sending uses, over every
//! profile, in slices, so that memory stays small and the writer free.

use std::collections::BTreeMap;

use roaring::RoaringTreemap;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::{App, AppError};
use crate::domain::audience::{Audience, Exclusion, Person, reachable};
use crate::domain::id;
use crate::domain::template::{Frozen, fill};
use crate::store::{consent, from_json, profile};

/// A reach estimate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reach {
    /// People in the audience.
    pub audience: i64,
    /// People who would get it now.
    pub reachable: i64,
    /// People left out, by reason: `not_opted_in`, `opted_out`, `no_number`, `duplicate_number`, `invalid_number`,
    /// `missing_value`.
    pub excluded: BTreeMap<&'static str, i64>,
}

const SLICE: i64 = 2_000;

/// Estimates the reach of an audience; with what the campaign says, also who lacks a value. `upper`: profiles up to
/// this id only.
pub async fn reach(
    app: &App,
    audience: &Audience,
    frozen: Option<&Frozen>,
    upper: Option<i64>,
) -> Result<Reach, AppError> {
    let list_id = list_of(audience)?;
    let mut reach = Reach {
        excluded: Exclusion::ALL.iter().map(|e| (e.name(), 0)).collect(),
        ..Reach::default()
    };
    let mut seen = RoaringTreemap::new();
    let mut position = 0;
    loop {
        let mut tx = app.db.read().await?;
        let slice = profile::slice(&mut tx, position, upper.unwrap_or(i64::MAX), list_id, SLICE).await?;
        let phones: Vec<&str> = slice.iter().filter_map(|p| p.phone.as_deref()).collect();
        let suppressed = consent::suppressed(&mut tx, &phones).await?;
        drop(tx);
        for row in &slice {
            position = row.id;
            let attributes: Map<String, Value> = from_json("attributes", &row.attributes)?;
            let person = Person {
                identity: &row.identity,
                phone: row.phone.as_deref(),
                name: row.name.as_deref(),
                opt_in: row.opt_in,
                suppressed: row.phone.as_ref().is_some_and(|p| suppressed.contains(p)),
                attributes: &attributes,
            };
            if !audience.includes(&person) {
                continue;
            }
            reach.audience += 1;
            match verdict(&person, frozen, &mut seen) {
                Ok(()) => reach.reachable += 1,
                Err(reason) => *reach.excluded.entry(reason.name()).or_default() += 1,
            }
        }
        if (slice.len() as i64) < SLICE {
            return Ok(reach);
        }
    }
}

/// The list that an audience is, when it is one.
pub(super) fn list_of(audience: &Audience) -> Result<Option<i64>, AppError> {
    match audience {
        Audience::List { list_id } => id::LIST.read(list_id).map(Some).ok_or(AppError::NotFound("list")),
        _ => Ok(None),
    }
}

/// Whether a person of the audience would get it. `seen` holds the numbers that came before.
pub(super) fn verdict(
    person: &Person<'_>,
    frozen: Option<&Frozen>,
    seen: &mut RoaringTreemap,
) -> Result<(), Exclusion> {
    reachable(person)?;
    if let Some(frozen) = frozen
        && fill(frozen, &|name| person.text(name)).is_err()
    {
        return Err(Exclusion::MissingValue);
    }
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
