//! Show: versions of the rules, and what one of them says.

use serde_json::Value;

use crate::app::read::number;
use crate::app::{App, AppError, Slice};
use crate::domain::authority::Act;
use crate::rules::Ruleset;
use crate::rules::diff::{Section, outline};
use crate::store::{Page, RuleVersion};

/// A version with what its rules say.
#[derive(Debug)]
pub struct ShownRules {
    pub version: RuleVersion,
    /// The rules in words.
    pub sections: Vec<Section>,
    /// The rules as the JSON that was hashed.
    pub content: Value,
}

impl App {
    /// Versions, newest first. The key of a version is its number.
    pub async fn rule_versions(&self, slice: &Slice) -> Result<Page<RuleVersion>, AppError> {
        self.require(Act::ReadRules)?;
        let before = slice.after.as_deref().map(number).transpose()?;
        Ok(self.store.rule_versions_page(before, slice.limit.into()).await?)
    }

    /// The version that `text` names, with its rules.
    pub async fn shown_rules(&self, text: &str) -> Result<ShownRules, AppError> {
        self.require(Act::ReadRules)?;
        let version = self.rule_version(text).await?;
        let ruleset: Ruleset = self.pinned_rules(&version.hash).await?;
        let content = serde_json::from_str(&ruleset.canonical)?;
        Ok(ShownRules { version, sections: outline(&content), content })
    }
}
