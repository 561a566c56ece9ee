//! Opening a database.

use sea_orm::DatabaseConnection;

use super::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(super) readers: DatabaseConnection,
    pub(super) writer: DatabaseConnection,
    pub(super) engine: Engine,
}

impl Store {
    /// `sqlite://path`, `sqlite:path`, a bare path (all embedded SQLite; the file is made when absent, its folder is not), or
    /// `postgres://…`. Errors never show a password.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        todo!()
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), StoreError> {
        todo!()
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Waits for open work and closes every connection.
    pub async fn close(self) -> Result<(), StoreError> {
        todo!()
    }
}
