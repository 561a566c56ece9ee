//! Writing reviews in real Chromium and without scripts: by who leads somebody, by colleagues who were asked, of oneself.

use merit::domain::authority::Role;

use super::pages::Office;
use crate::app::reviews::in_review;
use crate::support::chromium::Chromium;
use crate::support::company::Company;

const ITEMS: [&str; 5] = ["ownership", "communication", "cooperation", "expertise", "integrity"];
/// The supervisor's review of S1.
const OF_S1: &str = "/cycles/2026-Q2/reviews/S1";

async fn office() -> Office {
    let company = Company::new(2);
    let app = in_review(&company, &company.sqlite()).await;
    Office::serving(company, app).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_reviews_the_people_they_lead_and_loses_nothing() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut lead = office.session("s9", Some("S9"), Some((Role::Supervisor, Some("T1")))).await;
    let mut other_window = lead.moved(&office.origin);
    let pages = [
        ("/reviews", ["Reviews of your people", "所辖人员的评议"]),
        ("/cycles/2026-Q2/reviews", ["Not begun", "未开始"]),
        ("/cycles/2026-Q2/reviews?state=handed_in", ["Nobody was found", "未找到任何人"]),
        (OF_S1, ["What was measured", "测得数值"]),
        ("/cycles/2026-Q2/reviews/S1/raters", ["Nobody was asked yet", "尚未邀请任何人"]),
    ];
    office.check(&chromium, &lead, &pages).await;

    // While one types, it is saved; what another window saved is not overwritten, and both are shown.
    chromium.widen(1280).await;
    chromium.open(&format!("{}{OF_S1}?lang=en", office.origin)).await;
    chromium.ticks("level-ownership-4").await;
    chromium.types("note-ownership", "owns what comes").await;
    chromium.sees("Saved ").await;
    let sheet = other_window.get(OF_S1).await.body;
    assert!(sheet.contains("owns what comes") && sheet.contains("name=\"version\" value=\""), "{sheet}");
    let version = sheet.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let other = [("version", version.as_str()), ("level.ownership", "2"), ("note.ownership", "seldom"), ("do", "save")];
    other_window.submit(OF_S1, OF_S1, &other).await.leads_to("/cycles/2026-Q2/reviews/S1?saved=1");
    chromium.types("comment", "A steady hand.").await;
    chromium.sees("press the button that saves to see both").await;
    chromium.clicks("Save the draft").await;
    chromium.sees("Saved meanwhile:").await;
    let both = chromium.text().await;
    assert!(both.contains("seldom"), "{both}");
    assert_eq!(chromium.run("return document.getElementById('note-ownership').value").await, "owns what comes");
    assert_eq!(chromium.run("return document.getElementById('comment').value").await, "A steady hand.");
    let complaints = chromium.complaints().await;
    assert!(complaints.iter().all(|one| one.contains("409")), "only the answer that tells of it: {complaints:?}");
    chromium.clicks("Save the draft").await;
    chromium.sees("The draft is saved.").await;
    assert!(other_window.get(OF_S1).await.body.contains("owns what comes"));

    for item in ITEMS {
        chromium.ticks(&format!("level-{item}-4")).await;
    }
    chromium.clicks("Save and go on to handing in").await;
    chromium.sees("This is what you hand in").await;
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
    office.check(&chromium, &lead, &[("/cycles/2026-Q2/reviews/S1/hand-in", ["A steady hand.", "提交"])]).await;
    chromium.open(&format!("{}/cycles/2026-Q2/reviews/S1/hand-in?lang=en", office.origin)).await;
    chromium.ticks("hand-in").await;
    chromium.sees("Handed in").await;
    assert_eq!(chromium.place().await, "/cycles/2026-Q2/reviews");
    lead.get("/cycles/2026-Q2/reviews?state=handed_in&format=csv").await.says(200, "S1,Supervisor S1,T1,Handed in");
    let about = [("/cycles/2026-Q2/reviews/S1/about", ["owns what comes", "owns what comes"])];
    office.check(&chromium, &lead, &about).await;

    // What came with an old form is not handed in.
    let hand_in = "/cycles/2026-Q2/reviews/S1/hand-in";
    lead.submit(hand_in, hand_in, &[("version", "1")]).await.says(409, "another window");
    // Words without a level are not lost either.
    let bare = [("version", "0"), ("note.ownership", "no level yet"), ("do", "save")];
    let answer = lead.submit("/cycles/2026-Q2/reviews/S2", "/cycles/2026-Q2/reviews/S2", &bare).await;
    answer.says(409, "has no level yet");
    assert!(answer.body.contains(">no level yet</textarea>"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_are_asked_rate_or_decline_and_people_assess_themselves() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut lead = office.session("s9", Some("S9"), Some((Role::Supervisor, Some("T1")))).await;
    let raters = "/cycles/2026-Q2/reviews/S1/raters";
    let asked = [("do", "invite"), ("group", "peer"), ("raters", "S2, S3\nS4")];
    lead.submit(raters, raters, &asked).await.leads_to(raters);
    let unknown = [("do", "invite"), ("group", "peer"), ("raters", "S1 X9")];
    lead.submit(raters, raters, &unknown).await.says(409, "S1, X9");
    lead.submit(raters, raters, &[("do", "withdraw"), ("raters", "S4")]).await.leads_to(raters);
    lead.submit(raters, raters, &[("do", "withdraw"), ("raters", "E001")]).await.says(409, "was not asked");

    let mut colleague = office.session("s2", Some("S2"), None).await;
    let pages = [
        ("/reviews", ["Supervisor S1 (S1)", "Supervisor S1 (S1)"]),
        (OF_S1, ["You are asked no more", "不再请您评价"]),
        ("/cycles/2026-Q2/reviews/S2", ["Your assessment of yourself", "自评"]),
    ];
    office.check(&chromium, &colleague, &pages).await;
    assert!(!colleague.get(OF_S1).await.body.contains("What was measured"));
    let rating = [("version", "1"), ("level.ownership", "5"), ("comment", ""), ("do", "hand_in")];
    colleague.submit(OF_S1, OF_S1, &rating).await.leads_to("/cycles/2026-Q2/reviews/S1/hand-in");
    let hand_in = "/cycles/2026-Q2/reviews/S1/hand-in";
    colleague.submit(hand_in, hand_in, &[("version", "2")]).await.leads_to("/reviews");
    colleague.get("/reviews?lang=en&format=csv").await.says(200, "2026-Q2,S1,Supervisor S1,Colleague,Handed in");

    let mut declining = office.session("s3", Some("S3"), None).await;
    declining.submit(OF_S1, "/cycles/2026-Q2/reviews/S1/decline", &[]).await.leads_to("/reviews");
    declining.get("/reviews?lang=en").await.says(200, "Declined");
    let about = lead.get("/cycles/2026-Q2/reviews/S1/about?lang=en").await;
    about.says(200, "Of colleagues only numbers are told");
    assert!(!about.body.contains("S2"), "nobody learns who said what: {}", about.body);

    // Whoever is not asked has nothing to write, and strangers see nothing.
    let mut stranger = office.session("e002", Some("E002"), None).await;
    for path in [OF_S1, "/cycles/2026-Q2/reviews", "/cycles/2026-Q2/reviews/S1/about", raters] {
        let status = stranger.get(path).await.status.as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
    let own = "/cycles/2026-Q2/reviews/E002";
    let said = [("version", "0"), ("comment", "I learnt a lot."), ("do", "hand_in")];
    stranger.submit(own, own, &said).await.leads_to("/cycles/2026-Q2/reviews/E002/hand-in");
    let page = "/cycles/2026-Q2/reviews/E002/hand-in";
    stranger.submit(page, page, &[("version", "1")]).await.leads_to("/reviews");
}
