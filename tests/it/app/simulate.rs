//! Other rules on a past cycle: the hand-worked figures of a small company, and nothing written.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use merit::app::{AgentChange, App, AppError, Missing, Outcome, PayChange, Simulation, SimulationOrder, Slice, Wanted};
use merit::domain::metric::MetricId;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database};

/// Points are the value itself, so that totals can be worked in the head.
const CARD: &str = "\
id: front_line
name: {en: Front line, zh: 前台客服}
posts: [front_line]
lines:
  - {metric: csat_t2b, weight: 50, curve: {kind: linear, points: [[0, 0], [100, 100]]}, min_samples: 1}
  - {metric: qa_score, weight: 50, curve: {kind: linear, points: [[0, 0], [100, 100]]}, min_samples: 1}
bands:
  - {id: A, name: {en: Excellent, zh: 优秀}, from: 75}
  - {id: B, name: {en: Competent, zh: 称职}, from: 50, to: 75}
  - {id: C, name: {en: To be improved, zh: 待改进}, from: 0, to: 50}
";

/// A percent of the score is a percent of the target.
const PLAN: &str = "\
id: front_line
name: {en: Front line, zh: 前台}
posts: [front_line]
curve: {kind: linear, points: [[0, 0], [100, 100]]}
prorate_days: true
prorate_fte: true
rounding: half_up
";

/// Unit, post, target, currency, and the values of csat_t2b and qa_score.
type Person = (&'static str, &'static str, u32, &'static str, u32, u32);

/// E001 to E005.
const PEOPLE: [Person; 5] = [
    ("T1", "front_line", 3000, "CNY", 90, 50),
    ("P2", "front_line", 3000, "CNY", 40, 70),
    ("T1", "front_line", 3000, "CNY", 60, 60),
    ("HQ", "trainer", 3000, "CNY", 50, 50),
    ("P2", "front_line", 1000, "USD", 80, 85),
];

/// Five people in two provinces and the head office.
pub(crate) fn small_company() -> Company {
    company_of(&PEOPLE)
}

/// People with one day's figures; their numbers are E001 and so on.
fn company_of(people: &[Person]) -> Company {
    let company = Company::new(1);
    fs::write(company.rules().join("scorecards/front_line.yaml"), CARD).unwrap();
    fs::write(company.rules().join("incentives/front_line.yaml"), PLAN).unwrap();
    let units = "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,Head office,总部\nP1,HQ,province,North,北\n\
                 T1,P1,team,Team 1,一组\nP2,HQ,province,South,南\n";
    fs::write(company.path("units.csv"), units).unwrap();
    let mut roster = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
    let mut figures = String::from("agent,day,metric,reached,of,cases\n");
    for (number, (unit, post, target, currency, csat, qa)) in (1..).zip(people) {
        writeln!(roster, "E{number:03},Agent,{unit},{post},2026-01-01,1,{target},{currency}").unwrap();
        writeln!(figures, "E{number:03},2026-05-04,csat_t2b,{csat},100,100").unwrap();
        writeln!(figures, "E{number:03},2026-05-04,qa_score,{qa},100,100").unwrap();
    }
    fs::write(company.path("people.csv"), roster).unwrap();
    fs::write(company.path("daily.csv"), figures).unwrap();
    company
}

/// A copy of the company's rules whose front-line card is changed.
pub(crate) fn draft(company: &Company, name: &str, changes: &[(&str, &str)]) -> PathBuf {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, target).map(drop).unwrap() }
        }
    }
    let folder = company.path(name);
    copy(&company.rules(), &folder);
    let file = folder.join("scorecards/front_line.yaml");
    let mut card = fs::read_to_string(&file).unwrap();
    for (old, new) in changes {
        assert!(card.contains(old), "{old}");
        card = card.replacen(old, new, 1);
    }
    fs::write(file, card).unwrap();
    folder
}

/// Satisfaction counts for 80 % and quality for 20 %.
pub(crate) const WEIGHTS: [(&str, &str); 2] =
    [("csat_t2b, weight: 50", "csat_t2b, weight: 80"), ("qa_score, weight: 50", "qa_score, weight: 20")];

async fn appraised(company: &Company, database: &Database) -> App {
    let app = company.load(&database.url).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    app
}

async fn simulate(app: &App, rules: &Path) -> Result<Simulation, AppError> {
    let rules = rules.to_str().unwrap();
    app.simulate(&SimulationOrder { cycle: FIRST_QUARTER, rules, all: true }, &|_| {}).await
}

/// Employee number, ratings, scores and change of pay, as a person reads them.
fn told(change: &AgentChange) -> String {
    let AgentChange { employee_number, unit, before, after } = change;
    let score = |score: Option<merit::domain::fixed::Fixed>| score.map_or("-".into(), |score| format!("{score:.2}"));
    let by = match change.pay_change() {
        PayChange::By(money) => money.to_string(),
        other => format!("{other:?}"),
    };
    format!(
        "{employee_number} {unit} {}→{} {}→{} {by}",
        before.outcome.code(),
        after.outcome.code(),
        score(before.score),
        score(after.score)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_same_rules_nobody_moves() {
    let company = Company::new(25);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let hash = app.rule_versions(&Slice::first()).await.unwrap().rows[0].hash.clone();
        for rules in [company.rules(), PathBuf::from(&hash)] {
            let simulation = simulate(&app, &rules).await.unwrap();
            assert_eq!(simulation.rules.changes, []);
            assert_eq!((simulation.agents, simulation.compared, simulation.moved), (25, 25, 0), "{}", database.name);
            assert_eq!((simulation.scores.same, simulation.scores.mean), (25, Some("0".parse().unwrap())));
            assert_eq!((simulation.movers, simulation.rankings), (Some(vec![]), vec![]));
            assert!(simulation.migration.iter().all(|row| row.from == row.to));
            let [cost] = simulation.costs.as_slice() else { panic!("one currency: {:?}", simulation.costs) };
            let [total] = app.payout_totals(FIRST_QUARTER).await.unwrap()[..] else { panic!("one currency") };
            assert_eq!((cost.before_minor, cost.after_minor), (total.amount_minor, total.amount_minor));
            assert!(cost.before_minor > 0 && cost.paid_before == cost.paid_after);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_weight_moves_people_as_worked_by_hand() {
    let company = small_company();
    let folder = draft(&company, "draft", &WEIGHTS);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let simulation = simulate(&app, &folder).await.unwrap();
        assert_eq!(simulation.rules.changes.len(), 2, "{:?}", simulation.rules.changes);
        assert_eq!((simulation.agents, simulation.compared, simulation.without_card.both), (5, 4, 1));
        assert_eq!((simulation.moved, simulation.unmeasured.len(), simulation.other_currency), (3, 0, 0));

        // +12, −9, 0 and −1.5 points.
        let scores = &simulation.scores;
        assert_eq!((scores.up, scores.down, scores.same, scores.lost, scores.gained), (1, 2, 1, 0, 0));
        let figures = [scores.mean, scores.largest_rise, scores.largest_fall].map(|figure| figure.unwrap().to_string());
        assert_eq!(figures, ["0.375", "12", "-9"]);

        let codes: Vec<&str> = simulation.outcomes.iter().map(Outcome::code).collect();
        assert_eq!(codes, ["A", "B", "C", "no_card"]);
        let migration: Vec<_> =
            simulation.migration.iter().map(|row| (row.from.code(), row.to.code(), row.agents)).collect();
        let expected = [("A", "A", 1), ("B", "A", 1), ("B", "B", 1), ("B", "C", 1), ("no_card", "no_card", 1)];
        assert_eq!(migration, expected);

        let costs: Vec<String> =
            simulation.costs.iter().map(|cost| format!("{} {}", cost.before(), cost.difference())).collect();
        assert_eq!(costs, ["5550.00 CNY 90.00 CNY", "825.00 USD -15.00 USD"]);
        let units: Vec<String> = simulation
            .units
            .iter()
            .map(|unit| {
                let costs: Vec<String> = unit.costs.iter().map(|cost| cost.difference().to_string()).collect();
                format!("{} {} {} {} {} {}", unit.unit, unit.agents, unit.moved, unit.up, unit.down, costs.join(" "))
            })
            .collect();
        assert_eq!(units, ["HQ 1 0 0 0 ", "P1 2 1 1 0 360.00 CNY", "P2 2 2 0 2 -270.00 CNY -15.00 USD"]);

        let [yuan, dollars] = simulation.rankings.as_slice() else { panic!("{:?}", simulation.rankings) };
        let list = |changes: &[AgentChange]| changes.iter().map(told).collect::<Vec<_>>();
        assert_eq!(list(&yuan.winners), ["E001 T1 B→A 70.00→82.00 360.00 CNY"]);
        assert_eq!(list(&yuan.losers), ["E002 P2 B→C 55.00→46.00 -270.00 CNY"]);
        assert_eq!(list(&dollars.winners), Vec::<String>::new());
        assert_eq!(list(&dollars.losers), ["E005 P2 A→A 82.50→81.00 -15.00 USD"]);
        assert_eq!(simulation.movers.unwrap().len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_for_other_posts_takes_pay_away_and_says_who_has_no_card() {
    let company = small_company();
    let folder = draft(&company, "draft", &[("posts: [front_line]", "posts: [trainer]")]);
    fs::write(folder.join("incentives/front_line.yaml"), PLAN.replace("[front_line]", "[trainer]")).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let simulation = simulate(&app, &folder).await.unwrap();
        let without = simulation.without_card;
        assert_eq!((simulation.compared, without.before, without.after, without.both), (0, 1, 4, 0));
        assert_eq!((simulation.scores.lost, simulation.scores.gained, simulation.scores.mean), (4, 1, None));
        let costs: Vec<String> = simulation.costs.iter().map(|cost| cost.difference().to_string()).collect();
        assert_eq!(costs, ["-4050.00 CNY", "-825.00 USD"]);
        let movers: Vec<String> = simulation.movers.unwrap().iter().map(told).collect();
        assert_eq!(movers[0], "E001 T1 B→no_card 70.00→- -2100.00 CNY");
        assert_eq!(movers[3], "E004 HQ no_card→B -→50.00 1500.00 CNY");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_pulled_is_named() {
    let company = small_company();
    let index = "qa_score, weight: 30, curve: {kind: linear, points: [[0, 0], [100, 100]]}, min_samples: 1}\n  \
                 - {metric: exam, weight: 10, curve: {kind: linear, points: [[60, 0], [90, 100]]}, min_samples: 1}\n  \
                 - {id: quality_index, metric: qa_score, measure: index, weight: 10, ";
    let folder = draft(&company, "draft", &[("qa_score, weight: 50, ", index)]);
    let unknown = draft(&company, "unknown", &[("metric: qa_score", "metric: politeness")]);
    let database = &engines::databases(&company.path("merit.db")).await[0];
    let app = appraised(&company, database).await;
    let simulation = simulate(&app, &folder).await.unwrap();
    let missing: Vec<Missing> = simulation.unmeasured.iter().map(|one| one.missing.clone()).collect();
    assert_eq!(missing, [Missing::Facts(MetricId::new("exam")), Missing::Benchmark(MetricId::new("qa_score"))]);
    assert!(simulation.unmeasured.iter().all(|one| one.cards == ["front_line".into()]));

    let refused = simulate(&app, &unknown).await.unwrap_err();
    assert!(matches!(&refused, AppError::Rules(_)) && refused.to_string().contains("politeness"), "{refused}");
    let nothing = simulate(&app, Path::new("nowhere")).await.unwrap_err();
    assert!(nothing.to_string().starts_with("'nowhere' is neither a version of the rules nor a folder"), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_add_up_and_the_lists_hold_the_ten_that_move_most() {
    let person = |number: u32| -> Person {
        let unit = ["T1", "P2", "HQ"][number as usize % 3];
        (unit, "front_line", 1000 + number % 4 * 500, "CNY", number * 37 % 101, number * 53 % 101 / 10 * 10)
    };
    let company = company_of(&(1..=60).map(person).collect::<Vec<_>>());
    let folder = draft(&company, "draft", &WEIGHTS);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let simulation = simulate(&app, &folder).await.unwrap();
        let movers = simulation.movers.unwrap();
        assert_eq!(simulation.moved, u64::try_from(movers.len()).unwrap());
        let minor = |change: &AgentChange| match change.pay_change() {
            PayChange::By(money) => money.minor,
            other => panic!("{other:?}"),
        };
        let [cost] = simulation.costs.as_slice() else { panic!("one currency") };
        assert_eq!(movers.iter().map(minor).sum::<i64>(), cost.difference().minor);
        let of_units = simulation.units.iter().flat_map(|unit| &unit.costs);
        assert_eq!(of_units.map(|cost| cost.difference().minor).sum::<i64>(), cost.difference().minor);
        assert_eq!(simulation.migration.iter().map(|row| row.agents).sum::<u64>(), 60);

        let gain = |change: &&AgentChange| (minor(change), change.score_change());
        let mut ranked: Vec<&AgentChange> = movers.iter().collect();
        // Stable, so equals stay in order of employee number.
        ranked.sort_by_key(|change| std::cmp::Reverse(gain(change)));
        let [ranking] = simulation.rankings.as_slice() else { panic!("one currency") };
        let above = |change: &&&AgentChange| gain(change) > (0, Some("0".parse().unwrap()));
        let winners: Vec<AgentChange> = ranked.iter().filter(above).take(10).map(|change| (*change).clone()).collect();
        ranked.sort_by_key(gain);
        let below = |change: &&&AgentChange| gain(change) < (0, Some("0".parse().unwrap()));
        let losers: Vec<AgentChange> = ranked.iter().filter(below).take(10).map(|change| (*change).clone()).collect();
        assert_eq!((winners.len(), losers.len()), (10, 10), "{}: {movers:?}", database.name);
        assert_eq!((&ranking.winners, &ranking.losers), (&winners, &losers), "{}", database.name);
    }
}

/// Rows of every table.
async fn rows(database: &Database) -> Vec<(String, i64)> {
    let tables = match database.name {
        "SQLite" => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        _ => {
            "SELECT CAST(table_name AS text) FROM information_schema.tables WHERE table_schema = 'public' \
             ORDER BY table_name"
        }
    };
    let mut rows = Vec::new();
    let tables = database.rows(tables).await;
    // Only the log says that there was a simulation.
    for (table, _) in tables.into_iter().filter(|(table, _)| !table.starts_with("audit_")) {
        let count = database.rows(&format!("SELECT CAST('{table}' AS text), COUNT(*) FROM {table}")).await;
        rows.push((table, count[0].1[0]));
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_writes_nothing() {
    let company = small_company();
    let folder = draft(&company, "draft", &WEIGHTS);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let before = rows(&database).await;
        assert!(before.len() > 20 && before.contains(&("run_agent".into(), 5)), "{before:?}");
        simulate(&app, &folder).await.unwrap();
        assert_eq!(rows(&database).await, before, "{}", database.name);
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differences, Vec::<String>::new());
        let page = app.payouts(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap();
        let paid: Vec<String> = page.rows.iter().map(|payout| payout.amount.to_string()).collect();
        assert_eq!(paid, ["2100.00 CNY", "1650.00 CNY", "1800.00 CNY", "825.00 USD"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_that_cannot_be_compared_are_refused() {
    let company = small_company();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let not_yet = simulate(&app, &company.rules()).await.unwrap_err();
        assert_eq!(not_yet.to_string(), "cycle 2026-Q2 has no results yet: run 'merit appraise 2026-Q2'");
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        database.execute("UPDATE run SET snapshot_hash = 'another'").await;
        let changed = simulate(&app, &company.rules()).await.unwrap_err();
        assert!(changed.to_string().contains("'merit replay 2026-Q2' says where they differ"), "{changed}");
        database.execute("UPDATE run SET engine_version = '0'").await;
        let engine = simulate(&app, &company.rules()).await.unwrap_err();
        assert!(engine.to_string().starts_with("cycle 2026-Q2 was appraised by engine 0, this is engine "), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pay_in_another_currency_has_no_difference_and_costs_are_told_apart() {
    let company = small_company();
    let roster = "employee_number,name,unit,post,from,to,fte,target_incentive,currency\n\
                  E001,Agent,T1,front_line,2026-01-01,2026-05-15,1,3000,CNY\n\
                  E001,Agent,T1,trainer,2026-05-16,,1,1000,USD\n";
    fs::write(company.path("people.csv"), roster).unwrap();
    let csv =
        "agent,day,metric,reached,of,cases\nE001,2026-05-04,csat_t2b,90,100,100\nE001,2026-05-04,qa_score,50,100,100\n";
    fs::write(company.path("daily.csv"), csv).unwrap();
    let folder = draft(&company, "draft", &[("posts: [front_line]", "posts: [front_line, trainer]")]);
    let plan = PLAN.replace("[front_line]", "[front_line, trainer]");
    fs::write(folder.join("incentives/front_line.yaml"), plan).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = appraised(&company, &database).await;
        let simulation = simulate(&app, &folder).await.unwrap();
        assert_eq!((simulation.moved, simulation.other_currency, simulation.rankings.len()), (1, 1, 0));
        // 70 % of 3,000 for 45 of 91 days; then 70 % of 1,000 for 46 of 91 days.
        let costs: Vec<String> =
            simulation.costs.iter().map(|cost| format!("{} {}", cost.before(), cost.after())).collect();
        assert_eq!(costs, ["1038.46 CNY 0.00 CNY", "0.00 USD 353.85 USD"], "{}", database.name);
        assert_eq!(simulation.movers.unwrap()[0].pay_change(), PayChange::OtherCurrency);
    }
}
