//! Other rules are tried on a cycle from a form, and compared on a page. In real Chromium, with a worker.

use std::time::Duration;

use merit::app::WorkOrder;
use merit::domain::authority::Role;
use tokio::sync::watch;

use super::pages::Office;
use crate::app::simulate::{WEIGHTS, draft, small_company};
use crate::support::chromium::Chromium;
use crate::support::company::FIRST_QUARTER;

#[tokio::test(flavor = "multi_thread")]
async fn other_rules_are_tried_from_a_form_and_compared_on_a_page() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = small_company();
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    app.add_rules(&draft(&company, "draft", &WEIGHTS), Some("heavier"), None).await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    let order = WorkOrder { workers: 1, rules: company.rules(), lost_after: Duration::from_secs(60) };
    let worker = app.clone();
    tokio::spawn(async move { worker.work(order, stopped).await });
    let office = Office::serving(company, app).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/jobs", ["Try other rules on a cycle", "以其他规则试算周期"]),
        ("/jobs/simulate?cycle=2026-Q2", ["Version of the rules", "规则版本"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}/jobs/simulate?lang=en", office.origin)).await;
    chromium.run("const rules = document.getElementById('rules'); rules.value = [...rules.options].find((one) => one.text.includes('heavier')).value").await;
    chromium.sends("rules").await;
    chromium.sees("Look at the comparison").await;
    let job = chromium.place().await;
    chromium.clicks("Look at the comparison").await;
    chromium.sees("From which rating to which").await;
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
    let place = chromium.place().await;
    assert_eq!(place, format!("{job}/comparison"));
    // The figures worked by hand in app::simulate.
    let pages = [
        (place.as_str(), ["CNY 90.00", "¥90.00"]),
        (place.as_str(), ["USD −15.00", "USD −15.00"]),
        (place.as_str(), ["Who wins most (CNY)", "得益最多者（CNY）"]),
        (place.as_str(), ["Without scorecard", "无评分卡"]),
        (place.as_str(), ["E001", "E001"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let unknown = [("cycle", FIRST_QUARTER), ("rules", "nothing-such")];
    assert_eq!(hr.submit("/jobs/simulate", "/jobs/simulate", &unknown).await.status.as_u16(), 404);
    // What others would be paid is for whoever may see pay.
    let mut agent = office.session("e001", Some("E001"), None).await;
    for path in ["/jobs/simulate", place.as_str()] {
        let status = agent.get(path).await.status.as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
}
