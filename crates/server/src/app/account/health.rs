//! Everything that tells whether an account works, gathered for the settings page.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Failed;
use super::{by_id, click_to_chat, provider_of};
use crate::app::arrival::NO_NUMBER;
use crate::app::trouble::Trouble;
use crate::app::{App, AppError};
use crate::clock::{DAY, HOUR, Millis, first_id_at, id_time};
use crate::domain::light::{Facts, Light, Pressure, REPORTS_KNOWN, Wrong, lights};
use crate::store::account::{AccountRow, HELD};
use crate::store::callback::{NOT_OURS, UNREADABLE};
use crate::store::health::{self, ErrorRow};
use crate::store::refused::RefusedRow;
use crate::store::{Tx, from_json, number, refused};

/// How an account does.
#[derive(Debug)]
pub struct Health {
    /// The account.
    pub row: AccountRow,
    /// Four lights.
    pub lights: [Light; 4],
    /// What failed in the last 24 hours, the latest first.
    pub errors: Vec<ErrorGroup>,
    /// Callbacks that were not taken.
    pub refused: Option<RefusedRow>,
    /// What keeps sending back at this moment, as far as this server knows.
    pub pressure: Option<Trouble>,
    /// What the operator should know of network access.
    pub network_hint: &'static str,
    /// Opens a chat with its default number.
    pub click_to_chat_url: Option<String>,
}

/// Failures of one kind and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorGroup {
    /// Stable name of the kind.
    pub kind: String,
    /// The provider's code.
    pub code: Option<String>,
    /// Told by a report, rather than answered at once.
    pub reported: bool,
    /// The provider's words, of the last one.
    pub detail: String,
    /// What a person reads.
    pub help: String,
    /// How many.
    pub count: i64,
    /// When the last one came.
    pub last_at: Millis,
    /// From which numbers.
    pub numbers: Vec<String>,
}

/// How this account does. Asks small tables only, never the ledger.
pub async fn health(app: &App, tx: &mut Tx, id: i64) -> Result<Health, AppError> {
    let now = app.now();
    let row = by_id(tx, id).await?;
    let numbers = number::of_account(tx, id).await?;
    let errors = health::errors(tx, id, (now - DAY) / HOUR, now - DAY).await?;
    let refused = refused::of_account(tx, id).await?;
    let pressure = app.troubles.of(id);
    let facts = facts(app, tx, &row, &errors, refused.as_ref(), pressure.as_ref()).await?;
    let phones: BTreeMap<i64, &str> = numbers.iter().map(|n| (n.id, n.phone.as_str())).collect();
    Ok(Health {
        lights: lights(&facts, now),
        errors: grouped(&errors, &phones),
        refused,
        pressure,
        // An account outlives a version that knew its provider.
        network_hint: provider_of(&row).map_or("", |provider| provider.spec().network_hint),
        click_to_chat_url: numbers.first().and_then(|n| click_to_chat(&n.phone)),
        row,
    })
}

async fn facts(
    app: &App,
    tx: &mut Tx,
    row: &AccountRow,
    errors: &[ErrorRow],
    refused: Option<&RefusedRow>,
    pressure: Option<&Trouble>,
) -> Result<Facts, AppError> {
    let reported = row.last_report_at.map_or(0, |at| at + REPORTS_KNOWN);
    let (accepted_at, waiting_since) = health::life(tx, row.id, reported).await?;
    let checked = match health::proof(tx, row.id).await? {
        Some((at, failed)) => Some((at, not_working(at, failed.as_deref())?)),
        None => None,
    };
    let since = first_id_at(app.now() - DAY);
    let unreadable = health::left_over(tx, row.id, UNREADABLE, since).await?;
    let strays = health::left_over(tx, row.id, NOT_OURS, since).await?;
    let says_so =
        |(_, problem): &(i64, Option<String>)| problem.as_deref().is_some_and(|p| p.contains(NO_NUMBER));
    let answered = |error: &&ErrorRow| error.reported == 0;
    let ours = |error: &&ErrorRow| ["auth", "config"].contains(&error.kind.as_str());
    Ok(Facts {
        retired: super::not_archived(row).is_err(),
        held: held(row),
        pressure: pressure.and_then(pressing),
        updated_at: row.updated_at,
        checked,
        refused_us: errors.iter().filter(answered).find(ours).map(failure),
        failed: errors.iter().find(answered).map(failure),
        accepted_at,
        waiting_since,
        last_report_at: row.last_report_at,
        last_inbound_at: row.last_inbound_at,
        refused_callback: refused.map(not_taken),
        unreadable: unreadable.first().map(|left| {
            left_over(
                left,
                "The provider sends another format than was expected. Look at it in the callback log.",
            )
        }),
        stray: strays
            .iter()
            .find(|left| says_so(left))
            .map(|left| left_over(left, "Add that number to the account, and replay the callback.")),
    })
}

fn held(row: &AccountRow) -> Option<Wrong> {
    (row.state == HELD).then(|| Wrong {
        at: row.held_at.unwrap_or(row.updated_at),
        detail: row.held_reason.clone().unwrap_or_default(),
        help: "Nothing is lost: it goes on when the settings are corrected, or when sending is resumed."
            .into(),
    })
}

fn pressing(trouble: &Trouble) -> Option<Pressure> {
    let why = Wrong {
        // A throttle that goes on is news, however long ago it began.
        at: trouble.until.unwrap_or(trouble.since).max(trouble.since),
        detail: trouble.reason.clone(),
        help: String::new(),
    };
    let since = Wrong {
        at: trouble.since,
        help: "It is tried again by itself, and nothing is lost. If it lasts, look at the provider's status page.".into(),
        ..why.clone()
    };
    match trouble.code.as_str() {
        "throttled" => Some(Pressure::Throttled(Wrong {
            help: "Nothing to do. If it happens often, lower the messages or requests per second.".into(),
            ..why
        })),
        "unavailable" => Some(Pressure::Away(since)),
        "account_unreadable" => Some(Pressure::Unreadable(Wrong {
            help: "Restore the key, or type the secrets in again.".into(),
            ..since
        })),
        _ => None,
    }
}

fn not_working(at: Millis, failed: Option<&str>) -> Result<Option<Wrong>, AppError> {
    let Some(failed) = failed else { return Ok(None) };
    let failed: Vec<Failed> = from_json("failed credentials", failed)?;
    let join = |part: fn(&Failed) -> String| failed.iter().map(part).collect::<Vec<_>>().join(" ");
    Ok(Some(Wrong {
        at,
        detail: join(|f| format!("{}: {}.", f.credential, f.detail.trim_end_matches('.'))),
        help: join(|f| f.help.clone()),
    }))
}

fn failure(row: &ErrorRow) -> Wrong {
    Wrong {
        at: row.last_at,
        detail: row.detail.clone(),
        help: row.help.clone(),
    }
}

fn not_taken(row: &RefusedRow) -> Wrong {
    Wrong {
        at: row.at,
        detail: format!("Callbacks are refused: {}", row.reason),
        help: "Compare the signing secret in the settings with the one at the provider. The provider sends what was refused \
               again."
            .into(),
    }
}

fn left_over((id, problem): &(i64, Option<String>), help: &str) -> Wrong {
    let problem = problem.as_deref().unwrap_or("no reason was kept");
    Wrong {
        at: id_time(*id),
        detail: format!("A callback came that could not be used: {problem}."),
        help: help.to_owned(),
    }
}

/// Together what is the same but for its hour and number; the latest first, as it comes.
fn grouped(errors: &[ErrorRow], phones: &BTreeMap<i64, &str>) -> Vec<ErrorGroup> {
    let mut groups: Vec<(ErrorGroup, BTreeSet<&str>)> = Vec::new();
    for row in errors {
        let phone = phones.get(&row.number_id).copied();
        let same = groups.iter_mut().find(|(group, _)| {
            group.kind == row.kind
                && group.code.as_deref().unwrap_or_default() == row.code
                && group.reported == (row.reported == 1)
        });
        match same {
            Some((group, numbers)) => {
                group.count += row.n;
                numbers.extend(phone);
            }
            None => {
                let group = ErrorGroup {
                    kind: row.kind.clone(),
                    code: Some(row.code.clone()).filter(|code| !code.is_empty()),
                    reported: row.reported == 1,
                    detail: row.detail.clone(),
                    help: row.help.clone(),
                    count: row.n,
                    last_at: row.last_at,
                    numbers: Vec::new(),
                };
                groups.push((group, phone.into_iter().collect()));
            }
        }
    }
    let finish = |(group, numbers): (ErrorGroup, BTreeSet<&str>)| ErrorGroup {
        numbers: numbers.into_iter().map(str::to_owned).collect(),
        ..group
    };
    groups.into_iter().map(finish).collect()
}
