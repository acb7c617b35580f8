//! What the columns of an imported table mean.

use std::collections::BTreeMap;

use super::attributes::{self, Attributes, MOST_KEYS};
use super::cell::{Kind, yes_or_no};
use super::column_names::{IDENTITY, NAME, OPT_IN, PHONE, plain};
use super::phone::Phone;

/// Names of columns given by a person; `None` looks for the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Chosen {
    /// Column of the phone number.
    pub phone: Option<String>,
    /// Column of the business's own id of a person.
    pub identity: Option<String>,
    /// Column of the name.
    pub name: Option<String>,
    /// Column of yes or no to messages.
    pub opt_in: Option<String>,
    /// Columns that are not taken over.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Columns that become an attribute of another name: name by column.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// What the values of columns that become attributes are: kind by column. Others are read as what they plainly are.
    #[serde(default)]
    pub kinds: BTreeMap<String, Kind>,
}

/// Why a table cannot be imported at all, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HeaderProblem(String);

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    header: Vec<String>,
    phone: usize,
    identity: Option<usize>,
    name: Option<usize>,
    opt_in: Option<usize>,
    /// Name of the attribute that a column becomes; `None` when it is not taken over.
    becomes: Vec<Option<String>>,
    /// What the values of a column are, where a person said so.
    kinds: Vec<Option<Kind>>,
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The business's own id.
    pub identity: Option<String>,
    /// Number.
    pub phone: Phone,
    /// Name.
    pub name: Option<String>,
    /// The other columns.
    pub attributes: Attributes,
    /// Yes or no to messages.
    pub opt_in: Option<bool>,
}

/// Why a row was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// A sentence.
    pub reason: String,
    /// The row may be torn: a quote was opened and never closed.
    pub torn: bool,
    /// Place of the column that is at fault, when it is one.
    pub column: Option<usize>,
}

impl RowProblem {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            torn: false,
            column: None,
        }
    }

    fn at(column: usize, reason: impl Into<String>) -> Self {
        Self {
            column: Some(column),
            ..Self::new(reason)
        }
    }
}

impl Columns {
    /// Finds out from the first row. `region` is the default region of numbers.
    pub fn of(header: Vec<String>, chosen: &Chosen, region: &str) -> Result<Self, HeaderProblem> {
        if header.iter().any(|name| Phone::parse(name, region).is_ok()) {
            return Err(HeaderProblem(
                "The first row looks like data, not like the names of the columns: put a row with names above it, or say that it has none."
                    .into(),
            ));
        }
        for (i, name) in header.iter().enumerate() {
            if name.is_empty() {
                return Err(HeaderProblem(format!(
                    "Column {} has no name in the first row: name it or remove it.",
                    i + 1
                )));
            }
            if name.contains('\0') || name.len() > attributes::LONGEST_KEY {
                return Err(HeaderProblem(format!(
                    "The name of column {} is not usable: give it at most 120 bytes of plain text.",
                    i + 1
                )));
            }
            if header[..i].contains(name) {
                return Err(HeaderProblem(format!(
                    "Two columns are called \"{name}\": rename or remove one, so that it is clear which one counts."
                )));
            }
        }
        if header.len() > MOST_KEYS {
            return Err(HeaderProblem(format!(
                "The file has {} columns; a profile holds {MOST_KEYS} attributes. Remove some.",
                header.len()
            )));
        }
        let becomes = becomes(&header, chosen)?;
        let mut kinds = vec![None; header.len()];
        for (column, kind) in &chosen.kinds {
            kinds[place(&header, column)?] = Some(*kind);
        }
        let taken: Vec<bool> = becomes
            .iter()
            .zip(&header)
            .map(|(becomes, name)| {
                becomes.as_ref() != Some(name) || chosen.attributes.keys().any(|column| column.trim() == name)
            })
            .collect();
        let find = |chosen: Option<&str>, usual: &[&str]| find(&header, &taken, chosen, usual);
        let phone = find(chosen.phone.as_deref(), PHONE)?.ok_or_else(|| {
            HeaderProblem(format!(
                "No column looks like the phone number. The columns are: {}. Say which one with phone_column.",
                header.join(", ")
            ))
        })?;
        Ok(Self {
            phone,
            identity: find(chosen.identity.as_deref(), IDENTITY)?,
            name: find(chosen.name.as_deref(), NAME)?,
            opt_in: find(chosen.opt_in.as_deref(), OPT_IN)?,
            becomes,
            kinds,
            header,
        })
    }

    /// The names.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Understands a row.
    pub fn read<'a>(
        &self,
        fields: impl Iterator<Item = &'a [u8]>,
        region: &str,
    ) -> Result<Person, RowProblem> {
        let mut cells = Vec::with_capacity(self.header.len());
        for field in fields {
            let Ok(text) = str::from_utf8(field) else {
                let column = self.header.get(cells.len()).map_or("a field", String::as_str);
                return Err(RowProblem::at(
                    cells.len(),
                    format!(
                        "\"{column}\" is no text in this encoding: choose the one of the file, or save it as \"CSV UTF-8\""
                    ),
                ));
            };
            cells.push(text.trim());
        }
        if cells.len() != self.header.len() {
            return Err(RowProblem {
                reason: format!(
                    "the row has {} fields, the first row has {}: look for a missing or extra separator or quote",
                    cells.len(),
                    self.header.len()
                ),
                torn: true,
                column: None,
            });
        }
        self.person(&cells, region)
    }

    fn person(&self, cells: &[&str], region: &str) -> Result<Person, RowProblem> {
        let mut person = Person {
            identity: None,
            phone: Phone::parse(cells[self.phone], region)
                .map_err(|e| RowProblem::at(self.phone, e.to_string()))?,
            name: None,
            attributes: Attributes::new(),
            opt_in: None,
        };
        for (i, cell) in cells.iter().enumerate() {
            let Some(attribute) = &self.becomes[i] else {
                continue;
            };
            if i == self.phone || cell.is_empty() {
                continue;
            }
            attributes::check_text(&self.header[i], cell).map_err(|problem| RowProblem {
                reason: problem.to_string(),
                torn: true,
                column: Some(i),
            })?;
            if Some(i) == self.identity {
                person.identity = Some((*cell).to_owned());
            } else if Some(i) == self.name {
                person.name = Some((*cell).to_owned());
            } else if Some(i) == self.opt_in {
                let refused = || RowProblem::at(i, Kind::Boolean.refusal(&self.header[i], cell));
                person.opt_in = Some(yes_or_no(cell).ok_or_else(refused)?);
            } else {
                let value = match self.kinds[i] {
                    None => attributes::typed(cell),
                    Some(kind) => kind
                        .read(cell)
                        .ok_or_else(|| RowProblem::at(i, kind.refusal(&self.header[i], cell)))?,
                };
                person.attributes.insert(attribute.clone(), value);
            }
        }
        if let (Some(column), None) = (self.identity, &person.identity) {
            return Err(RowProblem::at(
                column,
                "the identity is empty: fill it, or import without an identity column",
            ));
        }
        Ok(person)
    }
}

/// The attribute that each column becomes when it has no meaning of its own.
fn becomes(header: &[String], chosen: &Chosen) -> Result<Vec<Option<String>>, HeaderProblem> {
    let mut becomes: Vec<Option<String>> = header.iter().cloned().map(Some).collect();
    for column in &chosen.ignore {
        becomes[place(header, column)?] = None;
    }
    for (column, attribute) in &chosen.attributes {
        let i = place(header, column)?;
        if becomes[i].is_none() {
            return Err(HeaderProblem(format!(
                "The column \"{column}\" is to be ignored and to become an attribute: choose one."
            )));
        }
        becomes[i] = Some(attribute.trim().to_owned());
    }
    for (i, attribute) in becomes.iter().enumerate() {
        if attribute.is_some() && becomes[..i].contains(attribute) {
            return Err(HeaderProblem(format!(
                "Two columns would become the attribute \"{}\": give one another name, or ignore it.",
                attribute.as_deref().unwrap_or_default()
            )));
        }
    }
    Ok(becomes)
}

fn place(header: &[String], wanted: &str) -> Result<usize, HeaderProblem> {
    let exact = header.iter().position(|name| name == wanted.trim());
    exact
        .or_else(|| header.iter().position(|name| plain(name) == plain(wanted)))
        .ok_or_else(|| {
            HeaderProblem(format!(
                "There is no column \"{wanted}\". The columns are: {}.",
                header.join(", ")
            ))
        })
}

/// The column of a meaning: the chosen one, or one of the usual names that has no other use.
fn find(
    header: &[String],
    taken: &[bool],
    chosen: Option<&str>,
    usual: &[&str],
) -> Result<Option<usize>, HeaderProblem> {
    if let Some(chosen) = chosen {
        let i = place(header, chosen)?;
        if taken[i] {
            return Err(HeaderProblem(format!(
                "The column \"{chosen}\" is chosen for two things: choose one."
            )));
        }
        return Ok(Some(i));
    }
    let free = |usual: &&str| {
        header
            .iter()
            .zip(taken)
            .position(|(name, taken)| !taken && plain(name) == **usual)
    };
    Ok(usual.iter().find_map(free))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    fn columns(text: &str) -> Result<Columns, String> {
        Columns::of(header(text), &Chosen::default(), "IN").map_err(|e| e.to_string())
    }

    fn read(columns: &Columns, row: &str) -> Result<Person, RowProblem> {
        columns.read(row.split(',').map(str::as_bytes), "IN")
    }

    #[test]
    fn the_usual_names_are_found() {
        for (names, phone, identity, name, opt_in) in [
            ("phone,name", 0, None, Some(1), None),
            (
                "Customer ID,Mobile Number,Full Name,MSG-whatsapp",
                1,
                Some(0),
                Some(2),
                Some(3),
            ),
            ("whatsapp,mobile,opt_in", 1, None, None, Some(2)),
            ("id,MSISDN,Opt-In", 1, Some(0), None, Some(2)),
        ] {
            let found = columns(names).unwrap();
            assert_eq!(
                (found.phone, found.identity, found.name, found.opt_in),
                (phone, identity, name, opt_in),
                "{names}"
            );
        }
        let chosen = Chosen {
            phone: Some("second".into()),
            identity: Some("E-Mail".into()),
            ..Chosen::default()
        };
        let found = Columns::of(header("phone,Second,e-mail"), &chosen, "IN").unwrap();
        assert_eq!((found.phone, found.identity), (1, Some(2)));
    }

    #[test]
    fn columns_are_ignored_and_renamed() {
        let chosen = |ignore: &[&str], attributes: &[(&str, &str)]| Chosen {
            ignore: ignore.iter().map(|c| (*c).to_owned()).collect(),
            attributes: attributes
                .iter()
                .map(|(c, a)| ((*c).to_owned(), (*a).to_owned()))
                .collect(),
            ..Chosen::default()
        };
        let of = |chosen: &Chosen| {
            Columns::of(header("phone,name,City,notes"), chosen, "IN").map_err(|e| e.to_string())
        };
        let columns = of(&chosen(&["Notes"], &[("name", "name"), ("City", "town")])).unwrap();
        let long = "x".repeat(600);
        let person = read(&columns, &format!("9999900001,Asha,Pune,{long}")).unwrap();
        assert_eq!(
            person.name, None,
            "a column that becomes an attribute has no other use"
        );
        let expected = json!({"name": "Asha", "town": "Pune"});
        assert_eq!(serde_json::Value::from(person.attributes), expected);
        for (chosen, expected) in [
            (chosen(&["town"], &[]), "no column \"town\""),
            (chosen(&["phone"], &[]), "No column looks like the phone"),
            (chosen(&["city"], &[("City", "town")]), "choose one"),
            (chosen(&[], &[("City", "notes")]), "Two columns would become"),
            (
                Chosen {
                    name: Some("City".into()),
                    ..chosen(&["City"], &[])
                },
                "chosen for two things",
            ),
        ] {
            let problem = of(&chosen).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_used_says_why() {
        for (names, expected) in [
            ("name,city", "The columns are: name, city."),
            ("phone,city,city", "Two columns are called \"city\""),
            ("phone,,city", "Column 2 has no name"),
            ("+919999900001,Asha", "looks like data"),
        ] {
            let problem = columns(names).unwrap_err();
            assert!(problem.contains(expected), "{names}: {problem}");
        }
        let chosen = Chosen {
            name: Some("nom".into()),
            ..Chosen::default()
        };
        let problem = Columns::of(header("phone"), &chosen, "IN")
            .unwrap_err()
            .to_string();
        assert!(problem.contains("no column \"nom\""), "{problem}");
    }

    #[test]
    fn a_row_becomes_a_person() {
        let columns = columns("id,phone,name,opt in,city,orders,pin").unwrap();
        let person = read(&columns, "7, 99999 00001 , Asha ,Yes,Pune,3,011001").unwrap();
        assert_eq!(person.identity.as_deref(), Some("7"));
        assert_eq!(person.phone.as_str(), "+919999900001");
        assert_eq!(
            (person.name.as_deref(), person.opt_in),
            (Some("Asha"), Some(true))
        );
        let expected = json!({"city": "Pune", "orders": 3, "pin": "011001"});
        assert_eq!(serde_json::Value::from(person.attributes), expected);
        let person = read(&columns, "8,9999900002,,,,,").unwrap();
        assert_eq!(
            (person.name, person.opt_in, person.attributes.len()),
            (None, None, 0)
        );
    }

    #[test]
    fn columns_are_read_as_what_a_person_says() {
        let kinds = [
            ("Since", Kind::DateDmy),
            ("paid", Kind::NumberComma),
            ("pin", Kind::Text),
            ("vip", Kind::Boolean),
        ];
        let chosen = Chosen {
            kinds: kinds.map(|(column, kind)| (column.to_owned(), kind)).into(),
            ..Chosen::default()
        };
        let columns = Columns::of(header("phone,since,paid,pin,vip"), &chosen, "IN").unwrap();
        let row = ["9999900001", "3/4/2026", "1.234,5", "42", "Y"];
        let person = columns.read(row.into_iter().map(str::as_bytes), "IN").unwrap();
        let expected = json!({"since": "2026-04-03", "paid": 1234.5, "pin": "42", "vip": true});
        assert_eq!(serde_json::Value::from(person.attributes), expected);
        let problem = read(&columns, "9999900001,12/31/2026,,,").unwrap_err();
        assert_eq!((problem.column, problem.torn), (Some(1), false));
        assert!(
            problem.reason.contains("write the day first, as 31/12/2026"),
            "{problem:?}"
        );
        let chosen = Chosen {
            kinds: [("town".to_owned(), Kind::Text)].into(),
            ..Chosen::default()
        };
        let problem = Columns::of(header("phone"), &chosen, "IN")
            .unwrap_err()
            .to_string();
        assert!(problem.contains("no column \"town\""), "{problem}");
    }

    #[test]
    fn a_bad_row_says_why() {
        let columns = columns("id,phone,optin,city").unwrap();
        let long = format!("1,9999900001,,{}", "x".repeat(600));
        for (row, torn, expected) in [
            ("1,12,,", false, "not a number"),
            ("1,,,", false, "empty"),
            (",9999900001,,", false, "identity is empty"),
            ("1,9999900001,maybe,", false, "write yes or no"),
            ("1,9999900001,", true, "has 3 fields, the first row has 4"),
            ("1,9999900001,,a,b", true, "has 5 fields"),
            (&long, true, "more than 512 bytes"),
        ] {
            let problem = read(&columns, row).unwrap_err();
            assert!(problem.reason.contains(expected), "{row}: {problem:?}");
            assert_eq!(problem.torn, torn, "{row}");
        }
        let bad: [&[u8]; 4] = [b"1", b"9999900001", b"", b"Z\xfcrich"];
        let problem = columns.read(bad.into_iter(), "IN").unwrap_err();
        assert!(problem.reason.contains("\"city\" is no text"), "{problem:?}");
    }
}
