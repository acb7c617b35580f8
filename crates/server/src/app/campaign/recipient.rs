//! Who got a campaign, searched and filtered, in pages by number.

use serde::{Deserialize, Serialize};

use crate::app::{App, AppError, find};
use crate::domain::phone::Phone;
use crate::domain::state::State;
use crate::store::message::MessageRow;
use crate::store::recipient::{self, Wanted, Without};
use crate::store::{StoreError, Tx};

/// Which recipients.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipients {
    /// In this state; 0 for all.
    pub state: State,
    /// With a failure of this kind; empty for all.
    pub kind: String,
    /// A number, digits in one, or the beginning of a name; empty for all.
    pub search: String,
    /// Only those who answered.
    pub replied: bool,
    /// Only those of whom this did not come.
    pub without: Without,
}

impl Recipients {
    /// Everybody who has a row in the ledger?
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            state: self.state,
            kind: self.kind.clone(),
            digits: String::new(),
            replied: self.replied,
            without: self.without,
        }
    }
}

/// A page of them after a number, and where to go on when not all were looked at.
pub async fn recipients(
    app: &App,
    tx: &mut Tx,
    campaign: i64,
    which: &Recipients,
    after: &str,
    limit: i64,
) -> Result<(Vec<MessageRow>, Option<String>), AppError> {
    let mut wanted = which.wanted();
    match read(app, tx, &which.search).await? {
        Search::All => {}
        Search::Digits(digits) => wanted.digits = digits,
        Search::Phones(phones) => {
            let rows = recipient::of_phones(tx, campaign, &phones, &wanted, after, limit).await?;
            let next = (rows.len() as i64 >= limit)
                .then(|| rows.last().map(|row| row.phone.clone()))
                .flatten();
            return Ok((rows, next));
        }
    }
    Ok(recipient::page(tx, campaign, &wanted, after, limit).await?)
}

/// A part of a campaign's recipients, for an act on many of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Profiles of those who are wanted.
    pub profiles: Vec<i64>,
    /// How many were looked at.
    pub looked_at: i64,
    /// Where the next part begins; `None` after the last.
    pub next: Option<String>,
}

/// The next recipients after a number, `limit` looked at. Who was erased has no profile.
pub async fn part(
    app: &App,
    tx: &mut Tx,
    campaign: i64,
    which: &Recipients,
    after: &str,
    limit: i64,
) -> Result<Part, AppError> {
    let mut wanted = which.wanted();
    let (profiles, looked_at, last) = match read(app, tx, &which.search).await? {
        Search::Phones(phones) => {
            let rows = recipient::of_phones(tx, campaign, &phones, &wanted, after, limit).await?;
            let last = rows.last().map(|row| row.phone.clone());
            let profiles = rows.iter().filter_map(|row| row.profile_id).collect();
            (profiles, rows.len() as i64, last)
        }
        search => {
            if let Search::Digits(digits) = search {
                wanted.digits = digits;
            }
            let rows = recipient::window(tx, campaign, &wanted, after, limit).await?;
            let last = rows.last().map(|(_, phone, _)| phone.clone());
            let fitting = rows.iter().filter(|(_, _, fits)| *fits == 1);
            let profiles = fitting.filter_map(|(profile, _, _)| *profile).collect();
            (profiles, rows.len() as i64, last)
        }
    };
    Ok(Part {
        profiles,
        looked_at,
        next: last.filter(|_| looked_at >= limit),
    })
}

enum Search {
    All,
    /// These numbers.
    Phones(Vec<String>),
    /// Numbers that contain these digits.
    Digits(String),
}

async fn read(app: &App, tx: &mut Tx, search: &str) -> Result<Search, StoreError> {
    let search = search.trim();
    if search.is_empty() {
        return Ok(Search::All);
    }
    if let Ok(phone) = Phone::parse(search, &app.config.default_region) {
        return Ok(Search::Phones(vec![phone.into_string()]));
    }
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    let is_number = search
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.'));
    if is_number && !digits.is_empty() {
        return Ok(Search::Digits(digits));
    }
    let (people, _) = find::named(tx, search).await?;
    Ok(Search::Phones(recipient::phones(tx, &people).await?))
}
