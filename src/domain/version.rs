//! The states of a version of the rules.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a version of the rules stands. Its content never changes, whatever its state: it is known by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Kept, but its worked examples do not hold.
    Draft,
    /// Every worked example holds; it may be published.
    Checked,
    /// In force from its effective day on; cycles may pin it.
    Published,
    /// Taken back before any cycle pinned it.
    Withdrawn,
}

/// A text that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a state of a version of the rules: use draft, checked, published or withdrawn")]
pub struct UnknownVersionState(pub String);

impl VersionState {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Checked, Self::Published, Self::Withdrawn];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checked => "checked",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state after the version's rules were brought in again, with their examples holding or not. What was checked once
    /// stays checked: examples are not part of a version's content.
    #[must_use]
    pub fn after_adding(self, examples_hold: bool) -> Self {
        match (self, examples_hold) {
            (Self::Draft | Self::Withdrawn, true) => Self::Checked,
            (Self::Draft | Self::Withdrawn, false) => Self::Draft,
            (Self::Checked | Self::Published, _) => self,
        }
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for VersionState {
    type Err = UnknownVersionState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| UnknownVersionState(text.to_owned()))
    }
}
