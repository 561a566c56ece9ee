//! An agent appeals a result of their own; one's own appeals.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::words::{appeal_state, subject_text};
use crate::app::{App, AppError, AppealOrder, AppealView};
use crate::domain::appeal::AppealSubject;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::paging::Paging;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Before a line's id in the form's field that says what the appeal is about.
const LINE: &str = "line:";

#[derive(Template)]
#[template(path = "appeals/raise.html")]
struct Page {
    frame: Frame,
    cycle: String,
    number: String,
    /// Value, name, chosen.
    subjects: Vec<(String, String, bool)>,
    glossary: Glossary,
    grounds: String,
    problem: Option<Problem>,
}

#[derive(Deserialize, Default)]
struct Query {
    line: Option<String>,
}

#[derive(Deserialize)]
struct Submitted {
    about: String,
    #[serde(default)]
    grounds: String,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let Query { line } = request.params().unwrap_or_default();
    let about = line.map_or_else(|| "result".to_owned(), |line| format!("{LINE}{line}"));
    show(Frame::of(request)?, &cycle, Submitted { about, grounds: String::new() }, None).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path(cycle): Path<String>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let about = match form.about.as_str() {
        "rating" => AppealSubject::Rating,
        about => match about.strip_prefix(LINE) {
            Some(line) => AppealSubject::Line(line.to_owned()),
            None => AppealSubject::Result,
        },
    };
    let order = AppealOrder { cycle: &cycle, about, grounds: &form.grounds };
    match frame.visitor.app().raise_appeal(order).await {
        Ok(raised) => Ok(Redirect::see_other(format!("/appeals/{}", raised.appeal.public_id)).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, &cycle, form, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, cycle: &str, form: Submitted, problem: Option<Problem>) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let number = own_number(&app).await.map_err(failed)?;
    let card = app.scorecard(cycle, &number).await.map_err(failed)?;
    let rules = app.rules_of_cycle(cycle).await.map_err(failed)?;
    let mut subjects = vec![
        ("result".to_owned(), language.say("appeal-about-result").to_string()),
        ("rating".to_owned(), language.say("appeal-about-rating").to_string()),
    ];
    let named = card.result.stretches.iter().flat_map(|stretch| &stretch.stretch.card.lines);
    let glossary = Glossary::of(language, named.map(|line| rules.metric(&line.metric)));
    for line in card.result.stretches.iter().flat_map(|stretch| &stretch.stretch.card.lines) {
        let metric = rules.metric(&line.metric);
        let name = metric.map_or_else(|| line.id.to_string(), |metric| language.of_text(&metric.name).to_owned());
        let subject = (format!("{LINE}{}", line.id), language.say("appeal-about-line").with("line", name).to_string());
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let subjects = subjects.into_iter().map(|(value, name)| {
        let chosen = value == form.about;
        (value, name, chosen)
    });
    let subjects = subjects.collect();
    rendered(&Page { frame, cycle: cycle.to_owned(), number, subjects, glossary, grounds: form.grounds, problem })
}

/// The employee number of whoever is signed in.
pub(in crate::web) async fn own_number(app: &App) -> Result<String, AppError> {
    let number = app.own_account().await?.account.employee_number;
    number.ok_or_else(|| AppError::NotFound("this account belongs to nobody on the roster".to_owned()))
}

#[derive(Template)]
#[template(path = "appeals/own.html")]
struct Own {
    frame: Frame,
    rows: Vec<Row>,
    paging: Paging,
}

/// An appeal in a list.
pub(super) struct Row {
    pub view: AppealView,
    pub about: String,
    pub state: Say,
    pub tone: &'static str,
    pub raised: String,
    pub due: String,
}

pub(super) fn row(view: AppealView, language: Language) -> Row {
    let (state, tone) = appeal_state(view.appeal.state, language);
    Row {
        about: subject_text(&view.appeal.subject, view.appeal.metric.as_deref(), language),
        state,
        tone,
        raised: language.day(view.appeal.raised_at.date_naive()),
        due: language.day(view.appeal.due),
        view,
    }
}

/// One's own appeals, all of them.
#[handler]
pub(in crate::web) async fn own(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let found = frame.visitor.app().own_appeals().await.map_err(failed)?;
    let rows: Vec<Row> = found.into_iter().map(|view| row(view, frame.language)).collect();
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet =
            Sheet::new(["cycle", "appeal-about", "state", "appeal-raised", "reason"].map(|key| frame.say(key)));
        for Row { view, about, state, .. } in rows {
            let raised = view.appeal.raised_at.to_rfc3339();
            sheet.row([view.cycle, about, state.to_string(), raised, view.appeal.reason.unwrap_or_default()]);
        }
        return sheet.answer(kind, "appeals");
    }
    rendered(&Own { frame, rows, paging: Paging::new(&[], false, None) })
}
