//! The reports of the instant gateway: everything that it took is told as sent, delivered and read, as fast as the receiver
//! takes it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex as Turn, mpsc};

use super::callbacks::Sent;
use super::callers::Line;
use crate::clock::{Clock, SystemClock};

/// Connections to the receiver.
const CONNECTIONS: usize = 16;
/// Pause before a callback that the receiver did not keep is posted again.
const PAUSE: Duration = Duration::from_millis(50);

/// Reports in the background.
pub struct Reporter {
    url: Arc<Mutex<String>>,
    sent: mpsc::UnboundedSender<Sent>,
}

impl Reporter {
    /// Begins; `batch` reports go into one callback.
    pub fn start(batch: u32) -> Self {
        let url = Arc::new(Mutex::new(String::new()));
        let (sent, queue) = mpsc::unbounded_channel();
        let queue = Arc::new(Turn::new(queue));
        for _ in 0..CONNECTIONS {
            tokio::spawn(report(url.clone(), queue.clone(), batch as usize));
        }
        Self { url, sent }
    }

    /// Where the reports go.
    pub fn to(&self, url: &str) {
        url.clone_into(&mut self.url.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A message was taken. Before anybody said where reports go, nothing is told.
    pub fn tell(&self, sent: Sent) {
        if !self.url.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            // The tasks live as long as the process.
            let _ = self.sent.send(sent);
        }
    }
}

async fn report(url: Arc<Mutex<String>>, queue: Arc<Turn<mpsc::UnboundedReceiver<Sent>>>, batch: usize) {
    let mut line: Option<Line> = None;
    let mut some = Vec::with_capacity(batch);
    loop {
        some.clear();
        if queue.lock().await.recv_many(&mut some, batch).await == 0 {
            return;
        }
        for word in ["SENT", "DELIVERED", "READ"] {
            let at = SystemClock.now();
            let reports: Vec<String> = some.iter().map(|sent| sent.report(word, at)).collect();
            let body = Bytes::from(format!("[{}]", reports.join(",")));
            loop {
                let to = url.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if line.is_none() {
                    line = Line::to(&to, "application/json").await.ok();
                }
                let taken = match &mut line {
                    Some(line) => line.post(body.clone()).await,
                    None => Ok(false),
                };
                match taken {
                    Ok(true) => break,
                    Ok(false) => {}
                    // A broken connection: the next try makes another.
                    Err(_) => line = None,
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
