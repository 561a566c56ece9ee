//! Reading what corrections of other cycles are paid with a cycle.

use super::super::read::number;
use super::super::{App, AppError, Change, Slice};
use crate::domain::authority::Act;
use crate::store::{Page, PayAdjustment};

impl App {
    /// Adjustments posted in a cycle, in the order they were; for payroll once the cycle is final. The key is the internal number.
    pub async fn adjustments(&self, code: &str, slice: &Slice) -> Result<Page<PayAdjustment>, AppError> {
        self.reach(Act::ReadPay)?;
        let cycle = self.cycle(code).await?;
        let reach = self.actor.reach_results(Act::ReadPay, cycle.state);
        let after = slice.after.as_deref().map(number).transpose()?;
        let within = (&reach, self.clock.today());
        let page = self.store.adjustments_page(cycle.id, after, slice.limit.into(), within).await?;
        let detail = format!("after={} rows={}", after.unwrap_or_default(), page.rows.len());
        self.recorded_list(&reach, Change::new("adjustment.list", "cycle", code).detail(detail)).await?;
        Ok(page)
    }
}
