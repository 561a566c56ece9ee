//! Lists as files: made as jobs with the rights and entries of the lists, had by who asked and nobody else, and only while that may still see it.

use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use merit::app::{AppError, GrantOrder, Slice, Wanted, WantedEntries};
use merit::domain::authority::Role;
use merit::domain::export::{Export, ExportFormat, ExportList};
use merit::domain::job::{JobOrder, JobState};
use merit::domain::text::Language;
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use super::jobs::{Workers, ended, program};
use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::finalise;
use crate::support::engines;
use crate::support::server::{Server, token_for};

fn export(list: ExportList) -> Export {
    let cycle = list.of_cycle().then(|| FIRST_QUARTER.to_owned());
    Export { list, format: ExportFormat::Csv, cycle, unit: None, language: Language::English }
}

/// A second team with somebody whose name is a formula.
fn add_team(company: &Company) {
    fs::write(company.path("more_units.csv"), "unit,parent,kind,name_en,name_zh\nT2,HQ,team,Team 2,二组\n").unwrap();
    let people = "employee_number,name,unit,post,from,fte,target_incentive,currency\n\
        F001,=1+1,T2,front_line,2026-01-01,1,3000,CNY\n";
    fs::write(company.path("more_people.csv"), people).unwrap();
}

/// The rows of a CSV, without its headings.
fn rows(content: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(content).unwrap().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_had_as_a_file_by_who_asked() {
    let company = Company::new(3);
    add_team(&company);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        for file in ["more_units.csv", "more_people.csv"] {
            app.import_roster(&company.path(file), None, false).await.unwrap();
        }
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let (hr, account, grant) = program(&app, "hr", Role::Hr).await;
        let (other, _, _) = program(&app, "other", Role::Hr).await;
        let workers = Workers::start(&app, &company, 1);

        let asked = hr.ask_job(JobOrder::Export(export(ExportList::Payouts))).await.unwrap();
        let job = ended(&hr, asked.id).await;
        assert_eq!((job.state, job.problem.clone()), (JobState::Done, None), "{}", database.name);
        assert_eq!((job.counted.as_deref(), job.done), (Some("rows"), 4));
        let result = job.result.unwrap();
        assert_eq!((result["file"].as_str(), result["rows"].as_i64()), (Some("payouts-2026-Q2.csv"), Some(4)));
        let file = hr.job_file(asked.id).await.unwrap();
        assert_eq!(result["bytes"].as_u64(), Some(u64::try_from(file.content.len()).unwrap()));
        let shown = app.payouts(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows;
        let rows = rows(&file.content);
        for (row, payout) in rows.iter().zip(&shown) {
            assert_eq!((&row[0], &row[4]), (&payout.employee_number, &payout.amount.to_decimal().to_string()));
        }
        assert_eq!((rows.len(), rows[3][1].as_str()), (4, "'=1+1"), "nothing runs as a formula");

        // Of pay, every page that was read is in the log, by who asked; so is the fetching.
        let of = async |act: &str| {
            let wanted = WantedEntries { act: Some(act.into()), actor: Some("hr".into()), ..WantedEntries::default() };
            app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows.len()
        };
        let entries = (of("payout.list").await, of("export.make").await, of("export.read").await);
        assert_eq!(entries, (1, 1, 1), "{}", database.name);

        for stranger in [&other, &app] {
            let refused = stranger.job_file(asked.id).await.unwrap_err();
            assert!(matches!(refused, AppError::NotFound(_)), "{refused}");
        }
        assert!(matches!(other.job(asked.id).await, Err(AppError::NotFound(_))), "nor do others see the job");
        assert_eq!(other.jobs(&Slice::first(), None).await.unwrap().0.len(), 0);

        // Whoever may see less by now gets nothing, and may ask for what is left.
        app.revoke_grant(grant).await.unwrap();
        let less =
            GrantOrder { account, role: Role::Hr, unit: Some("T1"), with_pay: true, first_day: None, last_day: None };
        app.grant(less).await.unwrap();
        let hr = hr.renewed().await.unwrap();
        let refused = hr.job_file(asked.id).await.unwrap_err();
        assert!(
            matches!(&refused, AppError::Forbidden(what) if what.contains("ask for the export again")),
            "{refused}"
        );
        let again = hr.ask_job(JobOrder::Export(export(ExportList::Payouts))).await.unwrap().id;
        assert_eq!(ended(&hr, again).await.done, 3, "{}", database.name);
        assert!(hr.job_file(again).await.is_ok());
        workers.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_what_its_role_sees() {
    let company = Company::new(3);
    add_team(&company);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        for file in ["more_units.csv", "more_people.csv"] {
            app.import_roster(&company.path(file), None, false).await.unwrap();
        }
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        finalise(&app, FIRST_QUARTER).await;
        let workers = Workers::start(&app, &company, 1);
        let (auditor, _, _) = program(&app, "auditor", Role::Auditor).await;
        for (list, least) in [
            (ExportList::Scorecards, 4),
            (ExportList::Payouts, 4),
            (ExportList::Plans, 0),
            (ExportList::People, 4),
            (ExportList::Audit, 10),
        ] {
            for format in ExportFormat::ALL {
                let order = JobOrder::Export(Export { format, language: Language::Chinese, ..export(list) });
                let id = auditor.ask_job(order).await.unwrap().id;
                let job = ended(&auditor, id).await;
                assert_eq!(job.state, JobState::Done, "{list:?}: {:?}", job.problem);
                let content = auditor.job_file(id).await.unwrap().content;
                let found = match format {
                    ExportFormat::Csv => rows(&content),
                    ExportFormat::Xlsx => {
                        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(content)).unwrap();
                        let range = workbook.worksheet_range_at(0).unwrap().unwrap();
                        let texts = |row: &[Data]| row.iter().map(ToString::to_string).collect();
                        range.rows().skip(1).map(texts).collect()
                    }
                };
                assert!(found.len() >= least && i64::try_from(found.len()).unwrap() == job.done, "{list:?} {format:?}");
            }
        }
        let unit = Export { unit: Some("T2".into()), ..export(ExportList::Scorecards) };
        let id = auditor.ask_job(JobOrder::Export(unit)).await.unwrap().id;
        assert_eq!(ended(&auditor, id).await.done, 1);

        let (payroll, _, _) = program(&app, "payroll", Role::Payroll).await;
        for list in [ExportList::Scorecards, ExportList::People, ExportList::Audit] {
            let refused = payroll.ask_job(JobOrder::Export(export(list))).await.unwrap_err();
            assert!(matches!(refused, AppError::Forbidden(_)), "{list:?}: {refused}");
        }
        assert!(payroll.ask_job(JobOrder::Export(export(ExportList::Payouts))).await.is_ok());
        for (wrong, says) in [
            (Export { cycle: None, ..export(ExportList::Payouts) }, "cycle: the list 'payouts' needs it"),
            (Export { cycle: Some("x".into()), ..export(ExportList::Audit) }, "cycle: the list 'audit' has none"),
            (Export { unit: Some("T1".into()), ..export(ExportList::Audit) }, "unit: the list 'audit' has none"),
            (Export { unit: Some("none".into()), ..export(ExportList::People) }, "there is no unit 'none'"),
        ] {
            let refused = auditor.ask_job(JobOrder::Export(wrong)).await.unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
        workers.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_count_when_the_file_is_made() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let (hr, _, grant) = program(&app, "hr", Role::Hr).await;
    let id = hr.ask_job(JobOrder::Export(export(ExportList::People))).await.unwrap().id;
    assert!(matches!(hr.job_file(id).await, Err(AppError::NotFound(why)) if why.contains("it is queued")));
    app.revoke_grant(grant).await.unwrap();
    let workers = Workers::start(&app, &company, 1);
    let job = ended(&app, id).await;
    assert_eq!((job.state, job.problem.unwrap().code.as_str()), (JobState::Failed, "forbidden"));
    workers.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_over_the_api_and_by_the_command_line() {
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let workers = Workers::start(&app, &company, 1);
    let body = serde_json::json!({ "kind": "export", "list": "people", "format": "csv", "language": "zh" });
    let asked =
        server.request(Method::POST, "/api/v1/jobs").bearer_auth(&server.token).json(&body).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    let asked: serde_json::Value = serde_json::from_str(&asked.text().await.unwrap()).unwrap();
    let id: Uuid = asked["id"].as_str().unwrap().parse().unwrap();
    ended(&app, id).await;
    let path = format!("/api/v1/jobs/{id}/file");
    let file = server.with_token(&server.token, &path).await;
    assert_eq!(file.status(), StatusCode::OK);
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"people.csv\"");
    let text = file.text().await.unwrap();
    assert!(text.contains("工号,姓名") && text.contains("E001,Agent 1"), "{text}");
    let stranger = token_for(&app, "stranger", &[(Role::Hr, None, true)]).await;
    assert_eq!(server.with_token(&stranger, &path).await.status(), StatusCode::NOT_FOUND);
    let body = serde_json::json!({ "kind": "export", "list": "people", "source": "daily" });
    let wrong =
        server.request(Method::POST, "/api/v1/jobs").bearer_auth(&server.token).json(&body).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);

    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    let asked = printed(run(&["job", "ask", "export", "people", "--format", "xlsx"]));
    let id = asked.split(' ').nth(1).unwrap().to_owned();
    ended(&app, id.parse().unwrap()).await;
    assert!(printed(run(&["job", "file", &id])).starts_with("people.xlsx ("));
    assert!(fs::read(company.path("people.xlsx")).unwrap().starts_with(b"PK"));
    assert!(refused(run(&["job", "file", &id]), 1).contains("people.xlsx: "), "nothing is overwritten");
    let unknown = refused(run(&["job", "ask", "export", "wages"]), 2);
    assert!(unknown.contains("use scorecards, payouts, plans, people, audit"), "{unknown}");
    workers.end().await;
}
