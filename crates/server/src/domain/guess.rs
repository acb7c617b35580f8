//! What a column of a file most likely is, from its name and its first values.

use super::column_names::{IDENTITY, NAME, OPT_IN, PHONE, plain};
use super::columns::Chosen;
use super::phone::Phone;

/// What a column becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Phone number.
    Phone,
    /// The business's own id of the person.
    Identity,
    /// Name.
    Name,
    /// Yes or no to messages.
    OptIn,
    /// An attribute.
    Attribute,
    /// Nothing.
    Ignore,
}

impl Meaning {
    /// Stable name, used in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Identity => "identity",
            Self::Name => "name",
            Self::OptIn => "opt_in",
            Self::Attribute => "attribute",
            Self::Ignore => "ignore",
        }
    }
}

/// A column as the beginning of a file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Name.
    pub name: String,
    /// Values that are not empty.
    pub values: Vec<String>,
}

/// What each column most likely is. What a person chose stands; of what is left, names decide before values.
pub fn guess(columns: &[Shown], chosen: &Chosen, region: &str) -> Vec<Meaning> {
    let mut meanings: Vec<Option<Meaning>> = columns.iter().map(|column| fixed(column, chosen)).collect();
    let own = [
        (Meaning::Phone, &chosen.phone, PHONE),
        (Meaning::Identity, &chosen.identity, IDENTITY),
        (Meaning::Name, &chosen.name, NAME),
        (Meaning::OptIn, &chosen.opt_in, OPT_IN),
    ];
    for (meaning, wanted, usual) in own {
        let found = match wanted {
            Some(wanted) => columns.iter().position(|c| same(&c.name, wanted)),
            None => usual.iter().find_map(|usual| {
                (0..columns.len()).find(|i| meanings[*i].is_none() && plain(&columns[*i].name) == **usual)
            }),
        };
        if let Some(i) = found {
            meanings[i] = Some(meaning);
        }
    }
    if !meanings.contains(&Some(Meaning::Phone)) {
        let looks = |i: &usize| meanings[*i].is_none() && looks_like_numbers(&columns[*i].values, region);
        if let Some(i) = (0..columns.len()).find(looks) {
            meanings[i] = Some(Meaning::Phone);
        }
    }
    meanings
        .into_iter()
        .map(|meaning| meaning.unwrap_or(Meaning::Attribute))
        .collect()
}

fn same(name: &str, wanted: &str) -> bool {
    name == wanted.trim() || plain(name) == plain(wanted)
}

fn fixed(column: &Shown, chosen: &Chosen) -> Option<Meaning> {
    if chosen.attributes.keys().any(|name| same(&column.name, name)) {
        return Some(Meaning::Attribute);
    }
    let ignored = chosen.ignore.iter().any(|name| same(&column.name, name));
    (ignored || column.name.is_empty()).then_some(Meaning::Ignore)
}

/// Four of five are numbers of the region or with a country code.
fn looks_like_numbers(values: &[String], region: &str) -> bool {
    let numbers = values
        .iter()
        .filter(|value| Phone::parse(value, region).is_ok())
        .count();
    numbers > 0 && numbers * 5 >= values.len() * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(given: &[(&str, &[&str])]) -> Vec<Shown> {
        given
            .iter()
            .map(|(name, values)| Shown {
                name: (*name).into(),
                values: values.iter().map(|v| (*v).into()).collect(),
            })
            .collect()
    }

    fn names(columns: &[Shown], chosen: &Chosen) -> Vec<&'static str> {
        guess(columns, chosen, "IN")
            .into_iter()
            .map(Meaning::name)
            .collect()
    }

    #[test]
    fn names_decide_before_values_and_people_before_names() {
        let given = columns(&[
            ("Customer Id", &["9999900001"]),
            ("Reach me at", &["99999 00001", "99999 00002", ""]),
            ("Full name", &["Asha"]),
            ("consent", &["yes"]),
            ("Orders", &["3"]),
            ("", &["x"]),
        ]);
        let none = Chosen::default();
        assert_eq!(
            names(&given[..1], &none),
            ["identity"],
            "an id may look like a number"
        );
        let expected = ["identity", "attribute", "name", "opt_in", "attribute", "ignore"];
        assert_eq!(names(&given, &none), expected, "a third of the values is empty");
        let chosen = Chosen {
            phone: Some("reach me at".into()),
            ignore: vec!["Orders".into()],
            attributes: [("Full name".to_owned(), "nick".to_owned())].into(),
            ..Chosen::default()
        };
        let expected = ["identity", "phone", "attribute", "opt_in", "ignore", "ignore"];
        assert_eq!(names(&given, &chosen), expected);
        let found = columns(&[("a", &["x"]), ("b", &["99999 00001", "+919999900002"])]);
        assert_eq!(names(&found, &none), ["attribute", "phone"]);
    }
}
