//! Live news for dashboards. While somebody listens, one task hears of commits, reads what changed at most twice a second,
//! and tells it to all; with several servers on one database it also looks what the others changed. When the last
//! listener goes, the task ends.

mod desk;
mod event;

pub use event::{
    AccountEvent, CallbackEvent, CampaignEvent, ConversationEvent, ImportEvent, LiveEvent, MessageEvent,
    ProfileEvent, TemplateEvent,
};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, broadcast};

use super::App;
use crate::clock::{MINUTE, Millis};
use crate::store::news::{self, Topic};
use crate::store::{StoreError, to_json};

/// Stories that a listener may be behind before it is sent away to begin anew.
const BEHIND: usize = 2_048;
/// A listener that begins hears of what changed within this time.
const AT_FIRST: Millis = MINUTE;
/// The farthest that a listener can go back.
const FARTHEST: Millis = 60 * MINUTE;

/// Something as it is now.
#[derive(Debug)]
pub struct Story {
    /// What it is about.
    pub topic: Topic,
    /// When it was read, milliseconds since 1970 UTC.
    pub at: Millis,
    /// JSON of a [`LiveEvent`].
    pub data: String,
}

/// Where stories are told.
pub struct Live {
    stories: broadcast::Sender<Arc<Story>>,
    /// The task runs.
    running: AtomicBool,
    /// Held while something is read and told, so that nobody hears an older state after a newer one.
    telling: Mutex<()>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            stories: broadcast::channel(BEHIND).0,
            running: AtomicBool::new(false),
            telling: Mutex::new(()),
        }
    }
}

impl Live {
    /// The task may end, unless somebody came this moment.
    fn over(&self) -> bool {
        if self.stories.receiver_count() > 0 {
            return false;
        }
        self.running.store(false, Ordering::SeqCst);
        self.stories.receiver_count() == 0 || self.running.swap(true, Ordering::SeqCst)
    }
}

/// Begins to listen: what changed since a moment as it is now, and everything after that.
pub async fn listen(
    app: &Arc<App>,
    since: Option<Millis>,
) -> Result<(Vec<Arc<Story>>, broadcast::Receiver<Arc<Story>>), StoreError> {
    let now = app.now();
    let since = since.map_or(now - AT_FIRST, |since| since.clamp(now - FARTHEST, now));
    let _telling = app.live.telling.lock().await;
    let stories = app.live.stories.subscribe();
    if !app.live.running.swap(true, Ordering::SeqCst) {
        tokio::spawn(desk::run(app.clone(), app.db.news().listen()));
    }
    let mut tx = app.db.read().await?;
    let changes: BTreeMap<_, _> = news::since(&mut tx, since)
        .await?
        .into_iter()
        .map(|change| (change, 1))
        .collect();
    let read = event::read(&mut tx, &changes).await?;
    let story = |((topic, _), event): (news::Change, LiveEvent)| {
        Arc::new(Story {
            topic,
            at: now,
            data: to_json(&event),
        })
    };
    Ok((read.into_iter().map(story).collect(), stories))
}
