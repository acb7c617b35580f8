//! Undoing an import: what its transactions changed, and how that is taken back, field by field, where the profile still
//! holds what the import wrote.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::attributes::{Attributes, merge};

/// The consent of somebody who asked not to be written to.
pub const OUT: i16 = 2;

/// What was there before, and what was written.
pub type Both<T> = (T, T);

/// What is recorded about consent: the state, where it comes from, and since when.
pub type Consent = (i16, Option<String>, Option<i64>);

/// What an import can change of a profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields {
    /// Name.
    pub name: Option<String>,
    /// Number.
    pub phone: Option<String>,
    /// Attributes.
    pub attributes: Attributes,
    /// Consent.
    pub consent: Consent,
}

/// What one transaction of an import did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Done {
    /// Profiles that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<i64>,
    /// Profiles that it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// Profiles that were there before and that it put on its list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<i64>,
}

impl Done {
    /// It did nothing that could be undone.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.changed.is_empty() && self.listed.is_empty()
    }

    /// Says nothing of this profile any more but that it was there.
    pub fn forget(&mut self, id: i64) {
        self.changed.retain(|one| one.id != id);
    }

    /// Profiles that it touched; one that it changed and listed counts once.
    pub fn people(&self) -> usize {
        let changed: HashSet<i64> = self.changed.iter().map(|one| one.id).collect();
        let listed = self.listed.iter().filter(|id| !changed.contains(id)).count();
        self.made.len() + changed.len() + listed
    }
}

/// A change of one profile: only the fields that are different.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Changed {
    /// The profile.
    pub id: i64,
    /// When it was changed last before.
    pub since: i64,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Both<Option<String>>>,
    /// Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Both<Option<String>>>,
    /// Attributes; null: not there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Both<Value>>,
    /// Consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Both<Consent>>,
}

/// What became of taking a change back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Something is as it was before.
    pub back: bool,
    /// The opt-in that the import recorded is no more.
    pub opt_in: bool,
    /// Something was changed since, and stays.
    pub left: bool,
    /// The import opted out: that stays.
    pub opt_out: bool,
}

impl Changed {
    /// What is different.
    pub fn between(id: i64, since: i64, mut before: Fields, after: Fields) -> Self {
        let mut attributes = BTreeMap::new();
        for (key, value) in after.attributes {
            let was = before.attributes.remove(&key).unwrap_or_default();
            if was != value {
                attributes.insert(key, (was, value));
            }
        }
        let gone = before.attributes.into_iter();
        attributes.extend(gone.map(|(key, value)| (key, (value, Value::Null))));
        Self {
            id,
            since,
            name: differ(before.name, after.name),
            phone: differ(before.phone, after.phone),
            attributes,
            consent: differ(before.consent, after.consent),
        }
    }

    /// Puts back what was there before wherever `now` holds what was written. An opt-out always stays, and an opt-in that
    /// the person may have `renewed`.
    pub fn take_back(&self, now: &mut Fields, renewed: bool) -> Taken {
        let mut taken = Taken::default();
        for (field, both) in [(&mut now.name, &self.name), (&mut now.phone, &self.phone)] {
            if let Some(both) = both {
                taken.note(put_back(field, both));
            }
        }
        let mut changes = Attributes::new();
        for (key, both) in &self.attributes {
            let mut value = now.attributes.get(key).cloned().unwrap_or_default();
            match put_back(&mut value, both) {
                Some(true) => drop(changes.insert(key.clone(), value)),
                put => taken.note(put),
            }
        }
        let mut attributes = now.attributes.clone();
        match merge(&mut attributes, &changes) {
            Ok(changed) => {
                taken.back |= changed;
                now.attributes = attributes;
            }
            // Others have filled the profile since: there is no room.
            Err(_) => taken.left = true,
        }
        if let Some(both) = &self.consent {
            if both.1.0 == OUT {
                taken.opt_out = now.consent.0 == OUT;
            } else if renewed {
                taken.left = true;
            } else {
                let put = put_back(&mut now.consent, both);
                taken.note(put);
                taken.opt_in = put == Some(true);
            }
        }
        taken
    }
}

impl Taken {
    fn note(&mut self, put: Option<bool>) {
        self.back |= put == Some(true);
        self.left |= put == Some(false);
    }
}

fn differ<T: PartialEq>(before: T, after: T) -> Option<Both<T>> {
    (before != after).then_some((before, after))
}

/// Whether it was put back, or stays because it was changed since; `None`: it is as it was before already.
fn put_back<T: PartialEq + Clone>(now: &mut T, (before, after): &Both<T>) -> Option<bool> {
    if *now == *before {
        return None;
    }
    if now != after {
        return Some(false);
    }
    now.clone_from(before);
    Some(true)
}

/// What an undo comes to, in people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Looked at.
    pub done: i64,
    /// New ones that are removed.
    pub removed: i64,
    /// Others that are, wholly or in part, as they were before.
    pub restored: i64,
    /// Taken off the list of the import, and not removed.
    pub unlisted: i64,
    /// Opt-ins of the file that are taken back.
    pub opt_ins: i64,
    /// Opt-outs of the file, which stay.
    pub opt_outs: i64,
    /// New or changed ones that somebody changed since: that stays.
    pub changed: i64,
    /// New ones that stay because of a message.
    pub message: i64,
    /// New ones that stay because of an event.
    pub event: i64,
    /// New ones that stay because of a later decision about consent.
    pub consent: i64,
    /// New ones that stay because they are on another list.
    pub list: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(name: &str, attributes: Value, opt_in: i16) -> Fields {
        Fields {
            name: Some(name.into()),
            phone: Some("+919999900001".into()),
            attributes: serde_json::from_value(attributes).unwrap(),
            consent: (opt_in, None, None),
        }
    }

    fn asha() -> (Fields, Fields, Changed) {
        let before = fields("Asha", json!({"city": "Pune", "old": 1}), 0);
        let after = fields("Asha Rao", json!({"city": "Delhi", "new": true}), 1);
        let changed = Changed::between(1, 5, before.clone(), after.clone());
        (before, after, changed)
    }

    #[test]
    fn what_nobody_touched_is_as_before() {
        let (before, after, changed) = asha();
        let text = serde_json::to_string(&changed).unwrap();
        assert!(!text.contains("phone"), "only what is different is kept: {text}");
        let changed: Changed = serde_json::from_str(&text).unwrap();
        let mut now = after;
        let taken = changed.take_back(&mut now, false);
        assert_eq!(now, before);
        assert_eq!(
            (taken.back, taken.opt_in, taken.left, taken.opt_out),
            (true, true, false, false)
        );
        assert_eq!(
            changed.take_back(&mut now, false),
            Taken::default(),
            "twice is once"
        );
    }

    #[test]
    fn what_was_changed_since_stays_and_the_rest_goes_back() {
        let (_, mut now, changed) = asha();
        now.name = Some("Asha Rao-Iyer".into());
        now.attributes.insert("city".into(), "Goa".into());
        now.consent = (1, Some("message".into()), Some(9));
        let taken = changed.take_back(&mut now, false);
        assert_eq!((taken.back, taken.opt_in, taken.left), (true, false, true));
        assert_eq!(now.name.as_deref(), Some("Asha Rao-Iyer"));
        assert_eq!(Value::from(now.attributes), json!({"city": "Goa", "old": 1}));
        assert_eq!(now.consent.0, 1);
    }

    #[test]
    fn an_opt_out_stays() {
        let (before, mut after, _) = asha();
        after.consent.0 = OUT;
        let changed = Changed::between(1, 5, before.clone(), after.clone());
        let taken = changed.take_back(&mut after, false);
        assert!(taken.opt_out && !taken.left);
        assert_eq!((after.name, after.consent.0), (before.name, OUT));
    }

    #[test]
    fn an_opt_in_that_was_renewed_stays() {
        let (before, mut now, changed) = asha();
        let taken = changed.take_back(&mut now, true);
        assert_eq!((taken.back, taken.opt_in, taken.left), (true, false, true));
        assert_eq!((now.name, now.consent.0), (before.name, 1));
    }

    #[test]
    fn attributes_that_do_not_fit_any_more_stay_away() {
        let before = fields("Asha", json!({"old": 1}), 0);
        let after = fields("Asha", json!({}), 0);
        let changed = Changed::between(1, 5, before, after.clone());
        let mut now = after;
        for n in 0..256 {
            now.attributes.insert(format!("a{n}"), n.into());
        }
        let full = now.attributes.clone();
        let taken = changed.take_back(&mut now, false);
        assert_eq!((taken.left, taken.back), (true, false));
        assert_eq!(now.attributes, full);
    }
}
