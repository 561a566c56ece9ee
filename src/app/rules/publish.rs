//! Publish and withdraw: from which day a version of the rules is in force.

use chrono::NaiveDate;

use crate::app::{App, AppError, Change};
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::store::RuleVersion;

/// Rules that were published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRules {
    pub version: RuleVersion,
    /// The version that was in force on that day until now.
    pub before: Option<RuleVersion>,
}

impl App {
    /// Puts a checked version in force from a day on. Cycles that are open keep the rules they pinned, so a day inside such a
    /// cycle is refused.
    pub async fn publish_rules(
        &self,
        version: &str,
        effective_from: NaiveDate,
        note: Option<&str>,
    ) -> Result<PublishedRules, AppError> {
        self.require(Act::ManageRules)?;
        let version = self.rule_version(version).await?;
        let before = self.store.rules_in_force(effective_from).await?;
        let change = Change::new("rules.publish", "rules", &version.hash).before(standing(&version)).reason(note);
        let change = change.detail(format_args!("effective_from={effective_from}"));
        let change = change.after(Some(as_published(&version.hash, effective_from)));
        let store = self.recorded(change);
        let version = store.publish_ruleset(&version.hash, effective_from, note, self.clock.now()).await?;
        Ok(PublishedRules { before: before.filter(|before| before.hash != version.hash), version })
    }

    /// Takes a version back that no cycle pinned.
    pub async fn withdraw_rules(&self, version: &str) -> Result<RuleVersion, AppError> {
        self.require(Act::ManageRules)?;
        let version = self.rule_version(version).await?;
        let change = Change::new("rules.withdraw", "rules", &version.hash).before(standing(&version));
        Ok(self.recorded(change).withdraw_ruleset(&version.hash, self.clock.now()).await?)
    }
}

/// Since when the version is in force, as the log tells it; `None` when it is not.
fn standing(version: &RuleVersion) -> Option<Digest> {
    version.effective_from.map(|day| as_published(&version.hash, day))
}

fn as_published(hash: &str, effective_from: NaiveDate) -> Digest {
    Digest::of_fields(&[("hash", hash), ("effective_from", &effective_from.to_string())])
}
