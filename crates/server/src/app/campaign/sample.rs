//! Real people who would get a campaign, with what each of them would read.

use harkara_provider::TemplateMessage;
use roaring::RoaringTreemap;
use serde_json::{Map, Value};

use super::reach::{list_of, verdict};
use crate::app::{App, AppError};
use crate::domain::audience::{Audience, Person};
use crate::domain::template::{Frozen, fill};
use crate::store::{consent, from_json, profile};

/// A person who would get it.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplePerson {
    /// Profile.
    pub profile_id: i64,
    /// Name.
    pub name: Option<String>,
    /// Number.
    pub phone: String,
    /// What the person would read.
    pub message: TemplateMessage,
}

/// Some of the people who would get it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// In the order in which a campaign comes to them.
    pub people: Vec<SamplePerson>,
    /// People looked at.
    pub looked_at: i64,
    /// The whole audience was looked at: there are no others.
    pub complete: bool,
}

const SLICE: i64 = 500;
/// People looked at before giving up.
const MOST: i64 = 20_000;

/// Finds up to `limit` people who would get it, by the rules of sending.
pub async fn sample(
    app: &App,
    audience: &Audience,
    frozen: &Frozen,
    limit: usize,
) -> Result<Sample, AppError> {
    let list_id = list_of(audience)?;
    let mut found = Sample {
        people: Vec::new(),
        looked_at: 0,
        complete: false,
    };
    let mut seen = RoaringTreemap::new();
    let mut position = 0;
    while found.looked_at < MOST {
        let mut tx = app.db.read().await?;
        let slice = profile::slice(&mut tx, position, i64::MAX, list_id, SLICE).await?;
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
            found.looked_at += 1;
            if !audience.includes(&person) || verdict(&person, Some(frozen), &mut seen).is_err() {
                continue;
            }
            let Ok((_, message)) = fill(frozen, &|name| person.text(name)) else {
                continue;
            };
            found.people.push(SamplePerson {
                profile_id: row.id,
                name: row.name.clone(),
                phone: row.phone.clone().unwrap_or_default(),
                message,
            });
            if found.people.len() >= limit {
                return Ok(found);
            }
        }
        if (slice.len() as i64) < SLICE {
            found.complete = true;
            return Ok(found);
        }
    }
    Ok(found)
}
