//! Improvement plans that a cycle suggests.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{PlanDetail, Slice, Wanted};
use crate::domain::export::ExportList;
use crate::web::export::{FileKind, Sheet, WholeList};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "cycles/plans.html")]
struct Page {
    frame: Frame,
    cycle: String,
    /// With the names of what is to be improved.
    rows: Vec<(PlanDetail, String)>,
    unit: String,
    glossary: Glossary,
    paging: Paging,
    whole: WholeList,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { unit, after } = request.params().unwrap_or_default();
    let unit = chosen(unit);
    let wanted = Wanted { unit: unit.clone(), ..Wanted::default() };
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let aims = |plan: &PlanDetail| {
        let name = |id| rules.metric(id).map(|metric| language.of_text(&metric.name).to_owned());
        let objectives = plan.suggestion.objectives.iter().map(|objective| &objective.metric);
        objectives.map(|id| name(id).unwrap_or_else(|| id.to_string())).collect::<Vec<_>>().join(" · ")
    };
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "name", "unit", "plan-objectives", "plan-from", "plan-due"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.plans(&cycle, &slice, &wanted).await.map_err(failed)?;
            let last = page.rows.last().filter(|_| page.more).map(|last| last.summary.employee_number.clone());
            for plan in page.rows {
                let aims = aims(&plan);
                let (starts, due) = (plan.summary.starts.to_string(), plan.summary.due.to_string());
                let summary = plan.summary;
                sheet.row([summary.employee_number, summary.agent_name, summary.unit_code, aims, starts, due]);
            }
            match last {
                Some(last) => slice = Slice::after(last),
                None => return sheet.answer(kind, &format!("plans-{cycle}")),
            }
        }
    }
    let found = app.plans(&cycle, &Paging::slice(after.clone()), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|plan| plan.summary.employee_number.clone());
    let paging = Paging::new(&[("unit", unit.as_deref())], after.is_some(), last);
    let named = found.rows.iter().flat_map(|plan| &plan.suggestion.objectives);
    let glossary = Glossary::of(language, named.map(|objective| rules.metric(&objective.metric)));
    let rows: Vec<_> =
        found.rows.into_iter().map(|plan| (aims(&plan), plan)).map(|(aims, plan)| (plan, aims)).collect();
    let whole = WholeList::new(ExportList::Plans, Some(&cycle), unit.as_deref());
    rendered(&Page { frame, cycle, rows, unit: unit.unwrap_or_default(), glossary, paging, whole })
}
