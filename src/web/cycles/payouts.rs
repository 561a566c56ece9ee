//! What a cycle pays, agent by agent.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{PayoutSummary, Slice, Wanted};
use crate::domain::export::ExportList;
use crate::web::export::{FileKind, Sheet, WholeList};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::results::payout::withheld_text;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "cycles/payouts.html")]
struct Page {
    frame: Frame,
    cycle: String,
    /// With the amount, and why nothing is paid, as people read them.
    rows: Vec<(PayoutSummary, String, Option<String>)>,
    unit: String,
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
    let why = |payout: &PayoutSummary| payout.withheld.map(|why| withheld_text(why, language).to_string());
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "name", "unit", "pay-plan", "amount", "currency", "why-nothing"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.payouts(&cycle, &slice, &wanted).await.map_err(failed)?;
            let next = page.rows.last().filter(|_| page.more).map(|last| Slice::after(last.employee_number.clone()));
            for payout in page.rows {
                let (amount, why) = (payout.amount.to_decimal().to_string(), why(&payout).unwrap_or_default());
                let currency = payout.amount.currency.to_string();
                let PayoutSummary { employee_number, agent_name, unit_code, plan, .. } = payout;
                sheet.row([employee_number, agent_name, unit_code, plan, amount, currency, why]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("payouts-{cycle}")),
            }
        }
    }
    let found = app.payouts(&cycle, &Paging::slice(after.clone()), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|payout| payout.employee_number.clone());
    let paging = Paging::new(&[("unit", unit.as_deref())], after.is_some(), last);
    let rows = found.rows.into_iter().map(|payout| {
        let (amount, why) = (language.money(&payout.amount), why(&payout));
        (payout, amount, why)
    });
    let rows = rows.collect();
    let whole = WholeList::new(ExportList::Payouts, Some(&cycle), unit.as_deref());
    rendered(&Page { frame, cycle, rows, unit: unit.unwrap_or_default(), paging, whole })
}
