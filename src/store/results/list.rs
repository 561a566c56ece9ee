//! Reading results: lists by the key (run, employee number), never by offset, and whole runs in order of agent.

use sea_orm::{FromQueryResult, Value};

use super::super::reach::{Tree, below, result_condition};
use super::super::write::{fetch, fetch_one};
use super::super::{Page, ResultFilter, Store, StoreError};
use super::codes::code;
use crate::domain::appraisal::AppraisalState;

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

/// Units have their names from the run `$1`, of which the rows are, or which they revise.
const NAMES: &str = "JOIN agent a ON a.id = r.agent_id
    JOIN run_unit u ON u.run_id = $1 AND u.unit_id = r.unit_id";

/// As [`NAMES`], for one row of the run `$1`, which may itself be a revision.
const NAMES_OF_ONE: &str = "JOIN agent a ON a.id = r.agent_id
    JOIN run_unit u ON u.unit_id = r.unit_id
        AND u.run_id = COALESCE((SELECT v.base_run_id FROM revision v WHERE v.run_id = $1), $1)";

/// Which results of a cycle are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Take {
    /// Those the run itself found.
    #[default]
    Run,
    /// Those that stand: where a revision took the place of an agent's result, the revision's.
    Standing,
    /// Those that are paid: revisions of before the cycle was final count, later ones are paid as adjustments.
    Paid,
}

impl Take {
    /// The column of `agent_result` that names the revision.
    const fn column(self) -> Option<&'static str> {
        match self {
            Self::Run => None,
            Self::Standing => Some("revised_run_id"),
            Self::Paid => Some("paid_run_id"),
        }
    }
}

/// The results `x` of the cycle of the run `$1` that were revised.
fn revised(column: &str) -> String {
    format!("x.cycle_id = (SELECT cycle_id FROM run WHERE id = $1) AND x.{column} IS NOT NULL")
}

/// What follows `FROM` for the rows `r` that those of the run `run`, or of the revision, have of the revised results. SQLite joins what is joined
/// crosswise in the order it stands in: from the few to their rows, where without figures it would go through all rows of the run.
fn of_revised<R: Row>(column: &str, run: &str) -> String {
    format!(
        "FROM agent_result x CROSS JOIN {} r WHERE r.run_id = {run} AND r.agent_id = x.agent_id AND {}",
        R::TABLE,
        revised(column)
    )
}

/// The two parts that results are put together of: those of the run `$1` that were not revised, and the revisions. After each, conditions follow.
fn parts<R: Row>(column: &str) -> [String; 2] {
    [
        format!(
            "FROM {} r WHERE r.run_id = $1 AND r.agent_id NOT IN (SELECT x.agent_id FROM agent_result x WHERE {})",
            R::TABLE,
            revised(column)
        ),
        of_revised::<R>(column, &format!("x.{column}")),
    ]
}

/// These columns of the rows of the run `$1`, as what follows `FROM`: each counts once.
pub(super) fn rows_of_run<R: Row>(columns: &str) -> String {
    format!("(SELECT CAST(1 AS BIGINT) AS times, {columns} FROM {} r WHERE r.run_id = $1) r", R::TABLE)
}

/// What revisions change about [`rows_of_run`]: the rows that do not stand count less by one, those that took their place count once. None where
/// the run's own rows are meant.
pub(super) fn rows_changed<R: Row>(take: Take, columns: &str) -> Option<String> {
    let column = take.column()?;
    Some(format!(
        "(SELECT CAST(-1 AS BIGINT) AS times, {columns} {} UNION ALL SELECT CAST(1 AS BIGINT) AS times, {columns} {}) r",
        of_revised::<R>(column, "$1"),
        of_revised::<R>(column, &format!("x.{column}"))
    ))
}

/// How a page is ordered: the columns that it goes by, and by which of them, as SQL of the row `r` and of what is selected.
struct PageOrder<'a> {
    columns: &'a str,
    by: &'a str,
    selected_by: &'a str,
}

/// The keys of a page of the rows that meet the conditions.
fn page_keys<R: Row>(take: Take, conditions: &str, order: &PageOrder<'_>, limit: u64) -> String {
    let PageOrder { columns, by, selected_by } = order;
    let key = format!("SELECT r.run_id, r.agent_id, {columns}");
    let Some(column) = take.column() else {
        return format!("{key} FROM {} r WHERE r.run_id = $1{conditions} ORDER BY {by} LIMIT {limit}", R::TABLE);
    };
    let [plain, revised] = parts::<R>(column);
    // Each part ends where the page may end, so that no more is read than of one table.
    format!(
        "SELECT * FROM ({key} {plain}{conditions} ORDER BY {by} LIMIT {limit}) plain
        UNION ALL
        SELECT * FROM ({key} {revised}{conditions} ORDER BY {by} LIMIT {limit}) revised
        ORDER BY {selected_by} LIMIT {limit}"
    )
}

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
        // Said besides, because it is by this that the index of the few is found.
        if filter.state.is_some_and(|state| state != AppraisalState::Scored) {
            conditions.push_str(" AND r.state <> 'scored'");
        }
    }
    Ok(conditions)
}

/// Whether a page's rows are found by their unit: there are few of them, while going through everybody in the page's order, as a database
/// without figures of its own would, reads all those of other units. An expression in the place of the column keeps it from that.
const fn is_of_few(filter: &ResultFilter) -> bool {
    filter.unit.is_some()
}

#[derive(FromQueryResult)]
struct RootRow {
    unit_id: i64,
}

impl Store {
    /// The filter without its unit where that is all of the run: then nobody need be looked for by unit.
    pub(super) async fn without_root(&self, run_id: i64, filter: &ResultFilter) -> Result<ResultFilter, StoreError> {
        let mut filter = filter.clone();
        if filter.unit.is_some() {
            let text = "SELECT unit_id FROM run_unit WHERE run_id = $1 AND parent_id IS NULL LIMIT 2";
            let roots: Vec<RootRow> =
                fetch(&self.readers, "looking for the highest unit", text, [run_id.into()]).await?;
            if let [RootRow { unit_id }] = roots.as_slice()
                && filter.unit == Some(*unit_id)
            {
                filter.unit = None;
            }
        }
        Ok(filter)
    }

    /// Rows after the employee number `after`, in its order. The page's keys are found first, so that sorting carries no working.
    pub(super) async fn results_page<S: Selected>(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<S>, StoreError> {
        let filter = &self.without_root(run_id, filter).await?;
        let mut values: Vec<Value> = vec![run_id.into(), after.unwrap_or_default().into()];
        let by = if is_of_few(filter) { "(r.employee_number || '')" } else { "r.employee_number" };
        let conditions = format!(" AND {by} > $2{}", conditions::<S::Row>(filter, &mut values)?);
        let order = PageOrder { columns: "r.employee_number", by, selected_by: "employee_number" };
        let text = format!(
            "{select} FROM ({keys}) page
            JOIN {table} r ON r.run_id = page.run_id AND r.agent_id = page.agent_id {NAMES} ORDER BY r.employee_number",
            select = select::<S>(),
            table = S::Row::TABLE,
            keys = page_keys::<S::Row>(filter.take, &conditions, &order, limit.saturating_add(1)),
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
        let filter = &self.without_root(run_id, filter).await?;
        let (score, number) = after.unwrap_or((first, ""));
        let mut values: Vec<Value> = vec![run_id.into(), score.into(), number.into()];
        let by = if is_of_few(filter) { "(r.printed + 0)" } else { "r.printed" };
        let conditions = format!(
            " AND {by} {beyond}= $2 AND ({by} {beyond} $2 OR ({by} = $2 AND r.employee_number > $3)){}",
            conditions::<S::Row>(filter, &mut values)?
        );
        let order = PageOrder {
            columns: "r.printed, r.employee_number",
            by: &format!("{by} {direction}, r.employee_number"),
            selected_by: &format!("printed {direction}, employee_number"),
        };
        let text = format!(
            "{select} FROM ({keys}) page
            JOIN {table} r ON r.run_id = page.run_id AND r.agent_id = page.agent_id {NAMES} ORDER BY {by}",
            select = select::<S>(),
            table = S::Row::TABLE,
            keys = page_keys::<S::Row>(filter.take, &conditions, &order, limit.saturating_add(1)),
            by = format_args!("r.printed {direction}, r.employee_number"),
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
            "{} FROM {} r {NAMES_OF_ONE} WHERE r.run_id = $1 AND r.employee_number = $2",
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

#[cfg(test)]
mod tests {
    use super::super::super::plan_of::plan_of;
    use super::super::payouts::PayoutColumns;
    use super::super::scorecards::ScorecardColumns;
    use super::{PageOrder, Take, page_keys, rows_changed};

    /// The tables in the order in which they are gone through.
    async fn order_of(text: &str) -> Vec<String> {
        let plan = plan_of(text, vec![1.into()]).await;
        let tables = plan.iter().filter_map(|line| line.strip_prefix("SEARCH "));
        tables
            .map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
            .filter(|table| table != "run")
            .collect()
    }

    #[tokio::test]
    async fn what_revisions_change_is_read_from_the_few() {
        let [cards, payouts] = [
            rows_changed::<ScorecardColumns>(Take::Standing, "r.rating").unwrap(),
            rows_changed::<PayoutColumns>(Take::Paid, "r.amount_minor").unwrap(),
        ];
        for rows in [cards, payouts] {
            let text = format!("SELECT SUM(r.times) FROM {rows}");
            assert_eq!(order_of(&text).await, ["x", "r", "x", "r"], "{text}");
        }
    }

    #[tokio::test]
    async fn a_page_with_revisions_looks_for_the_revised_once() {
        let order = PageOrder { columns: "r.employee_number", by: "r.employee_number", selected_by: "employee_number" };
        let text = page_keys::<ScorecardColumns>(Take::Standing, "", &order, 51);
        assert_eq!(order_of(&text).await, ["r", "x", "x", "r"]);
        let plan = plan_of(&text, vec![1.into()]).await;
        assert!(!plan.iter().any(|line| line.starts_with("CORRELATED")), "{plan:#?}");
    }
}
