use super::fixture::*;
use crate::support::stores::on_both_engines;
use merit::store::Window;
use std::time::Instant;

on_both_engines! {
    async fn measure_pull(store: TestStore) {
        let days: u64 = std::env::var("DAYS").ok().and_then(|d| d.parse().ok()).unwrap_or(10);
        let mut roster = company(9_999);
        roster.agents.truncate(9_999);
        store.import_roster(&roster, &mut ids()).await.unwrap();
        let agents: Vec<i64> = store.agent_keys().await.unwrap().into_iter().map(|k| k.id).collect();
        let names: Vec<String> = (0..8).map(|n| format!("m{n}")).collect();
        let refs: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut facts = Facts::of(&agents, &refs, &[""]);
        for a in 0..agents.len() { for m in 0..8u32 { for d in 0..days {
            facts.facts.push(merit::store::PulledFact { agent: u32::try_from(a).unwrap(), metric: m, day: day("2023-07-01") + chrono::Days::new(d), segment: 0, pooled: pooled(1_000_000, 2_000_000, 2) });
        }}}
        let n = facts.facts.len();
        let t = Instant::now();
        let c = pull(&store, "contacts", &facts).await;
        eprintln!("{:?}: {n} new facts {:?} {c:?}", store.engine(), t.elapsed());
        let t = Instant::now();
        let c = pull(&store, "contacts", &facts).await;
        eprintln!("{:?}: unchanged {:?} {c:?}", store.engine(), t.elapsed());
        for f in facts.facts.iter_mut().step_by(100) { f.pooled.samples += 1; }
        for _ in 0..1000 { facts.facts.pop(); }
        let t = Instant::now();
        let c = pull(&store, "contacts", &facts).await;
        eprintln!("{:?}: 1% changed {:?} {c:?}", store.engine(), t.elapsed());
        let one = day("2023-07-03");
        let mut small = facts.clone();
        small.facts.retain(|f| f.day == one);
        for f in small.facts.iter_mut().step_by(50) { f.pooled.samples += 1; }
        let t = Instant::now();
        let c = pull_in(&store, "contacts", Window { from: Some(one), to: Some(one) }, &small).await.unwrap();
        eprintln!("{:?}: one day of {} facts {:?} {c:?}", store.engine(), small.facts.len(), t.elapsed());
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        let t = Instant::now();
        let f = store.freeze(run.id).await.unwrap();
        eprintln!("{:?}: freeze {:?} {f:?}", store.engine(), t.elapsed());
        let t = Instant::now();
        let u = store.unit_facts(run.id).await.unwrap();
        eprintln!("{:?}: unit facts {:?} {}", store.engine(), t.elapsed(), u.len());
        let rows = super::results::results(&store, &agents).await;
        let t = Instant::now();
        for chunk in rows.chunks(2_000) { store.write_results(run.id, chunk).await.unwrap(); }
        eprintln!("{:?}: write_results of {} agents {:?}", store.engine(), rows.len(), t.elapsed());
        let t = Instant::now();
        let mut after = None; let mut k = 0;
        loop { let c = store.results_chunk(run.id, after, 2000).await.unwrap(); let Some(l) = c.last() else { break }; after = Some(l.agent_id); k += c.len(); }
        eprintln!("{:?}: read {k} results {:?}", store.engine(), t.elapsed());
    }
}
