//! Where one's result stands, and what its agent can do about it: take note, appeal.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use crate::app::{AgentResult, App, AppError, ScorecardSummary};
use crate::domain::agent_result::{ResultAct, ResultState};
use crate::domain::cycle::CycleState;
use crate::web::appeals::words::{appeal_state, subject_text};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::people::person::found;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// How a result's state reads, and how it looks.
pub(in crate::web) fn result_state(state: ResultState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        ResultState::Pending => ("result-pending", ""),
        ResultState::Scored => ("state-scored", ""),
        ResultState::OnHold => ("state-on-hold", "warn"),
        ResultState::InsufficientData => ("state-insufficient-data", "warn"),
        ResultState::Exempt => ("state-exempt", ""),
        ResultState::Reviewed => ("result-reviewed", "good"),
        ResultState::Calibrated => ("cycle-calibrated", ""),
        ResultState::Published => ("cycle-published", ""),
        ResultState::Acknowledged => ("result-acknowledged", "good"),
        ResultState::Appealed => ("result-appealed", "warn"),
        ResultState::Upheld => ("result-upheld", ""),
        ResultState::Varied => ("result-varied", ""),
        ResultState::Withdrawn => ("result-withdrawn", ""),
        ResultState::Final => ("cycle-final", ""),
        ResultState::Corrected => ("result-corrected", ""),
    };
    (language.say(key), tone)
}

/// Where a result stands, for whoever looks at it.
pub(super) struct Standing {
    pub state: Say,
    pub tone: &'static str,
    pub published: Option<String>,
    /// The last day to appeal, where there still is time.
    pub appeal_until: Option<String>,
    /// When it was taken note of, whether by the agent, and in which words.
    pub acknowledged: Option<(String, bool, String)>,
    pub can_acknowledge: bool,
    pub can_appeal: bool,
    /// Appeals of whoever looks: where each is, what about, where it stands.
    pub appeals: Vec<(String, String, Say, &'static str)>,
}

impl Standing {
    /// `None` before the review begins.
    pub(super) async fn of(
        app: &App,
        language: Language,
        cycle: &str,
        card: &ScorecardSummary,
    ) -> Result<Option<Self>, AppError> {
        let Some(result) = found(app.agent_result(cycle, &card.employee_number).await)? else { return Ok(None) };
        let account = app.actor().own_account();
        let own = account.is_some_and(|account| account.agent_id == Some(card.agent_id));
        let stands = app.cycle(cycle).await?.state;
        let last = result.published_at.filter(|_| matches!(stands, CycleState::Published | CycleState::Appeal));
        let last = match last {
            Some(published) => app.appeal_until(cycle, published).await?,
            None => None,
        };
        let may = |act| own && stands.is_published() && result.state.after(act).is_some();
        let appeals = if own { found(app.own_appeals().await)?.unwrap_or_default() } else { Vec::new() };
        let appeals = appeals.into_iter().filter(|view| view.cycle == cycle).map(|view| {
            let (state, tone) = appeal_state(view.appeal.state, language);
            let about = subject_text(&view.appeal.subject, view.appeal.metric.as_deref(), language);
            (format!("/appeals/{}", view.appeal.public_id), about, state, tone)
        });
        let appeals = appeals.collect();
        let (state, tone) = result_state(result.state, language);
        let AgentResult { published_at, acknowledged_at, acknowledged_by_agent, acknowledged_comment, .. } = &result;
        let noted = |at| {
            let comment = acknowledged_comment.clone().unwrap_or_default();
            (language.moment(at), *acknowledged_by_agent == Some(true), comment)
        };
        Ok(Some(Self {
            state,
            tone,
            published: published_at.filter(|_| stands.is_published()).map(|at| language.moment(at)),
            appeal_until: last.map(|day| language.day(day)),
            acknowledged: acknowledged_at.map(noted),
            can_acknowledge: may(ResultAct::Acknowledge),
            can_appeal: last.is_some() && may(ResultAct::Appeal),
            appeals,
        }))
    }
}

#[derive(Template)]
#[template(path = "results/not_noted.html")]
struct NotNoted {
    frame: Frame,
    cycle: String,
    number: String,
    comment: String,
    problem: Problem,
}

#[derive(Deserialize)]
struct Submitted {
    #[serde(default)]
    comment: String,
}

/// An agent takes note of their result.
#[handler]
pub(in crate::web) async fn acknowledge(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    match frame.visitor.app().acknowledge(&cycle, &number, Some(&form.comment)).await {
        Ok(_) => {
            let back = format!("/cycles/{}/scorecards/{}#standing", query_value(&cycle), query_value(&number));
            Ok(Redirect::see_other(back).into_response())
        }
        Err(error @ AppError::NotFound(_)) => Err(failed(error)),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = rendered(&NotNoted { frame, cycle, number, comment: form.comment, problem })?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}
