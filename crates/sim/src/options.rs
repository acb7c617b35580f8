//! Every switch of the simulator. All but `listen` can be changed while it runs.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crowd::Crowd;

/// Settings of the simulated gateway. Rates are shares from 0 (never) to 1 (always); times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// User id and password of the notification (HSM, one-way) account: templates, opt-in, opt-out, template API.
    pub hsm: (String, String),
    /// User id and password of the two-way account: session messages.
    pub two_way: (String, String),
    /// The WhatsApp business number (`waNumber`, `srcAddr`), digits only.
    pub number: String,
    /// Where inbound messages are posted; nothing is posted without it.
    pub inbound_url: Option<String>,
    /// Where delivery reports and clicks are posted; nothing is posted without it.
    pub reports_url: Option<String>,
    /// Base of media and short links when customers of the simulator reach it under another name than its address.
    pub public_url: Option<String>,
    /// Least time between a send request and its answer. The request is accepted before it.
    pub latency_ms: u64,
    /// Random time added to `latency_ms`.
    pub latency_jitter_ms: u64,
    /// Messages that the number accepts in any one second, over both accounts; more are answered with 429.
    pub limit_per_second: Option<u32>,
    /// Time before SENT, and again before DELIVERED and before READ.
    pub report_delay_ms: u64,
    /// Share of reports that are never posted.
    pub report_loss: f64,
    /// Share of reports that are held back long enough for the next one to overtake.
    pub report_reorder: f64,
    /// Share of reports that are posted twice.
    pub report_duplicates: f64,
    /// Most reports in one request, 1 to 20. The encodings `object` and `query` carry one whatever this says.
    pub report_batch: usize,
    /// How a report request is written.
    pub report_encoding: ReportEncoding,
    /// How often a report, click or inbound message is tried until it is answered with 2xx.
    pub callback_tries: u32,
    /// Pause after the first failed try; doubles up to 25 times its value.
    pub callback_backoff_ms: u64,
    /// Share of messages that customers read by themselves, without the handset.
    pub read_rate: f64,
    /// How an inbound message is posted.
    pub inbound_encoding: InboundEncoding,
    /// Inbound media in the older shape: a media id for `getMedia.php` in place of a signed link.
    pub legacy_media: bool,
    /// Share of sends refused with HTTP 503. They are not accepted.
    pub fail_503: f64,
    /// Share of sends that are accepted and then answered with HTTP 500.
    pub fail_500_accepted: f64,
    /// Share of sends refused with error id 100 ("retry after some time").
    pub fail_100: f64,
    /// Share of sends that are accepted and never answered.
    pub hang: f64,
    /// How long a hanging request is held before its connection is cut.
    pub hang_ms: u64,
    /// What happens to sends to numbers with this ending; the first match counts.
    pub fail_suffix: Vec<(String, FailureKind)>,
    /// Answer sends and template calls of the notification account as from an IP that is not on the allow-list.
    pub block_hsm_ip: bool,
    /// The same for the two-way account.
    pub block_two_way_ip: bool,
    /// Numbers outside India can be reached; without it they are refused with 175.
    pub international: bool,
    /// Templates go only to numbers that opted in.
    pub enforce_opt_in: bool,
    /// Session messages reach a customer only within 24 hours of the customer's last message.
    pub enforce_window: bool,
    /// A template message must match an approved template; without it any text passes.
    pub enforce_templates: bool,
    /// Time from creating a template until it is approved or rejected.
    pub template_approval_ms: u64,
    /// A created template whose name contains this is rejected; empty rejects none.
    pub template_reject_word: String,
    /// Start with a few approved sample templates.
    pub sample_templates: bool,
    /// Send ids end in a UUID, as some accounts have it, in place of 18 digits.
    pub uuid_ids: bool,
    /// Click callbacks in the generic shape (`statuses`) in place of the gateway's own.
    pub generic_clicks: bool,
    /// Numbers whose people behave by themselves, in the order of their numbers.
    pub crowds: Vec<Crowd>,
    /// Requests and callbacks that the wire log keeps; 0 keeps none.
    pub wire_log: usize,
    /// Seed of all randomness.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            hsm: ("2000000001".into(), "hsm-secret".into()),
            two_way: ("2000000002".into(), "two-way-secret".into()),
            number: "919999900000".into(),
            inbound_url: None,
            reports_url: None,
            public_url: None,
            latency_ms: 0,
            latency_jitter_ms: 0,
            limit_per_second: None,
            report_delay_ms: 300,
            report_loss: 0.0,
            report_reorder: 0.0,
            report_duplicates: 0.0,
            report_batch: 1,
            report_encoding: ReportEncoding::Form,
            callback_tries: 10,
            callback_backoff_ms: 200,
            read_rate: 0.0,
            inbound_encoding: InboundEncoding::Form,
            legacy_media: false,
            fail_503: 0.0,
            fail_500_accepted: 0.0,
            fail_100: 0.0,
            hang: 0.0,
            hang_ms: 60_000,
            fail_suffix: Vec::new(),
            block_hsm_ip: false,
            block_two_way_ip: false,
            international: true,
            enforce_opt_in: false,
            enforce_window: true,
            enforce_templates: true,
            template_approval_ms: 2_000,
            template_reject_word: "rejected".into(),
            sample_templates: true,
            uuid_ids: false,
            generic_clicks: false,
            crowds: Vec::new(),
            wire_log: 0,
            seed: 1,
        }
    }
}

impl Options {
    /// Checks ranges; the error is a sentence that names the option.
    pub fn check(&self) -> Result<(), String> {
        let rates = [
            ("report_loss", self.report_loss),
            ("report_reorder", self.report_reorder),
            ("report_duplicates", self.report_duplicates),
            ("read_rate", self.read_rate),
            ("fail_503", self.fail_503),
            ("fail_500_accepted", self.fail_500_accepted),
            ("fail_100", self.fail_100),
            ("hang", self.hang),
        ];
        if let Some((name, rate)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(format!("{name} is a share from 0 to 1, not {rate}."));
        }
        if !(1..=20).contains(&self.report_batch) {
            return Err(format!("report_batch is 1 to 20, not {}.", self.report_batch));
        }
        if self.limit_per_second == Some(0) {
            return Err("limit_per_second is at least 1; leave it out for no limit.".into());
        }
        if self.wire_log > 5_000 {
            return Err(format!("wire_log is 0 to 5000, not {}.", self.wire_log));
        }
        let mut before = 0;
        for crowd in &self.crowds {
            if crowd.first <= before || crowd.last < crowd.first {
                return Err("crowds are ranges of numbers in their order, none in another.".into());
            }
            before = crowd.last;
        }
        if self.callback_tries == 0 {
            return Err("callback_tries is at least 1.".into());
        }
        if self.number.is_empty() || !self.number.bytes().all(|b| b.is_ascii_digit()) {
            return Err("number is the business number in digits with its country code.".into());
        }
        if self.hsm.0 == self.two_way.0 {
            return Err("hsm and two_way are two accounts and need different user ids.".into());
        }
        for (name, url) in [
            ("inbound_url", &self.inbound_url),
            ("reports_url", &self.reports_url),
        ] {
            if let Some(url) = url
                && let Err(error) = reqwest::Url::parse(url)
            {
                return Err(format!("{name} is not an absolute URL: {error}."));
            }
        }
        Ok(())
    }
}

/// How delivery reports are written; every form has been seen in the wild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportEncoding {
    /// Form field `response` that holds a JSON array. The usual one.
    Form,
    /// JSON body `{"response":[..]}`.
    Json,
    /// JSON body `{"response":"[..]"}`, the array as a string.
    JsonString,
    /// JSON body that is the array.
    Array,
    /// JSON body that is one report.
    Object,
    /// GET with `externalId, deliveredTS, status, cause, phoneNo, errCode, noOfFrags, mask`; carries no `extra`.
    Query,
}

impl FromStr for ReportEncoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(serde_json::Value::String(text.replace('-', "_")))
            .map_err(|_| format!("{text:?} is not one of form, json, json_string, array, object, query"))
    }
}

/// How inbound messages are posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboundEncoding {
    /// `application/x-www-form-urlencoded`; nested values are JSON strings.
    Form,
    /// A JSON object; nested values are JSON strings still.
    Json,
    /// A JSON object whose nested values are decoded, as one integration receives it.
    JsonObjects,
}

/// What goes wrong with a send. Written as text: `503`, `500`, `hang`, `cut`, `garbage`, `429`, `blocked_ip`,
/// `error:<id>` and `failed:<CAUSE>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// `503`: HTTP 503, not accepted.
    Unavailable,
    /// `500`: accepted, then answered with HTTP 500.
    AcceptedThen500,
    /// `hang`: accepted, never answered.
    Hang,
    /// `cut`: accepted, and the connection is cut in the middle of the answer.
    Cut,
    /// `garbage`: accepted, and answered with HTTP 200 and a page that is not the gateway's.
    Garbage,
    /// `429`: throttled, not accepted.
    Throttled,
    /// `blocked_ip`: refused as from an IP that is not on the allow-list.
    BlockedIp,
    /// `error:<id>`: refused with this error id.
    Error(String),
    /// `failed:<CAUSE>`: accepted, then a FAILED report with this cause follows, for example `UNKNOWN_SUBSCRIBER`.
    Failed(String),
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable => f.write_str("503"),
            Self::AcceptedThen500 => f.write_str("500"),
            Self::Hang => f.write_str("hang"),
            Self::Cut => f.write_str("cut"),
            Self::Garbage => f.write_str("garbage"),
            Self::Throttled => f.write_str("429"),
            Self::BlockedIp => f.write_str("blocked_ip"),
            Self::Error(id) => write!(f, "error:{id}"),
            Self::Failed(cause) => write!(f, "failed:{cause}"),
        }
    }
}

impl FromStr for FailureKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "503" => Self::Unavailable,
            "500" => Self::AcceptedThen500,
            "hang" => Self::Hang,
            "cut" => Self::Cut,
            "garbage" => Self::Garbage,
            "429" => Self::Throttled,
            "blocked_ip" => Self::BlockedIp,
            other => match other.split_once(':') {
                Some(("error", id)) if !id.is_empty() => Self::Error(id.to_owned()),
                Some(("failed", cause)) if !cause.is_empty() => Self::Failed(cause.to_owned()),
                _ => {
                    return Err(format!(
                        "{text:?} is not one of 503, 500, hang, cut, garbage, 429, blocked_ip, error:<id>, failed:<CAUSE>"
                    ));
                }
            },
        })
    }
}

impl Serialize for FailureKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FailureKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{FailureKind, Options, ReportEncoding};

    #[test]
    fn failure_kinds_read_back_what_they_write() {
        for text in [
            "503",
            "500",
            "hang",
            "cut",
            "garbage",
            "429",
            "blocked_ip",
            "error:105",
            "failed:DEFERRED",
        ] {
            assert_eq!(text.parse::<FailureKind>().unwrap().to_string(), text);
        }
        assert!("error:".parse::<FailureKind>().is_err());
        assert!("teapot".parse::<FailureKind>().is_err());
        assert_eq!(
            "json-string".parse::<ReportEncoding>().unwrap(),
            ReportEncoding::JsonString
        );
    }

    #[test]
    fn options_survive_json_and_name_what_is_wrong() {
        let options = Options {
            fail_suffix: vec![("7".into(), FailureKind::Hang)],
            ..Options::default()
        };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
        let wrong = Options {
            report_loss: 1.5,
            ..Options::default()
        };
        assert!(wrong.check().unwrap_err().contains("report_loss"));
        assert!(
            Options {
                report_batch: 21,
                ..Options::default()
            }
            .check()
            .is_err()
        );
        assert!(Options::default().check().is_ok());
    }
}
