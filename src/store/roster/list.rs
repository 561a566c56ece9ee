//! People page by page: searched by how number or name begin, filtered and sorted by the indexes, so that a page reads about as many rows as
//! it shows, however many people there are.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::agent;
use entity::day::Day;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::super::error::Step;
use super::super::reach::{Tree, agent_condition_in, assigned_below, below};
use super::super::write::{fetch, fetch_one, sql};
use super::super::{Engine, Page, Store, StoreError};
use super::read::Agent;
use crate::domain::authority::Reach;

/// What people are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeopleOrder {
    #[default]
    Number,
    Name,
    /// By unit, then by number: those who are assigned on the day.
    Unit,
}

/// Whether people are still there on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleState {
    Active,
    Left,
}

/// Which people a list shows, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleFilter {
    pub reach: Reach,
    pub day: NaiveDate,
    /// Assigned on the day to this unit or one below it.
    pub unit: Option<i64>,
    /// How the employee number begins, as it is written. The list is then in order of it.
    pub number: Option<String>,
    /// How the name begins, in either case of ASCII letters. The list is then in order of it.
    pub name: Option<String>,
    pub state: Option<PeopleState>,
    pub order: PeopleOrder,
}

/// An agent with the code of the unit on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub agent: Agent,
    pub unit: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    agent: agent::Model,
    unit_code: Option<String>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        Self { agent: row.agent.into(), unit: row.unit_code }
    }
}

/// Units that people are looked for in, with all that is below them: as few as can be listed, so that the database knows how few; or by the tree.
struct Within {
    tree: Tree,
    units: BTreeSet<i64>,
    /// They have all others below them: whoever is assigned at all is in them.
    all: bool,
}

/// So many units are listed.
const LISTED: usize = 500;

/// Sorts after everything that begins with the text before it.
const LAST: char = '\u{10FFFF}';

/// The unit of `p` on the day `$1`.
const UNIT: &str = "(SELECT u.code FROM assignment s JOIN unit u ON u.id = s.unit_id WHERE s.agent_id = p.id
    AND s.first_day <= $1 AND (s.last_day IS NULL OR s.last_day >= $1))";

impl PeopleFilter {
    /// The order that the list has: what is searched for goes before what was asked for, since both together would have to read everybody.
    pub fn sorted_by(&self) -> PeopleOrder {
        match (&self.number, &self.name, self.state) {
            (_, Some(_), _) => PeopleOrder::Name,
            (Some(_), None, _) => PeopleOrder::Number,
            // Who left has no unit.
            (None, None, Some(PeopleState::Left)) if self.order == PeopleOrder::Unit => PeopleOrder::Number,
            (None, None, _) => self.order,
        }
    }

    /// `within` are the units of the reach, and of the filter.
    fn query(&self, after: Option<&Person>, limit: u64, within: &[Within; 2]) -> (String, Vec<Value>) {
        let [reach, wanted] = within;
        let mut values: Vec<Value> = vec![Day(self.day).into()];
        let order = self.sorted_by();
        let units = Reach { units: reach.units.clone(), ..self.reach.clone() };
        let mut conditions = agent_condition_in(reach.tree, &units, self.day, &mut values);
        match order {
            _ if wanted.units.is_empty() => {}
            PeopleOrder::Unit if wanted.all => {}
            PeopleOrder::Unit => {
                let units = below(wanted.tree, wanted.units.iter().copied(), &mut values);
                conditions += &format!(" AND u.id IN {units}");
            }
            // Nobody need be looked for by unit.
            _ if wanted.all => {
                conditions += " AND EXISTS (SELECT 1 FROM assignment s WHERE s.agent_id = a.id
                    AND s.first_day <= $1 AND (s.last_day IS NULL OR s.last_day >= $1))";
            }
            _ => conditions += &format!(" AND {}", assigned_below(wanted.tree, &wanted.units, self.day, &mut values)),
        }
        conditions += match self.state {
            None => "",
            Some(PeopleState::Active) => " AND (a.left_on IS NULL OR a.left_on >= $1)",
            Some(PeopleState::Left) => " AND a.left_on IS NOT NULL AND a.left_on < $1",
        };
        let lower_name = self.name.as_ref().map(|name| name.to_ascii_lowercase());
        for (column, prefix) in [("a.employee_number", &self.number), ("LOWER(a.name)", &lower_name)] {
            if let Some(prefix) = prefix {
                values.extend([prefix.as_str().into(), format!("{prefix}{LAST}").into()]);
                let at = values.len();
                conditions += &format!(" AND {column} >= ${} AND {column} < ${at}", at - 1);
            }
        }
        let first = match order {
            PeopleOrder::Number => None,
            PeopleOrder::Name => Some("LOWER(a.name)"),
            PeopleOrder::Unit => Some("u.code"),
        };
        if let Some(Person { agent, unit }) = after {
            values.push(agent.employee_number.as_str().into());
            let number = values.len();
            match first {
                None => conditions += &format!(" AND a.employee_number > ${number}"),
                Some(first) => {
                    let key = match order {
                        PeopleOrder::Unit => unit.clone().unwrap_or_default(),
                        _ => agent.name.to_ascii_lowercase(),
                    };
                    values.push(key.into());
                    let at = values.len();
                    conditions +=
                        &format!(" AND {first} >= ${at} AND ({first} > ${at} OR a.employee_number > ${number})");
                }
            }
        }
        let limit = limit.saturating_add(1);
        let text = match order {
            PeopleOrder::Number => format!(
                "SELECT p.*, {UNIT} AS unit_code FROM (SELECT a.* FROM agent a WHERE 1 = 1{conditions}
                    ORDER BY a.employee_number LIMIT {limit}) p ORDER BY p.employee_number"
            ),
            PeopleOrder::Name => format!(
                "SELECT p.*, {UNIT} AS unit_code FROM (SELECT a.* FROM agent a WHERE 1 = 1{conditions}
                    ORDER BY LOWER(a.name), a.employee_number LIMIT {limit}) p ORDER BY LOWER(p.name), p.employee_number"
            ),
            // One unit after the other, so that it ends with the page.
            PeopleOrder::Unit => format!(
                "SELECT a.*, u.code AS unit_code FROM unit u CROSS JOIN assignment s CROSS JOIN agent a
                    WHERE s.unit_id = u.id AND a.id = s.agent_id
                    AND s.first_day <= $1 AND (s.last_day IS NULL OR s.last_day >= $1){conditions}
                    ORDER BY u.code, a.employee_number LIMIT {limit}"
            ),
        };
        (text, values)
    }
}

impl Store {
    /// People after the one of the employee number `after`, in the order that the filter has.
    pub async fn people_page(
        &self,
        after: Option<&str>,
        limit: u64,
        filter: &PeopleFilter,
    ) -> Result<Page<Person>, StoreError> {
        let after = self.person_at(after, filter.day).await?;
        let within =
            [self.within(filter.reach.units.clone()).await?, self.within(filter.unit.into_iter().collect()).await?];
        let (text, values) = filter.query(after.as_ref(), limit, &within);
        let rows: Vec<Row> = fetch(&self.readers, "listing people", text, values).await?;
        Ok(Page::cut(rows.into_iter().map(Person::from).collect(), limit))
    }

    /// How the database goes about a page: its own words, for whoever looks whether it reads more than it shows.
    pub async fn plan_of_people_page(
        &self,
        after: Option<&str>,
        limit: u64,
        filter: &PeopleFilter,
    ) -> Result<Vec<String>, StoreError> {
        let step = "asking how people are listed";
        let after = self.person_at(after, filter.day).await?;
        let within =
            [self.within(filter.reach.units.clone()).await?, self.within(filter.unit.into_iter().collect()).await?];
        let (text, values) = filter.query(after.as_ref(), limit, &within);
        let (explain, column) = match self.engine {
            Engine::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Engine::Postgres => ("EXPLAIN", 0),
        };
        let rows = self.readers.query_all_raw(sql(&self.readers, format!("{explain} {text}"), values)).await;
        rows.step(step)?.iter().map(|row| row.try_get_by_index(column).step(step)).collect()
    }

    async fn within(&self, mut units: BTreeSet<i64>) -> Result<Within, StoreError> {
        if units.is_empty() {
            return Ok(Within { tree: Tree::Listed, units, all: false });
        }
        let step = "looking for the units below";
        let mut values = Vec::new();
        let below = below(Tree::Today, units.iter().copied(), &mut values);
        let text = format!("SELECT id FROM unit WHERE id IN {below} LIMIT {}", LISTED + 1);
        let found: Vec<IdRow> = fetch(&self.readers, step, text, values).await?;
        if found.len() <= LISTED {
            units.extend(found.into_iter().map(|row| row.id));
            return Ok(Within { tree: Tree::Listed, units, all: false });
        }
        let text = "SELECT id FROM unit WHERE parent_id IS NULL";
        let roots: Vec<IdRow> = fetch(&self.readers, step, text, []).await?;
        let all = roots.iter().all(|row| units.contains(&row.id));
        Ok(Within { tree: Tree::Today, units, all })
    }

    async fn person_at(&self, number: Option<&str>, day: NaiveDate) -> Result<Option<Person>, StoreError> {
        let Some(number) = number else { return Ok(None) };
        let text = format!("SELECT p.*, {UNIT} AS unit_code FROM agent p WHERE p.employee_number = $2");
        let found: Option<Row> =
            fetch_one(&self.readers, "looking up an agent", text, [Day(day).into(), number.into()]).await?;
        let none = || StoreError::NotFound { what: "agent", name: number.to_owned() };
        found.map(Person::from).map(Some).ok_or_else(none)
    }
}
