//! A transaction that is open, and who looks on: tests let transactions wait, and fail at their beginning or their end.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

use futures::future::BoxFuture;
use sqlx::{Database, Transaction};

use super::StoreError;
use super::log_sync::LogSync;
use super::news::{Notes, Topic};
use super::turn::Turn;

/// Decides when a transaction begins, and whether it can.
pub trait Watch: Debug + Send + Sync + 'static {
    /// A transaction is to begin, to write or only to read.
    fn begin(&self, write: bool) -> BoxFuture<'static, Result<Box<dyn Watching>, StoreError>>;
}

/// Lives as long as one transaction does.
pub trait Watching: Debug + Send + Sync + 'static {
    /// It is to be made durable. An error prevents that.
    fn commit(&mut self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// It is durable. An error hides that.
    fn committed(&mut self) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// An open transaction of one engine; statements use it as their connection.
#[derive(Debug)]
pub struct Open<D: Database> {
    transaction: Transaction<'static, D>,
    notes: Notes,
    watching: Option<Box<dyn Watching>>,
    /// Waited for after the commit, when it is not durable by itself.
    log: Option<LogSync>,
    /// Given on after the transaction is over: fields are dropped in this order.
    turn: Option<Turn>,
}

impl<D: Database> Open<D> {
    pub(super) fn new(transaction: Transaction<'static, D>, notes: Notes) -> Self {
        Self {
            transaction,
            notes,
            watching: None,
            log: None,
            turn: None,
        }
    }

    pub(super) fn in_turn(self, turn: Turn) -> Self {
        Self {
            turn: Some(turn),
            ..self
        }
    }

    pub(super) fn durable(self, log: Option<LogSync>) -> Self {
        Self { log, ..self }
    }

    pub(super) fn watched(self, watching: Box<dyn Watching>) -> Self {
        Self {
            watching: Some(watching),
            ..self
        }
    }

    pub(super) fn note(&mut self, topic: Topic, id: i64) {
        self.notes.add(topic, id);
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let Self {
            transaction,
            notes,
            mut watching,
            log,
            turn,
        } = self;
        if let Some(watching) = &mut watching {
            watching.commit().await?;
        }
        transaction.commit().await?;
        drop(turn);
        if let Some(log) = log {
            log.wait().await?;
        }
        notes.tell();
        match &mut watching {
            Some(watching) => watching.committed().await,
            None => Ok(()),
        }
    }
}

impl<D: Database> Deref for Open<D> {
    type Target = D::Connection;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

impl<D: Database> DerefMut for Open<D> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.transaction
    }
}
