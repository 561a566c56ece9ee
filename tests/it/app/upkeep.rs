//! What ended long ago is cleared away, and nothing else.

use chrono::{DateTime, TimeDelta, Utc};
use merit::app::{App, AppError, Cleared, Clock, Retention, Slice};
use merit::domain::authority::Role;
use merit::domain::export::{Export, ExportFormat, ExportList};
use merit::domain::job::{JobOrder, JobState};
use merit::domain::text::Language;

use super::jobs::{Workers, ended, program};
use crate::support::command::{merit, printed};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

async fn at(database: &str, now: DateTime<Utc>) -> App {
    App::open(database, Clock::Fixed(now)).await.unwrap()
}

fn cleared(jobs: u64, notices: u64, files: u64) -> Cleared {
    Cleared { jobs, notices, files, uploads: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_jobs_notices_and_files_go_after_their_time_and_the_log_stays() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let people = Export {
            list: ExportList::People,
            format: ExportFormat::Csv,
            cycle: None,
            unit: None,
            language: Language::English,
        };
        let workers = Workers::start(&app, &company, 1);
        let exported = app.ask_job(JobOrder::Export(people)).await.unwrap().id;
        let appraised = app.ask_job(JobOrder::Appraise { cycle: FIRST_QUARTER.into() }).await.unwrap().id;
        for id in [exported, appraised] {
            assert_eq!(ended(&app, id).await.state, JobState::Done);
        }
        workers.end().await;
        let waiting = app.ask_job(JobOrder::Score { cycle: FIRST_QUARTER.into() }).await.unwrap().id;
        // Two moments of a schedule, the later of which says from when the next is counted; a notice that was sent, and one that waits.
        let past = "INSERT INTO job (public_id, kind, arguments, scope, state, asked_by, asked_at, finished_at, attempts, done, source, due_at)
            SELECT {id}, kind, arguments, scope, 'done', 'schedule:daily', asked_at, finished_at, 1, 0, 'daily', {due}
            FROM job WHERE finished_at IS NOT NULL ORDER BY id LIMIT 1";
        for number in [1, 2] {
            let (id, due) = if database.is_postgres() {
                (format!("'00000000-0000-0000-0000-00000000000{number}'"), format!("'2026-01-0{number}T06:00:00Z'"))
            } else {
                (format!("x'0000000000000000000000000000000{number}'"), format!("'2026-01-0{number}T06:00:00+00:00'"))
            };
            database.execute(&past.replace("{id}", &id).replace("{due}", &due)).await;
        }
        let person =
            merit::app::AccountOrder { kind: merit::app::AccountKind::Person, login: "lin", name: "Lin", agent: None };
        let lin = app.create_account(person).await.unwrap().account;
        let contact = async |email: Option<&str>, version: i64| {
            let email = email.map(str::to_owned);
            let order =
                merit::app::ContactOrder { email, language: Language::English, wishes: vec!["pull_failed".into()] };
            app.set_contact(lin.public_id, version, &order).await.unwrap().account.version
        };
        let version = contact(None, lin.version).await;
        let grant = merit::app::GrantOrder {
            account: lin.public_id,
            role: Role::Hr,
            unit: None,
            with_pay: false,
            first_day: None,
            last_day: None,
        };
        app.grant(grant).await.unwrap();
        // Without an address it is in the list at once; with one it waits for a sender.
        std::fs::rename(company.path("daily.csv"), company.path("away.csv")).unwrap();
        company.pull(&app).await.unwrap_err();
        contact(Some("lin@example.com"), version).await;
        company.pull(&app).await.unwrap_err();
        std::fs::rename(company.path("away.csv"), company.path("daily.csv")).unwrap();

        let entries = "SELECT count(*) FROM audit_entry WHERE act <> 'upkeep.clear'";
        let logged = database.figures(entries).await;
        let days = |count: i64| app.clock().now() + TimeDelta::days(count);
        let keep = Retention::USUAL;
        assert_eq!(app.clear_away(keep).await.unwrap(), cleared(0, 0, 0), "{}", database.name);
        let later = at(&database.url, days(6)).await;
        assert_eq!(later.clear_away(keep).await.unwrap(), cleared(0, 0, 0));
        assert!(app.job_file(exported).await.is_ok());
        let later = at(&database.url, days(8)).await;
        assert_eq!(later.clear_away(keep).await.unwrap(), cleared(0, 0, 1), "{}", database.name);
        let gone = app.job_file(exported).await.unwrap_err();
        assert!(matches!(&gone, AppError::NotFound(why) if why.contains("deleted after its time")), "{gone}");
        assert_eq!(app.job(exported).await.unwrap().state, JobState::Done, "the job is still told of");
        let later = at(&database.url, days(91)).await;
        assert_eq!(later.clear_away(keep).await.unwrap(), cleared(3, 1, 0), "{}", database.name);
        assert_eq!(later.clear_away(keep).await.unwrap(), cleared(0, 0, 0));
        for id in [exported, appraised] {
            assert!(matches!(app.job(id).await, Err(AppError::NotFound(_))));
        }
        assert_eq!(app.job(waiting).await.unwrap().state, JobState::Queued);
        let due = database.figures("SELECT count(*) FROM job WHERE source = 'daily'").await;
        assert_eq!(due, ["1"], "from the last, the next is counted");
        let notices = app.notices(&Slice::first(), None).await.unwrap().0;
        assert_eq!(notices.len(), 1);
        // Only reading the export's file was added meanwhile.
        let now: i64 = database.figures(entries).await[0].parse().unwrap();
        assert_eq!(now, logged[0].parse::<i64>().unwrap() + 1, "{}: the log stays", database.name);
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().problems, []);
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differing, 0, "what jobs did stays");

        let said = printed(merit(&company, &database.url).args(["upkeep", "--keep-days", "1"]).output().unwrap());
        assert_eq!(said, "Cleared away: 0 jobs, 0 notices, 0 files of exports, 0 uploaded files.\n");
        let (hr, _, _) = program(&app, "hr", Role::Hr).await;
        assert!(matches!(hr.clear_away(keep).await, Err(AppError::Forbidden(_))));
    }
}
