//! `/api/v1/campaigns`: write, estimate, test, launch, hold, stop, watch, export.

mod desk;
mod draft;
mod export;
mod list;
mod live;
pub(super) mod people;
mod preflight;
mod reach;
mod series;

use desk::CampaignOwner;
pub use list::{CampaignItem, items};
pub use people::{LedgerLine, show as ledger_line};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::campaign::{self, CampaignInput, Checked, FailureGroup, Progress, When, who_of};
use crate::app::{AppError, message};
use crate::clock::SECOND;
use crate::domain::audience::Audience;
use crate::domain::campaign::{self as states};
use crate::domain::control::Control;
use crate::domain::exclude::Exclude;
use crate::domain::id::{self, CAMPAIGN};
use crate::domain::start::PlannedStart;
use crate::domain::template::Mapping;
use crate::domain::timetable::QuietHours;
use crate::store::campaign::CampaignRow;
use crate::store::{Tx, from_json};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(get, edit))
        .routes(routes!(test))
        .routes(routes!(launch))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(stop))
        .routes(routes!(progress))
        .routes(routes!(failures))
        .merge(desk::routes())
        .merge(draft::routes())
        .merge(list::routes())
        .merge(live::routes())
        .merge(preflight::routes())
        .merge(reach::routes())
        .merge(people::routes())
        .merge(export::routes())
        .merge(series::routes())
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Campaign {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `draft`, `scheduled`, `running`, `paused`, `finished` or `stopped`.
    pub state: String,
    /// Account that sends.
    pub account_id: String,
    /// Number that sends; the first of them when there are several.
    pub number_id: String,
    /// All numbers that send.
    pub number_ids: Vec<String>,
    /// Template.
    pub template_id: String,
    /// Who gets it.
    pub audience: Audience,
    /// Who of them is left out all the same; absent: nobody.
    pub exclude: Option<Exclude>,
    /// Percent of those who would get it who are held out, to compare with.
    pub control_percent: f64,
    /// `false`: it also goes to people who got as much as the frequency cap allows, and does not count towards it.
    pub respect_frequency_cap: bool,
    /// What the placeholders are filled with.
    pub mapping: Mapping,
    /// Own limit.
    pub messages_per_second: Option<i64>,
    /// When the draft is to start once it is launched; absent: as soon as it is launched.
    pub starts: Option<Starts>,
    /// Its cut-off; absent: it goes on until everybody had their turn.
    pub ends: Option<Starts>,
    /// Hours in which nothing of it leaves.
    pub quiet: Option<QuietHours>,
    /// When it is to start, once it is launched, milliseconds since 1970 UTC.
    pub scheduled_at: Option<i64>,
    /// When it started.
    pub launched_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Who wrote it; absent when nobody knows.
    pub owner: Option<CampaignOwner>,
    /// Its labels, in the order of the alphabet.
    pub labels: Vec<String>,
    /// Since when it is archived; absent: it is in the list.
    pub archived_at: Option<i64>,
    /// When it was written.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// A time that a draft plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct Starts {
    /// As it was chosen.
    #[serde(flatten)]
    pub planned: PlannedStart,
    /// The moment, milliseconds since 1970 UTC; absent when the zone is no longer known.
    pub at: Option<i64>,
}

impl Starts {
    fn of(row: &CampaignRow) -> Option<Self> {
        let planned = campaign::planned_start(row)?;
        let at = planned.moment().ok();
        Some(Self { planned, at })
    }

    fn end_of(row: &CampaignRow) -> Option<Self> {
        let planned = campaign::planned_end(row)?;
        let at = row.ends_at.or_else(|| planned.moment().ok());
        Some(Self { planned, at })
    }
}

async fn show(tx: &mut Tx, checked: Checked) -> Result<Campaign, AppError> {
    let labels = campaign::labels_of(tx, checked.row.id).await?;
    shown(checked.row, &checked.numbers, labels)
}

fn shown(row: CampaignRow, numbers: &[i64], labels: Vec<String>) -> Result<Campaign, AppError> {
    let numbers = if numbers.is_empty() {
        std::slice::from_ref(&row.number_id)
    } else {
        numbers
    };
    Ok(Campaign {
        starts: Starts::of(&row),
        owner: CampaignOwner::of(&row.desk),
        labels,
        archived_at: row.desk.archived_at,
        ends: Starts::end_of(&row),
        quiet: campaign::quiet_hours(&row)?,
        control_percent: Control::of_permille(row.control_permille).percent(),
        respect_frequency_cap: row.ignores_cap == 0,
        exclude: Some(who_of(&row)?.exclude).filter(|exclude| !exclude.is_empty()),
        id: CAMPAIGN.show(row.id),
        name: row.name,
        state: states::name(row.state).into(),
        account_id: id::ACCOUNT.show(row.account_id),
        number_id: id::NUMBER.show(row.number_id),
        number_ids: numbers.iter().map(|n| id::NUMBER.show(*n)).collect(),
        template_id: id::TEMPLATE.show(row.template_id),
        audience: from_json("audience", &row.audience)?,
        mapping: from_json("mapping", &row.mapping)?,
        messages_per_second: row.messages_per_second,
        scheduled_at: row.scheduled_at,
        launched_at: row.launched_at,
        finished_at: row.finished_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Writes a new draft.
#[utoipa::path(post, path = "/campaigns", tag = "Campaigns", request_body = CampaignInput, responses((status = 201, body = Campaign), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<CampaignInput>) -> Result<Response, Problem> {
    once(&app, &body.asked, async |tx| {
        let checked = campaign::create(&app, tx, &body.value).await?;
        let checked = campaign::owned(tx, checked, &body.asked.caller.actor).await?;
        Ok((StatusCode::CREATED, show(tx, checked).await?))
    })
    .await
}

/// Reads a campaign.
#[utoipa::path(get, path = "/campaigns/{id}", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Campaign), (status = 404, body = Problem)))]
async fn get(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Campaign>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    let checked = campaign::load(&mut tx, id).await?;
    Ok(Json(show(&mut tx, checked).await?))
}

/// Changes a draft, whole.
#[utoipa::path(put, path = "/campaigns/{id}", tag = "Campaigns", params(("id" = String, Path)), request_body = CampaignInput, responses((status = 200, body = Campaign), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn edit(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<CampaignInput>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    act(&app, &body, async |tx| {
        campaign::edit(&app, tx, id, &body.value).await
    })
    .await
}

async fn act<T, F>(app: &Shared, body: &Body<T>, act: F) -> Result<Response, Problem>
where
    F: AsyncFnOnce(&mut crate::store::Tx) -> Result<Checked, AppError>,
{
    let mut touched = false;
    let response = once(app, &body.asked, async |tx| {
        let checked = act(tx).await?;
        touched = true;
        Ok((StatusCode::OK, show(tx, checked).await?))
    })
    .await?;
    if touched {
        app.wake_dispatch.notify_one();
    }
    Ok(response)
}

/// Whom a test goes to. Give `to` or `profile_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestInput {
    /// A number, in any usual form.
    to: Option<String>,
    /// A profile, whose values are used.
    profile_id: Option<String>,
}

/// A message that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queued {
    /// `GET /api/v1/messages/{id}` tells what became of it.
    pub message_id: String,
    /// Why it waits for a person, for instance because its account is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
}

impl Queued {
    /// A message that was queued in this transaction.
    pub async fn of(tx: &mut Tx, id: i64) -> Result<Self, AppError> {
        Ok(Self {
            message_id: id::MESSAGE.show(id),
            waits: message::waits(tx, id).await?,
        })
    }
}

/// Sends the campaign to one person, as a test.
#[utoipa::path(post, path = "/campaigns/{id}/test", tag = "Campaigns", params(("id" = String, Path)), request_body = TestInput, responses((status = 202, body = Queued), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn test(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<TestInput>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let response = once(&app, &body.asked, async |tx| {
        let checked = campaign::load(tx, id).await?;
        let TestInput { to, profile_id } = &body.value;
        let id = message::test_send(&app, tx, &checked, to.clone(), profile_id.clone()).await?;
        Ok((StatusCode::ACCEPTED, Queued::of(tx, id).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}

/// When to launch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LaunchInput {
    /// RFC 3339 with an offset, such as `2026-12-24T18:00:00+05:30`; one that has passed: now. Absent: at the time that the
    /// draft plans, else now.
    at: Option<String>,
    /// In place of `at`: where the draft plans no time it starts in so many seconds, 0 to 60. Until then `unschedule` takes
    /// it back.
    undo_seconds: Option<u32>,
    /// `updated_at` of the draft that was read: `changed_meanwhile` when somebody changed it since. Absent: launched as it is.
    version: Option<i64>,
}

/// Launches a draft: at a time, at the one that it plans, or now. From then on what it says is fixed.
#[utoipa::path(post, path = "/campaigns/{id}/launch", tag = "Campaigns", params(("id" = String, Path)), request_body = LaunchInput, responses((status = 200, body = Campaign), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn launch(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<LaunchInput>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let at = match &body.value.at {
        None => None,
        Some(text) => Some(
            text.parse::<jiff::Timestamp>()
                .map(|t| t.as_millisecond())
                .map_err(|_| {
                    AppError::field(
                        "/at",
                        "not_a_time",
                        "Give a time with its offset, such as 2026-12-24T18:00:00+05:30.",
                    )
                })?,
        ),
    };
    let undo = match body.value.undo_seconds {
        Some(_) if at.is_some() => {
            let detail =
                "Give `at` or `undo_seconds`, not both: until its time a campaign can be taken back anyway.";
            return Err(AppError::field("/undo_seconds", "conflict", detail).into());
        }
        Some(seconds @ 61..) => {
            let detail = format!("{seconds} is too long: give 0 to 60 seconds, or a time with `at`.");
            return Err(AppError::field("/undo_seconds", "out_of_range", detail).into());
        }
        undo => undo.filter(|seconds| *seconds > 0),
    };
    let when = When {
        at,
        held_for: i64::from(undo.unwrap_or(0)) * SECOND,
        version: body.value.version,
    };
    let mut begun = false;
    let response = act(&app, &body, async |tx| {
        let launched = campaign::launch(&app, tx, id, when).await?;
        begun = launched.row.launched_at.is_some();
        Ok(launched)
    })
    .await?;
    if begun {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = campaign::count_expected(&app, id).await {
                tracing::warn!(%error, "the expected reach could not be counted");
            }
        });
    }
    Ok(response)
}

/// Nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
struct Nothing {}

/// Holds a campaign. What is in flight still arrives.
#[utoipa::path(post, path = "/campaigns/{id}/pause", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Campaign), (status = 409, body = Problem)))]
async fn pause(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    act(&app, &body, async |tx| campaign::pause(&app, tx, id).await).await
}

/// Goes on where it was held.
#[utoipa::path(post, path = "/campaigns/{id}/resume", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Campaign), (status = 409, body = Problem)))]
async fn resume(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    act(&app, &body, async |tx| campaign::resume(&app, tx, id).await).await
}

/// Ends a campaign for good. What has not left is cancelled.
#[utoipa::path(post, path = "/campaigns/{id}/stop", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Campaign), (status = 409, body = Problem)))]
async fn stop(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    act(&app, &body, async |tx| campaign::stop(&app, tx, id).await).await
}

/// Where it stands: counts that add up, and why it does not move.
#[utoipa::path(get, path = "/campaigns/{id}/progress", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Progress), (status = 404, body = Problem)))]
async fn progress(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Progress>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(campaign::progress(&app, &mut tx, id).await?))
}

/// Why messages stand where they stand, with what to do; largest group first.
#[utoipa::path(get, path = "/campaigns/{id}/failures", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Listing<FailureGroup>), (status = 404, body = Problem)))]
async fn failures(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Listing<FailureGroup>>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(Listing {
        data: campaign::failures(&mut tx, id).await?,
        next_cursor: None,
    }))
}
