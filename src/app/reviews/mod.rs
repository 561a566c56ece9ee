//! Reviews: what supervisors, colleagues and people themselves write while a cycle is in review.

mod about;
mod invite;

use std::collections::BTreeMap;

pub use about::{GroupCount, ReviewsAbout, WrittenReview};

use super::audit::page_detail;
use super::{App, AppError, Change, Slice};
use crate::app::refusal::{Why, too_long};
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::judgement::{Form, RaterGroup, ReviewState};
use crate::rules::Ruleset;
use crate::store::{
    AgentResult, Cycle, Page, Review, ReviewAnswer, ReviewDraft, ReviewStanding, ReviewTask, ReviewToWrite,
};

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 4_000;
/// Tasks listed at most.
const MOST_TASKS: u64 = 1_000;

/// What whoever asks may write about somebody: the form, and what is saved of it.
#[derive(Debug, Clone)]
pub struct ReviewSheet {
    pub employee_number: String,
    pub agent_name: String,
    pub group: RaterGroup,
    /// None where nobody judges by the agent's card: then there is only the comment.
    pub form: Option<Form>,
    pub state: Option<ReviewState>,
    pub answers: BTreeMap<String, ReviewAnswer>,
    pub comment: String,
    /// 0 where nothing was begun.
    pub version: i64,
    pub submitted_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// What is saved of a review.
#[derive(Debug, Clone)]
pub struct ReviewOrder<'a> {
    pub cycle: &'a str,
    pub employee_number: &'a str,
    /// The version that was read.
    pub version: i64,
    /// By item.
    pub answers: BTreeMap<String, ReviewAnswer>,
    pub comment: &'a str,
}

/// A person's part in the review of an agent.
struct Part {
    cycle: Cycle,
    result: AgentResult,
    agent_name: String,
    rater_id: i64,
    group: RaterGroup,
    form: Option<Form>,
    begun: Option<Review>,
}

impl App {
    /// What whoever asks may write about the agent, and has written. Errors: `NotFound` for who has no part in the agent's review.
    pub async fn review_sheet(&self, cycle: &str, employee_number: &str) -> Result<ReviewSheet, AppError> {
        Ok(self.part(cycle, employee_number).await?.sheet())
    }

    /// Saves a draft, which counts for nothing until it is handed in.
    ///
    /// Errors: `Changed` when it was saved elsewhere since it was read; `Invalid` for answers that the form does not have; `Refused` unless the
    /// cycle is in review.
    pub async fn save_review(&self, order: ReviewOrder<'_>) -> Result<ReviewSheet, AppError> {
        let (part, draft) = self.drafted(order).await?;
        let saved = self.store.save_review(&draft).await.map_err(AppError::as_things_stand)?;
        Ok(Part { begun: Some(saved), ..part }.sheet())
    }

    /// Saves a review and hands it in: its answers count from the next scoring on. Errors: as for saving, and `Invalid` where answers are missing.
    pub async fn submit_review(&self, order: ReviewOrder<'_>) -> Result<ReviewSheet, AppError> {
        let (part, draft) = self.drafted(order).await?;
        part.is_complete(&draft.answers)?;
        let (cycle, number) = (&part.cycle.code, &part.result.employee_number);
        let change = Change::new("review.submit", "agent", number).after(Some(told(&draft)?));
        let change = change.detail(format_args!("cycle={cycle} group={}", part.group));
        let saved = self.recorded(change).submit_review(&draft).await.map_err(AppError::as_things_stand)?;
        Ok(Part { begun: Some(saved), ..part }.sheet())
    }

    /// Declines to rate somebody one was asked to rate.
    pub async fn decline_review(&self, cycle: &str, employee_number: &str) -> Result<(), AppError> {
        let part = self.part(cycle, employee_number).await?;
        let asked = part.begun.as_ref().filter(|review| review.invited_at.is_some());
        let review = asked.ok_or_else(|| {
            AppError::refused(format!(
                "only who was asked to rate somebody declines; you review {employee_number} as {}",
                part.group
            ))
            .because(Why::OnlyAskedDecline { number: employee_number.to_owned() })
        })?;
        // Not whose review it was: colleagues rate without their names.
        let change = Change::new("review.decline", "agent", employee_number).detail(format_args!("cycle={cycle}"));
        self.recorded(change).decline_review(review, self.clock.now()).await.map_err(AppError::as_things_stand)
    }

    /// What whoever asks writes or is asked to write.
    pub async fn review_tasks(&self) -> Result<Vec<ReviewTask>, AppError> {
        self.reach(Act::Respond).or_else(|_| self.reach(Act::Review))?;
        match self.actor.own_account().and_then(|account| account.agent_id) {
            Some(rater) => Ok(self.store.review_tasks(rater, MOST_TASKS).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Whom whoever asks reviews as who leads them, in order of employee number, with how far each review is. The key is the employee number.
    pub async fn reviews_to_write(
        &self,
        code: &str,
        slice: &Slice,
        standing: Option<ReviewStanding>,
    ) -> Result<Page<ReviewToWrite>, AppError> {
        let reach = self.reach(Act::Review)?;
        let cycle = self.cycle(code).await?;
        let rater = self.actor.own_account().and_then(|account| account.agent_id);
        let (Some(run), Some(rater)) = (cycle.current_run_id, rater) else {
            return Ok(Page { rows: Vec::new(), more: false });
        };
        let page =
            self.store.reviews_to_write(run, slice.after.as_deref(), slice.limit.into(), (&reach, rater, standing));
        let page = page.await?;
        let filter = [("standing", standing.map(ReviewStanding::as_str))];
        let detail = page_detail(&filter, slice, page.rows.iter().map(|row| row.employee_number.as_str()));
        self.recorded_list(&reach, Change::new("review.list", "cycle", code).detail(detail)).await?;
        Ok(page)
    }

    async fn drafted(&self, order: ReviewOrder<'_>) -> Result<(Part, ReviewDraft), AppError> {
        let ReviewOrder { cycle, employee_number, version, answers, comment } = order;
        let part = self.part(cycle, employee_number).await?;
        let comment = short(comment, "the comment")?;
        let answers = part.checked(answers)?;
        if part.begun.as_ref().is_some_and(|review| review.state == ReviewState::Declined) && version == 0 {
            return Err(AppError::changed("the review was declined before: read it again, then decide")
                .because(Why::DeclinedBefore {}));
        }
        let draft = ReviewDraft {
            public_id: self.clock.new_id(),
            cycle_id: part.cycle.id,
            agent_id: part.result.agent_id,
            rater_id: part.rater_id,
            group: part.group,
            form: part.form.as_ref().map(|form| form.id.as_ref().to_owned()),
            answers,
            comment,
            version,
            at: self.clock.now(),
        };
        Ok((part, draft))
    }

    /// The part that whoever asks has in the review of an agent: as themselves, as who leads the agent's unit, or as who was asked.
    async fn part(&self, code: &str, employee_number: &str) -> Result<Part, AppError> {
        self.reach(Act::Respond).or_else(|_| self.reach(Act::Review))?;
        let cycle = self.cycle(code).await?;
        let rater_id = self.actor.own_account().and_then(|account| account.agent_id).ok_or_else(|| {
            AppError::Forbidden(
                "reviews are written by people on the roster: link this account to an agent first".into(),
            )
        })?;
        let nothing = || no_part(code, employee_number);
        let Some(result) = self.store.agent_result_of(cycle.id, employee_number).await? else {
            return Err(match cycle.state {
                CycleState::InReview => nothing(),
                _ => AppError::NotFound(format!("cycle {code} is not in review: there is nothing to write yet")),
            });
        };
        let begun = self.store.review(cycle.id, result.agent_id, rater_id).await?;
        let group = if result.agent_id == rater_id {
            Some(RaterGroup::Oneself).filter(|_| !self.actor.reach(Act::Respond).is_nothing())
        } else if let Some(asked) = begun.as_ref().filter(|review| review.invited_at.is_some()) {
            Some(asked.group).filter(|_| !self.actor.reach(Act::Respond).is_nothing())
        } else {
            let run = cycle.current_run_id.ok_or_else(nothing)?;
            let reach = self.actor.reach(Act::Review);
            let leads = self.store.result_within(run, &reach, None, result.unit_id).await?;
            leads.then_some(RaterGroup::Supervisor)
        };
        let group = group.ok_or_else(nothing)?;
        let rules = self.rules_by(&cycle.ruleset_hash).await?;
        let form = self.form_of(&rules, &cycle, employee_number).await?;
        // Who is not a group of the form may still comment.
        let form = form.filter(|form| form.group(group).is_some());
        let agent_name = self.store.agent_by_id(result.agent_id).await?.ok_or_else(nothing)?.name;
        Ok(Part { cycle, result, agent_name, rater_id, group, form, begun })
    }

    /// The form that judges the agent by the card of the results that stand.
    async fn form_of(&self, rules: &Ruleset, cycle: &Cycle, employee_number: &str) -> Result<Option<Form>, AppError> {
        let Some(run) = cycle.current_run_id else { return Ok(None) };
        let Some(card) = self.store.card_of(run, employee_number).await? else { return Ok(None) };
        let judgement = rules.card(&card).and_then(|card| card.judgement.as_ref());
        Ok(judgement.and_then(|judgement| rules.form(&judgement.form)).cloned())
    }
}

impl Part {
    fn sheet(self) -> ReviewSheet {
        let (state, answers, comment, version, submitted_at) = match self.begun {
            Some(review) => (Some(review.state), review.answers, review.comment, review.version, review.submitted_at),
            None => (None, BTreeMap::new(), String::new(), 0, None),
        };
        ReviewSheet {
            employee_number: self.result.employee_number,
            agent_name: self.agent_name,
            group: self.group,
            form: self.form,
            state,
            answers,
            comment,
            version,
            submitted_at,
        }
    }

    /// The answers, when the form has their items and levels.
    fn checked(&self, answers: BTreeMap<String, ReviewAnswer>) -> Result<BTreeMap<String, ReviewAnswer>, AppError> {
        let Some(form) = &self.form else {
            return match answers.is_empty() {
                true => Ok(answers),
                false => Err(AppError::invalid(format!(
                    "answers: {} is not judged by a form as {}: give a comment only",
                    self.result.employee_number, self.group
                ))),
            };
        };
        let mut checked = BTreeMap::new();
        for (item, answer) in answers {
            if form.item(&item).is_none() {
                let items: Vec<&str> = form.items.iter().map(|item| item.id.as_ref()).collect();
                return Err(AppError::invalid(format!(
                    "answers: '{item}' is not an item of the form; it has {}",
                    items.join(", ")
                )));
            }
            if !form.has_level(answer.value) {
                let levels: Vec<String> = form.scale.iter().map(|level| level.value.to_string()).collect();
                return Err(AppError::invalid(format!(
                    "answers: {} of '{item}' is not a level of the form; its levels are {}",
                    answer.value,
                    levels.join(", ")
                )));
            }
            let comment = short(&answer.comment, "an answer's comment")?;
            checked.insert(item, ReviewAnswer { value: answer.value, comment });
        }
        Ok(checked)
    }

    /// Supervisors and people themselves answer every item; colleagues what they can judge, and something at least.
    fn is_complete(&self, answers: &BTreeMap<String, ReviewAnswer>) -> Result<(), AppError> {
        let Some(form) = &self.form else { return Ok(()) };
        let missing: Vec<&str> =
            form.items.iter().map(|item| item.id.as_ref()).filter(|item| !answers.contains_key(*item)).collect();
        let enough = match self.group {
            RaterGroup::Supervisor | RaterGroup::Oneself => missing.is_empty(),
            RaterGroup::Peer | RaterGroup::Subordinate => !answers.is_empty(),
        };
        match enough {
            true => Ok(()),
            false => Err(AppError::invalid(format!("answers: still without an answer: {}", missing.join(", ")))
                .because(Why::Incomplete { missing: i64::try_from(missing.len()).unwrap_or(i64::MAX) })),
        }
    }
}

/// Who has no part in somebody's review does not learn whether there is one.
fn no_part(cycle: &str, employee_number: &str) -> AppError {
    AppError::NotFound(format!("in cycle {cycle} there is nothing for you to write about '{employee_number}'"))
}

fn short(text: &str, what: &str) -> Result<String, AppError> {
    let text = text.trim();
    match text.chars().count() {
        0..=LONGEST_COMMENT => Ok(text.to_owned()),
        long => Err(AppError::invalid(format!("{what} has {long} characters: keep it to {LONGEST_COMMENT}"))
            .because(too_long(LONGEST_COMMENT))),
    }
}

/// What was handed in, as the log tells it.
fn told(draft: &ReviewDraft) -> Result<Digest, AppError> {
    let answers = serde_json::to_string(&draft.answers)?;
    Ok(Digest::of_fields(&[("answers", &answers), ("comment", &draft.comment)]))
}
