//! Fictional customers: the same ones every time, on numbers of the range +91 99999 xxxxx.

/// First customer's number; the ones below are the business's own.
const FIRST_NUMBER: u32 = 10_000;
/// Customers at most: what the range holds.
pub const MOST: u32 = 100_000 - FIRST_NUMBER;

const FIRST_NAMES: &[&str] = &[
    "Aarav", "Aditi", "Akash", "Amara", "Ananya", "Arjun", "Bhavna", "Chitra", "Deepak", "Devika", "Esha",
    "Farhan", "Gauri", "Harish", "Isha", "Jaya", "Kabir", "Kavya", "Lakshmi", "Manav", "Meera", "Mohan",
    "Naina", "Nikhil", "Ojas", "Pooja", "Pranav", "Radha", "Rohan", "Sana", "Sanjay", "Tara", "Tejas", "Uma",
    "Varun", "Vidya", "Yash", "Zoya",
];
const LAST_NAMES: &[&str] = &[
    "Achari",
    "Bandekar",
    "Chavan",
    "Dastur",
    "Fernandes",
    "Ghoshal",
    "Hegde",
    "Iyengar",
    "Joshi",
    "Kamath",
    "Lokhande",
    "Menon",
    "Nambiar",
    "Oberoi",
    "Pillai",
    "Qureshi",
    "Rathore",
    "Salvi",
    "Tamhane",
    "Upadhyay",
    "Vaidya",
    "Wagle",
    "Yadav",
];
/// City and the language most of its customers read.
const CITIES: &[(&str, &str)] = &[
    ("Mumbai", "mr"),
    ("Pune", "mr"),
    ("Delhi", "hi"),
    ("Jaipur", "hi"),
    ("Lucknow", "hi"),
    ("Kolkata", "bn"),
    ("Chennai", "ta"),
    ("Madurai", "ta"),
    ("Bengaluru", "kn"),
    ("Mysuru", "kn"),
    ("Hyderabad", "te"),
    ("Kochi", "ml"),
    ("Ahmedabad", "gu"),
    ("Surat", "gu"),
    ("Goa", "en"),
];

/// What a customer said about messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Wants them.
    In,
    /// Does not.
    Out,
    /// Was never asked.
    Unknown,
}

/// One fictional customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Our id for them.
    pub identity: String,
    /// Digits with a leading `+`.
    pub phone: String,
    /// First and last name.
    pub name: String,
    /// Where they live.
    pub city: &'static str,
    /// Language code.
    pub language: &'static str,
    /// Loyalty points.
    pub points: u32,
    /// Consent.
    pub consent: Consent,
}

/// The number of the customer of this index, digits.
pub fn number(index: u32) -> u64 {
    919_999_900_000 + u64::from(FIRST_NUMBER + index)
}

/// The customer of this index, below [`MOST`].
pub fn person(index: u32) -> Person {
    let dice = scatter(index);
    let pick = |shift: u32, n: usize| (dice >> shift) as usize % n;
    let (city, language) = CITIES[pick(32, CITIES.len())];
    Person {
        identity: format!("demo-{index:05}"),
        phone: format!("+{}", number(index)),
        name: format!(
            "{} {}",
            FIRST_NAMES[pick(0, FIRST_NAMES.len())],
            LAST_NAMES[pick(16, LAST_NAMES.len())]
        ),
        city,
        language: if dice.is_multiple_of(4) { "en" } else { language },
        points: pick(8, 5_000) as u32,
        consent: match pick(40, 100) {
            0..4 => Consent::Out,
            4..9 => Consent::Unknown,
            _ => Consent::In,
        },
    }
}

/// Mixes the bits of a small number over 64 (the finaliser of SplitMix64).
pub fn scatter(index: u32) -> u64 {
    let mut z = (u64::from(index) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_fictional_and_nobody_shares_one() {
        let people: Vec<Person> = (0..10_000).map(person).collect();
        let phones: std::collections::BTreeSet<&str> = people.iter().map(|p| p.phone.as_str()).collect();
        assert_eq!(phones.len(), people.len());
        assert!(phones.iter().all(|p| p.starts_with("+9199999") && p.len() == 13));
        assert_eq!(person(MOST - 1).phone, "+919999999999");
        let share = |consent| people.iter().filter(|p| p.consent == consent).count();
        assert!(
            (200..600).contains(&share(Consent::Out)),
            "{}",
            share(Consent::Out)
        );
        assert!(
            (300..700).contains(&share(Consent::Unknown)),
            "{}",
            share(Consent::Unknown)
        );
        assert_eq!(person(7), person(7));
    }
}
