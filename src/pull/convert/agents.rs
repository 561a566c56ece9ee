//! Texts of the agent column → people.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::pull::{AgentIndex, AgentRef};
use crate::rules::source::AgentMatch;

/// The roster, and agents met for the first time where the source makes them.
#[derive(Debug)]
pub(crate) struct AgentTexts {
    index: AgentIndex,
    creates: bool,
    new: Mutex<New>,
}

#[derive(Debug, Default)]
struct New {
    ids: HashMap<String, i64>,
    texts: Vec<String>,
}

impl AgentTexts {
    pub(crate) fn new(index: AgentIndex, creates: bool) -> Self {
        Self { index, creates, new: Mutex::default() }
    }

    /// The agent a trimmed text stands for: an id of the roster, or a negative number for a new agent.
    pub(crate) fn find(&self, text: &str, matches: &[AgentMatch]) -> Option<i64> {
        let known = self.index.find(text, matches);
        if known.is_some() || !self.creates {
            return known;
        }
        let mut new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = new.ids.get(text) {
            return Some(*id);
        }
        new.texts.push(text.to_owned());
        let id = i64::try_from(new.texts.len()).ok().map(|count| -count)?;
        new.ids.insert(text.to_owned(), id);
        Some(id)
    }

    /// Whether an id came from the agent column.
    pub(crate) fn knows(&self, id: i64) -> bool {
        match Self::reference(id) {
            AgentRef::Known(id) => self.index.contains(id),
            AgentRef::New(index) => self.new_text(index).is_some(),
        }
    }

    /// Whom an id of the agent column stands for; new agents are numbered as they were met.
    pub(crate) fn reference(id: i64) -> AgentRef {
        match u32::try_from(-1 - i128::from(id)) {
            Ok(index) => AgentRef::New(index),
            Err(_) => AgentRef::Known(id),
        }
    }

    /// The employee number of a new agent, by the order in which it was met.
    pub(crate) fn new_text(&self, index: u32) -> Option<String> {
        let new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        new.texts.get(usize::try_from(index).ok()?).cloned()
    }

    /// The employee number of an agent, for people to read.
    pub(crate) fn label(&self, id: i64) -> Option<String> {
        match Self::reference(id) {
            AgentRef::Known(id) => self.index.number_of(id).map(str::to_owned),
            AgentRef::New(index) => self.new_text(index),
        }
    }
}
