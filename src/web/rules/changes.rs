//! What changes from one version of the rules to another, sentence by sentence.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use crate::app::RulesDifferences;
use crate::web::frame::Frame;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "rules/changes.html")]
struct Page {
    frame: Frame,
    before: String,
    after: String,
    /// What it is about, and the sentence.
    changes: Vec<(String, String)>,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((before, after)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app();
    let RulesDifferences { before, after, changes } =
        app.compare_rule_versions(&before, &after).await.map_err(failed)?;
    let told = changes.into_iter().map(|change| {
        let about = if change.subject.is_empty() { change.area.as_str().to_owned() } else { change.subject };
        (about, frame.language.of_text(&change.sentence).to_owned())
    });
    let changes = told.collect();
    rendered(&Page { before: before.label, after: after.label, changes, frame })
}
