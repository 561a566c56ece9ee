//! Ratings of a cycle come in by upload: previewed, taken in as previewed or not at all, the rest mended.

use std::fs;

use merit::app::{MOST_ROSTER_BYTES, Slice, WantedEntries};
use merit::domain::authority::Role;

use super::imports::send_to;
use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

const PAGE: &str = "/cycles/2026-Q2/ratings";
const RATINGS: &str = "employee_number,rater,group,item,value,comment
S1,S9,supervisor,ownership,4,Follows through
S1,S2,peer,ownership,3,=1+1
S1,S2,peer,nothing,3,
S1,S7,peer,ownership,3,
";

async fn office(database: &str) -> Office {
    let company = Company::new(3);
    let app = company.load(database).await;
    let mut rows = String::from("employee_number,name,unit,post,from\n");
    for number in ["S1", "S2", "S9"] {
        rows.push_str(&format!("{number},Supervisor {number},T1,supervisor,2026-01-01\n"));
    }
    rows.push_str("S8,Supervisor S8,T1,supervisor,2026-08-01\n");
    fs::write(company.path("supervisors.csv"), rows).unwrap();
    app.import_roster(&company.path("supervisors.csv"), None, false).await.unwrap();
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    Office::serving(company, app).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_previewed_taken_in_and_the_rest_mended() {
    let Some(chromium) = Chromium::start().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let office = office(&folder.path().join("merit.db").display().to_string()).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/cycles/2026-Q2", ["Import ratings", "导入评分"]),
        (PAGE, ["To which group the rater belongs", "评分人所属的组"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let file = folder.path().join("评分.csv");
    fs::write(&file, RATINGS).unwrap();
    chromium.widen(1280).await;
    chromium.open(&format!("{}{PAGE}?lang=en", office.origin)).await;
    chromium.picks("file", &file).await;
    chromium.sends("file").await;
    chromium.sees("Nothing is written yet.").await;
    let place = chromium.place().await;
    let pages = [
        (
            place.as_str(),
            ["is not an item this agent is rated on", "“nothing”不是此人的评价项目：可用项目为 conduct.ownership、"],
        ),
        (place.as_str(), ["“S7” in column “rater” is not on the roster", "“rater”列的“S7”不在花名册上"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{place}?lang=en", office.origin)).await;
    chromium.clicks("Take in exactly this").await;
    chromium.sees("The file was taken in.").await;
    hr.submit(&place, &place, &[]).await.says(409, "taken in already");
    let wanted = WantedEntries { act: Some("ratings.import".to_owned()), ..WantedEntries::default() };
    let entries = office.app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert!(entries[0].entry.record.detail.contains("upload=") && entries[0].actor_login.as_deref() == Some("hr"));
    // The rest comes back with its reasons, mended, and what was taken changes nothing.
    let list = hr.get(&format!("{place}/set-aside")).await;
    let mended = list
        .body
        .replace(",nothing,", ",communication,")
        .replace(",S7,", ",S9,")
        .replace("peer,ownership", "supervisor,ownership");
    let kept = send_to(&mut hr, PAGE, "mended.csv", mended).await.location.unwrap();
    hr.get(&format!("{kept}?lang=en")).await.says(200, "No row was set aside.");
    hr.submit(&kept, &kept, &[]).await.leads_to(&kept);

    let mut supervisor = office.session("super", None, Some((Role::Supervisor, Some("T1")))).await;
    for path in [PAGE, kept.as_str()] {
        assert_eq!(supervisor.get(path).await.status.as_u16(), 403, "{path}");
    }
    send_to(&mut hr, PAGE, "other.csv", "a,b\n1,2\n").await.says(409, "There is no column “employee_number”");
    send_to(&mut hr, PAGE, "", RATINGS).await.says(409, "Choose a file first");
    send_to(&mut hr, PAGE, "large.csv", "x".repeat(MOST_ROSTER_BYTES + 1)).await.says(409, "more than 16 MiB");
    let answer = hr.get("/cycles/2030-Q1/ratings").await;
    assert_eq!(answer.status.as_u16(), 404);
}

const FAULTY: &str = "employee_number,rater,group,item,value
X1,S9,supervisor,ownership,4
S1,S9,boss,ownership,4
S8,S9,supervisor,ownership,4
S1,S9,supervisor,expertise,6
S1,S9,supervisor,expertise,
S1,S1,peer,expertise,4
S1,S2,self,expertise,4
E001,S1,supervisor,ownership,4
S1,S9,supervisor,ownership,4
S1,S9,supervisor,ownership,5
S1,S9,peer,integrity,5
";

#[tokio::test(flavor = "multi_thread")]
async fn reasons_are_said_in_the_language_of_the_page() {
    let Some(chromium) = Chromium::start().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let office = office(&folder.path().join("merit.db").display().to_string()).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let kept = send_to(&mut hr, PAGE, "ratings.csv", FAULTY).await.location.unwrap();
    office.check(&chromium, &hr, &[(kept.as_str(), ["Why, and how to mend it", "原因与修正办法"])]).await;
    let reasons = [
        "“employee_number”列的“X1”不在花名册上：请先导入花名册，或更正工号。",
        "“boss”不是评分人的组：请填写 supervisor、peer、subordinate、self 之一。",
        "员工“S8”在本周期没有任职：请更正工号，或导入花名册。",
        "“6”不是评价表“conduct”的等级：可用等级为 1、2、3、4、5。",
        "“value”列为空：每行都须填写评价等级。",
        "不能以同事（peer）的身份给自己评分：组请填 self，或更正评分人。",
        "只有被评价者本人才能以本人（self）的身份评分：请更正评分人或组。",
        "此人岗位（front_line）的评分卡不含由人评价的部分",
        "同一评分人对同一员工的同一项目评分两次：请只保留一行。",
        "评分人在本行以同事（peer）的身份评价此人，在项目“ownership”中却以主管（supervisor）的身份",
    ];
    chromium.check(&format!("{}{kept}?lang=zh", office.origin), &reasons).await;
    let list = hr.get(&format!("{kept}/set-aside?lang=zh")).await.body;
    assert!(list.lines().next().unwrap().ends_with(",set_aside_because"), "{list}");
    for reason in reasons {
        assert!(list.contains(reason), "the file does not say '{reason}':\n{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_previewed_is_taken_in_only_while_the_cycle_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let office = office(&database.url).await;
        let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
        let kept = send_to(&mut hr, PAGE, "ratings.csv", RATINGS).await.location.unwrap();
        let count = "SELECT COUNT(*) AS n FROM rating";
        assert_eq!(database.figures(count).await, ["0"], "a preview writes nothing");
        // Other ratings come in meanwhile.
        let other = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        fs::write(other.path(), "employee_number,rater,group,item,value\nS2,S9,supervisor,ownership,4\n").unwrap();
        office.app.import_ratings(FIRST_QUARTER, other.path(), false).await.unwrap();
        hr.submit(&kept, &kept, &[]).await.says(409, "since this preview was made");
        assert_eq!(database.figures(count).await, ["1"], "{}", database.name);
        let kept = send_to(&mut hr, PAGE, "ratings.csv", RATINGS).await.location.unwrap();
        hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
        assert_eq!(database.figures(count).await, ["3"], "{}", database.name);
        // The review is completed between preview and import.
        let late = "employee_number,rater,group,item,value\nS2,S9,supervisor,integrity,4\n";
        let kept = send_to(&mut hr, PAGE, "late.csv", late).await.location.unwrap();
        database.execute("UPDATE cycle SET state = 'calibrated'").await;
        hr.submit(&kept, &format!("{kept}?lang=zh"), &[]).await.says(409, "评分只在评议完成之前受理");
        assert_eq!(database.figures(count).await, ["3"], "{}", database.name);
    }
}
