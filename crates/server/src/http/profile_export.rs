//! People as CSV, streamed a part at a time.

use std::collections::{HashMap, HashSet};

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures::StreamExt;
use serde_json::Value;

use super::Shared;
use super::extract::Caller;
use super::problem::Problem;
use super::profile::consent_name;
use super::profile_list::{ProfileFilter, few, looked, those};
use super::routes::{Routes, routes};
use super::spreadsheet::text;
use crate::app::audit::{AuditChange, Object, note};
use crate::app::find::{self, Looked};
use crate::app::{AppError, attribute};
use crate::domain::attributes::Attributes;
use crate::domain::id;
use crate::store::profile::ProfileRow;
use crate::store::{Tx, consent, from_json, list};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(export))
}

/// People in one part.
const PART: i64 = 2_000;

/// What every profile has.
const HEADER: [&str; 10] = [
    "identity",
    "phone",
    "name",
    "consent",
    "consent_source",
    "consent_at",
    "number_opted_out",
    "profile_id",
    "created_at",
    "updated_at",
];

/// Attributes that have no column: their names were not known when the file began.
const OTHERS: &str = "other_attributes";

/// What is exported.
struct Wanted {
    looked: Looked,
    /// The attributes that have a column each.
    columns: Vec<String>,
}

/// Where the export stands.
enum Position {
    Header,
    /// These few, and nobody else.
    Those(Vec<ProfileRow>),
    /// People with ids below this.
    Before(i64),
    End,
}

/// The people whom the filters of the list find, or everybody, as CSV, newest first: with their consent, where it comes from and
/// since when, and a column for each attribute. Times are RFC 3339 UTC. Whoever is written meanwhile may be in it or not.
#[utoipa::path(get, path = "/profiles/export", tag = "Profiles", params(ProfileFilter), responses((status = 200, content_type = "text/csv", body = String), (status = 422, body = Problem)))]
async fn export(
    caller: Caller,
    State(app): State<Shared>,
    Query(filter): Query<ProfileFilter>,
) -> Result<impl IntoResponse, Problem> {
    let mut tx = app.db.read().await?;
    let looked = looked(&mut tx, &filter).await?;
    let chosen = match few(&app, &mut tx, &filter).await? {
        Some(rows) => Some(those(&mut tx, &rows, &looked).await?),
        None if looked.search.is_some() => {
            let (found, _) = find::page_within(&app, &mut tx, &looked, i64::MAX, i64::MAX, i64::MAX).await?;
            if found.partial {
                let detail = "This search fits more people than are looked at. Type more of it, or choose the people by a list.";
                return Err(AppError::field("/search", "too_many", detail).into());
            }
            Some(found.rows)
        }
        None => None,
    };
    let (known, _) = attribute::attributes(&mut tx).await.map_err(AppError::from)?;
    let on_list = match looked.wanted.list {
        Some(id) => list::by_id(&mut tx, id).await?,
        None => None,
    };
    let object = Object {
        id: 0,
        name: on_list.map(|list| list.name).unwrap_or_default(),
    };
    drop(tx);
    // Personal data leaves the house: that is noted, although nothing changes.
    let mut tx = app.db.write().await?;
    note(
        &app,
        &mut tx,
        &caller.actor,
        "profile.export",
        &object,
        &narrowed(&filter),
    )
    .await?;
    tx.commit().await?;
    let wanted = Wanted {
        looked,
        columns: known.into_iter().map(|attribute| attribute.name).collect(),
    };
    let begin = (app, wanted, chosen, Position::Header);
    let parts = futures::stream::unfold(begin, move |(app, wanted, mut chosen, at)| async move {
        if matches!(at, Position::End) {
            return None;
        }
        match part(&app, &wanted, at, &mut chosen).await {
            Ok((bytes, next)) => Some((Ok(bytes), (app, wanted, chosen, next))),
            // The connection breaks off, so that a cut file is not taken for a whole one.
            Err(error) => Some((
                Err(std::io::Error::other(error.to_string())),
                (app, wanted, None, Position::End),
            )),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"profiles.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(parts.boxed())))
}

/// The filters that were chosen, for the audit log. What may name a person is not kept there: it would outlive their erasure.
fn narrowed(filter: &ProfileFilter) -> Vec<AuditChange> {
    let hidden = |given: &Option<String>| given.as_ref().map(|_| "***".to_owned());
    [
        ("phone", hidden(&filter.phone)),
        ("identity", hidden(&filter.identity)),
        ("search", hidden(&filter.search)),
        ("consent", filter.consent.clone()),
        ("list", filter.list.clone()),
        ("conditions", hidden(&filter.conditions)),
    ]
    .into_iter()
    .filter_map(|(field, value)| {
        Some(AuditChange {
            field: field.into(),
            before: Value::Null,
            after: Value::from(value?),
        })
    })
    .collect()
}

async fn part(
    app: &Shared,
    wanted: &Wanted,
    at: Position,
    chosen: &mut Option<Vec<ProfileRow>>,
) -> Result<(Bytes, Position), AppError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let next = match at {
        Position::Header => {
            csv.write_record(titles(&wanted.columns)).map_err(broken)?;
            chosen.take().map_or(Position::Before(i64::MAX), Position::Those)
        }
        Position::Those(rows) => {
            write(&mut app.db.read().await?, &mut csv, wanted, rows).await?;
            Position::End
        }
        Position::Before(before) => {
            let mut tx = app.db.read().await?;
            let found = find::page(app, &mut tx, &wanted.looked, before, PART).await?;
            let next = found.next.map_or(Position::End, Position::Before);
            write(&mut tx, &mut csv, wanted, found.rows).await?;
            next
        }
        Position::End => Position::End,
    };
    let bytes = csv.into_inner().map_err(|error| unwritten(error.to_string()))?;
    Ok((bytes.into(), next))
}

fn broken(error: csv::Error) -> AppError {
    unwritten(error.to_string())
}

fn unwritten(why: String) -> AppError {
    AppError::conflict("export", why, "Try again.")
}

/// An attribute that is called like a column of its own is told apart.
fn titles(columns: &[String]) -> Vec<String> {
    let own = HEADER.into_iter().chain([OTHERS]).collect::<HashSet<_>>();
    let attribute = |name: &String| match own.contains(name.as_str()) {
        true => format!("{name} (attribute)"),
        false => text(name.clone()),
    };
    HEADER
        .into_iter()
        .map(str::to_owned)
        .chain(columns.iter().map(attribute))
        .chain([OTHERS.to_owned()])
        .collect()
}

async fn write(
    tx: &mut Tx,
    csv: &mut csv::Writer<Vec<u8>>,
    wanted: &Wanted,
    rows: Vec<ProfileRow>,
) -> Result<(), AppError> {
    let phones: Vec<&str> = rows.iter().filter_map(|row| row.phone.as_deref()).collect();
    let suppressed = consent::suppressed(tx, &phones).await?;
    let place: HashMap<&str, usize> = wanted
        .columns
        .iter()
        .enumerate()
        .map(|(n, name)| (name.as_str(), n))
        .collect();
    let time = |ms: i64| harkara_provider::wire::rfc3339(ms);
    for row in rows {
        let attributes: Attributes = from_json("attributes", &row.attributes)?;
        let mut values = vec![String::new(); wanted.columns.len()];
        let mut others = Attributes::new();
        for (name, value) in attributes {
            match place.get(name.as_str()) {
                Some(n) => values[*n] = cell(value),
                None => drop(others.insert(name, value)),
            }
        }
        let opted_out = row.phone.as_ref().is_some_and(|phone| suppressed.contains(phone));
        // A number is no formula, and must stay one that can be read in again.
        let identity = match &row.phone {
            Some(phone) if *phone == row.identity => row.identity,
            _ => text(row.identity),
        };
        let others = match others.is_empty() {
            true => String::new(),
            false => Value::Object(others).to_string(),
        };
        let own = [
            identity,
            row.phone.unwrap_or_default(),
            row.name.map(text).unwrap_or_default(),
            consent_name(row.opt_in).to_owned(),
            row.opt_source.map(text).unwrap_or_default(),
            row.opt_at.map(time).unwrap_or_default(),
            opted_out.to_string(),
            id::PROFILE.show(row.id),
            time(row.created_at),
            time(row.updated_at),
        ];
        csv.write_record(own.into_iter().chain(values).chain([others]))
            .map_err(broken)?;
    }
    Ok(())
}

fn cell(value: Value) -> String {
    match value {
        Value::String(written) => text(written),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
