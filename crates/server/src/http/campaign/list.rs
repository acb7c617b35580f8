//! Campaigns in a list, each with its counts.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::Shared;
use super::super::extract::Caller;
use super::super::paging::{Listing, Page};
use super::super::problem::Problem;
use super::{Campaign, show};
use crate::app::AppError;
use crate::app::campaign::{CampaignCounts, counts_of};
use crate::domain::campaign as states;
use crate::store::Tx;
use crate::store::campaign::CampaignRow;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only campaigns in this state, or in one of several: `running,paused`.
    state: Option<String>,
    /// Only campaigns with this in their name, in any case.
    search: Option<String>,
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
    let counts = counts_of(tx, &ids).await?;
    let item = |row: CampaignRow| {
        let numbers = numbers.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        Ok(CampaignItem {
            counts: counts.get(&row.id).copied().unwrap_or_default(),
            campaign: show(row, numbers)?,
        })
    };
    rows.into_iter().map(item).collect()
}

/// Lists campaigns, newest first.
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
    let search = query.search.as_deref().map(str::trim).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let rows = crate::store::campaign::list(&mut tx, page.before()?, &states, search, page.limit()).await?;
    let listing = Listing::new(rows, &page, |row| row.id, |row| row);
    Ok(Json(Listing {
        data: items(&mut tx, listing.data).await?,
        next_cursor: listing.next_cursor,
    }))
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
