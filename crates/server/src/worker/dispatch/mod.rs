//! Decides when each message leaves: tokens first, then a claim of exactly that many, then the requests.

mod ahead;
mod hold;
mod leave;
mod line;
mod plan;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use harkara_provider::{SendError, SendErrorKind};
use tokio::sync::{Mutex, Notify, mpsc};

use super::{Tick, Worker};
use crate::app::dispatch::{self, Aftermath, Book, Claimed, Finished, Running};
use crate::app::lease::keep;
use crate::app::trouble::Trouble;
use crate::app::{App, AppError, account};
use crate::clock::{Millis, SECOND};
use crate::store::campaign::{self, CampaignRow, Counts};
use crate::store::message::{API, CAMPAIGN, CONVERSATION};
use crate::store::slice;
use crate::store::{message, number};
use ahead::Lookups;
use line::{AccountLine, CampaignLimit, NumberLine};

/// How often settings are read again when nothing says that they changed.
const REFRESH: Millis = SECOND;
/// Settled in one transaction at most.
const BATCH: usize = 1_000;
/// Claimed in one transaction at most.
const CLAIM: usize = 500;
/// How often an idle number looks for work.
const LOOK: Millis = 100;
/// Code of the trouble of an account that cannot be opened.
const UNREADABLE: &str = "account_unreadable";
/// Pause while there is work that only waits for tokens.
const PACE: Duration = Duration::from_millis(10);

/// The dispatcher of all numbers of this node.
pub struct Dispatcher {
    app: Arc<App>,
    state: Mutex<State>,
    done: mpsc::UnboundedSender<Finished>,
}

struct State {
    accounts: BTreeMap<i64, AccountLine>,
    numbers: BTreeMap<i64, NumberLine>,
    campaigns: HashMap<i64, Running>,
    /// Of campaigns that were met since they began to run; `None` for one without a limit of its own.
    campaign_limits: HashMap<i64, Option<CampaignLimit>>,
    lookups: Lookups,
    book: Book,
    finished: mpsc::UnboundedReceiver<Finished>,
    /// Answers that a failing database did not take yet.
    unsettled: Vec<Finished>,
    /// Messages on their way, until their answers are settled, and the number of each.
    waited_for: HashMap<i64, i64>,
    /// The term that all this belongs to.
    term: i64,
    /// Numbers of which nothing is in flight that we do not wait for.
    adopted: BTreeSet<i64>,
    /// What the leases were at the last refresh.
    mark: (u64, usize),
    refreshed_at: Option<Millis>,
    turn: usize,
    swept_at: Millis,
}

impl Dispatcher {
    /// A dispatcher that has sent nothing yet.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        let (done, finished) = mpsc::unbounded_channel();
        let state = State {
            accounts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            campaigns: HashMap::new(),
            campaign_limits: HashMap::new(),
            lookups: Lookups::default(),
            book: Book::default(),
            finished,
            unsettled: Vec::new(),
            waited_for: HashMap::new(),
            term: 0,
            adopted: BTreeSet::new(),
            mark: (0, 0),
            refreshed_at: None,
            turn: 0,
            swept_at: 0,
        };
        Arc::new(Self {
            app,
            state: Mutex::new(state),
            done,
        })
    }

    /// Requests that are on their way, or answered and not settled.
    pub async fn in_flight(&self) -> usize {
        let state = self.state.lock().await;
        state.accounts.values().map(|a| a.in_flight).sum::<usize>() + state.unsettled.len()
    }

    async fn settle(&self, state: &mut State) -> Result<(), AppError> {
        loop {
            while state.unsettled.len() < BATCH {
                let Ok(done) = state.finished.try_recv() else {
                    break;
                };
                if state.waited_for.contains_key(&done.id) {
                    state.heard(&self.app, &done);
                    state.unsettled.push(done);
                }
            }
            if state.unsettled.is_empty() {
                return Ok(());
            }
            match dispatch::settle(&self.app, state.term, &state.unsettled).await {
                Ok(after) => state.settled(&after, state.unsettled.len()),
                Err(AppError::Store(error)) if !error.is_transient() => {
                    tracing::warn!(%error, "a batch of answers failed; settling them one by one");
                    self.settle_apart(state).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// One answer that the database will never take must not hold up the others: its message will be parked as unknown.
    async fn settle_apart(&self, state: &mut State) -> Result<(), AppError> {
        while let Some(done) = state.unsettled.last() {
            let after = match dispatch::settle(&self.app, state.term, std::slice::from_ref(done)).await {
                Ok(after) => after,
                Err(AppError::Store(error)) if !error.is_transient() => {
                    tracing::error!(message = done.id, %error, "an answer cannot be settled");
                    Aftermath::default()
                }
                Err(error) => return Err(error),
            };
            state.settled(&after, 1);
        }
        Ok(())
    }

    async fn refresh(&self, state: &mut State) -> Result<(), AppError> {
        let now = self.app.now();
        let mark = self.app.leases.mark(self.app.moment());
        if mark == state.mark
            && state
                .refreshed_at
                .is_some_and(|at| now < at + REFRESH && now >= at)
        {
            return Ok(());
        }
        self.adopt(state).await?;
        let mut tx = self.app.db.read().await?;
        let mut numbers = number::all_active(&mut tx).await?;
        numbers.retain(|n| state.adopted.contains(&n.id));
        let mut accounts: Vec<i64> = numbers.iter().map(|n| n.account_id).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for id in &accounts {
            match account::load(&self.app, &mut tx, *id).await {
                Ok(loaded) => {
                    self.app.troubles.clear_of(*id, UNREADABLE);
                    AccountLine::put(&self.app, &mut state.accounts, loaded);
                }
                Err(error) => {
                    // One account that cannot be read never stops the others.
                    tracing::error!(account = *id, %error, "account cannot be loaded");
                    self.app.troubles.set(
                        *id,
                        Trouble {
                            code: UNREADABLE.into(),
                            reason: format!("The account cannot be opened, so nothing leaves: {error}"),
                            since: now,
                            until: None,
                        },
                    );
                    if let Some(line) = state.accounts.get_mut(id) {
                        line.usable = false;
                    }
                }
            }
        }
        for (id, line) in &mut state.accounts {
            line.usable &= accounts.contains(id);
        }
        state.numbers.retain(|id, _| numbers.iter().any(|n| n.id == *id));
        for row in numbers {
            NumberLine::put(&self.app, &mut state.numbers, row, now);
        }
        let rows = campaign::in_state(&mut tx, crate::domain::campaign::RUNNING).await?;
        let running: Vec<i64> = rows.iter().map(|c| c.id).collect();
        for row in &rows {
            if let Err(error) = state.book.put(row) {
                // Nothing of it leaves, and the others go on.
                tracing::error!(campaign = row.id, %error, "a campaign cannot be read");
            }
        }
        state.campaigns.retain(|id, _| running.contains(id));
        state.campaign_limits.retain(|id, _| running.contains(id));
        for limit in state.campaign_limits.values_mut().flatten() {
            limit.follow_leases(&self.app);
        }
        state.book.retain(&running);
        state.lookups.retain(&running);
        state.refreshed_at = Some(now);
        state.mark = mark;
        Ok(())
    }

    /// One round.
    async fn work(&self, state: &mut State) -> Result<Tick, AppError> {
        if !self.app.leases.is_kept(false) {
            keep(&self.app).await?;
        }
        self.follow_term(state);
        self.settle(state).await?;
        self.give_back(state);
        self.refresh(state).await?;
        self.sweep(state).await?;
        let numbers: Vec<i64> = state.numbers.keys().copied().collect();
        let mut failed = None;
        for id in numbers {
            // A number in trouble never delays another.
            if let Err(error) = self.serve(state, id).await
                && !matches!(error, AppError::Conflict { .. })
            {
                failed = Some(error);
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let busy = state.numbers.values().any(|n| n.busy);
        Ok(Tick::After(if busy {
            PACE
        } else {
            Duration::from_millis(LOOK.unsigned_abs())
        }))
    }

    /// Looks, without taking the writer, whether an idle number has anything to send.
    async fn has_work(
        &self,
        number: &mut NumberLine,
        resting: &[i64],
        now: Millis,
    ) -> Result<bool, AppError> {
        let mut tx = self.app.db.read().await?;
        let due = message::next_due(&mut tx, number.row.id, resting).await?;
        let work = due.is_some_and(|due| due <= now)
            || slice::has_work(&mut tx, number.row.id, number.may_share(now), resting).await?;
        if !work {
            number.look_again_at = due.unwrap_or(i64::MAX).clamp(now, now + LOOK);
        }
        Ok(work)
    }

    /// Claims what the number may send now, and lets it leave.
    async fn serve(&self, state: &mut State, number_id: i64) -> Result<(), AppError> {
        let (now, pace) = (self.app.now(), self.app.machine_now());
        let Some(number) = state.numbers.get_mut(&number_id) else {
            return Ok(());
        };
        let Some(account) = state.accounts.get_mut(&number.row.account_id) else {
            return Ok(());
        };
        let grant = account.grant(number, now, pace).min(CLAIM);
        let resting = now < number.look_again_at && number.look_again_at <= now + LOOK;
        if grant == 0 || resting {
            return Ok(());
        }
        if !number.busy {
            let resting = state.book.resting(now);
            if !self.has_work(number, &resting, now).await? {
                return Ok(());
            }
        }
        // A part of the places is kept for people, however long a provider takes to answer a campaign.
        let reserve = account.reserve();
        let account_id = number.row.account_id;

        let mut counts = Counts::default();
        let mut tx = self.app.db.write().await?;
        self.app.leases.fence(&self.app, &mut tx, state.term).await?;
        let mut claimed: Vec<Claimed> = Vec::new();
        for lane in [CONVERSATION, API, CAMPAIGN] {
            let mut room = grant - claimed.len();
            if lane == CAMPAIGN {
                room = room.min(reserve.saturating_sub(claimed.len()));
            }
            if room > 0 {
                let lane = (number_id, lane);
                let book = &mut state.book;
                let pairs = &mut number.pairs;
                let rows = dispatch::due(&self.app, &mut tx, book, pairs, lane, room, &mut counts).await?;
                claimed.extend(rows);
            }
        }
        // Retries may be the first that is seen of a campaign, after a restart or a pause: its limit holds for them too.
        for id in claimed.iter().filter_map(|c| c.campaign_id) {
            if !state.campaign_limits.contains_key(&id)
                && let Some(row) = campaign::by_id(&mut tx, id).await?
            {
                let numbers = numbers_of(&mut tx, id).await?;
                state.meet(&self.app, &row, numbers);
            }
        }
        let room = (grant - claimed.len()).min(reserve.saturating_sub(claimed.len()));
        let mut planning = false;
        let mut ahead = Vec::new();
        if room > 0 {
            let open = self.open(state, &mut tx, number_id, now).await?;
            planning = !open.is_empty();
            let paces = (now, pace);
            let planned = self
                .plan(state, &mut tx, (number_id, open), room, paces, &mut counts)
                .await?;
            claimed.extend(planned.claimed);
            ahead = planned.ahead;
        }
        campaign::add_counts(&mut tx, &counts, now).await?;
        dispatch::finish_campaigns(&mut tx, counts.campaigns(), now).await?;
        tx.commit().await?;
        for (slice, lists) in ahead {
            self.look_ahead(&state.lookups, slice, lists);
        }
        let Some(number) = state.numbers.get_mut(&number_id) else {
            return Ok(());
        };
        let Some(account) = state.accounts.get_mut(&account_id) else {
            return Ok(());
        };
        number.busy = planning || !claimed.is_empty();
        number.limiter.take(claimed.len());
        account.take(claimed.len());
        for message in claimed {
            let mut gates = vec![number.gate.clone(), account.gate.clone()];
            let own = message
                .campaign_id
                .and_then(|id| state.campaign_limits.get(&id)?.as_ref());
            gates.extend(own.map(|limit| limit.gate.clone()));
            let until = message.campaign_id.and_then(|id| state.book.open_until(id, now));
            account.in_flight += 1;
            state.waited_for.insert(message.id, number_id);
            self.leave(state.term, account, number, message, (gates, until));
        }
        Ok(())
    }
}

/// The numbers of a campaign that has several, in order.
async fn numbers_of(tx: &mut crate::store::Tx, campaign: i64) -> Result<Vec<i64>, AppError> {
    let numbers = slice::numbers(tx, &[campaign]).await?;
    Ok(numbers.into_iter().map(|(_, number)| number).collect())
}

impl State {
    /// Begins to keep the own limit of a running campaign, if it has one.
    fn meet(&mut self, app: &App, row: &CampaignRow, numbers: Vec<i64>) {
        self.campaign_limits.entry(row.id).or_insert_with(|| {
            let limit = u32::try_from(row.messages_per_second?).unwrap_or(1);
            Some(CampaignLimit::new(app, limit, numbers))
        });
    }

    /// The last `n` answers stand in the ledger.
    fn settled(&mut self, after: &Aftermath, n: usize) {
        for done in self.unsettled.drain(self.unsettled.len() - n..) {
            self.waited_for.remove(&done.id);
        }
        if !after.held.is_empty() {
            self.refreshed_at = None;
        }
    }

    /// What an answer says about the line it came over.
    fn heard(&mut self, app: &App, done: &Finished) {
        let now = app.now();
        let Some(account) = self.accounts.get_mut(&done.account_id) else {
            return;
        };
        account.in_flight = account.in_flight.saturating_sub(1);
        if done.held {
            return;
        }
        account.heard(app, &done.outcome, done.at, now);
        if let Err(SendError {
            kind: SendErrorKind::Throttled { after_ms },
            ..
        }) = &done.outcome
        {
            let after = after_ms.and_then(|ms| Millis::try_from(ms).ok());
            let pace = app.machine_now();
            account.limiter.throttled(pace, after);
            if let Some(number) = self.numbers.get_mut(&done.number_id) {
                number.limiter.throttled(pace, after);
            }
        }
        if let Some(number) = self.numbers.get_mut(&done.number_id) {
            number.look_again_at = number.look_again_at.min(now);
        }
    }
}

impl Worker for Dispatcher {
    fn name(&self) -> &'static str {
        "dispatch"
    }

    fn wake(&self) -> &Notify {
        &self.app.wake_dispatch
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let mut state = self.state.lock().await;
        match self.work(&mut state).await {
            Err(AppError::LeaseLost) => {
                self.lose(&mut state);
                Ok(Tick::After(PACE))
            }
            result => Ok(result?),
        }
    }

    /// Waits for the answers that are on their way, so that a planned stop leaves nothing unknown.
    async fn finish(&self) {
        self.wind_up().await;
    }
}
