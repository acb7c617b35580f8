//! Campaigns in a list, each with its counts.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Shared;
use super::super::extract::Caller;
use super::super::paging::{Listing, Page, place, show_place};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use super::desk::owner_of;
use super::{Campaign, shown};
use crate::app::AppError;
use crate::app::campaign::{CampaignCounts, counts_of};
use crate::domain::campaign as states;
use crate::domain::id::TEMPLATE;
use crate::domain::label::Label;
use crate::store::Tx;
use crate::store::campaign::CampaignRow;
use crate::store::campaign_list::{After, Sorted, Wanted, labels_of, list as rows_of};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

/// In which order campaigns are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignSort {
    /// What was written last comes first.
    #[default]
    Newest,
    /// By name.
    Name,
    /// What began, or is to begin, last comes first.
    Start,
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only campaigns in this state, or in one of several: `running,paused`.
    state: Option<String>,
    /// Only campaigns with this in their name, in any case.
    search: Option<String>,
    /// Only campaigns with this label, in any case.
    label: Option<String>,
    /// Only campaigns that this user (`usr_...`) or API key (`key_...`) wrote.
    owner: Option<String>,
    /// Only campaigns that were made with this template (`tpl_...`).
    template: Option<String>,
    /// Only campaigns that are archived (`true`), or that are not (`false`).
    archived: Option<bool>,
    /// In which order; a cursor goes on in the order of its page.
    #[serde(default)]
    #[param(inline)]
    sort: CampaignSort,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A campaign with its counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignItem {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// What became of its messages.
    pub counts: CampaignCounts,
}

/// Shows rows with their numbers and counts, in few statements.
pub async fn items(tx: &mut Tx, rows: Vec<CampaignRow>) -> Result<Vec<CampaignItem>, AppError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut numbers: HashMap<i64, Vec<i64>> = HashMap::new();
    for (campaign, number) in crate::store::slice::numbers(tx, &ids).await? {
        numbers.entry(campaign).or_default().push(number);
    }
    let mut labels: HashMap<i64, Vec<String>> = HashMap::new();
    for (campaign, label) in labels_of(tx, &ids).await? {
        labels.entry(campaign).or_default().push(label);
    }
    let counts = counts_of(tx, &ids).await?;
    let mut item = |row: CampaignRow| {
        let numbers = numbers.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let labels = labels.remove(&row.id).unwrap_or_default();
        Ok(CampaignItem {
            counts: counts.get(&row.id).copied().unwrap_or_default(),
            campaign: shown(row, numbers, labels)?,
        })
    };
    rows.into_iter().map(&mut item).collect()
}

/// Lists campaigns, newest first when no other order is asked for.
#[utoipa::path(get, path = "/campaigns", tag = "Campaigns", params(ListQuery), responses((status = 200, body = Listing<CampaignItem>), (status = 400, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<CampaignItem>>, Problem> {
    let states = wanted(query.state.as_deref().unwrap_or_default())?;
    let page = Page {
        limit: query.limit,
        cursor: query.cursor,
    };
    let label = match query.label.as_deref() {
        None => String::new(),
        Some(text) => Label::read(text)
            .map(|label| label.key)
            .map_err(|why| AppError::field("/label", "label", why))?,
    };
    let wanted = Wanted {
        states: &states,
        search: query.search.as_deref().map(str::trim).unwrap_or_default(),
        label: &label,
        owner: owner_of(query.owner.as_deref())?,
        template: template_of(query.template.as_deref())?,
        archived: query.archived,
    };
    let by_name: Option<(String, i64)>;
    let after = match query.sort {
        CampaignSort::Newest => After::Newest(page.before()?),
        CampaignSort::Name => {
            by_name = place(&page)?;
            After::Name(by_name.as_ref().map(|(name, id)| (name.as_str(), *id)))
        }
        CampaignSort::Start => {
            let (at, id) = place(&page)?.unwrap_or((i64::MAX, i64::MAX));
            After::Start(at, id)
        }
    };
    let mut tx = app.db.read().await?;
    let rows = rows_of(&mut tx, after, &wanted, page.limit()).await?;
    let next_cursor = page.goes_on(&rows).map(|last: &Sorted| match query.sort {
        CampaignSort::Newest => Page::cursor(last.row.id),
        CampaignSort::Name => show_place(&(&last.sort_name, last.row.id)),
        CampaignSort::Start => show_place(&(last.sort_at, last.row.id)),
    });
    let rows = rows.into_iter().map(|sorted| sorted.row).collect();
    Ok(Json(Listing {
        data: items(&mut tx, rows).await?,
        next_cursor,
    }))
}

fn template_of(text: Option<&str>) -> Result<i64, AppError> {
    text.map_or(Some(0), |text| TEMPLATE.read(text)).ok_or_else(|| {
        let detail = "Give the id of a template, such as tpl_0123456789abc.";
        AppError::field("/template", "unknown", detail)
    })
}

fn wanted(text: &str) -> Result<Vec<i16>, Problem> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let read = |name: &str| {
        let found = states::ALL.into_iter().find(|state| states::name(*state) == name);
        found.ok_or_else(|| {
            let names = states::ALL.map(states::name).join(", ");
            Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_state",
                format!("There is no state \"{name}\"."),
                format!("Use one or several of {names}, with commas between them."),
            )
        })
    };
    let some: Vec<i16> = names.map(read).collect::<Result<_, _>>()?;
    Ok(if some.is_empty() {
        states::ALL.to_vec()
    } else {
        some
    })
}
