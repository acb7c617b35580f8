//! Reading the file of an import, row by row, on a thread of its own: memory stays bounded whatever the file holds.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use tokio::sync::mpsc;

use crate::domain::columns::{Chosen, Columns, Person};
use crate::domain::csv_row::{Row, guess_delimiter};

/// Bytes of a batch at most, about.
const BATCH_BYTES: u64 = 4 << 20;
/// Bytes of a row at most: all that a profile can hold.
const ROW_BYTES: usize = 256 << 10;

/// Fields that a person wrote in place of those of a row, by the line that it begins on.
pub type Corrections = BTreeMap<u64, Vec<String>>;

/// How to read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Names of columns given by a person.
    pub chosen: Chosen,
    /// Delimiter given by a person.
    pub delimiter: Option<u8>,
    /// Default region of numbers.
    pub region: String,
    /// The first row names the columns.
    pub header: bool,
    /// Rows that a person corrected.
    pub corrections: Corrections,
    /// Everything before this byte is done.
    pub from: u64,
    /// Rows of a batch at most.
    pub rows: usize,
    /// A batch ends at this byte, if a row does.
    pub cut: Option<u64>,
}

/// A row that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file that it begins on, from 1.
    pub line: u64,
    /// Why, as a sentence.
    pub reason: String,
    /// Its fields as they are; of a torn row, its first line.
    pub fields: Vec<Vec<u8>>,
    /// Place of the column that is at fault, when it is one.
    pub column: Option<usize>,
}

/// Some rows.
#[derive(Debug, Default)]
pub struct Batch {
    /// Rows that were understood, each with its line.
    pub people: Vec<(u64, Person)>,
    /// The others.
    pub bad: Vec<BadRow>,
    /// Everything before this byte is read.
    pub end: u64,
}

/// What the reader hands over.
#[derive(Debug)]
pub enum Part {
    /// First of all: the names of the columns, what stands between fields, and the line that reading begins on.
    Header(Vec<String>, u8, u64),
    /// Then the rows.
    Rows(Batch),
}

/// Reads all of the file into `parts`, ends early when nobody takes them. An error is a sentence for a person.
pub fn read(path: &Path, reading: &Reading, parts: &mpsc::Sender<Part>) -> Result<(), String> {
    let file = File::open(path).map_err(|e| cannot_read(&e))?;
    let mut lines = Lines::new(file);
    sniff(&mut lines)?;
    let mut row = Row::default();
    let (columns, delimiter) = read_header(&mut lines, &mut row, reading)?;
    if reading.from > 0 {
        lines.skip_to(reading.from).map_err(|e| cannot_read(&e))?;
    }
    let header = Part::Header(columns.header().to_vec(), delimiter, lines.line + 1);
    if parts.blocking_send(header).is_err() {
        return Ok(());
    }
    loop {
        let from = lines.offset;
        let mut batch = Batch::default();
        let mut at_end = false;
        let cut = reading.cut.filter(|cut| *cut > from).unwrap_or(u64::MAX);
        while batch.people.len() + batch.bad.len() < reading.rows
            && lines.offset - from < BATCH_BYTES
            && lines.offset < cut
        {
            let found = lines.next_row(&mut row, delimiter).map_err(|e| cannot_read(&e))?;
            if matches!(found, Found::End) {
                at_end = true;
                break;
            }
            let line = lines.row_line;
            let mut judged = judge(&mut lines, &found, &row, &columns, reading)?;
            // The lines of a torn row stay rows of their own, whoever corrected the first.
            if judged.is_some()
                && let Some(fields) = reading.corrections.get(&line)
            {
                judged = Some(corrected(line, fields, &columns, &reading.region));
            }
            match judged {
                None => {}
                Some(Ok(person)) => batch.people.push((line, person)),
                Some(Err(bad)) => batch.bad.push(bad),
            }
        }
        batch.end = lines.offset;
        if parts.blocking_send(Part::Rows(batch)).is_err() || at_end {
            return Ok(());
        }
    }
}

/// What a row is; nothing when it is empty. Reading goes on behind it, or in the second line of a torn one.
fn judge(
    lines: &mut Lines,
    found: &Found,
    row: &Row,
    columns: &Columns,
    reading: &Reading,
) -> Result<Option<Result<Person, BadRow>>, String> {
    let line = lines.row_line;
    let bad = |reason: &str, fields| BadRow {
        line,
        reason: reason.into(),
        fields,
        column: None,
    };
    let bad = match found {
        Found::Row if row.is_empty() => return Ok(None),
        Found::Row => match columns.read(row.fields(), &reading.region) {
            Ok(person) => return Ok(Some(Ok(person))),
            Err(problem) => {
                let torn = problem.torn && lines.row_has_more_lines();
                let fields = if torn {
                    vec![lines.first.trim_ascii_end().to_vec()]
                } else {
                    row.fields().map(<[u8]>::to_vec).collect()
                };
                if torn {
                    lines.back_to_second_line().map_err(|e| cannot_read(&e))?;
                }
                BadRow {
                    column: problem.column.filter(|_| !torn),
                    ..bad(&problem.reason, fields)
                }
            }
        },
        Found::Open => {
            let fields = vec![lines.first.trim_ascii_end().to_vec()];
            lines.back_to_second_line().map_err(|e| cannot_read(&e))?;
            bad(
                "a quote is opened and never closed: close it or remove it",
                fields,
            )
        }
        Found::TooLong => bad(
            "the line has more than 256 KiB: a profile cannot hold that much",
            Vec::new(),
        ),
        Found::End => return Ok(None),
    };
    Ok(Some(Err(bad)))
}

/// What a row is with the fields that a person gave it.
pub fn corrected(line: u64, fields: &[String], columns: &Columns, region: &str) -> Result<Person, BadRow> {
    columns
        .read(fields.iter().map(String::as_bytes), region)
        .map_err(|problem| BadRow {
            line,
            reason: problem.reason,
            fields: fields.iter().map(|field| field.clone().into_bytes()).collect(),
            column: problem.column,
        })
}

fn cannot_read(e: &io::Error) -> String {
    format!("The stored file cannot be read: {e}. Check the disk of the server, then import the file again.")
}

/// Refuses what is no CSV before it makes a thousand bad rows.
fn sniff(lines: &mut Lines) -> Result<(), String> {
    let mut start = Vec::new();
    lines
        .reader
        .by_ref()
        .take(64 << 10)
        .read_to_end(&mut start)
        .map_err(|e| cannot_read(&e))?;
    let bom = no_csv(&start)?;
    lines.seek(bom as u64, 0).map_err(|e| cannot_read(&e))
}

/// Why the beginning of a file shows that it is no CSV; else the length of its byte order mark.
pub(super) fn no_csv(start: &[u8]) -> Result<usize, String> {
    let bom = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let problem = if start[bom..].trim_ascii().is_empty() {
        "The file is empty: it needs a first row with the names of the columns, and a row for each person."
    } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        "The file is an Excel workbook: open it and save it as \"CSV UTF-8\"."
    } else if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        "The file is in UTF-16: choose that as its encoding."
    } else if start.contains(&0) {
        "The file is not text: save the table as \"CSV UTF-8\"."
    } else if start.contains(&b'\r') && !start.contains(&b'\n') {
        "The lines of the file end in a way of old Macs: save it as \"CSV UTF-8\"."
    } else {
        return Ok(bom);
    };
    Err(problem.to_owned())
}

fn read_header(lines: &mut Lines, row: &mut Row, reading: &Reading) -> Result<(Columns, u8), String> {
    let mut delimiter = reading.delimiter.unwrap_or(b',');
    // The delimiter is guessed from the first line that is not empty, so that one is read twice.
    let (start, first_line, found) = loop {
        let (start, line) = (lines.offset, lines.line);
        let found = lines.next_row(row, delimiter).map_err(|e| cannot_read(&e))?;
        if !matches!(found, Found::Row) || !row.is_empty() {
            break (start, line, found);
        }
    };
    if reading.delimiter.is_none() {
        delimiter = guess_delimiter(&lines.first);
        lines.seek(start, first_line).map_err(|e| cannot_read(&e))?;
        lines.next_row(row, delimiter).map_err(|e| cannot_read(&e))?;
    }
    if !matches!(found, Found::Row) {
        return Err(
            "The first row cannot be read: a quote in it is never closed, or it is far too long.".into(),
        );
    }
    let header = if reading.header {
        let names = row
            .fields()
            .map(|name| str::from_utf8(name).map(|name| name.trim().to_owned()));
        let names: Result<Vec<String>, _> = names.collect();
        names.map_err(|_| "The first row is no text in this encoding: choose the one of the file, or save it as \"CSV UTF-8\".")?
    } else {
        lines.seek(start, first_line).map_err(|e| cannot_read(&e))?;
        unnamed(row.len())
    };
    let columns = Columns::of(header, &reading.chosen, &reading.region).map_err(|e| e.to_string())?;
    Ok((columns, delimiter))
}

/// Names for columns of a file that names none.
pub(super) fn unnamed(columns: usize) -> Vec<String> {
    (1..=columns).map(|n| format!("Column {n}")).collect()
}

enum Found {
    Row,
    /// A quoted field did not end before the file or the patience did.
    Open,
    /// One line was too long, and is skipped.
    TooLong,
    End,
}

/// The file by physical lines, with the place of the row that is being read.
struct Lines {
    reader: BufReader<File>,
    /// Byte behind the last line that was read.
    offset: u64,
    /// Lines that were read.
    line: u64,
    buffer: Vec<u8>,
    /// First physical line of the row.
    first: Vec<u8>,
    row_line: u64,
    second_line: u64,
}

impl Lines {
    fn new(file: File) -> Self {
        Self {
            reader: BufReader::with_capacity(64 << 10, file),
            offset: 0,
            line: 0,
            buffer: Vec::new(),
            first: Vec::new(),
            row_line: 0,
            second_line: 0,
        }
    }

    fn seek(&mut self, offset: u64, line: u64) -> io::Result<()> {
        self.reader.seek(SeekFrom::Start(offset))?;
        (self.offset, self.line) = (offset, line);
        Ok(())
    }

    /// Goes to a byte that a batch ended at, counting lines.
    fn skip_to(&mut self, offset: u64) -> io::Result<()> {
        self.seek(0, 0)?;
        let mut left = offset;
        let mut lines = 0;
        while left > 0 {
            let chunk = self.reader.fill_buf()?;
            let used = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if used == 0 {
                break;
            }
            lines += chunk[..used].iter().filter(|b| **b == b'\n').count() as u64;
            self.reader.consume(used);
            left -= used as u64;
        }
        (self.offset, self.line) = (offset - left, lines);
        Ok(())
    }

    /// The next line into `buffer`; false at the end of the file.
    fn next_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        let limit = ROW_BYTES as u64 + 1;
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        self.offset += read as u64;
        self.line += u64::from(read > 0);
        Ok(read > 0)
    }

    fn line_is_whole(&self) -> bool {
        self.buffer.len() <= ROW_BYTES
    }

    fn skip_rest_of_line(&mut self) -> io::Result<()> {
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(());
            }
            let end = chunk.iter().position(|b| *b == b'\n');
            let used = end.map_or(chunk.len(), |i| i + 1);
            self.reader.consume(used);
            self.offset += used as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn next_row(&mut self, row: &mut Row, delimiter: u8) -> io::Result<Found> {
        row.clear();
        self.row_line = self.line + 1;
        if !self.next_line()? {
            return Ok(Found::End);
        }
        if !self.line_is_whole() {
            if self.buffer.last() != Some(&b'\n') {
                self.skip_rest_of_line()?;
            }
            return Ok(Found::TooLong);
        }
        self.second_line = self.offset;
        std::mem::swap(&mut self.first, &mut self.buffer);
        let mut complete = row.push(&self.first, delimiter);
        let mut length = self.first.len();
        while !complete {
            if !self.next_line()? {
                return Ok(Found::Open);
            }
            length += self.buffer.len();
            if length > ROW_BYTES {
                return Ok(Found::Open);
            }
            complete = row.push(&self.buffer, delimiter);
        }
        Ok(Found::Row)
    }

    fn row_has_more_lines(&self) -> bool {
        self.offset > self.second_line
    }

    fn back_to_second_line(&mut self) -> io::Result<()> {
        self.seek(self.second_line, self.row_line)
    }
}
