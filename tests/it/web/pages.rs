//! Pages in real Chromium, in both languages: no complaint, no barrier, nothing sideways, and all of it without scripts.

use merit::app::{AccountKind, AccountOrder, App, GrantOrder};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use tokio::sync::oneshot;

use super::{PASSWORD, Place};
use crate::support::browser::Browser;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles;
use crate::support::server::listen;

#[tokio::test(flavor = "multi_thread")]
async fn before_and_after_sign_in() {
    let Some(chromium) = Chromium::start().await else { return };
    let place = Place::new().await;
    place.member("lin").await;
    let session = place.signed_in("lin").await.cookies["merit"].clone();
    let page = async |path: &str, texts: [&str; 2]| {
        for (language, text) in ["en", "zh"].into_iter().zip(texts) {
            let joint = if path.contains('?') { '&' } else { '?' };
            chromium.check(&format!("{}{path}{joint}lang={language}", place.origin), &[text]).await;
        }
    };
    page("/", ["This server is ready.", "服务运行正常。"]).await;
    page("/sign-in", ["Login", "登录名"]).await;
    page("/problems", ["Every error of the API", "接口的所有错误"]).await;
    page("/account", ["Sign in", "登录"]).await;
    chromium.keep_cookie("merit", &session).await;
    page("/account", ["What you may see and do", "权限"]).await;
    page("/", ["Audit log", "审计日志"]).await;
}

/// A company with two quarters, the first published, served to people with a password.
pub(super) struct Office {
    pub app: App,
    pub origin: String,
    company: Company,
    _stop: oneshot::Sender<()>,
}

impl Office {
    pub(super) async fn new() -> Self {
        let company = Company::new(12);
        let app = company.load(&company.sqlite()).await.with_rules_folder(&company.rules());
        for quarter in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(quarter, None, &company.rules()).await.unwrap();
            app.appraise(quarter, &|_| {}).await.unwrap();
        }
        cycles::publish(&app, FIRST_QUARTER).await;
        Self::serving(company, app).await
    }

    /// This company's Merit, served.
    pub(super) async fn serving(company: Company, app: App) -> Self {
        let (address, stop) = listen(&app).await;
        Self { app, origin: format!("http://{address}"), company, _stop: stop }
    }

    pub(super) fn company(&self) -> &Company {
        &self.company
    }

    /// The folder of the company's rules.
    pub(super) fn rules(&self) -> std::path::PathBuf {
        self.company.rules()
    }

    /// The session of somebody with this role, who is this agent.
    pub(super) async fn session(
        &self,
        login: &str,
        agent: Option<&str>,
        role: Option<(Role, Option<&str>)>,
    ) -> Browser {
        let order = AccountOrder { kind: AccountKind::Person, login, name: "Lin Yue", agent };
        let account = self.app.create_account(order).await.unwrap().account.public_id;
        if let Some((role, unit)) = role {
            let (first_day, last_day) = (None, None);
            self.app.grant(GrantOrder { account, role, unit, with_pay: true, first_day, last_day }).await.unwrap();
        }
        self.app.set_password(account, PASSWORD).await.unwrap();
        let mut browser = Browser::new(&self.origin);
        browser.sign_in(login, PASSWORD).await.leads_to("/");
        browser
    }

    /// What is true of every page, in both languages.
    pub(super) async fn check(&self, chromium: &Chromium, browser: &Browser, pages: &[(&str, [&str; 2])]) {
        chromium.open(&format!("{}/sign-in", self.origin)).await;
        chromium.keep_cookie("merit", &browser.cookies["merit"]).await;
        for (path, texts) in pages {
            for (language, text) in ["en", "zh"].into_iter().zip(texts) {
                let joint = if path.contains('?') { '&' } else { '?' };
                chromium.check(&format!("{}{path}{joint}lang={language}", self.origin), &[text]).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_agent() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = Office::new().await;
    let mut browser = office.session("e012", Some("E012"), None).await;
    let pages = [
        ("/me", ["Results by cycle", "各周期结果"]),
        ("/cycles/2026-Q2/scorecards/E012", ["Lines", "指标项"]),
        ("/cycles/2026-Q2/payouts/E012", ["Rounded once", "一次取整"]),
        ("/cycles/2026-Q2/what-if/E012?csat_t2b=99", ["As tried", "试算"]),
        ("/rules", ["In force from", "生效日"]),
    ];
    office.check(&chromium, &browser, &pages).await;
    // What is not published, and what is about others, is as if it were not there.
    for path in
        ["/cycles/2026-Q3/scorecards/E012", "/cycles/2026-Q2/scorecards/E002", "/people/E002", "/audit", "/access"]
    {
        let status = browser.get(path).await.status.as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
    let data = browser.get("/people/E012/data").await;
    assert!(data.header("content-disposition").starts_with("attachment") && data.body.contains("\"facts\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_prepare() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = Office::new().await;
    let mut browser = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/cycles", ["Published", "已发布"]),
        ("/cycles/2026-Q3", ["Begin the review", "开始复核"]),
        ("/cycles/2026-Q3/acts/begin_review", ["The cycle goes from", "周期将由"]),
        ("/cycles/2026-Q3/results", ["Agent 12", "Agent 12"]),
        ("/cycles/2026-Q3/results?unit=T1&state=exempt", ["Nobody was found", "未找到任何人"]),
        ("/cycles/2026-Q3/results?sort=least", ["Agent 12", "Agent 12"]),
        ("/cycles/2026-Q3/payouts", ["Agent 12", "Agent 12"]),
        ("/cycles/2026-Q3/plans", ["Suggested plans", "建议的改进计划"]),
        ("/cycles/2026-Q3/units", ["HQ", "HQ"]),
        ("/cycles/2026-Q3/units/T1?metric=fcr_repeat", ["Between the dashed lines", "两条虚线之间"]),
        ("/people", ["E012", "E012"]),
        ("/people/E003", ["Figures over time", "数值变化"]),
        ("/data", ["Daily figures", "Daily figures"]),
        ("/jobs", ["Nothing was asked for yet", "尚未提交任何任务"]),
    ];
    office.check(&chromium, &browser, &pages).await;
    let csv = browser.get("/cycles/2026-Q3/results?format=csv").await;
    assert_eq!(csv.body.lines().count(), 13, "{}", csv.body);
    assert!(browser.get("/people?format=xlsx").await.header("content-disposition").contains("people.xlsx"));
    // An act is done by its form, once, and the page then says so.
    let act = "/cycles/2026-Q3/acts/begin_review";
    browser.submit(act, act, &[("reason", "ready")]).await.leads_to("/cycles/2026-Q3");
    browser.get("/cycles/2026-Q3?lang=en").await.says(200, "Mark as calibrated");
    // One that the state does not allow says so, and why.
    browser.submit("/cycles/2026-Q3", "/cycles/2026-Q3/acts/publish", &[]).await.says(409, "Nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_look_after_it() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = Office::new().await;
    for act in [CycleAct::BeginReview, CycleAct::Calibrate] {
        cycles::act(&office.app, SECOND_QUARTER, act).await.unwrap();
    }
    let supervisor = office.session("super", None, Some((Role::Supervisor, Some("T1")))).await;
    let pages = [("/cycles/2026-Q3/units/T1", ["People beside each other", "人员对照"])];
    office.check(&chromium, &supervisor, &pages).await;
    let mut auditor = office.session("auditor", None, Some((Role::Auditor, None))).await;
    let rules = office.app.cycle(SECOND_QUARTER).await.unwrap().ruleset_hash;
    let version = format!("/rules/{rules}");
    let card = format!("{version}/cards/front_line");
    let pages = [
        ("/audit", ["cycle.calibrate", "cycle.calibrate"]),
        ("/audit?act=nothing.such", ["No entry was found", "未找到任何记录"]),
        (version.as_str(), ["What is measured", "测量内容"]),
        (card.as_str(), ["points by value", "数值与得分"]),
    ];
    office.check(&chromium, &auditor, &pages).await;
    auditor.submit("/audit", "/audit/verification?lang=en", &[]).await.says(200, "The log is whole");
    auditor
        .submit("/audit", "/cycles/2026-Q3/replay?lang=en", &[])
        .await
        .says(200, "Everything is the same: 12 agents");
    let admin = office.session("admin", None, Some((Role::Admin, None))).await;
    office.check(&chromium, &admin, &[("/access", ["auditor", "auditor"])]).await;
    let mut approver = office.session("approver", None, Some((Role::Approver, None))).await;
    let pages = [
        ("/approval", ["wait for approval", "等待审批"]),
        ("/cycles/2026-Q3/approval", ["Approve exactly this", "按此批准"]),
    ];
    office.check(&chromium, &approver, &pages).await;
    let sheet = "/cycles/2026-Q3/approval";
    approver.get(&format!("{sheet}?lang=zh")).await.says(200, "已评分 · ");
    approver.get(&format!("{sheet}?lang=en")).await.says(200, "Scored · ");
    let approve = "/cycles/2026-Q3/acts/approve";
    approver.submit(sheet, approve, &[("digest", "something else")]).await.says(409, "not what stands now");
    let digest = office.app.approval_sheet(SECOND_QUARTER).await.unwrap().digest;
    approver.submit(sheet, approve, &[("digest", &digest)]).await.leads_to("/cycles/2026-Q3");
}
