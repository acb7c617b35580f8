//! Control of a running simulator, from the same process. The control API does the same over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::callback::{self, Call, Purpose};
use crate::content::ButtonKind;
use crate::inbound::{self, Inbound};
use crate::ledger::{Accepted, Message, Stage};
use crate::options::Options;
use crate::phone::Customer;
use crate::report::Step;
use crate::rng::Rng;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::template::TemplateSeed;
use crate::wire::Exchange;
use crate::world::{Script, World};

/// Looks into a running simulator and steers it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle(pub(crate) Arc<Shared>);

impl Handle {
    /// Everything counted since the start or the last reset.
    pub fn stats(&self) -> Stats {
        self.0.lock().stats()
    }

    /// All accepted messages, oldest first, for comparing with a sender's books.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.accepted_after(0, usize::MAX)
    }

    /// Accepted messages after the `after`th, at most `limit`.
    pub fn accepted_after(&self, after: u64, limit: usize) -> Vec<Accepted> {
        self.0.lock().ledger.accepted_after(after, limit)
    }

    /// How many messages were accepted, and the page of them after the `after`th, at most `limit`.
    pub fn messages(&self, after: u64, limit: usize) -> (u64, Vec<Message>) {
        let world = self.0.lock();
        (world.ledger.len(), world.ledger.page(after, limit))
    }

    /// The options as they are now.
    pub fn options(&self) -> Options {
        self.0.lock().options.clone()
    }

    /// What the simulator's clock shows, milliseconds since the epoch, and how far it is ahead of the machine's.
    pub fn time(&self) -> (i64, i64) {
        (self.0.clock.now_ms(), self.0.clock.ahead_ms())
    }

    /// Moves the simulator's clock forward, so that what is due by then happens now. The error is a sentence.
    pub fn forward(&self, by_ms: i64) -> Result<(), String> {
        if !(1..=LONGEST_JUMP_MS).contains(&by_ms) {
            return Err("forward_ms is 1 to 2678400000 (31 days): the clock never goes back.".into());
        }
        if !self.0.clock.forward(by_ms) {
            return Err(
                "This simulator tells the time of the demo around it: move that in the dashboard.".into(),
            );
        }
        self.time_moved();
        Ok(())
    }

    /// The clock that this one follows was moved: what is due by then happens now.
    pub fn time_moved(&self) {
        self.0.changed();
    }

    /// Replaces the options. `listen` is fixed; a new `seed` starts the randomness anew. The error is a sentence.
    pub fn set_options(&self, options: Options) -> Result<(), String> {
        options.check()?;
        let mut world = self.0.lock();
        if options.listen != world.options.listen {
            return Err("listen can not be changed while the simulator runs.".into());
        }
        if options.seed != world.options.seed {
            world.rng = Rng::new(options.seed);
        }
        world.options = options;
        drop(world);
        self.0.changed();
        Ok(())
    }

    /// Changes some options in place, under the rules of [`Handle::set_options`].
    pub fn update(&self, change: impl FnOnce(&mut Options)) -> Result<(), String> {
        let mut options = self.options();
        change(&mut options);
        self.set_options(options)
    }

    /// Scripts failures of the next sends; scripts are used up in order.
    pub fn fail(&self, script: Script) {
        self.0.lock().scripts.push_back(script);
    }

    /// Forgets scripts that are not used up.
    pub fn clear_scripts(&self) {
        self.0.lock().scripts.clear();
    }

    /// Writes as a customer. Answers the fields that are posted to the receiver; the error is a sentence.
    pub fn inject(&self, inbound: &Inbound) -> Result<Value, String> {
        inbound::inject(&self.0, inbound)
    }

    /// Adds a template and answers its short number. The error is a sentence.
    pub fn add_template(&self, seed: TemplateSeed) -> Result<u64, String> {
        let now = self.0.clock.now_ms();
        self.0.lock().templates.add(seed, now, None)
    }

    /// Puts a template in place of that of its name and language, as somebody would in the provider's console. The error is a sentence.
    pub fn set_template(&self, seed: TemplateSeed) -> Result<u64, String> {
        let now = self.0.clock.now_ms();
        self.0.lock().templates.set(seed, now)
    }

    /// The templates as they are now.
    pub fn templates(&self) -> Vec<TemplateSeed> {
        let mut world = self.0.lock();
        world.templates.settle(self.0.clock.now_ms());
        world.templates.iter().map(|t| t.seed.clone()).collect()
    }

    /// The customer reads one message, or all that arrived. Answers how many became read; the error is a sentence.
    pub fn read(&self, customer: &str, id: Option<&str>) -> Result<usize, String> {
        let mut world = self.0.lock();
        let number: u64 = customer
            .parse()
            .map_err(|_| "customer is a phone number in digits.".to_owned())?;
        let records: Vec<u32> = match id {
            Some(id) => vec![find(&world, id)?],
            None => {
                let bubbles = world.phones.get(number).map(|c| c.bubbles.iter());
                bubbles.into_iter().flatten().filter_map(|b| b.record).collect()
            }
        };
        let micros = self.0.clock.micros();
        let unread = |world: &World, index: u32| {
            world.ledger.get(index).is_some_and(|r| {
                r.to == number
                    && r.happened & Stage::Delivered.bit() != 0
                    && r.happened & Stage::Read.bit() == 0
            })
        };
        let mut count = 0;
        for index in records {
            if unread(&world, index) {
                world.schedule(micros, Step::Happen, Stage::Read, index);
                count += 1;
            }
        }
        drop(world);
        self.0.changed();
        Ok(count)
    }

    /// The customer opens the link of a message's button, the first one without `button`. Answers what is posted;
    /// the error is a sentence.
    pub fn click(&self, id: &str, button: Option<usize>) -> Result<Value, String> {
        let (body, url) = {
            let world = self.0.lock();
            let index = find(&world, id)?;
            let record = world.ledger.get(index).ok_or("There is no such message.")?;
            let link = world
                .phones
                .get(record.to)
                .and_then(|c| c.bubbles.iter().find(|b| b.record == Some(index)))
                .and_then(|bubble| {
                    let buttons = &bubble.content.buttons;
                    match button {
                        Some(at) => buttons.get(at).filter(|b| b.kind == ButtonKind::Url),
                        None => buttons.iter().find(|b| b.kind == ButtonKind::Url),
                    }
                })
                .map(|button| button.value.clone())
                .ok_or("The message has no such link button, or is no longer on the phone.")?;
            let short = format!("gs.example/{:x}", record.id.cause % 0xff_ffff);
            let now_ms = self.0.clock.now_ms();
            let body = if world.options.generic_clicks {
                json!({"payloadVersion": 0.1, "statuses": [{
                    "msgId": &*record.reference, "status": "clicked", "timestamp": now_ms / 1000,
                    "url": link, "shortUrl": short, "userAgent": USER_AGENT,
                }]})
            } else {
                json!({
                    "gsurl": short, "clickTime": india_time(now_ms), "originalURL": link,
                    "extra": &*record.reference, "mobile": record.to.to_string(),
                    "userId": world.options.hsm.0, "causeId": record.id.cause.to_string(),
                    "internalId": record.id.tail(), "msg_id_or_blank": "", "browser": "Chrome",
                    "device": "Android+Mobile", "deviceType": "Mobile", "carrier": "Simulated",
                    "userAgent": USER_AGENT,
                })
            };
            (body, world.options.reports_url.clone())
        };
        if let Some(url) = url {
            callback::post(&self.0, Purpose::Click, Call::json(&url, body.to_string()));
        }
        Ok(body)
    }

    /// Customers with messages, the most recent first.
    pub fn customers(&self) -> Vec<Customer> {
        self.0.lock().phones.list()
    }

    /// What the wire log keeps, newest first, of those before the `before`th at most `limit`.
    pub fn wire(&self, before: u64, limit: usize) -> Vec<Exchange> {
        self.0.wire().page(before, limit)
    }

    /// Forgets messages, phones, templates, opt-ins, scripts and counts. Options stay.
    pub fn reset(&self) {
        let mut world = self.0.lock();
        let (options, generation) = (world.options.clone(), world.generation + 1);
        *world = World::new(options, self.0.clock.now_ms(), generation);
        drop(world);
        self.0.wire().clear();
        self.0.changed();
    }
}

/// Longest jump of the clock.
const LONGEST_JUMP_MS: i64 = 31 * 24 * 3_600_000;
const USER_AGENT: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";

fn find(world: &World, id: &str) -> Result<u32, String> {
    world
        .ledger
        .find(id)
        .ok_or_else(|| format!("There is no message {id}."))
}

/// `YYYY-MM-DD HH:MM:SS` in Indian Standard Time, which the gateway does not say but means.
fn india_time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms + 19_800_000)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}
