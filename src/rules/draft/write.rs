//! The text of a drafted source.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::guess::{Kind, Sampled};
use super::{Draft, Export, Role, YES};
use crate::domain::metric::MetricId;

/// Within how many seconds a first reply counts as in time: 20 minutes.
const IN_TIME_SECONDS: u32 = 1200;

/// A metric as SQL gives it: its sums.
struct Given {
    metric: &'static str,
    numerator: String,
    denominator: String,
}

pub(super) fn written(
    id: &str,
    export: Export<'_>,
    time_zone: &str,
    columns: &[Sampled<'_>],
    roles: &[Option<Role>],
    known: &BTreeSet<MetricId>,
) -> Draft {
    let of = |role: Role| roles.iter().position(|one| *one == Some(role)).and_then(|at| columns.get(at));
    let given: Vec<Given> =
        metrics(&of).into_iter().filter(|given| known.contains(&MetricId::new(given.metric))).collect();
    let mut text = head(id, export, time_zone);
    let mut told = Vec::new();
    let mut taken = BTreeSet::new();
    text.push_str("columns:\n");
    for (at, (column, role)) in columns.iter().zip(roles).enumerate() {
        let name = name_of(*role, column.header, at, &mut taken);
        let _ = writeln!(text, "  {name}: {{{}}}", about(column, *role));
        let kind = if *role == Some(Role::Agent) { "agent" } else { kind_name(&column.kind) };
        told.push((column.header.to_owned(), format!("{name} ({kind})")));
    }
    if of(Role::Key).is_some() {
        text.push_str("\n# Of rows with the same number the last counts: a corrected export may repeat them.\nkey: {columns: [contact_id]}\n");
    }
    text.push_str(&checks(&of));
    text.push_str(&facts(&of, &given));
    let metrics = given.iter().map(|given| given.metric).collect();
    Draft { text, metrics, columns: told, doubts: doubts(columns, &of, &given) }
}

fn head(id: &str, export: Export<'_>, time_zone: &str) -> String {
    format!(
        "# yaml-language-server: $schema=../schemas/source.schema.json\n#\n\
         # Drafted from {} ({} rows were looked at): what a column means was guessed from its name and values. Read it through.\n\
         id: {id}\ndescription: {}\ntime_zone: {time_zone}\n\n\
         # Later exports too: a pattern such as exports/*.csv takes them all.\ninputs:\n  - kind: files\n    files: [{}]\n\n",
        export.name,
        export.rows.len(),
        quoted(&format!("Drafted from {}", export.name)),
        quoted(export.path),
    )
}

/// A text as YAML reads it back; JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Decimal => "decimal",
        Kind::Boolean => "boolean",
        Kind::Timestamp(..) => "timestamp",
        Kind::Date(..) => "date",
    }
}

/// The column's name in SQL: its role's, or its header in plain letters.
fn name_of(role: Option<Role>, header: &str, at: usize, taken: &mut BTreeSet<String>) -> String {
    let plain: String =
        header.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = role.map_or_else(|| words.join("_"), |role| role.name().to_owned());
    let starts_plainly = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    let is_a_role = role.is_none() && ROLE_NAMES.contains(&name.as_str());
    if !starts_plainly || is_a_role || taken.contains(&name) {
        name = format!("column_{}", at + 1);
    }
    taken.insert(name.clone());
    name
}

const ROLE_NAMES: [&str; 8] =
    ["contact_id", "agent", "begun_at", "queue", "rating", "first_reply_seconds", "handle_seconds", "resolved"];

fn about(column: &Sampled<'_>, role: Option<Role>) -> String {
    let kind = match role {
        Some(Role::Agent) => "agent",
        // A number that only names something is a text.
        Some(Role::Key) => "text",
        _ => kind_name(&column.kind),
    };
    let mut about = format!("type: {kind}, from: {}", quoted(column.header));
    if let Kind::Timestamp(Some(format), _) | Kind::Date(Some(format), _) = column.kind {
        let _ = write!(about, ", formats: [{}]", quoted(format));
    }
    if !column.nulls.is_empty() {
        let nulls: Vec<String> = column.nulls.iter().map(|null| quoted(null)).collect();
        let _ = write!(about, ", nulls: [{}]", nulls.join(", "));
    }
    if matches!(role, Some(Role::Key | Role::Begun)) {
        about.push_str(", required: true");
    }
    about
}

fn checks<'a>(of: &dyn Fn(Role) -> Option<&'a Sampled<'a>>) -> String {
    let mut checks = String::new();
    for (role, check, reason) in [
        (Role::Rating, "rating BETWEEN 1 AND 5", "rating is not 1 to 5"),
        (Role::FirstReply, "first_reply_seconds >= 0", "first reply lies before the request"),
        (Role::Handling, "handle_seconds BETWEEN 0 AND 14400", "handle time is negative or longer than four hours"),
    ] {
        if of(role).is_some() {
            let _ = write!(checks, "  - check: {check}\n    reason: {reason}\n    only: [{}]\n", role.name());
        }
    }
    if checks.is_empty() {
        checks
    } else {
        format!("\n# A value that fails is left out, with the reason shown.\nchecks:\n{checks}")
    }
}

fn metrics<'a>(of: &dyn Fn(Role) -> Option<&'a Sampled<'a>>) -> Vec<Given> {
    let given = |metric, numerator: &str, denominator: &str| Given {
        metric,
        numerator: numerator.to_owned(),
        denominator: denominator.to_owned(),
    };
    let mut found = Vec::new();
    if of(Role::Rating).is_some() {
        found.push(given("csat_t2b", "SUM(CASE WHEN rating >= 4 THEN 1 ELSE 0 END)", "COUNT(rating)"));
        found.push(given("csat_mean", "SUM(rating)", "COUNT(rating)"));
    }
    if let Some(column) = of(Role::Resolved) {
        let yes = column.values.iter().find(|text| YES.contains(text));
        let is = match (&column.kind, yes) {
            (Kind::Text, Some(yes)) => format!("resolved = '{yes}'"),
            _ => "resolved".to_owned(),
        };
        found.push(given("resolution_rate", &format!("SUM(CASE WHEN {is} THEN 1 ELSE 0 END)"), "COUNT(resolved)"));
    }
    if of(Role::FirstReply).is_some() {
        let in_time = format!("SUM(CASE WHEN first_reply_seconds <= {IN_TIME_SECONDS} THEN 1 ELSE 0 END)");
        found.push(given("frt_sla", &in_time, "COUNT(first_reply_seconds)"));
        found.push(given("frt_mean", "SUM(first_reply_seconds)", "COUNT(first_reply_seconds)"));
    }
    if of(Role::Handling).is_some() {
        found.push(given("aht", "SUM(handle_seconds)", "COUNT(handle_seconds)"));
    }
    found
}

fn facts<'a>(of: &dyn Fn(Role) -> Option<&'a Sampled<'a>>, given: &[Given]) -> String {
    let day = match of(Role::Begun).map(|column| &column.kind) {
        Some(Kind::Date(..)) => "begun_at",
        _ => "CAST(begun_at AS DATE)",
    };
    let mut selected = vec!["agent".to_owned(), format!("{day} AS day")];
    let mut grouped = vec!["agent".to_owned(), day.to_owned()];
    if of(Role::Queue).is_some() {
        selected.push("queue AS segment".to_owned());
        grouped.push("queue".to_owned());
    }
    for Given { metric, numerator, denominator } in given {
        selected.push(format!("{numerator} AS \"{metric}.numerator\""));
        selected.push(format!("{denominator} AS \"{metric}.denominator\""));
    }
    if given.is_empty() {
        // What is missing is said by `merit check`, with this place.
        selected.push("SUM(WHAT) AS \"METRIC.numerator\"".to_owned());
        selected.push("COUNT(WHAT) AS \"METRIC.denominator\"".to_owned());
    }
    format!("\nfacts: |\n  SELECT {}\n  FROM rows\n  GROUP BY {}\n", selected.join(",\n         "), grouped.join(", "))
}

fn doubts<'a>(columns: &[Sampled<'_>], of: &dyn Fn(Role) -> Option<&'a Sampled<'a>>, given: &[Given]) -> Vec<String> {
    let mut doubts = Vec::new();
    for column in columns {
        if let Kind::Timestamp(Some(format), true) | Kind::Date(Some(format), true) = column.kind {
            doubts.push(format!("'{}' reads both ways: the day was taken to stand first ({format})", column.header));
        }
    }
    if of(Role::Key).is_none() {
        doubts.push("no column numbers the rows: a row that comes in two exports counts twice".to_owned());
    }
    if of(Role::FirstReply).is_some() {
        doubts.push(format!("a first reply within {IN_TIME_SECONDS} seconds was taken to be in time (frt_sla)"));
    }
    if given.is_empty() {
        doubts.push("no column looks like a metric of the rules: write METRIC and WHAT in facts yourself".to_owned());
    }
    doubts
}
