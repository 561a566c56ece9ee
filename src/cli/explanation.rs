//! `merit scorecard CYCLE EMPLOYEE --explain`, and `--unit CODE --explain`: why a scorecard is what it is, in sentences.

use super::output::say;
use super::rules::Language;
use crate::app::{ExplainedScorecard, ExplainedUnitScorecard};
use crate::domain::explanation::{CardExplanation, Explanation, NextBand};
use crate::domain::scorecard::CardResult;
use crate::domain::text::Text;

fn pick(lang: Language, explanation: &Explanation) -> &str {
    match lang {
        Language::En => &explanation.en,
        Language::Zh => &explanation.zh,
    }
}

pub(super) fn print(explained: &ExplainedScorecard, lang: Language) {
    let summary = &explained.detail.summary;
    say!("{} {} · {} · {}", summary.employee_number, summary.agent_name, summary.unit_code, summary.post);
    let stretches = &explained.detail.result.stretches;
    for (stretch, told) in stretches.iter().zip(&explained.explanation.stretches) {
        let stretch = &stretch.stretch;
        if stretches.len() > 1 {
            say!("\n{} · {} · {}", stretch.unit, stretch.post, stretch.period);
        }
        if let Some(told) = told {
            print_card(&stretch.card, told, stretches.len() > 1, lang);
        }
    }
    say!("\n{}", pick(lang, &explained.explanation.total));
    print_next(explained.next_band.as_ref(), lang);
}

/// The same of a unit.
pub(super) fn print_unit(explained: &ExplainedUnitScorecard, lang: Language) {
    let (summary, card) = (&explained.detail.summary, &explained.detail.result);
    say!("{} {} {} · {}", summary.code, summary.name_en, summary.name_zh, summary.kind);
    if let Some(told) = &explained.explanation {
        print_card(card, told, true, lang);
    }
    print_next(explained.next_band.as_ref(), lang);
}

fn print_next(next: Option<&NextBand>, lang: Language) {
    if let Some(next) = next {
        let title = Text {
            en: format!("What would change it: {} from {}.", next.band, next.from),
            zh: format!("如何改变结果：{} 自 {} 起。", next.band, next.from),
        };
        say!("\n{}", lang.pick(&title));
        for chance in &next.chances {
            say!(
                "  {}",
                match lang {
                    Language::En => &chance.en,
                    Language::Zh => &chance.zh,
                }
            );
        }
    }
}

fn print_card(card: &CardResult, told: &CardExplanation, with_total: bool, lang: Language) {
    for (line, told) in card.lines.iter().zip(&told.lines) {
        say!("\n[{}] {}", line.id, pick(lang, told));
    }
    for told in &told.gates {
        say!("\n{}", pick(lang, told));
    }
    if with_total {
        say!("\n{}", pick(lang, &told.total));
    }
}
