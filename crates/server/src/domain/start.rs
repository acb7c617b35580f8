//! When a draft is to start, and its cut-off: what the clocks of a place show then, which is what a person chose.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::FieldProblem;
use super::zone;

/// How a local time is written.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// A time on the clocks of a zone. One that clocks jump over is as much later as they jump, one that comes twice is the first
/// of the two.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedStart {
    /// What the clocks show: `2026-12-24T18:00`.
    pub local: String,
    /// Whose clocks: an IANA name, such as `Asia/Kolkata`.
    pub zone: String,
}

impl PlannedStart {
    /// The moment, milliseconds since 1970 UTC.
    pub fn moment(&self) -> Result<i64, FieldProblem> {
        self.moment_of("/starts")
    }

    /// The same of another field.
    pub fn moment_of(&self, field: &str) -> Result<i64, FieldProblem> {
        let zone = zone::given(&self.zone, &format!("{field}/zone"))?;
        let whole = DateTime::strptime(LOCAL, &self.local)
            .ok()
            .filter(|_| self.local.len() == "2026-12-24T18:00".len());
        let moment = whole.and_then(|local| local.to_zoned(zone).ok());
        moment.map(|at| at.timestamp().as_millisecond()).ok_or_else(|| {
            let detail =
                "Give the date and the time that the clocks of the zone show, such as 2026-12-24T18:00.";
            FieldProblem::new(format!("{field}/local"), "not_a_time", detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(local: &str, zone: &str) -> String {
        let start = PlannedStart {
            local: local.into(),
            zone: zone.into(),
        };
        match start.moment() {
            Ok(at) => harkara_provider::wire::rfc3339(at),
            Err(problem) => problem.pointer,
        }
    }

    #[test]
    fn a_time_on_the_clocks_of_a_zone_is_a_moment() {
        for (local, zone, at) in [
            ("2026-12-24T18:00", "Asia/Kolkata", "2026-12-24T12:30:00Z"),
            ("2026-12-24T18:00", "Asia/Calcutta", "2026-12-24T12:30:00Z"),
            ("2026-12-24T18:00", "America/New_York", "2026-12-24T23:00:00Z"),
            // Berlin goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
            ("2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59:00Z"),
            ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
            ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(utc(local, zone), at, "{local} {zone}");
        }
    }

    #[test]
    fn what_is_no_time_and_no_zone_is_told_at_its_place() {
        for local in [
            "",
            "tomorrow",
            "2026-02-30T10:00",
            "2026-12-24",
            "2026-12-24T18:00Z",
        ] {
            assert_eq!(utc(local, "UTC"), "/starts/local", "{local}");
        }
        for zone in ["", "Mars/Olympus", "+05:30"] {
            assert_eq!(utc("2026-12-24T18:00", zone), "/starts/zone", "{zone}");
        }
    }
}
