//! Undoing an import, for a day after its end: its transactions are taken back one by one, the last one first. Each step
//! is a transaction of its own that also forgets what it took back, so that a restart goes on where it stopped.

use std::collections::{HashMap, HashSet};

use super::import_write::proof;
use super::profile_slot::SUPPRESSED_NUMBER;
use super::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::domain::id;
use crate::domain::undo::{Counts, Done, Fields, OUT};
use crate::store::consent::{self, ConsentRow};
use crate::store::import::{CANCELLED, FAILED, FINISHED, ImportRow, STANDS, UNDOING, UNDONE};
use crate::store::profile::{self, NOT_RECORDED, OPTED_OUT, ProfileRow};
use crate::store::turn::Lane;
use crate::store::undo::{self as store, ChangeRow, OpenCampaign};
use crate::store::{self as all, StoreError, Tx, from_json, to_json};

const _: () = assert!(OUT == OPTED_OUT);

/// How long after its end an import can be undone.
pub const POSSIBLE_FOR: Millis = DAY;

/// Transactions of an import that a preview looks at: a hundred thousand people.
const LOOKED_AT: usize = 100;

/// What the history says of an opt-in that is taken back.
const SOURCE: &str = "undo of an import";

/// Until when an import can be undone; `None`: it cannot.
pub fn possible_until(row: &ImportRow, now: Millis) -> Option<Millis> {
    let ended = matches!(row.state, FINISHED | FAILED | CANCELLED) && row.undo_state == STANDS;
    let until = row.finished_at.filter(|_| ended && row.kept > 0)? + POSSIBLE_FOR;
    (now < until).then_some(until)
}

/// What the undo came to so far; `None` when there is none.
pub fn counts(row: &ImportRow) -> Result<Option<Counts>, StoreError> {
    let text = row.undone.as_deref();
    text.map(|text| from_json("counts of an undo", text)).transpose()
}

/// Begins the undo; a worker carries it out. Repeating it changes nothing.
pub async fn begin(app: &App, tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let row = find(tx, import).await?;
    if row.undo_state != STANDS {
        return Ok(row);
    }
    check(&row, app.now())?;
    store::begin(tx, import).await?;
    find(tx, import).await
}

async fn find(tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let row = all::import::by_id(tx, import).await?;
    row.ok_or(AppError::NotFound("import"))
}

fn check(row: &ImportRow, now: Millis) -> Result<(), AppError> {
    if possible_until(row, now).is_some() {
        return Ok(());
    }
    let name = &row.file_name;
    Err(
        if row.undo_state != STANDS || !matches!(row.state, FINISHED | FAILED | CANCELLED) {
            AppError::conflict(
                "import_not_over",
                format!("The import of \"{name}\" cannot be undone now."),
                "Wait for its end, or cancel it first.",
            )
        } else if row.kept == 0 {
            AppError::conflict(
                "nothing_to_undo",
                format!("The import of \"{name}\" has changed nothing that can be undone."),
                "Change people by hand, or import a file with what should be there.",
            )
        } else {
            AppError::conflict(
                "undo_over",
                format!("The import of \"{name}\" ended more than 24 hours ago: it can no longer be undone."),
                "Change people by hand, or import a file with what should be there.",
            )
        },
    )
}

/// What an undo would come to.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The import.
    pub row: ImportRow,
    /// In people, as far as they were looked at: `done`.
    pub counts: Counts,
    /// Campaigns that are not at their end and have the list of the import.
    pub campaigns: Vec<OpenCampaign>,
}

/// Says what an undo would come to now, and changes nothing. Of a very long import only the last part is looked at.
pub async fn preview(app: &App, import: i64) -> Result<Preview, AppError> {
    let mut tx = app.db.read().await?;
    let row = find(&mut tx, import).await?;
    check(&row, app.now())?;
    let mut counts = Counts::default();
    let (mut before, mut list) = (i64::MAX, None);
    for _ in 0..LOOKED_AT {
        let Some(change) = store::last(&mut tx, import, before).await? else {
            break;
        };
        before = change.n;
        list = list.or(change.list_id);
        let verdict = judge(app, &mut tx, &row, &change, false).await?;
        verdict.add_to(&mut counts);
    }
    let campaigns = match list {
        Some(list) => store::campaigns(&mut tx, &id::LIST.show(list)).await?,
        None => Vec::new(),
    };
    Ok(Preview {
        row,
        counts,
        campaigns,
    })
}

/// Takes back one transaction of an import that is being undone. False when there is nothing to do, or another server
/// does it.
pub async fn step(app: &App) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    if store::next(&mut tx).await?.is_none() {
        return Ok(false);
    }
    drop(tx);
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    if !store::take_turn(&mut tx).await? {
        return Ok(false);
    }
    let Some(import) = store::next(&mut tx).await? else {
        return Ok(false);
    };
    let row = find(&mut tx, import).await?;
    let mut counts = counts(&row)?.unwrap_or_default();
    match store::last(&mut tx, import, i64::MAX).await? {
        Some(change) => {
            let verdict = judge(app, &mut tx, &row, &change, true).await?;
            verdict.carry_out(&mut tx, change.list_id).await?;
            verdict.add_to(&mut counts);
            store::forget(&mut tx, import, change.n).await?;
            store::advance(&mut tx, import, &counts, UNDOING).await?;
        }
        None => store::advance(&mut tx, import, &counts, UNDONE).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// What is to become of the people of one transaction.
#[derive(Debug, Default)]
struct Verdict {
    remove: Vec<i64>,
    restore: Vec<ProfileRow>,
    unlist: Vec<i64>,
    history: Vec<ConsentRow>,
    counts: Counts,
}

impl Verdict {
    async fn carry_out(&self, tx: &mut Tx, list: Option<i64>) -> Result<(), StoreError> {
        if let Some(list) = list {
            let gone = [self.unlist.as_slice(), &self.remove].concat();
            all::list::remove(tx, list, &gone).await?;
        }
        profile::update_many(tx, &self.restore).await?;
        consent::record(tx, &self.history).await?;
        store::remove(tx, &self.remove).await
    }

    fn add_to(&self, total: &mut Counts) {
        let of = &self.counts;
        for (sum, part) in [
            (&mut total.done, of.done),
            (&mut total.removed, self.remove.len() as i64),
            (&mut total.restored, of.restored),
            (&mut total.unlisted, self.unlist.len() as i64),
            (&mut total.opt_ins, of.opt_ins),
            (&mut total.opt_outs, of.opt_outs),
            (&mut total.changed, of.changed),
            (&mut total.message, of.message),
            (&mut total.event, of.event),
            (&mut total.consent, of.consent),
            (&mut total.list, of.list),
        ] {
            *sum += part;
        }
    }
}

async fn judge(
    app: &App,
    tx: &mut Tx,
    import: &ImportRow,
    change: &ChangeRow,
    lock: bool,
) -> Result<Verdict, AppError> {
    let done = change.read()?;
    let mut verdict = Verdict::default();
    verdict.counts.done = done.people() as i64;
    judge_made(tx, import, change, &done, lock, &mut verdict).await?;
    judge_changed(app, tx, import, change, &done, lock, &mut verdict).await?;
    if change.list_id.is_some() {
        verdict.unlist.extend(&done.listed);
    }
    Ok(verdict)
}

/// New profiles go, except those that somebody has used since.
async fn judge_made(
    tx: &mut Tx,
    import: &ImportRow,
    change: &ChangeRow,
    done: &Done,
    lock: bool,
    verdict: &mut Verdict,
) -> Result<(), AppError> {
    let rows = store::profiles(tx, &done.made, lock).await?;
    let mut left: HashSet<i64> = rows.iter().map(|row| row.id).collect();
    let touched = rows.iter().filter(|row| row.updated_at != change.at);
    let touched: Vec<i64> = touched.map(|row| row.id).collect();
    let all: Vec<i64> = left.iter().copied().collect();
    let counts = &mut verdict.counts;
    let proof = proof(import);
    for (used, count) in [
        (touched, &mut counts.changed),
        (
            store::with_message(tx, &all, import.created_at).await?,
            &mut counts.message,
        ),
        (store::with_event(tx, &all).await?, &mut counts.event),
        (
            store::with_consent(tx, &all, change.at, &proof).await?,
            &mut counts.consent,
        ),
        (
            store::on_other_list(tx, &all, change.list_id.unwrap_or(0)).await?,
            &mut counts.list,
        ),
    ] {
        for id in used {
            // One reason is enough.
            if left.remove(&id) {
                *count += 1;
                verdict.unlist.extend(change.list_id.map(|_| id));
            }
        }
    }
    counts.opt_outs += rows
        .iter()
        .filter(|row| row.opt_in == OPTED_OUT && row.opt_at == Some(change.at))
        .filter(|row| row.opt_source.as_deref() != Some(SUPPRESSED_NUMBER))
        .count() as i64;
    verdict.remove = rows
        .into_iter()
        .map(|row| row.id)
        .filter(|id| left.contains(id))
        .collect();
    Ok(())
}

/// Others get back what the import changed, where they still hold it.
async fn judge_changed(
    app: &App,
    tx: &mut Tx,
    import: &ImportRow,
    change: &ChangeRow,
    done: &Done,
    lock: bool,
    verdict: &mut Verdict,
) -> Result<(), AppError> {
    let ids: Vec<i64> = done.changed.iter().map(|one| one.id).collect();
    let rows = store::profiles(tx, &ids, lock).await?;
    let phones: Vec<&str> = rows.iter().filter_map(|row| row.phone.as_deref()).collect();
    // What they wrote may have been that they want messages: nothing else tells that of somebody who is opted in already.
    let wrote = store::wrote_since(tx, &phones, change.at).await?;
    let mut rows: HashMap<i64, ProfileRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let former = done
        .changed
        .iter()
        .filter_map(|one| one.phone.as_ref()?.0.as_deref());
    let former: Vec<&str> = former.collect();
    let suppressed = consent::suppressed(tx, &former).await?;
    let now = app.now();
    for one in &done.changed {
        let Some(mut row) = rows.remove(&one.id) else {
            continue;
        };
        let mut fields = Fields {
            name: row.name.take(),
            phone: row.phone.take(),
            attributes: from_json("attributes", &row.attributes)?,
            consent: (row.opt_in, row.opt_source.take(), row.opt_at),
        };
        let renewed = fields.phone.as_ref().is_some_and(|phone| wrote.contains(phone));
        let taken = one.take_back(&mut fields, renewed);
        let counts = &mut verdict.counts;
        counts.restored += i64::from(taken.back);
        counts.changed += i64::from(taken.left);
        counts.opt_outs += i64::from(taken.opt_out);
        counts.opt_ins += i64::from(taken.opt_in);
        if !taken.back {
            continue;
        }
        if taken.opt_in {
            verdict.history.push(ConsentRow {
                id: app.id(),
                phone: fields.phone.clone(),
                profile_id: Some(row.id),
                action: NOT_RECORDED,
                source: SOURCE.into(),
                detail: Some(proof(import)),
                at: now,
            });
        }
        // Whoever comes back to a suppressed number is as opted out as the others there.
        let number_out = fields
            .phone
            .as_ref()
            .is_some_and(|phone| suppressed.contains(phone));
        if number_out && fields.consent.0 != OPTED_OUT {
            fields.consent = (OPTED_OUT, Some(SUPPRESSED_NUMBER.into()), Some(now));
        }
        row.name = fields.name;
        row.phone = fields.phone;
        row.attributes = to_json(&fields.attributes);
        (row.opt_in, row.opt_source, row.opt_at) = fields.consent;
        // As if the import had not been, when nobody else has changed it either: an earlier import can be undone then.
        let untouched = !taken.left && row.updated_at == change.at;
        row.updated_at = if untouched { one.since } else { now };
        verdict.restore.push(row);
    }
    Ok(())
}
