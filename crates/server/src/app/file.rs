//! Files of the business: received and given in pieces, kept as long as something may send them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use harkara_provider::{MediaKind, Reply};
use sha2::{Digest, Sha256};

use super::audit::Actor;
use super::media::Pieces;
use super::{App, AppError, token};
use crate::clock::{DAY, Millis};
use crate::domain::file::{self, LIMIT, PREFIX, Type, agrees, limit, own_tokens, too_large};
use crate::domain::problem::FieldProblem;
use crate::store::file as store;
use crate::store::file::PIECE;
pub use crate::store::file::{ANSWER, ANYTHING, FileRow, UseRow};
use crate::store::turn::Lane;
use crate::store::{StoreError, Tx};

/// Pieces that are deleted in one transaction.
const PIECES: i64 = 16;
/// Characters of a name at most.
const NAME: usize = 200;

/// A file that somebody wants to upload.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its type, when it is said.
    pub mime: Option<String>,
    /// What it is to be sent as, when that is known.
    pub kind: Option<MediaKind>,
    /// It is attached to an answer, and for nothing else.
    pub for_answer: bool,
    /// Its length, when it is said.
    pub length: Option<u64>,
}

/// A file that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The file.
    pub row: FileRow,
    /// It was not there before.
    pub new: bool,
}

/// Receives a file. The same bytes under the same type are the same file.
///
/// # Errors
/// It is nothing that WhatsApp takes, too large, or broke off.
pub async fn receive<E: std::fmt::Display>(
    app: &Arc<App>,
    actor: &Actor,
    wanted: Wanted,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Received, AppError> {
    let mut body = std::pin::pin!(body);
    let known = fits(&wanted)?;
    let mut coming = Coming::new(app, actor, &wanted, known);
    let received = take(&mut coming, &mut body).await;
    if let Err(refused) = received {
        // A browser reads the answer only when it has sent all. What is too large is not waited for.
        let mut drained = 0;
        while !refused.too_large
            && drained <= LIMIT
            && let Some(Ok(piece)) = body.next().await
        {
            drained += piece.len() as u64;
        }
        return Err(refused.why);
    }
    coming.finish(wanted.for_answer).await
}

/// The type of what is wanted.
fn fits(wanted: &Wanted) -> Result<&'static Type, AppError> {
    let wrong = |problem: FieldProblem| AppError::Invalid(vec![problem]);
    let name = wanted.name.trim();
    if name.is_empty()
        || name.chars().count() > NAME
        || name.contains(|c: char| c.is_control() || "/\\".contains(c))
    {
        let detail = "Give the name of the file, at most 200 characters, without slashes: `?name=offer.jpg`.";
        return Err(AppError::field("/name", "required", detail));
    }
    let known = file::declared(wanted.mime.as_deref(), name, wanted.kind).map_err(wrong)?;
    if wanted.length.is_some_and(|length| length > limit(known.kind)) {
        return Err(wrong(too_large(known.kind)));
    }
    Ok(known)
}

struct Refused {
    why: AppError,
    too_large: bool,
}

impl From<AppError> for Refused {
    fn from(why: AppError) -> Self {
        Self {
            why,
            too_large: false,
        }
    }
}

/// Reads all of it, piece by piece.
async fn take<E: std::fmt::Display>(
    coming: &mut Coming,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<(), Refused> {
    let kind = coming.known.kind;
    let mut buffer = BytesMut::with_capacity(PIECE);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|e| {
            let detail = format!("The file broke off: {e}. Send it again.");
            AppError::field("/body", "broke_off", detail)
        })?;
        coming.hash.update(&piece);
        coming.bytes += piece.len() as u64;
        if coming.bytes > limit(kind) {
            return Err(Refused {
                why: AppError::Invalid(vec![too_large(kind)]),
                too_large: true,
            });
        }
        buffer.extend_from_slice(&piece);
        while buffer.len() >= PIECE {
            let whole = buffer.split_to(PIECE);
            coming.keep(&whole).await?;
        }
        buffer.reserve(PIECE - buffer.len());
    }
    if coming.bytes == 0 {
        return Err(AppError::field(
            "/body",
            "empty",
            "The file is empty: the body of the request is its bytes.",
        )
        .into());
    }
    if !buffer.is_empty() {
        coming.keep(&buffer).await?;
    }
    Ok(())
}

/// A file on its way in. When it does not come to its end, what came of it goes.
struct Coming {
    app: Arc<App>,
    row: FileRow,
    known: &'static Type,
    hash: Sha256,
    bytes: u64,
    pieces: i64,
    settled: bool,
}

impl Coming {
    fn new(app: &Arc<App>, actor: &Actor, wanted: &Wanted, known: &'static Type) -> Self {
        let now = app.now();
        Self {
            app: app.clone(),
            row: FileRow {
                id: app.id(),
                token: format!("{PREFIX}{}", token::new()),
                name: wanted.name.trim().to_owned(),
                mime: known.mime.to_owned(),
                bytes: 0,
                purpose: purpose(wanted.for_answer),
                actor_type: actor.kind.name().to_owned(),
                actor_id: actor.id,
                actor_name: actor.name.clone(),
                created_at: now,
                used_at: now,
            },
            known,
            hash: Sha256::new(),
            bytes: 0,
            pieces: 0,
            settled: true,
        }
    }

    async fn keep(&mut self, piece: &[u8]) -> Result<(), AppError> {
        let first = self.pieces == 0;
        if first {
            agrees(self.known, piece).map_err(|problem| AppError::Invalid(vec![problem]))?;
        }
        self.settled = false;
        let mut tx = self.app.db.write_in(Lane::Bulk).await?;
        if first {
            store::begin(&mut tx, &self.row).await?;
        }
        store::add(&mut tx, self.row.id, self.pieces, piece).await?;
        tx.commit().await?;
        self.pieces += 1;
        Ok(())
    }

    async fn finish(mut self, for_answer: bool) -> Result<Received, AppError> {
        let hash = URL_SAFE_NO_PAD.encode(std::mem::take(&mut self.hash).finalize());
        let known = match self.try_finish(&hash).await {
            Ok(row) => {
                self.settled = true;
                return Ok(Received { row, new: true });
            }
            Err(AppError::Store(e)) if e.is_duplicate() => &self.row.mime,
            Err(e) => return Err(e),
        };
        // The same bytes are there already; what came now goes.
        let mut tx = self.app.db.write().await?;
        let id = store::by_hash(&mut tx, &hash, known).await?;
        if let Some(id) = id {
            store::used(&mut tx, id, purpose(for_answer), self.app.now()).await?;
            let row = store::by_id(&mut tx, id).await?;
            tx.commit().await?;
            if let Some(row) = row {
                return Ok(Received { row, new: false });
            }
        }
        Err(AppError::conflict(
            "file_went",
            "The same file was deleted at this moment.",
            "Send it again.",
        ))
    }

    async fn try_finish(&self, hash: &str) -> Result<FileRow, AppError> {
        let bytes = i64::try_from(self.bytes).unwrap_or(i64::MAX);
        let mut tx = self.app.db.write().await?;
        store::finish(&mut tx, self.row.id, bytes, hash, self.app.now()).await?;
        let row = store::by_id(&mut tx, self.row.id).await?;
        tx.commit().await?;
        row.ok_or(AppError::NotFound("file"))
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        if !self.settled {
            sweep(&self.app, self.row.id);
        }
    }
}

fn purpose(for_answer: bool) -> i16 {
    if for_answer { ANSWER } else { ANYTHING }
}

/// Deletes what is left of a file that nobody sees; the retention worker does when this is cut short.
pub fn sweep(app: &Arc<App>, id: i64) {
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            match some_go(&app, id).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return tracing::warn!(%error, "what is left of a file goes later"),
            }
        }
    });
}

/// Deletes some pieces of it. Answers whether there may be more.
async fn some_go(app: &App, id: i64) -> Result<bool, StoreError> {
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    let more = store::crumble(&mut tx, id, PIECES).await?;
    tx.commit().await?;
    Ok(more)
}

/// The public address of a file.
pub fn address(app: &App, row: &FileRow) -> String {
    file::address(&app.config.public_base(), &row.token, &row.name, &row.mime)
}

/// The file of an address: its token and the name that stands behind.
///
/// # Errors
/// There is none, or not under this name.
pub async fn at_address(app: &App, token: &str, name: &str) -> Result<FileRow, AppError> {
    let mut tx = app.db.read().await?;
    let row = store::by_token(&mut tx, token).await?;
    drop(tx);
    let row = row
        .filter(|row| file::slug(&row.name, &row.mime) == name)
        .ok_or(AppError::NotFound("file"))?;
    let now = app.now();
    if row.used_at < now - DAY {
        let mut tx = app.db.write_in(Lane::Bulk).await?;
        store::used(&mut tx, row.id, row.purpose, now).await?;
        tx.commit().await?;
    }
    Ok(row)
}

/// The bytes from `first` to `last`. One piece is in memory at a time, and no transaction waits for whoever reads.
pub fn read(app: &Arc<App>, id: i64, first: u64, last: u64) -> Pieces {
    let size = PIECE as u64;
    stream::try_unfold((app.clone(), first), move |(app, at)| async move {
        if at > last {
            return Ok(None);
        }
        let n = i64::try_from(at / size).unwrap_or(i64::MAX);
        let piece = async {
            let mut tx = app.db.read().await?;
            store::piece(&mut tx, id, n).await
        };
        let piece = piece.await.map_err(std::io::Error::other)?;
        let piece = Bytes::from(piece.ok_or_else(|| std::io::Error::other("the file was deleted"))?);
        let from = usize::try_from(at % size).unwrap_or(usize::MAX).min(piece.len());
        let most = usize::try_from(last - at + 1).unwrap_or(usize::MAX);
        let part = piece.slice(from..piece.len().min(from.saturating_add(most)));
        if part.is_empty() {
            return Err(std::io::Error::other("a piece of the file is missing"));
        }
        let next = at + part.len() as u64;
        Ok(Some((part, (app, next))))
    })
    .boxed()
}

/// The file of this id.
pub async fn row(tx: &mut Tx, id: i64) -> Result<FileRow, AppError> {
    store::by_id(tx, id).await?.ok_or(AppError::NotFound("file"))
}

/// What still sends a file.
pub async fn uses(tx: &mut Tx, row: &FileRow) -> Result<Vec<UseRow>, AppError> {
    Ok(store::uses(tx, &row.token).await?)
}

/// Deletes a file that nothing sends any more: from now on nobody sees it, and [`sweep`] deletes its bytes.
///
/// # Errors
/// Something still sends it.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), AppError> {
    store::lock(tx, id).await?;
    let row = row(tx, id).await?;
    if let Some(first) = uses(tx, &row).await?.first() {
        return Err(in_use(first));
    }
    Ok(store::hide(tx, id).await?)
}

fn in_use(by: &UseRow) -> AppError {
    let name = &by.name;
    let (detail, help) = match by.what.as_str() {
        "template" => (
            format!("The template \"{name}\" has this file."),
            "Give the template another file, or delete the template; a deleted one keeps it while it can be restored.",
        ),
        "campaign" => (
            format!("The campaign \"{name}\" is not over, and sends this file."),
            "Delete the file when the campaign is over, or give the campaign another file before it begins.",
        ),
        "account" => (
            format!("The automatic answers of \"{name}\" have the address of this file."),
            "Take it out of the automatic answers first.",
        ),
        _ => (
            format!(
                "A message to {name} that has not left, or of which nobody knows whether it did, has this file."
            ),
            "Delete the file when the message has left.",
        ),
    };
    AppError::conflict("file_in_use", detail, help)
}

/// Refuses content, as JSON, with the address of a file of ours that is gone. Those that are there stay until this transaction ends.
pub async fn hold(app: &App, tx: &mut Tx, json: &str, pointer: &str) -> Result<(), AppError> {
    if !json.contains(PREFIX) {
        return Ok(());
    }
    let base = app.config.public_base();
    let tokens = own_tokens(json, &base);
    let found = store::hold(tx, &tokens, app.now()).await?;
    if found.len() < tokens.len() {
        return Err(AppError::field(pointer, "file_gone", GONE));
    }
    Ok(())
}

/// Bytes of a file at most that is given to a provider whole.
const COPY: i64 = 15 << 20;

/// A file of ours at this address as if it had been fetched; `None` when it is none of ours.
///
/// # Errors
/// It is gone, or too large to be given whole.
pub async fn copy(app: &App, tx: &mut Tx, url: &str, pointer: &str) -> Result<Option<Reply>, AppError> {
    let base = app.config.public_base();
    let Some(token) = own_tokens(url, &base).pop() else {
        return Ok(None);
    };
    let Some(row) = store::by_token(tx, token).await? else {
        return Err(AppError::field(pointer, "file_gone", GONE));
    };
    if row.bytes > COPY {
        let detail = "As the example that is submitted, a file has 15 MB at most. Submit a smaller one, and give the campaign this one.";
        return Err(AppError::field(pointer, "example_too_large", detail));
    }
    let mut body = Vec::new();
    for n in 0.. {
        match store::piece(tx, row.id, n).await? {
            Some(piece) => body.extend(piece),
            None => break,
        }
    }
    Ok(Some(Reply {
        status: 200,
        headers: vec![("content-type".into(), row.mime)],
        body,
    }))
}

const GONE: &str = "The uploaded file was deleted since, so its address leads nowhere. Upload it again.";

/// Why content, as JSON, cannot be sent whose file is gone.
pub async fn gone(app: &App, tx: &mut Tx, json: &str) -> Result<Option<String>, AppError> {
    if !json.contains(PREFIX) {
        return Ok(None);
    }
    let base = app.config.public_base();
    for token in own_tokens(json, &base) {
        if store::by_token(tx, token).await?.is_none() {
            return Ok(Some(GONE.to_owned()));
        }
    }
    Ok(None)
}

/// Deletes the files of answers that were sent to nobody but whoever got these messages; answers how many.
pub async fn erase(app: &App, tx: &mut Tx, messages: &[i64]) -> Result<i64, AppError> {
    let mut gone = 0;
    for (token, id) in store::forget_messages(tx, messages).await? {
        store::lock(tx, id).await?;
        if !store::uses(tx, &token).await?.is_empty() {
            // A template has it by now.
            store::used(tx, id, ANYTHING, app.now()).await?;
            continue;
        }
        store::hide(tx, id).await?;
        store::crumble(tx, id, i64::from(i32::MAX)).await?;
        gone += 1;
    }
    Ok(gone)
}

/// Deletes a little of what is old and of use to nobody. Answers whether there may be more.
pub async fn forget(app: &App, tx: &mut Tx) -> Result<bool, AppError> {
    let now = app.now();
    if let Some(id) = store::broken(tx, now - DAY).await? {
        store::crumble(tx, id, PIECES).await?;
        return Ok(true);
    }
    let days = app.config.file_days;
    if days == 0 {
        return Ok(false);
    }
    let before: Millis = now - days * DAY;
    let Some(row) = store::unused(tx, before).await? else {
        return Ok(false);
    };
    store::lock(tx, row.id).await?;
    if uses(tx, &row).await?.is_empty() {
        store::hide(tx, row.id).await?;
    } else {
        store::used(tx, row.id, row.purpose, now).await?;
    }
    Ok(true)
}
