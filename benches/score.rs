//! Scoring alone: cards of eight lines a second on one core, with the full working kept.
//!
//! `cargo bench --bench score`. Each iteration scores another agent's facts, so that no branch is learned by heart.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::metric::{Metric, MetricId};
use merit::domain::scorecard::{Card, Measured, Scope, score};
use merit::rules::{Ruleset, load};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Agents whose facts are scored in turn.
const AGENTS: usize = 4096;
/// What an agent of the front line has: metric, cases of a quarter, and the ratio reached in thousandths.
const METRICS: [(&str, i64, i64); 9] = [
    ("csat_t2b", 240, 880),
    ("fcr_repeat", 260, 880),
    ("qa_score", 2_000, 900),
    ("critical_accuracy", 60, 980),
    ("frt_sla", 4_500, 930),
    ("aht_index", 4_600, 1_000),
    ("upheld_complaints", 4_600, 400),
    ("exam", 1, 80_000),
    ("adherence", 27_000, 900),
];

/// One agent's facts beside the rules' metrics, looked up as an appraisal looks them up.
struct Figures<'a> {
    rules: &'a Ruleset,
    facts: Vec<(MetricId, Pooled)>,
    /// Facts by segment and what to compare them with, for the card that has indexes.
    segments: Vec<(Arc<str>, Pooled)>,
    peers: Option<Pooled>,
}

impl Measured for Figures<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        let found = self.facts.iter().find(|(id, _)| id == metric);
        found.filter(|_| scope == Scope::Own).map(|(_, pooled)| *pooled)
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.rules.metric(id)
    }

    fn peers(&self, _: &MetricId, _: Scope) -> Option<Pooled> {
        self.peers
    }

    fn segments(&self, _: &MetricId, _: Scope) -> Vec<(Arc<str>, Pooled)> {
        self.segments.clone()
    }

    fn benchmark(&self, _: &MetricId, _: &str) -> Option<Pooled> {
        self.peers
    }
}

fn pooled(random: &mut ChaCha8Rng, cases: i64, thousandths: i64) -> Pooled {
    let cases = (cases * random.random_range(500..1_500) / 1_000).max(1);
    let reached = cases * thousandths * random.random_range(900..1_050) / 1_000;
    let numerator = if thousandths <= 1_000 { (reached / 1_000).min(cases) } else { reached / 1_000 };
    Pooled { numerator: Fixed::from_int(numerator), denominator: Fixed::from_int(cases), samples: cases }
}

fn agents<'a>(rules: &'a Ruleset, metrics: &[(&str, i64, i64)]) -> Vec<Figures<'a>> {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut agent = || {
        let facts = metrics.iter().map(|(id, cases, share)| (MetricId::new(id), pooled(&mut random, *cases, *share)));
        let facts = facts.collect();
        let segments = ["broadband", "enterprise", "roaming"].map(|name| (name.into(), pooled(&mut random, 90, 850)));
        let peers = Some(pooled(&mut random, 10_000, 870));
        Figures { rules, facts, segments: segments.into(), peers }
    };
    (0..AGENTS).map(|_| agent()).collect()
}

fn measure(criterion: &mut Criterion, name: &str, card: &Card, agents: &[Figures<'_>]) {
    let mut group = criterion.benchmark_group("score");
    group.throughput(Throughput::Elements(1));
    group.bench_function(name, |bencher| {
        let mut next = agents.iter().cycle();
        bencher.iter(|| score(black_box(card), next.next().unwrap()).unwrap());
    });
    group.finish();
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config");
    let rules = load(&folder).unwrap().ruleset;
    let mut criterion = Criterion::default().configure_from_args();

    let front_line = rules.card("front_line").unwrap();
    assert_eq!(front_line.lines.len(), 8);
    measure(&mut criterion, "a front line card of 8 lines", front_line, &agents(&rules, &METRICS));
    // Two lines are missing, so that weights are shared out.
    measure(&mut criterion, "with two lines missing", front_line, &agents(&rules, &METRICS[2..]));
    let expert = rules.card("expert_hotline").unwrap();
    let mut metrics = METRICS.to_vec();
    metrics.extend([("aht", 450, 700_000), ("service_praise", 450, 4_000)]);
    measure(&mut criterion, "with indexes, shrinking, bonus and penalty", expert, &agents(&rules, &metrics));
    criterion.final_summary();
}
