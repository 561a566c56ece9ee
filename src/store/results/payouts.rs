//! Reading payouts.

use uuid::Uuid;

use super::super::{Page, ResultFilter, Store, StoreError};
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

impl Store {
    /// Payouts of a run after the employee number `after`, in its order.
    pub async fn payouts_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PayoutSummary>, StoreError> {
        todo!()
    }

    /// As [`Store::payouts_page`], with steps.
    pub async fn payout_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PayoutDetail>, StoreError> {
        todo!()
    }

    /// One agent's payout of a run, with steps.
    pub async fn payout(&self, run_id: i64, employee_number: &str) -> Result<Option<PayoutDetail>, StoreError> {
        todo!()
    }

    /// One sum a currency, in order of its code.
    pub async fn payout_totals(&self, run_id: i64) -> Result<Vec<PayoutTotal>, StoreError> {
        todo!()
    }
}
