//! A campaign's ledger as CSV, streamed: every person, got it or not.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures::StreamExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::Shared;
use super::super::extract::{Caller, path_id};
use super::super::problem::Problem;
use super::people::{RecipientFilter, show};
use crate::app::AppError;
use crate::app::campaign::{Recipients, recipients};
use crate::domain::audience::Exclusion;
use crate::domain::id::{self, CAMPAIGN};
use crate::store::campaign;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(export))
}

const PAGE: i64 = 2_000;

const HEADER: [&str; 11] = [
    "message_id",
    "phone",
    "profile_id",
    "state",
    "attempts",
    "external_id",
    "accepted_at",
    "delivered_at",
    "read_at",
    "failed_at",
    "reason",
];

/// Where the export stands.
enum Position {
    Header,
    Messages(String),
    Excluded(i64),
    End,
}

/// The campaign's ledger as CSV: one line for each person, those left out at the end unless there is a filter. Times are
/// RFC 3339 UTC.
#[utoipa::path(get, path = "/campaigns/{id}/export", tag = "Campaigns", params(("id" = String, Path), RecipientFilter), responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Problem)))]
async fn export(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(filter): Query<RecipientFilter>,
) -> Result<impl IntoResponse, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let which = filter.read()?;
    let mut tx = app.db.read().await?;
    campaign::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    drop(tx);
    // Data leaves the house: that is noted, although nothing changes.
    caller.act(&app, Some(id)).await?.commit(&app, Some(id)).await?;
    let begin = (app, which, Position::Header);
    let parts = futures::stream::unfold(begin, move |(app, which, at)| async move {
        if matches!(at, Position::End) {
            return None;
        }
        match part(&app, id, &which, at).await {
            Ok((bytes, next)) => Some((Ok(bytes), (app, which, next))),
            // The connection breaks off, so that a cut file is not taken for a whole one.
            Err(error) => Some((
                Err(std::io::Error::other(error.to_string())),
                (app, which, Position::End),
            )),
        }
    });
    let disposition = format!("attachment; filename=\"{}.csv\"", CAMPAIGN.show(id));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(parts.boxed())))
}

async fn part(
    app: &Shared,
    id: i64,
    which: &Recipients,
    at: Position,
) -> Result<(Bytes, Position), AppError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let write = |e: csv::Error| AppError::conflict("export", e.to_string(), "Try again.");
    let mut tx = app.db.read().await?;
    let next = match at {
        Position::Header => {
            csv.write_record(HEADER).map_err(write)?;
            Position::Messages(String::new())
        }
        Position::Messages(after) => {
            let (rows, next) = recipients(app, &mut tx, id, which, &after, PAGE).await?;
            for row in rows {
                let line = show(row)?;
                let time = |ms: Option<i64>| ms.map(harkara_provider::wire::rfc3339).unwrap_or_default();
                csv.write_record([
                    line.id,
                    line.phone,
                    line.profile_id.unwrap_or_default(),
                    line.state,
                    line.attempts.to_string(),
                    line.external_id.unwrap_or_default(),
                    time(line.accepted_at),
                    time(line.delivered_at),
                    time(line.read_at),
                    time(line.failed_at),
                    line.failure
                        .map(|f| format!("{}: {}", f.kind, f.help))
                        .unwrap_or_default(),
                ])
                .map_err(write)?;
            }
            match next {
                Some(after) => Position::Messages(after),
                None if which.is_all() => Position::Excluded(0),
                None => Position::End,
            }
        }
        Position::Excluded(after) => {
            let rows = campaign::excluded(&mut tx, id, after, PAGE).await?;
            let last = rows.last().map(|row| row.0);
            for (profile, _, phone, reason) in rows {
                let reason = Exclusion::from_stored(reason).map_or("unknown", Exclusion::name);
                let profile = id::PROFILE.show(profile);
                let phone = phone.unwrap_or_default();
                csv.write_record(["", &phone, &profile, "excluded", "", "", "", "", "", "", reason])
                    .map_err(write)?;
            }
            last.map_or(Position::End, Position::Excluded)
        }
        Position::End => Position::End,
    };
    let bytes = csv
        .into_inner()
        .map_err(|e| AppError::conflict("export", e.to_string(), "Try again."))?;
    Ok((bytes.into(), next))
}
