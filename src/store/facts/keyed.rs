//! Facts of a pull under the ids of the database, in the order of the fact table's key.

use std::collections::HashMap;

use entity::day::Day;
use entity::fact;
use entity::micros::Micros;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::write::{Lock, take};
use super::super::{AgentRef, FactSet, Ids, PulledFact, StoreError, Window, bulk};

/// Employee numbers looked up by one statement.
const NUMBERS: usize = 1_000;

/// A pull's facts with the ids their positions stand for.
pub(super) struct KeyedFacts<'a> {
    set: FactSet<'a>,
    source_id: i64,
    agents: Vec<i64>,
    pub(super) metrics: Vec<i64>,
    segments: Vec<i64>,
    /// Positions of the facts in the order of the key.
    order: Vec<u32>,
}

type Key = (i64, i64, Day, i64);

impl<'a> KeyedFacts<'a> {
    /// Adds the metrics, segments and agents that are new, and checks every fact.
    pub(super) async fn resolve(
        tx: &DatabaseTransaction,
        set: FactSet<'a>,
        source_id: i64,
        window: Window,
        ids: Ids<'_>,
    ) -> Result<Self, StoreError> {
        let metric_ids = Dictionary::ensure(tx, Names::Metrics, set.metrics.iter().map(|id| id.as_str())).await?;
        let metrics = set.metrics.iter().map(|id| metric_ids.known_id(id.as_str())).collect::<Result<_, _>>()?;
        let segment_ids = Dictionary::ensure(tx, Names::Segments, set.segments.iter().map(String::as_str)).await?;
        let segments = set.segments.iter().map(|name| segment_ids.known_id(name)).collect::<Result<_, _>>()?;
        let agents = agent_ids(tx, set.agents, ids).await?;
        let mut keyed = Self { set, source_id, agents, metrics, segments, order: Vec::new() };
        keyed.order = keyed.sorted(window)?;
        keyed.refuse_duplicates()?;
        Ok(keyed)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Rows of the fact table in the order of its key.
    pub(super) fn rows(&self) -> impl Iterator<Item = fact::Model> {
        self.order.iter().filter_map(|position| {
            let fact = self.fact(*position)?;
            let (agent_id, metric_id, day, segment_id) = self.key(fact)?;
            Some(fact::Model {
                agent_id,
                metric_id,
                day,
                segment_id,
                source_id: self.source_id,
                numerator: Micros(fact.pooled.numerator.micros()),
                denominator: Micros(fact.pooled.denominator.micros()),
                samples: fact.pooled.samples,
            })
        })
    }

    fn fact(&self, position: u32) -> Option<&PulledFact> {
        self.set.facts.get(usize::try_from(position).ok()?)
    }

    fn key(&self, fact: &PulledFact) -> Option<Key> {
        let at = |ids: &[i64], position: u32| ids.get(usize::try_from(position).ok()?).copied();
        Some((
            at(&self.agents, fact.agent)?,
            at(&self.metrics, fact.metric)?,
            Day(fact.day),
            at(&self.segments, fact.segment)?,
        ))
    }

    fn sorted(&self, window: Window) -> Result<Vec<u32>, StoreError> {
        let mut keys: Vec<(Key, u32)> = Vec::with_capacity(self.set.facts.len());
        for (position, fact) in (0..).zip(self.set.facts) {
            let Some(key) = self.key(fact) else {
                return Err(StoreError::UnknownFactIndex(keys.len()));
            };
            if !window.contains(fact.day) {
                return Err(StoreError::OutsideWindow { day: fact.day, window });
            }
            keys.push((key, position));
        }
        if !keys.is_sorted() {
            keys.sort_unstable();
        }
        Ok(keys.into_iter().map(|(_, position)| position).collect())
    }

    fn refuse_duplicates(&self) -> Result<(), StoreError> {
        let mut last: Option<Key> = None;
        for position in &self.order {
            let fact = self.fact(*position);
            let key = fact.and_then(|fact| self.key(fact));
            if let Some(fact) = fact
                && key == last
            {
                return Err(self.duplicate(fact));
            }
            last = key;
        }
        Ok(())
    }

    fn duplicate(&self, fact: &PulledFact) -> StoreError {
        let position = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        let agent = match self.set.agents.get(position(fact.agent)) {
            Some(AgentRef::New(number)) => format!("'{number}'"),
            Some(AgentRef::Known(id)) => format!("with id {id}"),
            None => String::new(),
        };
        StoreError::DuplicateFact {
            agent,
            metric: self.set.metrics.get(position(fact.metric)).map(ToString::to_string).unwrap_or_default(),
            day: fact.day,
            segment: self.set.segments.get(position(fact.segment)).cloned().unwrap_or_default(),
        }
    }
}

/// The ids behind the references; agents that are new are made, named by their employee number.
async fn agent_ids(tx: &DatabaseTransaction, agents: &[AgentRef], ids: Ids<'_>) -> Result<Vec<i64>, StoreError> {
    let step = "making new agents";
    let numbers: Vec<&str> = agents
        .iter()
        .filter_map(|agent| match agent {
            AgentRef::New(number) => Some(number.as_str()),
            AgentRef::Known(_) => None,
        })
        .collect();
    let mut made: HashMap<String, i64> = HashMap::new();
    if !numbers.is_empty() {
        take(tx, Lock::Roster).await?;
    }
    for chunk in numbers.chunks(NUMBERS) {
        let present = entity::agent::Entity::find()
            .filter(entity::agent::Column::EmployeeNumber.is_in(chunk.iter().copied()))
            .all(tx)
            .await
            .step(step)?;
        made.extend(present.into_iter().map(|agent| (agent.employee_number, agent.id)));
    }
    let mut missing: Vec<&str> = numbers.into_iter().filter(|number| !made.contains_key(*number)).collect();
    missing.sort_unstable();
    missing.dedup();
    let fresh = bulk::reserve_ids(tx, step, "agent", missing.len()).await?;
    let rows: Vec<entity::agent::Model> =
        missing.iter().zip(&fresh).map(|(number, id)| unnamed_agent(*id, ids(), number)).collect();
    made.extend(rows.iter().map(|agent| (agent.employee_number.clone(), agent.id)));
    bulk::insert::<entity::agent::Entity>(tx, step, rows).await?;
    agents
        .iter()
        .map(|agent| match agent {
            AgentRef::Known(id) => Ok(*id),
            AgentRef::New(number) => {
                made.get(number).copied().ok_or_else(|| StoreError::NotFound { what: "agent", name: number.clone() })
            }
        })
        .collect()
}

fn unnamed_agent(id: i64, public_id: uuid::Uuid, number: &str) -> entity::agent::Model {
    entity::agent::Model {
        id,
        public_id,
        employee_number: number.to_owned(),
        name: number.to_owned(),
        hired: None,
        left_on: None,
        attributes: "{}".to_owned(),
    }
}
