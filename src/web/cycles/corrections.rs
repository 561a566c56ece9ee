//! Corrections of final results: what is known otherwise today, and new results beside the closed ones.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{CorrectionOrder, CorrectionReport, LateAgent, LateFacts, Slice, WhoIsCorrected};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
    /// To look through a large company too.
    look: Option<String>,
}

/// Of more people than this it is only looked for what came late when that is asked for: all their figures are read.
const MOST_AT_ONCE: u64 = 5_000;

#[derive(Template)]
#[template(path = "corrections/late.html")]
struct Page {
    frame: Frame,
    cycle: String,
    is_final: bool,
    /// Whether nobody looked yet.
    waits: bool,
    rows: Vec<Row>,
    glossary: Glossary,
    paging: Paging,
    numbers: String,
    reason: String,
    problem: Option<Problem>,
}

/// Somebody of whom something else is known.
struct Row {
    number: String,
    roster: bool,
    has_result: bool,
    /// Metric, sums before, sums now.
    metrics: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "corrections/done.html")]
struct Done {
    frame: Frame,
    cycle: String,
    /// Employee number, revision, what is paid beyond what was.
    corrected: Vec<(String, i64, String)>,
    unchanged: Vec<String>,
    left: Vec<(String, Problem)>,
    posted_in: Option<String>,
}

#[derive(Deserialize)]
struct Submitted {
    /// `late` for everybody of whom something else is known, or `named`.
    who: String,
    #[serde(default)]
    numbers: String,
    #[serde(default)]
    reason: String,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let Query { after, look } = request.params().unwrap_or_default();
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet =
            Sheet::new(["employee-number", "late-roster", "figure", "before", "after"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.late_facts(&cycle, &slice).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.agent_id.to_string()));
            for Row { number, roster, metrics, .. } in rows(&frame, &cycle, found.rows).await?.0 {
                let roster = frame.say(if roster { "yes" } else { "no" }).to_string();
                if metrics.is_empty() {
                    sheet.row([number.clone(), roster.clone(), String::new(), String::new(), String::new()]);
                }
                for (metric, before, now) in metrics {
                    sheet.row([number.clone(), roster.clone(), metric, before, now]);
                }
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("late-{cycle}")),
            }
        }
    }
    show(frame, cycle, (chosen(after), look.is_some()), (String::new(), String::new()), None).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path(cycle): Path<String>,
    Form(Submitted { who, numbers, reason }): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let named = numbers.split(|sign: char| sign.is_whitespace() || ",;，；、".contains(sign));
    let named: Vec<String> = named.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let who = match who.as_str() {
        "late" => Ok(WhoIsCorrected::AllLate),
        _ if named.is_empty() => Err(frame.say("correct-nobody").into()),
        _ => Ok(WhoIsCorrected::Agents(named)),
    };
    let problem = match who {
        Ok(who) => {
            let order = CorrectionOrder { cycle: &cycle, who, reason: &reason, post_in: None };
            match frame.visitor.app().correct(order).await {
                Ok(report) => return done(frame, cycle, report),
                Err(crate::app::AppError::NotFound(why)) => Problem::foreign(frame.language, &why),
                Err(error) => mendable(error, frame.language)?,
            }
        }
        Err(problem) => problem,
    };
    let mut response = show(frame, cycle, (None, false), (numbers, reason), Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

fn done(frame: Frame, cycle: String, report: CorrectionReport) -> poem::Result<Response> {
    let CorrectionReport { revisions: _, corrected, unchanged, left, posted_in } = report;
    let corrected = corrected.into_iter().map(|agent| {
        let amounts: Vec<String> = agent.adjustments.iter().map(|amount| frame.language.money(amount)).collect();
        (agent.employee_number, agent.revision, amounts.join(" · "))
    });
    let left = left.into_iter().map(|(number, why)| (number, Problem::of(frame.language, &why))).collect();
    rendered(&Done { corrected: corrected.collect(), frame, cycle, unchanged, left, posted_in })
}

async fn show(
    frame: Frame,
    cycle: String,
    (after, look): (Option<String>, bool),
    (numbers, reason): (String, String),
    problem: Option<Problem>,
) -> poem::Result<Response> {
    let app = frame.visitor.app().clone();
    let waits = !look && after.is_none() && app.frozen_agents(&cycle).await.map_err(failed)? > MOST_AT_ONCE;
    let found = match waits {
        true => LateFacts { rows: Vec::new(), more: false },
        false => app.late_facts(&cycle, &Paging::slice(after.clone())).await.map_err(failed)?,
    };
    let last = found.rows.last().filter(|_| found.more).map(|late| late.agent_id.to_string());
    let (rows, glossary) = rows(&frame, &cycle, found.rows).await?;
    let is_final = app.cycle(&cycle).await.map_err(failed)?.state.is_final();
    let paging = Paging::new(&[], after.is_some(), last);
    rendered(&Page { frame, cycle, is_final, waits, rows, glossary, paging, numbers, reason, problem })
}

async fn rows(frame: &Frame, cycle: &str, found: Vec<LateAgent>) -> poem::Result<(Vec<Row>, Glossary)> {
    let language = frame.language;
    let rules = frame.visitor.app().rules_of_cycle(cycle).await.map_err(failed)?;
    let named = found.iter().flat_map(|late| &late.metrics).map(|late| rules.metric(&MetricId::new(&late.metric)));
    let glossary = Glossary::of(language, named);
    let row = |late: LateAgent| {
        let metrics = late.metrics.into_iter().map(|late| {
            let metric = rules.metric(&MetricId(late.metric.as_str().into()));
            let name = metric.map_or_else(|| late.metric.clone(), |metric| language.of_text(&metric.name).to_owned());
            (name, sums(language, late.before), sums(language, late.now))
        });
        Row {
            metrics: metrics.collect(),
            number: late.employee_number,
            roster: late.roster,
            has_result: late.has_result,
        }
    };
    Ok((found.into_iter().map(row).collect(), glossary))
}

/// Numerator over denominator, and cases.
fn sums(language: Language, pooled: Option<Pooled>) -> String {
    pooled.map_or_else(
        || "–".to_owned(),
        |pooled| {
            let sums = format!("{} ÷ {}", language.number(pooled.numerator), language.number(pooled.denominator));
            let cases = language.number(Fixed::from_int(pooled.samples));
            language.say("late-sums").with("sums", sums).with("cases", cases).to_string()
        },
    )
}
