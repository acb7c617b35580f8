//! The customer file of `harkara demo --once`: as customer files are, with bad rows, duplicates and people who never
//! agreed to messages.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::people::{self, Consent, person};

/// A CSV text and what its author knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFile {
    /// The file.
    pub text: String,
    /// Rows below the header.
    pub rows: u32,
    /// Rows that cannot be a customer.
    pub bad: u32,
    /// The numbers that must get a campaign to everyone in the file: digits with a leading `+`.
    pub reachable: BTreeSet<String>,
}

/// Columns of the file, as a shop would name them.
pub const HEADER: &str = "customer_id,mobile,name,city,language,points,whatsapp_opt_in";

/// One row in so many is unusual.
const ODD_EVERY: u32 = 50;

/// A file of `rows` rows.
pub fn customer_file(rows: u32) -> CustomerFile {
    let mut file = CustomerFile {
        text: format!("{HEADER}\n"),
        rows,
        bad: 0,
        reachable: BTreeSet::new(),
    };
    for index in 0..rows.min(people::MOST) {
        let p = person(index);
        let (id, phone, name) = (&p.identity, &p.phone, &p.name);
        let rest = format!("{},{},{},{}", p.city, p.language, p.points, opt_in(p.consent));
        // Rows are written into a String, which takes everything.
        let _ = match (index % ODD_EVERY == ODD_EVERY - 1).then_some(index / ODD_EVERY % 5) {
            Some(0) => {
                file.bad += 1;
                writeln!(file.text, "{id},12345,{name},{rest}")
            }
            Some(1) => {
                file.bad += 1;
                writeln!(file.text, "{id},not a number,{name},{rest}")
            }
            Some(2) => {
                file.bad += 1;
                writeln!(file.text, "{id},{phone},{name},{rest},one column too many")
            }
            // The customer before comes again, under the same id and number.
            Some(3) => {
                let before = person(index - 1);
                let rest = format!(
                    "{},{},{},{}",
                    before.city,
                    before.language,
                    before.points,
                    opt_in(before.consent)
                );
                writeln!(
                    file.text,
                    "{},{},{},{rest}",
                    before.identity, before.phone, before.name
                )
            }
            // Another customer on the number of the one before: a family with one phone.
            Some(_) => {
                let before = person(index - 1);
                let consent = opt_in(before.consent);
                writeln!(
                    file.text,
                    "{id},{},{name},{},{},{},{consent}",
                    before.phone, p.city, p.language, p.points
                )
            }
            None => {
                if p.consent == Consent::In {
                    file.reachable.insert(phone.clone());
                }
                // As people write numbers: with and without the country code, with spaces, with a zero in front.
                let digits = &phone[3..];
                let written = match index % 4 {
                    0 => phone.clone(),
                    1 => digits.to_owned(),
                    2 => format!("0{digits}"),
                    _ => format!("+91 {} {}", &digits[..5], &digits[5..]),
                };
                writeln!(file.text, "{id},{written},{name},{rest}")
            }
        };
    }
    file
}

fn opt_in(consent: Consent) -> &'static str {
    match consent {
        Consent::In => "yes",
        Consent::Out => "no",
        Consent::Unknown => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_kind_of_row() {
        let file = customer_file(10_000);
        assert_eq!(file.text.lines().count(), 10_001);
        assert_eq!(file.bad, 120);
        assert!(
            (8_500..9_500).contains(&file.reachable.len()),
            "{}",
            file.reachable.len()
        );
        assert!(file.text.contains("one column too many") && file.text.contains("not a number"));
        let empty = customer_file(0);
        assert_eq!((empty.text.lines().count(), empty.reachable.len()), (1, 0));
    }
}
