//! A whole quarter by pages alone: each person signs in with a password and goes their way by clicking and typing, in both languages; and the
//! agent's and the supervisor's way once more without scripts.

use std::fs;

use merit::app::{App, Clock};
use merit::domain::authority::Role;

use super::PASSWORD;
use super::pages::Office;
use crate::app::jobs::Workers;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::publish;
use crate::support::project_root;
use crate::support::server::listen;

const ITEMS: [&str; 5] = ["ownership", "communication", "cooperation", "expertise", "integrity"];
/// People who are judged by a form as well as measured.
const SUPERVISORS: &str = "employee_number,name,unit,post,from
S1,Supervisor 1,T1,supervisor,2026-01-01
S9,Supervisor 9,T1,supervisor,2026-01-01
";
/// What HR brings in with a file.
const NEWCOMERS: &str = "employee_number,name,unit,post,from\nE007,Agent 7,T1,front_line,2026-01-01\n";

/// The text of the pages that this name has in a language.
fn word(language: &str, key: &str) -> String {
    let folder = project_root().join("src/web/words").join(language);
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let said = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        if let Some(said) = said {
            return said.to_owned();
        }
    }
    panic!("no page says '{key}' in {language}")
}

/// A company whose last quarter is published, and everybody who takes part in the next.
async fn office() -> Office {
    let company = Company::new(6);
    let app = company.load(&company.sqlite()).await.with_rules_folder(&company.rules());
    let people = company.path("supervisor.csv");
    fs::write(&people, SUPERVISORS).unwrap();
    app.import_roster(&people, None, false).await.unwrap();
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    publish(&app, FIRST_QUARTER).await;
    let office = Office::serving(company, app).await;
    for (login, agent, role) in [
        ("hr", None, Some((Role::Hr, None))),
        ("hr2", None, Some((Role::Hr, None))),
        ("lead", Some("S9"), Some((Role::Supervisor, Some("T1")))),
        ("three", Some("E003"), None),
        ("four", Some("E004"), None),
        ("audit", None, Some((Role::Auditor, None))),
        ("admin", None, Some((Role::Admin, None))),
    ] {
        office.session(login, agent, role).await;
    }
    office
}

/// Somebody before the browser.
struct Way<'w> {
    chromium: &'w Chromium,
    origin: String,
    language: &'static str,
}

impl Way<'_> {
    fn say(&self, key: &str) -> String {
        word(self.language, key)
    }

    async fn sees(&self, key: &str) {
        self.chromium.sees(&self.say(key)).await;
    }

    /// Clicks the link or button that says this, and looks at what comes.
    async fn clicks(&self, key: &str) {
        self.presses(&self.say(key)).await;
    }

    async fn presses(&self, text: &str) {
        self.chromium.clicks(text).await;
        self.chromium.looks().await;
    }

    async fn sends(&self, field: &str) {
        self.chromium.sends(field).await;
        self.chromium.looks().await;
    }

    async fn comes(&self, login: &str) {
        self.chromium.open(&format!("{}/sign-in?lang={}", self.origin, self.language)).await;
        self.chromium.types("login", login).await;
        self.chromium.types("password", PASSWORD).await;
        self.sends("password").await;
        self.sees("sign-out").await;
    }

    async fn leaves(&self) {
        self.clicks("sign-out").await;
    }

    /// To the page of the quarter, from wherever.
    async fn quarter(&self) {
        self.clicks("nav-cycles").await;
        self.presses(SECOND_QUARTER).await;
    }

    /// Has the cycle taken on by an act on a page of its own.
    async fn acts(&self, act: &str) {
        self.clicks(act).await;
        self.clicks(act).await;
    }

    /// Has it done as a job, and goes on when that has ended.
    async fn works(&self, act: &str) {
        self.acts(act).await;
        self.sees("job-done").await;
        self.chromium.looks().await;
        self.chromium.presses("main .actions a.button").await;
        self.sees("what-was-done").await;
    }

    /// Makes the approver's account, and hands on the link that lets them in.
    async fn administrator_lets_the_approver_in(&self) -> String {
        self.clicks("nav-access").await;
        self.clicks("access-add").await;
        self.chromium.types("login", "chief").await;
        self.chromium.types("name", "Chief").await;
        for (field, value) in [("link", "show"), ("role", "approver")] {
            self.chromium.presses(&format!("#{field} option[value={value}]")).await;
        }
        self.chromium.ticks("add").await;
        self.chromium.looks().await;
        self.sees("role-approver").await;
        self.chromium.run("return document.querySelector('pre').innerText").await.as_str().unwrap().to_owned()
    }

    async fn approver_chooses_a_password(&self, link: &str) {
        self.chromium.open(link).await;
        self.chromium.looks().await;
        self.chromium.types("new", PASSWORD).await;
        self.chromium.types("again", PASSWORD).await;
        self.sends("again").await;
        self.sees("role-approver").await;
    }

    async fn hr_brings_in_a_newcomer(&self, office: &Office) {
        let file = office.company().path("newcomers.csv");
        fs::write(&file, NEWCOMERS).unwrap();
        self.clicks("nav-people").await;
        self.clicks("import-roster").await;
        self.chromium.picks("file", &file).await;
        self.sends("file").await;
        self.clicks("import-take").await;
        self.sees("import-done").await;
    }

    async fn hr_opens_and_scores(&self) {
        self.clicks("nav-cycles").await;
        self.chromium.types("code", "next quarter").await;
        self.chromium.sends("code").await;
        self.sees("not-done").await;
        self.chromium.complaints().await;
        self.chromium.types("code", SECOND_QUARTER).await;
        self.sends("code").await;
        self.works("act-appraise").await;
        self.acts("act-begin-review").await;
    }

    async fn supervisor_reviews(&self) {
        self.clicks("nav-week").await;
        self.presses("Supervisor 1 (S1)").await;
        for item in ITEMS {
            self.chromium.ticks(&format!("level-{item}-4")).await;
        }
        self.chromium.types("comment", "A steady hand.").await;
        self.clicks("review-go-on").await;
        self.chromium.sees("A steady hand.").await;
        self.chromium.ticks("hand-in").await;
        self.chromium.looks().await;
        self.sees("review-handed-in").await;
    }

    async fn hr_proposes(&self) {
        self.quarter().await;
        self.clicks("calibration-room").await;
        self.presses("Agent 5 (E005)").await;
        for field in ["rating", "reason"] {
            self.chromium.presses(&format!("#{field} option:nth-of-type(2)")).await;
        }
        self.chromium.types("comment", "Led the new hotline.").await;
        self.sends("comment").await;
        self.sees("calibration-proposed").await;
    }

    async fn a_second_person_confirms(&self) {
        self.quarter().await;
        self.clicks("calibration-room").await;
        self.presses("Agent 5 (E005)").await;
        self.clicks("calibration-confirm").await;
        self.sees("calibration-confirmed").await;
    }

    async fn hr_scores_again_and_calibrates(&self) {
        self.quarter().await;
        self.works("act-score").await;
        self.acts("act-calibrate").await;
    }

    async fn approver_approves(&self) {
        self.clicks("nav-approval").await;
        self.presses(SECOND_QUARTER).await;
        self.clicks("approve-this").await;
        self.sees("what-was-done").await;
    }

    async fn hr_publishes(&self) {
        self.quarter().await;
        self.clicks("act-publish").await;
        self.chromium.types("number", "E003").await;
        self.sends("number").await;
        self.clicks("preview-back").await;
        self.clicks("publish-look").await;
        self.clicks("publish-do").await;
        self.acts("act-begin-appeals").await;
    }

    /// To one's own scorecard of the quarter.
    async fn own_card(&self) {
        self.clicks("nav-own").await;
        self.sees("figures-over-time").await;
        self.presses(SECOND_QUARTER).await;
    }

    async fn agent_reads_tries_and_takes_note(&self) {
        self.own_card().await;
        self.chromium.presses("details.line > summary").await;
        self.sees("metric-meaning").await;
        self.chromium.presses("details.line figure summary").await;
        self.chromium.looks().await;
        self.clicks("what-if").await;
        let slid = "const slider = document.querySelector('input[type=range]');
            slider.value = slider.max;
            slider.dispatchEvent(new Event('input'));
            return document.getElementById(slider.dataset.for).value === slider.value";
        assert_eq!(self.chromium.run(slid).await, true, "the field follows its slider");
        self.clicks("what-if-try").await;
        self.sees("what-if-tried").await;
        self.chromium.presses(".crumbs a:nth-of-type(2)").await;
        self.chromium.types("comment", "I have seen it.").await;
        self.clicks("acknowledge").await;
        self.chromium.sees("I have seen it.").await;
    }

    async fn another_appeals(&self, office: &Office) {
        self.own_card().await;
        self.clicks("appeal-raise").await;
        self.chromium.presses("#about option[value='line:qa_score']").await;
        self.chromium.types("grounds", "The recordings were lost.").await;
        self.sends("grounds").await;
        let letter = office.company().path("letter.txt");
        fs::write(&letter, "The disk failed in August.").unwrap();
        self.chromium.picks("file", &letter).await;
        self.sends("file").await;
        self.chromium.sees("letter.txt").await;
    }

    async fn hr_decides(&self) {
        self.quarter().await;
        self.clicks("appeals").await;
        self.presses("E004").await;
        self.clicks("appeal-take-over").await;
        self.chromium.ticks("vary").await;
        self.chromium.presses("[name='leave_out.qa_score']").await;
        self.chromium.types("reason", "The recordings are lost indeed.").await;
        self.sends("reason").await;
        self.sees("revision-changes").await;
    }

    async fn auditor_searches_verifies_and_replays(&self) {
        self.clicks("nav-audit").await;
        self.chromium.fills("[name=act]", "appeal.vary").await;
        self.clicks("search").await;
        self.chromium.sees("The recordings are lost indeed.").await;
        self.clicks("audit-verify").await;
        self.chromium.presses("main .notice.good").await;
        self.clicks("nav-audit").await;
        self.presses(SECOND_QUARTER).await;
        self.chromium.presses("main .notice.good").await;
    }

    async fn administrator_looks_at_sources_and_accounts(&self) {
        self.clicks("nav-data").await;
        self.presses("daily").await;
        self.clicks("nav-access").await;
        self.presses("chief").await;
        self.sees("role-approver").await;
    }
}

/// From the opening of the quarter to its end, each step by whom it is for.
async fn a_whole_quarter(language: &'static str) {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let workers = Workers::start(&office.app, office.company(), 1);
    chromium.widen(1280).await;
    let way = Way { chromium: &chromium, origin: office.origin.clone(), language };

    way.comes("admin").await;
    let link = way.administrator_lets_the_approver_in().await;
    way.leaves().await;
    way.approver_chooses_a_password(&link).await;
    way.leaves().await;
    way.comes("hr").await;
    way.hr_brings_in_a_newcomer(&office).await;
    way.hr_opens_and_scores().await;
    way.leaves().await;
    way.comes("lead").await;
    way.supervisor_reviews().await;
    way.leaves().await;
    way.comes("hr").await;
    way.hr_proposes().await;
    way.leaves().await;
    way.comes("hr2").await;
    way.a_second_person_confirms().await;
    way.leaves().await;
    way.comes("hr").await;
    way.hr_scores_again_and_calibrates().await;
    way.leaves().await;
    way.comes("chief").await;
    way.approver_approves().await;
    way.leaves().await;
    way.comes("hr").await;
    way.hr_publishes().await;
    way.leaves().await;
    way.comes("three").await;
    way.agent_reads_tries_and_takes_note().await;
    way.leaves().await;
    way.comes("four").await;
    way.another_appeals(&office).await;
    way.leaves().await;
    way.comes("hr2").await;
    way.hr_decides().await;
    way.leaves().await;
    way.comes("audit").await;
    way.auditor_searches_verifies_and_replays().await;
    way.leaves().await;
    way.comes("admin").await;
    way.administrator_looks_at_sources_and_accounts().await;
    way.leaves().await;
    workers.end().await;

    // When nobody may appeal any more.
    let later = Clock::Fixed(office.app.clock().now() + chrono::TimeDelta::days(30));
    let app = App::open(&office.company().sqlite(), later).await.unwrap();
    let (address, _stop) = listen(&app).await;
    let way = Way { origin: format!("http://{address}"), ..way };
    way.comes("hr").await;
    way.quarter().await;
    way.acts("act-finalise").await;
    way.sees("cycle-final").await;
    way.leaves().await;
    way.comes("four").await;
    way.own_card().await;
    way.sees("cycle-final").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_quarter_in_english() {
    a_whole_quarter("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_quarter_in_chinese() {
    a_whole_quarter("zh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_and_a_supervisor_need_no_scripts() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    office.app.open_cycle(SECOND_QUARTER, None, &office.rules()).await.unwrap();
    office.app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
    crate::support::cycles::act(&office.app, SECOND_QUARTER, merit::domain::cycle::CycleAct::BeginReview)
        .await
        .unwrap();
    chromium.widen(360).await;
    chromium.scripts(false).await;
    let open = async |path: &str| chromium.open(&format!("{}{path}", office.origin)).await;
    let sign_in = async |login: &str| {
        open("/sign-in?lang=en").await;
        chromium.types("login", login).await;
        chromium.types("password", PASSWORD).await;
        chromium.sends("password").await;
        chromium.sees("Sign out").await;
    };
    sign_in("lead").await;
    chromium.clicks("This week").await;
    chromium.clicks("Supervisor 1 (S1)").await;
    for item in ITEMS {
        chromium.ticks(&format!("level-{item}-4")).await;
    }
    chromium.clicks("Save the draft").await;
    chromium.sees("The draft is saved.").await;
    chromium.clicks("Save and go on to handing in").await;
    chromium.ticks("hand-in").await;
    chromium.sees("Handed in").await;
    chromium.clicks("Sign out").await;

    sign_in("three").await;
    chromium.clicks("My results").await;
    chromium.clicks(FIRST_QUARTER).await;
    chromium.presses("details.line > summary").await;
    chromium.sees("What it means").await;
    chromium.clicks("What if?").await;
    chromium.types("f1", "99").await;
    chromium.clicks("Work it out").await;
    chromium.sees("As tried").await;
    chromium.presses(".crumbs a:nth-of-type(2)").await;
    chromium.types("comment", "Read without scripts.").await;
    chromium.clicks("Take note").await;
    chromium.sees("Read without scripts.").await;
    chromium.clicks("Appeal this result").await;
    chromium.types("grounds", "A slip of the pen.").await;
    chromium.sends("grounds").await;
    chromium.sees("To be decided by").await;
    chromium.scripts(true).await;
}
