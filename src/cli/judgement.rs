//! The judged part of a scorecard, for people: who gave what, and how it joins the measured part.

use serde_json::Value;

use super::CliError;
use super::output::{Format, Table, say};
use super::results::{figure, name};
use crate::domain::judgement::{JudgedGroup, JudgedItem};
use crate::domain::scorecard::Judged;

/// Points of every group and item, and the split: sum of lines × measured share + points × judged share.
pub(super) fn print(judged: &Judged) -> Result<(), CliError> {
    if !judged.form.items.is_empty() {
        table(judged).print(Format::Table)?;
    }
    let shown = |value: Value| value.as_str().unwrap_or("–").to_owned();
    match judged.form.points {
        Some(points) => say!("judged by form {}: {points} points", judged.form.form),
        None => say!("judged by form {}: {}", judged.form.form, shown(name(judged.form.state)).replace('_', " ")),
    }
    say!(
        "measured × {} % = {}, judged × {} % = {}",
        judged.measured_share,
        shown(figure(judged.measured_contribution)),
        judged.effective_share,
        judged.contribution
    );
    Ok(())
}

fn table(judged: &Judged) -> Table {
    let mut table = Table::new(&[
        ("item", "Item"),
        ("group", "Raters"),
        ("given", "Given"),
        ("mean", "Mean"),
        ("points", "Points"),
        ("weight", "× Weight"),
        ("contribution", "= Contributes"),
    ]);
    for item in &judged.form.items {
        item.groups.iter().for_each(|group| table.row(group_cells(item, group)));
        table.row([
            item.item.as_ref().into(),
            "all".into(),
            Value::Null,
            Value::Null,
            figure(item.points),
            figure(Some(item.effective_weight)),
            figure(Some(item.contribution)),
        ]);
    }
    table
}

fn group_cells(item: &JudgedItem, group: &JudgedGroup) -> [Value; 7] {
    let given = match (group.treatment, group.sum) {
        (None, Some(sum)) => format!("{sum} / {}", group.raters),
        _ => format!("{} of at least {}", group.raters, group.min_raters),
    };
    [
        item.item.as_ref().into(),
        group.group.as_str().into(),
        given.into(),
        figure(group.mean),
        figure(group.points),
        figure(Some(group.effective_weight)),
        figure(Some(group.contribution)),
    ]
}
