//! Differences in pay that corrections of final results make, posted in cycles that are still open. They are only ever appended.

use chrono::{DateTime, Utc};
use entity::pay_adjustment;
use sea_orm::{DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use super::super::cycle::Cycle;
use super::super::reach::agent_condition;
use super::super::roster::read::currency_of;
use super::super::write::{execute, fetch, fetch_one, instant, plain};
use super::super::{Page, Store, StoreError, bulk};
use super::write::NewRevision;
use crate::domain::authority::Reach;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::money::Money;

const STEP: &str = "posting adjustments of pay";

/// A difference to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdjustment {
    pub public_id: Uuid,
    /// Never zero.
    pub amount: Money,
}

/// A posted difference, with the names a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayAdjustment {
    pub id: i64,
    pub public_id: Uuid,
    pub employee_number: String,
    pub agent_name: String,
    /// Code of the cycle whose result was corrected.
    pub of_cycle: String,
    /// The number of the correction.
    pub revision: i64,
    pub amount: Money,
    pub reason: String,
    pub posted_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    public_id: Uuid,
    employee_number: String,
    agent_name: String,
    of_cycle: String,
    revision: i64,
    amount_minor: i64,
    currency: String,
    reason: String,
    posted_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Posted {
    adjustments: i64,
}

#[derive(FromQueryResult)]
struct OpenCycle {
    id: i64,
    code: String,
}

impl TryFrom<Row> for PayAdjustment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            public_id: row.public_id,
            employee_number: row.employee_number,
            agent_name: row.agent_name,
            of_cycle: row.of_cycle,
            revision: row.revision,
            amount: Money { minor: row.amount_minor, currency: currency_of(row.currency)? },
            reason: row.reason,
            posted_at: row.posted_at,
        })
    }
}

/// The states in which a cycle takes adjustments: those from which it can be cancelled, which are all before publication.
fn open_states() -> String {
    CycleAct::Cancel.from().iter().map(|state: &CycleState| format!("'{state}'")).collect::<Vec<_>>().join(", ")
}

/// Posts the revision's adjustments in the cycle it names, which stays open until the transaction ends.
pub(super) async fn post(
    tx: &DatabaseTransaction,
    of: &Cycle,
    run_id: i64,
    new: &NewRevision,
) -> Result<(), StoreError> {
    if new.agents.iter().all(|agent| agent.adjustments.is_empty()) {
        return Ok(());
    }
    let not_postable = || StoreError::NotPostable { code: of.code.clone() };
    let cycle_id = new.post_in.ok_or_else(not_postable)?;
    let text = format!("UPDATE cycle SET state = state WHERE id = $1 AND state IN ({})", open_states());
    if execute(tx, STEP, text, [cycle_id.into()]).await? != 1 {
        return Err(not_postable());
    }
    let next = "SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) AS adjustments FROM pay_adjustment";
    let last: Option<Posted> = fetch_one(tx, STEP, next, []).await?;
    let mut id = last.map_or(0, |last| last.adjustments);
    let mut rows = Vec::new();
    for agent in &new.agents {
        for NewAdjustment { public_id, amount } in &agent.adjustments {
            id += 1;
            rows.push(pay_adjustment::Model {
                id,
                public_id: *public_id,
                cycle_id,
                of_cycle_id: of.id,
                agent_id: agent.snapshot.agent_id,
                employee_number: agent.snapshot.employee_number.clone(),
                revision_run_id: run_id,
                amount_minor: amount.minor,
                currency: amount.currency.code().to_owned(),
                reason: plain(&new.reason),
                posted_at: instant(new.at),
            });
        }
    }
    bulk::insert::<pay_adjustment::Entity>(tx, STEP, rows).await
}

/// Refuses to cancel a cycle that adjustments are posted in: they would be paid to nobody.
pub(in super::super) async fn refuse_posted(tx: &DatabaseTransaction, cycle: &Cycle) -> Result<(), StoreError> {
    let text = "SELECT COUNT(*) AS adjustments FROM pay_adjustment WHERE cycle_id = $1";
    let posted: Option<Posted> = fetch_one(tx, STEP, text, [cycle.id.into()]).await?;
    match posted.map_or(0, |posted| posted.adjustments) {
        0 => Ok(()),
        adjustments => Err(StoreError::HoldsAdjustments { code: cycle.code.clone(), adjustments }),
    }
}

impl Store {
    /// The cycle that begins first of those that are not yet published: its id and code.
    pub async fn first_open_cycle(&self) -> Result<Option<(i64, String)>, StoreError> {
        let text =
            format!("SELECT id, code FROM cycle WHERE state IN ({}) ORDER BY first_day, id LIMIT 1", open_states());
        let found: Option<OpenCycle> = fetch_one(&self.readers, "looking for an open cycle", text, []).await?;
        Ok(found.map(|cycle| (cycle.id, cycle.code)))
    }

    /// Adjustments posted in a cycle after the number `after`, in their order, of agents within reach as of `day`.
    pub async fn adjustments_page(
        &self,
        cycle_id: i64,
        after: Option<i64>,
        limit: u64,
        (reach, day): (&Reach, chrono::NaiveDate),
    ) -> Result<Page<PayAdjustment>, StoreError> {
        let mut values = vec![cycle_id.into(), after.unwrap_or_default().into()];
        let condition = agent_condition(reach, day, &mut values);
        let text = format!(
            "SELECT p.id, p.public_id, p.employee_number, a.name AS agent_name, c.code AS of_cycle, r.revision, p.amount_minor,
                p.currency, p.reason, p.posted_at
            FROM pay_adjustment p JOIN agent a ON a.id = p.agent_id JOIN cycle c ON c.id = p.of_cycle_id
            JOIN run r ON r.id = p.revision_run_id
            WHERE p.cycle_id = $1 AND p.id > $2{condition} ORDER BY p.id LIMIT {}",
            limit.saturating_add(1)
        );
        let rows: Vec<Row> = fetch(&self.readers, "listing adjustments of pay", text, values).await?;
        Page::cut(rows, limit).convert()
    }
}
