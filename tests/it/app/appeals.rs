//! Appeals from raising to a new revision, and everybody who may not.

use std::collections::BTreeMap;
use std::fs;

use chrono::{DateTime, Utc};
use merit::app::{
    AccountKind, AccountOrder, App, AppError, AppealOrder, AppealView, Clock, CycleOrder, DeadlineOrder, DecisionOrder,
    EvidenceOrder, GrantOrder, OtherRating, Slice, TokenKind, TokenOrder, Variation, Verdict, Wanted, WantedEntries,
};
use merit::domain::agent_result::ResultState;
use merit::domain::appeal::{AppealState, AppealSubject};
use merit::domain::appraisal::CalibrationReason;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::deadline::Stage;
use merit::domain::scorecard::LineState;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, publish};
use crate::support::engines;

const LINE: &str = "qa_score";

/// Merit as a person who is this agent, with further roles over the whole organisation.
pub(super) async fn person(app: &App, login: &str, agent: &str, roles: &[Role]) -> App {
    let order = AccountOrder { kind: AccountKind::Person, login, name: login, agent: Some(agent) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    for role in roles.iter().copied() {
        let (unit, first_day, last_day) = (None, None, None);
        app.grant(GrantOrder { account, role, unit, with_pay: true, first_day, last_day }).await.unwrap();
    }
    let order = TokenOrder { account, name: login, kind: TokenKind::Token, only: None, expires_at: None };
    let (_, token) = app.create_token(order).await.unwrap();
    app.acting_as(app.bearer(&token).await.unwrap().unwrap())
}

async fn published(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    publish(&app, FIRST_QUARTER).await;
    app
}

pub(super) fn about_line(line: &str) -> AppealOrder<'_> {
    AppealOrder {
        cycle: FIRST_QUARTER,
        about: AppealSubject::Line(line.to_owned()),
        grounds: "the recordings were lost",
    }
}

fn leaving_out(line: &str) -> Verdict {
    Verdict::Vary(Variation { leave_out: vec![line.to_owned()], ..Variation::default() })
}

fn deciding(appeal: &AppealView, verdict: Verdict) -> DecisionOrder<'_> {
    DecisionOrder { appeal: appeal.appeal.public_id, verdict, reason: "the recordings are lost indeed" }
}

/// Employee number and amount of every payout, by pages of one.
pub(super) async fn paid(app: &App, cycle: &str) -> Vec<(String, i64)> {
    let (mut all, mut slice) = (Vec::new(), Slice { limit: 1, after: None });
    loop {
        let page = app.payouts(cycle, &slice, &Wanted::default()).await.unwrap();
        let more = page.more;
        all.extend(page.rows.into_iter().map(|payout| (payout.employee_number, payout.amount.minor)));
        match all.last().filter(|_| more) {
            Some((last, _)) => slice = Slice { limit: 1, after: Some(last.clone()) },
            None => return all,
        }
    }
}

pub(super) async fn total(app: &App, cycle: &str) -> i64 {
    app.payout_totals(cycle).await.unwrap().iter().map(|total| total.amount_minor).sum()
}

pub(super) async fn assert_replays(app: &App, cycle: &str, revised: u64) {
    let replay = app.replay(cycle, &|_| {}).await.unwrap();
    assert_eq!((replay.differing, replay.revised), (0, revised), "{:?}", replay.differences);
    assert!(replay.differences.is_empty(), "{:?}", replay.differences);
}

/// Holds the sums of a cycle against its lists.
async fn assert_sums_agree(app: &App) {
    let paid: i64 = paid(app, FIRST_QUARTER).await.iter().map(|(_, amount)| amount).sum();
    assert_eq!(total(app, FIRST_QUARTER).await, paid);
    let cost = app.cycle_cost(FIRST_QUARTER).await.unwrap();
    assert_eq!(cost.totals.iter().map(|line| line.sum.amount_minor).sum::<i64>(), paid);
    let listed = app.scorecards(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows;
    let mut rated: BTreeMap<(String, String), i64> = BTreeMap::new();
    for card in listed {
        *rated.entry((card.card, card.rating.unwrap_or_default())).or_default() += 1;
    }
    rated.retain(|(_, rating), _| !rating.is_empty());
    let spread = app.spread(FIRST_QUARTER, &Wanted::default()).await.unwrap();
    let spread = spread.into_iter().flat_map(|one| one.bands.into_iter().map(move |band| (one.card.clone(), band)));
    let spread: BTreeMap<(String, String), i64> =
        spread.filter(|(_, (_, agents))| *agents != 0).map(|(card, (band, agents))| ((card, band), agents)).collect();
    assert_eq!(spread, rated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_varied_appeal_takes_the_place_of_the_result_and_the_old_one_stays_readable() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = published(&company, &database.url).await;
        let (agent, hr) = (person(&app, "e003", "E003", &[]).await, acting(&app, "hr", Role::Hr).await);
        let (card, payouts) = (app.scorecard(FIRST_QUARTER, "E003").await.unwrap(), paid(&app, FIRST_QUARTER).await);
        let payout = app.payout(FIRST_QUARTER, "E003").await.unwrap();
        assert_sums_agree(&app).await;
        let raised = agent.raise_appeal(about_line(LINE)).await.unwrap();
        assert_eq!(raised.appeal.metric.as_deref(), Some(LINE));
        let state = async || app.agent_result(FIRST_QUARTER, "E003").await.unwrap().state;
        assert_eq!(state().await, ResultState::Appealed);
        act(&app, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap();
        let open = act(&app, FIRST_QUARTER, CycleAct::Finalise).await.unwrap_err().to_string();
        assert!(open.contains("has 1 open appeals"), "{open}");

        hr.assign_appeal(raised.appeal.public_id, None).await.unwrap();
        let decided = hr.decide_appeal(deciding(&raised, leaving_out(LINE))).await.unwrap();
        assert_eq!(
            (decided.appeal.state, decided.revision, decided.decided_by.as_deref()),
            (AppealState::Varied, Some(2), Some("hr"))
        );
        assert_eq!(state().await, ResultState::Varied);

        let varied = agent.scorecard(FIRST_QUARTER, "E003").await.unwrap();
        let line = varied.result.stretches[0].stretch.card.lines.iter().find(|line| &*line.id == LINE).unwrap();
        assert_eq!((line.state, line.effective_weight.micros()), (LineState::LeftOut, 0));
        assert!(line.value.is_some() && line.points.is_none(), "what was measured is still shown");
        assert_ne!(varied.result.total, card.result.total, "{}", database.name);
        assert_eq!(agent.scorecard_in(FIRST_QUARTER, "E003", Some(1)).await.unwrap(), card);
        assert_eq!(agent.scorecard_in(FIRST_QUARTER, "E003", Some(2)).await.unwrap(), varied);
        assert!(matches!(agent.scorecard_in(FIRST_QUARTER, "E003", Some(3)).await, Err(AppError::NotFound(_))));
        // The others have no such revision.
        assert!(matches!(app.scorecard_in(FIRST_QUARTER, "E001", Some(2)).await, Err(AppError::NotFound(_))));
        let told = agent.explained_scorecard(FIRST_QUARTER, "E003").await.unwrap();
        let lines = &told.explanation.stretches[0].as_ref().unwrap().lines;
        let said = lines.iter().find(|told| told.en.contains("The decision on an appeal left this line out."));
        assert!(said.is_some_and(|told| told.zh.contains("经申诉裁定，该项不计入。")));

        let now = paid(&app, FIRST_QUARTER).await;
        let changed: Vec<_> = now.iter().zip(&payouts).filter(|(now, before)| now != before).collect();
        let amount = app.payout(FIRST_QUARTER, "E003").await.unwrap().summary.amount.minor;
        assert_eq!(changed, [(&("E003".to_owned(), amount), &("E003".to_owned(), payout.summary.amount.minor))]);
        assert_sums_agree(&app).await;
        assert_eq!(app.payout_in(FIRST_QUARTER, "E003", Some(1)).await.unwrap(), payout);
        let listed = app.scorecards(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap().rows;
        let numbers: Vec<&str> = listed.iter().map(|card| card.employee_number.as_str()).collect();
        assert_eq!(numbers, ["E001", "E002", "E003", "E004"]);
        assert_eq!(listed[2], varied.summary);

        let revisions = agent.revisions(FIRST_QUARTER, "E003").await.unwrap();
        assert_eq!(
            revisions.iter().map(|one| (one.revision, one.kind)).collect::<Vec<_>>(),
            [(1, None), (2, Some("varied"))]
        );
        let difference = revisions[1].difference.as_ref().unwrap();
        assert_eq!(difference.score, (card.result.printed, varied.result.printed));
        assert_eq!((difference.pay[0].before, difference.pay[0].after.minor), (payout.summary.amount, amount));
        assert!(difference.lines.iter().any(|line| line.line == LINE && line.points.1.is_none()));
        assert_replays(&app, FIRST_QUARTER, 1).await;
        // What was changed by hand under the revision is seen.
        database
            .execute("UPDATE payout SET amount_minor = amount_minor + 1 WHERE run_id = (SELECT run_id FROM revision)")
            .await;
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differing, 1, "{}", database.name);
        database
            .execute("UPDATE payout SET amount_minor = amount_minor - 1 WHERE run_id = (SELECT run_id FROM revision)")
            .await;

        let entries = app.audit_entries(&Slice::first(), &WantedEntries::default()).await.unwrap().rows;
        let changes = entries.iter().map(|entry| {
            (entry.entry.record.act.as_str(), entry.actor_login.as_deref().unwrap_or(&entry.entry.record.actor))
        });
        let mut changes: Vec<_> =
            changes.filter(|(act, _)| act.starts_with("appeal.") && !act.starts_with("appeal.read")).collect();
        changes.sort_unstable();
        assert_eq!(changes, [("appeal.assign", "hr"), ("appeal.raise", "e003"), ("appeal.vary", "hr")]);
        let vary = entries.iter().find(|entry| entry.entry.record.act == "appeal.vary").unwrap();
        assert_eq!(vary.entry.record.reason.as_deref(), Some("the recordings are lost indeed"));
        act(&app, FIRST_QUARTER, CycleAct::Finalise).await.unwrap();
        assert_eq!(paid(&app, FIRST_QUARTER).await, now);
        database.assert_counted().await;
        let summary = hr.appeal_summary(FIRST_QUARTER).await.unwrap();
        assert_eq!((summary.all.raised(), summary.all.varied), (1, 1));
        assert_eq!((summary.by_subject[0].name.as_str(), summary.by_subject[0].metric.as_deref()), (LINE, Some(LINE)));
        assert_eq!(summary.all.overturned().unwrap().0.to_string(), "100");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_who_had_a_part_in_it_and_what_is_decided_stays() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = published(&company, &database.url).await;
        let agent = person(&app, "e001", "E001", &[]).await;
        // HR is on the roster as well, and the agent themselves may be of HR.
        let own = person(&app, "e002", "E002", &[Role::Hr]).await;
        let (hr, other) = (acting(&app, "hr", Role::Hr).await, acting(&app, "other", Role::Hr).await);
        let raised =
            agent.raise_appeal(AppealOrder { about: AppealSubject::Rating, ..about_line(LINE) }).await.unwrap();
        let id = raised.appeal.public_id;
        let twice = agent.raise_appeal(about_line(LINE)).await.unwrap_err();
        assert!(
            matches!(&twice, AppError::Refused(why) if why.contains("is appealed: it cannot be appealed")),
            "{twice}"
        );
        let unknown = own.raise_appeal(about_line("no line")).await.unwrap_err();
        assert!(
            matches!(&unknown, AppError::Invalid(why) if why.contains("has no line 'no line'; it has csat")),
            "{unknown}"
        );
        let wordless = own.raise_appeal(AppealOrder { grounds: " ", ..about_line(LINE) }).await.unwrap_err();
        assert!(matches!(wordless, AppError::Invalid(_)), "{wordless}");

        // Who scored the cycle, who reviewed the agent, who it is about, who may not.
        let scored = app.assign_appeal(id, None).await.unwrap_err().to_string();
        assert!(scored.ends_with("they scored the cycle"), "{scored}");
        let mine = own.raise_appeal(about_line(LINE)).await.unwrap().appeal.public_id;
        let own_case = own.assign_appeal(mine, None).await.unwrap_err().to_string();
        assert!(own_case.ends_with("it is their own"), "{own_case}");
        database
            .execute(
                "INSERT INTO review (public_id, cycle_id, agent_id, rater_id, rater_group, state, answers, comment, version, saved_at, submitted_at)
                 SELECT a.public_id, c.id, a.id, r.id, 'supervisor', 'submitted', '{}', '', 1, x.raised_at, x.raised_at
                 FROM cycle c, agent a, agent r, appeal x
                 WHERE a.employee_number = 'E001' AND r.employee_number = 'E002' AND x.agent_id = a.id",
            )
            .await;
        let reviewed = hr.assign_appeal(id, Some("e002")).await.unwrap_err().to_string();
        assert!(reviewed.ends_with("they reviewed the agent"), "{reviewed}");
        acting(&app, "payroll", Role::Payroll).await;
        let stranger = hr.assign_appeal(id, Some("payroll")).await.unwrap_err().to_string();
        assert!(stranger.contains("they may not decide appeals"), "{stranger}");
        assert!(matches!(hr.assign_appeal(id, Some("nobody")).await, Err(AppError::Invalid(_))));
        assert!(matches!(agent.assign_appeal(id, None).await, Err(AppError::Forbidden(_))));
        assert!(matches!(agent.decide_appeal(deciding(&raised, Verdict::Uphold)).await, Err(AppError::Forbidden(_))));

        // Assigned to one, it is not the other's to decide until they take it over.
        hr.assign_appeal(id, Some("other")).await.unwrap();
        let elsewhere = hr.decide_appeal(deciding(&raised, Verdict::Uphold)).await.unwrap_err().to_string();
        assert!(elsewhere.contains("take it over first"), "{elsewhere}");
        let rating = |rating: &str| {
            let other = OtherRating { rating: rating.to_owned(), reason: CalibrationReason::DataFault };
            Verdict::Vary(Variation { rating: Some(other), ..Variation::default() })
        };
        for (verdict, said) in [
            (Verdict::Vary(Variation::default()), "the result would be the same"),
            (leaving_out("no line"), "leave_out: the agent's scorecard has no line 'no line'"),
            (rating("Z"), "rating: "),
            (Verdict::Vary(Variation { facts_anew: true, ..Variation::default() }), "the result would be the same"),
        ] {
            let refused = other.decide_appeal(deciding(&raised, verdict)).await.unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        let wordless = DecisionOrder { reason: "", ..deciding(&raised, Verdict::Uphold) };
        assert!(matches!(other.decide_appeal(wordless).await, Err(AppError::Invalid(_))));
        let before = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
        other.decide_appeal(deciding(&raised, Verdict::Uphold)).await.unwrap();
        assert_eq!(app.scorecard(FIRST_QUARTER, "E001").await.unwrap(), before);
        for again in [
            other.decide_appeal(deciding(&raised, leaving_out(LINE))).await.map(drop),
            other.assign_appeal(id, None).await.map(drop),
            agent.withdraw_appeal(id).await.map(drop),
            agent.raise_appeal(about_line(LINE)).await.map(drop),
        ] {
            let again = again.unwrap_err();
            assert!(matches!(again, AppError::Refused(_)), "{again}");
        }

        // Withdrawn, it may be raised again.
        assert!(matches!(agent.withdraw_appeal(mine).await, Err(AppError::NotFound(_))));
        assert_eq!(own.withdraw_appeal(mine).await.unwrap().appeal.state, AppealState::Withdrawn);
        let again = own.raise_appeal(AppealOrder { about: AppealSubject::Result, ..about_line(LINE) }).await.unwrap();
        hr.assign_appeal(again.appeal.public_id, None).await.unwrap();
        let best = if before.result.rating.as_deref() == Some("A") { "B" } else { "A" };
        hr.decide_appeal(deciding(&again, rating(best))).await.unwrap();
        let card = own.scorecard(FIRST_QUARTER, "E002").await.unwrap();
        assert_eq!(card.result.rating.as_deref(), Some(best));
        assert_eq!(card.result.calibrated.unwrap().reason, CalibrationReason::DataFault);
        assert_replays(&app, FIRST_QUARTER, 1).await;
        let listed = hr.appeals(FIRST_QUARTER, &Slice { limit: 2, after: None }, None).await.unwrap();
        assert_eq!((listed.rows.len(), listed.more), (2, true));
        assert_eq!(agent.appeals(FIRST_QUARTER, &Slice::first(), None).await.unwrap().rows.len(), 1);
        let varied = hr.appeals(FIRST_QUARTER, &Slice::first(), Some(AppealState::Varied)).await.unwrap().rows;
        assert_eq!((varied.len(), varied[0].revision), (1, Some(2)));
        let supervisors = hr.appeal_summary(FIRST_QUARTER).await.unwrap().by_supervisor;
        assert_eq!((supervisors.len(), supervisors[0].name.as_str(), supervisors[0].counts.upheld), (1, "E002", 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_were_mended_count_in_a_varied_result() {
    let company = Company::new(3);
    let database = company.sqlite();
    let app = published(&company, &database).await;
    let agent = person(&app, "e002", "E002", &[]).await;
    let hr = acting(&app, "hr", Role::Hr).await;
    let raised = agent.raise_appeal(about_line(LINE)).await.unwrap();
    hr.assign_appeal(raised.appeal.public_id, None).await.unwrap();
    let other = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
    company.write_figures(9);
    company.pull(&app).await.unwrap();
    let anew = Verdict::Vary(Variation { facts_anew: true, ..Variation::default() });
    hr.decide_appeal(deciding(&raised, anew)).await.unwrap();
    let before = app.scorecard_in(FIRST_QUARTER, "E002", Some(1)).await.unwrap();
    assert_ne!(app.scorecard(FIRST_QUARTER, "E002").await.unwrap().result, before.result);
    assert_eq!(app.scorecard(FIRST_QUARTER, "E001").await.unwrap(), other, "nobody else's");
    assert_replays(&app, FIRST_QUARTER, 1).await;
}

fn at(time: &str) -> Clock {
    Clock::Fixed(time.parse::<DateTime<Utc>>().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_time_to_appeal_until_the_last_working_day() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = published(&company, &database.url).await;
        person(&app, "e001", "E001", &[]).await;
        // Published on a Thursday.
        database.execute("UPDATE agent_result SET published_at = '2027-07-08 10:00:00+00:00'").await;
        let as_agent = async |clock: Clock| {
            let app = App::open(&database.url, clock).await.unwrap();
            let account = app.account_named("e001").await.unwrap().account.public_id;
            let name = format!("at {:?}", clock.now());
            let order = TokenOrder { account, name: &name, kind: TokenKind::Token, only: None, expires_at: None };
            let (_, token) = app.create_token(order).await.unwrap();
            app.acting_as(app.bearer(&token).await.unwrap().unwrap())
        };
        let late = as_agent(at("2027-07-16T00:00:00Z")).await.raise_appeal(about_line(LINE)).await.unwrap_err();
        assert_eq!(late.to_string(), "the time to appeal in cycle 2026-Q2 ended on 2027-07-15", "{}", database.name);
        let in_time = as_agent(at("2027-07-15T23:59:59Z")).await;
        let raised = in_time.raise_appeal(about_line(LINE)).await.unwrap();
        assert_eq!(raised.appeal.due.to_string(), "2027-07-22");
        in_time.withdraw_appeal(raised.appeal.public_id).await.unwrap();

        // Longer, never shorter.
        let set = async |app: &App, days: u16| {
            let working_days = [(Stage::Appeal, days)].into();
            app.set_deadlines(&DeadlineOrder { cycle: FIRST_QUARTER, calendar: None, working_days }).await
        };
        for (days, refused) in [(0, true), (4, true), (61, true), (6, false)] {
            assert_eq!(set(&app, days).await.is_err(), refused, "{days}");
        }
        assert_eq!(in_time.deadlines(FIRST_QUARTER).await.unwrap().plan.working_days(Stage::Appeal), 6);
        let friday = as_agent(at("2027-07-16T12:00:00Z")).await;
        let raised = friday.raise_appeal(about_line(LINE)).await.unwrap();
        friday.withdraw_appeal(raised.appeal.public_id).await.unwrap();
        assert!(set(&in_time, 7).await.is_err());
        let still = app.clone().with_clock(at("2027-07-16T23:59:59Z"));
        let open = CycleOrder { cycle: FIRST_QUARTER, act: CycleAct::Finalise, reason: None, digest: None };
        act(&app, FIRST_QUARTER, CycleAct::BeginAppeals).await.unwrap();
        let early = still.act_on_cycle(open).await.unwrap_err().to_string();
        assert!(early.contains("may appeal until 2027-07-16: it is made final after that day"), "{early}");
        // Nor in the moment in which the last open appeal is withdrawn.
        for _ in 0..20 {
            let raised = friday.raise_appeal(about_line(LINE)).await.unwrap().appeal.public_id;
            let (withdrawn, finalised) = tokio::join!(friday.withdraw_appeal(raised), still.act_on_cycle(open));
            withdrawn.unwrap();
            assert!(matches!(finalised, Err(AppError::Refused(_))), "{}: {finalised:?}", database.name);
        }
        still.with_clock(at("2027-07-17T00:00:00Z")).act_on_cycle(open).await.unwrap();
        assert!(matches!(friday.raise_appeal(about_line(LINE)).await, Err(AppError::Refused(_))));
        assert!(matches!(set(&app, 9).await, Err(AppError::Refused(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_what_their_names_say_and_only_for_whom_they_concern() {
    let company = Company::new(3);
    let workbook = {
        let path = company.path("book.xlsx");
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "seen").unwrap();
        book.save(&path).unwrap();
        fs::read(path).unwrap()
    };
    for database in engines::databases(&company.path("merit.db")).await {
        let app = published(&company, &database.url).await;
        let (agent, other) = (person(&app, "e001", "E001", &[]).await, person(&app, "e002", "E002", &[]).await);
        let raised = agent.raise_appeal(about_line(LINE)).await.unwrap().appeal.public_id;
        let add = async |app: &App, name: &str, content: &[u8]| {
            app.add_evidence(EvidenceOrder { appeal: raised, name, content: content.to_vec() }).await
        };
        let pdf: &[u8] = b"%PDF-1.7\n%%EOF";
        let good: [(&str, &[u8], &str); 6] = [
            ("信.pdf", pdf, "application/pdf"),
            ("a.PNG", b"\x89PNG\r\n\x1a\n\0", "image/png"),
            ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("a.txt", "看\n".as_bytes(), "text/plain"),
            ("a.csv", b"a,b\n1,2\n", "text/csv"),
            ("a.xlsx", &workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ];
        for (name, content, kind) in good {
            assert_eq!(add(&agent, name, content).await.unwrap().media_type, kind, "{name}");
        }
        let large = vec![b'a'; (5 << 20) + 1];
        let bad: [(&str, &[u8]); 10] = [
            ("a.pdf", b"<html>"),
            ("a.html", b"<html>"),
            ("a.txt", pdf),
            ("a.exe", b"MZ\x90\0"),
            ("a.zip", b"PK\x03\x04nothing"),
            ("a.txt", b"a\0b"),
            ("a.txt", b"\xff\xfe"),
            ("a.txt", b""),
            ("../a.txt", b"a"),
            ("a.txt", &large),
        ];
        for (name, content) in bad {
            let refused = add(&agent, name, content).await.unwrap_err();
            assert!(matches!(refused, AppError::Invalid(_)), "{name}: {refused}");
        }
        assert!(matches!(add(&other, "a.pdf", pdf).await, Err(AppError::NotFound(_))));
        let hr = acting(&app, "hr", Role::Hr).await;
        assert!(matches!(add(&hr, "a.pdf", pdf).await, Err(AppError::Forbidden(_))));
        let view = agent.appeal(raised).await.unwrap();
        assert_eq!(view.evidence.len(), good.len());
        let file = view.evidence[0].public_id;
        for reader in [&agent, &hr, &acting(&app, "auditor", Role::Auditor).await] {
            assert_eq!(reader.evidence(file).await.unwrap().content, pdf);
        }
        assert!(matches!(other.evidence(file).await, Err(AppError::NotFound(_))));
        let supervisor = acting(&app, "supervisor", Role::Supervisor).await;
        assert!(matches!(supervisor.evidence(file).await, Err(AppError::Forbidden(_))));
        for more in good.len()..10 {
            add(&agent, &format!("{more}.pdf"), pdf).await.unwrap();
        }
        assert!(matches!(add(&agent, "last.pdf", pdf).await, Err(AppError::Refused(_))));
        agent.withdraw_appeal(raised).await.unwrap();
        assert!(matches!(add(&agent, "late.pdf", pdf).await, Err(AppError::Refused(_))), "{}", database.name);
    }
}
