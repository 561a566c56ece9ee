//! Reading the roster.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{agent, agent_alias, assignment, unit};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Value};
use uuid::Uuid;

use super::super::error::Step;
use super::super::reach::{Tree, agent_condition, assigned_below};
use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use crate::domain::authority::Reach;
use crate::domain::fixed::Fixed;
use crate::domain::money::Currency;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: i64,
    pub public_id: Uuid,
    pub code: String,
    pub name_en: String,
    pub name_zh: String,
    pub kind: String,
    pub parent_id: Option<i64>,
}

impl From<unit::Model> for Unit {
    fn from(model: unit::Model) -> Self {
        let unit::Model { id, public_id, code, name_en, name_zh, kind, parent_id } = model;
        Self { id, public_id, code, name_en, name_zh, kind, parent_id }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub id: i64,
    pub public_id: Uuid,
    pub employee_number: String,
    pub name: String,
    pub hired: Option<NaiveDate>,
    pub left: Option<NaiveDate>,
    /// A JSON object.
    pub attributes: String,
}

impl From<agent::Model> for Agent {
    fn from(model: agent::Model) -> Self {
        let agent::Model { id, public_id, employee_number, name, hired, left_on, attributes } = model;
        let (hired, left) = (hired.map(|day| day.0), left_on.map(|day| day.0));
        Self { id, public_id, employee_number, name, hired, left, attributes }
    }
}

/// What a source may know an agent by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentKey {
    pub id: i64,
    pub employee_number: String,
    pub name: String,
    /// In byte order.
    pub aliases: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: i64,
    pub agent_id: i64,
    pub unit_id: i64,
    pub unit_code: String,
    pub post: String,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
}

#[derive(FromQueryResult)]
struct AssignmentRow {
    #[sea_orm(nested)]
    assignment: assignment::Model,
    unit_code: String,
}

impl TryFrom<AssignmentRow> for Assignment {
    type Error = StoreError;

    fn try_from(row: AssignmentRow) -> Result<Self, StoreError> {
        let assignment::Model { id, agent_id, unit_id, post, first_day, last_day, fte, target_minor, currency } =
            row.assignment;
        Ok(Self {
            id,
            agent_id,
            unit_id,
            unit_code: row.unit_code,
            post,
            first_day: first_day.0,
            last_day: last_day.map(|day| day.0),
            fte: Fixed::from_micros(fte.0),
            target_minor,
            currency: currency_of(currency)?,
        })
    }
}

/// A stored currency.
pub(in super::super) fn currency_of(code: String) -> Result<Currency, StoreError> {
    Currency::try_from(code).map_err(|unknown| StoreError::Unreadable { what: "the currency", value: unknown.0 })
}

/// Which agents a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentFilter {
    /// Whom whoever asks may see, as assigned on this day.
    pub reach: (Reach, NaiveDate),
    /// Assigned on this day to this unit or one below it.
    pub unit: Option<(i64, NaiveDate)>,
    /// Part of the employee number or the name, in either case of ASCII letters.
    pub text: Option<String>,
}

impl Default for AgentFilter {
    fn default() -> Self {
        Self { reach: (Reach::everything(), NaiveDate::MIN), unit: None, text: None }
    }
}

impl AgentFilter {
    /// Conditions on `a` (agent); their values are added to `values`.
    fn conditions(&self, values: &mut Vec<Value>) -> String {
        let (reach, today) = &self.reach;
        let mut conditions = agent_condition(reach, *today, values);
        if let Some((unit, day)) = self.unit {
            conditions.push_str(&format!(" AND {}", assigned_below(Tree::Today, &BTreeSet::from([unit]), day, values)));
        }
        if let Some(text) = &self.text {
            values.push(containing(text).into());
            let at = values.len();
            conditions.push_str(&format!(
                " AND (LOWER(a.employee_number) LIKE ${at} ESCAPE '\\' OR LOWER(a.name) LIKE ${at} ESCAPE '\\')"
            ));
        }
        conditions
    }
}

/// A LIKE pattern for texts that contain this one.
fn containing(text: &str) -> String {
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl Store {
    /// Every agent with aliases, in order of employee number.
    pub async fn agent_keys(&self) -> Result<Vec<AgentKey>, StoreError> {
        let step = "reading the agents' names";
        let mut aliases: HashMap<i64, Vec<String>> = HashMap::new();
        let rows = agent_alias::Entity::find().order_by_asc(agent_alias::Column::Alias).all(&self.readers).await;
        for row in rows.step(step)? {
            aliases.entry(row.agent_id).or_default().push(row.alias);
        }
        let agents = agent::Entity::find().order_by_asc(agent::Column::EmployeeNumber).all(&self.readers).await;
        Ok(agents
            .step(step)?
            .into_iter()
            .map(|agent| AgentKey {
                id: agent.id,
                employee_number: agent.employee_number,
                name: agent.name,
                aliases: aliases.remove(&agent.id).unwrap_or_default(),
            })
            .collect())
    }

    /// Agents after the employee number `after`, in its order.
    pub async fn agents_page(
        &self,
        after: Option<&str>,
        limit: u64,
        filter: &AgentFilter,
    ) -> Result<Page<Agent>, StoreError> {
        let mut values: Vec<Value> = vec![after.unwrap_or_default().into()];
        let conditions = filter.conditions(&mut values);
        let text = format!(
            "SELECT a.* FROM agent a WHERE a.employee_number > $1{conditions} ORDER BY a.employee_number LIMIT {}",
            limit.saturating_add(1)
        );
        let agents: Vec<agent::Model> = fetch(&self.readers, "listing agents", text, values).await?;
        Ok(Page::cut(agents.into_iter().map(Agent::from).collect(), limit))
    }

    pub async fn agent_by_number(&self, employee_number: &str) -> Result<Option<Agent>, StoreError> {
        let found = agent::Entity::find().filter(agent::Column::EmployeeNumber.eq(employee_number));
        Ok(found.one(&self.readers).await.step("looking up an agent")?.map(Agent::from))
    }

    pub async fn agent_by_id(&self, id: i64) -> Result<Option<Agent>, StoreError> {
        let found = agent::Entity::find_by_id(id).one(&self.readers).await;
        Ok(found.step("looking up an agent")?.map(Agent::from))
    }

    /// Employee numbers of agents.
    pub async fn employee_numbers(&self, ids: BTreeSet<i64>) -> Result<BTreeMap<i64, String>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(i64, String)> = agent::Entity::find()
            .select_only()
            .columns([agent::Column::Id, agent::Column::EmployeeNumber])
            .filter(agent::Column::Id.is_in(ids))
            .into_tuple()
            .all(&self.readers)
            .await
            .step("looking up employee numbers")?;
        Ok(rows.into_iter().collect())
    }

    pub async fn agent_by_public_id(&self, public_id: Uuid) -> Result<Option<Agent>, StoreError> {
        let found = agent::Entity::find().filter(agent::Column::PublicId.eq(public_id));
        Ok(found.one(&self.readers).await.step("looking up an agent")?.map(Agent::from))
    }

    /// An agent's aliases in byte order.
    pub async fn aliases(&self, agent_id: i64) -> Result<Vec<String>, StoreError> {
        let rows = agent_alias::Entity::find()
            .filter(agent_alias::Column::AgentId.eq(agent_id))
            .order_by_asc(agent_alias::Column::Alias)
            .all(&self.readers)
            .await
            .step("reading an agent's aliases")?;
        Ok(rows.into_iter().map(|row| row.alias).collect())
    }

    /// An agent's assignments by first day.
    pub async fn assignments(&self, agent_id: i64) -> Result<Vec<Assignment>, StoreError> {
        let text = "SELECT s.*, u.code AS unit_code FROM assignment s JOIN unit u ON u.id = s.unit_id
            WHERE s.agent_id = $1 ORDER BY s.first_day";
        let rows: Vec<AssignmentRow> = fetch(&self.readers, "reading assignments", text, [agent_id.into()]).await?;
        rows.into_iter().map(Assignment::try_from).collect()
    }

    /// Every unit in order of code.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        let units = unit::Entity::find().order_by_asc(unit::Column::Code).all(&self.readers).await;
        Ok(units.step("listing units")?.into_iter().map(Unit::from).collect())
    }

    /// Units after the code `after`, in its order.
    pub async fn units_page(&self, after: Option<&str>, limit: u64) -> Result<Page<Unit>, StoreError> {
        let units = unit::Entity::find()
            .filter(unit::Column::Code.gt(after.unwrap_or_default()))
            .order_by_asc(unit::Column::Code)
            .limit(limit.saturating_add(1))
            .all(&self.readers)
            .await
            .step("listing units")?;
        Ok(Page::cut(units.into_iter().map(Unit::from).collect(), limit))
    }

    /// Codes of the units of these ids, of which there are at most as many as a page holds.
    pub async fn unit_codes(&self, ids: impl IntoIterator<Item = i64>) -> Result<BTreeMap<i64, String>, StoreError> {
        let found = unit::Entity::find().filter(unit::Column::Id.is_in(ids)).all(&self.readers).await;
        Ok(found.step("looking up units")?.into_iter().map(|unit| (unit.id, unit.code)).collect())
    }

    pub async fn unit_by_code(&self, code: &str) -> Result<Option<Unit>, StoreError> {
        let found = unit::Entity::find().filter(unit::Column::Code.eq(code)).one(&self.readers).await;
        Ok(found.step("looking up a unit")?.map(Unit::from))
    }

    pub async fn unit_by_public_id(&self, public_id: Uuid) -> Result<Option<Unit>, StoreError> {
        let found = unit::Entity::find().filter(unit::Column::PublicId.eq(public_id)).one(&self.readers).await;
        Ok(found.step("looking up a unit")?.map(Unit::from))
    }
}
