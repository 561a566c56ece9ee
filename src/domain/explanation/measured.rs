//! What a line measured: value, index, interval, and how the value was drawn toward the peers'.

use super::super::fixed::Fixed;
use super::super::interval::IntervalMethod;
use super::super::metric::{Metric, Unit};
use super::super::scorecard::{Index, LineResult, LineState, Shrinkage};
use super::super::text::Text;
use super::words::{amount, cases, figure_name, inside, listed, sum};
use super::{Explanation, Rulebook, StepKind};

/// Tells the line's value, or why it has none.
pub(super) fn tell(told: &mut Explanation, book: &dyn Rulebook, line: &LineResult) {
    let metric = book.metric(&line.metric);
    let name = figure_name(book, &line.metric, line.scope, line.measure);
    match (line.value, line.index.as_deref()) {
        (Some(value), Some(index)) => tell_index(told, &name, index, value),
        (Some(value), None) => tell_value(told, &name, metric, line, value),
        (None, _) => tell_missing(told, &name, line),
    }
    tell_interval(told, metric, line);
    if line.state == LineState::LowSample {
        let (had, needs) = (cases(line.pooled.samples), line.min_samples);
        told.say(
            format!("That is only {}; {needs} are needed.", had.en),
            format!("仅 {}，少于所需的 {needs} 个。", had.zh),
        );
    }
}

fn ratio(metric: Option<&Metric>, numerator: Fixed, denominator: Fixed) -> String {
    match metric.map(|metric| metric.unit) {
        Some(Unit::Percent) => format!("{numerator} × 100 ÷ {denominator}"),
        _ => format!("{numerator} ÷ {denominator}"),
    }
}

fn tell_value(told: &mut Explanation, name: &Text, metric: Option<&Metric>, line: &LineResult, value: Fixed) {
    let (above, below) = (line.pooled.numerator, line.pooled.denominator);
    told.step(StepKind::Value, ratio(metric, above, below), value);
    let is = amount(metric, line.measure, value);
    let what = metric.map(|metric| (&metric.numerator, &metric.denominator));
    let en = what.map_or_else(String::new, |(of, all)| format!(" ({} ÷ {})", inside(&of.en), inside(&all.en)));
    let zh = what.map_or_else(String::new, |(of, all)| format!("（{} ÷ {}）", of.zh, all.zh));
    told.say(
        format!("{}: {above} ÷ {below}{en}, that is {}.", name.en, is.en),
        format!("{}：{above} ÷ {below}{zh}，即 {}。", name.zh, is.zh),
    );
}

fn tell_index(told: &mut Explanation, name: &Text, index: &Index, value: Fixed) {
    let Index { segments, actual, expected } = index;
    told.step(StepKind::Actual, sum(segments.iter().map(|segment| segment.pooled.numerator)), actual);
    let products: Vec<String> =
        segments.iter().map(|segment| format!("{} × {}", segment.pooled.denominator, segment.benchmark)).collect();
    told.step(StepKind::Expected, products.join(" + "), expected);
    told.step(StepKind::Value, format!("{actual} ÷ {expected}"), value);
    told.say(
        format!(
            "{}: {actual}, where the same mix of work let expect {expected}, that is {value} times as much.",
            name.en
        ),
        format!("{}：实际 {actual}，同等业务构成的预期为 {expected}，比值 {value}。", name.zh),
    );
    let overall: Vec<Text> = segments
        .iter()
        .filter(|segment| segment.overall && !segment.segment.is_empty())
        .map(|segment| Text { en: segment.segment.to_string(), zh: segment.segment.to_string() })
        .collect();
    if !overall.is_empty() {
        let Text { en, zh } = listed(&overall);
        told.say(
            format!("For {en} nothing was frozen, so the benchmark of all together stands in."),
            format!("{zh}没有单独的冻结基准，采用全部业务的总体基准。"),
        );
    }
}

fn tell_missing(told: &mut Explanation, name: &Text, line: &LineResult) {
    let had = cases(line.pooled.samples);
    let (en, zh) = match line.state {
        LineState::NotApplicable => {
            (format!("does not apply ({}, of which none counts)", had.en), format!("不适用（{}均不计入）", had.zh))
        }
        LineState::NoBenchmark => (
            "nothing was frozen before the period to compare it with".to_owned(),
            "考核期前没有冻结可比的基准".to_owned(),
        ),
        LineState::NoData | LineState::Measured | LineState::LowSample | LineState::LeftOut => {
            ("nothing was measured".to_owned(), "没有数据".to_owned())
        }
    };
    told.say(format!("{}: {en}.", name.en), format!("{}：{zh}。", name.zh));
}

fn tell_interval(told: &mut Explanation, metric: Option<&Metric>, line: &LineResult) {
    let (Some(ends), Some(method)) = (line.interval, line.interval_method) else { return };
    let (above, below, n) = (line.pooled.numerator, line.pooled.denominator, line.pooled.samples);
    let scaled = line.index.as_deref().map(|index| index.expected);
    let plain = match method {
        IntervalMethod::Wilson => format!(
            "(p + z² ÷ (2 × n) ± z × √(p × (1 − p) ÷ n + z² ÷ (4 × n²))) ÷ (1 + z² ÷ n); p = {above} ÷ {below}, n = {below}, \
             z = 1.959964{}",
            if scaled.is_none() && metric.is_some_and(|metric| metric.unit == Unit::Percent) { "; × 100" } else { "" }
        ),
        IntervalMethod::Declared { standard_deviation } if scaled.is_some() => {
            format!("{above} ÷ {below} ± 1.96 × {standard_deviation} ÷ √{n}")
        }
        IntervalMethod::Declared { standard_deviation } => {
            format!("{} ± 1.96 × {standard_deviation} ÷ √{n}", line.value.unwrap_or_default())
        }
    };
    let formula = scaled.map_or_else(|| plain.clone(), |expected| format!("{plain}; × {below} ÷ {expected}"));
    let end = |end: Fixed| amount(metric, line.measure, end.round(2));
    let (lower, upper) = (end(ends.lower), end(ends.upper));
    told.step(StepKind::Interval, formula, format!("{} to {}", ends.lower, ends.upper));
    let (en, zh) = match method {
        IntervalMethod::Wilson => ("Wilson's interval", "Wilson 区间"),
        IntervalMethod::Declared { .. } => ("from the declared spread of one case", "按声明的单样本标准差"),
    };
    told.say(
        format!("By chance alone so many cases leave it open between {} and {} (95 %, {en}).", lower.en, upper.en),
        format!("仅就样本量而言，真实水平在 {} 至 {} 之间（95%，{zh}）。", lower.zh, upper.zh),
    );
}

/// Tells how a value that counts was drawn toward that of the peers.
pub(super) fn tell_shrinkage(told: &mut Explanation, book: &dyn Rulebook, line: &LineResult) {
    let (Some(Shrinkage { strength, toward }), Some(value)) = (line.shrinkage.as_deref(), line.value) else { return };
    let Some(toward) = toward else {
        told.say(
            "There is no peer group to draw it toward, so it counts as it is.",
            "没有可比的同组数据，按本人数值计算。",
        );
        return;
    };
    let (metric, n) = (book.metric(&line.metric), line.pooled.samples);
    let (peers, shrunk) = (toward.peer_value, toward.shrunk);
    told.step(StepKind::PeerValue, ratio(metric, toward.peers.numerator, toward.peers.denominator), peers);
    told.step(StepKind::Shrinkage, format!("({n} × {value} + {strength} × {peers}) ÷ ({n} + {strength})"), shrunk);
    let (peers, shrunk) = (amount(metric, line.measure, peers), amount(metric, line.measure, shrunk));
    let own = cases(n);
    told.say(
        format!(
            "Because few cases say little, the peer group's {} counts like {strength} cases beside the own {}: {}.",
            peers.en, own.en, shrunk.en
        ),
        format!("为减小偶然性，同组的 {} 按 {strength} 个样本与本人 {}合并：{}。", peers.zh, own.zh, shrunk.zh),
    );
}
