//! A source that is overdue is told of: once each time, whichever server finds it, to who wishes to know.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use merit::app::{App, Clock, ContactOrder, GrantOrder, Schedules};
use merit::domain::authority::Role;
use merit::domain::notice::{NoticeKind, NoticeState};
use merit::domain::text::Language;

use super::{notices, person};
use crate::support::company::Company;
use crate::support::engines;

/// A server that looks at its schedules for the first time at this moment.
async fn looks(company: &Company, database: &str, now: DateTime<Utc>) -> App {
    let app = App::open(database, Clock::Fixed(now)).await.unwrap().with_rules_folder(&company.rules());
    app.ask_due(&mut Schedules::default()).await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_source_is_told_once_each_time() {
    let company = Company::new(1);
    let file = company.rules().join("sources/daily.yaml");
    let source = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{source}schedule: {{cron: 0 6 * * *, overdue_after_hours: 30}}\n")).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let loaded = company.load(&database.url).await;
        for (login, role, wish) in
            [("wishes", Role::Hr, true), ("does-not", Role::Hr, false), ("auditor", Role::Auditor, true)]
        {
            let account = person(&loaded, login, None, None).await;
            let wishes = if wish { vec!["source_overdue".to_owned()] } else { Vec::new() };
            let order =
                ContactOrder { email: Some(format!("{login}@example.com")), language: Language::English, wishes };
            loaded.set_contact(account.public_id, account.version, &order).await.unwrap();
            let (account, unit) = (account.public_id, None);
            let grant = GrantOrder { account, role, unit, with_pay: false, first_day: None, last_day: None };
            loaded.grant(grant).await.unwrap();
        }
        let pulled = loaded.clock().now();
        let hours = |count: i64| pulled + TimeDelta::hours(count);
        looks(&company, &database.url, hours(29)).await;
        assert_eq!(notices(&loaded).await, [], "{}: not yet", database.name);
        // Several find it at once, and again after they were started anew.
        tokio::join!(
            looks(&company, &database.url, hours(31)),
            looks(&company, &database.url, hours(31)),
            looks(&company, &database.url, hours(31)),
        );
        let app = looks(&company, &database.url, hours(40)).await;
        let told = notices(&loaded).await;
        assert_eq!(told.len(), 1, "{}: {told:?}", database.name);
        assert_eq!((told[0].kind, told[0].about.as_str()), (NoticeKind::SourceOverdue, "daily"));
        assert_eq!((told[0].login.as_deref(), told[0].state), (Some("wishes"), NoticeState::Waiting));
        // Pulled well, it may be overdue another time.
        company.pull(&app).await.unwrap();
        looks(&company, &database.url, hours(41)).await;
        assert_eq!(notices(&loaded).await.len(), 1);
        for later in [75, 76] {
            looks(&company, &database.url, hours(later)).await;
            assert_eq!(notices(&loaded).await.len(), 2, "{}", database.name);
        }
        let entries = "SELECT count(*), count(DISTINCT detail) FROM audit_entry WHERE act = 'source.overdue'";
        assert_eq!(database.figures(entries).await, ["2", "2"], "{}", database.name);
    }
}
