//! How often decisions on appeals changed the result, by what they were about and by who had reviewed.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use crate::app::{AppealShare, AppealSummary};
use crate::domain::appeal::AppealCounts;
use crate::domain::metric::MetricId;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::paging::Paging;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "appeals/rates.html")]
struct Page {
    frame: Frame,
    cycle: String,
    all: Row,
    by_subject: Vec<Row>,
    by_supervisor: Vec<Row>,
    glossary: Glossary,
    paging: Paging,
}

struct Row {
    name: String,
    counts: AppealCounts,
    /// Decisions that changed the result, in percent; with the interval of chance.
    overturned: String,
    interval: String,
}

fn row(name: String, counts: AppealCounts, language: Language) -> Row {
    let (overturned, interval) = match counts.overturned() {
        Some((share, interval)) => {
            let percent = |value| format!("{}%", language.hundredths(value));
            (percent(share), format!("{} – {}", percent(interval.lower), percent(interval.upper)))
        }
        None => ("–".to_owned(), String::new()),
    };
    Row { name, counts, overturned, interval }
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let AppealSummary { all, by_subject, by_supervisor } = app.appeal_summary(&cycle).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let subject = |share: &AppealShare| match (share.metric.as_deref(), share.name.as_str()) {
        (Some(id), _) => rules
            .metric(&MetricId(id.into()))
            .map_or_else(|| id.to_owned(), |metric| language.of_text(&metric.name).to_owned()),
        (None, "rating") => language.say("appeal-about-rating").to_string(),
        (None, _) => language.say("appeal-about-result").to_string(),
    };
    let named = by_subject.iter().filter_map(|share| share.metric.as_deref());
    let glossary = Glossary::of(language, named.map(|id| rules.metric(&MetricId::new(id))));
    let by_subject: Vec<Row> =
        by_subject.into_iter().map(|share| row(subject(&share), share.counts, language)).collect();
    let by_supervisor: Vec<Row> =
        by_supervisor.into_iter().map(|share| row(share.name, share.counts, language)).collect();
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["kind", "name", "appeal-open", "appeal-upheld", "appeal-varied", "appeal-withdrawn"];
        let columns = columns.into_iter().chain(["appeal-overturned", "interval"]);
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        for (kind, rows) in [("appeal-by-subject", by_subject), ("appeal-by-supervisor", by_supervisor)] {
            for Row { name, counts, overturned, interval } in rows {
                let AppealCounts { open, upheld, varied, withdrawn } = counts;
                let counts = [open, upheld, varied, withdrawn].map(|count| count.to_string());
                let cells = [frame.say(kind).to_string(), name].into_iter().chain(counts);
                sheet.row(cells.chain([overturned, interval]));
            }
        }
        return sheet.answer(kind, &format!("appeal-rates-{cycle}"));
    }
    let all = row(language.say("all").to_string(), all, language);
    rendered(&Page { frame, cycle, all, by_subject, by_supervisor, glossary, paging: Paging::new(&[], false, None) })
}
