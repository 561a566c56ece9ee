//! Worked examples of a source: rows in, facts and set-aside rows out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use chrono::DateTime;

use super::run::run;
use super::{AgentIndex, AgentRef, PullError, PullRequest, Pulled};
use crate::rules::source::{ExampleFact, SourceExample, SourceSpec};

/// Runs one example. Returns every difference between what it expects and what came out, in words; none when they agree.
///
/// # Errors
/// What keeps the source from being pulled at all.
pub async fn run_example(
    spec: &SourceSpec,
    spec_file: &str,
    example: &SourceExample,
    metrics: &BTreeSet<String>,
    spool_dir: &Path,
) -> Result<Vec<String>, PullError> {
    const ENOUGH: usize = 64 << 20;
    let mut agents = AgentIndex::default();
    for (id, number) in (0..).zip(&example.agents) {
        agents.add(id, number, number, []);
    }
    let request = PullRequest {
        spec,
        spec_file,
        base_dir: spool_dir,
        window: None,
        agents,
        metrics,
        spool_dir,
        progress: None,
        memory_limit: ENOUGH,
        environment: &|_| None,
        now: DateTime::UNIX_EPOCH,
        backoff_base: Duration::ZERO,
    };
    let pulled = run(&request, Some(&example.rows)).await?;
    let mut differences = compare_facts(example, &facts_of(example, &pulled));
    differences.extend(compare_set_aside(example, &pulled)?);
    Ok(differences)
}

fn facts_of(example: &SourceExample, pulled: &Pulled) -> Vec<ExampleFact> {
    let text = |at: Option<&String>| at.cloned().unwrap_or_default();
    let facts = pulled.facts.iter().map(|fact| ExampleFact {
        agent: match fact.agent {
            AgentRef::Known(id) => text(usize::try_from(id).ok().and_then(|id| example.agents.get(id))),
            AgentRef::New(at) => text(usize::try_from(at).ok().and_then(|at| pulled.new_agents.get(at))),
        },
        day: fact.day.to_string(),
        metric: pulled.facts.metric_of(fact).to_string(),
        segment: pulled.facts.segment_of(fact).to_owned(),
        numerator: fact.numerator.to_string(),
        denominator: fact.denominator.to_string(),
        samples: fact.samples,
    });
    facts.collect()
}

type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

fn keyed(facts: &[ExampleFact]) -> BTreeMap<Key<'_>, &ExampleFact> {
    facts.iter().map(|fact| ((&*fact.agent, &*fact.metric, &*fact.day, &*fact.segment), fact)).collect()
}

fn compare_facts(example: &SourceExample, found: &[ExampleFact]) -> Vec<String> {
    let (expected, found) = (keyed(&example.facts), keyed(found));
    let show = |fact: &ExampleFact| {
        format!(
            "{} of {} on {}{}: {} / {}, {} samples",
            fact.metric,
            fact.agent,
            fact.day,
            in_segment(fact),
            fact.numerator,
            fact.denominator,
            fact.samples
        )
    };
    let mut differences = Vec::new();
    for (key, fact) in &expected {
        match found.get(key) {
            None => differences.push(format!("expected {}; there is no such fact", show(fact))),
            Some(other) if !same_sums(fact, other) => {
                differences.push(format!("expected {}; found {}", show(fact), show(other)));
            }
            Some(_) => {}
        }
    }
    let surplus = found.iter().filter(|(key, _)| !expected.contains_key(*key));
    differences.extend(surplus.map(|(_, fact)| format!("found {}, which is not expected", show(fact))));
    differences
}

fn in_segment(fact: &ExampleFact) -> String {
    if fact.segment.is_empty() { String::new() } else { format!(" in {}", fact.segment) }
}

/// Numbers are compared by value: `5` and `5.0` are the same.
fn same_sums(a: &ExampleFact, b: &ExampleFact) -> bool {
    let same = |a: &str, b: &str| match (a.parse::<crate::domain::fixed::Fixed>(), b.parse()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    same(&a.numerator, &b.numerator) && same(&a.denominator, &b.denominator) && a.samples == b.samples
}

fn compare_set_aside(example: &SourceExample, pulled: &Pulled) -> Result<Vec<String>, PullError> {
    let unread = |source| PullError::Spool { path: std::env::temp_dir(), source };
    let mut found = pulled.set_aside.iter().collect::<Result<Vec<_>, _>>().map_err(unread)?;
    let mut differences = Vec::new();
    for expected in &example.set_aside {
        let matching = found.iter().position(|row| {
            row.line == expected.row && (row.reason.contains(&expected.reason) || row.detail.contains(&expected.reason))
        });
        match matching {
            Some(at) => drop(found.remove(at)),
            None => differences.push(format!("expected row {} to be set aside: {}", expected.row, expected.reason)),
        }
    }
    differences.extend(
        found.iter().map(|row| format!("row {} was set aside, which is not expected: {}", row.line, row.detail)),
    );
    Ok(differences)
}
