//! What the dispatcher knows of running campaigns: what they say, and when their messages may leave.

use std::collections::HashMap;
use std::sync::Arc;

use crate::app::{AppError, campaign as campaigns};
use crate::clock::Millis;
use crate::domain::template::Frozen;
use crate::domain::timetable::{Standing, Timetable};
use crate::store::campaign::{self, CampaignRow};
use crate::store::{StoreError, Tx, from_json};

/// Campaigns that were met since they began to run.
#[derive(Debug, Default)]
pub struct Book(HashMap<i64, Known>);

#[derive(Debug)]
struct Known {
    frozen: Arc<Frozen>,
    hours: Option<Hours>,
}

/// A timetable, with what it said last and from when on: it is asked a hundred times a second.
#[derive(Debug)]
struct Hours {
    table: Timetable,
    last: Option<(Millis, Standing)>,
}

impl Hours {
    fn at(&mut self, now: Millis) -> Standing {
        if let Some((from, standing)) = self.last {
            let holds = match standing {
                Standing::Open { until } => until.is_none_or(|until| now < until),
                Standing::Quiet { until, .. } => now < until,
                Standing::Over => true,
            };
            // A clock may step back.
            if holds && now >= from {
                return standing;
            }
        }
        let standing = self.table.at(now);
        self.last = Some((now, standing));
        standing
    }
}

impl Book {
    /// Takes a launched campaign as it is kept. What it says and when it rests is fixed from then on.
    pub fn put(&mut self, row: &CampaignRow) -> Result<(), AppError> {
        if self.0.contains_key(&row.id) {
            return Ok(());
        }
        let text = row.frozen.as_deref().ok_or_else(|| StoreError::Corrupt {
            what: "campaign",
            why: format!("{} has messages but no frozen template", row.id),
        })?;
        let table = match campaigns::timetable(row) {
            Err(AppError::Invalid(why)) => {
                // Nobody can say when it is quiet: nothing of it leaves, and its page says why.
                tracing::error!(
                    campaign = row.id,
                    ?why,
                    "the quiet hours of a campaign cannot be read"
                );
                Timetable::never()
            }
            table => table?,
        };
        let known = Known {
            frozen: Arc::new(from_json("frozen template", text)?),
            hours: (!table.is_always()).then_some(Hours { table, last: None }),
        };
        self.0.insert(row.id, known);
        Ok(())
    }

    /// Meets a campaign, if it was not met before.
    pub async fn meet(&mut self, tx: &mut Tx, id: i64) -> Result<(), AppError> {
        if self.0.contains_key(&id) {
            return Ok(());
        }
        let row = campaign::by_id(tx, id)
            .await?
            .ok_or(AppError::NotFound("campaign"))?;
        self.put(&row)
    }

    /// What a campaign says, once it was met.
    pub fn frozen(&self, id: i64) -> Option<Arc<Frozen>> {
        Some(self.0.get(&id)?.frozen.clone())
    }

    /// Forgets all but these.
    pub fn retain(&mut self, running: &[i64]) {
        self.0.retain(|id, _| running.contains(id));
    }

    /// What the timetable of a campaign says; nothing for one that was not met.
    pub fn standing(&mut self, id: i64, now: Millis) -> Option<Standing> {
        let known = self.0.get_mut(&id)?;
        Some(match &mut known.hours {
            Some(hours) => hours.at(now),
            None => Standing::Open { until: None },
        })
    }

    /// May messages of a campaign, which was met, leave now?
    pub fn is_open(&mut self, id: i64, now: Millis) -> bool {
        matches!(self.standing(id, now), Some(Standing::Open { .. }))
    }

    /// From when on messages of a campaign that leave now must not leave any more.
    pub fn open_until(&mut self, id: i64, now: Millis) -> Option<Millis> {
        match self.standing(id, now)? {
            Standing::Open { until } => until,
            Standing::Quiet { .. } | Standing::Over => Some(now),
        }
    }

    /// The campaigns of which nothing may leave now.
    pub fn resting(&mut self, now: Millis) -> Vec<i64> {
        let known = self.0.iter_mut();
        let rests = known.filter_map(|(id, known)| {
            let hours = known.hours.as_mut()?;
            (!matches!(hours.at(now), Standing::Open { .. })).then_some(*id)
        });
        rests.collect()
    }
}
