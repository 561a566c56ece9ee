//! Reading calibrated ratings.

use chrono::{DateTime, Utc};
use entity::micros::Micros;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::super::cycle_events::Doer;
use super::super::reach::result_condition;
use super::super::write::{fetch, fetch_one};
use super::super::{Page, Store, StoreError};
use crate::domain::appraisal::{Calibrated, CalibrationReason};
use crate::domain::authority::Reach;
use crate::domain::fixed::Fixed;

/// Where a proposed rating stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CalibrationState {
    Proposed,
    /// A second person agreed: it counts from the next scoring on.
    Confirmed,
    Declined,
    /// Taken back.
    Withdrawn,
}

impl CalibrationState {
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Confirmed, Self::Declined, Self::Withdrawn];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A rating proposed in place of the calculated one, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    pub employee_number: String,
    pub unit_id: i64,
    /// What the results said when it was proposed; none below the first band.
    pub calculated: Option<String>,
    pub rating: String,
    pub reason: CalibrationReason,
    pub comment: String,
    pub state: CalibrationState,
    pub proposed_by: Doer,
    pub proposed_at: DateTime<Utc>,
    pub decided_by: Option<Doer>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_comment: Option<String>,
}

#[derive(FromQueryResult)]
struct CalibrationRow {
    id: i64,
    public_id: Uuid,
    cycle_id: i64,
    agent_id: i64,
    employee_number: String,
    unit_id: i64,
    calculated: Option<String>,
    rating: String,
    reason: String,
    comment: String,
    state: String,
    proposed_by: Option<String>,
    proposed_by_account: Option<i64>,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_by_account: Option<i64>,
    decided_at: Option<DateTime<Utc>>,
    decision_comment: Option<String>,
}

#[derive(FromQueryResult)]
struct ConfirmedRow {
    agent_id: i64,
    rating: String,
    reason: String,
}

fn reason_of(code: String) -> Result<CalibrationReason, StoreError> {
    code.parse().map_err(|_| StoreError::Unreadable { what: "the reason of a calibration", value: code })
}

impl TryFrom<CalibrationRow> for Calibration {
    type Error = StoreError;

    fn try_from(row: CalibrationRow) -> Result<Self, StoreError> {
        let doer = |name: Option<String>, account: Option<i64>| {
            account.map_or_else(|| Doer::Operator(name.unwrap_or_default()), Doer::Account)
        };
        let state = CalibrationState::of(&row.state);
        Ok(Self {
            id: row.id,
            public_id: row.public_id,
            cycle_id: row.cycle_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            unit_id: row.unit_id,
            calculated: row.calculated,
            rating: row.rating,
            reason: reason_of(row.reason)?,
            comment: row.comment,
            state: state.ok_or(StoreError::Unreadable { what: "where a calibration stands", value: row.state })?,
            proposed_by: doer(row.proposed_by, row.proposed_by_account),
            proposed_at: row.proposed_at,
            decided_by: row.decided_at.map(|_| doer(row.decided_by, row.decided_by_account)),
            decided_at: row.decided_at,
            decision_comment: row.decision_comment,
        })
    }
}

/// With the agent's place among the cycle's results, where there are any.
const SELECT: &str = "SELECT k.*, r.employee_number, r.unit_id FROM calibration k
    JOIN agent_result r ON r.cycle_id = k.cycle_id AND r.agent_id = k.agent_id";

impl Store {
    /// The confirmed ratings of the agents `first_agent..=last_agent` with the agent's id, in order of it.
    pub async fn calibrated_of(
        &self,
        cycle_id: i64,
        first_agent: i64,
        last_agent: i64,
    ) -> Result<Vec<(i64, Calibrated)>, StoreError> {
        let text = "SELECT agent_id, rating, reason FROM calibration
            WHERE cycle_id = $1 AND agent_id BETWEEN $2 AND $3 AND state = 'confirmed' ORDER BY agent_id";
        let values = [cycle_id.into(), first_agent.into(), last_agent.into()];
        let rows: Vec<ConfirmedRow> = fetch(&self.readers, "reading calibrated ratings", text, values).await?;
        let calibrated = |ConfirmedRow { agent_id, rating, reason }: ConfirmedRow| {
            Ok((agent_id, Calibrated { rating: rating.into(), reason: reason_of(reason)? }))
        };
        rows.into_iter().map(calibrated).collect()
    }

    /// One proposal of a cycle; `None` also where its agent's result is no longer in review.
    pub async fn calibration(&self, cycle_id: i64, public_id: Uuid) -> Result<Option<Calibration>, StoreError> {
        let text = format!("{SELECT} WHERE k.cycle_id = $1 AND k.public_id = $2");
        let values = [cycle_id.into(), public_id.into()];
        let row: Option<CalibrationRow> =
            fetch_one(&self.readers, "looking up a proposed rating", text, values).await?;
        row.map(Calibration::try_from).transpose()
    }

    /// Proposals of the cycle with the results of `run_id`, after the one with the internal number `after`, in the order they were made; within
    /// reach, and in the state.
    pub async fn calibrations_page(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
        (reach, state): (&Reach, Option<CalibrationState>),
    ) -> Result<Page<Calibration>, StoreError> {
        let mut values = vec![run_id.into(), after.unwrap_or_default().into()];
        let mut conditions = result_condition(reach, Some("r.agent_id"), "r.unit_id", &mut values);
        if let Some(state) = state {
            conditions.push_str(&format!(" AND k.state = '{}'", state.as_str()));
        }
        let text = format!(
            "{SELECT} JOIN run ON run.cycle_id = k.cycle_id
            WHERE run.id = $1 AND k.id > $2{conditions} ORDER BY k.id LIMIT {}",
            limit.saturating_add(1)
        );
        let rows: Vec<CalibrationRow> = fetch(&self.readers, "listing proposed ratings", text, values).await?;
        Page::cut(rows, limit).convert()
    }

    /// Proposals about these agents in the cycle with the results of `run_id`, within reach, in the order they were made.
    pub async fn calibrations_among(
        &self,
        run_id: i64,
        agents: &[i64],
        reach: &Reach,
    ) -> Result<Vec<Calibration>, StoreError> {
        let mut values = vec![run_id.into()];
        let conditions = result_condition(reach, Some("r.agent_id"), "r.unit_id", &mut values);
        let text = format!(
            "{SELECT} WHERE k.cycle_id = (SELECT cycle_id FROM run WHERE id = $1) AND k.agent_id IN ({}){conditions} ORDER BY k.id",
            listed(agents, &mut values)
        );
        let rows: Vec<CalibrationRow> = fetch(&self.readers, "reading proposed ratings", text, values).await?;
        rows.into_iter().map(Calibration::try_from).collect()
    }
}

/// A score with its rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastScore {
    pub agent_id: i64,
    pub score: Fixed,
    pub rating: Option<String>,
}

#[derive(FromQueryResult)]
struct PastRow {
    agent_id: i64,
    printed: Micros,
    rating: Option<String>,
}

#[derive(FromQueryResult)]
struct RaterRow {
    agent_id: i64,
    employee_number: String,
}

impl Store {
    /// Scores of these agents in a run as they stand today, revisions included; without those who have none.
    pub async fn past_scores(&self, run_id: i64, agents: &[i64]) -> Result<Vec<PastScore>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into()];
        let text = format!(
            "SELECT r.agent_id, r.printed, r.rating FROM scorecard base
            LEFT JOIN agent_result x ON x.cycle_id = (SELECT cycle_id FROM run WHERE id = $1) AND x.agent_id = base.agent_id
            JOIN scorecard r ON r.run_id = COALESCE(x.revised_run_id, base.run_id) AND r.agent_id = base.agent_id
            WHERE base.run_id = $1 AND base.agent_id IN ({}) AND r.printed IS NOT NULL",
            listed(agents, &mut values)
        );
        let rows: Vec<PastRow> = fetch(&self.readers, "reading earlier scores", text, values).await?;
        let score = |row: PastRow| PastScore {
            agent_id: row.agent_id,
            score: Fixed::from_micros(row.printed.0),
            rating: row.rating,
        };
        Ok(rows.into_iter().map(score).collect())
    }

    /// Who rated these agents as their supervisor: agent and the rater's employee number.
    pub async fn supervisors_who_rated(&self, cycle_id: i64, agents: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
        let mut values: Vec<Value> = vec![cycle_id.into()];
        let text = format!(
            "SELECT DISTINCT r.agent_id, a.employee_number FROM rating r JOIN agent a ON a.id = r.rater_id
            WHERE r.cycle_id = $1 AND r.agent_id IN ({}) AND r.rater_group = 'supervisor' ORDER BY r.agent_id, a.employee_number",
            listed(agents, &mut values)
        );
        let rows: Vec<RaterRow> = fetch(&self.readers, "reading who rated", text, values).await?;
        Ok(rows.into_iter().map(|row| (row.agent_id, row.employee_number)).collect())
    }
}

/// Parameters for SQL's `IN`; something that no agent is where there is none.
fn listed(agents: &[i64], values: &mut Vec<Value>) -> String {
    if agents.is_empty() {
        return "-1".to_owned();
    }
    let one = |agent: &i64| {
        values.push((*agent).into());
        format!("${}", values.len())
    };
    agents.iter().map(one).collect::<Vec<_>>().join(", ")
}
