//! How an agent's results went over the cycles: whose, as far as whoever asks may see them, and where the figures mean the same.

use std::fs;

use merit::app::{AccountKind, AccountOrder, App, Slice, TokenKind, TokenOrder, WantedEntries, line_courses};
use merit::domain::authority::Role;

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::publish;
use crate::support::engines;
use crate::support::server::token_for;

/// Two quarters appraised, the first published; in the second, satisfaction is counted in another way.
async fn two_quarters(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    let metrics = company.rules().join("metrics.yaml");
    let usual = fs::read_to_string(&metrics).unwrap();
    for (quarter, counted) in [(FIRST_QUARTER, "Replies rated 4 or 5"), (SECOND_QUARTER, "Replies rated 4 or more")] {
        fs::write(&metrics, usual.replace("Replies rated 4 or 5", counted)).unwrap();
        app.open_cycle(quarter, None, &company.rules()).await.unwrap();
        app.appraise(quarter, &|_| {}).await.unwrap();
    }
    fs::write(&metrics, usual).unwrap();
    publish(&app, FIRST_QUARTER).await;
    app
}

async fn agent(app: &App, number: &str) -> App {
    let order = AccountOrder { kind: AccountKind::Person, login: number, name: number, agent: Some(number) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let order = TokenOrder { account, name: "own", kind: TokenKind::Token, only: None, expires_at: None };
    let token = app.create_token(order).await.unwrap().1;
    app.acting_as(app.bearer(&token).await.unwrap().unwrap())
}

async fn cycles(app: &App, number: &str) -> Vec<String> {
    app.course(number, None).await.unwrap().into_iter().map(|one| one.cycle).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_the_cycles_they_may_and_no_figure_is_compared_with_another_definition() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = two_quarters(&company, &database.url).await;
        let own = agent(&app, "E001").await;
        assert_eq!(
            cycles(&own, "E001").await,
            [FIRST_QUARTER],
            "{}: what is not published is not shown",
            database.name
        );
        assert_eq!(cycles(&own, "E002").await, Vec::<String>::new(), "nobody else's");
        assert_eq!(cycles(&own, "X9").await, Vec::<String>::new(), "who is not there looks the same");
        for (login, unit, seen) in [("lead", "T1", 2), ("chief", "HQ", 2)] {
            let token = token_for(&app, login, &[(Role::Supervisor, Some(unit), false)]).await;
            let lead = app.acting_as(app.bearer(&token).await.unwrap().unwrap());
            let course = lead.course("E001", None).await.unwrap();
            assert_eq!(course.len(), seen, "{}: {login}", database.name);
            assert!(course.iter().all(|one| one.paid.is_none()), "pay is for whom it was granted");
        }
        let first = app.cycle(FIRST_QUARTER).await.unwrap().period.first;
        let until = app.course("E001", Some(first)).await.unwrap();
        assert_eq!(until.iter().map(|one| one.cycle.as_str()).collect::<Vec<_>>(), [FIRST_QUARTER]);

        let course = app.course("E001", None).await.unwrap();
        for one in &course {
            let card = app.scorecard(&one.cycle, "E001").await.unwrap();
            assert_eq!(one.detail, card, "{}: as the scorecard itself", database.name);
            let payout = app.payout(&one.cycle, "E001").await.unwrap();
            assert_eq!(one.paid, Some(payout.summary.amount));
        }
        let lines = line_courses(&course);
        let of = |metric: &str| lines.iter().find(|line| line.metric.id.as_str() == metric).unwrap();
        let satisfaction = of("csat_t2b");
        assert_eq!(satisfaction.metric.numerator.en, "Replies rated 4 or more");
        let [then, now] = satisfaction.points.as_slice() else { panic!("{:?}", satisfaction.points) };
        assert_eq!(then.other_definition.as_ref().unwrap().numerator.en, "Replies rated 4 or 5");
        assert!(now.other_definition.is_none());
        for (point, one) in satisfaction.points.iter().zip(&course) {
            let card = one.detail.result.last_card().unwrap();
            let line = card.lines.iter().find(|line| line.metric.as_str() == "csat_t2b").unwrap();
            assert_eq!((point.value, point.interval), (line.value, line.interval));
            assert!(point.interval.is_some());
        }
        assert!(of("qa_score").points.iter().all(|point| point.other_definition.is_none()));

        // Others' are recorded, with whose pay was seen; one's own are not.
        let wanted = WantedEntries { act: Some("agent.read_course".into()), ..WantedEntries::default() };
        let entries = app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
        let details: Vec<&str> = entries.iter().map(|entry| entry.entry.record.detail.as_str()).collect();
        assert!(details.contains(&"cycles=2026-Q2,2026-Q3 pay=2026-Q2,2026-Q3"), "{details:?}");
        assert!(details.contains(&"cycles=2026-Q2,2026-Q3 pay="), "{details:?}");
        assert!(
            entries.iter().all(|entry| entry.entry.record.actor_account != own.actor().own_account().map(|one| one.id))
        );
    }
}
