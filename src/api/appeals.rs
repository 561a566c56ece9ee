//! Appeals of published results.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, CreateError, GetError, ListError};
use super::evidence::{EvidenceFile, evidence};
use super::page::{self, PageSize, cursor, slice};
use crate::app::{
    AppError, AppealOrder, AppealShare as Share, AppealSummary as Summary, AppealView, DecisionOrder, OtherRating,
    Variation, Verdict,
};
use crate::domain::appeal::{AppealCounts as Counts, AppealState, AppealSubject};

/// What an appeal is about.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum About {
    /// One line of the scorecard; `line` names it.
    Line,
    Rating,
    /// The result as a whole.
    Result,
}

/// Where an appeal stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "AppealState", rename_all = "snake_case")]
enum State {
    Open,
    /// Decided: the result stays.
    Upheld,
    /// Decided: a new revision took the result's place.
    Varied,
    /// The agent took it back.
    Withdrawn,
}

/// An appeal.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Appeal {
    id: Uuid,
    /// Code of the cycle.
    cycle: String,
    employee_number: String,
    about: About,
    /// The line it is about, and that line's metric.
    line: Option<String>,
    metric: Option<String>,
    /// What the agent says.
    grounds: String,
    state: State,
    raised_at: DateTime<Utc>,
    /// By when it should be decided.
    due: NaiveDate,
    /// Login of whom it is assigned to.
    assigned_to: Option<String>,
    /// Login of who decided it, or took it back.
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// Why it was decided so.
    reason: Option<String>,
    /// Number of the revision that took the result's place.
    revision: Option<i64>,
    /// The files handed in; left out in lists.
    evidence: Option<Vec<EvidenceFile>>,
}

#[derive(Object)]
struct AppealPage {
    items: Vec<Appeal>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// An appeal to be raised.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewAppeal {
    about: About,
    /// The id of a line of your scorecard; needed where it is about one.
    line: Option<String>,
    /// Why; 1 to 4000 characters.
    grounds: String,
}

/// Whom an appeal is given to.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Assignee {
    /// A login; without it whoever asks takes the appeal over.
    to: Option<String>,
}

/// How an appeal is decided.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Outcome {
    /// The result stays.
    Uphold,
    /// What is said beside it changes the result.
    Vary,
}

/// A decision.
#[derive(Object)]
#[oai(rename = "AppealDecision", deny_unknown_fields)]
struct NewDecision {
    outcome: Outcome,
    /// Why; the agent reads it. 1 to 4000 characters.
    reason: String,
    /// Ids of lines that are left out; their weight goes to the others.
    leave_out: Option<Vec<String>>,
    /// The id of a band of the agent's card, in the place of the calculated rating.
    rating: Option<String>,
    /// Needed with a rating: `data_fault`, `outside_influence`, `rater_leniency`, `peer_consistency`, `conduct` or `other`.
    rating_reason: Option<String>,
    /// Whether roster, leave and facts are taken as they are now, after they were mended.
    facts_anew: Option<bool>,
}

/// How appeals came out.
#[derive(Object)]
#[oai(rename = "AppealCounts", skip_serializing_if_is_none)]
struct AppealCounts {
    raised: u64,
    open: u64,
    upheld: u64,
    varied: u64,
    withdrawn: u64,
    /// Decided appeals that changed the result, in percent, with the ends of Wilson's 95 % interval; absent where none is decided.
    varied_percent: Option<String>,
    lower: Option<String>,
    upper: Option<String>,
}

/// How appeals about one thing, or of agents whom one supervisor reviewed, came out.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct AppealShare {
    /// A line's id, `rating` or `result`; or a supervisor's employee number.
    name: String,
    /// The line's metric.
    metric: Option<String>,
    counts: AppealCounts,
}

/// How the appeals of a cycle came out. An appeal of an agent whom two supervisors reviewed counts with both.
#[derive(Object)]
struct AppealSummary {
    all: AppealCounts,
    by_subject: Vec<AppealShare>,
    by_supervisor: Vec<AppealShare>,
}

impl From<State> for AppealState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Upheld => Self::Upheld,
            State::Varied => Self::Varied,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

fn state(state: AppealState) -> State {
    match state {
        AppealState::Open => State::Open,
        AppealState::Upheld => State::Upheld,
        AppealState::Varied => State::Varied,
        AppealState::Withdrawn => State::Withdrawn,
    }
}

/// An appeal as a list shows it.
fn listed(view: AppealView) -> Appeal {
    let AppealView { appeal, cycle, assigned_to, decided_by, revision, evidence: _ } = view;
    let (about, line) = match appeal.subject {
        AppealSubject::Line(line) => (About::Line, Some(line)),
        AppealSubject::Rating => (About::Rating, None),
        AppealSubject::Result => (About::Result, None),
    };
    Appeal {
        id: appeal.public_id,
        cycle,
        employee_number: appeal.employee_number,
        about,
        line,
        metric: appeal.metric,
        grounds: appeal.grounds,
        state: state(appeal.state),
        raised_at: appeal.raised_at,
        due: appeal.due,
        assigned_to,
        decided_by,
        decided_at: appeal.decided_at,
        reason: appeal.reason,
        revision,
        evidence: None,
    }
}

fn whole(view: AppealView) -> Json<Appeal> {
    let files = view.evidence.iter().cloned().map(evidence).collect();
    Json(Appeal { evidence: Some(files), ..listed(view) })
}

fn subject(about: About, line: Option<String>) -> Result<AppealSubject, AppError> {
    match (about, line) {
        (About::Line, Some(line)) => Ok(AppealSubject::Line(line)),
        (About::Line, None) => Err(AppError::invalid("line: say which line of your scorecard it is about")),
        (_, Some(_)) => Err(AppError::invalid("line: leave it out, or let the appeal be about a line")),
        (About::Rating, None) => Ok(AppealSubject::Rating),
        (About::Result, None) => Ok(AppealSubject::Result),
    }
}

fn verdict(decision: NewDecision) -> Result<(Verdict, String), AppError> {
    let NewDecision { outcome, reason, leave_out, rating, rating_reason, facts_anew } = decision;
    let rating = match (rating, rating_reason) {
        (None, None) => None,
        (Some(rating), Some(reason)) => {
            let reason = reason.parse().map_err(|error| AppError::invalid(format!("rating_reason: {error}")))?;
            Some(OtherRating { rating, reason })
        }
        _ => return Err(AppError::invalid("rating: a rating and its rating_reason go together")),
    };
    let variation =
        Variation { leave_out: leave_out.unwrap_or_default(), rating, facts_anew: facts_anew.unwrap_or_default() };
    match (outcome, variation == Variation::default()) {
        (Outcome::Vary, _) => Ok((Verdict::Vary(variation), reason)),
        (Outcome::Uphold, true) => Ok((Verdict::Uphold, reason)),
        (Outcome::Uphold, false) => {
            Err(AppError::invalid("outcome: a result that is upheld stays as it is; say 'vary' to change it"))
        }
    }
}

fn counts(counts: Counts) -> AppealCounts {
    let Counts { open, upheld, varied, withdrawn } = counts;
    let overturned = counts.overturned();
    AppealCounts {
        raised: counts.raised(),
        open,
        upheld,
        varied,
        withdrawn,
        varied_percent: overturned.map(|(share, _)| share.to_string()),
        lower: overturned.map(|(_, ends)| ends.lower.to_string()),
        upper: overturned.map(|(_, ends)| ends.upper.to_string()),
    }
}

fn share(share: Share) -> AppealShare {
    AppealShare { name: share.name, metric: share.metric, counts: counts(share.counts) }
}

pub struct AppealsApi;

#[OpenApi(tag = "Resource::Appeals")]
impl AppealsApi {
    /// List a cycle's appeals, oldest first
    #[oai(path = "/cycles/:code/appeals", method = "get", operation_id = "list_appeals")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<AppealPage>, ListError> {
        let page = app.appeals(&code.0, &slice(limit.0, after.0)?, state.0.map(AppealState::from)).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|view| cursor(&view.appeal.id.to_string()));
        Ok(Json(AppealPage { items: page.rows.into_iter().map(listed).collect(), next_cursor }))
    }

    /// Appeal your own published result
    ///
    /// In time only, and one appeal at a time.
    #[oai(path = "/cycles/:code/appeals", method = "post", operation_id = "raise_appeal")]
    async fn raise(
        &self,
        app: Caller,
        code: Path<String>,
        body: Json<NewAppeal>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Appeal>, CreateError> {
        let NewAppeal { about, line, grounds } = body.0;
        let order = AppealOrder { cycle: &code.0, about: subject(about, line)?, grounds: &grounds };
        Ok(whole(app.raise_appeal(order).await?))
    }

    /// How often appeals of a cycle changed the result
    #[oai(path = "/cycles/:code/appeals/summary", method = "get", operation_id = "get_appeal_summary")]
    async fn summary(&self, app: Caller, code: Path<String>) -> Result<Json<AppealSummary>, GetError> {
        let Summary { all, by_subject, by_supervisor } = app.appeal_summary(&code.0).await?;
        let shares = |shares: Vec<Share>| shares.into_iter().map(share).collect();
        Ok(Json(AppealSummary {
            all: counts(all),
            by_subject: shares(by_subject),
            by_supervisor: shares(by_supervisor),
        }))
    }

    /// One appeal with its files
    #[oai(path = "/appeals/:id", method = "get", operation_id = "get_appeal")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<Json<Appeal>, GetError> {
        Ok(whole(app.appeal(page::id(&id.0)?).await?))
    }

    /// Assign an open appeal, or take it over
    ///
    /// To nobody who reviewed the agent or scored the cycle.
    #[oai(path = "/appeals/:id/assignment", method = "post", operation_id = "assign_appeal")]
    async fn assign(&self, app: Caller, id: Path<String>, body: Json<Assignee>) -> Result<Json<Appeal>, ActError> {
        Ok(whole(app.assign_appeal(page::id(&id.0)?, body.0.to.as_deref()).await?))
    }

    /// Decide an appeal that is assigned to you
    #[oai(path = "/appeals/:id/decision", method = "post", operation_id = "decide_appeal")]
    async fn decide(
        &self,
        app: Caller,
        id: Path<String>,
        body: Json<NewDecision>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Appeal>, ActError> {
        let appeal = page::id(&id.0)?;
        let (verdict, reason) = verdict(body.0)?;
        Ok(whole(app.decide_appeal(DecisionOrder { appeal, verdict, reason: &reason }).await?))
    }

    /// Take back your own open appeal
    #[oai(path = "/appeals/:id/withdrawal", method = "post", operation_id = "withdraw_appeal")]
    async fn withdraw(&self, app: Caller, id: Path<String>) -> Result<Json<Appeal>, ActError> {
        Ok(whole(app.withdraw_appeal(page::id(&id.0)?).await?))
    }
}
