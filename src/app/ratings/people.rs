//! Who is meant by the texts of a file, and in which posts they are.

use std::collections::HashMap;

use crate::store::{AgentKey, HeldPost};

/// Everybody of the roster.
pub(super) struct People {
    /// By employee number, and by every alias that is nobody's number.
    ids: HashMap<String, i64>,
    posts: HashMap<i64, Vec<String>>,
}

impl People {
    pub(super) fn new(keys: Vec<AgentKey>, held: Vec<HeldPost>) -> Self {
        let mut ids: HashMap<String, i64> =
            keys.iter().flat_map(|key| key.aliases.iter().map(|alias| (alias.clone(), key.id))).collect();
        ids.extend(keys.into_iter().map(|key| (key.employee_number, key.id)));
        let mut posts: HashMap<i64, Vec<String>> = HashMap::new();
        for HeldPost { agent_id, post } in held {
            posts.entry(agent_id).or_default().push(post);
        }
        Self { ids, posts }
    }

    pub(super) fn find(&self, text: &str) -> Option<i64> {
        self.ids.get(text).copied()
    }

    /// Posts held in the cycle, in order.
    pub(super) fn posts(&self, agent_id: i64) -> &[String] {
        self.posts.get(&agent_id).map(Vec::as_slice).unwrap_or_default()
    }
}
