//! From a folder to rules: every file read, every problem kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::calendars::{self, Calendars};
use super::check;
use super::file::calendar::CalendarFile;
use super::file::card::{CardExample, CardFile};
use super::file::improvement::ImprovementFile;
use super::file::judgement::FormFile;
use super::file::metrics::MetricsFile;
use super::file::plan::PlanFile;
use super::problem::{Problem, Severity};
use super::ruleset::Ruleset;
use super::shape::{Shape, Shaped};
use super::source::{SourceExample, SourceSpec};
use super::yaml::Document;
use crate::domain::improvement::ImprovementRules;
use crate::domain::metric::MetricId;

const METRICS: &str = "metrics.yaml";
const IMPROVEMENT: &str = "improvement.yaml";
const DEFECT: &str = "report this as a defect of Merit";
const FOLDERS: [&str; 5] = ["scorecards", "judgement", "incentives", "sources", calendars::FOLDER];

/// Rules that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub ruleset: Ruleset,
    /// By id.
    pub sources: BTreeMap<String, SourceSpec>,
    /// What the SQL of sources measures working time by; like sources they decide about facts, so no ruleset's hash covers them.
    pub calendars: Calendars,
    pub warnings: Vec<Problem>,
    /// The files behind the rules, for their worked examples.
    pub(crate) files: Files,
}

/// A source with the places of its parts in its file.
#[derive(Debug, Clone, Copy)]
pub struct PlacedSource<'a> {
    pub spec: &'a SourceSpec,
    document: &'a Document,
}

/// The files that have the right shape; `None` and `false` where one does not.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) metrics: Option<Shaped<MetricsFile>>,
    pub(crate) improvement: Option<Shaped<ImprovementFile>>,
    pub(crate) cards: Vec<Shaped<CardFile>>,
    pub(crate) forms: Vec<Shaped<FormFile>>,
    pub(crate) plans: Vec<Shaped<PlanFile>>,
    pub(crate) sources: Vec<Shaped<SourceSpec>>,
    pub(crate) calendars: Vec<Shaped<CalendarFile>>,
    all_cards: bool,
    all_forms: bool,
}

/// Reads the rules in `dir`. Errors: every problem of every file, warnings among them, in order of file and line.
pub fn load(dir: &Path) -> Result<Loaded, Vec<Problem>> {
    let mut problems = Vec::new();
    let files = read(dir, &mut problems);
    check_all(&files, &mut problems);
    problems.sort();
    problems.dedup();
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    let no_improvement = ImprovementRules {
        triggers: Vec::new(),
        periods_below: 1,
        of_periods: 1,
        max_objectives: 1,
        duration_days: 30,
        check_ins: 2,
        courses: Vec::new(),
    };
    let ruleset = Ruleset::new(
        files.metrics.iter().flat_map(|file| &file.content.metrics).map(|metric| metric.to_metric()).collect(),
        files.cards.iter().map(|file| file.content.to_card()).collect(),
        files.forms.iter().map(|file| file.content.to_form()).collect(),
        files.plans.iter().map(|file| file.content.to_plan()).collect(),
        files.improvement.as_ref().map_or(no_improvement, |file| file.content.to_rules()),
    )
    .map_err(|error| vec![Problem::of_file(&shown(dir), error.to_string(), DEFECT)])?;
    let sources = files.sources.iter().map(|file| (file.content.id.clone(), file.content.clone())).collect();
    let placed = |file| calendars::placed(file).map(|placed| (placed.calendar.id().to_owned(), placed));
    let calendars = files.calendars.iter().map(placed).collect::<Result<_, _>>().map_err(|problem| vec![problem])?;
    Ok(Loaded { ruleset, sources, calendars, warnings: problems, files })
}

impl Loaded {
    /// Cases behind the agent's own facts, by metric, in the first worked example of a card; empty where it has none.
    pub fn example_cases(&self, card: &str) -> BTreeMap<MetricId, i64> {
        let file = self.files.cards.iter().find(|file| file.content.id == card);
        let example = file.and_then(|file| file.content.examples.first());
        example.map(CardExample::cases).unwrap_or_default()
    }

    /// Every source with the places of its parts, in order of file.
    pub fn placed_sources(&self) -> impl Iterator<Item = PlacedSource<'_>> {
        self.files.sources.iter().map(|file| PlacedSource { spec: &file.content, document: &file.document })
    }
}

impl<'a> PlacedSource<'a> {
    /// Its worked examples, each with its index.
    pub fn examples(&self) -> impl Iterator<Item = (usize, &'a SourceExample)> + use<'a> {
        self.spec.examples.iter().enumerate()
    }

    /// A problem at the source's example of that index.
    pub fn example_problem(&self, index: usize, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        self.problem(&format!("/examples/{index}"), what, mend)
    }

    /// A problem at a JSON pointer into the source's file, such as `/facts`.
    pub fn problem(&self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        self.document.error(pointer, what, mend)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(dir: &Path, problems: &mut Vec<Problem>) -> Files {
    let mut files = Files {
        metrics: None,
        improvement: None,
        cards: Vec::new(),
        forms: Vec::new(),
        plans: Vec::new(),
        sources: Vec::new(),
        calendars: Vec::new(),
        all_cards: true,
        all_forms: true,
    };
    let Some(names) = entries(dir, problems) else { return files };
    strangers(dir, &names, problems);
    files.metrics = read_one(dir, METRICS, &names, problems);
    if !names.iter().any(|name| name == METRICS) {
        problems.push(Problem::of_file(
            &shown(&dir.join(METRICS)),
            "the file is missing",
            "write it, or begin with 'merit rules init'",
        ));
    }
    files.improvement = read_one(dir, IMPROVEMENT, &names, problems);
    if !names.iter().any(|name| name == IMPROVEMENT) {
        problems.push(absent(&dir.join(IMPROVEMENT), "the file is missing, so no improvement plan is ever suggested"));
    }
    (files.cards, files.all_cards) = read_folder(&dir.join("scorecards"), &names, problems);
    if files.cards.is_empty() && files.all_cards {
        problems.push(absent(&dir.join("scorecards"), "there is no scorecard, so nobody can be appraised"));
    }
    (files.forms, files.all_forms) = read_folder(&dir.join("judgement"), &names, problems);
    (files.plans, _) = read_folder(&dir.join("incentives"), &names, problems);
    (files.sources, _) = read_folder(&dir.join("sources"), &names, problems);
    (files.calendars, _) = read_folder(&dir.join(calendars::FOLDER), &names, problems);
    files
}

fn absent(path: &Path, what: &str) -> Problem {
    let mend = "write it, or copy it from the rules that 'merit rules init' writes";
    Problem { severity: Severity::Warning, ..Problem::of_file(&shown(path), what, mend) }
}

/// The names in a folder, sorted, hidden ones left out.
fn entries(dir: &Path, problems: &mut Vec<Problem>) -> Option<Vec<String>> {
    let listed = fs::read_dir(dir).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    match listed {
        Ok(entries) => {
            let mut names: Vec<String> =
                entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.retain(|name| !name.starts_with('.'));
            names.sort();
            Some(names)
        }
        Err(error) => {
            let mend = "name a folder that exists and that you may read; 'merit rules init' makes one";
            problems.push(Problem::of_file(&shown(dir), format!("the folder cannot be read: {error}"), mend));
            None
        }
    }
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// YAML files that nobody reads are rules somebody believes to be in force.
fn strangers(dir: &Path, names: &[String], problems: &mut Vec<Problem>) {
    for name in names.iter().filter(|name| is_yaml(name) && *name != METRICS && *name != IMPROVEMENT) {
        problems.push(Problem::of_file(
            &shown(&dir.join(name)),
            "no rules are read from this file",
            format!("name it {METRICS} or {IMPROVEMENT}, or move it to {}", FOLDERS.join(", ")),
        ));
    }
}

fn read_folder<T: JsonSchema + DeserializeOwned>(
    folder: &Path,
    beside: &[String],
    problems: &mut Vec<Problem>,
) -> (Vec<Shaped<T>>, bool) {
    let exists = folder.file_name().is_some_and(|name| beside.iter().any(|other| name == other.as_str()));
    if !exists {
        return (Vec::new(), true);
    }
    let Some(names) = entries(folder, problems) else { return (Vec::new(), false) };
    let names: Vec<String> = names.into_iter().filter(|name| is_yaml(name)).collect();
    let Some(shape) = shape_for(folder, problems) else { return (Vec::new(), false) };
    let paths = names.iter().map(|name| folder.join(name));
    let files: Vec<Shaped<T>> = paths.filter_map(|path| read_file(&path, &shape, problems)).collect();
    let all = files.len() == names.len();
    (files, all)
}

/// A file of the folder, when it is there and has the right shape.
fn read_one<T: JsonSchema + DeserializeOwned>(
    folder: &Path,
    name: &str,
    names: &[String],
    problems: &mut Vec<Problem>,
) -> Option<Shaped<T>> {
    let path = folder.join(name);
    if !names.iter().any(|there| there == name) {
        return None;
    }
    let shape = shape_for(&path, problems)?;
    read_file(&path, &shape, problems)
}

fn shape_for<T: JsonSchema + DeserializeOwned>(path: &Path, problems: &mut Vec<Problem>) -> Option<Shape<T>> {
    let refused = |error| Problem::of_file(&shown(path), format!("its schema is not valid: {error}"), DEFECT);
    Shape::new().map_err(|error| problems.push(refused(error))).ok()
}

fn read_file<T: JsonSchema + DeserializeOwned>(
    path: &Path,
    shape: &Shape<T>,
    problems: &mut Vec<Problem>,
) -> Option<Shaped<T>> {
    let shaped = text_of(path)
        .map_err(|problem| vec![problem])
        .and_then(|text| Document::parse(&shown(path), &text))
        .and_then(|document| shape.fit(document));
    shaped.map_err(|found| problems.extend(found)).ok()
}

/// A file of its own, such as a mapping of a roster. Errors: every problem of the file.
pub(super) fn read_single<T: JsonSchema + DeserializeOwned>(path: &Path) -> Result<Shaped<T>, Vec<Problem>> {
    let mut problems = Vec::new();
    let shape = shape_for(path, &mut problems);
    shape.and_then(|shape| read_file(path, &shape, &mut problems)).ok_or(problems)
}

fn text_of(path: &Path) -> Result<String, Problem> {
    let bytes = fs::read(path).map_err(|error| {
        Problem::of_file(
            &shown(path),
            format!("the file cannot be read: {error}"),
            "check its permissions, and that it is a file",
        )
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let before =
            String::from_utf8_lossy(error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default())
                .into_owned();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        let problem = Problem::of_file(&shown(path), "the file is not UTF-8", "save it with the encoding UTF-8");
        Problem { line, column, ..problem }
    })
}

fn check_all(files: &Files, problems: &mut Vec<Problem>) {
    let known = files.metrics.as_ref().map(|file| {
        let entries = &file.content.metrics;
        entries.iter().map(|entry| (entry.id.clone(), entry.to_metric())).collect()
    });
    problems.extend(files.metrics.iter().flat_map(check::metrics));
    problems.extend(files.cards.iter().flat_map(|file| check::cards::card(file, &known)));
    problems.extend(check::cards::together(&files.cards));
    problems.extend(files.forms.iter().flat_map(check::judgement::form));
    problems.extend(check::judgement::together(&files.forms, files.all_forms, &files.cards, files.all_cards));
    let cards = files.all_cards.then_some(files.cards.as_slice());
    problems.extend(files.plans.iter().flat_map(|file| check::plans::plan(file, cards)));
    problems.extend(check::plans::together(&files.plans));
    problems.extend(files.improvement.iter().flat_map(|file| check::improvement::improvement(file, &known)));
    problems.extend(files.sources.iter().flat_map(|file| check::sources::source(file, &known)));
    problems.extend(check::sources::together(&files.sources));
    problems.extend(files.calendars.iter().flat_map(check::calendars::calendar));
    problems.extend(check::calendars::together(&files.calendars));
}
