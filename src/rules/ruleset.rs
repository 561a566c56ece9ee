//! The rules as the rest of Merit uses them: one content-addressed whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::improvement::ImprovementRules;
use crate::domain::judgement::Form;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::payout::IncentivePlan;
use crate::domain::scorecard::Card;

/// The layout of the canonical text; a later Merit that writes another one still reads this.
const FORMAT: u32 = 1;

/// Everything a result depends on beside the facts. Equal rules have equal hashes, however their files are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruleset {
    /// SHA-256 of `canonical`, 64 hexadecimal digits.
    pub hash: String,
    pub metrics: BTreeMap<MetricId, Metric>,
    /// By id.
    pub cards: Vec<Card>,
    /// By id.
    pub forms: Vec<Form>,
    /// By id.
    pub plans: Vec<IncentivePlan>,
    pub improvement: ImprovementRules,
    /// The rules as JSON with sorted keys: what is stored, and what a replay reads.
    pub canonical: String,
}

/// Why a stored ruleset cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    #[error(
        "the stored ruleset cannot be read: {0}; restore the row from a backup, or replay with the Merit that wrote it"
    )]
    Unreadable(#[from] serde_json::Error),
    #[error("the stored ruleset has layout {0}, this Merit reads layout {FORMAT}; replay with the Merit that wrote it")]
    Layout(u32),
    #[error("the stored ruleset was changed: its hash is {found}, not {expected}; restore the row from a backup")]
    Changed { expected: String, found: String },
}

#[derive(Serialize, Deserialize)]
struct Canonical {
    format: u32,
    metrics: Vec<Metric>,
    cards: Vec<Card>,
    forms: Vec<Form>,
    plans: Vec<IncentivePlan>,
    improvement: ImprovementRules,
}

impl Ruleset {
    /// Puts the parts in their canonical order and computes the hash. Errors: a part that cannot be written as JSON.
    pub fn new(
        mut metrics: Vec<Metric>,
        mut cards: Vec<Card>,
        mut forms: Vec<Form>,
        mut plans: Vec<IncentivePlan>,
        improvement: ImprovementRules,
    ) -> Result<Self, RulesetError> {
        metrics.sort_by(|left, right| left.id.cmp(&right.id));
        cards.sort_by(|left, right| left.id.cmp(&right.id));
        forms.sort_by(|left, right| left.id.cmp(&right.id));
        plans.sort_by(|left, right| left.id.cmp(&right.id));
        let parts = Canonical { format: FORMAT, metrics, cards, forms, plans, improvement };
        // Through a value, whose keys are sorted.
        let canonical = serde_json::to_value(&parts)?.to_string();
        Ok(Self::from_parts(parts, canonical))
    }

    /// The ruleset of a canonical text; its hash is that of the text as it stands.
    pub fn from_canonical(canonical: &str) -> Result<Self, RulesetError> {
        let parts: Canonical = serde_json::from_str(canonical)?;
        if parts.format != FORMAT {
            return Err(RulesetError::Layout(parts.format));
        }
        Ok(Self::from_parts(parts, canonical.to_owned()))
    }

    /// As [`Ruleset::from_canonical`], for a text that was stored under `hash`.
    pub fn from_stored(hash: &str, canonical: &str) -> Result<Self, RulesetError> {
        let found = hash_of(canonical);
        if found != hash {
            return Err(RulesetError::Changed { expected: hash.to_owned(), found });
        }
        Self::from_canonical(canonical)
    }

    fn from_parts(parts: Canonical, canonical: String) -> Self {
        let Canonical { format: _, metrics, cards, forms, plans, improvement } = parts;
        Self {
            hash: hash_of(&canonical),
            metrics: metrics.into_iter().map(|metric| (metric.id.clone(), metric)).collect(),
            cards,
            forms,
            plans,
            improvement,
            canonical,
        }
    }

    pub fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(id)
    }

    /// The card a post is measured with.
    pub fn card_for_post(&self, post: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.posts.iter().any(|measured| measured == post))
    }

    /// The card a kind of unit is measured with.
    pub fn card_for_unit_kind(&self, kind: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.unit_kinds.iter().any(|measured| measured == kind))
    }

    /// The plan a post is paid by.
    pub fn plan_for_post(&self, post: &str) -> Option<&IncentivePlan> {
        self.plans.iter().find(|plan| plan.posts.iter().any(|paid| paid == post))
    }

    pub fn card(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|card| *card.id == *id)
    }

    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| &*form.id == id)
    }

    pub fn plan(&self, id: &str) -> Option<&IncentivePlan> {
        self.plans.iter().find(|plan| plan.id == id)
    }
}

fn hash_of(canonical: &str) -> String {
    Sha256::digest(canonical.as_bytes()).iter().fold(String::with_capacity(64), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
