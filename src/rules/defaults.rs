//! The default rules, part of the program, so that it works without a checkout.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::problem::Problem;

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../scoring-config/", $path)))),*]
    };
}

/// The files of `scoring-config/`: path within it (with `/`) and text.
const FILES: &[(&str, &str)] = embedded![
    "calendars/cn_service.yaml",
    "calendars/round_the_clock.yaml",
    "improvement.yaml",
    "incentives/back_office.yaml",
    "incentives/front_line.yaml",
    "incentives/middle_desk.yaml",
    "incentives/supervisor.yaml",
    "judgement/conduct.yaml",
    "metrics.yaml",
    "schemas/calendar.schema.json",
    "schemas/improvement.schema.json",
    "schemas/incentive.schema.json",
    "schemas/judgement.schema.json",
    "schemas/metrics.schema.json",
    "schemas/roster.schema.json",
    "schemas/scorecard.schema.json",
    "schemas/source.schema.json",
    "scorecards/back_office.yaml",
    "scorecards/expert_hotline.yaml",
    "scorecards/front_line.yaml",
    "scorecards/middle_desk.yaml",
    "scorecards/supervisor.yaml",
    "scorecards/unit_branch.yaml",
    "scorecards/unit_team.yaml",
    "sources/contacts.yaml",
    "sources/surveys.yaml",
    "sources/tickets.yaml",
];

/// The default rules: path within the folder (with `/`) and text of every file.
pub fn default_files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// Writes the default rules into `dir`, which is made if need be. Errors: a file that is there already (nothing is written
/// then), or one that cannot be written.
pub fn write_default(dir: &Path) -> Result<(), Problem> {
    for (path, _) in FILES {
        let target = dir.join(path);
        if target.exists() {
            let mend = "choose another folder, or move the file away";
            return Err(Problem::of_file(&target.display().to_string(), "the file is there already", mend));
        }
    }
    for (path, text) in FILES {
        let target = dir.join(path);
        write_new(&target, text).map_err(|error| {
            let mend = "choose a folder that you may write to, on a disk with room";
            Problem::of_file(&target.display().to_string(), format!("the file cannot be written: {error}"), mend)
        })?;
    }
    Ok(())
}

fn write_new(target: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    // A link that leads nowhere does not exist, but would be followed.
    fs::File::create_new(target)?.write_all(text.as_bytes())
}
