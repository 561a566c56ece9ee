//! Lists of results: one statement a page, by the key (run, employee number), never by offset.

use sea_orm::{FromQueryResult, Value};

use super::super::write::fetch;
use super::super::{Page, ResultFilter, Store, StoreError};
use super::codes::code;

/// The tables that have one row an agent and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Scorecards,
    Payouts,
    Plans,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Scorecards => "scorecard",
            Self::Payouts => "payout",
            Self::Plans => "improvement_plan",
        }
    }

    fn select(self) -> String {
        format!(
            "SELECT r.*, a.name AS agent_name, u.code AS unit_code FROM {} r
            JOIN agent a ON a.id = r.agent_id
            JOIN run_unit u ON u.run_id = r.run_id AND u.unit_id = r.unit_id
            WHERE r.run_id = $1",
            self.name()
        )
    }

    /// Conditions of the filter that apply to this table.
    fn conditions(self, filter: &ResultFilter, values: &mut Vec<Value>) -> Result<String, StoreError> {
        let mut conditions = String::new();
        if let Some(unit) = filter.unit {
            values.push(unit.into());
            conditions.push_str(&format!(
                " AND r.unit_id IN (
                    WITH RECURSIVE below (unit_id) AS (
                        SELECT unit_id FROM run_unit WHERE run_id = $1 AND unit_id = ${at}
                        UNION SELECT child.unit_id FROM run_unit child JOIN below ON child.parent_id = below.unit_id
                        WHERE child.run_id = $1
                    )
                    SELECT unit_id FROM below)",
                at = values.len()
            ));
        }
        if self == Self::Scorecards {
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
}

impl Store {
    /// Rows after the employee number `after`, in its order.
    pub(super) async fn results_page<T: FromQueryResult>(
        &self,
        table: Table,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<T>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into(), after.unwrap_or_default().into()];
        let conditions = table.conditions(filter, &mut values)?;
        let text = format!(
            "{} AND r.employee_number > $2{conditions} ORDER BY r.employee_number LIMIT {}",
            table.select(),
            limit.saturating_add(1)
        );
        let rows: Vec<T> = fetch(&self.readers, "listing results", text, values).await?;
        Ok(Page::cut(rows, limit))
    }

    /// One agent's row.
    pub(super) async fn result_of<T: FromQueryResult>(
        &self,
        table: Table,
        run_id: i64,
        employee_number: &str,
    ) -> Result<Option<T>, StoreError> {
        let text = format!("{} AND r.employee_number = $2", table.select());
        let values = [run_id.into(), employee_number.into()];
        let rows: Vec<T> = fetch(&self.readers, "looking up a result", text, values).await?;
        Ok(rows.into_iter().next())
    }
}
