//! Request bodies as bytes.

use harkara_provider::{Body, Part};
use sha2::{Digest, Sha256};

/// The bytes of a body with their content type; `None` for no body.
pub(super) fn encode(body: &Body) -> Option<(String, Vec<u8>)> {
    match body {
        Body::Empty => None,
        Body::Form(fields) => {
            let mut out = form_urlencoded::Serializer::new(String::new());
            out.extend_pairs(fields);
            Some((
                "application/x-www-form-urlencoded".into(),
                out.finish().into_bytes(),
            ))
        }
        Body::Json(value) => Some(("application/json".into(), value.to_string().into_bytes())),
        Body::Multipart(parts) => {
            let boundary = boundary(parts);
            let bytes = multipart(&boundary, parts);
            Some((format!("multipart/form-data; boundary={boundary}"), bytes))
        }
    }
}

/// A hash of the content cannot stand in the content, and the same request is the same bytes every time.
fn boundary(parts: &[Part]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.name.len() as u64).to_le_bytes());
        hash.update(&part.name);
        hash.update((part.data.len() as u64).to_le_bytes());
        hash.update(&part.data);
    }
    let hex: String = hash
        .finalize()
        .iter()
        .take(20)
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("harkara-{hex}")
}

fn multipart(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|p| p.data.len() + 200).sum());
    for part in parts {
        out.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                quoted(&part.name)
            )
            .as_bytes(),
        );
        if let Some(filename) = &part.filename {
            out.extend_from_slice(format!("; filename=\"{}\"", quoted(filename)).as_bytes());
        }
        if let Some(content_type) = &part.content_type {
            let content_type = content_type.replace(['\r', '\n'], " ");
            out.extend_from_slice(format!("\r\nContent-Type: {content_type}").as_bytes());
        }
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(&part.data);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// Escapes as browsers do (HTML standard, "multipart/form-data encoding algorithm").
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipart_has_one_section_per_part_and_closes() {
        let parts = vec![
            Part {
                name: "template_name".into(),
                filename: None,
                content_type: None,
                data: b"order_update".to_vec(),
            },
            Part {
                name: "header\"\r\nX: y".into(),
                filename: Some("a \"b\".png".into()),
                content_type: Some("image/png".into()),
                data: vec![0, 159, 146, 150],
            },
        ];
        let (content_type, bytes) = encode(&Body::Multipart(parts)).unwrap();
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let sections: Vec<&str> = text.split(&format!("--{boundary}")).collect();
        assert_eq!(sections.len(), 4, "{text}");
        assert_eq!(
            sections[1],
            "\r\nContent-Disposition: form-data; name=\"template_name\"\r\n\r\norder_update\r\n"
        );
        assert!(sections[2].starts_with(
            "\r\nContent-Disposition: form-data; name=\"header%22%0D%0AX: y\"; filename=\"a %22b%22.png\"\r\nContent-Type: image/png\r\n\r\n"
        ), "{text}");
        assert_eq!(sections[3], "--\r\n");
    }

    #[test]
    fn a_form_keeps_its_order_and_encodes_unicode() {
        let fields = vec![
            ("msg".to_owned(), "नमस्ते & 1+1\n".to_owned()),
            ("a".to_owned(), String::new()),
        ];
        let (_, bytes) = encode(&Body::Form(fields.clone())).unwrap();
        let back: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        assert_eq!(back, fields);
    }
}
