//! A campaign's ledger as CSV, streamed: every person, got it or not.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures::StreamExt;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::Shared;
use super::super::extract::{Caller, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use super::super::spreadsheet::text;
use super::people::{RecipientFilter, lines, names};
use crate::app::AppError;
use crate::app::campaign::{Recipients, recipients};
use crate::domain::audience::Exclusion;
use crate::domain::id::{self, CAMPAIGN};
use crate::domain::permission::Permission;
use crate::store::campaign;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(export))
}

const PAGE: i64 = 2_000;

const HEADER: [&str; 13] = [
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
    "name",
    "replied_at",
];

/// Which part of the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `true`: only the people who were left out before, with the reason.
    #[serde(default)]
    left_out: bool,
}

/// What is exported, and for whom.
struct Wanted {
    id: i64,
    which: Recipients,
    left_out: bool,
    /// The caller may see people, and so their names.
    names: bool,
}

/// Where the export stands.
enum Position {
    Header,
    Messages(String),
    Excluded(i64),
    End,
}

/// The campaign's ledger as CSV: one line for each person, those left out at the end unless there is a filter. Times are
/// RFC 3339 UTC. Names are there for who may see people.
#[utoipa::path(get, path = "/campaigns/{id}/export", tag = "Campaigns", params(("id" = String, Path), RecipientFilter, ExportQuery), responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Problem)))]
async fn export(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(filter): Query<RecipientFilter>,
    Query(query): Query<ExportQuery>,
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
    let wanted = Wanted {
        id,
        which,
        left_out: query.left_out,
        names: caller.may(Permission::ProfilesRead),
    };
    let begin = (app, wanted, Position::Header);
    let parts = futures::stream::unfold(begin, move |(app, wanted, at)| async move {
        if matches!(at, Position::End) {
            return None;
        }
        match part(&app, &wanted, at).await {
            Ok((bytes, next)) => Some((Ok(bytes), (app, wanted, next))),
            // The connection breaks off, so that a cut file is not taken for a whole one.
            Err(error) => Some((
                Err(std::io::Error::other(error.to_string())),
                (app, wanted, Position::End),
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

async fn part(app: &Shared, wanted: &Wanted, at: Position) -> Result<(Bytes, Position), AppError> {
    let Wanted { id, which, .. } = wanted;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let write = |e: csv::Error| AppError::conflict("export", e.to_string(), "Try again.");
    let mut tx = app.db.read().await?;
    let next = match at {
        Position::Header => {
            csv.write_record(HEADER).map_err(write)?;
            if wanted.left_out {
                Position::Excluded(0)
            } else {
                Position::Messages(String::new())
            }
        }
        Position::Messages(after) => {
            let (rows, next) = recipients(app, &mut tx, *id, which, &after, PAGE).await?;
            for line in lines(&mut tx, rows, wanted.names).await? {
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
                    line.name.map(text).unwrap_or_default(),
                    time(line.replied_at),
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
            let rows = campaign::excluded(&mut tx, *id, after, PAGE).await?;
            let last = rows.last().map(|row| row.0);
            let mut names = names(&mut tx, rows.iter().map(|row| row.0), wanted.names).await?;
            for (profile, _, phone, reason) in rows {
                let reason = Exclusion::from_stored(reason).map_or("unknown", Exclusion::name);
                let name = names.remove(&profile).map(text).unwrap_or_default();
                let profile = id::PROFILE.show(profile);
                let phone = phone.unwrap_or_default();
                csv.write_record([
                    "", &phone, &profile, "excluded", "", "", "", "", "", "", reason, &name, "",
                ])
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
