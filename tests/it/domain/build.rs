//! Short ways to write the domain's values in tests.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use merit::domain::appraisal::{Eligibility, StretchBasis};
use merit::domain::curve::{Corner, Curve};
use merit::domain::explanation::Rulebook;
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::judgement::Form;
use merit::domain::metric::{Direction, Metric, MetricId, MetricKind, Unit};
use merit::domain::period::Period;
use merit::domain::scorecard::{Absence, Band, Card, Carried, Gate, GateEffect, Line, Measure, Measured, Scope};
use merit::domain::text::Text;
use merit::domain::tiers::Tier;
use rust_decimal::Decimal;

pub(super) fn fixed(text: &str) -> Fixed {
    text.parse().unwrap()
}

pub(super) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

pub(super) fn id(text: &str) -> MetricId {
    MetricId::new(text)
}

pub(super) fn text(en: &str) -> Text {
    Text { en: en.to_owned(), zh: en.to_owned() }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn period(first: &str, last: &str) -> Period {
    Period::new(day(first), day(last)).unwrap()
}

pub(super) fn metric(name: &str, unit: Unit, kind: MetricKind) -> Metric {
    let direction = Direction::HigherIsBetter;
    let standard_deviation = None;
    let (numerator, denominator) = (text("Good cases"), text("Cases"));
    let (id, name, description) = (id(name), text(name), text(name));
    Metric { id, name, description, numerator, denominator, unit, kind, direction, standard_deviation }
}

pub(super) fn rate(name: &str) -> Metric {
    metric(name, Unit::Percent, MetricKind::Rate)
}

pub(super) fn mean(name: &str) -> Metric {
    metric(name, Unit::Points, MetricKind::Mean)
}

pub(super) fn corners(pairs: &[(&str, &str)]) -> Vec<Corner> {
    pairs.iter().map(|(value, points)| Corner { value: fixed(value), points: fixed(points) }).collect()
}

pub(super) fn linear(pairs: &[(&str, &str)]) -> Curve {
    Curve::Linear { corners: corners(pairs) }
}

pub(super) fn step(pairs: &[(&str, &str)]) -> Curve {
    Curve::Step { corners: corners(pairs) }
}

pub(super) fn tiers(pairs: &[(&str, &str)]) -> Vec<Tier> {
    pairs.iter().map(|(from, rate)| Tier { from: fixed(from), rate: fixed(rate) }).collect()
}

/// A line that leaves the card when it has too little data; points equal the value from 0 to 100.
pub(super) fn line(name: &str, weight: &str) -> Line {
    Line {
        id: name.into(),
        metric: id(name),
        scope: Scope::Own,
        measure: Measure::Value,
        outside: None,
        weight: fixed(weight),
        curve: linear(&[("0", "0"), ("100", "100")]),
        floor: None,
        cap: None,
        shrink_strength: None,
        min_samples: 0,
        low_sample: Absence::Redistribute,
        no_data: Absence::Redistribute,
        no_benchmark: Absence::Redistribute,
    }
}

pub(super) fn bands(pairs: &[(&str, &str)]) -> Vec<Band> {
    pairs.iter().map(|(name, from)| Band { id: (*name).into(), name: text(name), from: fixed(from) }).collect()
}

pub(super) fn card(lines: Vec<Line>) -> Card {
    Card {
        id: "front".into(),
        name: text("Front line"),
        posts: vec!["agent".to_owned()],
        unit_kinds: vec![],
        points_up_to: Fixed::HUNDRED,
        lines,
        gates: Vec::new(),
        bands: bands(&[("D", "0"), ("C", "60"), ("B", "75"), ("A", "90")]),
        judgement: None,
        stretch_basis: StretchBasis::Days,
        eligibility: Eligibility::default(),
        peers: None,
        guidance: Vec::new(),
    }
}

pub(super) fn gate(name: &str, at_least: &str, effect: GateEffect) -> Gate {
    Gate {
        metric: id(name),
        scope: Scope::Own,
        at_least: Some(fixed(at_least)),
        at_most: None,
        min_samples: 0,
        effect,
        reason: text("agreed").into(),
    }
}

pub(super) fn pooled(numerator: &str, denominator: &str, samples: i64) -> Pooled {
    Pooled { numerator: fixed(numerator), denominator: fixed(denominator), samples }
}

/// Facts and metrics of one agent, in the scope `own` unless told.
#[derive(Default)]
pub(super) struct Facts {
    metrics: HashMap<MetricId, Metric>,
    pooled: Vec<(MetricId, Scope, Pooled)>,
    carried: HashMap<String, Carried>,
    peers: HashMap<MetricId, Pooled>,
    segments: Vec<(MetricId, Arc<str>, Pooled)>,
    benchmarks: HashMap<(MetricId, String), Pooled>,
}

impl Facts {
    pub(super) fn of(metrics: impl IntoIterator<Item = Metric>) -> Self {
        let metrics = metrics.into_iter().map(|metric| (metric.id.clone(), metric)).collect();
        Self { metrics, ..Self::default() }
    }

    pub(super) fn with(self, name: &str, numerator: &str, denominator: &str, samples: i64) -> Self {
        self.with_pooled(name, Scope::Own, pooled(numerator, denominator, samples))
    }

    pub(super) fn with_pooled(mut self, name: &str, scope: Scope, pooled: Pooled) -> Self {
        self.pooled.push((id(name), scope, pooled));
        self
    }

    /// The same, with other facts of a metric in the scope `own`.
    pub(super) fn replacing(mut self, name: &str, pooled: Pooled) -> Self {
        self.pooled.retain(|(metric, scope, _)| *metric != id(name) || *scope != Scope::Own);
        self.with_pooled(name, Scope::Own, pooled)
    }

    /// One more metric.
    pub(super) fn and(mut self, metric: Metric) -> Self {
        self.metrics.insert(metric.id.clone(), metric);
        self
    }

    /// The line of that id had these points in an earlier cycle.
    pub(super) fn carrying(mut self, line: &str, points: &str, from: &str) -> Self {
        self.carried.insert(line.to_owned(), Carried { points: fixed(points), from: from.into() });
        self
    }

    pub(super) fn with_peers(mut self, name: &str, peers: Pooled) -> Self {
        self.peers.insert(id(name), peers);
        self
    }

    /// Own facts of a segment; they count to the metric's pooled facts.
    pub(super) fn segment(mut self, name: &str, segment: &str, pooled: Pooled) -> Self {
        self.segments.push((id(name), segment.into(), pooled));
        self
    }

    pub(super) fn with_benchmark(mut self, name: &str, segment: &str, frozen: Pooled) -> Self {
        self.benchmarks.insert((id(name), segment.to_owned()), frozen);
        self
    }
}

impl Rulebook for Facts {
    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(id)
    }

    fn form(&self, _: &str) -> Option<&Form> {
        None
    }

    fn card(&self, _: &str) -> Option<&Card> {
        None
    }
}

impl Measured for Facts {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        let whole = self.pooled.iter().find(|(id, at, _)| id == metric && *at == scope).map(|(_, _, pooled)| *pooled);
        let parts = self.segments(metric, scope);
        whole.or_else(|| parts.into_iter().map(|(_, part)| part).reduce(|sum, part| sum.checked_add(&part).unwrap()))
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(id)
    }

    fn carried(&self, line: &Line) -> Option<Carried> {
        self.carried.get(&*line.id).cloned()
    }

    fn peers(&self, metric: &MetricId, _: Scope) -> Option<Pooled> {
        self.peers.get(metric).copied()
    }

    fn segments(&self, metric: &MetricId, scope: Scope) -> Vec<(Arc<str>, Pooled)> {
        let own = self.segments.iter().filter(|(id, ..)| id == metric && scope == Scope::Own);
        own.map(|(_, segment, pooled)| (segment.clone(), *pooled)).collect()
    }

    fn benchmark(&self, metric: &MetricId, segment: &str) -> Option<Pooled> {
        self.benchmarks.get(&(metric.clone(), segment.to_owned())).copied()
    }
}
