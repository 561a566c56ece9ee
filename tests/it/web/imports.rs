//! A roster comes in by upload: previewed, mended, taken in as previewed or not at all. In real Chromium.

use std::fs;

use merit::app::{AppError, MOST_ROSTER_BYTES, Sheet, Slice, WantedEntries};
use merit::domain::authority::Role;
use merit::domain::export::ExportFormat;

use super::pages::Office;
use crate::support::browser::{Answer, Browser};
use crate::support::chromium::Chromium;
use crate::support::company::Company;
use crate::support::engines;

const PEOPLE: &str = "employee_number,name,unit,post,from,to,target_incentive,team phone
E001,Agent One,T1,front_line,2026-01-01,,3000,+86 10
N001,新来,T1,front_line,2026-07-01,,2000,
N002,\"Or, quoted\",T9,front_line,2026-07-01,,2000,=1+1
N003,Nobody,T1,front_line,yesterday,,2000,
";

async fn office() -> Office {
    let company = Company::new(3);
    let app = company.load(&company.sqlite()).await;
    Office::serving(company, app).await
}

/// Sends a file as a browser without scripts does.
async fn send(browser: &mut Browser, name: &str, content: impl AsRef<[u8]>) -> Answer {
    send_to(browser, "/roster", name, content).await
}

/// The same to another page that takes files.
pub(super) async fn send_to(browser: &mut Browser, page: &str, name: &str, content: impl AsRef<[u8]>) -> Answer {
    let token = browser.get(page).await.form_token();
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let form = [head.as_bytes(), content.as_ref(), b"\r\n--x--\r\n"].concat();
    let request = browser.posting(page, &[]).body(form);
    let kind = [("content-type".parse().unwrap(), "multipart/form-data; boundary=x".parse().unwrap())];
    browser.send(request.headers(kind.into_iter().collect())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_is_previewed_taken_in_and_the_rest_mended() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/people", ["Import units, people or leave", "导入单位、人员或休假"]),
        ("/roster", ["Nothing is written until you say so", "在您确认之前不写入任何内容"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("名单 people.csv");
    fs::write(&file, PEOPLE).unwrap();
    chromium.widen(1280).await;
    chromium.open(&format!("{}/roster?lang=en", office.origin)).await;
    chromium.picks("file", &file).await;
    chromium.sends("file").await;
    chromium.sees("Nothing is written yet.").await;
    let place = chromium.place().await;
    let pages = [
        (place.as_str(), ["names unit “T9”", "尚未写入任何内容"]),
        (place.as_str(), ["“yesterday” is not a day", "搁置的行"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    assert!(matches!(office.app.agent("N001").await, Err(AppError::NotFound(_))), "a preview writes nothing");

    chromium.widen(1280).await;
    chromium.open(&format!("{}{place}?lang=en", office.origin)).await;
    chromium.clicks("Take in exactly this").await;
    chromium.sees("The file was taken in.").await;
    office.check(&chromium, &hr, &[(place.as_str(), ["The file was taken in.", "文件已导入"])]).await;
    assert_eq!(office.app.agent("N001").await.unwrap().agent.name, "新来");
    assert_eq!(office.app.agent("E001").await.unwrap().agent.name, "Agent One");
    hr.submit(&place, &place, &[]).await.says(409, "taken in already");
    let wanted = WantedEntries { act: Some("roster.import".to_owned()), ..WantedEntries::default() };
    let entries = office.app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
    assert!(
        entries
            .iter()
            .any(|one| one.entry.record.detail.contains("upload=") && one.actor_login.as_deref() == Some("hr")),
        "{entries:?}"
    );

    // The rows set aside come back with their reasons, do not run in a spreadsheet, and are as they were once mended.
    let list = hr.get(&format!("{place}/set-aside")).await;
    assert!(list.header("content-disposition").contains("set-aside.csv"));
    let lines: Vec<&str> = list.body.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].ends_with("team phone,set_aside_because"), "{}", lines[0]);
    assert!(lines[1].contains("'=1+1") && lines[1].contains("names unit “T9”"), "{}", lines[1]);
    let mended = list.body.replace(",T9,", ",T1,").replace(",yesterday,", ",2026-07-01,");
    let kept = send(&mut hr, "mended.csv", mended).await.location.unwrap();
    hr.get(&format!("{kept}?lang=en")).await.says(200, "No row was set aside.");
    hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
    let attributes = office.app.agent("N002").await.unwrap().agent.attributes;
    assert_eq!(attributes, "{\"team phone\":\"=1+1\"}");
    // An earlier file of the same person is forgotten, and nobody sees a file of another.
    assert_eq!(hr.get(&place).await.status.as_u16(), 404);
    let mut admin = office.session("admin", None, Some((Role::Admin, None))).await;
    assert_eq!(admin.get(&kept).await.status.as_u16(), 404);
    let mut agent = office.session("e001", Some("E001"), None).await;
    for path in ["/roster", kept.as_str()] {
        assert_eq!(agent.get(path).await.status.as_u16(), 403, "{path}");
    }
}

const FAULTY_PEOPLE: &str = "employee_number,name,unit,post,from,to,hired,left,aliases,fte,target_incentive,currency
N001,甲,T1,front_line,soon,,,,,1,2000,CNY
N002,,T1,front_line,2026-07-01,,,,,1,2000,CNY
N003,丙,T1,front_line,2026-07-01,,,,,3,2000,CNY
N004,丁,T1,front_line,2026-07-01,,,,,1,2000.005,CNY
N005,戊,T1,front_line,2026-07-01,,,,,1,2000,RMB
N006,己,T1,front_line,2026-07-01,,2026-07-01,2026-06-30,,1,2000,CNY
N007,庚,T1,front_line,2026-07-01,2026-09-30,,,,1,2000,CNY
N007,庚,T1,expert,2026-09-01,,,,,1,2000,CNY
N008,辛,T9,front_line,2026-07-01,,,,,1,2000,CNY
N009,壬,T1,front_line,2026-07-01,2026-07-31,,,,1,2000,CNY
N009,壬壬,T1,front_line,2026-08-01,,,,,1,2000,CNY
N010,癸,T1,front_line,2026-07-01,,,,E001,1,2000,CNY
N011,子,T1,front_line,2026-07-01,,,,,1,-5,CNY
";
const FAULTY_UNITS: &str = "unit,parent,kind,name_en,name_zh
,T1,team,Nobody's,无名
T7,T8,team,Team 7,七组
T6,T5,team,Team 6,六组
T5,T6,team,Team 5,五组
T4,HQ,team,Team 4,四组
T4,HQ,team,Team 4,四组
";
const FAULTY_LEAVE: &str = "employee_number,from,to,kind
E777,2026-05-04,2026-05-08,sick
E001,2026-05-08,2026-05-04,sick
E001,2026-05-04,2026-05-08,holiday
E001,2026-06-01,2026-06-10,annual
E001,2026-06-08,2026-06-12,sick
E002,2026-06-01,,sick
E003,2026-06-01,2026-06-10,annual
E003,2026-06-01,2026-06-11,annual
";

/// Each with what its page and its file say in Chinese of some of the rows.
const FAULTY: [(&str, &str, &[&str]); 3] = [
    (
        "people.csv",
        FAULTY_PEOPLE,
        &[
            "“soon”不是有效日期：请写成 YYYY-MM-DD。",
            "“name”列为空：每行都须填写姓名。",
            "“fte”列的工时比例“3”超出范围：全职请填 1，半职请填 0.5。",
            "目标奖金“2000.005”有 3 位小数，而 CNY 只有 2 位：请先取整到该位数。",
            "“RMB”不是有效的货币代码：请填写三个大写字母，例如 CNY。",
            "员工“N006”的离职日 2026-06-30 早于入职日 2026-07-01：请更正日期。",
            "员工“N007”有两段任职的日期重叠：在“T1”任“front_line”（2026-07-01 至 2026-09-30）与在“T1”任“expert”（2026-09-01 起）。",
            "员工“N008”任职的单位“T9”既不在本文件中，也不在系统中：请先导入该单位，或更正代码。",
            "本行关于员工“N009”的内容与第 11 行不一致",
            "员工“N010”的别名“E001”已属于员工“E001”",
            "目标奖金“-5”小于零：请填写完成率为 100% 时发放的金额。",
        ],
    ),
    (
        "units.csv",
        FAULTY_UNITS,
        &[
            "“unit”列为空：每行都须填写单位代码。",
            "单位“T7”的上级单位“T8”既不在本文件中，也不在系统中",
            "单位“T6”会成为自己的上级：请更正其上级单位“T5”。",
            "单位“T4”重复列出：请只保留一行。",
        ],
    ),
    (
        "leave.csv",
        FAULTY_LEAVE,
        &[
            "员工“E777”不在花名册上：请先导入花名册，或更正工号。",
            "员工“E001”的休假末日 2026-05-04 早于首日 2026-05-08：请对调日期。",
            "“holiday”不是休假类别：请填写 annual、sick、parental、family、injury、unpaid、training、other 之一；填 withdrawn 表示撤回休假。",
            "员工“E001”有两段休假的日期重叠：2026-06-01 至 2026-06-10，与 2026-06-08 至 2026-06-12。",
            "“to”列为空：每行都须填写休假末日（含当日）。",
            "员工“E003”有两段休假都从 2026-06-01 开始：请只保留一段。",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn reasons_are_said_in_the_language_of_the_page() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    for (name, content, reasons) in FAULTY {
        let kept = send(&mut hr, name, content).await.location.unwrap();
        office.check(&chromium, &hr, &[(kept.as_str(), ["Why, and how to mend it", "原因与修正办法"])]).await;
        chromium.check(&format!("{}{kept}?lang=zh", office.origin), reasons).await;
        let list = hr.get(&format!("{kept}/set-aside?lang=zh")).await.body;
        let header = list.lines().next().unwrap_or_default();
        assert!(header.ends_with(",set_aside_because"), "{header}");
        for reason in reasons {
            assert!(list.contains(reason), "{name} does not say '{reason}':\n{list}");
        }
        // One that was mended by half comes back with its new reasons alone.
        let again = send(&mut hr, name, &list).await.location.unwrap();
        let again = hr.get(&format!("{again}/set-aside?lang=zh")).await.body;
        assert_eq!(again.matches("set_aside_because").count(), 1, "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_none_are_refused_in_chinese() {
    let office = office().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    hr.get("/roster?lang=zh").await.says(200, "导入单位");
    send(&mut hr, "broken.xlsx", "PK\u{3}\u{4}nothing").await.says(409, "文件不是可读取的 Excel 工作簿");
    send(&mut hr, "other.csv", "a,b\n1,2\n").await.says(409, "没有“employee_number”这一列");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_previewed_or_is_no_longer_so_is_refused() {
    let office = office().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    send(&mut hr, "empty.csv", "").await.says(409, "The file is empty");
    send(&mut hr, "other.csv", "a,b\n1,2\n").await.says(409, "There is no column");
    send(&mut hr, "nul.csv", "employee_number,name,unit,post,from\nE\0,a,T1,p,2026-01-01\n")
        .await
        .says(409, "Line 2 holds a NUL");
    send(&mut hr, "broken.xlsx", "PK\u{3}\u{4}nothing").await.says(409, "not a readable Excel workbook");
    send(&mut hr, "large.csv", "x".repeat(MOST_ROSTER_BYTES + 1)).await.says(409, "more than 16 MiB");
    send(&mut hr, "", PEOPLE).await.says(409, "Choose a file first");
    // Somebody else changes the roster between preview and import.
    let kept = send(&mut hr, "people.csv", PEOPLE).await.location.unwrap();
    let other = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    fs::write(other.path(), "unit,parent,kind,name_en,name_zh\nT9,HQ,team,Team 9,九组\n").unwrap();
    office.app.import_roster(other.path(), None, false).await.unwrap();
    hr.submit(&kept, &kept, &[]).await.says(409, "The roster, or the cycle, was changed since this preview");
    assert!(matches!(office.app.agent("N001").await, Err(AppError::NotFound(_))));
    // A new preview of the same file says what would happen now.
    let kept = send(&mut hr, "people.csv", PEOPLE).await.location.unwrap();
    hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
    assert_eq!(office.app.agent("N002").await.unwrap().assignments[0].unit_code, "T9");
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_and_workbooks_come_in_on_both_engines() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let office = Office::serving(Company::new(1), app).await;
        let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
        let leave =
            "employee_number,from,to,kind\nE001,2026-05-04,2026-05-08,annual\nE777,2026-05-04,2026-05-08,sick\n";
        let kept = send(&mut hr, "leave.csv", leave).await.location.unwrap();
        hr.get(&format!("{kept}?lang=en")).await.says(200, "is not on the roster: import the roster first");
        hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
        let id = kept.rsplit('/').next().unwrap().parse().unwrap();
        assert!(
            matches!(office.app.roster_upload(id).await, Err(AppError::Forbidden(_))),
            "nobody's but the account's"
        );
        let again = send(&mut hr, "leave.csv", leave).await.location.unwrap();
        hr.get(&format!("{again}?lang=en")).await.says(200, "There is nothing to change");
        assert_eq!(database.rows("SELECT kind, agent_id FROM absence").await.len(), 1, "{}", database.name);
        let mut units = Sheet::new(["unit", "parent", "kind", "name_en", "name_zh"].map(str::to_owned).into());
        units.row(["T7", "HQ", "team", "Team 7", "七组"].map(str::to_owned).into());
        let workbook = units.file(ExportFormat::Xlsx).unwrap();
        let kept = send(&mut hr, "units.xlsx", workbook).await.location.unwrap();
        hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
        assert_eq!(office.app.unit("T7").await.unwrap().name_zh, "七组");
        assert_eq!(database.rows("SELECT name, id FROM roster_upload").await.len(), 1, "{}", database.name);
    }
}
