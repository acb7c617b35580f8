//! `/api/v1/nodes`: the servers that work on this database, and what each of them sends from.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::extract::Caller;
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::clock::DAY;
use crate::domain::id;
use crate::store::node::{self, ALIVE, GIVEN_UP, NodeRow, STOPPING};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

/// A server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Node {
    /// Small number, kept in its data folder.
    pub id: i64,
    /// Machine and port.
    pub name: String,
    /// What it does: `http`, `callbacks`, `send`, `schedule`.
    pub roles: Vec<String>,
    /// Where it listens.
    pub url: String,
    /// Version of the program.
    pub version: String,
    /// `alive`, `stopping`, `stopped`, or `given_up` when it fell silent and others took over.
    pub state: &'static str,
    /// Milliseconds since 1970 UTC, by its own clock.
    pub started_at: i64,
    /// When it last said that it lives: milliseconds since 1970 UTC, by its own clock.
    pub seen_at: i64,
    /// Ids of the numbers that it sends from.
    pub numbers: Vec<String>,
    /// It gave this answer.
    pub answers: bool,
}

/// Lists the servers that live, and those that ended within the last day.
#[utoipa::path(get, path = "/nodes", tag = "Nodes", responses((status = 200, body = Listing<Node>), (status = 401, body = Problem)))]
async fn list(_: Caller, State(app): State<Shared>) -> Result<Json<Listing<Node>>, Problem> {
    let mut tx = app.db.read().await?;
    let mut nodes = node::all(&mut tx).await?;
    let mut numbers: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for lease in node::leases(&mut tx).await? {
        if let Some(holder) = lease.node_id {
            numbers
                .entry(holder)
                .or_default()
                .push(id::NUMBER.show(lease.number_id));
        }
    }
    let now = app.now();
    nodes.retain(|n| matches!(n.state, ALIVE | STOPPING) || n.seen_at > now - DAY);
    let own = app.leases.identity(&app).id;
    let data = nodes.into_iter().map(|n| shown(n, &mut numbers, own)).collect();
    Ok(Json(Listing {
        data,
        next_cursor: None,
    }))
}

fn shown(row: NodeRow, numbers: &mut BTreeMap<i64, Vec<String>>, own: i64) -> Node {
    Node {
        id: row.id,
        roles: row.roles.split(',').map(str::to_owned).collect(),
        state: match row.state {
            ALIVE => "alive",
            STOPPING => "stopping",
            GIVEN_UP => "given_up",
            _ => "stopped",
        },
        numbers: numbers.remove(&row.id).unwrap_or_default(),
        answers: row.id == own,
        name: row.name,
        url: row.url,
        version: row.version,
        started_at: row.started_at,
        seen_at: row.seen_at,
    }
}
