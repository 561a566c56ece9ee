//! The use cases, one file a verb: each opens its transaction, passes clock and ids in, and reports what it did.

mod access;
mod appeals;
mod appraise;
mod assess;
mod audit;
mod backup;
mod benchmark;
mod calibration;
mod calibration_session;
mod check;
mod clock;
mod compare;
mod corrections;
mod cost;
mod count;
mod course;
mod cycle;
mod cycle_acts;
mod deadlines;
mod draft;
mod error;
mod exempt;
mod explain;
mod exports;
mod facts;
mod fairness;
mod fallen;
mod figures;
mod jobs;
mod notices;
mod own_rules;
mod parallel;
mod people;
mod personal;
mod publish;
mod pull;
mod ratings;
mod read;
mod refusal;
mod replay;
mod results;
mod reviews;
mod revisions;
mod roster;
mod rules;
mod settings;
mod sheets;
mod simulate;
mod snapshot;
mod sources;
mod spool;
mod spread;
mod units;
mod upkeep;
mod what_if;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use access::{
    AccessOrder, AccountOrder, AccountView, Actor, AtProvider, BlockedLogin, CalledBy, Client, Confirmation,
    ContactOrder, GrantOrder, GrantView, IssuedAccess, Leaving, NoEntry, OneTimeLink, OwnAccount, PasswordChange,
    PasswordProblem, ProviderView, RequestId, SessionView, SignIn, TokenOrder, Welcome, random_token, secret,
};
pub use appeals::{
    AppealOrder, AppealShare, AppealSummary, AppealView, DecisionOrder, EvidenceOrder, OtherRating, Variation, Verdict,
};
pub use appraise::{AppraisalReport, FreezeReport};
pub use assess::{AgentSnapshot, AssessError, Assessment, Assessor, CarriedLine, Stretch};
pub use audit::{Anchor, AnchoredLane, AuditProblem, AuditReport, AuditView, Change, WantedEntries};
pub use backup::{CopyReport, restore};

pub use calibration::{CalibrationView, RatingDecision, RatingProposal};
pub use calibration_session::{CalibrationSession, SessionCycle};
pub use check::{CheckReport, check, write_default_rules};
pub use clock::Clock;
pub use compare::{ComparedAgent, Comparison};
pub use corrections::{
    CorrectedAgent, CorrectionOrder, CorrectionReport, LateAgent, LateFacts, LateMetric, WhoIsCorrected,
};
pub use cost::{Cost, CostLine, CostSum, UnitCost};
pub use course::{CycleOfAgent, LineCourse, LinePoint, line_courses};
pub use cycle::{PinnedCycle, RulesChoice};
pub use cycle_acts::{ApprovalSheet, CycleEventView, CycleOrder, ShownForApproval};
pub use deadlines::{DeadlineOrder, DeadlinesView};
pub use draft::{DraftOrder, DraftedSource, draft_source};
pub use error::AppError;
pub use exempt::ExemptionOrder;
pub use explain::{ExplainedPayout, ExplainedScorecard, ExplainedUnitScorecard, FoundScorecard};
pub use exports::Sheet;
pub use facts::FactView;
pub use fairness::{
    FairnessLine, FairnessOrder, FairnessReport, FairnessRow, JudgedBy, fairness, simulate as simulate_fairness,
};
pub use fallen::{FallenLine, FallenLines};
pub use jobs::{JobView, Schedules, WorkOrder};
pub use notices::{Delivered, Delivery, DeliveryOptions, WebhookEdit, WebhookOrder};
pub use people::WantedPeople;
pub use publish::{Preview, PublishOrder};
pub use pull::{PullOrder, PullProgress, PullReport, PullView};
pub use ratings::RatingsReport;
pub use read::{AgentView, Slice, Wanted, WantedUnits};
pub use refusal::{Detail, Refusal, Why};
pub use replay::ReplayReport;
pub use results::{Progress, UnitProgress};
pub use reviews::{GroupCount, ReviewOrder, ReviewSheet, ReviewsAbout, WrittenReview};
pub use revisions::{Difference, LineDifference, PayDifference, RevisionView};
pub use roster::{
    Aside, Counted, Fault, LeaveReport, MOST_BYTES as MOST_ROSTER_BYTES, Needs, RosterReport, UploadCount, UploadView,
};
pub use rules::{AddedRules, PublishedRules, RulesDifferences, RulesSide, ShownRules, compare_rule_folders};
pub use settings::{Running, Setting, SettingOrigin};
pub use sheets::{AsideRow, FiguresOrder, FiguresView, MOST_SHEET_ROWS};
pub use simulate::{
    AgentChange, CostChange, Migration, Missing, Outcome, PayChange, Ranking, ScoreChanges, Side, Simulation,
    SimulationOrder, UnitChange, Unmeasured, WithoutCard,
};
pub use sources::SourceView;
pub use spread::CardSpread;
pub use units::{UnitAssessment, UnitCounts};
pub use upkeep::Retention;
pub use what_if::{TriedFigure, TriedOutcome, WhatIf};

pub use crate::deliver::{MailOptions, Networks};
pub use crate::domain::evidence::MOST_BYTES as MOST_EVIDENCE_BYTES;
pub use crate::oidc::{Providers, Returned, Trip, read as read_providers};
pub use crate::pull::Shortcoming;
pub use crate::rules::diff::{Change as RuleChange, Section as RulesSection};
pub use crate::store::{
    Account as AccountRecord, AccountChange, AccountKind, Agent as AgentRecord, AgentResult, Appeal as AppealRecord,
    Assignment as AssignmentRecord, AuditEntry, Calibration as CalibrationRecord, CalibrationState, Claim, Cleared,
    Contact, Cycle as CycleRecord, Evidence, EvidenceFile, JobFile, JobProblem, KeptAnswer, LeaveChanges, LeaveProblem,
    LinkPurpose, LinkedIdentity, Notice as NoticeRecord, PayAdjustment, PayoutDetail, PayoutSummary, PayoutTotal,
    PeopleOrder, PeopleState, Person as PersonRecord, PlanDetail, PlanSummary, PoolUse, PostStretch, RatingChanges,
    RatingProblem, RejectedRow, RequestKey, ReviewAnswer, ReviewStanding, ReviewTask, ReviewToWrite, RosterChanges,
    RosterProblem, RuleVersion as RuleVersionRecord, ScoreOrder, ScorecardDetail, ScorecardSummary, StandingExemption,
    StoredGrant, Token as TokenRecord, TokenKind, Unit as UnitRecord, UnitScorecardDetail, UnitScorecardSummary,
    Webhook as WebhookRecord,
};
use crate::store::{SchemaState, Store};

/// Which arithmetic made a result; raised when the same inputs would give other bytes.
pub const ENGINE_VERSION: &str = "1";

/// Merit with its database: what every use case works on. Cheap to clone.
#[derive(Clone)]
pub struct App {
    store: Store,
    clock: Clock,
    /// Environment variables that go before the process's own.
    environment: Arc<HashMap<String, String>>,
    /// Where pulls into this database keep working files.
    spool: spool::Spool,
    last_rules: explain::LastRules,
    last_loaded: own_rules::LastLoaded,
    /// Where readings are recorded.
    reads: audit::SharedReadLog,
    hasher: access::Hasher,
    noted: access::Noted,
    /// Where people may sign in besides here.
    providers: Arc<Providers>,
    /// The folder of the rules, where this process has one.
    rules_folder: Option<Arc<Path>>,
    bell: jobs::Bell,
    /// Networks of one's own that webhooks may reach.
    networks: Networks,
    stop: jobs::Stop,
    /// What this process was told.
    settings: Arc<[Setting]>,
    /// Who does what is done with this value.
    actor: Arc<Actor>,
}

/// Without what sources may hold: their secrets.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("store", &self.store).field("actor", &self.actor.name()).finish_non_exhaustive()
    }
}

/// Whether the database can be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ready,
    /// The schema is older than this version of Merit.
    Behind,
    /// The schema is of a newer version of Merit.
    Ahead,
    Unreachable,
}

impl App {
    /// Opens the database at `address`: a file, `sqlite://…` or `postgres://…`. What is done is done by the operator, until it
    /// acts as somebody else.
    pub async fn open(address: &str, clock: Clock) -> Result<Self, AppError> {
        let store = Store::open(address).await?;
        let spool = spool::Spool::of(address);
        let actor = Arc::new(Actor::operator());
        let reads = Arc::new(audit::ReadLog::start(store.clone()));
        let (environment, last_rules, hasher) = (Arc::default(), explain::LastRules::default(), access::Hasher::new());
        let noted = access::Noted::default();
        Ok(Self {
            store,
            clock,
            environment,
            spool,
            last_rules,
            last_loaded: own_rules::LastLoaded::default(),
            reads,
            hasher,
            noted,
            providers: Arc::default(),
            rules_folder: None,
            bell: jobs::Bell::default(),
            networks: Networks::default(),
            stop: jobs::Stop::default(),
            settings: Arc::from([]),
            actor,
        })
    }

    /// The same, with these environment variables set for sources.
    #[must_use]
    pub fn with_environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut environment = self.environment.as_ref().clone();
        environment.extend(variables);
        self.environment = Arc::new(environment);
        self
    }

    /// The same, where people may also sign in at these providers.
    #[must_use]
    pub fn with_providers(mut self, providers: Providers) -> Self {
        self.providers = Arc::new(providers);
        self
    }

    /// The same, with this folder of rules for its sources.
    #[must_use]
    pub fn with_rules_folder(mut self, folder: &Path) -> Self {
        self.rules_folder = Some(folder.into());
        self
    }

    /// The same, by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Brings the database to this version's schema; returns how many steps that took.
    pub async fn migrate(&self) -> Result<usize, AppError> {
        Ok(self.store.migrate().await?)
    }

    /// Connections to the database.
    pub fn pools(&self) -> Vec<PoolUse> {
        self.store.pools()
    }

    pub async fn health(&self) -> Health {
        match self.store.schema_state().await {
            Ok(SchemaState::Current) => Health::Ready,
            Ok(SchemaState::Behind(_)) => Health::Behind,
            Ok(SchemaState::Newer(_)) => Health::Ahead,
            Err(_) => Health::Unreachable,
        }
    }

    /// Refuses to go on with a database of another version.
    pub async fn require_current_schema(&self) -> Result<(), AppError> {
        match self.store.schema_state().await? {
            SchemaState::Current => Ok(()),
            SchemaState::Behind(_) => {
                Err(AppError::refused("the database has not this version's tables yet: run 'merit migrate' first"))
            }
            SchemaState::Newer(_) => Err(AppError::refused(
                "the database belongs to a newer version of Merit: use that version, or another database",
            )),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).cloned().or_else(|| std::env::var(name).ok())
    }
}
