//! What can go wrong in the database, in words that say what, where and how to mend it.

use chrono::NaiveDate;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

use super::facts::commit::Window;
use super::ratings::problem::RatingProblem;
use super::roster::leave::LeaveProblem;
use super::roster::problem::RosterProblem;
use super::rules::problem::VersionProblem;
use crate::domain::agent_result::{ResultAct, ResultState};
use crate::domain::appeal::AppealState;
use crate::domain::cycle::{CycleAct, CycleState};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the database {database}: {problem}; {mend}")]
    Open { database: String, problem: String, mend: String },
    #[error(
        "the database was written by a newer Merit (it has the migration '{0}' that this one does not know); update Merit"
    )]
    NewerSchema(String),
    #[error("there is no {what} '{name}'")]
    NotFound { what: &'static str, name: String },
    #[error("there is {} {what} '{name}' already; choose another", article(what))]
    Exists { what: &'static str, name: String },
    #[error("{what} '{name}' was changed by somebody else meanwhile; read it again, then decide")]
    Changed { what: &'static str, name: String },
    #[error("job {job} is {state}: what has ended cannot be cancelled")]
    Ended { job: uuid::Uuid, state: &'static str },
    #[error("the job was taken by another worker meanwhile; nothing of this attempt is kept")]
    JobLost,
    #[error("the roster was not changed: {}", lines(.0))]
    Roster(Vec<RosterProblem>),
    #[error(
        "the roster was changed since the preview of this file was made (or the cycle, for ratings), or the file was taken in already: choose it again, and look at the new preview"
    )]
    RosterChanged,
    #[error(
        "the roster, the rules or the figures of this sheet were changed since the preview of this file was made, or it was taken in already: choose it again, and look at the new preview"
    )]
    FiguresChanged,
    #[error("the cycle was appraised already: what its indexes are measured against cannot change any more")]
    Benchmarked,
    #[error("no rating was changed: {}", lines(.0))]
    Ratings(Vec<RatingProblem>),
    #[error("leave was not changed: {}", lines(.0))]
    Leave(Vec<LeaveProblem>),
    #[error("the agent is exempt already: {reason}, granted by {granted_by}; lift that exemption first")]
    AlreadyExempt { reason: String, granted_by: String },
    #[error(
        "cycle '{code}' is {state}: who is appraised can change only until the review is complete; have it sent back first"
    )]
    ResultsAreOut { code: String, state: String },
    #[error("cycle '{code}' is {}: it cannot be {}; that can be done while it is {}", words(*.state), .act.done(), among(.act.from()))]
    CycleState { code: String, state: CycleState, act: CycleAct },
    #[error("cycle '{code}' is {}: reviews are written while it is in review", words(*.state))]
    NotInReview { code: String, state: CycleState },
    #[error("the result of {employee_number} is {}: it cannot be {}", .state.as_str().replace('_', " "), .act.done())]
    ResultState { employee_number: String, state: ResultState, act: ResultAct },
    #[error("another rating of this agent is proposed or confirmed already")]
    CalibratedAlready,
    #[error("cycle '{code}' is {}: results of single agents are revised by appeals until it is final, and by corrections from then on", words(*.state))]
    NotRevisable { code: String, state: CycleState },
    #[error(
        "the difference in pay of cycle '{code}' has no open cycle to be posted in: open the next cycle, or name one that is not yet published"
    )]
    NotPostable { code: String },
    #[error(
        "cycle '{code}' holds {adjustments} adjustments of pay for other cycles, which would be paid to nobody: it cannot be cancelled"
    )]
    HoldsAdjustments { code: String, adjustments: i64 },
    #[error("the appeal is {state}: only an open one is decided, assigned, added to or withdrawn")]
    AppealState { state: AppealState },
    #[error("the appeal has {most} files already, which is the most")]
    TooMuchEvidence { most: usize },
    #[error("cycle '{code}' has {open} open appeals: decide them first")]
    OpenAppeals { code: String, open: u64 },
    #[error("nothing of cycle {code} waits for publication in the units named, or it is all published")]
    NothingToPublish { code: String },
    #[error("{results} results of cycle {code} are not published yet: publish them first")]
    Unpublished { code: String, results: i64 },
    #[error(transparent)]
    Version(#[from] VersionProblem),
    #[error(
        "the pull of '{source_name}' would remove {removed} of {existing} facts it covers, more than the {limit_percent} % allowed; nothing was \
         changed. If the export is right, raise max_removed_percent in the source's file"
    )]
    TooManyRemoved { source_name: String, existing: u64, removed: u64, limit_percent: u8 },
    #[error("a fact of {day} is outside the pull's days {window}; leave such facts out or widen --from and --to")]
    OutsideWindow { day: NaiveDate, window: Window },
    #[error("two facts of agent {agent}, metric '{metric}', {day}, segment '{segment}' in one pull; add them up first")]
    DuplicateFact { agent: String, metric: String, day: NaiveDate, segment: String },
    #[error("fact {0} names an agent, metric or segment outside the pull's own lists")]
    UnknownFactIndex(usize),
    #[error(
        "pull {0} is no longer running: it was finished, or a later pull of the same source took its place; nothing was \
         changed, pull again"
    )]
    PullNotRunning(i64),
    #[error(
        "cycle '{code}' ({first} to {last}) shares days with cycle '{other}' of the same kind; a day belongs to one cycle of a \
         kind, choose other days"
    )]
    CycleOverlaps { code: String, first: NaiveDate, last: NaiveDate, other: String },
    #[error("cycle '{code}' ends on {last}, before it begins on {first}; swap the days")]
    CycleBackwards { code: String, first: NaiveDate, last: NaiveDate },
    #[error(
        "run {0} is no longer running: it was finished, or a later run of the same cycle took its place; appraise again"
    )]
    RunNotRunning(i64),
    #[error(
        "a sum of facts is beyond what the database holds (9.2 × 10¹² with six decimals); use a larger unit for the metric"
    )]
    SumTooLarge,
    #[error("the database was busy for too long (another Merit is writing); try again when it has finished")]
    Busy,
    #[error("the disk of the database is full; nothing of this step was kept, free some space and run it again")]
    DiskFull,
    #[error(
        "the database holds {what} '{value}', which this Merit does not know; it was changed by hand or by a newer version"
    )]
    Unreadable { what: &'static str, value: String },
    #[error(
        "the stored working of {of} cannot be read ({problem}); it was changed by hand or written by another version of Merit"
    )]
    Working { of: String, problem: String },
    #[error("the database refused the step '{step}': {source}")]
    Database { step: &'static str, source: DbErr },
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'e', 'i', 'o', 'u']) && !what.starts_with("unit") { "an" } else { "a" }
}

fn words(state: CycleState) -> String {
    state.as_str().replace('_', " ")
}

fn among(states: &[CycleState]) -> String {
    states.iter().map(|state| words(*state)).collect::<Vec<_>>().join(" or ")
}

fn lines(problems: &[impl ToString]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Says in which step the database refused, and knows the refusals that have a remedy of their own.
pub(super) trait Step<T> {
    fn step(self, step: &'static str) -> Result<T, StoreError>;
}

impl<T> Step<T> for Result<T, DbErr> {
    fn step(self, step: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::from_database(step, source))
    }
}

impl StoreError {
    pub(super) fn from_database(step: &'static str, source: DbErr) -> Self {
        if matches!(source, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) {
            return Self::Busy;
        }
        match database_code(&source).as_deref() {
            // SQLite: busy, locked, busy snapshot. PostgreSQL: lock not available.
            Some("5" | "6" | "261" | "517" | "55P03") => Self::Busy,
            // SQLite: full. PostgreSQL: disk full.
            Some("13" | "53100") => Self::DiskFull,
            // PostgreSQL: numeric value out of range.
            Some("22003") => Self::SumTooLarge,
            _ if source.to_string().contains("integer overflow") => Self::SumTooLarge,
            _ => Self::Database { step, source },
        }
    }
}

/// The engine's own code of a refusal, when it gave one.
fn database_code(error: &DbErr) -> Option<String> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner.as_database_error()?.code().map(|code| code.into_owned()),
        _ => None,
    }
}
