//! Time zones by their names.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::problem::FieldProblem;

/// The zone of this name. The machine's own rules are the newer ones, but it may lack old names that browsers still use.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    TimeZone::get(name)
        .or_else(|_| TimeZoneDatabase::bundled().get(name))
        .ok()
}

/// The zone of the name that was given in this field.
pub fn given(name: &str, pointer: &str) -> Result<TimeZone, FieldProblem> {
    zone(name).ok_or_else(|| {
        let detail = format!(
            "\"{name}\" is no time zone. Give one of the IANA names, such as Asia/Kolkata or Europe/Berlin."
        );
        FieldProblem::new(pointer, "bad_zone", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_of_browsers_are_known() {
        for name in ["Asia/Kolkata", "Asia/Calcutta", "US/Pacific", "UTC"] {
            assert!(zone(name).is_some(), "{name}");
        }
        assert_eq!(given("Pune", "/zone").unwrap_err().pointer, "/zone");
    }
}
