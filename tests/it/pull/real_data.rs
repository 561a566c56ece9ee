//! Real exports, faults included, against figures computed independently.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use merit::pull::{AgentIndex, AgentRef, Pulled};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::bench::{Bench, facts, set_aside};
use crate::support::shared_folder::find as shared;

/// A CSV file as maps of header to text.
fn table(path: &Path) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

/// What the facts say of an agent's metric: numerator, denominator.
type Totals = BTreeMap<(String, String), (Decimal, Decimal)>;

fn totals(pulled: &Pulled, names: &[String]) -> Totals {
    let mut totals = Totals::new();
    for fact in pulled.facts.iter() {
        let Some(AgentRef::Known(id)) = pulled.facts.agent_of(fact) else { panic!("nobody is new here") };
        let name = names[usize::try_from(id).unwrap()].clone();
        let total = totals.entry((name, pulled.facts.metric_of(fact).to_owned())).or_default();
        total.0 += fact.pooled.numerator.to_decimal();
        total.1 += fact.pooled.denominator.to_decimal();
    }
    totals
}

fn number(row: &HashMap<String, String>, column: &str) -> Decimal {
    row[column].parse().unwrap_or_default()
}

const METRICS: [&str; 4] = ["contacts", "csat_mean", "csat_t2b", "frt_mean"];

/// The exports of August 2023; agents are known by name, since the roster has no numbers.
fn contacts(data: &Path, second_export: bool) -> (Bench, Vec<String>) {
    let names: Vec<String> =
        table(&data.join("support_agents.csv")).into_iter().map(|row| row["Agent"].clone()).collect();
    let mut agents = AgentIndex::default();
    for (id, name) in (0..).zip(&names) {
        agents.add(id, name, name, []);
    }
    let mut inputs = vec![json!({ "kind": "files", "files": [data.join("support_contacts.csv")] })];
    if second_export {
        let time = |from: &str| json!({ "type": "timestamp", "from": from, "formats": ["%B %d, %Y, %I:%M:%S %p"] });
        inputs.push(json!({
            "kind": "files",
            "files": [data.join("support_contacts_export2.csv")],
            "columns": {
                "agent": { "type": "agent", "from": "Agent" },
                "reported_at": time("Issue_reported at"),
                "responded_at": time("issue_responded"),
                "responded_at_known": time("issue_responded"),
            },
        }));
    }
    let time = |from: &str| json!({ "type": "timestamp", "from": from, "formats": ["%d/%m/%Y %H:%M"] });
    let minutes = |column: &str| format!("CAST(date_part('epoch', {column} - reported_at) AS BIGINT) / 60");
    let mut bench = Bench::new(json!({
        "id": "support_contacts",
        "inputs": inputs,
        "columns": {
            "id": { "type": "text", "from": "Unique id" },
            "agent": { "type": "agent", "from": "Agent_name" },
            "reported_at": time("Issue_reported at"),
            "responded_at": time("issue_responded"),
            "responded_at_known": time("issue_responded"),
            "rating": { "type": "integer", "from": "CSAT Score" },
        },
        "key": { "columns": ["id"] },
        "checks": [
            { "check": "responded_at >= reported_at", "reason": "answered before it was asked", "only": ["responded_at"] },
            {
                "check": "CAST(responded_at_known AS TIME) <> TIME '00:00:00'",
                "reason": "time of the answer lost",
                "only": ["responded_at_known"],
            },
        ],
        "facts": format!(
            "SELECT agent, CAST(reported_at AS DATE) AS day, \
             COUNT(*) AS \"contacts.numerator\", COUNT(*) AS \"contacts.denominator\", \
             SUM(rating) AS \"csat_mean.numerator\", COUNT(rating) AS \"csat_mean.denominator\", \
             COUNT(*) FILTER (WHERE rating >= 4) AS \"csat_t2b.numerator\", COUNT(rating) AS \"csat_t2b.denominator\", \
             SUM({}) AS \"frt_mean.numerator\", COUNT(responded_at) AS \"frt_mean.denominator\", \
             SUM({}) AS \"frt_known.numerator\", COUNT(responded_at_known) AS \"frt_known.denominator\" \
             FROM rows GROUP BY 1, 2",
            minutes("responded_at"),
            minutes("responded_at_known"),
        ),
    }));
    bench.metrics = METRICS.iter().map(|&name| name.to_owned()).chain(["frt_known".to_owned()]).collect();
    bench.agents = agents;
    (bench, names)
}

/// Compares a group's sums with its line of the reference.
fn compare(group: &str, row: &HashMap<String, String>, of: &dyn Fn(&str) -> (Decimal, Decimal)) {
    let (n, _) = of("contacts");
    assert_eq!(n, number(row, "n"), "{group}: contacts");
    assert_eq!(of("csat_mean").0, number(row, "csat_sum"), "{group}: rating sum");
    assert_eq!(of("csat_t2b").0, number(row, "csat_ge4_n"), "{group}: ratings of 4 and 5");
    for (metric, column) in [("frt_mean", "rt_min"), ("frt_known", "rt_min_nomid")] {
        let (minutes, answers) = of(metric);
        let expected = number(row, &format!("{column}_n"));
        assert_eq!(answers, expected, "{group}: {column} answers");
        // The reference gives ten digits of the mean; the sum is a whole number of minutes.
        let sum = number(row, &format!("{column}_mean")) * expected;
        assert!((minutes - sum).abs() < Decimal::new(1, 2), "{group}: {column}: {minutes} for {sum}");
    }
}

#[tokio::test]
async fn contacts_of_1368_agents_equal_the_reference() {
    let Some(data) = shared("data") else { return };
    let (bench, names) = contacts(&data, false);
    let pulled = bench.pull().await.unwrap();
    facts(&pulled);
    assert_eq!((pulled.read, pulled.used), (17_182, 17_182));
    assert_eq!(pulled.set_aside.rows, 0);
    assert_eq!(pulled.set_aside.by_reason["answered before it was asked"], 635);
    assert_eq!(pulled.set_aside.by_reason["time of the answer lost"], 701);
    assert_eq!(pulled.set_aside.values, 635 + 701);
    let rows = set_aside(&pulled);
    assert_eq!(rows.len(), 635 + 701);
    assert!(rows.iter().all(|row| row.file.ends_with("support_contacts.csv") && row.row.contains("\"agent\":\"")));

    let totals = totals(&pulled, &names);
    let of =
        |agent: &str, metric: &str| totals.get(&(agent.to_owned(), metric.to_owned())).copied().unwrap_or_default();
    let reference = table(&data.join("support_contacts.reference.csv"));
    assert_eq!(reference.len(), 1_368);
    for row in &reference {
        compare(&row["agent"], row, &|metric| of(&row["agent"], metric));
    }

    let supervisors: HashMap<String, String> = table(&data.join("support_agents.csv"))
        .into_iter()
        .map(|row| (row["Agent"].clone(), row["Supervisor"].clone()))
        .collect();
    let mut by_supervisor: BTreeMap<(String, String), (Decimal, Decimal)> = BTreeMap::new();
    for ((agent, metric), (numerator, denominator)) in &totals {
        let sum = by_supervisor.entry((supervisors[agent].clone(), metric.clone())).or_default();
        sum.0 += numerator;
        sum.1 += denominator;
    }
    let reference = table(&data.join("support_contacts.by_supervisor.reference.csv"));
    assert_eq!(reference.len(), 40);
    for row in &reference {
        let name = &row["Supervisor"];
        compare(name, row, &|metric| {
            by_supervisor.get(&(name.clone(), metric.to_owned())).copied().unwrap_or_default()
        });
    }
}

#[tokio::test]
async fn contacts_in_two_exports_count_once() {
    let Some(data) = shared("data") else { return };
    let (bench, names) = contacts(&data, true);
    let pulled = bench.pull().await.unwrap();
    facts(&pulled);
    assert_eq!(pulled.read, 17_182 + 13_143);
    assert_eq!(pulled.superseded, 2_630);
    let contacts: Decimal =
        totals(&pulled, &names).iter().filter(|((_, m), _)| m == "contacts").map(|(_, sums)| sums.0).sum();
    let unknown = pulled.set_aside.by_reason.get("unknown agent").copied().unwrap_or_default();
    assert_eq!(contacts, Decimal::from(17_182 + 13_143 - 2_630 - unknown));
}

/// Unpacks the event log beside nothing else.
fn incident_log(data: &Path, into: &Path) -> PathBuf {
    let done = Command::new("unzip").arg("-qoj").arg(data.join("incident_event_log.zip")).arg("-d").arg(into).status();
    assert!(done.unwrap().success());
    into.join("incident_event_log.csv")
}

#[tokio::test]
async fn the_last_event_of_an_incident_is_its_outcome() {
    let Some(data) = shared("data") else { return };
    let reference = table(&data.join("incident_event_log.reference.csv"));
    let resolvers: Vec<String> = reference.iter().map(|row| row["agent"].clone()).filter(|name| name != "?").collect();
    assert_eq!(resolvers.len(), 216);
    let mut bench = Bench::new(json!({
        "id": "incidents",
        "inputs": [{ "kind": "files", "files": ["incident_event_log.csv"] }],
        "columns": {
            "number": { "type": "text" },
            "agent": { "type": "agent", "from": "resolved_by" },
            "opened_at": { "type": "timestamp", "formats": ["%d/%m/%Y %H:%M"] },
            "resolved_at": { "type": "timestamp", "formats": ["%d/%m/%Y %H:%M"], "nulls": ["?"] },
            "made_sla": { "type": "boolean" },
            "reopen_count": { "type": "integer" },
        },
        "key": { "columns": ["number"] },
        "facts": "SELECT agent, CAST(opened_at AS DATE) AS day, \
            COUNT(*) FILTER (WHERE made_sla) AS \"sla.numerator\", COUNT(*) AS \"sla.denominator\", \
            COUNT(*) FILTER (WHERE reopen_count > 0) AS \"reopened.numerator\", COUNT(*) AS \"reopened.denominator\" \
            FROM rows GROUP BY 1, 2",
    }));
    bench.metrics = ["sla", "reopened"].map(str::to_owned).into();
    bench.agents = AgentIndex::default();
    for (id, name) in (0..).zip(&resolvers) {
        bench.agents.add(id, name, name, []);
    }
    incident_log(&data, bench.path());
    let pulled = bench.pull().await.unwrap();
    facts(&pulled);
    assert_eq!(pulled.read, 141_712);
    assert_eq!(pulled.read - pulled.superseded, 24_918);
    assert_eq!(pulled.set_aside.by_reason, BTreeMap::from([("unknown agent".to_owned(), 99)]));
    assert!(set_aside(&pulled).iter().all(|row| row.detail.contains("unknown agent \"?\"")));
    let totals = totals(&pulled, &resolvers);
    for row in reference.iter().filter(|row| row["agent"] != "?") {
        let of = |metric: &str| totals[&(row["agent"].clone(), metric.to_owned())];
        assert_eq!(of("sla").1, number(row, "incidents"), "incidents");
        assert_eq!(of("sla").0, number(row, "made_sla_n"), "SLA met");
        assert_eq!(of("reopened").0, number(row, "reopened_n"), "reopened");
    }
}

/// The interactions after the first `deltas` monthly deltas.
fn interactions(data: &Path, deltas: usize) -> Bench {
    let folder = data.join("contact_deltas");
    let file = |name: &str| folder.join(name);
    let mut inputs: Vec<Value> = vec![json!({ "kind": "files", "files": [file("initial/interactions.csv")] })];
    let months = ["delta/interactions_delta_202502.csv", "delta/interactions_delta_202503.csv"];
    inputs.extend(months.iter().take(deltas).map(|name| json!({ "kind": "files", "files": [file(name)] })));
    let mut bench = Bench::new(json!({
        "id": "interactions",
        "inputs": inputs,
        "columns": {
            "id": { "type": "text", "from": "interaction_id" },
            "agent": { "type": "agent", "from": "agent_id" },
            "began_at": { "type": "timestamp", "from": "timestamp" },
            "ended_at": { "type": "timestamp", "from": "interaction_end" },
            "minutes": { "type": "decimal", "from": "call_duration_minutes", "scale": 1 },
            "action": { "type": "text", "optional": true },
        },
        "key": { "columns": ["id"], "action": "action" },
        "facts": "SELECT agent, CAST(began_at AS DATE) AS day, \
            SUM(minutes) AS \"aht.numerator\", COUNT(minutes) AS \"aht.denominator\" FROM rows GROUP BY 1, 2",
    }));
    bench.metrics = ["aht".to_owned()].into();
    bench.agents = AgentIndex::default();
    for id in 1..=10 {
        bench.agents.add(id, &format!("AGT{id:03}"), "", []);
    }
    bench
}

#[tokio::test]
async fn monthly_deltas_apply_in_order() {
    let Some(data) = shared("data") else { return };
    let rows = |name: &str| table(&data.join("contact_deltas").join(name));
    let mut records: BTreeMap<String, HashMap<String, String>> = BTreeMap::new();
    let files =
        ["initial/interactions.csv", "delta/interactions_delta_202502.csv", "delta/interactions_delta_202503.csv"];
    let mut read = 0;
    for (deltas, name) in files.iter().enumerate() {
        for row in rows(name) {
            read += 1;
            let id = row["interaction_id"].clone();
            match row.get("action").map(|action| action.trim()) {
                Some("delete") => drop(records.remove(&id)),
                _ => drop(records.insert(id, row)),
            }
        }
        let pulled = interactions(&data, deltas).pull().await.unwrap();
        facts(&pulled);
        assert_eq!(pulled.read, read);
        assert_eq!(pulled.used, u64::try_from(records.len()).unwrap());
        let mut expected: BTreeMap<(String, String), (Decimal, i64)> = BTreeMap::new();
        for row in records.values().filter(|row| !row["call_duration_minutes"].is_empty()) {
            let key = (row["agent_id"].clone(), row["timestamp"][..10].to_owned());
            let sums = expected.entry(key).or_default();
            sums.0 += number(row, "call_duration_minutes");
            sums.1 += 1;
        }
        let found: BTreeMap<(String, String), (Decimal, i64)> = pulled
            .facts
            .iter()
            .map(|fact| {
                let Some(AgentRef::Known(id)) = pulled.facts.agent_of(fact) else { panic!("nobody is new here") };
                let sums = (fact.pooled.numerator.to_decimal(), fact.pooled.samples);
                ((format!("AGT{id:03}"), fact.day.to_string()), sums)
            })
            .collect();
        assert_eq!(found, expected, "after {deltas} deltas");
    }
    let moved = records.get("INT1003").unwrap();
    assert_eq!(moved["call_duration_minutes"], "14.0", "the delta completed an open interaction");
}
