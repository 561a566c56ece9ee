//! `merit job`: long work asked for, watched, cancelled, worked on.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::output::{Format, Table, say};
use super::serve::stop_signal;
use super::{CliError, Place};
use crate::app::{App, JobView, Retention, Slice, WorkOrder};
use crate::domain::export::{Export, ExportFormat, ExportList};
use crate::domain::job::JobOrder;
use crate::domain::text::Language;

/// How long jobs under way may take to stop when the process ends; a job that takes longer is taken by another worker later.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Subcommand)]
pub(super) enum JobAction {
    /// Ask for a job; a worker of 'merit serve' or 'merit job work' does it
    Ask {
        #[command(subcommand)]
        what: Asked,
    },
    /// Jobs, newest first
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// One job: how far it is, how fast it goes, what came of it
    Show {
        /// The job's id
        id: Uuid,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Cancel a job; one under way stops and leaves nothing half done
    Cancel {
        /// The job's id
        id: Uuid,
    },
    /// Write the file that an export made for you
    File {
        /// The job's id
        id: Uuid,
        /// Where to; as the file is named, in this folder, when left out. Nothing is overwritten
        #[arg(long)]
        to: Option<PathBuf>,
    },
    /// Work on jobs until asked to stop
    Work(Working),
}

#[derive(Subcommand)]
pub(super) enum Asked {
    /// Pull a source's facts
    Pull {
        /// The source's id in the rules of the workers
        source: String,
        /// First day to pull (YYYY-MM-DD)
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day to pull, included
        #[arg(long)]
        to: Option<NaiveDate>,
        /// Remove facts even if more of them would go than the source allows
        #[arg(long)]
        allow_removals: bool,
    },
    /// Take the snapshot of a cycle's facts
    Freeze {
        /// The cycle's code, such as 2023-Q3
        cycle: String,
    },
    /// Score a cycle from its frozen facts
    Score {
        /// The cycle's code, such as 2023-Q3
        cycle: String,
    },
    /// Freeze and score a cycle in one
    Appraise {
        /// The cycle's code, such as 2023-Q3
        cycle: String,
    },
    /// Say what another version of the rules (--rules) would have made of an appraised cycle
    Simulate {
        /// The cycle's code, such as 2023-Q3
        cycle: String,
        /// List everybody who moves, and not only those who win or lose most
        #[arg(long)]
        all: bool,
    },
    /// Publish the approved results of a cycle
    Publish {
        /// The cycle's code, such as 2023-Q3
        cycle: String,
        /// Only of this unit and those below it (may be given again)
        #[arg(long = "unit", value_name = "CODE")]
        units: Vec<String>,
        /// Not before this moment, such as 2026-10-20T09:00:00+08:00
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// Write a list as a file, fetched with 'merit job file'
    Export {
        /// scorecards, payouts, plans, people or audit
        #[arg(value_parser = list_named)]
        list: ExportList,
        /// The cycle's code, for scorecards, payouts and plans
        #[arg(long)]
        cycle: Option<String>,
        /// Code of a unit: it and everything below it
        #[arg(long)]
        unit: Option<String>,
        /// csv or xlsx
        #[arg(long, default_value = "csv", value_parser = format_named)]
        format: ExportFormat,
        /// Of the headings: en or zh
        #[arg(long, default_value = "en", value_parser = language_named)]
        lang: Language,
    },
}

fn list_named(text: &str) -> Result<ExportList, String> {
    let names = || ExportList::ALL.map(ExportList::as_str).join(", ");
    ExportList::of(text).ok_or_else(|| format!("there is no such list: use {}", names()))
}

fn format_named(text: &str) -> Result<ExportFormat, String> {
    ExportFormat::of(text).ok_or_else(|| "use csv or xlsx".into())
}

fn language_named(text: &str) -> Result<Language, String> {
    Language::of(text).ok_or_else(|| "use en or zh".into())
}

/// How jobs are worked on.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Working {
    /// Jobs worked on at once; 0 for none
    #[arg(long = "job-workers", env = "MERIT_JOB_WORKERS", default_value_t = Self::USUAL.workers)]
    workers: usize,
    /// Seconds after which a worker that says nothing is taken for lost, and its job is done by another
    #[arg(long = "job-lost-seconds", env = "MERIT_JOB_LOST_SECONDS", default_value_t = Self::USUAL.lost_seconds, value_parser = clap::value_parser!(u64).range(1..))]
    lost_seconds: u64,
}

/// Workers of this process, and who looks what is due.
pub(super) struct Workers {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    beside: Vec<JoinHandle<()>>,
}

impl Working {
    /// As without options.
    pub(super) const USUAL: Self = Self { workers: 1, lost_seconds: 60 };

    pub(super) fn begin(&self, app: &App, rules: &Path) -> Workers {
        let order = WorkOrder {
            workers: self.workers,
            rules: rules.to_owned(),
            lost_after: Duration::from_secs(self.lost_seconds),
        };
        let (stop, stopped) = watch::channel(false);
        let app = app.clone();
        Workers { stop, task: tokio::spawn(async move { app.work(order, stopped).await }), beside: Vec::new() }
    }
}

impl Workers {
    /// And asks for the sources that are due, and takes silence about results for taking note once the time for it is over.
    pub(super) fn with_schedules(mut self, app: &App) -> Self {
        let (sources, stopped) = (app.clone(), self.stop.subscribe());
        self.beside.push(tokio::spawn(async move { sources.keep_schedules(stopped).await }));
        let (deadlines, stopped) = (app.clone(), self.stop.subscribe());
        self.beside.push(tokio::spawn(async move { deadlines.keep_deadlines(stopped).await }));
        self
    }

    /// And clears away what ended long ago.
    pub(super) fn with_upkeep(mut self, app: &App, keep: Retention) -> Self {
        let (app, stopped) = (app.clone(), self.stop.subscribe());
        self.beside.push(tokio::spawn(async move { app.keep_clear(keep, stopped).await }));
        self
    }

    /// Asks them to stop.
    pub(super) fn tell(&self) {
        self.stop.send_replace(true);
    }

    /// Waits for them to give back what they hold.
    pub(super) async fn end(self) {
        self.tell();
        for beside in self.beside {
            let _ = beside.await;
        }
        if tokio::time::timeout(PATIENCE, self.task).await.is_err() {
            tracing::warn!("jobs under way did not stop in time; others take them");
        }
    }
}

impl JobAction {
    /// Whether it goes on until it is asked to stop, as a server does.
    pub(super) fn is_work(&self) -> bool {
        matches!(self, Self::Work(_))
    }
}

pub(super) async fn run(place: &Place, action: JobAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        JobAction::Ask { what } => {
            let at = match &what {
                Asked::Publish { at, .. } => *at,
                _ => None,
            };
            let job = app.ask_job_at(order(place, what)?, at).await?;
            match job.not_before {
                Some(at) => say!("Job {} waits until {} ({}).", job.id, at.format("%Y-%m-%dT%H:%M:%SZ"), job.scope),
                None => say!("Job {} waits for a worker ({}).", job.id, job.scope),
            }
        }
        JobAction::List { format } => list(&app, format).await?,
        JobAction::Show { id, format } => show(&app, id, format).await?,
        JobAction::Cancel { id } => {
            let job = app.cancel_job(id).await?;
            match job.finished_at {
                Some(_) => say!("Job {id} is cancelled."),
                None => say!("Job {id} is told to stop."),
            }
        }
        JobAction::File { id, to } => write_file(&app, id, to).await?,
        JobAction::Work(working) => {
            let stop = stop_signal();
            let workers = working.begin(&app, &place.rules);
            say!("Working on jobs, {} at once (stop it with Ctrl-C)", working.workers);
            stop.await;
            workers.end().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn write_file(app: &App, id: Uuid, to: Option<PathBuf>) -> Result<(), CliError> {
    let file = app.job_file(id).await?;
    let path = to.unwrap_or_else(|| PathBuf::from(&file.name));
    let refused = |error: std::io::Error| CliError::new(format!("{}: {error}", path.display()));
    let mut new = OpenOptions::new().write(true).create_new(true).open(&path).map_err(refused)?;
    new.write_all(&file.content).and_then(|()| new.sync_all()).map_err(refused)?;
    say!("{} ({} bytes)", path.display(), file.content.len());
    Ok(())
}

fn order(place: &Place, what: Asked) -> Result<JobOrder, CliError> {
    Ok(match what {
        Asked::Pull { source, from, to, allow_removals } => JobOrder::Pull { source, from, to, allow_removals },
        Asked::Freeze { cycle } => JobOrder::Freeze { cycle },
        Asked::Score { cycle } => JobOrder::Score { cycle },
        Asked::Appraise { cycle } => JobOrder::Appraise { cycle },
        Asked::Simulate { cycle, all } => {
            let rules = place.named_rules()?;
            let rules = rules.ok_or_else(|| CliError::new("say by which version of the rules: --rules NAME"))?;
            JobOrder::Simulate { cycle, rules: rules.to_owned(), all }
        }
        Asked::Publish { cycle, units, at: _ } => JobOrder::Publish { cycle, units, approved: String::new() },
        Asked::Export { list, cycle, unit, format, lang } => {
            JobOrder::Export(Export { list, format, cycle, unit, language: lang })
        }
    })
}

const COLUMNS: [(&str, &str); 12] = [
    ("id", "Job"),
    ("scope", "Work"),
    ("state", "State"),
    ("asked_by", "Asked by"),
    ("asked_at", "Asked"),
    ("attempts", "Attempts"),
    ("counted", "Counted"),
    ("done", "Done"),
    ("total", "Of"),
    ("per_second", "A second"),
    ("seconds_left", "Seconds left"),
    ("problem", "Problem"),
];

fn cells(job: &JobView) -> Vec<Value> {
    let problem = job.problem.as_ref();
    vec![
        job.id.to_string().into(),
        job.scope.clone().into(),
        job.state.as_str().into(),
        job.asked_by.clone().into(),
        job.asked_at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
        job.attempts.into(),
        job.counted.clone().into(),
        job.done.into(),
        job.total.into(),
        job.pace.map(|pace| pace.per_second).into(),
        job.pace.and_then(|pace| pace.seconds_left).into(),
        problem.map(|problem| problem.text.clone()).into(),
    ]
}

async fn list(app: &App, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&COLUMNS);
    let (jobs, _) = app.jobs(&Slice::first(), None).await?;
    jobs.iter().for_each(|job| table.row(cells(job)));
    table.print(format)
}

async fn show(app: &App, id: Uuid, format: Format) -> Result<(), CliError> {
    let job = app.job(id).await?;
    if format != Format::Table {
        let mut columns = COLUMNS.to_vec();
        columns.push(("result", "Result"));
        let mut table = Table::new(&columns);
        let mut row = cells(&job);
        row.push(job.result.unwrap_or_default());
        table.row(row);
        return table.print(format);
    }
    say!("Job {id}: {}, {}", job.scope, job.state.as_str());
    say!("  asked by {} at {}", job.asked_by, job.asked_at.format("%Y-%m-%dT%H:%M:%SZ"));
    if let Some(counted) = &job.counted {
        let of = job.total.map(|total| format!(" of {total}")).unwrap_or_default();
        let pace = job.pace.map(|pace| format!(", {} a second", pace.per_second)).unwrap_or_default();
        let left = job.pace.and_then(|pace| pace.seconds_left).filter(|_| !job.state.is_final());
        let left = left.map(|left| format!(", {left} s left")).unwrap_or_default();
        say!("  {}{of} {counted}{pace}{left}", job.done);
    }
    if job.cancel_asked_at.is_some() && !job.state.is_final() {
        say!("  it is told to stop");
    }
    if let Some(problem) = &job.problem {
        say!("  {}: {}", problem.code, problem.text);
    }
    if let Some(result) = &job.result {
        say!("{result:#}");
    }
    Ok(())
}
