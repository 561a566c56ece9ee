//! A judged part beside the measured lines: both parts and the split, kept on the card.

use merit::domain::fixed::Fixed;
use merit::domain::judgement::{Form, JudgementState, RaterGroup, Ratings, TooFew, Unjudged};
use merit::domain::metric::{Metric, MetricId};
use merit::domain::scorecard::{
    Absence, Card, CardJudgement, CardResult, CardState, GateEffect, Measured, Scope, ScoreError, score,
};
use proptest::prelude::*;

use super::build::{Facts, card, fixed, gate, line, rate};
use super::judgement::{form, given};

/// Facts, a form, and ratings on it.
struct Rated {
    facts: Facts,
    form: Form,
    ratings: Option<Ratings>,
}

impl Measured for Rated {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<merit::domain::fact::Pooled> {
        self.facts.pooled(metric, scope)
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.facts.metric(id)
    }

    fn form(&self, id: &str) -> Option<&Form> {
        Some(&self.form).filter(|form| &*form.id == id)
    }

    fn judgement(&self, form: &str) -> Option<&Ratings> {
        self.ratings.as_ref().filter(|_| form == &*self.form.id)
    }
}

fn judged_card(share: &str) -> Card {
    let mut card = card(vec![line("csat", "60"), line("qa", "40")]);
    card.judgement = Some(CardJudgement { form: "conduct".into(), share: fixed(share) });
    card
}

/// Facts that give a subtotal of 68.2, and this value by the supervisor on both items.
fn rated(value: Option<&str>) -> Rated {
    let facts = Facts::of([rate("csat"), rate("qa")]).with("csat", "87", "150", 150).with("qa", "167", "200", 200);
    let ratings = value.map(|value| {
        let all = ["care", "skill"].map(|item| given(item, RaterGroup::Supervisor, &[value]));
        all.into_iter().flatten().collect()
    });
    Rated { facts, form: form(), ratings }
}

fn totals(result: &CardResult) -> (CardState, Option<Fixed>, Option<Fixed>) {
    (result.state, result.subtotal, result.total)
}

#[test]
fn the_total_is_both_parts_by_their_shares() {
    let result = score(&judged_card("20"), &rated(Some("4"))).unwrap();
    assert_eq!(totals(&result), (CardState::Scored, Some(fixed("68.2")), Some(fixed("69.56"))));
    let judged = result.judged.unwrap();
    assert_eq!(judged.form.points, Some(fixed("75")));
    assert_eq!((judged.share, judged.effective_share, judged.contribution), (fixed("20"), fixed("20"), fixed("15")));
    assert_eq!((judged.measured_share, judged.measured_contribution), (fixed("80"), Some(fixed("54.56"))));
    assert_eq!((result.printed, result.rating.as_deref()), (Some(fixed("69.56")), Some("C")));
}

#[test]
fn without_ratings_the_share_goes_to_the_lines_or_the_card_waits() {
    for nothing in [rated(None), Rated { ratings: Some(Ratings::default()), ..rated(None) }] {
        let result = score(&judged_card("20"), &nothing).unwrap();
        assert_eq!(totals(&result), (CardState::Scored, Some(fixed("68.2")), Some(fixed("68.2"))));
        let judged = result.judged.unwrap();
        assert_eq!((judged.form.state, judged.treatment), (JudgementState::NoRatings, Some(Unjudged::Measured)));
        assert_eq!(
            (judged.share, judged.effective_share, judged.measured_share),
            (fixed("20"), Fixed::ZERO, fixed("100"))
        );
    }
    let mut waiting = rated(None);
    waiting.form.unjudged = Unjudged::Hold;
    let result = score(&judged_card("20"), &waiting).unwrap();
    assert_eq!((totals(&result), result.rating), ((CardState::OnHold, None, None), None));
}

#[test]
fn a_form_that_waits_holds_the_card() {
    let mut waiting = rated(Some("4"));
    waiting.form.groups[1].too_few = TooFew::Hold;
    let result = score(&judged_card("20"), &waiting).unwrap();
    assert_eq!(totals(&result), (CardState::OnHold, None, None));
    assert_eq!(result.judged.unwrap().form.state, JudgementState::Waiting);
}

#[test]
fn nobody_is_scored_by_judgement_alone() {
    let unmeasured = Rated { facts: Facts::of([rate("csat"), rate("qa")]), ..rated(Some("5")) };
    let result = score(&judged_card("20"), &unmeasured).unwrap();
    assert_eq!(totals(&result), (CardState::InsufficientData, None, None));
    let judged = result.judged.unwrap();
    assert_eq!((judged.form.points, judged.measured_contribution), (Some(fixed("100")), None));
}

#[test]
fn gates_cap_the_joined_total() {
    let mut card = judged_card("20");
    card.gates = vec![gate("csat", "90", GateEffect::CapTotal { at: fixed("69") })];
    let result = score(&card, &rated(Some("4"))).unwrap();
    assert_eq!(totals(&result), (CardState::Scored, Some(fixed("68.2")), Some(fixed("69"))));
}

#[test]
fn a_line_on_hold_keeps_the_card_waiting_whatever_was_judged() {
    let mut card = judged_card("20");
    card.lines[0].low_sample = Absence::Hold;
    card.lines[0].min_samples = 1_000;
    assert_eq!(totals(&score(&card, &rated(Some("4"))).unwrap()), (CardState::OnHold, None, None));
}

#[test]
fn a_form_the_rules_do_not_have_is_an_error() {
    let mut card = judged_card("20");
    card.judgement = Some(CardJudgement { form: "manners".into(), share: fixed("20") });
    let error = score(&card, &rated(Some("4"))).unwrap_err();
    assert_eq!(error, ScoreError::UnknownForm { card: "front".into(), form: "manners".into() });
}

#[test]
fn a_judged_card_reads_back_from_what_is_stored() {
    let card = judged_card("20");
    let json = serde_json::to_value(&card).unwrap();
    assert_eq!(json["judgement"], serde_json::json!({"form": "conduct", "share": "20"}));
    assert_eq!(serde_json::from_value::<Card>(json).unwrap(), card);
    let result = score(&card, &rated(Some("4"))).unwrap();
    let bytes = postcard::to_stdvec(&result).unwrap();
    assert_eq!(postcard::from_bytes::<CardResult>(&bytes).unwrap(), result);
}

proptest! {
    #[test]
    fn the_total_lies_between_its_parts(share in 1_i64..99_999_999, value in 1_usize..=5) {
        let mut card = judged_card("20");
        card.judgement = Some(CardJudgement { form: "conduct".into(), share: Fixed::from_micros(share) });
        let result = score(&card, &rated(Some(["1", "2", "3", "4", "5"][value - 1]))).unwrap();
        let (measured, total) = (result.subtotal.unwrap(), result.total.unwrap());
        let judged = result.judged.unwrap();
        let points = judged.form.points.unwrap();
        prop_assert_eq!(judged.measured_share.micros() + judged.effective_share.micros(), 100_000_000);
        prop_assert_eq!(total.micros(), judged.measured_contribution.unwrap().micros() + judged.contribution.micros());
        prop_assert!(total.micros() >= measured.min(points).micros() - 1 && total.micros() <= measured.max(points).micros() + 1);
    }
}
