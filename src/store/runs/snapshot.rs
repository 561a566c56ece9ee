//! The snapshot a run scores: units, stretches of assignments and facts pooled per stretch, as they were when it began.

use std::sync::Arc;

use entity::{run_fact, run_stretch, run_unit};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::roster::read::currency_of;
use super::super::write::{Lock, execute, fetch};
use super::super::{Store, StoreError};
use super::begin::hold;
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::money::Currency;
use crate::domain::period::Period;

/// How much was frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen {
    pub units: u64,
    pub agents: u64,
    pub stretches: u64,
    pub facts: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunUnit {
    pub unit_id: i64,
    pub parent_id: Option<i64>,
    pub code: String,
}

/// An assignment's days inside the cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// From 0, by first day.
    pub stretch: i64,
    pub unit_id: i64,
    pub post: String,
    pub period: Period,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentStretches {
    pub agent_id: i64,
    pub employee_number: String,
    /// At least one, by first day.
    pub stretches: Vec<Stretch>,
}

/// Facts of one metric and segment, pooled over a stretch and all sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFact {
    pub agent_id: i64,
    pub stretch: i64,
    pub metric: MetricId,
    pub segment: Arc<str>,
    pub pooled: Pooled,
}

/// Facts of one metric, pooled over the stretches assigned to a unit itself (not those below it) and all segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFact {
    pub unit_id: i64,
    pub metric: MetricId,
    pub pooled: Pooled,
}

#[derive(FromQueryResult)]
struct UnitFactRow {
    unit_id: i64,
    metric: String,
    numerator: i64,
    denominator: i64,
    samples: i64,
}

const FREEZE_UNITS: &str =
    "INSERT INTO run_unit (run_id, unit_id, parent_id, code) SELECT $1, id, parent_id, code FROM unit";

const FREEZE_STRETCHES: &str = "
    INSERT INTO run_stretch (run_id, agent_id, stretch, unit_id, post, first_day, last_day, fte, target_minor, currency,
        employee_number)
    SELECT r.id, s.agent_id, ROW_NUMBER() OVER (PARTITION BY s.agent_id ORDER BY s.first_day) - 1, s.unit_id, s.post,
        CASE WHEN s.first_day < c.first_day THEN c.first_day ELSE s.first_day END,
        CASE WHEN s.last_day IS NULL OR s.last_day > c.last_day THEN c.last_day ELSE s.last_day END,
        s.fte, s.target_minor, s.currency, a.employee_number
    FROM run r
    JOIN cycle c ON c.id = r.cycle_id
    JOIN assignment s ON s.first_day <= c.last_day AND (s.last_day IS NULL OR s.last_day >= c.first_day)
    JOIN agent a ON a.id = s.agent_id
    WHERE r.id = $1
    ORDER BY s.agent_id, s.first_day";

/// The facts of each stretch; the metric leads straight to the stretch's days in the key of fact.
const FACTS_OF_STRETCHES: &str = "
    FROM run_stretch s CROSS JOIN metric m CROSS JOIN fact f
    WHERE s.run_id = $1 AND f.agent_id = s.agent_id AND f.metric_id = m.id AND f.day BETWEEN s.first_day AND s.last_day";

const SUMS: &str =
    "CAST(SUM(f.numerator) AS BIGINT), CAST(SUM(f.denominator) AS BIGINT), CAST(SUM(f.samples) AS BIGINT)";

const INTO_RUN_FACT: &str =
    "INSERT INTO run_fact (run_id, agent_id, stretch, metric_id, segment_id, numerator, denominator, samples)";

/// Pools facts per agent, stretch, metric and segment: sums of integers, so that the order of adding does not matter.
async fn freeze_facts(tx: &DatabaseTransaction, run_id: i64) -> Result<u64, StoreError> {
    let step = "pooling facts";
    let mut already = 0;
    let mut rest = "";
    if tx.get_database_backend() == DbBackend::Postgres {
        // Room for the sums of some hundred thousand groups, so that they need no disk.
        tx.execute_unprepared("SET LOCAL work_mem = '64MB'").await.step(step)?;
    } else {
        // Days come in the order of the key, which has the day before the segment: SQLite can add up without sorting wherever
        // there is only one segment, which is where most facts are.
        let text = format!(
            "{INTO_RUN_FACT} SELECT s.run_id, s.agent_id, s.stretch, m.id, MIN(f.segment_id), {SUMS} {FACTS_OF_STRETCHES}
            GROUP BY s.run_id, s.agent_id, s.stretch, m.id HAVING MIN(f.segment_id) = MAX(f.segment_id)"
        );
        already = execute(tx, step, text, [run_id.into()]).await?;
        rest =
            " AND NOT EXISTS (SELECT 1 FROM run_fact done WHERE done.run_id = s.run_id AND done.agent_id = s.agent_id
            AND done.stretch = s.stretch AND done.metric_id = m.id)";
    }
    let text = format!(
        "{INTO_RUN_FACT} SELECT s.run_id, s.agent_id, s.stretch, m.id, f.segment_id, {SUMS} {FACTS_OF_STRETCHES}{rest}
        GROUP BY s.run_id, s.agent_id, s.stretch, m.id, f.segment_id"
    );
    Ok(already + execute(tx, step, text, [run_id.into()]).await?)
}

const UNIT_FACTS: &str = "
    SELECT s.unit_id, m.code AS metric,
        CAST(SUM(f.numerator) AS BIGINT) AS numerator, CAST(SUM(f.denominator) AS BIGINT) AS denominator,
        CAST(SUM(f.samples) AS BIGINT) AS samples
    FROM run_fact f
    JOIN run_stretch s ON s.run_id = f.run_id AND s.agent_id = f.agent_id AND s.stretch = f.stretch
    JOIN metric m ON m.id = f.metric_id
    WHERE f.run_id = $1
    GROUP BY s.unit_id, m.code
    ORDER BY s.unit_id, m.code";

impl Store {
    /// Takes the snapshot of a running run in one transaction: the tree of units, assignments cut to the cycle's days, facts
    /// pooled per (agent, stretch, metric, segment). Facts outside any assignment are left out.
    ///
    /// Errors: `RunNotRunning`, `SumTooLarge`.
    pub async fn freeze(&self, run_id: i64) -> Result<Frozen, StoreError> {
        let step = "freezing a run";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        hold(&tx, run_id).await?;
        let units = execute(&tx, step, FREEZE_UNITS, [run_id.into()]).await?;
        let stretches = execute(&tx, step, FREEZE_STRETCHES, [run_id.into()]).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("ANALYZE run_stretch").await.step(step)?;
        }
        let facts = freeze_facts(&tx, run_id).await?;
        let agents = run_stretch::Entity::find()
            .select_only()
            .column(run_stretch::Column::AgentId)
            .distinct()
            .filter(run_stretch::Column::RunId.eq(run_id))
            .count(&tx)
            .await
            .step(step)?;
        tx.commit().await.step(step)?;
        Ok(Frozen { units, agents, stretches, facts })
    }

    /// A run's units in order of code.
    pub async fn run_units(&self, run_id: i64) -> Result<Vec<RunUnit>, StoreError> {
        let rows = run_unit::Entity::find()
            .filter(run_unit::Column::RunId.eq(run_id))
            .order_by_asc(run_unit::Column::Code)
            .all(&self.readers)
            .await
            .step("reading a run's units")?;
        Ok(rows
            .into_iter()
            .map(|row| RunUnit { unit_id: row.unit_id, parent_id: row.parent_id, code: row.code })
            .collect())
    }

    /// At most `limit` agents after the agent id `after`, in order of id, each with all stretches. Empty at the end.
    pub async fn stretches_chunk(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AgentStretches>, StoreError> {
        let text = format!(
            "SELECT s.* FROM run_stretch s JOIN (
                SELECT DISTINCT agent_id FROM run_stretch WHERE run_id = $1 AND agent_id > $2 ORDER BY agent_id LIMIT {limit}
            ) chunk ON chunk.agent_id = s.agent_id
            WHERE s.run_id = $1 ORDER BY s.agent_id, s.stretch"
        );
        let values = [run_id.into(), after.unwrap_or(i64::MIN).into()];
        let rows: Vec<run_stretch::Model> = fetch(&self.readers, "reading a run's assignments", text, values).await?;
        let mut agents: Vec<AgentStretches> = Vec::new();
        for row in rows {
            let stretch = Stretch {
                stretch: row.stretch,
                unit_id: row.unit_id,
                post: row.post,
                period: Period { first: row.first_day.0, last: row.last_day.0 },
                fte: Fixed::from_micros(row.fte.0),
                target_minor: row.target_minor,
                currency: currency_of(row.currency)?,
            };
            match agents.last_mut() {
                Some(agent) if agent.agent_id == row.agent_id => agent.stretches.push(stretch),
                _ => agents.push(AgentStretches {
                    agent_id: row.agent_id,
                    employee_number: row.employee_number,
                    stretches: vec![stretch],
                }),
            }
        }
        Ok(agents)
    }

    /// Facts of the agents `first..=last`, in order of agent id, stretch, metric code and segment name.
    pub async fn facts_chunk(&self, run_id: i64, first: i64, last: i64) -> Result<Vec<RunFact>, StoreError> {
        let step = "reading a run's facts";
        let metrics = Dictionary::load(&self.readers, Names::Metrics).await?;
        let segments = Dictionary::load(&self.readers, Names::Segments).await?;
        let rows = run_fact::Entity::find()
            .filter(run_fact::Column::RunId.eq(run_id))
            .filter(run_fact::Column::AgentId.between(first, last))
            .all(&self.readers)
            .await
            .step(step)?;
        let mut facts = rows
            .into_iter()
            .map(|row| {
                Ok(RunFact {
                    agent_id: row.agent_id,
                    stretch: row.stretch,
                    metric: MetricId(metrics.name(row.metric_id)?),
                    segment: segments.name(row.segment_id)?,
                    pooled: Pooled {
                        numerator: Fixed::from_micros(row.numerator.0),
                        denominator: Fixed::from_micros(row.denominator.0),
                        samples: row.samples,
                    },
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        facts.sort_unstable_by(|a, b| {
            (a.agent_id, a.stretch, &a.metric, &a.segment).cmp(&(b.agent_id, b.stretch, &b.metric, &b.segment))
        });
        Ok(facts)
    }

    /// In order of unit id and metric code. Errors: `SumTooLarge`.
    pub async fn unit_facts(&self, run_id: i64) -> Result<Vec<UnitFact>, StoreError> {
        let rows: Vec<UnitFactRow> = fetch(&self.readers, "pooling a run's units", UNIT_FACTS, [run_id.into()]).await?;
        Ok(rows
            .into_iter()
            .map(|row| UnitFact {
                unit_id: row.unit_id,
                metric: MetricId::new(&row.metric),
                pooled: Pooled {
                    numerator: Fixed::from_micros(row.numerator),
                    denominator: Fixed::from_micros(row.denominator),
                    samples: row.samples,
                },
            })
            .collect())
    }
}
