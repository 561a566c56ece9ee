//! How long the server takes for each page, and how large it is, at a company's size; beside a bare page of the same server.
//!
//! `scripts/bench pages` calls this once for each engine.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::float_arithmetic, reason = "milliseconds are printed, not paid")]

mod common;

use std::path::Path;

use merit::app::{
    AccountKind, AccountOrder, App, AppealOrder, Clock, DecisionOrder, GrantOrder, SignIn, TokenKind, TokenOrder,
    Variation, Verdict,
};
use merit::domain::appeal::AppealSubject;
use merit::domain::authority::Role;

use common::{CYCLE, Connection, ONE_UNIT, Units, number, serve, token};

const PASSWORD: &str = "kettle moss lantern 12";
/// The median of as many answers counts, after two that are not counted.
const TIMES: usize = 21;
const PROVINCES: usize = 31;
const TEAMS_A_PREFECTURE: usize = 10;
const PREFECTURES: usize = 10;
/// So many agents appeal, each about this line.
const APPEALS: usize = 50;
const APPEALED: &str = "qa_score";
/// A page that does next to nothing: what the server takes for any.
const BARE: &str = "/sign-in";

/// Who looks at which pages; `C`, `A` and `T` stand for the cycle, an agent and a team.
const PAGES: [(Who, &[&str]); 6] = [
    (
        Who::Agent,
        &[
            "/me",
            "/me/appeals",
            "/me/notices",
            "/account",
            "/reviews",
            "/cycles/C/scorecards/A",
            "/cycles/C/payouts/A",
            "/cycles/C/what-if/A",
            "/cycles/C/appeal",
        ],
    ),
    (
        Who::Supervisor,
        &["/", "/week", "/cycles/C/units/T", "/cycles/C/progress", "/cycles/C/results?unit=T", "/people"],
    ),
    (
        Who::Hr,
        &[
            "/",
            "/week",
            "/cycles",
            "/cycles/C",
            "/cycles/C/results",
            "/cycles/C/results?unit=P01&sort=highest",
            "/cycles/C/results?unit=HQ&state=scored&sort=lowest",
            "/cycles/C/payouts",
            "/cycles/C/plans",
            "/cycles/C/units",
            "/cycles/C/units/HQ",
            "/cycles/C/units/P01",
            "/cycles/C/calibration",
            "/cycles/C/calibration?unit=HQ",
            "/cycles/C/calibration?unit=T",
            "/cycles/C/proposals",
            "/cycles/C/appeals",
            "/cycles/C/appeals/rates",
            "/cycles/C/corrections",
            "/cycles/C/cost",
            "/cycles/C/deadlines",
            "/cycles/C/publication",
            "/cycles/C/progress",
            "/people",
            "/people?number=A0500",
            "/people?unit=P01",
            "/people?unit=HQ&name=Agent+9&sort=name",
            "/people/A",
            "/people/exempt",
            "/roster",
            "/rules",
            "/data",
            "/jobs",
            "/jobs/simulate",
        ],
    ),
    (Who::Approver, &["/", "/approval", "/cycles/C/approval"]),
    (Who::Auditor, &["/", "/audit", "/cycles/C/results", "/cycles/C/revisions/A"]),
    (Who::Admin, &["/", "/access", "/settings", "/notices", "/webhooks", "/data", "/rules"]),
];

#[derive(Debug, Clone, Copy)]
enum Who {
    Agent,
    Supervisor,
    Hr,
    Approver,
    Auditor,
    Admin,
}

impl Who {
    fn login(self) -> String {
        format!("bench-{self:?}").to_lowercase()
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["load", folder, database, agents] => {
            runtime.block_on(load(Path::new(folder), database, agents.parse().unwrap()));
        }
        ["measure", folder, database] => runtime.block_on(measure_all(Path::new(folder), database)),
        // `cargo bench` without a phase: a small company, so that the benchmark itself stays sound.
        _ => {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join("merit.db").display().to_string();
            runtime.block_on(load(folder.path(), &database, 400));
            runtime.block_on(measure_all(folder.path(), &database));
        }
    }
}

/// Headquarters, provinces, prefectures and teams, all in the same numbers.
fn units(teams: usize) -> String {
    let mut csv = ONE_UNIT.csv.to_owned();
    for team in 0..teams {
        let (prefecture, province) = (team / TEAMS_A_PREFECTURE, team / TEAMS_A_PREFECTURE / PREFECTURES);
        if team % (TEAMS_A_PREFECTURE * PREFECTURES) == 0 {
            csv.push_str(&format!("P{province:02},HQ,province,Province {province},省{province}\n"));
        }
        if team % TEAMS_A_PREFECTURE == 0 {
            csv.push_str(&format!(
                "F{prefecture:03},P{province:02},prefecture,Prefecture {prefecture},市{prefecture}\n"
            ));
        }
        csv.push_str(&format!("T{team:04},F{prefecture:03},team,Team {team},组{team}\n"));
    }
    csv
}

async fn load(folder: &Path, database: &str, agents: usize) {
    let teams = (agents / 20).clamp(200, PROVINCES * PREFECTURES * TEAMS_A_PREFECTURE);
    let csv = units(teams);
    let company = Units { csv: &csv, of: &|agent| format!("T{:04}", agent % teams) };
    let app = common::load(folder, database, agents, &company).await;
    for (who, _) in PAGES {
        somebody(&app, who).await;
    }
    appeals(&app, agents).await;
    println!("loaded: {agents} agents in {teams} teams");
}

/// Some agents appeal and are given right, so that pages read what stands and not one run alone.
async fn appeals(app: &App, agents: usize) {
    let hr = app.account_named(&Who::Hr.login()).await.unwrap().account.public_id;
    let order = TokenOrder { account: hr, name: "bench", kind: TokenKind::Token, only: None, expires_at: None };
    let (_, text) = app.create_token(order).await.unwrap();
    let hr = app.acting_as(app.bearer(&text).await.unwrap().unwrap());
    for at in 0..APPEALS {
        let agent = number(1 + at * (agents / APPEALS));
        let order =
            AccountOrder { kind: AccountKind::Person, login: &agent, name: "Somebody", agent: Some(agent.as_str()) };
        let text = token(app, order).await;
        let person = app.acting_as(app.bearer(&text).await.unwrap().unwrap());
        let about = AppealSubject::Line(APPEALED.to_owned());
        let raised =
            person.raise_appeal(AppealOrder { cycle: CYCLE, about, grounds: "the recordings were lost" }).await;
        let appeal = raised.unwrap().appeal.public_id;
        hr.assign_appeal(appeal, None).await.unwrap();
        let verdict = Verdict::Vary(Variation { leave_out: vec![APPEALED.to_owned()], ..Variation::default() });
        hr.decide_appeal(DecisionOrder { appeal, verdict, reason: "they are lost indeed" }).await.unwrap();
    }
}

async fn measure_all(folder: &Path, database: &str) {
    let app = App::open(database, Clock::System).await.unwrap().with_rules_folder(&folder.join("rules"));
    let mut sessions = Vec::new();
    for (who, pages) in PAGES {
        sessions.push((who, session(&app, who).await, pages));
    }
    let address = serve(app).await;
    let mut connection = Connection::to(&address).await;
    let bare = measure(&mut connection, BARE, "").await;
    println!("the bare page: {:.2} ms", bare.median_ms);
    println!("{:>10} {:>7} {:>7}  page", "median ms", "ratio", "KiB");
    let (mut slowest, mut largest) = (0.0_f64, 0.0_f64);
    for (who, session, pages) in sessions {
        for page in pages {
            let path = page.replace("/C", &format!("/{CYCLE}")).replace("/A", &format!("/{}", number(0)));
            let path = path.replace("=T", "=T0000").replace("/T", "/T0000");
            let Page { median_ms, bytes } = measure(&mut connection, &path, &session).await;
            let kib = f64::from(u32::try_from(bytes).unwrap()) / 1024.0;
            println!("{median_ms:>10.2} {:>7.1} {kib:>7.1}  {path} ({who:?})", median_ms / bare.median_ms);
            (slowest, largest) = (slowest.max(median_ms), largest.max(kib));
        }
    }
    println!("the slowest: {slowest:.2} ms; the largest: {largest:.1} KiB");
}

/// Makes somebody of that kind, who may sign in.
async fn somebody(app: &App, who: Who) {
    let (role, unit, agent) = match who {
        Who::Agent => (None, None, Some(number(0))),
        Who::Supervisor => (Some(Role::Supervisor), Some("T0000"), None),
        Who::Hr => (Some(Role::Hr), None, None),
        Who::Approver => (Some(Role::Approver), None, None),
        Who::Auditor => (Some(Role::Auditor), None, None),
        Who::Admin => (Some(Role::Admin), None, None),
    };
    let login = who.login();
    let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Somebody", agent: agent.as_deref() };
    let account = app.create_account(order).await.unwrap().account.public_id;
    if let Some(role) = role {
        let order = GrantOrder { account, role, unit, with_pay: true, first_day: None, last_day: None };
        app.grant(order).await.unwrap();
    }
    app.set_password(account, PASSWORD).await.unwrap();
}

/// What the head of a request says of somebody who is signed in.
async fn session(app: &App, who: Who) -> String {
    let signed_in = app.sign_in(&who.login(), PASSWORD, None).await.unwrap();
    let session = if let SignIn::In { session } = signed_in { Some(session) } else { None };
    format!("Cookie: merit={}\r\n", session.unwrap())
}

struct Page {
    median_ms: f64,
    bytes: usize,
}

async fn measure(connection: &mut Connection, path: &str, head: &str) -> Page {
    let request = format!("GET {path} HTTP/1.1\r\nHost: merit\r\n{head}\r\n").into_bytes();
    let mut times = Vec::new();
    for _ in 0..TIMES + 2 {
        let (status, seconds) = connection.send(&request).await;
        assert_eq!(status, 200, "{path}: {}", connection.body());
        times.push(seconds);
    }
    let mut counted = times.split_off(2);
    counted.sort_by(f64::total_cmp);
    let median_ms = counted.get(TIMES / 2).copied().unwrap_or_default() * 1000.0;
    Page { median_ms, bytes: connection.body().len() }
}
