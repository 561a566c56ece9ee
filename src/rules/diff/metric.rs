//! Metrics in words.

use serde_json::Value;

use super::names::{both, leftover, text_of};
use super::words::{Ends, came_or_went, described_change, figure_change, text_change};
use crate::domain::text::Text;

/// What changed about a metric, without its name; `None` where there is no sentence for it.
pub(super) fn clause(rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    match rest {
        [] => came_or_went(
            ends,
            |new| Some(both(format!("it is new: {}", terms(new)?.en), format!("新增：{}", terms(new)?.zh))),
            |old| {
                Some(both(
                    format!("it is gone (it was: {})", terms(old)?.en),
                    format!("删除（原为：{}）", terms(old)?.zh),
                ))
            },
        ),
        ["name"] => text_change(&both("its name", "名称"), ends),
        ["description"] => text_change(&both("its description", "说明"), ends),
        ["numerator"] => text_change(&both("what is summed above the line", "分子"), ends),
        ["denominator"] => text_change(&both("what is summed below the line", "分母"), ends),
        ["unit"] => described_change(&both("its unit", "单位"), ends, unit),
        ["standard_deviation"] => {
            figure_change(&both("the standard deviation of one case", "单个样本的标准差"), ends, "")
        }
        ["kind"] => described_change(&both("what a case counts", "单个样本的计法"), ends, kind),
        ["direction"] => described_change(&both("what is better", "优劣方向"), ends, direction),
        _ => None,
    }
}

const METRIC: [&str; 8] = ["id", "name", "description", "numerator", "denominator", "unit", "kind", "direction"];

/// Everything a metric says but its name.
pub(super) fn terms(metric: &Value) -> Option<Text> {
    let (unit, kind) = (unit(metric.get("unit")?)?, kind(metric.get("kind")?)?);
    let (direction, description) = (direction(metric.get("direction")?)?, text_of(metric.get("description")?)?);
    let more = leftover(metric, &METRIC);
    Some(both(
        format!("{}; {}; {}; {}{}", unit.en, kind.en, direction.en, description.en.trim_end_matches('.'), more.en),
        format!("{}；{}；{}；{}{}", unit.zh, kind.zh, direction.zh, description.zh.trim_end_matches('。'), more.zh),
    ))
}

fn unit(unit: &Value) -> Option<Text> {
    Some(match unit.as_str()? {
        "percent" => both("percent", "百分比"),
        "ratio" => both("a ratio", "比值"),
        "seconds" => both("seconds", "秒"),
        "minutes" => both("minutes", "分钟"),
        "hours" => both("hours", "小时"),
        "points" => both("points", "分"),
        _ => return None,
    })
}

fn kind(kind: &Value) -> Option<Text> {
    Some(match kind.as_str()? {
        "rate" => both("each case counts 0 or 1", "每个样本计 0 或 1"),
        "mean" => both("each case counts an amount", "每个样本计数值"),
        _ => return None,
    })
}

fn direction(direction: &Value) -> Option<Text> {
    Some(match direction.as_str()? {
        "higher_is_better" => both("higher is better", "越高越好"),
        "lower_is_better" => both("lower is better", "越低越好"),
        "in_range" => both("best inside a range", "区间内最佳"),
        _ => return None,
    })
}
