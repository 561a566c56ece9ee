//! Exempting several people from a cycle for one reason: first a page that lists them, then a form that does it, and says of whom it was not done.

use askama::Template;
use poem::http::StatusCode;
use poem::web::Form;
use poem::{Request, Response, handler};

use crate::app::{AgentRecord, AppError};
use crate::domain::appraisal::ExemptionReason;
use crate::web::cycles::state::cycles_newest_first;
use crate::web::frame::Frame;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "people/exempt.html")]
struct Page {
    frame: Frame,
    people: Vec<AgentRecord>,
    cycles: Vec<String>,
    /// Code and words.
    reasons: Vec<(&'static str, String)>,
    typed: Typed,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "people/exempted.html")]
struct Done {
    frame: Frame,
    cycle: String,
    done: usize,
    /// Each with the reason why not.
    people: Vec<(AgentRecord, Option<Problem>)>,
}

/// What the form says.
#[derive(Default)]
struct Typed {
    numbers: Vec<String>,
    cycle: String,
    reason: String,
    note: String,
}

/// Fields may come several times: one for each person.
type Fields = Vec<(String, String)>;

impl Typed {
    fn of(fields: Fields) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "who" if !typed.numbers.contains(&value) => typed.numbers.push(value),
                "cycle" => typed.cycle = value,
                "reason" => typed.reason = value,
                "note" => typed.note = value,
                _ => {}
            }
        }
        typed
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let fields: Fields = request.params().unwrap_or_default();
    show(Frame::of(request)?, Typed::of(fields), None).await
}

#[handler]
pub(in crate::web) async fn submit(request: &Request, Form(fields): Form<Fields>) -> poem::Result<Response> {
    let (frame, typed) = (Frame::of(request)?, Typed::of(fields));
    let reason: Result<ExemptionReason, _> = typed.reason.parse();
    let outcome = match reason {
        Ok(reason) => {
            let app = frame.visitor.app();
            app.exempt_all(&typed.cycle, &typed.numbers, reason, &typed.note).await
        }
        Err(unknown) => Err(AppError::invalid(format!("{unknown}"))),
    };
    match outcome {
        Ok(people) => {
            let done = people.iter().filter(|(_, refused)| refused.is_none()).count();
            let status = if done == people.len() { StatusCode::OK } else { StatusCode::CONFLICT };
            let mut told = Vec::with_capacity(people.len());
            for (agent, refused) in people {
                told.push((agent, refused.map(|error| mendable(error, frame.language)).transpose()?));
            }
            let mut response = rendered(&Done { frame, cycle: typed.cycle, done, people: told })?;
            response.set_status(status);
            Ok(response)
        }
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, typed, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, typed: Typed, problem: Option<Problem>) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let (people, problem) = match app.people_to_exempt(&typed.numbers).await {
        Ok(people) => (people, problem),
        Err(AppError::Invalid(refusal)) => (Vec::new(), problem.or_else(|| Some(Problem::of(language, &refusal)))),
        Err(error) => return Err(failed(error)),
    };
    let cycles = cycles_newest_first(&app).await.map_err(failed)?.into_iter().map(|cycle| cycle.code).collect();
    let word = |reason: ExemptionReason| (reason.as_str(), language.of_text(&reason.text()).to_owned());
    let reasons = ExemptionReason::ALL.into_iter().map(word).collect();
    rendered(&Page { frame, people, cycles, reasons, typed, problem })
}
