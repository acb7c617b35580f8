//! Two profiles of one number become one: the one that stays wins, and gets what it does not have.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::audit::{Actor, AuditChange, Object, note};
use super::profile::consent_name;
use super::{App, AppError};
use crate::domain::attributes::{Attributes, merge as put};
use crate::domain::id::PROFILE;
use crate::domain::variant::names;
use crate::store::profile::{NOT_RECORDED, OPTED_OUT, ProfileRow, lock_by_identities, update_many};
use crate::store::{self, Tx, erase, from_json, merge, to_json};

/// A value that both have, or that the one that stays gets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Side {
    /// `name`, or the name of an attribute.
    pub field: String,
    /// What it is afterwards.
    #[schema(value_type = Object)]
    pub kept: Value,
    /// What is lost: the other value; null when there is none.
    #[schema(value_type = Object)]
    pub lost: Value,
}

/// What two profiles come to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Merge {
    /// False: this is what it would come to.
    pub done: bool,
    /// Fields in which the two differ: the one that stays wins.
    pub differ: Vec<Side>,
    /// Fields that the one that stays does not have, and gets.
    pub filled: Vec<Side>,
    /// Identity that is gone: a file or an upload that names it makes a new profile.
    pub lost_identity: String,
    /// Consent afterwards: an opt-out of either wins, then an opt-in of either.
    pub consent: &'static str,
    /// The consent is the other one's.
    pub consent_from_other: bool,
    /// Events that come over.
    pub events: i64,
    /// Decisions about messages that come over.
    pub consents: i64,
    /// Lists that the one that stays comes to be on.
    pub list_entries: i64,
    /// Messages that come over.
    pub messages: i64,
}

/// Merges `other` into `keep`; with `dry_run` only says what it would come to. It cannot be taken back.
pub async fn merge_into(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (keep, other): (i64, i64),
    dry_run: bool,
) -> Result<Merge, AppError> {
    let (mut keep, other) = both(tx, keep, other).await?;
    let mut attributes: Attributes = from_json("attributes", &keep.attributes)?;
    let theirs: Attributes = from_json("attributes", &other.attributes)?;
    let (mut differ, mut filled) = (Vec::new(), Vec::new());
    let mut compare = |field: &str, own: Value, their: Value| {
        let side = |kept, lost| Side {
            field: field.to_owned(),
            kept,
            lost,
        };
        if own.is_null() && !their.is_null() {
            filled.push(side(their, Value::Null));
        } else if !their.is_null() && own != their {
            differ.push(side(own, their));
        }
    };
    compare("name", keep.name.clone().into(), other.name.clone().into());
    for (name, their) in &theirs {
        compare(
            name,
            attributes.get(name).cloned().unwrap_or_default(),
            their.clone(),
        );
    }
    let missing = theirs
        .into_iter()
        .filter(|(name, _)| !attributes.contains_key(name));
    let missing: Attributes = missing.collect();
    put(&mut attributes, &missing)
        .map_err(|problem| AppError::field("/attributes", "too_many", problem.to_string()))?;
    keep.attributes = to_json(&attributes);
    keep.name = keep.name.or(other.name);
    let from_other = stricter(other.opt_in) > stricter(keep.opt_in);
    if from_other {
        (keep.opt_in, keep.opt_source, keep.opt_at) = (other.opt_in, other.opt_source, other.opt_at);
    }
    keep.updated_at = app.now();

    let phones = keep.phone.as_deref().map(names).unwrap_or_default();
    let messages = erase::messages(tx, &phones, Some(other.id)).await?;
    let moved = merge::count(tx, other.id, keep.id).await?;
    if !dry_run {
        merge::bring(tx, other.id, keep.id, &messages).await?;
        store::undo::forget_profile(tx, other.id).await?;
        update_many(tx, std::slice::from_ref(&keep)).await?;
        let object = Object {
            id: keep.id,
            name: keep.name.clone().unwrap_or_else(|| keep.identity.clone()),
        };
        let came = [AuditChange {
            field: "merged".into(),
            before: PROFILE.show(other.id).into(),
            after: PROFILE.show(keep.id).into(),
        }];
        note(app, tx, actor, "profile.merge", &object, &came).await?;
    }
    Ok(Merge {
        done: !dry_run,
        differ,
        filled,
        lost_identity: other.identity,
        consent: consent_name(keep.opt_in),
        consent_from_other: from_other,
        events: moved.events,
        consents: moved.consents,
        list_entries: moved.list_entries,
        messages: messages.len() as i64,
    })
}

/// A decision is more than none, and an opt-out more than an opt-in.
fn stricter(opt_in: i16) -> i16 {
    match opt_in {
        NOT_RECORDED => 0,
        OPTED_OUT => 2,
        _ => 1,
    }
}

/// Both profiles, locked; they must share their number.
async fn both(tx: &mut Tx, keep: i64, other: i64) -> Result<(ProfileRow, ProfileRow), AppError> {
    let missing = || AppError::NotFound("profile");
    let mut identities = Vec::new();
    for id in [keep, other] {
        identities.push(store::profile::by_id(tx, id).await?.ok_or_else(missing)?.identity);
    }
    let refs: Vec<&str> = identities.iter().map(String::as_str).collect();
    let rows = lock_by_identities(tx, &refs).await?;
    let find = |id: i64| rows.iter().find(|row| row.id == id).cloned().ok_or_else(missing);
    let (keep, other) = (find(keep)?, find(other)?);
    let same = match (&keep.phone, &other.phone) {
        (Some(own), Some(their)) => names(own).contains(their),
        _ => false,
    };
    if keep.id == other.id || !same {
        return Err(AppError::conflict(
            "not_duplicates",
            "These two profiles do not share a number.",
            "Only profiles of the same number can be merged: anybody else may be another person.",
        ));
    }
    Ok((keep, other))
}
