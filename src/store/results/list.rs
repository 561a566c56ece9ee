//! Reading results: lists by the key (run, employee number), never by offset, and whole runs in order of agent.

use sea_orm::{FromQueryResult, Value};

use super::super::reach::{Tree, below, result_condition};
use super::super::write::{fetch, fetch_one};
use super::super::{Page, ResultFilter, Store, StoreError};
use super::codes::code;

/// Which scores come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreOrder {
    BestFirst,
    LeastFirst,
}

/// A row of a table that has one an agent and run, without its working.
pub(super) trait Row: FromQueryResult {
    const TABLE: &'static str;
    /// What lists and sums read, beside whom the row is about.
    const COLUMNS: &'static str;
    /// Whether the filter's rating and state apply.
    const RATED: bool;
}

/// A row with the names a list shows.
#[derive(FromQueryResult)]
pub(super) struct Found<R: Row> {
    #[sea_orm(nested)]
    pub(super) row: R,
    pub(super) agent_name: String,
    pub(super) unit_code: String,
}

/// A row with its packed working.
#[derive(FromQueryResult)]
pub(super) struct Whole<R: FromQueryResult> {
    #[sea_orm(nested)]
    pub(super) row: R,
    pub(super) working: Vec<u8>,
}

/// What a query gives of each row.
pub(super) trait Selected: FromQueryResult {
    type Row: Row;
    /// Selected beside the row's own columns.
    const MORE: &'static str;
}

impl<R: Row> Selected for Found<R> {
    type Row = R;
    const MORE: &'static str = "";
}

impl<R: Row> Selected for Whole<Found<R>> {
    type Row = R;
    const MORE: &'static str = ", r.working";
}

/// Columns of the row `r`, with the names of its agent and unit.
fn select<S: Selected>() -> String {
    format!("SELECT {}{}, a.name AS agent_name, u.code AS unit_code", columns::<S::Row>(), S::MORE)
}

fn columns<R: Row>() -> String {
    format!("r.agent_id, r.public_id, r.employee_number, r.unit_id, {}", R::COLUMNS)
}

const NAMES: &str = "JOIN agent a ON a.id = r.agent_id
    JOIN run_unit u ON u.run_id = r.run_id AND u.unit_id = r.unit_id";

/// Conditions of the filter that apply to the table.
pub(super) fn conditions<R: Row>(filter: &ResultFilter, values: &mut Vec<Value>) -> Result<String, StoreError> {
    let mut conditions = String::new();
    if let Some(unit) = filter.unit {
        conditions.push_str(&format!(" AND r.unit_id IN {}", below(Tree::OfRun, [unit], values)));
    }
    conditions.push_str(&result_condition(&filter.reach, Some("r.agent_id"), "r.unit_id", values));
    if R::RATED {
        let state = filter.state.as_ref().map(code).transpose()?;
        for (column, wanted) in [("rating", filter.rating.clone()), ("state", state)] {
            if let Some(wanted) = wanted {
                values.push(wanted.into());
                conditions.push_str(&format!(" AND r.{column} = ${}", values.len()));
            }
        }
    }
    Ok(conditions)
}

impl Store {
    /// Rows after the employee number `after`, in its order. The page's keys are found first, so that sorting carries no working.
    pub(super) async fn results_page<S: Selected>(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<S>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into(), after.unwrap_or_default().into()];
        let text = format!(
            "{select} FROM (
                SELECT r.agent_id FROM {table} r WHERE r.run_id = $1 AND r.employee_number > $2{conditions}
                ORDER BY r.employee_number LIMIT {limit}
            ) page
            JOIN {table} r ON r.run_id = $1 AND r.agent_id = page.agent_id {NAMES} ORDER BY r.employee_number",
            select = select::<S>(),
            table = S::Row::TABLE,
            conditions = conditions::<S::Row>(filter, &mut values)?,
            limit = limit.saturating_add(1)
        );
        let rows: Vec<S> = fetch(&self.readers, "listing results", text, values).await?;
        Ok(Page::cut(rows, limit))
    }

    /// Rows with a score, by it and then by employee number; after the row with that score and number.
    pub(super) async fn results_by_score<S: Selected>(
        &self,
        run_id: i64,
        after: Option<(i64, &str)>,
        order: ScoreOrder,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<S>, StoreError> {
        let (beyond, direction, first) = match order {
            ScoreOrder::BestFirst => ('<', "DESC", i64::MAX),
            ScoreOrder::LeastFirst => ('>', "ASC", i64::MIN),
        };
        let (score, number) = after.unwrap_or((first, ""));
        let mut values: Vec<Value> = vec![run_id.into(), score.into(), number.into()];
        let text = format!(
            "{select} FROM (
                SELECT r.agent_id FROM {table} r WHERE r.run_id = $1 AND r.printed {beyond}= $2
                    AND (r.printed {beyond} $2 OR (r.printed = $2 AND r.employee_number > $3)){conditions}
                ORDER BY r.printed {direction}, r.employee_number LIMIT {limit}
            ) page
            JOIN {table} r ON r.run_id = $1 AND r.agent_id = page.agent_id {NAMES}
            ORDER BY r.printed {direction}, r.employee_number",
            select = select::<S>(),
            table = S::Row::TABLE,
            conditions = conditions::<S::Row>(filter, &mut values)?,
            limit = limit.saturating_add(1)
        );
        let rows: Vec<S> = fetch(&self.readers, "listing results by score", text, values).await?;
        Ok(Page::cut(rows, limit))
    }

    /// One agent's row.
    pub(super) async fn result_of<S: Selected>(
        &self,
        run_id: i64,
        employee_number: &str,
    ) -> Result<Option<S>, StoreError> {
        let text = format!(
            "{} FROM {} r {NAMES} WHERE r.run_id = $1 AND r.employee_number = $2",
            select::<S>(),
            S::Row::TABLE
        );
        fetch_one(&self.readers, "looking up a result", text, [run_id.into(), employee_number.into()]).await
    }

    /// Whole rows of the agents after `after` up to `last`, at most `limit`, in order of agent id.
    pub(super) async fn whole_results<R: Row>(
        &self,
        run_id: i64,
        after: Option<i64>,
        last: i64,
        limit: u64,
    ) -> Result<Vec<Whole<R>>, StoreError> {
        let text = format!(
            "SELECT {}, r.working FROM {} r WHERE r.run_id = $1 AND r.agent_id > $2 AND r.agent_id <= $3
            ORDER BY r.agent_id LIMIT {limit}",
            columns::<R>(),
            R::TABLE
        );
        let values = [run_id.into(), after.unwrap_or(i64::MIN).into(), last.into()];
        fetch(&self.readers, "reading results", text, values).await
    }
}
