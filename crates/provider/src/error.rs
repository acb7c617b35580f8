//! Why a send did not happen, in a form that answers: try again? when? whose fault? what does a person read?

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The closed list of reasons. A vendor's own code is kept beside it in [`SendError::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SendErrorKind {
    /// The account or request is set up wrongly on our side (a method not enabled, a missing setting, a blocked IP).
    Config,
    /// The vendor does not accept the credentials.
    Auth,
    /// This message or recipient can never work (bad number, template mismatch, bad parameter).
    Invalid,
    /// Free-form content outside the 24-hour window.
    WindowClosed,
    /// The person has not opted in, has opted out, or blocked the number: our own flag follows.
    OptedOut,
    /// Too fast. `after_ms`: how long the vendor asked us to wait.
    Throttled {
        /// Milliseconds to wait, when the vendor said.
        after_ms: Option<u64>,
    },
    /// A quota is used up (messaging limit of the number, per-person marketing cap, wallet).
    Capped,
    /// The vendor said that it did not take the message and may later (connection refused, 503, "retry later").
    Unavailable,
    /// Refused for a reason outside the other kinds.
    Rejected,
    /// Nobody can say whether the message was taken (timed out after writing, unreadable answer). Never resent
    /// blindly; a report settles it.
    Unknown,
}

/// What to do with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is over for this message.
    Never,
    /// Back in the queue; counts as an attempt.
    Later,
    /// Back in the queue without counting an attempt; the number slows down.
    SlowDown(Option<Duration>),
    /// Back in the queue without counting an attempt; the account stands still until a person mends it.
    HoldAccount,
    /// Parked until a report tells.
    Park,
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The operator of this installation (credentials, allow-list).
    Operator,
    /// The author of the message or campaign.
    Author,
    /// The recipient's number or choice.
    Recipient,
    /// The vendor or WhatsApp.
    Vendor,
}

impl SendErrorKind {
    /// All names that there are.
    pub const NAMES: [&str; 10] = [
        "config",
        "auth",
        "invalid",
        "window_closed",
        "opted_out",
        "throttled",
        "capped",
        "unavailable",
        "rejected",
        "unknown",
    ];

    /// Stable name, used in the ledger, the API and case files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Invalid => "invalid",
            Self::WindowClosed => "window_closed",
            Self::OptedOut => "opted_out",
            Self::Throttled { .. } => "throttled",
            Self::Capped => "capped",
            Self::Unavailable => "unavailable",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    /// Try again, and when?
    pub fn retry(self) -> Retry {
        match self {
            Self::Config | Self::Auth => Retry::HoldAccount,
            Self::Invalid | Self::WindowClosed | Self::OptedOut | Self::Capped | Self::Rejected => {
                Retry::Never
            }
            Self::Throttled { after_ms } => Retry::SlowDown(after_ms.map(Duration::from_millis)),
            Self::Unavailable => Retry::Later,
            Self::Unknown => Retry::Park,
        }
    }

    /// Who can mend it.
    pub fn blame(self) -> Blame {
        match self {
            Self::Config | Self::Auth => Blame::Operator,
            Self::Invalid | Self::WindowClosed => Blame::Author,
            Self::OptedOut => Blame::Recipient,
            Self::Throttled { .. } | Self::Capped | Self::Unavailable | Self::Rejected | Self::Unknown => {
                Blame::Vendor
            }
        }
    }
}

/// A refused, failed or unanswered send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{help} ({detail})")]
pub struct SendError {
    /// Which of the closed kinds.
    pub kind: SendErrorKind,
    /// The vendor's code, as text (codes may be hex-like with leading zeros).
    pub code: Option<String>,
    /// The vendor's own words, or ours when there are none. Never holds a secret.
    pub detail: String,
    /// What a person reads: what happened and what to do.
    pub help: String,
}

impl SendError {
    /// Builds an error.
    pub fn new(
        kind: SendErrorKind,
        code: Option<&str>,
        detail: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            code: code.map(str::to_owned),
            detail: detail.into(),
            help: help.into(),
        }
    }

    /// The vendor has no such call, or we do not speak it.
    pub fn unsupported(what: &str) -> Self {
        Self::new(
            SendErrorKind::Invalid,
            Some(NOT_OFFERED),
            format!("its provider has no call for {what}"),
            format!("This provider does not offer {what} by API. Do it in the provider's own console."),
        )
    }
}

/// The code of what a vendor has no call for: it was not asked.
pub const NOT_OFFERED: &str = "not_offered";
