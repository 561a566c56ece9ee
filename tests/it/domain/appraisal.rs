//! Stretches put together, eligibility and leave: worked cases.

use merit::domain::appraisal::{
    AppraisalResult, AppraisalState, CombineError, Eligibility, Exemption, ExemptionReason, LeaveKind, Standing,
    StretchBasis, StretchCard, combine, days_present, merge_stretches, samples_of,
};
use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{Absence, Card, GateEffect, Scope, score};

use super::build::{Facts, bands, card, fixed, gate, line, period, pooled, rate};

/// A stretch whose card, with one line `csat`, has this total.
fn stretch(card: &Card, total: &str, days: i64, samples: i64) -> StretchCard {
    scored(card, Facts::of([rate("csat"), rate("late")]).with("csat", total, "100", samples), days)
}

fn scored(card: &Card, facts: Facts, days: i64) -> StretchCard {
    let card = score(card, &facts).unwrap();
    StretchCard {
        unit: "T1".into(),
        post: "agent".into(),
        period: period("2026-04-01", "2026-04-30"),
        days,
        samples: samples_of(&card),
        card,
    }
}

fn front() -> Card {
    card(vec![line("csat", "100")])
}

fn combined(card: &Card, stretches: Vec<StretchCard>) -> AppraisalResult {
    combine(|id| (*id == *card.id).then_some(card), stretches, None).unwrap()
}

fn shares(result: &AppraisalResult) -> Vec<String> {
    result.stretches.iter().map(|stretch| stretch.share.to_string()).collect()
}

#[test]
fn a_total_is_the_stretches_totals_by_their_days() {
    let card = front();
    let result = combined(&card, vec![stretch(&card, "90", 61, 40), stretch(&card, "60", 30, 60)]);
    assert_eq!((result.state, result.basis), (AppraisalState::Scored, StretchBasis::Days));
    assert_eq!(shares(&result), ["67.032967", "32.967033"]);
    // 90 × 67.032967 % + 60 × 32.967033 % = 80.1098901
    assert_eq!((result.total, result.printed), (Some(fixed("80.10989")), Some(fixed("80.11"))));
    assert_eq!(result.rating.as_deref(), Some("B"));
    assert_eq!((result.days, result.samples), (91, 100));
}

#[test]
fn a_card_may_weigh_by_cases() {
    let mut card = front();
    card.stretch_basis = StretchBasis::Samples;
    let result = combined(&card, vec![stretch(&card, "90", 61, 40), stretch(&card, "60", 30, 60)]);
    assert_eq!(shares(&result), ["40", "60"]);
    assert_eq!(result.printed, Some(fixed("72")));
    card.lines[0].no_data = Absence::Zero;
    let empty = || scored(&card, Facts::of([rate("csat")]), 10);
    let result = combined(&card, vec![empty(), empty()]);
    assert_eq!((result.basis, shares(&result)), (StretchBasis::Days, vec!["50".to_owned(), "50".to_owned()]));
}

#[test]
fn a_stretch_without_a_score_or_too_short_leaves_with_its_share() {
    let mut card = front();
    card.eligibility.stretch_min_days = 10;
    let nothing = || scored(&card, Facts::of([rate("csat")]), 40);
    let result = combined(&card, vec![stretch(&card, "20", 9, 50), nothing(), stretch(&card, "80", 42, 50)]);
    let standings: Vec<Standing> = result.stretches.iter().map(|stretch| stretch.standing).collect();
    assert_eq!(standings, [Standing::TooShort, Standing::NoScore, Standing::Counted]);
    assert_eq!(shares(&result), ["0", "0", "100"]);
    assert_eq!(result.printed, Some(fixed("80")));
    let result = combined(&card, vec![nothing(), nothing()]);
    assert_eq!((result.state, result.total), (AppraisalState::InsufficientData, None));
    assert_eq!(shares(&result), ["0", "0"]);
}

#[test]
fn short_stretches_count_where_there_are_no_others() {
    let mut card = front();
    card.eligibility.stretch_min_days = 10;
    let result = combined(&card, vec![stretch(&card, "20", 9, 50), stretch(&card, "80", 9, 50)]);
    assert_eq!(result.printed, Some(fixed("50")));
    let alone = combined(&card, vec![stretch(&card, "20", 1, 50)]);
    assert_eq!(alone.printed, Some(fixed("20")));
}

#[test]
fn days_wholly_on_leave_weigh_nothing() {
    let card = front();
    let result = combined(&card, vec![stretch(&card, "20", 0, 50), stretch(&card, "80", 31, 50)]);
    assert_eq!((result.stretches[0].standing, result.printed), (Standing::TooShort, Some(fixed("80"))));
    let away = combined(&card, vec![stretch(&card, "20", 0, 50), stretch(&card, "80", 0, 50)]);
    assert_eq!((away.basis, away.printed), (StretchBasis::Equal, Some(fixed("50"))));
}

#[test]
fn one_stretch_on_hold_makes_the_whole_wait() {
    let mut card = front();
    card.lines[0].no_data = Absence::Hold;
    card.eligibility.stretch_min_days = 10;
    let waiting = |days| scored(&card, Facts::of([rate("csat")]), days);
    let result = combined(&card, vec![stretch(&card, "80", 60, 50), waiting(30)]);
    assert_eq!((result.state, result.total, result.rating.as_deref()), (AppraisalState::OnHold, None, None));
    assert_eq!(shares(&result), ["66.666667", "33.333333"]);
    // One too short to count is not waited for.
    assert_eq!(combined(&card, vec![stretch(&card, "80", 60, 50), waiting(9)]).printed, Some(fixed("80")));
}

#[test]
fn failed_gates_of_counted_stretches_cap_the_rating() {
    let mut card = front();
    card.gates = vec![gate("late", "90", GateEffect::CapRating { at: "C".into() })];
    card.eligibility.stretch_min_days = 10;
    let facts =
        |late| Facts::of([rate("csat"), rate("late")]).with("csat", "95", "100", 50).with("late", late, "100", 50);
    let result = combined(&card, vec![scored(&card, facts("80"), 30), scored(&card, facts("95"), 60)]);
    assert_eq!((result.printed, result.rating.as_deref()), (Some(fixed("95")), Some("C")));
    let result = combined(&card, vec![scored(&card, facts("80"), 9), scored(&card, facts("95"), 60)]);
    assert_eq!(result.rating.as_deref(), Some("A"), "the gate of a stretch that left does not count");
}

#[test]
fn the_last_card_judges_and_a_cap_of_another_card_is_read_by_its_band() {
    let mut before = front();
    before.id = "before".into();
    before.bands = bands(&[("low", "0"), ("middle", "70"), ("high", "95")]);
    before.gates = vec![gate("late", "90", GateEffect::CapRating { at: "middle".into() })];
    let after = front();
    let find = |id: &str| [&before, &after].into_iter().find(|card| *card.id == *id);
    let facts = Facts::of([rate("csat"), rate("late")]).with("csat", "99", "100", 50).with("late", "80", "100", 50);
    let stretches = vec![scored(&before, facts, 30), stretch(&after, "99", 60, 50)];
    // The band 'middle' begins at 70, which is a C of the last card.
    let result = combine(find, stretches.clone(), None).unwrap();
    assert_eq!((result.printed, result.rating.as_deref()), (Some(fixed("99")), Some("C")));
    let missing = combine(|id| (id == "front").then_some(&after), stretches, None);
    assert_eq!(missing, Err(CombineError::UnknownCard { card: "before".into() }));
    assert_eq!(combine(find, vec![], None), Err(CombineError::NoStretch));
}

#[test]
fn too_few_days_or_cases_exempt_with_their_figures() {
    let mut card = front();
    card.eligibility = Eligibility { min_days: 30, min_samples: 50, stretch_min_days: 0 };
    let result = combined(&card, vec![stretch(&card, "80", 29, 50)]);
    assert_eq!((result.state, result.total, result.printed), (AppraisalState::Exempt, None, None));
    assert_eq!(result.rating, None);
    assert!(result.stretches[0].stretch.card.total.is_some(), "the figures stay");
    let reason = result.exemption.unwrap();
    assert_eq!((reason.code(), &reason), ("too_few_days", &Exemption::TooFewDays { days: 29, min_days: 30 }));
    let text = reason.text();
    assert!(text.en.contains("29 days") && text.en.contains("at least 30") && text.zh.contains("29 天"), "{text:?}");
    let result = combined(&card, vec![stretch(&card, "80", 15, 20), stretch(&card, "80", 15, 29)]);
    assert_eq!(result.exemption, Some(Exemption::TooFewSamples { samples: 49, min_samples: 50 }));
    let result = combined(&card, vec![stretch(&card, "80", 15, 20), stretch(&card, "80", 15, 30)]);
    assert_eq!((result.exemption, result.state), (None, AppraisalState::Scored));
}

#[test]
fn a_decision_goes_before_everything_else() {
    let card = front();
    let granted = Exemption::Granted { reason: ExemptionReason::ParentalLeave };
    let result = combine(|_| Some(&card), vec![stretch(&card, "80", 90, 500)], Some(granted.clone())).unwrap();
    assert_eq!((result.state, result.printed), (AppraisalState::Exempt, None));
    assert_eq!(granted.code(), "parental_leave");
    assert_eq!(granted.text().en, "Exempted from this cycle: parental leave.");
    for reason in ExemptionReason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(reason));
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
    assert!("holiday".parse::<ExemptionReason>().unwrap_err().to_string().contains("parental_leave"));
}

#[test]
fn days_are_counted_net_of_leave() {
    let april = period("2026-04-01", "2026-04-30");
    let june = period("2026-06-01", "2026-06-30");
    assert_eq!(days_present([april, june], &[]), 60);
    let leave = [period("2026-03-20", "2026-04-10"), period("2026-04-30", "2026-06-05")];
    assert_eq!(days_present([april, june], &leave), 30 - 10 - 1 + 30 - 5);
    assert_eq!(days_present([april], &[period("2026-01-01", "2026-12-31")]), 0);
    for kind in LeaveKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
}

#[test]
fn a_move_begins_a_stretch_and_another_working_time_does_not() {
    let rows = [
        ("T1", "agent", "1"),
        ("T1", "agent", "0.5"),
        ("T2", "agent", "0.5"),
        ("T2", "expert", "1"),
        ("T1", "agent", "1"),
    ];
    let merged = merge_stretches(&rows, |(unit, post, _)| (unit, post));
    assert_eq!(merged.iter().map(|rows| rows.len()).collect::<Vec<_>>(), [2, 1, 1, 1]);
    assert!(merge_stretches(&rows[..0], |(unit, post, _)| (unit, post)).is_empty());
}

#[test]
fn cases_are_those_of_the_most_measured_own_line() {
    let mut card = card(vec![line("csat", "50"), line("qa", "30"), line("late", "20")]);
    card.lines[2].scope = Scope::Unit;
    let facts = Facts::of([rate("csat"), rate("qa"), rate("late")])
        .with("csat", "30", "40", 40)
        .with("qa", "12", "12", 12)
        .with_pooled("late", Scope::Unit, pooled("900", "1000", 1000));
    assert_eq!(samples_of(&score(&card, &facts).unwrap()), 40);
    card.lines.retain(|line| line.scope == Scope::Unit);
    assert_eq!(samples_of(&score(&card, &facts).unwrap()), 0);
}

#[test]
fn a_result_reads_back_from_both_forms() {
    let mut card = front();
    card.eligibility.min_days = 100;
    let result = combined(&card, vec![stretch(&card, "90", 61, 40), stretch(&card, "60", 30, 60)]);
    let bytes = postcard::to_allocvec(&result).unwrap();
    assert_eq!(postcard::from_bytes::<AppraisalResult>(&bytes).unwrap(), result);
    let json = serde_json::to_string(&result).unwrap();
    assert_eq!(serde_json::from_str::<AppraisalResult>(&json).unwrap(), result);
    assert!(json.contains(r#""exemption":{"too_few_days":{"days":91,"min_days":100}}"#), "{json}");
    assert_eq!(result.stretches[0].share, Fixed::from_micros(67_032_967));
}
