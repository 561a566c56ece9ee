//! The audit log: searched, verified, and results replayed from it.

use askama::Template;
use chrono::NaiveDate;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::cycles::state::cycles_newest_first;
use super::export::{FileKind, Sheet, WholeList};
use super::frame::Frame;
use super::language::Language;
use super::paging::{Paging, chosen};
use super::rendered;
use super::visitor::failed;
use crate::app::{AppError, AuditReport, AuditView, ReplayReport, Slice, WantedEntries};
use crate::domain::audit::Record;
use crate::domain::export::ExportList;

#[derive(Deserialize, Default)]
struct Query {
    actor: Option<String>,
    act: Option<String>,
    subject: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    wanted: Fields,
    paging: Paging,
    whole: WholeList,
    /// Cycles whose results can be computed again.
    cycles: Vec<String>,
}

/// The fields of the form as they were sent.
struct Fields {
    actor: String,
    act: String,
    subject: String,
    from: String,
    to: String,
}

struct Row {
    at: String,
    machine: String,
    actor: String,
    act: String,
    subject: String,
    detail: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "audit/verified.html")]
struct Verified {
    frame: Frame,
    report: AuditReport,
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "audit/replayed.html")]
struct Replayed {
    frame: Frame,
    cycle: String,
    report: ReplayReport,
}

fn row(view: AuditView, language: Language) -> Row {
    let AuditView { entry, actor_login, account_login } = view;
    let Record { at, actor, act, subject_kind, subject, detail, reason, .. } = entry.record;
    // Whose account it is about, where its subject is an account's id.
    let subject = account_login.filter(|_| subject_kind == "account").unwrap_or(subject);
    Row {
        at: language.moment(at),
        machine: at.to_rfc3339(),
        actor: actor_login.unwrap_or(actor),
        act,
        subject: format!("{subject_kind} {subject}"),
        detail,
        reason: reason.unwrap_or_default(),
    }
}

/// A day of the form; one that cannot be read is an error that names it.
fn day(field: Option<&str>) -> Result<Option<NaiveDate>, AppError> {
    let read =
        |text: &str| text.parse().map_err(|_| AppError::invalid(format!("'{text}' is no day such as 2026-09-30")));
    field.map(read).transpose()
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { actor, act, subject, from, to, after } = request.params().unwrap_or_default();
    let [actor, act, subject, from, to, after] = [actor, act, subject, from, to, after].map(chosen);
    let days = (day(from.as_deref()).map_err(failed)?, day(to.as_deref()).map_err(failed)?);
    let (actor_of, act_of, subject_of) = (actor.clone(), act.clone(), subject.clone());
    let wanted = WantedEntries { actor: actor_of, act: act_of, subject: subject_of, from: days.0, to: days.1 };
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["when", "who", "what", "about", "detail", "reason"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.audit_entries(&slice, &wanted).await.map_err(failed)?;
            let next = page
                .rows
                .last()
                .filter(|_| page.more)
                .map(|last| Slice::after(last.entry.record.public_id.to_string()));
            for entry in page.rows {
                let Row { machine, actor, act, subject, detail, reason, .. } = row(entry, language);
                sheet.row([machine, actor, act, subject, detail, reason]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, "audit"),
            }
        }
    }
    let found = app.audit_entries(&Paging::slice(after.clone()), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|view| view.entry.record.public_id.to_string());
    let filters = [("actor", &actor), ("act", &act), ("subject", &subject), ("from", &from), ("to", &to)];
    let filters = filters.map(|(name, value)| (name, value.as_deref()));
    let paging = Paging::new(&filters, after.is_some(), last);
    let cycles = cycles_newest_first(&app).await.map_err(failed)?;
    let cycles = cycles.into_iter().filter(|cycle| cycle.current_run_id.is_some()).map(|cycle| cycle.code).collect();
    let [actor, act, subject, from, to] = [actor, act, subject, from, to].map(Option::unwrap_or_default);
    let rows = found.rows.into_iter().map(|entry| row(entry, language)).collect();
    let whole = WholeList::new(ExportList::Audit, None, None);
    rendered(&Page { frame, rows, wanted: Fields { actor, act, subject, from, to }, paging, whole, cycles })
}

/// Walks the whole log.
#[handler]
pub(super) async fn verify(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let report = frame.visitor.app().verify_audit(None, &|_| {}).await.map_err(failed)?;
    let problems = report.problems.iter().map(ToString::to_string).collect();
    rendered(&Verified { frame, report, problems })
}

/// Computes a cycle's results again and compares.
#[handler]
pub(super) async fn replay(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let report = frame.visitor.app().replay(&cycle, &|_| {}).await.map_err(failed)?;
    rendered(&Replayed { frame, cycle, report })
}
