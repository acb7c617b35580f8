//! Every switch of the simulator. All but `listen` can be changed while it runs.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::token;

/// Settings of the simulated API. Rates are shares from 0 to 1; times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Address and port.
    pub listen: SocketAddr,
    /// The application whose tokens are taken.
    pub application_id: String,
    /// Its public key, PEM.
    pub public_key: String,
    /// API key of the account.
    pub api_key: String,
    /// API secret of the account.
    pub api_secret: String,
    /// What callbacks are signed with.
    pub signature_secret: String,
    /// The WhatsApp number of the account, digits.
    pub number: String,
    /// Where statuses are posted, unless a message says its own.
    pub status_url: Option<String>,
    /// Where inbound messages are posted.
    pub inbound_url: Option<String>,
    /// How callbacks are signed.
    pub signing: Signing,
    /// Shape of callbacks, `v1` or `v0.1`, unless a message says its own.
    pub webhook_version: String,
    /// Pause before an answer.
    pub latency_ms: u64,
    /// Messages a second; more are answered with 429.
    pub limit_per_second: Option<usize>,
    /// `Retry-After` of a 429, in seconds; left out when nothing is set, as Vonage may.
    pub retry_after: Option<u64>,
    /// Pause before each status.
    pub status_delay_ms: u64,
    /// Share of statuses that come twice.
    pub status_duplicates: f64,
    /// Share of statuses that never come.
    pub status_loss: f64,
    /// Share of messages that customers read by themselves.
    pub read_rate: f64,
    /// Messages outside of the 24-hour window are rejected unless they are templates.
    pub enforce_window: bool,
    /// Names of the approved templates; all names are, when nothing is set.
    pub templates: Option<Vec<String>>,
    /// What happens to numbers with an ending. The first that fits counts.
    pub fail_suffix: Vec<(String, Failure)>,
    /// Tries of a callback.
    pub callback_tries: u32,
    /// Pause before the second try; it doubles.
    pub callback_backoff_ms: u64,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8471)),
            application_id: "5a4e8d2c-6f1b-4c3a-9d7e-0123456789ab".into(),
            public_key: include_str!("practice-public.pem").into(),
            api_key: "abcd1234".into(),
            api_secret: "practice-secret".into(),
            signature_secret: "practice-signature-secret".into(),
            number: "919999900001".into(),
            status_url: None,
            inbound_url: None,
            signing: Signing::Right,
            webhook_version: "v1".into(),
            latency_ms: 0,
            limit_per_second: None,
            retry_after: None,
            status_delay_ms: 300,
            status_duplicates: 0.0,
            status_loss: 0.0,
            read_rate: 1.0,
            enforce_window: true,
            templates: None,
            fail_suffix: Vec::new(),
            callback_tries: 20,
            callback_backoff_ms: 200,
            seed: 1,
        }
    }
}

impl Options {
    /// Checks ranges; the error is a sentence that names the option.
    ///
    /// # Errors
    /// When an option is out of range.
    pub fn check(&self) -> Result<(), String> {
        let rates = [
            ("status_duplicates", self.status_duplicates),
            ("status_loss", self.status_loss),
            ("read_rate", self.read_rate),
        ];
        if let Some((name, rate)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(format!("{name} is a share from 0 to 1, not {rate}."));
        }
        if self.number.is_empty() || !self.number.bytes().all(|b| b.is_ascii_digit()) {
            return Err("number is the business number in digits with its country code.".into());
        }
        if !matches!(self.webhook_version.as_str(), "v1" | "v0.1") {
            return Err("webhook_version is v1 or v0.1.".into());
        }
        if self.callback_tries == 0 {
            return Err("callback_tries is at least 1.".into());
        }
        if token::public_key(&self.public_key).is_none() {
            return Err("public_key is an RSA key in PEM form, from -----BEGIN PUBLIC KEY----- on.".into());
        }
        for (name, url) in [
            ("status_url", &self.status_url),
            ("inbound_url", &self.inbound_url),
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

/// How callbacks are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// As documented, with the hash of the body.
    Right,
    /// Without the hash of the body.
    WithoutHash,
    /// Not at all.
    Unsigned,
    /// With another secret.
    WrongSecret,
    /// With the hash of another body.
    WrongHash,
}

/// What goes wrong with a message. Written as text, see [`Failure::from_str`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// `429`, `503` and so on: refused with this status and Vonage's error object.
    Refused(u16),
    /// `accepted-502`: accepted, and answered with the page of a gateway.
    AcceptedThen502,
    /// `hang`: accepted, never answered.
    Hang,
    /// `garbage`: accepted, and answered with a page.
    Garbage,
    /// `rejected:<code>`: accepted, then rejected with this code.
    Rejected(u32),
    /// `undeliverable`: accepted, then undeliverable.
    Undeliverable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "{status}"),
            Self::AcceptedThen502 => f.write_str("accepted-502"),
            Self::Hang => f.write_str("hang"),
            Self::Garbage => f.write_str("garbage"),
            Self::Rejected(code) => write!(f, "rejected:{code}"),
            Self::Undeliverable => f.write_str("undeliverable"),
        }
    }
}

impl FromStr for Failure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not one of 401, 402, 403, 422, 429, 500, 503, accepted-502, hang, garbage, \
                 rejected:<code>, undeliverable"
            )
        };
        Ok(match text {
            "accepted-502" => Self::AcceptedThen502,
            "hang" => Self::Hang,
            "garbage" => Self::Garbage,
            "undeliverable" => Self::Undeliverable,
            _ => match (text.parse(), text.strip_prefix("rejected:").map(str::parse)) {
                (Ok(status @ (401 | 402 | 403 | 422 | 429 | 500 | 503)), _) => Self::Refused(status),
                (_, Some(Ok(code))) => Self::Rejected(code),
                _ => return Err(wrong()),
            },
        })
    }
}

impl Serialize for Failure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_read_back_what_they_write() {
        for text in [
            "429",
            "503",
            "accepted-502",
            "hang",
            "garbage",
            "rejected:1300",
            "undeliverable",
        ] {
            assert_eq!(text.parse::<Failure>().unwrap().to_string(), text);
        }
        assert!("200".parse::<Failure>().is_err() && "rejected:x".parse::<Failure>().is_err());
    }

    #[test]
    fn options_survive_json_and_name_what_is_wrong() {
        let options = Options::default();
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
        assert_eq!(options.check(), Ok(()));
        let wrong = Options {
            public_key: "x".into(),
            ..Options::default()
        };
        assert!(wrong.check().unwrap_err().contains("public_key"));
        let wrong = Options {
            read_rate: 2.0,
            ..Options::default()
        };
        assert!(wrong.check().unwrap_err().contains("read_rate"));
    }
}
