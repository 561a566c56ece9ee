//! Other rules on a past cycle: asking for it, and the comparison that came of it.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::jobs::id;
use crate::app::{AppError, Slice};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::job::{JobKind, JobOrder};
use crate::domain::money::{Currency, Money};
use crate::domain::text::Text;
use crate::web::cycles::state::cycles_newest_first;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;

/// So many units are shown, those with most people who move first.
const UNITS: usize = 50;
/// So many changes of the rules are shown.
const CHANGES: usize = 100;

#[derive(Template)]
#[template(path = "data/simulate.html")]
struct Ask {
    frame: Frame,
    cycles: Vec<String>,
    /// Hash and label.
    versions: Vec<(String, String)>,
    chosen: String,
    problem: Option<Problem>,
}

#[derive(Deserialize, Default)]
struct Query {
    cycle: Option<String>,
}

#[derive(Deserialize)]
struct Submitted {
    cycle: String,
    rules: String,
}

/// Whether whoever looks may ask for simulations.
pub(in crate::web) fn may_simulate(frame: &Frame) -> bool {
    let may = |act| frame.visitor.app().actor().reach(act).everything;
    may(Act::Simulate) && may(Act::ReadPay)
}

#[handler]
pub(in crate::web) async fn choose(request: &Request) -> poem::Result<Response> {
    let Query { cycle } = request.params().unwrap_or_default();
    ask(Frame::of(request)?, cycle.unwrap_or_default(), None).await
}

#[handler]
pub(in crate::web) async fn submit(request: &Request, Form(form): Form<Submitted>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Submitted { cycle, rules } = form;
    let order = JobOrder::Simulate { cycle: cycle.clone(), rules, all: false };
    match frame.visitor.app().ask_job(order).await {
        Ok(job) => Ok(Redirect::see_other(format!("/jobs/{}", job.id)).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = ask(frame, cycle, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn ask(frame: Frame, chosen: String, problem: Option<Problem>) -> poem::Result<Response> {
    if !may_simulate(&frame) {
        return Err(failed(AppError::Forbidden("you do not simulate".to_owned())));
    }
    let app = frame.visitor.app().clone();
    let cycles = cycles_newest_first(&app).await.map_err(failed)?.into_iter();
    let without = [CycleState::Draft, CycleState::Open, CycleState::Frozen, CycleState::Cancelled];
    let cycles = cycles.filter(|cycle| !without.contains(&cycle.state)).map(|cycle| cycle.code).collect();
    let versions = app.rule_versions(&Slice::first()).await.map_err(failed)?.rows;
    let versions = versions.iter().map(|version| (version.hash.clone(), version.label())).collect();
    rendered(&Ask { frame, cycles, versions, chosen, problem })
}

/// What a simulation's job tells, as far as the page shows it.
#[derive(Deserialize)]
struct Told {
    cycle: String,
    revision: i64,
    rules_before: Rules,
    rules_after: Rules,
    rule_changes: Vec<RuleChange>,
    agents: u64,
    moved: u64,
    scores: Scores,
    outcomes: Vec<String>,
    migration: Vec<Migration>,
    costs: Vec<Cost>,
    rankings: Vec<Ranking>,
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Rules {
    label: String,
}

#[derive(Deserialize)]
struct RuleChange {
    subject: String,
    sentence: Text,
}

#[derive(Deserialize)]
struct Scores {
    up: u64,
    down: u64,
}

#[derive(Deserialize)]
struct Migration {
    from: String,
    to: String,
    agents: u64,
}

/// Amounts are texts in major units.
#[derive(Deserialize)]
struct Cost {
    currency: String,
    before: String,
    after: String,
    difference: String,
    paid_before: u64,
    paid_after: u64,
}

#[derive(Deserialize)]
struct Ranking {
    currency: Option<String>,
    winners: Vec<Mover>,
    losers: Vec<Mover>,
}

#[derive(Deserialize)]
struct Mover {
    employee_number: String,
    unit: String,
    before: Side,
    after: Side,
    score_change: Option<String>,
    pay_change: Option<String>,
}

#[derive(Deserialize)]
struct Side {
    outcome: String,
    score: Option<String>,
}

#[derive(Deserialize)]
struct Unit {
    unit: String,
    agents: u64,
    moved: u64,
    up: u64,
    down: u64,
    costs: Vec<Cost>,
}

#[derive(Template)]
#[template(path = "data/simulation.html")]
struct Page {
    frame: Frame,
    job: String,
    told: Told,
    outcomes: Vec<String>,
    /// By row: where people stand now, and how many would stand where.
    migration: Vec<(String, Vec<u64>)>,
    costs: Vec<[String; 6]>,
    movers: Vec<Movers>,
    units: Vec<Moved>,
    units_left_out: usize,
    changes: Vec<(String, String)>,
}

/// Those who win or lose most, with the heading.
struct Movers {
    heading: String,
    rows: Vec<MoverRow>,
}

struct MoverRow {
    number: String,
    unit: String,
    before: String,
    after: String,
    score: String,
    pay: String,
}

struct Moved {
    unit: Unit,
    difference: String,
}

#[handler]
pub(in crate::web) async fn comparison(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let job = frame.visitor.app().job(id(&text)?).await.map_err(failed)?;
    let none = || failed(AppError::NotFound(format!("job '{text}' is no simulation that is done")));
    let result = job.result.filter(|_| job.order.kind() == JobKind::Simulate).ok_or_else(none)?;
    let told: Told = serde_json::from_value(result).map_err(poem::error::InternalServerError)?;
    rendered(&page_of(frame, text, told))
}

fn page_of(frame: Frame, job: String, mut told: Told) -> Page {
    let language = frame.language;
    let outcomes: Vec<String> = told.outcomes.iter().map(|code| outcome(code, language)).collect();
    let from_to = |from: &str, to: &str| {
        let found = told.migration.iter().find(|way| way.from == from && way.to == to);
        found.map_or(0, |way| way.agents)
    };
    let row = |from: &String| (outcome(from, language), told.outcomes.iter().map(|to| from_to(from, to)).collect());
    let migration = told.outcomes.iter().map(row).collect();
    let count = |count: u64| crate::web::format::grouped(&count.to_string());
    let costs = told.costs.iter().map(|cost| {
        let amount = |text: &str| money(text, &cost.currency, language);
        let (before, after) = (amount(&cost.before), amount(&cost.after));
        let difference = amount(&cost.difference);
        [cost.currency.clone(), before, after, difference, count(cost.paid_before), count(cost.paid_after)]
    });
    let costs = costs.collect();
    let movers = told.rankings.iter().flat_map(|ranking| movers(ranking, language)).collect();
    let mut units = std::mem::take(&mut told.units);
    units.sort_by(|one, other| other.moved.cmp(&one.moved).then_with(|| one.unit.cmp(&other.unit)));
    let units_left_out = units.len().saturating_sub(UNITS);
    let units = units.into_iter().take(UNITS).map(|unit| {
        let differences = unit.costs.iter().map(|cost| money(&cost.difference, &cost.currency, language));
        Moved { difference: differences.collect::<Vec<_>>().join(", "), unit }
    });
    let units = units.collect();
    let sentence = |change: &RuleChange| (change.subject.clone(), language.of_text(&change.sentence).to_owned());
    let changes = told.rule_changes.iter().take(CHANGES).map(sentence).collect();
    Page { frame, job, told, outcomes, migration, costs, movers, units, units_left_out, changes }
}

fn movers(ranking: &Ranking, language: Language) -> [Movers; 2] {
    let currency = ranking.currency.clone().unwrap_or_else(|| language.say("simulation-unpaid").to_string());
    let side = |side: &Side| match &side.score {
        Some(score) => format!("{} ({score})", outcome(&side.outcome, language)),
        None => outcome(&side.outcome, language),
    };
    let row = |mover: &Mover| MoverRow {
        number: mover.employee_number.clone(),
        unit: mover.unit.clone(),
        before: side(&mover.before),
        after: side(&mover.after),
        score: mover.score_change.as_deref().map_or_else(|| "–".to_owned(), crate::web::format::grouped),
        pay: mover.pay_change.as_deref().map_or_else(|| "–".to_owned(), |pay| money(pay, &currency, language)),
    };
    let list = |heading: &'static str, movers: &[Mover]| Movers {
        heading: language.say(heading).with("currency", &currency).to_string(),
        rows: movers.iter().map(row).collect(),
    };
    [list("simulation-winners", &ranking.winners), list("simulation-losers", &ranking.losers)]
}

/// A rating by its id, and whatever else becomes of people in words.
fn outcome(code: &str, language: Language) -> String {
    let key = match code {
        "unrated" => "outcome-unrated",
        "on_hold" => "state-on-hold",
        "insufficient_data" => "state-insufficient-data",
        "exempt" => "state-exempt",
        "no_card" => "outcome-no-card",
        rating => return rating.to_owned(),
    };
    language.say(key).to_string()
}

fn money(amount: &str, currency: &str, language: Language) -> String {
    let known = Currency::try_from(currency.to_owned()).ok();
    let money = known.and_then(|currency| Money::parse(amount, currency).ok());
    money.map_or_else(|| amount.to_owned(), |money| language.money(&money))
}
