//! Learns from acceptances what providers call people.

use std::collections::HashMap;

use super::Finished;
use crate::app::App;
use crate::domain::phone::Phone;
use crate::domain::variant::variant;
use crate::store::message::LockedMessage;
use crate::store::wa_id::{self, Found, PROVIDER};
use crate::store::{StoreError, Tx};

/// Keeps what a provider calls a recipient when that is not the number that was dialled. When it is the other way of
/// writing that number, what the person writes from there belongs to the one in our books, unless there is a profile of
/// its own. Costs nothing when providers call people as we do.
pub(super) async fn learn(
    app: &App,
    tx: &mut Tx,
    rows: &[LockedMessage],
    finished: &HashMap<i64, &Finished>,
) -> Result<(), StoreError> {
    let said: Vec<(&LockedMessage, String)> = rows
        .iter()
        .filter_map(|row| {
            let receipt = finished.get(&row.id)?.outcome.as_ref().ok()?;
            let wa_id = Phone::from_provider(receipt.wa_id.as_deref()?)?.into_string();
            (wa_id != row.phone).then_some((row, wa_id))
        })
        .collect();
    if said.is_empty() {
        return Ok(());
    }
    let kept: Vec<(i64, &str)> = said.iter().map(|(row, wa_id)| (row.id, wa_id.as_str())).collect();
    wa_id::keep(tx, &kept).await?;
    let pairs: Vec<(&str, &str)> = said
        .iter()
        .map(|(row, wa_id)| (wa_id.as_str(), row.phone.as_str()))
        .filter(|(wa_id, phone)| variant(phone).as_deref() == Some(*wa_id))
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let both: Vec<&str> = pairs.iter().flat_map(|(wa_id, phone)| [*wa_id, *phone]).collect();
    let before = wa_id::belongs(tx, &both).await?;
    let known = wa_id::known(tx, &both).await?;
    let mut found = Vec::new();
    for (wa_id, phone) in pairs {
        let own = known.get(wa_id).copied().unwrap_or_default();
        if own.profile || before.contains_key(wa_id) || before.contains_key(phone) {
            continue;
        }
        if own.conversation {
            wa_id::join(tx, wa_id, phone).await?;
        }
        found.push(Found {
            wa_id: wa_id.to_owned(),
            phone: phone.to_owned(),
            source: PROVIDER,
            at: app.now(),
        });
    }
    wa_id::remember(tx, &found).await
}
