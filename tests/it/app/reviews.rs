//! Reviews: who writes what about whom, nobody overwrites another, and what was handed in counts.

use std::collections::BTreeMap;
use std::fs;

use merit::app::{
    AccountKind, AccountOrder, App, AppError, GrantOrder, ReviewAnswer, ReviewOrder, TokenKind, TokenOrder,
};
use merit::domain::agent_result::ResultState;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::judgement::{RaterGroup, ReviewState};

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};
use crate::support::engines;

const ITEMS: [&str; 5] = ["ownership", "communication", "cooperation", "expertise", "integrity"];

/// Merit as this person of the roster, with the role besides that of an agent.
pub(super) async fn person(app: &App, number: &str, role: Option<(Role, &str)>) -> App {
    let order = AccountOrder { kind: AccountKind::Person, login: number, name: number, agent: Some(number) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let (first_day, last_day) = (None, None);
    let roles = [Some((Role::Agent, None)), role.map(|(role, unit)| (role, Some(unit)))];
    for (role, unit) in roles.into_iter().flatten() {
        app.grant(GrantOrder { account, role, unit, with_pay: false, first_day, last_day }).await.unwrap();
    }
    let order = TokenOrder { account, name: number, kind: TokenKind::Token, only: None, expires_at: None };
    let token = app.create_token(order).await.unwrap().1;
    app.acting_as(app.bearer(&token).await.unwrap().unwrap())
}

/// A cycle in review. S9 leads T1, where everybody works; S8 leads T2, where nobody does.
pub(crate) async fn in_review(company: &Company, database: &str) -> App {
    let app = company.load(database).await;
    let units = company.path("more_units.csv");
    fs::write(&units, "unit,parent,kind,name_en,name_zh\nT2,HQ,team,Team 2,二组\n").unwrap();
    let people = company.path("supervisors.csv");
    let mut rows = String::from("employee_number,name,unit,post,from\n");
    for number in ["S1", "S2", "S3", "S4", "S5", "S9"] {
        rows.push_str(&format!("{number},Supervisor {number},T1,supervisor,2026-01-01\n"));
    }
    rows.push_str("S8,Supervisor S8,T2,supervisor,2026-01-01\n");
    fs::write(&people, rows).unwrap();
    for file in [&units, &people] {
        let report = app.import_roster(file, None, false).await.unwrap();
        assert!(report.set_aside.is_empty(), "{:?}", report.set_aside);
    }
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    act(&app, FIRST_QUARTER, CycleAct::BeginReview).await.unwrap();
    app
}

fn answers(value: &str, items: &[&str]) -> BTreeMap<String, ReviewAnswer> {
    let answer = |item: &&str| {
        let answer = ReviewAnswer { value: value.parse().unwrap(), comment: format!("{item}: seen daily") };
        ((*item).to_owned(), answer)
    };
    items.iter().map(answer).collect()
}

fn order<'a>(
    employee_number: &'a str,
    version: i64,
    answers: BTreeMap<String, ReviewAnswer>,
    comment: &'a str,
) -> ReviewOrder<'a> {
    ReviewOrder { cycle: FIRST_QUARTER, employee_number, version, answers, comment }
}

async fn state(app: &App, number: &str) -> ResultState {
    app.agent_result(FIRST_QUARTER, number).await.unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_saved_handed_in_and_counts() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let (hr, lead) = (acting(&app, "hr", Role::Hr).await, person(&app, "S9", Some((Role::Supervisor, "T1"))).await);
        let own = person(&app, "S1", None).await;
        let sheet = lead.review_sheet(FIRST_QUARTER, "S1").await.unwrap();
        assert_eq!((sheet.group, sheet.state, sheet.version), (RaterGroup::Supervisor, None, 0));
        assert_eq!(sheet.form.unwrap().items.len(), 5);

        // Two windows: the second does not overwrite the first.
        let saved = lead.save_review(order("S1", 0, answers("4", &ITEMS[..2]), "so far")).await.unwrap();
        assert_eq!((saved.state, saved.version), (Some(ReviewState::Draft), 1));
        for stale in [0, 7] {
            let lost = lead.save_review(order("S1", stale, answers("1", &ITEMS), "other")).await.unwrap_err();
            assert!(matches!(lost, AppError::Changed(_)), "{lost}");
        }
        let kept = lead.review_sheet(FIRST_QUARTER, "S1").await.unwrap();
        assert_eq!((kept.answers, kept.comment.as_str()), (answers("4", &ITEMS[..2]), "so far"));
        let early = lead.submit_review(order("S1", 1, answers("4", &ITEMS[..2]), "")).await.unwrap_err().to_string();
        assert_eq!(early, "answers: still without an answer: cooperation, expertise, integrity");
        for (item, value, why) in [
            ("charm", "4", "answers: 'charm' is not an item of the form; it has ownership, communication"),
            (
                "ownership",
                "4.5",
                "answers: 4.5 of 'ownership' is not a level of the form; its levels are 1, 2, 3, 4, 5",
            ),
        ] {
            let refused = lead.save_review(order("S1", 1, answers(value, &[item]), "")).await.unwrap_err().to_string();
            assert!(refused.starts_with(why), "{refused}");
        }

        let before = app.scorecard(FIRST_QUARTER, "S1").await.unwrap().result;
        let basic = state(&app, "S1").await;
        let handed_in = lead.submit_review(order("S1", 1, answers("4", &ITEMS), "A steady hand.")).await.unwrap();
        assert_eq!((handed_in.state, handed_in.version), (Some(ReviewState::Submitted), 2));
        assert_eq!(state(&app, "S1").await, ResultState::Reviewed);
        assert_ne!(basic, ResultState::Reviewed);
        own.submit_review(order("S1", 0, answers("5", &ITEMS), "I learnt a lot.")).await.unwrap();

        // What was handed in counts from the next scoring on, and without that nobody calibrates.
        let stale = act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap_err().to_string();
        assert!(
            stale.starts_with("since cycle 2026-Q2 was scored, reviews, exemptions or calibrated ratings"),
            "{stale}"
        );
        app.score(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!(state(&app, "S1").await, ResultState::Reviewed);
        let judged = |result: &merit::domain::appraisal::AppraisalResult| {
            result.stretches[0]
                .stretch
                .card
                .judged
                .as_ref()
                .and_then(|judged| judged.form.points)
                .map(|p| p.to_string())
        };
        let after = app.scorecard(FIRST_QUARTER, "S1").await.unwrap().result;
        // (75 × 50 + 100 × 10) ÷ 60: peers and subordinates gave nothing, their weights went to the others.
        assert_eq!((judged(&before), judged(&after).as_deref()), (None, Some("79.166666")), "{}", database.name);
        assert!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differences.is_empty());

        // The person sees it once it is published.
        assert!(matches!(own.reviews_about(FIRST_QUARTER, "S1").await, Err(AppError::NotFound(_))));
        act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        let late = lead.save_review(order("S1", 2, answers("1", &ITEMS), "")).await.unwrap_err();
        assert_eq!(late.to_string(), "cycle '2026-Q2' is calibrated: reviews are written while it is in review");
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        act(&hr, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        let about = own.reviews_about(FIRST_QUARTER, "S1").await.unwrap();
        let told: Vec<_> =
            about.written.iter().map(|one| (one.group, one.rater.as_deref(), one.comment.as_str())).collect();
        assert_eq!(
            told,
            [
                (RaterGroup::Supervisor, Some("S9"), "A steady hand."),
                (RaterGroup::Oneself, Some("S1"), "I learnt a lot.")
            ]
        );
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_about_people_that_are_not_theirs() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let other = person(&app, "S8", Some((Role::Supervisor, "T2"))).await;
        let peer = person(&app, "S2", None).await;
        let hr = acting(&app, "hr", Role::Hr).await;
        for stranger in [&other, &peer] {
            for number in ["S1", "E001", "nobody"] {
                let none = stranger.review_sheet(FIRST_QUARTER, number).await.unwrap_err();
                assert!(matches!(none, AppError::NotFound(_)), "{none}");
                let none = stranger.submit_review(order(number, 0, BTreeMap::new(), "x")).await.unwrap_err();
                assert!(matches!(none, AppError::NotFound(_)), "{none}");
            }
        }
        assert!(matches!(hr.review_sheet(FIRST_QUARTER, "S1").await, Err(AppError::Forbidden(_))));
        // A front-line card is judged by no form: there is the comment.
        let lead = person(&app, "S9", Some((Role::Supervisor, "T1"))).await;
        assert!(lead.review_sheet(FIRST_QUARTER, "E001").await.unwrap().form.is_none());
        let refused = lead.save_review(order("E001", 0, answers("4", &ITEMS), "")).await.unwrap_err().to_string();
        assert!(refused.contains("is not judged by a form as supervisor: give a comment only"), "{refused}");
        lead.submit_review(order("E001", 0, BTreeMap::new(), "Calm with angry callers.")).await.unwrap();
        assert_eq!(state(&app, "E001").await, ResultState::Reviewed);
        // Whoever leads a team is in it as well: of themselves they write as themselves, and need the others' word.
        assert_eq!(lead.review_sheet(FIRST_QUARTER, "S9").await.unwrap().group, RaterGroup::Oneself);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_are_asked_may_decline_and_stay_without_a_name() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let lead = person(&app, "S9", Some((Role::Supervisor, "T1"))).await;
        let raters = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect::<Vec<_>>();
        let ask = |numbers: &'static [&'static str]| {
            let (lead, numbers) = (lead.clone(), raters(numbers));
            async move { lead.invite_raters(FIRST_QUARTER, "S1", RaterGroup::Peer, &numbers).await }
        };
        let refused = ask(&["S1", "S2", "S77"]).await.unwrap_err().to_string();
        assert_eq!(refused, "raters: cannot be asked: S1 (the person themselves), S77 (not on the roster)");
        assert_eq!(ask(&["S2", "S3", "S4", "S5"]).await.unwrap(), 4);
        assert_eq!(ask(&["S2", "S3"]).await.unwrap(), 0);
        let refused = lead.invite_raters(FIRST_QUARTER, "E001", RaterGroup::Peer, &raters(&["S2"])).await.unwrap_err();
        assert!(matches!(refused, AppError::Refused(_)), "{refused}");

        let (two, three, four) =
            (person(&app, "S2", None).await, person(&app, "S3", None).await, person(&app, "S4", None).await);
        let tasks = two.review_tasks().await.unwrap();
        assert_eq!((tasks.len(), tasks[0].employee_number.as_str(), tasks[0].state), (1, "S1", ReviewState::Invited));
        let peers = [(&two, "3"), (&three, "4"), (&four, "5")];
        for (peer, value) in &peers[..2] {
            let sheet = peer.review_sheet(FIRST_QUARTER, "S1").await.unwrap();
            assert_eq!(sheet.group, RaterGroup::Peer);
            peer.submit_review(order("S1", sheet.version, answers(value, &ITEMS[..1]), "in confidence")).await.unwrap();
        }
        four.decline_review(FIRST_QUARTER, "S1").await.unwrap();
        let twice = four.decline_review(FIRST_QUARTER, "S1").await.unwrap_err();
        assert!(matches!(twice, AppError::Changed(_)), "{twice}");
        let after = two.decline_review(FIRST_QUARTER, "S1").await.unwrap_err();
        assert!(matches!(after, AppError::Changed(_)), "what was handed in stays: {after}");
        lead.withdraw_invitation(FIRST_QUARTER, "S1", "S5").await.unwrap();

        let about = lead.reviews_about(FIRST_QUARTER, "S1").await.unwrap();
        assert!(about.written.is_empty(), "{about:?}");
        let counts = &about.colleagues[0];
        assert_eq!((counts.asked, counts.handed_in, counts.declined), (4, 2, 2));
        // With two raters each could work out what the other one said: their figures are not shown, on the card either.
        let group = async || {
            app.score(FIRST_QUARTER, &|_| {}).await.unwrap();
            let card = app.scorecard(FIRST_QUARTER, "S1").await.unwrap().result.stretches[0].stretch.card.clone();
            let item = card.judged.unwrap().form.items.into_iter().find(|item| &*item.item == "ownership").unwrap();
            item.groups.into_iter().find(|group| group.group == RaterGroup::Peer).unwrap()
        };
        let hidden = group().await;
        assert_eq!((hidden.raters, hidden.mean), (2, None), "{}", database.name);
        // Who declined may still think better of it.
        let sheet = four.review_sheet(FIRST_QUARTER, "S1").await.unwrap();
        four.submit_review(order("S1", sheet.version, answers("5", &ITEMS[..1]), "")).await.unwrap();
        let shown = group().await;
        assert_eq!((shown.raters, shown.mean.map(|mean| mean.to_string())), (3, Some("4".into())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_take_note_of_their_published_results() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = in_review(&company, &database.url).await;
        let own = person(&app, "E001", None).await;
        let other = person(&app, "E002", None).await;
        let early = own.acknowledge(FIRST_QUARTER, "E001", None).await.unwrap_err();
        assert!(matches!(early, AppError::NotFound(_)), "{early}");
        let hr = acting(&app, "hr", Role::Hr).await;
        act(&hr, FIRST_QUARTER, CycleAct::Calibrate).await.unwrap();
        approve(&acting(&app, "chief", Role::Approver).await, FIRST_QUARTER).await.unwrap();
        act(&hr, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        let foreign = other.acknowledge(FIRST_QUARTER, "E001", None).await.unwrap_err();
        assert!(matches!(foreign, AppError::NotFound(_)), "{foreign}");
        for _ in 0..2 {
            let noted = own.acknowledge(FIRST_QUARTER, "E001", Some(" Seen. ")).await.unwrap();
            assert_eq!(
                (noted.state, noted.acknowledged_comment.as_deref()),
                (ResultState::Acknowledged, Some("Seen."))
            );
        }
        let progress = hr.progress(FIRST_QUARTER).await.unwrap();
        let team = progress.units.iter().find(|unit| unit.unit == "T1").unwrap();
        assert_eq!(team.results[&ResultState::Acknowledged], 1);
        assert_eq!(team.results[&ResultState::Published], team.all() - 1);
        let whole = progress.units.iter().find(|unit| unit.unit == "HQ").unwrap();
        assert_eq!((whole.parent.as_deref(), whole.all()), (None, team.all() + 1));
        for step in [CycleAct::BeginAppeals, CycleAct::Finalise] {
            act(&hr, FIRST_QUARTER, step).await.unwrap();
        }
        assert_eq!(state(&app, "E001").await, ResultState::Final);
        // Who said nothing until the end has taken note.
        let silent = app.agent_result(FIRST_QUARTER, "E002").await.unwrap();
        assert_eq!((silent.acknowledged_at.is_some(), silent.acknowledged_by_agent), (true, Some(false)));
        database.assert_counted().await;
        let spoke = app.agent_result(FIRST_QUARTER, "E001").await.unwrap();
        assert_eq!(spoke.acknowledged_by_agent, Some(true));
    }
}
