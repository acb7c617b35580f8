//! Whose turn it is among the campaigns of a number.

use super::ahead::is_wanted;
use super::{Dispatcher, REFRESH, State, numbers_of};
use crate::app::AppError;
use crate::app::dispatch::{self, Claimed, Running};
use crate::app::frequency_cap::Cap;
use crate::clock::Millis;
use crate::domain::state::SENDING;
use crate::store::Tx;
use crate::store::campaign::{self, Counts};
use crate::store::slice::{self, SliceRow};

/// What a number took up in a transaction.
#[derive(Default)]
pub(super) struct Planned {
    pub claimed: Vec<Claimed>,
    /// Slices of which the next people are worth looking up once it is committed, and their lists.
    pub ahead: Vec<(SliceRow, Vec<i64>)>,
}

impl Dispatcher {
    /// The slices that a number works on, of campaigns that do not rest, after it took a share of what others of its campaigns have.
    pub(super) async fn open(
        &self,
        state: &mut State,
        tx: &mut Tx,
        number_id: i64,
        now: Millis,
    ) -> Result<Vec<SliceRow>, AppError> {
        if let Some(number) = state.numbers.get_mut(&number_id)
            && number.may_share(now)
            && !dispatch::share(tx, number_id).await?
        {
            number.share_again_at = now + REFRESH;
        }
        let mut awake = Vec::new();
        for slice in slice::open(tx, number_id).await? {
            state.book.meet(tx, slice.campaign_id).await?;
            if state.book.is_open(slice.campaign_id, now) {
                awake.push(slice);
            }
        }
        Ok(awake)
    }

    /// Plans the next people of running campaigns, each campaign in its turn; `pace`: now by the machine's clock.
    pub(super) async fn plan(
        &self,
        state: &mut State,
        tx: &mut Tx,
        (number_id, mut open): (i64, Vec<SliceRow>),
        room: usize,
        (now, pace): (Millis, Millis),
        counts: &mut Counts,
    ) -> Result<Planned, AppError> {
        let mut planned = Planned::default();
        if open.is_empty() {
            return Ok(planned);
        }
        state.turn = state.turn.wrapping_add(1);
        let first = state.turn % open.len();
        open.rotate_left(first);
        let share = room.div_ceil(open.len());
        let cap = Cap::hold(tx, now).await?;
        let mut asked_cap = false;
        for slice in open {
            let id = slice.campaign_id;
            if !state.campaigns.contains_key(&id) || !state.campaign_limits.contains_key(&id) {
                let row = campaign::by_id(tx, id)
                    .await?
                    .ok_or(AppError::NotFound("campaign"))?;
                let run = Running {
                    numbers: numbers_of(tx, id).await?,
                    ..Running::read(&row)?
                };
                state.meet(&self.app, &row, run.numbers.clone());
                state.campaigns.insert(id, run);
            }
            let left = room - planned.claimed.len();
            let asks_cap = state
                .campaigns
                .get(&id)
                .is_some_and(|run| run.scope.asks(cap.as_ref()).is_some());
            // One campaign that asks the cap in a transaction, so that two servers never wait for each other's people; it has
            // the room of the others, whose turn comes next.
            let mut want = match asks_cap {
                true if asked_cap => continue,
                true => left,
                false => share.min(left),
            };
            if let Some(Some(limit)) = state.campaign_limits.get_mut(&id) {
                want = want.min(limit.available(pace));
            }
            let Some(run) = state.campaigns.get(&id).filter(|_| want > 0) else {
                continue;
            };
            let Some(number) = state.numbers.get_mut(&number_id) else {
                continue;
            };
            asked_cap |= asks_cap;
            let run = (&slice, run, cap.as_ref());
            let new = dispatch::plan(&self.app, tx, run, &mut number.pairs, want, counts).await?;
            if let Some(run) = state.campaigns.get_mut(&id) {
                run.looked_at += new.looked_at;
                run.fit += new.fit;
                if is_wanted(&slice, run) {
                    planned.ahead.push((slice, run.scope.lists.clone()));
                }
            }
            if let Some(Some(limit)) = state.campaign_limits.get_mut(&id) {
                limit.take(new.claimed.len() + new.handed_over);
            }
            // A campaign whose last people were all left out ends here.
            counts.add(Some(id), SENDING, 0);
            planned.claimed.extend(new.claimed);
        }
        Ok(planned)
    }
}
