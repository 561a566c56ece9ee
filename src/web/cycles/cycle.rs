//! One cycle: where it stands, what can be done with it now, what came out so far, and what was done.

use std::collections::BTreeSet;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::deadlines::Deadlines;
use super::progress::{Row as UnitRow, row as unit_row};
use super::ratings::may_rate;
use super::state::{STEPS, act_text, acts_now, cycle_state};
use crate::app::{App, AppError, CardSpread, CycleEventView, CycleRecord, UnitProgress, Wanted};
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::money::Money;
use crate::web::charts::{Count, Distribution};
use crate::web::frame::{Frame, reaches_others};
use crate::web::language::Language;
use crate::web::people::person::found;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "cycles/cycle.html")]
struct Page {
    frame: Frame,
    cycle: CycleRecord,
    days: String,
    state: Say,
    steps: Vec<Step>,
    acts: Vec<ActView>,
    /// By when each stage is to be done, for those who see more than their own.
    deadlines: Option<Deadlines>,
    /// What the ratings of each card come to.
    spread: Vec<Distribution>,
    /// What is paid, where whoever looks may see it: amount, payable, withheld.
    totals: Vec<(String, String)>,
    events: Vec<EventView>,
    sees_results: bool,
    sees_pay: bool,
    has_results: bool,
    /// Whether whoever looks brings ratings in, and the cycle takes them.
    rates: bool,
    /// How far the highest units are, once the review began.
    rows: Vec<UnitRow>,
    /// Lists that only some may see: where, and their names.
    more: Vec<(&'static str, Say)>,
}

struct Step {
    name: Say,
    done: bool,
    here: bool,
}

struct ActView {
    /// Where it is done, below the cycle.
    place: String,
    name: Say,
    about: Say,
}

struct EventView {
    at: String,
    machine: String,
    what: String,
    by: String,
    reason: String,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(code): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let cycle = app.cycle(&code).await.map_err(failed)?;
    let reaches = |act| reaches_others(&app.actor().reach(act));
    let (sees_results, sees_pay) = (reaches(Act::ReadResults), reaches(Act::ReadPay));
    let has_results = cycle.current_run_id.is_some();
    let days = language.say("from-to").with("from", language.day(cycle.period.first));
    // Each counts all results of the cycle, so they do it side by side.
    let (spread, totals, rows, deadlines, events) = tokio::try_join!(
        async {
            if sees_results && has_results { found(app.spread(&code, &Wanted::default()).await) } else { Ok(None) }
        },
        async { if sees_pay && has_results { totals(&app, &code, language).await } else { Ok(Vec::new()) } },
        async { if sees_results && has_results { highest_units(&app, &code, language).await } else { Ok(Vec::new()) } },
        async { if sees_results { Deadlines::of(&app, &code, language).await.map(Some) } else { Ok(None) } },
        async { found(app.cycle_events(&code).await) },
    )
    .map_err(failed)?;
    let page = Page {
        more: more_lists(&app, rows.is_empty(), language),
        rows,
        deadlines,
        days: days.with("to", language.day(cycle.period.last)).to_string(),
        state: cycle_state(cycle.state, language),
        steps: steps(cycle.state, language),
        acts: acts_now(&app, cycle.state).into_iter().map(|act| act_view(act, language)).collect(),
        spread: spread.unwrap_or_default().into_iter().filter_map(|card| distribution(card, language)).collect(),
        totals,
        events: events.unwrap_or_default().into_iter().rev().map(|event| event_view(event, language)).collect(),
        sees_results,
        sees_pay,
        has_results,
        rates: may_rate(&app, cycle.state),
        cycle,
        frame,
    };
    rendered(&page)
}

/// Units without a unit above them that whoever looks may see, and those right below.
async fn highest_units(app: &App, code: &str, language: Language) -> Result<Vec<UnitRow>, AppError> {
    let Some(progress) = found(app.progress(code).await)? else { return Ok(Vec::new()) };
    let known: BTreeSet<&str> = progress.units.iter().map(|unit| unit.unit.as_str()).collect();
    let is_root = |unit: &UnitProgress| unit.parent.as_deref().is_none_or(|parent| !known.contains(parent));
    let roots: BTreeSet<String> =
        progress.units.iter().filter(|unit| is_root(unit)).map(|unit| unit.unit.clone()).collect();
    let state = progress.state;
    let high = progress
        .units
        .into_iter()
        .filter(|unit| roots.contains(&unit.unit) || unit.parent.as_ref().is_some_and(|parent| roots.contains(parent)));
    let rules = app.rules_of_cycle(code).await?;
    Ok(high.map(|unit| unit_row(unit, state, |id| rules.metric(id), language)).collect())
}

fn more_lists(app: &App, before_review: bool, language: Language) -> Vec<(&'static str, Say)> {
    let reaches = |act: &Act| reaches_others(&app.actor().reach(*act));
    let lists: [(&'static str, &'static str, bool, &[Act]); 6] = [
        ("standing", "standing-list", !before_review, &[Act::ReadResults]),
        ("reviews", "nav-reviews", !before_review, &[Act::Review]),
        ("calibration", "calibration-room", true, &[Act::ProposeRating, Act::Calibrate, Act::ReadAudit]),
        ("appeals", "appeals", !before_review, &[Act::DecideAppeals, Act::ReadAudit]),
        ("publication", "publication", !before_review, &[Act::ManageCycles]),
        ("corrections", "corrections", true, &[Act::Correct]),
    ];
    let seen = lists.into_iter().filter(|(_, _, now, acts)| *now && acts.iter().any(reaches));
    seen.map(|(place, name, _, _)| (place, language.say(name))).collect()
}

async fn totals(app: &App, code: &str, language: Language) -> Result<Vec<(String, String)>, AppError> {
    let totals = found(app.payout_totals(code).await)?.unwrap_or_default();
    let line = |total: crate::app::PayoutTotal| {
        let amount = language.money(&Money { minor: total.amount_minor, currency: total.currency });
        let people = language.say("paid-people").count("payable", total.payable).count("withheld", total.withheld);
        (amount, people.to_string())
    };
    Ok(totals.into_iter().map(line).collect())
}

fn steps(state: CycleState, language: Language) -> Vec<Step> {
    let here = STEPS.iter().position(|step| *step == state);
    let step = |(at, step): (usize, &CycleState)| Step {
        name: cycle_state(*step, language),
        done: here.is_some_and(|here| at < here),
        here: here == Some(at),
    };
    STEPS.iter().enumerate().map(step).collect()
}

fn act_view(act: CycleAct, language: Language) -> ActView {
    let (name, about) = act_text(act, language);
    let place = match act {
        CycleAct::Approve => "approval".to_owned(),
        CycleAct::Publish => "publication".to_owned(),
        _ => format!("acts/{}", act.as_str()),
    };
    ActView { place, name, about }
}

pub(in crate::web) fn distribution(spread: CardSpread, language: Language) -> Option<Distribution> {
    let CardSpread { card: _, name, bands, deviations } = spread;
    let guidance = |band: &str| {
        let found = deviations.iter().find(|one| one.band == band);
        found.map(|one| language.say("guidance-share").with("share", language.number(one.guided)).to_string())
    };
    let counts = bands.into_iter().map(|(band, count)| Count {
        guidance: guidance(&band).unwrap_or_default(),
        name: band,
        count,
    });
    Distribution::new(language, language.of_text(&name).to_owned(), counts.collect())
}

fn event_view(view: CycleEventView, language: Language) -> EventView {
    let CycleEventView { event, by } = view;
    EventView {
        at: language.moment(event.at),
        machine: event.at.to_rfc3339(),
        what: act_text(event.act, language).0.to_string(),
        by,
        reason: event.reason.unwrap_or_default(),
    }
}
