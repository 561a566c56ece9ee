//! Real exports through the whole way: roster, source file, pull, facts in the database, against independent aggregates.
#![expect(clippy::float_arithmetic, reason = "the published figures were computed in floating point")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use merit::app::{App, Clock};
use merit::domain::fixed::Fixed;
use merit::domain::period::Period;
use merit::store::Store;

use crate::support::company::{Company, pull};
use crate::support::engines::{self, Database};
use crate::support::shared_folder;

const MAPPING: &str = "\
employee_number: { from: Agent }
name: { from: Agent }
unit: [Supervisor]
post: { value: front_line }
from: { value: \"2023-01-01\" }
";

const SOURCE: &str = r#"
id: contacts
time_zone: Asia/Kolkata
inputs:
  - kind: files
    files: [FIRST]
columns:
  contact: { type: text, from: Unique id, required: true }
  agent: { type: agent, from: Agent_name }
  rating: { type: integer, from: CSAT Score }
  reported_at: { type: timestamp, from: Issue_reported at, formats: ["%d/%m/%Y %H:%M"] }
  responded_at: { type: timestamp, from: issue_responded, formats: ["%d/%m/%Y %H:%M"] }
key: { columns: [contact] }
checks:
  - check: responded_at >= reported_at
    reason: response before report
    only: [responded_at]
facts: |
  SELECT agent, CAST(reported_at AS DATE) AS day,
         sum(rating) AS "csat_mean.numerator", count(rating) AS "csat_mean.denominator",
         sum(CASE WHEN rating >= 4 THEN 1 ELSE 0 END) AS "csat_t2b.numerator", count(rating) AS "csat_t2b.denominator",
         sum(CAST(date_part('epoch', responded_at - reported_at) AS BIGINT) / 60) AS "frt_mean.numerator",
         count(responded_at) AS "frt_mean.denominator"
  FROM rows GROUP BY agent, CAST(reported_at AS DATE)
"#;

/// A row of the reference: contacts, ratings' sum, ratings of 4 and 5, responses and their minutes.
type Figures = [i64; 5];

fn reference(file: &Path, key: &str) -> BTreeMap<String, Figures> {
    let mut csv = csv::Reader::from_path(file).unwrap();
    let header = csv.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let columns = ["n", "csat_sum", "csat_ge4_n", "rt_min_n", "rt_min_mean"].map(at);
    let key = at(key);
    csv.records()
        .map(|row| {
            let row = row.unwrap();
            let [n, sum, top, responses, mean] = columns.map(|column| row[column].parse::<f64>().unwrap_or_default());
            // The reference has the mean to ten digits; times the count it is a whole number of minutes.
            let whole = |figure: f64| format!("{figure:.0}").parse::<i64>().unwrap();
            (row[key].to_owned(), [whole(n), whole(sum), whole(top), whole(responses), whole(mean * responses)])
        })
        .collect()
}

/// Whose sums are added up.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Agent,
    Unit,
}

/// Sums of the facts in the database, in whole units.
async fn facts(database: &Database, by: By) -> BTreeMap<String, Figures> {
    let store = Store::open(&database.url).await.unwrap();
    let month = Period { first: "2023-07-01".parse().unwrap(), last: "2023-09-30".parse().unwrap() };
    let view = store.live_view(month).await.unwrap();
    let units: BTreeMap<i64, String> =
        view.units().await.unwrap().into_iter().map(|unit| (unit.unit_id, unit.code)).collect();
    let mut sums: BTreeMap<String, Figures> = BTreeMap::new();
    for agent in view.agents(None, 10_000).await.unwrap() {
        let [stretch] = agent.stretches.as_slice() else { panic!("nobody moves here") };
        if stretch.facts.is_empty() {
            continue;
        }
        let whose = if by == By::Agent { agent.employee_number } else { units[&stretch.unit_id].clone() };
        let figures = sums.entry(whose).or_default();
        for fact in &stretch.facts {
            let (numerator, denominator) =
                (fact.pooled.numerator.micros() / Fixed::SCALE, fact.pooled.denominator.micros() / Fixed::SCALE);
            match fact.metric.as_str() {
                "csat_mean" => (figures[0], figures[1]) = (figures[0] + denominator, figures[1] + numerator),
                "csat_t2b" => figures[2] += numerator,
                "frt_mean" => (figures[3], figures[4]) = (figures[3] + denominator, figures[4] + numerator),
                other => panic!("{other} was not asked for"),
            }
        }
    }
    sums
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_of_a_month_give_the_published_sums_in_the_database() {
    let Some(data) = shared_folder::find("data") else { return };
    let company = Company::new(1);
    let source = company.rules().join("sources/contacts.yaml");
    fs::write(&source, SOURCE.replace("FIRST", data.join("support_contacts.csv").to_str().unwrap())).unwrap();
    fs::write(company.path("mapping.yaml"), MAPPING).unwrap();
    let supervisors: Vec<String> =
        reference(&data.join("support_contacts.by_supervisor.reference.csv"), "Supervisor").into_keys().collect();
    let units: Vec<String> = supervisors.iter().map(|name| format!("{name},,team,{name},{name}")).collect();
    fs::write(company.path("units.csv"), format!("unit,parent,kind,name_en,name_zh\n{}\n", units.join("\n"))).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = App::open(&database.url, Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        app.import_roster(&company.path("units.csv"), None, false).await.unwrap();
        let roster = data.join("support_agents.csv");
        let report = app.import_roster(&roster, Some(&company.path("mapping.yaml")), false).await.unwrap();
        assert_eq!((report.changes.agents_added, report.set_aside.len()), (1371, 0), "{}", database.name);

        let report = pull(&app, &company.rules(), "contacts").await.unwrap();
        assert_eq!((report.pull.rows_read, report.pull.rows_used), (17_182, 17_182), "{}", database.name);
        assert_eq!(report.reasons, [("response before report".to_owned(), 635)], "{}", database.name);
        let agents = facts(&database, By::Agent).await;
        assert_eq!(agents.len(), 1_368, "{}", database.name);
        assert_eq!(agents, reference(&data.join("support_contacts.reference.csv"), "agent"), "{}", database.name);
        let by_supervisor = reference(&data.join("support_contacts.by_supervisor.reference.csv"), "Supervisor");
        assert_eq!(by_supervisor.len(), 40);
        assert_eq!(facts(&database, By::Unit).await, by_supervisor, "{}", database.name);

        let again = pull(&app, &company.rules(), "contacts").await.unwrap().pull;
        assert_eq!((again.facts_added, again.facts_changed, again.facts_removed), (0, 0, 0), "{}", database.name);
    }
}
