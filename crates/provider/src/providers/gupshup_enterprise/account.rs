//! The two gateway accounts of one number, and the form that every call starts with.

use crate::exchange::{Body, Method, Part, Request};
use crate::wire::{lenient, rules};
use crate::{Account, SendError, SendErrorKind};

/// Which of the two accounts a call uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Templates, opt-in, template API.
    Notification,
    /// Free-form messages, received media.
    TwoWay,
}

impl Which {
    /// The name in a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Notification => "notification account",
            Self::TwoWay => "two-way account",
        }
    }

    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Notification => ("hsm_user_id", "hsm_password"),
            Self::TwoWay => ("two_way_user_id", "two_way_password"),
        }
    }

    /// User id and password; a missing one is named.
    pub(super) fn credentials(self, account: &Account) -> Result<(&str, &str), SendError> {
        let (user, password) = self.keys();
        for key in [user, password] {
            if account.get(key).is_empty() {
                return Err(missing_setting(key));
            }
        }
        Ok((account.get(user), account.get(password)))
    }
}

fn missing_setting(key: &str) -> SendError {
    let label = super::spec::SPEC.field(key).map_or(key, |field| field.label);
    SendError::new(
        SendErrorKind::Config,
        None,
        format!("{key} is not set"),
        format!("The setting '{label}' of this account is empty. Fill it in."),
    )
}

/// A form in the making. Parameter names are case sensitive.
pub(super) struct Form {
    url: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The fields that every call has. POST and never a query string: credentials and texts stay out of URLs and of
    /// the logs that keep URLs.
    pub(super) fn new(
        account: &Account,
        which: Which,
        method: &str,
        url_key: &str,
    ) -> Result<Self, SendError> {
        let (user, password) = which.credentials(account)?;
        let url = account.get(url_key);
        if url.is_empty() {
            return Err(missing_setting(url_key));
        }
        let form = Self {
            url: url.to_owned(),
            fields: Vec::new(),
        };
        Ok(form
            .with("method", method)
            .with("userid", user)
            .with("password", password)
            .with("auth_scheme", "plain")
            .with("v", "1.1")
            .with("format", "json"))
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a field when there is a value.
    pub(super) fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) if !value.is_empty() => self.with(name, value),
            _ => self,
        }
    }

    /// The request. Without `data_encoding` the gateway may mangle what is not ASCII.
    pub(super) fn into_request(self) -> Request {
        let unicode = self.fields.iter().any(|(_, value)| !value.is_ascii());
        let form = if unicode {
            self.with("data_encoding", "Unicode_text")
        } else {
            self
        };
        Request::post_form(form.url, form.fields)
    }
}

impl Form {
    /// The request as `multipart/form-data`, which the template API wants, with a file or without.
    pub(super) fn into_multipart(self, file: Option<Part>) -> Request {
        let part = |(name, value): (String, String)| Part {
            name,
            filename: None,
            content_type: None,
            data: value.into_bytes(),
        };
        Request {
            method: Method::Post,
            url: self.url,
            headers: Vec::new(),
            body: Body::Multipart(self.fields.into_iter().map(part).chain(file).collect()),
        }
    }
}

/// The recipient as the gateway wants it: digits with the country code, no `+`.
pub(super) fn digits(to: &str) -> Result<String, SendError> {
    let digits = lenient::phone(to);
    let digits = digits.trim_start_matches('+');
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digits.to_owned());
    }
    Err(rules::invalid(
        format!("recipient '{to}' is not a full number"),
        "The recipient's number is not complete. Give it with its country code, such as +919999912345.",
    ))
}
