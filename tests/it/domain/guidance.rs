//! Guidance on the spread of ratings: deviation, in figures that add up, and nothing applied.

use std::collections::BTreeMap;

use merit::domain::guidance::{GuidedShare, deviation, notice};
use proptest::prelude::*;

use super::build::fixed;

fn guidance(shares: &[(&str, &str)]) -> Vec<GuidedShare> {
    shares.iter().map(|(band, percent)| GuidedShare { band: (*band).to_owned(), percent: fixed(percent) }).collect()
}

fn counts(counts: &[(&str, i64)]) -> BTreeMap<String, i64> {
    counts.iter().map(|(band, agents)| ((*band).to_owned(), *agents)).collect()
}

#[test]
fn deviation_is_told_in_percent_and_in_agents() {
    let guidance = guidance(&[("S", "10"), ("A", "20"), ("B", "60"), ("C", "8"), ("D", "2")]);
    let found = deviation(&counts(&[("S", 12), ("A", 20), ("B", 40), ("C", 8)]), &guidance);
    let figures: Vec<String> = found
        .iter()
        .map(|band| {
            format!(
                "{} {} {} {} {} {}",
                band.band, band.agents, band.actual, band.guided, band.deviation, band.agents_apart
            )
        })
        .collect();
    assert_eq!(figures, ["S 12 15 10 5 4", "A 20 25 20 5 4", "B 40 50 60 -10 -8", "C 8 10 8 2 2", "D 0 0 2 -2 -2"]);
    assert_eq!(found[0].text().en, "S: 12 agents, 15.00 %; guidance 10 %; +5.00 points, 4 more than guided.");
    assert_eq!(found[2].text().zh, "B：40 人，占 50.00%；建议 60%；偏差 -10.00 个百分点，少 8 人。");
    assert!(notice().en.contains("no rating is changed"));
}

#[test]
fn there_is_nothing_to_tell_without_guidance_or_agents() {
    assert!(deviation(&counts(&[("S", 3)]), &[]).is_empty());
    assert!(deviation(&counts(&[]), &guidance(&[("S", "100")])).is_empty());
    let found = deviation(&counts(&[("odd", 1)]), &guidance(&[("S", "100")]));
    assert_eq!(found.iter().map(|band| band.agents_apart).collect::<Vec<_>>(), [-1, 1]);
}

proptest! {
    #[test]
    fn deviations_add_up_to_nothing(agents in prop::collection::vec(0_i64..5000, 3)) {
        let counted = counts(&[("S", agents[0]), ("A", agents[1]), ("B", agents[2])]);
        let found = deviation(&counted, &guidance(&[("S", "12.5"), ("A", "37.25"), ("B", "50.25")]));
        prop_assume!(!found.is_empty());
        prop_assert_eq!(found.iter().map(|band| band.deviation.micros()).sum::<i64>(), 0);
        prop_assert_eq!(found.iter().map(|band| band.agents_apart).sum::<i64>(), 0);
        prop_assert_eq!(found.iter().map(|band| band.actual.micros()).sum::<i64>(), 100_000_000);
    }
}
