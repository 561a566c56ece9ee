//! What a pull is asked for, and what it returns.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{AgentIndex, Facts, SetAside};
use crate::domain::period::Period;
use crate::rules::Calendars;
use crate::rules::source::SourceSpec;

/// Everything a pull needs.
pub struct PullRequest<'a> {
    pub spec: &'a SourceSpec,
    /// The working calendars that its SQL may use.
    pub calendars: &'a Calendars,
    /// The source's file as messages name it, such as `sources/contacts.yaml`.
    pub spec_file: &'a str,
    /// The folder that relative paths of inputs start from.
    pub base_dir: &'a Path,
    /// Only facts of these days; all days when absent.
    pub window: Option<Period>,
    pub agents: AgentIndex,
    /// The metrics the rules know.
    pub metrics: &'a BTreeSet<String>,
    /// Where working files are kept while pulling; it exists.
    pub spool_dir: &'a Path,
    /// Called now and then while rows are read.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Bytes the SQL engine may hold before it spills to `spool_dir`.
    pub memory_limit: usize,
    /// Environment variables by name: secrets and addresses.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// When the pull began; decides whether what an earlier pull had fetched is still fresh.
    pub now: DateTime<Utc>,
    /// The first pause between attempts on an HTTP input; it doubles from there (one second is usual).
    pub backoff_base: Duration,
}

/// How far a pull has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub rows: u64,
    pub bytes: u64,
    /// Bytes there are to read, where that is known.
    pub total_bytes: Option<u64>,
}

/// What a pull found. `read` = `used` + `superseded` + `deleted` + `set_aside.rows`.
#[derive(Debug)]
pub struct Pulled {
    pub facts: Facts,
    /// Employee numbers of agents to be made, in order; facts refer to them by index.
    pub new_agents: Vec<String>,
    /// Rows read.
    pub read: u64,
    /// Rows the SQL saw.
    pub used: u64,
    /// Rows replaced by a later one with the same key.
    pub superseded: u64,
    /// Records whose last row says `delete`.
    pub deleted: u64,
    pub set_aside: SetAside,
}
