//! The people whoever looks may see: searched, filtered and sorted, page by page, and chosen for what is done with several at once.

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::import::may_import;
use crate::app::{PeopleOrder, PeopleState, PersonRecord, Slice, WantedPeople};
use crate::domain::authority::Act;
use crate::domain::export::ExportList;
use crate::web::export::{FileKind, Sheet, WholeList};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    number: Option<String>,
    name: Option<String>,
    unit: Option<String>,
    state: Option<String>,
    sort: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "people/list.html")]
struct Page {
    frame: Frame,
    people: Vec<PersonRecord>,
    wanted: Shown,
    /// Whether rows can be chosen.
    chooses: bool,
    imports: bool,
    paging: Paging,
    whole: WholeList,
}

/// What the form shows.
struct Shown {
    number: String,
    name: String,
    unit: String,
    state: &'static str,
    sort: &'static str,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Query { number, name, unit, state, sort, after } = request.params().unwrap_or_default();
    let (state, state_code) = match state.as_deref() {
        Some("active") => (Some(PeopleState::Active), "active"),
        Some("left") => (Some(PeopleState::Left), "left"),
        _ => (None, ""),
    };
    let (order, sort) = match sort.as_deref() {
        Some("name") => (PeopleOrder::Name, "name"),
        Some("unit") => (PeopleOrder::Unit, "unit"),
        _ => (PeopleOrder::Number, "number"),
    };
    let wanted = WantedPeople { unit: chosen(unit), number: chosen(number), name: chosen(name), state, order };
    // What is searched for goes before what was asked for, and the form says so.
    let sort = match (&wanted.name, &wanted.number) {
        (Some(_), _) => "name",
        (None, Some(_)) => "number",
        (None, None) => sort,
    };
    let app = frame.visitor.app().clone();
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["employee-number", "name", "unit", "hired", "left"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.people(&slice, &wanted).await.map_err(failed)?;
            for PersonRecord { agent, unit } in &page.rows {
                let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
                let unit = unit.clone().unwrap_or_default();
                sheet.row([agent.employee_number.clone(), agent.name.clone(), unit, day(agent.hired), day(agent.left)]);
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => slice = Slice::after(last.agent.employee_number.clone()),
                None => return sheet.answer(kind, "people"),
            }
        }
    }
    let found = app.people(&Paging::slice(chosen(after.clone())), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|person| person.agent.employee_number.clone());
    let filters = [
        ("number", wanted.number.as_deref()),
        ("name", wanted.name.as_deref()),
        ("unit", wanted.unit.as_deref()),
        ("state", Some(state_code).filter(|code| !code.is_empty())),
        ("sort", Some(sort).filter(|sort| *sort != "number")),
    ];
    let paging = Paging::new(&filters, chosen(after).is_some(), last);
    let whole = WholeList::new(ExportList::People, None, wanted.unit.as_deref());
    let WantedPeople { unit, number, name, .. } = wanted;
    let wanted = Shown {
        number: number.unwrap_or_default(),
        name: name.unwrap_or_default(),
        unit: unit.unwrap_or_default(),
        state: state_code,
        sort,
    };
    let chooses = app.actor().reach(Act::ManageCycles).everything;
    let imports = may_import(&frame);
    rendered(&Page { frame, people: found.rows, wanted, chooses, imports, paging, whole })
}
