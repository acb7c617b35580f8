//! Campaigns put in order: labels, archive, and what a list can be narrowed to.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::Shared;
use super::super::extract::{Body, Caller, once, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use super::{Campaign, show};
use crate::app::AppError;
use crate::app::campaign::{self, Done};
use crate::domain::campaign as states;
use crate::domain::id::{API_KEY, CAMPAIGN, Kind, USER};
use crate::store::campaign::Desk;
use crate::store::campaign_list;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(archive))
        .routes(routes!(label))
        .routes(routes!(set_labels))
        .routes(routes!(facets))
}

/// Who wrote a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignOwner {
    /// `user` or `api_key`.
    pub kind: String,
    /// Id of the user (`usr_...`) or the key (`key_...`).
    pub id: String,
    /// Name.
    pub name: String,
}

impl CampaignOwner {
    pub(super) fn of(desk: &Desk) -> Option<Self> {
        Some(Self {
            id: owner_kind(&desk.owner_kind)?.show(desk.owner_id),
            kind: desk.owner_kind.clone(),
            name: desk.owner_name.clone(),
        })
    }
}

fn owner_kind(kind: &str) -> Option<Kind> {
    match kind {
        "user" => Some(USER),
        "api_key" => Some(API_KEY),
        _ => None,
    }
}

/// The owner in a filter; 0 when there is none.
pub(super) fn owner_of(text: Option<&str>) -> Result<i64, AppError> {
    let read = |text: &str| USER.read(text).or_else(|| API_KEY.read(text));
    text.map_or(Some(0), read).ok_or_else(|| {
        let detail = "Give the id of a user (usr_...) or of an API key (key_...).";
        AppError::field("/owner", "unknown", detail)
    })
}

fn ids(texts: &[String]) -> Result<Vec<i64>, AppError> {
    let read = |(n, text): (usize, &String)| {
        CAMPAIGN.read(text).ok_or_else(|| {
            let detail = format!("\"{text}\" is not the id of a campaign.");
            AppError::field(format!("/campaign_ids/{n}"), "unknown", detail)
        })
    };
    texts.iter().enumerate().map(read).collect()
}

/// What became of an act on several campaigns.
#[derive(Debug, Serialize, ToSchema)]
struct CampaignsDone {
    /// Those that it changed.
    changed: Vec<String>,
    /// Those that it could not be done with; the others that are not here were so before.
    left_out: Vec<CampaignLeftOut>,
}

/// A campaign that an act could not be done with.
#[derive(Debug, Serialize, ToSchema)]
struct CampaignLeftOut {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Its state.
    state: &'static str,
}

impl From<Done> for CampaignsDone {
    fn from(done: Done) -> Self {
        let left_out = |(id, name, state): (i64, String, i16)| CampaignLeftOut {
            id: CAMPAIGN.show(id),
            name,
            state: states::name(state),
        };
        Self {
            changed: done.changed.into_iter().map(|id| CAMPAIGN.show(id)).collect(),
            left_out: done.left_out.into_iter().map(left_out).collect(),
        }
    }
}

/// Which campaigns are archived, or taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArchiveInput {
    /// These (`cmp_...`), 1,000 at most.
    campaign_ids: Vec<String>,
    /// `false` takes them back into the list.
    archived: bool,
}

/// Puts campaigns that have ended out of the list, or takes them back into it. Of several, those that have not ended are left
/// out; a single one is refused.
#[utoipa::path(post, path = "/campaigns/archive", tag = "Campaigns", request_body = ArchiveInput, responses((status = 200, body = CampaignsDone), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn archive(State(app): State<Shared>, body: Body<ArchiveInput>) -> Result<Response, Problem> {
    let ids = ids(&body.value.campaign_ids)?;
    let (by, archived) = (&body.asked.caller.actor, body.value.archived);
    once(&app, &body.asked, async |tx| {
        let done = campaign::archive(&app, tx, by, &ids, archived).await?;
        Ok((StatusCode::OK, CampaignsDone::from(done)))
    })
    .await
}

/// Which campaigns get a label, or lose it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelInput {
    /// These (`cmp_...`), 1,000 at most.
    campaign_ids: Vec<String>,
    /// 1 to 40 characters; upper and small letters are the same.
    label: String,
    /// `false` takes it off.
    on: bool,
}

/// Puts a label on campaigns, or takes it off. Campaigns that have 20 labels are left out.
#[utoipa::path(post, path = "/campaigns/label", tag = "Campaigns", request_body = LabelInput, responses((status = 200, body = CampaignsDone), (status = 422, body = Problem)))]
async fn label(State(app): State<Shared>, body: Body<LabelInput>) -> Result<Response, Problem> {
    let ids = ids(&body.value.campaign_ids)?;
    let by = &body.asked.caller.actor;
    once(&app, &body.asked, async |tx| {
        let done = campaign::label(&app, tx, by, &ids, &body.value.label, body.value.on).await?;
        Ok((StatusCode::OK, CampaignsDone::from(done)))
    })
    .await
}

/// All labels of a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelsInput {
    /// 20 at most, each of 1 to 40 characters; what stands twice counts once.
    labels: Vec<String>,
}

/// Gives a campaign these labels, and no others. It may be in any state.
#[utoipa::path(put, path = "/campaigns/{id}/labels", tag = "Campaigns", params(("id" = String, Path)), request_body = LabelsInput, responses((status = 200, body = Campaign), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn set_labels(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<LabelsInput>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    once(&app, &body.asked, async |tx| {
        campaign::set_labels(tx, id, &body.value.labels).await?;
        let checked = campaign::load(tx, id).await?;
        Ok((StatusCode::OK, show(tx, checked).await?))
    })
    .await
}

/// What a list of campaigns can be narrowed to.
#[derive(Debug, Serialize, ToSchema)]
struct CampaignFacets {
    /// Every label that a campaign has.
    labels: Vec<LabelFacet>,
    /// Everybody who wrote a campaign.
    owners: Vec<OwnerFacet>,
}

/// A label.
#[derive(Debug, Serialize, ToSchema)]
struct LabelFacet {
    /// As it was written first.
    label: String,
    /// Campaigns that have it.
    campaigns: i64,
}

/// Somebody who wrote campaigns.
#[derive(Debug, Serialize, ToSchema)]
struct OwnerFacet {
    /// Who.
    #[serde(flatten)]
    owner: CampaignOwner,
    /// How many.
    campaigns: i64,
}

/// Tells the labels and the owners of campaigns.
#[utoipa::path(get, path = "/campaigns/facets", tag = "Campaigns", responses((status = 200, body = CampaignFacets)))]
async fn facets(_: Caller, State(app): State<Shared>) -> Result<Json<CampaignFacets>, Problem> {
    let mut tx = app.db.read().await?;
    let labels = campaign_list::all_labels(&mut tx).await?;
    let owners = campaign_list::owners(&mut tx).await?;
    let owner = |(kind, id, name, campaigns): (String, i64, String, i64)| {
        let id = owner_kind(&kind)?.show(id);
        Some(OwnerFacet {
            owner: CampaignOwner { kind, id, name },
            campaigns,
        })
    };
    Ok(Json(CampaignFacets {
        labels: labels
            .into_iter()
            .map(|(_, label, campaigns)| LabelFacet { label, campaigns })
            .collect(),
        owners: owners.into_iter().filter_map(owner).collect(),
    }))
}
