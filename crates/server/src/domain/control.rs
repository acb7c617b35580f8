//! The control group of a campaign: people who would get it and do not, so that the two can be compared.

/// How many in a thousand of those who would get it are held out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Control(i16);

/// Half of the people: with more it would be the campaign that is the exception.
const MOST: f64 = 50.0;

impl Control {
    /// A percentage with at most one decimal, from 0 to 50.
    ///
    /// # Errors
    /// What is wrong with it, for a person.
    pub fn of_percent(percent: f64) -> Result<Self, &'static str> {
        let permille = (percent * 10.0).round();
        if !(0.0..=MOST).contains(&percent) || (percent * 10.0 - permille).abs() > 1e-6 {
            return Err("Give 0 to 50 percent, with one decimal at most, such as 5 or 2.5.");
        }
        Ok(Self(permille as i16))
    }

    /// As it is kept.
    pub fn of_permille(permille: i16) -> Self {
        Self(permille)
    }

    /// To be kept.
    pub fn permille(self) -> i16 {
        self.0
    }

    /// As people say it.
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// Is there any?
    pub fn is_some(self) -> bool {
        self.0 > 0
    }

    /// Is this person held out of this campaign? It depends on nothing else, so that the answer is the same when people are
    /// counted and when it is sent, on every server and after every restart; and another campaign holds out other people. The
    /// number is the person: two profiles with one number are held out together.
    pub fn holds_out(self, campaign: i64, phone: &str) -> bool {
        self.is_some() && place(campaign, phone) % 1_000 < u64::from(self.0.unsigned_abs())
    }
}

/// FNV-1a over the person, beginning with the campaign, and then mixed (the end of SplitMix64), because the last digits of
/// numbers that follow each other would not move the upper bits. It is kept for ever: with another one, running campaigns would
/// hold out other people.
fn place(campaign: i64, phone: &str) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = campaign.to_be_bytes().into_iter().chain(phone.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(i: u64) -> String {
        format!("+9199999{i:05}")
    }

    #[test]
    fn percentages_have_one_decimal_and_go_to_half() {
        for (percent, permille) in [(0.0, Some(0)), (0.1, Some(1)), (2.5, Some(25)), (50.0, Some(500))] {
            let read = Control::of_percent(percent).ok();
            assert_eq!(read.map(Control::permille), permille, "{percent}");
            assert_eq!(read.map(Control::percent), Some(percent));
        }
        for percent in [-1.0, 50.1, 2.55, f64::NAN, f64::INFINITY] {
            assert!(Control::of_percent(percent).is_err(), "{percent}");
        }
    }

    #[test]
    fn it_is_as_large_as_was_asked_for_and_others_in_each_campaign() {
        const PEOPLE: u64 = 50_000;
        for permille in [1, 25, 50, 333, 500] {
            let control = Control::of_permille(permille);
            for campaign in [1, 2, 7_234_567_890_123] {
                let held = (0..PEOPLE)
                    .filter(|i| control.holds_out(campaign, &phone(*i)))
                    .count();
                let wanted = PEOPLE as f64 * f64::from(permille) / 1_000.0;
                let spread = 4.0 * (wanted * (1.0 - f64::from(permille) / 1_000.0)).sqrt();
                assert!(
                    (held as f64 - wanted).abs() < spread,
                    "{permille} of campaign {campaign}: {held}"
                );
            }
        }
        let half = Control::of_permille(500);
        let same = (0..PEOPLE)
            .filter(|i| half.holds_out(1, &phone(*i)) == half.holds_out(2, &phone(*i)))
            .count();
        assert!((20_000..30_000).contains(&same), "{same}");
        assert!(!(0..PEOPLE).any(|i| Control::default().holds_out(1, &phone(i))));
    }

    #[test]
    fn who_is_held_out_never_changes() {
        let control = Control::of_permille(500);
        let held: Vec<u64> = (0..16).filter(|i| control.holds_out(42, &phone(*i))).collect();
        assert_eq!(held, [0, 3, 5, 7, 10, 12]);
    }
}
