//! Reading scorecards.

use entity::scorecard;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use super::cards::{card, fixed};
use super::codes::from_code;
use super::list::Table;
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{CardResult, CardState};

/// Which results a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultFilter {
    /// This unit or one below it, in the run's own tree of units.
    pub unit: Option<i64>,
    /// Only scorecards with this rating (payouts and plans are not filtered by it).
    pub rating: Option<String>,
    /// Only scorecards in this state (payouts and plans are not filtered by it).
    pub state: Option<CardState>,
}

/// A scorecard without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardSummary {
    pub public_id: Uuid,
    pub agent_id: i64,
    pub employee_number: String,
    pub agent_name: String,
    pub unit_id: i64,
    pub unit_code: String,
    pub post: String,
    pub card: String,
    pub state: CardState,
    pub subtotal: Option<Fixed>,
    pub total: Option<Fixed>,
    pub printed: Option<Fixed>,
    pub rating: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardDetail {
    pub summary: ScorecardSummary,
    pub result: CardResult,
}

#[derive(FromQueryResult)]
struct ScorecardRow {
    #[sea_orm(nested)]
    row: scorecard::Model,
    agent_name: String,
    unit_code: String,
}

impl TryFrom<ScorecardRow> for ScorecardSummary {
    type Error = StoreError;

    fn try_from(found: ScorecardRow) -> Result<Self, StoreError> {
        let row = found.row;
        Ok(Self {
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            post: row.post,
            card: row.card,
            state: from_code("the state of a scorecard", row.state)?,
            subtotal: row.subtotal.map(fixed),
            total: row.total.map(fixed),
            printed: row.printed.map(fixed),
            rating: row.rating,
        })
    }
}

#[derive(FromQueryResult)]
struct CountRow {
    state: String,
    rating: Option<String>,
    cards: i64,
}

impl Store {
    /// Scorecards of a run after the employee number `after`, in its order.
    pub async fn scorecards_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardSummary>, StoreError> {
        let page: Page<ScorecardRow> = self.results_page(Table::Scorecards, run_id, after, limit, filter).await?;
        let rows = page.rows.into_iter().map(ScorecardSummary::try_from).collect::<Result<_, _>>()?;
        Ok(Page { rows, more: page.more })
    }

    /// As [`Store::scorecards_page`], with lines and gates.
    pub async fn scorecard_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardDetail>, StoreError> {
        let page: Page<ScorecardRow> = self.results_page(Table::Scorecards, run_id, after, limit, filter).await?;
        Ok(Page { rows: Self::scorecard_details(page.rows)?, more: page.more })
    }

    /// One agent's scorecard of a run, with lines and gates.
    pub async fn scorecard(&self, run_id: i64, employee_number: &str) -> Result<Option<ScorecardDetail>, StoreError> {
        let row: Option<ScorecardRow> = self.result_of(Table::Scorecards, run_id, employee_number).await?;
        Ok(Self::scorecard_details(row.into_iter().collect())?.pop())
    }

    /// How many scorecards of a run have each state and rating, in that order.
    pub async fn scorecard_counts(&self, run_id: i64) -> Result<Vec<(CardState, Option<String>, u64)>, StoreError> {
        let text = "SELECT state, rating, COUNT(*) AS cards FROM scorecard WHERE run_id = $1
            GROUP BY state, rating ORDER BY state, COALESCE(rating, '')";
        let rows: Vec<CountRow> = fetch(&self.readers, "counting scorecards", text, [run_id.into()]).await?;
        rows.into_iter()
            .map(|row| {
                let state = from_code("the state of a scorecard", row.state)?;
                Ok((state, row.rating, u64::try_from(row.cards).unwrap_or_default()))
            })
            .collect()
    }

    fn scorecard_details(rows: Vec<ScorecardRow>) -> Result<Vec<ScorecardDetail>, StoreError> {
        rows.into_iter()
            .map(|found| {
                let result = card(&found.row)?;
                Ok(ScorecardDetail { summary: found.try_into()?, result })
            })
            .collect()
    }
}
