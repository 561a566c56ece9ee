//! The week, progress by unit, and the calibration room, in real Chromium.

use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::pages::Office;
use crate::app::reviews::in_review;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::act;

const RATED: &str = "/cycles/2026-Q2/calibration/E001";

#[tokio::test(flavor = "multi_thread")]
async fn another_rating_is_proposed_by_one_and_confirmed_by_another() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(6);
    let app = in_review(&company, &company.sqlite()).await;
    let office = Office::serving(company, app).await;
    let calculated = office.app.scorecard(FIRST_QUARTER, "E001").await.unwrap().summary.rating.unwrap();
    let other = ["A", "B", "C", "D"].into_iter().find(|rating| *rating != calculated).unwrap();
    let mut lead = office.session("s9", Some("S9"), Some((Role::Supervisor, Some("T1")))).await;
    let pages = [
        ("/week", ["Reviews not handed in", "尚未提交的评议"]),
        ("/cycles/2026-Q2/progress", ["Each unit with everything below it", "各单位含其全部下属"]),
        ("/cycles/2026-Q2/standing?unit=T1&state=scored", ["E001", "E001"]),
        ("/cycles/2026-Q2/calibration", ["beside the guidance", "参考比例仅供了解"]),
        ("/cycles/2026-Q2/calibration?unit=T1&metric=fcr_repeat", ["Agent 6 (E006)", "Agent 6 (E006)"]),
        ("/cycles/2026-Q2/calibration?unit=T1", ["People who lie apart", "评议人的宽严"]),
        ("/cycles/2026-Q2/proposals", ["No other rating is proposed", "没有另定评级的提议"]),
        (RATED, ["Propose another rating", "提议另定评级"]),
    ];
    office.check(&chromium, &lead, &pages).await;
    lead.get("/week?lang=en&format=csv").await.says(200, "Reviews not handed in,Agent 1 (E001),2026-Q2,Not begun");
    lead.get("/cycles/2026-Q2/progress?lang=en&format=csv").await.says(200, "T1,HQ,0,");
    lead.get("/cycles/2026-Q2/standing?lang=en&format=csv").await.says(200, "E001,Scored");
    let room = lead.get("/cycles/2026-Q2/calibration?unit=T1&lang=en&format=csv").await;
    assert!(room.body.lines().any(|line| line.starts_with("E001,") && line.contains('%')), "{}", room.body);

    chromium.widen(1280).await;
    chromium.open(&format!("{}{RATED}?lang=en", office.origin)).await;
    let chosen = format!("document.getElementById('rating').value = '{other}'");
    chromium.run(&format!("{chosen}; document.getElementById('reason').value = 'outside_influence'")).await;
    chromium.types("comment", "The queue was changed in May.").await;
    chromium.sends("comment").await;
    chromium.sees("Take it back").await;
    assert_eq!(chromium.complaints().await, Vec::<String>::new());

    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        (RATED, ["The queue was changed in May.", "The queue was changed in May."]),
        ("/cycles/2026-Q2/proposals?state=proposed", ["Proposed by", "提议人"]),
        ("/cycles/2026-Q2", ["Progress by unit", "各单位进度"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{RATED}?lang=en", office.origin)).await;
    chromium.clicks("Decline").await;
    chromium.sees("Say it in words").await;
    chromium.clicks("Confirm").await;
    chromium.sees("Confirmed").await;
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    hr.get("/cycles/2026-Q2/proposals?lang=en&format=csv").await.says(200, "Confirmed,s9,");
    // Decided already, it is not decided again; and strangers do not come in.
    let proposal = hr.get(RATED).await.body;
    let proposal = proposal.split(&format!("action=\"{RATED}/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    hr.submit(RATED, &format!("{RATED}/{proposal}"), &[("decision", "confirm")]).await.says(409, "meanwhile");
    let mut agent = office.session("e002", Some("E002"), None).await;
    for path in [RATED, "/cycles/2026-Q2/calibration", "/cycles/2026-Q2/proposals", "/week"] {
        let status = agent.get(path).await.status.as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_stands_beside_its_last_cycle() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(6);
    let app = in_review(&company, &company.sqlite()).await;
    app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
    act(&app, SECOND_QUARTER, CycleAct::BeginReview).await.unwrap();
    let office = Office::serving(company, app).await;
    let hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [("/cycles/2026-Q3/calibration?unit=T1", ["Beside 2026-Q2", "与 2026-Q2 对照"])];
    office.check(&chromium, &hr, &pages).await;
    // Auditors see it too; without a unit there is none.
    let mut auditor = office.session("auditor", None, Some((Role::Auditor, None))).await;
    let room = auditor.get("/cycles/2026-Q3/calibration?unit=T1&lang=en").await;
    assert!(room.body.contains("People who lie apart"), "{}", room.body);
    let whole = auditor.get("/cycles/2026-Q3/calibration").await;
    assert!(!whole.body.contains("People who lie apart"), "{}", whole.body);
}
