//! The second factor at the sign-in: codes that an authenticator program and the server both work out of a secret and the
//! time (RFC 6238), and recovery codes for whoever lost the program.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

use crate::clock::{HOUR, MINUTE, Millis, SECOND};

/// How long a code is shown.
const STEP: Millis = 30 * SECOND;
/// Steps that the clock of a phone may be off, either way.
const DRIFT: i64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;

/// Bytes of a secret, as many as a SHA-1 has.
pub const SECRET: usize = 20;
/// Bytes of a recovery code: too many to be found from the hash that is kept.
pub const RECOVERY: usize = 10;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;

/// How long one may take from the password to the code.
pub const CODE_WITHIN: Millis = 10 * MINUTE;
/// How long one may take from the secret to the first code of it.
pub const SET_UP_WITHIN: Millis = HOUR;

/// Letters of secrets, as RFC 4648 has them.
const OF_SECRETS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Letters of recovery codes: none that is taken for another one.
const OF_RECOVERY: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Five bits a letter.
fn base32(bytes: &[u8], letters: &[u8; 32]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(letters[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    text
}

/// The secret as it is typed into an authenticator.
pub fn secret_text(secret: &[u8; SECRET]) -> String {
    base32(secret, OF_SECRETS)
}

/// What the QR code of a secret says.
pub fn uri(secret: &[u8; SECRET], email: &str) -> String {
    let email = utf8_percent_encode(email, NON_ALPHANUMERIC);
    let secret = secret_text(secret);
    format!("otpauth://totp/Harkara:{email}?secret={secret}&issuer=Harkara")
}

/// A recovery code as it is written down, in groups of four.
pub fn recovery_code(bytes: &[u8; RECOVERY]) -> String {
    let text = base32(bytes, OF_RECOVERY);
    let groups: Vec<&str> = (0..text.len()).step_by(4).map(|at| &text[at..at + 4]).collect();
    groups.join("-")
}

/// The 31 bits of RFC 4226 for a counter, of which a code shows the last digits.
fn truncated(secret: &[u8], counter: i64) -> u32 {
    // SHA-1 because authenticators expect it and some ignore that a secret asks for another one. What is known against it
    // does not touch its HMAC.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag.last().copied().unwrap_or_default() & 15);
    let taken = tag.iter().skip(from).take(4);
    taken.fold(0, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff
}

/// The code that an authenticator shows at this moment.
pub fn code_at(secret: &[u8], now: Millis) -> String {
    code(secret, now.div_euclid(STEP))
}

fn code(secret: &[u8], step: i64) -> String {
    format!("{:0DIGITS$}", truncated(secret, step) % 10u32.pow(DIGITS as u32))
}

/// What somebody typed in place of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A code of an authenticator.
    Code(String),
    /// A recovery code, without what only separates.
    Recovery(String),
}

/// Reads a code, however it is separated. What has only digits, and no more than two codes have, was meant as one.
pub fn read(text: &str) -> Typed {
    let bare: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if bare.len() <= 2 * DIGITS && bare.chars().all(|c| c.is_ascii_digit()) {
        return Typed::Code(bare);
    }
    let alike = |c| match c {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    Typed::Recovery(bare.chars().map(alike).collect())
}

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Right, the one of this step.
    Right(i64),
    /// It was right, and was used already.
    Used,
    /// Not one of this time.
    Wrong,
}

/// Judges a code. The one of `last_step` and what came before it works no more.
pub fn judge(secret: &[u8], given: &str, last_step: i64, now: Millis) -> Judged {
    let step = now.div_euclid(STEP);
    let fitting = (step - DRIFT..=step + DRIFT).filter(|step| code(secret, *step) == given);
    match fitting.max() {
        Some(step) if step > last_step => Judged::Right(step),
        Some(_) => Judged::Used,
        None => Judged::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 6238, appendix B.
    const KEY: &[u8; SECRET] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(KEY, seconds / 30) % 100_000_000, eight, "{seconds}");
        }
        assert_eq!(code_at(KEY, 59 * SECOND), "287082");
        // Zeros in front are digits too.
        assert_eq!(code_at(KEY, 1_111_111_109 * SECOND), "081804");
    }

    #[test]
    fn a_secret_is_written_as_authenticators_read_it() {
        assert_eq!(secret_text(KEY), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            uri(KEY, "asha+1@shop.example"),
            "otpauth://totp/Harkara:asha%2B1%40shop%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harkara"
        );
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_no_more() {
        let step = 1_000_000;
        let now = step * STEP + 7;
        let judged = |at: i64| judge(KEY, &code(KEY, at), 0, now);
        assert_eq!(judged(step - 2), Judged::Wrong);
        for near in [step - 1, step, step + 1] {
            assert_eq!(judged(near), Judged::Right(near));
        }
        assert_eq!(judged(step + 2), Judged::Wrong);
    }

    #[test]
    fn what_was_used_is_not_right_again_nor_is_what_came_before() {
        let step = 1_000_000;
        let after = |last| judge(KEY, &code(KEY, step), last, step * STEP);
        assert_eq!(after(step - 1), Judged::Right(step));
        assert_eq!(after(step), Judged::Used);
        assert_eq!(after(step + 1), Judged::Used);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(read(" 123 456 "), Typed::Code("123456".into()));
        assert_eq!(read("12345"), Typed::Code("12345".into()));
        let written = recovery_code(&[0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
        assert_eq!(written, "zw01-4d2p-f2db-sqqg");
        let kept = Typed::Recovery("zw014d2pf2dbsqqg".into());
        assert_eq!(read(&written), kept);
        assert_eq!(read("ZWOL 4D2P F2DB SQQG"), kept);
        assert_eq!(read(&"9".repeat(500)), Typed::Recovery("9".repeat(64)));
    }
}
