//! Sessions, one-time links, failed tries, the first administrator.

use chrono::TimeDelta;
use merit::domain::authority::{Grant, Role};
use merit::domain::back_off::BackOff;
use merit::store::{
    AccountChange, AccountKind, LinkPurpose, NewAccount, NewGrant, NewLink, NewSession, StoreError, TrySubject,
};
use uuid::Uuid;

use super::fixture::{account, noon};
use crate::support::stores::on_both_engines;

fn session(account_id: i64, hash: &str) -> NewSession {
    let expires_at = noon() + TimeDelta::hours(12);
    NewSession {
        public_id: Uuid::now_v7(),
        account_id,
        hash: hash.into(),
        created_at: noon(),
        expires_at,
        origin: None,
    }
}

fn link(account_id: i64, hash: &str) -> NewLink {
    let expires_at = noon() + TimeDelta::hours(1);
    NewLink { account_id, hash: hash.into(), purpose: LinkPurpose::Reset, created_at: noon(), expires_at }
}

on_both_engines! {
    async fn sessions_end_one_by_one_or_all_together(store: TestStore) {
        let (lin, other) = (account(&store, "lin").await, account(&store, "other").await);
        for (account, hash) in [(lin, "a"), (lin, "b"), (lin, "c"), (other, "d")] {
            store.create_session(&session(account, hash)).await.unwrap();
        }
        assert!(store.create_session(&session(lin, "a")).await.is_err());
        let later = noon() + TimeDelta::minutes(5);
        let a = store.session_by_hash("a").await.unwrap().unwrap();
        assert_eq!((a.account_id, a.last_seen_at, a.ended_at), (lin, noon(), None));
        assert_eq!(a.expires_at, noon() + TimeDelta::hours(12));
        store.touch_session(a.id, later).await.unwrap();
        assert_eq!(store.session_by_hash("a").await.unwrap().unwrap().last_seen_at, later);
        store.end_session("a", later).await.unwrap();
        store.end_session("a", later + TimeDelta::minutes(1)).await.unwrap();
        assert_eq!(store.session_by_hash("a").await.unwrap().unwrap().ended_at, Some(later));
        store.set_password(lin, "hash", Some("b"), later).await.unwrap();
        let ended = async |hash: &str| store.session_by_hash(hash).await.unwrap().unwrap().ended_at.is_some();
        assert!(!ended("b").await && ended("c").await && !ended("d").await);
        assert_eq!(store.password_hash(lin).await.unwrap().as_deref(), Some("hash"));
        assert_eq!(store.end_sessions(lin, later).await.unwrap(), 1);
        assert!(ended("b").await && !ended("d").await);
        assert_eq!(store.session_by_hash("e").await.unwrap(), None);
    }

    async fn a_link_is_used_once_and_in_time(store: TestStore) {
        let lin = account(&store, "lin").await;
        store.create_link(&link(lin, "first")).await.unwrap();
        store.create_link(&link(lin, "second")).await.unwrap();
        let first = store.link_by_hash("first").await.unwrap().unwrap();
        assert_eq!(first.ended_at, Some(noon()), "the newer one takes its place");
        store.create_session(&session(lin, "old")).await.unwrap();
        let late = NewSession { created_at: noon() + TimeDelta::hours(1), ..session(lin, "late") };
        for (hash, session) in [("first", session(lin, "x")), ("second", late), ("none", session(lin, "y"))] {
            assert!(!store.use_link(hash, "hash", &session).await.unwrap(), "{hash}");
            assert_eq!(store.session_by_hash(&session.hash).await.unwrap(), None);
        }
        assert_eq!(store.password_hash(lin).await.unwrap(), None);
        assert!(store.use_link("second", "hash", &session(lin, "new")).await.unwrap());
        assert!(!store.use_link("second", "other", &session(lin, "newer")).await.unwrap());
        assert_eq!(store.password_hash(lin).await.unwrap().as_deref(), Some("hash"));
        assert!(store.session_by_hash("old").await.unwrap().unwrap().ended_at.is_some());
        assert!(store.session_by_hash("new").await.unwrap().unwrap().ended_at.is_none());
    }

    async fn disabling_an_account_ends_its_sessions_and_links(store: TestStore) {
        let lin = account(&store, "lin").await;
        store.create_session(&session(lin, "a")).await.unwrap();
        store.create_link(&link(lin, "l")).await.unwrap();
        let found = store.account(lin).await.unwrap().unwrap();
        let change = |disabled| AccountChange { name: None, disabled: Some(disabled) };
        store.change_account(found.public_id, 1, &change(false), noon()).await.unwrap();
        assert!(store.session_by_hash("a").await.unwrap().unwrap().ended_at.is_none());
        store.change_account(found.public_id, 2, &change(true), noon()).await.unwrap();
        assert!(store.session_by_hash("a").await.unwrap().unwrap().ended_at.is_some());
        assert!(store.link_by_hash("l").await.unwrap().unwrap().ended_at.is_some());
    }

    async fn tries_are_counted_for_every_subject_or_none(store: TestStore) {
        let subject = |name: &str, free| TrySubject { subject: name.into(), back_off: BackOff { free } };
        let (lin, wu, site) = (subject("lin", 2), subject("wu", 2), subject("site", 4));
        let both = |login: &TrySubject| [login.clone(), site.clone()];
        let now = noon();
        for login in [&lin, &lin] {
            assert_eq!(store.count_try(&both(login), now).await.unwrap(), None);
        }
        let until = now + TimeDelta::seconds(30);
        assert_eq!(store.count_try(&both(&lin), now).await.unwrap(), Some(until));
        // The refused try was not counted for the site, which has one more free.
        assert_eq!(store.count_try(&both(&wu), now).await.unwrap(), None);
        store.forget_failures(&wu, Some(&site)).await.unwrap();
        assert_eq!(store.count_try(&both(&wu), now).await.unwrap(), None);
        assert_eq!(store.count_try(&both(&wu), now).await.unwrap(), None);
        assert_eq!(store.count_try(&[subject("new", 2), site.clone()], now).await.unwrap(), Some(until));
        store.forget_failures(&lin, None).await.unwrap();
        assert_eq!(store.count_try(std::slice::from_ref(&lin), now).await.unwrap(), None);
        // A day later nothing of it is left.
        let later = now + TimeDelta::hours(25);
        assert_eq!(store.count_try(&both(&subject("late", 2)), later).await.unwrap(), None);
        assert_eq!(super::schema::count(&store.url, "sign_in_failure").await, 2);
    }

    async fn the_first_administrator_is_made_once_even_by_many(store: TestStore) {
        let order = |login: &str| {
            let new = NewAccount {
                public_id: Uuid::now_v7(),
                kind: AccountKind::Person,
                login: login.into(),
                name: login.into(),
                agent_id: None,
                created_at: noon(),
            };
            let grant = NewGrant {
                public_id: Uuid::now_v7(),
                account_id: 0,
                grant: Grant { role: Role::Admin, unit: None, with_pay: false },
                first_day: noon().date_naive(),
                last_day: None,
                created_at: noon(),
                origin: None,
            };
            (new, grant)
        };
        let day = noon().date_naive();
        let all = futures::future::join_all((0..4).map(|number| {
            let (new, grant) = order(&format!("admin{number}"));
            let store = store.store.clone();
            async move { store.create_first_admin(&new, grant, day).await }
        }))
        .await;
        let made: Vec<_> = all.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(made.len(), 1);
        for refused in all.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert!(matches!(refused, StoreError::Exists { what: "administrator", name } if *name == made[0].login));
        }
        // Disabled, the first one is none any more.
        let change = AccountChange { name: None, disabled: Some(true) };
        store.change_account(made[0].public_id, 1, &change, noon()).await.unwrap();
        let (new, grant) = order("next");
        let next = store.create_first_admin(&new, grant, day).await.unwrap();
        assert_eq!(store.grants_in_force(next.id, day, None).await.unwrap().len(), 1);
    }
}
