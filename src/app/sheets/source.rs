//! The source that a sheet of figures is: its columns, its checks and its SQL, in code where others have a file.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{COLUMNS, FILE};
use crate::pull::Shortcoming;
use crate::rules::source::{
    AgentMatch, CheckSpec, ColumnSpec, ColumnType, FileFormat, FilesInput, InputSpec, SourceSpec,
};

/// Largest figure of a row; what Merit keeps reaches a little further.
const LARGEST: &str = "9000000000000";

/// Which metrics a row may be about.
pub(super) struct Metrics {
    /// Of the folder of rules and of those in force.
    pub(super) known: BTreeSet<String>,
    /// What is in force today; all of them where nothing was published.
    pub(super) in_force: BTreeSet<String>,
}

/// Every source's id is a word without a full stop, so facts of sheets are nobody else's, whatever the rules will hold.
pub(super) fn source_id(sheet: &str) -> String {
    format!("upload.{sheet}")
}

pub(super) fn spec(sheet: &str, metrics: &Metrics) -> SourceSpec {
    let [agent, metric, day, numerator, denominator, samples, segment, repeated] = COLUMNS;
    let kinds = [
        (agent, ColumnType::Agent, true),
        (metric, ColumnType::Text, true),
        (day, ColumnType::Date, true),
        (numerator, ColumnType::Decimal, true),
        (denominator, ColumnType::Decimal, true),
        (samples, ColumnType::Integer, false),
        (segment, ColumnType::Text, false),
        (repeated, ColumnType::Boolean, true),
    ];
    let columns = kinds.map(|(name, kind, required)| (name.to_owned(), column(kind, required)));
    SourceSpec {
        id: source_id(sheet),
        description: String::new(),
        time_zone: "UTC".to_owned(),
        inputs: vec![InputSpec::Files(FilesInput {
            files: vec![FILE.to_owned()],
            format: Some(FileFormat::Csv),
            sheet: None,
            columns: BTreeMap::new(),
        })],
        columns: columns.into_iter().collect(),
        key: None,
        checks: checks(metrics),
        facts: format!(
            "SELECT {agent} AS agent, {day}, {segment}, {metric}, {numerator}, {denominator}, {samples} FROM rows"
        ),
        create_agents: false,
        max_removed_percent: super::super::pull::NO_LIMIT,
        schedule: None,
        examples: Vec::new(),
    }
}

fn column(kind: ColumnType, required: bool) -> ColumnSpec {
    ColumnSpec {
        kind,
        from: None,
        formats: Vec::new(),
        time_zone: None,
        nulls: Vec::new(),
        required,
        optional: false,
        scale: 6,
        matches: vec![AgentMatch::EmployeeNumber, AgentMatch::Alias],
    }
}

fn checks(metrics: &Metrics) -> Vec<CheckSpec> {
    let within = |name: &str| (format!("{name} >= -{LARGEST} AND {name} <= {LARGEST}"), name.to_owned());
    let (numerator, denominator) = (within("numerator"), within("denominator"));
    let of = |column: &str, what: Shortcoming| format!("column \"{column}\": {}", what.as_str());
    [
        (one_of("metric", &metrics.known), of("metric", Shortcoming::UnknownMetric)),
        (one_of("metric", &metrics.in_force), of("metric", Shortcoming::MetricNotInForce)),
        (numerator.0, of(&numerator.1, Shortcoming::OutOfRange)),
        (denominator.0, of(&denominator.1, Shortcoming::OutOfRange)),
        ("denominator >= 0".to_owned(), of("denominator", Shortcoming::Negative)),
        ("samples IS NOT NULL".to_owned(), of("samples", Shortcoming::SamplesNeeded)),
        (format!("samples <= {LARGEST}"), of("samples", Shortcoming::OutOfRange)),
        ("samples >= 0".to_owned(), of("samples", Shortcoming::Negative)),
        ("NOT repeated".to_owned(), Shortcoming::Repeated.as_str().to_owned()),
    ]
    .map(|(check, reason)| CheckSpec { check, reason, only: Vec::new() })
    .into()
}

fn one_of(column: &str, names: &BTreeSet<String>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
    if names.is_empty() { "false".to_owned() } else { format!("{column} IN ({})", names.join(", ")) }
}
