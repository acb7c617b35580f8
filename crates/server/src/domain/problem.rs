//! One field that is not right: the answer of every check of what a person filled in.

/// One field that is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// JSON pointer to the field, such as `/settings/hsm_user_id`.
    pub pointer: String,
    /// Stable code such as `required`.
    pub code: &'static str,
    /// A sentence: what is wrong and what to do.
    pub detail: String,
}

impl FieldProblem {
    /// Builds one.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }
    }
}
