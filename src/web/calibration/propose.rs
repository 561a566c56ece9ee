//! One person's rating: the calculated one, another that is proposed with a reason, and the second person's decision.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::words::{ProposalView, proposal_view};
use crate::app::{AppError, CalibrationState, RatingDecision, RatingProposal, ScorecardSummary};
use crate::domain::appraisal::CalibrationReason;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::web::frame::{Frame, reaches_others};
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "calibration/propose.html")]
struct Page {
    frame: Frame,
    cycle: String,
    card: ScorecardSummary,
    score: String,
    rating: String,
    proposals: Vec<ProposalView>,
    /// Whether another rating can be proposed now, by whoever looks.
    can_propose: bool,
    can_decide: bool,
    /// The login of whoever looks.
    me: String,
    ratings: Vec<(String, String)>,
    reasons: Vec<(&'static str, String)>,
    typed: String,
    problem: Option<Problem>,
}

impl Page {
    fn is_proposed(&self, proposal: &ProposalView) -> bool {
        self.frame.visitor.app().actor().own_account().is_some() && proposal.stands == CalibrationState::Proposed
    }

    /// Whether the proposal can be taken back: by who made it, and by who may decide.
    fn can_withdraw(&self, proposal: &ProposalView) -> bool {
        let stands = matches!(proposal.stands, CalibrationState::Proposed | CalibrationState::Confirmed);
        stands && (self.can_decide || proposal.by == self.me)
    }
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    show(Frame::of(request)?, cycle, &number, None, String::new()).await
}

#[derive(Deserialize)]
struct Proposed {
    rating: String,
    reason: String,
    #[serde(default)]
    comment: String,
}

#[handler]
pub(in crate::web) async fn propose(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(form): Form<Proposed>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Proposed { rating, reason, comment } = form;
    let done = match reason.parse::<CalibrationReason>() {
        Ok(reason) => {
            let proposal =
                RatingProposal { cycle: &cycle, employee_number: &number, rating: &rating, reason, comment: &comment };
            frame.visitor.app().propose_rating(proposal).await
        }
        Err(problem) => Err(AppError::invalid(problem.to_string())),
    };
    match done {
        Ok(_) => Ok(Redirect::see_other(address(&cycle, &number)).into_response()),
        Err(error) => again(frame, cycle, &number, error, comment).await,
    }
}

#[derive(Deserialize)]
struct Decided {
    decision: String,
    #[serde(default)]
    comment: String,
}

#[handler]
pub(in crate::web) async fn decide(
    request: &Request,
    Path((cycle, number, id)): Path<(String, String, String)>,
    Form(Decided { decision, comment }): Form<Decided>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let none = || failed(AppError::NotFound(format!("there is no proposed rating '{id}'")));
    let proposal = Uuid::parse_str(&id).map_err(|_| none())?;
    let decision = match decision.as_str() {
        "confirm" => RatingDecision::Confirm,
        "decline" => RatingDecision::Decline,
        _ => RatingDecision::Withdraw,
    };
    match frame.visitor.app().decide_rating(&cycle, proposal, decision, &comment).await {
        Ok(_) => Ok(Redirect::see_other(address(&cycle, &number)).into_response()),
        Err(error) => again(frame, cycle, &number, error, comment).await,
    }
}

fn address(cycle: &str, number: &str) -> String {
    format!("/cycles/{}/calibration/{}", query_value(cycle), query_value(number))
}

/// The page again with what went wrong; nothing typed is lost.
async fn again(frame: Frame, cycle: String, number: &str, error: AppError, typed: String) -> poem::Result<Response> {
    let problem = mendable(error, frame.language)?;
    let mut response = show(frame, cycle, number, Some(problem), typed).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(
    frame: Frame,
    cycle: String,
    number: &str,
    problem: Option<Problem>,
    typed: String,
) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let card = app.scorecard(&cycle, number).await.map_err(failed)?.summary;
    let made = app.calibrations_among(&cycle, &[card.agent_id]).await.map_err(failed)?;
    let proposals: Vec<ProposalView> = made.into_iter().rev().map(|view| proposal_view(view, language)).collect();
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let bands = rules.card(&card.card).map(|card| card.bands.as_slice()).unwrap_or_default();
    let ratings = bands.iter().rev().filter(|band| Some(&*band.id) != card.rating.as_deref());
    let ratings = ratings.map(|band| (band.id.to_string(), format!("{} · {}", band.id, language.of_text(&band.name))));
    let in_review = app.cycle(&cycle).await.map_err(failed)?.state == CycleState::InReview;
    let reaches = |act| reaches_others(&app.actor().reach(act));
    let standing = |one: &ProposalView| matches!(one.stands, CalibrationState::Proposed | CalibrationState::Confirmed);
    let rated = card.printed.is_some();
    let shown = Page {
        score: card.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        rating: card.rating.clone().unwrap_or_else(|| "–".to_owned()),
        can_propose: in_review && rated && reaches(Act::ProposeRating) && !proposals.iter().any(standing),
        can_decide: in_review && reaches(Act::Calibrate),
        me: app.actor().name(),
        ratings: ratings.collect(),
        reasons: CalibrationReason::ALL
            .map(|reason| (reason.as_str(), language.of_text(&reason.text()).to_owned()))
            .into(),
        proposals,
        typed,
        problem,
        card,
        cycle,
        frame,
    };
    rendered(&shown)
}
