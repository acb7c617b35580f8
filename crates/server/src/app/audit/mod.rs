//! Who changed what: noted in the transaction of the act.

mod look;

pub use look::{Before, Seen, id_kind, look, note_change};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{App, AppError};
use crate::store::audit::{AuditRow, insert};
use crate::store::{Tx, to_json};

/// Kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody who signed in.
    User,
    /// A program.
    ApiKey,
    /// The server by itself.
    System,
    /// A command that works on the data directly.
    Cli,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 4] = [Self::User, Self::ApiKey, Self::System, Self::Cli];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::System => "system",
            Self::Cli => "cli",
        }
    }
}

/// Who acts, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Kind.
    pub kind: Kind,
    /// Id of the user or the key; 0: neither.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Address; empty when it does not come over the network.
    pub address: String,
}

impl Actor {
    /// The server by itself.
    pub fn system() -> Self {
        Self {
            kind: Kind::System,
            id: 0,
            name: "Harkara".into(),
            address: String::new(),
        }
    }

    /// The command line, on the machine of the data.
    pub fn cli() -> Self {
        Self {
            kind: Kind::Cli,
            id: 0,
            name: "command line".into(),
            address: String::new(),
        }
    }

    /// A user.
    pub fn user(id: i64, name: &str, address: &str) -> Self {
        Self {
            kind: Kind::User,
            id,
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }
}

/// What was acted on; its type is the first word of the action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// Id; 0: none.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditChange {
    /// Name of the field.
    pub field: String,
    /// Its value before; a secret is `"***"`.
    #[schema(value_type = Object)]
    pub before: Value,
    /// Its value after; a secret is `"***"`.
    #[schema(value_type = Object)]
    pub after: Value,
}

/// Notes an act, such as `account.update`.
pub async fn note(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    object: &Object,
    changes: &[AuditChange],
) -> Result<(), AppError> {
    let row = AuditRow {
        id: app.id(),
        at: app.now(),
        actor_type: actor.kind.name().into(),
        actor_id: actor.id,
        actor_name: actor.name.clone(),
        action: action.to_owned(),
        object_type: action.split('.').next().unwrap_or_default().to_owned(),
        object_id: object.id,
        object_name: object.name.clone(),
        address: actor.address.clone(),
        changes: to_json(changes),
    };
    Ok(insert(tx, &row).await?)
}
