//! What the cards on hold of a run wait for.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::FromQueryResult;

use super::super::packed::unpack;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use super::list::{Take, rows_changed};
use super::scorecards::{ResultFilter, ScorecardColumns};
use super::sums::{Sum, changed};
use crate::domain::appraisal::{AppraisalResult, AppraisalState};
use crate::domain::metric::MetricId;
use crate::domain::scorecard::CardResult;

/// Cards that are read at once.
const AT_ONCE: u64 = 500;

/// How many cards of a unit wait for something; a card may wait for several things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub unit_id: i64,
    /// The metric; none where people's ratings are waited for.
    pub metric: Option<MetricId>,
    pub cards: i64,
}

impl Sum for Waiting {
    type Of = (i64, Option<MetricId>);

    fn of(&self) -> Self::Of {
        (self.unit_id, self.metric.clone())
    }

    fn add(&mut self, change: &Self) {
        self.cards += change.cards;
    }

    fn is_of_none(&self) -> bool {
        self.cards == 0
    }
}

/// A card on hold, and how often it counts.
#[derive(FromQueryResult)]
struct HeldRow {
    times: i64,
    unit_id: i64,
    working: Vec<u8>,
}

fn waits(unit_id: i64, result: &AppraisalResult, cards: i64) -> impl Iterator<Item = Waiting> {
    let stretches = || result.stretches.iter().map(|result| &result.stretch.card);
    let mut what: BTreeSet<Option<MetricId>> = stretches().flat_map(CardResult::waits_for).cloned().map(Some).collect();
    if stretches().any(CardResult::waits_for_ratings) {
        what.insert(None);
    }
    what.into_iter().map(move |metric| Waiting { unit_id, metric, cards })
}

impl Store {
    /// What the cards on hold wait for, by unit.
    pub async fn waiting(&self, run_id: i64, take: Take) -> Result<Vec<Waiting>, StoreError> {
        let key = run_id.to_string();
        let of_run = match self.sums.waiting.known(&key) {
            Some(known) => known,
            None => self.sums.waiting.keep(key, self.waiting_in_run(run_id).await?),
        };
        Ok(changed(&of_run, self.waiting_by_revisions(run_id, take).await?))
    }

    async fn waiting_in_run(&self, run_id: i64) -> Result<Vec<Waiting>, StoreError> {
        let filter = ResultFilter { state: Some(AppraisalState::OnHold), ..ResultFilter::default() };
        let mut found: BTreeMap<(i64, Option<MetricId>), i64> = BTreeMap::new();
        let mut after = None::<String>;
        loop {
            let page = self.scorecard_details_page(run_id, after.as_deref(), AT_ONCE, &filter).await?;
            after = page.rows.last().filter(|_| page.more).map(|card| card.summary.employee_number.clone());
            for wait in page.rows.iter().flat_map(|card| waits(card.summary.unit_id, &card.result, 1)) {
                *found.entry(wait.of()).or_default() += wait.cards;
            }
            if after.is_none() {
                let waiting = |((unit_id, metric), cards)| Waiting { unit_id, metric, cards };
                return Ok(found.into_iter().map(waiting).collect());
            }
        }
    }

    async fn waiting_by_revisions(&self, run_id: i64, take: Take) -> Result<Vec<Waiting>, StoreError> {
        let Some(rows) = rows_changed::<ScorecardColumns>(take, "r.unit_id, r.state, r.working") else {
            return Ok(Vec::new());
        };
        let text = format!("SELECT r.times, r.unit_id, r.working FROM {rows} WHERE r.state = 'on_hold'");
        let rows: Vec<HeldRow> =
            fetch(&self.readers, "reading what cards on hold wait for", text, [run_id.into()]).await?;
        let mut changes = Vec::new();
        for HeldRow { times, unit_id, working } in rows {
            let result: AppraisalResult = unpack("a scorecard on hold", &working)?;
            changes.extend(waits(unit_id, &result, times));
        }
        Ok(changes)
    }
}
