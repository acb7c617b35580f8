//! The beginning of a file as a person will see it before an import: columns, what they most likely are, first rows.

use serde::Serialize;
use utoipa::ToSchema;

use super::import::Options;
use super::import_file::no_csv;
use super::{App, AppError};
use crate::domain::columns::Columns;
use crate::domain::csv_row::{Row, guess_delimiter};
use crate::domain::guess::{Meaning, Shown, guess, kind};

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
    /// `utf-8`, or `other`: then the file has to be saved as "CSV UTF-8" before it is imported.
    pub encoding: &'static str,
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
    /// Type of its values as an import reads them: `text`, `number` or `boolean`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Looks at the beginning of a file, [`LONGEST`] bytes at most.
///
/// # Errors
/// Wrong options, or a file that is no CSV.
pub fn preview(app: &App, options: &Options, start: &[u8]) -> Result<Preview, AppError> {
    options.check()?;
    let no = |sentence: String| AppError::field("/file", "not_importable", sentence);
    let bom = no_csv(start).map_err(no)?;
    let reading = options.reading(app);
    let mut lines = start[bom..].split_inclusive(|b| *b == b'\n').peekable();
    while lines.next_if(|line| line.trim_ascii().is_empty()).is_some() {}
    let delimiter = reading
        .delimiter
        .unwrap_or_else(|| guess_delimiter(lines.peek().copied().unwrap_or_default()));
    let whole = start.len() < LONGEST;
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
    let columns = meanings.iter().enumerate().map(|(i, meaning)| Column {
        name: shown[i].name.clone(),
        index: i,
        guess: Guess {
            meaning: meaning.name(),
            attribute: (*meaning == Meaning::Attribute).then(|| named(i)),
            kind: match meaning {
                Meaning::Attribute => kind(&shown[i].values),
                Meaning::OptIn => "boolean",
                _ => "text",
            },
        },
        samples: samples(&shown[i].values),
    });
    let problem = Columns::of(table.header.clone(), &reading.chosen, &reading.region).err();
    Ok(Preview {
        delimiter: char::from(delimiter).to_string(),
        encoding: if table.foreign { "other" } else { "utf-8" },
        columns: columns.collect(),
        problem: problem.map(|problem| problem.to_string()),
        rows: table.rows.into_iter().take(ROWS).collect(),
    })
}

/// Rows that are kept to guess from.
const KEPT: usize = 200;

#[derive(Default)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Some of it is not UTF-8.
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
