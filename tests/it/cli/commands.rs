//! The way from an empty database to results, and what commands say when something is wrong.

use std::fs;

use serde_json::Value;

use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_by_commands() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        let run = |arguments: &[&str]| merit(&company, &database.url).args(arguments).output().unwrap();
        let early = refused(run(&["cycle", "list"]), 1);
        assert_eq!(early, "error: the database has not this version's tables yet: run 'merit migrate' first\n");
        printed(run(&["migrate"]));
        assert_eq!(printed(run(&["migrate"])), "The database is up to date.\n");
        printed(run(&["roster", "import", "units.csv"]));
        let roster = printed(run(&["roster", "import", "people.csv"]));
        assert!(roster.contains("agents: 4 added, 0 changed"), "{roster}");
        let dry = printed(run(&["pull", "daily", "--dry-run"]));
        assert!(dry.contains("(dry run, nothing was changed)") && dry.contains("facts: 624 added"), "{dry}");
        let pull = printed(run(&["pull", "daily"]));
        assert!(
            pull.contains(" 624 rows read\n") && pull.contains(" 624 used\n  facts: 624 added, 0 changed, 0 removed"),
            "{pull}"
        );
        let days = ["--from", "2026-04-01", "--to", "2026-09-30"];
        let facts = printed(run(&[&["facts", "list", "E001", "--format", "csv"], &days[..]].concat()));
        assert_eq!(facts.lines().next(), Some("day,metric,segment,source,numerator,denominator,samples"));
        assert_eq!(facts.lines().count(), 1 + 624 / 4, "{facts}");
        let one =
            printed(run(&[&["facts", "list", "E001", "--metric", "exam", "--format", "csv"], &days[..]].concat()));
        assert!(one.lines().skip(1).all(|line| line.contains(",exam,,daily,")), "{one}");
        assert_eq!(printed(run(&["facts", "rebuild"])), "All sums are those of their days; nothing was changed.\n");
        let card = company.rules().join("scorecards/front_line.yaml");
        let guided = fs::read_to_string(&card).unwrap().replace("# guidance: ", "guidance: ");
        fs::write(&card, guided).unwrap();
        printed(run(&["cycle", "open", "2026-Q2", "--rules", "rules"]));
        let appraised = printed(run(&["appraise", "2026-Q2"]));
        assert!(appraised.contains(" 4 scored\n") && appraised.contains(" 2 units scored\n"), "{appraised}");
        let spread = printed(run(&["spread", "2026-Q2"]));
        assert!(
            spread.contains("front_line") && spread.contains("no rating is changed to meet the guidance"),
            "{spread}"
        );
        let spread: Value = serde_json::from_str(&printed(run(&["spread", "2026-Q2", "--format", "json"]))).unwrap();
        let bands = spread.as_array().unwrap();
        assert_eq!(bands.iter().map(|band| band["agents"].as_i64().unwrap()).sum::<i64>(), 4);
        assert_eq!(bands.iter().map(|band| band["agents_apart"].as_i64().unwrap()).sum::<i64>(), 0);
        let replay = printed(run(&["replay", "2026-Q2"]));
        assert!(
            replay
                .starts_with("Cycle 2026-Q2: 4 results of agents and 2 of units recomputed, all the same to the byte."),
            "{replay}"
        );

        let cards: Value = serde_json::from_str(&printed(run(&["scorecard", "2026-Q2", "--format", "json"]))).unwrap();
        assert_eq!(cards.as_array().unwrap().len(), 4);
        assert_eq!(cards[0]["employee_number"], "E001");
        let csv = printed(run(&["payouts", "2026-Q2", "--format", "csv"]));
        assert_eq!(csv.lines().next(), Some("employee_number,name,unit,plan,amount,currency,withheld"));
        assert_eq!(csv.lines().count(), 5);
        let one = printed(run(&["scorecard", "2026-Q2", "E004"]));
        assert!(one.contains("sum of contributions") && one.contains("score "), "{one}");
        let below = printed(run(&["scorecard", "2026-Q2", "--below", "HQ", "--format", "csv"]));
        assert_eq!(below.lines().count(), 5, "{below}");
        let units = printed(run(&["scorecard", "2026-Q2", "--units", "--format", "csv"]));
        assert_eq!(units.lines().next(), Some("unit,name_en,name_zh,kind,parent,card,state,score,rating"));
        let rows: Vec<&str> = units.lines().skip(1).collect();
        assert!(rows[0].starts_with("HQ,Head office,总部,headquarters,,unit_branch,scored,"), "{units}");
        assert!(rows[1].starts_with("T1,Team 1,一组,team,HQ,unit_team,scored,") && rows.len() == 2, "{units}");
        let right_below = printed(run(&["scorecard", "2026-Q2", "--units", "--below", "HQ", "--format", "csv"]));
        assert_eq!(right_below.lines().skip(1).collect::<Vec<_>>(), rows[1..]);
        let team = printed(run(&["scorecard", "2026-Q2", "--unit", "T1"]));
        assert!(team.starts_with("T1 Team 1 一组 · team · card unit_team\n") && team.contains("\nscore "), "{team}");
        let team: Value =
            serde_json::from_str(&printed(run(&["scorecard", "2026-Q2", "--unit", "T1", "--format", "json"]))).unwrap();
        assert_eq!((&team[0]["unit"], &team[0]["metric"]), (&"T1".into(), &"csat_t2b".into()));
        let told = printed(run(&["scorecard", "2026-Q2", "--unit", "T1", "--explain"]));
        assert!(told.starts_with("T1 Team 1 一组 · team\n\n[csat_t2b] "), "{told}");
        refused(run(&["scorecard", "2026-Q2", "--units", "--explain"]), 2);
        let no_unit = refused(run(&["scorecard", "2026-Q2", "--unit", "T9"]), 1);
        assert!(no_unit.starts_with("error: cycle 2026-Q2 has no scorecard of unit 'T9': "), "{no_unit}");
        refused(run(&["scorecard", "2026-Q2", "E004", "--units"]), 2);
        printed(run(&["payouts", "2026-Q2", "E004"]));
        let paid = printed(run(&["payouts", "2026-Q2", "--below", "T1", "--format", "csv"]));
        assert_eq!(paid, printed(run(&["payouts", "2026-Q2", "--unit", "T1", "--format", "csv"])));
        printed(run(&["plans", "2026-Q2"]));
        let told = printed(run(&["scorecard", "2026-Q2", "E004", "--explain"]));
        assert!(told.contains("[csat_t2b] Customer satisfaction (top two): "), "{told}");
        assert!(told.contains("With two decimals the score is "), "{told}");
        let told = printed(run(&["scorecard", "2026-Q2", "E004", "--explain", "--lang", "zh"]));
        assert!(
            told.contains("[csat_t2b] 客户满意度（4–5 分占比）：") && told.contains("保留两位小数，得分 "),
            "{told}"
        );
        let nobody = refused(run(&["scorecard", "2026-Q2", "E999"]), 1);
        assert_eq!(nobody, "error: cycle 2026-Q2 has no scorecard of agent 'E999'\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_pulls_end_with_their_own_code_and_show_what_was_set_aside() {
    let company = Company::new(2);
    company.load(&company.sqlite()).await;
    let mut export = fs::read_to_string(company.path("daily.csv")).unwrap();
    export.push_str("E777,2026-09-29,csat_t2b,9,10,10\n");
    fs::write(company.path("daily.csv"), export).unwrap();
    let output = merit(&company, &company.sqlite()).args(["pull", "daily", "--strict"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stdout).unwrap();
    let show = said.lines().find_map(|line| line.trim().strip_prefix("rows set aside: merit ")).unwrap();
    let arguments: Vec<&str> = show.split(' ').chain(["--format", "json"]).collect();
    let rows: Value =
        serde_json::from_str(&printed(merit(&company, &company.sqlite()).args(arguments).output().unwrap())).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert!(rows[0]["reason"].as_str().unwrap().contains("E777"), "{rows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_by_commands() {
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    fs::write(
        company.path("leads.csv"),
        "employee_number,name,unit,post,from\nS1,Lead,T1,supervisor,2026-01-01\nS9,Head,HQ,supervisor,2026-01-01\n",
    )
    .unwrap();
    app.import_roster(&company.path("leads.csv"), None, false).await.unwrap();
    let rows = "S1,S9,supervisor,ownership,4\nS1,S9,supervisor,integrity,4\nS1,S9,supervisor,ownership,9\n";
    fs::write(company.path("ratings.csv"), format!("employee_number,rater,group,item,value\n{rows}")).unwrap();
    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    printed(run(&["cycle", "open", "2026-Q2", "--rules", "rules"]));
    printed(run(&["appraise", "2026-Q2"]));
    let card = printed(run(&["scorecard", "2026-Q2", "S1"]));
    assert!(card.contains("judged by form conduct: no ratings\nmeasured × 100 % = "), "{card}");
    printed(run(&["replay", "2026-Q2"]));
    let import = ["ratings", "import", "2026-Q2", "ratings.csv"];
    let dry = printed(run(&[&import[..], &["--dry-run"]].concat()));
    assert!(
        dry.starts_with("ratings.csv (dry run, nothing was changed): 3 rows read\n  ratings: 2 added, 0 changed\n"),
        "{dry}"
    );
    let first = printed(run(&import));
    let aside =
        "  1 rows set aside:\n    ratings.csv:4: '9' is not a level of form 'conduct'; its levels are 1, 2, 3, 4, 5\n";
    assert_eq!(first, format!("ratings.csv: 3 rows read\n  ratings: 2 added, 0 changed\n{aside}"));
    let strict = run(&[&import[..], &["--strict"]].concat());
    assert_eq!(strict.status.code(), Some(3));
    assert_eq!(
        String::from_utf8(strict.stdout).unwrap(),
        format!("ratings.csv: 3 rows read\n  nothing to change\n{aside}")
    );
}

#[test]
fn a_source_that_is_not_there_is_named_with_those_that_are() {
    let company = Company::new(1);
    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    printed(run(&["migrate"]));
    let said = refused(run(&["pull", "dialy"]), 1);
    assert!(said.ends_with("has no source 'dialy'; it has daily\n"), "{said}");
}

#[test]
fn check_lists_every_problem_with_file_line_and_column() {
    let company = Company::new(1);
    let metrics = company.rules().join("metrics.yaml");
    let text = fs::read_to_string(&metrics).unwrap();
    fs::write(&metrics, text.replacen("unit: percent", "unit: percentage", 1)).unwrap();
    let card = company.rules().join("scorecards/front_line.yaml");
    let text = fs::read_to_string(&card).unwrap();
    fs::write(&card, text.replacen("weight: 20", "weight: 19", 1)).unwrap();
    let output = merit(&company, "unused.db").arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let place = |file: &str| {
        said.lines().any(|line| {
            let rest = line.split_once(file).map(|(_, rest)| rest).unwrap_or_default();
            let mut parts = rest.splitn(4, ':');
            let number = |part: Option<&str>| part.is_some_and(|part| part.trim().parse::<u32>().is_ok());
            parts.next() == Some("") && number(parts.next()) && number(parts.next()) && line.contains("; ")
        })
    };
    assert!(place("metrics.yaml"), "{said}");
    assert!(place("scorecards/front_line.yaml"), "{said}");
}

#[test]
fn a_database_that_cannot_be_opened_is_said_without_its_password() {
    let company = Company::new(1);
    let address = "postgres://merit:geheim@127.0.0.1:1/none";
    let said = refused(merit(&company, address).args(["cycle", "list"]).output().unwrap(), 1);
    assert!(said.starts_with("error: cannot open the database"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}
