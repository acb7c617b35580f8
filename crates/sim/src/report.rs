//! Delivery reports: when they happen, which get lost, late or doubled, and how they are written.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::{Value, json};

use crate::callback::Call;
use crate::crowd;
use crate::ledger::{Category, Record, Stage};
use crate::options::ReportEncoding;
use crate::world::World;

/// Something of a message that is due at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// Microseconds since the start.
    pub at: u64,
    pub sequence: u64,
    pub step: Step,
    pub stage: Stage,
    pub record: u32,
}

/// The stage happens, its report (a late one or a copy) goes out, or somebody of a crowd answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Happen,
    Post,
    Answer,
}

impl Ord for Due {
    // The heap gives its greatest first; the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.sequence).cmp(&(self.at, self.sequence))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A report to post: of which message, which stage, and when it happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub record: u32,
    pub stage: Stage,
    pub at_ms: i64,
}

/// How long a batch waits to fill up.
pub(crate) const LINGER_MICROS: u64 = 20_000;

/// Lets happen what is due, at most `limit` steps.
pub(crate) fn advance(world: &mut World, micros: u64, now_ms: i64, limit: usize) {
    for _ in 0..limit {
        if world.due.peek().is_none_or(|due| due.at > micros) {
            return;
        }
        let Some(due) = world.due.pop() else { return };
        match due.step {
            Step::Happen => happen(world, due, micros, now_ms),
            Step::Post => post(world, due, micros, now_ms),
            Step::Answer => world
                .answers
                .push_back((due.record, happened_ms(due, micros, now_ms))),
        }
    }
}

fn happen(world: &mut World, due: Due, micros: u64, now_ms: i64) {
    let Some(record) = world.ledger.get_mut(due.record) else {
        return;
    };
    if record.happened & due.stage.bit() != 0 {
        return;
    }
    record.happened |= due.stage.bit();
    let course = crowd::course(&world.options, record);
    let delay = world.options.report_delay_ms * 1000;
    let after = due.at + delay;
    match (due.stage, course) {
        (Stage::Sent, course) => {
            let arrives = after + course.map_or(0, |course| course.arrives);
            world.schedule(arrives, Step::Happen, Stage::Delivered, due.record);
        }
        (Stage::Delivered, Some(course)) => {
            if let Some(reads) = course.reads {
                world.schedule(after + reads, Step::Happen, Stage::Read, due.record);
            }
        }
        (Stage::Delivered, None) => {
            if world.rng.chance(world.options.read_rate) {
                world.schedule(after, Step::Happen, Stage::Read, due.record);
            }
        }
        (Stage::Read, Some(course)) => {
            if let Some(answers) = course.answers {
                world.schedule(after + answers, Step::Answer, Stage::Read, due.record);
            }
        }
        (Stage::Read | Stage::Failed, _) => {}
    }
    if world.options.reports_url.is_none() {
        return;
    }
    let (loss, late, twice) = {
        let o = &world.options;
        (o.report_loss, o.report_reorder, o.report_duplicates)
    };
    world.counters.stats.reports.generated += 1;
    if world.rng.chance(loss) {
        world.counters.stats.reports.lost += 1;
        return;
    }
    if world.rng.chance(twice) {
        world.counters.stats.reports.duplicated += 1;
        let wait = world.rng.range(0, delay * 2 + 5_000);
        world.schedule(due.at + wait, Step::Post, due.stage, due.record);
    }
    if world.rng.chance(late) {
        world.counters.stats.reports.reordered += 1;
        world.schedule(due.at + delay * 3 + 5_000, Step::Post, due.stage, due.record);
    } else {
        post(world, due, micros, now_ms);
    }
}

/// When something happened is told as it was, however late that is.
fn happened_ms(due: Due, micros: u64, now_ms: i64) -> i64 {
    now_ms - i64::try_from(micros.saturating_sub(due.at) / 1000).unwrap_or(0)
}

fn post(world: &mut World, due: Due, micros: u64, now_ms: i64) {
    let row = Row {
        record: due.record,
        stage: due.stage,
        at_ms: happened_ms(due, micros, now_ms),
    };
    world.ready.push_back((micros, row));
}

/// The next request's worth of reports, if there are enough of them or they have waited long enough.
pub(crate) fn take_batch(world: &mut World, micros: u64) -> Option<(Vec<Row>, Call)> {
    let single = matches!(
        world.options.report_encoding,
        ReportEncoding::Object | ReportEncoding::Query
    );
    let size = if single { 1 } else { world.options.report_batch };
    let waited = micros.saturating_sub(world.ready.front()?.0);
    if world.ready.len() < size && waited < LINGER_MICROS {
        return None;
    }
    let count = size.min(world.ready.len());
    let rows: Vec<Row> = world.ready.drain(..count).map(|(_, row)| row).collect();
    world.flying += rows.len() as u64;
    let Some(url) = world.options.reports_url.clone() else {
        return Some((rows, Call::nowhere()));
    };
    let call = write(world, &url, &rows);
    world.counters.stats.reports.sent += rows.len() as u64;
    Some((rows, call))
}

fn write(world: &World, url: &str, rows: &[Row]) -> Call {
    let number = &world.options.number;
    let records = || {
        rows.iter()
            .filter_map(|row| Some((row, world.ledger.get(row.record)?)))
    };
    let reports = || {
        records()
            .map(|(row, record)| Report::of(row, record, number))
            .collect::<Vec<_>>()
    };
    match world.options.report_encoding {
        ReportEncoding::Form => Call::form(url, &[("response", &text(&reports()))]),
        ReportEncoding::Json => Call::json(url, text(&json!({ "response": reports() }))),
        ReportEncoding::JsonString => Call::json(url, text(&json!({ "response": text(&reports()) }))),
        ReportEncoding::Array => Call::json(url, text(&reports())),
        ReportEncoding::Object => Call::json(url, reports().first().map(text).unwrap_or_default()),
        ReportEncoding::Query => {
            let fields = records()
                .next()
                .map(|(row, record)| query(row, record, number))
                .unwrap_or_default();
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            Call::get(url, &fields)
        }
    }
}

fn text<T: Serialize>(value: &T) -> String {
    // Plain structs with string keys: serialising them has no way to fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    src_addr: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    extra: &'a str,
    channel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hsm_template_id: Option<String>,
    external_id: String,
    cause: &'a str,
    error_code: &'static str,
    dest_addr: String,
    event_type: &'static str,
    event_ts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Value>,
}

impl<'a> Report<'a> {
    fn of(row: &Row, record: &'a Record, number: &'a str) -> Self {
        let (cause, error_code) = cause(row.stage, record);
        let sent = row.stage == Stage::Sent;
        Self {
            src_addr: number,
            extra: &record.reference,
            channel: "WHATSAPP",
            hsm_template_id: (record.template != 0).then(|| record.template.to_string()),
            external_id: record.id.to_string(),
            cause,
            error_code,
            dest_addr: record.to.to_string(),
            event_type: row.stage.name(),
            event_ts: row.at_ms,
            conversation: sent.then(|| conversation(record)),
            pricing: sent.then(|| json!({ "category": record.category.name() })),
        }
    }
}

/// One conversation per customer and category, open for a day.
fn conversation(record: &Record) -> Value {
    let mut category = 0u64;
    for (at, kind) in [
        Category::Service,
        Category::Marketing,
        Category::Utility,
        Category::Authentication,
    ]
    .iter()
    .enumerate()
    {
        if *kind == record.category {
            category = at as u64;
        }
    }
    json!({
        "id": format!("{:016x}{:016x}", record.to, category),
        "expiration_timestamp": record.accepted_ms / 1000 + 86_400,
        "origin": {"type": record.category.name()},
    })
}

fn cause(stage: Stage, record: &Record) -> (&str, &'static str) {
    match (stage, &record.failure) {
        (Stage::Sent, _) => ("SENT", "025"),
        (Stage::Delivered, _) => ("SUCCESS", "000"),
        (Stage::Read, _) => ("READ", "026"),
        (Stage::Failed, Some(failure)) => (&failure.cause, failure.code),
        (Stage::Failed, None) => ("OTHER", "00a"),
    }
}

fn query(row: &Row, record: &Record, number: &str) -> Vec<(&'static str, String)> {
    let (cause, code) = cause(row.stage, record);
    let status = match row.stage {
        Stage::Sent => "UNKNOWN",
        Stage::Delivered | Stage::Read => "SUCCESS",
        Stage::Failed => "FAILURE",
    };
    vec![
        ("externalId", record.id.to_string()),
        ("deliveredTS", row.at_ms.to_string()),
        ("status", status.into()),
        ("cause", cause.into()),
        ("phoneNo", record.to.to_string()),
        ("errCode", code.into()),
        ("noOfFrags", "1".into()),
        ("mask", number.into()),
    ]
}

/// The error code that goes with a cause; `00a` (OTHER) for one that is not in the table.
pub(crate) fn cause_code(cause: &str) -> &'static str {
    const CODES: &[(&str, &str)] = &[
        ("ABSENT_SUBSCRIBER", "001"),
        ("CALL_BARRED", "002"),
        ("UNKNOWN_SUBSCRIBER", "003"),
        ("SERVICE_DOWN", "004"),
        ("SYSTEM_FAILURE", "005"),
        ("DND_FAIL", "006"),
        ("BLOCKED", "007"),
        ("BLOCKED_FOR_USER", "007"),
        ("DND_TIMEOUT", "008"),
        ("OUTSIDE_WORKING_HOURS", "009"),
        ("BLOCKED_MASK", "00b"),
        ("SMSCTIMEDOUT", "00c"),
        ("DEFERRED", "010"),
        ("INBOXFULL", "011"),
        ("CONGESTION", "012"),
        ("NO_ACK_FROM_OPERATOR", "013"),
        ("MSG_DOES_NOT_MATCH_TEMPLATE", "038"),
    ];
    CODES
        .iter()
        .find(|(name, _)| *name == cause)
        .map_or("00a", |(_, code)| code)
}
