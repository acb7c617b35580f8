//! The time of a demo can be moved forward: a day passes at once, for the server and for its simulated provider alike.

use super::stage::no_handset;
use crate::app::{App, AppError};
use crate::clock::{DAY, MINUTE, Millis, MovedClock};
use crate::domain::phone::Phone;
use crate::domain::window;
use crate::store::{Tx, demo, session, sign_in};

/// Longest step.
pub const LONGEST: Millis = 31 * DAY;
/// How far the demo may be ahead in all: its dates shall stay such that people believe them.
pub const FARTHEST: Millis = 366 * DAY;
/// How long before a window closes the clock stops that was moved to its end.
const BEFORE: Millis = MINUTE;

/// What the demo takes for the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Milliseconds since 1970 UTC.
    pub now: Millis,
    /// How far it is ahead of the machine's clock.
    pub ahead: Millis,
    /// Whether it can be moved: in `harkara demo` only.
    pub movable: bool,
    /// When the window of the person who was asked for closes, if it is open.
    pub closes_at: Option<Millis>,
}

/// How far to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// By so much.
    By(Millis),
    /// Until a minute is left of this person's window.
    ToWindowOf(Phone),
}

/// The time, and when the window of a person closes.
pub async fn show(app: &App, person: Option<&Phone>) -> Result<Time, AppError> {
    let closes_at = match person {
        Some(person) => closes_at(app, &mut app.db.read().await?, person).await?,
        None => None,
    };
    let clock = app.clock.movable();
    Ok(Time {
        now: app.now(),
        ahead: clock.map_or(0, MovedClock::ahead),
        movable: clock.is_some(),
        closes_at,
    })
}

async fn closes_at(app: &App, tx: &mut Tx, person: &Phone) -> Result<Option<Millis>, AppError> {
    let last = demo::last_wrote(tx, person.as_str()).await?;
    Ok(last.map(window::closes_at).filter(|at| *at > app.now()))
}

/// Moves the time forward. Everybody stays signed in for as long as before: nobody was away, it only looks so.
pub async fn forward(app: &App, how: &Move) -> Result<Millis, AppError> {
    let clock = app.clock.movable().ok_or_else(fixed)?;
    // Nobody else moves it or ends the demo meanwhile.
    let stage = app.demo.open().await;
    let running = stage.as_ref().ok_or_else(no_handset)?;
    let mut tx = app.db.write().await?;
    if demo::other_accounts(&mut tx).await? > 0 {
        return Err(real_accounts());
    }
    let by = match how {
        Move::By(by) => *by,
        Move::ToWindowOf(person) => to_window(app, &mut tx, person).await?,
    };
    if !(1..=LONGEST).contains(&by) {
        let detail =
            "Move the time by 1 millisecond to 31 days, 2,678,400,000 milliseconds. It never goes back.";
        return Err(AppError::field("/forward_ms", "out_of_range", detail));
    }
    let ahead = clock.ahead() + by;
    if ahead > FARTHEST {
        return Err(AppError::conflict(
            "too_far_ahead",
            "The demo would be more than 366 days ahead of the real time.",
            "Remove the demo and begin it anew: its time is the real one then.",
        ));
    }
    session::later(&mut tx, by, app.now()).await?;
    demo::set_ahead(&mut tx, ahead).await?;
    tx.commit().await?;
    let now = clock.forward(by);
    running.state().time_moved();
    app.wake_dispatch.notify_one();
    app.wake_bulk.notify_one();
    app.wake_callbacks.notify_one();
    tracing::info!(by, ahead, "the time of the demo was moved");
    Ok(now)
}

async fn to_window(app: &App, tx: &mut Tx, person: &Phone) -> Result<Millis, AppError> {
    let Some(closes_at) = closes_at(app, tx, person).await? else {
        return Err(AppError::conflict(
            "window_closed",
            "The 24-hour window of this person is not open.",
            "Write something from their phone first.",
        ));
    };
    let by = closes_at - BEFORE - app.now();
    if by <= 0 {
        return Err(AppError::conflict(
            "window_closing",
            "The 24-hour window of this person closes in less than a minute already.",
            "Wait for it, or move the time by an hour.",
        ));
    }
    Ok(by)
}

/// The demo is gone, and with it all that knew its time: it is the real one again. What is kept of wrong passwords would hold
/// for a day too long.
pub(super) async fn reset(app: &App) -> Result<(), AppError> {
    let Some(clock) = app.clock.movable().filter(|clock| clock.ahead() > 0) else {
        return Ok(());
    };
    let mut tx = app.db.write().await?;
    sign_in::forget(&mut tx, Millis::MAX).await?;
    tx.commit().await?;
    clock.reset();
    Ok(())
}

/// A demo that was moved is as far ahead after a restart: else what it did yesterday would lie in the future.
pub async fn resume(clock: &MovedClock, tx: &mut Tx) -> Result<(), AppError> {
    clock.begin(demo::ahead(tx).await?);
    Ok(())
}

fn fixed() -> AppError {
    AppError::conflict(
        "clock_fixed",
        "The time of this server cannot be moved.",
        "Start `harkara demo`: there the whole server is a demo.",
    )
}

fn real_accounts() -> AppError {
    AppError::conflict(
        "real_accounts",
        "This server has accounts that are not the demo's: their messages would leave too early.",
        "Archive them first, or start `harkara demo` with a folder of its own.",
    )
}
