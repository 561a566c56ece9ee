//! Compare: what changes between two versions of the rules, in words.

use std::path::Path;

use super::reference::Reference;
use crate::app::{App, AppError};
use crate::domain::authority::Act;
use crate::rules::diff::{Change, differences};
use crate::rules::{Ruleset, load};
use crate::store::RuleVersion;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesSide {
    pub hash: String,
    /// What was compared, as a person calls it: a version or a folder.
    pub label: String,
}

/// What changes from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesDifferences {
    pub before: RulesSide,
    pub after: RulesSide,
    /// Empty exactly when both hashes are equal.
    pub changes: Vec<Change>,
}

/// Rules to be tried beside those a cycle was appraised by.
pub(in crate::app) struct Draft {
    pub(in crate::app) before: Ruleset,
    pub(in crate::app) after: Ruleset,
    pub(in crate::app) differences: RulesDifferences,
}

impl App {
    /// What changes from `before` to `after`, each a version (name or digits of its hash) or a folder.
    pub async fn compare_rules(&self, before: &str, after: &str) -> Result<RulesDifferences, AppError> {
        self.require(Act::ReadRules)?;
        let before = self.side(self.rules_named(before).await?).await?;
        let after = self.side(self.rules_named(after).await?).await?;
        compare(&before, &after)
    }

    /// What changes from one version to another.
    pub async fn compare_rule_versions(&self, before: &str, after: &str) -> Result<RulesDifferences, AppError> {
        self.require(Act::ReadRules)?;
        let before = self.version_side(self.rule_version(before).await?).await?;
        let after = self.version_side(self.rule_version(after).await?).await?;
        compare(&before, &after)
    }

    /// The version with the hash `pinned`, beside the rules that `draft` names: a version (name or digits of its hash) or a folder.
    pub(in crate::app) async fn draft(&self, pinned: &str, draft: &str) -> Result<Draft, AppError> {
        let label = self.store.rule_versions_by_hash(pinned).await?.pop().map(|version| version.label());
        let before = (label.unwrap_or_else(|| pinned.to_owned()), self.pinned_rules(pinned).await?);
        let after = self.side(self.rules_named(draft).await?).await?;
        let differences = compare(&before, &after)?;
        Ok(Draft { before: before.1, after: after.1, differences })
    }

    async fn side(&self, reference: Reference) -> Result<(String, Ruleset), AppError> {
        match reference {
            Reference::Version(version) => self.version_side(version).await,
            Reference::Folder(folder) => folder_side(&folder),
        }
    }

    async fn version_side(&self, version: RuleVersion) -> Result<(String, Ruleset), AppError> {
        let ruleset = self.pinned_rules(&version.hash).await?;
        Ok((version.label(), ruleset))
    }
}

/// What changes between the rules of two folders; needs no database.
pub fn compare_rule_folders(before: &Path, after: &Path) -> Result<RulesDifferences, AppError> {
    compare(&folder_side(before)?, &folder_side(after)?)
}

fn folder_side(folder: &Path) -> Result<(String, Ruleset), AppError> {
    let loaded = load(folder).map_err(AppError::Rules)?;
    Ok((folder.display().to_string(), loaded.ruleset))
}

fn compare(before: &(String, Ruleset), after: &(String, Ruleset)) -> Result<RulesDifferences, AppError> {
    let changes = differences(&before.1, &after.1)?;
    let side = |(label, ruleset): &(String, Ruleset)| RulesSide { hash: ruleset.hash.clone(), label: label.clone() };
    Ok(RulesDifferences { before: side(before), after: side(after), changes })
}
