//! Files that people sent, fetched from the provider when somebody looks at them. They are not kept here.

use std::time::Duration;

use futures::StreamExt;
use harkara_provider::{InboundContent, SendError, SendErrorKind};

use super::account::{self, provider_trouble};
use super::{App, AppError};
use crate::domain::state::RECEIVED;
use crate::engine::Opened;
use crate::store::{message, number};

/// Bytes of a file at most. WhatsApp's own limit of a document is 100 MB
/// (<https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>, read 2026-01).
pub const LIMIT: u64 = 100 << 20;
/// How long the whole of a file may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// The bytes of a file as they come.
pub type Pieces = futures::stream::BoxStream<'static, Result<bytes::Bytes, std::io::Error>>;

/// A file that is on its way.
pub struct File {
    /// What the person's phone or the provider said that it is; nobody has looked.
    pub mime: String,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// Its bytes, when they were said.
    pub length: Option<u64>,
    /// What comes; ends with an error when it becomes larger than [`LIMIT`].
    pub body: Pieces,
}

/// Opens the file of a received message.
///
/// # Errors
/// The message has none, or the provider does not give it (any more).
pub async fn open(app: &App, id: i64) -> Result<File, AppError> {
    let mut tx = app.db.read().await?;
    let row = message::by_id(&mut tx, id).await?;
    let row = row
        .filter(|row| row.state == RECEIVED)
        .ok_or(AppError::NotFound("message"))?;
    let content = row.content.as_deref().unwrap_or_default();
    let content: Option<InboundContent> = serde_json::from_str(content).ok();
    let media = content
        .and_then(|content| content.media)
        .ok_or(AppError::NotFound("file"))?;
    let number = number::by_id(&mut tx, row.number_id).await?;
    let number = number.ok_or(AppError::NotFound("number"))?;
    let loaded = account::load(app, &mut tx, number.account_id).await?;
    drop(tx);
    let trouble = |e: SendError| provider_trouble(&loaded.row.nickname, e);
    let request = loaded
        .provider
        .media(&loaded.account, &media, app.now())
        .map_err(trouble)?;
    let opened = app.engine.within(PATIENCE).open(&request).await;
    let opened = opened.map_err(|e| trouble(e.into()))?;
    if !(200..300).contains(&opened.status) {
        return Err(trouble(gone(opened.status)));
    }
    let said = header(&opened, "content-type").unwrap_or_default().to_owned();
    let length: Option<u64> = header(&opened, "content-length").and_then(|text| text.parse().ok());
    if length.is_some_and(|length| length > LIMIT) {
        return Err(trouble(too_large()));
    }
    let mut left = LIMIT;
    let body = opened.body.map(move |piece| {
        let piece = piece.map_err(std::io::Error::other)?;
        left = left
            .checked_sub(piece.len() as u64)
            .ok_or_else(|| std::io::Error::other("the file is too large"))?;
        Ok(piece)
    });
    Ok(File {
        mime: if media.mime.is_empty() { said } else { media.mime },
        name: media.filename.filter(|name| !name.trim().is_empty()),
        length,
        body: body.boxed(),
    })
}

fn header<'o>(opened: &'o Opened, name: &str) -> Option<&'o str> {
    let mut headers = opened.headers.iter();
    headers
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

fn gone(status: u16) -> SendError {
    SendError::new(
        SendErrorKind::Rejected,
        None,
        format!("the file cannot be fetched (HTTP {status})"),
        "Providers keep files for some days only. Ask the person to send it again.",
    )
}

fn too_large() -> SendError {
    SendError::new(
        SendErrorKind::Rejected,
        None,
        "the file is larger than 100 MiB",
        "Ask the person for a smaller one.",
    )
}
