//! The command as people and schedulers run it.

mod audit;
mod backup;
mod commands;
mod demo;
mod drafts;
mod fairness;
mod jobs;
mod jobs_killed;
mod killed;
mod newcomer;
mod quarter;
mod rules;
mod sign_in;
mod simulate;
mod spreadsheets;
