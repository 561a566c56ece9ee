//! `merit cycle cost`: what a cycle's payouts cost.

use serde_json::{Value, json};

use super::CliError;
use super::output::{Format, Table, say};
use crate::app::{App, CostLine};
use crate::domain::money::Money;

pub(super) async fn run(app: &App, code: &str, format: Format) -> Result<(), CliError> {
    let cost = app.cycle_cost(code).await?;
    let mut table = Table::new(&[
        ("by", "By"),
        ("name", "Name"),
        ("currency", "Currency"),
        ("amount", "Amount"),
        ("payable", "Payable"),
        ("withheld", "Withheld"),
        ("mean", "Mean"),
        ("before", "Before"),
        ("difference", "Difference"),
    ]);
    let units: Vec<CostLine> = cost.units.into_iter().map(|unit| unit.line).collect();
    let parts =
        [("total", cost.totals), ("unit", units), ("plan", cost.plans), ("card", cost.cards), ("rating", cost.ratings)];
    for (by, lines) in parts {
        for line in lines {
            table.row(cells(by, &line));
        }
    }
    table.print(format)?;
    if let (Format::Table, Some(before)) = (format, &cost.before) {
        say!("Before is {before}.");
    }
    Ok(())
}

fn cells(by: &str, line: &CostLine) -> [Value; 9] {
    let amount = |money: Option<Money>| money.map_or(Value::Null, |money| json!(money.to_decimal().to_string()));
    [
        json!(by),
        Some(&line.name).filter(|name| !name.is_empty()).map_or(Value::Null, |name| json!(name)),
        json!(line.currency.code()),
        amount(Some(line.amount())),
        json!(line.sum.payable),
        json!(line.sum.withheld),
        amount(line.mean()),
        amount(line.amount_before()),
        amount(line.difference()),
    ]
}
