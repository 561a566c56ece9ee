//! Jobs watched as they go on, and lists whole as files, in real Chromium.

use std::sync::Arc;

use merit::domain::authority::Role;
use merit::domain::job::JobOrder;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Endpoint, Request, Response, Server};
use serde_json::json;
use tokio::sync::Semaphore;

use super::pages::Office;
use crate::app::jobs::Workers;
use crate::support::chromium::Chromium;
use crate::support::company::Company;

/// Rows of two pages; the third is empty.
const ROWS: [usize; 3] = [20, 30, 0];

/// An interface that gives a page whenever the test lets it.
struct Paced(Arc<Semaphore>);

impl Endpoint for Paced {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.0.acquire().await.unwrap().forget();
        let page: usize = request.uri().query().map_or(0, |query| query.trim_start_matches("cursor=").parse().unwrap());
        let row = |at: usize| json!({ "agent": "E001", "day": "2026-04-01", "metric": "csat_t2b", "reached": "1", "of": "1", "cases": at + 1 });
        let rows: Vec<_> = (0..ROWS[page]).map(row).collect();
        let next = (page + 1 < ROWS.len()).then(|| (page + 1).to_string());
        let told = json!({ "data": rows, "next": next });
        Ok(Response::builder().content_type("application/json").body(told.to_string()))
    }
}

async fn paced() -> (String, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    tokio::spawn(Server::new_with_acceptor(acceptor).run(Paced(Arc::clone(&gate))));
    (format!("http://{address}"), gate)
}

fn source(url: &str) -> String {
    format!(
        "\
id: paced
description: Figures that come page by page
time_zone: Asia/Shanghai
inputs:
  - kind: http
    url: {url}/rows
    records: /data
    paging: {{ kind: cursor, at: /next, parameter: cursor }}
columns:
  agent: {{ type: agent }}
  day: {{ type: date, required: true }}
  metric: {{ type: text, required: true }}
  reached: {{ type: decimal, required: true }}
  of: {{ type: decimal, required: true }}
  cases: {{ type: integer, required: true }}
facts: |
  SELECT agent, day, metric, sum(reached) AS numerator, sum(\"of\") AS denominator, sum(cases) AS samples
  FROM rows GROUP BY agent, day, metric
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_watched_without_loading_the_page_again() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(2);
    let (url, gate) = paced().await;
    std::fs::write(company.rules().join("sources/paced.yaml"), source(&url)).unwrap();
    let app = company.load(&company.sqlite()).await.with_rules_folder(&company.rules());
    let order = JobOrder::Pull { source: "paced".into(), from: None, to: None, allow_removals: false };
    let job = app.ask_job(order).await.unwrap().id;
    let page = format!("/jobs/{job}");
    let office = Office::serving(company, app).await;
    let hr = office.session("hr", None, Some((Role::Hr, None))).await;
    office.check(&chromium, &hr, &[(&page, ["Waits", "取消此任务"])]).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{page}?lang=en", office.origin)).await;
    chromium.run("window.first = true").await;
    let workers = Workers::start(&office.app, office.company(), 1);
    gate.add_permits(1);
    chromium.sees("Under way 20").await;
    gate.add_permits(1);
    chromium.sees("Under way 50").await;
    assert_eq!(chromium.run("return window.first").await, true, "the page was loaded again");
    // Without scripts it says so when it is loaded again; the list tells too.
    office.check(&chromium, &hr, &[(&page, ["50", "50"]), ("/jobs", ["pull:paced", "50"])]).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{page}?lang=en", office.origin)).await;
    gate.add_permits(1);
    chromium.sees("Done").await;
    assert!(chromium.text().await.contains("\"rows_read\": 50"));
    workers.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_had_whole_as_a_file() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle("2026-Q2", None, &company.rules()).await.unwrap();
    app.appraise("2026-Q2", &|_| {}).await.unwrap();
    let office = Office::serving(company, app).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let mut other = office.session("other", None, Some((Role::Hr, None))).await;
    let workers = Workers::start(&office.app, office.company(), 1);
    let lists = ["/people", "/cycles/2026-Q2/results", "/cycles/2026-Q2/payouts", "/cycles/2026-Q2/plans"];
    for list in lists {
        hr.get(&format!("{list}?lang=en")).await.says(200, "Make a file of all of it");
    }
    let mut auditor = office.session("auditor", None, Some((Role::Auditor, None))).await;
    auditor.get("/audit?lang=en").await.says(200, "Make a file of all of it");
    office
        .check(&chromium, &hr, &[("/cycles/2026-Q2/results?unit=T1", ["Of T1 and everything below it", "仅 T1"])])
        .await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}/cycles/2026-Q2/results?lang=en&unit=T1", office.origin)).await;
    chromium.clicks("Make a file of all of it").await;
    chromium.sees("scorecards-2026-Q2-T1.csv").await;
    let page = chromium.place().await;
    office.check(&chromium, &hr, &[(&page, ["2 rows", "2 行"])]).await;
    let file = hr.get(&format!("{page}/file")).await;
    file.says(200, "E001,Agent 1,T1");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"scorecards-2026-Q2-T1.csv\"");
    assert_eq!(other.get(&format!("{page}/file")).await.status.as_u16(), 404);
    let wrong = [("list", "secrets"), ("format", "csv")];
    assert_eq!(hr.submit("/people", "/jobs/export", &wrong).await.status.as_u16(), 400);
    workers.end().await;
}
