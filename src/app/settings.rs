//! How this process was told to run, as administrators see it. Nothing is changed here: settings come from the command line and the environment.

use std::sync::Arc;

use super::{App, AppError, ENGINE_VERSION, Health};
use crate::domain::authority::Act;
use crate::store::Engine;

/// Who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingOrigin {
    /// Nobody: it is as it usually is.
    Default,
    Environment,
    CommandLine,
}

/// One setting of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What the command line calls it, without dashes; empty for one of the environment alone.
    pub flag: String,
    /// What the environment calls it.
    pub variable: Option<String>,
    /// As it is in force, without what is secret; absent when nothing was said.
    pub value: Option<String>,
    pub origin: SettingOrigin,
}

/// What runs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// What the arithmetic is known by: the same inputs give the same bytes while it stays.
    pub engine: &'static str,
    /// Whether the database has the schema that this version needs.
    pub schema: Health,
    /// `SQLite` or `PostgreSQL`.
    pub database: &'static str,
    /// Empty where the process was not told of any, as in a test.
    pub settings: Arc<[Setting]>,
}

impl App {
    /// The same, told to run like this.
    #[must_use]
    pub fn with_settings(mut self, settings: Vec<Setting>) -> Self {
        self.settings = settings.into();
        self
    }

    /// How this process runs.
    pub async fn running(&self) -> Result<Running, AppError> {
        self.require(Act::ManageAccess)?;
        Ok(Running {
            engine: ENGINE_VERSION,
            schema: self.health().await,
            database: match self.store.engine() {
                Engine::Sqlite => "SQLite",
                Engine::Postgres => "PostgreSQL",
            },
            settings: Arc::clone(&self.settings),
        })
    }
}
