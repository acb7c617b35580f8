//! What a file is, by its first bytes: nobody's word is taken for it.

use super::{Type, of_mime};
use crate::domain::problem::FieldProblem;

/// What begins so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A type that WhatsApp takes, or would under another name.
    Mime(&'static str),
    /// An older Office file; which, stands deep inside.
    OldOffice,
    /// A zip; newer Office files are such.
    Zip,
    /// Something with a name that WhatsApp takes under no name.
    Other(&'static str),
    /// Text without marks.
    Text,
    /// Nothing that is known here.
    Unknown,
}

/// Bytes that a file begins with, from the place that stands in front.
const MARKS: [(usize, &[u8], Found); 22] = [
    (0, b"\xff\xd8\xff", Found::Mime("image/jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", Found::Mime("image/png")),
    (8, b"WEBP", Found::Mime("image/webp")),
    (8, b"WAVE", Found::Other("a wav sound")),
    (8, b"AVI ", Found::Other("an avi video")),
    (0, b"GIF8", Found::Other("a gif picture")),
    (0, b"BM", Found::Other("a bmp picture")),
    (0, b"II*\0", Found::Other("a tiff picture")),
    (0, b"MM\0*", Found::Other("a tiff picture")),
    (0, b"\x1a\x45\xdf\xa3", Found::Other("a webm or mkv video")),
    (0, b"fLaC", Found::Other("a flac sound")),
    (0, b"OggS", Found::Mime("audio/ogg")),
    (0, b"#!AMR", Found::Mime("audio/amr")),
    (0, b"ID3", Found::Mime("audio/mpeg")),
    (0, b"%PDF-", Found::Mime("application/pdf")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Found::OldOffice),
    (0, b"PK\x03\x04", Found::Zip),
    (0, b"MZ", Found::Other("a program")),
    (0, b"\x7fELF", Found::Other("a program")),
    (0, b"Rar!", Found::Other("a rar archive")),
    (0, b"7z\xbc\xaf", Found::Other("a 7z archive")),
    (0, b"{\\rtf", Found::Other("an rtf text")),
];

fn find(start: &[u8]) -> Found {
    if start.get(4..8) == Some(b"ftyp") {
        return film(start.get(8..12).unwrap_or_default());
    }
    // Frames of sound begin with eleven ones; then comes what kind of frame.
    if let [0xff, second, ..] = *start {
        match (second & 0xe0, second & 0x06) {
            (0xe0, 0) if second & 0xf0 == 0xf0 => return Found::Mime("audio/aac"),
            (0xe0, layer) if layer != 0 => return Found::Mime("audio/mpeg"),
            _ => {}
        }
    }
    let marked = MARKS
        .iter()
        .find(|(at, mark, _)| start.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    // A word such as "BMW" or "MZ" is text all the same.
    match (marked, text(start)) {
        (Some((_, mark, Found::Other(_))), Some(found)) if mark.len() == 2 => found,
        (Some((.., found)), _) => *found,
        (None, Some(found)) => found,
        (None, None) => Found::Unknown,
    }
}

/// By the brand of a film's first box.
fn film(brand: &[u8]) -> Found {
    match brand {
        [b'3', b'g', ..] => Found::Mime("video/3gpp"),
        b"M4A " | b"M4B " => Found::Mime("audio/mp4"),
        b"qt  " => Found::Other("a QuickTime video (mov)"),
        b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" => Found::Other("a HEIC picture of an iPhone"),
        b"avif" | b"avis" => Found::Other("an avif picture"),
        _ => Found::Mime("video/mp4"),
    }
}

fn text(start: &[u8]) -> Option<Found> {
    if start.contains(&0) {
        return None;
    }
    let head = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    let head = head
        .get(..head.len().min(64))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let begins = |words: &[&[u8]]| words.iter().any(|word| head.starts_with(word));
    Some(
        if begins(&[b"<!doctype html", b"<html", b"<script", b"<body", b"<head"]) {
            Found::Other("a web page")
        } else if begins(&[b"<svg", b"<?xml", b"<!doctype svg"]) {
            Found::Other("an svg picture or other xml")
        } else {
            Found::Text
        },
    )
}

/// Refuses a file whose first bytes are not those of its type.
///
/// # Errors
/// It is something else.
pub fn agrees(declared: &Type, start: &[u8]) -> Result<(), FieldProblem> {
    let found = find(start);
    let fits = match (found, declared.mime) {
        (Found::Mime(mime), wanted) if mime == wanted => true,
        // The same box holds all of these, and programs that write them mix the brands.
        (Found::Mime("video/mp4"), "audio/mp4" | "video/3gpp")
        | (Found::Mime("video/3gpp" | "audio/mp4"), "video/mp4") => true,
        (Found::OldOffice, wanted) => {
            matches!(
                wanted,
                "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint"
            )
        }
        (Found::Zip, wanted) => wanted.contains("openxmlformats"),
        (Found::Text, wanted) => wanted == "text/plain",
        // Some begin a pdf with a line of their own; readers look for its mark in the first kilobyte.
        (Found::Unknown, "application/pdf") => start
            .get(..start.len().min(1024))
            .unwrap_or_default()
            .windows(5)
            .any(|five| five == b"%PDF-"),
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let said = declared.mime;
    let detail = match found {
        Found::Mime(mime) => format!(
            "The file says that it is {said}, and it is {mime}. {}",
            advice(mime)
        ),
        Found::Other(what) => {
            format!(
                "The file says that it is {said}, and it is {what}, which WhatsApp does not take. Save it as {said}."
            )
        }
        Found::OldOffice | Found::Zip | Found::Text | Found::Unknown => {
            format!("The file says that it is {said}, and its content is not. Save it as {said} once more.")
        }
    };
    Err(FieldProblem::new("/body", "other_content", detail))
}

fn advice(found: &str) -> &'static str {
    if of_mime(found).is_some() {
        "Give it the ending of what it is, and send it as that."
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::file::TYPES;

    fn says(mime: &str, start: &[u8]) -> Result<(), String> {
        agrees(of_mime(mime).unwrap(), start).map_err(|problem| problem.detail)
    }

    #[test]
    fn what_begins_as_its_type_is_taken() {
        for (mime, start) in [
            ("image/jpeg", &b"\xff\xd8\xff\xe0\0\x10JFIF"[..]),
            ("image/png", b"\x89PNG\r\n\x1a\n\0"),
            ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
            ("video/mp4", b"\0\0\0\x20ftypisom"),
            ("video/mp4", b"\0\0\0\x20ftypmp42"),
            ("video/3gpp", b"\0\0\0\x20ftyp3gp5"),
            ("audio/mp4", b"\0\0\0\x20ftypM4A "),
            ("audio/mpeg", b"ID3\x04\0"),
            ("audio/mpeg", b"\xff\xfb\x90\x64"),
            ("audio/aac", b"\xff\xf1\x50\x80"),
            ("audio/amr", b"#!AMR\n"),
            ("audio/ogg", b"OggS\0\x02"),
            ("application/pdf", b"%PDF-1.7\n"),
            ("application/pdf", b"\0printer line\n%PDF-1.4\n"),
            ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            (super::super::WORD, b"PK\x03\x04\x14\0"),
            ("text/plain", "नमस्ते, BMW".as_bytes()),
            ("text/plain", b"BMW drives"),
        ] {
            assert_eq!(says(mime, start), Ok(()), "{mime}");
        }
    }

    #[test]
    fn what_is_something_else_says_what() {
        for (mime, start, words) in [
            ("image/jpeg", &b"\x89PNG\r\n\x1a\n\0"[..], "it is image/png"),
            ("image/jpeg", b"\0\0\0\x18ftypheic", "HEIC"),
            ("video/mp4", b"\0\0\0\x14ftypqt  ", "QuickTime"),
            ("image/png", b"<!DOCTYPE html><html>", "a web page"),
            ("image/png", b" \n<svg xmlns=", "svg"),
            ("text/plain", b"\xef\xbb\xbf<html>", "a web page"),
            ("text/plain", b"a\0b", "its content is not"),
            ("application/pdf", b"PK\x03\x04", "its content is not"),
            ("application/msword", b"MZ\x90\0", "a program"),
            ("audio/ogg", b"RIFF\x24\0\0\0WAVEfmt ", "wav"),
            ("image/jpeg", b"", "its content is not"),
        ] {
            let told = says(mime, start).unwrap_err();
            assert!(told.contains(words), "{mime}: {told}");
        }
    }

    #[test]
    fn no_bytes_do_harm() {
        for length in 0..40 {
            for byte in [0, b'P', b'<', 0xff] {
                let start = vec![byte; length];
                for known in &TYPES {
                    let _ = agrees(known, &start);
                }
            }
        }
    }
}
