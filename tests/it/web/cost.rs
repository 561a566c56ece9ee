//! What a cycle costs, as those see it who see pay.

use merit::domain::authority::Role;

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::SECOND_QUARTER;

#[tokio::test(flavor = "multi_thread")]
async fn cost_is_shown_by_unit_plan_card_and_rating_beside_the_cycle_before() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = Office::new().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/cycles/2026-Q3", ["Cost", "成本"]),
        ("/cycles/2026-Q3/cost", ["The thin bar below each is 2026-Q2.", "每条下方的细条为 2026-Q2"]),
        ("/cycles/2026-Q3/cost", ["By unit, each with everything below it", "按单位（含其下属）"]),
        ("/cycles/2026-Q2/cost", ["People paid", "发放人数"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let cost = office.app.cycle_cost(SECOND_QUARTER).await.unwrap();
    let list = hr.get("/cycles/2026-Q3/cost?format=csv&lang=en").await;
    assert!(list.header("content-disposition").contains("cost-2026-Q3.csv"));
    let total = cost.totals[0].amount().to_decimal().to_string();
    assert!(list.body.contains(&format!("In all,,CNY,{total},")), "{}", list.body);
    assert!(
        hr.get("/cycles/2026-Q3/cost?format=xlsx").await.header("content-disposition").contains("cost-2026-Q3.xlsx")
    );
    // Whoever sees the pay of a unit sees what that unit costs, and nothing above it.
    let mut supervisor = office.session("super", None, Some((Role::Supervisor, Some("T1")))).await;
    let page = supervisor.get("/cycles/2026-Q2/cost?lang=en").await;
    page.says(200, "/cycles/2026-Q2/units/T1");
    assert!(!page.body.contains("/cycles/2026-Q2/units/HQ"), "{}", page.body);
    let mut agent = office.session("e001", Some("E001"), None).await;
    assert_eq!(agent.get("/cycles/2026-Q2/cost").await.status.as_u16(), 403);
    assert_eq!(hr.get("/cycles/2030-Q1/cost").await.status.as_u16(), 404);
}
