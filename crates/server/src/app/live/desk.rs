//! The task that hears, reads and tells.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use super::{Story, event};
use crate::app::App;
use crate::clock::{MINUTE, Millis, SECOND, first_id_at};
use crate::store::dialect::Dialect;
use crate::store::news::{self, Change, Topic};
use crate::store::{StoreError, Tx, to_json};

/// Between two readings: nothing is told more often.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked what other servers changed, and whether anybody listens still.
const LOOK: Duration = Duration::from_millis(1_500);
/// How far clocks of servers may be apart, and a commit may take.
const SLACK: Millis = 10 * SECOND;
/// How long messages outside campaigns, which another server may move, are looked at.
const FOLLOWED_FOR: Millis = 10 * MINUTE;
/// Messages followed at most.
const FOLLOWED: usize = 300;
/// Remembered at most of what was told.
const REMEMBERED: usize = 20_000;

struct Desk {
    app: Arc<App>,
    /// What changed, and how often.
    pending: BTreeMap<Change, i64>,
    /// Some news was missed.
    missed: bool,
    /// What was told last of each.
    told: HashMap<Change, String>,
    /// Messages that another server may move, and until when.
    followed: BTreeMap<i64, Millis>,
    /// The newest callback of another server that was counted.
    callback: i64,
}

/// Runs until nobody listens any more.
pub(super) async fn run(app: Arc<App>, mut news: Receiver<Arc<[Change]>>) {
    let mut desk = Desk {
        callback: first_id_at(app.now()),
        pending: BTreeMap::new(),
        missed: false,
        told: HashMap::new(),
        followed: BTreeMap::new(),
        app: app.clone(),
    };
    let (mut read_at, mut look_at) = (Instant::now(), Instant::now() + LOOK);
    loop {
        let next = if desk.pending.is_empty() && !desk.missed {
            look_at
        } else {
            look_at.min(read_at + PAUSE)
        };
        tokio::select! {
            heard = news.recv() => {
                match heard {
                    Ok(changes) => changes.iter().for_each(|change| *desk.pending.entry(*change).or_default() += 1),
                    Err(RecvError::Lagged(_)) => desk.missed = true,
                    Err(RecvError::Closed) => return,
                }
                continue;
            }
            () = sleep_until(next) => {}
            () = app.shutdown.cancelled() => return,
        }
        let look = Instant::now() >= look_at;
        if look {
            look_at = Instant::now() + LOOK;
            if app.live.over() {
                return;
            }
        }
        if Instant::now() < read_at + PAUSE {
            continue;
        }
        read_at = Instant::now();
        if let Err(error) = desk.tell(look).await {
            tracing::warn!(%error, "live news could not be read; trying again");
            desk.missed = true;
        }
    }
}

impl Desk {
    async fn tell(&mut self, look: bool) -> Result<(), StoreError> {
        let elsewhere = look && self.app.db.dialect() == Dialect::Postgres;
        let mut changes = std::mem::take(&mut self.pending);
        if changes.is_empty() && !self.missed && !elsewhere {
            return Ok(());
        }
        let app = self.app.clone();
        let _telling = app.live.telling.lock().await;
        let now = app.now();
        let mut tx = self.app.db.read().await?;
        if self.missed || elsewhere {
            for change in news::since(&mut tx, now - SLACK).await? {
                changes.entry(change).or_insert(1);
            }
        }
        if elsewhere {
            self.look_elsewhere(&mut tx, now, &mut changes).await?;
        }
        let read = event::read(&mut tx, &changes).await?;
        drop(tx);
        self.missed = false;
        if self.told.len() > REMEMBERED {
            self.told.clear();
        }
        for (change, event) in read {
            let data = to_json(&event);
            if !matches!(change.0, Topic::Callback | Topic::Profile) && self.told.get(&change) == Some(&data)
            {
                continue;
            }
            self.told.insert(change, data.clone());
            let (topic, at) = (change.0, now);
            // The last listener may have gone this moment.
            drop(self.app.live.stories.send(Arc::new(Story { topic, at, data })));
        }
        Ok(())
    }

    /// What tables of moderate size do not tell: new messages outside campaigns, and callbacks.
    async fn look_elsewhere(
        &mut self,
        tx: &mut Tx,
        now: Millis,
        changes: &mut BTreeMap<Change, i64>,
    ) -> Result<(), StoreError> {
        for id in news::messages_after(tx, first_id_at(now - SLACK)).await? {
            self.followed.entry(id).or_insert(now + FOLLOWED_FOR);
        }
        self.followed.retain(|_, until| *until > now);
        while self.followed.len() > FOLLOWED {
            self.followed.pop_first();
        }
        for id in self.followed.keys() {
            changes.entry((Topic::Message, *id)).or_insert(1);
        }
        let own = self.app.leases.identity(&self.app).id;
        for (account, count, newest) in news::callbacks_after(tx, self.callback, own).await? {
            *changes.entry((Topic::Callback, account)).or_default() += count;
            self.callback = self.callback.max(newest);
        }
        Ok(())
    }
}
