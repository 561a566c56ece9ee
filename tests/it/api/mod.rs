//! The API and the pages over real HTTP, and in a real browser.

mod appeals;
mod at_once;
mod audit;
mod authority;
mod browser;
mod jobs;
mod judgement;
mod problems;
mod quarter;
mod resources;
mod rules;
mod spec;
mod units;
mod users;
