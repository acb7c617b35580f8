//! `/api/v1/profiles`: people in lists, how many they are, and which attributes they have.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::Caller;
use super::paging::Page;
use super::problem::Problem;
use super::profile::{Profile, consent_name, read_phone};
use super::routes::{Routes, routes};
use crate::app::bulk::People;
use crate::app::find::{self, Found, Looked};
use crate::app::{App, AppError, attribute};
use crate::domain::audience::Condition;
use crate::domain::id::{self, Kind};
use crate::store::find::Wanted;
use crate::store::profile::{NOT_RECORDED, OPTED_IN, OPTED_OUT, ProfileRow};
use crate::store::{self, Tx};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(count))
        .routes(routes!(attributes))
}

/// Which profiles.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProfileFilter {
    /// Profiles of this number, however it is written.
    pub phone: Option<String>,
    /// The profile of this identity.
    pub identity: Option<String>,
    /// Name, identity or number begins with this; in any case, numbers with or without country code.
    pub search: Option<String>,
    /// `opted_in`, `opted_out` or `not_recorded`.
    pub consent: Option<String>,
    /// On this list (`lst_...`).
    pub list: Option<String>,
    /// All of these hold: the conditions of a campaign's audience as JSON, such as
    /// `[{"attribute":"city","is":"one_of","value":["Pune","Delhi"]}]`.
    pub conditions: Option<String>,
    /// Rows at most, 1 to 500; 50 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Conditions at one time: each is looked at for every person.
const MOST_CONDITIONS: usize = 50;

/// Profiles that are wanted by their number or identity: few.
pub(super) async fn few(
    app: &App,
    tx: &mut Tx,
    filter: &ProfileFilter,
) -> Result<Option<Vec<ProfileRow>>, AppError> {
    if let Some(phone) = &filter.phone {
        let phone = read_phone(app, phone, "/phone")?;
        return Ok(Some(store::profile::by_phone(tx, &phone).await?));
    }
    if let Some(identity) = &filter.identity {
        let row = store::profile::by_identity(tx, identity).await?;
        return Ok(Some(row.into_iter().collect()));
    }
    Ok(None)
}

pub(super) async fn looked(tx: &mut Tx, filter: &ProfileFilter) -> Result<Looked, AppError> {
    let consent = match filter.consent.as_deref() {
        None => None,
        Some(text) => Some(
            [OPTED_IN, OPTED_OUT, NOT_RECORDED]
                .into_iter()
                .find(|consent| consent_name(*consent) == text)
                .ok_or_else(|| {
                    let detail = "Use opted_in, opted_out or not_recorded.";
                    AppError::field("/consent", "unknown", detail)
                })?,
        ),
    };
    let list = match filter.list.as_deref() {
        None => None,
        Some(text) => {
            let found = match id::LIST.read(text) {
                Some(id) => store::list::by_id(tx, id).await?,
                None => None,
            };
            let detail = "There is no list with this id. GET /api/v1/lists shows the lists.";
            Some(
                found
                    .ok_or_else(|| AppError::field("/list", "not_found", detail))?
                    .id,
            )
        }
    };
    let search = filter.search.as_deref().map(str::trim);
    Ok(Looked {
        search: search.filter(|text| !text.is_empty()).map(str::to_owned),
        wanted: Wanted { consent, list },
        conditions: conditions(filter)?,
    })
}

fn conditions(filter: &ProfileFilter) -> Result<Vec<Condition>, AppError> {
    let Some(text) = filter
        .conditions
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    else {
        return Ok(Vec::new());
    };
    let all: Vec<Condition> = serde_json::from_str(text).map_err(|error| {
        let detail =
            format!("These are no conditions: {error}. Give a JSON list as in the audience of a campaign.");
        AppError::field("/conditions", "not_json", detail)
    })?;
    if all.len() > MOST_CONDITIONS {
        let detail = format!("Give {MOST_CONDITIONS} conditions at most.");
        return Err(AppError::field("/conditions", "too_many", detail));
    }
    find::check(&all, "/conditions")?;
    Ok(all)
}

/// Everybody who fits, for an act on many.
pub(super) async fn chosen(app: &App, tx: &mut Tx, filter: &ProfileFilter) -> Result<People, AppError> {
    let mut looked = looked(tx, filter).await?;
    let Some(rows) = few(app, tx, filter).await? else {
        return Ok(People::Who(looked));
    };
    looked.search = None;
    let rows = those(tx, &rows, &looked).await?;
    Ok(People::These(rows.iter().map(|row| row.id).collect()))
}

/// Of these profiles those who are looked for, newest first.
pub(super) async fn those(
    tx: &mut Tx,
    rows: &[ProfileRow],
    looked: &Looked,
) -> Result<Vec<ProfileRow>, AppError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut rows = store::find::among(tx, &ids, looked.wanted, i64::MAX, i64::MAX).await?;
    let mut fitting = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if find::fits(&row, &looked.conditions)? {
            fitting.push(row);
        }
    }
    Ok(fitting)
}

/// A page of profiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileListing {
    /// The rows. With conditions, or with a list and a consent, a page may be short or empty although there is a next one.
    pub data: Vec<Profile>,
    /// Ask with this for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The search fits more people than were looked at, 2,000 by name, by identity and by number: type more of it.
    pub partial: bool,
}

/// Lists profiles, newest first. What is searched for is looked up in indexes; nothing walks through all profiles: with
/// conditions, a page looks at 10,000 people at most.
#[utoipa::path(get, path = "/profiles", tag = "Profiles", params(ProfileFilter), responses((status = 200, body = ProfileListing), (status = 422, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<ProfileFilter>,
) -> Result<Json<ProfileListing>, Problem> {
    let page = Page {
        limit: filter.limit,
        cursor: filter.cursor.clone(),
    };
    let (before, limit) = (page.before()?, page.limit());
    let mut tx = app.db.read().await?;
    let mut looked = looked(&mut tx, &filter).await?;
    let found = match few(&app, &mut tx, &filter).await? {
        Some(rows) => {
            looked.search = None;
            let mut rows = those(&mut tx, &rows, &looked).await?;
            rows.retain(|row| row.id < before);
            rows.truncate(limit as usize);
            Found {
                next: (rows.len() as i64 >= limit)
                    .then(|| rows.last().map(|row| row.id))
                    .flatten(),
                rows,
                partial: false,
            }
        }
        None => find::page(&app, &mut tx, &looked, before, limit).await?,
    };
    let phones: Vec<&str> = found.rows.iter().filter_map(|row| row.phone.as_deref()).collect();
    let suppressed = store::consent::suppressed(&mut tx, &phones).await?;
    let rows = found.rows.into_iter();
    Ok(Json(ProfileListing {
        data: rows.map(|row| Profile::new(row, &suppressed)).collect(),
        next_cursor: found.next.map(|id| Kind("c").show(id)),
        partial: found.partial,
    }))
}

/// How to count.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountQuery {
    /// Count to the end where an estimate would be given. That may take seconds with millions of profiles.
    exact: Option<bool>,
}

/// How many profiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileCount {
    /// Profiles.
    pub count: i64,
    /// False: an estimate; with a search, at least so many.
    pub exact: bool,
}

/// Counts profiles with the filters of the list, quickly: an estimate where counting takes long.
#[utoipa::path(get, path = "/profiles/count", tag = "Profiles", params(ProfileFilter, CountQuery), responses((status = 200, body = ProfileCount), (status = 422, body = Problem)))]
async fn count(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<ProfileFilter>,
    Query(how): Query<CountQuery>,
) -> Result<Json<ProfileCount>, Problem> {
    let mut tx = app.db.read().await?;
    let looked = looked(&mut tx, &filter).await?;
    if let Some(rows) = few(&app, &mut tx, &filter).await? {
        let rows = those(&mut tx, &rows, &looked).await?;
        return Ok(Json(ProfileCount {
            count: rows.len() as i64,
            exact: true,
        }));
    }
    let exact = how.exact.unwrap_or(false);
    let count = if looked.conditions.is_empty() {
        find::count(&app, &mut tx, &looked, exact).await?
    } else {
        drop(tx);
        find::count_fitting(&app, &looked, exact).await?
    };
    Ok(Json(ProfileCount {
        count: count.count,
        exact: count.exact,
    }))
}

/// An attribute that people have.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownAttribute {
    /// Name.
    pub name: String,
    /// Types of its values: `text`, `number`, `boolean`, `date` (a text such as `2026-12-31`).
    pub types: Vec<&'static str>,
    /// Share of the people looked at who have it, from 0 to 1.
    pub filled_estimate: f64,
    /// Up to 20 values, the most frequent first.
    #[schema(value_type = Vec<Object>)]
    pub samples: Vec<Value>,
}

/// The attributes of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownAttributes {
    /// By name.
    pub data: Vec<KnownAttribute>,
    /// How many people were looked at for values and shares: the newest 2,000 and up to 1,000 from all times.
    pub sampled: usize,
}

/// Which attributes people have, with values, for pickers. Names and types are kept when profiles are written; shares and
/// values come from a sample of people, and so does what was written before names were kept.
#[utoipa::path(get, path = "/profiles/attributes", tag = "Profiles", responses((status = 200, body = KnownAttributes)))]
async fn attributes(_: Caller, State(app): State<Shared>) -> Result<Json<KnownAttributes>, Problem> {
    let mut tx = app.db.read().await?;
    let (all, sampled) = attribute::attributes(&mut tx).await?;
    let show = |attribute: attribute::Attribute| KnownAttribute {
        name: attribute.name,
        types: attribute.types,
        filled_estimate: attribute.filled,
        samples: attribute.samples,
    };
    Ok(Json(KnownAttributes {
        data: all.into_iter().map(show).collect(),
        sampled,
    }))
}
