//! What payouts come to, by what they were earned under.

use sea_orm::{FromQueryResult, Value};

use super::super::reach::result_condition;
use super::super::roster::read::currency_of;
use super::super::{Store, StoreError};
use super::codes::from_code;
use super::list::Take;
use super::payouts::PayoutColumns;
use super::sums::{Adding, Sum};
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

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct GroupRow {
    unit_id: i64,
    plan: String,
    card: String,
    rating: Option<String>,
    withheld: Option<String>,
    currency: String,
    amount_minor: i64,
    agents: i64,
}

impl Sum for GroupRow {
    type Of = (i64, String, String, Option<String>, Option<String>, String);

    fn of(&self) -> Self::Of {
        let Self { unit_id, plan, card, rating, withheld, currency, amount_minor: _, agents: _ } = self.clone();
        (unit_id, plan, card, rating, withheld, currency)
    }

    fn add(&mut self, change: &Self) {
        self.amount_minor = self.amount_minor.saturating_add(change.amount_minor);
        self.agents += change.agents;
    }

    fn is_of_none(&self) -> bool {
        self.agents == 0
    }
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
        let text = |rows: &str| {
            format!(
                "SELECT r.unit_id, r.plan, s.card, s.rating, r.withheld, r.currency,
                    CAST(SUM(r.times * r.amount_minor) AS BIGINT) AS amount_minor, CAST(SUM(r.times) AS BIGINT) AS agents
                FROM {rows} JOIN scorecard s ON s.run_id = r.run_id AND s.agent_id = r.agent_id WHERE 1 = 1{within}
                GROUP BY r.unit_id, r.plan, s.card, s.rating, r.withheld, r.currency"
            )
        };
        let columns = "r.run_id, r.agent_id, r.unit_id, r.plan, r.withheld, r.currency, r.amount_minor";
        let adding = Adding { step: "adding up what a cycle costs", columns, text: &text, values };
        let rows = self.summed::<PayoutColumns, GroupRow>(&self.sums.groups, take, adding).await?;
        rows.into_iter().map(PayoutGroup::try_from).collect()
    }
}
