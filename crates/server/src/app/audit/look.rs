//! What an object is like, so that a note can say what an act changed. Secrets are told apart, and never shown.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Actor, AuditChange, Object, note};
use crate::app::{App, AppError};
use crate::domain::campaign;
use crate::domain::control::Control;
use crate::domain::id;
use crate::store::{self, Tx, from_json};

/// Instead of a secret.
const SECRET: &str = "***";
/// Characters of a value at most.
const LONGEST: usize = 2_000;

/// A field as it was seen.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    value: Value,
    secret: bool,
}

/// An object as it was seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    name: String,
    fields: BTreeMap<String, Field>,
}

/// What is known of an object before an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Before {
    /// There is none yet.
    New,
    /// Nothing is known.
    Unknown,
    /// It was like this.
    Was(Seen),
}

impl From<Option<Seen>> for Before {
    fn from(seen: Option<Seen>) -> Self {
        seen.map_or(Self::Unknown, Self::Was)
    }
}

impl Seen {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            fields: BTreeMap::new(),
        }
    }

    fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        let field = field.into();
        let value = value.into();
        self.fields.insert(field, Field { value, secret: false });
        self
    }

    fn secret(mut self, field: String, value: String) -> Self {
        let value = Value::from(value);
        self.fields.insert(field, Field { value, secret: true });
        self
    }

    fn members(mut self, prefix: &str, object: Value) -> Self {
        if let Value::Object(members) = object {
            for (key, value) in members {
                self = self.with(format!("{prefix}.{key}"), value);
            }
        }
        self
    }
}

/// Which kind of id the objects of an action have.
pub fn id_kind(action: &str) -> Option<id::Kind> {
    Some(match action.split('.').next()? {
        "account" => id::ACCOUNT,
        "api_key" => id::API_KEY,
        "bulk" => id::BULK,
        "callback" => id::CALLBACK,
        "campaign" => id::CAMPAIGN,
        "conversation" => id::CONVERSATION,
        "file" => id::FILE,
        "import" => id::IMPORT,
        "invite" => id::INVITE,
        "list" => id::LIST,
        "message" => id::MESSAGE,
        "number" => id::NUMBER,
        "profile" => id::PROFILE,
        "session" => id::SESSION,
        "template" => id::TEMPLATE,
        "user" => id::USER,
        _ => return None,
    })
}

/// Looks at the object of an action; `None` when there is none, or it has no fields that could change.
pub async fn look(tx: &mut Tx, action: &str, id: i64) -> Result<Option<Seen>, AppError> {
    match action.split('.').next().unwrap_or_default() {
        "account" => account(tx, id).await,
        "api_key" => api_key(tx, id).await,
        "campaign" => campaign_(tx, id).await,
        "file" => file(tx, id).await,
        "import" => import(tx, id).await,
        "invite" => invite(tx, id).await,
        "list" => list(tx, id).await,
        "number" => number(tx, id).await,
        "profile" => profile(tx, id).await,
        "template" => template(tx, id).await,
        "user" => user(tx, id).await,
        _ => Ok(None),
    }
}

async fn account(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let Some(row) = store::account::by_id(tx, id).await? else {
        return Ok(None);
    };
    let state = match row.state {
        store::account::HELD => "held",
        store::account::ARCHIVED => "archived",
        store::account::DELETED => "deleted",
        _ => "active",
    };
    let mut seen = Seen::new(&row.nickname)
        .with("provider", row.provider.as_str())
        .with("state", state)
        .with("held_reason", row.held_reason.clone())
        .members("settings", json!(row.settings()?))
        .with("auto_reply_rules", json!(row.auto_reply()?.rules()));
    for (key, secret) in row.secrets()? {
        seen = seen.secret(format!("settings.{key}"), secret.sealed);
    }
    Ok(Some(seen))
}

async fn api_key(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::api_key::by_id(tx, id).await?;
    row.map(|row| {
        let scopes = crate::app::api_key::scopes(&row)?;
        Ok(Seen::new(&row.name)
            .with("scopes", json!(scopes))
            .with("expires_at", row.expires_at)
            .with("revoked_at", row.revoked_at))
    })
    .transpose()
}

async fn campaign_(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::campaign::by_id(tx, id).await?;
    let labels = crate::app::campaign::labels_of(tx, id).await?;
    row.map(|row| {
        Ok(Seen::new(&row.name)
            .with("name", row.name.as_str())
            .with("state", campaign::name(row.state))
            .with("template_id", id::TEMPLATE.show(row.template_id))
            .with("number_id", id::NUMBER.show(row.number_id))
            .with("audience", from_json::<Value>("audience", &row.audience)?)
            .with("exclude", stored(row.exclude.as_deref())?)
            .with(
                "control_percent",
                Control::of_permille(row.control_permille).percent(),
            )
            .with("respect_frequency_cap", row.ignores_cap == 0)
            .with("mapping", from_json::<Value>("mapping", &row.mapping)?)
            .with("messages_per_second", row.messages_per_second)
            .with("starts", json!(crate::app::campaign::planned_start(&row)))
            .with("ends", json!(crate::app::campaign::planned_end(&row)))
            .with("quiet", stored(row.quiet.as_deref())?)
            .with("scheduled_at", row.scheduled_at)
            .with("labels", json!(labels)))
    })
    .transpose()
}

/// JSON that is kept where there is any.
fn stored(text: Option<&str>) -> Result<Value, AppError> {
    Ok(text.map_or(Ok(Value::Null), |text| from_json("setting", text))?)
}

async fn file(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::file::by_id(tx, id).await?;
    Ok(row.map(|row| {
        Seen::new(&row.name)
            .with("name", row.name.as_str())
            .with("type", row.mime.as_str())
            .with("bytes", row.bytes)
    }))
}

async fn import(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::import::by_id(tx, id).await?;
    row.map(|row| {
        let options = from_json::<Value>("options", &row.options)?;
        Ok(Seen::new(&row.file_name)
            .with("file_name", row.file_name.as_str())
            .with("options", options))
    })
    .transpose()
}

async fn invite(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::invite::by_id(tx, id).await?;
    Ok(row.map(|row| {
        Seen::new(&row.email)
            .with("email", row.email.as_str())
            .with("role", row.role)
    }))
}

async fn list(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::list::any_by_id(tx, id).await?;
    Ok(row.map(|row| {
        Seen::new(&row.name)
            .with("name", row.name.as_str())
            .with("deleted", row.deleted_at.is_some())
    }))
}

async fn number(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let Some(row) = store::number::by_id(tx, id).await? else {
        return Ok(None);
    };
    let in_use = store::retired::in_use(tx, row.account_id).await?;
    Ok(Some(
        Seen::new(&row.phone)
            .with("account_id", id::ACCOUNT.show(row.account_id))
            .with("phone", row.phone.as_str())
            .with("default", row.is_default == 1)
            .with("messages_per_second", row.messages_per_second)
            .with("archived", !in_use.contains(&id)),
    ))
}

async fn profile(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let Some(row) = store::profile::by_id(tx, id).await? else {
        return Ok(None);
    };
    let phones: Vec<&str> = row.phone.as_deref().into_iter().collect();
    let suppressed = !store::consent::suppressed(tx, &phones).await?.is_empty();
    let opt_in = match row.opt_in {
        store::profile::OPTED_IN => "in",
        store::profile::OPTED_OUT => "out",
        _ => "none",
    };
    Ok(Some(
        Seen::new(row.name.as_deref().unwrap_or(&row.identity))
            .with("identity", row.identity.as_str())
            .with("phone", row.phone.clone())
            .with("name", row.name.clone())
            .with("opt_in", opt_in)
            .with("opted_out_number", suppressed)
            .members("attributes", from_json("attributes", &row.attributes)?),
    ))
}

async fn template(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::template::by_id(tx, id).await?;
    row.map(|row| {
        let name = store::template_shelf::plain_name(&row).to_owned();
        Ok(Seen::new(&name)
            .with("name", name.as_str())
            .with("deleted", row.shelf.deleted_at.is_some())
            .with("language", row.language)
            .with("category", row.category)
            .with("status", row.status)
            .with("addressing", row.addressing)
            .with("provider_template_id", row.provider_template_id)
            .members("content", from_json("content", &row.content)?)
            .members("mapping", from_json("mapping", &row.mapping)?))
    })
    .transpose()
}

async fn user(tx: &mut Tx, id: i64) -> Result<Option<Seen>, AppError> {
    let row = store::user::by_id(tx, id).await?;
    Ok(row.map(|row| {
        Seen::new(&row.name)
            .with("email", row.email)
            .with("name", row.name.as_str())
            .with("role", row.role)
            .with("language", row.language)
            .with("active", row.active == 1)
            .with("second_factor", row.factor_since.is_some())
            .secret("password".into(), row.password)
    }))
}

/// Notes an act with what it changed of its object.
pub async fn note_change(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    id: i64,
    before: Before,
) -> Result<(), AppError> {
    let after = match id {
        0 => None,
        _ => look(tx, action, id).await?,
    };
    let (was, known) = match before {
        Before::New => (None, true),
        Before::Unknown => (None, false),
        Before::Was(seen) => (Some(seen), true),
    };
    let name = after.as_ref().or(was.as_ref()).map(|seen| seen.name.clone());
    let object = Object {
        id,
        name: name.unwrap_or_default(),
    };
    let changes = if known {
        changes(&was.unwrap_or_default(), &after.unwrap_or_default())
    } else {
        Vec::new()
    };
    note(app, tx, actor, action, &object, &changes).await
}

/// The fields that differ, each with its value before and after.
fn changes(before: &Seen, after: &Seen) -> Vec<AuditChange> {
    let value = |field: Option<&Field>| match field {
        None => Value::Null,
        Some(field) if field.secret => Value::from(SECRET),
        Some(field) => short(field.value.clone()),
    };
    let is = |field: Option<&Field>| field.map_or(Value::Null, |field| field.value.clone());
    let names: std::collections::BTreeSet<&String> =
        before.fields.keys().chain(after.fields.keys()).collect();
    names
        .into_iter()
        .map(|name| (name, before.fields.get(name), after.fields.get(name)))
        .filter(|(_, was, now)| is(*was) != is(*now))
        .map(|(name, was, now)| AuditChange {
            field: name.clone(),
            before: value(was),
            after: value(now),
        })
        .collect()
}

/// Long values are cut: the log says what changed, and is no copy of it.
fn short(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => value.to_string(),
        _ => return value,
    };
    if text.chars().count() <= LONGEST {
        return value;
    }
    Value::from(text.chars().take(LONGEST).chain(['…']).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_and_secrets_are_not() {
        let before = Seen::new("Shop")
            .with("state", "held")
            .with("rate", 80)
            .secret("password".into(), "sealed-1".into())
            .secret("token".into(), "same".into());
        let after = Seen::new("Shop")
            .with("state", "active")
            .with("rate", 80)
            .with("note", "n".repeat(3_000))
            .secret("password".into(), "sealed-2".into())
            .secret("token".into(), "same".into());
        let told = changes(&before, &after);
        let fields: Vec<&str> = told.iter().map(|c| c.field.as_str()).collect();
        assert_eq!(fields, ["note", "password", "state"]);
        assert_eq!((&told[1].before, &told[1].after), (&json!("***"), &json!("***")));
        assert_eq!(
            (&told[2].before, &told[2].after),
            (&json!("held"), &json!("active"))
        );
        assert_eq!(told[0].after.as_str().unwrap().chars().count(), LONGEST + 1);
        assert!(!format!("{told:?}").contains("sealed"));
    }
}
