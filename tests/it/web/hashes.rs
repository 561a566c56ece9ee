//! Hashes of passwords that were made with less than is usual now.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use merit::app::{App, Clock, Confirmation, SignIn};
use merit::store::Store;

use super::PASSWORD;
use crate::support::engines;

/// As an earlier version might have made it.
fn weak() -> String {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_hash_is_made_anew_at_the_next_good_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let app = App::open(&database.url, Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        let order = merit::app::AccountOrder {
            kind: merit::app::AccountKind::Person,
            login: "lin",
            name: "Lin Yue",
            agent: None,
        };
        let account = app.create_account(order).await.unwrap().account;
        let store = Store::open(&database.url).await.unwrap();
        let (weak, now) = (weak(), app.clock().now());
        let hash = async || store.password_hash(account.id).await.unwrap().unwrap();
        store.set_password(account.id, &weak, None, now).await.unwrap();
        assert_eq!(app.sign_in("lin", "wrong", None).await.unwrap(), SignIn::Refused);
        assert_eq!(hash().await, weak, "{}: a mistake changes nothing", database.name);
        let SignIn::In { session } = app.sign_in("lin", PASSWORD, None).await.unwrap() else { panic!("not in") };
        let strong = hash().await;
        assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}: {strong}", database.name);
        assert!(matches!(app.sign_in("lin", PASSWORD, None).await.unwrap(), SignIn::In { .. }));
        assert_eq!(hash().await, strong, "once is enough");

        // Whoever gives it again in a session makes it stronger as well, and stays signed in.
        let actor = app.session(&session).await.unwrap().unwrap();
        store.replace_hash(account.id, &strong, &weak).await.unwrap();
        let own = app.acting_as(actor);
        assert_eq!(own.confirm(PASSWORD, None).await.unwrap(), Confirmation::Confirmed);
        assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(app.session(&session).await.unwrap().is_some());
        let wanted = merit::app::WantedEntries { act: Some("account.strengthen_hash".into()), ..Default::default() };
        let entries = app.audit_entries(&merit::app::Slice::first(), &wanted).await.unwrap().rows;
        assert_eq!(entries.len(), 2, "{}", database.name);
        // What was replaced meanwhile stays.
        store.replace_hash(account.id, &weak, "other").await.unwrap();
        assert_ne!(hash().await, "other");
    }
}
