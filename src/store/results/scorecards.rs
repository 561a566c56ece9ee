//! Reading scorecards.

use entity::micros::Micros;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::packed::unpack;
use super::super::write::fetch_one;
use super::super::{Page, Store, StoreError};
use super::codes::from_code;
use super::list::{Found, Row, ScoreOrder, Take, Whole, conditions};
use super::sums::{Adding, Sum};
use crate::domain::appraisal::{AppraisalResult, AppraisalState};
use crate::domain::authority::Reach;
use crate::domain::fixed::Fixed;

/// Which results a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFilter {
    /// Whom whoever asks may see.
    pub reach: Reach,
    /// This unit or one below it, in the run's own tree of units.
    pub unit: Option<i64>,
    /// Only scorecards with this rating (payouts and plans are not filtered by it).
    pub rating: Option<String>,
    /// Only scorecards in this state (payouts and plans are not filtered by it).
    pub state: Option<AppraisalState>,
    /// The run's own results, or what stands instead of some.
    pub take: Take,
}

impl Default for ResultFilter {
    fn default() -> Self {
        Self { reach: Reach::everything(), unit: None, rating: None, state: None, take: Take::Run }
    }
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
    /// Of the last stretch.
    pub card: String,
    pub state: AppraisalState,
    pub total: Option<Fixed>,
    pub printed: Option<Fixed>,
    pub rating: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardDetail {
    pub summary: ScorecardSummary,
    pub result: AppraisalResult,
}

#[derive(FromQueryResult)]
pub(super) struct ScorecardColumns {
    pub(super) agent_id: i64,
    pub(super) public_id: Uuid,
    pub(super) employee_number: String,
    pub(super) unit_id: i64,
    pub(super) post: String,
    card: String,
    state: String,
    total: Option<Micros>,
    printed: Option<Micros>,
    rating: Option<String>,
}

impl Row for ScorecardColumns {
    const TABLE: &'static str = "scorecard";
    const COLUMNS: &'static str = "r.post, r.card, r.state, r.total, r.printed, r.rating";
    const RATED: bool = true;
}

fn fixed(value: Micros) -> Fixed {
    Fixed::from_micros(value.0)
}

impl ScorecardColumns {
    fn state(&self) -> Result<AppraisalState, StoreError> {
        from_code("the state of a scorecard", self.state.clone())
    }

    /// The result as it was found. Where the columns say the same as the working, they count, for they are what lists show: a
    /// replay sees when they were changed.
    pub(super) fn result(&self, working: &[u8]) -> Result<AppraisalResult, StoreError> {
        let packed: AppraisalResult = unpack(format_args!("the scorecard of {}", self.employee_number), working)?;
        Ok(AppraisalResult {
            state: self.state()?,
            total: self.total.map(fixed),
            printed: self.printed.map(fixed),
            rating: self.rating.as_deref().map(Into::into),
            ..packed
        })
    }
}

impl TryFrom<Found<ScorecardColumns>> for ScorecardSummary {
    type Error = StoreError;

    fn try_from(found: Found<ScorecardColumns>) -> Result<Self, StoreError> {
        let row = found.row;
        Ok(Self {
            state: row.state()?,
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            post: row.post,
            card: row.card,
            total: row.total.map(fixed),
            printed: row.printed.map(fixed),
            rating: row.rating,
        })
    }
}

impl TryFrom<Whole<Found<ScorecardColumns>>> for ScorecardDetail {
    type Error = StoreError;

    fn try_from(whole: Whole<Found<ScorecardColumns>>) -> Result<Self, StoreError> {
        let result = whole.row.row.result(&whole.working)?;
        Ok(Self { summary: whole.row.try_into()?, result })
    }
}

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct RatingRow {
    card: String,
    rating: String,
    cards: i64,
}

impl Sum for RatingRow {
    type Of = (String, String);

    fn of(&self) -> Self::Of {
        (self.card.clone(), self.rating.clone())
    }

    fn add(&mut self, change: &Self) {
        self.cards += change.cards;
    }

    fn is_of_none(&self) -> bool {
        self.cards == 0
    }
}

#[derive(FromQueryResult)]
struct CardRow {
    card: String,
}

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct CountRow {
    state: String,
    rating: Option<String>,
    cards: i64,
}

impl Sum for CountRow {
    type Of = (String, Option<String>);

    fn of(&self) -> Self::Of {
        (self.state.clone(), self.rating.clone())
    }

    fn add(&mut self, change: &Self) {
        self.cards += change.cards;
    }

    fn is_of_none(&self) -> bool {
        self.cards == 0
    }
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
        self.results_page::<Found<ScorecardColumns>>(run_id, after, limit, filter).await?.convert()
    }

    /// Scorecards of a run that have a score, by it; after the one with that score and employee number.
    pub async fn scorecards_by_score(
        &self,
        run_id: i64,
        after: Option<(Fixed, &str)>,
        order: ScoreOrder,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardSummary>, StoreError> {
        let after = after.map(|(score, number)| (score.micros(), number));
        self.results_by_score::<Found<ScorecardColumns>>(run_id, after, order, limit, filter).await?.convert()
    }

    /// As [`Store::scorecards_page`], with lines and gates.
    pub async fn scorecard_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardDetail>, StoreError> {
        self.results_page::<Whole<Found<ScorecardColumns>>>(run_id, after, limit, filter).await?.convert()
    }

    /// One agent's scorecard of a run, with lines and gates.
    pub async fn scorecard(&self, run_id: i64, employee_number: &str) -> Result<Option<ScorecardDetail>, StoreError> {
        let found: Option<Whole<Found<ScorecardColumns>>> = self.result_of(run_id, employee_number).await?;
        found.map(ScorecardDetail::try_from).transpose()
    }

    /// The card of one agent's scorecard of a run.
    pub async fn card_of(&self, run_id: i64, employee_number: &str) -> Result<Option<String>, StoreError> {
        let text = "SELECT card FROM scorecard WHERE run_id = $1 AND employee_number = $2";
        let values = [run_id.into(), employee_number.into()];
        let found: Option<CardRow> = fetch_one(&self.readers, "looking up a scorecard", text, values).await?;
        Ok(found.map(|row| row.card))
    }

    /// How many rated scorecards of a run have each card and rating, in that order.
    pub async fn rating_counts(
        &self,
        run_id: i64,
        filter: &ResultFilter,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let filter = &self.without_root(run_id, filter).await?;
        let mut values = vec![run_id.into()];
        let conditions = conditions::<ScorecardColumns>(filter, &mut values)?;
        let text = |rows: &str| {
            format!(
                "SELECT r.card, r.rating, CAST(SUM(r.times) AS BIGINT) AS cards FROM {rows}
                WHERE r.rating IS NOT NULL{conditions} GROUP BY r.card, r.rating"
            )
        };
        let columns = "r.card, r.rating, r.state, r.agent_id, r.unit_id";
        let adding = Adding { step: "counting ratings", columns, text: &text, values };
        let rows = self.summed::<ScorecardColumns, RatingRow>(&self.sums.ratings, filter.take, adding).await?;
        Ok(rows.into_iter().map(|row| (row.card, row.rating, row.cards)).collect())
    }

    /// How many scorecards of a run have each state and rating, in that order.
    pub async fn scorecard_counts(
        &self,
        run_id: i64,
    ) -> Result<Vec<(AppraisalState, Option<String>, u64)>, StoreError> {
        let text = |rows: &str| {
            format!(
                "SELECT r.state, r.rating, CAST(SUM(r.times) AS BIGINT) AS cards FROM {rows} GROUP BY r.state, r.rating"
            )
        };
        let columns = "r.state, r.rating";
        let adding = Adding { step: "counting scorecards", columns, text: &text, values: vec![run_id.into()] };
        let rows = self.summed::<ScorecardColumns, CountRow>(&self.sums.states, Take::Run, adding).await?;
        let count = |row: CountRow| {
            let state = from_code("the state of a scorecard", row.state)?;
            Ok((state, row.rating, u64::try_from(row.cards).unwrap_or_default()))
        };
        rows.into_iter().map(count).collect()
    }
}
