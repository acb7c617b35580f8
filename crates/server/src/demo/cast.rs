//! The people of the demo's story: 25 in three cities and two languages, on numbers of the range +91 99999 xxxxx. Asha is the
//! first, and the one that the story follows.

use super::people::Consent;

/// A person of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// First name.
    pub first: &'static str,
    /// Family name.
    pub last: &'static str,
    /// City.
    pub city: &'static str,
    /// Language code.
    pub language: &'static str,
    /// Loyalty points.
    pub points: u32,
    /// What they said about messages.
    pub consent: Consent,
}

/// Number of the first person; the others follow.
const FIRST_NUMBER: usize = 101;
/// Ending of the number that no message reaches.
pub const UNREACHABLE: &str = "00113";

const fn role(
    first: &'static str,
    last: &'static str,
    city: &'static str,
    language: &'static str,
    points: u32,
    consent: Consent,
) -> Role {
    Role {
        first,
        last,
        city,
        language,
        points,
        consent,
    }
}

use Consent::{In, Out};

/// Everybody, in the order of their numbers.
pub const CAST: [Role; 25] = [
    role("Asha", "Kulkarni", "Pune", "en", 420, In),
    role("Ravi", "Menon", "Mumbai", "en", 150, In),
    role("Meera", "Joshi", "Pune", "hi", 980, In),
    role("Kabir", "Sharma", "Delhi", "hi", 75, In),
    role("Naina", "Verma", "Delhi", "hi", 310, In),
    role("Farhan", "Qureshi", "Mumbai", "en", 0, Out),
    role("Lakshmi", "Iyer", "Mumbai", "en", 640, In),
    role("Arjun", "Chavan", "Pune", "en", 205, In),
    role("Sana", "Oberoi", "Delhi", "en", 515, In),
    role("Rohan", "Hegde", "Pune", "hi", 90, In),
    role("Tara", "Fernandes", "Mumbai", "en", 730, In),
    role("Deepak", "Yadav", "Delhi", "hi", 40, Out),
    role("Isha", "Bandekar", "Mumbai", "en", 365, In),
    role("Vidya", "Tamhane", "Pune", "hi", 560, In),
    role("Manav", "Rathore", "Delhi", "hi", 130, In),
    role("Gauri", "Salvi", "Mumbai", "hi", 275, In),
    role("Nikhil", "Pillai", "Pune", "en", 880, In),
    role("Zoya", "Dastur", "Mumbai", "en", 455, In),
    role("Yash", "Lokhande", "Pune", "hi", 20, Out),
    role("Pooja", "Kamath", "Mumbai", "en", 610, In),
    role("Harish", "Vaidya", "Delhi", "hi", 345, In),
    role("Chitra", "Nambiar", "Pune", "en", 705, In),
    role("Mohan", "Upadhyay", "Delhi", "hi", 185, In),
    role("Devika", "Ghoshal", "Mumbai", "en", 925, In),
    role("Varun", "Wagle", "Pune", "en", 60, In),
];

/// Our id for the person at this place, and the number.
pub fn known_as(at: usize) -> (String, String) {
    (
        format!("demo-person-{:02}", at + 1),
        format!("+9199999{:05}", FIRST_NUMBER + at),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_story_has_its_people() {
        let all = |pick: fn(&Role) -> &str| CAST.iter().map(pick).collect::<BTreeSet<_>>().len();
        assert_eq!((CAST.len(), CAST[0].first), (25, "Asha"));
        assert_eq!(
            (all(|r| r.first), all(|r| r.city), all(|r| r.language)),
            (25, 3, 2)
        );
        let out: Vec<usize> = (0..25).filter(|at| CAST[*at].consent == Out).collect();
        assert_eq!(out.len(), 3);
        let unreachable: Vec<usize> = (0..25)
            .filter(|at| known_as(*at).1.ends_with(UNREACHABLE))
            .collect();
        assert_eq!(unreachable.len(), 1);
        assert!(!out.contains(&unreachable[0]));
        assert!((0..25).all(|at| known_as(at).1.len() == 13));
    }
}
