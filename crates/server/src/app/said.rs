//! Finding what was said in conversations. A worker takes the words out of the ledger after the fact, so that nobody who sends or
//! receives waits for it.

use std::collections::BTreeSet;

use super::{App, AppError};
use crate::clock::{MINUTE, Millis, SECOND, first_id_at, id_time};
use crate::domain::said::{self, Asked};
use crate::domain::state::RECEIVED;
use crate::store::message::MessageRow;
use crate::store::said::{self as store, Mark, SaidWord};
use crate::store::turn::Lane;
use crate::store::{StoreError, Tx};

/// Ids are made before their rows are there to be seen, and by several nodes: what is older than this has settled.
const SETTLED: Millis = 30 * SECOND;

/// A search is behind when this much has not been taken yet.
const BEHIND: Millis = 5 * MINUTE;

/// How often the mark moves when nothing was said.
const IDLE_MARK: Millis = MINUTE;

/// Rows of the ledger that are looked at in one step, and messages whose words are taken.
const LOOKED: i64 = 5_000;
const TAKEN: usize = 200;

/// Takes the words of some messages: what came lately, so that it is found at once, and what settled, which misses nothing. Answers
/// whether there is more. Doing a step twice, or on two nodes at once, is harmless.
pub async fn step(app: &App) -> Result<bool, AppError> {
    let settled = first_id_at(app.now() - SETTLED);
    let mut tx = app.db.read().await?;
    let mark = store::mark(&mut tx).await?;
    let from = if mark.fresh == 0 {
        settled
    } else {
        mark.fresh.max(mark.sure)
    };
    let fresh = Chunk::read(&mut tx, from, i64::MAX).await?;
    let sure = Chunk::read(&mut tx, mark.sure, settled).await?;
    drop(tx);
    let next = Mark {
        // Where nothing is left, the mark stands where one looked.
        sure: if sure.more {
            sure.last
        } else {
            mark.sure.max(settled - 1)
        },
        fresh: fresh.last,
    };
    let idle = fresh.looked == 0 && sure.looked == 0;
    if idle && id_time(next.sure) - id_time(mark.sure) < IDLE_MARK && mark.fresh != 0 {
        return Ok(false);
    }
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    store::alone(&mut tx).await?;
    if store::mark(&mut tx).await? != mark {
        // Another node did it.
        return Ok(true);
    }
    let ids: BTreeSet<i64> = fresh.said.into_iter().chain(sure.said).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let rows = store::messages(&mut tx, &ids).await?;
    let mut words: Vec<SaidWord> = rows.iter().flat_map(words_of).collect();
    // New entries land together.
    words.sort();
    store::add(&mut tx, &words).await?;
    store::set_mark(&mut tx, next).await?;
    tx.commit().await?;
    Ok(fresh.more || sure.more)
}

struct Chunk {
    /// The last message that was looked at.
    last: i64,
    looked: usize,
    /// What was said in conversations.
    said: Vec<i64>,
    more: bool,
}

impl Chunk {
    async fn read(tx: &mut Tx, after: i64, before: i64) -> Result<Self, StoreError> {
        let rows = store::ahead(tx, after, before, LOOKED).await?;
        let mut chunk = Self {
            last: after,
            looked: 0,
            said: Vec::new(),
            more: rows.len() as i64 >= LOOKED,
        };
        for (id, said) in rows {
            if chunk.said.len() >= TAKEN {
                chunk.more = true;
                break;
            }
            chunk.looked += 1;
            chunk.last = id;
            if said == 1 {
                chunk.said.push(id);
            }
        }
        Ok(chunk)
    }
}

/// What a person can read in a message of a conversation; empty when it was erased.
pub fn text_of(row: &MessageRow) -> String {
    let content = row.content.as_deref().unwrap_or_default();
    if row.state == RECEIVED {
        return serde_json::from_str(content).map_or_else(|_| String::new(), |c| said::of_inbound(&c));
    }
    serde_json::from_str(content).map_or_else(|_| String::new(), |c| said::of_content(&c))
}

fn words_of(row: &MessageRow) -> Vec<SaidWord> {
    let message_id = row.id;
    let words = said::words(&text_of(row)).into_iter();
    words.map(|word| SaidWord { word, message_id }).collect()
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Messages, newest first.
    pub rows: Vec<MessageRow>,
    /// Messages below this id come next.
    pub next: Option<i64>,
    /// So many words begin as what was typed that not all of them were looked for.
    pub many: bool,
    /// What was said since this moment is not all found yet.
    pub until: Option<Millis>,
}

/// Words that begin so, at most.
const WORDS: i64 = 40;

/// Messages that are looked at in one go, and how often before the rest is left to the next page.
const AT_ONCE: i64 = 1_000;
const TURNS: usize = 5;

/// A word is so common that it makes no difference how much.
const COMMON: i64 = 2_000;

/// Messages with all these words, newest first, those below this id.
pub async fn search(
    app: &App,
    tx: &mut Tx,
    asked: &Asked,
    before: i64,
    limit: usize,
) -> Result<Found, AppError> {
    let (ids, next, many) = if asked.whole.is_empty() {
        beginning(tx, asked.begins.as_deref().unwrap_or_default(), before, limit).await?
    } else {
        let (ids, next) = together(tx, asked, before, limit).await?;
        (ids, next, false)
    };
    let sure = store::mark(tx).await?.sure;
    Ok(Found {
        rows: store::messages(tx, &ids).await?,
        next,
        many,
        until: (sure < first_id_at(app.now() - BEHIND)).then(|| id_time(sure)),
    })
}

/// All words that begin so.
fn beginnings(begin: &str) -> String {
    format!("{begin}\u{10ffff}")
}

async fn beginning(
    tx: &mut Tx,
    begin: &str,
    before: i64,
    limit: usize,
) -> Result<(Vec<i64>, Option<i64>, bool), StoreError> {
    let words = store::words(tx, begin, &beginnings(begin), WORDS + 1).await?;
    let many = words.len() as i64 > WORDS;
    let mut ids: BTreeSet<i64> = BTreeSet::new();
    for word in words.iter().take(WORDS as usize) {
        ids.extend(store::with(tx, word, before, limit as i64 + 1).await?);
    }
    let mut ids: Vec<i64> = ids.into_iter().rev().collect();
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().copied().filter(|_| more);
    Ok((ids, next, many))
}

async fn together(
    tx: &mut Tx,
    asked: &Asked,
    before: i64,
    limit: usize,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    // The rarest leads.
    let mut lead = (i64::MAX, "");
    for word in &asked.whole {
        let many = store::how_many(tx, word, COMMON).await?;
        if many < lead.0 {
            lead = (many, word);
        }
    }
    let mut ranges: Vec<(&str, String)> = Vec::new();
    for word in asked.whole.iter().filter(|word| *word != lead.1) {
        ranges.push((word, format!("{word}\u{1}")));
    }
    if let Some(begin) = &asked.begins {
        ranges.push((begin, beginnings(begin)));
    }
    let (mut found, mut at) = (Vec::new(), before);
    for _ in 0..TURNS {
        let mut ids = store::with(tx, lead.1, at, AT_ONCE).await?;
        let full = ids.len() as i64 >= AT_ONCE;
        at = ids.last().copied().unwrap_or(at);
        for (from, to) in &ranges {
            if !ids.is_empty() {
                ids = store::those_with(tx, &ids, from, to).await?;
            }
        }
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        found.extend(ids);
        if found.len() > limit {
            found.truncate(limit);
            let next = found.last().copied();
            return Ok((found, next));
        }
        if !full {
            return Ok((found, None));
        }
    }
    Ok((found, Some(at)))
}
