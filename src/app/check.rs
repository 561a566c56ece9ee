//! Check: all problems of the rules at once, and every worked example run by the same code that does the real work.

use std::collections::BTreeSet;
use std::path::Path;

use super::AppError;
use crate::pull;
use crate::rules::{self, Loaded, Problem};

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
    /// Worked examples that were run.
    pub examples: usize,
    pub ruleset_hash: String,
}

/// Checks the rules in `folder` and runs their examples.
pub async fn check(folder: &Path) -> Result<CheckReport, AppError> {
    let mut report = CheckReport::default();
    match rules::load(folder) {
        Err(problems) => report.problems = problems,
        Ok(loaded) => {
            report.problems.clone_from(&loaded.warnings);
            report.examples = rules::count_examples(&loaded);
            report.problems.extend(rules::run_examples(&loaded));
            run_sources(&loaded, &mut report).await?;
            report.metrics = loaded.ruleset.metrics.len();
            report.cards = loaded.ruleset.cards.len();
            report.plans = loaded.ruleset.plans.len();
            report.sources = loaded.sources.len();
            report.ruleset_hash.clone_from(&loaded.ruleset.hash);
        }
    }
    report.problems.sort();
    report.errors = report.problems.iter().filter(|problem| problem.is_error()).count();
    report.warnings = report.problems.len() - report.errors;
    Ok(report)
}

/// Writes the default rules into a new folder.
pub fn write_default_rules(folder: &Path) -> Result<(), AppError> {
    rules::write_default(folder).map_err(|problem| AppError::Rules(vec![problem]))
}

/// The SQL and checks of every source, then its examples, by the code that pulls.
async fn run_sources(loaded: &Loaded, report: &mut CheckReport) -> Result<(), AppError> {
    let metrics: BTreeSet<String> = loaded.ruleset.metrics.keys().map(ToString::to_string).collect();
    let folder = tempfile::tempdir().map_err(|error| AppError::file(&std::env::temp_dir(), error))?;
    for source in loaded.placed_sources() {
        let file = format!("sources/{}.yaml", source.spec.id);
        let broken = pull::examine(source.spec, &file, &metrics).await;
        for error in &broken {
            let (pointer, what) = error.in_source();
            report.problems.push(source.problem(&pointer, what, "mend the source"));
        }
        if !broken.is_empty() {
            continue;
        }
        for (index, example) in source.examples() {
            let run = pull::run_example(source.spec, &file, example, &metrics, folder.path()).await;
            let differences = run.unwrap_or_else(|error| vec![error.to_string()]);
            for difference in differences {
                let what = format!("example '{}': {difference}", example.name);
                report.problems.push(source.example_problem(index, what, "mend the source or the example"));
            }
        }
    }
    Ok(())
}
