//! The roster and the facts of a cycle's days as they stand at one moment, for the snapshot of a run.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use entity::day::Day;
use entity::micros::Micros;
use sea_orm::{AccessMode, DatabaseTransaction, FromQueryResult, IsolationLevel, TransactionOptions, TransactionTrait};

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::facts::sheet::{SheetSum, first_day, last_day, month_of, unpack_days, unpack_sums};
use super::super::roster::read::currency_of;
use super::super::write::fetch;
use super::super::{Engine, Store, StoreError};
use super::snapshot::RunUnit;
use crate::domain::fact::SegmentFact;
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::money::Currency;
use crate::domain::period::Period;

/// A view of the database that stays the same while it is read in pieces. Dropped, it ends.
pub struct LiveView {
    tx: DatabaseTransaction,
    period: Period,
    sources: String,
    metrics: Dictionary,
    segments: Dictionary,
}

/// An assignment's days inside the period, with the facts that fell into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveStretch {
    pub unit_id: i64,
    pub post: String,
    pub period: Period,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
    /// In order of metric and segment, each once.
    pub facts: Vec<SegmentFact>,
}

/// An agent assigned in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAgent {
    pub agent_id: i64,
    pub employee_number: String,
    /// Further columns of the roster, as a JSON object of texts.
    pub attributes: String,
    /// At least one, by first day.
    pub stretches: Vec<LiveStretch>,
}

#[derive(FromQueryResult)]
struct AssignmentRow {
    agent_id: i64,
    employee_number: String,
    attributes: String,
    unit_id: i64,
    post: String,
    first_day: Day,
    last_day: Option<Day>,
    fte: Micros,
    target_minor: i64,
    currency: String,
}

#[derive(FromQueryResult)]
struct SheetRow {
    agent_id: i64,
    packed: Vec<u8>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

#[derive(FromQueryResult)]
struct UnitRow {
    id: i64,
    parent_id: Option<i64>,
    code: String,
    kind: String,
}

/// Sums gathered for each stretch of each agent of a chunk.
struct Gathered {
    agents: BTreeMap<i64, Vec<(Period, Vec<SheetSum>)>>,
}

impl Gathered {
    fn of(agents: &[LiveAgent]) -> Self {
        let of_agent = |agent: &LiveAgent| agent.stretches.iter().map(|stretch| (stretch.period, Vec::new())).collect();
        Self { agents: agents.iter().map(|agent| (agent.agent_id, of_agent(agent))).collect() }
    }

    /// Agents for whom the month's sums do not do, because a stretch begins or ends within it.
    fn cut(&self, month: Period) -> impl Iterator<Item = i64> {
        let cut = move |stretches: &[(Period, Vec<SheetSum>)]| {
            stretches.iter().any(|(stretch, _)| stretch.overlap(&month).is_some_and(|shared| shared != month))
        };
        self.agents.iter().filter(move |(_, stretches)| cut(stretches)).map(|(id, _)| *id)
    }

    /// Adds a sum to the stretch that holds all the days from `first` to `last`.
    fn add(&mut self, agent_id: i64, first: NaiveDate, last: NaiveDate, sum: SheetSum) {
        let stretches = self.agents.get_mut(&agent_id).into_iter().flatten();
        let holds = |stretch: &Period| stretch.contains(first) && stretch.contains(last);
        if let Some((_, sums)) = stretches.into_iter().find(|(stretch, _)| holds(stretch)) {
            sums.push(sum);
        }
    }
}

impl Store {
    /// A view of the roster and of the facts of the days in `period`.
    pub async fn live_view(&self, period: Period) -> Result<LiveView, StoreError> {
        let options = match self.engine {
            // A transaction on SQLite sees one state from its first reading on.
            Engine::Sqlite => TransactionOptions::default(),
            Engine::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let tx = self.readers.begin_with_options(options).await.step("beginning to read")?;
        let sources: Vec<IdRow> = fetch(&tx, "reading the sources", "SELECT id FROM source", []).await?;
        Ok(LiveView {
            period,
            sources: listed(sources.iter().map(|source| source.id)),
            metrics: Dictionary::load(&tx, Names::Metrics).await?,
            segments: Dictionary::load(&tx, Names::Segments).await?,
            tx,
        })
    }
}

impl LiveView {
    /// The tree of units, in order of code.
    pub async fn units(&self) -> Result<Vec<RunUnit>, StoreError> {
        let text = "SELECT id, parent_id, code, kind FROM unit ORDER BY code";
        let rows: Vec<UnitRow> = fetch(&self.tx, "reading the units", text, []).await?;
        let unit = |row: UnitRow| RunUnit {
            unit_id: row.id,
            parent_id: row.parent_id,
            code: row.code,
            kind: row.kind,
            carried: None,
        };
        Ok(rows.into_iter().map(unit).collect())
    }

    /// At most `limit` agents after the agent id `after`, in order of id, each whole. Empty at the end. Facts outside any
    /// assignment are left out.
    ///
    /// Errors: `SumTooLarge`.
    pub async fn agents(&self, after: Option<i64>, limit: u64) -> Result<Vec<LiveAgent>, StoreError> {
        let mut agents = self.assigned(after, limit).await?;
        let (Some(first), Some(last)) = (agents.first(), agents.last()) else { return Ok(agents) };
        let range = (first.agent_id, last.agent_id);
        let mut gathered = Gathered::of(&agents);
        self.gather(range, &mut gathered).await?;
        for agent in &mut agents {
            let gathered = gathered.agents.remove(&agent.agent_id).unwrap_or_default();
            for (stretch, (_, sums)) in agent.stretches.iter_mut().zip(gathered) {
                stretch.facts = self.pooled(sums)?;
            }
        }
        Ok(agents)
    }

    async fn assigned(&self, after: Option<i64>, limit: u64) -> Result<Vec<LiveAgent>, StoreError> {
        let overlaps = "first_day <= $2 AND (last_day IS NULL OR last_day >= $1)";
        let text = format!(
            "SELECT s.agent_id, a.employee_number, a.attributes, s.unit_id, s.post, s.first_day, s.last_day, s.fte, s.target_minor,
                s.currency
            FROM (SELECT DISTINCT agent_id FROM assignment WHERE {overlaps} AND agent_id > $3 ORDER BY agent_id LIMIT {limit}) chunk
            JOIN assignment s ON s.agent_id = chunk.agent_id
            JOIN agent a ON a.id = s.agent_id
            WHERE {overlaps} ORDER BY s.agent_id, s.first_day"
        );
        let Period { first, last } = self.period;
        let values = [Day(first).into(), Day(last).into(), after.unwrap_or(i64::MIN).into()];
        let rows: Vec<AssignmentRow> = fetch(&self.tx, "reading assignments", text, values).await?;
        let mut agents: Vec<LiveAgent> = Vec::new();
        for row in rows {
            let stretch = LiveStretch {
                unit_id: row.unit_id,
                post: row.post,
                period: Period {
                    first: row.first_day.0.max(first),
                    last: row.last_day.map_or(last, |day| day.0.min(last)),
                },
                fte: Fixed::from_micros(row.fte.0),
                target_minor: row.target_minor,
                currency: currency_of(row.currency)?,
                facts: Vec::new(),
            };
            match agents.last_mut() {
                Some(agent) if agent.agent_id == row.agent_id => agent.stretches.push(stretch),
                _ => agents.push(LiveAgent {
                    agent_id: row.agent_id,
                    employee_number: row.employee_number,
                    attributes: row.attributes,
                    stretches: vec![stretch],
                }),
            }
        }
        Ok(agents)
    }

    /// Sums of whole months, and days where a stretch cuts a month.
    async fn gather(&self, range: (i64, i64), gathered: &mut Gathered) -> Result<(), StoreError> {
        for month in month_of(self.period.first)..=month_of(self.period.last) {
            let (Some(first), Some(last)) = (first_day(month), last_day(month)) else { continue };
            let cut: BTreeSet<i64> = gathered.cut(Period { first, last }).collect();
            let step = "pooling facts";
            for row in self.sheets(step, "fact_sums", "sums", month, &between(range)).await? {
                if !cut.contains(&row.agent_id) {
                    for sum in unpack_sums(&row.packed)? {
                        gathered.add(row.agent_id, first, last, sum);
                    }
                }
            }
            if cut.is_empty() {
                continue;
            }
            let agents = format!("agent_id IN ({})", listed(cut.iter().copied()));
            for row in self.sheets(step, "fact_days", "facts", month, &agents).await? {
                for fact in unpack_days(&row.packed)? {
                    if let Some(day) = first.with_day(fact.day) {
                        gathered.add(row.agent_id, day, day, SheetSum::of(&fact));
                    }
                }
            }
        }
        Ok(())
    }

    async fn sheets(
        &self,
        step: &'static str,
        table: &str,
        column: &str,
        month: i64,
        agents: &str,
    ) -> Result<Vec<SheetRow>, StoreError> {
        if self.sources.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT agent_id, {column} AS packed FROM {table}
            WHERE source_id IN ({}) AND month = {month} AND {agents}",
            self.sources
        );
        fetch(&self.tx, step, text, []).await
    }

    /// Sums by metric and segment, in order of their names.
    fn pooled(&self, mut sums: Vec<SheetSum>) -> Result<Vec<SegmentFact>, StoreError> {
        sums.sort_unstable_by_key(|sum| (sum.metric_id, sum.segment_id));
        sums.dedup_by(|next, kept| {
            let same = (next.metric_id, next.segment_id) == (kept.metric_id, kept.segment_id);
            if same {
                kept.add(next);
            }
            same
        });
        let fact = |sum: &SheetSum| {
            Ok(SegmentFact {
                metric: MetricId(self.metrics.name(sum.metric_id)?),
                segment: self.segments.name(sum.segment_id)?,
                pooled: sum.pooled()?,
            })
        };
        let mut facts = sums.iter().map(fact).collect::<Result<Vec<_>, StoreError>>()?;
        facts.sort_unstable_by(|left, right| (&left.metric, &left.segment).cmp(&(&right.metric, &right.segment)));
        Ok(facts)
    }
}

fn between((first, last): (i64, i64)) -> String {
    format!("agent_id BETWEEN {first} AND {last}")
}

/// Numbers for SQL's `IN`; ids of our own, never text from outside.
fn listed(ids: impl Iterator<Item = i64>) -> String {
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(", ")
}
