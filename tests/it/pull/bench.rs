//! A folder of inputs and a source over them, ready to be pulled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use merit::domain::period::Period;
use merit::pull::{AgentIndex, AgentRef, Progress, PullError, PullRequest, Pulled, SetAsideRow, pull};
use merit::rules::Calendars;
use merit::rules::source::SourceSpec;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A source in a folder of its own. Agents `a1` to `a9` have ids 1 to 9.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) spec: Value,
    pub(crate) calendars: Calendars,
    pub(crate) agents: AgentIndex,
    pub(crate) metrics: BTreeSet<String>,
    pub(crate) window: Option<Period>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) memory_limit: usize,
    /// What pulls told of their progress.
    pub(crate) told: Mutex<Vec<Progress>>,
}

/// A fact in words: agent, metric, day, segment, numerator, denominator, samples.
pub(crate) type Fact = (String, String, String, String, String, String, i64);

impl Bench {
    /// A source of contacts: agent, time and rating, counted by day.
    pub(crate) fn contacts(inputs: Value) -> Self {
        Self::new(json!({
            "id": "contacts",
            "inputs": inputs,
            "columns": {
                "agent": { "type": "agent" },
                "rated_at": { "type": "timestamp" },
                "rating": { "type": "integer" },
            },
            "facts": "SELECT agent, CAST(rated_at AS DATE) AS day, \
                SUM(rating) AS \"csat_mean.numerator\", COUNT(rating) AS \"csat_mean.denominator\" FROM rows GROUP BY 1, 2",
        }))
    }

    pub(crate) fn new(spec: Value) -> Self {
        let mut agents = AgentIndex::default();
        for id in 1..=9 {
            agents.add(id, &format!("a{id}"), &format!("Agent {id}"), [format!("alias{id}").as_str()]);
        }
        let metrics = ["csat_mean", "csat_t2b", "frt_mean", "contacts"].map(str::to_owned).into();
        Self {
            folder: tempfile::tempdir().unwrap(),
            spec,
            calendars: Calendars::new(),
            agents,
            metrics,
            window: None,
            environment: BTreeMap::new(),
            memory_limit: 256 << 20,
            told: Mutex::default(),
        }
    }

    pub(crate) fn write(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn with(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        self.spec.pointer_mut(parent).unwrap()[key] = value;
        self
    }

    pub(crate) fn between(mut self, first: &str, last: &str) -> Self {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        self.window = Some(Period { first: day(first), last: day(last) });
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn pull(&self) -> Result<Pulled, PullError> {
        self.pull_spooling_to(self.path()).await
    }

    pub(crate) async fn pull_spooling_to(&self, spool_dir: &Path) -> Result<Pulled, PullError> {
        let spec: SourceSpec = serde_json::from_value(self.spec.clone()).unwrap();
        let environment = |name: &str| self.environment.get(name).cloned();
        pull(PullRequest {
            spec: &spec,
            calendars: &self.calendars,
            spec_file: "sources/contacts.yaml",
            base_dir: self.path(),
            window: self.window,
            agents: self.agents.clone(),
            metrics: &self.metrics,
            spool_dir,
            progress: Some(&|progress| self.told.lock().unwrap().push(progress)),
            memory_limit: self.memory_limit,
            environment: &environment,
            now: noon(),
            backoff_base: Duration::from_millis(2),
        })
        .await
    }

    /// The message of a pull that must fail.
    pub(crate) async fn error(&self) -> String {
        self.pull().await.expect_err("the pull should be refused").to_string()
    }

    /// The facts of a pull that must succeed, with what it set aside as `line: detail`.
    pub(crate) async fn facts(&self) -> (Vec<Fact>, Vec<String>) {
        let pulled = self.pull().await.unwrap();
        (facts(&pulled), set_aside(&pulled).iter().map(|row| format!("{}: {}", row.line, row.detail)).collect())
    }
}

/// The moment every test's pull begins.
pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap()
}

pub(crate) fn facts(pulled: &Pulled) -> Vec<Fact> {
    let accounted = pulled.used + pulled.superseded + pulled.deleted + pulled.set_aside.rows;
    assert_eq!(pulled.read, accounted, "every row read is accounted for");
    let agent = |agent| match agent {
        AgentRef::Known(id) => format!("a{id}"),
        AgentRef::New(at) => format!("new {}", pulled.new_agents[at as usize]),
    };
    pulled
        .facts
        .iter()
        .map(|fact| {
            (
                agent(pulled.facts.agent_of(fact).unwrap()),
                pulled.facts.metric_of(fact).to_owned(),
                fact.day.to_string(),
                pulled.facts.segment_of(fact).to_owned(),
                fact.pooled.numerator.to_string(),
                fact.pooled.denominator.to_string(),
                fact.pooled.samples,
            )
        })
        .collect()
}

pub(crate) fn set_aside(pulled: &Pulled) -> Vec<SetAsideRow> {
    pulled.set_aside.iter().collect::<Result<_, _>>().unwrap()
}

/// A fact of `csat_mean` without segment.
pub(crate) fn csat(agent: &str, day: &str, sum: &str, count: i64) -> Fact {
    (agent.to_owned(), "csat_mean".to_owned(), day.to_owned(), String::new(), sum.to_owned(), count.to_string(), count)
}
