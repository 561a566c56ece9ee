//! Scorecards of units, from the facts pooled over a unit and everything below it. Scoring is pure, so that a replay gives the same
//! bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::AppError;
use super::assess::{AssessError, CarriedLine};
use super::figures::{Common, Pooling};
use super::parallel::on_all_cores;
use super::snapshot::{self, CHUNK, Digests, Snapshot};
use crate::domain::fact::Pooled;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::scorecard::{self, CardResult, CardState, Carried, Line, Measured, Scope};
use crate::rules::Ruleset;
use crate::store::{Run, RunUnit, Store, UnitResultRow, pack, unpack};

const CARRIED: &str = "what the card of a unit may carry";

/// One unit's result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitAssessment {
    pub code: String,
    pub kind: String,
    /// Code of the unit above.
    pub parent: Option<String>,
    pub card: CardResult,
}

/// A unit's result, and the bytes its digest is made of.
pub(super) type Assessed = (UnitAssessment, Vec<u8>);

/// How many units an appraisal measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitCounts {
    pub scored: u64,
    pub on_hold: u64,
    pub insufficient: u64,
}

impl UnitCounts {
    fn add(&mut self, card: &CardResult) {
        match card.state {
            CardState::Scored => self.scored += 1,
            CardState::OnHold => self.on_hold += 1,
            CardState::InsufficientData => self.insufficient += 1,
        }
    }
}

/// A unit as scoring sees it.
struct UnitFigures<'a> {
    rules: &'a Ruleset,
    common: &'a Common,
    facts: Option<&'a Pooling>,
    carried: &'a [CarriedLine],
}

impl UnitFigures<'_> {
    fn facts(&self, scope: Scope) -> Option<&Pooling> {
        self.facts.filter(|_| scope == Scope::Unit)
    }
}

impl Measured for UnitFigures<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        self.facts(scope)?.sum(metric)
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.rules.metric(id)
    }

    fn carried(&self, line: &Line) -> Option<Carried> {
        let carried = self.carried.iter().find(|carried| carried.line == line.id)?;
        Some(carried.carried.clone())
    }

    fn segments(&self, metric: &MetricId, scope: Scope) -> Vec<(Arc<str>, Pooled)> {
        self.facts(scope).map(|facts| facts.segments(metric)).unwrap_or_default()
    }

    fn benchmark(&self, metric: &MetricId, segment: &str) -> Option<Pooled> {
        self.common.benchmark(metric, segment)
    }
}

/// What every unit of a run is assessed with.
pub(super) struct UnitAssessor<'a> {
    rules: &'a Ruleset,
    common: &'a Common,
    /// Codes by the ids of the run's units.
    codes: BTreeMap<i64, &'a str>,
}

impl<'a> UnitAssessor<'a> {
    pub(super) fn new(rules: &'a Ruleset, snapshot: &'a Snapshot<'_>) -> Self {
        let codes = snapshot.units.iter().map(|unit| (unit.unit_id, unit.code.as_str())).collect();
        Self { rules, common: &snapshot.common, codes }
    }

    /// The unit's result; `None` when no card of the rules measures its kind.
    pub(super) fn assess(&self, unit: &RunUnit) -> Result<Option<Assessed>, AppError> {
        let Some(card) = self.rules.card_for_unit_kind(&unit.kind) else { return Ok(None) };
        let carried: Vec<CarriedLine> = match &unit.carried {
            Some(packed) => unpack(CARRIED, packed)?,
            None => Vec::new(),
        };
        let facts = self.common.units.get(&unit.code);
        let figures = UnitFigures { rules: self.rules, common: self.common, facts, carried: &carried };
        let card =
            scorecard::score(card, &figures).map_err(|source| AssessError::Unit { unit: unit.code.clone(), source })?;
        let parent = unit.parent_id.and_then(|parent| self.code(parent)).map(str::to_owned);
        let assessment = UnitAssessment { code: unit.code.clone(), kind: unit.kind.clone(), parent, card };
        let packed = pack("the result of a unit", &assessment)?;
        Ok(Some((assessment, packed)))
    }

    /// The results of many units, in their order.
    pub(super) fn assess_all(&self, units: &[RunUnit]) -> Result<Vec<Option<Assessed>>, AppError> {
        tokio::task::block_in_place(|| on_all_cores(units, |unit| self.assess(unit)))
    }

    /// The code of a unit of the run.
    pub(super) fn code(&self, id: i64) -> Option<&str> {
        self.codes.get(&id).copied()
    }
}

/// Chunks of units, as many as agents are assessed together.
pub(super) fn chunks(units: &[RunUnit]) -> impl Iterator<Item = &[RunUnit]> {
    units.chunks(usize::try_from(CHUNK).unwrap_or(usize::MAX))
}

/// Adds a unit's result to the digest of all; no employee number begins with a NUL.
pub(super) fn digest(found: &mut Digests, assessment: &UnitAssessment, packed: &[u8]) {
    found.add(&format!("\0{}", assessment.code), snapshot::digest(packed));
}

/// Scores every unit whose kind a card measures, adds the results to `found` and keeps them with the run.
pub(super) async fn appraise(
    store: &Store,
    run: &Run,
    rules: &Ruleset,
    snapshot: &Snapshot<'_>,
    found: &mut Digests,
) -> Result<UnitCounts, AppError> {
    let assessor = UnitAssessor::new(rules, snapshot);
    let mut counts = UnitCounts::default();
    for units in chunks(&snapshot.units) {
        let mut rows = Vec::new();
        for (unit, assessed) in units.iter().zip(assessor.assess_all(units)?) {
            let Some((assessment, packed)) = assessed else { continue };
            digest(found, &assessment, &packed);
            counts.add(&assessment.card);
            let UnitAssessment { code, kind, parent: _, card } = assessment;
            rows.push(UnitResultRow { unit_id: unit.unit_id, parent_id: unit.parent_id, code, kind, card });
        }
        store.write_unit_results(run.id, &rows).await?;
    }
    Ok(counts)
}

/// Gives each of the units, in order of code, the points that the lines of its card had in the cycle before, for lines that may carry them.
pub(super) async fn freeze_carried(store: &Store, run: &Run, units: &mut [RunUnit]) -> Result<(), AppError> {
    let Some(previous) = run.history_run_ids.last().copied() else { return Ok(()) };
    let Some(cycle) = store.cycle_code_of_run(previous).await? else { return Ok(()) };
    let cycle: Arc<str> = cycle.into();
    let mut after: Option<String> = None;
    for units in units.chunks_mut(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
        let last = units.last().map(|unit| unit.code.clone());
        let rows = store.unit_results(previous, after.as_deref(), last.as_deref()).await?;
        let mut cards: BTreeMap<String, CardResult> = rows.into_iter().map(|row| (row.code, row.card)).collect();
        for unit in units {
            unit.carried = cards.remove(&unit.code).map(|card| carried_lines(card, &cycle)).transpose()?;
        }
        after = last;
    }
    Ok(())
}

/// The points of a card's lines, packed.
fn carried_lines(card: CardResult, cycle: &Arc<str>) -> Result<Vec<u8>, AppError> {
    let lines = card.lines.into_iter().filter_map(|line| {
        let carried = Carried { points: line.points?, from: Arc::clone(cycle) };
        Some(CarriedLine { line: line.id, carried })
    });
    Ok(pack(CARRIED, &lines.collect::<Vec<_>>())?)
}

/// What the snapshot's hash covers of a unit: everything about it but the ids of one database.
pub(super) fn bytes_of(units: &[RunUnit]) -> Result<Vec<u8>, AppError> {
    let codes: BTreeMap<i64, &str> = units.iter().map(|unit| (unit.unit_id, unit.code.as_str())).collect();
    let parent = |unit: &RunUnit| unit.parent_id.and_then(|parent| codes.get(&parent).copied());
    let whole: Vec<_> = units.iter().map(|unit| (&unit.code, &unit.kind, parent(unit), &unit.carried)).collect();
    Ok(pack("the units", &whole)?)
}
