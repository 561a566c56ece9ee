//! The database: connect, one repository a table group, bulk paths. Plain structs go in and come out; entities stay inside.
//!
//! SQLite and PostgreSQL run the same code. Every public operation that writes is one transaction.

mod access;
mod agent_results;
mod appeals;
mod audit;
mod backup;
mod benchmark;
mod bulk;
mod calibration;
mod connect;
mod cycle;
mod cycle_events;
mod deadlines;
mod dictionary;
mod error;
mod exemption;
mod facts;
mod jobs;
mod notices;
mod packed;
#[cfg(test)]
mod plan_of;
mod ratings;
mod reach;
mod results;
mod reviews;
mod revisions;
mod roster;
mod rules;
mod runs;
mod schema;
mod upkeep;
mod write;

pub use access::account::{Account, AccountChange, AccountKind, NewAccount};
pub use access::contact::Contact;
pub use access::failure::TrySubject;
pub use access::grant::{NewGrant, StoredGrant};
pub use access::holder::HeldToken;
pub use access::identity::{LinkedIdentity, NewIdentity};
pub use access::kept_answer::{Claim, KeptAnswer, RequestKey};
pub use access::password::{Link, LinkPurpose, NewLink};
pub use access::session::{NewSession, Session};
pub use access::token::{NewToken, Token, TokenKind};
pub use agent_results::read::{AgentResult, ResultCount};
pub use appeals::evidence::{Evidence, EvidenceFile, NewEvidence};
pub use appeals::read::{Appeal, AppealFilter, AppealTally};
pub use appeals::write::{Decision, NewAppeal};
pub use audit::read::{AuditEntry, AuditFilter, AuditHead};
pub use backup::{CopyState, DatabasePlace, Vacated, examine_copy};
pub use calibration::read::{Calibration, CalibrationState, PastScore};
pub use calibration::write::NewCalibration;
pub use connect::{Engine, PoolUse, Store};
pub use cycle::{Cycle, NewCycle};
pub use cycle_events::{CycleEvent, Doer, NewCycleEvent};
pub use deadlines::OpenWork;
pub use error::StoreError;
pub use exemption::{NewExemption, StandingExemption};
pub use facts::commit::{AgentRef, CommitPull, FactChanges, FactSet, PreviewPull, UploadedFacts, Window};
pub use facts::pull::{NewPull, Pull, PullCounts, PullReason, PullState, RejectedRow};
pub use facts::read::StoredFact;
pub use jobs::ask::NewJob;
pub use jobs::file::{JobFile, NewJobFile};
pub use jobs::hold::{Beat, Held, JobEnd};
pub use jobs::read::{Job, JobFilter, JobProblem, LastDue};
pub use notices::append::{Audience, NewNotices};
pub use notices::hold::{HeldNotice, HeldWebhook, NoticeEnd};
pub use notices::read::{Notice, NoticeFilter};
pub use notices::webhook::{NewWebhook, Webhook, WebhookChange};
pub use packed::{pack, unpack};
pub use ratings::import::{RatingChanges, RatingRow};
pub use ratings::problem::RatingProblem;
pub use ratings::read::{AgentRatings, HeldPost};
pub use results::cost::PayoutGroup;
pub use results::course::StandingCard;
pub use results::list::{ScoreOrder, Take};
pub use results::packed::PackedResult;
pub use results::payouts::{PayoutDetail, PayoutSummary, PayoutTotal};
pub use results::plans::{PlanDetail, PlanSummary};
pub use results::rows::{PayoutRow, PlanRow, ResultRow};
pub use results::scorecards::{ResultFilter, ScorecardDetail, ScorecardSummary};
pub use results::units::{UnitFilter, UnitResultRow, UnitScorecardDetail, UnitScorecardSummary};
pub use results::waits::Waiting;
pub use reviews::read::{Review, ReviewAnswer, ReviewStanding, ReviewTask, ReviewToWrite};
pub use reviews::write::{Invitation, ReviewDraft};
pub use revisions::adjustments::{NewAdjustment, PayAdjustment};
pub use revisions::read::{StandingAgent, StandingRuns, StoredRevision};
pub use revisions::write::{NewRevision, RevisedAgent, RevisionKind};
pub use roster::import::{AgentRow, AssignmentRow, RosterChanges, RosterImport, UnitRow};
pub use roster::leave::{Leave, LeaveChanges, LeaveProblem, LeaveRow};
pub use roster::list::{PeopleFilter, PeopleOrder, PeopleState, Person};
pub use roster::problem::{PostStretch, RosterProblem};
pub use roster::read::{Agent, AgentFilter, AgentKey, Assignment, Unit};
pub use roster::upload::{NewUpload, Upload};
pub use rules::add::{KeptRuleset, NewRuleset};
pub use rules::problem::VersionProblem;
pub use rules::read::{RuleVersion, StoredRuleset};
pub use runs::begin::{CompleteRun, NewRun, Run, RunState, ShownRun};
pub use runs::history::{EarlierRun, PastLine};
pub use runs::live::{LiveAgent, LiveStretch, LiveView};
pub use runs::snapshot::{RunUnit, SnapshotRow};
pub use schema::SchemaState;
pub use upkeep::{Cleared, Ended};

/// Makes the public id of the next new row: UUID v7, from the caller's generator.
pub type Ids<'a> = &'a mut (dyn FnMut() -> uuid::Uuid + Send);

/// Rows of a list in key order; ask again with the last row's key while there is more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub more: bool,
}

impl<T> Page<T> {
    /// From one row more than was asked for.
    fn cut(mut rows: Vec<T>, limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self { rows, more }
    }

    /// Every row as another type.
    fn convert<U: TryFrom<T, Error = StoreError>>(self) -> Result<Page<U>, StoreError> {
        let rows = self.rows.into_iter().map(U::try_from).collect::<Result<_, _>>()?;
        Ok(Page { rows, more: self.more })
    }
}
