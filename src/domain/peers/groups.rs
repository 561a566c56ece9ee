//! Who is whose peer.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What peers have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerKey {
    Post,
    /// The agent's own unit.
    Unit,
    /// The unit of this kind that the agent's unit is, or lies in: the province, say.
    UnitOfKind(String),
    /// The segment in which the agent has most cases.
    Queue,
    /// An attribute of the roster.
    Attribute(String),
}

/// A text that names nothing peers could have in common.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is nothing to group peers by: use post, unit, queue, unit_kind:KIND or attribute:NAME")]
pub struct UnknownPeerKey(pub String);

impl FromStr for PeerKey {
    type Err = UnknownPeerKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.split_once(':')) {
            ("post", _) => Ok(Self::Post),
            ("unit", _) => Ok(Self::Unit),
            ("queue", _) => Ok(Self::Queue),
            (_, Some(("unit_kind", kind))) if !kind.is_empty() => Ok(Self::UnitOfKind(kind.to_owned())),
            (_, Some(("attribute", name))) if !name.is_empty() => Ok(Self::Attribute(name.to_owned())),
            _ => Err(UnknownPeerKey(text.to_owned())),
        }
    }
}

impl fmt::Display for PeerKey {
    /// As rules write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post => f.write_str("post"),
            Self::Unit => f.write_str("unit"),
            Self::UnitOfKind(kind) => write!(f, "unit_kind:{kind}"),
            Self::Queue => f.write_str("queue"),
            Self::Attribute(name) => write!(f, "attribute:{name}"),
        }
    }
}

/// How a card groups the agents it measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRule {
    pub by: Vec<PeerKey>,
    /// With fewer measured members, no peer figure is shown: it would say too much of single people, and too little of the group.
    pub min_members: i64,
}

/// What an agent has in common with others; of the last stretch, where there are several.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    pub post: &'a str,
    /// Code of the unit.
    pub unit: &'a str,
    /// See [`main_queue`].
    pub queue: Option<&'a str>,
    /// Attributes of the roster, by name.
    pub attributes: &'a BTreeMap<String, String>,
}

/// A peer group: the card, and what its members have in common in the order of the rule. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKey(Arc<[String]>);

impl GroupKey {
    /// The card's id, then the values that the rule's keys have for every member.
    pub fn parts(&self) -> &[String] {
        &self.0
    }
}

/// The group of an agent measured with `card`. Errors: the first key of the rule for which the agent has no value; without it there
/// is no group.
pub fn group_key(rule: &PeerRule, card: &str, traits: &Traits<'_>, units: &UnitTree) -> Result<GroupKey, PeerKey> {
    let value = |key: &PeerKey| match key {
        PeerKey::Post => Some(traits.post),
        PeerKey::Unit => Some(traits.unit),
        PeerKey::UnitOfKind(kind) => units.at_or_above(traits.unit, kind),
        PeerKey::Queue => traits.queue,
        PeerKey::Attribute(name) => traits.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty()),
    };
    let mut parts = vec![card.to_owned()];
    for key in &rule.by {
        parts.push(value(key).ok_or_else(|| key.clone())?.to_owned());
    }
    Ok(GroupKey(parts.into()))
}

/// The segment with most cases, among equals the first by name; cases outside any segment (an empty name) do not count. The pairs
/// are segment and cases, and a segment may come several times.
pub fn main_queue<'a>(segments: impl IntoIterator<Item = (&'a str, i64)>) -> Option<&'a str> {
    let mut cases: BTreeMap<&str, i64> = BTreeMap::new();
    for (segment, samples) in segments {
        let sum = cases.entry(segment).or_default();
        *sum = sum.saturating_add(samples);
    }
    cases.remove("");
    let most = cases.values().copied().max()?;
    cases.into_iter().find(|(_, samples)| *samples == most).map(|(segment, _)| segment)
}

/// The units with their kinds, and which lies in which.
#[derive(Debug, Clone, Default)]
pub struct UnitTree(BTreeMap<String, Place>);

#[derive(Debug, Clone)]
struct Place {
    kind: String,
    parent: Option<String>,
}

impl UnitTree {
    /// From code, kind and the parent's code of every unit.
    pub fn new(units: impl IntoIterator<Item = (String, String, Option<String>)>) -> Self {
        Self(units.into_iter().map(|(code, kind, parent)| (code, Place { kind, parent })).collect())
    }

    /// The nearest unit of this kind on the way up, beginning with the unit itself.
    pub fn at_or_above(&self, unit: &str, kind: &str) -> Option<&str> {
        let mut at = self.0.get_key_value(unit);
        // The tree is no deeper than it has units; a loop, which imports refuse, would end here.
        for _ in 0..self.0.len() {
            let (code, place) = at?;
            if place.kind == kind {
                return Some(code);
            }
            at = place.parent.as_ref().and_then(|parent| self.0.get_key_value(parent));
        }
        None
    }
}
