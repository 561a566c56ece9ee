//! Pull: a source's facts brought up to date, in one transaction, with every row accounted for.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{App, AppError, Change, count};
use crate::domain::audit::Digest;
use crate::domain::authority::{Act, Role};
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::pull::{self, AgentIndex, PullRequest, Pulled};
use crate::rules::source::SourceSpec;
use crate::rules::{self, Calendars, Loaded};
use crate::store::{
    AgentRef, Audience, CommitPull, FactChanges, FactSet, NewPull, PreviewPull, Pull, PullCounts, PullReason,
    RejectedRow, Store, StoreError, UploadedFacts, Window,
};

/// How far a pull has read.
pub type PullProgress = pull::Progress;

/// Memory the SQL engine may hold before it spills to disk.
const ENGINE_MEMORY: usize = 512 * 1024 * 1024;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Allows any removal.
pub(super) const NO_LIMIT: u8 = 100;

/// What to pull.
pub struct PullOrder<'a> {
    /// Folder of the rules.
    pub rules: &'a Path,
    /// The source's id.
    pub source: &'a str,
    /// First and last day; the source's facts of other days stay as they are. Without days, the source's facts become what
    /// its inputs say now.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Read and compare, change nothing.
    pub dry_run: bool,
    /// Ignore the source's `max_removed_percent`.
    pub allow_removals: bool,
    pub progress: &'a (dyn Fn(PullProgress) + Sync),
}

/// Rows to be read.
pub(super) struct Reading<'a> {
    pub(super) spec: &'a SourceSpec,
    /// As messages name it.
    pub(super) spec_file: &'a str,
    pub(super) base_dir: &'a Path,
    pub(super) calendars: &'a Calendars,
    pub(super) metrics: BTreeSet<String>,
    pub(super) agents: AgentIndex,
    pub(super) window: Option<Period>,
    pub(super) progress: &'a (dyn Fn(PullProgress) + Sync),
}

/// A pull as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullView {
    /// The nil id for a dry run.
    pub id: Uuid,
    pub source: String,
    /// `running`, `complete` or `failed`.
    pub state: &'static str,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub rows_read: i64,
    pub rows_used: i64,
    pub rows_superseded: i64,
    pub rows_deleted: i64,
    pub rows_set_aside: i64,
    pub facts_added: u64,
    pub facts_changed: u64,
    pub facts_removed: u64,
    pub error: Option<String>,
}

/// What a pull did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullReport {
    pub pull: PullView,
    /// Reasons and how many rows each set aside, most first.
    pub reasons: Vec<(String, i64)>,
    pub new_agents: usize,
    pub dry_run: bool,
}

impl App {
    /// Pulls a source.
    pub async fn pull(&self, order: PullOrder<'_>) -> Result<PullReport, AppError> {
        self.require(Act::Pull)?;
        let loaded = rules::load(order.rules).map_err(AppError::Rules)?;
        let period = order.days.map(|(first, last)| Period::new(first, last)).transpose();
        let period = period.map_err(|error| AppError::invalid(format!("--from and --to: {error}")))?;
        let window = period.map_or(Window::ALL, |days| Window { from: Some(days.first), to: Some(days.last) });
        let new = NewPull {
            public_id: self.clock.new_id(),
            source: order.source.to_owned(),
            window,
            started_at: self.clock.now(),
        };
        if !loaded.sources.contains_key(order.source) {
            let known: Vec<&str> = loaded.sources.keys().map(String::as_str).collect();
            let (source, rules) = (order.source, order.rules.display());
            return Err(AppError::NotFound(format!("{rules} has no source '{source}'; it has {}", known.join(", "))));
        }
        if order.dry_run {
            let pulled = self.read(&order, &loaded, period).await?;
            return self.preview(new, pulled, removal_limit(&order, &loaded), false).await;
        }
        let id = self.store.begin_pull(&new).await?;
        let public_id = new.public_id;
        let started = Instant::now();
        let outcome = match self.unless_stopped(self.read(&order, &loaded, period)).await {
            Ok(pulled) => self.commit(id, new, pulled, removal_limit(&order, &loaded), None).await,
            Err(error) => Err(error),
        };
        count::pulled(order.source, outcome.is_ok(), started.elapsed());
        if let Err(error) = &outcome {
            // The error that stopped the pull matters more than one that keeps it from being noted.
            if let Err(unnoted) =
                self.failed(order.source, public_id, error).fail_pull(id, &error.to_string(), self.clock.now()).await
            {
                tracing::warn!(error = %unnoted, pull = id, "the failed pull could not be noted");
            }
        }
        outcome
    }

    /// The store, which notes the failure and tells whoever wishes to know. One that was told to stop, or whose job is another worker's by now,
    /// did not fail.
    pub(super) fn failed(&self, source: &str, pull: Uuid, error: &AppError) -> Store {
        let store = self.recorded(Change::new("pull.fail", "pull", pull).detail(format_args!("source={source}")));
        let to = Audience::Holding { roles: &[Role::Hr, Role::Admin], today: self.clock.today() };
        match error {
            AppError::Stopped | AppError::Store(StoreError::JobLost | StoreError::FiguresChanged) => store,
            _ => store.telling([self.notice(NoticeKind::PullFailed, source, to)]),
        }
    }

    async fn read(&self, order: &PullOrder<'_>, loaded: &Loaded, window: Option<Period>) -> Result<Pulled, AppError> {
        let Some(spec) = loaded.sources.get(order.source) else {
            return Err(AppError::NotFound(format!("there is no source '{}'", order.source)));
        };
        let metrics = loaded.ruleset.metrics.keys().map(ToString::to_string).collect();
        let spec_file = format!("sources/{}.yaml", order.source);
        let (base_dir, calendars, progress) = (order.rules, &loaded.calendars, order.progress);
        let agents = self.agent_index().await?;
        self.read_rows(Reading { spec, spec_file: &spec_file, base_dir, calendars, metrics, agents, window, progress })
            .await
    }

    /// Whom the texts of a source may stand for.
    pub(super) async fn agent_index(&self) -> Result<AgentIndex, AppError> {
        let mut agents = AgentIndex::default();
        for key in self.store.agent_keys().await? {
            agents.add(key.id, &key.employee_number, &key.name, key.aliases.iter().map(String::as_str));
        }
        Ok(agents)
    }

    pub(super) async fn read_rows(&self, reading: Reading<'_>) -> Result<Pulled, AppError> {
        let Reading { spec, spec_file, base_dir, calendars, metrics, agents, window, progress } = reading;
        let spool = self.spool.folder(&spec.id)?;
        let request = PullRequest {
            spec,
            calendars,
            spec_file,
            base_dir,
            window,
            agents,
            metrics: &metrics,
            spool_dir: &spool,
            progress: Some(progress),
            memory_limit: ENGINE_MEMORY,
            environment: &|name| self.variable(name),
            now: self.clock.now(),
            backoff_base: FIRST_PAUSE,
        };
        Ok(pull::pull(request).await?)
    }

    /// Keeps what was read; an uploaded sheet only as its preview said.
    pub(super) async fn commit(
        &self,
        id: i64,
        new: NewPull,
        pulled: Pulled,
        limit: u8,
        uploaded: Option<UploadedFacts<'_>>,
    ) -> Result<PullReport, AppError> {
        let agents = agents(&pulled);
        let finished_at = self.clock.now();
        let reasons = reasons(&pulled);
        let commit = CommitPull {
            pull_id: id,
            window: new.window,
            facts: fact_set(&pulled, &agents),
            counts: counts(&pulled),
            reasons: reasons.iter().map(|(reason, rows)| PullReason { reason: reason.clone(), rows: *rows }).collect(),
            rejected: rejected(&pulled, uploaded.map(|facts| facts.upload.name.as_str()))?.into_iter(),
            max_removed_percent: limit,
            finished_at,
        };
        let clock = self.clock;
        let change = Change::new("pull.commit", "pull", new.public_id).after(Some(told(&new, &commit.counts)));
        let change = match uploaded {
            Some(UploadedFacts { upload, .. }) => {
                change.detail(format_args!("source={} file={} upload={}", new.source, upload.name, upload.public_id))
            }
            None => change.detail(format_args!("source={}", new.source)),
        };
        let new_agents = pulled.new_agents.len();
        let effect = json!({ "pull": new.public_id, "new_agents": new_agents });
        let (store, mut ids) = (self.recorded_effect(change, &effect), || clock.new_id());
        match uploaded {
            Some(facts) => store.commit_upload(commit, facts, &mut ids).await?,
            None => store.commit_pull(commit, &mut ids).await?,
        };
        let pull = self.store.pull_by_id(id).await?;
        let pull = pull.ok_or_else(|| AppError::NotFound(format!("pull {} has gone", new.public_id)))?;
        Ok(PullReport { pull: pull.into(), reasons, new_agents, dry_run: false })
    }

    /// What keeping it would change; `adds`: facts that it does not name stay.
    pub(super) async fn preview(
        &self,
        new: NewPull,
        pulled: Pulled,
        limit: u8,
        adds: bool,
    ) -> Result<PullReport, AppError> {
        let agents = agents(&pulled);
        let preview = PreviewPull {
            source: &new.source,
            window: new.window,
            facts: fact_set(&pulled, &agents),
            max_removed_percent: limit,
        };
        let clock = self.clock;
        let mut ids = || clock.new_id();
        let changes = match adds {
            true => self.store.preview_adding(preview, &mut ids).await?,
            false => self.store.preview_pull(preview, &mut ids).await?,
        };
        let pull = Pull {
            id: 0,
            public_id: Uuid::nil(),
            source: new.source,
            state: crate::store::PullState::Complete,
            started_at: new.started_at,
            finished_at: Some(self.clock.now()),
            window: new.window,
            counts: counts(&pulled),
            changes,
            error: None,
        };
        let reasons = reasons(&pulled);
        Ok(PullReport { pull: pull.into(), reasons, new_agents: pulled.new_agents.len(), dry_run: true })
    }
}

/// What a pull took in, as the log tells it and the pull's row shows it.
fn told(pull: &NewPull, counts: &PullCounts) -> Digest {
    let PullCounts { read, used, superseded, deleted, set_aside } = counts;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Digest::of_fields(&[
        ("source", &pull.source),
        ("from", &day(pull.window.from)),
        ("to", &day(pull.window.to)),
        ("rows_read", &read.to_string()),
        ("rows_used", &used.to_string()),
        ("rows_superseded", &superseded.to_string()),
        ("rows_deleted", &deleted.to_string()),
        ("rows_set_aside", &set_aside.to_string()),
    ])
}

fn removal_limit(order: &PullOrder<'_>, loaded: &Loaded) -> u8 {
    let limit = loaded.sources.get(order.source).map_or(NO_LIMIT, |spec| spec.max_removed_percent);
    if order.allow_removals { NO_LIMIT } else { limit }
}

/// Whom the places in a pull's list of agents stand for.
fn agents(pulled: &Pulled) -> Vec<AgentRef> {
    pulled.facts.agents().iter().map(|agent| whose(*agent, &pulled.new_agents)).collect()
}

fn fact_set<'a>(pulled: &'a Pulled, agents: &'a [AgentRef]) -> FactSet<'a> {
    let facts = &pulled.facts;
    FactSet { agents, metrics: facts.metrics(), segments: facts.segments(), facts: facts.rows() }
}

fn whose(agent: pull::AgentRef, new_agents: &[String]) -> AgentRef {
    match agent {
        pull::AgentRef::Known(id) => AgentRef::Known(id),
        pull::AgentRef::New(index) => {
            let number = usize::try_from(index).ok().and_then(|index| new_agents.get(index));
            AgentRef::New(number.cloned().unwrap_or_default())
        }
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counts(pulled: &Pulled) -> PullCounts {
    PullCounts {
        read: signed(pulled.read),
        used: signed(pulled.used),
        superseded: signed(pulled.superseded),
        deleted: signed(pulled.deleted),
        set_aside: signed(pulled.set_aside.rows),
    }
}

/// Reasons by number of rows, most first; equal ones by text.
fn reasons(pulled: &Pulled) -> Vec<(String, i64)> {
    let mut reasons: Vec<(String, i64)> =
        pulled.set_aside.by_reason.iter().map(|(reason, rows)| (reason.clone(), signed(*rows))).collect();
    reasons.sort_by(|(left, few), (right, many)| many.cmp(few).then_with(|| left.cmp(right)));
    reasons
}

/// `file` names the file where its rows were read from a copy.
fn rejected(pulled: &Pulled, file: Option<&str>) -> Result<Vec<RejectedRow>, AppError> {
    let kept = pulled.set_aside.iter().map(|row| {
        row.map(|row| RejectedRow {
            file: file.map_or(row.file, str::to_owned),
            line: Some(signed(row.line)),
            reason: row.reason,
            detail: row.detail,
            row: row.row,
        })
    });
    let kept: Result<Vec<_>, _> = kept.collect();
    kept.map_err(|source| AppError::File { path: "rows set aside".to_owned(), source })
}

impl From<Pull> for PullView {
    fn from(pull: Pull) -> Self {
        let Pull { id: _, public_id, source, state, started_at, finished_at, window, counts, changes, error } = pull;
        let FactChanges { added, changed, removed } = changes;
        let PullCounts { read, used, superseded, deleted, set_aside } = counts;
        Self {
            id: public_id,
            source,
            state: state.code(),
            started_at,
            finished_at,
            from: window.from,
            to: window.to,
            rows_read: read,
            rows_used: used,
            rows_superseded: superseded,
            rows_deleted: deleted,
            rows_set_aside: set_aside,
            facts_added: added,
            facts_changed: changed,
            facts_removed: removed,
            error,
        }
    }
}
