//! A source's file, drafted from an export: which column is what, and which metrics it gives. Whoever knows the export reads it through.

mod guess;
mod write;

use std::collections::BTreeSet;

use guess::{Kind, Sampled};

use crate::domain::metric::MetricId;

/// Words by which columns are known, in lower case.
const AGENT: [&str; 10] =
    ["agent", "employee", "staff", "operator", "advisor", "representative", "工号", "坐席", "座席", "员工"];
const AGENT_NUMBER: [&str; 7] = ["id", "no", "number", "code", "工号", "编号", "号"];
const BEGUN: [&str; 13] = [
    "begun", "start", "opened", "created", "received", "contact", "call", "time", "date", "day", "开始", "受理", "时间",
];
const KEY: [&str; 11] =
    ["contact", "call", "ticket", "case", "session", "conversation", "interaction", "id", "流水", "工单", "编号"];
const QUEUE: [&str; 8] = ["queue", "channel", "skill", "line", "type", "队列", "渠道", "技能"];
const RATING: [&str; 9] = ["rating", "satisf", "csat", "score", "star", "survey", "满意", "评分", "评价"];
const FIRST_REPLY: [&str; 9] = ["first", "reply", "response", "wait", "answer", "响应", "应答", "等待", "首次"];
const HANDLING: [&str; 8] = ["handl", "duration", "talk", "aht", "处理", "通话", "时长", "服务时"];
const RESOLVED: [&str; 5] = ["resolved", "solved", "fcr", "fixed", "解决"];
const YES: [&str; 4] = ["是", "已解决", "解决", "Y"];

/// An export as its first rows show it.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// As the source will name it, relative to the folder of the rules.
    pub path: &'a str,
    pub header: &'a [String],
    pub rows: &'a [Vec<String>],
}

/// What whoever drafts says, because it cannot be guessed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// Headers of the columns that hold the agent and when it was.
    pub agent: Option<&'a str>,
    pub begun: Option<&'a str>,
    /// IANA zone of times without one.
    pub time_zone: &'a str,
}

/// A drafted source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The metrics that its facts give, in order.
    pub metrics: Vec<&'static str>,
    /// Header and how it was understood, for every column.
    pub columns: Vec<(String, String)>,
    /// What to look at first.
    pub doubts: Vec<String>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Key,
    Agent,
    Begun,
    Queue,
    Rating,
    FirstReply,
    Handling,
    Resolved,
}

impl Role {
    /// The name of the column in SQL.
    fn name(self) -> &'static str {
        match self {
            Self::Key => "contact_id",
            Self::Agent => "agent",
            Self::Begun => "begun_at",
            Self::Queue => "queue",
            Self::Rating => "rating",
            Self::FirstReply => "first_reply_seconds",
            Self::Handling => "handle_seconds",
            Self::Resolved => "resolved",
        }
    }
}

/// Drafts a source from an export. `known` are the metrics that the rules have.
///
/// # Errors
/// What is missing from the export, or cannot be told, and how to say it.
pub fn draft(id: &str, export: Export<'_>, said: Said<'_>, known: &BTreeSet<MetricId>) -> Result<Draft, String> {
    let sampled: Vec<Sampled<'_>> = export
        .header
        .iter()
        .enumerate()
        .map(|(at, header)| {
            let texts = export.rows.iter().map(move |row| row.get(at).map_or("", String::as_str));
            Sampled::new(header, texts)
        })
        .collect();
    let roles = roles(&sampled, said)?;
    Ok(write::written(id, export, said.time_zone, &sampled, &roles, known))
}

/// The role of each column that has one.
fn roles(columns: &[Sampled<'_>], said: Said<'_>) -> Result<Vec<Option<Role>>, String> {
    let mut roles: Vec<Option<Role>> = vec![None; columns.len()];
    let named = |wanted: &str| columns.iter().position(|column| column.header.trim() == wanted.trim());
    let headers = || columns.iter().map(|column| column.header).collect::<Vec<_>>().join(", ");
    let absent = |wanted: &str| format!("the export has no column '{wanted}'; it has {}", headers());
    let agent = match said.agent {
        Some(wanted) => named(wanted).ok_or_else(|| absent(wanted))?,
        None => agent(columns).ok_or_else(|| {
            format!(
                "no column looks like the agent's number; name it with --agent COLUMN. The export has {}",
                headers()
            )
        })?,
    };
    give(&mut roles, agent, Role::Agent);
    let begun = match said.begun {
        Some(wanted) => named(wanted).ok_or_else(|| absent(wanted))?,
        None => begun(columns).ok_or_else(|| {
            format!("no column looks like a date or a time; name it with --day COLUMN. The export has {}", headers())
        })?,
    };
    if !columns.get(begun).is_some_and(Sampled::is_time) {
        let header = columns.get(begun).map_or("", |column| column.header);
        return Err(format!(
            "column '{header}' holds no dates or times that Merit knows; write them as 2026-07-31 08:15"
        ));
    }
    give(&mut roles, begun, Role::Begun);
    let seconds = |column: &Sampled<'_>| column.kind == Kind::Integer;
    let yes_or_no = |column: &Sampled<'_>| {
        column.kind == Kind::Boolean || (column.is_choice() && column.values.iter().any(|text| YES.contains(text)))
    };
    type Test<'t> = &'t dyn Fn(&Sampled<'_>) -> bool;
    let tests: [(Role, &[&str], Test<'_>); 6] = [
        (Role::Rating, &RATING, &|column| column.is_within(1, 5)),
        (Role::Resolved, &RESOLVED, &yes_or_no),
        (Role::FirstReply, &FIRST_REPLY, &seconds),
        (Role::Handling, &HANDLING, &seconds),
        (Role::Key, &KEY, &|column| column.is_unique()),
        (Role::Queue, &QUEUE, &|column| column.kind == Kind::Text && column.is_choice()),
    ];
    for (role, words, test) in tests {
        let fits = |(at, column): &(usize, &Sampled<'_>)| {
            roles.get(*at) == Some(&None) && column.is_named(words) && test(column)
        };
        if let Some((at, _)) = columns.iter().enumerate().find(fits) {
            give(&mut roles, at, role);
        }
    }
    Ok(roles)
}

fn give(roles: &mut [Option<Role>], at: usize, role: Role) {
    if let Some(place) = roles.get_mut(at) {
        *place = Some(role);
    }
}

/// The column of agents; one of numbers rather than of names.
fn agent(columns: &[Sampled<'_>]) -> Option<usize> {
    let mut named = columns.iter().enumerate().filter(|(_, column)| column.is_named(&AGENT) && !column.is_time());
    let first = named.clone().next()?.0;
    Some(named.find(|(_, column)| column.is_named(&AGENT_NUMBER)).map_or(first, |(at, _)| at))
}

/// The first column of times whose name says so; else the first.
fn begun(columns: &[Sampled<'_>]) -> Option<usize> {
    let mut times = columns.iter().enumerate().filter(|(_, column)| column.is_time());
    let first = times.clone().next()?.0;
    Some(times.find(|(_, column)| column.is_named(&BEGUN)).map_or(first, |(at, _)| at))
}
