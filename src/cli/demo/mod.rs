//! `merit demo`: a sample telecom company, made by a seeded generator, through a whole quarter, and served.

mod access;
mod approval;
mod behaviour;
mod company;
mod exports;
mod people_exports;
mod quality_system;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::job::Working;
use super::output::say;
use super::serve::stop_signal;
use super::{CliError, Place, appraise, pull, roster};
use crate::app::{self, App, Clock, PullOrder, Setting};
use crate::http::Listening;
use quality_system::QualitySystem;

#[derive(clap::Args)]
pub(super) struct DemoArguments {
    /// Folder for the sample's exports, rules and database; made anew each time
    #[arg(long, default_value = "merit-demo")]
    folder: PathBuf,
    /// Address to serve on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// The company's seed; another one makes another company
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Stop once the quarter is done instead of serving
    #[arg(long)]
    no_serve: bool,
}

/// What the demo was told; its database and its rules are in its folder, whatever else is named.
fn own_settings(place: &Place) -> Vec<Setting> {
    let elsewhere = |flag: &str| ["database", "rules"].contains(&flag);
    place.settings.iter().filter(|setting| !elsewhere(&setting.flag)).cloned().collect()
}

/// The sources of the sample, as files of its rules.
const SOURCES: [(&str, &str); 7] = [
    ("surveys", include_str!("sources/surveys.yaml")),
    ("telephone", include_str!("sources/telephone.yaml")),
    ("inspections", include_str!("sources/inspections.yaml")),
    ("complaints", include_str!("sources/complaints.yaml")),
    ("tickets", include_str!("sources/tickets.yaml")),
    ("examinations", include_str!("sources/examinations.yaml")),
    ("supervisors", include_str!("sources/supervisors.yaml")),
];

/// The two quarters appraised.
const QUARTERS: [&str; 2] = ["2026-Q2", "2026-Q3"];
/// When the sample's figures were pulled and scored.
const SCORED: &str = "2026-10-08T01:00:00Z";

/// Marks a folder that `merit demo` made and may make anew.
const MARK: &str = ".made-by-merit-demo";

pub(super) async fn run(place: &Place, arguments: DemoArguments) -> Result<ExitCode, CliError> {
    let DemoArguments { folder, listen, seed, no_serve } = arguments;
    // The address first: one that is taken should be said before the work, not after it.
    let server = if no_serve { None } else { Some(Listening::on(&listen).await?) };
    prepare(&folder)?;
    let rules = folder.join("scoring-config");
    let exports = folder.join("exports");
    say!("1. A sample company (seed {seed}), its exports and its rules in {}/", folder.display());
    let company = company::company(seed);
    write_exports(&company, &exports)?;
    write_rules(&rules)?;

    let database = folder.join("merit.db");
    let now = App::open(&database.display().to_string(), Clock::System).await?;
    now.migrate().await?;
    // The sample's quarters are over: what was done with the older one was done in time.
    let app = now.clone().with_clock(Clock::Fixed(approval::moment(SCORED)?));
    say!("\n2. Roster");
    for file in ["units.csv", "roster.csv"] {
        roster::print_report(&app.import_roster(&exports.join(file), None, false).await?);
    }

    say!("\n3. Pull");
    let token = app::random_token();
    let quality = QualitySystem::start(exports::inspections(&company), token).await?;
    let app = app.with_environment([
        ("DEMO_QUALITY_URL".to_owned(), quality.address.clone()),
        ("DEMO_QUALITY_TOKEN".to_owned(), quality.token.clone()),
    ]);
    for (source, _) in SOURCES {
        let days = Some((company.first, company.last));
        let order = PullOrder { rules: &rules, source, days, dry_run: false, allow_removals: false, progress: &|_| {} };
        pull::print_report(&app.pull(order).await?);
    }

    say!("\n4. Score, pay, plans");
    for quarter in QUARTERS {
        app.open_cycle(quarter, None, &rules).await?;
        appraise::print_report(quarter, &app.appraise(quarter, &|_| {}).await?);
    }
    for quarter in QUARTERS {
        let replay = app.replay(quarter, &|_| {}).await?;
        say!("  replay of {quarter}: {} agents and {} units, {} differ", replay.agents, replay.units, replay.differing);
    }
    let token = access::auditor(&app).await?;
    let people = access::people(&app, &company).await?;
    say!("\n5. Review, approve, publish");
    approval::finish(&app, &now, &QUARTERS).await?;
    story::where_to_look(&folder, server.as_ref().map(|server| server.address.as_str()), &token, &people);
    if let Some(server) = server {
        let app = app.with_clock(Clock::System).with_rules_folder(&rules);
        let (stop, workers) = (stop_signal(), Working::USUAL.begin(&app, &rules));
        let asked_to_stop = async {
            stop.await;
            workers.tell();
        };
        server.run(app.with_settings(own_settings(place)), asked_to_stop).await?;
        workers.end().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// An empty folder: a new one, or one that an earlier demo made.
fn prepare(folder: &Path) -> Result<(), CliError> {
    if folder.join(MARK).exists() {
        fs::remove_dir_all(folder)?;
    } else if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        return Err(CliError::new(format!(
            "{}: this folder is not empty and was not made by 'merit demo'; choose another with --folder",
            folder.display()
        )));
    }
    fs::create_dir_all(folder.join("exports"))?;
    fs::write(folder.join(MARK), "")?;
    Ok(())
}

fn write_exports(company: &company::Company, folder: &Path) -> Result<(), CliError> {
    people_exports::units(company, &folder.join("units.csv"))?;
    people_exports::roster(company, &folder.join("roster.csv"))?;
    people_exports::examinations(company, &folder.join("examinations.tsv"))?;
    people_exports::supervisors(company, &folder.join("supervisors.csv"))?;
    exports::surveys(company, &folder.join("surveys.csv"))?;
    exports::telephone(company, &folder.join("telephone.parquet"))?;
    exports::complaints(company, &folder.join("complaints.xlsx"))?;
    exports::tickets(company, &folder.join("tickets.jsonl"))
}

/// The default rules, with the sample's sources in place of the default ones.
fn write_rules(folder: &Path) -> Result<(), CliError> {
    app::write_default_rules(folder)?;
    let sources = folder.join("sources");
    fs::remove_dir_all(&sources)?;
    fs::create_dir(&sources)?;
    for (source, text) in SOURCES {
        fs::write(sources.join(format!("{source}.yaml")), text)?;
    }
    Ok(())
}
