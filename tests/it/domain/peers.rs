//! Peer groups, pooled peer figures and percentiles.

use std::collections::BTreeMap;

use merit::domain::fixed::Fixed;
use merit::domain::metric::{Direction, Metric};
use merit::domain::peers::{
    GroupKey, PeerGather, PeerKey, PeerRule, PeerStanding, Traits, UnitTree, group_key, main_queue,
};
use proptest::prelude::*;

use super::build::{fixed, pooled, rate};

fn rule(by: &[&str]) -> PeerRule {
    PeerRule { by: by.iter().map(|key| key.parse().unwrap()).collect(), min_members: 3 }
}

fn units() -> UnitTree {
    let unit =
        |code: &str, kind: &str, parent: Option<&str>| (code.to_owned(), kind.to_owned(), parent.map(str::to_owned));
    UnitTree::new([
        unit("HQ", "headquarters", None),
        unit("P1", "province", Some("HQ")),
        unit("T1", "team", Some("P1")),
        unit("LOOP", "team", Some("LOOP")),
    ])
}

fn key(by: &[&str], unit: &str, queue: Option<&str>, level: Option<&str>) -> Result<GroupKey, PeerKey> {
    let attributes: BTreeMap<String, String> =
        level.map(|level| ("level".to_owned(), level.to_owned())).into_iter().collect();
    let traits = Traits { post: "agent", unit, queue, attributes: &attributes };
    group_key(&rule(by), "front", &traits, &units())
}

#[test]
fn a_group_is_what_the_rule_says_its_members_share() {
    let parts = |key: Result<GroupKey, PeerKey>| key.unwrap().parts().join("/");
    assert_eq!(parts(key(&["post"], "T1", None, None)), "front/agent");
    assert_eq!(parts(key(&["unit_kind:province", "queue"], "T1", Some("vip"), None)), "front/P1/vip");
    assert_eq!(parts(key(&["unit_kind:team", "unit"], "T1", None, None)), "front/T1/T1");
    assert_eq!(parts(key(&["attribute:level"], "T1", None, Some("3"))), "front/3");
}

#[test]
fn who_lacks_what_the_rule_groups_by_has_no_group() {
    assert_eq!(key(&["post", "queue"], "T1", None, None), Err(PeerKey::Queue));
    assert_eq!(key(&["attribute:level"], "T1", None, Some("")), Err(PeerKey::Attribute("level".into())));
    for unit in ["HQ", "LOOP", "nowhere"] {
        let missing = key(&["unit_kind:province"], unit, None, None).unwrap_err();
        assert_eq!(missing.to_string(), "unit_kind:province");
    }
    let standing = PeerStanding::NoGroup { missing: PeerKey::Queue };
    assert!(standing.text().en.contains("'queue'"));
}

#[test]
fn keys_are_read_as_they_are_written() {
    for text in ["post", "unit", "queue", "unit_kind:province", "attribute:Tenure Bucket"] {
        assert_eq!(text.parse::<PeerKey>().unwrap().to_string(), text);
    }
    for text in ["", "posts", "attribute:", "unit_kind", "queue:1"] {
        assert!(text.parse::<PeerKey>().is_err(), "{text}");
    }
}

#[test]
fn the_main_queue_is_where_most_cases_are() {
    assert_eq!(main_queue([("b", 5), ("a", 3), ("a", 3), ("", 90)]), Some("a"));
    assert_eq!(main_queue([("b", 5), ("a", 5)]), Some("a"));
    assert_eq!(main_queue([("", 5)]), None);
    assert_eq!(main_queue([]), None);
}

fn gathered(metric: &Metric, facts: &[(i64, i64)]) -> (GroupKey, PeerGather) {
    let group = key(&["post"], "T1", None, None).unwrap();
    let mut gather = PeerGather::default();
    for (reached, of) in facts {
        gather.add(&group, metric, &pooled(&reached.to_string(), &of.to_string(), *of)).unwrap();
    }
    (group, gather)
}

#[test]
fn peers_are_pooled_and_places_are_mid_ranks() {
    let metric = rate("csat");
    // 80, 90, 90, 100 %; one without a denominator is not measured.
    let (group, gather) = gathered(&metric, &[(8, 10), (90, 100), (9, 10), (10, 10), (0, 0)]);
    let peers = gather.finish();
    let percentile = |metric: &Metric, own: &str| match peers.standing(&group, metric, Some(fixed(own)), 3) {
        PeerStanding::Compared { members: 4, value, percentile } => {
            assert_eq!(value, fixed("90"), "117 of 130");
            percentile.map(|percent| percent.to_string())
        }
        other => panic!("{other:?}"),
    };
    let shown = |text: &str| Some(text.to_owned());
    assert_eq!(percentile(&metric, "80"), shown("12.5"));
    assert_eq!(percentile(&metric, "90"), shown("50"));
    assert_eq!(percentile(&metric, "100"), shown("87.5"));
    let lower = Metric { direction: Direction::LowerIsBetter, ..metric.clone() };
    assert_eq!(percentile(&lower, "80"), shown("87.5"));
    let range = Metric { direction: Direction::InRange, ..metric.clone() };
    assert_eq!(percentile(&range, "80"), None);
    assert_eq!(peers.pooled(&group, &metric.id, 4), Some(pooled("117", "130", 130)));
}

#[test]
fn a_small_group_shows_nothing_and_says_so() {
    let metric = rate("csat");
    let (group, gather) = gathered(&metric, &[(8, 10), (9, 10)]);
    let peers = gather.finish();
    let standing = peers.standing(&group, &metric, Some(fixed("90")), 3);
    assert_eq!(standing, PeerStanding::TooFew { members: 2, min_members: 3 });
    assert_eq!(standing.text().en, "No peer figures: 2 peers were measured, at least 3 are needed.");
    assert_eq!(peers.pooled(&group, &metric.id, 3), None);
    let unmeasured = peers.standing(&group, &rate("qa"), None, 3);
    assert_eq!(unmeasured, PeerStanding::TooFew { members: 0, min_members: 3 });
}

proptest! {
    #[test]
    fn neither_order_nor_parts_matter(
        facts in prop::collection::vec((0_i64..50, 50_i64..60), 1..20), cut in 0_usize..20, own in 0_i64..100,
    ) {
        let metric = rate("csat");
        let (group, whole) = gathered(&metric, &facts);
        let (left, right) = facts.split_at(cut.min(facts.len()));
        let (_, mut parts) = gathered(&metric, right);
        parts.merge(gathered(&metric, left).1).unwrap();
        let (whole, parts) = (whole.finish(), parts.finish());
        let standing = whole.standing(&group, &metric, Some(Fixed::from_int(own)), 1);
        prop_assert_eq!(&standing, &parts.standing(&group, &metric, Some(Fixed::from_int(own)), 1));
        prop_assert_eq!(whole.pooled(&group, &metric.id, 1), parts.pooled(&group, &metric.id, 1));
        let PeerStanding::Compared { percentile: Some(percentile), .. } = standing else { panic!("{standing:?}") };
        prop_assert!(Fixed::ZERO <= percentile && percentile <= Fixed::HUNDRED);
    }
}
