//! One agent's results over the cycles.

use chrono::NaiveDate;
use entity::day::Day;
use sea_orm::FromQueryResult;

use super::super::cycle::cycle_state;
use super::super::roster::read::currency_of;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use super::list::{Found, Whole};
use super::scorecards::{ScorecardColumns, ScorecardDetail};
use crate::domain::cycle::CycleState;
use crate::domain::money::Money;
use crate::domain::period::Period;

/// What stands of one agent in one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingCard {
    pub cycle: String,
    pub period: Period,
    pub state: CycleState,
    /// The run that the cycle shows, in whose tree of units the agent stands.
    pub run_id: i64,
    /// The rules that it was scored with.
    pub ruleset_hash: String,
    /// Whether it was published to the agent.
    pub published: bool,
    pub detail: ScorecardDetail,
    /// What is paid; `None` without a payout.
    pub paid: Option<Money>,
}

#[derive(FromQueryResult)]
struct StandingRow {
    #[sea_orm(nested)]
    whole: Whole<Found<ScorecardColumns>>,
    cycle: String,
    first_day: Day,
    last_day: Day,
    cycle_state: String,
    current_run_id: i64,
    ruleset_hash: String,
    published: i64,
    amount_minor: Option<i64>,
    currency: Option<String>,
}

impl TryFrom<StandingRow> for StandingCard {
    type Error = StoreError;

    fn try_from(row: StandingRow) -> Result<Self, StoreError> {
        let paid = match row.amount_minor.zip(row.currency) {
            Some((minor, currency)) => Some(Money { minor, currency: currency_of(currency)? }),
            None => None,
        };
        Ok(Self {
            cycle: row.cycle,
            period: Period { first: row.first_day.0, last: row.last_day.0 },
            state: cycle_state(row.cycle_state)?,
            run_id: row.current_run_id,
            ruleset_hash: row.ruleset_hash,
            published: row.published != 0,
            detail: row.whole.try_into()?,
            paid,
        })
    }
}

impl Store {
    /// What stands of an agent in the cycles that begin on `until` or before, the newest first, at most `limit`; whoever asks has to leave out what is
    /// not to be seen.
    pub async fn standing_cards(
        &self,
        agent_id: i64,
        until: NaiveDate,
        limit: u64,
    ) -> Result<Vec<StandingCard>, StoreError> {
        let text = format!(
            "SELECT r.agent_id, r.public_id, r.employee_number, r.unit_id, r.post, r.card, r.state, r.total, r.printed, r.rating, r.working,
                a.name AS agent_name, u.code AS unit_code,
                c.code AS cycle, c.first_day, c.last_day, c.state AS cycle_state, c.current_run_id, q.ruleset_hash,
                CAST(CASE WHEN x.published_at IS NULL THEN 0 ELSE 1 END AS BIGINT) AS published,
                p.amount_minor, p.currency
            FROM cycle c
            LEFT JOIN agent_result x ON x.cycle_id = c.id AND x.agent_id = $1
            JOIN scorecard r ON r.run_id = COALESCE(x.revised_run_id, c.current_run_id) AND r.agent_id = $1
            JOIN run q ON q.id = r.run_id
            JOIN agent a ON a.id = $1
            JOIN run_unit u ON u.run_id = c.current_run_id AND u.unit_id = r.unit_id
            LEFT JOIN payout p ON p.run_id = COALESCE(x.paid_run_id, c.current_run_id) AND p.agent_id = $1
            WHERE c.first_day <= $2 ORDER BY c.first_day DESC, c.code LIMIT {limit}"
        );
        let values = [agent_id.into(), Day(until).into()];
        let rows: Vec<StandingRow> = fetch(&self.readers, "reading an agent's results", text, values).await?;
        rows.into_iter().map(StandingCard::try_from).collect()
    }
}
