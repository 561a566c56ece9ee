//! The API, version 1: one file a resource. Figures that must stay exact are texts.

mod agents;
mod appeals;
mod audit;
mod auth;
mod calibration;
mod calibration_session;
mod contacts;
mod corrections;
mod costs;
mod cycle_acts;
mod cycles;
mod deadlines;
mod error;
mod evidence;
mod explanations;
mod grants;
mod job_orders;
mod jobs;
mod notices;
mod oauth;
mod page;
mod payouts;
mod plans;
mod previews;
mod pulls;
mod rendered;
mod results;
mod reviews;
mod role;
mod rules;
mod scorecard_judgement;
mod scorecard_lines;
mod scorecard_stretches;
mod scorecards;
mod sources;
mod spread;
mod tokens;
mod unit_scorecards;
mod units;
mod users;
mod webhooks;

pub use auth::RequestId;
pub use jobs::Closing;
use poem_openapi::{ContactObject, LicenseObject, OpenApiService, Tags};

type NoticeApis = (notices::NoticesApi, webhooks::WebhooksApi, contacts::ContactsApi);

type AccessApis = (users::UsersApi, grants::GrantsApi, tokens::TokensApi, oauth::OAuthApi, audit::AuditApi);

type CycleApis = (
    cycles::CyclesApi,
    cycle_acts::CycleActsApi,
    results::ResultsApi,
    reviews::ReviewsApi,
    calibration::CalibrationApi,
    calibration_session::CalibrationSessionApi,
    deadlines::DeadlinesApi,
    previews::PreviewsApi,
    costs::CostsApi,
);
type AppealApis = (appeals::AppealsApi, evidence::EvidenceApi, corrections::CorrectionsApi);

type Apis = (
    agents::AgentsApi,
    units::UnitsApi,
    CycleApis,
    scorecards::ScorecardsApi,
    spread::SpreadApi,
    unit_scorecards::UnitScorecardsApi,
    payouts::PayoutsApi,
    plans::PlansApi,
    pulls::PullsApi,
    rules::RulesApi,
    AppealApis,
    AccessApis,
    NoticeApis,
    jobs::JobsApi,
    sources::SourcesApi,
);

#[derive(Tags)]
enum Resource {
    /// People on the roster
    Agents,
    /// Headquarters, provinces, prefectures, teams
    Units,
    /// Appraisal cycles
    Cycles,
    /// Where agents' results stand, from the review on
    Results,
    /// What people write about one another, and about themselves
    Reviews,
    /// Scorecards with their lines and gates
    Scorecards,
    /// Payouts with their steps
    Payouts,
    /// Improvement plans with their objectives
    Plans,
    /// Appeals of published results, their files, and corrections of final ones
    Appeals,
    /// Pulls of sources and the rows they set aside
    Pulls,
    /// Accounts, their grants and their tokens
    Users,
    /// Versions of the rules and what changes between them
    Rules,
    /// Who changed what, and who read pay or other people's results
    Audit,
    /// What people and programs are told, and where programs are told it
    Notices,
    /// Long work: asked for, watched, cancelled
    Jobs,
}

/// The service that answers below `/api/v1`.
pub fn service() -> OpenApiService<Apis, ()> {
    let apis = (
        agents::AgentsApi,
        units::UnitsApi,
        (
            cycles::CyclesApi,
            cycle_acts::CycleActsApi,
            results::ResultsApi,
            reviews::ReviewsApi,
            calibration::CalibrationApi,
            calibration_session::CalibrationSessionApi,
            deadlines::DeadlinesApi,
            previews::PreviewsApi,
            costs::CostsApi,
        ),
        scorecards::ScorecardsApi::default(),
        spread::SpreadApi,
        unit_scorecards::UnitScorecardsApi,
        payouts::PayoutsApi,
        plans::PlansApi,
        pulls::PullsApi,
        rules::RulesApi,
        (appeals::AppealsApi, evidence::EvidenceApi, corrections::CorrectionsApi),
        (users::UsersApi, grants::GrantsApi, tokens::TokensApi, oauth::OAuthApi, audit::AuditApi),
        (notices::NoticesApi, webhooks::WebhooksApi, contacts::ContactsApi),
        jobs::JobsApi,
        sources::SourcesApi,
    );
    OpenApiService::new(apis, "Merit", env!("CARGO_PKG_VERSION"))
        .description(DESCRIPTION)
        .contact(ContactObject::new().name("The Merit contributors"))
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .server("/api/v1")
}

const DESCRIPTION: &str = "\
Scorecards, incentive pay and improvement plans for customer service. \
Exact figures (scores, weights, amounts) are texts, so that no program rounds them by accident. \
Lists come in pages by key: send `next_cursor` of one page as `cursor` of the next; it is `null` on the last. \
Every error is `application/problem+json` (RFC 9457) with a stable `code`. \
Beside those listed, every operation may answer 413 `payload_too_large`, 429 `rate_limited` (wait as `Retry-After` says) \
and 503 `unavailable` or `timeout`. \
Every operation needs a token: `Authorization: Bearer …`. What the caller may not see looks like what does not exist. \
A POST may carry an `Idempotency-Key`: the same key with the same request is done once, and a repetition gets the first answer again, \
marked `Idempotency-Replayed: true`.";

/// The API's description as committed in `openapi/openapi.yaml`.
pub fn spec_yaml() -> String {
    service().spec_yaml()
}

/// Templates of the operations' addresses below `/api/v1`, such as `/cycles/{code}`.
pub fn paths() -> Vec<String> {
    let spec: serde_json::Value = serde_json::from_str(&service().spec()).unwrap_or_default();
    let paths = spec.get("paths").and_then(serde_json::Value::as_object);
    paths.map(|paths| paths.keys().cloned().collect()).unwrap_or_default()
}
