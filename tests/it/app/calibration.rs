//! Calibration: another rating than the calculated one, always by two people, always with a reason.

use merit::app::{AppError, CalibrationState, ExemptionOrder, RatingDecision, RatingProposal, Slice};
use merit::domain::appraisal::{CalibrationReason, ExemptionReason};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::reviews::{in_review, person};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};
use crate::support::engines;

fn proposal<'a>(employee_number: &'a str, rating: &'a str, comment: &'a str) -> RatingProposal<'a> {
    RatingProposal {
        cycle: FIRST_QUARTER,
        employee_number,
        rating,
        reason: CalibrationReason::OutsideInfluence,
        comment,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_proposed_by_one_confirmed_by_another_and_counts_when_scored() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let (hr, second) = (acting(&app, "hr", Role::Hr).await, acting(&app, "hr-2", Role::Hr).await);
        let lead = person(&app, "S9", Some((Role::Supervisor, "T1"))).await;
        let stranger = person(&app, "S8", Some((Role::Supervisor, "T2"))).await;
        let own = person(&app, "E001", None).await;
        let exempt = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E003", by: None };
        app.exempt(exempt, ExemptionReason::Secondment, "").await.unwrap();
        app.score(FIRST_QUARTER, &|_| {}).await.unwrap();
        let before = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
        let calculated = before.summary.rating.clone().unwrap();
        let other = ["A", "B", "C", "D"].into_iter().find(|rating| *rating != calculated).unwrap();

        for (who, order, why) in [
            (&lead, proposal("E001", other, " "), "comment: say why in words"),
            (&lead, proposal("E001", "Z", "x"), "rating: 'Z' is not one of the card's: "),
            (&lead, proposal("E001", &calculated, "x"), "rating: "),
            (&lead, proposal("S9", other, "x"), "nobody calibrates their own rating"),
            (
                &lead,
                proposal("E003", other, "x"),
                "E003 has no score in cycle 2026-Q2: there is no rating to calibrate",
            ),
            (&stranger, proposal("E001", other, "x"), "cycle 2026-Q2 has no result of agent 'E001' in review"),
            (&own, proposal("E001", other, "x"), "this account may not do this (propose_rating)"),
        ] {
            let refused = who.propose_rating(order).await.unwrap_err().to_string();
            assert!(refused.starts_with(why), "{refused}");
        }
        let proposed = lead.propose_rating(proposal("E001", other, "The queue was changed in May.")).await.unwrap();
        let id = proposed.calibration.public_id;
        assert_eq!(proposed.calibration.calculated.as_deref(), Some(calculated.as_str()));
        let twice = hr.propose_rating(proposal("E001", other, "again")).await.unwrap_err();
        assert!(matches!(twice, AppError::Conflict(_)), "{twice}");
        // Undecided, it keeps the cycle from being calibrated.
        let open = act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap_err().to_string();
        assert!(open.starts_with("nobody has decided about 1 proposed ratings"), "{open}");

        let decide = async |who: &merit::app::App, decision, comment: &str| {
            who.decide_rating(FIRST_QUARTER, id, decision, comment).await
        };
        assert!(matches!(decide(&lead, RatingDecision::Confirm, "").await, Err(AppError::Forbidden(_))));
        assert!(matches!(decide(&stranger, RatingDecision::Withdraw, "x").await, Err(AppError::NotFound(_))));
        let confirmed = decide(&hr, RatingDecision::Confirm, "").await.unwrap();
        assert_eq!(confirmed.calibration.state, CalibrationState::Confirmed);
        assert_eq!((confirmed.proposed_by.as_deref(), confirmed.decided_by.as_deref()), (Some("s9"), Some("hr")));
        let late = decide(&second, RatingDecision::Decline, "no").await.unwrap_err();
        assert!(matches!(late, AppError::Changed(_)), "{late}");
        let stale = act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap_err().to_string();
        assert!(stale.contains("score it again with 'merit cycle score 2026-Q2'"), "{stale}");

        app.score(FIRST_QUARTER, &|_| {}).await.unwrap();
        let after = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
        assert_eq!(after.summary.rating.as_deref(), Some(other), "{}", database.name);
        assert_eq!(after.summary.printed, before.summary.printed, "the score stays");
        let beside = after.result.calibrated.unwrap();
        assert_eq!(
            (beside.calculated.as_deref(), beside.reason),
            (Some(&*calculated), CalibrationReason::OutsideInfluence)
        );
        assert!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differences.is_empty());

        // What was confirmed can be taken back while the cycle is in review, and not after.
        decide(&second, RatingDecision::Withdraw, "The change of queue was in June.").await.unwrap();
        app.score(FIRST_QUARTER, &|_| {}).await.unwrap();
        let again = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
        assert_eq!((again.summary.rating.as_deref(), again.result.calibrated), (Some(calculated.as_str()), None));
        let listed = hr.calibrations(FIRST_QUARTER, &Slice::first(), None).await.unwrap().rows;
        assert_eq!((listed.len(), listed[0].calibration.state), (1, CalibrationState::Withdrawn));
        act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        let over = second.propose_rating(proposal("E001", other, "late")).await.unwrap_err().to_string();
        assert_eq!(over, "cycle 2026-Q2 is calibrated: ratings are calibrated while it is in review");
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_proposed_does_not_decide() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let hr = acting(&app, "hr", Role::Hr).await;
        let calculated = app.scorecard(FIRST_QUARTER, "E001").await.unwrap().summary.rating.unwrap();
        let other = ["A", "B"].into_iter().find(|rating| *rating != calculated).unwrap();
        // Operators included: the one who runs the commands beside the database is one person.
        for who in [&hr, &app] {
            let id = who.propose_rating(proposal("E001", other, "x")).await.unwrap().calibration.public_id;
            for decision in [RatingDecision::Confirm, RatingDecision::Decline] {
                let own = who.decide_rating(FIRST_QUARTER, id, decision, "x").await.unwrap_err().to_string();
                assert_eq!(own, "you proposed this rating: a second person decides about it");
            }
            who.decide_rating(FIRST_QUARTER, id, RatingDecision::Withdraw, "thought better of it").await.unwrap();
        }
        let declined = hr.propose_rating(proposal("E001", other, "x")).await.unwrap().calibration.public_id;
        let unsaid = app.decide_rating(FIRST_QUARTER, declined, RatingDecision::Decline, " ").await.unwrap_err();
        assert_eq!(unsaid.to_string(), "comment: say why in words");
        app.decide_rating(FIRST_QUARTER, declined, RatingDecision::Decline, "not shown").await.unwrap();
    }
}
