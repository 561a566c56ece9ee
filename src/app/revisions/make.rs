//! Computing one agent's result anew, with what all agents of the base run have in common.

use std::collections::BTreeMap;

use super::super::appraise::row as result_row;
use super::super::assess::Assessor;
use super::super::snapshot::{Digests, Member, digest, frozen_attributes, frozen_stretches, member_of, row};
use super::super::{App, AppError, Clock};
use crate::app::refusal::Why;
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::store::{LiveAgent, PackedResult, Run, SnapshotRow};

/// Packed for no run; the store puts results under the run it makes.
const NO_RUN: i64 = 0;

/// What stands for an agent.
pub(in crate::app) struct Standing {
    pub member: Member,
    /// The revision; `None` for the cycle's own result.
    pub stood: Option<i64>,
}

/// A result that was computed.
pub(in crate::app) struct Made {
    pub snapshot: SnapshotRow,
    /// `None` where no card measures what the agent did.
    pub packed: Option<PackedResult>,
    /// By which it is the same as another or not.
    pub digest: Option<[u8; 32]>,
    pub payable: Option<Money>,
}

impl Made {
    pub(in crate::app) fn of(assessor: &Assessor<'_>, clock: Clock, member: &Member) -> Result<Self, AppError> {
        let snapshot = row(member)?;
        let Some(assessment) = assessor.assess(&member.snapshot)? else {
            return Ok(Self { snapshot, packed: None, digest: None, payable: None });
        };
        let (unit, result) = result_row(member, assessment, || clock.new_id());
        let packed = result.packed(NO_RUN)?;
        let paid = result.payout.map(|payout| payout.result).filter(|payout| payout.withheld.is_none());
        Ok(Self {
            snapshot,
            digest: Some(packed.digest(&unit)),
            payable: paid.map(|payout| Money { minor: payout.amount_minor, currency: payout.currency }),
            packed: Some(packed),
        })
    }
}

/// The hashes of a revision: of its agents' snapshots with that of the base run, whose common figures they were assessed with, and of the
/// results.
pub(in crate::app) fn hashes<'m>(
    base: &Run,
    made: impl Iterator<Item = (&'m SnapshotRow, Option<[u8; 32]>)>,
) -> (String, String) {
    let (mut snapshots, mut results) = (Digests::default(), Digests::default());
    snapshots.add("", digest(base.snapshot_hash.as_deref().unwrap_or_default().as_bytes()));
    for (row, result) in made {
        snapshots.add(&row.employee_number, digest(&row.snapshot));
        if let Some(result) = result {
            results.add(&row.employee_number, result);
        }
    }
    (snapshots.finish(), results.finish())
}

/// Puts roster, leave and facts of now in the place of the frozen ones; what people judged and decided stays.
///
/// Errors: `Refused` for a unit that the base run does not have.
pub(in crate::app) fn renew(
    member: &mut Member,
    live: Option<LiveAgent>,
    leave: Vec<Period>,
    codes: &BTreeMap<i64, String>,
) -> Result<(), AppError> {
    member.snapshot.leave = leave;
    let Some(live) = live else {
        member.snapshot.stretches.clear();
        return Ok(());
    };
    if live.stretches.iter().any(|stretch| !codes.contains_key(&stretch.unit_id)) {
        return Err(AppError::refused(format!(
            "{}: was assigned to a unit that did not exist when the cycle was frozen, so there is nothing to compare with",
            live.employee_number
        )).because(Why::UnitNotThen {}));
    }
    if let Some(last) = live.stretches.last() {
        member.unit_id = last.unit_id;
    }
    member.snapshot.attributes = frozen_attributes(&live.attributes);
    member.snapshot.stretches = frozen_stretches(codes, live.stretches);
    Ok(())
}

impl App {
    /// What stands for an agent of the base run. Errors: `NotFound` for who is not in its snapshot.
    pub(in crate::app) async fn standing(&self, base: &Run, agent_id: i64) -> Result<Standing, AppError> {
        let stood = self.store.agent_result(base.cycle_id, agent_id).await?.and_then(|result| result.revised_run_id);
        let found = self.store.snapshot_of(stood.unwrap_or(base.id), agent_id).await?;
        let found = found.ok_or_else(|| AppError::NotFound("the agent is not in the cycle's snapshot".into()))?;
        Ok(Standing { member: member_of(&found)?, stood })
    }
}
