//! The command as people and schedulers run it.

mod backup;
mod commands;
mod demo;
mod fairness;
mod killed;
mod rules;
mod simulate;
