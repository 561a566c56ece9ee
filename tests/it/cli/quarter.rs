//! `merit quarter run`: the whole way by one command, as far as one person may go, and on from wherever it stopped.

use std::fs;
use std::process::{Output, Stdio};

use merit::app::{App, Slice};
use merit::domain::authority::Role;
use merit::domain::cycle::{CycleAct, CycleState};

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{acting, approve};
use crate::support::engines::{self, Database};

fn run(company: &Company, database: &Database, until: &str) -> Output {
    let arguments = ["quarter", "run", FIRST_QUARTER, "--until", until, "--rules", "rules"];
    merit(company, &database.url).args(arguments).output().unwrap()
}

/// The roster alone.
async fn with_people(company: &Company, database: &Database) -> App {
    let app = App::open(&database.url, merit::app::Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    for file in ["units.csv", "people.csv"] {
        app.import_roster(&company.path(file), None, false).await.unwrap();
    }
    app
}

async fn acts(app: &App) -> Vec<CycleAct> {
    app.cycle_events(FIRST_QUARTER).await.unwrap().into_iter().map(|view| view.event.act).collect()
}

async fn state(app: &App) -> CycleState {
    app.cycle(FIRST_QUARTER).await.unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_by_one_command_stops_where_a_second_person_decides() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_people(&company, &database).await;
        let said = printed(run(&company, &database, "review"));
        for step in
            ["open: done now: 2026-04-01 to 2026-06-30", "pull: now\ndaily:\n", "freeze: now\n", "review: done now\n"]
        {
            assert!(said.contains(step), "{step}: {said}");
        }
        assert!(said.contains("  4 scored\n") && said.ends_with("Cycle 2026-Q2 is in review.\n"), "{said}");
        let wanted = [CycleAct::Freeze, CycleAct::Score, CycleAct::BeginReview];
        assert_eq!(acts(&app).await, wanted, "{}", database.name);

        // Again, it says what was done, and does nothing.
        let again = printed(run(&company, &database, "review"));
        for stage in ["freeze", "score", "review"] {
            assert!(again.contains(&format!("{stage}: done already, 20")), "{again}");
        }
        assert!(!again.contains(": now") && !again.contains("done now"), "{again}");
        assert_eq!(acts(&app).await, wanted);
        assert_eq!(app.pulls(None, &Slice::first()).await.unwrap().0.len(), 1);
        // A stage that lies behind is no reason to go back.
        assert!(printed(run(&company, &database, "freeze")).ends_with("Cycle 2026-Q2 is in review.\n"));

        let waits = refused(run(&company, &database, "closed"), 1);
        for part in
            ["not at the stage 'closed'", "approval of somebody", "not of operator:", "merit cycle sheet 2026-Q2"]
        {
            assert!(waits.contains(part), "{part}: {waits}");
        }
        assert_eq!(state(&app).await, CycleState::Calibrated);
        approve(&acting(&app, "approver", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        let window = refused(run(&company, &database, "final"), 1);
        assert!(window.contains("agents of cycle 2026-Q2 may appeal until"), "{window}");
        database.execute("UPDATE agent_result SET published_at = '2026-07-09T10:00:00+00:00'").await;
        let on = printed(run(&company, &database, "final"));
        for step in ["approved: done already", "published: done already", "final: done now\n"] {
            assert!(on.contains(step), "{step}: {on}");
        }
        assert!(printed(run(&company, &database, "closed")).ends_with("closed: done now\nCycle 2026-Q2 is closed.\n"));
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differing, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_named_and_once_it_is_gone_the_quarter_goes_on() {
    let company = Company::new(2);
    let database = engines::databases(&company.path("merit.db")).await.swap_remove(0);
    let app = with_people(&company, &database).await;
    let unknown = refused(run(&company, &database, "payday"), 2);
    assert!(
        unknown.contains("invalid value 'payday'") && unknown.contains("review, calibrated, approved"),
        "{unknown}"
    );
    let file = company.path("daily.csv");
    fs::rename(&file, company.path("elsewhere.csv")).unwrap();
    let missing = refused(run(&company, &database, "scored"), 1);
    assert!(
        missing.contains("not at the stage 'score': the pull of 'daily' failed:") && missing.contains("daily.csv"),
        "{missing}"
    );
    assert_eq!(state(&app).await, CycleState::Open);
    fs::rename(company.path("elsewhere.csv"), &file).unwrap();
    let said = printed(run(&company, &database, "in_review"));
    assert!(!said.contains("open: done now") && said.contains("pull: now"), "{said}");
    // What was decided since counts for nothing until it is scored anew.
    let order = merit::app::ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E001", by: None };
    app.exempt(order, merit::domain::appraisal::ExemptionReason::Secondment, "").await.unwrap();
    let guarded = refused(run(&company, &database, "calibrated"), 1);
    assert!(guarded.contains("score it again with 'merit cycle score 2026-Q2'"), "{guarded}");
    printed(merit(&company, &database.url).args(["cycle", "score", FIRST_QUARTER]).output().unwrap());
    assert!(printed(run(&company, &database, "calibrated")).ends_with("Cycle 2026-Q2 is calibrated.\n"));
    let cancel = ["cycle", "act", FIRST_QUARTER, "cancel", "--reason", "a mistake"];
    printed(merit(&company, &database.url).args(cancel).output().unwrap());
    let cancelled = refused(run(&company, &database, "closed"), 1);
    assert!(cancelled.contains("cycle 2026-Q2 is cancelled: no step leads on"), "{cancelled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_that_was_killed_goes_on_where_it_stands() {
    let company = Company::new(12);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_people(&company, &database).await;
        let mut eye = database.eye().await;
        let arguments = ["quarter", "run", FIRST_QUARTER, "--until", "review", "--rules", "rules"];
        for seen in [
            "SELECT count(*) FROM cycle",
            "SELECT count(*) FROM pull WHERE state = 'running'",
            "SELECT count(*) FROM pull WHERE state = 'complete'",
            "SELECT count(*) FROM run",
            "SELECT count(*) FROM cycle WHERE state = 'frozen'",
        ] {
            let mut command = merit(&company, &database.url);
            let mut child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while eye.count(seen).await == 0 && child.try_wait().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(printed(run(&company, &database, "review")).ends_with("Cycle 2026-Q2 is in review.\n"));
        let wanted = [CycleAct::Freeze, CycleAct::Score, CycleAct::BeginReview];
        assert_eq!(acts(&app).await, wanted, "{}: each once", database.name);
        let complete = "SELECT count(*) FROM pull WHERE state = 'complete'";
        assert_eq!(eye.count(complete).await, 1, "{}", database.name);
    }
}
