//! `/files/{token}/{name}`: the address of an uploaded file that providers get. Whoever knows it may fetch the file.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::media::{dress, part};
use super::problem::Problem;
use super::{Shared, role};
use crate::app::file;
use crate::config::Config;

/// Routes: on servers that people use, and on those that providers reach.
pub fn routes(config: &Config) -> Router<Shared> {
    let routes = Router::new().route("/files/{token}/{name}", get(give));
    if config.has_role("http") {
        return routes;
    }
    role::only(config, "callbacks", routes)
}

/// The file, or the part of it that was asked for. `HEAD` is answered by the framework without its body.
async fn give(
    State(app): State<Shared>,
    Path((token, name)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let row = file::at_address(&app, &token, &name)
        .await
        .map_err(|error| match error {
            crate::app::AppError::NotFound(_) => gone(),
            error => error.into(),
        })?;
    let length = u64::try_from(row.bytes).unwrap_or_default();
    let (first, last) = part(asked.get(header::RANGE), length).unwrap_or((0, length.saturating_sub(1)));
    let body = Body::from_stream(file::read(&app, row.id, first, last));
    let given = last - first + 1;
    let mut response = if given < length {
        let range = format!("bytes {first}-{last}/{length}");
        (
            StatusCode::PARTIAL_CONTENT,
            [(header::CONTENT_RANGE, range)],
            body,
        )
            .into_response()
    } else {
        body.into_response()
    };
    dress(&mut response, &row.mime, Some(&row.name), Some(given));
    Ok(response)
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_file",
        "There is no file at this address.",
        "It may have been deleted: files that nothing sends any more are, after a time.",
    )
}
