//! The snapshot: what is frozen equals what a patient person would add up.

use std::collections::BTreeMap;

use merit::domain::fixed::Fixed;
use merit::store::{FactChanges, RosterImport, StoreError};
use rand::{RngExt, SeedableRng};

use super::fixture::{Facts, assignment, begin_run, company, day, fixed, ids, open, period, pooled, pull, settle};
use crate::support::stores::on_both_engines;

const METRICS: [&str; 3] = ["csat_t2b", "aht", "qa_score"];
const SEGMENTS: [&str; 3] = ["", "voice", "在线"];

type Sums = (i64, i64, i64);

fn add(sums: &mut Sums, fact: &merit::store::PulledFact) {
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
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        let frozen = store.freeze(run.id).await.unwrap();

        let chunks = store.stretches_chunk(run.id, None, 100).await.unwrap();
        assert_eq!((frozen.units, frozen.agents, frozen.stretches), (3, 7, 9));
        let line: Vec<_> = chunks[0].stretches.iter().map(|stretch| (stretch.stretch, stretch.period)).collect();
        assert_eq!(line, [(0, period("2023-07-01", "2023-08-14")), (1, period("2023-08-15", "2023-09-30"))]);
        assert_eq!(chunks[1].stretches[0].period, period("2023-07-20", "2023-08-31"));
        assert_eq!(chunks[2].stretches[1].period, period("2023-09-30", "2023-09-30"));
        assert_eq!(chunks.iter().map(|agent| agent.employee_number.as_str()).collect::<Vec<_>>(), [
            "A0001", "A0002", "A0003", "A0006", "A0007", "A0008", "A0009"
        ]);

        let mut by_stretch: BTreeMap<(i64, i64, &str, &str), Sums> = BTreeMap::new();
        let mut by_unit: BTreeMap<(i64, &str), Sums> = BTreeMap::new();
        for facts in &sources {
            for fact in &facts.facts {
                let agent_id = agents[fact.agent as usize];
                let assigned = chunks.iter().filter(|chunk| chunk.agent_id == agent_id).flat_map(|chunk| &chunk.stretches);
                for stretch in assigned.filter(|stretch| stretch.period.contains(fact.day)) {
                    let (metric, segment) = (METRICS[fact.metric as usize], SEGMENTS[fact.segment as usize]);
                    add(by_stretch.entry((agent_id, stretch.stretch, metric, segment)).or_default(), fact);
                    add(by_unit.entry((stretch.unit_id, metric)).or_default(), fact);
                }
            }
        }
        let found = store.facts_chunk(run.id, i64::MIN, i64::MAX).await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|fact| {
                let key = (fact.agent_id, fact.stretch, fact.metric.as_str(), &*fact.segment);
                (key, (fact.pooled.numerator.micros(), fact.pooled.denominator.micros(), fact.pooled.samples))
            })
            .collect();
        assert_eq!(u64::try_from(found.len()).unwrap(), frozen.facts);
        assert_eq!(found, by_stretch.into_iter().collect::<Vec<_>>());
        let units = store.unit_facts(run.id).await.unwrap();
        let units: Vec<_> = units
            .iter()
            .map(|fact| {
                let pooled = fact.pooled;
                ((fact.unit_id, fact.metric.as_str()), (pooled.numerator.micros(), pooled.denominator.micros(), pooled.samples))
            })
            .collect();
        assert_eq!(units, by_unit.into_iter().collect::<Vec<_>>());
    }

    async fn the_snapshot_stays_when_roster_and_facts_move_on(store: TestStore) {
        let agents = settle(&store, 3).await;
        let mut facts = Facts::of(&agents, &["exam"], &[""]);
        facts.add(0, 0, "2023-07-01", 0, pooled(0, 0, 4));
        facts.add(1, 0, "2023-07-01", 0, pooled(5, 5, 1));
        pull(&store, "exams", &facts).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        store.freeze(run.id).await.unwrap();
        let read = async || {
            (
                store.run_units(run.id).await.unwrap(),
                store.stretches_chunk(run.id, None, 9).await.unwrap(),
                store.facts_chunk(run.id, i64::MIN, i64::MAX).await.unwrap(),
            )
        };
        let before = read().await;
        assert_eq!(before.2.len(), 2, "samples without a denominator are facts too");
        assert_eq!(before.2[0].pooled, pooled(0, 0, 4));
        facts.facts.clear();
        assert_eq!(pull(&store, "exams", &facts).await, FactChanges { removed: 2, ..FactChanges::default() });
        let mut transfer = assignment("A0001", "T2", "2023-08-01", None);
        transfer.fte = fixed("0.5");
        store.import_roster(&RosterImport { assignments: vec![transfer], ..Default::default() }, &mut ids()).await.unwrap();
        assert_eq!(read().await, before);
        let next = begin_run(&store, &cycle).await;
        let frozen = store.freeze(next.id).await.unwrap();
        assert_eq!((frozen.stretches, frozen.facts), (4, 0));
        let moved = store.stretches_chunk(next.id, None, 1).await.unwrap();
        assert_eq!(moved[0].stretches.iter().map(|stretch| stretch.fte).collect::<Vec<_>>(), [Fixed::ONE, fixed("0.5")]);
    }

    async fn agents_come_in_chunks_each_whole(store: TestStore) {
        settle(&store, 5).await;
        let transfer =
            (1..=5).map(|number| assignment(&format!("A000{number}"), "HQ", "2023-08-01", None)).collect();
        store.import_roster(&RosterImport { assignments: transfer, ..Default::default() }, &mut ids()).await.unwrap();
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        store.freeze(run.id).await.unwrap();
        let mut sizes = Vec::new();
        let mut after = None;
        loop {
            let chunk = store.stretches_chunk(run.id, after, 2).await.unwrap();
            let Some(last) = chunk.last() else { break };
            after = Some(last.agent_id);
            assert!(chunk.iter().all(|agent| agent.stretches.len() == 2));
            sizes.push(chunk.len());
        }
        assert_eq!(sizes, [2, 2, 1]);
    }

    async fn a_sum_beyond_the_database_is_refused_not_wrapped(store: TestStore) {
        let agents = settle(&store, 1).await;
        let mut facts = Facts::of(&agents, &["csat"], &[""]);
        facts.add(0, 0, "2023-07-01", 0, pooled(i64::MAX, 1, 1));
        facts.add(0, 0, "2023-07-02", 0, pooled(1, 1, 1));
        pull(&store, "contacts", &facts).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        let refused = store.freeze(run.id).await.unwrap_err();
        assert!(matches!(refused, StoreError::SumTooLarge), "{refused}");
        assert!(store.run_units(run.id).await.unwrap().is_empty());
    }
}
