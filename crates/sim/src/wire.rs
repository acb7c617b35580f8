//! The wire log: what was asked of the gateway and what was posted to the receiver, without passwords and tokens.

use std::collections::VecDeque;

use serde::Serialize;

/// Characters of a body at most.
const LONGEST: usize = 8_000;
/// A part of a path from this length on is taken for a token: receivers are known by one.
const TOKEN: usize = 16;
const HIDDEN: &str = "***";

/// A request with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Counts up.
    pub n: u64,
    /// When it began, milliseconds since 1970 UTC.
    pub at: i64,
    /// `request`: asked of the gateway; `callback`: posted by it.
    pub direction: &'static str,
    /// HTTP method.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Content-Type of the body; empty without one.
    pub content_type: String,
    /// What was sent.
    pub body: String,
    /// HTTP status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// What was answered, or why nothing was.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// The newest exchanges.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    entries: VecDeque<Exchange>,
    last: u64,
}

impl Wire {
    /// Keeps an exchange, and no more than `kept`.
    pub(crate) fn note(&mut self, mut exchange: Exchange, kept: usize) {
        self.last += 1;
        exchange.n = self.last;
        exchange.body = cut(exchange.body);
        exchange.answer = cut(exchange.answer);
        self.entries.push_back(exchange);
        while self.entries.len() > kept {
            self.entries.pop_front();
        }
    }

    /// Those before the `before`th, newest first.
    pub(crate) fn page(&self, before: u64, limit: usize) -> Vec<Exchange> {
        let older = self.entries.iter().rev().filter(|e| e.n < before);
        older.take(limit).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// The fields of a request as a form in the order of their names; passwords are hidden.
pub(crate) fn form<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut fields: Vec<_> = fields.collect();
    fields.sort_unstable();
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        let value = if name.eq_ignore_ascii_case("password") {
            HIDDEN
        } else {
            value
        };
        form.append_pair(name, value);
    }
    form.finish()
}

/// A receiver's address without what only the receiver and the sender may know.
pub(crate) fn without_token(url: &str) -> String {
    let (path, query) = url.split_once('?').map_or((url, None), |(p, q)| (p, Some(q)));
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    let shown: String = parts
        .map(|part| if part.len() >= TOKEN { HIDDEN } else { part })
        .flat_map(|part| ["/", part])
        .collect();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}{shown}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_hidden() {
        let fields = [
            ("userid", "2000000001"),
            ("password", "hsm-secret"),
            ("msg", "a&b"),
        ];
        assert_eq!(
            form(fields.into_iter()),
            "msg=a%26b&password=***&userid=2000000001"
        );
        assert_eq!(
            without_token("http://127.0.0.1:8080/callbacks/acme/abcdefghijklmnop123/reports?x=1"),
            "http://127.0.0.1:8080/callbacks/acme/***/reports?x=1"
        );
    }

    #[test]
    fn the_newest_are_kept_and_long_ones_are_cut() {
        let mut wire = Wire::default();
        for _ in 0..5 {
            let exchange = Exchange {
                n: 0,
                at: 0,
                direction: "request",
                method: "POST".into(),
                url: String::new(),
                content_type: String::new(),
                body: "é".repeat(LONGEST + 1),
                status: None,
                answer: String::new(),
                took_ms: 0,
            };
            wire.note(exchange, 3);
        }
        let numbers = |page: Vec<Exchange>| page.iter().map(|e| e.n).collect::<Vec<_>>();
        assert_eq!(numbers(wire.page(u64::MAX, 10)), [5, 4, 3]);
        assert_eq!(numbers(wire.page(5, 1)), [4]);
        assert_eq!(wire.page(6, 1)[0].body.chars().count(), LONGEST + 1);
    }
}
