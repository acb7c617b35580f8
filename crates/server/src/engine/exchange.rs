//! One request, one answer; and whether anything left when there is no answer.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use harkara_provider::{Body, Method, Reply, Request, SendError, SendErrorKind, Step};
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use tokio::time::Instant;

use super::body;
use super::guard::{Guard, refused};

/// Bytes of an answer to a send at most. Real ones have some hundred.
pub const ANSWER_LIMIT: usize = 1 << 20;
/// Bytes of all answers of an [`Engine::run`] at most: listings of templates can be long.
pub const LISTING_LIMIT: usize = 16 << 20;
/// Requests of one [`Engine::run`] at most: a listing may have many pages.
pub const MAX_STEPS: usize = 50;
/// Clients with a time limit of their own that are kept at most.
const OTHERS: usize = 64;
/// Redirects at most that a bare GET follows.
pub const MAX_HOPS: usize = 5;
/// Code of the error when this server may not connect to where a URL leads.
pub const TARGET_REFUSED: &str = "target_refused";

/// No whole answer. The cases say whether the provider can have got the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Transport {
    /// Nothing left this machine: safe to try again.
    #[error("{why}")]
    NotSent {
        /// What happened, without any URL or secret.
        why: String,
    },
    /// The URL leads to where this server may not connect: nothing left it.
    #[error("{why}")]
    Refused {
        /// Where it leads.
        why: String,
    },
    /// The request was, or may have been, written: nobody can say whether it was taken.
    #[error("{why}")]
    NoAnswer {
        /// What happened, without any URL or secret.
        why: String,
    },
}

impl From<Transport> for SendError {
    fn from(error: Transport) -> Self {
        match error {
            Transport::NotSent { why } => Self::new(
                SendErrorKind::Unavailable,
                None,
                why,
                "The provider could not be reached; nothing was sent, it is tried again. Check the base URL in the \
                 account's settings, and that this server's firewall lets it connect to the provider.",
            ),
            Transport::Refused { why } => Self::new(
                SendErrorKind::Config,
                Some(TARGET_REFUSED),
                why,
                "This server does not connect to addresses inside its own network. Nothing was sent, nothing is lost. \
                 Correct the URL; or, if it belongs there, let the operator add the host or network to the setting \
                 allowed_targets (HARKARA_ALLOWED_TARGETS) and restart.",
            ),
            Transport::NoAnswer { why } => Self::new(
                SendErrorKind::Unknown,
                None,
                why,
                "The provider did not answer, so nobody can say whether it took the request. It is not sent again \
                 blindly; a delivery report settles it.",
            ),
        }
    }
}

/// An answer whose body is still coming.
pub struct Opened {
    /// HTTP status.
    pub status: u16,
    /// Headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, piece by piece.
    pub body: BoxStream<'static, Result<Bytes, Transport>>,
}

/// What stands in the network's place where there is none, as in tests.
pub trait Exchange: Send + Sync + 'static {
    /// The answer to a request, or whether anything can have been sent.
    fn exchange(&self, request: Request) -> BoxFuture<'static, Result<Reply, Transport>>;
}

/// Performs requests. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Engine {
    client: reqwest::Client,
    guard: Guard,
    timeout: Duration,
    others: Arc<Mutex<HashMap<Duration, reqwest::Client>>>,
    instead: Option<Arc<dyn Exchange>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Engine");
        shown.field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine whose requests are given up after `timeout`, and leave only for where `guard` lets them.
    ///
    /// # Panics
    /// When no HTTP client can be made at all; this happens at start-up or never.
    pub fn new(timeout: Duration, guard: Guard) -> Self {
        static RING: Once = Once::new();
        RING.call_once(|| {
            // An error means that somebody installed a provider before us, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        match client(timeout, &guard) {
            Ok(client) => Self {
                client,
                guard,
                timeout,
                others: Arc::default(),
                instead: None,
            },
            Err(error) => panic!("cannot make an HTTP client: {}", chain(&error)),
        }
    }

    /// The same for a provider that is waited for longer or shorter. Equal limits share their connections.
    pub fn within(&self, timeout: Duration) -> Self {
        if timeout == self.timeout {
            return self.clone();
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if !others.contains_key(&timeout) {
            match client(timeout, &self.guard) {
                Ok(client) => {
                    if others.len() >= OTHERS {
                        others.clear();
                    }
                    others.insert(timeout, client);
                }
                Err(error) => {
                    tracing::error!(error = %chain(&error), "no HTTP client for a time limit of its own")
                }
            }
        }
        match others.get(&timeout) {
            Some(client) => Self {
                client: client.clone(),
                timeout,
                ..self.clone()
            },
            None => self.clone(),
        }
    }

    /// The same with another way to the provider than the network.
    pub fn instead(self, exchange: Arc<dyn Exchange>) -> Self {
        Self {
            instead: Some(exchange),
            ..self
        }
    }

    /// Where it may connect to.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Performs one request; the answer, whatever its status, has at most [`ANSWER_LIMIT`] bytes.
    ///
    /// # Errors
    /// [`Transport`], which says whether anything can have been sent.
    pub async fn exchange(&self, request: &Request) -> Result<Reply, Transport> {
        self.perform(request, ANSWER_LIMIT).await
    }

    /// Performs a call of several steps until it is done; at most [`MAX_STEPS`]. Returns its value with all replies.
    ///
    /// # Errors
    /// What the provider reads from the replies, or [`Transport`] as [`SendError`].
    pub async fn run<T>(
        &self,
        step: impl Fn(&[Reply]) -> Result<Step<T>, SendError>,
    ) -> Result<(T, Vec<Reply>), SendError> {
        self.run_with(None, step).await
    }

    /// The same with an answer that is known: it is given to a GET of its URL, and nobody is asked.
    ///
    /// # Errors
    /// As of [`Self::run`].
    pub async fn run_with<T>(
        &self,
        known: Option<(&str, &Reply)>,
        step: impl Fn(&[Reply]) -> Result<Step<T>, SendError>,
    ) -> Result<(T, Vec<Reply>), SendError> {
        let mut prior: Vec<Reply> = Vec::new();
        let mut room = LISTING_LIMIT;
        loop {
            match step(&prior)? {
                Step::Done(value) => return Ok((value, prior)),
                Step::Call(_) if prior.len() == MAX_STEPS => {
                    return Err(SendError::new(
                        SendErrorKind::Rejected,
                        None,
                        format!("not finished after {MAX_STEPS} requests"),
                        "The provider kept asking for more requests. Please report this as a bug.",
                    ));
                }
                Step::Call(request) => {
                    let known = known.filter(|(url, _)| request == Request::get(*url));
                    let reply = match known {
                        Some((_, reply)) => reply.clone(),
                        None => self.perform(&request, room).await?,
                    };
                    room = room.saturating_sub(reply.body.len());
                    prior.push(reply);
                }
            }
        }
    }

    /// Performs one request whose answer is a file: its body comes piece by piece, and is not kept here.
    ///
    /// # Errors
    /// [`Transport`]; also in the middle of the body.
    pub async fn open(&self, request: &Request) -> Result<Opened, Transport> {
        if let Some(exchange) = &self.instead {
            let reply = exchange.exchange(request.clone()).await?;
            return Ok(Opened {
                status: reply.status,
                headers: reply.headers,
                body: futures::stream::iter([Ok(Bytes::from(reply.body))]).boxed(),
            });
        }
        let response = self.respond(request).await?;
        let engine = self.clone();
        Ok(Opened {
            status: response.status().as_u16(),
            headers: headers(&response),
            body: response
                .bytes_stream()
                .map_err(move |e| engine.explain(e, "the provider, in the middle of its answer,"))
                .boxed(),
        })
    }

    async fn perform(&self, request: &Request, limit: usize) -> Result<Reply, Transport> {
        if let Some(exchange) = &self.instead {
            return exchange.exchange(request.clone()).await;
        }
        let response = self.respond(request).await?;
        self.read(response, limit).await
    }

    /// A bare GET carries nothing of ours, so it follows redirects, each judged like the first URL. Everything else may
    /// hold credentials, which must not get to a place that nobody configured.
    async fn respond(&self, request: &Request) -> Result<reqwest::Response, Transport> {
        let deadline = Instant::now() + self.timeout;
        let mut url = Url::parse(&request.url).map_err(|e| Transport::NotSent {
            why: format!("the provider's URL cannot be used: {e}"),
        })?;
        let mut response = self.send(request, url.clone(), deadline).await?;
        if request.method == Method::Get && request.headers.is_empty() && request.body == Body::Empty {
            for _ in 0..MAX_HOPS {
                let Some(next) = redirect(&url, &response) else {
                    break;
                };
                url = next;
                response = self.send(request, url.clone(), deadline).await?;
            }
        }
        Ok(response)
    }

    async fn send(
        &self,
        request: &Request,
        url: Url,
        deadline: Instant,
    ) -> Result<reqwest::Response, Transport> {
        self.guard.judge(&url).map_err(|why| Transport::Refused { why })?;
        let left = deadline.saturating_duration_since(Instant::now());
        let sent = self.prepare(request, url)?.timeout(left).send().await;
        sent.map_err(|e| self.explain(e, "the provider"))
    }

    async fn read(&self, mut response: reqwest::Response, limit: usize) -> Result<Reply, Transport> {
        let status = response.status().as_u16();
        let headers = headers(&response);
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|e| self.explain(e, "the provider, in the middle of its answer,"))?
        {
            if body.len() + chunk.len() > limit {
                return Err(Transport::NoAnswer {
                    why: format!("the provider's answer (HTTP {status}) is larger than {limit} bytes"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status,
            headers,
            body,
        })
    }

    fn prepare(&self, request: &Request, url: Url) -> Result<reqwest::RequestBuilder, Transport> {
        let not_sent = |why: String| Transport::NotSent { why };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.client.request(method, url);
        for (name, value) in &request.headers {
            let bad = |_| {
                not_sent(format!(
                    "the header {name} holds characters that HTTP does not allow"
                ))
            };
            let value = HeaderValue::from_str(value).map_err(|_| bad(()))?;
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(()))?;
            builder = builder.header(header, value);
        }
        if let Some((content_type, bytes)) = body::encode(&request.body) {
            builder = builder.header(CONTENT_TYPE, content_type).body(bytes);
        }
        Ok(builder)
    }

    /// Only a failed connection and a request that could not even be built are proof that nothing was sent. A kept
    /// connection that the peer closed is none: it may have read the request before.
    fn explain(&self, error: reqwest::Error, who: &str) -> Transport {
        let error = error.without_url();
        let said = chain(&error);
        if error.is_builder() {
            return Transport::NotSent {
                why: format!("the request cannot be sent: {said}"),
            };
        }
        if let Some(refused) = refused(&error) {
            return Transport::Refused {
                why: refused.to_string(),
            };
        }
        if error.is_connect() {
            let what = if error.is_timeout() {
                "connecting to the provider timed out"
            } else if error.is_dns() {
                "the provider's host name is not known"
            } else {
                "no connection to the provider"
            };
            return Transport::NotSent {
                why: format!("{what}: {said}"),
            };
        }
        if error.is_timeout() {
            return Transport::NoAnswer {
                why: format!("{who} did not answer within {} ms", self.timeout.as_millis()),
            };
        }
        Transport::NoAnswer {
            why: format!("the connection to {who} was lost: {said}"),
        }
    }
}

fn headers(response: &reqwest::Response) -> Vec<(String, String)> {
    let all = response.headers().iter();
    all.map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    })
    .collect()
}

/// A client; one without https when this machine has no certificates.
fn client(timeout: Duration, guard: &Guard) -> reqwest::Result<reqwest::Client> {
    builder(timeout, guard).build().or_else(|error| {
        tracing::warn!(
            error = %chain(&error),
            "no CA certificates on this machine: https to providers will fail. Install the package ca-certificates."
        );
        builder(timeout, guard).tls_certs_only([]).build()
    })
}

fn builder(timeout: Duration, guard: &Guard) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .dns_resolver(guard.clone())
        .timeout(timeout)
        // Shorter than the whole, so that a connection that never comes about is known as such: nothing was sent.
        .connect_timeout(connecting(timeout))
        // See `Engine::perform`.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        // Shorter than what servers usually keep (5 s and more): a connection that the peer closes at the moment
        // that we write to it costs an "unknown" message.
        .pool_idle_timeout(Duration::from_secs(4))
        .user_agent(concat!("harkara/", env!("CARGO_PKG_VERSION")))
}

/// A third of the whole, ten seconds at most; with little time most of it, because far hosts need half a second.
fn connecting(timeout: Duration) -> Duration {
    let most = (timeout * 9 / 10).min(Duration::from_secs(3));
    (timeout / 3).min(Duration::from_secs(10)).max(most)
}

/// Where an answer sends a GET; `None` when it is no redirect, or one that leads nowhere.
fn redirect(from: &Url, response: &reqwest::Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

/// The error with its causes, each once. reqwest's own texts name URLs only at the top, which the caller removed.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let part = inner.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = inner.source();
    }
    text
}
