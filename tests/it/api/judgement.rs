//! The judged part of a scorecard, as the API shows it.

use std::fs;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_judged_card_shows_its_form_and_split_and_others_show_none() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let leads = "employee_number,name,unit,post,from\nS1,Lead,T1,supervisor,2026-01-01\n";
        fs::write(company.path("leads.csv"), leads).unwrap();
        app.import_roster(&company.path("leads.csv"), None, false).await.unwrap();
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        let path = |agent: &str| format!("/api/v1/cycles/{FIRST_QUARTER}/scorecards/{agent}");
        let detail = server.ok(&path("S1")).await;
        let judged = &detail["stretches"][0]["card"];
        let judgement = &judged["judgement"];
        assert_eq!((&judgement["form"], &judgement["state"]), (&"conduct".into(), &"no_ratings".into()));
        assert_eq!((&judgement["treatment"], &judgement["share"]), (&"measured".into(), &"20".into()));
        assert_eq!((&judgement["measured_share"], &judgement["contribution"]), (&"100".into(), &"0".into()));
        assert_eq!(judgement["measured_contribution"], judged["subtotal"]);
        assert!(server.ok(&path("E001")).await["stretches"][0]["card"].get("judgement").is_none());
    }
}
