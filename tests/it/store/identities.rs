//! Who accounts are at providers, and what claims grant them.

use merit::domain::authority::{Grant, Role};
use merit::store::{AccountKind, NewAccount, NewGrant, NewIdentity, NewSession, Store, StoreError};
use uuid::Uuid;

use super::fixture::{account, noon};
use crate::support::stores::on_both_engines;

const ISSUER: &str = "https://id.example.com";

fn identity(account_id: i64, subject: &str) -> NewIdentity {
    NewIdentity { account_id, issuer: ISSUER.into(), subject: subject.into(), created_at: noon() }
}

fn new_account(login: &str) -> NewAccount {
    let (public_id, login) = (Uuid::now_v7(), login.to_owned());
    NewAccount { public_id, kind: AccountKind::Person, name: login.clone(), login, agent_id: None, created_at: noon() }
}

fn grant(account_id: i64, role: Role, origin: Option<&str>) -> NewGrant {
    NewGrant {
        public_id: Uuid::now_v7(),
        account_id,
        grant: Grant { role, unit: None, with_pay: false },
        first_day: noon().date_naive(),
        last_day: None,
        created_at: noon(),
        origin: origin.map(str::to_owned),
    }
}

/// The roles in force for a session of this origin.
async fn roles(store: &Store, account_id: i64, origin: Option<&str>) -> Vec<&'static str> {
    let grants = store.grants_in_force(account_id, noon().date_naive(), origin).await.unwrap();
    let mut roles: Vec<_> = grants.into_iter().map(|grant| grant.role.as_str()).collect();
    roles.sort_unstable();
    roles
}

on_both_engines! {
    async fn an_identity_is_one_accounts_and_an_account_has_one_of_each_issuer(store: TestStore) {
        let (lin, other) = (account(&store, "lin").await, account(&store, "other").await);
        store.link_identity(&identity(lin, "1")).await.unwrap();
        for taken in [identity(other, "1"), identity(lin, "2"), identity(lin, "1")] {
            let refused = store.link_identity(&taken).await.unwrap_err();
            assert!(matches!(refused, StoreError::Exists { what: "identity", .. }), "{refused:?}");
        }
        store.link_identity(&NewIdentity { issuer: "https://other.example.com".into(), ..identity(lin, "1") }).await.unwrap();
        assert_eq!(store.identity(ISSUER, "1").await.unwrap().map(|found| found.account_id), Some(lin));
        assert_eq!(store.identity(ISSUER, "2").await.unwrap(), None);
        let issuers: Vec<_> = store.identities(lin).await.unwrap().into_iter().map(|found| found.issuer).collect();
        assert_eq!(issuers, [ISSUER, "https://other.example.com"]);
    }

    async fn an_account_is_made_with_its_identity_or_not_at_all(store: TestStore) {
        let made = store.create_linked_account(&new_account("company-lin"), identity(0, "1")).await.unwrap();
        assert_eq!(store.identity(ISSUER, "1").await.unwrap().map(|found| found.account_id), Some(made.id));
        for (login, subject) in [("company-lin", "2"), ("company-other", "1")] {
            let refused = store.create_linked_account(&new_account(login), identity(0, subject)).await.unwrap_err();
            assert!(matches!(refused, StoreError::Exists { .. }), "{refused:?}");
        }
        assert_eq!(store.account_by_login("company-other").await.unwrap(), None);
        assert_eq!(store.identity(ISSUER, "2").await.unwrap(), None);
    }

    async fn what_claims_ask_for_is_there_once_and_counts_where_it_comes_from(store: TestStore) {
        let lin = account(&store, "lin").await;
        let claimed = grant(lin, Role::Hr, Some(ISSUER));
        assert!(store.create_claimed_grant(&claimed).await.unwrap());
        let same = grant(lin, Role::Hr, Some(ISSUER));
        assert!(!store.create_claimed_grant(&same).await.unwrap());
        store.create_grant(&grant(lin, Role::Auditor, None)).await.unwrap();
        store.create_grant(&grant(lin, Role::Auditor, None)).await.unwrap();
        assert_eq!(roles(&store, lin, None).await, ["auditor", "auditor"]);
        assert_eq!(roles(&store, lin, Some(ISSUER)).await, ["auditor", "auditor", "hr"]);
        assert_eq!(roles(&store, lin, Some("https://other.example.com")).await, ["auditor", "auditor"]);
        let origins: Vec<_> = store.grants(lin).await.unwrap().into_iter().map(|grant| grant.origin).collect();
        assert_eq!(origins, [Some(ISSUER.to_owned()), None, None]);
        store.revoke_grant(claimed.public_id, noon()).await.unwrap();
        assert!(store.create_claimed_grant(&same).await.unwrap(), "it may come back");
        assert_eq!(roles(&store, lin, Some(ISSUER)).await, ["auditor", "auditor", "hr"]);
    }

    async fn unlinking_ends_the_sessions_begun_there(store: TestStore) {
        let lin = account(&store, "lin").await;
        store.link_identity(&identity(lin, "1")).await.unwrap();
        for (hash, origin) in [("there", Some(ISSUER)), ("here", None)] {
            let origin = origin.map(str::to_owned);
            let (created_at, expires_at) = (noon(), noon() + chrono::TimeDelta::hours(12));
            let new = NewSession { public_id: Uuid::now_v7(), account_id: lin, hash: hash.into(), created_at, expires_at, origin };
            store.create_session(&new).await.unwrap();
        }
        assert_eq!(store.session_by_hash("there").await.unwrap().unwrap().origin.as_deref(), Some(ISSUER));
        store.unlink_identity(lin, ISSUER, noon()).await.unwrap();
        assert_eq!(store.session_by_hash("there").await.unwrap().unwrap().ended_at, Some(noon()));
        assert_eq!(store.session_by_hash("here").await.unwrap().unwrap().ended_at, None);
        let again = store.unlink_identity(lin, ISSUER, noon()).await.unwrap_err();
        assert!(matches!(again, StoreError::NotFound { .. }), "{again:?}");
        store.link_identity(&identity(lin, "2")).await.unwrap();
    }
}
