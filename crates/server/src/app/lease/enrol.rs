//! A server's id among all servers on one database, which its data folder remembers.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::AppError;
use crate::app::durable::write_private;
use crate::clock::{Millis, random_bytes};
use crate::store::node::{self, GIVEN_UP, STOPPED};
use crate::store::{Db, to_json};

/// Ids of servers: a part of the ids that they make, so there are not many.
const IDS: std::ops::Range<i64> = 0..1_000;

#[derive(Serialize, Deserialize)]
struct Remembered {
    id: i64,
    token: String,
}

/// The id and token that this data folder remembers; new ones when it has none, or the database no longer knows them.
pub async fn enrol(db: &Db, folder: &Path, now: Millis) -> Result<(i64, String), AppError> {
    let path = folder.join("node.json");
    let remembered = std::fs::read_to_string(&path).ok();
    let remembered: Option<Remembered> = remembered.and_then(|text| serde_json::from_str(&text).ok());
    let mut tx = db.write().await?;
    let nodes = node::all(&mut tx).await?;
    if let Some(own) = remembered
        && nodes.iter().any(|n| n.id == own.id && n.token == own.token)
    {
        return Ok((own.id, own.token));
    }
    let token: String = random_bytes::<16>().iter().map(|b| format!("{b:02x}")).collect();
    let taken: BTreeSet<i64> = nodes.iter().map(|n| n.id).collect();
    let mut id = None;
    for free in IDS.filter(|id| !taken.contains(id)) {
        // Another new server may take it at this moment.
        if node::enrol(&mut tx, free, &token, now).await? {
            id = Some(free);
            break;
        }
    }
    if id.is_none() {
        let gone = |n: &&node::NodeRow| matches!(n.state, STOPPED | GIVEN_UP) && IDS.contains(&n.id);
        let mut gone: Vec<_> = nodes.iter().filter(gone).collect();
        gone.sort_unstable_by_key(|n| n.started_at);
        for old in gone {
            if node::inherit(&mut tx, old.id, old.term, &token).await? {
                id = Some(old.id);
                break;
            }
        }
    }
    let Some(id) = id else {
        return Err(AppError::conflict(
            "too_many_nodes",
            format!("There are {} servers on this database.", nodes.len()),
            "Stop some of them.",
        ));
    };
    tx.commit().await?;
    let kept = to_json(&Remembered {
        id,
        token: token.clone(),
    });
    write_private(&path, &kept).map_err(|why| AppError::File {
        what: format!("{} cannot be written", path.display()),
        why,
    })?;
    Ok((id, token))
}
