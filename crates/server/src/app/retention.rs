//! Forgetting what nothing needs any more. Doing a step twice, or on two nodes at once, is harmless.

use super::arrival::KNOWN_FOR;
use super::import_undo::POSSIBLE_FOR;
use super::list::KEPT_FOR as LISTS_KEPT_FOR;
use super::template::RESTORABLE_FOR;
use super::{App, AppError, file};
use crate::clock::{DAY, HOUR, Millis, first_id_at, id_time};
use crate::domain::factor::SET_UP_WITHIN;
use crate::domain::sign_in::FORGOTTEN_AFTER;
use crate::store::health;
use crate::store::retention as store;
use crate::store::turn::Lane;
use crate::store::{
    audit, callback_link, factor, invite, list, reply_draft, session, sign_in, template_shelf, undo,
};

/// How long vendor ids are kept at least.
pub(super) const KEEP_REFS: Millis = 30 * DAY;

/// How long it is known which callbacks told of a message, longer than callbacks are kept: one may come late.
const KEEP_LINKS: Millis = 30 * DAY;

/// How long failures of accounts and counts of numbers are kept: a day is shown, in whatever time zone.
const KEEP_COUNTS: Millis = 2 * DAY;

/// How long a draft of an answer is kept that nobody goes on writing.
pub const KEEP_DRAFTS: Millis = 90 * DAY;

/// Rows in one transaction at most.
const ROWS: i64 = 2_000;

/// Transactions of imports that are forgotten in one: each may be hundreds of kilobytes.
const IMPORTED: i64 = 10;

/// Bytes of bodies in one transaction, about: long ones take long to delete.
const BYTES: i64 = 4 * 1024 * 1024;

/// Parts of the file that may lie free. What was forgotten makes room for what comes; only more than that is given back.
const SPARE: i64 = 8;

/// Where one pass over what is old stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Callbacks up to this id are done.
    Callbacks(i64),
    /// Vendor ids of the hours before this one are done.
    Refs(i64),
    /// Old acts of the audit log, and what is left of sign-ins.
    SignIns,
    /// Failures and counts of accounts and numbers, and templates that were deleted long ago.
    Counts,
    /// What imports did that can no longer be undone.
    Imports,
    /// Lists that were deleted long ago.
    Lists,
    /// Files that nothing uses, and what is left of those that did not come to their end.
    Files,
    /// Drafts of answers that nobody goes on writing.
    Drafts,
    /// Free pages of the file.
    Pages,
    /// All done.
    Done,
}

impl Pass {
    /// From the beginning.
    pub const START: Self = Self::Callbacks(0);
}

/// How long callbacks are kept; `None`: for ever.
fn keep_callbacks(app: &App) -> Option<Millis> {
    let days = app.config.callback_days;
    (days > 0).then_some(days * DAY)
}

/// Callbacks that came before this moment are forgotten; `None`: none ever.
pub fn callbacks_kept_since(app: &App) -> Option<Millis> {
    keep_callbacks(app).map(|time| app.now() - time)
}

/// Forgets a little more. Answers where the pass then stands.
pub async fn step(app: &App, pass: Pass) -> Result<Pass, AppError> {
    match pass {
        Pass::Callbacks(after) => callbacks(app, after).await,
        Pass::Refs(from) => refs(app, from).await,
        Pass::SignIns => sign_ins(app).await,
        Pass::Counts => counts(app).await,
        Pass::Imports => imports(app).await,
        Pass::Lists => lists(app).await,
        Pass::Files => files(app).await,
        Pass::Drafts => drafts(app).await,
        Pass::Pages => pages(app).await,
        Pass::Done => Ok(Pass::Done),
    }
}

async fn callbacks(app: &App, after: i64) -> Result<Pass, AppError> {
    let Some(since) = callbacks_kept_since(app) else {
        return Ok(Pass::Refs(0));
    };
    let mut tx = app.db.read().await?;
    let next = store::next_callbacks(&mut tx, after, first_id_at(since), ROWS).await?;
    drop(tx);
    let mut bytes = 0;
    let fitting = next.iter().take_while(|(_, length)| {
        let fits = bytes < BYTES;
        bytes += length;
        fits
    });
    let Some((last, _)) = fitting.last() else {
        return Ok(Pass::Refs(0));
    };
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    store::forget_callbacks(&mut tx, after, *last).await?;
    callback_link::forget(&mut tx, first_id_at(id_time(*last) - KEEP_LINKS)).await?;
    tx.commit().await?;
    Ok(Pass::Callbacks(*last))
}

async fn refs(app: &App, from: i64) -> Result<Pass, AppError> {
    // A callback that can still be replayed must find its message again.
    let Some(time) = keep_callbacks(app).map(|time| KEEP_REFS.max(time + KNOWN_FOR)) else {
        return Ok(Pass::SignIns);
    };
    let mut tx = app.db.read().await?;
    let first = store::first_bucket(&mut tx, from).await?;
    drop(tx);
    let Some((bucket, _)) = first.filter(|(_, hour)| *hour < (app.now() - time) / HOUR) else {
        return Ok(Pass::SignIns);
    };
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    let more = store::forget_refs(&mut tx, bucket, ROWS).await?;
    tx.commit().await?;
    Ok(Pass::Refs(if more { bucket } else { bucket + 1 }))
}

async fn sign_ins(app: &App) -> Result<Pass, AppError> {
    let now = app.now();
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    session::forget(&mut tx, now).await?;
    factor::forget_halves(&mut tx, now).await?;
    factor::forget(&mut tx, now - SET_UP_WITHIN).await?;
    // Whoever comes with an old link may still be told that it ended; after a week nobody comes.
    invite::forget(&mut tx, now - 7 * DAY).await?;
    sign_in::forget(&mut tx, now - FORGOTTEN_AFTER).await?;
    let days = app.config.audit_days;
    let more = days > 0 && audit::forget(&mut tx, first_id_at(now - days * DAY), ROWS).await?;
    tx.commit().await?;
    Ok(if more { Pass::SignIns } else { Pass::Counts })
}

async fn counts(app: &App) -> Result<Pass, AppError> {
    let since = app.now() - KEEP_COUNTS;
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    health::forget(&mut tx, since / HOUR, since / health::SLOT).await?;
    template_shelf::purge(&mut tx, app.now() - RESTORABLE_FOR, 0).await?;
    tx.commit().await?;
    Ok(Pass::Imports)
}

async fn imports(app: &App) -> Result<Pass, AppError> {
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    let more = undo::forget_old(&mut tx, app.now() - POSSIBLE_FOR, IMPORTED).await?;
    tx.commit().await?;
    Ok(if more { Pass::Imports } else { Pass::Lists })
}

async fn lists(app: &App) -> Result<Pass, AppError> {
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    let more = list::forget_deleted(&mut tx, app.now() - LISTS_KEPT_FOR, ROWS).await?;
    tx.commit().await?;
    Ok(if more { Pass::Lists } else { Pass::Files })
}

async fn files(app: &App) -> Result<Pass, AppError> {
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    let more = file::forget(app, &mut tx).await?;
    tx.commit().await?;
    Ok(if more { Pass::Files } else { Pass::Drafts })
}

async fn drafts(app: &App) -> Result<Pass, AppError> {
    let before = first_id_at(app.now() - KEEP_DRAFTS);
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(Pass::Done);
    }
    let more = reply_draft::forget(&mut tx, before, ROWS).await?;
    tx.commit().await?;
    Ok(if more { Pass::Drafts } else { Pass::Pages })
}

async fn pages(app: &App) -> Result<Pass, AppError> {
    let mut tx = app.db.read().await?;
    let (all, before) = store::pages(&mut tx).await?;
    drop(tx);
    if before * SPARE <= all {
        return Ok(Pass::Done);
    }
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    store::give_back(&mut tx).await?;
    let (_, after) = store::pages(&mut tx).await?;
    tx.commit().await?;
    // A file that was not made by us may not know how to shrink.
    Ok(if after < before { Pass::Pages } else { Pass::Done })
}
