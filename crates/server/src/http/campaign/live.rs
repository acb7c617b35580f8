//! Live progress by server-sent events: at most two a second, whatever the sending rate.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use tokio::sync::broadcast::error::RecvError;

use super::super::Shared;
use super::super::extract::{Caller, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::campaign::{self, Progress};
use crate::domain::id::CAMPAIGN;
use crate::store::news::Topic;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(live))
}

/// Between two events.
const PAUSE: Duration = Duration::from_millis(500);
/// An event is sent at least this often while a campaign runs, so that rates and clocks move.
const AT_LEAST: Duration = Duration::from_secs(2);

/// Progress as it happens: events named `progress`, each the whole [`Progress`]; the stream ends with the campaign.
#[utoipa::path(get, path = "/campaigns/{id}/live", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, content_type = "text/event-stream", body = Progress), (status = 404, body = Problem)))]
async fn live(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    // A wrong id is told as a problem, before the stream begins.
    campaign::progress(&app, &mut tx, id).await?;
    drop(tx);
    let headers = [("x-accel-buffering", "no"), ("cache-control", "no-store")];
    Ok((
        headers,
        Sse::new(events(app, id)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))),
    ))
}

fn events(app: Shared, id: i64) -> impl Stream<Item = Result<Event, Infallible>> {
    let moves = app.db.news().listen();
    futures::stream::unfold(
        (app, moves, true, false),
        move |(app, mut moves, first, over)| async move {
            if over {
                return None;
            }
            if !first {
                tokio::time::sleep(PAUSE).await;
                let moved = async {
                    loop {
                        match moves.recv().await {
                            Ok(moved) if moved.contains(&(Topic::Campaign, id)) => break,
                            Ok(_) => {}
                            // Missed some: one of them may have been ours.
                            Err(RecvError::Lagged(_)) => break,
                            Err(RecvError::Closed) => std::future::pending().await,
                        }
                    }
                };
                tokio::select! {
                    _ = tokio::time::timeout(AT_LEAST, moved) => {}
                    // An open page does not keep the server from stopping.
                    () = app.shutdown.cancelled() => return None,
                }
            }
            let event = match read(&app, id).await {
                Ok(progress) => {
                    let over = matches!(progress.state.as_str(), "finished" | "stopped");
                    let event = Event::default().event("progress").json_data(&progress);
                    (
                        event.unwrap_or_else(|e| Event::default().event("trouble").data(e.to_string())),
                        over,
                    )
                }
                Err(error) => (Event::default().event("trouble").data(error.to_string()), false),
            };
            Some((Ok(event.0), (app, moves, false, event.1)))
        },
    )
}

async fn read(app: &Shared, id: i64) -> Result<Progress, AppError> {
    let mut tx = app.db.read().await?;
    campaign::progress(app, &mut tx, id).await
}
