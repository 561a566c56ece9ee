//! What a cycle's payouts cost: before they are paid, and after.

use std::collections::BTreeSet;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{Cost, CostLine, CostSum, UnitCost};
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::web::charts::{Amount, Amounts};
use crate::web::export::{FileKind, Sheet};
use crate::web::format::grouped;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::results::payout::withheld_text;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Units drawn at most; the table has them all.
const MOST_DRAWN: usize = 12;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
}

#[derive(Template)]
#[template(path = "cycles/cost.html")]
struct Page {
    frame: Frame,
    cycle: String,
    before: Option<String>,
    totals: Vec<Row>,
    charts: Vec<Amounts>,
    parts: Vec<Part>,
    /// The unit above the one whose units are shown.
    above: Option<(String, String)>,
    /// Why nothing is paid, and to how many.
    withheld: Vec<(Say, u64)>,
    paging: Paging,
}

/// Payouts by one thing that they have in common.
struct Part {
    /// `units`, `plans`, `cards` or `ratings`.
    code: &'static str,
    title: Say,
    name: Say,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    /// Where the name leads.
    address: Option<String>,
    depth: usize,
    amount: String,
    payable: String,
    withheld: u64,
    mean: String,
    before: String,
    difference: String,
}

fn row(line: &CostLine, name: String, language: Language) -> Row {
    let money = |money: Option<Money>| money.map_or_else(|| "–".to_owned(), |money| language.money(&money));
    Row {
        name,
        address: None,
        depth: 0,
        amount: language.money(&line.amount()),
        payable: grouped(&line.sum.payable.to_string()),
        withheld: line.sum.withheld,
        mean: money(line.mean()),
        before: money(line.amount_before()),
        difference: money(line.difference()),
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let cost = app.cycle_cost(&cycle).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    if let Some(kind) = FileKind::asked(request) {
        return sheet(cost, &frame, kind, &cycle);
    }
    let charts = charts(&cost, &frame);
    let Query { unit } = request.params().unwrap_or_default();
    let chosen = chosen(unit);
    let units = level(&cost.units, chosen.as_deref()).into_iter().map(|(below, unit)| Row {
        address: (unit.line.sum != CostSum::default()).then(|| unit_address(&cycle, unit, below, &cost.units)),
        depth: usize::from(below),
        ..row(&unit.line, unit.line.name.clone(), language)
    });
    let above = cost.units.iter().find(|unit| Some(unit.line.name.as_str()) == chosen.as_deref());
    let above = above.and_then(|unit| unit.parent.clone()).map(|parent| (cost_address(&cycle, &parent), parent));
    let part = |code, title, name, rows| Part { code, title: frame.say(title), name: frame.say(name), rows };
    let plan = |id: &str| named(rules.plan(id).map(|plan| &plan.name), id, language);
    let card = |id: &str| named(rules.card(id).map(|card| &card.name), id, language);
    let rows = |lines: &[CostLine], name: &dyn Fn(&str) -> String| -> Vec<Row> {
        lines.iter().map(|line| row(line, name(&line.name), language)).collect()
    };
    let parts = vec![
        part("units", "cost-by-unit", "unit", units.collect()),
        part("plans", "cost-by-plan", "pay-plan", rows(&cost.plans, &plan)),
        part("cards", "cost-by-card", "scorecard", rows(&cost.cards, &card)),
        part("ratings", "cost-by-rating", "rating", rows(&cost.ratings, &|rating| rating_name(rating, language))),
    ];
    let shown = Page {
        totals: rows(&cost.totals, &str::to_owned),
        before: cost.before,
        charts,
        parts,
        above,
        withheld: cost.withheld.into_iter().map(|(why, agents)| (withheld_text(why, language), agents)).collect(),
        paging: Paging::new(&[], false, None),
        cycle,
        frame,
    };
    rendered(&shown)
}

/// The chosen unit, or those at the top, and what is right below, each with whether it is below.
fn level<'u>(units: &'u [UnitCost], chosen: Option<&str>) -> Vec<(bool, &'u UnitCost)> {
    let is_top = |unit: &UnitCost| match chosen {
        Some(chosen) => unit.line.name == chosen,
        None => unit.parent.is_none(),
    };
    let tops: BTreeSet<&str> = units.iter().filter(|unit| is_top(unit)).map(|unit| unit.line.name.as_str()).collect();
    let below = |unit: &UnitCost| unit.parent.as_deref().is_some_and(|parent| tops.contains(parent));
    units.iter().filter(|unit| is_top(unit) || below(unit)).map(|unit| (below(unit), unit)).collect()
}

/// A unit that others are below leads down to them; else to its own page, as the one that is shown does.
fn unit_address(cycle: &str, unit: &UnitCost, below: bool, units: &[UnitCost]) -> String {
    let name = &unit.line.name;
    if below && units.iter().any(|other| other.parent.as_ref() == Some(name)) {
        return cost_address(cycle, name);
    }
    format!("/cycles/{}/units/{}", query_value(cycle), query_value(name))
}

fn cost_address(cycle: &str, unit: &str) -> String {
    format!("/cycles/{}/cost?unit={}#units", query_value(cycle), query_value(unit))
}

fn named(text: Option<&Text>, id: &str, language: Language) -> String {
    text.map_or_else(|| id.to_owned(), |text| language.of_text(text).to_owned())
}

fn rating_name(rating: &str, language: Language) -> String {
    if rating.is_empty() { language.say("cost-unrated").to_string() } else { rating.to_owned() }
}

/// The highest units that there are several of, one picture a currency.
fn charts(cost: &Cost, frame: &Frame) -> Vec<Amounts> {
    let at = |depth: usize| cost.units.iter().filter(move |unit| unit.depth == depth && unit.line.sum.payable > 0);
    let depth = if at(0).count() > cost.totals.len() { 0 } else { 1 };
    let chart = |total: &CostLine| {
        let of = at(depth).filter(|unit| unit.line.currency == total.currency).take(MOST_DRAWN);
        let amount = |unit: &UnitCost| Amount {
            name: unit.line.name.clone(),
            now: unit.line.amount(),
            before: unit.line.amount_before(),
        };
        let title = frame.say("cost-chart").with("currency", total.currency).to_string();
        let before = cost.before.as_ref().map(|before| frame.say("cost-thin").with("cycle", before).to_string());
        Amounts::new(frame.language, title, before, of.map(amount).collect())
    };
    cost.totals.iter().filter_map(chart).collect()
}

/// All of it as one list.
fn sheet(cost: Cost, frame: &Frame, kind: FileKind, cycle: &str) -> poem::Result<Response> {
    let columns = [
        "cost-by",
        "name",
        "currency",
        "amount",
        "cost-payable",
        "cost-withheld",
        "cost-mean",
        "cost-before",
        "cost-difference",
    ];
    let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
    let units = cost.units.into_iter().map(|unit| unit.line).collect();
    let parts = [
        ("cost-in-all", cost.totals),
        ("unit", units),
        ("pay-plan", cost.plans),
        ("scorecard", cost.cards),
        ("rating", cost.ratings),
    ];
    let plain = |money: Option<Money>| money.map(|money| money.to_decimal().to_string()).unwrap_or_default();
    for (by, lines) in parts {
        for line in lines {
            let (amount, mean) = (plain(Some(line.amount())), plain(line.mean()));
            let (before, difference) = (plain(line.amount_before()), plain(line.difference()));
            let (payable, withheld) = (line.sum.payable.to_string(), line.sum.withheld.to_string());
            let (by, currency) = (frame.say(by).to_string(), line.currency.to_string());
            sheet.row([by, line.name, currency, amount, payable, withheld, mean, before, difference]);
        }
    }
    sheet.answer(kind, &format!("cost-{cycle}"))
}
