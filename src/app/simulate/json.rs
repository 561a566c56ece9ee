//! A simulation as one JSON object: scores and amounts are texts, so that no program rounds them.

use serde_json::{Value, json};

use super::{
    AgentChange, CostChange, Migration, Missing, PayChange, Ranking, ScoreChanges, Side, Simulation, UnitChange,
    Unmeasured, WithoutCard,
};
use crate::app::{RuleChange, RulesSide};
use crate::domain::fixed::Fixed;
use crate::domain::money::Money;

impl Simulation {
    /// The whole report. `movers` is null unless they were asked for; `currency` of a ranking is null for agents whom no plan pays.
    pub fn to_json(&self) -> Value {
        whole(self)
    }
}

fn whole(simulation: &Simulation) -> Value {
    let Simulation {
        cycle,
        revision,
        rules,
        agents,
        compared,
        without_card: WithoutCard { before, after, both },
        unmeasured,
        moved,
        scores,
        outcomes,
        migration,
        costs,
        other_currency,
        rankings,
        units,
        movers,
    } = simulation;
    json!({
        "cycle": cycle,
        "revision": revision,
        "rules_before": side_of_rules(&rules.before),
        "rules_after": side_of_rules(&rules.after),
        "rule_changes": rules.changes.iter().map(rule_change).collect::<Vec<_>>(),
        "agents": agents,
        "compared": compared,
        "without_card": { "before": before, "after": after, "both": both },
        "unmeasured": unmeasured.iter().map(missing).collect::<Vec<_>>(),
        "moved": moved,
        "scores": score_changes(scores),
        "outcomes": outcomes.iter().map(|outcome| outcome.code()).collect::<Vec<_>>(),
        "migration": migration.iter().map(|Migration { from, to, agents }| {
            json!({ "from": from.code(), "to": to.code(), "agents": agents })
        }).collect::<Vec<_>>(),
        "costs": costs.iter().map(cost).collect::<Vec<_>>(),
        "other_currency": other_currency,
        "rankings": rankings.iter().map(|Ranking { currency, winners, losers }| json!({
            "currency": currency.map(String::from),
            "winners": winners.iter().map(agent).collect::<Vec<_>>(),
            "losers": losers.iter().map(agent).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "units": units.iter().map(unit).collect::<Vec<_>>(),
        "movers": movers.as_ref().map(|movers| movers.iter().map(agent).collect::<Vec<_>>()),
    })
}

fn figure(value: Option<Fixed>) -> Value {
    value.map_or(Value::Null, |value| value.to_string().into())
}

/// With the two decimals of scores.
fn score(score: Option<Fixed>) -> Value {
    score.map_or(Value::Null, |score| format!("{score:.2}").into())
}

/// In major units, without the currency.
fn amount(money: Money) -> Value {
    money.to_decimal().to_string().into()
}

fn difference(change: &AgentChange) -> Value {
    match change.pay_change() {
        PayChange::By(money) => amount(money),
        PayChange::Unpaid | PayChange::OtherCurrency => Value::Null,
    }
}

fn side_of_rules(side: &RulesSide) -> Value {
    json!({ "hash": side.hash, "label": side.label })
}

fn rule_change(change: &RuleChange) -> Value {
    json!({
        "area": change.area.as_str(),
        "subject": change.subject,
        "path": change.path,
        "before": change.before,
        "after": change.after,
        "sentence": { "en": change.sentence.en, "zh": change.sentence.zh },
    })
}

fn missing(unmeasured: &Unmeasured) -> Value {
    let (kind, id) = match &unmeasured.missing {
        Missing::Facts(metric) => ("facts", metric.to_string()),
        Missing::Benchmark(metric) => ("benchmark", metric.to_string()),
        Missing::Ratings(form) => ("ratings", form.to_string()),
    };
    json!({ "missing": kind, "id": id, "cards": unmeasured.cards.iter().map(|card| &**card).collect::<Vec<_>>() })
}

fn score_changes(scores: &ScoreChanges) -> Value {
    let ScoreChanges { up, down, same, lost, gained, mean, largest_rise, largest_fall } = scores;
    json!({
        "up": up,
        "down": down,
        "same": same,
        "lost": lost,
        "gained": gained,
        "mean": figure(*mean),
        "largest_rise": figure(*largest_rise),
        "largest_fall": figure(*largest_fall),
    })
}

fn cost(cost: &CostChange) -> Value {
    json!({
        "currency": cost.currency.code(),
        "before": amount(cost.before()),
        "after": amount(cost.after()),
        "difference": amount(cost.difference()),
        "paid_before": cost.paid_before,
        "paid_after": cost.paid_after,
    })
}

fn unit(unit: &UnitChange) -> Value {
    let UnitChange { unit, agents, moved, up, down, costs } = unit;
    json!({
        "unit": unit,
        "agents": agents,
        "moved": moved,
        "up": up,
        "down": down,
        "costs": costs.iter().map(cost).collect::<Vec<_>>(),
    })
}

fn agent(change: &AgentChange) -> Value {
    json!({
        "employee_number": change.employee_number,
        "unit": change.unit,
        "before": side(&change.before),
        "after": side(&change.after),
        "score_change": score(change.score_change()),
        "pay_change": difference(change),
    })
}

fn side(side: &Side) -> Value {
    let pay = side.pay.map(|pay| json!({ "amount": amount(pay), "currency": pay.currency.code() }));
    json!({ "outcome": side.outcome.code(), "score": score(side.score), "pay": pay })
}
