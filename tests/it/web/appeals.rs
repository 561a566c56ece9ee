//! An agent takes note of a result and appeals it with a file; HR decides; everybody sees what became of it. In real Chromium.

use std::fs;

use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, publish};

const CARD: &str = "/cycles/2026-Q2/scorecards/E003";

async fn office() -> Office {
    let company = Company::new(6);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    publish(&app, FIRST_QUARTER).await;
    act(&app, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap();
    Office::serving(company, app).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_takes_note_and_appeals_and_hr_decides() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut agent = office.session("e003", Some("E003"), None).await;
    let pages = [
        (CARD, ["Last day to appeal", "申诉截止日"]),
        ("/cycles/2026-Q2/appeal", ["Somebody who neither scored", "由未参与评分"]),
        ("/me/appeals", ["You have raised no appeal", "您没有提出过申诉"]),
        ("/reviews", ["Nothing is asked of you", "目前没有请您填写的内容"]),
        ("/cycles/2026-Q2/revisions/E003", ["As published", "发布时"]),
        ("/cycles/2026-Q2/reviews/E003/about", ["Nothing was handed in", "尚无提交的评议"]),
    ];
    office.check(&chromium, &agent, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{CARD}?lang=en", office.origin)).await;
    chromium.types("comment", "I have seen it.").await;
    chromium.clicks("Take note").await;
    chromium.sees("I have seen it.").await;
    chromium.clicks("Appeal this result").await;
    chromium.run("document.getElementById('about').value = 'line:qa_score'").await;
    chromium.types("grounds", "The recordings were lost.").await;
    chromium.sends("grounds").await;
    chromium.sees("To be decided by").await;
    let place = chromium.place().await;
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("信 letter.txt");
    fs::write(&letter, "The disk failed in May.").unwrap();
    chromium.picks("file", &letter).await;
    chromium.sends("file").await;
    chromium.sees("信 letter.txt").await;
    // What is no file of these kinds is refused, and says why.
    let program = folder.path().join("letter.pdf");
    fs::write(&program, b"\x7fELF").unwrap();
    chromium.picks("file", &program).await;
    chromium.sends("file").await;
    chromium.sees("is none of PDF, PNG, JPEG, XLSX").await;
    let large = folder.path().join("large.txt");
    fs::write(&large, "x".repeat((5 << 20) + 1)).unwrap();
    chromium.picks("file", &large).await;
    let says = chromium.run("return document.getElementById('file').validationMessage").await;
    assert_eq!(says, "The file has more than 5 MiB: choose a smaller one.");
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    let pages = [(place.as_str(), ["Hand in a file", "提交文件"]), (CARD, ["Appealed", "申诉中"])];
    office.check(&chromium, &agent, &pages).await;
    agent.get("/me/appeals?lang=en&format=csv").await.says(200, "2026-Q2,Line: qa_score,Open");
    // Without scripts a file that is too large is told of by the page.
    let token = agent.get(&place).await.form_token();
    let upload = async |token: &str, content: String| {
        let form = format!(
            "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"large.txt\"\r\n\r\n{content}\r\n--x--\r\n"
        );
        let request = agent.posting(&format!("{place}/evidence"), &[]).body(form);
        let kind = [("content-type".parse().unwrap(), "multipart/form-data; boundary=x".parse().unwrap())];
        agent.moved(&office.origin).send(request.headers(kind.into_iter().collect())).await
    };
    upload(&token, "x".repeat((5 << 20) + 1)).await.says(409, "has more than 5 MiB");
    upload("not the token", "x".to_owned()).await.says(403, "This form is not valid any more");

    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let mut other = office.session("e004", Some("E004"), None).await;
    assert_eq!(other.get(&place).await.status.as_u16(), 404);
    let pages = [
        ("/cycles/2026-Q2/appeals", ["E003", "E003"]),
        ("/cycles/2026-Q2/appeals?state=upheld&unit=T1", ["There is no appeal here", "此处没有申诉"]),
        ("/cycles/2026-Q2/appeals/rates", ["the interval tells", "区间表示"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{place}?lang=en", office.origin)).await;
    chromium.sees("Take it over first").await;
    chromium.clicks("Take it over").await;
    chromium.sees("The result changes").await;
    office.check(&chromium, &hr, &[(place.as_str(), ["The result changes", "更改结果"])]).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}{place}?lang=en", office.origin)).await;
    chromium.ticks("vary").await;
    chromium.types("reason", "The recordings are lost indeed.").await;
    chromium.sends("reason").await;
    chromium.sees("With this the result would be the same").await;
    assert_eq!(chromium.run("return document.getElementById('reason').value").await, "The recordings are lost indeed.");
    chromium.ticks("vary").await;
    chromium.run("document.querySelector('[name=\"leave_out.qa_score\"]').click()").await;
    chromium.sends("reason").await;
    chromium.sees("What changed").await;
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    hr.get("/cycles/2026-Q2/appeals?lang=en&format=csv").await.says(200, "E003,Line: qa_score,Changed");
    hr.get("/cycles/2026-Q2/appeals/rates?lang=en&format=csv").await.says(200, "100.00%");
    let pages = [
        (place.as_str(), ["The recordings are lost indeed.", "The recordings are lost indeed."]),
        ("/cycles/2026-Q2/revisions/E003", ["After an appeal", "申诉后"]),
        (CARD, ["Changed after an appeal", "申诉后更改"]),
    ];
    office.check(&chromium, &agent, &pages).await;
    // Whoever takes an appeal back may raise another in time; nobody else takes it back.
    let raise = "/cycles/2026-Q2/appeal";
    let raised = other.submit(raise, raise, &[("about", "rating"), ("grounds", "A slip.")]).await;
    let theirs = raised.location.unwrap();
    let withdrawal = format!("{theirs}/withdrawal");
    assert_eq!(hr.submit(&theirs, &withdrawal, &[]).await.status.as_u16(), 403);
    other.submit(&theirs, &withdrawal, &[]).await.leads_to(&theirs);
    other.get(&format!("{theirs}?lang=en")).await.says(200, "Withdrawn");
    // What cannot be taken note of any more says so, and keeps what was typed.
    let note = "/cycles/2026-Q2/results/E004/acknowledgement";
    let late = other.submit(raise, note, &[("comment", "words of E004")]).await;
    late.says(409, ">words of E004</textarea>");
    other.submit(raise, raise, &[("about", "line:none"), ("grounds", "x")]).await.says(409, "has no line");
    other.submit(raise, raise, &[("about", "result"), ("grounds", " ")]).await.says(409, "Say it in words");
    // A file is only ever downloaded, by whom it may concern.
    let file = agent.get(&place).await.body;
    let file = file.split("href=\"/evidence/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = format!("/evidence/{file}");
    let got = hr.get(&file).await;
    assert_eq!((got.body.as_str(), got.header("x-content-type-options")), ("The disk failed in May.", "nosniff"));
    assert!(got.header("content-disposition").starts_with("attachment; "), "{}", got.header("content-disposition"));
    assert_eq!(other.get(&file).await.status.as_u16(), 404);
}
