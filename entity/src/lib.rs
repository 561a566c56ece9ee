//! Merit's tables as sea-orm entities, one file a table. Columns are plain values; what they mean is in the store.

pub mod day;
pub mod micros;

pub mod absence;
pub mod access_grant;
pub mod account;
pub mod agent;
pub mod agent_alias;
pub mod api_token;
pub mod assignment;
pub mod cycle;
pub mod cycle_benchmark;
pub mod exemption;
pub mod fact_days;
pub mod fact_sums;
pub mod improvement_plan;
pub mod metric;
pub mod one_time_link;
pub mod payout;
pub mod pull;
pub mod pull_reason;
pub mod pull_rejected;
pub mod rating;
pub mod rule_version;
pub mod ruleset;
pub mod run;
pub mod run_agent;
pub mod run_unit;
pub mod scorecard;
pub mod segment;
pub mod session;
pub mod sign_in_failure;
pub mod source;
pub mod unit;
pub mod unit_scorecard;
