//! The beginning of a file as a person will see it before an import: columns, what they most likely are, first rows.

use serde::Serialize;
use utoipa::ToSchema;

use super::import::Options;
use super::import_file::{no_csv, unnamed};
use super::{App, AppError};
use crate::domain::cell::{Kind, kinds};
use crate::domain::columns::{Chosen, Columns};
use crate::domain::csv_row::{Row, guess_delimiter};
use crate::domain::encoding::{self, Turn};
use crate::domain::guess::{Meaning, Shown, guess};
use crate::domain::phone::Phone;

/// Bytes of a file that are looked at.
pub const LONGEST: usize = 256 << 10;
/// Rows that are shown.
const ROWS: usize = 10;
/// Different values of a column that are shown.
const SAMPLES: usize = 5;

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct Preview {
    /// What stands between fields.
    pub delimiter: String,
    /// The encoding that was given, or the most likely one, such as `utf-8`, `utf-16le` or `windows-1252`.
    pub encoding: String,
    /// Some of it is no text in that encoding: those rows are bad ones.
    pub misread: bool,
    /// The first row names the columns; else they are called `Column 1`, `Column 2` and so on.
    pub header: bool,
    /// Columns, in order.
    pub columns: Vec<Column>,
    /// The first ten rows.
    pub rows: Vec<Vec<String>>,
    /// Why the file cannot be imported with these parameters, and what to do.
    pub problem: Option<String>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// Name in the first row.
    pub name: String,
    /// Place, from 0.
    pub index: usize,
    /// What it most likely is.
    pub guess: Guess,
    /// Up to five different values.
    pub samples: Vec<String>,
}

/// What a column most likely is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportGuess)]
pub struct Guess {
    /// `phone`, `identity`, `name`, `opt_in`, `attribute` or `ignore`.
    #[serde(rename = "as")]
    pub meaning: &'static str,
    /// Name of the attribute.
    pub attribute: Option<String>,
    /// What its values are, as the parameter `type` has it; several when they may be read in more than one way, and only
    /// a person can say how, such as `date_dmy` and `date_mdy` for `3/4/2026`.
    pub types: Vec<&'static str>,
}

/// Looks at the beginning of a file, [`LONGEST`] bytes at most.
///
/// # Errors
/// Wrong options, or a file that is no CSV.
pub fn preview(app: &App, options: &Options, start: &[u8]) -> Result<Preview, AppError> {
    options.check()?;
    let no = |sentence: String| AppError::field("/file", "not_importable", sentence);
    let whole = start.len() < LONGEST;
    let encoding = options.encoding.as_deref().and_then(encoding::named);
    let encoding = encoding.unwrap_or_else(|| {
        let mut guess = encoding::Guess::default();
        guess.feed(start);
        guess.end(whole)
    });
    let mut turned = Vec::new();
    let start = if encoding == encoding_rs::UTF_8 {
        start
    } else {
        Turn::new(encoding).push(start, whole, &mut turned);
        &turned
    };
    let bom = no_csv(start).map_err(no)?;
    let mut reading = options.reading(app);
    let mut lines = start[bom..].split_inclusive(|b| *b == b'\n').peekable();
    while lines.next_if(|line| line.trim_ascii().is_empty()).is_some() {}
    let delimiter = reading
        .delimiter
        .unwrap_or_else(|| guess_delimiter(lines.peek().copied().unwrap_or_default()));
    let mut table = Table::default();
    let mut row = Row::default();
    while let Some(line) = lines.next() {
        // What is cut off at the end of the bytes is no row.
        if lines.peek().is_none() && !whole && !line.ends_with(b"\n") {
            break;
        }
        if row.push(line, delimiter) {
            if !row.is_empty() {
                table.take(&row);
            }
            row.clear();
        }
    }
    if table.header.is_empty() {
        let sentence = "The first row cannot be read: a quote in it is never closed, or it is far too long.";
        return Err(no(sentence.into()));
    }
    let header = options.header.unwrap_or_else(|| {
        let is_number = |name: &String| Phone::parse(name, &reading.region).is_ok();
        !table.header.iter().any(is_number)
    });
    if !header {
        let names = unnamed(table.header.len());
        table.rows.insert(0, std::mem::replace(&mut table.header, names));
    }
    let shown = table.columns();
    let meanings = guess(&shown, &reading.chosen, &reading.region);
    let named = |i: usize| {
        let chosen = reading.chosen.attributes.iter();
        let mut chosen = chosen.filter(|(column, _)| column.trim() == shown[i].name);
        chosen.next().map_or_else(
            || shown[i].name.clone(),
            |(_, attribute)| attribute.trim().to_owned(),
        )
    };
    let columns: Vec<Column> = meanings
        .iter()
        .enumerate()
        .map(|(i, meaning)| Column {
            name: shown[i].name.clone(),
            index: i,
            guess: Guess {
                meaning: meaning.name(),
                attribute: (*meaning == Meaning::Attribute).then(|| named(i)),
                types: match (meaning, chosen_kind(&reading.chosen, &shown[i].name)) {
                    (Meaning::Attribute, Some(chosen)) => vec![chosen.name()],
                    (Meaning::Attribute, None) => {
                        kinds(&shown[i].values).into_iter().map(Kind::name).collect()
                    }
                    (Meaning::OptIn, _) => vec!["boolean"],
                    _ => vec!["text"],
                },
            },
            samples: samples(&shown[i].values),
        })
        .collect();
    // Without names the numbers say which column is theirs, and whoever reads this names it.
    if let (false, None, Some(i)) = (header, &reading.chosen.phone, meanings.iter().position(is_phone)) {
        reading.chosen.phone = Some(shown[i].name.clone());
    }
    let problem = Columns::of(table.header.clone(), &reading.chosen, &reading.region).err();
    Ok(Preview {
        delimiter: char::from(delimiter).to_string(),
        encoding: encoding::name(encoding),
        misread: table.foreign,
        header,
        columns,
        problem: problem.map(|problem| problem.to_string()),
        rows: table.rows.into_iter().take(ROWS).collect(),
    })
}

fn is_phone(meaning: &Meaning) -> bool {
    *meaning == Meaning::Phone
}

fn chosen_kind(chosen: &Chosen, column: &str) -> Option<Kind> {
    let mut kinds = chosen.kinds.iter();
    kinds
        .find(|(name, _)| name.trim() == column)
        .map(|(_, kind)| *kind)
}

/// Rows that are kept to guess from.
const KEPT: usize = 200;

#[derive(Default)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Some of it is no text.
    foreign: bool,
}

impl Table {
    fn take(&mut self, row: &Row) {
        self.foreign |= row.fields().any(|field| str::from_utf8(field).is_err());
        if self.rows.len() >= KEPT {
            return;
        }
        let fields = row
            .fields()
            .map(|field| String::from_utf8_lossy(field).trim().to_owned());
        let fields: Vec<String> = fields.collect();
        if self.header.is_empty() {
            self.header = fields;
        } else {
            self.rows.push(fields);
        }
    }

    fn columns(&self) -> Vec<Shown> {
        let values = |i: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(i));
            cells.filter(|cell| !cell.is_empty()).cloned().collect()
        };
        self.header
            .iter()
            .enumerate()
            .map(|(i, name)| Shown {
                name: name.clone(),
                values: values(i),
            })
            .collect()
    }
}

fn samples(values: &[String]) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for value in values {
        if samples.len() < SAMPLES && !samples.contains(value) {
            samples.push(value.clone());
        }
    }
    samples
}
