//! Whom of its audience a campaign leaves out on purpose, and the one question that counting, samples and sending ask.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audience::{Audience, Condition, Exclusion, Person, meets_all, problems_of, reachable, too_many};
use super::control::Control;
use super::problem::FieldProblem;

/// People who are left out of any audience. Who is in one of the three groups does not get the campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclude {
    /// People on any of these lists (`lst_...`), 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_ids: Vec<String>,
    /// People who meet all of these conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// People who got one of these campaigns (`cmp_...`), 20 at most: the provider accepted their message, at once or when
    /// it was sent again, and it has not failed since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaign_ids: Vec<String>,
}

impl Exclude {
    /// Nobody is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = problems_of(&self.conditions, "/exclude/conditions");
        problems.extend(too_many(self.list_ids.len(), "/exclude/list_ids"));
        problems.extend(too_many(self.campaign_ids.len(), "/exclude/campaign_ids"));
        problems
    }

    fn takes_out(&self, person: &Person<'_>, known: Known) -> Option<Exclusion> {
        if known.on_list {
            return Some(Exclusion::OnList);
        }
        if !self.conditions.is_empty() && meets_all(&self.conditions, person) {
            return Some(Exclusion::MeetsConditions);
        }
        known.got_campaign.then_some(Exclusion::GotCampaign)
    }
}

/// An audience, and whom of it a campaign leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct Who {
    /// Who it is for.
    pub audience: Audience,
    /// Who is left out.
    pub exclude: Exclude,
    /// How many of those who would get it are held out.
    pub control: Control,
    /// Whoever got as much as the frequency cap allows gets it all the same.
    pub ignores_cap: bool,
    /// The campaign, on which depends who is held out; 0 before there is one.
    pub campaign: i64,
}

impl From<Audience> for Who {
    fn from(audience: Audience) -> Self {
        Self {
            audience,
            exclude: Exclude::default(),
            control: Control::default(),
            ignores_cap: false,
            campaign: 0,
        }
    }
}

/// What the books say about a person, beside the profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// On one of the lists that are left out.
    pub on_list: bool,
    /// Got one of the campaigns that are left out.
    pub got_campaign: bool,
    /// Got as many campaign messages lately as the frequency cap allows.
    pub over_cap: bool,
}

impl Who {
    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = self.audience.problems();
        problems.extend(self.exclude.problems());
        problems
    }

    /// Does this person get it? `None`: not of the audience. Three things are for others to tell: duplicates, by whoever
    /// sees several persons at once, values that are missing, by whoever knows the template, and then [`Self::holds_out`].
    pub fn judge(&self, person: &Person<'_>, known: Known) -> Option<Result<(), Exclusion>> {
        if !self.audience.includes(person) {
            return None;
        }
        Some(match self.exclude.takes_out(person, known) {
            Some(reason) => Err(reason),
            None => reachable(person).and(match known.over_cap && !self.ignores_cap {
                true => Err(Exclusion::OverCap),
                false => Ok(()),
            }),
        })
    }

    /// Is this person held out of those who would get it?
    pub fn holds_out(&self, phone: &str) -> bool {
        self.control.holds_out(self.campaign, phone)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::audience::Comparison;

    fn condition(value: &str) -> Condition {
        Condition {
            attribute: "city".into(),
            is: Comparison::Equal,
            value: json!(value),
        }
    }

    #[test]
    fn who_is_left_out_on_purpose_and_by_which_reason() {
        let attributes = json!({"city": "Pune"}).as_object().cloned().unwrap();
        let person = Person {
            identity: "c1",
            phone: Some("+919999900001"),
            name: None,
            opt_in: 1,
            suppressed: false,
            attributes: &attributes,
        };
        let stranger = Person { opt_in: 0, ..person };
        let nobody = Exclude::default();
        let pune = Exclude {
            conditions: vec![condition("pune")],
            ..Exclude::default()
        };
        let both = Exclude {
            conditions: vec![condition("pune"), condition("delhi")],
            ..Exclude::default()
        };
        let (none, on_list, got) = (
            Known::default(),
            Known {
                on_list: true,
                got_campaign: true,
                over_cap: true,
            },
            Known {
                got_campaign: true,
                ..Known::default()
            },
        );
        let over = Known {
            over_cap: true,
            ..Known::default()
        };
        let here = Audience::Everyone;
        let elsewhere = Audience::Conditions {
            all: vec![condition("delhi")],
        };
        let table = [
            (&here, &nobody, person, none, Some(Ok(()))),
            (&here, &nobody, person, on_list, Some(Err(Exclusion::OnList))),
            (&here, &nobody, person, got, Some(Err(Exclusion::GotCampaign))),
            (&here, &pune, person, got, Some(Err(Exclusion::MeetsConditions))),
            (&here, &both, person, none, Some(Ok(()))),
            (
                &here,
                &pune,
                stranger,
                none,
                Some(Err(Exclusion::MeetsConditions)),
            ),
            (&here, &both, stranger, none, Some(Err(Exclusion::NotOptedIn))),
            (&here, &nobody, person, over, Some(Err(Exclusion::OverCap))),
            (&here, &nobody, stranger, over, Some(Err(Exclusion::NotOptedIn))),
            (&elsewhere, &nobody, person, over, None),
            (&elsewhere, &pune, person, on_list, None),
        ];
        for (audience, exclude, person, known, expected) in table {
            let who = Who {
                exclude: exclude.clone(),
                ..Who::from(audience.clone())
            };
            assert_eq!(who.judge(&person, known), expected, "{who:?} {known:?}");
        }
        let important = Who {
            ignores_cap: true,
            ..Who::from(here)
        };
        assert_eq!(important.judge(&person, over), Some(Ok(())));
    }

    #[test]
    fn what_is_wrong_is_named_where_it_stands() {
        let exclude = Exclude {
            list_ids: vec!["lst_1".into(); 21],
            conditions: vec![Condition {
                attribute: " ".into(),
                ..condition("pune")
            }],
            ..Exclude::default()
        };
        let pointers: Vec<String> = exclude.problems().into_iter().map(|p| p.pointer).collect();
        assert_eq!(pointers, ["/exclude/conditions/0/attribute", "/exclude/list_ids"]);
    }
}
