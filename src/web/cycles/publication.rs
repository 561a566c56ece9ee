//! Publication: which units, when, what will happen then; and the job that waits for its time.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, NaiveDateTime, Utc};
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};

use super::state::cycle_state;
use crate::app::{App, AppError, CycleRecord, JobView, Progress, PublishOrder, Slice, UnitProgress};
use crate::domain::agent_result::{ResultAct, ResultState};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleAct;
use crate::domain::job::{JobOrder, JobState};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::people::person::found;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// A moment as browsers send it; pages tell moments in UTC.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

type Fields = Vec<(String, String)>;

/// What was chosen in the form.
#[derive(Default)]
struct Choice {
    by_unit: bool,
    units: Vec<String>,
    later: bool,
    at: String,
}

impl Choice {
    fn of(fields: Fields) -> Self {
        let mut choice = Self::default();
        for (name, value) in fields {
            match (name.as_str(), value.as_str()) {
                ("scope", scope) => choice.by_unit = scope == "units",
                ("when", when) => choice.later = when == "later",
                ("unit", _) => choice.units.push(value),
                ("at", _) => choice.at = value,
                _ => {}
            }
        }
        choice
    }

    /// The codes that are published; none for all.
    fn chosen(&self) -> Vec<String> {
        if self.by_unit { self.units.clone() } else { Vec::new() }
    }

    /// The fields that make it again.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let (scope, when) = (if self.by_unit { "units" } else { "all" }, if self.later { "later" } else { "now" });
        let units = self.chosen().into_iter().map(|unit| ("unit", unit));
        [("scope", scope.to_owned()), ("when", when.to_owned()), ("at", self.at.clone())]
            .into_iter()
            .chain(units)
            .collect()
    }

    /// The set time, where one was chosen. Errors: what is missing, to be shown.
    fn moment(&self, now: DateTime<Utc>, language: Language) -> Result<Option<DateTime<Utc>>, Say> {
        // Units that are ticked beside "all" are not published with everything else by mistake.
        if self.by_unit == self.units.is_empty() {
            return Err(language.say("publish-no-unit"));
        }
        if !self.later {
            return Ok(None);
        }
        let at = NaiveDateTime::parse_from_str(&self.at, MOMENT).map(|at| at.and_utc());
        let at = at.ok().filter(|at| *at > now);
        at.map(Some).ok_or_else(|| language.say("publish-no-time"))
    }
}

#[derive(Template)]
#[template(path = "cycles/publication.html")]
struct Page {
    frame: Frame,
    cycle: CycleRecord,
    state: Say,
    can_publish: bool,
    /// Results that wait.
    left: u64,
    units: Vec<UnitView>,
    by_unit: bool,
    later: bool,
    at: String,
    waiting: Vec<Waiting>,
    problem: Option<Problem>,
}

struct UnitView {
    code: String,
    /// How many results of it wait, of how many.
    waits: Say,
    chosen: bool,
}

/// A job that will publish.
struct Waiting {
    id: String,
    when: Say,
    what: String,
    by: String,
}

#[derive(Template)]
#[template(path = "cycles/publication_confirm.html")]
struct Confirm {
    frame: Frame,
    cycle: String,
    results: Say,
    whose: String,
    when: String,
    later: bool,
    digest: String,
    fields: Vec<(&'static str, String)>,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(code): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, &code, &Choice::default(), None).await
}

/// What will happen, before it does.
#[handler]
pub(in crate::web) async fn confirm(request: &Request, Path(code): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let choice = Choice::of(request.params().unwrap_or_default());
    let at = match choice.moment(app.clock().now(), language) {
        Ok(at) => at,
        Err(problem) => return refused(frame, &code, &choice, problem.into()).await,
    };
    let progress = app.progress(&code).await.map_err(failed)?;
    let codes = choice.chosen();
    let left = left_of(&progress, &codes);
    let Some(digest) = approved(&app, &code).await?.filter(|_| left > 0) else {
        return refused(frame, &code, &choice, language.say("publish-nothing-waits").into()).await;
    };
    let shown = Confirm {
        results: language.say("publish-results").count("results", left),
        whose: whose(&codes, language),
        when: at.map_or_else(|| language.say("publish-now").to_string(), |at| language.moment(at)),
        later: choice.later,
        digest,
        fields: choice.fields(),
        cycle: code,
        frame,
    };
    rendered(&shown)
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path(code): Path<String>,
    Form(fields): Form<Fields>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let digest = fields.iter().find(|(name, _)| name == "digest").map(|(_, digest)| digest.clone()).unwrap_or_default();
    let choice = Choice::of(fields);
    let at = match choice.moment(app.clock().now(), frame.language) {
        Ok(at) => at,
        Err(problem) => return refused(frame, &code, &choice, problem.into()).await,
    };
    let units = choice.chosen();
    let (done, onward) = match at {
        Some(at) => {
            let order = JobOrder::Publish { cycle: code.clone(), units, approved: digest };
            (app.ask_job_at(order, Some(at)).await.map(drop), "/publication")
        }
        None => {
            let order = PublishOrder { cycle: &code, units: &units, approved: Some(&digest) };
            (app.publish(order).await.map(drop), "")
        }
    };
    match done {
        Ok(()) => Ok(Redirect::see_other(format!("/cycles/{}{onward}", query_value(&code))).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            refused(frame, &code, &choice, problem).await
        }
    }
}

/// The page once more, with what was wrong.
pub(in crate::web) async fn again(
    frame: Frame,
    code: String,
    problem: Problem,
    status: StatusCode,
) -> poem::Result<Response> {
    let mut response = show(frame, &code, &Choice::default(), Some(problem)).await?;
    response.set_status(status);
    Ok(response)
}

async fn refused(frame: Frame, code: &str, choice: &Choice, problem: Problem) -> poem::Result<Response> {
    let mut response = show(frame, code, choice, Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(frame: Frame, code: &str, choice: &Choice, problem: Option<Problem>) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if !app.actor().reach(Act::ManageCycles).everything {
        return Err(failed(AppError::Forbidden("only those who manage cycles publish".to_owned())));
    }
    let cycle = app.cycle(code).await.map_err(failed)?;
    let progress = found(app.progress(code).await).map_err(failed)?;
    let (left, units) = match &progress {
        Some(progress) => (left_of(progress, &[]), unit_views(progress, choice, language)),
        None => (0, Vec::new()),
    };
    let shown = Page {
        state: cycle_state(cycle.state, language),
        can_publish: cycle.state.after(CycleAct::Publish).is_some() && left > 0,
        left,
        units,
        by_unit: choice.by_unit,
        later: choice.later,
        at: choice.at.clone(),
        waiting: waiting(&app, code, language).await.map_err(failed)?,
        problem,
        cycle,
        frame,
    };
    rendered(&shown)
}

fn unit_views(progress: &Progress, choice: &Choice, language: Language) -> Vec<UnitView> {
    let view = |unit: &UnitProgress| {
        let waits = left(unit);
        (waits > 0).then(|| UnitView {
            waits: language.say("publish-unit-waits").count("left", waits).count("all", unit.all()),
            chosen: choice.units.contains(&unit.unit),
            code: unit.unit.clone(),
        })
    };
    progress.units.iter().filter_map(view).collect()
}

/// Results of a unit and those below it that wait for publication.
fn left(unit: &UnitProgress) -> u64 {
    let waits = |state: &ResultState| ResultAct::Publish.from().contains(state);
    unit.results.iter().filter(|(state, _)| waits(state)).map(|(_, count)| count).sum()
}

/// The same of several units, each result once; of all of them where none is named.
fn left_of(progress: &Progress, codes: &[String]) -> u64 {
    let parents: BTreeMap<&str, Option<&str>> =
        progress.units.iter().map(|unit| (unit.unit.as_str(), unit.parent.as_deref())).collect();
    let named =
        |code: &str| if codes.is_empty() { parents.contains_key(code) } else { codes.iter().any(|one| one == code) };
    let counted_above = |unit: &UnitProgress| {
        let chain = std::iter::successors(unit.parent.as_deref(), |code| parents.get(code).copied().flatten());
        // No chain is longer than there are units.
        chain.take(progress.units.len()).any(named)
    };
    progress.units.iter().filter(|unit| named(&unit.unit) && !counted_above(unit)).map(left).sum()
}

fn whose(codes: &[String], language: Language) -> String {
    if codes.is_empty() { language.say("publish-all").to_string() } else { codes.join(", ") }
}

/// The digest of what was approved last.
async fn approved(app: &App, code: &str) -> poem::Result<Option<String>> {
    let events = app.cycle_events(code).await.map_err(failed)?;
    let approved = events.into_iter().rev().find(|view| view.event.act == CycleAct::Approve);
    Ok(approved.and_then(|view| view.event.digest))
}

/// Jobs that wait for their time to publish this cycle.
async fn waiting(app: &App, code: &str, language: Language) -> Result<Vec<Waiting>, AppError> {
    let (mut found, mut slice) = (Vec::new(), Slice::first());
    loop {
        let (jobs, next) = app.jobs(&slice, Some(JobState::Queued)).await?;
        found.extend(jobs.into_iter().filter_map(|job| waiting_view(job, code, language)));
        match next {
            Some(next) => slice = Slice::after(next),
            None => return Ok(found),
        }
    }
}

fn waiting_view(job: JobView, code: &str, language: Language) -> Option<Waiting> {
    let JobOrder::Publish { cycle, units, .. } = &job.order else { return None };
    (cycle == code).then(|| {
        let at = language.moment(job.not_before.unwrap_or(job.asked_at));
        Waiting {
            id: job.id.to_string(),
            when: language.say("publish-waits").with("at", at),
            what: whose(units, language),
            by: job.asked_by,
        }
    })
}
