//! A pull's facts as sheets under the ids of the database, one an agent and month.

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::write::{Lock, take};
use super::super::{AgentRef, FactSet, Ids, StoreError, Window, bulk};
use super::sheet::{SheetFact, month_of, pack_days};
use crate::domain::fact::Fact;

/// Employee numbers looked up by one statement.
const NUMBERS: usize = 1_000;

/// Where a sheet of a source belongs.
pub(super) type Place = (i64, i64);

/// A sheet as a pull brings it.
pub(super) struct NewSheet {
    /// Month and agent id.
    pub(super) place: Place,
    pub(super) packed: Vec<u8>,
    /// Facts in it.
    pub(super) count: u64,
}

/// Makes sheets of a pull's facts.
struct Sheets<'a> {
    set: FactSet<'a>,
    window: Window,
    agents: Vec<i64>,
    metrics: Vec<i64>,
    segments: Vec<i64>,
}

/// The sheets of a pull in order of month and agent; metrics, segments and agents that are new are added.
pub(super) async fn sheets(
    tx: &DatabaseTransaction,
    set: FactSet<'_>,
    window: Window,
    ids: Ids<'_>,
) -> Result<Vec<NewSheet>, StoreError> {
    let metric_ids = Dictionary::ensure(tx, Names::Metrics, set.metrics.iter().map(|id| id.as_str())).await?;
    let metrics = set.metrics.iter().map(|id| metric_ids.known_id(id.as_str())).collect::<Result<_, _>>()?;
    let segment_ids = Dictionary::ensure(tx, Names::Segments, set.segments.iter().map(|name| &**name)).await?;
    let segments = set.segments.iter().map(|name| segment_ids.known_id(name)).collect::<Result<_, _>>()?;
    let agents = agent_ids(tx, set.agents, ids).await?;
    Sheets { set, window, agents, metrics, segments }.make()
}

impl Sheets<'_> {
    fn make(&self) -> Result<Vec<NewSheet>, StoreError> {
        self.check()?;
        let order = self.order();
        let mut sheets = Vec::new();
        let mut agent: Vec<&Fact> = Vec::new();
        for fact in self.in_order(order.as_deref()) {
            if agent.first().is_some_and(|first| first.agent != fact.agent) {
                self.sheets_of(&agent, &mut sheets)?;
                agent.clear();
            }
            agent.push(fact);
        }
        self.sheets_of(&agent, &mut sheets)?;
        sheets.sort_unstable_by_key(|sheet| sheet.place);
        self.refuse_two_of_one_agent(&sheets)?;
        Ok(sheets)
    }

    fn check(&self) -> Result<(), StoreError> {
        for (position, fact) in self.set.facts.iter().enumerate() {
            if self.ids(fact).is_none() {
                return Err(StoreError::UnknownFactIndex(position));
            }
            if !self.window.contains(fact.day) {
                return Err(StoreError::OutsideWindow { day: fact.day, window: self.window });
            }
        }
        Ok(())
    }

    /// Agent, metric and segment ids of a fact.
    fn ids(&self, fact: &Fact) -> Option<(i64, i64, i64)> {
        let at = |ids: &[i64], position: u32| ids.get(usize::try_from(position).ok()?).copied();
        Some((at(&self.agents, fact.agent)?, at(&self.metrics, fact.metric)?, at(&self.segments, fact.segment)?))
    }

    /// Positions in order of key; `None` when the facts stand in it already.
    fn order(&self) -> Option<Vec<usize>> {
        if self.set.facts.is_sorted_by_key(Fact::key) {
            return None;
        }
        let mut order: Vec<usize> = (0..self.set.facts.len()).collect();
        order.sort_unstable_by_key(|position| self.set.facts.get(*position).map(Fact::key));
        Some(order)
    }

    fn in_order<'s>(&'s self, order: Option<&'s [usize]>) -> Box<dyn Iterator<Item = &'s Fact> + 's> {
        match order {
            None => Box::new(self.set.facts.iter()),
            Some(order) => Box::new(order.iter().filter_map(|position| self.set.facts.get(*position))),
        }
    }

    /// The sheets of one agent's facts.
    fn sheets_of(&self, facts: &[&Fact], sheets: &mut Vec<NewSheet>) -> Result<(), StoreError> {
        let mut months: BTreeMap<i64, Vec<SheetFact>> = BTreeMap::new();
        let Some((agent_id, ..)) = facts.first().and_then(|fact| self.ids(fact)) else { return Ok(()) };
        for fact in facts {
            let Some((_, metric_id, segment_id)) = self.ids(fact) else { continue };
            let on_sheet = SheetFact { metric_id, segment_id, day: fact.day.day(), pooled: fact.pooled };
            months.entry(month_of(fact.day)).or_default().push(on_sheet);
        }
        for (month, mut facts_of_month) in months {
            facts_of_month.sort_unstable_by_key(SheetFact::key);
            if let Some(twice) =
                facts_of_month.windows(2).find(|pair| matches!(pair, [left, right] if left.key() == right.key()))
            {
                return Err(self.duplicate(facts, month, twice));
            }
            let packed = pack_days(&facts_of_month)?;
            let count = u64::try_from(facts_of_month.len()).unwrap_or(u64::MAX);
            sheets.push(NewSheet { place: (month, agent_id), packed, count });
        }
        Ok(())
    }

    fn duplicate(&self, facts: &[&Fact], month: i64, twice: &[SheetFact]) -> StoreError {
        let same = |fact: &&&Fact| {
            let ids = self.ids(fact).map(|(_, metric, segment)| (metric, segment, fact.day.day()));
            month_of(fact.day) == month && ids == twice.first().map(SheetFact::key)
        };
        match facts.iter().find(same) {
            Some(fact) => self.named(fact),
            None => StoreError::UnknownFactIndex(0),
        }
    }

    /// Two places in the list of agents may stand for one agent; their facts would meet on one sheet.
    fn refuse_two_of_one_agent(&self, sheets: &[NewSheet]) -> Result<(), StoreError> {
        let twice = sheets.windows(2).find(|pair| matches!(pair, [left, right] if left.place == right.place));
        let Some((_, agent_id)) = twice.and_then(|pair| pair.first()).map(|sheet| sheet.place) else { return Ok(()) };
        let fact = self.set.facts.iter().find(|fact| self.ids(fact).is_some_and(|(agent, ..)| agent == agent_id));
        fact.map_or(Ok(()), |fact| Err(self.named(fact)))
    }

    fn named(&self, fact: &Fact) -> StoreError {
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
            segment: self.set.segments.get(position(fact.segment)).map(ToString::to_string).unwrap_or_default(),
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
