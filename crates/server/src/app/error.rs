//! What can go wrong in an act, in words that reach a person through the API and the command line.

use crate::clock::Millis;
pub use crate::domain::problem::FieldProblem;
use crate::store::StoreError;

/// An act that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nothing there by this id.
    #[error("there is no {0} with this id")]
    NotFound(&'static str),
    /// It was there, and was deleted because of its age.
    #[error("{0}")]
    Gone(String),
    /// Some fields are not right.
    #[error("{}", .0.iter().map(|f| format!("{}: {}", f.pointer, f.detail)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldProblem>),
    /// The act is not possible in the present state. `code` is stable.
    #[error("{detail} {help}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// What stands in the way.
        detail: String,
        /// What to do.
        help: String,
    },
    /// Nobody is signed in, or not as they say.
    #[error("{detail} {help}")]
    SignIn {
        /// Stable code.
        code: &'static str,
        /// What is missing or wrong.
        detail: String,
        /// What to do.
        help: String,
    },
    /// Whoever asks may not do this.
    #[error("{detail} {help}")]
    NotAllowed {
        /// What, and who asks.
        detail: String,
        /// Who may, and what to do.
        help: String,
    },
    /// Too many wrong passwords or codes.
    #[error("There were too many wrong passwords or codes. Wait {}.", crate::domain::sign_in::in_words(*wait))]
    TooManyTries {
        /// Milliseconds.
        wait: i64,
    },
    /// The provider refused or did not answer.
    #[error("{detail} {help}")]
    Provider {
        /// Stable code.
        code: &'static str,
        /// What the provider said.
        detail: String,
        /// What to do.
        help: String,
    },
    /// It is no longer as whoever changes it has read it.
    #[error("\"{name}\" was changed after it was read")]
    ChangedMeanwhile {
        /// What it is called now.
        name: String,
        /// Who changed it, when that is known.
        by: Option<String>,
        /// When.
        at: Millis,
    },
    /// This server was given up by another one, and what it began is theirs.
    #[error("another server took over what this one had begun")]
    LeaseLost,
    /// Storage trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("{what}: {why}")]
    File {
        /// What was being done.
        what: String,
        /// Why it failed.
        why: std::io::Error,
    },
}

impl AppError {
    /// One wrong field.
    pub fn field(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem::new(pointer, code, detail)])
    }

    /// A conflict.
    pub fn conflict(code: &'static str, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
            help: help.into(),
        }
    }
}
