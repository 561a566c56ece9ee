//! What one is to write: about oneself, about colleagues who asked for it, and as who leads people.

use askama::Template;
use poem::{Request, Response, handler};

use super::super::cycles::state::cycles_newest_first;
use super::words::{group_text, review_state};
use crate::app::{App, AppError, ReviewTask};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::judgement::RaterGroup;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::{Frame, reaches_others};
use crate::web::language::Language;
use crate::web::paging::Paging;
use crate::web::people::person::found;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "reviews/tasks.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    /// Cycles in review in which whoever looks reviews the people they lead.
    leading: Vec<String>,
    paging: Paging,
}

/// Something to write.
struct Row {
    cycle: String,
    number: String,
    name: String,
    group: Say,
    state: Say,
    tone: &'static str,
    handed_in: String,
    /// Whether the cycle still takes it.
    open: bool,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if app.actor().own_account().is_none() {
        return Err(failed(AppError::Forbidden("nobody is signed in".to_owned())));
    }
    let cycles = cycles_newest_first(&app).await.map_err(failed)?;
    let in_review = cycles.into_iter().filter(|cycle| cycle.state == CycleState::InReview).map(|cycle| cycle.code);
    let in_review: Vec<String> = in_review.collect();
    let rows = rows(&app, language, &in_review).await.map_err(failed)?;
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["cycle", "employee-number", "name", "review-as", "state", "review-handed-in"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        for Row { cycle, number, name, group, state, handed_in, .. } in rows {
            sheet.row([cycle, number, name, group.to_string(), state.to_string(), handed_in]);
        }
        return sheet.answer(kind, "reviews");
    }
    let leads = reaches_others(&app.actor().reach(Act::Review));
    let leading = if leads { in_review } else { Vec::new() };
    rendered(&Page { frame, rows, leading, paging: Paging::new(&[], false, None) })
}

/// One's own assessment of every cycle in review, then what others asked for, newest cycles first.
async fn rows(app: &App, language: Language, in_review: &[String]) -> Result<Vec<Row>, AppError> {
    let own = app.own_account().await?.account.employee_number;
    let mut rows = Vec::new();
    for cycle in in_review {
        let Some(number) = &own else { break };
        let Some(sheet) = found(app.review_sheet(cycle, number).await)? else { continue };
        let (state, tone) = review_state(sheet.state, language);
        rows.push(Row {
            cycle: cycle.clone(),
            number: sheet.employee_number,
            name: sheet.agent_name,
            group: group_text(sheet.group, language),
            state,
            tone,
            handed_in: sheet.submitted_at.map(|at| language.moment(at)).unwrap_or_default(),
            open: true,
        });
    }
    for task in found(app.review_tasks().await)?.unwrap_or_default() {
        let open = in_review.contains(&task.cycle);
        if task.group == RaterGroup::Supervisor || (task.group == RaterGroup::Oneself && open) {
            continue;
        }
        rows.push(task_row(task, open, language));
    }
    Ok(rows)
}

fn task_row(task: ReviewTask, open: bool, language: Language) -> Row {
    let ReviewTask { cycle, employee_number, agent_name, group, state, version: _, submitted_at } = task;
    let (state, tone) = review_state(Some(state), language);
    Row {
        cycle,
        number: employee_number,
        name: agent_name,
        group: group_text(group, language),
        state,
        tone,
        handed_in: submitted_at.map(|at| language.moment(at)).unwrap_or_default(),
        open,
    }
}
