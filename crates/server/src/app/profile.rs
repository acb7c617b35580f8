//! Writing profiles, one or many at once: the one path of the API, of imports and of uploads. It never turns an
//! opt-out back: that takes [`super::consent::opt_in`].

use std::collections::HashSet;

use super::consent::{self, OptOut};
use super::profile_slot::{SUPPRESSED_NUMBER, Slot, Slots};
use super::{App, AppError, attribute};
use crate::clock::Millis;
use crate::domain::attributes::{AttributeProblem, Attributes, merge};
use crate::domain::undo::Done;
use crate::domain::variant::names;
use crate::store::consent::ConsentRow;
use crate::store::profile::{NOT_RECORDED, OPTED_IN, OPTED_OUT, ProfileRow};
use crate::store::{self, StoreError, Tx, from_json};

/// The stable name of a stored consent.
pub fn consent_name(opt_in: i16) -> &'static str {
    match opt_in {
        OPTED_IN => "opted_in",
        OPTED_OUT => "opted_out",
        _ => "not_recorded",
    }
}

/// Whose profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The business's own id.
    Identity(String),
    /// The oldest profile of this number (E.164 with `+`); when there is none, the number becomes the identity.
    Phone(String),
}

/// What to do with a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Set<T> {
    /// Leave it.
    #[default]
    Keep,
    /// Remove it.
    Clear,
    /// Put this.
    To(T),
}

/// What to do with consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// Nothing.
    #[default]
    Leave,
    /// Opt in whoever did not opt out.
    In,
    /// Opt out the number, and so every profile that shares it.
    Out,
    /// Set the flag of this profile alone; true does nothing for a suppressed number.
    Flag(bool),
}

/// A change of one profile; checked values only.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whose.
    pub who: Who,
    /// E.164 with `+`.
    pub phone: Set<String>,
    /// Name.
    pub name: Set<String>,
    /// Attributes to set; null removes.
    pub attributes: Attributes,
    /// Consent.
    pub wish: Wish,
    /// Proof of the consent, in words.
    pub detail: Option<String>,
    /// The id of the profile, when there is none yet; otherwise a new one.
    pub id: Option<i64>,
}

impl Change {
    /// A change of nothing yet.
    pub fn of(who: Who) -> Self {
        Self {
            who,
            phone: Set::Keep,
            name: Set::Keep,
            attributes: Attributes::new(),
            wish: Wish::Leave,
            detail: None,
            id: None,
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new profile.
    Created,
    /// Something is different now.
    Updated,
    /// It was so already.
    Unchanged,
}

/// A change that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The profile.
    pub profile_id: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// It asked for an opt-in, and an opt-out stood against it.
    pub opt_out_kept: bool,
}

/// Carries out changes in their order, in few statements; the later of two for one profile wins. The answer has one
/// entry for each change. `source` is where consent comes from.
pub async fn write_many(
    app: &App,
    tx: &mut Tx,
    changes: &[Change],
    source: &str,
    at: Millis,
) -> Result<Vec<Result<Written, AttributeProblem>>, StoreError> {
    let (results, _) = write_told(app, tx, changes, source, at).await?;
    Ok(results)
}

/// What became of each change, and all that was done, so that it can be undone.
pub type Told = (Vec<Result<Written, AttributeProblem>>, Done);

/// [`write_many`] that tells what was there before.
pub async fn write_told(
    app: &App,
    tx: &mut Tx,
    changes: &[Change],
    source: &str,
    at: Millis,
) -> Result<Told, StoreError> {
    let mut book = Book::open(tx, changes, source, at, true).await?;
    let results = changes.iter().map(|change| book.apply(app, change)).collect();
    let done = book.close(app, tx).await?;
    let written = changes.iter().map(|change| &change.attributes);
    attribute::keep(&app.known_attributes, tx, written).await?;
    Ok((results, done))
}

/// What would become of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// What would become of it.
    pub outcome: Outcome,
    /// It asks for an opt-in, and an opt-out stands against it.
    pub opt_out_kept: bool,
    /// Nothing would be recorded about consent.
    pub no_consent: bool,
}

/// [`write_many`] without writing: by the same rules, what it would come to. `out` says which numbers were opted out by
/// changes before; the numbers that these opt out are the second value.
pub async fn try_many(
    app: &App,
    tx: &mut Tx,
    changes: &[Change],
    out: impl Fn(&str) -> bool,
) -> Result<(Vec<Result<Tried, AttributeProblem>>, Vec<String>), StoreError> {
    let mut book = Book::open(tx, changes, "", app.now(), false).await?;
    let phones = changes.iter().filter_map(|change| match &change.phone {
        Set::To(phone) if out(phone) => Some(phone.clone()),
        _ => None,
    });
    book.suppressed.extend(phones);
    let mut tried = Vec::with_capacity(changes.len());
    for change in changes {
        tried.push(book.apply(app, change).map(|written| {
            Tried {
                outcome: written.outcome,
                opt_out_kept: written.opt_out_kept,
                no_consent: book
                    .slots
                    .find(&change.who)
                    .is_some_and(|i| book.slots.all[i].row.opt_in == NOT_RECORDED),
            }
        }));
    }
    let opted_out = book.opt_outs.iter().flat_map(|out| names(&out.phone)).collect();
    Ok((tried, opted_out))
}

/// [`write_many`] for one; the profile as it is now comes with it.
pub async fn write_one(
    app: &App,
    tx: &mut Tx,
    change: Change,
    source: &str,
) -> Result<(ProfileRow, Written), AppError> {
    let result = write_many(app, tx, &[change], source, app.now())
        .await
        .map_err(|e| {
            if e.is_duplicate() {
                AppError::conflict(
                    "profile_in_use",
                    "The same profile is being created by another request at this moment.",
                    "Repeat the request.",
                )
            } else {
                e.into()
            }
        })?;
    let written = match result.into_iter().next() {
        Some(Ok(written)) => written,
        Some(Err(problem)) => return Err(AppError::field("/attributes", "too_many", problem.to_string())),
        None => return Err(AppError::NotFound("profile")),
    };
    let row = store::profile::by_id(tx, written.profile_id).await?;
    Ok((row.ok_or(AppError::NotFound("profile"))?, written))
}

/// An explicit act about a profile: by its number when it has one, else for it alone. Answers whether something
/// changed.
pub async fn give_consent(
    app: &App,
    tx: &mut Tx,
    row: &ProfileRow,
    agreed: bool,
    source: &str,
    detail: Option<&str>,
) -> Result<bool, AppError> {
    let at = app.now();
    if let Some(phone) = &row.phone {
        return Ok(if agreed {
            consent::opt_in(app, tx, phone, source, detail, at).await?
        } else {
            consent::opt_out(app, tx, phone, source, detail, at).await?
        });
    }
    let mut change = Change::of(Who::Identity(row.identity.clone()));
    change.wish = Wish::Flag(agreed);
    change.detail = detail.map(str::to_owned);
    let (_, written) = write_one(app, tx, change, source).await?;
    Ok(written.outcome == Outcome::Updated)
}

/// The profiles that a batch of changes touches, in memory until they are written together.
struct Book<'a> {
    slots: Slots,
    suppressed: HashSet<String>,
    opt_outs: Vec<OptOut>,
    history: Vec<ConsentRow>,
    source: &'a str,
    at: Millis,
}

impl<'a> Book<'a> {
    /// With `lock`, nobody else changes these profiles until the transaction ends.
    async fn open(
        tx: &mut Tx,
        changes: &[Change],
        source: &'a str,
        at: Millis,
        lock: bool,
    ) -> Result<Self, StoreError> {
        let mut identities: Vec<&str> = Vec::with_capacity(changes.len());
        let mut phones: Vec<&str> = Vec::new();
        for change in changes {
            match &change.who {
                Who::Identity(identity) => identities.push(identity),
                Who::Phone(phone) => {
                    identities.push(phone);
                    phones.push(phone);
                }
            }
        }
        let mut rows = if lock {
            store::profile::lock_by_identities(tx, &identities).await?
        } else {
            store::profile::by_identities(tx, &identities).await?
        };
        if !phones.is_empty() {
            rows.extend(if lock {
                store::profile::lock_by_phones(tx, &phones).await?
            } else {
                store::profile::by_phones(tx, &phones).await?
            });
        }
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        let mut all_phones: HashSet<&str> = rows.iter().filter_map(|row| row.phone.as_deref()).collect();
        all_phones.extend(phones);
        all_phones.extend(changes.iter().filter_map(|change| match &change.phone {
            Set::To(phone) => Some(phone.as_str()),
            Set::Keep | Set::Clear => None,
        }));
        let all_phones: Vec<&str> = all_phones.into_iter().collect();
        let suppressed = store::consent::suppressed(tx, &all_phones).await?;
        let mut book = Self {
            slots: Slots::with_capacity(changes.len()),
            suppressed,
            opt_outs: Vec::new(),
            history: Vec::new(),
            source,
            at,
        };
        for row in rows {
            let attributes = from_json("attributes", &row.attributes)?;
            book.slots.add(Slot {
                row,
                attributes,
                fresh: false,
                changed: false,
                before: None,
            });
        }
        Ok(book)
    }

    fn apply(&mut self, app: &App, change: &Change) -> Result<Written, AttributeProblem> {
        let found = self.slots.find(&change.who);
        let mut attributes = match found {
            Some(index) => self.slots.all[index].attributes.clone(),
            None => Attributes::new(),
        };
        let mut changed = merge(&mut attributes, &change.attributes)?;
        let index = match found {
            Some(index) => index,
            None => self.add_fresh(app, change),
        };
        let first = self.slots.all[index].remember();
        changed |= self.set_fields(index, change);
        let (consent_changed, opt_out_kept) = self.set_consent(app, index, change);
        changed |= consent_changed;
        let slot = &mut self.slots.all[index];
        slot.set_attributes(attributes, first);
        if changed {
            slot.changed = true;
            slot.row.updated_at = self.at;
        }
        Ok(Written {
            profile_id: slot.row.id,
            outcome: match (found, changed) {
                (None, _) => Outcome::Created,
                (Some(_), true) => Outcome::Updated,
                (Some(_), false) => Outcome::Unchanged,
            },
            opt_out_kept,
        })
    }

    fn add_fresh(&mut self, app: &App, change: &Change) -> usize {
        let (Who::Identity(identity) | Who::Phone(identity)) = &change.who;
        self.slots.add(Slot {
            row: ProfileRow {
                id: change.id.unwrap_or_else(|| app.id()),
                identity: identity.clone(),
                phone: None,
                name: None,
                attributes: String::new(),
                opt_in: NOT_RECORDED,
                opt_source: None,
                opt_at: None,
                created_at: self.at,
                updated_at: self.at,
            },
            attributes: Attributes::new(),
            fresh: true,
            changed: true,
            before: None,
        })
    }

    fn set_fields(&mut self, index: usize, change: &Change) -> bool {
        let phone = match &change.who {
            Who::Phone(phone) => Set::To(phone.clone()),
            Who::Identity(_) => change.phone.clone(),
        };
        let row = &mut self.slots.all[index].row;
        let changed = put(&mut row.name, change.name.clone());
        let former = row.phone.clone();
        if !put(&mut row.phone, phone) {
            return changed;
        }
        // Whoever comes to a suppressed number is as opted out as the others there.
        if let Some(phone) = &row.phone
            && self.suppressed.contains(phone)
            && row.opt_in != OPTED_OUT
        {
            row.opt_in = OPTED_OUT;
            row.opt_source = Some(SUPPRESSED_NUMBER.into());
            row.opt_at = Some(self.at);
        }
        self.slots.moved(index, former);
        true
    }

    /// Whether consent changed, and whether an opt-out was kept against a wish.
    fn set_consent(&mut self, app: &App, index: usize, change: &Change) -> (bool, bool) {
        let row = &mut self.slots.all[index].row;
        let suppressed = row
            .phone
            .as_ref()
            .is_some_and(|phone| self.suppressed.contains(phone));
        let state = match change.wish {
            Wish::Leave => return (false, false),
            Wish::In if suppressed || row.opt_in == OPTED_OUT => return (false, true),
            Wish::Flag(true) if suppressed => return (false, true),
            Wish::In | Wish::Flag(true) => OPTED_IN,
            Wish::Out | Wish::Flag(false) => OPTED_OUT,
        };
        let changed = row.opt_in != state;
        if changed {
            row.opt_in = state;
            row.opt_source = Some(self.source.to_owned());
            row.opt_at = Some(self.at);
        }
        if change.wish == Wish::Out
            && !suppressed
            && let Some(phone) = row.phone.clone()
        {
            self.opt_out_everyone(&phone);
            self.opt_outs.push(OptOut {
                phone,
                detail: change.detail.clone(),
            });
            return (true, false);
        }
        if changed {
            self.history.push(ConsentRow {
                id: app.id(),
                phone: row.phone.clone(),
                profile_id: Some(row.id),
                action: state,
                source: self.source.to_owned(),
                detail: change.detail.clone(),
                at: self.at,
            });
        }
        (changed, false)
    }

    /// What the database will say of a number, in every way of writing it: whoever leaves it later is opted out all the same.
    fn opt_out_everyone(&mut self, phone: &str) {
        for name in names(phone) {
            let here = self.slots.all.iter_mut().map(|slot| &mut slot.row);
            for row in here.filter(|row| row.phone.as_ref() == Some(&name) && row.opt_in != OPTED_OUT) {
                row.opt_in = OPTED_OUT;
                row.opt_source = Some(self.source.to_owned());
                row.opt_at = Some(self.at);
            }
            self.suppressed.insert(name);
        }
    }

    async fn close(self, app: &App, tx: &mut Tx) -> Result<Done, StoreError> {
        let (mut fresh, mut changed) = (Vec::new(), Vec::new());
        let mut done = Done::default();
        for slot in self.slots.all.into_iter().filter(|slot| slot.changed) {
            let into = if slot.fresh { &mut fresh } else { &mut changed };
            let (row, different) = slot.finish();
            done.changed.extend(different);
            into.push(row);
        }
        store::profile::insert_many(tx, &fresh).await?;
        store::profile::update_many(tx, &changed).await?;
        store::consent::record(tx, &self.history).await?;
        consent::opt_out_many(app, tx, &self.opt_outs, self.source, self.at).await?;
        done.made = fresh.into_iter().map(|row| row.id).collect();
        Ok(done)
    }
}

fn put(field: &mut Option<String>, value: Set<String>) -> bool {
    let value = match value {
        Set::Keep => return false,
        Set::Clear => None,
        Set::To(text) => Some(text),
    };
    let changed = *field != value;
    *field = value;
    changed
}
