//! The improvement plan that was suggested to an agent.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use crate::app::PlanSummary;
use crate::domain::metric::Unit;
use crate::web::frame::Frame;
use crate::web::glossary::MetricHelp;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "results/plan.html")]
struct Page {
    frame: Frame,
    cycle: String,
    plan: PlanSummary,
    objectives: Vec<ObjectiveView>,
}

struct ObjectiveView {
    name: String,
    help: Option<MetricHelp>,
    baseline: String,
    floor: String,
    target: String,
    due: String,
    /// The course that helps, with its hours.
    course: Option<String>,
    periods_below: u32,
    of_periods: u32,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let plan = app.plan(&cycle, &number).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let objectives = plan.suggestion.objectives.into_iter().map(|objective| {
        let metric = rules.metric(&objective.metric);
        let unit = metric.map_or(Unit::Ratio, |metric| metric.unit);
        let course =
            objective.course.as_ref().and_then(|id| rules.improvement.courses.iter().find(|one| one.id == *id));
        let course = course.map(|course| {
            let said = language.say("course-hours").with("course", language.of_text(&course.name));
            said.with("hours", language.number(course.hours)).to_string()
        });
        ObjectiveView {
            name: metric.map_or_else(|| objective.metric.to_string(), |one| language.of_text(&one.name).to_owned()),
            help: metric.map(|metric| MetricHelp::of(language, metric)),
            baseline: language.measured(objective.baseline, unit),
            floor: language.measured(objective.floor, unit),
            target: language.measured(objective.target, unit),
            due: language.day(objective.due),
            course,
            periods_below: objective.periods_below,
            of_periods: objective.of_periods,
        }
    });
    let objectives = objectives.collect();
    rendered(&Page { frame, cycle, plan: plan.summary, objectives })
}
