//! Starts campaigns at their time, ends them at their cut-off, tells when quiet hours begin and end, forgets old idempotency keys, and notices imports whose server is gone. Several nodes may
//! do this: each step changes only what is still as it was seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use super::{Tick, Worker};
use crate::app::{App, campaign, idempotency, import, import_draft};
use crate::clock::{HOUR, MINUTE, Millis, Moment};
use crate::domain::campaign::{RUNNING, SCHEDULED};
use crate::domain::timetable::Standing;
use crate::store::{self, campaign::CampaignRow};

/// How long a server may be away before its imports count as interrupted: longer than any restart takes.
const AWAY: Millis = 10 * MINUTE;

/// Steps of a cut-off in a row: whatever else is due must not wait for the end of a large one.
const STEPS: usize = 10;

/// The scheduler.
pub struct Scheduler {
    app: Arc<App>,
    wake: Notify,
    cleaned_at: Mutex<Option<Millis>>,
    /// Running campaigns that were in quiet hours at the last look.
    quiet: Mutex<HashSet<i64>>,
    /// Imports without their server, and since when.
    abandoned: Mutex<HashMap<i64, Moment>>,
}

impl Scheduler {
    /// A scheduler.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            wake: Notify::new(),
            cleaned_at: Mutex::new(None),
            quiet: Mutex::new(HashSet::new()),
            abandoned: Mutex::new(HashMap::new()),
        })
    }

    async fn start(&self, row: &CampaignRow, now: Millis) -> anyhow::Result<()> {
        let Some(due) = row.scheduled_at.filter(|at| *at <= now) else {
            return Ok(());
        };
        // Of a demo whose time was moved over the start, no server was away.
        let clock = &self.app.clock;
        let minutes = (clock.unmoved(now) - clock.unmoved(due)) / MINUTE;
        let late = (minutes > self.app.config.overdue_grace_minutes).then(|| {
            format!("It should have started {minutes} minutes ago, when the server was not running. Resume it to send it now, or stop it.")
        });
        let mut tx = self.app.db.write().await?;
        campaign::launch_now(&self.app, &mut tx, row.id, late).await?;
        tx.commit().await?;
        self.app.wake_dispatch.notify_one();
        Ok(campaign::count_expected(&self.app, row.id).await?)
    }

    /// Skips what campaigns past their cut-off have not sent. Answers whether there is more.
    async fn cut_off(&self) -> anyhow::Result<bool> {
        let mut more = false;
        for id in campaign::past_cut_off(&self.app).await? {
            let mut steps = 0..STEPS;
            more |= loop {
                if steps.next().is_none() {
                    break true;
                }
                match campaign::cut_off(&self.app, id).await {
                    Ok(true) => {}
                    // The answers to what is on its way are still awaited.
                    Ok(false) => break false,
                    Err(error) => {
                        tracing::error!(campaign = id, %error, "what a cut-off left could not be skipped; trying again");
                        break false;
                    }
                }
            };
        }
        Ok(more)
    }

    /// No message tells that quiet hours begin or end: whoever looks at the campaign is told here.
    async fn tell_quiet(&self, now: Millis) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let running = store::campaign::in_state(&mut tx, RUNNING).await?;
        drop(tx);
        let is_quiet = |row: &&CampaignRow| {
            row.quiet.is_some()
                && campaign::timetable(row).is_ok_and(|table| matches!(table.at(now), Standing::Quiet { .. }))
        };
        let new: HashSet<i64> = running.iter().filter(is_quiet).map(|row| row.id).collect();
        let mut quiet = self.quiet.lock().await;
        if new != *quiet {
            let mut tx = self.app.db.write().await?;
            for id in new.symmetric_difference(&quiet) {
                store::campaign::touch(&mut tx, *id, now).await?;
            }
            tx.commit().await?;
            *quiet = new;
        }
        Ok(())
    }

    async fn give_up_imports(&self) -> anyhow::Result<()> {
        let now = self.app.moment();
        let mut tx = self.app.db.read().await?;
        let gone = store::import::abandoned(&mut tx).await?;
        drop(tx);
        let mut abandoned = self.abandoned.lock().await;
        abandoned.retain(|id, _| gone.contains(id));
        for id in gone {
            let since = *abandoned.entry(id).or_insert(now);
            if now.at_least_since(since) >= AWAY {
                import::give_up(&self.app, id).await?;
            }
        }
        Ok(())
    }

    async fn clean(&self, now: Millis) -> anyhow::Result<()> {
        let mut cleaned_at = self.cleaned_at.lock().await;
        if cleaned_at.is_some_and(|at| now < at + HOUR) {
            return Ok(());
        }
        let mut tx = self.app.db.write().await?;
        store::idempotency::forget(&mut tx, now - idempotency::KEPT_FOR).await?;
        tx.commit().await?;
        import_draft::forget_old(&self.app).await?;
        *cleaned_at = Some(now);
        Ok(())
    }
}

impl Worker for Scheduler {
    fn name(&self) -> &'static str {
        "schedule"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let now = self.app.now();
        let mut tx = self.app.db.read().await?;
        let scheduled = store::campaign::in_state(&mut tx, SCHEDULED).await?;
        drop(tx);
        for row in scheduled {
            if let Err(error) = self.start(&row, now).await {
                // One campaign that cannot be started never holds up the others.
                tracing::error!(campaign = row.id, error = %format!("{error:#}"), "a scheduled campaign did not start; trying again");
            }
        }
        let more = self.cut_off().await?;
        self.tell_quiet(now).await?;
        self.give_up_imports().await?;
        import::take_up(&self.app).await?;
        self.clean(now).await?;
        Ok(if more {
            Tick::Again
        } else {
            Tick::After(Duration::from_secs(1))
        })
    }
}
