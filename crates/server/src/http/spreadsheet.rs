//! What people wrote, in a file that a spreadsheet opens.

/// A text that a spreadsheet takes for a text: a name could otherwise be a formula.
pub(super) fn text(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text
}
