//! What payouts come to, by what they were earned under.

use sea_orm::{FromQueryResult, Value};

use super::super::reach::result_condition;
use super::super::roster::read::currency_of;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use super::codes::from_code;
use super::list::{Take, rows_meant};
use super::payouts::PayoutColumns;
use super::sums;
use crate::domain::authority::Reach;
use crate::domain::money::Currency;
use crate::domain::payout::Withheld;

/// Payouts that have all of these in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutGroup {
    pub unit_id: i64,
    pub plan: String,
    pub card: String,
    pub rating: Option<String>,
    pub withheld: Option<Withheld>,
    pub currency: Currency,
    pub amount_minor: i64,
    pub agents: u64,
}

#[derive(FromQueryResult)]
struct GroupRow {
    unit_id: i64,
    plan: String,
    card: String,
    rating: Option<String>,
    withheld: Option<String>,
    currency: String,
    amount_minor: i64,
    agents: i64,
}

impl TryFrom<GroupRow> for PayoutGroup {
    type Error = StoreError;

    fn try_from(row: GroupRow) -> Result<Self, StoreError> {
        let GroupRow { unit_id, plan, card, rating, withheld, currency, amount_minor, agents } = row;
        let withheld = withheld.map(|reason| from_code("why a payout is withheld", reason)).transpose()?;
        let (currency, agents) = (currency_of(currency)?, u64::try_from(agents).unwrap_or_default());
        Ok(Self { unit_id, plan, card, rating, withheld, currency, amount_minor, agents })
    }
}

impl Store {
    /// The payouts of a run within reach, added up by unit, plan, card, rating, why nothing is paid, and currency.
    pub async fn payout_groups(&self, run_id: i64, take: Take, reach: &Reach) -> Result<Vec<PayoutGroup>, StoreError> {
        let mut values: Vec<Value> = vec![run_id.into()];
        let within = result_condition(reach, None, "r.unit_id", &mut values);
        let columns = "r.run_id, r.agent_id, r.unit_id, r.plan, r.withheld, r.currency, r.amount_minor";
        let text = format!(
            "SELECT r.unit_id, r.plan, s.card, s.rating, r.withheld, r.currency,
                CAST(SUM(r.amount_minor) AS BIGINT) AS amount_minor, COUNT(*) AS agents
            FROM (SELECT {columns} FROM {}{within}) r
            JOIN scorecard s ON s.run_id = r.run_id AND s.agent_id = r.agent_id
            GROUP BY r.unit_id, r.plan, s.card, s.rating, r.withheld, r.currency",
            rows_meant::<PayoutColumns>(take, columns)
        );
        let key = sums::key(run_id, take, &text, &values);
        if let Some(known) = self.sums.groups.known(key.as_deref()) {
            return Ok(known);
        }
        let rows: Vec<GroupRow> = fetch(&self.readers, "adding up what a cycle costs", text, values).await?;
        let groups = rows.into_iter().map(PayoutGroup::try_from).collect::<Result<_, _>>()?;
        Ok(self.sums.groups.keep(key, groups))
    }
}
