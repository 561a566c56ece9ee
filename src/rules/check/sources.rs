//! Sources: columns that exist, zones and formats that can be read, secrets that stay in the environment.

use std::collections::BTreeMap;

use chrono::format::{Item, StrftimeItems};

use super::super::explain::nearest;
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::source::{ColumnSpec, ColumnType, HttpAuth, HttpInput, HttpPaging, InputSpec, SourceSpec};
use super::super::yaml::{Document, join};
use super::{KnownMetrics, duplicates};
use crate::domain::schedule::ScheduleError;

/// Most decimals a DECIMAL(38, scale) column sensibly keeps.
const MOST_SCALE: u8 = 18;
/// Columns that hold facts of a metric in the source's query are named METRIC and one of these.
const FACT_ENDINGS: [&str; 3] = [".numerator\"", ".denominator\"", ".samples\""];

pub(crate) fn source(file: &Shaped<SourceSpec>, known: &KnownMetrics) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let mut check = Check { document, columns: &content.columns, problems: Vec::new() };
    check.zone("/time_zone", &content.time_zone);
    check.columns("/columns", &content.columns);
    check.agent_column();
    check.inputs(&content.inputs);
    check.references(content);
    check.metrics(&content.facts, known);
    check.examples(content, known);
    check.schedule(content);
    if content.max_removed_percent > 100 {
        check.error(
            "/max_removed_percent",
            format!("{} percent is more than all", content.max_removed_percent),
            "write 0 to 100",
        );
    }
    check.problems
}

/// One id twice.
pub(crate) fn together(files: &[Shaped<SourceSpec>]) -> Vec<Problem> {
    duplicates("source", files.iter().map(|file| (file.content.id.as_str(), &file.document, "/id".to_owned())))
}

struct Check<'a> {
    document: &'a Document,
    columns: &'a BTreeMap<String, ColumnSpec>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn error(&mut self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(self.document.error(pointer, what, mend));
    }

    fn zone(&mut self, pointer: &str, zone: &str) {
        super::zone(self.document, pointer, zone, &mut self.problems);
    }

    fn schedule(&mut self, content: &SourceSpec) {
        if let Some(zone) = content.schedule.as_ref().and_then(|schedule| schedule.time_zone.as_ref()) {
            self.zone("/schedule/time_zone", zone);
        }
        match content.schedule() {
            Some(Err(error @ (ScheduleError::Cron { .. } | ScheduleError::Never(_)))) => {
                let mend = "write minute, hour, day of the month, month and day of the week, such as '30 6 * * 1-5'";
                self.error("/schedule/cron", error.to_string(), mend);
            }
            // A zone that is not known has been told.
            Some(Err(ScheduleError::Zone(_)) | Ok(_)) | None => {}
        }
        if content.schedule.as_ref().is_some_and(|schedule| schedule.overdue_after_hours == Some(0)) {
            let mend = "write at least 1, or leave it out";
            self.error("/schedule/overdue_after_hours", "after 0 hours a source is always overdue", mend);
        }
    }

    fn columns(&mut self, pointer: &str, columns: &BTreeMap<String, ColumnSpec>) {
        for (name, column) in columns {
            let at = join(pointer, name);
            if name.is_empty() || name.contains('"') {
                self.error(&at, format!("column name '{name}' cannot be used in SQL"), "use letters, digits and _");
            }
            if let Some(zone) = &column.time_zone {
                self.zone(&format!("{at}/time_zone"), zone);
            }
            if column.scale > MOST_SCALE {
                let what = format!("scale {} is more than {MOST_SCALE} decimals", column.scale);
                self.error(&format!("{at}/scale"), what, format!("write 0 to {MOST_SCALE}"));
            }
            self.formats(&at, column);
        }
    }

    fn formats(&mut self, at: &str, column: &ColumnSpec) {
        let timed = matches!(column.kind, ColumnType::Date | ColumnType::Timestamp);
        if !timed && !column.formats.is_empty() {
            let mend = "make the column a date or timestamp, or remove formats";
            self.error(&format!("{at}/formats"), "only dates and timestamps have time formats", mend);
        }
        for (index, format) in column.formats.iter().enumerate() {
            let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
            let pointer = format!("{at}/formats/{index}");
            if items.contains(&Item::Error) {
                let mend = "use the letters of strftime, as %Y-%m-%d %H:%M:%S";
                self.error(&pointer, format!("'{format}' is not a time format"), mend);
            } else if !items.iter().any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(_))) {
                let mend = "write where year, month and day stand, as %Y-%m-%d";
                self.error(&pointer, format!("'{format}' reads nothing"), mend);
            }
        }
    }

    fn agent_column(&mut self) {
        let agents: Vec<&String> =
            self.columns.iter().filter(|(_, column)| column.kind == ColumnType::Agent).map(|(name, _)| name).collect();
        match agents.as_slice() {
            [_] => {}
            [] => {
                let problem =
                    self.document.name_error("/columns", "no column says who did it", "give one column 'type: agent'");
                self.problems.push(problem);
            }
            [first, others @ ..] => {
                for other in others {
                    let what = format!("columns '{first}' and '{other}' both have type agent");
                    self.error(&format!("{}/type", join("/columns", other)), what, "keep one; make the other text");
                }
            }
        }
    }

    fn inputs(&mut self, inputs: &[InputSpec]) {
        if inputs.is_empty() {
            self.error("/inputs", "this source has no inputs", "add one of kind files, http or sql");
        }
        for (index, input) in inputs.iter().enumerate() {
            let at = format!("/inputs/{index}");
            let columns = match input {
                InputSpec::Files(files) => {
                    if files.files.is_empty() {
                        self.error(
                            &format!("{at}/files"),
                            "no files are named",
                            "write paths or patterns, as exports/*.csv",
                        );
                    }
                    &files.columns
                }
                InputSpec::Http(http) => {
                    self.http(&at, http);
                    &http.columns
                }
                InputSpec::Sql(sql) => {
                    self.environment(&format!("{at}/url_env"), &sql.url_env);
                    if sql.query.trim().is_empty() {
                        self.error(&format!("{at}/query"), "the query is empty", "write a SELECT");
                    }
                    &sql.columns
                }
            };
            let pointer = format!("{at}/columns");
            for (name, column) in columns {
                self.column_exists(&join(&pointer, name), name);
                if let Some(whole) = self.columns.get(name)
                    && whole.kind != column.kind
                {
                    let mend = "write the type of the source's column; an input changes only how it is read";
                    self.error(
                        &format!("{}/type", join(&pointer, name)),
                        format!("'{name}' has another type in this source"),
                        mend,
                    );
                }
            }
            self.columns(&pointer, columns);
        }
    }

    fn http(&mut self, at: &str, http: &HttpInput) {
        if !["http://", "https://", "${"].iter().any(|start| http.url.starts_with(start)) {
            self.error(
                &format!("{at}/url"),
                format!("'{}' is not a web address", http.url),
                "begin with https:// or http://",
            );
        }
        if http.attempts == 0 {
            self.error(&format!("{at}/attempts"), "no attempt would be made", "write at least 1");
        }
        if http.timeout_seconds == 0 {
            self.error(&format!("{at}/timeout_seconds"), "every attempt would fail at once", "write at least 1");
        }
        self.pointer(&format!("{at}/records"), &http.records);
        match &http.auth {
            Some(HttpAuth::Bearer { token_env: name }) => self.environment(&format!("{at}/auth/token_env"), name),
            Some(HttpAuth::Basic { password_env: name, .. }) => {
                self.environment(&format!("{at}/auth/password_env"), name)
            }
            Some(HttpAuth::Header { value_env: name, .. }) => self.environment(&format!("{at}/auth/value_env"), name),
            None => {}
        }
        if let Some(HttpPaging::Cursor { at: target, .. } | HttpPaging::NextLink { at: target }) = &http.paging {
            self.pointer(&format!("{at}/paging/at"), target);
        }
    }

    fn pointer(&mut self, pointer: &str, target: &str) {
        if !target.is_empty() && !target.starts_with('/') {
            self.error(
                pointer,
                format!("'{target}' is not a JSON pointer"),
                format!("write '/{}'", target.replace('.', "/")),
            );
        }
    }

    fn environment(&mut self, pointer: &str, name: &str) {
        let mut letters = name.chars();
        let begins = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        if !begins || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            // What stands here may be the secret itself, so it is not repeated.
            self.error(
                pointer,
                "this is not the name of an environment variable",
                "write a name, as CRM_TOKEN, and put the secret into the environment",
            );
        }
    }

    fn references(&mut self, source: &SourceSpec) {
        if let Some(key) = &source.key {
            if key.columns.is_empty() {
                self.error("/key/columns", "the key has no columns", "name what makes a record one, or remove the key");
            }
            for (index, column) in key.columns.iter().enumerate() {
                self.column_exists(&format!("/key/columns/{index}"), column);
            }
            for (pointer, column) in [("/key/order_by", &key.order_by), ("/key/action", &key.action)] {
                if let Some(column) = column {
                    self.column_exists(pointer, column);
                }
            }
        }
        for (index, check) in source.checks.iter().enumerate() {
            for (number, column) in check.only.iter().enumerate() {
                self.column_exists(&format!("/checks/{index}/only/{number}"), column);
            }
        }
    }

    fn column_exists(&mut self, pointer: &str, column: &str) {
        if !self.columns.contains_key(column) {
            let names: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            let mend = match nearest(column, &names) {
                Some(meant) => format!("did you mean '{meant}'?"),
                None => format!("the columns are {}", names.join(", ")),
            };
            self.error(pointer, format!("column '{column}' is not among this source's columns"), mend);
        }
    }

    fn examples(&mut self, source: &SourceSpec, known: &KnownMetrics) {
        for (number, example) in source.examples.iter().enumerate() {
            for (index, fact) in example.facts.iter().enumerate() {
                let pointer = format!("/examples/{number}/facts/{index}/metric");
                super::metric_exists(self.document, &pointer, &fact.metric, known, &mut self.problems);
            }
        }
    }

    /// Metrics that the query names in its columns and that `metrics.yaml` does not define.
    fn metrics(&mut self, query: &str, known: &KnownMetrics) {
        let mut named: Vec<&str> = Vec::new();
        for ending in FACT_ENDINGS {
            for (end, _) in query.match_indices(ending) {
                let metric = query.get(..end).and_then(|before| before.rsplit_once('"')).map(|(_, metric)| metric);
                named.extend(metric);
            }
        }
        named.sort_unstable();
        named.dedup();
        for metric in named {
            super::metric_exists(self.document, "/facts", metric, known, &mut self.problems);
        }
    }
}
