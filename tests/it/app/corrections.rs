//! Corrections after a cycle is final: new revisions, differences in pay posted elsewhere, closed figures as they were.

use std::fs;

use merit::app::{App, AppError, CorrectionOrder, Slice, WhoIsCorrected};
use merit::domain::agent_result::ResultState;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::appeals::{assert_replays, paid, person, total};
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::{act, acting, finalise, publish};
use crate::support::engines;

async fn finished(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    finalise(&app, FIRST_QUARTER).await;
    app
}

fn late() -> CorrectionOrder<'static> {
    CorrectionOrder { cycle: FIRST_QUARTER, who: WhoIsCorrected::AllLate, reason: "exports came late", post_in: None }
}

fn of(agent: &str) -> CorrectionOrder<'static> {
    CorrectionOrder { who: WhoIsCorrected::Agents(vec![agent.to_owned()]), ..late() }
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_stand_beside_closed_figures_and_their_pay_is_posted_in_an_open_cycle() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = finished(&company, &database.url).await;
        let agent = person(&app, "e003", "E003", &[]).await;
        let payroll = acting(&app, "payroll", Role::Payroll).await;
        let closed = (paid(&payroll, FIRST_QUARTER).await, total(&payroll, FIRST_QUARTER).await);
        let payout = app.payout(FIRST_QUARTER, "E003").await.unwrap();
        assert!(app.late_facts(FIRST_QUARTER, &Slice::first()).await.unwrap().rows.is_empty());
        let nothing = app.correct(late()).await.unwrap();
        assert!(nothing.revisions.is_empty() && nothing.corrected.is_empty());
        assert_eq!(app.correct(of("E001")).await.unwrap().unchanged, ["E001"]);

        company.write_figures(12);
        company.pull(&app).await.unwrap();
        let first = app.late_facts(FIRST_QUARTER, &Slice { limit: 3, after: None }).await.unwrap();
        assert_eq!((first.rows.len(), first.more), (3, true), "{}", database.name);
        let after = first.rows[2].agent_id.to_string();
        let last = app.late_facts(FIRST_QUARTER, &Slice { limit: 3, after: Some(after) }).await.unwrap();
        assert_eq!((last.rows.len(), last.more), (1, false));
        assert!(!first.rows[0].roster && first.rows[0].has_result && !first.rows[0].metrics.is_empty());

        // Nowhere to post it: nothing is corrected.
        let nowhere = app.correct(of("E003")).await.unwrap_err();
        assert!(matches!(&nowhere, AppError::Refused(why) if why.contains("no open cycle")), "{nowhere}");
        assert_eq!(app.agent_result(FIRST_QUARTER, "E003").await.unwrap().state, ResultState::Final);
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        let one = app.correct(of("E003")).await.unwrap();
        assert_eq!((one.revisions.as_slice(), one.posted_in.as_deref()), (&[2][..], Some(SECOND_QUARTER)));
        let once = one.corrected[0].adjustments[0].minor;
        assert_ne!(once, 0);
        assert_eq!(app.agent_result(FIRST_QUARTER, "E003").await.unwrap().state, ResultState::Corrected);

        // The closed figures are what they were; the scorecard says what it should have been.
        assert_eq!((paid(&payroll, FIRST_QUARTER).await, total(&payroll, FIRST_QUARTER).await), closed);
        assert_eq!(agent.payout(FIRST_QUARTER, "E003").await.unwrap(), payout);
        let revisions = agent.revisions(FIRST_QUARTER, "E003").await.unwrap();
        assert_eq!(revisions.iter().map(|one| one.kind).collect::<Vec<_>>(), [None, Some("corrected")]);
        let pay = revisions[1].difference.as_ref().unwrap().pay[0];
        assert_eq!((pay.before, pay.amount().unwrap().minor), (payout.summary.amount, once));
        let stands = agent.scorecard(FIRST_QUARTER, "E003").await.unwrap().summary;
        assert_eq!(Some(stands), revisions[1].scorecard);

        // A second correction posts what is different from the first.
        company.write_figures(25);
        company.pull(&app).await.unwrap();
        let all = app.correct(late()).await.unwrap();
        assert_eq!((all.corrected.len(), all.revisions.as_slice()), (4, &[3][..]));
        let newest = app.payout_in(FIRST_QUARTER, "E003", Some(3)).await.unwrap().summary.amount.minor;
        let posted = app.adjustments(SECOND_QUARTER, &Slice::first()).await.unwrap().rows;
        let own: Vec<_> = posted.iter().filter(|one| one.employee_number == "E003").collect();
        assert_eq!(own.iter().map(|one| one.amount.minor).sum::<i64>(), newest - payout.summary.amount.minor);
        assert!(own.iter().all(|one| one.of_cycle == FIRST_QUARTER && one.reason == "exports came late"));
        assert_eq!((paid(&payroll, FIRST_QUARTER).await, total(&payroll, FIRST_QUARTER).await), closed);
        assert!(app.late_facts(FIRST_QUARTER, &Slice::first()).await.unwrap().rows.is_empty());
        assert_replays(&app, FIRST_QUARTER, 5).await;

        // Payroll sees them when the cycle they are posted in is final, which is not cancelled before.
        assert!(payroll.adjustments(SECOND_QUARTER, &Slice::first()).await.unwrap().rows.is_empty());
        let cancelling = app
            .act_on_cycle(merit::app::CycleOrder {
                cycle: SECOND_QUARTER,
                act: CycleAct::Cancel,
                reason: Some("no use"),
                digest: None,
            })
            .await
            .unwrap_err();
        assert!(matches!(&cancelling, AppError::Refused(why) if why.contains("adjustments of pay")), "{cancelling}");
        for change in ["UPDATE pay_adjustment SET amount_minor = 1", "DELETE FROM pay_adjustment"] {
            assert!(database.try_execute(change).await.is_err(), "{}: {change}", database.name);
        }
        app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
        publish(&app, SECOND_QUARTER).await;
        for step in [CycleAct::BeginAppeals, CycleAct::Finalise] {
            act(&app, SECOND_QUARTER, step).await.unwrap();
        }
        let seen = payroll.adjustments(SECOND_QUARTER, &Slice { limit: 1, after: None }).await.unwrap();
        assert_eq!((seen.rows.len(), seen.more), (1, true));
        assert_replays(&app, SECOND_QUARTER, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_the_roster_is_corrected_and_who_may_not_does_not() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let early = app.correct(of("E001")).await.unwrap_err().to_string();
        assert!(early.contains("is scored: corrections are for final results"), "{early}");
        finalise(&app, FIRST_QUARTER).await;
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        let people = fs::read_to_string(company.path("people.csv")).unwrap();
        let mended = people.replace(
            "E003,Agent 3,T1,front_line,2026-01-01,1,3000,CNY",
            "E003,Agent 3,T1,front_line,2026-01-01,1,3500,CNY",
        );
        fs::write(company.path("mended.csv"), mended).unwrap();
        app.import_roster(&company.path("mended.csv"), None, false).await.unwrap();
        let late_agents = app.late_facts(FIRST_QUARTER, &Slice::first()).await.unwrap().rows;
        assert_eq!(late_agents.len(), 1, "{}", database.name);
        assert!(late_agents[0].roster && late_agents[0].metrics.is_empty());

        let hr = acting(&app, "hr", Role::Hr).await;
        for role in [Role::Supervisor, Role::Approver, Role::Payroll, Role::Auditor, Role::Admin] {
            let other = acting(&app, role.as_str(), role).await;
            assert!(matches!(other.correct(late()).await, Err(AppError::Forbidden(_))), "{role:?}");
            assert!(matches!(other.late_facts(FIRST_QUARTER, &Slice::first()).await, Err(AppError::Forbidden(_))));
        }
        for (order, kind) in [
            (CorrectionOrder { reason: " ", ..late() }, "invalid"),
            (CorrectionOrder { post_in: Some(FIRST_QUARTER), ..late() }, "refused"),
            (CorrectionOrder { post_in: Some("2031-Q1"), ..late() }, "not found"),
            (of("nobody"), "not found"),
        ] {
            let refused = hr.correct(order.clone()).await.unwrap_err();
            let as_said = match kind {
                "invalid" => matches!(refused, AppError::Invalid(_)),
                "refused" => matches!(refused, AppError::Refused(_)),
                _ => matches!(refused, AppError::NotFound(_)),
            };
            assert!(as_said, "{order:?}: {refused}");
        }
        let corrected = hr.correct(CorrectionOrder { post_in: Some(SECOND_QUARTER), ..late() }).await.unwrap();
        assert_eq!(corrected.corrected.len(), 1);
        let before = app.payout(FIRST_QUARTER, "E003").await.unwrap().summary.amount.minor;
        let now = app.payout_in(FIRST_QUARTER, "E003", Some(2)).await.unwrap().summary.amount.minor;
        assert_eq!(corrected.corrected[0].adjustments[0].minor, now - before);
        assert!(now > before);
        assert_replays(&app, FIRST_QUARTER, 1).await;
        database.assert_counted().await;
    }
}
