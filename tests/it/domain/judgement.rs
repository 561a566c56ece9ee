//! Forms judged by hand, and what holds whatever is rated.

use merit::domain::fixed::Fixed;
use merit::domain::judgement::{
    Form, FormError, FormResult, Group, Item, JudgementState, Level, RaterGroup, Ratings, Tally, TooFew, Unjudged,
    check_form, judge,
};
use proptest::prelude::*;

use super::build::{corners, fixed, text};

use RaterGroup::{Oneself, Peer, Supervisor};

pub(super) fn group(group: RaterGroup, weight: &str, min_raters: i64) -> Group {
    Group { group, weight: fixed(weight), min_raters, too_few: TooFew::Redistribute, anonymous: false }
}

fn item(id: &str, weight: &str) -> Item {
    Item { id: id.into(), name: text(id), description: text(id), weight: fixed(weight) }
}

/// Two items on a scale from 1 to 5, rated by the supervisor (60), at least two peers (30), and oneself (10).
pub(super) fn form() -> Form {
    let level = |value: &str| Level { value: fixed(value), name: text(value), behaviour: text(value) };
    Form {
        id: "conduct".into(),
        name: text("Conduct"),
        scale: ["1", "2", "3", "4", "5"].map(level).to_vec(),
        points: corners(&[("1", "0"), ("5", "100")]),
        items: vec![item("care", "60"), item("skill", "40")],
        groups: vec![group(Supervisor, "60", 1), group(Peer, "30", 2), group(Oneself, "10", 1)],
        unjudged: Unjudged::Measured,
    }
}

pub(super) fn given(item: &str, group: RaterGroup, values: &[&str]) -> Vec<Tally> {
    values.iter().map(|value| Tally { item: item.into(), group, value: fixed(value), raters: 1 }).collect()
}

fn judged(form: &Form, parts: &[Vec<Tally>]) -> FormResult {
    judge(form, &parts.iter().flatten().cloned().collect()).unwrap()
}

#[test]
fn points_follow_from_printed_figures() {
    let result = judged(
        &form(),
        &[
            given("care", Supervisor, &["4"]),
            given("care", Peer, &["3", "4", "4"]),
            given("care", Oneself, &["5"]),
            given("skill", Supervisor, &["3"]),
            given("skill", Peer, &["5", "4"]),
        ],
    );
    let care = &result.items[0];
    let [supervisor, peers, oneself] = &care.groups[..] else { panic!("{care:#?}") };
    assert_eq!((supervisor.points, supervisor.contribution), (Some(fixed("75")), fixed("45")));
    assert_eq!((peers.raters, peers.sum, peers.mean), (3, Some(fixed("11")), Some(fixed("3.666667"))));
    // (3.666667 − 1) × 25, from the printed mean.
    assert_eq!((peers.points, peers.contribution), (Some(fixed("66.666675")), fixed("20.000003")));
    assert_eq!(oneself.contribution, fixed("10"));
    assert_eq!((care.points, care.contribution), (Some(fixed("75.000003")), fixed("45.000002")));
    // Nobody rated themselves on skill: 60 and 30 of 90.
    let skill = &result.items[1];
    let weights: Vec<Fixed> = skill.groups.iter().map(|group| group.effective_weight).collect();
    assert_eq!(weights, [fixed("66.666667"), fixed("33.333333"), Fixed::ZERO]);
    // 50 × 66.666667 % + 87.5 × 33.333333 %
    assert_eq!((skill.points, skill.contribution), (Some(fixed("62.5")), fixed("25")));
    assert_eq!((result.state, result.points), (JudgementState::Judged, Some(fixed("70.000002"))));
}

#[test]
fn raters_are_pooled_and_groups_meet_by_their_weights_alone() {
    let mut form = form();
    form.groups = vec![group(Supervisor, "50", 1), group(Peer, "50", 1)];
    let ten = ["5"; 10];
    let result = judged(&form, &[given("care", Supervisor, &["1"]), given("care", Peer, &ten)]);
    // Not 10 × 100 and 1 × 0 by eleven raters, but half and half.
    assert_eq!(result.items[0].points, Some(fixed("50")));
}

#[test]
fn a_curve_of_the_form_takes_the_place_of_the_straight_line() {
    let mut form = form();
    form.points = corners(&[("1", "0"), ("3", "80"), ("5", "100")]);
    let result = judged(&form, &[given("care", Supervisor, &["3"]), given("skill", Supervisor, &["4"])]);
    assert_eq!(result.items[0].points, Some(fixed("80")));
    assert_eq!(result.items[1].points, Some(fixed("90")));
    assert_eq!(result.points, Some(fixed("84")));
}

#[test]
fn too_few_raters_waiting_and_no_ratings_are_different_things() {
    let state = |form: &Form, parts: &[Vec<Tally>]| {
        let result = judged(form, parts);
        (result.state, result.points, result.items.iter().map(|item| item.state).collect::<Vec<_>>())
    };
    let form = form();
    assert_eq!(state(&form, &[]), (JudgementState::NoRatings, None, vec![]));
    let one_peer = [given("care", Peer, &["4"])];
    let (few, none) = (JudgementState::TooFew, JudgementState::NoRatings);
    assert_eq!(state(&form, &one_peer), (few, None, vec![few, none]));
    let one_item = [given("care", Supervisor, &["4"])];
    let judged = JudgementState::Judged;
    assert_eq!(state(&form, &one_item), (judged, Some(fixed("75")), vec![judged, none]));
    let mut waiting = form;
    waiting.groups[0].too_few = TooFew::Hold;
    let wait = JudgementState::Waiting;
    assert_eq!(state(&waiting, &one_item), (wait, None, vec![judged, wait]));
    assert_eq!(state(&waiting, &[]), (none, None, vec![]), "a form nobody has begun does not wait by itself");
}

#[test]
fn an_anonymous_group_shows_nothing_below_its_minimum() {
    let mut form = form();
    form.groups[1] = Group { anonymous: true, ..group(Peer, "30", 3) };
    let with_peers = |values: &[&str]| {
        let result = judged(&form, &[given("care", Supervisor, &["4"]), given("care", Peer, values)]);
        let peers = result.items[0].groups[1].clone();
        (peers.raters, peers.sum, peers.mean, peers.points, result.points)
    };
    let two = with_peers(&["1", "2"]);
    assert_eq!(two, (2, None, None, None, Some(fixed("75"))));
    assert_eq!(with_peers(&["5", "4"]), two, "nothing of the result tells what two peers said");
    assert_eq!(with_peers(&["1", "2", "3"]).2, Some(fixed("2")));
    form.groups[1].anonymous = false;
    let shown = judged(&form, &[given("care", Supervisor, &["4"]), given("care", Peer, &["1", "2"])]);
    assert_eq!((shown.items[0].groups[1].sum, shown.items[0].groups[1].points), (Some(fixed("3")), None));
}

#[test]
fn ratings_without_a_place_on_the_form_do_not_count_and_are_said() {
    let parts = [
        given("care", Supervisor, &["4"]),
        given("gone", Supervisor, &["4"]),
        given("care", RaterGroup::Subordinate, &["1", "1"]),
        given("care", Peer, &["7", "4.5"]),
    ];
    let result = judged(&form(), &parts);
    assert_eq!((result.points, result.left_out), (Some(fixed("75")), 5));
    let only_strange = judged(&form(), &parts[1..]);
    assert_eq!((only_strange.state, only_strange.left_out), (JudgementState::NoRatings, 5));
}

#[test]
fn ratings_keep_neither_order_nor_people() {
    let all: Vec<Tally> = [given("skill", Peer, &["2", "4"]), given("care", Peer, &["4", "4"])].concat();
    let ratings: Ratings = all.iter().rev().cloned().collect();
    assert_eq!(ratings, all.into_iter().collect());
    let counted: Vec<_> = ratings.tallies().iter().map(|tally| (&*tally.item, tally.value, tally.raters)).collect();
    assert_eq!(counted, [("care", fixed("4"), 2), ("skill", fixed("2"), 1), ("skill", fixed("4"), 1)]);
    let bytes = postcard::to_stdvec(&ratings).unwrap();
    assert_eq!(postcard::from_bytes::<Ratings>(&bytes).unwrap(), ratings);
    let json = serde_json::to_string(&ratings).unwrap();
    assert!(json.starts_with(r#"[{"item":"care","group":"peer","value":"4","raters":2}"#), "{json}");
    assert_eq!(serde_json::from_str::<Ratings>(&json).unwrap(), ratings);
}

#[test]
fn a_result_reads_back_from_what_is_stored() {
    let result = judged(&form(), &[given("care", Supervisor, &["4"]), given("care", Peer, &["3", "4"])]);
    let bytes = postcard::to_stdvec(&result).unwrap();
    assert_eq!(postcard::from_bytes::<FormResult>(&bytes).unwrap(), result);
    let json = serde_json::to_value(&result).unwrap();
    assert_eq!(serde_json::from_value::<FormResult>(json).unwrap(), result);
}

#[test]
fn forms_that_make_no_sense_are_refused() {
    assert_eq!(check_form(&form()), []);
    let errors = |change: fn(&mut Form)| {
        let mut form = form();
        change(&mut form);
        check_form(&form)
    };
    let (one, five) = (fixed("1"), fixed("5"));
    assert_eq!(errors(|form| form.scale.truncate(1)), [FormError::ShortScale]);
    let expected = FormError::LevelsNotAscending { index: 1, after: one, value: one };
    assert_eq!(errors(|form| form.scale[1].value = fixed("1")), [expected]);
    let expected = FormError::PointsOffScale { lowest: one, highest: five };
    assert_eq!(errors(|form| form.points[1].value = fixed("4")), [expected]);
    let expected = FormError::PointsOutside { index: 1, points: fixed("101") };
    assert_eq!(errors(|form| form.points[1].points = fixed("101")), [expected]);
    let expected = FormError::PointsFall { index: 1, after: fixed("50"), points: fixed("40") };
    let fall = |form: &mut Form| form.points = corners(&[("1", "50"), ("5", "40")]);
    assert_eq!(errors(fall), [expected]);
    assert_eq!(errors(|form| form.items.clear()), [FormError::NoItems]);
    let expected = FormError::ItemTwice { index: 1, id: "care".into() };
    assert_eq!(errors(|form| form.items[1].id = "care".into()), [expected]);
    let expected = FormError::ItemsNotHundred { sum: fixed("99.5") };
    assert_eq!(errors(|form| form.items[1].weight = fixed("39.5")), [expected]);
    assert_eq!(errors(|form| form.groups.clear()), [FormError::NoGroups]);
    let sum = FormError::GroupsNotHundred { sum: fixed("60") };
    let weight = FormError::GroupWeight { index: 1, group: Peer, weight: fixed("-10") };
    assert_eq!(errors(|form| form.groups[1].weight = fixed("-10")), [weight, sum]);
    let expected = FormError::GroupTwice { index: 2, group: Supervisor };
    assert_eq!(errors(|form| form.groups[2].group = Supervisor), [expected]);
    let expected = FormError::AnonymousFew { index: 1, group: Peer, min_raters: 2 };
    assert_eq!(errors(|form| form.groups[1].anonymous = true), [expected]);
    assert_eq!(errors(|form| form.groups[2].anonymous = true), [FormError::AnonymousSelf { index: 2 }]);
    let expected = FormError::ManySelves { index: 2, min_raters: 2 };
    assert_eq!(errors(|form| form.groups[2].min_raters = 2), [expected]);
    let expected = FormError::MinRaters { index: 0, group: Supervisor, min_raters: 0 };
    assert_eq!(errors(|form| form.groups[0].min_raters = 0), [expected]);
}

/// Ratings as (item, group, level from 0).
fn any_ratings() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0_usize..2, 0_usize..3, 0_usize..5), 0..30)
}

/// The form with weights and minima of its groups, and any straight or bent curve.
fn any_form() -> impl Strategy<Value = Form> {
    (1_i64..98, 1_i64..99, 1_i64..99, 1_i64..4, any::<bool>(), 0_i64..=100_000_000).prop_map(
        |(first, second, item, min_raters, anonymous, middle)| {
            let mut form = form();
            let second = 1 + second % (99 - first);
            let weights = [first, second, 100 - first - second];
            for (group, weight) in form.groups.iter_mut().zip(weights) {
                group.weight = Fixed::from_int(weight);
            }
            form.groups[1].min_raters = if anonymous { 3 } else { min_raters };
            form.groups[1].anonymous = anonymous;
            form.items[0].weight = Fixed::from_int(item);
            form.items[1].weight = Fixed::from_int(100 - item);
            let mut points = corners(&[("1", "0"), ("3.5", "0"), ("5", "100")]);
            points[1].points = Fixed::from_micros(middle);
            form.points = points;
            form
        },
    )
}

fn tallies(form: &Form, ratings: &[(usize, usize, usize)]) -> Vec<Tally> {
    let tally = |(item, group, level): &(usize, usize, usize)| Tally {
        item: form.items[*item].id.clone(),
        group: form.groups[*group].group,
        value: form.scale[*level].value,
        raters: 1,
    };
    ratings.iter().map(tally).collect()
}

fn sum(figures: impl Iterator<Item = Fixed>) -> Fixed {
    Fixed::from_micros(figures.map(Fixed::micros).sum())
}

proptest! {
    #[test]
    fn the_order_of_ratings_does_not_matter(form in any_form(), ratings in any_ratings().prop_shuffle(), seed in any::<u64>()) {
        let mut other = ratings.clone();
        let turn = usize::try_from(seed % 30).unwrap() % other.len().max(1);
        other.rotate_left(turn);
        other.reverse();
        let of = |ratings: &[_]| judge(&form, &tallies(&form, ratings).into_iter().collect()).unwrap();
        prop_assert_eq!(of(&ratings), of(&other));
    }

    #[test]
    fn points_lie_between_those_of_the_lowest_and_the_highest_rating(form in any_form(), ratings in any_ratings()) {
        prop_assert_eq!(check_form(&form), vec![]);
        let result = judge(&form, &tallies(&form, &ratings).into_iter().collect()).unwrap();
        let alone = |level: usize| {
            let all = Tally { item: "care".into(), group: Supervisor, value: form.scale[level].value, raters: 1 };
            judge(&form, &[all].into_iter().collect()).unwrap().points.unwrap().micros()
        };
        if let Some(points) = result.points {
            let lowest = ratings.iter().map(|rating| rating.2).min().unwrap();
            let highest = ratings.iter().map(|rating| rating.2).max().unwrap();
            // Each of the at most eight contributions is rounded by at most half a millionth, each mean by as much of the scale.
            let room = 100;
            prop_assert!(alone(lowest) - room <= points.micros() && points.micros() <= alone(highest) + room);
            prop_assert!(points >= Fixed::ZERO && points.micros() <= Fixed::HUNDRED.micros() + 10);
        }
    }

    #[test]
    fn weights_stay_a_hundred_and_contributions_add_up(form in any_form(), ratings in any_ratings()) {
        let result = judge(&form, &tallies(&form, &ratings).into_iter().collect()).unwrap();
        for item in &result.items {
            let weight = sum(item.groups.iter().map(|group| group.effective_weight));
            let any = item.groups.iter().any(|group| group.treatment.is_none());
            prop_assert_eq!(weight, if any { Fixed::HUNDRED } else { Fixed::ZERO });
            for group in &item.groups {
                let by_hand = group.points.unwrap_or_default().mul_div(group.effective_weight, Fixed::HUNDRED).unwrap();
                prop_assert_eq!(group.contribution, by_hand);
            }
            if let Some(points) = item.points {
                prop_assert_eq!(points, sum(item.groups.iter().map(|group| group.contribution)));
            }
        }
        if let Some(points) = result.points {
            prop_assert_eq!(sum(result.items.iter().map(|item| item.effective_weight)), Fixed::HUNDRED);
            prop_assert_eq!(points, sum(result.items.iter().map(|item| item.contribution)));
        }
    }

    #[test]
    fn a_better_rating_never_lowers_the_points(form in any_form(), ratings in any_ratings(), which in any::<usize>()) {
        if ratings.is_empty() {
            return Ok(());
        }
        let mut raised = ratings.clone();
        let rating = &mut raised[which % ratings.len()];
        rating.2 = (rating.2 + 1).min(4);
        let points = |ratings: &[_]| judge(&form, &tallies(&form, ratings).into_iter().collect()).unwrap().points;
        prop_assert!(points(&ratings) <= points(&raised));
    }
}
