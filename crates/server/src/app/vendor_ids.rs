//! Vendor ids of accepted messages, sorted behind the sending. They are found before and after.

use super::App;
use crate::clock::HOUR;
use crate::store::StoreError;
use crate::store::dialect::Dialect;
use crate::store::turn::Lane;
use crate::store::vendor_id::{self, Ref};

/// Vendor ids that make a run. Few runs are searched faster; this many take 3 MB while they are sorted.
const RUN: i64 = 32_768;

/// Vendor ids in one transaction on SQLite.
const STEP: usize = 1_000;

/// When to sort what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When it makes a whole run, or its hour is over.
    Whole,
    /// Now.
    All,
}

/// Sorts one run. Answers whether there was one. Doing it twice, or half of it, does no harm.
pub async fn sort(app: &App, when: Sort) -> Result<bool, StoreError> {
    let dialect = app.db.dialect();
    let mut tx = match dialect {
        Dialect::Sqlite => app.db.read().await?,
        Dialect::Postgres => app.db.write_in(Lane::Bulk).await?,
    };
    let Some((hour, waiting)) = vendor_id::waiting(&mut tx).await? else {
        return Ok(false);
    };
    if when == Sort::Whole && waiting < RUN && hour >= app.now() / HOUR {
        return Ok(false);
    }
    let mut n = 0;
    let batches: Vec<i64> = vendor_id::fresh(&mut tx, hour)
        .await?
        .into_iter()
        .take_while(|batch| {
            let first = n == 0;
            n += batch.n;
            first || n <= RUN
        })
        .map(|batch| batch.id)
        .collect();
    let mut refs = vendor_id::refs(&mut tx, &batches).await?;
    refs.sort_unstable();
    let run = vendor_id::next_run(&mut tx, hour).await?;
    if dialect == Dialect::Sqlite {
        drop(tx);
        // Nobody else sorts; those who send must not wait for all of it.
        add_in_steps(app, run, refs).await?;
        tx = app.db.write_in(Lane::Bulk).await?;
    } else {
        vendor_id::add(&mut tx, run, refs).await?;
    }
    vendor_id::forget_fresh(&mut tx, &batches).await?;
    tx.commit().await?;
    Ok(!batches.is_empty())
}

async fn add_in_steps(app: &App, run: i64, refs: Vec<Ref>) -> Result<(), StoreError> {
    let mut refs = refs.into_iter();
    loop {
        let some: Vec<Ref> = refs.by_ref().take(STEP).collect();
        if some.is_empty() {
            return Ok(());
        }
        let mut tx = app.db.write_in(Lane::Bulk).await?;
        vendor_id::add(&mut tx, run, some).await?;
        tx.commit().await?;
    }
}
