//! Scorecards of units: pooled facts, worked by hand, on both engines.

use std::fmt::Write as _;
use std::fs;

use merit::app::{App, Slice, UnitCounts, WantedUnits};
use merit::domain::scorecard::LineResult;

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::engines;

const UNITS: &str = "unit,parent,kind,name_en,name_zh\n\
HQ,,headquarters,Head office,总部\n\
P1,HQ,province,Province,省\n\
T1,P1,team,Small team,小组\n\
T2,P1,team,Large team,大组\n\
W1,P1,warehouse,Warehouse,仓库\n";

/// E003 moves from the small team to the large one in the middle of the quarter.
const PEOPLE: &str = "employee_number,name,unit,post,from,to\n\
E001,Small,T1,front_line,2026-01-01,\n\
E002,Large,T2,front_line,2026-01-01,\n\
E003,Moves,T1,front_line,2026-01-01,2026-05-15\n\
E003,Moves,T2,front_line,2026-05-16,\n";

/// Figures of a company: agent, day, metric, reached, of, cases.
type Figure = (&'static str, &'static str, &'static str, u32, u32, u32);

const FIGURES: [Figure; 5] = [
    ("E001", "2026-04-06", "csat_t2b", 90, 100, 100),
    ("E002", "2026-04-06", "csat_t2b", 1700, 2000, 2000),
    ("E002", "2026-06-01", "complaint_7d", 194, 200, 200),
    ("E003", "2026-04-10", "qa_score", 45, 50, 50),
    ("E003", "2026-06-10", "qa_score", 40, 50, 50),
];

fn write_figures(company: &Company, figures: &[Figure]) {
    let mut rows = String::from("agent,day,metric,reached,of,cases\n");
    for (agent, day, metric, reached, of, cases) in figures {
        writeln!(rows, "{agent},{day},{metric},{reached},{of},{cases}").unwrap();
    }
    fs::write(company.path("daily.csv"), rows).unwrap();
}

fn two_teams() -> Company {
    let company = Company::new(1);
    fs::write(company.path("units.csv"), UNITS).unwrap();
    fs::write(company.path("people.csv"), PEOPLE).unwrap();
    write_figures(&company, &FIGURES);
    company
}

async fn lines(app: &App, cycle: &str, unit: &str) -> Vec<LineResult> {
    app.unit_scorecard(cycle, unit).await.unwrap().result.lines
}

/// Metric, points, effective weight and contribution of every line that counts.
async fn counted(app: &App, unit: &str) -> Vec<String> {
    let lines = lines(app, FIRST_QUARTER, unit).await;
    let counts = lines.iter().filter_map(|line| Some((line, line.points?)));
    counts
        .map(|(line, points)| format!("{} {points} × {} = {}", line.id, line.effective_weight, line.contribution))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_scored_by_pooled_facts_and_never_by_averages_of_averages() {
    let company = two_teams();
    let mut hashes = Vec::new();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let report = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!(report.units, UnitCounts { scored: 4, on_hold: 0, insufficient: 0 }, "no card measures a warehouse");
        // 90 of 100 is full marks; what E003 reached before the move is the small team's.
        assert_eq!(
            counted(&app, "T1").await,
            ["csat_t2b 100 × 57.142857 = 57.142857", "qa_score 66.666667 × 42.857143 = 28.571429",]
        );
        // 85 % and 80 % are where points begin.
        assert_eq!(
            counted(&app, "T2").await,
            [
                "csat_t2b 0 × 44.444445 = 0",
                "qa_score 0 × 33.333333 = 0",
                "complaint_7d 66.666667 × 22.222222 = 14.814815",
            ]
        );
        // 1790 of 2100 is 85.238095 %: the average of the teams' 90 % and 85 % would have earned 50 points.
        let of_the_province = [
            "csat_t2b 4.7619 × 44.444445 = 2.1164",
            "qa_score 33.333333 × 22.222222 = 7.407407",
            "complaint_7d 66.666667 × 33.333333 = 22.222222",
        ];
        assert_eq!(counted(&app, "P1").await, of_the_province);
        assert_eq!(counted(&app, "HQ").await, of_the_province, "all of it is below the head office");
        let satisfaction = &lines(&app, FIRST_QUARTER, "P1").await[0];
        assert_eq!((satisfaction.value.unwrap().to_string(), satisfaction.pooled.samples), ("85.238095".into(), 2100));
        let page = app.unit_scorecards(FIRST_QUARTER, &Slice::first(), &WantedUnits::default()).await.unwrap();
        let shown: Vec<String> = page
            .rows
            .iter()
            .map(|row| {
                format!("{} {} {:.2} {}", row.code, row.card, row.printed.unwrap(), row.rating.as_ref().unwrap())
            })
            .collect();
        assert_eq!(
            shown,
            ["HQ unit_branch 31.75 D", "P1 unit_branch 31.75 D", "T1 unit_team 85.71 A", "T2 unit_team 14.81 D",]
        );
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((replay.units, replay.differences), (4, vec![]), "{}", database.name);
        assert_eq!(replay.result_hash, report.result_hash);
        hashes.push((report.snapshot_hash, report.result_hash));
    }
    assert_eq!(hashes[0], hashes[1], "SQLite and PostgreSQL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_carries_the_points_of_the_cycle_before_whatever_becomes_of_that_cycle() {
    let figures: [Figure; 3] = [
        ("E002", "2026-04-06", "csat_t2b", 450, 500, 500),
        ("E002", "2026-04-06", "training_coverage", 38, 40, 40),
        ("E002", "2026-07-06", "csat_t2b", 450, 500, 500),
    ];
    let company = two_teams();
    for database in engines::databases(&company.path("merit.db")).await {
        write_figures(&company, &figures);
        let app = company.load(&database.url).await;
        for quarter in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(quarter, None, &company.rules()).await.unwrap();
            app.appraise(quarter, &|_| {}).await.unwrap();
        }
        let now = lines(&app, SECOND_QUARTER, "HQ").await;
        let training = now.iter().find(|line| &*line.id == "training_coverage").unwrap();
        let carried = training.carried.as_ref().unwrap();
        assert_eq!((carried.points.to_string().as_str(), &*carried.from), ("50", FIRST_QUARTER), "95 % of 90 to 100");
        assert_eq!(training.contribution.to_string(), "10", "weights 20 and 5 of 25");
        let total = app.unit_scorecard(SECOND_QUARTER, "HQ").await.unwrap().summary.total;
        assert_eq!(total.unwrap().to_string(), "90");
        let team = lines(&app, SECOND_QUARTER, "T2").await;
        assert!(team.iter().all(|line| line.carried.is_none()), "a team's card carries nothing");

        // What was carried is part of the later cycle's own snapshot.
        let lost = "DELETE FROM unit_scorecard WHERE run_id = (SELECT MIN(id) FROM run)";
        database.execute(lost).await;
        assert_eq!(app.replay(SECOND_QUARTER, &|_| {}).await.unwrap().differences, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_says_which_unit_card_was_changed_by_hand() {
    let company = two_teams();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let differences = async || {
            let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
            (replay.differing, replay.differences)
        };
        for (change, back, said) in [
            (
                "UPDATE unit_scorecard SET printed = printed + 10000 WHERE code = 'T1'",
                "UPDATE unit_scorecard SET printed = printed - 10000 WHERE code = 'T1'",
                "unit T1: /card/printed: stored ",
            ),
            (
                "UPDATE unit_scorecard SET kind = 'gang' WHERE code = 'T1'",
                "UPDATE unit_scorecard SET kind = 'team' WHERE code = 'T1'",
                "unit T1: /kind: stored \"gang\", recomputed \"team\"",
            ),
            (
                "UPDATE unit_scorecard SET parent_id = NULL WHERE code = 'T1'",
                "UPDATE unit_scorecard SET parent_id = (SELECT id FROM unit WHERE code = 'P1') WHERE code = 'T1'",
                "unit T1: /parent: stored null",
            ),
            (
                "UPDATE unit_scorecard SET unit_id = unit_id + 1 WHERE code = 'T1'",
                "UPDATE unit_scorecard SET unit_id = unit_id - 1 WHERE code = 'T1'",
                "unit T1: /code: stored \"another unit\"",
            ),
        ] {
            database.execute(change).await;
            let (differing, said_now) = differences().await;
            assert_eq!((differing, said_now.len()), (1, 1), "{said_now:?}");
            assert!(said_now[0].starts_with(said), "{said_now:?}");
            database.execute(back).await;
            assert_eq!(differences().await, (0, vec![]));
        }
        database.execute("UPDATE unit_scorecard SET code = 'ZZ' WHERE code = 'T2'").await;
        let (differing, said) = differences().await;
        assert_eq!(
            (differing, said),
            (
                2,
                vec![
                    "unit T2: no scorecard is stored".to_owned(),
                    "unit ZZ: a scorecard is stored, but the snapshot gives none".to_owned(),
                ]
            )
        );
        // The tree of units is part of the snapshot.
        database.execute("UPDATE unit_scorecard SET code = 'T2' WHERE code = 'ZZ'").await;
        database.execute("UPDATE run_unit SET parent_id = NULL WHERE code = 'T2'").await;
        let (_, said) = differences().await;
        assert!(said.iter().any(|said| said.starts_with("hash of the snapshot: ")), "{said:?}");
        assert!(said.iter().any(|said| said.starts_with("unit P1: /card/lines/0/")), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_units_have_no_card_is_said() {
    let company = two_teams();
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    let none = app.unit_scorecard(FIRST_QUARTER, "W1").await.unwrap_err();
    assert_eq!(
        none.to_string(),
        "cycle 2026-Q2 has no scorecard of unit 'W1': there was no such unit, or no card of the cycle's rules measures its kind"
    );
    let list = async |kind: Option<&str>, parent: Option<&str>| {
        let wanted = WantedUnits { kind: kind.map(str::to_owned), parent: parent.map(str::to_owned) };
        let page = app.unit_scorecards(FIRST_QUARTER, &Slice::first(), &wanted).await;
        page.map(|page| page.rows.into_iter().map(|row| row.code).collect::<Vec<_>>())
    };
    assert_eq!(list(Some("province"), None).await.unwrap(), ["P1"]);
    assert_eq!(list(None, Some("P1")).await.unwrap(), ["T1", "T2"]);
    assert!(list(Some("warehouse"), None).await.unwrap().is_empty());
    assert_eq!(list(None, Some("P9")).await.unwrap_err().to_string(), "there is no unit 'P9'");
}
