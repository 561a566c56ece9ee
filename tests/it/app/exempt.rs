//! Exempting agents, by the use case and by command.

use merit::app::{App, Clock, ExemptionOrder};
use merit::domain::appraisal::ExemptionReason;
use merit::store::Doer;

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_exempt_until_that_is_lifted() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let order = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E002", by: None };
        let unsaid = app.exempt(order, ExemptionReason::Other, " ").await.unwrap_err().to_string();
        assert_eq!(unsaid, "the reason 'other' says nothing by itself: add a note");
        app.exempt(order, ExemptionReason::Other, " on strike duty ").await.unwrap();
        let standing = app.exemption(FIRST_QUARTER, "E002").await.unwrap().unwrap();
        assert_eq!((standing.reason, standing.note.as_str()), (ExemptionReason::Other, "on strike duty"));
        assert!(matches!(&standing.granted_by, Doer::Operator(name) if name.starts_with("operator:")), "{standing:?}");
        assert_eq!(app.exemption(FIRST_QUARTER, "E001").await.unwrap(), None);
        app.lift_exemption(order).await.unwrap();
        assert_eq!(app.exemption(FIRST_QUARTER, "E002").await.unwrap(), None, "{}", database.name);
        let nothing = app.lift_exemption(order).await.unwrap_err().to_string();
        assert_eq!(nothing, "agent 'E002' has no exemption from cycle 2026-Q2 to lift");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_and_exemptions_by_command() {
    let company = Company::new(2);
    let database = company.sqlite();
    let app = App::open(&database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let run = |arguments: &[&str]| merit(&company, &database).env("LOGNAME", "wang").args(arguments).output().unwrap();
    printed(run(&["roster", "import", "units.csv"]));
    printed(run(&["roster", "import", "people.csv"]));
    std::fs::write(
        company.path("leave.csv"),
        "employee_number,from,to,kind\nE001,2026-04-01,2026-04-10,sick\nE009,2026-04-01,2026-04-10,sick\n",
    )
    .unwrap();
    let dry = printed(run(&["roster", "leave", "leave.csv", "--dry-run"]));
    assert!(
        dry.contains("(dry run, nothing was changed): 2 rows read\n  leave: 1 added, 0 changed, 0 withdrawn"),
        "{dry}"
    );
    let strict = run(&["roster", "leave", "leave.csv", "--strict"]);
    assert_eq!(strict.status.code(), Some(3));
    let again = printed(run(&["roster", "leave", "leave.csv"]));
    assert!(
        again.contains("  nothing to change\n  1 rows set aside:\n    leave.csv:3: agent 'E009' is not known"),
        "{again}"
    );

    printed(run(&["cycle", "open", FIRST_QUARTER, "--rules", "rules"]));
    let exempt = ["cycle", "exempt", FIRST_QUARTER, "E001"];
    let with = |more: &[&'static str]| [&exempt, more].concat();
    let said = printed(run(&with(&["--reason", "parental_leave", "--note", "to May"])));
    assert_eq!(
        said,
        "Agent E001 is exempt from cycle 2026-Q2: parental leave.\nThe next 'merit appraise 2026-Q2' heeds it.\n"
    );
    let standing = app.exemption(FIRST_QUARTER, "E001").await.unwrap().unwrap();
    assert_eq!((standing.granted_by, standing.note.as_str()), (Doer::Operator("operator:wang".into()), "to May"));
    let twice = refused(run(&with(&["--reason", "secondment"])), 1);
    assert!(twice.contains("the agent is exempt already: parental_leave, granted by operator:wang"), "{twice}");
    let nobody = refused(run(&with(&["--lift", "--by", "li"])), 1);
    assert!(nobody.contains("there is no account 'li' that could have decided"), "{nobody}");
    printed(run(&["user", "add", "li", "--name", "Li"]));
    let lifted = printed(run(&with(&["--lift", "--by", "li"])));
    assert!(lifted.starts_with("Agent E001 is no longer exempt from cycle 2026-Q2.\n"), "{lifted}");
    let reason = refused(run(&with(&["--reason", "holiday"])), 2);
    assert!(reason.contains("use parental_leave, long_sickness"), "{reason}");
    refused(run(&exempt), 2);
    let nobody = refused(run(&["cycle", "exempt", FIRST_QUARTER, "E404", "--lift"]), 1);
    assert_eq!(nobody, "error: there is no agent 'E404' on the roster\n");
}
