//! The scorecards of a cycle, by unit, rating and state, page by page.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{ScoreOrder, ScorecardSummary, Slice, Wanted};
use crate::domain::appraisal::AppraisalState;
use crate::domain::export::ExportList;
use crate::web::charts::Bar;
use crate::web::export::{FileKind, Sheet, WholeList};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::results::state_text;
use crate::web::visitor::failed;

/// States by their names in addresses.
const STATES: [(&str, AppraisalState); 4] = [
    ("scored", AppraisalState::Scored),
    ("on_hold", AppraisalState::OnHold),
    ("insufficient_data", AppraisalState::InsufficientData),
    ("exempt", AppraisalState::Exempt),
];

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    rating: Option<String>,
    state: Option<String>,
    sort: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "cycles/results.html")]
struct Page {
    frame: Frame,
    cycle: String,
    rows: Vec<Row>,
    unit: String,
    rating: String,
    state: String,
    states: Vec<(&'static str, String)>,
    sort: String,
    paging: Paging,
    whole: WholeList,
}

struct Row {
    card: ScorecardSummary,
    score: String,
    bar: Option<Bar>,
    state: String,
    tone: &'static str,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { unit, rating, state, sort, after } = request.params().unwrap_or_default();
    let [unit, rating, state, sort] = [unit, rating, state, sort].map(chosen);
    let in_state = STATES.iter().find(|(name, _)| Some(*name) == state.as_deref()).map(|(_, state)| *state);
    let wanted = Wanted { unit: unit.clone(), rating: rating.clone(), state: in_state };
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "name", "unit", "post", "score", "rating", "state"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.scorecards(&cycle, &slice, &wanted).await.map_err(failed)?;
            let next = page.rows.last().filter(|_| page.more).map(|last| Slice::after(last.employee_number.clone()));
            for card in page.rows {
                let score = card.printed.map(|score| format!("{score:.2}")).unwrap_or_default();
                let state = state_text(card.state, language).0.to_string();
                let rating = card.rating.unwrap_or_default();
                sheet.row([card.employee_number, card.agent_name, card.unit_code, card.post, score, rating, state]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("results-{cycle}")),
            }
        }
    }
    let slice = Paging::slice(after.clone());
    let order = match sort.as_deref() {
        Some("best") => Some(ScoreOrder::BestFirst),
        Some("least") => Some(ScoreOrder::LeastFirst),
        _ => None,
    };
    let found = match order {
        Some(order) => app.scorecards_by_score(&cycle, &slice, order, &wanted).await,
        None => app.scorecards(&cycle, &slice, &wanted).await,
    };
    let found = found.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|card| match (order, card.printed) {
        (Some(_), Some(score)) => format!("{score} {}", card.employee_number),
        _ => card.employee_number.clone(),
    });
    let filters = [("unit", &unit), ("rating", &rating), ("state", &state), ("sort", &sort)];
    let filters = filters.map(|(name, value)| (name, value.as_deref()));
    let paging = Paging::new(&filters, after.is_some(), last);
    let page = Page {
        whole: WholeList::new(ExportList::Scorecards, Some(&cycle), unit.as_deref()),
        rows: found.rows.into_iter().map(|card| row(card, language)).collect(),
        unit: unit.unwrap_or_default(),
        rating: rating.unwrap_or_default(),
        state: state.unwrap_or_default(),
        sort: sort.unwrap_or_default(),
        states: STATES.map(|(name, state)| (name, state_text(state, language).0.to_string())).into(),
        paging,
        cycle,
        frame,
    };
    rendered(&page)
}

fn row(card: ScorecardSummary, language: Language) -> Row {
    let (state, tone) = state_text(card.state, language);
    Row {
        score: card.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        bar: card.printed.map(Bar::of_hundred),
        state: state.to_string(),
        tone,
        card,
    }
}
