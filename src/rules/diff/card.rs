//! Scorecards in words.

use serde_json::Value;

use super::line;
use super::names::{Names, both, figure, join, leftover, number, text_of};
use super::walk::keyed;
use super::words::{Ends, came_or_went, described_change, figure_change, text_change};
use crate::domain::text::Text;

/// What changed on a card, without the card's name; `None` where there is no sentence for it.
pub(super) fn clause(names: &Names<'_>, card: &str, rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let (posts, lines) = (measures(new)?, weights(names, card, new)?);
                Some(both(
                    format!("it is new, {}: {}", posts.en, lines.en),
                    format!("新增，{}：{}", posts.zh, lines.zh),
                ))
            },
            |old| {
                let (posts, lines) = (measures(old)?, weights(names, card, old)?);
                Some(both(
                    format!("it is gone, it was {}: {}", posts.en, lines.en),
                    format!("删除，原{}：{}", posts.zh, lines.zh),
                ))
            },
        ),
        ["name"] => text_change(&both("its name", "名称"), ends),
        ["posts"] if ends.order => Some(both("its posts stand in another order", "岗位顺序有变")),
        ["posts", post] => came_or_went(
            ends,
            |_| Some(both(format!("it now also measures the post '{post}'"), format!("新增适用岗位“{post}”"))),
            |_| Some(both(format!("it no longer measures the post '{post}'"), format!("不再适用岗位“{post}”"))),
        ),
        ["unit_kinds"] if ends.order => Some(both("its kinds of units stand in another order", "机构类型顺序有变")),
        ["unit_kinds", kind] => came_or_went(
            ends,
            |_| {
                Some(both(
                    format!("it now also measures units of the kind '{kind}'"),
                    format!("新增适用机构类型“{kind}”"),
                ))
            },
            |_| {
                Some(both(
                    format!("it no longer measures units of the kind '{kind}'"),
                    format!("不再适用机构类型“{kind}”"),
                ))
            },
        ),
        ["lines"] if ends.order => Some(both("its lines stand in another order", "考核项顺序有变")),
        ["gates"] if ends.order => Some(both("its gates stand in another order", "门槛顺序有变")),
        ["lines", line, rest @ ..] => line::clause(names, ["cards", card, "lines", line], rest, ends),
        ["gates", gate, rest @ ..] => gate_clause(names, ["cards", card, "gates", gate], rest, ends),
        ["bands", band, rest @ ..] => band_clause(band, rest, ends),
        ["points_up_to"] => {
            figure_change(&both("the most points of a line and of the total", "单项与总分上限"), ends, "")
        }
        ["stretch_basis"] => described_change(&both("what stretches are weighted by", "分段权重依据"), ends, basis),
        ["eligibility", field] => {
            let (_, en, zh) = ELIGIBILITY.iter().find(|(known, _, _)| known == field)?;
            figure_change(&both(*en, *zh), ends, "")
        }
        ["guidance", band, "percent"] => {
            let what = both(format!("the guidance for the share of {band}"), format!("等级 {band} 的指导比例"));
            figure_change(&what, ends, "percent")
        }
        _ => None,
    }
}

/// Field of a card's eligibility, and what it says.
const ELIGIBILITY: [(&str, &str, &str); 3] = [
    ("min_days", "the least number of days for a score", "参与考核的最少天数"),
    ("min_samples", "the least number of cases for a score", "参与考核的最少样本数"),
    ("stretch_min_days", "the least number of days of a stretch", "单个分段的最少天数"),
];

fn basis(basis: &Value) -> Option<Text> {
    Some(match basis.as_str()? {
        "days" => both("days", "天数"),
        "samples" => both("cases", "样本数"),
        _ => return None,
    })
}

fn gate_clause(names: &Names<'_>, at: [&str; 4], rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    let (of, unit) = (names.measured(&at), names.unit(&at));
    let what = |en: &str, zh: &str| both(format!("{en} {}", of.en), format!("{}{zh}", of.zh));
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let gate = gate(names, at[1], new, unit)?;
                Some(both(
                    format!("a gate on {} is added: {}", of.en, gate.en),
                    format!("新增门槛{}：{}", of.zh, gate.zh),
                ))
            },
            |old| {
                let gate = gate(names, at[1], old, unit)?;
                Some(both(
                    format!("the gate on {} is gone (it was: {})", of.en, gate.en),
                    format!("删除门槛{}（原为：{}）", of.zh, gate.zh),
                ))
            },
        ),
        ["at_least"] => figure_change(&what("the lower limit of the gate on", "门槛的下限"), ends, unit),
        ["at_most"] => figure_change(&what("the upper limit of the gate on", "门槛的上限"), ends, unit),
        ["min_samples"] => {
            figure_change(&what("the least number of cases of the gate on", "门槛的最少样本数"), ends, "")
        }
        ["effect"] => {
            let describe = |value: &Value| effect(names, at[1], value);
            described_change(&what("what happens behind the gate on", "门槛未达标时的处理"), ends, describe)
        }
        ["reason"] => text_change(&what("the reason given for the gate on", "门槛的理由"), ends),
        _ => None,
    }
}

fn band_clause(band: &str, rest: &[&str], ends: Ends<'_>) -> Option<Text> {
    match rest {
        [] => came_or_went(
            ends,
            |new| {
                let (name, from) = (text_of(new.get("name")?)?, number(new.get("from")?)?);
                let more = leftover(new, &BAND);
                Some(both(
                    format!("band {band} ({}) is added, from {from}{}", name.en, more.en),
                    format!("新增等级 {band}（{}），自 {from} 分起{}", name.zh, more.zh),
                ))
            },
            |old| {
                let from = number(old.get("from")?)?;
                Some(both(
                    format!("band {band} is gone (it started at {from})"),
                    format!("删除等级 {band}（原自 {from} 分起）"),
                ))
            },
        ),
        ["from"] => {
            let (old, new) = (number(ends.before?)?, number(ends.after?)?);
            (old != new).then(|| {
                both(
                    format!("band {band} now starts at {new} (was {old})"),
                    format!("等级 {band} 改为自 {new} 分起（原为 {old} 分）"),
                )
            })
        }
        ["name"] => text_change(&both(format!("the name of band {band}"), format!("等级 {band} 的名称")), ends),
        _ => None,
    }
}

const GATE: [&str; 7] = ["metric", "scope", "at_least", "at_most", "min_samples", "effect", "reason"];
const BAND: [&str; 3] = ["id", "name", "from"];

/// Whom a card measures: posts, or kinds of units.
pub(super) fn measures(card: &Value) -> Option<Text> {
    match quoted_list(card, "unit_kinds") {
        Some((en, zh)) if !en.is_empty() => {
            let word = if en.len() == 1 { "kind" } else { "kinds" };
            Some(both(format!("for units of the {word} {}", en.join(", ")), format!("适用机构类型{}", zh.join("、"))))
        }
        _ => posts(card),
    }
}

/// `for the post 'a'`, `for the posts 'a', 'b'`.
pub(super) fn posts(of: &Value) -> Option<Text> {
    let (en, zh) = quoted_list(of, "posts")?;
    let word = if en.len() == 1 { "post" } else { "posts" };
    Some(both(format!("for the {word} {}", en.join(", ")), format!("适用岗位{}", zh.join("、"))))
}

/// The texts of a list in English and in Chinese quotes.
fn quoted_list(of: &Value, field: &str) -> Option<(Vec<String>, Vec<String>)> {
    let texts: Vec<&str> = of.get(field)?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    Some(texts.iter().map(|text| (format!("'{text}'"), format!("“{text}”"))).unzip())
}

/// The lines of a card that came or went, each with its weight.
fn weights(names: &Names<'_>, card: &str, item: &Value) -> Option<Text> {
    let lines: Option<Vec<Text>> = keyed(item.get("lines")?.as_array()?)?
        .iter()
        .map(|(key, line)| {
            let of = names.measured(&["cards", card, "lines", key]);
            let weight = figure(line.get("weight")?, "percent")?;
            Some(both(format!("{} {}", of.en, weight.en), format!("{} {}", of.zh, weight.zh)))
        })
        .collect();
    Some(join(&lines?, ", ", "，"))
}

/// A whole gate; `unit` is its metric's.
pub(super) fn gate(names: &Names<'_>, card: &str, gate: &Value, unit: &str) -> Option<Text> {
    let limit = |field: &str, en: &str, zh: &str| {
        let limit = figure(gate.get(field)?, unit)?;
        Some(both(format!("{en} {}", limit.en), format!("{zh} {}", limit.zh)))
    };
    let limits: Vec<Text> = [limit("at_least", "at least", "不低于"), limit("at_most", "at most", "不高于")]
        .into_iter()
        .flatten()
        .collect();
    let limits = join(&limits, " and ", "且");
    let effect = effect(names, card, gate.get("effect")?)?;
    let least = number(gate.get("min_samples")?)?;
    let reason = text_of(gate.get("reason")?)?;
    let more = leftover(gate, &GATE);
    Some(both(
        format!("{}, else {}; judged from {least} cases on; reason: {}{}", limits.en, effect.en, reason.en, more.en),
        format!("{}，否则{}；样本达到 {least} 时判定；理由：{}{}", limits.zh, effect.zh, reason.zh, more.zh),
    ))
}

/// All bands of a card.
pub(super) fn bands(card: &Value) -> Option<Text> {
    let band = |band: &Value| {
        let (id, name) = (band.get("id")?.as_str()?, text_of(band.get("name")?)?);
        let (from, more) = (number(band.get("from")?)?, leftover(band, &BAND));
        Some(both(
            format!("{id} ({}) from {from}{}", name.en, more.en),
            format!("{id}（{}）自 {from} 分起{}", name.zh, more.zh),
        ))
    };
    let bands: Option<Vec<Text>> = card.get("bands")?.as_array()?.iter().map(band).collect();
    Some(join(&bands?, ", ", "，"))
}

fn effect(names: &Names<'_>, card: &str, effect: &Value) -> Option<Text> {
    let (kind, inner) = effect.as_object().filter(|kinds| kinds.len() == 1)?.iter().next()?;
    let fields = inner.as_object().filter(|fields| fields.len() == 1)?;
    Some(match kind.as_str() {
        "cap_total" => {
            let at = number(fields.get("at")?)?;
            both(format!("the total is at most {at}"), format!("总分最高 {at} 分"))
        }
        "cap_rating" => {
            let at = fields.get("at")?.as_str()?;
            both(format!("the rating is at best {at}"), format!("等级最高为 {at}"))
        }
        "zero_line" => {
            let line = match (fields.get("line"), fields.get("metric")) {
                (Some(line), _) => names.measured(&["cards", card, "lines", line.as_str()?]),
                (None, metric) => names.metric(metric?.as_str()?),
            };
            both(format!("the line of {} earns nothing", line.en), format!("{}一项计 0 分", line.zh))
        }
        _ => return None,
    })
}
