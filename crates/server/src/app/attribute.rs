//! Which attributes people have: kept when they are written, and looked up in a sample of people for everything else.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::domain::attributes::Attributes;
use crate::domain::cell::is_date;
use crate::store::{self, StoreError, Tx, from_json};

/// Attributes that are kept at most: a program that writes a new name for each person must not fill the database.
const MOST: usize = 2_000;

/// What this server has seen in the database before, so that it need not look again.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<String, i16>>);

impl Known {
    fn add(&self, rows: Vec<(String, i16)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, types) in rows {
            *known.entry(name).or_default() |= types;
        }
    }

    /// Attributes and types among these that were not seen before.
    fn unseen<'a>(&self, all: impl Iterator<Item = &'a Attributes>) -> BTreeMap<&'a str, i16> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unseen: BTreeMap<&str, i16> = BTreeMap::new();
        if known.len() >= MOST {
            return unseen;
        }
        for (name, value) in all.flatten() {
            let bit = type_of(value);
            if bit & !known.get(name.as_str()).copied().unwrap_or(0) != 0 {
                *unseen.entry(name).or_default() |= bit;
            }
        }
        unseen
    }
}

const TYPES: [(i16, &str); 4] = [(1, "text"), (2, "number"), (4, "boolean"), (8, "date")];

fn type_of(value: &Value) -> i16 {
    match value {
        Value::String(text) if is_date(text) => 8,
        Value::String(_) => 1,
        Value::Number(_) => 2,
        Value::Bool(_) => 4,
        Value::Null | Value::Array(_) | Value::Object(_) => 0,
    }
}

/// Keeps the names of attributes that are being written, in the same transaction.
pub(super) async fn keep<'a>(
    known: &Known,
    tx: &mut Tx,
    written: impl Iterator<Item = &'a Attributes>,
) -> Result<(), StoreError> {
    let unseen = known.unseen(written);
    if unseen.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = unseen.keys().copied().take(MOST).collect();
    let there = store::attribute::types(tx, &names).await?;
    let kept: HashMap<&str, i16> = there
        .iter()
        .map(|(name, types)| (name.as_str(), *types))
        .collect();
    let new: Vec<(&str, i16)> = unseen
        .into_iter()
        .take(MOST)
        .filter(|(name, types)| types & !kept.get(name).copied().unwrap_or(0) != 0)
        .collect();
    if !new.is_empty() {
        store::attribute::keep(tx, &new).await?;
    }
    known.add(there);
    Ok(())
}

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Name.
    pub name: String,
    /// Types of its values: `text`, `number`, `boolean`, `date`.
    pub types: Vec<&'static str>,
    /// Share of the people looked at who have it, 0 to 1.
    pub filled: f64,
    /// Values, the most frequent first.
    pub samples: Vec<Value>,
}

/// People looked at from the newest on.
const NEWEST: i64 = 2_000;
/// Places between the oldest and the newest that are looked at, and people at each.
const PLACES: i64 = 50;
const AT_PLACE: i64 = 20;
/// Values that are told, and values that are told apart.
const SAMPLES: usize = 20;
const DISTINCT: usize = 2_000;

#[derive(Default)]
struct Tally {
    types: i16,
    filled: usize,
    values: HashMap<String, usize>,
}

/// Attributes by name, and how many people were looked at: the newest, and some from all times.
pub async fn attributes(tx: &mut Tx) -> Result<(Vec<Attribute>, usize), StoreError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (name, types) in store::attribute::all(tx).await? {
        tallies.entry(name).or_default().types = types;
    }
    let mut seen: HashSet<i64> = HashSet::new();
    for (id, json) in sample(tx).await? {
        if !seen.insert(id) {
            continue;
        }
        let attributes: Attributes = from_json("attributes", &json)?;
        for (name, value) in attributes {
            let tally = tallies.entry(name).or_default();
            tally.types |= type_of(&value);
            tally.filled += 1;
            let text = value.to_string();
            if tally.values.len() < DISTINCT || tally.values.contains_key(&text) {
                *tally.values.entry(text).or_default() += 1;
            }
        }
    }
    let looked = seen.len();
    let told = tallies.into_iter().map(|(name, tally)| {
        let mut values: Vec<(String, usize)> = tally.values.into_iter().collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(SAMPLES);
        Attribute {
            name,
            types: TYPES
                .iter()
                .filter(|(bit, _)| tally.types & bit != 0)
                .map(|(_, name)| *name)
                .collect(),
            filled: tally.filled as f64 / looked.max(1) as f64,
            samples: values
                .into_iter()
                .filter_map(|(text, _)| serde_json::from_str(&text).ok())
                .collect(),
        }
    });
    Ok((told.collect(), looked))
}

async fn sample(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    let mut rows = store::attribute::newest(tx, NEWEST).await?;
    if (rows.len() as i64) < NEWEST {
        return Ok(rows);
    }
    let newest = rows.first().map_or(0, |row| row.0);
    let oldest = store::attribute::from(tx, 0, 1).await?;
    let oldest = oldest.first().map_or(0, |row| row.0);
    for place in 0..PLACES {
        let id = oldest + (newest - oldest) / PLACES * place;
        rows.extend(store::attribute::from(tx, id, AT_PLACE).await?);
    }
    Ok(rows)
}
