//! A simulation as people read it: the rules' difference in words, then what it does, from the whole to single agents.

use serde_json::Value;

use super::{agents, amount, cells_of};
use crate::app::{
    AgentChange, CostChange, Missing, Outcome, Ranking, ScoreChanges, Simulation, UnitChange, Unmeasured, WithoutCard,
};
use crate::cli::CliError;
use crate::cli::output::{Format, Table, say};
use crate::cli::rules::{Language, print_differences};

pub(super) fn print(simulation: &Simulation, lang: Language) -> Result<(), CliError> {
    print_differences(&simulation.rules, lang, Format::Table)?;
    counts(simulation);
    scores(&simulation.scores);
    migration(simulation)?;
    costs(&simulation.costs)?;
    units(&simulation.units)?;
    for Ranking { currency, winners, losers } in &simulation.rankings {
        let by = currency.map_or_else(|| "score, paid by no plan".to_owned(), |currency| format!("pay in {currency}"));
        people(&format!("Largest winners by {by}"), winners)?;
        people(&format!("Largest losers by {by}"), losers)?;
    }
    if simulation.other_currency > 0 {
        say!("\n{} agents are paid in another currency and stand in neither list.", simulation.other_currency);
    }
    if let Some(movers) = &simulation.movers {
        people("Everybody who moves", movers)?;
    }
    Ok(())
}

fn counts(simulation: &Simulation) {
    let WithoutCard { before, after, both } = simulation.without_card;
    say!("\nCycle {}, revision {}. Nothing of it was changed.", simulation.cycle, simulation.revision);
    say!("  {:>6} agents assigned in the cycle", simulation.agents);
    say!("  {:>6} with a card before and after", simulation.compared);
    for (count, what) in [
        (before, "without a card before only"),
        (after, "without a card after only"),
        (both, "without a card before and after"),
    ] {
        if count > 0 {
            say!("  {count:>6} {what}");
        }
    }
    say!("  {:>6} with another rating, score or pay", simulation.moved);
    for Unmeasured { missing, cards } in &simulation.unmeasured {
        let what = match missing {
            Missing::Facts(metric) => {
                format!("metric {metric} has no facts: nobody pulled it before the cycle was appraised")
            }
            Missing::Benchmark(metric) => {
                format!("the index of {metric} has no benchmark: none was frozen when the cycle opened")
            }
            Missing::Ratings(form) => {
                format!("form {form} has no ratings: nobody gave any before the cycle was appraised")
            }
        };
        say!("  not measured: {what} (asked for by {})", cards.join(", "));
    }
}

fn scores(scores: &ScoreChanges) {
    let ScoreChanges { up, down, same, lost, gained, mean, largest_rise, largest_fall } = scores;
    say!("\nScores: {up} up, {down} down, {same} the same");
    if let Some(mean) = mean {
        say!("  mean change {mean:+.2}");
    }
    if let Some(rise) = largest_rise {
        say!("  largest rise {rise:+.2}");
    }
    if let Some(fall) = largest_fall {
        say!("  largest fall {fall:.2}");
    }
    if lost + gained > 0 {
        say!("  {lost} lose their score, {gained} get one");
    }
}

/// A matrix: a row for where agents come from, a column for where they go.
fn migration(simulation: &Simulation) -> Result<(), CliError> {
    let outcomes = &simulation.outcomes;
    let mut titles = vec!["From \\ to".to_owned()];
    titles.extend(outcomes.iter().map(words));
    let mut table = Table::titled(titles);
    for from in outcomes {
        let mut cells: Vec<Value> = vec![words(from).into()];
        for to in outcomes {
            let agents = simulation.migration.iter().find(|row| row.from == *from && row.to == *to);
            cells.push(agents.map_or(Value::Null, |row| row.agents.into()));
        }
        table.row(cells);
    }
    say!("\nRatings");
    table.print(Format::Table)
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rated(rating) => rating.to_string(),
        other => other.code().replace('_', " "),
    }
}

fn costs(costs: &[CostChange]) -> Result<(), CliError> {
    if costs.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(&[
        ("currency", "Currency"),
        ("before", "Before"),
        ("after", "After"),
        ("difference", "Difference"),
        ("paid_before", "Paid before"),
        ("paid_after", "Paid after"),
    ]);
    for cost in costs {
        table.row([
            cost.currency.code().into(),
            amount(cost.before()),
            amount(cost.after()),
            amount(cost.difference()),
            cost.paid_before.into(),
            cost.paid_after.into(),
        ]);
    }
    say!("\nPayouts");
    table.print(Format::Table)
}

/// One row a unit and currency.
fn units(units: &[UnitChange]) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("unit", "Unit"),
        ("agents", "Agents"),
        ("moved", "Moved"),
        ("up", "Up"),
        ("down", "Down"),
        ("currency", "Currency"),
        ("before", "Before"),
        ("after", "After"),
        ("difference", "Difference"),
    ]);
    for UnitChange { unit, agents, moved, up, down, costs } in units {
        let counts: [Value; 5] = [unit.clone().into(), (*agents).into(), (*moved).into(), (*up).into(), (*down).into()];
        if costs.is_empty() {
            table.row(counts.iter().cloned().chain([const { Value::Null }; 4]));
        }
        for cost in costs {
            let money =
                [cost.currency.code().into(), amount(cost.before()), amount(cost.after()), amount(cost.difference())];
            table.row(counts.iter().cloned().chain(money));
        }
    }
    say!("\nUnits of the first level, with everything below them");
    table.print(Format::Table)
}

fn people(title: &str, changes: &[AgentChange]) -> Result<(), CliError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut table = agents(false);
    changes.iter().for_each(|change| table.row(cells_of(change)));
    say!("\n{title}");
    table.print(Format::Table)
}
