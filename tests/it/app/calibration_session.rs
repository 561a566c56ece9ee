//! What a calibration session looks at, from the database.

use std::collections::BTreeMap;

use merit::app::{AppError, ReviewAnswer, ReviewOrder};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::reviews::{in_review, person};
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::{act, acting};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_shows_who_lies_apart_the_last_cycle_and_who_judges_mildly() {
    let company = Company::new(6);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let (hr, lead) = (acting(&app, "hr", Role::Hr).await, person(&app, "S9", Some((Role::Supervisor, "T1"))).await);
        let elsewhere = person(&app, "S8", Some((Role::Supervisor, "T2"))).await;
        let items = ["ownership", "communication", "cooperation", "expertise", "integrity"];
        let give = |value: &str| -> BTreeMap<String, ReviewAnswer> {
            let answer = ReviewAnswer { value: value.parse().unwrap(), comment: String::new() };
            items.iter().map(|item| ((*item).to_owned(), answer.clone())).collect()
        };
        for number in ["S1", "S2", "S3", "S4", "S5"] {
            let order = ReviewOrder {
                cycle: FIRST_QUARTER,
                employee_number: number,
                version: 0,
                answers: give("5"),
                comment: "",
            };
            lead.submit_review(order).await.unwrap();
        }
        app.score(FIRST_QUARTER, &|_| {}).await.unwrap();

        let session = hr.calibration_session(FIRST_QUARTER, Some("T1")).await.unwrap();
        assert!(session.before.is_none(), "no cycle comes before");
        let numbers: Vec<&str> = session.agents.iter().map(|agent| agent.employee_number.as_str()).collect();
        assert_eq!(numbers[..7], ["E001", "E002", "E003", "E004", "E005", "E006", "S1"]);
        // One supervisor rated five; there is nobody to be milder than.
        let [rater] = &session.raters[..] else { panic!("{:?}", session.raters) };
        assert_eq!((&*rater.rater, rater.agents, rater.leniency.micros()), ("S9", 5, 0));
        assert_eq!(rater.judged, "100".parse().unwrap());
        // From the weakest to the strongest: both ends lie apart, the weakest below and the strongest above.
        let apart = |number: &str| {
            let at = numbers.iter().position(|known| *known == number).unwrap();
            session.outliers.agents.iter().find(|outlier| outlier.agent == at).unwrap()
        };
        assert!(apart("E001").lines.iter().all(|line| !line.above), "{}", database.name);
        assert!(apart("E006").lines.iter().all(|line| line.above));
        assert!(session.outliers.apart > 2 && session.outliers.apart < session.outliers.compared);
        let rated: i64 = session.spread.iter().flat_map(|card| &card.bands).map(|(_, agents)| agents).sum();
        assert_eq!(usize::try_from(rated).unwrap(), numbers.len());
        let own = lead.calibration_session(FIRST_QUARTER, None).await.unwrap();
        assert_eq!(own.agents.len(), numbers.len());
        assert!(elsewhere.calibration_session(FIRST_QUARTER, None).await.unwrap().agents.is_empty());
        let stranger = person(&app, "E001", None).await;
        assert!(matches!(stranger.calibration_session(FIRST_QUARTER, None).await, Err(AppError::Forbidden(_))));

        // The next quarter stands beside this one.
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
        act(&app, SECOND_QUARTER, CycleAct::BeginReview).await.unwrap();
        let next = hr.calibration_session(SECOND_QUARTER, Some("T1")).await.unwrap();
        let before = next.before.unwrap();
        assert_eq!((before.cycle.as_str(), before.moves.agents), (FIRST_QUARTER, before.moves.ratings.values().sum()));
        assert!(before.moves.agents >= 6);
        let earlier = app.scorecard(FIRST_QUARTER, "E003").await.unwrap().summary;
        let shown = next.agents.iter().find(|agent| agent.employee_number == "E003").unwrap();
        assert_eq!(shown.before, Some((earlier.printed.unwrap(), earlier.rating)));
    }
}
