//! Incentive plans in words.

use serde_json::Value;

use super::card::posts;
use super::curve::payout_curve;
use super::names::{both, figure, join, leftover, number};
use super::words::{Ends, came_or_went, described_change, figure_change, text_change};
use crate::domain::text::Text;

/// What changed in a plan, without the plan's name; `None` where there is no sentence for it.
pub(super) fn clause(rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let all = join(&lines(new)?, "; ", "；");
                Some(both(format!("it is new, {}", all.en), format!("新增，{}", all.zh)))
            },
            |old| {
                let all = join(&lines(old)?, "; ", "；");
                Some(both(format!("it is gone, it was {}", all.en), format!("删除，原{}", all.zh)))
            },
        ),
        ["name"] => text_change(&both("its name", "名称"), ends),
        ["posts"] if ends.order => Some(both("its posts stand in another order", "岗位顺序有变")),
        ["posts", post] => came_or_went(
            ends,
            |_| Some(both(format!("it now also pays the post '{post}'"), format!("新增适用岗位“{post}”"))),
            |_| Some(both(format!("it no longer pays the post '{post}'"), format!("不再适用岗位“{post}”"))),
        ),
        ["curve"] => described_change(&both("the payout curve", "兑现曲线"), ends, payout_curve),
        ["floor_percent"] => limit(["floor", "do not fall below"], ["保底", "不低于"], ends),
        ["cap_percent"] => limit(["cap", "do not rise above"], ["封顶", "不高于"], ends),
        ["excluded_ratings"] if ends.order => {
            Some(both("the ratings that earn nothing stand in another order", "不兑现等级顺序有变"))
        }
        ["excluded_ratings", rating] => came_or_went(
            ends,
            |_| Some(both(format!("the rating {rating} now earns nothing"), format!("等级 {rating} 改为不兑现"))),
            |_| Some(both(format!("the rating {rating} now earns its share"), format!("等级 {rating} 改为可兑现"))),
        ),
        ["min_days"] => figure_change(&both("the least number of days in the post", "最少在岗天数"), ends, ""),
        ["prorate_days"] => described_change(&both("proration by days", "按天数折算规则"), ends, by_days),
        ["prorate_fte"] => described_change(&both("proration by working time", "按工时折算规则"), ends, by_fte),
        ["rounding"] => described_change(&both("the rounding", "取整方式"), ends, rounding),
        _ => None,
    }
}

/// A floor or cap, in percent of the target: its name, and what payouts do.
fn limit(en: [&str; 2], zh: [&str; 2], ends: Ends<'_>) -> Option<Text> {
    let percent = |end: Option<&Value>| end.and_then(|value| figure(value, "percent"));
    let [(name_en, verb_en), (name_zh, verb_zh)] = [en, zh].map(|[name, verb]| (name, verb));
    match (percent(ends.before), percent(ends.after)) {
        (Some(old), Some(new)) if old != new => Some(both(
            format!("payouts {verb_en} {} of the target (was {})", new.en, old.en),
            format!("兑现{verb_zh}目标的 {}（原为 {}）", new.zh, old.zh),
        )),
        (None, Some(new)) if ends.before.is_none_or(Value::is_null) => Some(both(
            format!("payouts {verb_en} {} of the target (there was no {name_en})", new.en),
            format!("兑现{verb_zh}目标的 {}（原无{name_zh}）", new.zh),
        )),
        (Some(old), None) if ends.after.is_none_or(Value::is_null) => Some(both(
            format!(
                "there is no {name_en} any more (payouts did {} {} of the target)",
                verb_en.trim_start_matches("do "),
                old.en
            ),
            format!("取消{name_zh}（原为兑现{verb_zh}目标的 {}）", old.zh),
        )),
        _ => None,
    }
}

const PLAN: [&str; 11] = [
    "id",
    "name",
    "posts",
    "curve",
    "floor_percent",
    "cap_percent",
    "excluded_ratings",
    "min_days",
    "prorate_days",
    "prorate_fte",
    "rounding",
];

/// Everything a plan says, a line each.
pub(super) fn lines(plan: &Value) -> Option<Vec<Text>> {
    let mut lines = vec![posts(plan)?];
    let curve = payout_curve(plan.get("curve")?)?;
    lines.push(both(format!("payout: {}", curve.en), format!("兑现：{}", curve.zh)));
    for (field, en, zh) in [("floor_percent", "floor", "保底"), ("cap_percent", "cap", "封顶")] {
        if let Some(percent) = plan.get(field).and_then(|value| figure(value, "percent")) {
            lines.push(both(format!("{en}: {} of the target", percent.en), format!("{zh}：目标的 {}", percent.zh)));
        }
    }
    let excluded: Vec<&str> = plan.get("excluded_ratings")?.as_array()?.iter().filter_map(Value::as_str).collect();
    if !excluded.is_empty() {
        lines.push(both(
            format!("ratings that earn nothing: {}", excluded.join(", ")),
            format!("不兑现等级：{}", excluded.join("、")),
        ));
    }
    let days = number(plan.get("min_days")?)?;
    let parts = [
        both(format!("at least {days} days in the post"), format!("在岗至少 {days} 天")),
        by_days(plan.get("prorate_days")?)?,
        by_fte(plan.get("prorate_fte")?)?,
        rounding(plan.get("rounding")?)?,
    ];
    let terms = join(&parts, "; ", "；");
    let more = leftover(plan, &PLAN);
    lines.push(both(format!("{}{}", terms.en, more.en), format!("{}{}", terms.zh, more.zh)));
    Some(lines)
}

fn by_days(prorated: &Value) -> Option<Text> {
    Some(match prorated.as_bool()? {
        true => both("days outside the post reduce the payout in proportion", "不在岗天数按比例扣减"),
        false => both("days outside the post do not reduce the payout", "不在岗天数不扣减"),
    })
}

fn by_fte(prorated: &Value) -> Option<Text> {
    Some(match prorated.as_bool()? {
        true => both("part-time work earns in proportion", "非全时按工时比例兑现"),
        false => both("part-time work earns as full time does", "非全时与全时同样兑现"),
    })
}

fn rounding(mode: &Value) -> Option<Text> {
    Some(match mode.as_str()? {
        "half_up" => both("halves are rounded away from zero", "四舍五入"),
        "half_even" => both("halves are rounded to the even neighbour", "四舍六入五成双"),
        "down" => both("amounts are rounded down", "向下取整"),
        "up" => both("amounts are rounded up", "向上取整"),
        _ => return None,
    })
}
