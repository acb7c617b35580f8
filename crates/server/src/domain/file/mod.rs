//! Files of the business: which WhatsApp takes, how large, what they are called and where they are found.

use harkara_provider::MediaKind;

use super::problem::FieldProblem;

mod look;
mod reach;

pub use look::agrees;
pub use reach::unreachable;

/// A type of file that WhatsApp takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Type {
    /// Media type.
    pub mime: &'static str,
    /// What it is sent as.
    pub kind: MediaKind,
    /// Endings of names, the usual one first.
    pub endings: &'static [&'static str],
}

const fn of(kind: MediaKind, mime: &'static str, endings: &'static [&'static str]) -> Type {
    Type { mime, kind, endings }
}

use MediaKind::{Audio, Document, Image, Sticker, Video};

/// Every type, as the platform lists them
/// (<https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>, read 2026-01).
pub const TYPES: [Type; 18] = [
    of(Image, "image/jpeg", &["jpg", "jpeg"]),
    of(Image, "image/png", &["png"]),
    of(Video, "video/mp4", &["mp4"]),
    of(Video, "video/3gpp", &["3gp", "3gpp"]),
    of(Audio, "audio/aac", &["aac"]),
    of(Audio, "audio/amr", &["amr"]),
    of(Audio, "audio/mpeg", &["mp3"]),
    of(Audio, "audio/mp4", &["m4a"]),
    of(Audio, "audio/ogg", &["ogg", "opus"]),
    of(Document, "application/pdf", &["pdf"]),
    of(Document, "application/msword", &["doc"]),
    of(Document, "application/vnd.ms-excel", &["xls"]),
    of(Document, "application/vnd.ms-powerpoint", &["ppt"]),
    of(Document, WORD, &["docx"]),
    of(Document, EXCEL, &["xlsx"]),
    of(Document, SLIDES, &["pptx"]),
    of(Document, "text/plain", &["txt"]),
    of(Sticker, "image/webp", &["webp"]),
];
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Other names of types that browsers and programs give.
const ALIASES: [(&str, &str); 8] = [
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/x-aac", "audio/aac"),
    ("audio/opus", "audio/ogg"),
    ("audio/3gpp", "audio/amr"),
    ("application/x-pdf", "application/pdf"),
];

/// Kinds in the order of pages.
pub const KINDS: [MediaKind; 5] = [Image, Video, Audio, Document, Sticker];

/// Bytes of a file of this kind at most.
pub fn limit(kind: MediaKind) -> u64 {
    match kind {
        Image => 5 << 20,
        Video | Audio => 16 << 20,
        Document => 100 << 20,
        Sticker => 500 << 10,
    }
}

/// Bytes of any file at most.
pub const LIMIT: u64 = 100 << 20;

/// A number of bytes as people read it: `5 MB`, `500 kB`.
pub fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 {
        format!("{} MB", bytes >> 20)
    } else {
        format!("{} kB", bytes >> 10)
    }
}

/// The kind of this name.
pub fn kind(name: &str) -> Option<MediaKind> {
    KINDS.into_iter().find(|kind| kind.name() == name)
}

/// The type of a media type, bare and in small letters.
pub fn of_mime(mime: &str) -> Option<&'static Type> {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    let bare = bare.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(other, _)| *other == bare);
    let bare = alias.map_or(bare.as_str(), |(_, known)| known);
    TYPES.iter().find(|known| known.mime == bare)
}

fn of_ending(name: &str) -> Option<&'static Type> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    TYPES.iter().find(|known| known.endings.contains(&&*ending))
}

/// The type of a file by what its sender says, or else by the end of its name; it must be one of the kind that is asked for.
///
/// # Errors
/// WhatsApp takes no such file, or it is of another kind.
pub fn declared(
    mime: Option<&str>,
    name: &str,
    wanted: Option<MediaKind>,
) -> Result<&'static Type, FieldProblem> {
    // Browsers say so of what they do not know.
    let said = mime.filter(|mime| !mime.trim().is_empty() && !mime.starts_with("application/octet-stream"));
    let found = match said {
        Some(mime) => of_mime(mime),
        None => of_ending(name),
    };
    let Some(found) = found else {
        let said = said.unwrap_or(name);
        let detail = format!("WhatsApp takes no file of this type: {said}. {}", taken(wanted));
        return Err(FieldProblem::new("/type", "type_not_taken", detail));
    };
    match wanted {
        Some(wanted) if wanted != found.kind => {
            let detail = format!("This file is of type {}. {}", found.mime, taken(Some(wanted)));
            Err(FieldProblem::new("/type", "other_kind", detail))
        }
        _ => Ok(found),
    }
}

/// What is taken, as a sentence.
fn taken(kind: Option<MediaKind>) -> &'static str {
    match kind {
        Some(Image) => "An image is a jpeg or a png.",
        Some(Video) => "A video is an mp4 or a 3gp.",
        Some(Audio) => "Audio is an aac, amr, mp3, m4a or ogg.",
        Some(Document) => "A document is a pdf, a Word, Excel or PowerPoint file, or plain text.",
        Some(Sticker) => "A sticker is a webp.",
        None => {
            "It takes images (jpeg, png), videos (mp4, 3gp), audio (aac, amr, mp3, m4a, ogg), documents (pdf, Word, Excel, \
             PowerPoint, plain text) and stickers (webp)."
        }
    }
}

/// That a file is too large, as a sentence.
pub fn too_large(kind: MediaKind) -> FieldProblem {
    let most = size(limit(kind));
    let detail = match kind {
        Image => format!("WhatsApp takes an image of {most} at most. Make it smaller."),
        Video => format!("WhatsApp takes a video of {most} at most. Make it shorter or smaller."),
        Audio => format!("WhatsApp takes audio of {most} at most. Make it shorter."),
        Document => format!("WhatsApp takes a document of {most} at most. Make it smaller, or send a link."),
        Sticker => format!("WhatsApp takes a sticker of {most} at most. Make it smaller."),
    };
    FieldProblem::new("/body", "too_large", detail)
}

/// Characters of the name in an address at most, without its ending.
const SLUG: usize = 60;

/// The name in the public address: letters, digits and hyphens, with the ending that providers look for.
pub fn slug(name: &str, mime: &str) -> String {
    let endings = of_mime(mime).map_or(&["bin"][..], |known| known.endings);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) => (stem, ending.to_ascii_lowercase()),
        None => (name, String::new()),
    };
    let kept = endings.iter().find(|known| **known == ending);
    let stem = if kept.is_some() { stem } else { name };
    let mut slug = String::new();
    for c in stem.chars() {
        if slug.len() >= SLUG {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "file" } else { slug };
    let ending = kept.or_else(|| endings.first()).copied().unwrap_or("bin");
    format!("{slug}.{ending}")
}

/// What every token begins with: addresses of ours are known by it, wherever they stand.
pub const PREFIX: &str = "hkf_";
/// Characters of a token.
pub const TOKEN: usize = PREFIX.len() + 32;

/// The public address of a file.
pub fn address(base: &str, token: &str, name: &str, mime: &str) -> String {
    format!("{base}/files/{token}/{}", slug(name, mime))
}

/// The tokens of all files that a text, such as the JSON of a message, has addresses of.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .match_indices("/files/hkf_")
        .filter_map(|(at, _)| {
            let token = text.get(at + "/files/".len()..)?.get(..TOKEN)?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            token.bytes().all(plain).then_some(token)
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The same, of files of this server alone.
pub fn own_tokens<'t>(text: &'t str, base: &str) -> Vec<&'t str> {
    let mut all = tokens(text);
    all.retain(|token| text.contains(&format!("{base}/files/{token}/")));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_comes_from_what_is_said_or_from_the_name() {
        let mime = |said, name| declared(said, name, None).map(|known| known.mime);
        assert_eq!(mime(Some("image/jpg"), "x"), Ok("image/jpeg"));
        assert_eq!(mime(Some("Audio/OGG; codecs=opus"), "x"), Ok("audio/ogg"));
        assert_eq!(mime(None, "Bill.PDF"), Ok("application/pdf"));
        assert_eq!(mime(Some("application/octet-stream"), "a.docx"), Ok(WORD));
        for (said, name) in [
            (Some("text/html"), "a.txt"),
            (Some("image/svg+xml"), "a.png"),
            (None, "page.html"),
            (None, "pdf"),
        ] {
            assert_eq!(
                declared(said, name, None).unwrap_err().code,
                "type_not_taken",
                "{name}"
            );
        }
        let other = declared(Some("application/pdf"), "a.pdf", Some(Image)).unwrap_err();
        assert_eq!((other.code, &*other.pointer), ("other_kind", "/type"));
        assert!(other.detail.contains("jpeg or a png"), "{}", other.detail);
    }

    #[test]
    fn an_address_has_a_plain_name_with_the_ending_of_its_type() {
        for (name, mime, slugged) in [
            ("Diwali offer (1).JPEG", "image/jpeg", "Diwali-offer-1.jpeg"),
            ("बिल.pdf", "application/pdf", "file.pdf"),
            ("photo", "image/png", "photo.png"),
            ("photo.html", "image/png", "photo-html.png"),
            ("../../etc/passwd", "text/plain", "etc-passwd.txt"),
            (".pdf", "application/pdf", "file.pdf"),
        ] {
            assert_eq!(slug(name, mime), slugged);
        }
        let long = slug(&"x".repeat(500), "video/mp4");
        assert_eq!(long.len(), SLUG + ".mp4".len());
    }

    #[test]
    fn addresses_of_ours_are_found_in_texts() {
        let one = format!("{PREFIX}{}", "a".repeat(32));
        let two = format!("{PREFIX}{}", "-".repeat(32));
        let text = format!(
            r#"{{"url":"https://h.example/files/{one}/a.jpg","body":"https://other.example/files/{two}/b.pdf and /files/{one}/ again /files/hkf_short"}}"#
        );
        assert_eq!(tokens(&text), [two.as_str(), one.as_str()]);
        assert_eq!(own_tokens(&text, "https://h.example"), [one.as_str()]);
        assert!(tokens("/files/hkf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé").is_empty());
    }

    #[test]
    fn sizes_are_told_as_people_read_them() {
        let told: Vec<_> = KINDS.map(|kind| size(limit(kind))).into();
        assert_eq!(told, ["5 MB", "16 MB", "16 MB", "100 MB", "500 kB"]);
        assert!(KINDS.iter().all(|kind| limit(*kind) <= LIMIT));
    }
}
