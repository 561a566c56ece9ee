//! Deadlines and publication by those who manage cycles, in real Chromium.

use chrono::TimeDelta;
use merit::app::Clock;
use merit::domain::authority::Role;
use merit::domain::cycle::{CycleAct, CycleState};

use super::pages::Office;
use crate::app::reviews::in_review;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};

const DEADLINES: &str = "/cycles/2026-Q2/deadlines";
const PUBLICATION: &str = "/cycles/2026-Q2/publication";

#[tokio::test(flavor = "multi_thread")]
async fn hr_sets_deadlines_and_sees_what_is_overdue() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(4);
    let app = in_review(&company, &company.sqlite()).await.with_rules_folder(&company.rules());
    let later = app.clock().now() + TimeDelta::days(30);
    let office = Office::serving(company, app.with_clock(Clock::Fixed(later))).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/cycles/2026-Q2", ["Overdue by", "逾期"]),
        ("/cycles/2026-Q2/progress", ["Cards on hold wait for", "待定评分卡等待"]),
        (DEADLINES, ["only become more", "只能增加"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let wrong = [("calendar", ""), ("review", "ten")];
    hr.submit(DEADLINES, &format!("{DEADLINES}?lang=en"), &wrong).await.says(409, "“ten” is not a number");
    hr.submit(DEADLINES, DEADLINES, &[("calendar", "mars")]).await.says(409, "have no calendar");

    chromium.widen(1280).await;
    chromium.open(&format!("{}{DEADLINES}?lang=en", office.origin)).await;
    chromium.types("days-review", "59").await;
    chromium.run("document.getElementById('calendar').value = 'cn_service'").await;
    chromium.sends("days-review").await;
    chromium.sees("by the calendar cn_service").await;
    chromium.sees("59").await;
    assert_eq!(chromium.place().await, "/cycles/2026-Q2");

    act(&office.app, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
    approve(&acting(&office.app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
    act(&office.app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
    let shorter = [("calendar", "cn_service"), ("appeal", "1")];
    hr.submit(DEADLINES, DEADLINES, &shorter).await.says(409, "only becomes longer");
    let mut agent = office.session("e002", Some("E002"), None).await;
    assert!([403, 404].contains(&agent.get(DEADLINES).await.status.as_u16()));
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_looked_at_then_published_at_a_time_or_by_unit() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(4);
    let app = in_review(&company, &company.sqlite()).await;
    act(&app, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
    approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
    let office = Office::serving(company, app).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let preview = "/cycles/2026-Q2/preview?number=E001";
    let pages = [
        (PUBLICATION, ["results wait for publication", "个结果等待发布"]),
        ("/cycles/2026-Q2/publication/confirm?scope=units&unit=T1&when=now", ["from then on", "可看到自己的结果"]),
        (preview, ["What E001 will see", "E001 将看到的内容"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    hr.get("/cycles/2026-Q2/preview?number=X9&lang=en").await.says(404, "X9");
    let confirm = format!("{PUBLICATION}/confirm?lang=en");
    hr.get(&format!("{confirm}&scope=units&when=now")).await.says(409, "Choose a unit");
    hr.get(&format!("{confirm}&scope=all&unit=T1&when=now")).await.says(409, "Choose a unit");
    hr.get(&format!("{confirm}&scope=all&when=later&at=2020-01-01T08:00")).await.says(409, "still to come");
    let stale = [("scope", "all"), ("when", "now"), ("digest", "of something else")];
    hr.submit(PUBLICATION, PUBLICATION, &stale).await.says(409, "other results");
    let stale = [("scope", "all"), ("when", "later"), ("at", "2099-01-01T08:00"), ("digest", "of something else")];
    hr.submit(PUBLICATION, PUBLICATION, &stale).await.says(409, "other results");

    chromium.widen(1280).await;
    chromium.open(&format!("{}{PUBLICATION}?lang=en", office.origin)).await;
    chromium.ticks("when-later").await;
    chromium.run("document.getElementById('at').value = '2099-01-01T08:00'").await;
    chromium.clicks("See what will happen").await;
    chromium.sees("1 Jan 2099 08:00 UTC").await;
    chromium.clicks("Publish at this time").await;
    chromium.sees("Waits until 1 Jan 2099 08:00 UTC").await;
    office.check(&chromium, &hr, &[(PUBLICATION, ["Waits until", "等待至"])]).await;
    chromium.open(&format!("{}{PUBLICATION}?lang=en", office.origin)).await;
    chromium.clicks("Cancel this job").await;
    chromium.sees("Cancelled").await;
    assert_eq!(office.app.cycle(FIRST_QUARTER).await.unwrap().state, CycleState::Approved);

    chromium.open(&format!("{}{PUBLICATION}?lang=en", office.origin)).await;
    chromium.ticks("scope-units").await;
    chromium.run("document.querySelector('input[name=unit][value=T1]').checked = true").await;
    chromium.clicks("See what will happen").await;
    chromium.clicks("Publish now").await;
    chromium.sees("What was done").await;
    assert_eq!(chromium.place().await, "/cycles/2026-Q2");
    assert_eq!(office.app.cycle(FIRST_QUARTER).await.unwrap().state, CycleState::Published);
    hr.get(&format!("{preview}&lang=en")).await.says(200, "they see it already");
    let mut agent = office.session("e001", Some("E001"), None).await;
    for path in [PUBLICATION, preview, "/cycles/2026-Q2/publication/confirm?scope=all&when=now"] {
        let status = agent.get(path).await.status.as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
}
