//! Reading payouts.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::packed::unpack;
use super::super::roster::read::currency_of;
use super::super::{Page, ResultFilter, Store, StoreError};
use super::codes::from_code;
use super::list::{Found, Row, Take, Whole};
use super::sums::{Adding, Sum};
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
pub(super) struct PayoutColumns {
    pub(super) agent_id: i64,
    pub(super) public_id: Uuid,
    employee_number: String,
    unit_id: i64,
    plan: String,
    withheld: Option<String>,
    amount_minor: i64,
    currency: String,
}

impl Row for PayoutColumns {
    const TABLE: &'static str = "payout";
    const COLUMNS: &'static str = "r.plan, r.withheld, r.amount_minor, r.currency";
    const RATED: bool = false;
}

impl PayoutColumns {
    fn withheld(&self) -> Result<Option<Withheld>, StoreError> {
        self.withheld.clone().map(|reason| from_code("why a payout is withheld", reason)).transpose()
    }

    /// The payout as it was computed; the working holds its steps.
    pub(super) fn result(&self, working: &[u8]) -> Result<PayoutResult, StoreError> {
        Ok(PayoutResult {
            plan: self.plan.clone(),
            withheld: self.withheld()?,
            amount_minor: self.amount_minor,
            currency: currency_of(self.currency.clone())?,
            steps: unpack(format_args!("the payout of {}", self.employee_number), working)?,
        })
    }
}

impl TryFrom<Found<PayoutColumns>> for PayoutSummary {
    type Error = StoreError;

    fn try_from(found: Found<PayoutColumns>) -> Result<Self, StoreError> {
        let row = found.row;
        Ok(Self {
            withheld: row.withheld()?,
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            plan: row.plan,
            amount: Money { minor: row.amount_minor, currency: currency_of(row.currency)? },
        })
    }
}

impl TryFrom<Whole<Found<PayoutColumns>>> for PayoutDetail {
    type Error = StoreError;

    fn try_from(whole: Whole<Found<PayoutColumns>>) -> Result<Self, StoreError> {
        let result = whole.row.row.result(&whole.working)?;
        Ok(Self { summary: whole.row.try_into()?, result })
    }
}

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct TotalRow {
    currency: String,
    amount_minor: i64,
    payable: i64,
    withheld: i64,
}

impl Sum for TotalRow {
    type Of = String;

    fn of(&self) -> String {
        self.currency.clone()
    }

    fn add(&mut self, change: &Self) {
        self.amount_minor = self.amount_minor.saturating_add(change.amount_minor);
        self.payable += change.payable;
        self.withheld += change.withheld;
    }

    fn is_of_none(&self) -> bool {
        self.payable == 0 && self.withheld == 0
    }
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
        self.results_page::<Found<PayoutColumns>>(run_id, after, limit, filter).await?.convert()
    }

    /// As [`Store::payouts_page`], with steps.
    pub async fn payout_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PayoutDetail>, StoreError> {
        self.results_page::<Whole<Found<PayoutColumns>>>(run_id, after, limit, filter).await?.convert()
    }

    /// One agent's payout of a run, with steps.
    pub async fn payout(&self, run_id: i64, employee_number: &str) -> Result<Option<PayoutDetail>, StoreError> {
        let found: Option<Whole<Found<PayoutColumns>>> = self.result_of(run_id, employee_number).await?;
        found.map(PayoutDetail::try_from).transpose()
    }

    /// One sum a currency, in order of its code.
    pub async fn payout_totals(&self, run_id: i64, take: Take) -> Result<Vec<PayoutTotal>, StoreError> {
        let text = |rows: &str| {
            format!(
                "SELECT r.currency, CAST(SUM(r.times * r.amount_minor) AS BIGINT) AS amount_minor,
                    CAST(SUM(CASE WHEN r.withheld IS NULL THEN r.times ELSE 0 END) AS BIGINT) AS payable,
                    CAST(SUM(CASE WHEN r.withheld IS NULL THEN 0 ELSE r.times END) AS BIGINT) AS withheld
                FROM {rows} GROUP BY r.currency"
            )
        };
        let columns = "r.currency, r.amount_minor, r.withheld";
        let adding = Adding { step: "adding up payouts", columns, text: &text, values: vec![run_id.into()] };
        let rows = self.summed::<PayoutColumns, TotalRow>(&self.sums.payouts, take, adding).await?;
        rows.into_iter().map(PayoutTotal::try_from).collect()
    }
}

impl TryFrom<TotalRow> for PayoutTotal {
    type Error = StoreError;

    fn try_from(row: TotalRow) -> Result<Self, StoreError> {
        let TotalRow { currency, amount_minor, payable, withheld } = row;
        let [payable, withheld] = [payable, withheld].map(|agents| u64::try_from(agents).unwrap_or_default());
        Ok(Self { currency: currency_of(currency)?, amount_minor, payable, withheld })
    }
}
