//! How many people a campaign would reach, and who is left out and why.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Shared;
use super::super::extract::{Body, Caller, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use crate::app::campaign::{self, Reach, who_of};
use crate::app::{AppError, FieldProblem, template};
use crate::domain::audience::Audience;
use crate::domain::exclude::{Exclude, Who};
use crate::domain::id::{self, CAMPAIGN};
use crate::domain::template::{Frozen, Mapping};
use crate::store::from_json;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(reach_of_any)).routes(routes!(reach))
}

/// An audience to estimate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReachInput {
    /// Who.
    audience: Audience,
    /// Who of them is left out.
    #[serde(default)]
    exclude: Exclude,
    /// Percent of those who would get it who are held out, 0 to 50; absent: nobody.
    control_percent: Option<f64>,
    /// `false`: people who got as much as the frequency cap allows get it too. Absent: `true`.
    respect_frequency_cap: Option<bool>,
    /// The draft that it is for, on which depends who is held out; without it others are, and as many.
    campaign_id: Option<String>,
    /// With a template, people who lack a value for one of its placeholders are told too.
    template_id: Option<String>,
    /// The mapping to check with; the template's own when absent.
    mapping: Option<Mapping>,
    /// `true`: about how many, at once, however many people there are; `exact` says whether they were counted all the same.
    #[serde(default)]
    estimate: bool,
}

impl ReachInput {
    fn who(&self) -> AskedWho<'_> {
        AskedWho {
            audience: &self.audience,
            exclude: &self.exclude,
            control_percent: self.control_percent,
            respect_frequency_cap: self.respect_frequency_cap,
            campaign_id: self.campaign_id.as_deref(),
        }
    }
}

/// Whom somebody asks about.
pub(super) struct AskedWho<'a> {
    pub audience: &'a Audience,
    pub exclude: &'a Exclude,
    pub control_percent: Option<f64>,
    pub respect_frequency_cap: Option<bool>,
    pub campaign_id: Option<&'a str>,
}

/// Estimates the reach of any audience, before a campaign is written.
#[utoipa::path(post, path = "/reach", tag = "Campaigns", request_body = ReachInput, responses((status = 200, body = Reach), (status = 422, body = Problem)))]
async fn reach_of_any(State(app): State<Shared>, body: Body<ReachInput>) -> Result<Json<Reach>, Problem> {
    let asked = &body.value;
    let who = sound(&app, asked.who()).await?;
    let frozen = match &asked.template_id {
        None => None,
        Some(text) => Some(says(&app, text, asked.mapping.as_ref()).await?),
    };
    let reach = match asked.estimate {
        true => campaign::about(&app, &who, frozen.as_ref()).await?,
        false => campaign::reach(&app, &who, frozen.as_ref(), None).await?,
    };
    Ok(Json(reach))
}

/// All of it together; refuses what means nothing.
pub(super) async fn sound(app: &Shared, asked: AskedWho<'_>) -> Result<Who, AppError> {
    let mut problems = Vec::new();
    let control = campaign::control_of(asked.control_percent, &mut problems);
    let named = asked.campaign_id.map(|text| CAMPAIGN.read(text));
    if named == Some(None) {
        let detail = "There is no campaign with this id. GET /api/v1/campaigns shows the campaigns.";
        problems.push(FieldProblem::new("/campaign_id", "not_found", detail));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let who = Who {
        audience: asked.audience.clone(),
        exclude: asked.exclude.clone(),
        control,
        ignores_cap: asked.respect_frequency_cap == Some(false),
        campaign: named.flatten().unwrap_or_default(),
    };
    let mut tx = app.db.read().await?;
    campaign::sound(&mut tx, &who).await?;
    Ok(who)
}

/// What a campaign with this template would say, with the template's own mapping when there is no other.
pub(super) async fn says(
    app: &Shared,
    template_id: &str,
    mapping: Option<&Mapping>,
) -> Result<Frozen, AppError> {
    let id = id::TEMPLATE
        .read(template_id)
        .ok_or(AppError::NotFound("template"))?;
    let mut tx = app.db.read().await?;
    let row = template::row(&mut tx, id).await?;
    let mapping = match mapping {
        Some(mapping) => mapping.clone(),
        None => from_json("mapping", &row.mapping)?,
    };
    template::freeze(&row, mapping)
}

/// Estimates the reach of a campaign: who would get it now, and who is left out and why.
#[utoipa::path(get, path = "/campaigns/{id}/reach", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Reach), (status = 404, body = Problem)))]
async fn reach(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Reach>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    let checked = campaign::load(&mut tx, id).await?;
    drop(tx);
    let who = who_of(&checked.row)?;
    Ok(Json(
        campaign::reach(&app, &who, Some(&campaign::frozen(&checked)?), None).await?,
    ))
}
