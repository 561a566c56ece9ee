//! Lines of scorecards in words.

use serde_json::Value;

use super::curve::{score_curve, score_curve_change};
use super::names::{Names, both, figure, join, leftover, number};
use super::words::{Ends, came_or_went, described_change, figure_change};
use crate::domain::text::Text;

/// What changed about the line at a path, without the card's name; `None` where there is no sentence for it.
pub(super) fn clause(names: &Names<'_>, at: [&str; 4], rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    let (of, unit) = (names.measured(&at), names.unit(&at));
    let what = |en: &str, zh: &str| both(format!("{en} {}", of.en), format!("{}{zh}", of.zh));
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let line = whole(new, unit)?;
                Some(both(
                    format!("a line for {} is added: {}", of.en, line.en),
                    format!("新增考核项{}：{}", of.zh, line.zh),
                ))
            },
            |old| {
                let line = whole(old, unit)?;
                Some(both(
                    format!("the line for {} is gone (it was: {})", of.en, line.en),
                    format!("删除考核项{}（原为：{}）", of.zh, line.zh),
                ))
            },
        ),
        ["weight"] => figure_change(&what("the weight of", "的权重"), ends, "percent"),
        ["curve"] => score_curve_change(&of, ends, unit),
        ["floor"] => figure_change(&what("the least points of", "的最低得分"), ends, ""),
        ["cap"] => figure_change(&what("the most points of", "的最高得分"), ends, ""),
        ["shrink_strength"] => {
            figure_change(&what("the weight, in cases, of the peers' value for", "向同组靠拢的样本数"), ends, "")
        }
        ["min_samples"] => figure_change(&what("the least number of cases of", "的最少样本数"), ends, ""),
        ["low_sample"] => {
            described_change(&what("what happens with too few cases of", "样本不足时的处理"), ends, absence)
        }
        ["no_data"] => described_change(&what("what happens without data of", "无数据时的处理"), ends, absence),
        ["no_benchmark"] => {
            described_change(&what("what happens without a benchmark of", "无基准时的处理"), ends, absence)
        }
        ["measure"] => described_change(&what("what is measured of", "的计量方式"), ends, measure),
        ["outside"] => described_change(&what("the place on the card of", "在考核表中的位置"), ends, place),
        _ => None,
    }
}

/// What [`whole`] tells. The id names the line in paths; a treatment without benchmark matters to an index alone.
const TOLD: [&str; 14] = [
    "id",
    "metric",
    "scope",
    "measure",
    "outside",
    "weight",
    "curve",
    "floor",
    "cap",
    "shrink_strength",
    "min_samples",
    "low_sample",
    "no_data",
    "no_benchmark",
];

/// A whole line; `unit` is that of its figures.
pub(super) fn whole(line: &Value, unit: &str) -> Option<Text> {
    let is_index = line.get("measure").is_some_and(|measure| measure == "index");
    let mut parts = vec![weight(line)?];
    if is_index {
        parts.push(measure(line.get("measure")?)?);
    }
    parts.push(score_curve(line.get("curve")?, unit)?);
    let limit = |field: &str, en: &str, zh: &str| {
        let points = line.get(field).and_then(number)?;
        Some(both(format!("{en} {points} points"), format!("{zh} {points} 分")))
    };
    parts.extend(limit("floor", "at least", "最低"));
    parts.extend(limit("cap", "at most", "最高"));
    if let Some(cases) = line.get("shrink_strength").and_then(number) {
        parts.push(both(
            format!("drawn toward the peers with the weight of {cases} cases"),
            format!("以 {cases} 个样本的权重向同组靠拢"),
        ));
    }
    parts.push(missing(line)?);
    if is_index && let Some(treatment) = line.get("no_benchmark") {
        let treatment = absence(treatment)?;
        parts.push(both(format!("without a benchmark {}", treatment.en), format!("无基准时{}", treatment.zh)));
    }
    let more = leftover(line, &TOLD);
    let all = join(&parts, "; ", "；");
    Some(both(format!("{}{}", all.en, more.en), format!("{}{}", all.zh, more.zh)))
}

/// `weight 20 %`, or that the line stands beside the weighted ones.
fn weight(line: &Value) -> Option<Text> {
    match line.get("outside").filter(|outside| !outside.is_null()) {
        Some(outside) => place(outside),
        None => {
            let weight = figure(line.get("weight")?, "percent")?;
            Some(both(format!("weight {}", weight.en), format!("权重 {}", weight.zh)))
        }
    }
}

/// What happens with too few cases and without data.
fn missing(line: &Value) -> Option<Text> {
    let least = number(line.get("min_samples")?)?;
    let (few, none) = (absence(line.get("low_sample")?)?, absence(line.get("no_data")?)?);
    if few == none {
        return Some(both(
            format!("below {least} cases or without data {}", few.en),
            format!("样本少于 {least} 或无数据时{}", few.zh),
        ));
    }
    Some(both(
        format!("below {least} cases {}; without data {}", few.en, none.en),
        format!("样本少于 {least} 时{}；无数据时{}", few.zh, none.zh),
    ))
}

fn absence(absence: &Value) -> Option<Text> {
    if let Some(treatments) = absence.as_object() {
        let (kind, terms) = treatments.iter().next().filter(|_| treatments.len() == 1)?;
        let term = |name: &str| terms.as_object().filter(|terms| terms.len() == 1)?.get(name);
        return match kind.as_str() {
            "neutral" => {
                let points = number(term("points")?)?;
                Some(both(format!("the line earns {points} points"), format!("该项计 {points} 分")))
            }
            "carry" => {
                let otherwise = self::absence(term("otherwise")?)?;
                Some(both(
                    format!("the line earns its points of the previous cycle, or where it had none, {}", otherwise.en),
                    format!("沿用上期得分，上期无得分时{}", otherwise.zh),
                ))
            }
            _ => None,
        };
    }
    Some(match absence.as_str()? {
        "redistribute" => {
            both("the line leaves the card and its weight goes to the others", "该项退出，权重分给其他项")
        }
        "hold" => both("the card waits", "考核表等待数据"),
        "zero" => both("the line earns nothing", "该项计 0 分"),
        "count" => both("the value counts as it is", "按实际值计分"),
        _ => return None,
    })
}

fn measure(measure: &Value) -> Option<Text> {
    Some(match measure.as_str()? {
        "value" => both("the value itself", "指标值"),
        "index" => both("an index, actual against expected", "指数（实际与预期之比）"),
        _ => return None,
    })
}

/// Among the weighted lines, or beside them.
fn place(outside: &Value) -> Option<Text> {
    Some(match outside {
        Value::Null => both("among the weighted lines", "计入权重"),
        Value::String(kind) if kind == "bonus" => both("a bonus beside the weighted lines", "权重之外的加分项"),
        Value::String(kind) if kind == "penalty" => both("a penalty beside the weighted lines", "权重之外的扣分项"),
        _ => return None,
    })
}
