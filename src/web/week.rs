//! What whoever leads people should do this week: reviews to hand in, people whose figures fell, plans suggested, appeals to decide.

use askama::Template;
use poem::{Request, Response, handler};

use super::appeals::words::subject_text;
use super::cycles::state::cycles_newest_first;
use super::export::{FileKind, Sheet};
use super::frame::{Frame, reaches_others};
use super::glossary::Glossary;
use super::language::Language;
use super::paging::Paging;
use super::people::person::found as seen;
use super::rendered;
use super::request::query_value;
use super::visitor::failed;
use crate::app::{App, AppError, CycleRecord, ReviewStanding, Slice, Wanted};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;

/// So many of each are shown; the rest is on its own list.
const SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "week.html")]
struct Page {
    frame: Frame,
    parts: Vec<Part>,
    glossary: Glossary,
    paging: Paging,
}

/// One kind of things to do.
struct Part {
    name: String,
    about: String,
    rows: Vec<Row>,
    /// Where all of them are.
    all: Option<String>,
    /// Whether there are more than are shown.
    more: bool,
}

struct Row {
    address: String,
    who: String,
    cycle: String,
    what: String,
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let may = |act| reaches_others(&app.actor().reach(act));
    if !may(Act::Review) && !may(Act::DecideAppeals) {
        return Err(failed(AppError::Forbidden("the week's list is for who leads people or decides appeals".into())));
    }
    let cycles = cycles_newest_first(&app).await.map_err(failed)?;
    let mut parts = Vec::new();
    let mut glossary = Glossary::empty();
    if may(Act::Review) {
        for cycle in cycles.iter().filter(|cycle| cycle.state == CycleState::InReview) {
            parts.push(reviews(&app, language, &cycle.code).await.map_err(failed)?);
        }
        if let Some((part, named)) = fallen(&app, language, &cycles).await.map_err(failed)? {
            parts.push(part);
            glossary = named;
        }
        parts.extend(plans(&app, language, &cycles).await.map_err(failed)?);
    }
    if may(Act::DecideAppeals) {
        parts.push(appeals(&app, language).await.map_err(failed)?);
    }
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["kind", "name", "cycle", "week-what"].map(|key| frame.say(key)));
        for Part { name, rows, .. } in parts {
            for Row { who, cycle, what, .. } in rows {
                sheet.row([name.clone(), who, cycle, what]);
            }
        }
        return sheet.answer(kind, "week");
    }
    for part in &mut parts {
        part.more = part.more || part.rows.len() > SHOWN;
        part.rows.truncate(SHOWN);
    }
    rendered(&Page { frame, parts, glossary, paging: Paging::new(&[], false, None) })
}

/// The people whose review is not handed in.
async fn reviews(app: &App, language: Language, cycle: &str) -> Result<Part, AppError> {
    let (mut rows, mut more) = (Vec::new(), false);
    for standing in [ReviewStanding::Draft, ReviewStanding::NotBegun] {
        let found = app.reviews_to_write(cycle, &Slice::first(), Some(standing)).await?;
        more |= found.more;
        let what = super::reviews::standing_text(standing, language).0.to_string();
        rows.extend(found.rows.into_iter().map(|row| Row {
            address: format!("/cycles/{}/reviews/{}", query_value(cycle), query_value(&row.employee_number)),
            who: format!("{} ({})", row.agent_name, row.employee_number),
            cycle: cycle.to_owned(),
            what: what.clone(),
        }));
    }
    Ok(Part {
        name: language.say("week-reviews").to_string(),
        about: language.say("week-reviews-about").to_string(),
        rows,
        all: Some(format!("/cycles/{}/reviews", query_value(cycle))),
        more,
    })
}

/// Lines that fell from the cycle before the newest one with results.
async fn fallen(app: &App, language: Language, cycles: &[CycleRecord]) -> Result<Option<(Part, Glossary)>, AppError> {
    let mut with_results = cycles.iter().filter(|cycle| cycle.current_run_id.is_some());
    let Some(now) = with_results.next() else { return Ok(None) };
    let Some(before) = with_results.find(|cycle| cycle.period.last < now.period.first) else { return Ok(None) };
    let Some(fallen) = seen(app.fallen_lines(&now.code, &before.code).await)? else { return Ok(None) };
    let rules = app.rules_of_cycle(&now.code).await?;
    let named = Glossary::of(language, fallen.lines.iter().take(SHOWN).map(|line| rules.metric(&line.metric)));
    let rows = fallen.lines.into_iter().map(|line| {
        let metric = rules.metric(&line.metric);
        let name = metric.map_or_else(|| line.metric.to_string(), |metric| language.of_text(&metric.name).to_owned());
        let value = |value| match metric {
            Some(metric) => language.measured(value, metric.unit),
            None => language.number(value),
        };
        let what = language.say("week-fell").with("figure", name).with("before", value(line.before.0));
        Row {
            address: format!("/cycles/{}/scorecards/{}", query_value(&now.code), query_value(&line.employee_number)),
            who: format!("{} ({})", line.agent_name, line.employee_number),
            cycle: now.code.clone(),
            what: what.with("now", value(line.now.0)).to_string(),
        }
    });
    let part = Part {
        name: language.say("week-fallen").to_string(),
        about: language.say("week-fallen-about").with("before", &before.code).to_string(),
        rows: rows.collect(),
        all: None,
        more: fallen.more,
    };
    Ok(Some((part, named)))
}

/// Plans that the newest cycle with results suggests.
async fn plans(app: &App, language: Language, cycles: &[CycleRecord]) -> Result<Option<Part>, AppError> {
    let Some(cycle) = cycles.iter().find(|cycle| cycle.current_run_id.is_some()) else { return Ok(None) };
    let code = query_value(&cycle.code);
    let found = app.plans(&cycle.code, &Slice::first(), &Wanted::default()).await?;
    let rows = found.rows.into_iter().map(|plan| {
        let due = language.day(plan.summary.due);
        Row {
            address: format!("/cycles/{code}/plans/{}", query_value(&plan.summary.employee_number)),
            who: format!("{} ({})", plan.summary.agent_name, plan.summary.employee_number),
            cycle: cycle.code.clone(),
            what: language.say("week-plan").with("due", due).to_string(),
        }
    });
    Ok(Some(Part {
        name: language.say("plans-list").to_string(),
        about: language.say("plan-lead").to_string(),
        rows: rows.collect(),
        all: Some(format!("/cycles/{code}/plans")),
        more: found.more,
    }))
}

/// Open appeals assigned to whoever looks.
async fn appeals(app: &App, language: Language) -> Result<Part, AppError> {
    let assigned = app.appeals_to_decide().await?;
    let rows = assigned.into_iter().map(|view| {
        let about = subject_text(&view.appeal.subject, view.appeal.metric.as_deref(), language);
        let what = language.say("week-appeal").with("about", about).with("due", language.day(view.appeal.due));
        Row {
            address: format!("/appeals/{}", view.appeal.public_id),
            who: view.appeal.employee_number,
            cycle: view.cycle,
            what: what.to_string(),
        }
    });
    Ok(Part {
        name: language.say("week-appeals").to_string(),
        about: language.say("week-appeals-about").to_string(),
        rows: rows.collect(),
        all: None,
        more: false,
    })
}
