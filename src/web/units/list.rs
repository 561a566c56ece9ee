//! Units and what became of them in a cycle.

use askama::Template;
use poem::web::{Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::super::cycles::state::cycles_newest_first;
use crate::app::{AppError, Slice, UnitScorecardSummary, WantedUnits};
use crate::web::charts::Bar;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    kind: Option<String>,
    parent: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "units/list.html")]
struct Page {
    frame: Frame,
    cycle: String,
    rows: Vec<Row>,
    kind: String,
    parent: String,
    paging: Paging,
}

struct Row {
    unit: UnitScorecardSummary,
    name: String,
    score: String,
    bar: Option<Bar>,
}

/// Those of the newest cycle that has results.
#[handler]
pub(in crate::web) async fn newest(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let cycles = cycles_newest_first(frame.visitor.app()).await.map_err(failed)?;
    match cycles.iter().find(|cycle| cycle.current_run_id.is_some()) {
        Some(cycle) => Ok(Redirect::see_other(format!("/cycles/{}/units", cycle.code)).into_response()),
        None => Err(failed(AppError::NotFound("no cycle has results yet".to_owned()))),
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { kind, parent, after } = request.params().unwrap_or_default();
    let (kind, parent) = (chosen(kind), chosen(parent));
    let wanted = WantedUnits { kind: kind.clone(), parent: parent.clone() };
    if let Some(file) = FileKind::asked(request) {
        let columns = ["unit", "name", "unit-kind", "unit-above", "score", "rating"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.unit_scorecards(&cycle, &slice, &wanted).await.map_err(failed)?;
            let next = page.rows.last().filter(|_| page.more).map(|last| Slice::after(last.code.clone()));
            for unit in page.rows {
                let name = language.pick(&unit.name_en, &unit.name_zh).to_owned();
                let score = unit.printed.map(|score| format!("{score:.2}")).unwrap_or_default();
                let (above, rating) = (unit.parent.unwrap_or_default(), unit.rating.unwrap_or_default());
                sheet.row([unit.code, name, unit.kind, above, score, rating]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(file, &format!("units-{cycle}")),
            }
        }
    }
    let found = app.unit_scorecards(&cycle, &Paging::slice(after.clone()), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|unit| unit.code.clone());
    let filters = [("kind", kind.as_deref()), ("parent", parent.as_deref())];
    let paging = Paging::new(&filters, after.is_some(), last);
    let rows = found.rows.into_iter().map(|unit| Row {
        name: language.pick(&unit.name_en, &unit.name_zh).to_owned(),
        score: unit.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        bar: unit.printed.map(Bar::of_hundred),
        unit,
    });
    let rows = rows.collect();
    let (kind, parent) = (kind.unwrap_or_default(), parent.unwrap_or_default());
    rendered(&Page { frame, cycle, rows, kind, parent, paging })
}
