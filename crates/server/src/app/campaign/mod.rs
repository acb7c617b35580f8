//! Campaigns: written, estimated, tested, launched, held, stopped.

mod act;
mod cut_off;
mod desk;
mod draft;
mod held_back;
mod preflight;
pub(in crate::app) mod progress;
mod reach;
mod recipient;
mod resend;
mod sample;
mod series;

pub use crate::app::audience::who_of;
pub use act::{When, count_expected, launch, launch_now, pause, resume, stop, stop_because};
pub use cut_off::{cut_off, past_cut_off};
pub use desk::{Done, archive, label, labels_of, owned, set_labels};
pub use draft::{copy, delete, unschedule};
pub use preflight::{
    Finding, Level, Step, daily, findings, is_first_send, of_daily, of_finish, of_reach, rate, start_of,
};
pub use progress::{
    CampaignCounts, FailureGroup, Funnel, Progress, REPLIED, Replies, counts_of, failures, open_spans,
    progress, summed,
};
pub use reach::{Reach, about, reach};
pub use recipient::{Part, Recipients, part as people_of, recipients};
pub use resend::{Resend, Resent, resend};
pub use sample::{Sample, SamplePerson, sample};
pub use series::{Series, SeriesPoint, series};

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, AppError, FieldProblem, template, version};
use crate::app::audience as people;
use crate::domain::audience::Audience;
use crate::domain::campaign::{Act, DRAFT, may};
use crate::domain::control::Control;
use crate::domain::exclude::{Exclude, Who};
use crate::domain::id;
use crate::domain::start::PlannedStart;
use crate::domain::template::{Frozen, Mapping, mapping_problems};
use crate::domain::timetable::{QuietHours, Timetable};
use crate::store::campaign::{self, CampaignRow, Desk};
use crate::store::number::{self, NumberRow};
use crate::store::template::TemplateRow;
use crate::store::{Tx, from_json, list, retired, slice, to_json};

/// What a campaign says, to whom, and how fast.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignInput {
    /// 1 to 200 characters.
    pub name: String,
    /// The account that sends (`acc_...`): the template's. May be left out.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The template (`tpl_...`); its account sends.
    pub template_id: String,
    /// The number that sends (`num_...`); the account's default number when absent.
    pub number_id: Option<String>,
    /// Several numbers of the account that share the work, each at its own rate; in place of `number_id`. Nobody gets the
    /// campaign twice. Whoever knows one of them, by having written to it or from an earlier campaign, gets it from there.
    #[serde(default)]
    pub number_ids: Vec<String>,
    /// Who gets it.
    pub audience: Audience,
    /// Who of them is left out all the same; absent: nobody.
    #[serde(default)]
    pub exclude: Option<Exclude>,
    /// Percent of those who would get it who do not, to compare with: 0 to 50, with one decimal at most. Who they are depends
    /// on the campaign and their number alone. Absent: nobody is held out.
    #[serde(default)]
    pub control_percent: Option<f64>,
    /// `false`: it also goes to people who got as much as the frequency cap allows, and does not count towards it, as for what
    /// people wait for. Absent: `true`.
    #[serde(default)]
    pub respect_frequency_cap: Option<bool>,
    /// What the placeholders are filled with; the template's own mapping when absent.
    pub mapping: Option<Mapping>,
    /// Own limit in messages a second, below the number's; absent: as fast as the number may.
    pub messages_per_second: Option<u32>,
    /// When it is to start once somebody launches it; absent: as soon as it is launched.
    pub starts: Option<PlannedStart>,
    /// Its cut-off: nothing leaves after it, and who had no turn before is skipped. Absent: it goes on until everybody had.
    #[serde(default)]
    pub ends: Option<PlannedStart>,
    /// Hours in which nothing of it leaves; absent: it leaves at any hour. Answers of people and auto-replies are not held.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    /// When it is changed: `updated_at` of the campaign that was read, and `changed_meanwhile` is the answer when somebody
    /// changed it since. Absent: written over whatever is there.
    pub version: Option<i64>,
}

/// A campaign with what it refers to.
#[derive(Debug)]
pub struct Checked {
    /// The row.
    pub row: CampaignRow,
    /// Its template.
    pub template: TemplateRow,
    /// Its main number: the first, or the only one.
    pub number: NumberRow,
    /// All its numbers when there are several, else none.
    pub numbers: Vec<i64>,
}

/// Reads a campaign with its template and number.
pub async fn load(tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    let row = campaign::by_id(tx, id).await?;
    with_row(tx, row).await
}

/// The same, to be changed: two people who decide at once come one after the other.
async fn load_to_change(tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    let row = campaign::lock(tx, id).await?;
    with_row(tx, row).await
}

async fn with_row(tx: &mut Tx, row: Option<CampaignRow>) -> Result<Checked, AppError> {
    let row = row.ok_or(AppError::NotFound("campaign"))?;
    let template = template::row(tx, row.template_id).await?;
    let number = number::by_id(tx, row.number_id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    let numbers = slice::numbers(tx, &[row.id]).await?;
    Ok(Checked {
        row,
        template,
        number,
        numbers: numbers.into_iter().map(|(_, number)| number).collect(),
    })
}

/// Writes a new draft.
pub async fn create(app: &App, tx: &mut Tx, input: &CampaignInput) -> Result<Checked, AppError> {
    let now = app.now();
    let blank = CampaignRow {
        id: app.id(),
        name: String::new(),
        account_id: 0,
        number_id: 0,
        template_id: 0,
        audience: String::new(),
        exclude: None,
        control_permille: 0,
        ignores_cap: 0,
        mapping: String::new(),
        frozen: None,
        state: DRAFT,
        messages_per_second: None,
        starts_local: None,
        starts_zone: None,
        quiet: None,
        ends_local: None,
        ends_zone: None,
        ends_at: None,
        scheduled_at: None,
        launched_at: None,
        finished_at: None,
        upper: 0,
        planned: 0,
        expected: None,
        waiting_reason: None,
        waiting_since: None,
        desk: Desk::default(),
        created_at: now,
        updated_at: now,
    };
    let checked = fill(tx, blank, input).await?;
    campaign::insert(tx, &checked.row).await?;
    slice::set_numbers(tx, checked.row.id, &checked.numbers).await?;
    Ok(checked)
}

/// Changes a draft.
pub async fn edit(app: &App, tx: &mut Tx, id: i64, input: &CampaignInput) -> Result<Checked, AppError> {
    let row = campaign::lock(tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    allowed(&row, Act::Edit)?;
    version::as_read(tx, "campaign", (id, &row.name), row.updated_at, input.version).await?;
    let mut checked = fill(tx, row, input).await?;
    checked.row.updated_at = version::next(checked.row.updated_at, app.now());
    campaign::update(tx, &checked.row).await?;
    slice::set_numbers(tx, checked.row.id, &checked.numbers).await?;
    Ok(checked)
}

/// May this be done now? A conflict says why not.
fn allowed(row: &CampaignRow, act: Act) -> Result<(), AppError> {
    may(row.state, act).map_err(|why| {
        let state = crate::domain::campaign::name(row.state);
        AppError::conflict(
            "campaign_state",
            format!("The campaign \"{}\" is {state}.", row.name),
            why,
        )
    })
}

async fn fill(tx: &mut Tx, mut row: CampaignRow, input: &CampaignInput) -> Result<Checked, AppError> {
    let mut problems = Vec::new();
    if input.name.trim().is_empty() || input.name.chars().count() > 200 {
        problems.push(FieldProblem::new(
            "/name",
            "required",
            "Give the campaign a name of 1 to 200 characters.",
        ));
    }
    if input
        .messages_per_second
        .is_some_and(|n| !(1..=100_000).contains(&n))
    {
        let detail = "Give 1 to 100,000 messages a second, or leave it out to go as fast as the number may.";
        problems.push(FieldProblem::new("/messages_per_second", "out_of_range", detail));
    }
    let who = Who {
        exclude: input.exclude.clone().unwrap_or_default(),
        ..Who::from(input.audience.clone())
    };
    let control = control_of(input.control_percent, &mut problems);
    hold_lists(tx, &who).await?;
    problems.extend(people::problems(tx, &who).await?);
    if who.exclude.campaign_ids.contains(&id::CAMPAIGN.show(row.id)) {
        let detail = "This is the campaign itself: nobody gets it twice anyway. Choose an earlier one.";
        problems.push(FieldProblem::new("/exclude/campaign_ids", "conflict", detail));
    }
    problems.extend(time_problems(input));
    let template = find_template(tx, &input.template_id, &mut problems).await?;
    let Some(template) = template else {
        return Err(AppError::Invalid(problems));
    };
    if let Some(text) = &input.account_id
        && id::ACCOUNT.read(text) != Some(template.account_id)
    {
        let detail = format!(
            "The template \"{}\" belongs to another account. Choose a template of this account.",
            template.name
        );
        problems.push(FieldProblem::new("/account_id", "conflict", detail));
    }
    let (number, numbers) = find_numbers(tx, input, template.account_id, &mut problems).await?;
    // A second is what is counted, and the numbers may be on several nodes.
    if input
        .messages_per_second
        .is_some_and(|limit| (limit as usize) < numbers.len())
    {
        let detail = format!(
            "Give at least {} messages a second, one for each number of the campaign, or choose fewer numbers.",
            numbers.len()
        );
        problems.push(FieldProblem::new("/messages_per_second", "out_of_range", detail));
    }
    if let Some(mapping) = &input.mapping {
        problems.extend(mapping_problems(&template::content(&template)?, mapping));
        problems.extend(template::uncarried(tx, &template, mapping).await?);
    }
    let Some(number) = number.filter(|_| problems.is_empty()) else {
        return Err(AppError::Invalid(problems));
    };

    row.name = input.name.trim().to_owned();
    row.account_id = template.account_id;
    row.number_id = number.id;
    row.template_id = template.id;
    row.audience = to_json(&input.audience);
    row.mapping = input
        .mapping
        .as_ref()
        .map_or_else(|| template.mapping.clone(), to_json);
    row.messages_per_second = input.messages_per_second.map(i64::from);
    row.starts_local = input.starts.as_ref().map(|starts| starts.local.clone());
    row.starts_zone = input.starts.as_ref().map(|starts| starts.zone.clone());
    row.exclude = people::kept(input.exclude.as_ref());
    row.control_permille = control.permille();
    row.ignores_cap = i16::from(input.respect_frequency_cap == Some(false));
    row.ends_local = input.ends.as_ref().map(|ends| ends.local.clone());
    row.ends_zone = input.ends.as_ref().map(|ends| ends.zone.clone());
    row.quiet = input
        .quiet
        .as_ref()
        .filter(|quiet| !quiet.days.is_empty())
        .map(to_json);
    Ok(Checked {
        row,
        template,
        number,
        numbers,
    })
}

/// The control group that was asked for.
pub fn control_of(percent: Option<f64>, problems: &mut Vec<FieldProblem>) -> Control {
    Control::of_percent(percent.unwrap_or_default()).unwrap_or_else(|why| {
        problems.push(FieldProblem::new("/control_percent", "out_of_range", why));
        Control::default()
    })
}

/// Lets nobody delete a list that it names before this is saved.
async fn hold_lists(tx: &mut Tx, who: &Who) -> Result<(), AppError> {
    let named = who.audience.list_ids().iter().chain(&who.exclude.list_ids);
    for list in named.filter_map(|text| id::LIST.read(text)) {
        list::hold(tx, list).await?;
    }
    Ok(())
}

/// What is wrong with when it starts, rests and ends.
fn time_problems(input: &CampaignInput) -> Vec<FieldProblem> {
    let starts = input.starts.as_ref().map(PlannedStart::moment).transpose();
    let ends = input
        .ends
        .as_ref()
        .map(|ends| ends.moment_of("/ends"))
        .transpose();
    let mut problems = input.quiet.as_ref().map_or(Vec::new(), QuietHours::problems);
    match (starts, ends) {
        (Ok(Some(starts)), Ok(Some(ends))) if ends <= starts => {
            let detail = "The cut-off is not after the start. Choose a later one, or none.";
            problems.push(FieldProblem::new("/ends/local", "order", detail));
        }
        (starts, ends) => problems.extend(starts.err().into_iter().chain(ends.err())),
    }
    problems
}

async fn find_template(
    tx: &mut Tx,
    text: &str,
    problems: &mut Vec<FieldProblem>,
) -> Result<Option<TemplateRow>, AppError> {
    let found = match id::TEMPLATE.read(text) {
        Some(id) => crate::store::template::by_id(tx, id).await?,
        None => None,
    };
    if let Some(row) = found.as_ref().filter(|row| row.shelf.deleted_at.is_some()) {
        let detail = format!(
            "The template \"{}\" was deleted. Restore it, or choose another one.",
            crate::store::template_shelf::plain_name(row)
        );
        problems.push(FieldProblem::new("/template_id", "deleted", detail));
    }
    if found.is_none() {
        let detail = "There is no template with this id. GET /api/v1/templates shows the templates.";
        problems.push(FieldProblem::new("/template_id", "not_found", detail));
    }
    Ok(found)
}

/// The main number, and all of them when there are several.
async fn find_numbers(
    tx: &mut Tx,
    input: &CampaignInput,
    account_id: i64,
    problems: &mut Vec<FieldProblem>,
) -> Result<(Option<NumberRow>, Vec<i64>), AppError> {
    let in_use = retired::in_use(tx, account_id).await?;
    let mut own = number::of_account(tx, account_id).await?;
    own.retain(|n| in_use.contains(&n.id));
    if input.number_id.is_some() && !input.number_ids.is_empty() {
        let detail = "Give number_id for one number, or number_ids for several, not both.";
        problems.push(FieldProblem::new("/number_ids", "conflict", detail));
    }
    let named: Vec<(String, &str)> = match &input.number_id {
        Some(text) => vec![("/number_id".to_owned(), text.as_str())],
        None => input
            .number_ids
            .iter()
            .enumerate()
            .map(|(i, text)| (format!("/number_ids/{i}"), text.as_str()))
            .collect(),
    };
    let mut found: Vec<NumberRow> = Vec::new();
    for (pointer, text) in &named {
        match own.iter().find(|n| id::NUMBER.read(text) == Some(n.id)) {
            Some(number) if found.contains(number) => {
                let detail = "This number is named twice.";
                problems.push(FieldProblem::new(pointer.clone(), "duplicate", detail));
            }
            Some(number) => found.push(number.clone()),
            None => {
                let detail = "The template's account has no such number in use. GET /api/v1/accounts shows its numbers.";
                problems.push(FieldProblem::new(pointer.clone(), "not_found", detail));
            }
        }
    }
    if named.is_empty() {
        found.extend(own.into_iter().max_by_key(|n| (n.is_default, -n.id)));
        if found.is_empty() {
            let detail = "The template's account has no number yet. Add one to the account.";
            problems.push(FieldProblem::new("/number_id", "not_found", detail));
        }
    }
    let several = if found.len() > 1 {
        found.iter().map(|n| n.id).collect()
    } else {
        Vec::new()
    };
    Ok((found.into_iter().next(), several))
}

/// When a draft is to start, as a person wrote it.
pub fn planned_start(row: &CampaignRow) -> Option<PlannedStart> {
    Some(PlannedStart {
        local: row.starts_local.clone()?,
        zone: row.starts_zone.clone()?,
    })
}

/// The cut-off of a draft, as a person wrote it.
pub fn planned_end(row: &CampaignRow) -> Option<PlannedStart> {
    Some(PlannedStart {
        local: row.ends_local.clone()?,
        zone: row.ends_zone.clone()?,
    })
}

/// The hours in which nothing of a campaign leaves.
pub fn quiet_hours(row: &CampaignRow) -> Result<Option<QuietHours>, AppError> {
    let quiet = row.quiet.as_deref();
    Ok(quiet.map(|text| from_json("quiet hours", text)).transpose()?)
}

/// When messages of a campaign may leave: with its cut-off as a draft plans it, until the launch has made a moment of it.
pub fn timetable(row: &CampaignRow) -> Result<Timetable, AppError> {
    let planned = || planned_end(row)?.moment_of("/ends").ok();
    Timetable::new(quiet_hours(row)?.as_ref(), row.ends_at.or_else(planned))
        .map_err(|problem| AppError::Invalid(vec![problem]))
}

/// Refuses an audience that means nothing.
pub async fn sound(tx: &mut Tx, who: &Who) -> Result<(), AppError> {
    let problems = people::problems(tx, who).await?;
    match problems.is_empty() {
        true => Ok(()),
        false => Err(AppError::Invalid(problems)),
    }
}

/// What the campaign would say if it were launched now.
pub fn frozen(checked: &Checked) -> Result<Frozen, AppError> {
    let mapping: Mapping = from_json("mapping", &checked.row.mapping)?;
    template::freeze(&checked.template, mapping)
}
