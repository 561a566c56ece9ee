//! A cycle from scored to closed: who may do what, when, and the four eyes on its results.

use merit::app::{App, AppError, CycleOrder, ExemptionOrder, Slice, Wanted};
use merit::domain::appraisal::ExemptionReason;
use merit::domain::authority::Role;
use merit::domain::cycle::{CycleAct, CycleState};

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve, finalise};
use crate::support::engines;
use crate::support::server::token_for;

async fn scored(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    app
}

async fn state(app: &App) -> CycleState {
    app.cycle(FIRST_QUARTER).await.unwrap().state
}

fn sending_back(reason: &str) -> CycleOrder<'_> {
    CycleOrder { cycle: FIRST_QUARTER, act: CycleAct::SendBack, reason: Some(reason), digest: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_goes_from_scored_to_closed_and_everything_else_is_refused() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = scored(&company, &database.url).await;
        let (hr, approver) = (acting(&app, "hr", Role::Hr).await, acting(&app, "chief", Role::Approver).await);
        let mut way = Vec::new();
        for next in [
            CycleAct::BeginReview,
            CycleAct::Calibrate,
            CycleAct::Approve,
            CycleAct::Publish,
            CycleAct::BeginAppeals,
            CycleAct::Finalise,
            CycleAct::Close,
        ] {
            refuse_all_but(&app, &approver, next).await;
            match next {
                CycleAct::Approve => approve(&approver, FIRST_QUARTER).await.unwrap(),
                _ => act(&hr, FIRST_QUARTER, next).await.unwrap(),
            };
            let again = match next {
                CycleAct::Approve => approve(&approver, FIRST_QUARTER).await.unwrap(),
                _ => act(&hr, FIRST_QUARTER, next).await.unwrap(),
            };
            way.push(again.state.as_str());
        }
        assert_eq!(way, ["in_review", "calibrated", "approved", "published", "appeal", "final", "closed"]);
        let events = app.cycle_events(FIRST_QUARTER).await.unwrap();
        let told: Vec<String> =
            events.iter().map(|view| format!("{} by {}", view.event.act, view.by.split(':').next().unwrap())).collect();
        assert_eq!(
            told,
            [
                "appraise by operator",
                "begin_review by hr",
                "calibrate by hr",
                "approve by chief",
                "publish by hr",
                "begin_appeals by hr",
                "finalise by hr",
                "close by hr"
            ]
        );
        assert_eq!(events[2].event.digest, events[3].event.digest, "what was approved is what was shown");
        for sql in ["UPDATE cycle_event SET act = 'close'", "DELETE FROM cycle_event"] {
            database.try_execute(sql).await.expect_err("events are kept");
        }
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

/// Every act that the state does not allow is refused, and changes nothing.
async fn refuse_all_but(app: &App, approver: &App, next: CycleAct) {
    let before = state(app).await;
    for other in CycleAct::ALL.into_iter().filter(|other| before.after(*other).is_none()) {
        assert_ne!(other, next);
        let error = match other {
            CycleAct::Approve => approver
                .act_on_cycle(CycleOrder { cycle: FIRST_QUARTER, act: other, reason: None, digest: Some("00") })
                .await
                .unwrap_err(),
            CycleAct::Freeze => app.freeze(FIRST_QUARTER, &|_| {}).await.map(drop).unwrap_err(),
            CycleAct::Score => app.score(FIRST_QUARTER, &|_| {}).await.map(drop).unwrap_err(),
            CycleAct::Appraise => app.appraise(FIRST_QUARTER, &|_| {}).await.map(drop).unwrap_err(),
            CycleAct::Open => continue,
            _ => {
                let order = CycleOrder { cycle: FIRST_QUARTER, act: other, reason: Some("to try"), digest: None };
                app.act_on_cycle(order).await.unwrap_err()
            }
        };
        let error = error.to_string();
        let wanted = format!("cycle '2026-Q2' is {}: it cannot be {}", before.as_str().replace('_', " "), other.done());
        assert!(error.starts_with(&wanted), "{other} from {before}: {error}");
        assert_eq!(state(app).await, before, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_they_prepared_or_did_not_see() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = scored(&company, &database.url).await;
        let chief = acting(&app, "chief", Role::Approver).await;
        let both = token_for(&app, "both", &[(Role::Hr, None, true), (Role::Approver, None, false)]).await;
        let both = app.acting_as(app.bearer(&both).await.unwrap().unwrap());
        act(&both, FIRST_QUARTER, CycleAct::BeginReview).await.unwrap();
        act(&app, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        // The operator appraised it, and the other began its review: neither approves it.
        for preparer in [&app, &both] {
            let own = approve(preparer, FIRST_QUARTER).await.unwrap_err();
            assert!(matches!(own, AppError::Refused(_)), "{own}");
            assert!(own.to_string().contains("who therefore does not approve it: somebody else has to"), "{own}");
        }
        let hr = acting(&app, "hr", Role::Hr).await;
        assert!(matches!(approve(&hr, FIRST_QUARTER).await.unwrap_err(), AppError::Forbidden(_)));

        let blind = CycleOrder { cycle: FIRST_QUARTER, act: CycleAct::Approve, reason: None, digest: None };
        assert!(matches!(chief.act_on_cycle(blind).await.unwrap_err(), AppError::Invalid(_)));
        let shown = chief.approval_sheet(FIRST_QUARTER).await.unwrap();
        let order = CycleOrder { digest: Some(&shown.digest), ..blind };

        // Meanwhile it is sent back, somebody is exempted, and it is scored anew.
        let unsaid = chief.act_on_cycle(sending_back(" ")).await.unwrap_err().to_string();
        assert_eq!(unsaid, "a cycle is not sent back without a reason: say why");
        chief.act_on_cycle(sending_back("E002 was on strike duty")).await.unwrap();
        assert_eq!(state(&app).await, CycleState::InReview);
        app.act_on_cycle(sending_back("as the chief says")).await.unwrap();
        assert_eq!(state(&app).await, CycleState::Scored);
        let exempt = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E002", by: None };
        app.exempt(exempt, ExemptionReason::Other, "strike duty").await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        for step in [CycleAct::BeginReview, CycleAct::Calibrate] {
            act(&app, FIRST_QUARTER, step).await.unwrap();
        }
        let late = app.lift_exemption(exempt).await.unwrap_err().to_string();
        assert!(
            late.contains("is calibrated: who is appraised can change only until the review is complete"),
            "{late}"
        );

        let stale = chief.act_on_cycle(order).await.unwrap_err();
        assert!(matches!(stale, AppError::Changed(_)), "{stale}");
        let stale = stale.to_string();
        for said in [
            "since that sheet was shown, the revision changed from 1 to 2",
            "the results changed",
            "the numbers of agents changed from",
            "exempt: 1",
            "the exemptions changed",
        ] {
            assert!(stale.contains(said), "{said}: {stale}");
        }
        assert!(!stale.contains("the rules changed"), "{stale}");
        let never = CycleOrder { digest: Some("ff"), ..blind };
        assert!(
            chief.act_on_cycle(never).await.unwrap_err().to_string().contains("no sheet of this cycle has that digest")
        );
        assert_eq!(state(&app).await, CycleState::Calibrated);
        // The other had a part in the first results only, which nobody approves any more.
        approve(&both, FIRST_QUARTER).await.unwrap();
        assert_eq!(state(&app).await, CycleState::Approved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_what_is_published_and_payroll_what_is_final() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = scored(&company, &database.url).await;
        let payroll = acting(&app, "payroll", Role::Payroll).await;
        let agent = agent(&app, "E001").await;
        let seen = async || {
            let own = agent.scorecard(FIRST_QUARTER, "E001").await.is_ok()
                && agent.payout(FIRST_QUARTER, "E001").await.is_ok();
            let listed = agent.scorecards(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows.len();
            assert_eq!(usize::from(own), listed);
            let data = agent.personal_data("E001").await.unwrap();
            assert_eq!(data["cycles"].as_array().unwrap().len(), listed, "{data}");
            let paid = payroll.payouts(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows.len();
            assert_eq!(payroll.payout(FIRST_QUARTER, "E001").await.is_ok(), paid > 0);
            assert_eq!(payroll.payout_totals(FIRST_QUARTER).await.unwrap().is_empty(), paid == 0);
            (own, paid > 0)
        };
        assert_eq!(seen().await, (false, false), "scored");
        for step in [CycleAct::BeginReview, CycleAct::Calibrate] {
            act(&app, FIRST_QUARTER, step).await.unwrap();
        }
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        assert_eq!(seen().await, (false, false), "approved");
        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        assert_eq!(seen().await, (true, false), "published");
        act(&app, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap();
        assert_eq!(seen().await, (true, false), "appeal");
        act(&app, FIRST_QUARTER, CycleAct::Finalise).await.unwrap();
        assert_eq!(seen().await, (true, true), "final");
    }
}

async fn agent(app: &App, number: &str) -> App {
    use merit::app::{AccountKind, AccountOrder, TokenKind, TokenOrder};
    let order = AccountOrder { kind: AccountKind::Person, login: "agent", name: "Agent", agent: Some(number) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let token = TokenOrder { account, name: "agent", kind: TokenKind::Token, only: None, expires_at: None };
    let token = app.create_token(token).await.unwrap().1;
    app.acting_as(app.bearer(&token).await.unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_by_command() {
    let company = Company::new(2);
    let database = company.sqlite();
    let app = scored(&company, &database).await;
    let run = |arguments: &[&str]| merit(&company, &database).args(arguments).output().unwrap();
    assert_eq!(printed(run(&["cycle", "act", FIRST_QUARTER, "begin_review"])), "Cycle 2026-Q2 is in review.\n");
    printed(run(&["cycle", "act", FIRST_QUARTER, "calibrate"]));
    let sheet = printed(run(&["cycle", "sheet", FIRST_QUARTER]));
    assert!(sheet.contains("revision 1\n"), "{sheet}");
    assert!(sheet.contains("CNY to be paid\n"), "{sheet}");
    let digest = sheet.trim_end().rsplit(' ').next().unwrap();
    let own = refused(run(&["cycle", "act", FIRST_QUARTER, "approve", "--digest", digest]), 1);
    assert!(own.contains("somebody else has to"), "{own}");
    let unknown = refused(run(&["cycle", "act", FIRST_QUARTER, "reopen"]), 2);
    assert!(unknown.contains("use open, begin_review, calibrate, approve, send_back"), "{unknown}");
    let cancelled = printed(run(&["cycle", "act", FIRST_QUARTER, "cancel", "--reason", "wrong quarter"]));
    assert_eq!(cancelled, "Cycle 2026-Q2 is cancelled.\n");
    let history = printed(run(&["cycle", "history", FIRST_QUARTER, "--format", "csv"]));
    assert_eq!(history.lines().count(), 5, "{history}");
    assert!(history.contains("cancel,calibrated,cancelled"), "{history}");
    drop(app);
}

/// A cycle that ended does not stand in the way of a final one being replayed.
#[tokio::test(flavor = "multi_thread")]
async fn a_final_cycle_is_replayed() {
    let company = Company::new(2);
    let app = scored(&company, &company.sqlite()).await;
    finalise(&app, FIRST_QUARTER).await;
    let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
    assert_eq!((replay.agents, replay.differing), (2, 0));
}
