//! In which encoding a file most likely is: what spreadsheets save without saying so.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that the detector looks at, from the first on that is not ASCII: it is slower than the disk.
const LOOKED_AT: usize = 4 << 20;

/// The byte that stands where the file has none of its encoding: no text in UTF-8 holds it, so the row is a bad one.
const NONE: u8 = 0xff;

/// The encoding of this name, such as `windows-1252` or `latin1`.
pub fn named(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(name.trim().as_bytes())
}

/// The name of an encoding as the API has it.
pub fn name(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

/// Guesses while the bytes of a file go by.
pub struct Guess {
    detector: EncodingDetector,
    fed: usize,
    /// What the first bytes say, when they do.
    said: Option<&'static Encoding>,
    begun: bool,
    /// The end of a part that may go on in the next one.
    carry: Vec<u8>,
    /// Characters beyond ASCII that are UTF-8, and places that are not.
    good: u64,
    bad: u64,
}

impl Default for Guess {
    fn default() -> Self {
        Self {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            fed: 0,
            said: None,
            begun: false,
            carry: Vec::new(),
            good: 0,
            bad: 0,
        }
    }
}

impl Guess {
    /// Looks at the next bytes. False when the rest need not be seen.
    pub fn feed(&mut self, bytes: &[u8]) -> bool {
        if !self.begun && !bytes.is_empty() {
            self.begun = true;
            self.said = said(bytes);
        }
        if self.said.is_some() {
            return false;
        }
        if self.carry.is_empty() && self.fed == 0 && bytes.is_ascii() {
            return true;
        }
        let room = LOOKED_AT - self.fed;
        let part = &bytes[..bytes.len().min(room)];
        self.detector.feed(part, false);
        self.fed += part.len();
        self.count(bytes);
        true
    }

    fn count(&mut self, bytes: &[u8]) {
        let joined;
        let mut rest = if self.carry.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.carry).as_slice(), bytes].concat();
            &joined
        };
        loop {
            let (valid, wrong) = match str::from_utf8(rest) {
                Ok(_) => (rest.len(), Some(0)),
                Err(e) => (e.valid_up_to(), e.error_len()),
            };
            self.good += rest[..valid].iter().filter(|byte| **byte >= 0xc0).count() as u64;
            rest = &rest[valid..];
            match wrong {
                Some(0) => return,
                Some(wrong) => {
                    self.bad += 1;
                    rest = &rest[wrong..];
                }
                None => {
                    self.carry = rest.to_vec();
                    return;
                }
            }
        }
    }

    /// The guess. `whole`: there are no more bytes. A file with some bad bytes among much good UTF-8 is UTF-8 all the
    /// same: its other rows must not become gibberish.
    pub fn end(self, whole: bool) -> &'static Encoding {
        if let Some(said) = self.said {
            return said;
        }
        let bad = self.bad + u64::from(whole && !self.carry.is_empty());
        if bad == 0 || self.good > bad {
            UTF_8
        } else {
            self.detector.guess(None, Utf8Detection::Deny)
        }
    }
}

/// What the first bytes of a file say about the rest.
fn said(start: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Some(encoding);
    }
    // Workbooks are refused as what they are.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(UTF_8);
    }
    // Without a mark, every second byte of a Western text in UTF-16 is zero.
    let start = &start[..start.len().min(4096)];
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), start.len() / 2);
    match pairs {
        0..4 => None,
        _ if odd * 2 > pairs && even * 10 < pairs => Some(UTF_16LE),
        _ if even * 2 > pairs && odd * 10 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Turns a file into UTF-8, part by part.
pub struct Turn(encoding_rs::Decoder);

impl Turn {
    /// From this encoding; a mark at the beginning is dropped.
    pub fn new(from: &'static Encoding) -> Self {
        Self(from.new_decoder_with_bom_removal())
    }

    /// Adds the next part of the file to `text`.
    pub fn push(&mut self, mut bytes: &[u8], last: bool, text: &mut Vec<u8>) {
        let mut room = vec![0; 16 << 10];
        loop {
            let (result, read, written) = self.0.decode_to_utf8_without_replacement(bytes, &mut room, last);
            text.extend_from_slice(&room[..written]);
            bytes = &bytes[read..];
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => text.push(NONE),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guess(bytes: &[u8], part: usize) -> String {
        let mut guess = Guess::default();
        for part in bytes.chunks(part.max(1)) {
            guess.feed(part);
        }
        name(guess.end(true))
    }

    fn turn(from: &'static Encoding, bytes: &[u8], part: usize) -> Vec<u8> {
        let (mut turn, mut text) = (Turn::new(from), Vec::new());
        for part in bytes.chunks(part) {
            turn.push(part, false, &mut text);
        }
        turn.push(b"", true, &mut text);
        text
    }

    fn utf_16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    }

    #[test]
    fn what_spreadsheets_save_is_recognised() {
        let text = "phone,name\r\n+919999900001,Zoë Müller\r\n+919999900002,José\r\n";
        let russian = "телефон;имя\r\n+919999900001;Екатерина Иванова\r\n";
        let mixed = [
            "phone,name\n9999900001,आशा\n".as_bytes(),
            b"9999900002,Z\xfcrich\n",
        ]
        .concat();
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), "utf-8"),
            (b"phone,name\n9999900001,Asha\n".to_vec(), "utf-8"),
            (encoding_rs::WINDOWS_1252.encode(text).0.to_vec(), "windows-1252"),
            (b"phone,city\n9999900001,Z\xfcrich\n".to_vec(), "windows-1252"),
            (
                encoding_rs::WINDOWS_1251.encode(russian).0.to_vec(),
                "windows-1251",
            ),
            (utf_16(text, false, true), "utf-16le"),
            (utf_16(text, true, true), "utf-16be"),
            (utf_16(text, false, false), "utf-16le"),
            (utf_16(text, true, false), "utf-16be"),
            (mixed, "utf-8"),
            (b"PK\x03\x04\xff\x00".to_vec(), "utf-8"),
            (Vec::new(), "utf-8"),
        ] {
            assert_eq!(guess(&bytes, bytes.len()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_becomes_utf_8_whatever_its_parts_are() {
        let text = "a;Zoë 🙂\r\n";
        for part in 1..9 {
            assert_eq!(turn(UTF_16LE, &utf_16(text, false, true), part), text.as_bytes());
            assert_eq!(turn(UTF_16BE, &utf_16(text, true, true), part), text.as_bytes());
        }
        let lone = [0x41, 0, 0, 0xd8, 0x42, 0];
        assert_eq!(turn(UTF_16LE, &lone, 3), b"A\xffB", "what is no text stays none");
    }

    proptest! {
        #[test]
        fn text_is_utf_8_however_it_is_cut(text in "\\PC{1,80}", part in 1usize..9) {
            // Many zeros are UTF-16, and no text has them.
            prop_assert_eq!(guess(format!("name,{text}").as_bytes(), part.max(8)), "utf-8");
        }
    }
}
