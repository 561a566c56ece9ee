//! A company whose cards, people and facts a test writes itself, few enough to be worked by hand.

use std::fs;

use merit::app::{App, Clock};
use merit::domain::appraisal::AppraisalResult;
use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{CardResult, LineResult};

use super::company::{Company, pull};

/// The source's file has one row a case count; rows of the same day and segment add up.
const SOURCE: &str = "\
id: SOURCE
description: Sums of cases
time_zone: Asia/Shanghai
inputs:
  - kind: files
    files: [../SOURCE.csv]
columns:
  agent: { type: agent }
  day: { type: date, required: true }
  metric: { type: text, required: true }
  segment: { type: text }
  reached: { type: decimal, required: true }
  cases: { type: integer, required: true }
facts: |
  SELECT agent, day, metric, segment, sum(reached) AS numerator, sum(cases) AS denominator, sum(cases) AS samples
  FROM rows GROUP BY agent, day, metric, segment
";

const BANDS: &str = "\
bands:
  - {id: S, name: {en: Outstanding, zh: 卓越}, from: 90}
  - {id: A, name: {en: Excellent, zh: 优秀}, from: 75, to: 90}
  - {id: B, name: {en: Competent, zh: 称职}, from: 55, to: 75}
  - {id: C, name: {en: To be improved, zh: 待改进}, from: 35, to: 55}
  - {id: D, name: {en: Below standard, zh: 不达标}, from: 0, to: 35}
";

/// A line from 80 % (no points) to 100 % (full marks), so that every percent is worth 5 points; `more` are further keys.
pub(crate) fn line(metric: &str, weight: u32, more: &str) -> String {
    format!(
        "  - {{metric: {metric}, weight: {weight}, curve: {{kind: linear, points: [[80, 0], [100, 100]]}}, min_samples: 10{more}}}\n"
    )
}

/// The default rules with this card in place of the default one of the same post; `more` are its further keys.
pub(crate) fn put_card(company: &Company, post: &str, lines: &[String], more: &str) {
    let name = "name: {en: Card, zh: 考核表}";
    let text = format!("id: {post}\n{name}\nposts: [{post}]\nlines:\n{}{BANDS}{more}", lines.concat());
    fs::write(company.rules().join(format!("scorecards/{post}.yaml")), text).unwrap();
}

/// Two teams, and people given as `employee number,unit,post,first day,last day`, with a target of 3000 a period.
pub(crate) fn company(people: &[&str]) -> Company {
    let company = Company::new(0);
    let units = "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,Head office,总部\nT1,HQ,team,Team 1,一组\nT2,HQ,team,Team 2,二组\n";
    fs::write(company.path("units.csv"), units).unwrap();
    let mut rows = String::from("employee_number,unit,post,from,to,name,fte,target_incentive,currency\n");
    for person in people {
        rows.push_str(&format!("{person},Somebody,1,3000,CNY\n"));
    }
    fs::write(company.path("people.csv"), rows).unwrap();
    fs::remove_file(company.rules().join("sources/daily.yaml")).unwrap();
    company
}

/// The source `id`, whose facts are these rows: `employee number,day,metric,segment,reached,cases`.
pub(crate) fn write_cases(company: &Company, id: &str, rows: &[&str]) {
    fs::write(company.rules().join(format!("sources/{id}.yaml")), SOURCE.replace("SOURCE", id)).unwrap();
    let header = "agent,day,metric,segment,reached,cases\n";
    fs::write(company.path(&format!("{id}.csv")), format!("{header}{}\n", rows.join("\n"))).unwrap();
}

/// The roster in a fresh database.
pub(crate) async fn settle(company: &Company, database: &str) -> App {
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    for file in ["units.csv", "people.csv"] {
        let report = app.import_roster(&company.path(file), None, false).await.unwrap();
        assert!(report.set_aside.is_empty(), "{:?}", report.set_aside);
    }
    app
}

/// The roster and the facts of the source `cases` in a fresh database.
pub(crate) async fn load(company: &Company, database: &str) -> App {
    let app = settle(company, database).await;
    pull(&app, &company.rules(), "cases").await.unwrap();
    app
}

/// Opens and appraises a cycle and replays it.
pub(crate) async fn appraise(company: &Company, app: &App, cycle: &str) {
    app.open_cycle(cycle, None, &company.rules()).await.unwrap();
    appraise_again(app, cycle).await;
}

/// Appraises a cycle that is open, and replays it.
pub(crate) async fn appraise_again(app: &App, cycle: &str) {
    let report = app.appraise(cycle, &|_| {}).await.unwrap();
    let replay = app.replay(cycle, &|_| {}).await.unwrap();
    assert_eq!((replay.differing, replay.differences), (0, Vec::new()));
    assert_eq!((replay.snapshot_hash, replay.result_hash), (report.snapshot_hash, report.result_hash));
}

pub(crate) async fn result(app: &App, cycle: &str, agent: &str) -> AppraisalResult {
    app.scorecard(cycle, agent).await.unwrap().result
}

/// The card of an agent who did not move.
pub(crate) async fn only_card(app: &App, cycle: &str, agent: &str) -> CardResult {
    let stretches = result(app, cycle, agent).await.stretches;
    assert_eq!(stretches.len(), 1, "{agent} moved");
    stretches.into_iter().next().unwrap().stretch.card
}

pub(crate) fn line_of<'c>(card: &'c CardResult, id: &str) -> &'c LineResult {
    card.lines.iter().find(|line| &*line.id == id).unwrap()
}

pub(crate) fn fixed(text: &str) -> Fixed {
    text.parse().unwrap()
}
