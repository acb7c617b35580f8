//! Case files: what they hold, and how one is run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harkara_provider::{
    Account, Body, Callback, Content, Media, Method, Outgoing, Provider, Reply, Request, SendError,
    SendErrorKind, Step, TemplateDraft, decode_lines,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// One exchange, or one callback, and its outcome.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, in a sentence.
    pub about: String,
    /// The moment of the call, or of the callback's arrival: milliseconds since 1970 UTC.
    #[serde(default = "moment")]
    pub at: i64,
    /// Samples that the case was written from, and that do not stand in it by name.
    #[serde(default)]
    pub from: BTreeSet<String>,
    /// Settings that differ from the provider's `account.json`.
    #[serde(default)]
    pub account: BTreeMap<String, String>,
    /// The call.
    pub call: Call,
    /// Requests in order, each with the reply that it gets.
    #[serde(default)]
    pub exchange: Vec<Exchange>,
    /// Outcome: `receipt`, `done`, `templates`, `error`, `events` or `reject`.
    #[serde(default)]
    pub expect: Value,
}

/// What is asked of the provider.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// [`Provider::send`]
    Send {
        to: String,
        reference: String,
        content: Content,
    },
    /// [`Provider::check`]
    Check { credential: usize },
    /// [`Provider::consent`]
    Consent { to: String, opted_in: bool },
    /// [`Provider::list_templates`]
    ListTemplates {},
    /// [`Provider::create_template`]
    CreateTemplate(TemplateDraft),
    /// [`Provider::media`]
    Media(Media),
    /// [`Provider::receive`]
    Receive(Incoming),
}

/// A callback.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incoming {
    #[serde(default = "post")]
    pub method: Method,
    #[serde(default)]
    pub query: String,
    #[serde(default)]
    pub content_type: String,
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    #[serde(default)]
    pub body: Value,
    /// Puts the body into a form, as the value of this field.
    #[serde(default)]
    pub in_form_field: Option<String>,
}

/// 2026-03-01T10:00:00Z
fn moment() -> i64 {
    1_772_359_200_000
}

fn post() -> Method {
    Method::Post
}

/// A request that must be made, and its reply. Without a reply the case ends with the request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub request: Expected,
    pub reply: Option<Answer>,
}

/// All of a request. A member of `form` that is an object or array is compared as JSON. `json` is compared whole; it may
/// be `{"sample": "file name", "without": [..], "with": {..}}`: the sample without these members and with those.
/// `headers` (names in lower case) are compared when given; `{"bearer": {..}}` stands for a token with these members in
/// header and claims, and an id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub method: Method,
    pub url: String,
    #[serde(default)]
    pub form: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub multipart: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub json: Option<Value>,
    #[serde(default)]
    pub headers: Option<BTreeMap<String, Value>>,
    /// A recorded request whose field names ours must have too.
    #[serde(default)]
    pub like: Option<Like>,
}

/// A recorded request of another client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Like {
    pub sample: String,
    /// Fields of the recording that we leave out on purpose; the case's `about` says why.
    #[serde(default)]
    pub without: BTreeSet<String>,
}

/// A reply. The body is text, JSON, or `{"sample": "file name"}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    #[serde(default)]
    pub body: Value,
}

fn ok() -> u16 {
    200
}

/// Where the cases of a provider are, whichever crate of the repository asks.
pub fn folder(provider: &dyn Provider) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = here
        .ancestors()
        .map(|folder| folder.join("crates/provider/cases"))
        .find(|cases| cases.is_dir());
    cases.expect("the cases").join(provider.spec().id)
}

/// All cases of a provider by name (the file name without `.json`).
pub fn cases(provider: &dyn Provider) -> BTreeMap<String, Case> {
    let folder = folder(provider);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut cases = BTreeMap::new();
    for path in files.map(|file| file.expect("readable folder").path()) {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("UTF-8 file name")
            .to_owned();
        if path.extension().is_none_or(|extension| extension != "json") || name == "account" {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable case");
        let case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases.insert(name, case);
    }
    cases
}

/// The account of a case.
pub fn account(provider: &dyn Provider, overrides: &BTreeMap<String, String>) -> Account {
    let text = std::fs::read_to_string(folder(provider).join("account.json")).expect("account.json");
    let mut settings: BTreeMap<String, String> = serde_json::from_str(&text).expect("account.json");
    settings.extend(overrides.clone());
    Account::new(provider.spec(), settings)
}

/// Bytes of a body as a case writes it.
pub fn bytes(provider: &dyn Provider, body: &Value) -> Vec<u8> {
    match (body, sample_name(body)) {
        (_, Some(sample)) => std::fs::read(folder(provider).join("samples").join(sample)).expect("sample"),
        (Value::Null, _) => Vec::new(),
        (Value::String(text), _) => text.clone().into_bytes(),
        (other, _) => other.to_string().into_bytes(),
    }
}

fn sample_name(body: &Value) -> Option<&str> {
    body.get("sample")?.as_str()
}

/// The samples that a case uses.
pub fn samples(case: &Case) -> BTreeSet<String> {
    let mut used = case.from.clone();
    if let Call::Receive(incoming) = &case.call {
        used.extend(sample_name(&incoming.body).map(str::to_owned));
    }
    for exchange in &case.exchange {
        used.extend(
            exchange
                .request
                .json
                .as_ref()
                .and_then(sample_name)
                .map(str::to_owned),
        );
        used.extend(exchange.request.like.as_ref().map(|like| like.sample.clone()));
        used.extend(
            exchange
                .reply
                .as_ref()
                .and_then(|reply| sample_name(&reply.body))
                .map(str::to_owned),
        );
    }
    used
}

/// The body of a callback.
pub fn callback_body(provider: &dyn Provider, incoming: &Incoming) -> Vec<u8> {
    let body = bytes(provider, &incoming.body);
    match &incoming.in_form_field {
        Some(name) => form_urlencoded::Serializer::new(String::new())
            .append_pair(name, &String::from_utf8_lossy(&body))
            .finish()
            .into_bytes(),
        None => body,
    }
}

/// Reads a callback and gives its outcome as a case writes it.
pub fn receive(
    provider: &dyn Provider,
    account: &Account,
    incoming: &Incoming,
    body: &[u8],
    at: i64,
) -> Value {
    let callback = Callback {
        method: incoming.method,
        query: &incoming.query,
        content_type: &incoming.content_type,
        headers: &incoming.headers,
        body,
        at,
    };
    match decode_lines(provider, account, &callback) {
        Ok(lines) => {
            let events: Vec<Value> = lines
                .iter()
                .map(|line| serde_json::from_str(line).expect("JSON"))
                .collect();
            json!({ "events": events })
        }
        Err(reject) => json!({ "reject": reject.to_string() }),
    }
}

/// Everything that a call did.
pub struct Run {
    pub requests: Vec<Request>,
    pub outcome: Value,
    /// All texts that a person or a log might see.
    pub shown: Vec<String>,
}

/// Runs a call other than a callback with these replies.
pub fn run(provider: &dyn Provider, account: &Account, call: &Call, at: i64, replies: &[Reply]) -> Run {
    match call {
        Call::Send {
            to,
            reference,
            content,
        } => {
            let message = Outgoing {
                to: to.clone(),
                from: account.get("number").to_owned(),
                reference: reference.clone(),
                at,
                content: content.clone(),
            };
            drive(
                replies,
                |prior| provider.send(account, &message, prior),
                |receipt| {
                    let text = format!("{receipt:?}");
                    (
                        json!({ "receipt": { "external_id": receipt.external_id, "wa_id": receipt.wa_id,
                    "warning": receipt.warning } }),
                        text,
                    )
                },
            )
        }
        Call::Check { credential } => drive(
            replies,
            |prior| provider.check(account, *credential, at, prior),
            |text| (json!({ "done": text }), text),
        ),
        Call::Consent { to, opted_in } => drive(
            replies,
            |prior| provider.consent(account, to, *opted_in, at, prior),
            |()| (json!({ "done": "" }), String::new()),
        ),
        Call::ListTemplates {} => drive(
            replies,
            |prior| provider.list_templates(account, at, prior),
            |list| {
                (
                    json!({ "templates": list.templates, "problems": list.problems }),
                    format!("{list:?}"),
                )
            },
        ),
        Call::CreateTemplate(draft) => drive(
            replies,
            |prior| provider.create_template(account, draft, at, prior),
            |id| (json!({ "done": id }), id),
        ),
        Call::Media(media) => drive(
            replies,
            |_| provider.media(account, media, at).map(Step::<String>::Call),
            |_| unreachable!("media is one request"),
        ),
        Call::Receive(_) => unreachable!("a callback has no requests"),
    }
}

fn drive<T>(
    replies: &[Reply],
    step: impl Fn(&[Reply]) -> Result<Step<T>, SendError>,
    done: impl Fn(T) -> (Value, String),
) -> Run {
    let mut run = Run {
        requests: Vec::new(),
        outcome: Value::Null,
        shown: Vec::new(),
    };
    for known in 0..=replies.len() {
        match step(&replies[..known]) {
            Ok(Step::Call(request)) => run.requests.push(request),
            Ok(Step::Done(value)) => {
                let (outcome, shown) = done(value);
                run.outcome = outcome;
                run.shown.push(shown);
                break;
            }
            Err(error) => {
                run.outcome = json!({ "error": describe(&error) });
                run.shown.extend([error.to_string(), format!("{error:?}")]);
                break;
            }
        }
    }
    run
}

fn describe(error: &SendError) -> Value {
    let mut value = json!({ "kind": error.kind.name(), "help": error.help, "detail": error.detail });
    if let Some(code) = &error.code {
        value["code"] = json!(code);
    }
    if let SendErrorKind::Throttled { after_ms: Some(ms) } = error.kind {
        value["after_ms"] = json!(ms);
    }
    value
}

/// Fields of a request as names and texts; files by their size.
pub fn fields(body: &Body) -> BTreeMap<String, String> {
    match body {
        Body::Form(fields) => fields.iter().cloned().collect(),
        Body::Multipart(parts) => {
            let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
            parts
                .iter()
                .map(|part| match (&part.filename, &part.content_type) {
                    (None, _) => (part.name.clone(), text(&part.data)),
                    (Some(file), kind) => {
                        let kind = kind.as_deref().unwrap_or("");
                        (
                            part.name.clone(),
                            format!("file {file} {kind} {} bytes", part.data.len()),
                        )
                    }
                })
                .collect()
        }
        Body::Empty | Body::Json(_) => BTreeMap::new(),
    }
}

/// The JSON body that a case expects.
pub fn expected_json(provider: &dyn Provider, expected: &Value) -> Value {
    let Some(sample) = sample_name(expected) else {
        return expected.clone();
    };
    let text = bytes(provider, &json!({ "sample": sample }));
    let mut body: Value = serde_json::from_slice(&text).expect("a JSON sample");
    let members = body.as_object_mut().expect("a sample of an object");
    for name in expected["without"].as_array().into_iter().flatten() {
        let removed = members.remove(name.as_str().expect("a name"));
        assert!(removed.is_some(), "{sample} has no {name}");
    }
    members.extend(expected["with"].as_object().cloned().unwrap_or_default());
    body
}

/// Compares a header: a text, or a token by what it says.
pub fn assert_header(name: &str, actual: &str, expected: &Value) {
    let Some(claims) = expected.get("bearer").and_then(Value::as_object) else {
        assert_eq!(expected.as_str(), Some(actual), "{name}");
        return;
    };
    let token = actual.strip_prefix("Bearer ").expect("a bearer token");
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{name}: {token}");
    let mut said = serde_json::Map::new();
    for part in &parts[..2] {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64");
        let members: serde_json::Map<String, Value> = serde_json::from_slice(&bytes).expect("JSON");
        said.extend(members);
    }
    let id = said.remove("jti").unwrap_or_default();
    let id: Vec<&str> = id.as_str().expect("an id").split('-').collect();
    let lengths: Vec<usize> = id.iter().map(|part| part.len()).collect();
    assert_eq!(
        (lengths.as_slice(), &id[2][..1]),
        ([8, 4, 4, 4, 12].as_slice(), "4"),
        "{name}: {id:?}"
    );
    assert_eq!(&said, claims, "{name}");
}

/// Compares fields with what a case expects, all of them.
pub fn assert_fields(name: &str, actual: &BTreeMap<String, String>, expected: &BTreeMap<String, Value>) {
    let names = |keys: Vec<&String>| keys.into_iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(
        names(actual.keys().collect()),
        names(expected.keys().collect()),
        "{name}: names of the fields"
    );
    for (field, want) in expected {
        let have = &actual[field];
        match want {
            Value::String(want) => assert_eq!(have, want, "{name}: field {field}"),
            want => {
                let have: Value =
                    serde_json::from_str(have).unwrap_or_else(|e| panic!("{name}: {field}: {e}"));
                assert_eq!(&have, want, "{name}: field {field}");
            }
        }
    }
}

/// Names in a recorded request: urlencoded, or a JSON map of fields.
pub fn recorded_names(provider: &dyn Provider, sample: &str) -> BTreeSet<String> {
    let text = String::from_utf8(bytes(provider, &json!({ "sample": sample }))).expect("UTF-8 sample");
    match serde_json::from_str::<BTreeMap<String, Value>>(&text) {
        Ok(map) => map.into_keys().collect(),
        Err(_) => form_urlencoded::parse(text.trim().as_bytes())
            .map(|(name, _)| name.into_owned())
            .collect(),
    }
}
