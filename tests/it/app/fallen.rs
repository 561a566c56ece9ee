//! Lines in which somebody fell from one cycle to the next: only beyond chance, and only of whom one may see.

use std::fs;

use merit::app::AppError;
use merit::domain::authority::Role;

use super::reviews::person;
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::acting;
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_fell_beyond_chance_are_told_to_who_leads_the_agent() {
    let company = Company::new(6);
    let file = company.path("daily.csv");
    let figures = fs::read_to_string(&file).unwrap();
    // In the second quarter nobody is content with E005 any more.
    let worse = figures.lines().map(|row| match row.split(',').collect::<Vec<_>>()[..] {
        [agent @ "E005", day, metric @ "csat_t2b", _, of, cases] if day >= "2026-07-01" => {
            format!("{agent},{day},{metric},1.000,{of},{cases}\n")
        }
        _ => format!("{row}\n"),
    });
    fs::write(&file, worse.collect::<String>()).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        for quarter in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(quarter, None, &company.rules()).await.unwrap();
            app.appraise(quarter, &|_| {}).await.unwrap();
        }
        let lead = person(&app, "E001", Some((Role::Supervisor, "T1"))).await;
        let fallen = lead.fallen_lines(SECOND_QUARTER, FIRST_QUARTER).await.unwrap();
        let told: Vec<_> =
            fallen.lines.iter().map(|line| (line.employee_number.as_str(), line.metric.as_str())).collect();
        assert_eq!(told, [("E005", "csat_t2b")], "{}", database.name);
        let line = &fallen.lines[0];
        assert!(line.now.0 < line.before.0 && line.now.1.upper < line.before.1.lower && !fallen.more, "{line:?}");
        // The other way round nobody fell.
        assert!(lead.fallen_lines(FIRST_QUARTER, SECOND_QUARTER).await.unwrap().lines.is_empty());
        let agent = person(&app, "E005", None).await;
        let own = agent.fallen_lines(SECOND_QUARTER, FIRST_QUARTER).await;
        assert!(own.is_ok_and(|fallen| fallen.lines.is_empty()), "nothing of it is published");
        let payroll = acting(&app, "payroll", Role::Payroll).await;
        let refused = payroll.fallen_lines(SECOND_QUARTER, FIRST_QUARTER).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    }
}
