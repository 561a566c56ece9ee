//! The rules of improvement plans in words.

use serde_json::Value;

use super::names::{Names, both, figure, join, leftover, number, quoted, same, text_of};
use super::words::{Ends, came_or_went, figure_change, text_change};
use crate::domain::text::Text;

/// What changed; `None` where there is no sentence for it.
pub(super) fn clause(names: &Names<'_>, rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    match rest {
        ["triggers"] if ends.order => Some(both("the triggers stand in another order", "触发条件顺序有变")),
        ["courses"] if ends.order => Some(both("the courses stand in another order", "课程顺序有变")),
        ["triggers", metric, rest @ ..] => trigger_clause(names, ["improvement", "triggers", metric], rest, ends),
        ["courses", course, rest @ ..] => course_clause(names, ["improvement", "courses", course], rest, ends),
        [field] => {
            let (_, en, zh) = FIGURES.iter().find(|(known, _, _)| known == field)?;
            figure_change(&both(format!("the number of {en}"), *zh), ends, "")
        }
        _ => None,
    }
}

/// Field, and what it counts.
const FIGURES: [(&str, &str, &str); 5] = [
    ("periods_below", "periods below the floor that it takes", "触发所需低于标准的周期数"),
    ("of_periods", "last periods looked at", "回看的周期数"),
    ("max_objectives", "objectives at most", "目标数上限"),
    ("duration_days", "days to reach the objectives", "改进期天数"),
    ("check_ins", "check-ins", "跟进次数"),
];
const IMPROVEMENT: [&str; 7] =
    ["triggers", "courses", "periods_below", "of_periods", "max_objectives", "duration_days", "check_ins"];

fn trigger_clause(names: &Names<'_>, at: [&str; 3], rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    let (of, unit) = (names.measured(&at), names.unit(&at));
    let what = |en: &str, zh: &str| both(format!("{en} {}", of.en), format!("{}{zh}", of.zh));
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let terms = trigger(new, unit)?;
                Some(both(
                    format!("a trigger on {} is added: {}", of.en, terms.en),
                    format!("新增触发条件{}：{}", of.zh, terms.zh),
                ))
            },
            |old| {
                let terms = trigger(old, unit)?;
                Some(both(
                    format!("the trigger on {} is gone (it was: {})", of.en, terms.en),
                    format!("删除触发条件{}（原为：{}）", of.zh, terms.zh),
                ))
            },
        ),
        ["floor"] => figure_change(&what("the floor of", "的标准线"), ends, unit),
        ["target"] => figure_change(&what("the target of", "的改进目标"), ends, unit),
        ["min_samples"] => figure_change(&what("the least number of cases of", "的最少样本数"), ends, ""),
        _ => None,
    }
}

fn course_clause(names: &Names<'_>, at: [&str; 3], rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    let of = names.name(&at);
    let what = |en: &str, zh: &str| both(format!("{en} the course {}", of.en), format!("课程{}{zh}", of.zh));
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let terms = course(names, new)?;
                Some(both(
                    format!("the course {} is added: {}", of.en, terms.en),
                    format!("新增课程{}：{}", of.zh, terms.zh),
                ))
            },
            |old| {
                let terms = course(names, old)?;
                Some(both(
                    format!("the course {} is gone (it was: {})", of.en, terms.en),
                    format!("删除课程{}（原为：{}）", of.zh, terms.zh),
                ))
            },
        ),
        ["name"] => text_change(&what("the name of", "的名称"), ends),
        ["hours"] => figure_change(&what("the length of", "的时长"), ends, "hours"),
        ["metrics"] if ends.order => Some(both(
            format!("the metrics of the course {} stand in another order", of.en),
            format!("课程{}的指标顺序有变", of.zh),
        )),
        ["metrics", metric] => {
            let metric = names.metric(metric);
            came_or_went(
                ends,
                |_| {
                    Some(both(
                        format!("the course {} now helps {}", of.en, metric.en),
                        format!("课程{}新增适用指标{}", of.zh, metric.zh),
                    ))
                },
                |_| {
                    Some(both(
                        format!("the course {} is no longer meant for {}", of.en, metric.en),
                        format!("课程{}不再适用指标{}", of.zh, metric.zh),
                    ))
                },
            )
        }
        _ => None,
    }
}

fn trigger(trigger: &Value, unit: &str) -> Option<Text> {
    let (floor, target) = (figure(trigger.get("floor")?, unit)?, figure(trigger.get("target")?, unit)?);
    let least = number(trigger.get("min_samples")?)?;
    let more = leftover(trigger, &["metric", "scope", "floor", "target", "min_samples"]);
    Some(both(
        format!("floor {}, target {}, from {least} cases on{}", floor.en, target.en, more.en),
        format!("标准线 {}，目标 {}，样本至少 {least}{}", floor.zh, target.zh, more.zh),
    ))
}

fn course(names: &Names<'_>, course: &Value) -> Option<Text> {
    let hours = figure(course.get("hours")?, "hours")?;
    let metrics = course.get("metrics")?.as_array()?.iter().filter_map(Value::as_str);
    let metrics: Vec<Text> = metrics.map(|metric| names.metric(metric)).collect();
    let metrics = join(&metrics, ", ", "、");
    let more = leftover(course, &["id", "name", "metrics", "hours"]);
    Some(both(
        format!("{}, for {}{}", hours.en, metrics.en, more.en),
        format!("{}，适用指标{}{}", hours.zh, metrics.zh, more.zh),
    ))
}

/// Everything the rules of improvement plans say, a line each.
pub(super) fn lines(names: &Names<'_>, rules: &Value) -> Option<Vec<Text>> {
    let mut lines = Vec::new();
    for (field, en, zh) in FIGURES {
        let figure = number(rules.get(field)?)?;
        lines.push(both(format!("{en}: {figure}"), format!("{zh}：{figure}")));
    }
    for item in rules.get("triggers")?.as_array()? {
        let key = item.get("metric")?.as_str()?;
        let at = ["improvement", "triggers", key];
        let (of, terms) = (names.measured(&at), trigger(item, names.unit(&at))?);
        lines.push(both(format!("trigger on {}: {}", of.en, terms.en), format!("触发条件{}：{}", of.zh, terms.zh)));
    }
    for item in rules.get("courses")?.as_array()? {
        let (name, terms) = (quoted(&text_of(item.get("name")?)?), course(names, item)?);
        lines.push(both(format!("course {}: {}", name.en, terms.en), format!("课程{}：{}", name.zh, terms.zh)));
    }
    let more = leftover(rules, &IMPROVEMENT);
    if more != same("") {
        lines.push(both(more.en.trim_start_matches("; "), more.zh.trim_start_matches('；')));
    }
    Some(lines)
}
