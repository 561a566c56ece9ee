//! Where agents' results stand, acknowledgements, and how far the units are.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::{AgentResult as Record, Progress as Standing, UnitProgress as UnitStanding};
use crate::domain::agent_result::ResultState;

/// Where a result stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "ResultState", rename_all = "snake_case")]
enum State {
    Pending,
    Scored,
    OnHold,
    InsufficientData,
    Exempt,
    /// A supervisor handed in a review.
    Reviewed,
    /// Waits for approval and publication.
    Calibrated,
    Published,
    Acknowledged,
    /// An appeal is open.
    Appealed,
    /// An appeal was decided, and the result stayed.
    Upheld,
    /// An appeal was decided, and a new revision took the result's place.
    Varied,
    /// The appeal was taken back.
    Withdrawn,
    Final,
    /// A new revision took the place of a final result.
    Corrected,
}

impl From<ResultState> for State {
    fn from(state: ResultState) -> Self {
        match state {
            ResultState::Pending => Self::Pending,
            ResultState::Scored => Self::Scored,
            ResultState::OnHold => Self::OnHold,
            ResultState::InsufficientData => Self::InsufficientData,
            ResultState::Exempt => Self::Exempt,
            ResultState::Reviewed => Self::Reviewed,
            ResultState::Calibrated => Self::Calibrated,
            ResultState::Published => Self::Published,
            ResultState::Acknowledged => Self::Acknowledged,
            ResultState::Appealed => Self::Appealed,
            ResultState::Upheld => Self::Upheld,
            ResultState::Varied => Self::Varied,
            ResultState::Withdrawn => Self::Withdrawn,
            ResultState::Final => Self::Final,
            ResultState::Corrected => Self::Corrected,
        }
    }
}

impl From<State> for ResultState {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Scored => Self::Scored,
            State::OnHold => Self::OnHold,
            State::InsufficientData => Self::InsufficientData,
            State::Exempt => Self::Exempt,
            State::Reviewed => Self::Reviewed,
            State::Calibrated => Self::Calibrated,
            State::Published => Self::Published,
            State::Acknowledged => Self::Acknowledged,
            State::Appealed => Self::Appealed,
            State::Upheld => Self::Upheld,
            State::Varied => Self::Varied,
            State::Withdrawn => Self::Withdrawn,
            State::Final => Self::Final,
            State::Corrected => Self::Corrected,
        }
    }
}

/// How an agent took note of a result.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Acknowledgement {
    at: DateTime<Utc>,
    /// False where the time for it passed without a word.
    by_agent: bool,
    comment: Option<String>,
}

/// An agent's result of a cycle as it stands.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct AgentResult {
    employee_number: String,
    state: State,
    /// When a supervisor's review was last handed in.
    reviewed_at: Option<DateTime<Utc>>,
    published_at: Option<DateTime<Utc>>,
    acknowledgement: Option<Acknowledgement>,
}

pub(super) fn result(record: Record) -> AgentResult {
    let Record {
        cycle_id: _,
        agent_id: _,
        employee_number,
        unit_id: _,
        state,
        revised_run_id: _,
        reviewed_at,
        published_at,
        acknowledged_at,
        acknowledged_by_agent,
        acknowledged_comment,
    } = record;
    let acknowledgement = acknowledged_at.map(|at| Acknowledgement {
        at,
        by_agent: acknowledged_by_agent.unwrap_or_default(),
        comment: acknowledged_comment,
    });
    AgentResult { employee_number, state: state.into(), reviewed_at, published_at, acknowledgement }
}

#[derive(Object)]
struct AgentResultPage {
    items: Vec<AgentResult>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewAcknowledgement {
    /// What the agent wants to say about it; at most 4,000 characters.
    comment: Option<String>,
}

/// How many results stand so.
#[derive(Object)]
struct ResultCount {
    state: State,
    results: u64,
}

/// How far a unit is, with everything below it.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct UnitProgress {
    /// Its code.
    unit: String,
    /// Code of the unit above.
    parent: Option<String>,
    all: u64,
    results: Vec<ResultCount>,
    /// What cards on hold wait for; one may wait for several.
    waiting_for: Vec<WaitingFor>,
}

/// What cards on hold wait for.
#[derive(Object)]
struct WaitingFor {
    /// A metric of the rules, or `ratings`.
    what: String,
    cards: u64,
}

/// How far the results of a cycle are.
#[derive(Object)]
struct Progress {
    /// Of the cycle.
    state: String,
    /// In order of code; those that have results themselves or below.
    units: Vec<UnitProgress>,
}

impl From<UnitStanding> for UnitProgress {
    fn from(progress: UnitStanding) -> Self {
        let all = progress.all();
        let UnitStanding { unit, parent, results, waiting_for } = progress;
        let waiting_for = waiting_for.into_iter().map(|(what, cards)| WaitingFor { what, cards }).collect();
        let results = results.into_iter().map(|(state, results)| ResultCount { state: state.into(), results });
        Self { unit, parent, all, results: results.collect(), waiting_for }
    }
}

pub struct ResultsApi;

#[OpenApi(tag = "Resource::Results")]
impl ResultsApi {
    /// Where a cycle's results stand, in order of employee number
    ///
    /// Empty before the review begins.
    #[oai(path = "/cycles/:code/results", method = "get", operation_id = "list_results")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<AgentResultPage>, ListError> {
        let state = state.0.map(ResultState::from);
        let page = app.agent_results(&code.0, &slice(limit.0, after.0)?, unit.0.as_deref(), state).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|row| cursor(&row.employee_number));
        Ok(Json(AgentResultPage { items: page.rows.into_iter().map(result).collect(), next_cursor }))
    }

    /// Where one agent's result stands
    #[oai(path = "/cycles/:code/results/:employee_number", method = "get", operation_id = "get_result")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<Json<AgentResult>, GetError> {
        Ok(Json(result(app.agent_result(&code.0, &employee_number.0).await?)))
    }

    /// Take note of one's own published result
    ///
    /// Done again it changes nothing. Who says nothing in time is taken to have taken note.
    #[oai(
        path = "/cycles/:code/results/:employee_number/acknowledgement",
        method = "post",
        operation_id = "acknowledge_result"
    )]
    async fn acknowledge(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        body: Json<NewAcknowledgement>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<AgentResult>, ActError> {
        Ok(Json(result(app.acknowledge(&code.0, &employee_number.0, body.0.comment.as_deref()).await?)))
    }

    /// How far the results of a cycle are, unit by unit
    #[oai(path = "/cycles/:code/progress", method = "get", operation_id = "get_progress")]
    async fn progress(&self, app: Caller, code: Path<String>) -> Result<Json<Progress>, GetError> {
        let Standing { state, units } = app.progress(&code.0).await?;
        let units = units.into_iter().map(UnitProgress::from).collect();
        Ok(Json(Progress { state: state.as_str().to_owned(), units }))
    }
}
