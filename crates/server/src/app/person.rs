//! Who is behind a number: people of some countries are known to WhatsApp by another way of writing their number than
//! the one in our books.

use std::collections::HashMap;

use super::App;
use crate::domain::variant::{belongs_to_other, names, variant};
use crate::store::conversation::{self, ConversationRow};
use crate::store::profile::{self, ProfileRow};
use crate::store::wa_id::{self, Found, INBOUND};
use crate::store::{StoreError, Tx};

/// The numbers of our books that people who wrote from these belong to; only those for which it is another one. What is
/// found is remembered. Asks nothing when no number has another way of writing.
pub async fn homes(app: &App, tx: &mut Tx, senders: &[&str]) -> Result<HashMap<String, String>, StoreError> {
    let pairs: Vec<(&str, String)> = senders
        .iter()
        .filter_map(|sender| Some((*sender, variant(sender)?)))
        .collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let asked: Vec<&str> = pairs.iter().map(|(sender, _)| *sender).collect();
    let mut homes = wa_id::belongs(tx, &asked).await?;
    let new: Vec<&(&str, String)> = pairs
        .iter()
        .filter(|(sender, _)| !homes.contains_key(*sender))
        .collect();
    if new.is_empty() {
        return Ok(homes);
    }
    let both: Vec<&str> = new.iter().flat_map(|(sender, other)| [*sender, other]).collect();
    let known = wa_id::known(tx, &both).await?;
    let mut found = Vec::new();
    for (sender, other) in new {
        let of = |phone: &str| known.get(phone).copied().unwrap_or_default();
        if !belongs_to_other(of(sender), of(other)) {
            continue;
        }
        if of(sender).conversation {
            wa_id::join(tx, sender, other).await?;
        }
        homes.insert((*sender).to_owned(), other.clone());
        found.push(Found {
            wa_id: (*sender).to_owned(),
            phone: other.clone(),
            source: INBOUND,
            at: app.now(),
        });
    }
    wa_id::remember(tx, &found).await?;
    Ok(homes)
}

/// The oldest profile of this person.
pub async fn profile_of(tx: &mut Tx, phone: &str) -> Result<Option<ProfileRow>, StoreError> {
    for name in names(phone) {
        if let Some(row) = profile::by_phone(tx, &name).await?.into_iter().next() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The conversation with this person.
pub async fn conversation_of(tx: &mut Tx, phone: &str) -> Result<Option<ConversationRow>, StoreError> {
    for name in names(phone) {
        if let Some(row) = conversation::by_phone(tx, &name).await? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// What an answer from a number dials: what the person last wrote to it from; the number itself when the person never did.
pub async fn dialled(tx: &mut Tx, number_id: i64, phone: &str) -> Result<String, StoreError> {
    let names = names(phone);
    if names.len() == 1 {
        return Ok(phone.to_owned());
    }
    let wrote = conversation::last_writer(tx, number_id, &names).await?;
    Ok(wrote.unwrap_or_else(|| phone.to_owned()))
}
