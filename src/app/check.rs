//! Check: all problems of the rules at once, and every worked example run by the same code that does the real work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::AppError;
use crate::pull::{self, AgentIndex, AgentRef, PullRequest, Pulled};
use crate::rules::source::{
    ColumnSpec, ExampleFact, ExampleSetAside, FileFormat, FilesInput, InputSpec, SourceExample, SourceSpec,
};
use crate::rules::{self, Calendars, Loaded, Problem, Ruleset};

/// What a check found.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Errors and warnings, in order of file and line.
    pub problems: Vec<Problem>,
    pub errors: usize,
    pub warnings: usize,
    pub metrics: usize,
    pub cards: usize,
    pub plans: usize,
    pub sources: usize,
    pub calendars: usize,
    /// Worked examples that were run.
    pub examples: usize,
    pub ruleset_hash: String,
}

/// Checks the rules in `folder` and runs their examples.
pub async fn check(folder: &Path) -> Result<CheckReport, AppError> {
    Ok(check_and_load(folder).await?.0)
}

/// As [`check`], with the rules as far as they can be read as rules.
pub(super) async fn check_and_load(folder: &Path) -> Result<(CheckReport, Option<Ruleset>), AppError> {
    let mut report = CheckReport::default();
    let mut ruleset = None;
    match rules::load(folder) {
        Err(problems) => report.problems = problems,
        Ok(loaded) => {
            report.problems.clone_from(&loaded.warnings);
            report.examples = rules::count_examples(&loaded);
            report.problems.extend(rules::run_examples(&loaded));
            run_source_examples(&loaded, &mut report).await?;
            report.metrics = loaded.ruleset.metrics.len();
            report.cards = loaded.ruleset.cards.len();
            report.plans = loaded.ruleset.plans.len();
            report.sources = loaded.sources.len();
            report.calendars = loaded.calendars.len();
            report.ruleset_hash.clone_from(&loaded.ruleset.hash);
            ruleset = Some(loaded.ruleset);
        }
    }
    report.problems.sort();
    report.errors = report.problems.iter().filter(|problem| problem.is_error()).count();
    report.warnings = report.problems.len() - report.errors;
    Ok((report, ruleset))
}

/// Writes the default rules into a new folder.
pub fn write_default_rules(folder: &Path) -> Result<(), AppError> {
    rules::write_default(folder).map_err(|problem| AppError::Rules(vec![problem]))
}

async fn run_source_examples(loaded: &Loaded, report: &mut CheckReport) -> Result<(), AppError> {
    let metrics: BTreeSet<String> = loaded.ruleset.metrics.keys().map(ToString::to_string).collect();
    for source in loaded.placed_sources() {
        for problem in pull::examine(source.spec, &loaded.calendars, &metrics).await {
            report.problems.push(source.problem(&problem.pointer, problem.what, "mend the source"));
        }
        for (index, example) in source.examples() {
            for difference in run_source_example(source.spec, &loaded.calendars, example, &metrics).await? {
                let what = format!("example '{}': {difference}", example.name);
                report.problems.push(source.example_problem(index, what, "mend the source or the example"));
            }
        }
    }
    Ok(())
}

/// Pulls the example's rows through the source's own columns, checks and SQL; returns what is not as the example says.
async fn run_source_example(
    spec: &SourceSpec,
    calendars: &Calendars,
    example: &SourceExample,
    metrics: &BTreeSet<String>,
) -> Result<Vec<String>, AppError> {
    let folder = tempfile::tempdir().map_err(|error| AppError::file(&std::env::temp_dir(), error))?;
    let rows = folder.path().join("example.jsonl");
    let lines: Vec<String> = example.rows.iter().map(|row| json_line(row).to_string()).collect();
    std::fs::write(&rows, lines.join("\n")).map_err(|error| AppError::file(&rows, error))?;
    let mut agents = AgentIndex::default();
    for (id, number) in (0..).zip(&example.agents) {
        agents.add(id, number, number, [number.as_str()]);
    }
    let spec = with_rows(spec, &rows);
    let request = PullRequest {
        spec: &spec,
        calendars,
        spec_file: "example",
        base_dir: folder.path(),
        window: None,
        agents,
        metrics,
        spool_dir: folder.path(),
        progress: None,
        memory_limit: 64 * 1024 * 1024,
        environment: &|_| None,
        now: chrono::DateTime::UNIX_EPOCH,
        backoff_base: Duration::from_secs(1),
    };
    match pull::pull(request).await {
        Err(error) => Ok(vec![error.to_string()]),
        Ok(pulled) => compare(example, &pulled),
    }
}

/// The source, reading the example's rows in place of its inputs.
fn with_rows(spec: &SourceSpec, rows: &Path) -> SourceSpec {
    let columns = match spec.inputs.first() {
        Some(InputSpec::Files(input)) => &input.columns,
        Some(InputSpec::Http(input)) => &input.columns,
        Some(InputSpec::Sql(input)) => &input.columns,
        None => &BTreeMap::new(),
    };
    // An example writes out only what matters to it.
    let optional = |(name, column): (&String, &ColumnSpec)| {
        let column = columns.get(name).unwrap_or(column).clone();
        (name.clone(), ColumnSpec { optional: true, ..column })
    };
    let columns = spec.columns.iter().map(optional).collect();
    let files = vec![rows.display().to_string()];
    let input = FilesInput { files, format: Some(FileFormat::Jsonl), sheet: None, columns };
    SourceSpec { inputs: vec![InputSpec::Files(input)], ..spec.clone() }
}

/// A row as a JSON object; columns that are JSON pointers become nested fields.
fn json_line(row: &BTreeMap<String, Option<String>>) -> Value {
    let mut object = Map::new();
    for (column, text) in row {
        let text = text.as_ref().map_or(Value::Null, |text| Value::String(text.clone()));
        match column.strip_prefix('/') {
            None => {
                object.insert(column.clone(), text);
            }
            Some(pointer) => put(&mut object, &pointer.split('/').collect::<Vec<_>>(), text),
        }
    }
    Value::Object(object)
}

fn put(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            object.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = object.entry((*first).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn compare(example: &SourceExample, pulled: &Pulled) -> Result<Vec<String>, AppError> {
    let mut differences = Vec::new();
    let found: BTreeSet<ExampleFact> = facts(example, pulled);
    let expected: BTreeSet<ExampleFact> = example.facts.iter().cloned().collect();
    for fact in expected.difference(&found) {
        differences.push(format!("expected, but not found: {}", shown(fact)));
    }
    for fact in found.difference(&expected) {
        differences.push(format!("found, but not expected: {}", shown(fact)));
    }
    let mut aside = Vec::new();
    for row in pulled.set_aside.iter() {
        let row = row.map_err(|source| AppError::File { path: "rows set aside".to_owned(), source })?;
        aside.push((row.line, row.detail));
    }
    let says = |expected: &ExampleSetAside, (line, why): &(u64, String)| {
        *line == expected.row && why.contains(&expected.reason)
    };
    for expected in &example.set_aside {
        if !aside.iter().any(|row| says(expected, row)) {
            differences.push(format!("row {} was not set aside for '{}'", expected.row, expected.reason));
        }
    }
    for row in &aside {
        if !example.set_aside.iter().any(|expected| says(expected, row)) {
            differences.push(format!("row {} was set aside: {}", row.0, row.1));
        }
    }
    Ok(differences)
}

fn facts(example: &SourceExample, pulled: &Pulled) -> BTreeSet<ExampleFact> {
    let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    let agent = |agent: AgentRef| match agent {
        AgentRef::Known(id) => usize::try_from(id).ok().and_then(|id| example.agents.get(id)).cloned(),
        AgentRef::New(index) => pulled.new_agents.get(at(index)).cloned(),
    };
    let fact = |fact: &crate::domain::fact::Fact| ExampleFact {
        agent: pulled.facts.agent_of(fact).and_then(agent).unwrap_or_default(),
        day: fact.day.to_string(),
        metric: pulled.facts.metrics().get(at(fact.metric)).map(ToString::to_string).unwrap_or_default(),
        segment: pulled.facts.segments().get(at(fact.segment)).map(ToString::to_string).unwrap_or_default(),
        numerator: fact.pooled.numerator.to_string(),
        denominator: fact.pooled.denominator.to_string(),
        samples: fact.pooled.samples,
    };
    pulled.facts.iter().map(fact).collect()
}

fn shown(fact: &ExampleFact) -> String {
    let ExampleFact { agent, day, metric, segment, numerator, denominator, samples } = fact;
    let segment = if segment.is_empty() { String::new() } else { format!(" [{segment}]") };
    format!("{agent} {day} {metric}{segment} {numerator}/{denominator} from {samples}")
}
