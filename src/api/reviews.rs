//! Reviews: what supervisors, colleagues and people themselves write while a cycle is in review.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, ChangeError, GetError};
use crate::app::{
    AppError, GroupCount as Colleagues, ReviewAnswer, ReviewOrder, ReviewSheet as Sheet, ReviewTask as Task,
    ReviewsAbout as About, WrittenReview as Written,
};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{Form, RaterGroup, ReviewState};

/// Who somebody is to the person they rate.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "RaterGroup", rename_all = "snake_case")]
enum Group {
    Supervisor,
    Peer,
    Subordinate,
    #[oai(rename = "self")]
    Oneself,
}

/// Who can be asked for a rating.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum AskedGroup {
    Peer,
    Subordinate,
}

/// Where a review stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "ReviewState", rename_all = "snake_case")]
enum State {
    Invited,
    /// Saved; what was handed in before counts until it is handed in again.
    Draft,
    Submitted,
    Declined,
}

impl From<RaterGroup> for Group {
    fn from(group: RaterGroup) -> Self {
        match group {
            RaterGroup::Supervisor => Self::Supervisor,
            RaterGroup::Peer => Self::Peer,
            RaterGroup::Subordinate => Self::Subordinate,
            RaterGroup::Oneself => Self::Oneself,
        }
    }
}

impl From<ReviewState> for State {
    fn from(state: ReviewState) -> Self {
        match state {
            ReviewState::Invited => Self::Invited,
            ReviewState::Draft => Self::Draft,
            ReviewState::Submitted => Self::Submitted,
            ReviewState::Declined => Self::Declined,
        }
    }
}

/// A level of a form's scale.
#[derive(Object)]
struct FormLevel {
    value: String,
    en: String,
    zh: String,
    /// How somebody on this level is seen to work.
    behaviour_en: String,
    behaviour_zh: String,
}

/// One thing that is rated.
#[derive(Object)]
struct FormItem {
    id: String,
    en: String,
    zh: String,
    description_en: String,
    description_zh: String,
    /// Percent of the form.
    weight: String,
}

/// What is asked.
#[derive(Object)]
struct ReviewForm {
    id: String,
    en: String,
    zh: String,
    /// Ascending.
    scale: Vec<FormLevel>,
    items: Vec<FormItem>,
}

/// What somebody gave on one item.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Answer {
    item: String,
    /// A level of the scale, as text.
    value: String,
    #[oai(default)]
    comment: String,
}

/// What the caller may write about somebody, and has written.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct ReviewSheet {
    employee_number: String,
    group: Group,
    /// Absent where nobody judges by the agent's card: then there is only the comment.
    form: Option<ReviewForm>,
    /// Absent where nothing was begun.
    state: Option<State>,
    answers: Vec<Answer>,
    comment: String,
    /// When it was last handed in.
    submitted_at: Option<DateTime<Utc>>,
}

/// What is saved of a review.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SavedReview {
    /// Each item once; items without an answer are left out.
    answers: Vec<Answer>,
    comment: String,
    /// Hand it in: its answers count from the next scoring on.
    submit: bool,
}

#[derive(ApiResponse)]
enum SheetFound {
    #[oai(status = 200)]
    Ok(
        Json<ReviewSheet>,
        /// Send it as `If-Match` with a change.
        #[oai(header = "ETag")]
        String,
    ),
}

/// A review that the caller writes or is asked to write.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct ReviewTask {
    cycle: String,
    employee_number: String,
    agent_name: String,
    group: Group,
    state: State,
    submitted_at: Option<DateTime<Utc>>,
}

#[derive(Object)]
struct ReviewTasks {
    items: Vec<ReviewTask>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewRaters {
    group: AskedGroup,
    /// Employee numbers, at most 50.
    raters: Vec<String>,
}

#[derive(Object)]
struct Invited {
    /// How many were asked anew.
    invited: u64,
}

/// A review with its words.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct WrittenReview {
    group: Group,
    /// Employee number of who wrote it.
    rater: Option<String>,
    answers: Vec<Answer>,
    comment: String,
    submitted_at: DateTime<Utc>,
}

/// How far colleagues have come. What they gave is on the scorecard, from the least number of raters on.
#[derive(Object)]
struct ColleagueCount {
    group: Group,
    asked: u64,
    handed_in: u64,
    declined: u64,
}

/// What may be seen of what was written about an agent.
#[derive(Object)]
struct ReviewsAbout {
    employee_number: String,
    written: Vec<WrittenReview>,
    colleagues: Vec<ColleagueCount>,
}

fn form(form: Form) -> ReviewForm {
    let scale = form.scale.into_iter().map(|level| FormLevel {
        value: level.value.to_string(),
        en: level.name.en,
        zh: level.name.zh,
        behaviour_en: level.behaviour.en,
        behaviour_zh: level.behaviour.zh,
    });
    let items = form.items.into_iter().map(|item| FormItem {
        id: item.id.as_ref().to_owned(),
        en: item.name.en,
        zh: item.name.zh,
        description_en: item.description.en,
        description_zh: item.description.zh,
        weight: item.weight.to_string(),
    });
    ReviewForm {
        id: form.id.as_ref().to_owned(),
        en: form.name.en,
        zh: form.name.zh,
        scale: scale.collect(),
        items: items.collect(),
    }
}

fn answers(answers: BTreeMap<String, ReviewAnswer>) -> Vec<Answer> {
    let answer = |(item, ReviewAnswer { value, comment })| Answer { item, value: Fixed::to_string(&value), comment };
    answers.into_iter().map(answer).collect()
}

/// Answers by item. Errors: `Invalid` for an item given twice, or a value that is no number.
fn by_item(answers: Vec<Answer>) -> Result<BTreeMap<String, ReviewAnswer>, AppError> {
    let mut by_item = BTreeMap::new();
    for Answer { item, value, comment } in answers {
        let value = value
            .parse()
            .map_err(|_| AppError::invalid(format!("answers: '{value}' of '{item}' is not a number of the scale")))?;
        if by_item.insert(item.clone(), ReviewAnswer { value, comment }).is_some() {
            return Err(AppError::invalid(format!("answers: '{item}' is answered twice")));
        }
    }
    Ok(by_item)
}

fn found(sheet: Sheet) -> SheetFound {
    let Sheet {
        employee_number,
        agent_name: _,
        group,
        form: asked,
        state,
        answers: given,
        comment,
        version,
        submitted_at,
    } = sheet;
    let sheet = ReviewSheet {
        employee_number,
        group: group.into(),
        form: asked.map(form),
        state: state.map(State::from),
        answers: answers(given),
        comment,
        submitted_at,
    };
    SheetFound::Ok(Json(sheet), format!("\"{version}\""))
}

fn task(task: Task) -> ReviewTask {
    let Task { cycle, employee_number, agent_name, group, state, version: _, submitted_at } = task;
    ReviewTask { cycle, employee_number, agent_name, group: group.into(), state: state.into(), submitted_at }
}

fn written(review: Written) -> WrittenReview {
    let Written { group, rater, answers: given, comment, submitted_at } = review;
    WrittenReview { group: group.into(), rater, answers: answers(given), comment, submitted_at }
}

fn colleagues(count: Colleagues) -> ColleagueCount {
    let Colleagues { group, asked, handed_in, declined } = count;
    ColleagueCount { group: group.into(), asked, handed_in, declined }
}

pub struct ReviewsApi;

#[OpenApi(tag = "Resource::Reviews")]
impl ReviewsApi {
    /// What the caller writes or is asked to write, newest cycles first
    #[oai(path = "/me/reviews", method = "get", operation_id = "list_my_reviews")]
    async fn tasks(&self, app: Caller) -> Result<Json<ReviewTasks>, GetError> {
        let items = app.review_tasks().await?.into_iter().map(task).collect();
        Ok(Json(ReviewTasks { items }))
    }

    /// What was written about an agent
    ///
    /// Supervisors' reviews and the self-assessment in words; of colleagues only how many. The agent sees it once results are published.
    #[oai(path = "/cycles/:code/reviews/:employee_number", method = "get", operation_id = "get_reviews")]
    async fn about(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<Json<ReviewsAbout>, GetError> {
        let About { employee_number, written: words, colleagues: counts } =
            app.reviews_about(&code.0, &employee_number.0).await?;
        Ok(Json(ReviewsAbout {
            employee_number,
            written: words.into_iter().map(written).collect(),
            colleagues: counts.into_iter().map(colleagues).collect(),
        }))
    }

    /// What the caller may write about an agent, and has written
    ///
    /// As themselves, as who leads the agent's unit, or as who was asked.
    #[oai(path = "/cycles/:code/reviews/:employee_number/mine", method = "get", operation_id = "get_my_review")]
    async fn mine(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<SheetFound, GetError> {
        Ok(found(app.review_sheet(&code.0, &employee_number.0).await?))
    }

    /// Save a review that is still as it was read, or hand it in
    #[oai(path = "/cycles/:code/reviews/:employee_number/mine", method = "put", operation_id = "save_my_review")]
    async fn save(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        /// The `ETag` of the review as it was read
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<SavedReview>,
    ) -> Result<SheetFound, ChangeError> {
        let if_match = if_match.0.ok_or_else(ChangeError::unconditional)?;
        let SavedReview { answers, comment, submit } = body.0;
        let order = ReviewOrder {
            cycle: &code.0,
            employee_number: &employee_number.0,
            // What is none of ours was never read.
            version: if_match.trim().trim_matches('"').parse().unwrap_or(-1),
            answers: by_item(answers)?,
            comment: &comment,
        };
        let saved = if submit { app.submit_review(order).await } else { app.save_review(order).await };
        Ok(found(saved?))
    }

    /// Decline to rate somebody one was asked to rate
    #[oai(path = "/cycles/:code/reviews/:employee_number/mine", method = "delete", operation_id = "decline_my_review")]
    async fn decline(&self, app: Caller, code: Path<String>, employee_number: Path<String>) -> Result<(), ActError> {
        Ok(app.decline_review(&code.0, &employee_number.0).await?)
    }

    /// Ask colleagues for their rating of an agent
    #[oai(path = "/cycles/:code/reviews/:employee_number/raters", method = "post", operation_id = "invite_raters")]
    async fn invite(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        body: Json<NewRaters>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Invited>, ActError> {
        let NewRaters { group, raters } = body.0;
        let group = match group {
            AskedGroup::Peer => RaterGroup::Peer,
            AskedGroup::Subordinate => RaterGroup::Subordinate,
        };
        let invited = app.invite_raters(&code.0, &employee_number.0, group, &raters).await?;
        Ok(Json(Invited { invited }))
    }

    /// Ask a colleague no more
    #[oai(
        path = "/cycles/:code/reviews/:employee_number/raters/:rater",
        method = "delete",
        operation_id = "withdraw_invitation"
    )]
    async fn uninvite(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        /// Employee number
        rater: Path<String>,
    ) -> Result<(), ActError> {
        Ok(app.withdraw_invitation(&code.0, &employee_number.0, &rater.0).await?)
    }
}
