//! Every switch of the simulator. All but `listen` can be changed while it runs.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Settings of the simulated provider. Rates are shares from 0 to 1; times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Address and port.
    pub listen: SocketAddr,
    /// User name and password of Basic authentication; nothing is asked for without it.
    pub basic: Option<(String, String)>,
    /// Headers that every request must have.
    pub headers: Vec<(String, String)>,
    /// The business number, digits.
    pub number: String,
    /// Where delivery reports and clicks are posted.
    pub reports_url: Option<String>,
    /// Where inbound messages are posted.
    pub inbound_url: Option<String>,
    /// Callbacks come in the other published variants too: numbers for texts, `ts`, `Clicked`, `payloadversion`.
    pub variants: bool,
    /// Pause before an answer.
    pub latency_ms: u64,
    /// Messages a second; more are answered with 429.
    pub limit_per_second: Option<usize>,
    /// Requests at once; more are answered with 429.
    pub max_concurrent: Option<usize>,
    /// Pause before each report.
    pub report_delay_ms: u64,
    /// Share of reports that come twice.
    pub report_duplicates: f64,
    /// Share of reports that never come.
    pub report_loss: f64,
    /// Share of messages that customers read by themselves.
    pub read_rate: f64,
    /// Messages outside of the 24-hour window fail unless they are templates.
    pub enforce_window: bool,
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
            listen: SocketAddr::from(([127, 0, 0, 1], 8472)),
            basic: Some(("vendor".into(), "practice-password".into())),
            headers: Vec::new(),
            number: "919999900000".into(),
            reports_url: None,
            inbound_url: None,
            variants: false,
            latency_ms: 0,
            limit_per_second: None,
            max_concurrent: None,
            report_delay_ms: 300,
            report_duplicates: 0.0,
            report_loss: 0.0,
            read_rate: 1.0,
            enforce_window: true,
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
            ("report_duplicates", self.report_duplicates),
            ("report_loss", self.report_loss),
            ("read_rate", self.read_rate),
        ];
        if let Some((name, rate)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(format!("{name} is a share from 0 to 1, not {rate}."));
        }
        if self.number.is_empty() || !self.number.bytes().all(|b| b.is_ascii_digit()) {
            return Err("number is the business number in digits with its country code.".into());
        }
        if self.callback_tries == 0 {
            return Err("callback_tries is at least 1.".into());
        }
        for (name, url) in [
            ("reports_url", &self.reports_url),
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

/// What goes wrong with a message. Written as text, see [`Failure::from_str`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// `403`, `429`, `500`, `503`: refused with this status and the published body.
    Refused(u16),
    /// `accepted-500`: accepted, and answered with the page of a gateway.
    AcceptedThen500,
    /// `hang`: accepted, never answered.
    Hang,
    /// `garbage`: accepted, and answered with a page.
    Garbage,
    /// `error:<code>`: refused on HTTP 200 with this code.
    Error(u32),
    /// `failed:<code>`: accepted, then a failed report with this code.
    Failed(u32),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "{status}"),
            Self::AcceptedThen500 => f.write_str("accepted-500"),
            Self::Hang => f.write_str("hang"),
            Self::Garbage => f.write_str("garbage"),
            Self::Error(code) => write!(f, "error:{code}"),
            Self::Failed(code) => write!(f, "failed:{code}"),
        }
    }
}

impl FromStr for Failure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not one of 403, 429, 500, 503, accepted-500, hang, garbage, error:<code>, failed:<code>"
            )
        };
        Ok(match text {
            "accepted-500" => Self::AcceptedThen500,
            "hang" => Self::Hang,
            "garbage" => Self::Garbage,
            _ => match (text.parse(), text.split_once(':')) {
                (Ok(status @ (403 | 429 | 500 | 503)), _) => Self::Refused(status),
                (_, Some(("error", code))) => Self::Error(code.parse().map_err(|_| wrong())?),
                (_, Some(("failed", code))) => Self::Failed(code.parse().map_err(|_| wrong())?),
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
            "accepted-500",
            "hang",
            "garbage",
            "error:2001",
            "failed:1006",
        ] {
            assert_eq!(text.parse::<Failure>().unwrap().to_string(), text);
        }
        assert!("200".parse::<Failure>().is_err() && "error:x".parse::<Failure>().is_err());
    }

    #[test]
    fn options_survive_json_and_name_what_is_wrong() {
        let options = Options::default();
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
        assert_eq!(options.check(), Ok(()));
        let wrong = Options {
            read_rate: 2.0,
            ..Options::default()
        };
        assert!(wrong.check().unwrap_err().contains("read_rate"));
    }
}
