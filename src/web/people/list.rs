//! The people whoever looks may see, searched and by unit, page by page.

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{AgentRecord, Slice};
use crate::domain::export::ExportList;
use crate::web::export::{FileKind, Sheet, WholeList};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    text: Option<String>,
    unit: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "people/list.html")]
struct Page {
    frame: Frame,
    people: Vec<AgentRecord>,
    text: String,
    unit: String,
    paging: Paging,
    whole: WholeList,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Query { text, unit, after } = request.params().unwrap_or_default();
    let (text, unit) = (chosen(text), chosen(unit));
    let app = frame.visitor.app().clone();
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["employee-number", "name", "hired", "left"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.agents(&slice, unit.as_deref(), text.clone()).await.map_err(failed)?;
            for agent in &page.rows {
                let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
                sheet.row([agent.employee_number.clone(), agent.name.clone(), day(agent.hired), day(agent.left)]);
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => slice = Slice::after(last.employee_number.clone()),
                None => return sheet.answer(kind, "people"),
            }
        }
    }
    let slice = Paging::slice(after.clone());
    let found = app.agents(&slice, unit.as_deref(), text.clone()).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|agent| agent.employee_number.clone());
    let filters = [("text", text.as_deref()), ("unit", unit.as_deref())];
    let paging = Paging::new(&filters, after.is_some(), last);
    let whole = WholeList::new(ExportList::People, None, unit.as_deref());
    let (text, unit) = (text.unwrap_or_default(), unit.unwrap_or_default());
    rendered(&Page { frame, people: found.rows, text, unit, paging, whole })
}
