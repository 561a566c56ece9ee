//! Reading payouts.

use entity::payout;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::roster::read::currency_of;
use super::super::write::fetch;
use super::super::{Page, ResultFilter, Store, StoreError};
use super::list::Table;
use super::pay::{Steps, withheld};
use crate::domain::money::{Currency, Money};
use crate::domain::payout::{PayoutResult, Withheld};

/// A payout without its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSummary {
    pub public_id: Uuid,
    pub agent_id: i64,
    pub employee_number: String,
    pub agent_name: String,
    pub unit_id: i64,
    pub unit_code: String,
    pub plan: String,
    pub withheld: Option<Withheld>,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutDetail {
    pub summary: PayoutSummary,
    pub result: PayoutResult,
}

/// The sum of a run's payouts in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutTotal {
    pub currency: Currency,
    pub amount_minor: i64,
    /// Payouts that are not withheld.
    pub payable: u64,
    pub withheld: u64,
}

#[derive(FromQueryResult)]
struct FoundPayout {
    #[sea_orm(nested)]
    row: payout::Model,
    agent_name: String,
    unit_code: String,
}

impl TryFrom<FoundPayout> for PayoutSummary {
    type Error = StoreError;

    fn try_from(found: FoundPayout) -> Result<Self, StoreError> {
        let withheld = withheld(&found.row)?;
        let row = found.row;
        Ok(Self {
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            plan: row.plan,
            withheld,
            amount: Money { minor: row.amount_minor, currency: currency_of(row.currency)? },
        })
    }
}

#[derive(FromQueryResult)]
struct TotalRow {
    currency: String,
    amount_minor: i64,
    payable: i64,
    withheld: i64,
}

impl Store {
    /// Payouts of a run after the employee number `after`, in its order.
    pub async fn payouts_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PayoutSummary>, StoreError> {
        let page: Page<FoundPayout> = self.results_page(Table::Payouts, run_id, after, limit, filter).await?;
        let rows = page.rows.into_iter().map(PayoutSummary::try_from).collect::<Result<_, _>>()?;
        Ok(Page { rows, more: page.more })
    }

    /// As [`Store::payouts_page`], with steps.
    pub async fn payout_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PayoutDetail>, StoreError> {
        let page: Page<FoundPayout> = self.results_page(Table::Payouts, run_id, after, limit, filter).await?;
        Ok(Page { rows: self.payout_details(page.rows).await?, more: page.more })
    }

    /// One agent's payout of a run, with steps.
    pub async fn payout(&self, run_id: i64, employee_number: &str) -> Result<Option<PayoutDetail>, StoreError> {
        let row: Option<FoundPayout> = self.result_of(Table::Payouts, run_id, employee_number).await?;
        Ok(self.payout_details(row.into_iter().collect()).await?.pop())
    }

    /// One sum a currency, in order of its code.
    pub async fn payout_totals(&self, run_id: i64) -> Result<Vec<PayoutTotal>, StoreError> {
        let text = "SELECT currency, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor,
                COUNT(CASE WHEN withheld IS NULL THEN 1 END) AS payable, COUNT(withheld) AS withheld
            FROM payout WHERE run_id = $1 GROUP BY currency ORDER BY currency";
        let rows: Vec<TotalRow> = fetch(&self.readers, "adding up payouts", text, [run_id.into()]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(PayoutTotal {
                    currency: currency_of(row.currency)?,
                    amount_minor: row.amount_minor,
                    payable: u64::try_from(row.payable).unwrap_or_default(),
                    withheld: u64::try_from(row.withheld).unwrap_or_default(),
                })
            })
            .collect()
    }

    async fn payout_details(&self, rows: Vec<FoundPayout>) -> Result<Vec<PayoutDetail>, StoreError> {
        let ids: Vec<i64> = rows.iter().map(|found| found.row.id).collect();
        let mut steps = Steps::load(&self.readers, &ids).await?;
        rows.into_iter()
            .map(|found| {
                let result = steps.payout(&found.row)?;
                Ok(PayoutDetail { summary: found.try_into()?, result })
            })
            .collect()
    }
}
