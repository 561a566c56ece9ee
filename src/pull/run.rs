//! A pull from start to end.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use futures::StreamExt;

use super::checks::Checks;
use super::collect::Collector;
use super::columns::Table;
use super::convert::{AgentTexts, InputConverter};
use super::keyed::gathering_share;
use super::query::{Layout, plan};
use super::read::prepare;
use super::request::{PullRequest, Pulled};
use super::rows::{RowsTable, Scan, Shared, lock};
use super::working_time::{self, Failure};
use super::{AgentIndex, Facts, PullError, day_of, engine};
use crate::rules::Calendars;
use crate::rules::source::SourceSpec;

/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Reads the source and returns its facts.
///
/// # Errors
/// Whatever keeps the pull from being complete; bad rows do not, they are set aside.
pub async fn pull(request: PullRequest<'_>) -> Result<Pulled, PullError> {
    let PullRequest { spec, spec_file, calendars, memory_limit, spool_dir, .. } = request;
    let (context, shared) = engine_of(spec, spec_file, calendars, request.agents.clone(), memory_limit, spool_dir)?;
    // The SQL is examined before anything is fetched or read.
    let (frame, layout) =
        plan(&context, &request.spec.facts, request.window, request.metrics, request.spec_file).await?;
    let sources = prepare(&request, &shared.table, &shared.agents).await?;
    let sources = shared.sources.get_or_init(|| Arc::new(sources));
    let names: Arc<[String]> = sources.names.clone().into();
    let collected = collect(&request, &shared, frame, layout).await;
    let (facts, new_agents) = collected.map_err(|error| lock(&shared.failure).take().unwrap_or(error))?;
    let scan = fullest(&shared);
    let set_aside = scan.recorder.finish(names)?;
    Ok(Pulled {
        facts,
        new_agents,
        read: scan.counters.rows.load(Ordering::Relaxed),
        used: scan.used.load(Ordering::Relaxed),
        superseded: scan.superseded.load(Ordering::Relaxed),
        deleted: scan.deleted.load(Ordering::Relaxed),
        set_aside,
    })
}

/// A mistake in a source's own file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecProblem {
    /// Where it stands in the file, as a JSON pointer such as `/checks/0/check`.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// Everything that is wrong with a source's columns, key, checks and SQL, without reading its inputs.
pub async fn examine(spec: &SourceSpec, calendars: &Calendars, metrics: &BTreeSet<String>) -> Vec<SpecProblem> {
    const ENOUGH: usize = 16 << 20;
    let engine = engine_of(spec, "", calendars, AgentIndex::default(), ENOUGH, &std::env::temp_dir());
    let (context, shared) = match engine {
        Ok(engine) => engine,
        Err(error) => return vec![SpecProblem::of(error)],
    };
    let mut problems = Vec::new();
    for (nth, input) in spec.inputs.iter().enumerate() {
        let columns = shared.table.input_columns(spec, nth, input, "");
        let converter =
            columns.and_then(|columns| InputConverter::new(&shared.table, spec, &columns, true, &shared.agents, ""));
        problems.extend(converter.err().map(SpecProblem::of));
    }
    problems.extend(plan(&context, &spec.facts, None, metrics, "").await.err().map(SpecProblem::of));
    problems.dedup();
    problems
}

impl SpecProblem {
    fn of(error: PullError) -> Self {
        match error {
            PullError::Spec { at, what, .. } => {
                let pointer = at.replace('[', "/").replace(']', "").replace('.', "/");
                Self { pointer: format!("/{pointer}"), what }
            }
            PullError::Facts { what, .. } => Self { pointer: "/facts".to_owned(), what },
            other => Self { pointer: String::new(), what: other.to_string() },
        }
    }
}

/// The engine with the table `rows`, whose sources are still to come.
fn engine_of(
    spec: &SourceSpec,
    file: &str,
    calendars: &Calendars,
    agents: AgentIndex,
    memory_limit: usize,
    spool: &Path,
) -> Result<(SessionContext, Arc<Shared>), PullError> {
    let broken = |error: DataFusionError| PullError::Query { file: file.to_owned(), what: engine::plain(&error) };
    let table = Table::of(spec, file)?;
    let gathered = if table.key.is_some() { gathering_share(memory_limit) } else { 0 };
    let threads = engine::threads();
    let context = engine::context(memory_limit - gathered, spool, threads).map_err(broken)?;
    let failure = Failure::default();
    working_time::register(&context, calendars, table.zone, &failure);
    day_of::register(&context);
    let shared = Arc::new(Shared {
        checks: Checks::of(spec, &table, &context, file)?,
        agents: Arc::new(AgentTexts::new(agents, spec.create_agents)),
        table,
        sources: OnceLock::new(),
        threads,
        spool: spool.to_owned(),
        memory_limit,
        failure,
        scans: Mutex::default(),
    });
    context.register_table("rows", Arc::new(RowsTable(Arc::clone(&shared)))).map_err(broken)?;
    Ok((context, shared))
}

/// Runs the query and gathers its facts, telling the progress meanwhile.
async fn collect(
    request: &PullRequest<'_>,
    shared: &Arc<Shared>,
    frame: DataFrame,
    layout: Layout,
) -> Result<(Facts, Vec<String>), PullError> {
    let stopped =
        |error: DataFusionError| PullError::Query { file: request.spec_file.to_owned(), what: engine::plain(&error) };
    let wrong = |what: String| PullError::Facts { file: request.spec_file.to_owned(), what };
    let mut collector = Collector::new(layout, request.metrics, &shared.agents);
    let mut result = frame.execute_stream().await.map_err(stopped)?;
    let mut ticks = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            batch = result.next() => match batch {
                None => break,
                Some(batch) => collector.add(&batch.map_err(stopped)?).map_err(wrong)?,
            },
            _ = ticks.tick(), if request.progress.is_some() => tell(request, shared),
        }
    }
    tell(request, shared);
    collector.finish().map_err(wrong)
}

fn tell(request: &PullRequest<'_>, shared: &Shared) {
    if let Some(progress) = request.progress {
        let total = shared.sources.get().and_then(|sources| sources.total_bytes);
        progress(fullest(shared).counters.progress(total));
    }
}

/// The scan that read most: a query that reads the rows twice counts once.
fn fullest(shared: &Shared) -> Arc<Scan> {
    let fullest = lock(&shared.scans).iter().max_by_key(|scan| scan.counters.rows.load(Ordering::Relaxed)).cloned();
    fullest.unwrap_or_else(|| shared.start_scan())
}
