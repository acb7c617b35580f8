//! The frequency cap: how many campaign messages a person gets at most, over all campaigns.
//!
//! Counting looks at what was planned lately for each person. Planning looks first and then, for those who would get it, once
//! more under a lock on the person's row, in the transaction that inserts the message: so of two campaigns that come to a
//! person at the same moment, on whatever servers, one sees what the other planned.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::audit::{Actor, AuditChange, Object, note};
use super::{App, AppError, version};
use crate::clock::{DAY, Millis};
use crate::domain::frequency_cap::{CapLimit, Turn, counts_from, is_reached, problems};
use crate::store::frequency_cap::{self as store, CapRow, Planned, Stands};
use crate::store::{Tx, from_json, to_json};

/// The limits that are kept; none: it is off.
pub fn limits(row: &CapRow) -> Result<Vec<CapLimit>, AppError> {
    Ok(from_json("frequency cap", &row.limits)?)
}

/// Changes it, as long as it is the version that was read.
pub async fn change(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    limits_: &[CapLimit],
    was_read: Option<Millis>,
) -> Result<CapRow, AppError> {
    let wrong = problems(limits_);
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let row = store::lock(tx).await?;
    if was_read.is_some_and(|version| version != row.updated_at) {
        return Err(AppError::ChangedMeanwhile {
            name: "frequency cap".into(),
            by: Some(row.updated_by),
            at: row.updated_at,
        });
    }
    let mut new = limits_.to_vec();
    new.sort_unstable_by_key(|limit| limit.days);
    let before = limits(&row)?;
    if before == new {
        return Ok(row);
    }
    let now = app.now();
    let changed = CapRow {
        limits: to_json(&new),
        since: row.since.or(Some(now)).filter(|_| !new.is_empty()),
        updated_at: version::next(row.updated_at, now),
        updated_by: by.name.clone(),
    };
    store::write(tx, &changed).await?;
    let change = AuditChange {
        field: "limits".into(),
        before: serde_json::json!(before),
        after: serde_json::json!(new),
    };
    note(app, tx, by, "frequency_cap.update", &Object::default(), &[change]).await?;
    Ok(changed)
}

/// The cap in one count of an audience, or in one transaction that plans.
#[derive(Debug)]
pub struct Cap {
    limits: Vec<CapLimit>,
    now: Millis,
    /// Campaigns that count and began while it was off: what they sent stands in the ledger alone.
    unrecorded: Vec<i64>,
}

impl Cap {
    /// For whoever counts; `None` while it is off.
    pub async fn read(tx: &mut Tx, now: Millis) -> Result<Option<Self>, AppError> {
        let row = store::read(tx).await?;
        Self::of(tx, &row, now).await
    }

    /// For whoever plans: nobody turns it on or off meanwhile.
    pub async fn hold(tx: &mut Tx, now: Millis) -> Result<Option<Self>, AppError> {
        let row = store::hold(tx).await?;
        Self::of(tx, &row, now).await
    }

    async fn of(tx: &mut Tx, row: &CapRow, now: Millis) -> Result<Option<Self>, AppError> {
        let Some(since) = row.since else {
            return Ok(None);
        };
        let limits = limits(row)?;
        // A day more: what was in flight at the end of a campaign was accepted after it.
        let from = counts_from(&limits, now) - DAY;
        // And a day for clocks that differ: of what is recorded and found in the ledger, too, nothing counts twice.
        let unrecorded = if since > from {
            store::begun_before(tx, since + DAY, from).await?
        } else {
            Vec::new()
        };
        Ok(Some(Self {
            limits,
            now,
            unrecorded,
        }))
    }

    /// Those of these people who got as much as they may, for the campaign `own`.
    pub async fn over(&self, tx: &mut Tx, own: i64, phones: &[&str]) -> Result<HashSet<String>, AppError> {
        if phones.is_empty() {
            return Ok(HashSet::new());
        }
        let recent = store::recent(tx, phones).await?;
        let turns = self.turns(tx, phones, &recent).await?;
        Ok(self.reached(&turns, own))
    }

    /// The same for people for whom a message of `own` is planned in this transaction; until it ends nobody else plans for them.
    /// Once in a transaction, or two of them may wait for each other.
    pub async fn decide(
        &self,
        tx: &mut Tx,
        own: i64,
        phones: impl IntoIterator<Item = &str>,
    ) -> Result<Decided, AppError> {
        let phones: BTreeSet<&str> = phones.into_iter().collect();
        if phones.is_empty() {
            return Ok(Decided::default());
        }
        let mut recent = store::lock_recent(tx, &phones).await?;
        let phones: Vec<&str> = phones.into_iter().collect();
        // A statement after the lock: it sees what the others that held it have written.
        let turns = self.turns(tx, &phones, &recent).await?;
        let over = self.reached(&turns, own);
        for (phone, planned) in &mut recent {
            let known = turns.get(phone.as_str());
            planned.retain(|(id, _)| {
                let turn = known.and_then(|turns| turns.get(id));
                turn.is_some_and(|turn| turn.is_worth_keeping(self.now))
            });
        }
        Ok(Decided { over, recent })
    }

    fn reached(&self, turns: &HashMap<&str, HashMap<i64, Turn>>, own: i64) -> HashSet<String> {
        let reached = |turns: &HashMap<i64, Turn>| {
            let turns: Vec<Turn> = turns.values().copied().collect();
            is_reached(&self.limits, &turns, own, self.now)
        };
        let over = turns.iter().filter(|(_, turns)| reached(turns));
        over.map(|(phone, _)| (*phone).to_owned()).collect()
    }

    /// What each of these people was to get lately, by message.
    async fn turns<'a>(
        &self,
        tx: &mut Tx,
        phones: &[&'a str],
        recent: &HashMap<String, Planned>,
    ) -> Result<HashMap<&'a str, HashMap<i64, Turn>>, AppError> {
        let ids: Vec<i64> = recent.values().flatten().map(|(id, _)| *id).collect();
        let stands: HashMap<i64, Stands> = store::standing(tx, &ids)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let mut all: HashMap<&str, HashMap<i64, Turn>> =
            phones.iter().map(|phone| (*phone, HashMap::new())).collect();
        for (phone, planned) in recent {
            let Some(turns) = all.get_mut(phone.as_str()) else {
                continue;
            };
            for (id, campaign) in planned {
                if let Some(row) = stands.get(id) {
                    turns.insert(*id, turn(*campaign, row));
                }
            }
        }
        for row in store::of_campaigns(tx, &self.unrecorded, phones).await? {
            if let Some(turns) = all.get_mut(row.phone.as_str()) {
                turns.insert(row.id, turn(row.campaign_id.unwrap_or_default(), &row));
            }
        }
        Ok(all)
    }
}

fn turn(campaign: i64, row: &Stands) -> Turn {
    Turn {
        campaign,
        state: row.state,
        at: row.at,
    }
}

/// What was decided under the locks of a transaction.
#[derive(Debug, Default)]
pub struct Decided {
    over: HashSet<String>,
    recent: HashMap<String, Planned>,
}

impl Decided {
    /// Did this person get as much as they may?
    pub fn is_over(&self, phone: &str) -> bool {
        self.over.contains(phone)
    }

    /// Remembers the messages of a campaign that were planned: (number, message).
    pub async fn keep<'a>(
        mut self,
        tx: &mut Tx,
        campaign: i64,
        planned: impl Iterator<Item = (&'a str, i64)>,
    ) -> Result<(), AppError> {
        let mut rows: Vec<(String, Planned)> = Vec::new();
        for (phone, id) in planned {
            if let Some(mut before) = self.recent.remove(phone) {
                before.push((id, campaign));
                rows.push((phone.to_owned(), before));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_unstable();
        Ok(store::keep(tx, &rows).await?)
    }
}
