//! The snapshot: what is frozen equals what a patient person would add up.

use std::collections::BTreeMap;

use merit::domain::fixed::Fixed;
use merit::store::{FactChanges, RosterImport, StoreError};
use rand::{RngExt, SeedableRng};

use super::fixture::{
    Facts, assignment, begin_run, company, day, fixed, freeze, ids, open, period, pooled, pull, settle,
};
use crate::support::stores::on_both_engines;

const METRICS: [&str; 3] = ["csat_t2b", "aht", "qa_score"];
const SEGMENTS: [&str; 3] = ["", "voice", "在线"];

type Sums = (i64, i64, i64);

fn add(sums: &mut Sums, fact: &merit::domain::fact::Fact) {
    sums.0 += fact.pooled.numerator.micros();
    sums.1 += fact.pooled.denominator.micros();
    sums.2 += fact.pooled.samples;
}

on_both_engines! {
    async fn the_snapshot_equals_adding_up_by_hand(store: TestStore) {
        let mut roster = company(9);
        // A0001 moves, A0002 joins late and leaves, A0003 has a gap, A0004 left before, A0005 comes after.
        roster.assignments.retain(|row| row.employee_number.as_str() > "A0005");
        roster.assignments.extend([
            assignment("A0001", "T1", "2020-01-01", Some("2023-08-14")),
            assignment("A0001", "T2", "2023-08-15", None),
            assignment("A0002", "T1", "2023-07-20", Some("2023-08-31")),
            assignment("A0003", "T2", "2023-01-01", Some("2023-07-10")),
            assignment("A0003", "T2", "2023-09-30", Some("2023-10-30")),
            assignment("A0004", "T1", "2023-01-01", Some("2023-06-30")),
            assignment("A0005", "T1", "2023-10-01", None),
        ]);
        store.import_roster(&roster, &mut ids()).await.unwrap();
        let agents: Vec<i64> = store.agent_keys().await.unwrap().into_iter().map(|key| key.id).collect();
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(20_230_701);
        let mut sources = Vec::new();
        for source in ["contacts", "quality"] {
            let mut facts = Facts::of(&agents, &METRICS, &SEGMENTS);
            for agent in 0..agents.len() {
                for metric in 0..METRICS.len() {
                    for segment in 0..SEGMENTS.len() {
                        let mut on = day("2023-06-25");
                        while on < day("2023-10-05") {
                            let figures = pooled(
                                random.random_range(-9_000_000_000_000..9_000_000_000_000),
                                if random.random_bool(0.2) { 0 } else { random.random_range(1..5_000_000) },
                                random.random_range(0..50),
                            );
                            facts.add(agent, metric, &on.to_string(), segment, figures);
                            on = on + chrono::Days::new(random.random_range(1..12));
                        }
                    }
                }
            }
            pull(&store, source, &facts).await;
            sources.push(facts);
        }
        let view = store.live_view(period("2023-07-01", "2023-09-30")).await.unwrap();
        assert_eq!(view.units().await.unwrap().len(), 3);
        let found = view.agents(None, 100).await.unwrap();
        let line: Vec<_> = found[0].stretches.iter().map(|stretch| stretch.period).collect();
        assert_eq!(line, [period("2023-07-01", "2023-08-14"), period("2023-08-15", "2023-09-30")]);
        assert_eq!(found[1].stretches[0].period, period("2023-07-20", "2023-08-31"));
        assert_eq!(found[2].stretches[1].period, period("2023-09-30", "2023-09-30"));
        assert_eq!(found.iter().map(|agent| agent.employee_number.as_str()).collect::<Vec<_>>(), [
            "A0001", "A0002", "A0003", "A0006", "A0007", "A0008", "A0009"
        ]);

        let mut expected: BTreeMap<(i64, usize, &str, &str), Sums> = BTreeMap::new();
        for facts in &sources {
            for fact in &facts.facts {
                let agent_id = agents[fact.agent as usize];
                let stretches = found.iter().filter(|agent| agent.agent_id == agent_id).flat_map(|agent| &agent.stretches);
                for (stretch, _) in stretches.enumerate().filter(|(_, stretch)| stretch.period.contains(fact.day)) {
                    let (metric, segment) = (METRICS[fact.metric as usize], SEGMENTS[fact.segment as usize]);
                    add(expected.entry((agent_id, stretch, metric, segment)).or_default(), fact);
                }
            }
        }
        let mut seen: BTreeMap<(i64, usize, &str, &str), Sums> = BTreeMap::new();
        for agent in &found {
            for (stretch, facts) in agent.stretches.iter().map(|stretch| &stretch.facts).enumerate() {
                assert!(facts.is_sorted_by_key(|fact| (fact.metric.clone(), fact.segment.clone())));
                for fact in facts {
                    let pooled = fact.pooled;
                    let sums = (pooled.numerator.micros(), pooled.denominator.micros(), pooled.samples);
                    assert_eq!(seen.insert((agent.agent_id, stretch, fact.metric.as_str(), &*fact.segment), sums), None);
                }
            }
        }
        assert_eq!(seen, expected);
    }

    async fn a_view_stays_when_roster_and_facts_move_on(store: TestStore) {
        let agents = settle(&store, 3).await;
        let mut facts = Facts::of(&agents, &["exam"], &[""]);
        facts.add(0, 0, "2023-07-01", 0, pooled(0, 0, 4));
        facts.add(1, 0, "2023-07-01", 0, pooled(5, 5, 1));
        pull(&store, "exams", &facts).await;
        let quarter = period("2023-07-01", "2023-09-30");
        let view = store.live_view(quarter).await.unwrap();
        let read = async || (view.units().await.unwrap(), view.agents(None, 9).await.unwrap());
        let before = read().await;
        assert_eq!(before.1[0].stretches[0].facts[0].pooled, pooled(0, 0, 4), "samples without a denominator are facts too");
        facts.facts.clear();
        assert_eq!(pull(&store, "exams", &facts).await, FactChanges { removed: 2, ..FactChanges::default() });
        let mut transfer = assignment("A0001", "T2", "2023-08-01", None);
        transfer.fte = fixed("0.5");
        store.import_roster(&RosterImport { assignments: vec![transfer], ..Default::default() }, &mut ids()).await.unwrap();
        assert_eq!(read().await, before);
        drop(view);
        let moved = store.live_view(quarter).await.unwrap().agents(None, 1).await.unwrap();
        assert_eq!(moved[0].stretches.iter().map(|stretch| stretch.fte).collect::<Vec<_>>(), [Fixed::ONE, fixed("0.5")]);
        assert!(moved[0].stretches.iter().all(|stretch| stretch.facts.is_empty()));
    }

    async fn agents_come_in_chunks_each_whole(store: TestStore) {
        settle(&store, 5).await;
        let transfer =
            (1..=5).map(|number| assignment(&format!("A000{number}"), "HQ", "2023-08-01", None)).collect();
        store.import_roster(&RosterImport { assignments: transfer, ..Default::default() }, &mut ids()).await.unwrap();
        let view = store.live_view(period("2023-07-01", "2023-09-30")).await.unwrap();
        let mut sizes = Vec::new();
        let mut after = None;
        loop {
            let chunk = view.agents(after, 2).await.unwrap();
            let Some(last) = chunk.last() else { break };
            after = Some(last.agent_id);
            assert!(chunk.iter().all(|agent| agent.stretches.len() == 2));
            sizes.push(chunk.len());
        }
        assert_eq!(sizes, [2, 2, 1]);
    }

    async fn a_sum_beyond_what_results_hold_is_refused_not_wrapped(store: TestStore) {
        let agents = settle(&store, 1).await;
        let mut facts = Facts::of(&agents, &["csat"], &[""]);
        facts.add(0, 0, "2023-07-01", 0, pooled(i64::MAX, 1, 1));
        facts.add(0, 0, "2023-07-02", 0, pooled(1, 1, 1));
        pull(&store, "contacts", &facts).await;
        let view = store.live_view(period("2023-07-01", "2023-09-30")).await.unwrap();
        let refused = view.agents(None, 9).await.unwrap_err();
        assert!(matches!(refused, StoreError::SumTooLarge), "{refused}");
    }

    async fn a_snapshot_comes_back_as_it_was(store: TestStore) {
        settle(&store, 5).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        freeze(&store, run.id).await.unwrap();
        let all = store.snapshot_chunk(run.id, None, 9).await.unwrap();
        assert_eq!(all.iter().map(|row| row.employee_number.as_str()).collect::<Vec<_>>(), ["A0001", "A0002", "A0003", "A0004", "A0005"]);
        assert!(all.iter().all(|row| row.snapshot == [1, 0, 255]));
        assert_eq!(store.snapshot_chunk(run.id, Some(all[1].agent_id), 2).await.unwrap(), all[2..4]);
        let units = store.run_units(run.id).await.unwrap();
        assert_eq!(units.iter().map(|unit| (unit.code.as_str(), unit.kind.as_str())).collect::<Vec<_>>(), [("HQ", "team"), ("T1", "team"), ("T2", "team")]);
    }
}
