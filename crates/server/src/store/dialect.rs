//! The few places where SQLite and PostgreSQL need different words.

/// The engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// Version, name and text of each migration, in order. Expand-only: a published text is never edited.
pub const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "first campaign",
        include_str!("../../../../migrations/0001_first_campaign.sql"),
    ),
    (2, "nodes", include_str!("../../../../migrations/0002_nodes.sql")),
    (
        5,
        "slices",
        include_str!("../../../../migrations/0005_slices.sql"),
    ),
    (
        10,
        "callback refused",
        include_str!("../../../../migrations/0010_callback_refused.sql"),
    ),
    (
        12,
        "wa ids",
        include_str!("../../../../migrations/0012_wa_ids.sql"),
    ),
    (
        13,
        "kept numbers",
        include_str!("../../../../migrations/0013_kept_numbers.sql"),
    ),
    (
        14,
        "resent",
        include_str!("../../../../migrations/0014_resent.sql"),
    ),
    (15, "users", include_str!("../../../../migrations/0015_users.sql")),
    (16, "home", include_str!("../../../../migrations/0016_home.sql")),
    (
        17,
        "account health",
        include_str!("../../../../migrations/0017_account_health.sql"),
    ),
    (18, "find", include_str!("../../../../migrations/0018_find.sql")),
    (
        19,
        "attempt_log",
        include_str!("../../../../migrations/0019_attempt_log.sql"),
    ),
    (20, "bulk", include_str!("../../../../migrations/0020_bulk.sql")),
    (
        21,
        "views and undo",
        include_str!("../../../../migrations/0021_views_undo.sql"),
    ),
    (
        22,
        "campaign series",
        include_str!("../../../../migrations/0022_campaign_series.sql"),
    ),
    (
        23,
        "key expiry",
        include_str!("../../../../migrations/0023_key_expiry.sql"),
    ),
    (
        24,
        "second factor",
        include_str!("../../../../migrations/0024_second_factor.sql"),
    ),
    (
        25,
        "auto reply rules",
        include_str!("../../../../migrations/0025_auto_reply_rules.sql"),
    ),
    (
        26,
        "template drift",
        include_str!("../../../../migrations/0026_template_drift.sql"),
    ),
    (
        27,
        "planned start",
        include_str!("../../../../migrations/0027_planned_start.sql"),
    ),
    (
        28,
        "unread",
        include_str!("../../../../migrations/0028_unread.sql"),
    ),
    (29, "lists", include_str!("../../../../migrations/0029_lists.sql")),
    (
        30,
        "import drafts",
        include_str!("../../../../migrations/0030_import_drafts.sql"),
    ),
    (
        31,
        "catalog",
        include_str!("../../../../migrations/0031_catalog.sql"),
    ),
    (32, "files", include_str!("../../../../migrations/0032_files.sql")),
    (
        33,
        "cap and control",
        include_str!("../../../../migrations/0033_cap_and_control.sql"),
    ),
    (
        34,
        "who and when",
        include_str!("../../../../migrations/0034_who_and_when.sql"),
    ),
    (35, "inbox", include_str!("../../../../migrations/0035_inbox.sql")),
    (
        36,
        "template versions",
        include_str!("../../../../migrations/0036_template_version.sql"),
    ),
    (
        37,
        "demo crowds",
        include_str!("../../../../migrations/0037_demo_crowd.sql"),
    ),
    (
        38,
        "fresh vendor ids",
        include_str!("../../../../migrations/0038_fresh_vendor_ids.sql"),
    ),
    (39, "ahead", include_str!("../../../../migrations/0039_ahead.sql")),
    (
        40,
        "import windows",
        include_str!("../../../../migrations/0040_import_window.sql"),
    ),
];

impl Dialect {
    /// Fills the markers of a migration text.
    pub fn ddl(self, text: &str) -> String {
        let (id, blob, clustered, bytes) = match self {
            Self::Sqlite => ("INTEGER PRIMARY KEY", "BLOB", "WITHOUT ROWID", ""),
            Self::Postgres => ("BIGINT PRIMARY KEY", "BYTEA", "", "COLLATE \"C\""),
        };
        text.replace("{id}", id)
            .replace("{blob}", blob)
            .replace("{clustered}", clustered)
            .replace("{bytes}", bytes)
    }

    /// The text of a batch statement for this engine.
    pub fn pick(self, batch: &Batch) -> &'static str {
        match self {
            Self::Sqlite => batch.sqlite,
            Self::Postgres => batch.postgres,
        }
    }
}

/// A statement over many rows, which come as one JSON array in `$1`.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// Text for SQLite.
    pub sqlite: &'static str,
    /// Text for PostgreSQL.
    pub postgres: &'static str,
}

/// Builds a [`Batch`]: the second argument is where the rows go. There `r.value` is one element: take its members
/// with `CAST(r.value ->> 'name' AS BIGINT)`, or `r.value ->> 'name'` for text. Numbers and text only; booleans
/// differ by engine.
macro_rules! batch {
    ($before:literal, rows, $after:literal) => {
        $crate::store::dialect::Batch {
            sqlite: concat!($before, " json_each($1) AS r ", $after),
            postgres: concat!(
                $before,
                " json_array_elements(CAST($1 AS json)) AS r(value) ",
                $after
            ),
        }
    };
}
pub(crate) use batch;

/// Builds a [`Batch`] for `column IN (the JSON array of texts in $1)`.
macro_rules! in_texts {
    ($before:literal, $after:literal) => {
        $crate::store::dialect::Batch {
            sqlite: concat!($before, " (SELECT value FROM json_each($1)) ", $after),
            postgres: concat!(
                $before,
                " (SELECT json_array_elements_text(CAST($1 AS json))) ",
                $after
            ),
        }
    };
}
pub(crate) use in_texts;

/// Builds a [`Batch`] for `column IN (the JSON array of 64-bit numbers in $1)`.
macro_rules! in_numbers {
    ($before:literal, $after:literal) => {
        $crate::store::dialect::Batch {
            sqlite: concat!($before, " (SELECT value FROM json_each($1)) ", $after),
            postgres: concat!(
                $before,
                " (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)) ",
                $after
            ),
        }
    };
}
pub(crate) use in_numbers;
