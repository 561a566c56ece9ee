//! Merit's tables as sea-orm entities, one file a table. Columns are plain values; what they mean is in the store.

pub mod day;
pub mod micros;

pub mod agent;
pub mod agent_alias;
pub mod api_token;
pub mod assignment;
pub mod cycle;
pub mod fact;
pub mod improvement_objective;
pub mod improvement_plan;
pub mod metric;
pub mod payout;
pub mod payout_step;
pub mod pull;
pub mod pull_reason;
pub mod pull_rejected;
pub mod rule_version;
pub mod ruleset;
pub mod run;
pub mod run_fact;
pub mod run_stretch;
pub mod run_unit;
pub mod scorecard;
pub mod scorecard_gate;
pub mod scorecard_line;
pub mod segment;
pub mod source;
pub mod source_metric;
pub mod unit;
