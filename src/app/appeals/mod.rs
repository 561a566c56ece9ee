//! Appeals: raised by agents in time, decided by somebody who neither scored nor reviewed them.

mod decide;
mod evidence;
mod raise;
mod summary;

use std::collections::BTreeMap;

use uuid::Uuid;

pub(super) use decide::same_engine;
pub use decide::{DecisionOrder, OtherRating, Variation, Verdict};
pub use evidence::EvidenceOrder;
pub use raise::AppealOrder;
pub use summary::{AppealShare, AppealSummary};

use super::read::number;
use super::{App, AppError, Change, Slice};
use crate::app::refusal::{Why, too_long};
use crate::domain::appeal::AppealState;
use crate::domain::authority::{Act, Reach};
use crate::store::{Appeal, AppealFilter, Cycle, Doer, Evidence, Page};

/// Longest text of an appeal or a decision, in characters.
const LONGEST_TEXT: usize = 4_000;

/// An appeal with the names a reader wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealView {
    pub appeal: Appeal,
    /// Code of the cycle.
    pub cycle: String,
    /// A login, or `operator:` and the system's user.
    pub assigned_to: Option<String>,
    pub decided_by: Option<String>,
    /// Number of the revision that took the result's place.
    pub revision: Option<i64>,
    /// The files; empty in lists.
    pub evidence: Vec<Evidence>,
}

impl App {
    /// Appeals of a cycle, oldest first, of whom whoever asks may decide about, audits, or is. The key of an appeal is its internal number.
    pub async fn appeals(
        &self,
        code: &str,
        slice: &Slice,
        state: Option<AppealState>,
    ) -> Result<Page<AppealView>, AppError> {
        self.appeals_of_unit(code, slice, state, None).await
    }

    /// The same, of results in this unit and below it.
    pub async fn appeals_of_unit(
        &self,
        code: &str,
        slice: &Slice,
        state: Option<AppealState>,
        unit: Option<&str>,
    ) -> Result<Page<AppealView>, AppError> {
        let reach = self.reach_of_appeals()?;
        let cycle = self.cycle(code).await?;
        let unit = match unit {
            Some(unit) => Some(self.unit(unit).await?.id),
            None => None,
        };
        let after = slice.after.as_deref().map(number).transpose()?;
        let Some(run) = cycle.current_run_id else { return Ok(Page { rows: Vec::new(), more: false }) };
        let filter = AppealFilter { reach, state, unit };
        let page = self.store.appeals_page(run, after, slice.limit.into(), &filter).await?;
        let detail = format!("after={} rows={}", after.unwrap_or_default(), page.rows.len());
        self.recorded_list(&filter.reach, Change::new("appeal.list", "cycle", code).detail(detail)).await?;
        let mut logins = BTreeMap::new();
        let mut rows = Vec::with_capacity(page.rows.len());
        for appeal in page.rows {
            rows.push(self.view_of(appeal, &cycle.code, &mut logins).await?);
        }
        Ok(Page { rows, more: page.more })
    }

    /// Every appeal of whoever asks, the newest first.
    pub async fn own_appeals(&self) -> Result<Vec<AppealView>, AppError> {
        let Some(agent) = self.reach(Act::Respond)?.agent else { return Ok(Vec::new()) };
        self.views_of(self.store.appeals_of(agent).await?.into_iter().rev()).await
    }

    /// Open appeals that whoever asks is to decide, the oldest first.
    pub async fn appeals_to_decide(&self) -> Result<Vec<AppealView>, AppError> {
        self.reach(Act::DecideAppeals)?;
        let Some(account) = self.actor.own_account() else { return Ok(Vec::new()) };
        let assigned = self.store.appeals_assigned_to(account.id).await?;
        let read = Change::new("appeal.list_assigned", "account", account.public_id);
        let read = read.detail(format_args!("rows={}", assigned.len()));
        self.recorded_read(read).await?;
        self.views_of(assigned.into_iter()).await
    }

    async fn views_of(&self, appeals: impl Iterator<Item = Appeal>) -> Result<Vec<AppealView>, AppError> {
        let (mut codes, mut logins, mut views) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for appeal in appeals {
            let cycle = match codes.get(&appeal.cycle_id) {
                Some(code) => String::clone(code),
                None => {
                    let cycle = self.store.cycle_by_id(appeal.cycle_id).await?;
                    let code = cycle.map(|cycle| cycle.code).unwrap_or_default();
                    codes.insert(appeal.cycle_id, code.clone());
                    code
                }
            };
            views.push(self.view_of(appeal, &cycle, &mut logins).await?);
        }
        Ok(views)
    }

    /// One appeal with its files.
    pub async fn appeal(&self, id: Uuid) -> Result<AppealView, AppError> {
        let (appeal, cycle) = self.seen_appeal(id).await?;
        let read = Change::new("appeal.read", "appeal", id).detail(format_args!("agent={}", appeal.employee_number));
        self.recorded_read_of(appeal.agent_id, read).await?;
        self.whole_view(appeal, &cycle).await
    }

    async fn whole_view(&self, appeal: Appeal, cycle: &Cycle) -> Result<AppealView, AppError> {
        let evidence = self.store.evidence_of(appeal.id).await?;
        let view = self.view_of(appeal, &cycle.code, &mut BTreeMap::new()).await?;
        Ok(AppealView { evidence, ..view })
    }

    async fn view_of(
        &self,
        appeal: Appeal,
        cycle: &str,
        logins: &mut BTreeMap<i64, Option<String>>,
    ) -> Result<AppealView, AppError> {
        let revision = match appeal.revision_run_id {
            Some(run) => self.store.run(run).await?.map(|run| run.revision),
            None => None,
        };
        Ok(AppealView {
            cycle: cycle.to_owned(),
            assigned_to: self.login_of(appeal.assigned_to.as_ref(), logins).await?,
            decided_by: self.login_of(appeal.decided_by.as_ref(), logins).await?,
            revision,
            evidence: Vec::new(),
            appeal,
        })
    }

    async fn login_of(
        &self,
        doer: Option<&Doer>,
        logins: &mut BTreeMap<i64, Option<String>>,
    ) -> Result<Option<String>, AppError> {
        match doer {
            None => Ok(None),
            Some(Doer::Operator(name)) => Ok(Some(name.clone())),
            Some(Doer::Account(id)) => {
                if !logins.contains_key(id) {
                    logins.insert(*id, self.store.account(*id).await?.map(|account| account.login));
                }
                Ok(logins.get(id).cloned().flatten())
            }
        }
    }

    /// Whose appeals whoever asks may see: those they may decide about, all for who audits, and their own.
    fn reach_of_appeals(&self) -> Result<Reach, AppError> {
        let own = self.actor.reach(Act::Respond);
        let decided = self.actor.reach(Act::DecideAppeals);
        let reach = Reach {
            everything: decided.everything || self.may(Act::ReadAudit),
            units: decided.units,
            agent: own.agent,
        };
        if reach.is_nothing() { self.reach(Act::DecideAppeals) } else { Ok(reach) }
    }

    /// An appeal that whoever asks may see; any other looks like one that does not exist.
    async fn seen_appeal(&self, id: Uuid) -> Result<(Appeal, Cycle), AppError> {
        let reach = self.reach_of_appeals()?;
        let none = || AppError::NotFound(format!("there is no appeal '{id}'"));
        let appeal = self.store.appeal(id).await?.ok_or_else(none)?;
        let cycle = self.store.cycle_by_id(appeal.cycle_id).await?.ok_or_else(none)?;
        let run = cycle.current_run_id.ok_or_else(none)?;
        match self.within(run, &reach, Some((Some(appeal.agent_id), appeal.unit_id))).await? {
            true => Ok((appeal, cycle)),
            false => Err(none()),
        }
    }

    /// An appeal of whoever asks.
    async fn own_appeal(&self, id: Uuid) -> Result<(Appeal, Cycle), AppError> {
        let own = self.reach(Act::Respond)?;
        let (appeal, cycle) = self.seen_appeal(id).await?;
        match own.agent == Some(appeal.agent_id) {
            true => Ok((appeal, cycle)),
            false => Err(AppError::Forbidden("only the agent who raised an appeal adds to it or takes it back".into())),
        }
    }
}

/// A text that must be given.
fn needed(text: &str, what: &str) -> Result<String, AppError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(AppError::invalid(format!("{what}: say it in words; this is kept and shown to the agent"))
            .because(Why::WordsNeeded {})),
        1..=LONGEST_TEXT => Ok(text.to_owned()),
        long => Err(AppError::invalid(format!("{what}: {long} characters are too many; keep it to {LONGEST_TEXT}"))
            .because(too_long(LONGEST_TEXT))),
    }
}
