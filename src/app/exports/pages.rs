//! The rows of lists as files have them, page by page: by the use cases that show the lists, with their rights and entries in the log.

use serde::Serialize;
use serde_json::Value;

use super::super::{App, AppError, AuditView, Slice, Wanted, WantedEntries};
use crate::domain::export::{Export, ExportList};
use crate::rules::Ruleset;
use crate::store::{Agent, Page, PayoutSummary, PlanDetail, ScorecardSummary};

/// Rows, and the key of the next page.
type Rows = (Vec<Vec<String>>, Option<String>);

impl App {
    /// A page of the list, in its order.
    pub(super) async fn export_page(&self, export: &Export, slice: &Slice) -> Result<Rows, AppError> {
        let wanted = Wanted { unit: export.unit.clone(), ..Wanted::default() };
        let cycle = export.cycle.as_deref().unwrap_or_default();
        match export.list {
            ExportList::Scorecards => {
                let page = self.scorecards(cycle, slice, &wanted).await?;
                rows(page, |card| card.employee_number.clone(), scorecard)
            }
            ExportList::Payouts => {
                let page = self.payouts(cycle, slice, &wanted).await?;
                rows(page, |payout| payout.employee_number.clone(), payout)
            }
            ExportList::Plans => {
                let rules = self.rules_of_cycle(cycle).await?;
                let page = self.plans(cycle, slice, &wanted).await?;
                rows(page, |plan| plan.summary.employee_number.clone(), |found| Ok(plan(found, &rules, export)))
            }
            ExportList::People => {
                let page = self.agents(slice, export.unit.as_deref(), None).await?;
                rows(page, |agent| agent.employee_number.clone(), |agent| Ok(person(agent)))
            }
            ExportList::Audit => {
                let page = self.audit_entries(slice, &WantedEntries::default()).await?;
                rows(page, |view| view.entry.record.public_id.to_string(), |view| Ok(entry(view)))
            }
        }
    }
}

fn rows<T>(
    page: Page<T>,
    key: impl Fn(&T) -> String,
    row: impl Fn(T) -> Result<Vec<String>, AppError>,
) -> Result<Rows, AppError> {
    let next = page.rows.last().filter(|_| page.more).map(key);
    Ok((page.rows.into_iter().map(row).collect::<Result<_, _>>()?, next))
}

fn scorecard(card: ScorecardSummary) -> Result<Vec<String>, AppError> {
    let score = card.printed.map(|score| format!("{score:.2}")).unwrap_or_default();
    let (rating, state) = (card.rating.unwrap_or_default(), code(&card.state)?);
    Ok(vec![card.employee_number, card.agent_name, card.unit_code, card.post, score, rating, state])
}

fn payout(payout: PayoutSummary) -> Result<Vec<String>, AppError> {
    let (amount, currency) = (payout.amount.to_decimal().to_string(), payout.amount.currency.to_string());
    let why = payout.withheld.map(|why| code(&why)).transpose()?.unwrap_or_default();
    Ok(vec![payout.employee_number, payout.agent_name, payout.unit_code, payout.plan, amount, currency, why])
}

/// With the names of what is to be improved.
fn plan(plan: PlanDetail, rules: &Ruleset, export: &Export) -> Vec<String> {
    let name = |objective: &crate::domain::improvement::Objective| {
        let metric = rules.metric(&objective.metric);
        metric.map_or_else(
            || objective.metric.to_string(),
            |metric| export.language.pick(&metric.name.en, &metric.name.zh).clone(),
        )
    };
    let aims = plan.suggestion.objectives.iter().map(name).collect::<Vec<_>>().join(" · ");
    let found = plan.summary;
    let (starts, due) = (found.starts.to_string(), found.due.to_string());
    vec![found.employee_number, found.agent_name, found.unit_code, aims, starts, due]
}

fn person(agent: Agent) -> Vec<String> {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![agent.employee_number, agent.name, day(agent.hired), day(agent.left)]
}

fn entry(view: AuditView) -> Vec<String> {
    let record = view.entry.record;
    let about = format!("{} {}", record.subject_kind, record.subject);
    let who = view.actor_login.unwrap_or(record.actor);
    vec![record.at.to_rfc3339(), who, record.act, about, record.detail, record.reason.unwrap_or_default()]
}

/// A state as programs know it, such as `no_score`.
fn code(value: &impl Serialize) -> Result<String, AppError> {
    Ok(match serde_json::to_value(value)? {
        Value::String(code) => code,
        other => other.to_string(),
    })
}
