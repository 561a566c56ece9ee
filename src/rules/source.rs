//! Where facts come from: the shape of a file in `scoring-config/sources/`.
//!
//! A source is read into one typed table called `rows`; its SQL turns that table into facts.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::ID_PATTERN;
use crate::domain::schedule::{CatchUp, Schedule, ScheduleError};

/// One source of facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// The source's name, unique among sources; part of every fact's key, and of the names of a pull's working files.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    /// What it is, for people.
    #[serde(default)]
    pub description: String,
    /// IANA time zone in which a day begins and ends, and in which times without a zone are read.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Where rows come from, in order; of two rows with the same key the later input's wins.
    pub inputs: Vec<InputSpec>,
    /// The typed table's columns, by the name SQL uses.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Makes rows with the same key one record: the last wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeySpec>,
    /// Conditions every row must meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckSpec>,
    /// One SQL query over `rows`. It returns `agent` (the agent column, unchanged), `day` (a date), optionally `segment`
    /// (text), and either a column pair per metric named `METRIC.numerator` and `METRIC.denominator` (optionally
    /// `METRIC.samples`, which otherwise is the denominator), or the columns `metric`, `numerator`, `denominator` and
    /// optionally `samples`. Rows of facts with the same key are added up.
    ///
    /// Working time is counted by a calendar of the rules, here and in `checks`: `working_seconds('CALENDAR', from_timestamp,
    /// to_timestamp)`, `due_after('CALENDAR', timestamp, seconds)` and `add_working_days('CALENDAR', date, days)`, where the day
    /// itself does not count. A time in a year that the calendar does not know stops the pull.
    pub facts: String,
    /// Make an agent of every employee number not on the roster, instead of setting its rows aside.
    #[serde(default)]
    pub create_agents: bool,
    /// Refuse a pull that would remove more than this share (percent) of the facts it covers.
    #[serde(default = "fifty")]
    pub max_removed_percent: u8,
    /// When the server pulls it by itself; never when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleSpec>,
    /// Worked examples: rows given, facts and set-aside rows expected. `merit check` runs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<SourceExample>,
}

/// When a source is pulled whole, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSpec {
    /// Five fields: minute, hour, day of the month, month, day of the week (`30 6 * * 1-5`). A time that the clock skips comes right after
    /// the gap; one that comes twice counts the first time.
    pub cron: String,
    /// IANA time zone of these times; the source's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Up to this many seconds later, another number each time, so that sources do not all begin at once (default 0).
    #[serde(default)]
    pub jitter_seconds: u32,
    /// What becomes of times at which no server was there (default `once`).
    #[serde(default)]
    pub catch_up: CatchUpSpec,
    /// The source is overdue, which the server tells, when no pull has ended well for this many hours; never when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_after_hours: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUpSpec {
    /// However many were missed, the source is pulled once.
    #[default]
    Once,
    None,
}

impl SourceSpec {
    /// When it is due, where it has a schedule.
    pub fn schedule(&self) -> Option<Result<Schedule, ScheduleError>> {
        let spec = self.schedule.as_ref()?;
        let catch_up = match spec.catch_up {
            CatchUpSpec::Once => CatchUp::Once,
            CatchUpSpec::None => CatchUp::None,
        };
        Some(Schedule::new(
            &spec.cron,
            spec.time_zone.as_deref().unwrap_or(&self.time_zone),
            TimeDelta::seconds(spec.jitter_seconds.into()),
            catch_up,
            spec.overdue_after_hours.map(|hours| TimeDelta::hours(hours.into())),
        ))
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

fn fifty() -> u8 {
    50
}

/// One input of a source: files, pages of an HTTP API, or a query on a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum InputSpec {
    Files(FilesInput),
    Http(HttpInput),
    Sql(SqlInput),
}

/// Files by name or pattern, read in order of their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesInput {
    /// Paths or glob patterns, relative to the folder of the rules unless absolute; read in the order written, and each pattern's files in order of name.
    pub files: Vec<String>,
    /// By the file's ending when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FileFormat>,
    /// The sheet of a workbook; the first when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Columns that look different in this input; each replaces the source's column of that name for this input.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnSpec>,
}

/// File formats Merit reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Comma-separated, first line names the columns, UTF-8.
    Csv,
    /// Tab-separated, otherwise as CSV.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    Parquet,
    /// Excel workbook.
    Xlsx,
}

/// Pages of JSON records from an HTTP API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpInput {
    /// `http://` or `https://`; `${NAME}` is replaced from the environment.
    pub url: String,
    /// Query parameters; `{from}` and `{to}` become the window's first and last day (YYYY-MM-DD), `{to_exclusive}` the day after.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<HttpAuth>,
    /// JSON pointer to the array of records in a page; the page itself when empty.
    #[serde(default)]
    pub records: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<HttpPaging>,
    /// Columns that look different in this input. `from` may be a JSON pointer (`/customer/name`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Attempts per page before the pull gives up (default 6).
    #[serde(default = "six")]
    pub attempts: u32,
    /// Seconds without an answer before an attempt counts as failed (default 30).
    #[serde(default = "thirty")]
    pub timeout_seconds: u64,
}

fn six() -> u32 {
    6
}

fn thirty() -> u64 {
    30
}

/// How to sign in; the secret itself stands in the environment, never in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum HttpAuth {
    Bearer { token_env: String },
    Basic { user: String, password_env: String },
    Header { name: String, value_env: String },
}

/// How one page leads to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum HttpPaging {
    /// The page holds a cursor at `at` (JSON pointer); it goes into the query parameter `parameter`. Absent, null or empty: the last page.
    Cursor { at: String, parameter: String },
    /// Pages are numbered from `first`; an empty page is the last.
    Page {
        parameter: String,
        #[serde(default = "one")]
        first: u64,
    },
    /// The page holds the next page's address at `at` (JSON pointer), or, when `at` is empty, the `Link` header does. It must be on the same host.
    NextLink {
        #[serde(default)]
        at: String,
    },
}

fn one() -> u64 {
    1
}

/// A query on another database, run there; its rows are streamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlInput {
    /// Environment variable that holds the address: `postgres://`, `mysql://` or `sqlite://`.
    pub url_env: String,
    /// The query; `{from}` and `{to}` stand for the window's first and last day and are bound as parameters, never pasted.
    pub query: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnSpec>,
}

/// One column of the typed table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnSpec {
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The input's column (header, field or JSON pointer); the same name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Time formats tried in order, as in strftime (`%d/%m/%Y %H:%M`); ISO 8601 when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// The zone of times without one; the source's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Texts that mean "no value" (after trimming); the empty text always does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nulls: Vec<String>,
    /// A row without a value is set aside.
    #[serde(default)]
    pub required: bool,
    /// The input may lack this column altogether; its values are then empty. Otherwise a missing column refuses the pull.
    #[serde(default)]
    pub optional: bool,
    /// Decimals kept of a `decimal` (0 to 18, default 6); a value with more is set aside.
    #[serde(default = "six_decimals")]
    pub scale: u8,
    /// For the agent column: what its texts are matched with.
    #[serde(default = "number_or_alias", skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<AgentMatch>,
}

fn six_decimals() -> u8 {
    6
}

fn number_or_alias() -> Vec<AgentMatch> {
    vec![AgentMatch::EmployeeNumber, AgentMatch::Alias]
}

/// Types of the typed table. SQL sees them as VARCHAR, BIGINT, DECIMAL(38, scale), BOOLEAN, DATE, TIMESTAMP (local time of the
/// source's zone) and, for `agent`, a BIGINT that stands for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    /// Who did it: matched with the roster, row by row. Exactly one column has this type; it is always required.
    Agent,
}

/// What an agent column's texts are matched with. Names are matched only where a source says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentMatch {
    EmployeeNumber,
    Alias,
    Name,
}

/// Rows with the same key are one record; the last one read wins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    pub columns: Vec<String>,
    /// The highest value of this column wins instead; equal ones by reading order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// A text column that says `add`, `update` or `delete` (any case, surrounding blanks ignored; empty means `add`); a
    /// deleted record leaves the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// A condition in SQL over the typed columns; a row for which it is false is set aside (true and unknown pass). Checks judge
/// the row that won its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSpec {
    pub check: String,
    /// Why the row is set aside, for people.
    pub reason: String,
    /// Only these columns' values are set aside (they become empty) and the row stays; the whole row when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

/// A worked example of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceExample {
    pub name: String,
    /// Rows as the first input gives them: its column names to texts.
    pub rows: Vec<BTreeMap<String, Option<String>>>,
    /// Employee numbers on the roster of this example.
    pub agents: Vec<String>,
    pub facts: Vec<ExampleFact>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<ExampleSetAside>,
}

/// A fact expected by an example; numbers are texts so that they stay exact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleFact {
    pub agent: String,
    pub day: String,
    pub metric: String,
    #[serde(default)]
    pub segment: String,
    pub numerator: String,
    pub denominator: String,
    pub samples: i64,
}

/// A row expected to be set aside: its number among the example's rows (from 1) and a part of the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleSetAside {
    pub row: u64,
    pub reason: String,
}
