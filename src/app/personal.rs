//! What is known of a person: handed out whole to whoever may see it, and forgotten when its time is over.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::tries_of;
use super::read::Slice;
use super::{App, AppError, Change};

use crate::domain::authority::Act;
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::store::{Assignment, Cycle, StoredFact};

impl App {
    /// Everything Merit holds about an agent, as JSON: roster, leave, facts, and the shown results of every cycle with their working;
    /// facts, results
    /// and pay where whoever asks may see them.
    pub async fn personal_data(&self, employee_number: &str) -> Result<Value, AppError> {
        let view = self.agent(employee_number).await?;
        let agent = view.agent;
        let mut cycles = Vec::new();
        let mut slice = Slice::first();
        loop {
            let page = self.cycles(&slice).await?;
            for cycle in &page.rows {
                cycles.extend(self.personal_results(cycle, employee_number).await?);
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => slice = Slice::after(last.code.clone()),
                None => break,
            }
        }
        let always = Period { first: NaiveDate::MIN, last: NaiveDate::MAX };
        let leave = self.store.absences_of(agent.id, agent.id, always).await?;
        let leave: Vec<Value> = leave
            .iter()
            .map(|leave| json!({ "first_day": leave.period.first, "last_day": leave.period.last, "kind": leave.kind.as_str() }))
            .collect();
        let read = Change::new("agent.read_data", "agent", &agent.employee_number);
        self.recorded_read_of(agent.id, read).await?;
        let measured = self.actor.reach(Act::ReadResults);
        let facts: Vec<Value> = match self.store.agent_within(&measured, agent.id, self.clock.today()).await? {
            true => self.store.facts_of(agent.id, always).await?.iter().map(fact).collect(),
            false => Vec::new(),
        };
        let assignments: Vec<Value> = view.assignments.iter().map(|one| assignment(one, view.with_pay)).collect();
        let appeals = match self.store.agent_within(&measured, agent.id, self.clock.today()).await? {
            true => self.personal_appeals(agent.id).await?,
            false => Vec::new(),
        };
        Ok(json!({
            "employee_number": agent.employee_number,
            "name": agent.name,
            "hired": agent.hired,
            "left": agent.left,
            "attributes": agent.attributes,
            "aliases": view.aliases,
            "assignments": assignments,
            "leave": leave,
            "facts": facts,
            "cycles": cycles,
            "account": self.personal_account(agent.id).await?,
            "appeals": appeals,
        }))
    }

    /// The account with what it was told, for the person and for whoever manages accounts.
    async fn personal_account(&self, agent_id: i64) -> Result<Option<Value>, AppError> {
        let Some(account) = self.store.account_of_agent(agent_id).await? else { return Ok(None) };
        let own = self.actor.own_account().is_some_and(|own| own.id == account.id);
        if !own && !self.may(Act::ManageAccess) {
            return Ok(None);
        }
        let wishes: Vec<&str> = account.contact.wishes.iter().map(|kind| kind.as_str()).collect();
        let notices = self.notices_for(account.id).await?;
        let notices: Vec<Value> = notices
            .iter()
            .map(|notice| {
                json!({
                    "kind": notice.kind.as_str(),
                    "about": notice.about,
                    "address": notice.address,
                    "state": notice.state.as_str(),
                    "created_at": notice.created_at,
                    "ended_at": notice.ended_at,
                })
            })
            .collect();
        Ok(Some(json!({
            "login": account.login,
            "name": account.name,
            "email": account.contact.email,
            "language": account.contact.language.as_str(),
            "wishes": wishes,
            "notices": notices,
        })))
    }

    /// What the agent appealed, with the names of the files handed in.
    async fn personal_appeals(&self, agent_id: i64) -> Result<Vec<Value>, AppError> {
        let mut appeals = Vec::new();
        for appeal in self.store.appeals_of(agent_id).await? {
            let files = self.store.evidence_of(appeal.id).await?;
            appeals.push(json!({
                "id": appeal.public_id,
                "about": appeal.subject.line().unwrap_or(appeal.subject.kind()),
                "grounds": appeal.grounds,
                "state": appeal.state.as_str(),
                "raised_at": appeal.raised_at,
                "decided_at": appeal.decided_at,
                "reason": appeal.reason,
                "files": files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
            }));
        }
        Ok(appeals)
    }

    /// The shown results of one cycle; `None` without any.
    async fn personal_results(&self, cycle: &Cycle, employee_number: &str) -> Result<Option<Value>, AppError> {
        let scorecard = found(self.scorecard(&cycle.code, employee_number).await.map(|found| found.result))?;
        let plan = found(self.plan(&cycle.code, employee_number).await.map(|found| found.suggestion))?;
        let payout = found(self.payout(&cycle.code, employee_number).await.map(|found| found.result))?;
        if scorecard.is_none() && plan.is_none() && payout.is_none() {
            return Ok(None);
        }
        let exemption = found(self.exemption(&cycle.code, employee_number).await)?.flatten();
        let exemption = exemption.map(|one| json!({ "reason": one.reason.as_str(), "note": one.note }));
        Ok(Some(json!({
            "cycle": cycle.code,
            "scorecard": tree(scorecard)?,
            "plan": tree(plan)?,
            "payout": tree(payout)?,
            "exemption": exemption,
        })))
    }

    /// Forgets who everybody was that left more than `years` years ago: names, aliases, attributes, notes, comments, logins. Figures and
    /// results stay under the employee number, so that replays and the log stay whole. Returns the employee numbers.
    pub async fn forget_leavers(&self, years: u32, preview: bool) -> Result<Vec<String>, AppError> {
        self.require(Act::Maintain)?;
        let months = chrono::Months::new(years.saturating_mul(12));
        let day = self.clock.today().checked_sub_months(months);
        let day = day.ok_or_else(|| AppError::invalid(format!("--years: {years} is too many")))?;
        let change = Change::new("roster.forget", "roster", format_args!("left before {day}"));
        Ok(self.recorded(change).forget_leavers(day, self.clock.now(), preview, &tries_of).await?)
    }
}

/// What is not there, or not to be seen, is left out.
fn found<T>(outcome: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn tree<T: Serialize>(value: Option<T>) -> Result<Value, AppError> {
    Ok(serde_json::to_value(value)?)
}

fn assignment(one: &Assignment, with_pay: bool) -> Value {
    let mut value = json!({
        "unit": one.unit_code,
        "post": one.post,
        "first_day": one.first_day,
        "last_day": one.last_day,
        "fte": one.fte.to_string(),
    });
    if let (true, Some(fields)) = (with_pay, value.as_object_mut()) {
        let target = Money { minor: one.target_minor, currency: one.currency };
        fields.insert("target_incentive".to_owned(), target.to_decimal().to_string().into());
        fields.insert("currency".to_owned(), one.currency.code().into());
    }
    value
}

fn fact(fact: &StoredFact) -> Value {
    json!({
        "day": fact.day,
        "metric": fact.metric.as_str(),
        "segment": &*fact.segment,
        "source": fact.source.to_string(),
        "numerator": fact.pooled.numerator.to_string(),
        "denominator": fact.pooled.denominator.to_string(),
        "samples": fact.pooled.samples,
    })
}
