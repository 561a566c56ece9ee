//! Who moves has a card a stretch; who is hardly there has no total.

use std::fs;

use merit::app::ExemptionOrder;
use merit::domain::appraisal::{AppraisalState, Exemption, ExemptionReason};
use merit::domain::fixed::Fixed;
use merit::domain::payout::Withheld;

use crate::support::cases::{appraise, company, fixed, line, line_of, load, put_card, result, write_cases};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

const PEOPLE: [&str; 7] = [
    "E001,T1,front_line,2026-01-01,2026-05-15",
    "E001,T2,front_line,2026-05-16,",
    "E002,T1,front_line,2026-01-01,2026-06-09",
    "E002,T1,back_office,2026-06-10,",
    "E003,T1,front_line,2026-06-10,",
    "E004,T1,front_line,2026-01-01,",
    "E005,T1,front_line,2026-01-01,",
];

fn people_who_move() -> Company {
    let company = company(&PEOPLE);
    let rule = "stretch_basis: days\neligibility: {min_days: 30, min_samples: 15, stretch_min_days: 10}\n";
    put_card(&company, "front_line", &[line("csat_t2b", 60, ""), line("fcr_repeat", 40, "")], rule);
    put_card(&company, "back_office", &[line("ticket_on_time", 100, "")], rule);
    let rows = [
        // The last day in the first team, and the first day in the second.
        "E001,2026-05-15,csat_t2b,,18,20",
        "E001,2026-05-15,fcr_repeat,,19,20",
        "E001,2026-05-16,csat_t2b,,19,20",
        "E001,2026-05-16,fcr_repeat,,17,20",
        // The days just outside the quarter.
        "E001,2026-03-31,csat_t2b,,0,500",
        "E001,2026-07-01,csat_t2b,,0,500",
        "E002,2026-06-09,csat_t2b,,18,20",
        "E002,2026-06-10,ticket_on_time,,39,40",
        "E003,2026-06-20,csat_t2b,,20,20",
        "E004,2026-06-20,csat_t2b,,20,20",
        "E005,2026-06-20,csat_t2b,,18,20",
    ];
    write_cases(&company, "cases", &rows);
    company
}

#[tokio::test(flavor = "multi_thread")]
async fn who_moves_has_a_card_a_stretch_and_each_fact_counts_once() {
    let company = people_who_move();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        appraise(&company, &app, FIRST_QUARTER).await;

        let moved = result(&app, FIRST_QUARTER, "E001").await;
        let seen = moved.stretches.iter().map(|part| {
            let cases: Vec<i64> = part.stretch.card.lines.iter().map(|line| line.pooled.samples).collect();
            (part.stretch.unit.as_str(), part.stretch.days, part.share, part.stretch.card.total.unwrap(), cases)
        });
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [
                // 90 % and 95 %: 60 × 50 % + 40 × 75 %; 45 of 91 days.
                ("T1", 45, fixed("49.450549"), fixed("60"), vec![20, 20]),
                // 95 % and 85 %: 60 × 75 % + 40 × 25 %.
                ("T2", 46, fixed("50.549451"), fixed("55"), vec![20, 20]),
            ]
        );
        // 60 × 0.49450549 + 55 × 0.50549451 = 57.47252745
        assert_eq!((moved.total, moved.printed), (Some(fixed("57.472527")), Some(fixed("57.47"))));
        assert_eq!((moved.days, moved.samples, moved.rating.as_deref()), (91, 40, Some("B")));

        let changed_post = result(&app, FIRST_QUARTER, "E002").await;
        let seen = changed_post.stretches.iter().map(|part| {
            let stretch = &part.stretch;
            (stretch.post.as_str(), &*stretch.card.card, stretch.days, part.share, stretch.card.total.unwrap())
        });
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [
                // Resolution was not measured: satisfaction has its weight too.
                ("front_line", "front_line", 70, fixed("76.923077"), fixed("50")),
                ("back_office", "back_office", 21, fixed("23.076923"), fixed("87.5")),
            ]
        );
        // 50 × 0.76923077 + 87.5 × 0.23076923 = 58.653846125
        assert_eq!(changed_post.total, Some(fixed("58.653846")), "{}", database.name);
        let line = line_of(&changed_post.stretches[0].stretch.card, "csat_t2b");
        assert_eq!(line.effective_weight, Fixed::HUNDRED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_hardly_there_or_exempted_has_no_total_and_no_pay_by_score() {
    let company = people_who_move();
    let leave = "employee_number,from,to,kind\nE004,2026-03-20,2026-06-05,sick\nE005,2026-05-01,2026-05-10,annual\n";
    fs::write(company.path("leave.csv"), leave).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        app.import_leave(&company.path("leave.csv"), false).await.unwrap();
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let order = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E001", by: None };
        app.exempt(order, ExemptionReason::Secondment, "to the province").await.unwrap();
        let report = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((report.exempt, report.scored), (3, 2), "{}", database.name);
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().result_hash, report.result_hash);
        for (agent, days, why) in [
            ("E001", 91, Exemption::Granted { reason: ExemptionReason::Secondment }),
            // From 10 June on.
            ("E003", 21, Exemption::TooFewDays { days: 21, min_days: 30 }),
            // Back from 6 June on.
            ("E004", 25, Exemption::TooFewDays { days: 25, min_days: 30 }),
        ] {
            let exempt = result(&app, FIRST_QUARTER, agent).await;
            assert_eq!((exempt.state, exempt.days, exempt.exemption), (AppraisalState::Exempt, days, Some(why)));
            assert_eq!((exempt.total, exempt.printed, exempt.rating), (None, None, None), "{agent}");
            assert!(exempt.stretches.iter().all(|part| part.stretch.card.total.is_some()), "the cards are shown");
            let payout = app.payout(FIRST_QUARTER, agent).await.unwrap().result;
            assert_eq!((payout.withheld, payout.amount_minor), (Some(Withheld::NoScore), 0), "{agent}");
        }
        let there = result(&app, FIRST_QUARTER, "E005").await;
        assert_eq!((there.state, there.days, there.total), (AppraisalState::Scored, 81, Some(fixed("50"))));
    }
}
