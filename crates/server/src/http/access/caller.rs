//! Who calls, and what they change.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::table::Rule;
use crate::app::audit::{Actor, Before, Kind, look, note_change};
use crate::app::sign_in::{Client, SignedIn};
use crate::app::{App, AppError};
use crate::domain::permission::{Permission, Rights};
use crate::http::Shared;
use crate::http::problem::Problem;
use crate::store::Tx;

/// Who calls: a living API key, or a user who signed in. [`super::guard`] has let them through.
#[derive(Debug, Clone)]
pub struct Caller {
    /// For the audit log.
    pub actor: Actor,
    /// What they may do.
    pub rights: Rights,
    /// The user and the session; `None` for a key.
    pub signed_in: Option<Arc<SignedIn>>,
    /// From where.
    pub client: Client,
    /// The endpoint.
    pub rule: &'static Rule,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "nobody",
                "The endpoint asks who calls, and is open to everybody.",
                "Please report this as a bug.",
            )
        })
    }
}

impl Caller {
    /// May they?
    pub fn may(&self, permission: Permission) -> bool {
        self.rights.may(permission)
    }

    /// Refuses when they may not.
    pub fn needs(&self, permission: Permission) -> Result<(), AppError> {
        if self.may(permission) {
            return Ok(());
        }
        let (detail, help) = self.rights.refusal(permission);
        Err(AppError::NotAllowed { detail, help })
    }

    /// The user and the session of an endpoint that is only for users.
    pub fn user(&self) -> Result<&SignedIn, AppError> {
        self.signed_in.as_deref().ok_or(AppError::NotFound("user"))
    }

    /// What the audit log calls what the endpoint does, when it is to be noted.
    pub fn act_name(&self) -> Option<&'static str> {
        let by_hand = self.actor.kind == Kind::User;
        self.rule.act.filter(|_| by_hand || !self.rule.by_hand)
    }

    /// Begins to change the object of this id (`None` when it is a new one) in a transaction of its own.
    pub async fn act(&self, app: &App, id: Option<i64>) -> Result<Act, AppError> {
        let mut tx = app.db.write().await?;
        let before = self.before(&mut tx, id).await?;
        let caller = self.clone();
        Ok(Act { tx, caller, before })
    }

    /// What the object is like before an act that has transactions of its own; [`Self::afterwards`] notes it.
    pub async fn first(&self, app: &App, id: i64) -> Result<Before, AppError> {
        self.before(&mut app.db.read().await?, Some(id)).await
    }

    /// Notes an act that had transactions of its own.
    pub async fn afterwards(&self, app: &App, before: Before, id: i64) -> Result<(), AppError> {
        let mut tx = app.db.write().await?;
        self.note(app, &mut tx, before, Some(id)).await?;
        Ok(tx.commit().await?)
    }

    /// What the object is like before the act.
    pub async fn before(&self, tx: &mut Tx, id: Option<i64>) -> Result<Before, AppError> {
        Ok(match (self.act_name(), id) {
            (Some(name), Some(id)) => look(tx, name, id).await?.into(),
            _ => Before::New,
        })
    }

    /// Notes the act, with what it changed.
    pub async fn note(
        &self,
        app: &App,
        tx: &mut Tx,
        before: Before,
        id: Option<i64>,
    ) -> Result<(), AppError> {
        match self.act_name() {
            Some(name) => note_change(app, tx, &self.actor, name, id.unwrap_or(0), before).await,
            None => Ok(()),
        }
    }
}

/// A change that is noted when it is committed.
#[derive(Debug)]
pub struct Act {
    /// Where it is made.
    pub tx: Tx,
    caller: Caller,
    before: Before,
}

impl Act {
    /// Makes it durable together with its note.
    pub async fn commit(self, app: &App, id: Option<i64>) -> Result<(), AppError> {
        let Self {
            mut tx,
            caller,
            before,
        } = self;
        caller.note(app, &mut tx, before, id).await?;
        Ok(tx.commit().await?)
    }
}
