//! Every test of the store runs on both engines.

use std::ops::Deref;

use merit::store::Store;

use super::postgres;

/// A migrated, empty database that is gone after the test.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    /// Opens the same database again.
    pub(crate) url: String,
    _place: Place,
}

#[expect(dead_code, reason = "held so that the database lives as long as the test")]
enum Place {
    Folder(tempfile::TempDir),
    Server(postgres::Database),
}

impl TestStore {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("merit.db").display());
        let store = Store::open(&url).await.expect("the database opens");
        store.migrate().await.expect("migrations run");
        Self { store, url, _place: Place::Folder(folder) }
    }

    pub(crate) async fn postgres() -> Self {
        let database = postgres::database().await;
        let url = database.url.clone();
        let store = Store::open(&url).await.expect("the database opens");
        Self { store, url, _place: Place::Server(database) }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// `on_both_engines! { async fn name(store: TestStore) { … } }` makes the tests `name::sqlite` and `name::postgres`.
macro_rules! on_both_engines {
    ($($(#[$note:meta])* async fn $name:ident($store:ident: TestStore) $body:block)*) => {$(
        $(#[$note])*
        async fn $name($store: $crate::support::stores::TestStore) $body

        mod $name {
            use $crate::support::stores::TestStore;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(TestStore::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(TestStore::postgres().await).await;
            }
        }
    )*};
}

pub(crate) use on_both_engines;
