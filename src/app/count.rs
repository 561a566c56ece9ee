//! What is counted for whoever watches the service.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

pub(super) fn pulled(source: &str, complete: bool, taken: Duration) {
    let source = source.to_owned();
    histogram!("merit_pull_duration_seconds", "source" => source.clone()).record(taken);
    counter!("merit_pulls_total", "source" => source, "outcome" => outcome(complete)).increment(1);
}

pub(super) fn appraised(complete: bool, taken: Duration) {
    histogram!("merit_appraisal_duration_seconds").record(taken);
    counter!("merit_appraisals_total", "outcome" => outcome(complete)).increment(1);
}

/// An attempt at a job, by the state the job has afterwards.
pub(super) fn worked(kind: &'static str, state: &'static str, taken: Duration) {
    histogram!("merit_job_duration_seconds", "kind" => kind).record(taken);
    counter!("merit_jobs_total", "kind" => kind, "outcome" => state).increment(1);
}

pub(super) fn overdue(source: &str, overdue: bool) {
    gauge!("merit_source_overdue", "source" => source.to_owned()).set(if overdue { 1 } else { 0 });
}

/// An attempt to send a notice.
pub(super) fn notified(kind: &'static str, outcome: &'static str) {
    counter!("merit_notices_total", "kind" => kind, "outcome" => outcome).increment(1);
}

fn outcome(complete: bool) -> &'static str {
    if complete { "complete" } else { "failed" }
}
