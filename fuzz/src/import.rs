//! Files of people: rows of CSV, and what their columns mean.

use std::io::Write;

use harkara::app::import_file::{Corrections, Part, Reading, read};
use harkara::domain::attributes;
use harkara::domain::cell::{Kind, is_date};
use harkara::domain::columns::{Chosen, Columns, Person};
use harkara::domain::csv_row::{DELIMITERS, Row, guess_delimiter};
use harkara::domain::phone::Phone;
use tokio::sync::mpsc;

use super::{Target, text};

/// The target: a whole file.
pub fn target() -> Target {
    let seeds = [
        "phone,name,opt_in,City\n+919999900001,Asha,yes,Pune\n9999900002,\"Rao, B\",no,\"New\nDelhi\"\n",
        "Customer Id;Mobile No.;Age;Balance\r\n17;99999 00003;41;-12.50\r\n18;;x;007\r\n",
        "\u{feff}name\tphone\n\"torn\t99999\n\"b\"\"c\"\t+919999900004\n",
        "phone|a\"b\n9999900005|\"q\" z\n|\n\n",
        "\n\n \nphone\n9999900006\n",
        "phone,x\na\"b,\"c\na\"b,\"c\na\"b,\"c\n9999900001,1\n",
        "phone\n9.19999E+11\n'9999900007\n(99999) 00008\n",
        "name,note\nAsha,no number\n",
    ];
    let mut seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    // A spreadsheet of which only the last rows are filled.
    let empty_lines = "\n".repeat(60_000);
    seeds.push(format!("{empty_lines}phone\n9999900006\n").into_bytes());
    let words = [
        "phone",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "|",
        "\r\n",
        "\n",
        "+919999900001",
        "opt_in",
        "yes",
        "identity",
        "\u{feff}",
    ];
    Target::new("import", check, seeds, &words)
}

fn check(data: &[u8]) {
    check_rows(data);
    check_file(data);
}

/// All rows of a text; the last may be cut by its end.
fn rows(data: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut rows = Vec::new();
    let mut row = Row::default();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if row.push(line, delimiter) {
            assert_eq!(row.fields().count(), row.len());
            rows.push(row.fields().map(<[u8]>::to_vec).collect());
            row.clear();
        }
    }
    rows
}

/// What was read, written with every field quoted, reads as the same.
fn check_rows(data: &[u8]) {
    let (first, _) = super::split_line(data);
    let delimiter = guess_delimiter(first);
    assert!(DELIMITERS.contains(&delimiter));
    let read = rows(data, delimiter);
    let mut written = Vec::new();
    for row in &read {
        for (at, field) in row.iter().enumerate() {
            if at > 0 {
                written.push(delimiter);
            }
            written.push(b'"');
            for byte in field {
                written.extend(std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
            }
            written.push(b'"');
        }
        written.extend_from_slice(b"\r\n");
    }
    assert_eq!(rows(&written, delimiter), read, "written and read again");

    let Some((header, people)) = read.split_first() else {
        return;
    };
    let header = header.iter().map(|name| text(name).trim().to_owned()).collect();
    let Ok(columns) = Columns::of(header, &Chosen::default(), "IN") else {
        return;
    };
    for row in people {
        row.iter().for_each(|cell| check_cell(text(cell).trim()));
        match columns.read(row.iter().map(Vec::as_slice), "IN") {
            Ok(person) => check_person(&person),
            Err(problem) => assert!(!problem.reason.is_empty()),
        }
    }
}

/// What a cell is read as can be stored, and a date is one.
fn check_cell(cell: &str) {
    for kind in Kind::ALL {
        let Some(value) = kind.read(cell) else {
            continue;
        };
        if kind.of_attribute() == "date" {
            assert!(value.as_str().is_some_and(is_date), "{cell} is {value}");
        }
        assert!(
            kind == Kind::Text || attributes::check("it", &value).is_ok(),
            "{cell} is {value}"
        );
    }
}

/// Whoever is read can be stored.
fn check_person(person: &Person) {
    assert_eq!(
        Phone::parse(person.phone.as_str(), "US").as_ref(),
        Ok(&person.phone)
    );
    let texts = [&person.identity, &person.name];
    for text in texts.into_iter().flatten() {
        assert!(!text.trim().is_empty());
        assert_eq!(attributes::check_text("it", text), Ok(()));
    }
    assert!(person.attributes.len() <= attributes::MOST_KEYS);
    for (key, value) in &person.attributes {
        assert_eq!(attributes::check(key, value), Ok(()));
    }
}

/// The reader of files comes to an end, tells every row in order and nothing twice.
fn check_file(data: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(data).expect("a file");
    let reading = Reading {
        chosen: Chosen::default(),
        delimiter: None,
        region: "IN".into(),
        header: true,
        corrections: Corrections::new(),
        from: 0,
        rows: 1_000,
        cut: Some(data.len() as u64 / 2),
    };
    let (sender, mut parts) = mpsc::channel(16 + data.len());
    if let Err(problem) = read(file.path(), &reading, &sender) {
        assert!(problem.ends_with(['.', ':']), "a sentence: {problem}");
        return;
    }
    drop(sender);
    let lines = 1 + data.iter().filter(|byte| **byte == b'\n').count() as u64;
    let (mut seen, mut end) = (0, 0);
    while let Ok(part) = parts.try_recv() {
        let Part::Rows(batch) = part else {
            continue;
        };
        assert!(
            batch.end >= end && batch.end <= data.len() as u64,
            "end of a batch"
        );
        end = batch.end;
        let mut told: Vec<u64> = batch.people.iter().map(|(line, _)| *line).collect();
        told.extend(batch.bad.iter().map(|row| row.line));
        told.sort_unstable();
        for line in told {
            assert!(
                line > seen && line <= lines,
                "line {line} after {seen} of {lines}"
            );
            seen = line;
        }
        batch.people.iter().for_each(|(_, person)| check_person(person));
        assert!(batch.bad.iter().all(|row| !row.reason.is_empty()));
    }
    assert_eq!(end, data.len() as u64, "the file is read to its end");
}
