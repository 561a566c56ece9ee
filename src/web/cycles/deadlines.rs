//! By when each stage of a cycle is to be done, what is overdue and what is left; and the form that sets it.

use std::collections::BTreeMap;

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};

use crate::app::{App, AppError, DeadlineOrder, DeadlinesView};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::deadline::{Deadline, MOST_WORKING_DAYS, Stage, Standing};
use crate::web::format::grouped;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// The stages of a cycle as people read them.
pub(super) struct Deadlines {
    pub rows: Vec<Row>,
    pub counted_by: Say,
    /// Years that the calendar does not know.
    pub unknown_years: Option<Say>,
    /// Whether whoever looks may set them, and something still is due.
    pub can_set: bool,
    pub is_published: bool,
}

/// A stage.
pub(super) struct Row {
    pub name: Say,
    pub days: u16,
    pub due: String,
    pub state: Say,
    pub tone: &'static str,
    /// When it was done.
    pub on: Option<String>,
    /// How much is left, while it is its turn.
    pub left: Option<String>,
}

impl Deadlines {
    pub(super) async fn of(app: &App, cycle: &str, language: Language) -> Result<Self, AppError> {
        Ok(Self::shown(app, &app.deadlines(cycle).await?, language))
    }

    fn shown(app: &App, view: &DeadlinesView, language: Language) -> Self {
        let workdays = &view.plan.workdays;
        let counted_by = match workdays.calendar() {
            Some(calendar) => language.say("deadlines-counted").with("calendar", calendar),
            None => language.say("deadlines-counted-plainly"),
        };
        let years: Vec<String> = view.unknown_years.iter().map(ToString::to_string).collect();
        let ended = view.state.is_final() || view.state == CycleState::Cancelled;
        Self {
            rows: view.deadlines.iter().map(|deadline| row(deadline, view.left(deadline.stage), language)).collect(),
            counted_by: counted_by.with("zone", workdays.zone()),
            unknown_years: (!years.is_empty())
                .then(|| language.say("deadlines-unknown-years").with("years", years.join(", "))),
            can_set: !ended && app.actor().reach(Act::ManageCycles).everything,
            is_published: view.state.is_published(),
        }
    }
}

pub(in crate::web) fn stage_text(stage: Stage, language: Language) -> Say {
    language.say(match stage {
        Stage::Freeze => "stage-freeze",
        Stage::Score => "stage-score",
        Stage::Review => "stage-review",
        Stage::Calibrate => "stage-calibrate",
        Stage::Approve => "stage-approve",
        Stage::Publish => "stage-publish",
        Stage::Acknowledge => "stage-acknowledge",
        Stage::Appeal => "stage-appeal",
        Stage::Decide => "stage-decide",
        Stage::Finalise => "stage-finalise",
    })
}

fn row(deadline: &Deadline, left: Option<u64>, language: Language) -> Row {
    let (state, tone, on) = match deadline.standing {
        Standing::Planned => (language.say("deadline-planned"), "", None),
        Standing::Running => (language.say("deadline-running"), "warn", None),
        Standing::Overdue { by } => (language.say("deadline-overdue").count("days", by), "bad", None),
        Standing::Done { on, late: false } => (language.say("deadline-done"), "good", Some(on)),
        Standing::Done { on, late: true } => (language.say("deadline-done-late"), "warn", Some(on)),
    };
    let its_turn = matches!(deadline.standing, Standing::Running | Standing::Overdue { .. });
    Row {
        name: stage_text(deadline.stage, language),
        days: deadline.working_days,
        due: language.day(deadline.due),
        state,
        tone,
        on: on.map(|on| language.day(on)),
        left: left.filter(|_| its_turn).map(|left| grouped(&left.to_string())),
    }
}

#[derive(Template)]
#[template(path = "cycles/deadlines.html")]
struct Page {
    frame: Frame,
    cycle: String,
    deadlines: Deadlines,
    calendar: String,
    calendars: Vec<String>,
    fields: Vec<Field>,
    most: u16,
    problem: Option<Problem>,
}

/// The field for a stage's working days.
struct Field {
    stage: &'static str,
    name: Say,
    least: u16,
    value: String,
}

type Fields = BTreeMap<String, String>;

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, cycle, None, None).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path(cycle): Path<String>,
    Form(fields): Form<Fields>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let problem = match working_days(&fields, frame.language) {
        Ok(working_days) => {
            let calendar = fields.get("calendar").map(String::as_str).filter(|calendar| !calendar.is_empty());
            let order = DeadlineOrder { cycle: &cycle, calendar, working_days };
            match frame.visitor.app().set_deadlines(&order).await {
                Ok(_) => return Ok(Redirect::see_other(format!("/cycles/{}", query_value(&cycle))).into_response()),
                Err(error) => mendable(error, frame.language)?,
            }
        }
        Err(problem) => problem.into(),
    };
    let mut response = show(frame, cycle, Some(&fields), Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

/// What the form says is set as it stands there, the usual numbers too: whoever sent it saw these.
fn working_days(fields: &Fields, language: Language) -> Result<BTreeMap<Stage, u16>, Say> {
    let mut days = BTreeMap::new();
    for stage in Stage::ALL {
        let Some(text) = fields.get(stage.as_str()) else { continue };
        let problem = || {
            let said = language.say("deadline-no-number").with("stage", stage_text(stage, language));
            said.with("text", text).with("most", MOST_WORKING_DAYS)
        };
        days.insert(stage, text.trim().parse().map_err(|_| problem())?);
    }
    Ok(days)
}

/// With what was typed, where it is shown again.
async fn show(frame: Frame, cycle: String, typed: Option<&Fields>, problem: Option<Problem>) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if !app.actor().reach(Act::ManageCycles).everything {
        return Err(failed(AppError::Forbidden("only those who manage cycles set deadlines".to_owned())));
    }
    let view = app.deadlines(&cycle).await.map_err(failed)?;
    let (mut calendars, problem) = match app.working_calendars() {
        Ok(calendars) => (calendars, problem),
        // Rules that cannot be read are told; the rest of the form does without.
        Err(error @ AppError::Rules(_)) => {
            (Vec::new(), problem.or_else(|| Some(Problem::foreign(language, &error.to_string()))))
        }
        Err(error) => return Err(failed(error)),
    };
    let has = view.plan.workdays.calendar().unwrap_or_default().to_owned();
    // The one that the cycle has may have gone from the rules: sending the form must not change it unseen.
    if !has.is_empty() && !calendars.contains(&has) {
        calendars.push(has.clone());
    }
    let published = view.state.is_published();
    let field = |stage: Stage| {
        let days = view.plan.working_days(stage);
        let typed = typed.and_then(|typed| typed.get(stage.as_str()).cloned());
        Field {
            stage: stage.as_str(),
            name: stage_text(stage, language),
            least: if published && stage.is_promised() { days } else { 1 },
            value: typed.unwrap_or_else(|| days.to_string()),
        }
    };
    let shown = Page {
        deadlines: Deadlines::shown(&app, &view, language),
        calendar: typed.and_then(|typed| typed.get("calendar").cloned()).unwrap_or(has),
        calendars,
        fields: Stage::ALL.map(field).into(),
        most: MOST_WORKING_DAYS,
        problem,
        cycle,
        frame,
    };
    rendered(&shown)
}
