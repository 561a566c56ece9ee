//! Results told from the rules they were scored with.

use std::sync::{Arc, Mutex, PoisonError};

use super::{App, AppError};
use crate::domain::authority::Act;
use crate::domain::explanation::{
    AppraisalExplanation, CardExplanation, NextBand, Rulebook, explain, explain_appraisal, next_band, next_band_of,
};
use crate::domain::judgement::Form;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::money::Rounding;
use crate::domain::scorecard::Card;
use crate::rules::Ruleset;
use crate::store::{PayoutDetail, Run, ScorecardDetail, UnitScorecardDetail};

/// A scorecard that whoever asked may see, with the run it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundScorecard {
    pub detail: ScorecardDetail,
    run: Run,
}

impl FoundScorecard {
    /// Results of a run never change.
    pub fn run_id(&self) -> i64 {
        self.run.id
    }
}

/// A scorecard, why it is what it is, and what would change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedScorecard {
    pub detail: ScorecardDetail,
    pub explanation: AppraisalExplanation,
    /// `None` without a rating, or in the best band.
    pub next_band: Option<NextBand>,
}

/// A unit's scorecard, why it is what it is, and what would change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedUnitScorecard {
    pub detail: UnitScorecardDetail,
    /// `None` where the rules have no such card, as when a row was changed by hand.
    pub explanation: Option<CardExplanation>,
    /// `None` without a rating, or in the best band.
    pub next_band: Option<NextBand>,
}

/// A payout, and what its plan says of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedPayout {
    pub detail: PayoutDetail,
    /// How the plan rounds to the minor unit.
    pub rounding: Option<Rounding>,
}

/// Versions of the rules that are kept in memory: as many as a look back over the cycles needs.
const KEPT_RULES: usize = 8;

/// The rules that were last asked for, those least long ago at the end; their hash names what is in them, so they never grow stale.
#[derive(Clone, Default)]
pub(super) struct LastRules(Arc<Mutex<Vec<Arc<Ruleset>>>>);

impl LastRules {
    fn get(&self, hash: &str) -> Option<Arc<Ruleset>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = last.iter().position(|rules| rules.hash == hash)?;
        let rules = last.remove(at);
        last.push(Arc::clone(&rules));
        Some(rules)
    }

    fn keep(&self, rules: &Arc<Ruleset>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|known| known.hash != rules.hash);
        last.push(Arc::clone(rules));
        let over = last.len().saturating_sub(KEPT_RULES);
        last.drain(..over);
    }
}

impl Rulebook for Ruleset {
    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(id)
    }

    fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| &*form.id == id)
    }

    fn card(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|card| *card.id == *id)
    }
}

impl App {
    /// One agent's scorecard with every figure explained.
    pub async fn explained_scorecard(
        &self,
        cycle: &str,
        employee_number: &str,
    ) -> Result<ExplainedScorecard, AppError> {
        self.explain_scorecard(self.found_scorecard(cycle, employee_number).await?).await
    }

    /// One agent's scorecard that stands, to be explained.
    pub async fn found_scorecard(&self, cycle: &str, employee_number: &str) -> Result<FoundScorecard, AppError> {
        self.found_scorecard_in(cycle, employee_number, None).await
    }

    /// One agent's scorecard as it was in a revision of this number, to be explained.
    pub async fn found_scorecard_in(
        &self,
        cycle: &str,
        employee_number: &str,
        revision: Option<i64>,
    ) -> Result<FoundScorecard, AppError> {
        let (detail, run) = self.scorecard_with_run((cycle, employee_number), revision).await?;
        Ok(FoundScorecard { detail, run })
    }

    /// Every figure of a scorecard explained.
    pub async fn explain_scorecard(&self, found: FoundScorecard) -> Result<ExplainedScorecard, AppError> {
        let FoundScorecard { detail, run } = found;
        let rules = self.rules_of(&run).await?;
        let explanation = explain_appraisal(&*rules, &detail.result);
        let next_band = next_band_of(&*rules, &detail.result);
        Ok(ExplainedScorecard { detail, explanation, next_band })
    }

    /// One unit's scorecard with every figure explained.
    pub async fn explained_unit_scorecard(&self, cycle: &str, code: &str) -> Result<ExplainedUnitScorecard, AppError> {
        let (detail, run) = self.unit_scorecard_with_run(cycle, code).await?;
        let rules = self.rules_of(&run).await?;
        let card = rules.card(&detail.result.card);
        let explanation = card.map(|card| explain(&*rules, card, &detail.result));
        let next_band = card.and_then(|card| next_band(&*rules, card, &detail.result));
        Ok(ExplainedUnitScorecard { detail, explanation, next_band })
    }

    /// One agent's payout with what rounds it.
    pub async fn explained_payout(&self, cycle: &str, employee_number: &str) -> Result<ExplainedPayout, AppError> {
        self.explained_payout_in(cycle, employee_number, None).await
    }

    /// One agent's payout as it was computed in a revision of this number, with what rounds it.
    pub async fn explained_payout_in(
        &self,
        cycle: &str,
        employee_number: &str,
        revision: Option<i64>,
    ) -> Result<ExplainedPayout, AppError> {
        let (detail, run) = self.payout_with_run((cycle, employee_number), revision).await?;
        let rounding = self.rules_of(&run).await?.plan(&detail.result.plan).map(|plan| plan.rounding);
        Ok(ExplainedPayout { detail, rounding })
    }

    /// The rules that a cycle pins.
    pub async fn rules_of_cycle(&self, code: &str) -> Result<Arc<Ruleset>, AppError> {
        self.require(Act::ReadRules)?;
        self.rules_by(&self.cycle(code).await?.ruleset_hash).await
    }

    /// The rules of a version, by its whole hash.
    pub async fn rules_of_version(&self, hash: &str) -> Result<Arc<Ruleset>, AppError> {
        self.require(Act::ReadRules)?;
        self.rules_by(hash).await
    }

    /// The rules that the results of a run were scored with.
    pub(super) async fn rules_of(&self, run: &Run) -> Result<Arc<Ruleset>, AppError> {
        self.rules_by(&run.ruleset_hash).await
    }

    pub(super) async fn rules_by(&self, hash: &str) -> Result<Arc<Ruleset>, AppError> {
        if let Some(known) = self.last_rules.get(hash) {
            return Ok(known);
        }
        let rules = Arc::new(self.pinned_rules(hash).await?);
        self.last_rules.keep(&rules);
        Ok(rules)
    }
}
