//! How a file is read, as parameters.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::AppError;
use crate::app::import::{OptIn, Options};
use crate::domain::cell::Kind;
use crate::domain::columns::Chosen;
use crate::http::problem::Problem;

/// How to read the file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Name of the file, for the list of imports.
    pub file_name: Option<String>,
    /// Column of the phone number; when absent, the usual names are looked for.
    pub phone_column: Option<String>,
    /// Column of your own id of a person; when absent, the usual names are looked for, and without any the number says
    /// who it is.
    pub identity_column: Option<String>,
    /// Column of the name; when absent, the usual names are looked for.
    pub name_column: Option<String>,
    /// Column of yes or no to messages; when absent, the usual names are looked for.
    pub opt_in_column: Option<String>,
    /// `column` (the default): the opt-in column decides. `record`: you have proof that all of them agreed, except
    /// where the opt-in column says no; needs `source`. `leave`: no opt-in is recorded, a no still opts out.
    pub opt_in: Option<String>,
    /// Where the consent comes from.
    pub source: Option<String>,
    /// Name of a list that everyone in the file is put on; made when there is none.
    pub list: Option<String>,
    /// Two-letter country of numbers without `+`; when absent, the configured one.
    pub region: Option<String>,
    /// Encoding of the file, such as `utf-8`, `utf-16le` or `windows-1252`; when absent, guessed.
    pub encoding: Option<String>,
    /// `yes` (the default): the first row names the columns. `no`: they are called `Column 1`, `Column 2` and so on.
    pub header: Option<String>,
    /// Delimiter, or the words `comma`, `semicolon`, `tab`, `pipe`; when absent, guessed from the first row.
    pub delimiter: Option<String>,
    /// A column that is not taken over; once for each.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// A column that becomes an attribute of another name, as `COLUMN:name`; once for each.
    #[serde(default)]
    pub attribute: Vec<String>,
    /// What the values of a column are, as `COLUMN:type`; once for each. `text`, `number` (`1,234.5`), `number_comma`
    /// (`1.234,5`), `boolean`, `date_ymd` (`2026-12-31`), `date_dmy` (`31/12/2026`) or `date_mdy` (`12/31/2026`). A value
    /// that is none makes its row a bad one. Dates are kept as `2026-12-31`. Without a type, plain numbers, `true` and
    /// `false` are taken as such, and all else as text.
    #[serde(default)]
    pub r#type: Vec<String>,
}

/// Reads the query by hand: `ignore`, `attribute` and `type` may stand there several times.
pub(super) fn read_query(query: Option<String>) -> Result<ImportQuery, Problem> {
    let bad = |why: String| {
        let help = "GET /api/v1/openapi.json lists the parameters.";
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", why, help)
    };
    let mut given = serde_json::Map::new();
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let value = serde_json::Value::from(value.into_owned());
        if matches!(&*key, "ignore" | "attribute" | "type") {
            let list = given.entry(key).or_insert_with(|| serde_json::json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(value);
            }
        } else if given.insert(key.to_string(), value).is_some() {
            return Err(bad(format!("The parameter {key} is given twice.")));
        }
    }
    serde_json::from_value(given.into()).map_err(|e| bad(format!("The parameters do not fit: {e}.")))
}

fn renamed(given: &[String]) -> Result<BTreeMap<String, String>, AppError> {
    let mut all = BTreeMap::new();
    for text in given {
        let Some((column, name)) = text.rsplit_once(':').filter(|(column, _)| !column.is_empty()) else {
            let detail = format!("\"{text}\" is not COLUMN:name, such as City:home_town.");
            return Err(AppError::field("/attribute", "attribute_invalid", detail));
        };
        all.insert(column.to_owned(), name.to_owned());
    }
    Ok(all)
}

fn typed(given: &[String]) -> Result<BTreeMap<String, Kind>, AppError> {
    let mut all = BTreeMap::new();
    for text in given {
        let parted = text.rsplit_once(':').filter(|(column, _)| !column.is_empty());
        let Some((column, kind)) = parted.and_then(|(column, kind)| Some((column, Kind::named(kind)?)))
        else {
            let names = Kind::ALL.map(Kind::name).join(", ");
            let detail = format!("\"{text}\" is not COLUMN:type. The types are: {names}.");
            return Err(AppError::field("/type", "type_invalid", detail));
        };
        all.insert(column.to_owned(), kind);
    }
    Ok(all)
}

pub(super) fn options(query: ImportQuery) -> Result<Options, AppError> {
    let opt_in = match query.opt_in.as_deref() {
        None | Some("column") => OptIn::Column,
        Some("record") => OptIn::Record,
        Some("leave") => OptIn::Leave,
        Some(_) => {
            return Err(AppError::field(
                "/opt_in",
                "unknown",
                "Use column, record or leave.",
            ));
        }
    };
    let delimiter = match query.delimiter.as_deref() {
        None => None,
        Some("comma") => Some(','),
        Some("semicolon") => Some(';'),
        Some("tab") => Some('\t'),
        Some("pipe") => Some('|'),
        Some(text) if text.chars().count() == 1 => text.chars().next(),
        Some(_) => {
            let detail = "Use one character, or comma, semicolon, tab or pipe.";
            return Err(AppError::field("/delimiter", "delimiter_invalid", detail));
        }
    };
    let header = match query.header.as_deref() {
        None => None,
        Some("yes") => Some(true),
        Some("no") => Some(false),
        Some(_) => return Err(AppError::field("/header", "unknown", "Use yes or no.")),
    };
    Ok(Options {
        encoding: query.encoding,
        header,
        columns: Chosen {
            phone: query.phone_column,
            identity: query.identity_column,
            name: query.name_column,
            opt_in: query.opt_in_column,
            attributes: renamed(&query.attribute)?,
            ignore: query.ignore,
            kinds: typed(&query.r#type)?,
        },
        delimiter,
        region: query.region,
        opt_in,
        source: query.source,
        list: query.list,
    })
}
