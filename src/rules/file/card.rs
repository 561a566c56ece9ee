//! `scorecards/*.yaml`: how posts, and units, are measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::judgement::ExampleRatings;
use super::line::{LineEntry, ScopeName};
use super::people::{BasisName, EligibilityEntry, PeersEntry, guided_shares};
use super::{Exact, ID_PATTERN, Words};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Band, Card, CardJudgement, CardState, Gate, GateEffect, LineState};

/// A scorecard: weighted lines, gates beside the weights, and rating bands.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit scorecard")]
pub struct CardFile {
    /// Unique among scorecards.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// Posts measured with this card, as the roster writes them. A post has one card. A card says either this or `unit_kinds`.
    #[serde(default)]
    #[schemars(with = "Vec<String>", length(min = 1), inner(length(min = 1)))]
    pub posts: Option<Vec<String>>,
    /// Kinds of units measured with this card, as the roster writes them. A kind has one card. Its lines measure the facts of everybody
    /// in the unit and below it, pooled.
    #[serde(default)]
    #[schemars(with = "Vec<String>", length(min = 1), inner(length(min = 1)))]
    pub unit_kinds: Option<Vec<String>>,
    /// The most points a line's curve and the total can reach: 100 are full marks, and only a card that says more here rewards beyond
    /// them.
    #[serde(default = "full_marks")]
    pub points_up_to: Exact,
    /// Cases in a typical period, for what `merit check` says about steps: the chance that somebody right at the edge is misjudged.
    #[serde(default = "typical_samples")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub typical_samples: u32,
    /// Weights add up to 100.
    #[schemars(length(min = 1))]
    pub lines: Vec<LineEntry>,
    /// Conditions outside the weights.
    #[serde(default)]
    pub gates: Vec<GateEntry>,
    /// Ratings, without gaps and overlaps from 0 to the best.
    #[schemars(length(min = 1))]
    pub bands: Vec<BandEntry>,
    /// The part of the card that people judge. The lines then have the rest, each its weight of it.
    #[serde(default)]
    pub judgement: Option<JudgementEntry>,
    /// What the stretches of an agent who moved between teams or posts are weighted by.
    #[serde(default)]
    pub stretch_basis: BasisName,
    /// What an appraisal needs at least; below it the agent is exempt, with the reason shown.
    #[serde(default)]
    pub eligibility: EligibilityEntry,
    /// Whom an agent is shown beside. For information; no rating is made of it.
    #[serde(default)]
    pub peers: Option<PeersEntry>,
    /// Percent of agents that guidance sees in each band, adding up to 100. Deviations are reported and never applied.
    #[serde(default)]
    pub guidance: BTreeMap<String, Exact>,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<CardExample>,
}

fn full_marks() -> Exact {
    Exact(Fixed::HUNDRED)
}

fn typical_samples() -> u32 {
    100
}

/// A condition outside the weights, judged on the value rounded to two decimals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateEntry {
    pub metric: String,
    /// `own` when left out; on a card of units `unit`.
    #[serde(default)]
    pub scope: Option<ScopeName>,
    /// Passed from this value on, inclusive.
    #[serde(default)]
    pub at_least: Option<Exact>,
    /// Passed up to this value, inclusive.
    #[serde(default)]
    pub at_most: Option<Exact>,
    /// With fewer cases than this the gate is not judged.
    #[schemars(range(min = 1))]
    pub min_samples: i64,
    /// What happens when the gate is not passed.
    pub effect: EffectEntry,
    /// Why, for the person who reads the card.
    pub reason: Words,
}

/// What a gate does when it is not passed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectEntry {
    /// The total is at most this.
    CapTotal(Exact),
    /// The rating is at best this band.
    CapRating(String),
    /// The line with this id (the metric's, unless it has its own) contributes nothing.
    ZeroLine(String),
}

/// A form of the folder `judgement`, and how much of the card it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementEntry {
    pub form: String,
    /// Percent of the card, between 0 and 100; the lines have the rest.
    pub share: Exact,
}

/// A rating band, judged on the total rounded to two decimals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BandEntry {
    /// The rating, such as `A`.
    #[schemars(length(min = 1))]
    pub id: String,
    pub name: Words,
    /// Lower edge, inclusive.
    pub from: Exact,
    /// Upper edge, exclusive: where the next band begins. Left out for the best band.
    #[serde(default)]
    pub to: Option<Exact>,
}

/// A worked example: pooled facts and the card they give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CardExample {
    pub name: String,
    /// Metrics left out have no facts. Several rows of a metric, as one a segment, are pooled.
    pub facts: Vec<ExamplePooled>,
    /// What the peer group has, for lines that shrink.
    #[serde(default)]
    pub peers: Vec<ExamplePooled>,
    /// What was frozen to compare with, for indexes: a row a segment, or without one for all segments together.
    #[serde(default)]
    pub benchmarks: Vec<ExamplePooled>,
    /// What lines had in the previous cycle.
    #[serde(default)]
    pub carried: Vec<ExampleCarried>,
    /// Ratings on the card's form.
    #[serde(default)]
    pub ratings: Vec<ExampleRatings>,
    /// Lines as they must come out; lines left out are not compared.
    #[serde(default)]
    pub lines: Vec<ExampleLine>,
    /// Gates as they must come out; gates left out are not compared.
    #[serde(default)]
    pub gates: Vec<ExampleGate>,
    /// Points of the judged part as they must come out; not compared when left out.
    #[serde(default)]
    pub judged: Option<Exact>,
    #[serde(default)]
    pub state: CardStateName,
    /// The printed total, with two decimals; left out where there is none.
    #[serde(default)]
    pub total: Option<Exact>,
    /// Left out where there is none.
    #[serde(default)]
    pub rating: Option<String>,
}

/// Facts of one metric, pooled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplePooled {
    pub metric: String,
    /// As the card's lines have it when left out.
    #[serde(default)]
    pub scope: Option<ScopeName>,
    /// The queue, channel or work type; empty when left out.
    #[serde(default)]
    pub segment: String,
    pub numerator: Exact,
    pub denominator: Exact,
    /// Cases behind the ratio; the denominator when left out.
    #[serde(default)]
    pub samples: Option<i64>,
}

/// The points of a line in the previous cycle.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleCarried {
    /// The line's id.
    pub line: String,
    pub points: Exact,
    /// The code of that cycle.
    pub from: String,
}

/// What a line must come out as.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleLine {
    /// The line's id, for lines that have their own.
    #[serde(default)]
    pub id: Option<String>,
    pub metric: String,
    /// As the card's lines have it when left out.
    #[serde(default)]
    pub scope: Option<ScopeName>,
    #[serde(default)]
    pub state: LineStateName,
    /// In the metric's unit, or of the index; not compared when left out.
    #[serde(default)]
    pub value: Option<Exact>,
    /// The value drawn toward the peer group; not compared when left out.
    #[serde(default)]
    pub shrunk: Option<Exact>,
    /// The cycle that the points were carried from; not compared when left out.
    #[serde(default)]
    pub carried_from: Option<String>,
    /// What the line adds to the total, below zero for a penalty; not compared when left out.
    #[serde(default)]
    pub contribution: Option<Exact>,
    /// Left out where the line leaves the card or waits.
    #[serde(default)]
    pub points: Option<Exact>,
    /// The weight after redistribution; not compared when left out.
    #[serde(default)]
    pub effective_weight: Option<Exact>,
}

impl CardExample {
    /// Cases behind the agent's own facts, by metric.
    pub(crate) fn cases(&self) -> BTreeMap<MetricId, i64> {
        let mut cases: BTreeMap<MetricId, i64> = BTreeMap::new();
        for row in self.facts.iter().filter(|row| row.scope == ScopeName::Own) {
            let samples = row.samples.unwrap_or(row.denominator.0.micros() / Fixed::SCALE);
            let sum = cases.entry(MetricId::new(&row.metric)).or_default();
            *sum = sum.saturating_add(samples);
        }
        cases
    }
}

/// What a gate must come out as.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleGate {
    pub metric: String,
    /// As the card's lines have it when left out.
    #[serde(default)]
    pub scope: Option<ScopeName>,
    /// Left out where there is too little data to judge.
    #[serde(default)]
    pub passed: Option<bool>,
}

/// How well a line was measured.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStateName {
    #[default]
    Measured,
    LowSample,
    NoData,
    NotApplicable,
    NoBenchmark,
}

/// Where a card stands.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStateName {
    #[default]
    Scored,
    OnHold,
    InsufficientData,
}

impl From<LineStateName> for LineState {
    fn from(name: LineStateName) -> Self {
        match name {
            LineStateName::Measured => Self::Measured,
            LineStateName::LowSample => Self::LowSample,
            LineStateName::NoData => Self::NoData,
            LineStateName::NotApplicable => Self::NotApplicable,
            LineStateName::NoBenchmark => Self::NoBenchmark,
        }
    }
}

impl From<CardStateName> for CardState {
    fn from(name: CardStateName) -> Self {
        match name {
            CardStateName::Scored => Self::Scored,
            CardStateName::OnHold => Self::OnHold,
            CardStateName::InsufficientData => Self::InsufficientData,
        }
    }
}

impl GateEntry {
    fn to_gate(&self, usual: ScopeName) -> Gate {
        Gate {
            metric: MetricId::new(&self.metric),
            scope: self.scope.unwrap_or(usual).into(),
            at_least: self.at_least.map(Fixed::from),
            at_most: self.at_most.map(Fixed::from),
            min_samples: self.min_samples,
            effect: match &self.effect {
                EffectEntry::CapTotal(at) => GateEffect::CapTotal { at: at.0 },
                EffectEntry::CapRating(band) => GateEffect::CapRating { at: band.as_str().into() },
                EffectEntry::ZeroLine(line) => GateEffect::ZeroLine { line: line.as_str().into() },
            },
            reason: Arc::new(self.reason.clone().into()),
        }
    }
}

impl JudgementEntry {
    fn to_judgement(&self) -> CardJudgement {
        CardJudgement { form: self.form.as_str().into(), share: self.share.0 }
    }
}

impl CardFile {
    /// The posts it measures; empty on a card of units.
    pub fn posts(&self) -> &[String] {
        self.posts.as_deref().unwrap_or_default()
    }

    /// The kinds of units it measures; empty on a card of people.
    pub fn unit_kinds(&self) -> &[String] {
        self.unit_kinds.as_deref().unwrap_or_default()
    }

    /// The scope of a line, gate or fact that does not say its own.
    pub fn usual_scope(&self) -> ScopeName {
        if self.unit_kinds.is_some() { ScopeName::Unit } else { ScopeName::Own }
    }

    /// A scope as the file has it, or the card's usual one.
    pub fn scope(&self, written: Option<ScopeName>) -> ScopeName {
        written.unwrap_or_else(|| self.usual_scope())
    }

    /// Whether an example speaks of this line: by metric and scope, and by id where it names one.
    pub fn means(&self, example: &ExampleLine, line: &LineEntry) -> bool {
        let named = example.id.as_deref().is_none_or(|id| id == line.id());
        named && example.metric == line.metric && self.scope(example.scope) == self.scope(line.scope)
    }

    /// Bands with the place each has in the file, ascending by lower edge.
    pub fn ascending_bands(&self) -> Vec<(usize, &BandEntry)> {
        let mut bands: Vec<_> = self.bands.iter().enumerate().collect();
        bands.sort_by_key(|(_, band)| band.from);
        bands
    }

    pub fn to_card(&self) -> Card {
        let band = |entry: &BandEntry| Band {
            id: entry.id.as_str().into(),
            name: entry.name.clone().into(),
            from: entry.from.0,
        };
        Card {
            id: self.id.as_str().into(),
            name: self.name.clone().into(),
            posts: self.posts().to_vec(),
            unit_kinds: self.unit_kinds().to_vec(),
            points_up_to: self.points_up_to.0,
            lines: self.lines.iter().map(|line| line.to_line(self.usual_scope())).collect(),
            gates: self.gates.iter().map(|gate| gate.to_gate(self.usual_scope())).collect(),
            bands: self.ascending_bands().into_iter().map(|(_, entry)| band(entry)).collect(),
            judgement: self.judgement.as_ref().map(JudgementEntry::to_judgement),
            stretch_basis: self.stretch_basis.into(),
            eligibility: self.eligibility.into(),
            peers: self.peers.as_ref().map(PeersEntry::to_rule),
            guidance: guided_shares(
                &self.guidance,
                self.ascending_bands().iter().rev().map(|(_, band)| band.id.as_str()),
            ),
        }
    }
}
