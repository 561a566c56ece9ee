//! What a cycle's deadlines are counted by, and what is still open of each stage.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::cycle;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

use super::cycle::Cycle;
use super::error::Step;
use super::write::{Lock, execute, fetch, fetch_one, instant};
use super::{Store, StoreError};
use crate::domain::agent_result::ResultState;
use crate::domain::cycle::CycleState;
use crate::domain::deadline::{DeadlinePlan, Stage};
use crate::domain::workdays::Workdays;

const STEP: &str = "setting the deadlines of a cycle";

/// What is not done of the stages that many people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenWork {
    /// Results without a handed-in review.
    pub unreviewed: u64,
    /// Results that wait for publication.
    pub unpublished: u64,
    /// Published results that nobody took note of.
    pub unacknowledged: u64,
    pub open_appeals: u64,
    /// When the last result was published.
    pub published_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct CalendarRow {
    workdays: String,
}

#[derive(FromQueryResult)]
struct DeadlineRow {
    stage: String,
    working_days: i64,
}

#[derive(FromQueryResult)]
struct StateRow {
    state: String,
    results: i64,
}

#[derive(FromQueryResult)]
struct LastRow {
    published_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct PublishedRow {
    #[expect(dead_code, reason = "that there is a row is the answer")]
    published_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The cycle's plan; where nothing was said, the usual one.
    pub async fn deadline_plan(&self, cycle_id: i64) -> Result<DeadlinePlan, StoreError> {
        let step = "reading the deadlines of a cycle";
        let text = "SELECT workdays FROM cycle_calendar WHERE cycle_id = $1";
        let calendar: Option<CalendarRow> = fetch_one(&self.readers, step, text, [cycle_id.into()]).await?;
        let workdays = match calendar {
            Some(CalendarRow { workdays }) => serde_json::from_str(&workdays)
                .map_err(|_| StoreError::Unreadable { what: "the working days of a cycle", value: workdays })?,
            None => Workdays::default(),
        };
        let text = "SELECT stage, working_days FROM cycle_deadline WHERE cycle_id = $1";
        let rows: Vec<DeadlineRow> = fetch(&self.readers, step, text, [cycle_id.into()]).await?;
        let stage = |DeadlineRow { stage, working_days }: DeadlineRow| {
            let known = Stage::of(&stage).zip(u16::try_from(working_days).ok());
            known.ok_or(StoreError::Unreadable { what: "the deadline of a stage", value: stage })
        };
        Ok(DeadlinePlan { workdays, working_days: rows.into_iter().map(stage).collect::<Result<_, _>>()? })
    }

    /// Sets the whole plan of a cycle that still is as it was `seen`. Errors: `Changed`.
    pub async fn set_deadline_plan(&self, seen: &Cycle, plan: &DeadlinePlan) -> Result<(), StoreError> {
        let DeadlinePlan { workdays, working_days } = plan;
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let found = cycle::Entity::find_by_id(seen.id).one(&tx).await.step(STEP)?;
        if found.is_none_or(|found| found.state != seen.state.as_str()) {
            return Err(StoreError::Changed { what: "cycle", name: seen.code.clone() });
        }
        for table in ["cycle_calendar", "cycle_deadline"] {
            execute(&tx, STEP, format!("DELETE FROM {table} WHERE cycle_id = $1"), [seen.id.into()]).await?;
        }
        if *workdays != Workdays::default() {
            let text = "INSERT INTO cycle_calendar (cycle_id, workdays) VALUES ($1, $2)";
            let told = serde_json::to_string(workdays).unwrap_or_default();
            execute(&tx, STEP, text, [seen.id.into(), told.into()]).await?;
        }
        for (stage, days) in working_days {
            let text = "INSERT INTO cycle_deadline (cycle_id, stage, working_days) VALUES ($1, $2, $3)";
            execute(&tx, STEP, text, [seen.id.into(), stage.as_str().into(), i64::from(*days).into()]).await?;
        }
        self.finish(tx, STEP).await
    }

    /// What is open in a cycle.
    pub async fn open_work(&self, cycle_id: i64) -> Result<OpenWork, StoreError> {
        let step = "counting what is open";
        let text = "SELECT state, CAST(SUM(results) AS BIGINT) AS results FROM agent_result_count WHERE cycle_id = $1
            GROUP BY state";
        let rows: Vec<StateRow> = fetch(&self.readers, step, text, [cycle_id.into()]).await?;
        let text = "SELECT MAX(published_at) AS published_at FROM agent_result WHERE cycle_id = $1";
        let last: Option<LastRow> = fetch_one(&self.readers, step, text, [cycle_id.into()]).await?;
        let published_at = last.and_then(|last| last.published_at);
        let by_state: BTreeMap<&str, u64> =
            rows.iter().map(|row| (row.state.as_str(), u64::try_from(row.results).unwrap_or_default())).collect();
        let of = |state: ResultState| by_state.get(state.as_str()).copied().unwrap_or_default();
        Ok(OpenWork {
            unreviewed: ResultState::COMPUTED.iter().map(|state| of(*state)).sum(),
            unpublished: of(ResultState::Calibrated),
            unacknowledged: of(ResultState::Published),
            open_appeals: of(ResultState::Appealed),
            published_at,
        })
    }

    /// Whether an agent's own result of a cycle is published.
    pub async fn is_published(&self, cycle_id: i64, agent_id: i64) -> Result<bool, StoreError> {
        let text = "SELECT published_at FROM agent_result
            WHERE cycle_id = $1 AND agent_id = $2 AND published_at IS NOT NULL";
        let values = [cycle_id.into(), agent_id.into()];
        let found: Option<PublishedRow> =
            fetch_one(&self.readers, "looking whether a result is published", text, values).await?;
        Ok(found.is_some())
    }

    /// Cycles whose results are published and not final, in order of code.
    pub async fn cycles_published(&self) -> Result<Vec<Cycle>, StoreError> {
        let states = [CycleState::Published, CycleState::Appeal].map(CycleState::as_str);
        let found = cycle::Entity::find()
            .filter(cycle::Column::State.is_in(states))
            .order_by_asc(cycle::Column::Code)
            .all(&self.readers)
            .await
            .step("listing published cycles")?;
        found.into_iter().map(Cycle::from_model).collect()
    }

    /// Whether somebody said nothing about a result that was published before then.
    pub async fn unacknowledged_before(&self, cycle_id: i64, before: DateTime<Utc>) -> Result<bool, StoreError> {
        let text = format!(
            "SELECT published_at FROM agent_result
            WHERE cycle_id = $1 AND state = '{}' AND published_at < $2 LIMIT 1",
            ResultState::Published
        );
        let values = [cycle_id.into(), instant(before).into()];
        let found: Option<PublishedRow> = fetch_one(&self.readers, "looking for silence", text, values).await?;
        Ok(found.is_some())
    }

    /// Who said nothing about a result that was published before then has taken note of it; gives how many.
    pub async fn deem_acknowledged(
        &self,
        cycle_id: i64,
        before: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let step = "taking silence for taking note";
        let tx = self.begin_write(&[]).await?;
        let text = format!(
            "UPDATE agent_result SET state = '{}', acknowledged_at = $3, acknowledged_by_agent = $4
            WHERE cycle_id = $1 AND state = '{}' AND published_at < $2",
            ResultState::Acknowledged,
            ResultState::Published
        );
        let values = [cycle_id.into(), instant(before).into(), instant(at).into(), false.into()];
        let deemed = execute(&tx, step, text, values).await?;
        if deemed > 0 {
            self.finish(tx, step).await?;
        }
        Ok(deemed)
    }
}
