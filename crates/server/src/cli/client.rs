//! How commands talk to a running server: the public API, with its problems as sentences.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use futures::StreamExt;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::serve::CliFile;

/// Which server, and as who.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerOptions {
    /// Base URL of the server [default: from cli.json in the data folder].
    #[arg(long, value_name = "URL", env = "HARKARA_SERVER", hide_env_values = true)]
    server: Option<String>,
    /// API key [default: from cli.json in the data folder].
    #[arg(long, value_name = "KEY", env = "HARKARA_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// Data folder whose cli.json names server and key [default: ./data, then ./data/demo].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl ServerOptions {
    /// A client for that server.
    pub fn client(&self) -> anyhow::Result<Client> {
        let folders = match (&self.data, std::env::var_os("HARKARA_DATA")) {
            (Some(given), _) => vec![given.clone()],
            (None, Some(given)) => vec![given.into()],
            (None, None) => vec!["./data".into(), "./data/demo".into()],
        };
        let kept = || folders.iter().find_map(|folder| CliFile::read(folder));
        let (url, key) = match (&self.server, &self.api_key) {
            (Some(url), Some(key)) => (url.clone(), key.clone()),
            (url, key) => {
                let kept = kept().ok_or_else(|| no_server(&folders))?;
                (url.clone().unwrap_or(kept.url), key.clone().unwrap_or(kept.key))
            }
        };
        Client::new(&url, &key)
    }
}

fn no_server(folders: &[PathBuf]) -> anyhow::Error {
    let places: Vec<String> = folders
        .iter()
        .map(|f| CliFile::path(f).display().to_string())
        .collect();
    anyhow!(
        "no server is known: there is no {}. Start one with `harkara serve` or `harkara demo`, or name it with --server \
         URL and --api-key KEY",
        places.join(" or ")
    )
}

/// Longest wait for the answer to a small request. Uploads and streams take the time they need.
const ANSWER: Duration = Duration::from_secs(60);

/// A server that answers to the public API.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

/// RFC 9457, as far as it is shown.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    errors: Vec<ProblemField>,
}

#[derive(Debug, Deserialize)]
struct ProblemField {
    #[serde(default)]
    pointer: String,
    #[serde(default)]
    detail: String,
}

impl Client {
    /// A client that signs its requests with this key.
    pub fn new(base: &str, key: &str) -> anyhow::Result<Self> {
        if !base.starts_with("http://") && !base.starts_with("https://") {
            bail!("the server {base:?} is not a URL. Write it like http://127.0.0.1:8080");
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| anyhow!("the API key holds characters that no key has. Copy it again"))?;
        bearer.set_sensitive(true);
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .build()
            .context("cannot prepare HTTP requests")?;
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            http,
        })
    }

    /// The base URL, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `GET /api/v1{path}`.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.json(self.request(Method::GET, path).timeout(ANSWER)).await
    }

    /// `POST /api/v1{path}` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.with_json(Method::POST, path, body).await
    }

    /// `PATCH /api/v1{path}` with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.with_json(Method::PATCH, path, body).await
    }

    /// `DELETE /api/v1{path}`.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.json(self.request(Method::DELETE, path).timeout(ANSWER))
            .await
    }

    async fn with_json(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self
            .request(method, path)
            .header(CONTENT_TYPE, "application/json")
            .timeout(ANSWER)
            .body(serde_json::to_vec(body)?);
        self.json(request).await
    }

    /// `POST /api/v1{path}` with any body, such as a file that is streamed.
    pub async fn upload(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> anyhow::Result<Value> {
        let request = self
            .request(Method::POST, path)
            .header(CONTENT_TYPE, content_type);
        self.json(request.body(body)).await
    }

    /// `GET /api/v1{path}` whose answer is read piece by piece.
    pub async fn stream(&self, path: &str) -> anyhow::Result<Response> {
        self.answer(self.request(Method::GET, path)).await
    }

    /// Every row of a list, page after page.
    pub async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let next = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
            let mut page = self.get(&format!("{path}{mark}limit=500{next}")).await?;
            if let Some(data) = page["data"].as_array_mut() {
                rows.append(data);
            }
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return Ok(rows);
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.base))
    }

    async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let bytes = self
            .answer(request)
            .await?
            .bytes()
            .await
            .with_context(|| format!("{} broke off in the middle of its answer", self.base))?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes)
            .with_context(|| format!("{} answered with something that is not JSON", self.base))
    }

    async fn answer(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request.send().await.map_err(|e| {
            let why = if e.is_connect() {
                "nobody listens there. Start it with `harkara serve`, or name another with --server"
            } else if e.is_timeout() {
                "it did not answer in time. Look at its log"
            } else {
                "the connection broke. Look at its log, then try again"
            };
            anyhow!("cannot reach the server {} - {why}", self.base)
        })?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        Err(match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if !problem.detail.is_empty() => anyhow!("{}", sentence(&problem)),
            _ => anyhow!(
                "{} answered {status} in words that are not Harkara's. Is it really a Harkara server?",
                self.base
            ),
        })
    }
}

fn sentence(problem: &Problem) -> String {
    let fields: Vec<String> = problem
        .errors
        .iter()
        .map(|field| format!("{}: {}", field.pointer.trim_start_matches('/'), field.detail))
        .collect();
    let mut parts = vec![problem.detail.clone()];
    if fields.is_empty() {
        parts.push(problem.help.clone());
    } else {
        parts.push(fields.join("; "));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" - ")
}

/// Server-sent events, read from an answer as they come.
pub struct Events {
    answer: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    pending: Vec<u8>,
}

impl Events {
    /// Reads this answer.
    pub fn new(answer: Response) -> Self {
        Self {
            answer: answer.bytes_stream().boxed(),
            pending: Vec::new(),
        }
    }

    /// The data of the next event; `None` when the server ended the stream. Comments and names are passed over.
    pub async fn next(&mut self) -> anyhow::Result<Option<Value>> {
        loop {
            while let Some(end) = self.pending.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data:") {
                    return Ok(Some(serde_json::from_slice(data.trim_ascii())?));
                }
            }
            match self.answer.next().await {
                Some(bytes) => self
                    .pending
                    .extend_from_slice(&bytes.context("the event stream broke off")?),
                None => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_becomes_one_line_that_names_the_field() {
        let text = r#"{"detail":"One field is not right.","help":"Mend it.","errors":[{"pointer":"/name","code":"required","detail":"Give a name."}]}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!(sentence(&problem), "One field is not right. - name: Give a name.");
        let problem: Problem = serde_json::from_str(r#"{"detail":"A.","help":"B."}"#).unwrap();
        assert_eq!(sentence(&problem), "A. - B.");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_said_in_a_sentence() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let free = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let client = Client::new(&format!("http://{free}"), "hk_x").unwrap();
        let error = client.get("/api-keys").await.unwrap_err().to_string();
        assert!(
            error.contains("nobody listens there") && error.contains("--server"),
            "{error}"
        );
        assert!(Client::new("localhost:8080", "hk_x").is_err());
    }

    #[tokio::test]
    async fn events_are_read_across_pieces() {
        let body = "event: progress\ndata: {\"sent\":1}\n\n: keep-alive\n\ndata:{\"sent\":2}\n\n";
        let answer: Response = http::Response::new(body).into();
        let mut events = Events::new(answer);
        assert_eq!(events.next().await.unwrap().unwrap()["sent"], 1);
        assert_eq!(events.next().await.unwrap().unwrap()["sent"], 2);
        assert!(events.next().await.unwrap().is_none());
    }
}
