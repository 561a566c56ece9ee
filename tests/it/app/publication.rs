//! Publication by unit, all at once, at a set time, and what agents will see before.

use std::time::Duration;

use chrono::TimeDelta;
use merit::app::{App, AppError, PublishOrder, Slice, Wanted, WorkOrder};
use merit::domain::agent_result::ResultState;
use merit::domain::authority::Role;
use merit::domain::cycle::{CycleAct, CycleState};
use merit::domain::job::{JobOrder, JobState};
use tokio::sync::watch;

use super::jobs::ended;
use super::reviews::person;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};
use crate::support::engines;

/// Approved; E001 and E002 work in T1, F001 in T2.
async fn approved(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    let units = "unit,parent,kind,name_en,name_zh\nT2,HQ,team,Team 2,二组\n";
    let people = "employee_number,name,unit,post,from,fte,target_incentive,currency\nF001,F,T2,front_line,2026-01-01,1,3000,CNY\n";
    for (name, text) in [("t2.csv", units), ("f.csv", people)] {
        std::fs::write(company.path(name), text).unwrap();
        app.import_roster(&company.path(name), None, false).await.unwrap();
    }
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    for step in [CycleAct::BeginReview, CycleAct::Calibrate] {
        act(&app, FIRST_QUARTER, step).await.unwrap();
    }
    approve(&acting(&app, "approver", Role::Approver).await, FIRST_QUARTER).await.unwrap();
    app
}

fn units(units: &[String]) -> PublishOrder<'_> {
    PublishOrder { cycle: FIRST_QUARTER, units, approved: None }
}

async fn state(app: &App, number: &str) -> ResultState {
    app.agent_result(FIRST_QUARTER, number).await.unwrap().state
}

/// Whether the agent finds anything of their own.
async fn sees(agent: &App, number: &str) -> bool {
    let found = agent.scorecard(FIRST_QUARTER, number).await.is_ok();
    let listed = agent.scorecards(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows.len();
    let told = agent.personal_data(number).await.unwrap()["cycles"].as_array().unwrap().len();
    assert_eq!((listed, told), (usize::from(found), usize::from(found)));
    assert_eq!(agent.payout(FIRST_QUARTER, number).await.is_ok(), found);
    assert_eq!(agent.agent_result(FIRST_QUARTER, number).await.is_ok(), found);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_published_one_after_the_other() {
    let company = Company::new(2);
    let (one, two) = (["T1".to_owned()], ["T2".to_owned()]);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = approved(&company, &database.url).await;
        let (hr, other) = (acting(&app, "hr", Role::Hr).await, acting(&app, "hr-2", Role::Hr).await);
        let (first, second) = (person(&app, "E001", None).await, person(&app, "F001", None).await);
        assert_eq!((sees(&first, "E001").await, sees(&second, "F001").await), (false, false));

        let unknown = hr.publish(units(&["T9".to_owned()])).await.unwrap_err();
        assert!(matches!(unknown, AppError::NotFound(_)), "{unknown}");
        assert!(matches!(first.publish(units(&[])).await, Err(AppError::Forbidden(_))));
        assert_eq!(hr.publish(units(&one)).await.unwrap().state, CycleState::Published);
        assert_eq!(
            (state(&app, "E001").await, state(&app, "F001").await),
            (ResultState::Published, ResultState::Calibrated)
        );
        assert_eq!((sees(&first, "E001").await, sees(&second, "F001").await), (true, false), "{}", database.name);
        // Who is not published yet cannot do anything about it either.
        assert!(second.acknowledge(FIRST_QUARTER, "F001", None).await.is_err());

        // Again by the same person it changes nothing; by another nothing is left of it; and nobody goes on without the rest.
        assert_eq!(hr.publish(units(&one)).await.unwrap().state, CycleState::Published);
        let nothing = other.publish(units(&one)).await.unwrap_err().to_string();
        assert!(nothing.starts_with("nothing of cycle 2026-Q2 waits for publication"), "{nothing}");
        let waiting = act(&hr, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap_err().to_string();
        assert_eq!(waiting, "1 results of cycle 2026-Q2 are not published yet: publish them first");
        for back in [CycleAct::SendBack, CycleAct::Cancel] {
            let order =
                merit::app::CycleOrder { cycle: FIRST_QUARTER, act: back, reason: Some("too late"), digest: None };
            assert!(matches!(hr.act_on_cycle(order).await, Err(AppError::Refused(_))), "{back}");
        }
        hr.publish(units(&two)).await.unwrap();
        assert!(sees(&second, "F001").await);
        assert!(matches!(other.publish(units(&[])).await, Err(AppError::Refused(_))), "all is published");
        act(&hr, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap();
        let events = app.cycle_events(FIRST_QUARTER).await.unwrap();
        let told: Vec<&[String]> = events
            .iter()
            .filter(|view| view.event.act == CycleAct::Publish)
            .map(|view| &view.event.units[..])
            .collect();
        assert_eq!(told, [&one, &two]);
        database.assert_counted().await;
        // Everybody is told once, when it is their turn.
        let notices =
            database.rows("SELECT about, count(*) FROM notice WHERE kind = 'results_published' GROUP BY about").await;
        assert_eq!(notices, [(FIRST_QUARTER.to_owned(), vec![2])]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_published_at_a_set_time_as_they_were_approved() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = approved(&company, &database.url).await;
        let (hr, chief) = (acting(&app, "hr", Role::Hr).await, acting(&app, "chief", Role::Approver).await);
        let order = || JobOrder::Publish { cycle: FIRST_QUARTER.into(), units: Vec::new(), approved: String::new() };
        let later = app.clock().now() + TimeDelta::hours(10);
        let early = hr.ask_job_at(order(), Some(later)).await.unwrap();
        assert_eq!(early.state, JobState::Queued);

        // A worker leaves it alone until then, and does what is to be done now.
        let (stop, stopped) = watch::channel(false);
        let work = |app: App, stopped| {
            let order = WorkOrder { workers: 1, rules: company.rules(), lost_after: Duration::from_secs(60) };
            tokio::spawn(async move { app.work(order, stopped).await })
        };
        let worker = work(app.clone(), stopped.clone());
        let pull = JobOrder::Pull { source: "daily".into(), from: None, to: None, allow_removals: false };
        let pull = app.ask_job(pull).await.unwrap();
        assert_eq!(ended(&app, pull.id).await.state, JobState::Done);
        assert_eq!(app.job(early.id).await.unwrap().state, JobState::Queued, "{}", database.name);
        stop.send_replace(true);
        worker.await.unwrap();

        // What was approved then is not what is approved by now.
        let back = merit::app::CycleOrder {
            cycle: FIRST_QUARTER,
            act: CycleAct::SendBack,
            reason: Some("look again"),
            digest: None,
        };
        chief.act_on_cycle(back).await.unwrap();
        assert!(matches!(hr.ask_job(order()).await, Err(AppError::Refused(_))), "nothing is approved");
        hr.score(FIRST_QUARTER, &|_| {}).await.unwrap();
        act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        approve(&chief, FIRST_QUARTER).await.unwrap();
        let again = hr.ask_job_at(order(), Some(later)).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let worker = work(app.clone().with_clock(merit::app::Clock::Fixed(later)), stopped);
        let stale = ended(&app, early.id).await;
        assert_eq!((stale.state, stale.problem.unwrap().code.as_str()), (JobState::Failed, "refused"));
        let done = ended(&app, again.id).await;
        assert_eq!(done.state, JobState::Done, "{:?}", done.problem);
        let result = hr.job(again.id).await.unwrap().result.unwrap();
        assert_eq!(result, serde_json::json!({ "state": "published", "units": [] }));
        stop.send_replace(true);
        worker.await.unwrap();
        assert_eq!(app.cycle(FIRST_QUARTER).await.unwrap().state, CycleState::Published);
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_the_agent_sees() {
    let company = Company::new(2);
    let app = approved(&company, &company.sqlite()).await;
    let (hr, agent) = (acting(&app, "hr", Role::Hr).await, person(&app, "E001", None).await);
    let before = hr.preview_for(FIRST_QUARTER, "E001").await.unwrap();
    assert!(!before.published && agent.scorecard(FIRST_QUARTER, "E001").await.is_err());
    assert!(agent.preview_for(FIRST_QUARTER, "E001").await.is_err());
    act(&hr, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
    assert_eq!(before.scorecard.detail, agent.scorecard(FIRST_QUARTER, "E001").await.unwrap());
    assert_eq!(before.payout.unwrap().detail, agent.payout(FIRST_QUARTER, "E001").await.unwrap());
    assert!(hr.preview_for(FIRST_QUARTER, "E001").await.unwrap().published);
}
