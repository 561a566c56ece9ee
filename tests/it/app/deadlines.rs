//! Deadlines of a cycle: set by a calendar, kept as they were told, and what becomes of silence.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use merit::app::{App, AppError, Clock, DeadlineOrder};
use merit::domain::agent_result::ResultState;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::deadline::{Stage, Standing};

use super::reviews::{in_review, person};
use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};
use crate::support::engines;

fn at(text: &str) -> Clock {
    Clock::Fixed(text.parse::<DateTime<Utc>>().unwrap())
}

fn plan(calendar: Option<&'static str>, days: &[(Stage, u16)]) -> DeadlineOrder<'static> {
    DeadlineOrder { cycle: FIRST_QUARTER, calendar, working_days: days.iter().copied().collect::<BTreeMap<_, _>>() }
}

async fn standing(app: &App, stage: Stage) -> (String, Standing) {
    let view = app.deadlines(FIRST_QUARTER).await.unwrap();
    let found = view.deadlines.iter().find(|deadline| deadline.stage == stage).unwrap();
    (found.due.to_string(), found.standing)
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_are_set_kept_and_told() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await.with_rules_folder(&company.rules());
        let (hr, agent) = (acting(&app, "hr", Role::Hr).await, person(&app, "E001", None).await);
        for (order, why) in [
            (
                plan(Some("mars"), &[]),
                "calendar: the rules have no calendar 'mars'; they have cn_service, round_the_clock",
            ),
            (plan(None, &[(Stage::Review, 0)]), "review: 0 is not a number of working days from 1 to 60"),
            (plan(None, &[(Stage::Appeal, 61)]), "appeal: 61 is not a number of working days from 1 to 60"),
        ] {
            let refused = hr.set_deadlines(&order).await.unwrap_err();
            assert!(matches!(&refused, AppError::Invalid(what) if **what == *why), "{refused}");
        }
        assert!(matches!(agent.set_deadlines(&plan(None, &[])).await, Err(AppError::Forbidden(_))));
        let view = hr.set_deadlines(&plan(Some("cn_service"), &[(Stage::Review, 7)])).await.unwrap();
        assert_eq!((view.plan.workdays.calendar(), view.plan.workdays.zone()), (Some("cn_service"), "Asia/Shanghai"));
        assert_eq!(view.left(Stage::Review), Some(2 + 7), "two agents and seven supervisors");

        // The calendar is kept as it was: its file may change.
        std::fs::remove_file(company.rules().join("calendars/cn_service.yaml")).unwrap();
        let (due, running) = standing(&agent, Stage::Review).await;
        assert_eq!(running, Standing::Running);
        let review = view.deadlines.iter().find(|deadline| deadline.stage == Stage::Review).unwrap();
        assert_eq!((review.due.to_string(), review.working_days), (due, 7));
        let late = view.plan.workdays.end_of(view.plan.workdays.after(review.due, 3));
        let late = agent.clone().with_clock(Clock::Fixed(late - chrono::TimeDelta::seconds(1)));
        assert_eq!(standing(&late, Stage::Review).await.1, Standing::Overdue { by: 3 });
        let overdue: Vec<_> = late.deadlines(FIRST_QUARTER).await.unwrap().overdue().collect();
        assert_eq!(overdue, [(Stage::Review, 3)]);
        std::fs::write(company.rules().join("calendars/cn_service.yaml"), CALENDAR).unwrap();

        act(&app, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        // What agents were told stays, whatever the calendar says by now.
        for (order, why) in [
            (plan(None, &[(Stage::Review, 7)]), "by the calendar that the cycle has"),
            (plan(Some("cn_service"), &[(Stage::Acknowledge, 4)]), "5 working days to acknowledge"),
            (plan(Some("cn_service"), &[(Stage::Appeal, 1)]), "5 working days to appeal"),
        ] {
            let refused = hr.set_deadlines(&order).await.unwrap_err();
            assert!(matches!(&refused, AppError::Refused(what) if what.contains(why)), "{refused}");
        }
        let longer =
            hr.set_deadlines(&plan(Some("cn_service"), &[(Stage::Appeal, 8), (Stage::Decide, 1)])).await.unwrap();
        assert_eq!(longer.plan.workdays, view.plan.workdays);
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

/// Another than before: every day is worked.
const CALENDAR: &str = "\
id: cn_service
name: { en: Always, zh: 全年 }
time_zone: Asia/Shanghai
hours: { monday: [00:00-24:00], tuesday: [00:00-24:00], wednesday: [00:00-24:00], thursday: [00:00-24:00], friday: [00:00-24:00], saturday: [00:00-24:00], sunday: [00:00-24:00] }
years: { \"2026\": { source: tests } }
";

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_taken_for_taking_note_once_its_time_is_over() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let agent = person(&app, "E001", None).await;
        act(&app, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        // Published on a Thursday: five working days are over with the next one.
        database.execute("UPDATE agent_result SET published_at = '2026-07-09T10:00:00+00:00'").await;
        agent.acknowledge(FIRST_QUARTER, "E001", Some("seen")).await.unwrap();
        let last = app.clone().with_clock(at("2026-07-16T23:59:59Z"));
        assert_eq!(last.deem_acknowledged().await.unwrap(), 0, "{}", database.name);
        let over = app.clone().with_clock(at("2026-07-17T00:00:00Z"));
        // However many servers look at once.
        let (one, two) = tokio::join!(over.deem_acknowledged(), over.deem_acknowledged());
        assert_eq!(one.unwrap() + two.unwrap(), 2 + 7);
        assert_eq!(over.deem_acknowledged().await.unwrap(), 0);
        let (spoke, silent) = (
            app.agent_result(FIRST_QUARTER, "E001").await.unwrap(),
            app.agent_result(FIRST_QUARTER, "E002").await.unwrap(),
        );
        assert_eq!((spoke.state, spoke.acknowledged_by_agent), (ResultState::Acknowledged, Some(true)));
        assert_eq!((silent.state, silent.acknowledged_by_agent), (ResultState::Acknowledged, Some(false)));
        assert_eq!(silent.acknowledged_at.unwrap(), at("2026-07-17T00:00:00Z").now());
        database.assert_counted().await;
        let entries = database
            .rows("SELECT act, count(*) FROM audit_entry WHERE act = 'result.deem_acknowledged' GROUP BY act")
            .await;
        assert_eq!(entries, [("result.deem_acknowledged".to_owned(), vec![1])]);
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_by_command() {
    let company = Company::new(2);
    let database = company.sqlite();
    let app = company.load(&database).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let run = |arguments: &[&str]| merit(&company, &database).args(arguments).output().unwrap();
    let set = printed(run(&["cycle", "deadlines", FIRST_QUARTER, "--calendar", "cn_service", "freeze=2", "appeal=9"]));
    assert!(set.starts_with("Cycle 2026-Q2 is open; working days by cn_service, Asia/Shanghai.\n"), "{set}");
    let shown = printed(run(&["cycle", "deadlines", FIRST_QUARTER, "--format", "csv"]));
    assert_eq!(shown.lines().nth(1).unwrap().split(',').take(3).collect::<Vec<_>>(), ["freeze", "2", "2026-07-02"]);
    assert!(shown.contains("\nappeal,9,"), "{shown}");
    let unknown = refused(run(&["cycle", "deadlines", FIRST_QUARTER, "lunch=1"]), 2);
    assert!(unknown.contains("write a stage and its working days, such as review=10"), "{unknown}");
}
