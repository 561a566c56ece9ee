//! Sources that are pulled by themselves: once however many servers there are, made up for once, told when overdue.

use std::fs;

use chrono::{DateTime, Utc};
use merit::app::{App, Clock, Schedules, Slice, SourceView};
use merit::domain::job::JobState;

use crate::support::company::Company;
use crate::support::engines;

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

/// A company whose source is pulled at six in Shanghai, which is 22:00 UTC.
fn company(more: &str) -> Company {
    let company = Company::new(1);
    let file = company.rules().join("sources/daily.yaml");
    let source = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{source}schedule:\n  cron: 0 6 * * *\n  overdue_after_hours: 30\n{more}")).unwrap();
    company
}

/// A server of this database at this moment.
async fn server(company: &Company, database: &str, now: DateTime<Utc>) -> App {
    App::open(database, Clock::Fixed(now)).await.unwrap().with_rules_folder(&company.rules())
}

/// The moments asked for, newest first, with the states of their jobs.
async fn asked(app: &App) -> Vec<(DateTime<Utc>, JobState)> {
    let jobs = app.jobs(&Slice::first(), None).await.unwrap().0;
    jobs.iter().for_each(|job| assert_eq!(job.asked_by, "schedule:daily"));
    jobs.into_iter().map(|job| (job.due_at.unwrap(), job.state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_asks_and_what_was_missed_is_made_up_for_once() {
    let company = company("");
    for database in engines::databases(&company.path("merit.db")).await {
        company.load(&database.url).await;
        let (mut here, mut there) = (Schedules::default(), Schedules::default());
        // Both are there before the moment, and look at it again and again.
        for now in ["10T21:58", "10T21:59"] {
            for schedules in [&mut here, &mut there] {
                let asked = server(&company, &database.url, at(now)).await.ask_due(schedules).await.unwrap();
                assert_eq!(asked, Vec::<String>::new());
            }
        }
        let (one, other) = (
            server(&company, &database.url, at("10T22:00")).await,
            server(&company, &database.url, at("10T22:00")).await,
        );
        let (first, second) = tokio::join!(one.ask_due(&mut here), other.ask_due(&mut there));
        assert_eq!([first.unwrap(), second.unwrap()].concat(), ["daily"], "{}", database.name);
        for schedules in [&mut here, &mut there] {
            let later = server(&company, &database.url, at("10T22:05")).await;
            assert_eq!(later.ask_due(schedules).await.unwrap(), Vec::<String>::new());
        }
        assert_eq!(asked(&one).await, [(at("10T22:00"), JobState::Queued)]);
        // No worker has taken it by the next day: a second would do the same again.
        let next = server(&company, &database.url, at("11T22:00")).await;
        assert_eq!(next.ask_due(&mut here).await.unwrap(), Vec::<String>::new());
        let id = one.jobs(&Slice::first(), None).await.unwrap().0[0].id;
        one.cancel_job(id).await.unwrap();
        // For three nights nobody was there.
        let after = server(&company, &database.url, at("15T08:00")).await;
        let mut schedules = Schedules::default();
        assert_eq!(after.ask_due(&mut schedules).await.unwrap(), ["daily"]);
        let again = server(&company, &database.url, at("15T08:01")).await;
        assert_eq!(again.ask_due(&mut schedules).await.unwrap(), Vec::<String>::new());
        assert_eq!(asked(&after).await, [(at("14T22:00"), JobState::Queued), (at("10T22:00"), JobState::Cancelled)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_makes_up_for_nothing_waits_for_the_next_time() {
    let company = company("  catch_up: none\n");
    let database = company.sqlite();
    company.load(&database).await;
    let mut schedules = Schedules::default();
    let step = async |now: &str, schedules: &mut Schedules| {
        server(&company, &database, at(now)).await.ask_due(schedules).await.unwrap().len()
    };
    assert_eq!(step("10T21:59", &mut schedules).await, 0);
    assert_eq!(step("10T22:00", &mut schedules).await, 1);
    let app = server(&company, &database, at("10T22:01")).await;
    app.cancel_job(app.jobs(&Slice::first(), None).await.unwrap().0[0].id).await.unwrap();
    let mut restarted = Schedules::default();
    assert_eq!(step("15T08:00", &mut restarted).await, 0);
    assert_eq!(step("15T22:00", &mut restarted).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_says_when_it_is_due_and_overdue() {
    let company = company("  time_zone: Europe/Berlin\n");
    for database in engines::databases(&company.path("merit.db")).await {
        let loaded = company.load(&database.url).await;
        let only = async |now: DateTime<Utc>| -> SourceView {
            server(&company, &database.url, now).await.sources().await.unwrap().pop().unwrap()
        };
        let pulled = loaded.pulls(None, &Slice::first()).await.unwrap().0.pop().unwrap().finished_at.unwrap();
        let source = only(pulled).await;
        assert_eq!(source.schedule, Some(("0 6 * * *".into(), "Europe/Berlin".into())));
        assert_eq!((source.last_complete_at, source.overdue), (Some(pulled), false));
        assert!(source.next_due.unwrap() > pulled && source.last_pull.unwrap().state == "complete");
        assert!(only(pulled + chrono::TimeDelta::hours(31)).await.overdue, "{}", database.name);
        database.execute("UPDATE pull SET state = 'failed'").await;
        let source = only(pulled).await;
        assert_eq!((source.last_complete_at, source.overdue), (None, true));
    }
}
