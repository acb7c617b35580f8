//! What stands in the way of a campaign, or should be known before it is launched. The page shows these findings, and a
//! launch refuses what is red among them: one function decides both.

use serde::Serialize;
use utoipa::ToSchema;

use super::held_back::held_back;
use super::{Checked, Reach, frozen, planned_end, planned_start, quiet_hours, sound, who_of};
use crate::app::{App, AppError, FieldProblem, account, file, template};
use crate::clock::{DAY, Millis};
use crate::domain::audience::Exclusion;
use crate::domain::campaign::DRAFT;
use crate::domain::start::PlannedStart;
use crate::domain::template::mapping_problems;
use crate::domain::timetable::{Finish, Timetable};
use crate::store::account::ACTIVE;
use crate::store::campaign::CampaignRow;
use crate::store::health::{self, SLOT};
use crate::store::{self, Tx, number, retired};

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Green,
    /// Worth a look; it can be launched.
    Amber,
    /// It cannot be launched.
    Red,
}

/// Where it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FixStep)]
pub enum Step {
    /// The audience.
    Who,
    /// Template and values.
    What,
    /// Time and speed.
    When,
    /// The account or its numbers.
    Account,
}

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// Stable name.
    pub key: &'static str,
    /// How grave.
    pub level: Level,
    /// In a few words.
    pub title: String,
    /// What is so.
    pub detail: String,
    /// What to do; empty when there is nothing to do.
    pub help: String,
    /// Where.
    pub fix: Option<Step>,
    /// What a launch answers.
    refusal: Option<AppError>,
}

impl Finding {
    pub(super) fn green(key: &'static str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            key,
            level: Level::Green,
            title: title.into(),
            detail: detail.into(),
            help: String::new(),
            fix: None,
            refusal: None,
        }
    }

    pub(super) fn amber(mut self, help: impl Into<String>, fix: Step) -> Self {
        self.level = Level::Amber;
        self.help = help.into();
        self.fix = Some(fix);
        self
    }

    fn red(key: &'static str, title: impl Into<String>, fix: Step, refusal: AppError) -> Self {
        let (detail, help) = match &refusal {
            AppError::Conflict { detail, help, .. } => (detail.clone(), help.clone()),
            AppError::Invalid(fields) => {
                let all: Vec<&str> = fields.iter().map(|field| field.detail.as_str()).collect();
                (all.join(" "), "Mend it, then launch.".to_owned())
            }
            other => (other.to_string(), String::new()),
        };
        Self {
            key,
            level: Level::Red,
            title: title.into(),
            detail,
            help,
            fix: Some(fix),
            refusal: Some(refusal),
        }
    }
}

/// Looks at everything that needs no walk through the audience.
pub async fn findings(app: &App, tx: &mut Tx, checked: &Checked) -> Result<Vec<Finding>, AppError> {
    let mut all = needed(app, tx, checked).await?;
    all.extend(of_time(checked, app.now()));
    Ok(all)
}

/// What must be so whenever it starts.
async fn needed(app: &App, tx: &mut Tx, checked: &Checked) -> Result<Vec<Finding>, AppError> {
    let mut all = vec![of_template(checked)];
    all.extend(of_who(tx, &checked.row).await?);
    all.extend(held_back(tx, &checked.row).await?);
    all.push(of_values(app, tx, checked).await?);
    all.push(of_numbers(tx, checked).await?);
    all.extend(of_account(app, tx, checked).await?);
    all.extend(of_hours(&checked.row, app.now())?);
    Ok(all)
}

/// A list or a campaign that is gone since: people who were to be left out would get it.
async fn of_who(tx: &mut Tx, row: &CampaignRow) -> Result<Option<Finding>, AppError> {
    match sound(tx, &who_of(row)?).await {
        Ok(()) => Ok(None),
        Err(refusal @ AppError::Invalid(_)) => Ok(Some(Finding::red(
            "who",
            "Audience not complete",
            Step::Who,
            refusal,
        ))),
        Err(error) => Err(error),
    }
}

/// Its cut-off and its quiet hours, where there are any.
fn of_hours(row: &CampaignRow, now: Millis) -> Result<Vec<Finding>, AppError> {
    let mut all = Vec::new();
    if let Some(ends) = planned_end(row) {
        let detail = format!(
            "Nothing leaves after {} in {}.",
            ends.local.replace('T', " "),
            ends.zone
        );
        all.push(match end_of(row, now) {
            Ok(_) => Finding::green("cut_off", "Cut-off planned", detail),
            Err(refusal) => Finding::red("cut_off", "Cut-off has passed", Step::When, refusal),
        });
    }
    if let Some(quiet) = quiet_hours(row)? {
        let detail = format!(
            "It waits in its quiet hours, on the clocks of {}, and goes on by itself.",
            quiet.zone
        );
        all.push(Finding::green("quiet_hours", "Quiet hours", detail));
    }
    Ok(all)
}

/// The moment of its cut-off, unless it would not be after the start.
pub(super) fn end_of(row: &CampaignRow, start: Millis) -> Result<Option<Millis>, AppError> {
    let Some(planned) = planned_end(row) else {
        return Ok(None);
    };
    let at = match row.ends_at {
        Some(at) => at,
        None => planned
            .moment_of("/ends")
            .map_err(|problem| AppError::Invalid(vec![problem]))?,
    };
    if at > start {
        return Ok(Some(at));
    }
    Err(AppError::conflict(
        "cut_off_passed",
        format!(
            "The cut-off, {} in {}, is not after the start: nobody would get it.",
            planned.local.replace('T', " "),
            planned.zone
        ),
        "Choose a later cut-off, or none. A campaign that was launched is taken back to a draft for that.",
    ))
}

/// When a campaign starts or started, as far as that is known.
pub fn start_of(row: &CampaignRow, now: Millis) -> Millis {
    let planned = || planned_start(row)?.moment().ok();
    row.scheduled_at.or_else(planned).unwrap_or(0).max(now)
}

/// When it would be through, and a warning when its cut-off comes before.
pub fn of_finish(
    table: &Timetable,
    start: Millis,
    people: i64,
    rate: i64,
) -> (Option<Finish>, Option<Finding>) {
    let finish = table.finish(start, people, rate);
    let left = finish.map_or(0, |finish| finish.left);
    let finding = (left > 0).then(|| {
        let detail = format!("At {rate} messages a second {left} people have no turn before the cut-off.");
        Finding::green("cut_off_reach", "Cut-off comes too early", detail).amber(
            "Choose a later cut-off, an earlier start or more numbers, or accept that they are skipped.",
            Step::When,
        )
    });
    (finish, finding)
}

/// Refuses what could not work.
pub(super) async fn preflight(app: &App, tx: &mut Tx, checked: &Checked) -> Result<(), AppError> {
    let found = needed(app, tx, checked).await?;
    match found.into_iter().find_map(|finding| finding.refusal) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// The moment that a draft plans, unless it has passed.
pub(super) fn still_to_come(planned: &PlannedStart, now: Millis) -> Result<Millis, AppError> {
    let at = planned
        .moment()
        .map_err(|problem| AppError::Invalid(vec![problem]))?;
    if at > now {
        return Ok(at);
    }
    Err(AppError::conflict(
        "planned_time_passed",
        format!(
            "The time that the draft plans, {} in {}, has passed.",
            planned.local.replace('T', " "),
            planned.zone
        ),
        "Plan a later time, or none: then it starts as soon as it is launched.",
    ))
}

fn of_time(checked: &Checked, now: Millis) -> Option<Finding> {
    let planned = planned_start(&checked.row).filter(|_| checked.row.state == DRAFT)?;
    Some(match still_to_come(&planned, now) {
        Ok(_) => Finding::green(
            "time",
            "Time planned",
            format!(
                "It starts at {} in {}.",
                planned.local.replace('T', " "),
                planned.zone
            ),
        ),
        Err(refusal) => Finding::red("time", "Time has passed", Step::When, refusal),
    })
}

fn of_template(checked: &Checked) -> Finding {
    let template = &checked.template;
    if let Err(refusal) = template::not_deleted(template) {
        return Finding::red("template", "Template deleted", Step::What, refusal);
    }
    if template.status == "approved" {
        let detail = format!("\"{}\" ({}) is approved.", template.name, template.language);
        if template.held.differs == 0 {
            return Finding::green("template", "Template approved", detail);
        }
        let detail = format!(
            "\"{}\" ({}) is approved, but says something else here than at the provider, which may refuse every message.",
            template.name, template.language
        );
        return Finding::green("template", "Template differs at the provider", detail).amber(
            "Open the template, compare the two and take over what the provider holds.",
            Step::What,
        );
    }
    let (name, status) = (&template.name, &template.status);
    let detail = match &template.status_detail {
        Some(why) => {
            format!("The template \"{name}\" is {status} ({why}), so WhatsApp would refuse every message.")
        }
        None => format!("The template \"{name}\" is {status}, so WhatsApp would refuse every message."),
    };
    let refusal = AppError::conflict(
        "template_not_approved",
        detail,
        "Choose an approved template, or import the templates again if it was approved since.",
    );
    Finding::red("template", "Template not approved", Step::What, refusal)
}

async fn of_values(app: &App, tx: &mut Tx, checked: &Checked) -> Result<Finding, AppError> {
    let frozen = frozen(checked)?;
    let mut problems = mapping_problems(&frozen.content, &frozen.mapping);
    problems.extend(template::uncarried(tx, &checked.template, &frozen.mapping).await?);
    let gone = file::gone(app, tx, &checked.row.mapping).await?;
    problems.extend(gone.map(|detail| FieldProblem::new("/mapping/header", "file_gone", detail)));
    Ok(if problems.is_empty() {
        Finding::green("values", "Message complete", "Every placeholder has a source.")
    } else {
        Finding::red(
            "values",
            "Message not complete",
            Step::What,
            AppError::Invalid(problems),
        )
    })
}

async fn of_numbers(tx: &mut Tx, checked: &Checked) -> Result<Finding, AppError> {
    let in_use = retired::in_use(tx, checked.row.account_id).await?;
    let mut numbers = checked.numbers.iter().chain([&checked.row.number_id]);
    if numbers.any(|number| !in_use.contains(number)) {
        let refusal = AppError::conflict(
            "number_archived",
            "A number of the campaign is out of use.",
            "Choose another number, then launch again.",
        );
        return Ok(Finding::red("numbers", "Number out of use", Step::When, refusal));
    }
    let detail = match checked.numbers.len() {
        0 | 1 => format!("It leaves from {}.", checked.number.phone),
        n => format!("It leaves from {n} numbers, {} among them.", checked.number.phone),
    };
    Ok(Finding::green("numbers", "Numbers in use", detail))
}

async fn of_account(app: &App, tx: &mut Tx, checked: &Checked) -> Result<Vec<Finding>, AppError> {
    let loaded = account::load(app, tx, checked.row.account_id).await?;
    let row = loaded.row;
    if row.state != ACTIVE {
        let reason = row.held_reason.unwrap_or_else(|| "It was archived.".into());
        let refusal = AppError::conflict(
            "account_held",
            format!(
                "The account \"{}\" sends nothing at the moment: {reason}",
                row.nickname
            ),
            "Mend the account, then launch again.",
        );
        return Ok(vec![Finding::red(
            "account",
            "Account held",
            Step::Account,
            refusal,
        )]);
    }
    let standing = match app.troubles.of(row.id) {
        None => Finding::green(
            "account",
            "Account active",
            format!("\"{}\" can send.", row.nickname),
        ),
        Some(trouble) => Finding::green("account", "Account has trouble", trouble.reason).amber(
            "The campaign can be launched; it goes on by itself when the trouble is over.",
            Step::Account,
        ),
    };
    let reports = if row.last_report_at.is_some() {
        Finding::green(
            "reports",
            "Delivery reports arrive",
            "The provider tells what became of messages.",
        )
    } else {
        let detail = format!(
            "The provider of \"{}\" has never told what became of a message.",
            row.nickname
        );
        Finding::green("reports", "No delivery report yet", detail).amber(
            "Send a test and wait for \"delivered\". If it stays at \"sent\", check the callback URLs of the account.",
            Step::Account,
        )
    };
    Ok(vec![standing, reports])
}

/// Whether it would be the first campaign that reaches real people from its account: the demo's people are simulated.
pub async fn is_first_send(tx: &mut Tx, checked: &Checked) -> Result<bool, AppError> {
    let account = checked.row.account_id;
    Ok(!store::demo::is_made(tx, store::demo::ACCOUNT, account).await?
        && !store::campaign::has_sent(tx, account).await?)
}

/// What the count of the audience says.
pub fn of_reach(reach: &Reach) -> Finding {
    let left_out = reach.audience - reach.reachable;
    let detail = format!(
        "{} of {} people in the audience would get it.",
        reach.reachable, reach.audience
    );
    if reach.reachable == 0 {
        return Finding::green("audience", "Nobody would get it", detail).amber(
            "Choose another audience, or record consent: `excluded` says why people are left out.",
            Step::Who,
        );
    }
    let missing = reach.excluded.get("missing_value").copied().unwrap_or(0);
    if missing > 0 {
        let lacking = format!("{missing} lack a value for a placeholder.");
        let detail = format!("{detail} {lacking}");
        return Finding::green("audience", "People left out", detail)
            .amber("Give the placeholder a default, and they get it too.", Step::What);
    }
    let on_purpose = Exclusion::ON_PURPOSE.iter();
    let on_purpose: i64 = on_purpose
        .filter_map(|reason| reach.excluded.get(reason.name()))
        .sum();
    if (left_out - on_purpose) * 2 > reach.audience - on_purpose {
        return Finding::green("audience", "Most are left out", detail).amber(
            "`excluded` says why; most often no opt-in is recorded.",
            Step::Who,
        );
    }
    Finding::green("audience", "Audience counted", detail)
}

/// What WhatsApp lets its numbers do in 24 hours, as people entered it.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// People whom they may begin to write to, together.
    pub limit: i64,
    /// What is left of that when it starts.
    pub left: i64,
}

/// The daily limit of its numbers; `None` as long as one of them has none that is known.
pub async fn daily(tx: &mut Tx, checked: &Checked, now: Millis) -> Result<Option<Daily>, AppError> {
    let mut ids = checked.numbers.clone();
    if ids.is_empty() {
        ids.push(checked.row.number_id);
    }
    let limits = number::daily_limits(tx, &ids).await?;
    if limits.len() < ids.len() {
        return Ok(None);
    }
    let planned = || planned_start(&checked.row)?.moment().ok();
    let start = checked.row.scheduled_at.or_else(planned);
    let later = start.is_some_and(|at| at >= now + DAY);
    let sent = if later {
        Vec::new()
    } else {
        health::sent_since(tx, &ids, (now - DAY) / SLOT).await?
    };
    let of = |id: i64| {
        sent.iter()
            .find(|(sender, _)| *sender == id)
            .map_or(0, |(_, n)| *n)
    };
    Ok(Some(Daily {
        limit: limits.iter().map(|(_, limit)| limit).sum(),
        left: limits.iter().map(|(id, limit)| (limit - of(*id)).max(0)).sum(),
    }))
}

/// What the daily limit means for so many people.
pub fn of_daily(daily: Daily, reachable: i64) -> Finding {
    let Daily { limit, left } = daily;
    let detail = format!("Left of WhatsApp's daily limit of its numbers: {left} of {limit} people.");
    if reachable <= left {
        return Finding::green("daily_limit", "Within the daily limit", detail);
    }
    Finding::green("daily_limit", "More than the daily limit", detail).amber(
        "Sending does not stop at the limit: what goes beyond it WhatsApp may refuse, and those messages fail. Choose fewer people, or more numbers.",
        Step::Who,
    )
}

/// Messages a second that it leaves with at most: its numbers together, its account, its own limit.
pub async fn rate(tx: &mut Tx, checked: &Checked) -> Result<i64, AppError> {
    let own = number::of_account(tx, checked.row.account_id).await?;
    let numbers = own
        .iter()
        .filter(|n| n.id == checked.row.number_id || checked.numbers.contains(&n.id))
        .map(|n| n.messages_per_second)
        .sum::<i64>();
    let account = account::by_id(tx, checked.row.account_id).await?;
    let limits = [
        Some(numbers),
        Some(account.requests_per_second),
        checked.row.messages_per_second,
    ];
    Ok(limits.into_iter().flatten().min().unwrap_or(1).max(1))
}
