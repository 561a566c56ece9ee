//! How this server runs: its versions, and each setting with where it comes from. It is read here and changed where the server is started.

use askama::Template;
use poem::{Request, Response, handler};

use super::cycles::state::cycles_newest_first;
use super::export::{FileKind, Sheet};
use super::frame::Frame;
use super::language::Language;
use super::paging::Paging;
use super::rendered;
use super::visitor::failed;
use super::words::Say;
use crate::app::{Health, Running, Setting, SettingOrigin};
use crate::domain::cycle::CycleState;

/// What each setting does, by its name on the command line, or in the environment where it has no other.
const MEANINGS: [(&str, &str); 32] = [
    ("database", "setting-database"),
    ("rules", "setting-rules"),
    ("log-format", "setting-log-format"),
    ("listen", "setting-listen"),
    ("tls-cert", "setting-tls-cert"),
    ("tls-key", "setting-tls-key"),
    ("max-body", "setting-max-body"),
    ("max-connections", "setting-max-connections"),
    ("request-seconds", "setting-request-seconds"),
    ("rate-limit", "setting-rate-limit"),
    ("rate-burst", "setting-rate-burst"),
    ("trusted-proxy", "setting-trusted-proxy"),
    ("metrics-listen", "setting-metrics-listen"),
    ("otlp-endpoint", "setting-otlp-endpoint"),
    ("drain-seconds", "setting-drain-seconds"),
    ("oidc-config", "setting-oidc-config"),
    ("job-workers", "setting-job-workers"),
    ("job-lost-seconds", "setting-job-lost-seconds"),
    ("keep-days", "setting-keep-days"),
    ("keep-file-days", "setting-keep-file-days"),
    ("smtp-url", "setting-smtp-url"),
    ("smtp-ca", "setting-smtp-ca"),
    ("mail-from", "setting-mail-from"),
    ("notice-lost-seconds", "setting-notice-lost-seconds"),
    ("webhook-network", "setting-webhook-network"),
    ("base-url", "setting-base-url"),
    ("folder", "setting-folder"),
    ("seed", "setting-seed"),
    ("no-serve", "setting-no-serve"),
    ("RUST_LOG", "setting-rust-log"),
    ("MERIT_SPOOL", "setting-spool"),
    ("", "setting-unknown"),
];

/// Whether the page says what the setting of this name does.
pub(super) fn explains(name: &str) -> bool {
    MEANINGS.iter().any(|(known, _)| *known == name)
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    frame: Frame,
    running: Running,
    schema: (Say, &'static str),
    /// Cycles that are not over, with the rules they pin: name or short hash, and hash.
    pinned: Vec<(String, String)>,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    /// As the command line and the environment call it.
    names: Vec<String>,
    value: Option<String>,
    origin: Say,
    about: Say,
}

fn row(setting: &Setting, language: Language) -> Row {
    let Setting { flag, variable, value, origin } = setting;
    let name = if flag.is_empty() { variable.as_deref().unwrap_or_default() } else { flag };
    let meaning = MEANINGS.iter().find(|(known, _)| *known == name).map_or("setting-unknown", |(_, words)| *words);
    let origin = match origin {
        SettingOrigin::Default => "setting-by-default",
        SettingOrigin::Environment => "setting-by-environment",
        SettingOrigin::CommandLine => "setting-by-command-line",
    };
    let flag = Some(flag).filter(|flag| !flag.is_empty()).map(|flag| format!("--{flag}"));
    let names = flag.into_iter().chain(variable.clone()).collect();
    Row { names, value: value.clone(), origin: language.say(origin), about: language.say(meaning) }
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let running = app.running().await.map_err(failed)?;
    let rows: Vec<Row> = running.settings.iter().map(|setting| row(setting, frame.language)).collect();
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["setting", "setting-value", "setting-origin", "setting-about"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        for Row { names, value, origin, about } in rows {
            sheet.row([names.join(" "), value.unwrap_or_default(), origin.to_string(), about.to_string()]);
        }
        return sheet.answer(kind, "settings");
    }
    let schema = match running.schema {
        Health::Ready => (frame.say("schema-current"), "good"),
        Health::Behind => (frame.say("schema-behind"), "bad"),
        Health::Ahead => (frame.say("schema-ahead"), "bad"),
        Health::Unreachable => (frame.say("schema-unreachable"), "bad"),
    };
    let cycles = cycles_newest_first(&app).await.map_err(failed)?;
    let over = |state| matches!(state, CycleState::Closed | CycleState::Cancelled);
    let open = cycles.into_iter().filter(|cycle| !over(cycle.state));
    let pinned = open.map(|cycle| (cycle.code, cycle.ruleset_hash)).collect();
    rendered(&Page { frame, running, schema, pinned, rows, paging: Paging::new(&[], false, None) })
}
