//! Corrections of final results, and figures that fell from one cycle to the next, in real Chromium.

use merit::domain::authority::Role;

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles;

const PAGE: &str = "/cycles/2026-Q2/corrections";

#[tokio::test(flavor = "multi_thread")]
async fn hr_corrects_what_came_late_and_everybody_sees_the_difference() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(4);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    cycles::finalise(&app, FIRST_QUARTER).await;
    app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
    // Other figures come after the end: everybody's, far from those before.
    company.write_figures(12);
    company.pull(&app).await.unwrap();
    let office = Office::serving(company, app).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    office.check(&chromium, &hr, &[(PAGE, ["today than their result", "本周期结果所依据的不同"])]).await;
    let late = hr.get(&format!("{PAGE}?lang=en&format=csv")).await;
    late.says(200, "E001,No,");
    chromium.widen(1280).await;
    chromium.open(&format!("{}{PAGE}?lang=en", office.origin)).await;
    chromium.ticks("who-named").await;
    chromium.types("reason", "The survey's export was late.").await;
    chromium.sends("reason").await;
    chromium.sees("Name somebody, or choose everybody.").await;
    assert_eq!(chromium.run("return document.getElementById('reason').value").await, "The survey's export was late.");
    chromium.ticks("who-named").await;
    chromium.types("numbers", "E003, E004").await;
    chromium.sends("reason").await;
    chromium.sees("Differences in pay are posted in 2026-Q3.").await;
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    hr.submit(PAGE, PAGE, &[("who", "named"), ("numbers", "X9"), ("reason", "x")]).await.says(409, "X9");
    let nothing = [("who", "named"), ("numbers", "E003"), ("reason", "again")];
    hr.submit(PAGE, &format!("{PAGE}?lang=en"), &nothing).await.says(200, "Nothing is different for E003.");
    let agent = office.session("e003", Some("E003"), None).await;
    let pages = [
        ("/cycles/2026-Q2/revisions/E003", ["The survey's export was late.", "The survey's export was late."]),
        ("/cycles/2026-Q2/scorecards/E003", ["Corrected", "已更正"]),
    ];
    office.check(&chromium, &agent, &pages).await;
    office.app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
    office
        .check(
            &chromium,
            &hr,
            &[("/cycles/2026-Q3/corrections", ["Corrections are for final results", "更正适用于已定稿的结果"])],
        )
        .await;
}
