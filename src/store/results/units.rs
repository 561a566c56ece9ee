//! Scorecards of units: written with their run, listed by the key (run, code), never by offset.

use entity::micros::Micros;
use entity::unit_scorecard::{Entity, Model};
use sea_orm::{FromQueryResult, Value};

use super::super::error::Step;
use super::super::packed::{pack, unpack};
use super::super::reach::result_condition;
use super::super::write::{fetch, fetch_one};
use super::super::{Page, Store, StoreError, bulk};
use super::codes::{code, from_code};
use crate::domain::authority::Reach;
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{CardResult, CardState};

/// What a run found for one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitResultRow {
    pub unit_id: i64,
    pub parent_id: Option<i64>,
    pub code: String,
    pub kind: String,
    pub card: CardResult,
}

/// Which units a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFilter {
    /// What whoever asks may see.
    pub reach: Reach,
    /// Such as `team` or `province`.
    pub kind: Option<String>,
    /// Only units right below this one.
    pub parent: Option<i64>,
}

impl Default for UnitFilter {
    fn default() -> Self {
        Self { reach: Reach::everything(), kind: None, parent: None }
    }
}

/// A unit's scorecard without its lines. Names are those of today, code, kind and parent those of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitScorecardSummary {
    pub unit_id: i64,
    pub code: String,
    pub kind: String,
    /// Code of the unit above; `None` for the top.
    pub parent: Option<String>,
    pub name_en: String,
    pub name_zh: String,
    pub card: String,
    pub state: CardState,
    pub subtotal: Option<Fixed>,
    pub total: Option<Fixed>,
    pub printed: Option<Fixed>,
    pub rating: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitScorecardDetail {
    pub summary: UnitScorecardSummary,
    pub result: CardResult,
}

#[derive(FromQueryResult)]
struct Columns {
    unit_id: i64,
    parent_id: Option<i64>,
    code: String,
    kind: String,
    card: String,
    state: String,
    subtotal: Option<Micros>,
    total: Option<Micros>,
    printed: Option<Micros>,
    rating: Option<String>,
}

#[derive(FromQueryResult)]
struct Whole {
    #[sea_orm(nested)]
    row: Columns,
    working: Vec<u8>,
}

#[derive(FromQueryResult)]
struct Named {
    #[sea_orm(nested)]
    row: Columns,
    parent: Option<String>,
    name_en: String,
    name_zh: String,
}

#[derive(FromQueryResult)]
struct NamedWhole {
    #[sea_orm(nested)]
    named: Named,
    working: Vec<u8>,
}

#[derive(FromQueryResult)]
struct CycleCode {
    code: String,
}

const COLUMNS: &str =
    "r.unit_id, r.parent_id, r.code, r.kind, r.card, r.state, r.subtotal, r.total, r.printed, r.rating";
const NAMED: &str = "p.code AS parent, u.name_en, u.name_zh";
const NAMES: &str = "JOIN unit u ON u.id = r.unit_id
    LEFT JOIN run_unit p ON p.run_id = r.run_id AND p.unit_id = r.parent_id";

fn micros(value: Fixed) -> Micros {
    Micros(value.micros())
}

fn fixed(value: Micros) -> Fixed {
    Fixed::from_micros(value.0)
}

impl UnitResultRow {
    fn model(&self, run_id: i64) -> Result<Model, StoreError> {
        Ok(Model {
            run_id,
            code: self.code.clone(),
            unit_id: self.unit_id,
            parent_id: self.parent_id,
            kind: self.kind.clone(),
            card: self.card.card.to_string(),
            state: code(&self.card.state)?,
            subtotal: self.card.subtotal.map(micros),
            total: self.card.total.map(micros),
            printed: self.card.printed.map(micros),
            rating: self.card.rating.as_deref().map(str::to_owned),
            working: pack(format_args!("the scorecard of unit {}", self.code), &self.card)?,
        })
    }
}

impl Columns {
    fn state(&self) -> Result<CardState, StoreError> {
        from_code("the state of a unit's scorecard", self.state.clone())
    }

    /// The card as it was scored. Where the columns say the same as the working, they count, for they are what lists show: a
    /// replay sees when they were changed.
    fn result(&self, working: &[u8]) -> Result<CardResult, StoreError> {
        let packed: CardResult = unpack(format_args!("the scorecard of unit {}", self.code), working)?;
        Ok(CardResult {
            card: self.card.as_str().into(),
            state: self.state()?,
            subtotal: self.subtotal.map(fixed),
            total: self.total.map(fixed),
            printed: self.printed.map(fixed),
            rating: self.rating.as_deref().map(Into::into),
            ..packed
        })
    }
}

impl TryFrom<Named> for UnitScorecardSummary {
    type Error = StoreError;

    fn try_from(Named { row, parent, name_en, name_zh }: Named) -> Result<Self, StoreError> {
        Ok(Self {
            state: row.state()?,
            unit_id: row.unit_id,
            code: row.code,
            kind: row.kind,
            parent,
            name_en,
            name_zh,
            card: row.card,
            subtotal: row.subtotal.map(fixed),
            total: row.total.map(fixed),
            printed: row.printed.map(fixed),
            rating: row.rating,
        })
    }
}

impl Store {
    /// Writes scorecards of units of a running run in one transaction.
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_unit_results(&self, run_id: i64, rows: &[UnitResultRow]) -> Result<(), StoreError> {
        let step = "writing scorecards of units";
        let models = rows.iter().map(|row| row.model(run_id)).collect::<Result<Vec<_>, _>>()?;
        let tx = self.begin_part(run_id).await?;
        bulk::insert::<Entity>(&tx, step, models).await?;
        tx.commit().await.step(step)
    }

    /// Scorecards of a run's units after the code `after` up to `last` (to the end without it), in order of code.
    pub async fn unit_results(
        &self,
        run_id: i64,
        after: Option<&str>,
        last: Option<&str>,
    ) -> Result<Vec<UnitResultRow>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into(), after.unwrap_or_default().into()];
        values.extend(last.map(Value::from));
        let up_to = if last.is_some() { " AND r.code <= $3" } else { "" };
        let text = format!(
            "SELECT {COLUMNS}, r.working FROM unit_scorecard r WHERE r.run_id = $1 AND r.code > $2{up_to} ORDER BY r.code"
        );
        let rows: Vec<Whole> = fetch(&self.readers, "reading scorecards of units", text, values).await?;
        rows.into_iter()
            .map(|Whole { row, working }| {
                let card = row.result(&working)?;
                let Columns { unit_id, parent_id, code, kind, .. } = row;
                Ok(UnitResultRow { unit_id, parent_id, code, kind, card })
            })
            .collect()
    }

    /// Scorecards of a run's units after the code `after`, in its order. The page's keys are found first, so that sorting carries
    /// no working.
    pub async fn unit_scorecards_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &UnitFilter,
    ) -> Result<Page<UnitScorecardSummary>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into(), after.unwrap_or_default().into()];
        let mut conditions = String::new();
        let wanted = [("kind", filter.kind.clone().map(Value::from)), ("parent_id", filter.parent.map(Value::from))];
        for (column, wanted) in wanted {
            if let Some(wanted) = wanted {
                values.push(wanted);
                conditions.push_str(&format!(" AND r.{column} = ${}", values.len()));
            }
        }
        conditions.push_str(&result_condition(&filter.reach, None, "r.unit_id", &mut values));
        let text = format!(
            "SELECT {COLUMNS}, {NAMED} FROM (
                SELECT r.code FROM unit_scorecard r WHERE r.run_id = $1 AND r.code > $2{conditions}
                ORDER BY r.code LIMIT {limit}
            ) page
            JOIN unit_scorecard r ON r.run_id = $1 AND r.code = page.code {NAMES} ORDER BY r.code",
            limit = limit.saturating_add(1)
        );
        let rows: Vec<Named> = fetch(&self.readers, "listing scorecards of units", text, values).await?;
        Page::cut(rows, limit).convert()
    }

    /// One unit's scorecard of a run, with lines and gates.
    pub async fn unit_scorecard(&self, run_id: i64, code: &str) -> Result<Option<UnitScorecardDetail>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS}, {NAMED}, r.working FROM unit_scorecard r {NAMES} WHERE r.run_id = $1 AND r.code = $2"
        );
        let values = [run_id.into(), code.into()];
        let found: Option<NamedWhole> =
            fetch_one(&self.readers, "looking up the scorecard of a unit", text, values).await?;
        found
            .map(|NamedWhole { named, working }| {
                let result = named.row.result(&working)?;
                Ok(UnitScorecardDetail { summary: named.try_into()?, result })
            })
            .transpose()
    }

    /// The code of a run's cycle.
    pub async fn cycle_code_of_run(&self, run_id: i64) -> Result<Option<String>, StoreError> {
        let text = "SELECT c.code FROM run r JOIN cycle c ON c.id = r.cycle_id WHERE r.id = $1";
        let found: Option<CycleCode> =
            fetch_one(&self.readers, "looking up a run's cycle", text, [run_id.into()]).await?;
        Ok(found.map(|found| found.code))
    }
}
