//! Ratings without those who gave them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::fixed::Fixed;
use super::RaterGroup;

/// How many raters of a group gave an item this value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tally {
    pub item: Arc<str>,
    pub group: RaterGroup,
    pub value: Fixed,
    pub raters: i64,
}

/// The ratings of one agent on one form, counted: neither who gave them, nor which of them came from the same person, can be
/// read from it, and the order in which they were given leaves no trace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ratings(Vec<Tally>);

impl Ratings {
    /// In order of item, group and value, each once.
    pub fn tallies(&self) -> &[Tally] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tallies of a group on an item, in order of value.
    pub fn of(&self, item: &str, group: RaterGroup) -> &[Tally] {
        let key = |tally: &Tally| (&*tally.item, tally.group).cmp(&(item, group));
        let first = self.0.partition_point(|tally| key(tally).is_lt());
        let end = self.0.partition_point(|tally| key(tally).is_le());
        self.0.get(first..end).unwrap_or_default()
    }
}

impl FromIterator<Tally> for Ratings {
    /// Adds up equal ones; those of nobody are left out.
    fn from_iter<T: IntoIterator<Item = Tally>>(tallies: T) -> Self {
        let mut counted: BTreeMap<(Arc<str>, RaterGroup, Fixed), i64> = BTreeMap::new();
        for Tally { item, group, value, raters } in tallies.into_iter().filter(|tally| tally.raters > 0) {
            let count = counted.entry((item, group, value)).or_default();
            *count = count.saturating_add(raters);
        }
        let tally = |((item, group, value), raters)| Tally { item, group, value, raters };
        Self(counted.into_iter().map(tally).collect())
    }
}
