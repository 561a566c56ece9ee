//! The JSON Schemas of the rule files, for editors; committed in `scoring-config/schemas/`.

use serde_json::Value;

use super::file::calendar::CalendarFile;
use super::file::card::CardFile;
use super::file::improvement::ImprovementFile;
use super::file::judgement::FormFile;
use super::file::metrics::MetricsFile;
use super::file::plan::PlanFile;
use super::roster::RosterMapping;
use super::shape::schema_of;
use super::source::SourceSpec;

/// File name and text of every schema.
pub fn schemas() -> Vec<(&'static str, String)> {
    vec![
        ("metrics.schema.json", text(&schema_of::<MetricsFile>())),
        ("scorecard.schema.json", text(&schema_of::<CardFile>())),
        ("judgement.schema.json", text(&schema_of::<FormFile>())),
        ("incentive.schema.json", text(&schema_of::<PlanFile>())),
        ("improvement.schema.json", text(&schema_of::<ImprovementFile>())),
        ("roster.schema.json", text(&schema_of::<RosterMapping>())),
        ("calendar.schema.json", text(&schema_of::<CalendarFile>())),
        ("source.schema.json", text(&schema_of::<SourceSpec>())),
    ]
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}
