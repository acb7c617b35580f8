//! Rows of CSV as they come in the wild, one physical line at a time: quoted fields may hold line breaks, lines end in
//! LF or CRLF, a quote inside an unquoted field is an ordinary character.

/// Delimiters that [`guess_delimiter`] looks for.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote in a quoted field: it ends the field, or stands for itself when another follows.
    QuoteSeen,
}

/// One row while it is put together, reused from row to row.
#[derive(Debug, Default)]
pub struct Row {
    data: Vec<u8>,
    ends: Vec<usize>,
    state: State,
}

impl Row {
    /// Forgets the row.
    pub fn clear(&mut self) {
        self.data.clear();
        self.ends.clear();
        self.state = State::FieldStart;
    }

    /// Adds a physical line with its line end. True when the row is complete; false when a quoted field goes on in the
    /// next line.
    pub fn push(&mut self, line: &[u8], delimiter: u8) -> bool {
        for &byte in line {
            match self.state {
                State::Quoted if byte == b'"' => self.state = State::QuoteSeen,
                State::Quoted => self.data.push(byte),
                State::QuoteSeen if byte == b'"' => {
                    self.data.push(b'"');
                    self.state = State::Quoted;
                }
                State::FieldStart if byte == b'"' => self.state = State::Quoted,
                State::FieldStart | State::Plain | State::QuoteSeen => {
                    if byte == delimiter {
                        self.ends.push(self.data.len());
                        self.state = State::FieldStart;
                    } else if byte != b'\n' {
                        self.data.push(byte);
                        self.state = State::Plain;
                    }
                }
            }
        }
        if self.state == State::Quoted {
            return false;
        }
        if line.ends_with(b"\r\n") {
            self.data.pop();
        }
        self.ends.push(self.data.len());
        true
    }

    /// The fields of a complete row.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.data[start..*end])
    }

    /// How many fields a complete row has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Nothing but space: an empty line.
    pub fn is_empty(&self) -> bool {
        self.len() <= 1 && self.data.trim_ascii().is_empty()
    }
}

/// The delimiter that the first line uses most, outside quotes; a comma when it uses none.
pub fn guess_delimiter(first_line: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0usize; DELIMITERS.len()];
    for byte in first_line {
        if *byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(i) = DELIMITERS.iter().position(|d| d == byte) {
            counts[i] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let first_of_most = counts.iter().position(|count| *count == most && most > 0);
    first_of_most.map_or(b',', |i| DELIMITERS[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let mut row = Row::default();
        let mut rows = Vec::new();
        for line in text.split_inclusive(|b| *b == b'\n') {
            if row.push(line, delimiter) {
                rows.push(row.fields().map(<[u8]>::to_vec).collect());
                row.clear();
            }
        }
        rows
    }

    #[test]
    fn rows_from_the_wild_are_read() {
        for (text, expected) in [
            ("a,b\n", vec![vec!["a", "b"]]),
            ("a,b\r\nc,d", vec![vec!["a", "b"], vec!["c", "d"]]),
            ("\"a\nb\",c\n", vec![vec!["a\nb", "c"]]),
            ("\"a\r\nb\",c\r\n", vec![vec!["a\r\nb", "c"]]),
            ("\"say \"\"hi\"\"\",\"\"\r\n", vec![vec!["say \"hi\"", ""]]),
            ("5\" pipe,x\n", vec![vec!["5\" pipe", "x"]]),
            ("\"a\"b,c\n", vec![vec!["ab", "c"]]),
            (",,\n", vec![vec!["", "", ""]]),
            ("a,\"b,c\"\n", vec![vec!["a", "b,c"]]),
            ("\"open", vec![]),
        ] {
            let expected: Vec<Vec<Vec<u8>>> = expected
                .iter()
                .map(|row| row.iter().map(|f| f.as_bytes().to_vec()).collect())
                .collect();
            assert_eq!(rows(text.as_bytes(), b','), expected, "{text:?}");
        }
    }

    #[test]
    fn an_empty_line_is_empty() {
        for (line, empty) in [
            ("\n", true),
            ("  \r\n", true),
            (",\n", false),
            ("a\n", false),
            ("\"\"\n", true),
        ] {
            let mut row = Row::default();
            assert!(row.push(line.as_bytes(), b','));
            assert_eq!(row.is_empty(), empty, "{line:?}");
        }
    }

    #[test]
    fn the_delimiter_is_guessed() {
        for (line, expected) in [
            ("phone,name", b','),
            ("phone;name;a,b", b';'),
            ("phone\tname", b'\t'),
            ("phone|name", b'|'),
            ("\"a,b,c\";d", b';'),
            ("phone", b','),
        ] {
            assert_eq!(guess_delimiter(line.as_bytes()), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_the_csv_library_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-z\"\r\n, ;é]{0,8}", 2..5), 1..6),
            delimiter in prop::sample::select(&DELIMITERS[..]),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let read = rows(&text, delimiter);
            let expected: Vec<Vec<Vec<u8>>> =
                table.iter().map(|row| row.iter().map(|f| f.as_bytes().to_vec()).collect()).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            rows(&bytes, b',');
        }
    }
}
