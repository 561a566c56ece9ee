//! What scorecards say of themselves, in both languages, and what would change them.

use merit::domain::explanation::{CardExplanation, StepKind, explain, next_band};
use merit::domain::metric::{Direction, Metric};
use merit::domain::scorecard::{
    Absence, Card, CardResult, Fallback, GateEffect, Line, Measure, Outside, check_card, score,
};
use merit::domain::text::Text;

use super::build::{Facts, card, fixed, gate, id, line, linear, pooled, rate, step};

fn satisfaction() -> Metric {
    Metric {
        name: Text { en: "Customer satisfaction".to_owned(), zh: "客户满意度".to_owned() },
        numerator: Text { en: "Replies rated 4 or 5".to_owned(), zh: "评分为 4 或 5 的答卷数".to_owned() },
        denominator: Text { en: "Valid replies".to_owned(), zh: "有效答卷数".to_owned() },
        ..rate("csat")
    }
}

fn csat(weight: &str) -> Line {
    Line { curve: linear(&[("85", "0"), ("90", "100")]), ..line("csat", weight) }
}

fn told(card: &Card, facts: &Facts) -> (CardResult, CardExplanation) {
    assert_eq!(check_card(card), []);
    let result = score(card, facts).unwrap();
    let told = explain(facts, card, &result);
    (result, told)
}

fn facts() -> Facts {
    Facts::of([satisfaction(), rate("other")]).with("csat", "88", "100", 100).with("other", "80", "100", 100)
}

#[test]
fn a_line_tells_how_its_points_came_about() {
    let (_, told) = told(&card(vec![csat("20"), line("other", "80")]), &facts());
    let line = &told.lines[0];
    assert_eq!(
        line.en,
        "Customer satisfaction: 88 ÷ 100 (replies rated 4 or 5 ÷ valid replies), that is 88 %. By chance alone so many cases \
         leave it open between 80.19 % and 93 % (95 %, Wilson's interval). That lies between 85 % (0 points) and \
         90 % (100 points): 60 points. The line weighs 20 of 100, so it adds 12 points."
    );
    assert_eq!(
        line.zh,
        "客户满意度：88 ÷ 100（评分为 4 或 5 的答卷数 ÷ 有效答卷数），即 88%。仅就样本量而言，真实水平在 80.19% 至 93% \
         之间（95%，Wilson 区间）。介于 85%（0 分）与 90%（100 分）之间：60 分。该项权重为 100 中的 20，因此计入 12 分。"
    );
    let steps: Vec<(StepKind, &str, &str)> =
        line.steps.iter().map(|step| (step.kind, step.formula.as_str(), step.result.as_str())).collect();
    assert_eq!(steps[0], (StepKind::Value, "88 × 100 ÷ 100", "88"));
    assert_eq!(steps[2], (StepKind::Curve, "0 + (100 − 0) × (88 − 85) ÷ (90 − 85)", "60"));
    assert_eq!(steps[3], (StepKind::Contribution, "60 × 20 ÷ 100", "12"));
    assert_eq!(
        told.total.en,
        "What the lines add makes 76 points. With two decimals the score is 76.00. From 75 up to, but not including, 90 is B (B)."
    );
    assert_eq!(told.total.zh, "各项合计 76 分。保留两位小数，得分 76.00。75（含）至 90（不含）为 B（B）。");
}

#[test]
fn weights_of_lines_that_left_say_where_they_came_from() {
    let mut few = csat("20");
    few.min_samples = 200;
    let (_, told) = told(&card(vec![few, line("other", "80")]), &facts());
    assert!(told.lines[0].en.ends_with(
        "That is only 100 cases; 200 are needed. The line leaves the card, and its weight of 20 goes to the other lines in proportion."
    ));
    assert!(told.lines[0].zh.ends_with("仅 100 个样本，少于所需的 200 个。该项不计分，其权重 20 按比例分给其他项。"));
    assert!(told.lines[1].en.ends_with(
        "Its weight was 80, and it has its part of the weight of Customer satisfaction (20). The line weighs 100 of 100, so it adds 80 points."
    ));
}

#[test]
fn every_treatment_is_said() {
    let treatments = [
        (Absence::Redistribute, "leaves the card"),
        (Absence::Hold, "until then there is no total"),
        (Absence::Neutral { points: fixed("70") }, "By the card's rule it gets 70 points instead."),
        (Absence::Zero, "By the card's rule that earns 0 points."),
        (Absence::Carry { otherwise: Fallback::Zero }, "The 81 points of 2026-Q1 are carried over."),
    ];
    for (treatment, expected) in treatments {
        let mut absent = csat("20");
        (absent.id, absent.no_data) = ("absent".into(), treatment);
        let facts = Facts::of([satisfaction(), rate("other")]).with("other", "80", "100", 100);
        let facts = facts.carrying("absent", "81", "2026-Q1");
        let (_, told) = told(&card(vec![absent, line("other", "80")]), &facts);
        assert!(told.lines[0].en.starts_with("Customer satisfaction: nothing was measured."), "{}", told.lines[0].en);
        assert!(told.lines[0].en.contains(expected), "{}", told.lines[0].en);
        assert!(!told.lines[0].zh.is_empty());
    }
    let mut absent = csat("20");
    absent.no_data = Absence::Carry { otherwise: Fallback::Zero };
    let facts = Facts::of([satisfaction(), rate("other")]).with("other", "80", "100", 100);
    let (_, told) = told(&card(vec![absent, line("other", "80")]), &facts);
    assert!(told.lines[0].en.contains("There are no points of an earlier period to carry over."));
}

#[test]
fn indexes_shrinkage_limits_and_lines_outside_are_told() {
    let mut shrinking = csat("60");
    shrinking.shrink_strength = Some(fixed("20"));
    let mut index = line("index", "40");
    (index.metric, index.measure, index.floor) = (id("other"), Measure::Index, Some(fixed("30")));
    index.curve = linear(&[("0.9", "0"), ("1.1", "100")]);
    let mut penalty = line("late", "0");
    (penalty.outside, penalty.cap) = (Some(Outside::Penalty), Some(fixed("5")));
    let facts = Facts::of([satisfaction(), rate("other"), rate("late")])
        .with("csat", "44", "50", 50)
        .with_peers("csat", pooled("8600", "10000", 10_000))
        .segment("other", "a", pooled("70", "90", 90))
        .segment("other", "b", pooled("50", "60", 60))
        .with_benchmark("other", "a", pooled("80", "100", 100))
        .with_benchmark("other", "", pooled("90", "100", 100))
        .with("late", "40", "100", 100);
    let (_, told) = told(&card(vec![shrinking, index, penalty]), &facts);
    assert!(told.lines[0].en.contains(
        "the peer group's 86 % counts like 20 cases beside the own 50 cases: 87.428571 %. That lies between 85 % (0 points)"
    ));
    assert!(told.lines[1].en.starts_with(
        "other against expectation: 120, where the same mix of work let expect 126, that is 0.952381 times as much. \
         For b nothing was frozen, so the benchmark of all together stands in."
    ));
    assert!(told.lines[1].en.contains("26.1905 points. The line gives at least 30 points."), "{}", told.lines[1].en);
    assert!(
        told.lines[2]
            .en
            .ends_with("40 points. The line gives at most 5 points. As a penalty it takes 5 points from the total.")
    );
    assert!(told.total.en.contains("Together: "));
    assert!(told.total.steps.iter().any(|step| step.formula.contains(" − 5, 0), 100)")));
}

#[test]
fn gates_say_what_they_want_and_what_they_do() {
    let mut card = card(vec![csat("20"), line("other", "80")]);
    card.gates = vec![
        gate("other", "75", GateEffect::CapTotal { at: fixed("50") }),
        gate("other", "85", GateEffect::CapTotal { at: fixed("50") }),
        gate("csat", "89", GateEffect::CapRating { at: "D".into() }),
        gate("csat", "89", GateEffect::ZeroLine { line: "csat".into() }),
        gate("none", "89", GateEffect::ZeroLine { line: "csat".into() }),
    ];
    let (_, told) = told(&card, &facts().and(rate("none")));
    let said: Vec<&str> = told.gates.iter().map(|gate| gate.en.as_str()).collect();
    assert_eq!(
        said,
        [
            "Gate on other, at least 75 %: it is 80 %, passed.",
            "Gate on other, at least 85 %: it is 80 %, not passed. The total is therefore at most 50 points. agreed",
            "Gate on Customer satisfaction, at least 89 %: it is 88 %, not passed. The rating is therefore at best D (D). agreed",
            "Gate on Customer satisfaction, at least 89 %: it is 88 %, not passed. The line Customer satisfaction therefore adds nothing. agreed",
            "Gate on none, at least 89 %: not judged, for nothing was measured.",
        ]
    );
    assert!(told.lines[0].en.ends_with("The gate on Customer satisfaction was not passed, so the line adds nothing."));
    assert!(told.total.en.contains("The gate on other was not passed, so it is at most 50 points."));
    assert!(told.total.en.contains("which allows at best D (D)."));
}

#[test]
fn steps_and_flat_pieces_are_told_as_edges() {
    let mut stairs = line("csat", "100");
    stairs.curve = step(&[("85", "50"), ("90", "100")]);
    let said = |of: &str| {
        let facts = Facts::of([satisfaction()]).with("csat", of, "100", 100);
        told(&card(vec![stairs.clone()]), &facts).1.lines[0].en.clone()
    };
    assert!(said("84").contains("That is below 85 %: 0 points."));
    assert!(said("89").contains("That is 85 % or more: 50 points."));
    assert!(said("95").contains("That is 90 % or more: 100 points."));
}

#[test]
fn the_next_band_names_the_least_value_and_how_many_cases_that_is() {
    let card = card(vec![csat("20"), line("other", "80")]);
    let facts = facts().with("csat", "88", "100", 100);
    let next = next_band(&facts, &card, &score(&card, &facts).unwrap()).unwrap();
    assert_eq!((&*next.band, next.from), ("A", fixed("90")));
    // 12 + 64 = 76. Full satisfaction gives 84; 78 of 80 points of the other line give 90.
    assert_eq!((next.chances[0].to, next.chances[0].score), (None, fixed("84")));
    assert!(
        next.chances[0]
            .en
            .contains("Customer satisfaction alone does not lead to A (A): at its best the score would be 84.00")
    );
    assert_eq!((next.chances[1].to, next.chances[1].more_cases), (Some(fixed("97.5")), Some(18)));
    assert_eq!(
        next.chances[1].en,
        "Had other been 97.5 % instead of 80 % (18 more of the 100: good cases), with all else the same, the score would be \
         90.00 and the rating A (A)."
    );
    assert!(next.chances[1].zh.starts_with("若“other”为 97.5% 而非 80%（100 个中增加 18 个：Good cases）"));
}

#[test]
fn where_less_is_better_the_next_band_asks_for_fewer() {
    let reopened = Metric { direction: Direction::LowerIsBetter, ..rate("reopened") };
    let mut line = line("reopened", "100");
    line.curve = linear(&[("2", "100"), ("12", "0")]);
    let facts = Facts::of([reopened]).with("reopened", "8", "160", 160);
    let card = card(vec![line]);
    let next = next_band(&facts, &card, &score(&card, &facts).unwrap()).unwrap();
    assert_eq!((next.chances[0].to, next.chances[0].more_cases), (Some(fixed("4.5")), Some(1)));
    assert!(next.chances[0].en.contains("(1 fewer of the 160: good cases)"));
}

#[test]
fn a_gate_that_caps_is_a_chance_and_the_best_band_has_none_above() {
    let mut card = card(vec![line("other", "100")]);
    card.gates = vec![gate("csat", "90", GateEffect::CapRating { at: "C".into() })];
    let facts =
        Facts::of([satisfaction(), rate("other")]).with("csat", "88", "100", 100).with("other", "95", "100", 100);
    let next = next_band(&facts, &card, &score(&card, &facts).unwrap()).unwrap();
    assert_eq!(&*next.band, "B");
    assert_eq!(next.chances[0].to, None);
    let by_gate = &next.chances[1];
    assert_eq!((by_gate.line.clone(), by_gate.to), (None, Some(fixed("90"))));
    assert_eq!(by_gate.rating.as_deref(), Some("A"));
    card.gates.clear();
    assert_eq!(next_band(&facts, &card, &score(&card, &facts).unwrap()), None);
    let empty = Facts::of([satisfaction(), rate("other")]);
    assert_eq!(next_band(&empty, &card, &score(&card, &empty).unwrap()), None);
}
