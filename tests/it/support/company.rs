//! A small company in a folder: default rules, one source of daily figures, a roster. Real files, read by the real commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use merit::app::{App, AppError, Clock, PullOrder, PullReport};
use tempfile::TempDir;

/// The folder and what is in it; gone with the value.
pub(crate) struct Company {
    folder: TempDir,
    agents: usize,
}

/// The quarter the company's figures begin in.
pub(crate) const FIRST_QUARTER: &str = "2026-Q2";
pub(crate) const SECOND_QUARTER: &str = "2026-Q3";

const SOURCE: &str = "\
id: daily
description: Daily figures, one row an agent, day and metric
time_zone: Asia/Shanghai
inputs:
  - kind: files
    files: [../daily.csv]
columns:
  agent: { type: agent }
  day: { type: date, required: true }
  metric: { type: text, required: true }
  reached: { type: decimal, required: true }
  of: { type: decimal, required: true }
  cases: { type: integer, required: true }
checks:
  - check: cases > 0
    reason: no cases
facts: |
  SELECT agent, day, metric, sum(reached) AS numerator, sum(\"of\") AS denominator, sum(cases) AS samples
  FROM rows GROUP BY agent, day, metric
";

/// Metric, cases a row, and per mille reached by the weakest and the strongest agent.
const FIGURES: [(&str, i64, i64, i64); 6] = [
    ("csat_t2b", 10, 700, 930),
    ("fcr_repeat", 10, 720, 930),
    ("qa_score", 100, 820, 960),
    ("frt_sla", 50, 880, 970),
    ("adherence", 450, 830, 990),
    ("critical_accuracy", 5, 940, 1000),
];

impl Company {
    /// Front-line agents `E001`… in one team, with figures for two quarters.
    pub(crate) fn new(agents: usize) -> Self {
        let company = Self { folder: tempfile::tempdir().unwrap(), agents };
        let rules = company.rules();
        merit::app::write_default_rules(&rules).unwrap();
        fs::remove_dir_all(rules.join("sources")).unwrap();
        fs::create_dir(rules.join("sources")).unwrap();
        fs::write(rules.join("sources/daily.yaml"), SOURCE).unwrap();
        fs::write(
            company.path("units.csv"),
            "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,Head office,总部\nT1,HQ,team,Team 1,一组\n",
        )
        .unwrap();
        let mut people = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
        for agent in 1..=agents {
            writeln!(people, "E{agent:03},Agent {agent},T1,front_line,2026-01-01,1,3000,CNY").unwrap();
        }
        fs::write(company.path("people.csv"), people).unwrap();
        company.write_figures(0);
        company
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn rules(&self) -> PathBuf {
        self.path("rules")
    }

    /// An embedded database in the company's folder.
    pub(crate) fn sqlite(&self) -> String {
        self.path("merit.db").display().to_string()
    }

    /// Figures of every agent, day and metric; another `shift` gives other figures.
    pub(crate) fn write_figures(&self, shift: i64) {
        let mut rows = String::from("agent,day,metric,reached,of,cases\n");
        let first = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        for week in 0..26 {
            let day = first + Days::new(week * 7);
            for agent in 1..=self.agents {
                for (metric, cases, low, high) in FIGURES {
                    let place = i64::try_from(agent).unwrap() * 1000 / i64::try_from(self.agents).unwrap();
                    let mood = (i64::try_from(week).unwrap() * 37 + place + shift) % 30 - 15;
                    let reached = cases * (low + (high - low) * place / 1000 + mood).clamp(0, 1000);
                    writeln!(
                        rows,
                        "E{agent:03},{day},{metric},{}.{:03},{cases},{cases}",
                        reached / 1000,
                        reached % 1000
                    )
                    .unwrap();
                }
            }
        }
        fs::write(self.path("daily.csv"), rows).unwrap();
    }

    /// The roster and the figures brought into this database.
    pub(crate) async fn load(&self, database: &str) -> App {
        let app = App::open(database, Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        for file in ["units.csv", "people.csv"] {
            app.import_roster(&self.path(file), None, false).await.unwrap();
        }
        self.pull(&app).await.unwrap();
        app
    }

    pub(crate) async fn pull(&self, app: &App) -> Result<PullReport, AppError> {
        pull(app, &self.rules(), "daily").await
    }
}

/// Pulls a source whole.
pub(crate) async fn pull(app: &App, rules: &Path, source: &str) -> Result<PullReport, AppError> {
    app.pull(PullOrder { rules, source, days: None, dry_run: false, allow_removals: false, progress: &|_| {} }).await
}
