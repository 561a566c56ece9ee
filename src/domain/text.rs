//! Names and descriptions in the languages Merit speaks.

use serde::{Deserialize, Serialize};

/// A text in English and Chinese; both are always present, so no page ever falls back silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub en: String,
    pub zh: String,
}
