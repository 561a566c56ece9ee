//! Versions of the rules, newest first.

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{RuleVersionRecord, Slice};
use crate::domain::version::VersionState;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "rules/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    version: RuleVersionRecord,
    label: String,
    state: Say,
    from: String,
    cycles: String,
    /// The version before it in time, to compare with.
    before: Option<String>,
}

pub(super) fn state_text(state: VersionState, language: Language) -> Say {
    language.say(match state {
        VersionState::Draft => "version-draft",
        VersionState::Checked => "version-checked",
        VersionState::Published => "version-published",
        VersionState::Withdrawn => "version-withdrawn",
    })
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["version", "version-hash", "state", "version-from", "nav-cycles"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.rule_versions(&slice).await.map_err(failed)?;
            let next = page.rows.last().filter(|_| page.more).map(|last| Slice::after(last.number.to_string()));
            for version in page.rows {
                let from = version.effective_from.map(|day| day.to_string()).unwrap_or_default();
                let state = state_text(version.state, language).to_string();
                sheet.row([version.label(), version.hash, state, from, version.cycles.join(" ")]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, "rules"),
            }
        }
    }
    let Query { after } = request.params().unwrap_or_default();
    let after = chosen(after);
    let found = app.rule_versions(&Paging::slice(after.clone())).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|version| version.number.to_string());
    let before: Vec<Option<String>> =
        found.rows.iter().skip(1).map(|version| Some(version.hash.clone())).chain([None]).collect();
    let rows = found.rows.into_iter().zip(before).map(|(version, before)| Row {
        label: version.label(),
        state: state_text(version.state, language),
        from: version.effective_from.map_or_else(|| "–".to_owned(), |day| language.day(day)),
        cycles: version.cycles.join(", "),
        before,
        version,
    });
    let rows = rows.collect();
    rendered(&Page { frame, rows, paging: Paging::new(&[], after.is_some(), last) })
}
