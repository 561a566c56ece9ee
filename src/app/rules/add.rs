//! Add: rules from a folder, kept by their hash; checked when every worked example holds.

use std::path::Path;

use crate::app::check::check_and_load;
use crate::app::{App, AppError, Change, CheckReport};
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::store::{NewRuleset, RuleVersion};

/// Longer names fit no table.
const LONGEST_NAME: usize = 80;

/// Rules that were brought in.
#[derive(Debug)]
pub struct AddedRules {
    pub version: RuleVersion,
    /// Whether rules of this content were not there before.
    pub new: bool,
    /// What the check found; with errors the version is a draft.
    pub check: CheckReport,
}

impl App {
    /// Keeps the rules in `folder` as a version. Rules whose files cannot be read as rules are refused; rules whose worked
    /// examples do not hold are kept as a draft, so that they can be compared and mended.
    pub async fn add_rules(
        &self,
        folder: &Path,
        name: Option<&str>,
        note: Option<&str>,
    ) -> Result<AddedRules, AppError> {
        self.require(Act::ManageRules)?;
        let name = name.map(checked_name).transpose()?;
        let (check, ruleset) = check_and_load(folder).await?;
        let Some(ruleset) = ruleset else { return Err(AppError::Rules(check.problems)) };
        let new = NewRuleset {
            hash: ruleset.hash,
            canonical: ruleset.canonical,
            name,
            note: note.map(str::to_owned),
            examples_hold: check.errors == 0,
        };
        let change = Change::new("rules.add", "rules", &new.hash).after(Digest::from_hex(&new.hash));
        let change = change.detail(new.name.as_deref().unwrap_or_default()).reason(note);
        let kept = self.recorded(change).add_ruleset(&new, self.clock.now()).await?;
        Ok(AddedRules { version: kept.version, new: kept.new, check })
    }
}

fn checked_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(AppError::invalid(format!(
            "a version's name has 1 to {LONGEST_NAME} characters on one line; '{}' has not",
            name.escape_debug()
        )));
    }
    Ok(name.to_owned())
}
