//! The dispatcher's side of the leases: numbers come and go, a term may end at any moment, and a request leaves only while
//! the lease lasts.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Dispatcher, State};
use crate::app::{AppError, dispatch};
use crate::clock::{Millis, SECOND};

/// Pause between two looks for the last answers.
const LAST_LOOK: Duration = Duration::from_millis(50);
/// How often attempts without an owner are looked for, and how long one may take before it counts as such.
const SWEEP: Millis = 60 * SECOND;

impl Dispatcher {
    /// Everything in memory belongs to one term. When another has begun, the new owners have parked what was in flight.
    pub(super) fn follow_term(&self, state: &mut State) {
        let term = self.app.leases.term();
        if state.term == term {
            return;
        }
        if !state.waited_for.is_empty() {
            let dropped = state.waited_for.len();
            tracing::warn!(
                dropped,
                "the lease was lost; reports will settle what was in flight"
            );
        }
        state.waited_for.clear();
        state.unsettled.clear();
        state.numbers.clear();
        state.adopted.clear();
        state.campaign_limits.clear();
        state.accounts.clear();
        state.refreshed_at = None;
        state.term = term;
    }

    /// The fence refused: the term is over in memory too.
    pub(super) fn lose(&self, state: &mut State) {
        self.app.leases.lose(state.term);
        self.follow_term(state);
    }

    /// Before anything leaves from a number that was not ours, what its last owner left in flight is parked as unknown.
    pub(super) async fn adopt(&self, state: &mut State) -> Result<(), AppError> {
        let held = self.app.leases.held();
        state.adopted.retain(|n| held.contains(n));
        state.numbers.retain(|n, _| held.contains(n));
        let new: Vec<i64> = held.difference(&state.adopted).copied().collect();
        if !new.is_empty() {
            self.park(state, &new, Millis::MAX).await?;
            state.adopted.extend(new);
        }
        Ok(())
    }

    /// Parks what lost its owner when the database went away in the middle of a commit.
    pub(super) async fn sweep(&self, state: &mut State) -> Result<(), AppError> {
        let now = self.app.now();
        let patience = Millis::try_from(self.app.config.request_timeout_ms).unwrap_or(SWEEP) * 2 + SWEEP;
        // A clock that stepped back sweeps early, which does no harm.
        if !(state.swept_at..state.swept_at + SWEEP).contains(&now) {
            let numbers: Vec<i64> = state.adopted.iter().copied().collect();
            self.park(state, &numbers, now - patience).await?;
            state.swept_at = now;
        }
        Ok(())
    }

    /// Parks what is in flight and nobody waits for.
    async fn park(&self, state: &State, numbers: &[i64], begun_before: Millis) -> Result<(), AppError> {
        let parked =
            dispatch::recover(&self.app, (numbers, state.term), begun_before, &state.waited_for).await?;
        if parked > 0 {
            tracing::warn!(
                parked,
                "messages were in flight when sending broke off; reports will settle them"
            );
        }
        Ok(())
    }

    /// Numbers that another node waits for: nothing new leaves from them, and those without anything in flight are let go.
    pub(super) fn give_back(&self, state: &mut State) {
        let asked = self.app.leases.asked_back();
        for (id, line) in &mut state.numbers {
            line.leaving = asked.contains(id);
        }
        if asked.is_empty() {
            return;
        }
        let busy: BTreeSet<i64> = state.waited_for.values().copied().collect();
        for number in asked.difference(&busy) {
            state.numbers.remove(number);
            state.adopted.remove(number);
            self.app.leases.let_go(*number);
        }
    }

    /// Settles what is on its way and lets numbers go one by one, for ten seconds at most.
    pub(super) async fn wind_up(&self) {
        self.app.leases.stop();
        for _ in 0..200 {
            let mut state = self.state.lock().await;
            if let Err(error) = self.settle(&mut state).await {
                if matches!(error, AppError::LeaseLost) {
                    self.lose(&mut state);
                }
                tracing::error!(%error, "answers could not be settled at the end; trying again");
            }
            self.give_back(&mut state);
            let open = state.accounts.values().map(|a| a.in_flight).sum::<usize>() + state.unsettled.len();
            drop(state);
            if open == 0 {
                return;
            }
            tokio::time::sleep(LAST_LOOK).await;
        }
    }
}
