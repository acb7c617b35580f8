//! Real people who would get a campaign, with what each of them would read.

use harkara_provider::TemplateMessage;
use roaring::RoaringTreemap;
use serde_json::{Map, Value};

use super::reach::is_first;
use crate::app::audience::Scope;
use crate::app::frequency_cap::Cap;
use crate::app::{App, AppError};
use crate::domain::exclude::Who;
use crate::domain::template::Frozen;
use crate::store::from_json;

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
pub async fn sample(app: &App, who: &Who, frozen: &Frozen, limit: usize) -> Result<Sample, AppError> {
    let scope = Scope::read(who.clone())?;
    let mut found = Sample {
        people: Vec::new(),
        looked_at: 0,
        complete: false,
    };
    let mut seen = RoaringTreemap::new();
    let mut position = 0;
    let mut tx = app.db.read().await?;
    let cap = Cap::read(&mut tx, app.now()).await?;
    drop(tx);
    while found.looked_at < MOST {
        let mut tx = app.db.read().await?;
        let people = scope
            .next(&mut tx, (position, i64::MAX), SLICE, cap.as_ref())
            .await?;
        drop(tx);
        for row in &people.rows {
            position = row.id;
            let attributes: Map<String, Value> = from_json("attributes", &row.attributes)?;
            let person = people.person(row, &attributes);
            found.looked_at += 1;
            let Some(Ok(Some((_, message)))) = people.judge(&scope, row, &person, Some(frozen)) else {
                continue;
            };
            if is_first(&person, &mut seen).is_err() {
                continue;
            }
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
        if (people.rows.len() as i64) < SLICE {
            found.complete = true;
            return Ok(found);
        }
    }
    Ok(found)
}
