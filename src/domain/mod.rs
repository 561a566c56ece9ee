//! Pure arithmetic and state machines: no I/O, no clock, no database, no web types.
//!
//! Everything here is a function of its arguments, so that a past result can be replayed to the byte.

pub mod agent_result;
pub mod appeal;
pub mod appraisal;
pub mod audit;
pub mod authority;
pub mod back_off;
pub mod calendar;
pub mod calibration;
pub mod chance;
pub mod curve;
pub mod cycle;
pub mod deadline;
mod decimal;
pub mod evidence;
pub mod explanation;
pub mod export;
pub mod fact;
pub mod fairness;
pub mod fixed;
pub mod guidance;
pub mod improvement;
pub mod interval;
pub mod job;
pub mod judgement;
pub mod metric;
pub mod money;
pub mod notice;
pub mod payout;
pub mod peers;
pub mod period;
pub mod schedule;
pub mod scorecard;
pub mod secret;
pub mod shares;
pub mod spreadsheet;
pub mod text;
pub mod tiers;
pub mod version;
pub mod workdays;
