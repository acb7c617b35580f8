//! Lists in pages: newest first, `?limit=` up to 500, `?cursor=` from the page before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// Query of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Rows at most, 1 to 500; 50 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Page {
    /// Rows to ask for.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 500)
    }

    /// The last row, when there may be more behind it.
    pub fn goes_on<'r, R>(&self, rows: &'r [R]) -> Option<&'r R> {
        rows.last().filter(|_| rows.len() as i64 >= self.limit())
    }

    /// The cursor of a list in the order of ids.
    pub fn cursor(id: i64) -> String {
        crate::domain::id::Kind("c").show(id)
    }

    /// Ids below this come next; `i64::MAX` on the first page.
    pub fn before(&self) -> Result<i64, Problem> {
        match &self.cursor {
            None => Ok(i64::MAX),
            Some(text) => crate::domain::id::Kind("c")
                .read(text)
                .ok_or_else(Problem::bad_cursor),
        }
    }
}

/// The cursor of a list in another order: what its last row is sorted by.
pub fn show_place<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// What the last row of the page before is sorted by; `None` on the first page.
pub fn place<T: DeserializeOwned>(page: &Page) -> Result<Option<T>, Problem> {
    let Some(text) = &page.cursor else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Problem::bad_cursor())?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| Problem::bad_cursor())
}

/// One page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Ask with this for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Listing<T> {
    /// Makes a page of rows fetched with [`Page::limit`]; `id` is the ordering id of a row.
    pub fn new<R>(rows: Vec<R>, page: &Page, id: impl Fn(&R) -> i64, show: impl Fn(R) -> T) -> Self {
        let full = rows.len() as i64 >= page.limit();
        let next_cursor = if full {
            rows.last().map(|row| crate::domain::id::Kind("c").show(id(row)))
        } else {
            None
        };
        Self {
            data: rows.into_iter().map(show).collect(),
            next_cursor,
        }
    }
}
