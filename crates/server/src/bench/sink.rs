//! An instant gateway: answers as the provider's does, and counts. It runs in a process of its own.

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;

use super::callbacks::Sent;
use super::process::Process;
use super::reporter::Reporter;
use crate::clock::{Clock, SystemClock};
use crate::domain::id::MESSAGE;

/// What the gateway saw since it was last reset.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Messages taken.
    pub messages: u64,
    /// References among them.
    pub unique: u64,
    /// When the first one came, milliseconds since 1970 UTC.
    pub first_at: Option<i64>,
    /// From the first to the last, seconds.
    pub seconds: f64,
    /// Messages in each full second after the first one.
    pub per_second: Vec<u64>,
    /// The last request's path and body.
    pub sample: Option<(String, String)>,
    /// By the sender's user id, when times were asked for.
    pub paces: BTreeMap<String, Pace>,
}

/// How steadily one sender sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Messages in each of the full seconds after the first one.
    pub per_second: Vec<u64>,
    /// Most messages in any one second, wherever it begins.
    pub most: u64,
    /// When that second began, in seconds after the sender's first message.
    pub most_at: f64,
}

impl Pace {
    /// From arrivals in microseconds, in order.
    fn of(times: &[u64]) -> Self {
        let mut pace = Self::default();
        let first = times.first().copied().unwrap_or_default();
        let mut from = 0;
        for (last, at) in times.iter().enumerate() {
            let second = ((at - first) / 1_000_000) as usize;
            if pace.per_second.len() <= second {
                pace.per_second.resize(second + 1, 0);
            }
            pace.per_second[second] += 1;
            while times[from] + 1_000_000 <= *at {
                from += 1;
            }
            let held = (last + 1 - from) as u64;
            if held > pace.most {
                pace.most = held;
                pace.most_at = (times[from] - first) as f64 / 1e6;
            }
        }
        // The last one is not over.
        pace.per_second.pop();
        pace
    }
}

impl Seen {
    /// Messages a second, from the first to the last.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 {
            self.messages.saturating_sub(1) as f64 / self.seconds
        } else {
            0.0
        }
    }
}

/// A gateway in a child process.
#[derive(Debug)]
pub struct Sink {
    /// Base URL.
    pub url: String,
    /// The process.
    pub process: Process,
    http: reqwest::Client,
}

impl Sink {
    /// Starts one that answers after `latency`.
    pub async fn start(latency: Duration) -> anyhow::Result<Self> {
        Self::with(&["--latency", &latency.as_millis().to_string()]).await
    }

    /// Starts one that answers after `latency` and knows when each message came.
    pub async fn with_times(latency: Duration) -> anyhow::Result<Self> {
        Self::with(&["--latency", &latency.as_millis().to_string(), "--times"]).await
    }

    /// Starts one that answers at once, and can report everything that it takes: see [`Sink::report_to`].
    pub async fn reporting(batch: u32) -> anyhow::Result<Self> {
        Self::with(&["--report", &batch.to_string()]).await
    }

    async fn with(options: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe().context("cannot find this program's file")?);
        command
            .args(["bench", "sink"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let url = process.first_line().await?;
        Ok(Self {
            url,
            process,
            http: reqwest::Client::new(),
        })
    }

    /// The address that messages are sent to.
    pub fn gateway(&self) -> String {
        format!("{}/GatewayAPI/rest", self.url)
    }

    /// What it saw.
    pub async fn seen(&self) -> anyhow::Result<Seen> {
        let bytes = self.http.get(&self.url).send().await?.bytes().await?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Begins to count anew.
    pub async fn reset(&self) -> anyhow::Result<()> {
        self.http.delete(&self.url).send().await?.error_for_status()?;
        Ok(())
    }

    /// From now on, what it takes is reported there as sent, delivered and read.
    pub async fn report_to(&self, url: &str) -> anyhow::Result<()> {
        let put = self.http.put(&self.url).body(url.to_owned());
        put.send().await?.error_for_status()?;
        Ok(())
    }

    /// Waits until it has seen so many messages, at most so long; what it saw.
    pub async fn wait_for(&self, messages: u64, patience: Duration) -> anyhow::Result<Seen> {
        let deadline = Instant::now() + patience;
        loop {
            let seen = self.seen().await?;
            if seen.messages >= messages || Instant::now() > deadline {
                return Ok(seen);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[derive(Default)]
struct Count {
    messages: u64,
    references: HashSet<i64>,
    first: Option<(Instant, i64)>,
    last: Option<Instant>,
    per_second: Vec<u64>,
    sample: Option<(String, Bytes)>,
    times: BTreeMap<String, Vec<u64>>,
}

impl Count {
    fn add(&mut self, reference: Option<i64>, path: &str, body: &Bytes, times: bool) {
        let now = Instant::now();
        let (first, _) = *self.first.get_or_insert_with(|| (now, SystemClock.now()));
        self.last = Some(now);
        self.messages += 1;
        let second = now.duration_since(first).as_secs() as usize;
        if self.per_second.len() <= second {
            self.per_second.resize(second + 1, 0);
        }
        self.per_second[second] += 1;
        self.references.extend(reference);
        if times && let Some(sender) = field(body, "userid") {
            let at = now.duration_since(first).as_micros() as u64;
            self.times.entry(sender.to_owned()).or_default().push(at);
        }
        if self.sample.is_none() {
            self.sample = Some((path.to_owned(), body.clone()));
        }
    }

    fn seen(&self) -> Seen {
        let span = self.first.zip(self.last);
        Seen {
            messages: self.messages,
            unique: self.references.len() as u64,
            first_at: self.first.map(|(_, at)| at),
            seconds: span.map_or(0.0, |((first, _), last)| (last - first).as_secs_f64()),
            per_second: self.per_second.clone(),
            sample: self
                .sample
                .as_ref()
                .map(|(path, body)| (path.clone(), String::from_utf8_lossy(body).into_owned())),
            paces: self
                .times
                .iter()
                .map(|(sender, times)| (sender.clone(), Pace::of(times)))
                .collect(),
        }
    }
}

/// Serves until standard input ends; the first line on standard output is the base URL. One thread: the other
/// processor is the sender's.
pub fn serve(latency: Duration, report: Option<u32>, times: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let gateway = Arc::new(Gateway {
            count: Mutex::default(),
            latency,
            times,
            reporter: report.map(Reporter::start),
        });
        let (parent, mut gone) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            // Only the end of it matters.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            drop(parent);
        });
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted?.0,
                _ = &mut gone => return Ok(()),
            };
            stream.set_nodelay(true)?;
            let gateway = gateway.clone();
            tokio::spawn(async move {
                let service = hyper::service::service_fn(|request| answer(request, &gateway));
                let serving = hyper::server::conn::http1::Builder::new();
                // A client that goes away is no trouble.
                let _ = serving.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

struct Gateway {
    count: Mutex<Count>,
    latency: Duration,
    times: bool,
    reporter: Option<Reporter>,
}

async fn answer(request: Request<Incoming>, gateway: &Gateway) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
    let open = || gateway.count.lock().unwrap_or_else(PoisonError::into_inner);
    let text = match head.method {
        Method::GET => json!(open().seen()).to_string(),
        Method::DELETE => {
            *open() = Count::default();
            String::new()
        }
        Method::PUT => {
            if let Some(reporter) = &gateway.reporter {
                reporter.to(&String::from_utf8_lossy(&body));
            }
            String::new()
        }
        _ if field(&body, "method") == Some("get_whatsapp_hsm") => templates(),
        _ => {
            let reference = field(&body, "extra").and_then(|text| MESSAGE.read(text));
            let messages = {
                let mut count = open();
                count.add(reference, head.uri.path(), &body, gateway.times);
                count.messages
            };
            if !gateway.latency.is_zero() {
                tokio::time::sleep(gateway.latency).await;
            }
            let phone = field(&body, "send_to").unwrap_or_default();
            // As long as real ids, and like them in no order.
            let id = u128::from(messages).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let id = format!("{id:032x}");
            if let (Some(reporter), Some(extra)) = (&gateway.reporter, field(&body, "extra")) {
                reporter.tell(Sent {
                    id: extra.to_owned(),
                    external_id: id.clone(),
                    phone: phone.to_owned(),
                });
            }
            format!(r#"{{"response":{{"id":"{id}","phone":"{phone}","details":"","status":"success"}}}}"#)
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// A field of a form whose value needs no decoding.
fn field<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let pairs = body.split(|b| *b == b'&');
    let value = pairs
        .filter_map(|pair| pair.strip_prefix(name.as_bytes()))
        .find_map(|rest| rest.strip_prefix(b"="))?;
    std::str::from_utf8(value).ok()
}

/// The name of the one template that the gateway has.
pub const TEMPLATE: &str = "bench_points";

fn templates() -> String {
    json!({
        "data": [{
            "id": 7_000_001, "name": TEMPLATE, "category": "MARKETING", "language": "en", "type": "TEXT",
            "body": "Namaste {{1}}, you have {{2}} points waiting in our {{3}} store. Come by this week and double them!",
            "footer": "Reply STOP to opt out", "button_type": "QUICK_REPLY", "quality_score": "GREEN",
            "buttons": [{"type": "QUICK_REPLY", "text": "I will come"}, {"type": "QUICK_REPLY", "text": "Not now"}],
            "status": "ENABLED",
        }],
        "meta": {"total": 1},
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_second_is_found_wherever_it_begins() {
        let pace = Pace::of(&[0, 900_000, 1_000_000, 1_899_999, 1_950_000, 3_000_000]);
        assert_eq!(
            (pace.per_second, pace.most, pace.most_at),
            (vec![2, 3, 0], 3, 0.9)
        );
        assert_eq!(Pace::of(&[]), Pace::default());
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        assert_eq!(field(b"msg_extra=1&extra=msg_2&x=", "extra"), Some("msg_2"));
        assert_eq!(field(b"extras=1", "extra"), None);
    }
}
