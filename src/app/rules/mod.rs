//! Versions of the rules: draft → checked → published, each known by the hash of its content.

mod add;
mod compare;
mod publish;
mod reference;
mod show;

pub use add::AddedRules;
pub(super) use compare::Draft;
pub use compare::{RulesDifferences, RulesSide, compare_rule_folders};
pub use publish::PublishedRules;
pub(super) use reference::Reference;
pub use show::ShownRules;
