//! What a measurement says, for people and for programs.

use serde_json::{Map, Value, json};

/// The figures of one measurement. Medians where there are several rounds.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What was measured.
    pub name: String,
    /// Things a second, by the product.
    pub rate: f64,
    /// Things a second, by the leanest program in the same run.
    pub ceiling: f64,
    /// Processor time of the server for each thing, microseconds.
    pub cpu_us: f64,
    /// Median time of one thing.
    pub p50_ms: f64,
    /// Time that one thing in a hundred exceeds.
    pub p99_ms: f64,
    /// Most memory of the server.
    pub rss_mb: f64,
    /// How it was measured, in a sentence.
    pub conditions: String,
    /// Anything else worth telling.
    pub more: Map<String, Value>,
}

impl Figures {
    /// The share of the ceiling that the product reaches; 0 without a ceiling.
    pub fn ratio(&self) -> f64 {
        if self.ceiling > 0.0 {
            self.rate / self.ceiling
        } else {
            0.0
        }
    }

    /// One JSON object.
    pub fn json(&self) -> Value {
        let mut told = json!({
            "name": self.name,
            "rate": rounded(self.rate),
            "ceiling": rounded(self.ceiling),
            "ratio": rounded(self.ratio()),
            "cpu_us": rounded(self.cpu_us),
            "p50_ms": rounded(self.p50_ms),
            "p99_ms": rounded(self.p99_ms),
            "rss_mb": rounded(self.rss_mb),
            "conditions": self.conditions,
        });
        for (key, value) in &self.more {
            told[key] = value.clone();
        }
        told
    }

    /// Lines for people.
    pub fn table(&self) -> String {
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        let mut line = |name: &str, value: String| {
            table.add_row(vec![name.to_owned(), value]);
        };
        line("rate", format!("{:.0}/s", self.rate));
        if self.ceiling > 0.0 {
            line("ceiling", format!("{:.0}/s", self.ceiling));
            line("ratio", format!("{:.2}", self.ratio()));
        }
        line("processor", format!("{:.1} us each", self.cpu_us));
        line(
            "time",
            format!("{:.1} ms median, {:.1} ms p99", self.p50_ms, self.p99_ms),
        );
        line("memory", format!("{:.1} MB at most", self.rss_mb));
        for (key, value) in &self.more {
            line(key, value.to_string());
        }
        format!("{}\n{table}\n{}", self.name, self.conditions)
    }
}

/// Three digits are all that such a measurement is worth.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10f64.powi(3 - value.abs().log10().ceil() as i32);
    if scale >= 1.0 {
        (value * scale).round() / scale
    } else {
        value.round()
    }
}

/// The middle one; the mean of the middle two.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value that `percent` of all values do not exceed, between neighbours by distance. 0 for no values.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let at = last as f64 * percent / 100.0;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        assert_eq!(percentile(&[1.0, 2.0, 3.0, 4.0, 5.0], 100.0), 5.0);
    }

    #[test]
    fn the_object_has_what_the_contract_names() {
        let figures = Figures {
            rate: 15_123.4,
            ceiling: 20_000.0,
            cpu_us: 48.123_4,
            ..Figures::default()
        };
        let json = figures.json();
        assert_eq!(json["rate"], 15_123.0);
        assert_eq!(json["ratio"], 0.756);
        assert_eq!(json["cpu_us"], 48.1);
        for key in ["ceiling", "p50_ms", "p99_ms", "rss_mb", "conditions"] {
            assert!(!json[key].is_null(), "{key}");
        }
    }
}
