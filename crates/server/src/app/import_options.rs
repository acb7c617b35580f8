//! How a file is imported: what people and programs say about it.

use serde::{Deserialize, Serialize};

use super::import_file::{Corrections, Reading};
use super::import_window::TRANSACTION;
use super::{App, AppError};
use crate::domain::columns::Chosen;
use crate::domain::{attributes, encoding, phone};

/// What the file says about consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptIn {
    /// The opt-in column decides, when there is one.
    #[default]
    Column,
    /// There is proof that all of them agreed, except where the opt-in column says no.
    Record,
    /// No opt-in is recorded. A no in the opt-in column still opts out.
    Leave,
}

/// How to import a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    /// Names of columns given by a person.
    pub columns: Chosen,
    /// Encoding given by a person, such as `windows-1252`; guessed when absent.
    pub encoding: Option<String>,
    /// The first row names the columns; else they are called `Column 1`, `Column 2` and so on.
    pub header: Option<bool>,
    /// Delimiter given by a person, one ASCII character.
    pub delimiter: Option<char>,
    /// Default region of numbers; the configured one when absent.
    pub region: Option<String>,
    /// Consent.
    pub opt_in: OptIn,
    /// Where the consent comes from; needed with [`OptIn::Record`].
    pub source: Option<String>,
    /// Name of a list that everyone in the file is put on.
    pub list: Option<String>,
}

impl Options {
    /// How to read a file with these, from its beginning.
    pub(super) fn reading(&self, app: &App) -> Reading {
        Reading {
            chosen: self.columns.clone(),
            delimiter: self.delimiter.and_then(|c| u8::try_from(c).ok()),
            region: self
                .region
                .clone()
                .unwrap_or_else(|| app.config.default_region.clone()),
            header: self.header.unwrap_or(true),
            from: 0,
            rows: TRANSACTION,
            cut: None,
            corrections: Corrections::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), AppError> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, code, detail: &str| {
            wrong.push(super::FieldProblem::new(format!("/{field}"), code, detail));
        };
        let given = |text: &Option<String>| {
            text.as_deref()
                .map(str::trim)
                .is_some_and(|text| !text.is_empty())
        };
        if self.opt_in == OptIn::Record && !given(&self.source) {
            refuse(
                "source",
                "required",
                "Say where the consent comes from, such as \"shop form 2026\".",
            );
        }
        if self
            .source
            .as_deref()
            .is_some_and(|text| attributes::check_text("source", text).is_err())
        {
            refuse("source", "text_invalid", "Use at most 512 bytes of plain text.");
        }
        if self
            .encoding
            .as_deref()
            .is_some_and(|name| encoding::named(name).is_none())
        {
            refuse(
                "encoding",
                "encoding_unknown",
                "Give the name of an encoding, such as utf-8, utf-16le or windows-1252.",
            );
        }
        if self
            .delimiter
            .is_some_and(|c| !c.is_ascii() || matches!(c, '"' | '\n' | '\r' | '\0'))
        {
            refuse(
                "delimiter",
                "delimiter_invalid",
                "Use one character, such as ; or a tab.",
            );
        }
        if self
            .region
            .as_deref()
            .is_some_and(|region| !phone::is_region(region))
        {
            refuse(
                "region",
                "region_invalid",
                "Give a country as two letters, such as IN.",
            );
        }
        for attribute in self.columns.attributes.values() {
            if let Err(problem) = attributes::check(attribute.trim(), &serde_json::Value::Null) {
                refuse("attribute", "attribute_invalid", &format!("{problem}."));
            }
        }
        if let Some(list) = &self.list
            && (list.trim().is_empty() || attributes::check_text("list", list).is_err())
        {
            refuse(
                "list",
                "text_invalid",
                "Give the list a name of at most 512 bytes.",
            );
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(wrong))
        }
    }
}
