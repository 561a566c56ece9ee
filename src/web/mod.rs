//! Pages for people, made on the server, in English and Chinese.

mod access;
mod account;
mod appeals;
mod audit;
mod calibration;
mod charts;
mod cycles;
mod data;
mod export;
mod format;
mod frame;
mod glossary;
mod home;
mod identities;
mod language;
mod message;
mod notices;
mod paging;
mod people;
mod problems;
mod provider;
mod refusal;
mod request;
mod results;
mod reviews;
mod rules;
mod settings;
mod sign_in;
mod units;
mod visitor;
mod week;
mod welcome;
mod words;

use askama::Template;
use poem::http::header;
use poem::web::Html;
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Route, get, handler, post};

/// Where one person's review of another is.
const REVIEW: &str = "/cycles/:code/reviews/:number";

pub use request::loggable;

/// Whether the page of settings says what the setting of this name does.
pub fn explains_setting(name: &str) -> bool {
    settings::explains(name)
}

/// The routes of the pages.
pub fn routes() -> impl Endpoint<Output = Response> {
    let pages = Route::new()
        .at("/", get(home::page))
        .at("/problems", get(problems::page))
        .at("/sign-in", get(sign_in::page).post(sign_in::submit))
        .at("/sign-in/oidc/:provider", get(provider::leave))
        .at("/sign-in/oidc/:provider/callback", get(provider::come_back))
        .at("/sign-out", post(sign_in::leave))
        .at("/account", get(account::page))
        .at("/account/password", post(account::change_password))
        .at("/account/oidc/:provider/link", post(identities::link))
        .at("/account/oidc/:provider/unlink", post(identities::unlink))
        .at("/account/wishes", post(account::change_wishes))
        .at("/account/sign-out-everywhere", post(account::leave_everywhere))
        .at("/account/sessions/:id", post(account::end_session))
        .at("/welcome/:token", get(welcome::page).post(welcome::submit))
        .at("/me", get(people::person::own))
        .at("/me/appeals", get(appeals::raise::own))
        .at("/me/notices", get(notices::own::page))
        .at("/notices", get(notices::list::page))
        .at("/notices/:id", get(notices::list::one))
        .at("/notices/:id/retry", post(notices::list::retry))
        .at("/webhooks", get(notices::webhooks::page).post(notices::webhooks::create))
        .at("/webhooks/:id", post(notices::webhooks::change))
        .at("/week", get(week::page))
        .at("/reviews", get(reviews::tasks::page))
        .at("/appeals/:id", get(appeals::page::page))
        .at("/appeals/:id/evidence", post(appeals::evidence::add))
        .at("/appeals/:id/withdrawal", post(appeals::page::withdraw))
        .at("/appeals/:id/assignment", post(appeals::decide::assign))
        .at("/appeals/:id/decision", post(appeals::decide::decide))
        .at("/evidence/:id", get(appeals::evidence::download))
        .at("/people", get(people::list::page))
        .at("/roster", get(people::import::choose).post(people::import::upload))
        .at("/roster/:id", get(people::import::page).post(people::import::take))
        .at("/roster/:id/set-aside", get(people::import::download))
        .at("/people/exempt", get(people::exempt::page).post(people::exempt::submit))
        .at("/people/:number", get(people::person::page))
        .at("/people/:number/data", get(people::person::data))
        .at("/cycles", get(cycles::board::page).post(cycles::board::open))
        .at("/cycles/:code", get(cycles::cycle::page))
        .at("/cycles/:code/acts/:act", get(cycles::act::page).post(cycles::act::submit))
        .at("/cycles/:code/cost", get(cycles::cost::page))
        .at("/cycles/:code/deadlines", get(cycles::deadlines::page).post(cycles::deadlines::submit))
        .at("/cycles/:code/publication", get(cycles::publication::page).post(cycles::publication::submit))
        .at("/cycles/:code/publication/confirm", get(cycles::publication::confirm))
        .at("/cycles/:code/preview", get(results::scorecard::previewed))
        .at("/cycles/:code/approval", get(cycles::approval::page))
        .at("/cycles/:code/ratings", get(cycles::ratings::choose).post(cycles::ratings::upload))
        .at("/cycles/:code/results", get(cycles::results::page))
        .at("/cycles/:code/payouts", get(cycles::payouts::page))
        .at("/cycles/:code/plans", get(cycles::plans::page))
        .at("/cycles/:code/appeal", get(appeals::raise::page).post(appeals::raise::submit))
        .at("/cycles/:code/appeals", get(appeals::list::page))
        .at("/cycles/:code/appeals/rates", get(appeals::rates::page))
        .at("/cycles/:code/calibration", get(calibration::room::page))
        .at("/cycles/:code/calibration/:number", get(calibration::propose::page).post(calibration::propose::propose))
        .at("/cycles/:code/calibration/:number/:id", post(calibration::propose::decide))
        .at("/cycles/:code/proposals", get(calibration::list::page))
        .at("/cycles/:code/corrections", get(cycles::corrections::page).post(cycles::corrections::submit))
        .at("/cycles/:code/progress", get(cycles::progress::page))
        .at("/cycles/:code/standing", get(cycles::progress::standing))
        .at("/cycles/:code/reviews", get(reviews::list::page))
        .at(REVIEW, get(reviews::write::page).post(reviews::write::submit).put(reviews::write::autosave))
        .at("/cycles/:code/reviews/:number/hand-in", get(reviews::hand_in::page).post(reviews::hand_in::submit))
        .at("/cycles/:code/reviews/:number/decline", post(reviews::write::decline))
        .at("/cycles/:code/reviews/:number/raters", get(reviews::raters::page).post(reviews::raters::submit))
        .at("/cycles/:code/reviews/:number/about", get(reviews::about::page))
        .at("/cycles/:code/results/:number/acknowledgement", post(results::standing::acknowledge))
        .at("/cycles/:code/revisions/:number", get(results::revisions::page))
        .at("/cycles/:code/scorecards/:number", get(results::scorecard::page))
        .at("/cycles/:code/payouts/:number", get(results::payout::page))
        .at("/cycles/:code/plans/:number", get(results::plan::page))
        .at("/cycles/:code/what-if/:number", get(results::what_if::page))
        .at("/approval", get(cycles::approval::waiting))
        .at("/cycles/:code/units", get(units::list::page))
        .at("/cycles/:code/units/:unit", get(units::unit::page))
        .at("/cycles/:code/replay", post(audit::replay))
        .at("/units", get(units::list::newest))
        .at("/rules", get(rules::list::page))
        .at("/rules/:hash", get(rules::version::page))
        .at("/rules/:hash/cards/:card", get(rules::card::page))
        .at("/rules/:hash/changes/:other", get(rules::changes::page))
        .at("/data", get(data::sources::page))
        .at("/data/pulls/:id", get(data::pulls::page))
        .at("/data/upload", get(data::upload::choose).post(data::upload::upload))
        .at("/data/upload/:id", get(data::upload::page).post(data::upload::take))
        .at("/data/upload/:id/set-aside", get(data::upload::download))
        .at("/jobs", get(data::jobs::list))
        .at("/jobs/export", post(data::exports::ask))
        .at("/jobs/:id", get(data::jobs::page))
        .at("/jobs/:id/file", get(data::exports::file))
        .at("/jobs/simulate", get(data::simulate::choose).post(data::simulate::submit))
        .at("/jobs/:id/comparison", get(data::simulate::comparison))
        .at("/jobs/:id/events", get(data::jobs::events))
        .at("/jobs/:id/cancel", post(data::jobs::cancel))
        .at("/audit", get(audit::page))
        .at("/audit/verification", post(audit::verify))
        .at("/settings", get(settings::page))
        .at("/access", get(access::list::page))
        .at("/access/new", get(access::add::page).post(access::add::submit))
        .at("/access/:id", get(access::account::page).post(access::account::change))
        .at("/access/:id/contact", post(access::contact::submit))
        .at("/access/:id/links", post(access::links::make))
        .at("/access/:id/grants", post(access::grants::give))
        .at("/access/:id/grants/:grant", post(access::grants::take_away))
        .at("/access/:id/tokens", post(access::tokens::make))
        .at("/access/:id/tokens/:token", post(access::tokens::change))
        .at("/access/:id/sessions", post(access::account::end_sessions))
        .around(visitor::visit);
    Route::new()
        .at("/assets/merit.css", get(stylesheet))
        .at("/assets/merit.js", get(script))
        .at("/assets/merit.svg", get(icon))
        .nest("/", pages)
}

/// A page as an answer.
fn rendered(page: &impl Template) -> poem::Result<Response> {
    let text = page.render().map_err(poem::error::InternalServerError)?;
    Ok(Html(text).into_response())
}

/// The one stylesheet, part of the program.
#[handler]
fn stylesheet() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/merit.css"))
}

/// The one script, part of the program.
#[handler]
fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("assets/merit.js"))
}

/// What browsers show beside the title.
#[handler]
fn icon() -> Response {
    asset("image/svg+xml", include_str!("assets/merit.svg"))
}

fn asset(kind: &str, text: &'static str) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(text)
}
