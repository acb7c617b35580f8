//! The reference's public API for back ends that already speak it: upload of profiles and events, subscription by
//! number. A call is one transaction; refused records do not stop the others.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::consent::{self, OptOut};
use super::profile::{Change, Set, Who, Wish, write_many};
use super::{App, AppError};
use crate::domain::upload::{self, Content, Record, Refusal};
use crate::store::timeline::EventRow;
use crate::store::{self, Tx, to_json};

/// What consent from here is said to come from.
const SOURCE: &str = "upload";
/// An act for one number, mostly a person's own wish: no upload takes it back.
const BY_NUMBER: &str = "subscribe";

/// A record that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Which, from 0.
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
}

/// Uploads records; answers those that were refused.
pub async fn upload(app: &App, records: &[Value]) -> Result<Vec<Refused>, AppError> {
    match try_upload(app, records).await {
        // Somebody else created one of the profiles at this moment; now it is there to update.
        Err(AppError::Store(e)) if e.is_duplicate() => try_upload(app, records).await,
        result => result,
    }
}

async fn try_upload(app: &App, values: &[Value]) -> Result<Vec<Refused>, AppError> {
    let mut refused = Vec::new();
    let mut records: Vec<(usize, Record)> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        match upload::record(value) {
            Ok(record) => records.push((index, record)),
            Err(refusal) => refused.push(Refused { index, refusal }),
        }
    }
    let changes: Vec<Change> = records.iter().map(|(_, record)| change(record)).collect();
    let mut tx = app.db.write().await?;
    lift_suppressions(app, &mut tx, &records).await?;
    let results = write_many(app, &mut tx, &changes, SOURCE, app.now()).await?;
    let mut events = Vec::new();
    for ((index, record), result) in records.into_iter().zip(results) {
        match (result, record.content) {
            (Ok(written), Content::Event { name, data, ts }) => events.push(EventRow {
                id: app.id(),
                profile_id: written.profile_id,
                name,
                at: ts.map_or_else(|| app.now(), |seconds| seconds * 1000),
                data: to_json(&data),
            }),
            (Ok(_), Content::Profile(_)) => {}
            (Err(problem), _) => refused.push(Refused {
                index,
                refusal: Refusal {
                    code: 555,
                    error: problem.to_string(),
                },
            }),
        }
    }
    store::timeline::add_events(&mut tx, &events).await?;
    tx.commit().await?;
    refused.sort_by_key(|refused| refused.index);
    Ok(refused)
}

fn change(record: &Record) -> Change {
    let mut change = Change::of(Who::Identity(record.identity.clone()));
    if let Content::Profile(data) = &record.content {
        if let Some(phone) = &data.phone {
            change.phone = Set::To(phone.as_str().to_owned());
        }
        if let Some(name) = &data.name {
            change.name = Set::To(name.clone());
        }
        change.attributes = data.attributes.clone();
        change.wish = match (data.do_not_disturb, data.whatsapp) {
            (Some(true), _) => Wish::Out,
            (_, Some(flag)) => Wish::Flag(flag),
            (_, None) => Wish::Leave,
        };
        if change.wish != Wish::Leave {
            change.detail = Some("profile upload".into());
        }
    }
    change
}

/// `MSG-dndWhatsApp: false` takes back what an upload said before of the number, of the record or else of the profile.
/// Back ends send it with every nightly upload, so it never undoes a STOP, a provider's word or a person's: that takes
/// `/1/subscribe`, START, or a recorded consent. A number that is suppressed by another record of the same call stays so.
async fn lift_suppressions(app: &App, tx: &mut Tx, records: &[(usize, Record)]) -> Result<(), AppError> {
    let mut wanted: Vec<String> = Vec::new();
    let mut kept: HashSet<&str> = HashSet::new();
    let mut by_identity: Vec<&str> = Vec::new();
    for (_, record) in records {
        let Content::Profile(data) = &record.content else {
            continue;
        };
        match (data.do_not_disturb, &data.phone) {
            (Some(false), Some(phone)) => wanted.push(phone.as_str().to_owned()),
            (Some(false), None) => by_identity.push(&record.identity),
            (Some(true), Some(phone)) => drop(kept.insert(phone.as_str())),
            (Some(true) | None, _) => {}
        }
    }
    if !by_identity.is_empty() {
        let rows = store::profile::lock_by_identities(tx, &by_identity).await?;
        wanted.extend(rows.into_iter().filter_map(|row| row.phone));
    }
    wanted.retain(|phone| !kept.contains(phone.as_str()));
    let phones: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let ours = store::consent::suppressed_by_upload(tx, &phones).await?;
    wanted.retain(|phone| ours.contains(phone));
    lift(app, tx, &wanted, "MSG-dndWhatsApp: false").await
}

async fn lift(app: &App, tx: &mut Tx, phones: &[String], detail: &str) -> Result<(), AppError> {
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let mut suppressed: Vec<String> = store::consent::suppressed(tx, &phones)
        .await?
        .into_iter()
        .collect();
    suppressed.sort_unstable();
    for phone in suppressed {
        consent::opt_in(app, tx, &phone, SOURCE, Some(detail), app.now()).await?;
    }
    Ok(())
}

/// Unsubscribes and resubscribes numbers; the last entry of a number counts. Answers those that were refused.
pub async fn subscribe(app: &App, entries: &[Value]) -> Result<Vec<Refused>, AppError> {
    let mut refused = Vec::new();
    let mut last: HashMap<String, bool> = HashMap::new();
    for (index, value) in entries.iter().enumerate() {
        match upload::subscription(value) {
            Ok((phone, wanted)) => drop(last.insert(phone.into_string(), wanted)),
            Err(refusal) => refused.push(Refused { index, refusal }),
        }
    }
    let (lifted, unwanted): (Vec<_>, Vec<_>) = last.into_iter().partition(|(_, wanted)| *wanted);
    let lifted: Vec<String> = lifted.into_iter().map(|(phone, _)| phone).collect();
    let mut unwanted: Vec<OptOut> = unwanted
        .into_iter()
        .map(|(phone, _)| OptOut {
            phone,
            detail: Some("Unsubscribe".into()),
        })
        .collect();
    // In one order for everybody, so that two calls at once do not wait for each other in a circle.
    unwanted.sort_unstable_by(|a, b| a.phone.cmp(&b.phone));
    let mut tx = app.db.write().await?;
    consent::opt_out_many(app, &mut tx, &unwanted, BY_NUMBER, app.now()).await?;
    lift(app, &mut tx, &lifted, "Resubscribe").await?;
    tx.commit().await?;
    Ok(refused)
}
