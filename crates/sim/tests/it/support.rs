//! A running simulator, a receiver of its callbacks, and the requests of a client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use harkara_sim::{Handle, Options, Running, TemplateSeed, start};
use serde_json::Value;

pub const TO: &str = "919999900001";

pub fn options() -> Options {
    Options {
        listen: ([127, 0, 0, 1], 0).into(),
        report_delay_ms: 2,
        callback_backoff_ms: 5,
        ..Options::default()
    }
}

pub struct Sim {
    pub running: Running,
    pub http: reqwest::Client,
    pub receiver: Receiver,
}

/// A simulator whose callbacks go to a receiver.
pub async fn sim(change: impl FnOnce(&mut Options)) -> Sim {
    let receiver = Receiver::start().await;
    let mut options = options();
    options.reports_url = Some(format!("{}/reports?a=1", receiver.url));
    options.inbound_url = Some(format!("{}/inbound?a=1", receiver.url));
    change(&mut options);
    let running = start(options).await.unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    Sim {
        running,
        http,
        receiver,
    }
}

impl Sim {
    pub fn state(&self) -> Handle {
        self.running.state()
    }

    pub fn gateway(&self) -> String {
        format!("{}/GatewayAPI/rest", self.running.base_url())
    }

    /// POST as a form, exactly these fields; status and body.
    pub async fn raw(&self, fields: &[(&str, &str)]) -> (u16, String) {
        let body = form(fields);
        let request = self
            .http
            .post(self.gateway())
            .header("content-type", FORM)
            .body(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// POST as an account, with the common fields and `format=json`; the answer's JSON.
    pub async fn call(&self, two_way: bool, fields: &[(&str, &str)]) -> Value {
        let (status, body) = self.raw(&self.as_account(two_way, fields)).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    pub fn as_account<'a>(&self, two_way: bool, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let (user, password) = if two_way {
            ("2000000002", "two-way-secret")
        } else {
            ("2000000001", "hsm-secret")
        };
        let common = [
            ("userid", user),
            ("password", password),
            ("auth_scheme", "plain"),
            ("v", "1.1"),
            ("format", "json"),
            ("channel", "whatsapp"),
        ];
        // The first value of a name counts, so a test's own field wins.
        fields.iter().copied().chain(common).collect()
    }

    /// The `welcome` sample as text; the answer's `response`.
    pub async fn welcome(&self, to: &str, reference: &str) -> Value {
        let msg = "Hello Asha, welcome to Example! Write to us here whenever you need help.";
        let fields = [
            ("method", "SendMessage"),
            ("msg_type", "HSM"),
            ("isHSM", "true"),
            ("msg", msg),
        ];
        let fields = [&fields[..], &[("send_to", to), ("extra", reference)]].concat();
        self.call(false, &fields).await["response"].clone()
    }

    pub async fn control(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/__sim/{path}", self.running.base_url());
        let response = self.http.post(url).body(body.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_str(&response.text().await.unwrap()).unwrap(),
        )
    }

    pub async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.running.base_url());
        serde_json::from_str(&self.http.get(url).send().await.unwrap().text().await.unwrap()).unwrap()
    }

    /// Waits until all reports, inbound messages and clicks are settled.
    pub async fn quiet(&self) {
        for _ in 0..2_000 {
            let stats = self.state().stats();
            if stats.reports.pending + stats.inbound.pending + stats.clicks.pending == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("still pending: {:?}", self.state().stats());
    }

    pub fn seed(&self, seed: TemplateSeed) -> u64 {
        self.state().add_template(seed).unwrap()
    }

    /// The event types (and codes) of all reports that arrived, by any JSON encoding.
    pub fn reports(&self) -> Vec<Value> {
        self.receiver.calls().iter().flat_map(reports_of).collect()
    }
}

pub const FORM: &str = "application/x-www-form-urlencoded";

pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A callback that arrived.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub query: String,
    pub kind: String,
    pub body: String,
}

impl Call {
    pub fn field(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.body.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Reports of a call, by the rules of the wire specification.
pub fn reports_of(call: &Call) -> Vec<Value> {
    if call.path != "/reports" || call.method == "GET" {
        return Vec::new();
    }
    let value = if call.kind == FORM {
        Value::String(call.field("response").unwrap())
    } else {
        call.json()
    };
    let value = match value {
        Value::Object(mut object) if object.contains_key("response") => object.remove("response").unwrap(),
        other => other,
    };
    match value {
        Value::String(text) => serde_json::from_str(&text).unwrap(),
        Value::Array(all) => all,
        one => vec![one],
    }
}

#[derive(Debug, Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    calls: Vec<Call>,
    refuse: usize,
}

impl Receiver {
    async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(take).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, inner }
    }

    /// Answers the next `count` calls with 503.
    pub fn refuse(&self, count: usize) {
        self.inner.lock().unwrap().refuse = count;
    }

    pub fn calls(&self) -> Vec<Call> {
        self.inner.lock().unwrap().calls.clone()
    }
}

async fn take(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut inner = inner.lock().unwrap();
    if inner.refuse > 0 {
        inner.refuse -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    inner.calls.push(Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        kind: parts
            .headers
            .get("content-type")
            .map_or("", |v| v.to_str().unwrap())
            .to_owned(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    StatusCode::OK
}
