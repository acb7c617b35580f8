//! Posting to the receiver: reports, inbound messages and clicks, tried again until they are taken.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use crate::crowd;
use crate::inbound;
use crate::ledger::Stage;
use crate::report::{self, Row};
use crate::shared::Shared;
use crate::stats::{CallbackStats, Stats};
use crate::wire::{Exchange, without_token};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request to the receiver.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    url: String,
    kind: &'static str,
    body: bytes::Bytes,
}

impl Call {
    pub(crate) fn form(url: &str, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self {
            method: Method::POST,
            url: url.into(),
            kind: FORM,
            body: body.into(),
        }
    }

    pub(crate) fn json(url: &str, body: String) -> Self {
        Self {
            method: Method::POST,
            url: url.into(),
            kind: "application/json",
            body: body.into(),
        }
    }

    /// Adds the fields to the query that the URL may have.
    pub(crate) fn get(url: &str, fields: &[(&str, &str)]) -> Self {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let join = if url.contains('?') { '&' } else { '?' };
        Self {
            method: Method::GET,
            url: format!("{url}{join}{query}"),
            kind: "",
            body: bytes::Bytes::new(),
        }
    }

    /// A call without a receiver, which counts as taken.
    pub(crate) fn nowhere() -> Self {
        Self {
            method: Method::GET,
            url: String::new(),
            kind: "",
            body: bytes::Bytes::new(),
        }
    }
}

/// Which counters a call moves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Inbound,
    Click,
}

impl Purpose {
    fn of(self, stats: &mut Stats) -> &mut CallbackStats {
        match self {
            Self::Inbound => &mut stats.inbound,
            Self::Click => &mut stats.clicks,
        }
    }
}

/// Posts an inbound message or a click in the background.
pub(crate) fn post(shared: &Arc<Shared>, purpose: Purpose, call: Call) {
    let generation = {
        let mut world = shared.lock();
        let counts = purpose.of(&mut world.counters.stats);
        counts.sent += 1;
        counts.pending += 1;
        world.generation
    };
    let runtime = shared.runtime.clone();
    let shared = Arc::clone(shared);
    runtime.spawn(async move {
        let Ok(_permit) = shared.other_slots.acquire().await else {
            return;
        };
        let (taken, retried) = deliver(&shared, &call).await;
        let mut world = shared.lock();
        if world.generation == generation {
            let counts = purpose.of(&mut world.counters.stats);
            counts.pending -= 1;
            counts.retried += retried;
            counts.acknowledged += u64::from(taken);
            counts.given_up += u64::from(!taken);
        }
    });
}

/// The life of all reports: waits for what is due and posts it with a bounded number of requests at a time.
pub(crate) async fn run_reports(shared: Arc<Shared>) {
    loop {
        let Ok(permit) = Arc::clone(&shared.report_slots).acquire_owned().await else {
            return;
        };
        let Some((rows, call, generation)) = next_batch(&shared).await else {
            return;
        };
        tokio::spawn(carry(Arc::clone(&shared), permit, rows, call, generation));
    }
}

/// Waits for the next batch; `None` when the simulator stops.
async fn next_batch(shared: &Arc<Shared>) -> Option<(Vec<Row>, Call, u64)> {
    loop {
        crowd_answers(shared);
        let wait = {
            let mut world = shared.lock();
            let micros = shared.clock.micros();
            let before = world.ready.len();
            report::advance(&mut world, micros, shared.clock.epoch_ms(micros), 1_000);
            if world.ready.len() != before {
                shared.changed();
            }
            if let Some((rows, call)) = report::take_batch(&mut world, micros) {
                return Some((rows, call, world.generation));
            }
            let linger = world
                .ready
                .front()
                .map(|(since, _)| since + report::LINGER_MICROS);
            let answers = (!world.answers.is_empty()).then_some(micros + crowd::AGAIN_MICROS);
            let next = [world.due.peek().map(|due| due.at), linger, answers]
                .into_iter()
                .flatten()
                .min();
            // Without anything due, sleep until woken.
            Duration::from_micros(next.map_or(3_600_000_000, |at| at.saturating_sub(micros).max(200)))
        };
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            () = shared.stopped() => return None,
        }
    }
}

/// Lets people of crowds write who are about to.
fn crowd_answers(shared: &Arc<Shared>) {
    let answers = crowd::take_answers(&mut shared.lock());
    for answer in answers {
        if let Err(why) = inbound::write_from(shared, &answer, false) {
            tracing::debug!(%why, "somebody of a crowd does not answer");
        }
    }
}

async fn carry(
    shared: Arc<Shared>,
    permit: OwnedSemaphorePermit,
    rows: Vec<Row>,
    call: Call,
    generation: u64,
) {
    let (taken, retried) = deliver(&shared, &call).await;
    drop(permit);
    let mut world = shared.lock();
    if world.generation != generation {
        return;
    }
    let count = rows.len() as u64;
    world.flying -= count;
    world.counters.stats.reports.retried += retried;
    if !taken {
        world.counters.stats.reports.given_up += count;
        return;
    }
    world.counters.stats.reports.acknowledged += count;
    for row in rows {
        if let Some(record) = world.ledger.get_mut(row.record) {
            record.acknowledged |= Stage::bit(row.stage);
        }
    }
}

/// Tries until the receiver answers 2xx. Says whether it did, and how often it was tried again.
async fn deliver(shared: &Shared, call: &Call) -> (bool, u64) {
    if call.url.is_empty() {
        return (true, 0);
    }
    let (tries, backoff, logged) = {
        let options = &shared.lock().options;
        (
            options.callback_tries,
            options.callback_backoff_ms,
            options.wire_log,
        )
    };
    for attempt in 0..tries {
        if attempt > 0 {
            let factor = 1u64.checked_shl(attempt - 1).unwrap_or(25).min(25);
            shared
                .sleep(Duration::from_millis(backoff.saturating_mul(factor)))
                .await;
            if shared.is_stopped() {
                return (false, u64::from(attempt));
            }
        }
        let (at, began) = (shared.clock.now_ms(), shared.clock.real_micros());
        let outcome = attempt_once(shared, call).await;
        if logged > 0 {
            note(shared, call, (at, began), &outcome, logged);
        }
        match outcome.map(|taken| taken.status.is_success()) {
            Ok(true) => return (true, u64::from(attempt)),
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, "the receiver can not be reached"),
        }
    }
    (false, u64::from(tries.saturating_sub(1)))
}

/// What the receiver answered.
struct Taken {
    status: StatusCode,
    said: bytes::Bytes,
}

/// Why, without the address, which holds the receiver's token.
fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time."
    } else if error.is_connect() {
        "nothing listens there."
    } else {
        "the connection broke."
    }
}

fn note(
    shared: &Shared,
    call: &Call,
    (at, began): (i64, u64),
    outcome: &Result<Taken, reqwest::Error>,
    kept: usize,
) {
    let (status, answer) = match outcome {
        Ok(Taken { status, said }) => (Some(status.as_u16()), String::from_utf8_lossy(said).into_owned()),
        Err(error) => (
            None,
            format!("The receiver can not be reached: {}", reason(error)),
        ),
    };
    let exchange = Exchange {
        n: 0,
        at,
        direction: "callback",
        method: call.method.to_string(),
        url: without_token(&call.url),
        content_type: call.kind.into(),
        body: String::from_utf8_lossy(&call.body).into_owned(),
        status,
        answer,
        took_ms: shared.clock.real_micros().saturating_sub(began) / 1000,
    };
    shared.wire().note(exchange, kept);
    shared.changed();
}

async fn attempt_once(shared: &Shared, call: &Call) -> Result<Taken, reqwest::Error> {
    let mut request = shared
        .client
        .request(call.method.clone(), &call.url)
        .body(call.body.clone());
    if !call.kind.is_empty() {
        request = request.header("content-type", call.kind);
    }
    let response = request.send().await?;
    let status = response.status();
    // Reading the answer to its end lets the connection be used again.
    let said = response.bytes().await?;
    Ok(Taken { status, said })
}
