//! Who a campaign is for, and who is left out and why. The same functions answer the reach estimate and the sending,
//! so that the number a person saw is the number that is sent.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::cell;
use super::problem::FieldProblem;

/// Who a campaign is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// Every profile.
    Everyone,
    /// The profiles of a list.
    List {
        /// Id of the list (`lst_...`).
        list_id: String,
    },
    /// The profiles that are on any of several lists.
    Lists {
        /// Ids of the lists (`lst_...`), 20 at most.
        list_ids: Vec<String>,
    },
    /// The profiles that meet all conditions.
    Conditions {
        /// All must hold.
        all: Vec<Condition>,
    },
}

/// One condition on an attribute. `name`, `phone` and `identity` are attributes too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Attribute name; case matters.
    pub attribute: String,
    /// Comparison.
    pub is: Comparison,
    /// What it is compared with; a list for `one_of` and `none_of`; absent for `set` and `not_set`.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[schema(value_type = Object)]
    pub value: Value,
}

/// Comparisons. Texts are compared without regard to case, numbers as numbers, dates such as `2026-12-31` as dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same, or not set.
    NotEqual,
    /// One of a list.
    OneOf,
    /// None of a list, or not set.
    NoneOf,
    /// Holds the text.
    Contains,
    /// Begins with the text.
    BeginsWith,
    /// A number above, or a date after.
    Above,
    /// A number below, or a date before.
    Below,
    /// Has a value.
    Set,
    /// Has no value.
    NotSet,
}

/// Why a profile of the audience gets no message. Numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum Exclusion {
    /// No opt-in is recorded.
    NotOptedIn = 1,
    /// The person opted out, on this profile or by the number.
    OptedOut = 2,
    /// The profile has no number.
    NoNumber = 3,
    /// Another profile of the audience has the same number and comes first.
    DuplicateNumber = 4,
    /// The number cannot be one.
    InvalidNumber = 5,
    /// A placeholder has no value for this person and no default.
    MissingValue = 6,
    /// On a list that the campaign leaves out.
    OnList = 7,
    /// Meets the conditions that the campaign leaves out.
    MeetsConditions = 8,
    /// Got one of the campaigns that this one leaves out.
    GotCampaign = 9,
    /// Got as many campaign messages lately as the frequency cap allows.
    OverCap = 10,
    /// Would get it, and is held out to compare with.
    ControlGroup = 11,
}

impl Exclusion {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::NotOptedIn,
        Self::OptedOut,
        Self::NoNumber,
        Self::DuplicateNumber,
        Self::InvalidNumber,
        Self::MissingValue,
        Self::OnList,
        Self::MeetsConditions,
        Self::GotCampaign,
        Self::OverCap,
        Self::ControlGroup,
    ];

    /// Stable name, used in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotOptedIn => "not_opted_in",
            Self::OptedOut => "opted_out",
            Self::NoNumber => "no_number",
            Self::DuplicateNumber => "duplicate_number",
            Self::InvalidNumber => "invalid_number",
            Self::MissingValue => "missing_value",
            Self::OnList => "on_list",
            Self::MeetsConditions => "meets_conditions",
            Self::GotCampaign => "got_campaign",
            Self::OverCap => "over_cap",
            Self::ControlGroup => "control_group",
        }
    }

    /// Those whom somebody chose to leave out.
    pub const ON_PURPOSE: [Self; 4] = [
        Self::OnList,
        Self::MeetsConditions,
        Self::GotCampaign,
        Self::ControlGroup,
    ];

    /// The bucket of the campaign's counts.
    pub fn bucket(self) -> i16 {
        100 + self as i16
    }

    /// The reason of a stored number.
    pub fn from_stored(n: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| *reason as i16 == n)
    }
}

/// What is asked about a profile.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Identity.
    pub identity: &'a str,
    /// E.164 number.
    pub phone: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
    /// 0 nothing recorded, 1 opted in, 2 opted out.
    pub opt_in: i16,
    /// Opted out by number.
    pub suppressed: bool,
    /// Attributes.
    pub attributes: &'a Map<String, Value>,
}

impl Person<'_> {
    /// A value by name: an attribute, or one of the built-in `name`, `phone`, `identity`.
    pub fn value(&self, name: &str) -> Option<Value> {
        match self.attributes.get(name) {
            Some(Value::Null) | None => match name {
                "name" | "Name" => self.name.map(Value::from),
                "phone" | "Phone" => self.phone.map(Value::from),
                "identity" | "Identity" => Some(Value::from(self.identity)),
                _ => None,
            },
            Some(value) => Some(value.clone()),
        }
    }

    /// The same as text, as it stands in a message.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(|value| as_text(&value))
    }
}

/// A scalar as text.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl Audience {
    /// Is this person in the audience?
    pub fn includes(&self, person: &Person<'_>) -> bool {
        match self {
            Self::Everyone | Self::List { .. } | Self::Lists { .. } => true,
            Self::Conditions { all } => meets_all(all, person),
        }
    }

    /// The lists that it names.
    pub fn list_ids(&self) -> &[String] {
        match self {
            Self::List { list_id } => std::slice::from_ref(list_id),
            Self::Lists { list_ids } => list_ids,
            Self::Everyone | Self::Conditions { .. } => &[],
        }
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        match self {
            Self::Everyone | Self::List { .. } => Vec::new(),
            Self::Lists { list_ids } if list_ids.is_empty() => {
                let detail = "Choose at least one list, or choose everyone.";
                vec![FieldProblem::new("/audience/list_ids", "required", detail)]
            }
            Self::Lists { list_ids } => too_many(list_ids.len(), "/audience/list_ids")
                .into_iter()
                .collect(),
            Self::Conditions { all } if all.is_empty() => {
                let detail = "Give at least one condition, or choose everyone.";
                vec![FieldProblem::new("/audience/all", "required", detail)]
            }
            Self::Conditions { all } => problems_of(all, "/audience/all"),
        }
    }
}

/// Lists or campaigns that one part of an audience names at most.
const MOST: usize = 20;

/// Too many of them?
pub(super) fn too_many(n: usize, pointer: &str) -> Option<FieldProblem> {
    let detail = format!("These are {n}. Name {MOST} at most.");
    (n > MOST).then(|| FieldProblem::new(pointer, "too_many", detail))
}

/// Does this person meet all of these conditions?
pub(super) fn meets_all(all: &[Condition], person: &Person<'_>) -> bool {
    all.iter().all(|condition| condition.holds(person))
}

/// What is wrong with conditions that stand at `pointer`.
pub fn problems_of(all: &[Condition], pointer: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (i, condition) in all.iter().enumerate() {
        if let Some(problem) = condition.problem() {
            problems.push(FieldProblem::new(
                format!("{pointer}/{i}/value"),
                "wrong_type",
                problem,
            ));
        }
        if condition.attribute.trim().is_empty() {
            problems.push(FieldProblem::new(
                format!("{pointer}/{i}/attribute"),
                "required",
                "Name the attribute.",
            ));
        }
    }
    problems
}

impl Condition {
    /// Does it hold for this person?
    pub fn holds(&self, person: &Person<'_>) -> bool {
        let actual = person.value(&self.attribute);
        let Some(actual) = actual else {
            return matches!(
                self.is,
                Comparison::NotSet | Comparison::NotEqual | Comparison::NoneOf
            );
        };
        let listed = || {
            self.value
                .as_array()
                .is_some_and(|list| list.iter().any(|wanted| same(&actual, wanted)))
        };
        let texts = || {
            (
                as_text(&actual).to_lowercase(),
                as_text(&self.value).to_lowercase(),
            )
        };
        match self.is {
            Comparison::Set => true,
            Comparison::NotSet => false,
            Comparison::Equal => same(&actual, &self.value),
            Comparison::NotEqual => !same(&actual, &self.value),
            Comparison::OneOf => listed(),
            Comparison::NoneOf => !listed(),
            Comparison::Contains => texts().0.contains(&texts().1),
            Comparison::BeginsWith => texts().0.starts_with(&texts().1),
            Comparison::Above => order(&actual, &self.value) == Some(Ordering::Greater),
            Comparison::Below => order(&actual, &self.value) == Some(Ordering::Less),
        }
    }

    fn problem(&self) -> Option<String> {
        match self.is {
            Comparison::Set | Comparison::NotSet => None,
            Comparison::OneOf | Comparison::NoneOf => match self.value.as_array() {
                Some(list) if !list.is_empty() => None,
                _ => Some("Give a list with at least one value, such as [\"Pune\", \"Delhi\"].".into()),
            },
            Comparison::Above | Comparison::Below
                if number(&self.value).is_none() && !self.value.as_str().is_some_and(cell::is_date) =>
            {
                Some("Give a number or a date, such as 2026-12-31, to compare with.".into())
            }
            _ if self.value.is_null() || self.value.is_array() || self.value.is_object() => {
                Some("Give one value: a text, a number, true or false.".into())
            }
            _ => None,
        }
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ if days(a, b) == Some(Ordering::Equal) => true,
        _ => as_text(a).to_lowercase() == as_text(b).to_lowercase(),
    }
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => days(a, b),
    }
}

fn days(a: &Value, b: &Value) -> Option<Ordering> {
    cell::order(a.as_str()?, b.as_str()?)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

/// Is this person of the audience reachable? Duplicates are told by whoever sees several persons at once.
pub fn reachable(person: &Person<'_>) -> Result<(), Exclusion> {
    let Some(phone) = person.phone.filter(|p| !p.is_empty()) else {
        return Err(Exclusion::NoNumber);
    };
    let digits = phone.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Exclusion::InvalidNumber);
    }
    if person.suppressed || person.opt_in == 2 {
        return Err(Exclusion::OptedOut);
    }
    if person.opt_in != 1 {
        return Err(Exclusion::NotOptedIn);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(attributes: Value, is: Comparison, value: Value) -> bool {
        let attributes = attributes.as_object().cloned().unwrap();
        let person = Person {
            identity: "c1",
            phone: Some("+919999900001"),
            name: Some("Asha"),
            opt_in: 1,
            suppressed: false,
            attributes: &attributes,
        };
        Condition {
            attribute: "x".into(),
            is,
            value,
        }
        .holds(&person)
    }

    #[test]
    fn conditions_compare_as_a_marketer_expects() {
        use Comparison::*;
        let table = [
            (json!({"x": "Pune"}), Equal, json!("pune"), true),
            (json!({"x": 3}), Equal, json!("3"), true),
            (json!({"x": "3.0"}), Equal, json!(3), true),
            (json!({"x": true}), Equal, json!(true), true),
            (json!({}), Equal, json!("a"), false),
            (json!({}), NotEqual, json!("a"), true),
            (json!({"x": null}), NotSet, Value::Null, true),
            (json!({"x": 0}), Set, Value::Null, true),
            (json!({"x": "Delhi"}), OneOf, json!(["Pune", "DELHI"]), true),
            (json!({"x": "Delhi"}), NoneOf, json!(["Pune"]), true),
            (json!({}), NoneOf, json!(["Pune"]), true),
            (json!({"x": "New Delhi"}), Contains, json!("delhi"), true),
            (json!({"x": "New Delhi"}), BeginsWith, json!("delhi"), false),
            (json!({"x": 10}), Above, json!(9.5), true),
            (json!({"x": "10"}), Above, json!(9), true),
            (json!({"x": "ten"}), Above, json!(9), false),
            (json!({"x": 9}), Below, json!(9), false),
            (json!({"x": "2026-12-31"}), Above, json!("2026-12-01"), true),
            (json!({"x": "2026-12-31"}), Below, json!("2026-12-31"), false),
            (
                json!({"x": "2026-12-31T14:30:00"}),
                Equal,
                json!("2026-12-31"),
                true,
            ),
            (json!({"x": "2026-12-31"}), Above, json!(9), false),
            (json!({"x": "soon"}), Below, json!("2026-12-31"), false),
        ];
        for (attributes, is, value, expected) in table {
            assert_eq!(
                check(attributes.clone(), is, value.clone()),
                expected,
                "{attributes} {is:?} {value}"
            );
        }
    }

    #[test]
    fn who_is_left_out_and_why() {
        let none = Map::new();
        let person = |phone, opt_in, suppressed| Person {
            identity: "c",
            phone,
            name: None,
            opt_in,
            suppressed,
            attributes: &none,
        };
        let table = [
            (person(Some("+919999900001"), 1, false), None),
            (person(Some("+919999900001"), 1, true), Some(Exclusion::OptedOut)),
            (person(Some("+919999900001"), 2, false), Some(Exclusion::OptedOut)),
            (
                person(Some("+919999900001"), 0, false),
                Some(Exclusion::NotOptedIn),
            ),
            (person(None, 1, false), Some(Exclusion::NoNumber)),
            (person(Some("12"), 1, false), Some(Exclusion::InvalidNumber)),
        ];
        for (person, expected) in table {
            assert_eq!(reachable(&person).err(), expected, "{person:?}");
        }
    }

    #[test]
    fn a_condition_that_cannot_work_is_named() {
        let audience = Audience::Conditions {
            all: vec![Condition {
                attribute: "city".into(),
                is: Comparison::OneOf,
                value: json!("Pune"),
            }],
        };
        assert_eq!(audience.problems()[0].pointer, "/audience/all/0/value");
    }
}
