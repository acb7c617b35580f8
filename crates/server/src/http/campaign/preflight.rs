//! What is to be known before a launch, and real people who would get it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use harkara_provider::TemplateMessage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Shared;
use super::super::extract::{Body, Caller, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use super::reach::{AskedWho, says, sound};
use crate::app::AppError;
use crate::app::campaign::{
    self, Finding, Level, Reach, SamplePerson, Step, findings, of_daily, of_finish, of_reach, who_of,
};
use crate::domain::audience::Audience;
use crate::domain::exclude::Exclude;
use crate::domain::id::{self, CAMPAIGN};
use crate::domain::permission::Permission;
use crate::domain::template::Mapping;
use crate::domain::timetable::OpenSpan;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(preflight)).routes(routes!(sample))
}

/// One thing that was looked at before a launch.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreflightCheck {
    /// `template`, `who`, `frequency_cap`, `control_group`, `values`, `numbers`, `account`, `reports`, `cut_off`, `quiet_hours`,
    /// `time`, `audience`, `daily_limit` or `cut_off_reach`.
    pub key: &'static str,
    /// `green`; `amber`: worth a look; `red`: a launch is refused.
    pub level: Level,
    /// In a few words.
    pub title: String,
    /// What is so.
    pub detail: String,
    /// What to do; empty when there is nothing to do.
    pub help: String,
    /// Where: `who`, `what`, `when` or `account`.
    pub fix: Option<Step>,
}

impl From<Finding> for PreflightCheck {
    fn from(finding: Finding) -> Self {
        Self {
            key: finding.key,
            level: finding.level,
            title: finding.title,
            detail: finding.detail,
            help: finding.help,
            fix: finding.fix,
        }
    }
}

/// A person who would get it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recipient {
    /// Profile.
    pub profile_id: String,
    /// Name.
    pub name: Option<String>,
    /// Number.
    pub phone: String,
    /// What the person would read.
    #[schema(value_type = Object)]
    pub message: TemplateMessage,
}

impl From<SamplePerson> for Recipient {
    fn from(person: SamplePerson) -> Self {
        Self {
            profile_id: id::PROFILE.show(person.profile_id),
            name: person.name,
            phone: person.phone,
            message: person.message,
        }
    }
}

/// What is to be known before a launch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preflight {
    /// What was looked at. One that is red makes a launch fail.
    pub checks: Vec<PreflightCheck>,
    /// People in the audience; absent when they were not counted.
    pub audience: Option<i64>,
    /// People who would get it now.
    pub reachable: Option<i64>,
    /// People left out, by reason.
    pub excluded: Option<BTreeMap<&'static str, i64>>,
    /// It would be the first campaign that the account sends, and it is not the demo's: worth a second look.
    pub first_send: bool,
    /// Messages a second at most: of its numbers together, of the account, and its own limit.
    pub rate: i64,
    /// When the last message would leave at that rate, quiet hours included and at the cut-off at the latest, milliseconds since
    /// 1970 UTC. An estimate.
    pub finish_at: Option<i64>,
    /// People whom the cut-off would come before at that rate.
    pub cut_off: Option<i64>,
    /// The next spans in which messages may leave, from its start on, for a campaign with quiet hours or a cut-off.
    pub open_spans: Vec<OpenSpan>,
    /// People whom WhatsApp lets its numbers begin to write to in 24 hours, together, as people entered it; absent when that of
    /// one of them is not known. Sending does not stop there.
    pub daily_limit: Option<i64>,
    /// How many of these are left when it starts, counted by the messages of the last 24 hours.
    pub daily_left: Option<i64>,
    /// Up to three people who would get it, of the first 20,000 of the audience; none for who may not see people.
    pub previews: Vec<Recipient>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PreflightQuery {
    /// `false`: the audience is not counted, which for millions of people takes seconds.
    count: Option<bool>,
}

/// Looks at all that a launch looks at, counts the audience and shows what real people would read. Counting walks through
/// the whole audience, in small steps that hold nobody up.
#[utoipa::path(get, path = "/campaigns/{id}/preflight", tag = "Campaigns", params(("id" = String, Path), PreflightQuery), responses((status = 200, body = Preflight), (status = 404, body = Problem)))]
async fn preflight(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(query): Query<PreflightQuery>,
) -> Result<Json<Preflight>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    let checked = campaign::load(&mut tx, id).await?;
    let mut found = findings(&app, &mut tx, &checked).await?;
    let rate = campaign::rate(&mut tx, &checked).await?;
    let daily = campaign::daily(&mut tx, &checked, app.now()).await?;
    let first_send = campaign::is_first_send(&mut tx, &checked).await?;
    drop(tx);
    let who = who_of(&checked.row)?;
    let table = campaign::timetable(&checked.row)?;
    let start = campaign::start_of(&checked.row, app.now());
    let frozen = campaign::frozen(&checked)?;
    let mut finish = None;
    let reach: Option<Reach> = if query.count == Some(false) {
        None
    } else {
        let reach = campaign::reach(&app, &who, Some(&frozen), None).await?;
        found.push(of_reach(&reach));
        found.extend(daily.map(|daily| of_daily(daily, reach.reachable)));
        let (end, warning) = of_finish(&table, start, reach.reachable, rate);
        finish = end;
        found.extend(warning);
        Some(reach)
    };
    let people = if caller.may(Permission::ProfilesRead) {
        campaign::sample(&app, &who, &frozen, 3).await?.people
    } else {
        Vec::new()
    };
    Ok(Json(Preflight {
        checks: found.into_iter().map(PreflightCheck::from).collect(),
        audience: reach.as_ref().map(|reach| reach.audience),
        reachable: reach.as_ref().map(|reach| reach.reachable),
        finish_at: finish.map(|finish| finish.at),
        cut_off: finish.map(|finish| finish.left),
        open_spans: campaign::open_spans(&table, start),
        excluded: reach.map(|reach| reach.excluded),
        first_send,
        rate,
        daily_limit: daily.map(|daily| daily.limit),
        daily_left: daily.map(|daily| daily.left),
        previews: people.into_iter().map(Recipient::from).collect(),
    }))
}

/// Whose messages to show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SampleInput {
    /// Who gets it.
    audience: Audience,
    /// Who of them is left out.
    #[serde(default)]
    exclude: Exclude,
    /// Percent of those who would get it who are held out, 0 to 50; absent: nobody.
    control_percent: Option<f64>,
    /// `false`: people who got as much as the frequency cap allows get it too. Absent: `true`.
    respect_frequency_cap: Option<bool>,
    /// The draft that it is for, on which depends who is held out.
    campaign_id: Option<String>,
    /// The template.
    template_id: String,
    /// What its placeholders are filled with; the template's own mapping when absent.
    mapping: Option<Mapping>,
    /// People at most, 1 to 20; 3 when absent.
    limit: Option<u8>,
}

/// Real people who would get it.
#[derive(Debug, Serialize, ToSchema)]
struct Recipients {
    /// In the order in which a campaign comes to them.
    data: Vec<Recipient>,
    /// People of the audience that were looked at, 20,000 at most.
    looked_at: i64,
    /// The whole audience was looked at: nobody else would get it.
    complete: bool,
}

/// Shows what real people of an audience would read, those only who would get it.
#[utoipa::path(post, path = "/reach/sample", tag = "Campaigns", request_body = SampleInput, responses((status = 200, body = Recipients), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn sample(State(app): State<Shared>, body: Body<SampleInput>) -> Result<Json<Recipients>, Problem> {
    body.asked.caller.needs(Permission::ProfilesRead)?;
    let asked = &body.value;
    let who = sound(
        &app,
        AskedWho {
            audience: &asked.audience,
            exclude: &asked.exclude,
            control_percent: asked.control_percent,
            respect_frequency_cap: asked.respect_frequency_cap,
            campaign_id: asked.campaign_id.as_deref(),
        },
    )
    .await?;
    let limit = asked.limit.unwrap_or(3);
    if !(1..=20).contains(&limit) {
        return Err(AppError::field("/limit", "out_of_range", "Ask for 1 to 20 people.").into());
    }
    let frozen = says(&app, &asked.template_id, asked.mapping.as_ref()).await?;
    let sample = campaign::sample(&app, &who, &frozen, usize::from(limit)).await?;
    Ok(Json(Recipients {
        data: sample.people.into_iter().map(Recipient::from).collect(),
        looked_at: sample.looked_at,
        complete: sample.complete,
    }))
}
