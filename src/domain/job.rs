//! Long work: what can be asked for, which states a job goes through, how fast it goes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::authority::Act;
use super::export::Export;

/// How often a job may be begun; more often, it is what brings its workers down.
pub const MOST_ATTEMPTS: i64 = 3;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobState {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl JobState {
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Whether `next` may follow. A running job is queued again when its worker is lost or stops.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => matches!(next, Self::Running | Self::Cancelled),
            Self::Running => !matches!(next, Self::Running),
            Self::Done | Self::Failed | Self::Cancelled => false,
        }
    }
}

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobKind {
    Pull,
    /// Takes the snapshot of a cycle's facts.
    Freeze,
    /// Scores from the frozen facts.
    Score,
    /// Both.
    Appraise,
    Simulate,
    /// Publishes approved results.
    Publish,
    /// Writes a list as a file.
    Export,
}

impl JobKind {
    pub const ALL: [Self; 7] =
        [Self::Pull, Self::Freeze, Self::Score, Self::Appraise, Self::Simulate, Self::Publish, Self::Export];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Freeze => "freeze",
            Self::Score => "score",
            Self::Appraise => "appraise",
            Self::Simulate => "simulate",
            Self::Publish => "publish",
            Self::Export => "export",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What whoever asks for it must be allowed to do; whoever may do all of it also sees the jobs of others. `None`: that depends on
    /// what is asked for, and nobody sees those of others.
    pub const fn acts(self) -> Option<&'static [Act]> {
        match self {
            Self::Pull => Some(&[Act::Pull]),
            Self::Freeze | Self::Score | Self::Appraise => Some(&[Act::Appraise]),
            Self::Simulate => Some(&[Act::Simulate, Act::ReadPay]),
            Self::Publish => Some(&[Act::ManageCycles]),
            Self::Export => None,
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum JobOrder {
    Pull {
        source: String,
        /// Without days, the source's facts become what its inputs say now.
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        allow_removals: bool,
    },
    Freeze {
        cycle: String,
    },
    Score {
        cycle: String,
    },
    Appraise {
        cycle: String,
    },
    Simulate {
        cycle: String,
        /// A version, by its name or digits of its hash.
        rules: String,
        all: bool,
    },
    Publish {
        cycle: String,
        /// Codes of units, each with everything below; none for all that is left.
        units: Vec<String>,
        /// Digest of the approved sheet; what is approved later is not published by this job. Empty while it is asked for: of what is approved
        /// by then.
        approved: String,
    },
    Export(Export),
}

impl JobOrder {
    /// The code of the cycle that its results are of.
    pub fn cycle(&self) -> Option<&str> {
        match self {
            Self::Freeze { cycle }
            | Self::Score { cycle }
            | Self::Appraise { cycle }
            | Self::Simulate { cycle, .. }
            | Self::Publish { cycle, .. } => Some(cycle),
            Self::Pull { .. } | Self::Export(_) => None,
        }
    }

    pub fn kind(&self) -> JobKind {
        match self {
            Self::Pull { .. } => JobKind::Pull,
            Self::Freeze { .. } => JobKind::Freeze,
            Self::Score { .. } => JobKind::Score,
            Self::Appraise { .. } => JobKind::Appraise,
            Self::Simulate { .. } => JobKind::Simulate,
            Self::Publish { .. } => JobKind::Publish,
            Self::Export(_) => JobKind::Export,
        }
    }

    /// What it works on: of one scope, one job runs at a time.
    pub fn scope(&self) -> String {
        match self {
            Self::Pull { source, .. } => format!("pull:{source}"),
            // Each makes a run of the cycle, and a newer run ends an older one.
            Self::Freeze { cycle } | Self::Score { cycle } | Self::Appraise { cycle } => format!("appraise:{cycle}"),
            Self::Simulate { cycle, .. } => format!("simulate:{cycle}"),
            Self::Publish { cycle, .. } => format!("publish:{cycle}"),
            Self::Export(export) => format!("export:{}", export.scope()),
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// What is counted: `bytes`, `rows` or `agents`.
    pub counted: &'static str,
    pub done: i64,
    /// Absent where it is not known.
    pub total: Option<i64>,
}

/// How fast a job goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub per_second: i64,
    /// Absent where the whole is not known, and while nothing is done.
    pub seconds_left: Option<i64>,
}

impl Pace {
    /// From what was done within so many milliseconds. `None` while there is nothing to judge by.
    pub fn of(done: i64, total: Option<i64>, milliseconds: i64) -> Option<Self> {
        if done < 0 || milliseconds <= 0 {
            return None;
        }
        let (done, milliseconds) = (i128::from(done), i128::from(milliseconds));
        let narrow = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
        let left = total.filter(|_| done > 0).map(|total| {
            let left = (i128::from(total) - done).max(0);
            // Rounded up: a job that is not done has some time left.
            narrow(
                (left * milliseconds).div_euclid(done * 1_000)
                    + i128::from((left * milliseconds) % (done * 1_000) != 0),
            )
        });
        Some(Self { per_second: narrow(done * 1_000 / milliseconds), seconds_left: left })
    }
}
