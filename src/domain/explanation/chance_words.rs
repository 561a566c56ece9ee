//! What would change a result, in words.

use super::super::scorecard::{Card, LineResult};
use super::super::text::Text;
use super::Rulebook;
use super::chances::Chance;
use super::words::{amount, band_name, both, figure_name, inside};

/// The sentence about a chance; its own texts are not read.
pub(super) fn tell(
    book: &dyn Rulebook,
    judging: &Card,
    wanted: usize,
    chance: &Chance,
    line: Option<&LineResult>,
) -> Text {
    let metric = book.metric(&chance.metric);
    let name = figure_name(book, &chance.metric, chance.scope, chance.measure);
    let band = judging.bands.get(wanted).map_or_else(|| both("", ""), |band| band_name(judging, &band.id));
    let rating = chance.rating.as_deref().map_or_else(|| both("none", "无"), |rating| band_name(judging, rating));
    let score = chance.score;
    let Some(to) = chance.to else {
        return both(
            format!(
                "{} alone does not lead to {}: at its best the score would be {score:.2} and the rating {}.",
                name.en, band.en, rating.en
            ),
            format!("仅靠“{}”达不到 {}：最好时得分 {score:.2}，评级 {}。", name.zh, band.zh, rating.zh),
        );
    };
    let (from, to_words) = (amount(metric, chance.measure, chance.from), amount(metric, chance.measure, to));
    let counted = chance.more_cases.zip(line).map_or_else(
        || both("", ""),
        |(cases, line)| {
            let what = metric.map_or_else(|| both("cases", "样本"), |metric| metric.numerator.clone());
            let all = line.pooled.denominator;
            let (en, zh) = if to > chance.from { ("more", "增加") } else { ("fewer", "减少") };
            both(
                format!(" ({cases} {en} of the {all}: {})", inside(&what.en)),
                format!("（{all} 个中{zh} {cases} 个：{}）", what.zh),
            )
        },
    );
    both(
        format!(
            "Had {} been {} instead of {}{}, with all else the same, the score would be {score:.2} and the rating {}.",
            inside(&name.en),
            to_words.en,
            from.en,
            counted.en,
            rating.en
        ),
        format!(
            "若“{}”为 {} 而非 {}{}，其他不变，则得分为 {score:.2}，评级为 {}。",
            name.zh, to_words.zh, from.zh, counted.zh, rating.zh
        ),
    )
}
