//! The roster as a pull sees it: which text stands for which person.

use std::collections::HashMap;

use crate::rules::source::AgentMatch;

/// Texts of the roster and the agents they stand for. Texts are compared exactly, without surrounding blanks.
#[derive(Debug, Clone, Default)]
pub struct AgentIndex {
    numbers: HashMap<String, i64>,
    aliases: HashMap<String, i64>,
    names: HashMap<String, Option<i64>>,
    ids: HashMap<i64, String>,
}

impl AgentIndex {
    /// Adds an agent; `id` is not negative.
    pub fn add<'a>(&mut self, id: i64, employee_number: &str, name: &str, aliases: impl IntoIterator<Item = &'a str>) {
        self.ids.insert(id, employee_number.trim().to_owned());
        self.numbers.insert(employee_number.trim().to_owned(), id);
        for alias in aliases {
            self.aliases.insert(alias.trim().to_owned(), id);
        }
        // Two people of one name: the name stands for neither.
        self.names.entry(name.trim().to_owned()).and_modify(|known| *known = None).or_insert(Some(id));
    }

    /// The agent `text` stands for, tried in the order of `matches`.
    pub fn find(&self, text: &str, matches: &[AgentMatch]) -> Option<i64> {
        matches.iter().find_map(|by| match by {
            AgentMatch::EmployeeNumber => self.numbers.get(text).copied(),
            AgentMatch::Alias => self.aliases.get(text).copied(),
            AgentMatch::Name => self.names.get(text).copied().flatten(),
        })
    }

    /// Whether an agent of this id is on the roster.
    pub fn contains(&self, id: i64) -> bool {
        self.ids.contains_key(&id)
    }

    /// The employee number of an agent, for messages.
    pub(crate) fn number_of(&self, id: i64) -> Option<&str> {
        self.ids.get(&id).map(String::as_str)
    }
}
