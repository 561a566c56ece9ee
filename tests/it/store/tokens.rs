//! Bearer tokens.

use chrono::Duration;
use merit::domain::authority::{Act, Grant, Role};
use merit::store::{NewGrant, NewToken, Store, StoreError, Token, TokenKind};
use uuid::Uuid;

use super::fixture::{account, noon};
use crate::support::stores::on_both_engines;

async fn held(store: &Store, hash: &str) -> Option<Token> {
    Some(store.held_token(hash, noon().date_naive()).await.unwrap()?.token)
}

fn token(account_id: i64) -> NewToken {
    NewToken {
        public_id: Uuid::now_v7(),
        account_id,
        kind: TokenKind::Token,
        only: Some([Act::ReadPay, Act::ReadPeople].into()),
        name: "payroll".into(),
        hash: "abc".into(),
        created_at: noon(),
        expires_at: Some(noon() + Duration::days(1)),
    }
}

on_both_engines! {
    async fn a_token_comes_with_its_account_and_the_grants_of_the_day(store: TestStore) {
        let account_id = account(&store, "payroll").await;
        store.create_token(&token(account_id)).await.unwrap();
        let nothing = store.held_token("abc", noon().date_naive()).await.unwrap().unwrap();
        assert_eq!((nothing.account.login.as_str(), nothing.grants.len()), ("payroll", 0));
        let today = noon().date_naive();
        let grant = |role, first_day, last_day, origin: Option<&str>| NewGrant {
            public_id: Uuid::now_v7(),
            account_id,
            grant: Grant { role, unit: None, with_pay: false },
            origin: origin.map(str::to_owned),
            first_day,
            last_day,
            created_at: noon(),
        };
        store.create_grant(&grant(Role::Payroll, today, Some(today), None)).await.unwrap();
        store.create_grant(&grant(Role::Auditor, today, None, None)).await.unwrap();
        store.create_grant(&grant(Role::Hr, today + Duration::days(1), None, None)).await.unwrap();
        store.create_grant(&grant(Role::Approver, today - Duration::days(9), Some(today - Duration::days(1)), None)).await.unwrap();
        store.create_grant(&grant(Role::Admin, today, None, Some("https://issuer.example"))).await.unwrap();
        let revoked = store.create_grant(&grant(Role::Supervisor, today, None, None)).await.unwrap();
        store.revoke_grant(revoked.public_id, noon()).await.unwrap();
        let held = store.held_token("abc", today).await.unwrap().unwrap();
        let mut roles: Vec<Role> = held.grants.iter().map(|grant| grant.role).collect();
        roles.sort_unstable();
        assert_eq!(roles, [Role::Payroll, Role::Auditor]);
    }

    async fn a_token_lives_by_its_hash(store: TestStore) {
        let later = noon() + Duration::days(1);
        let new = token(account(&store, "payroll").await);
        let token = store.create_token(&new).await.unwrap();
        assert_eq!((token.expires_at, token.revoked_at, token.last_used_at), (Some(later), None, None));
        assert!(store.create_token(&NewToken { public_id: Uuid::now_v7(), ..new.clone() }).await.is_err());
        assert_eq!(held(&store, "abc").await, Some(token.clone()));
        assert_eq!(held(&store, "abd").await, None);
        store.touch_token(token.id, later).await.unwrap();
        store.revoke_token(token.public_id, noon()).await.unwrap();
        store.revoke_token(token.public_id, later).await.unwrap();
        let revoked = held(&store, "abc").await.unwrap();
        assert_eq!((revoked.last_used_at, revoked.revoked_at), (Some(later), Some(noon())));
        let second = NewToken { public_id: Uuid::now_v7(), hash: "xyz".into(), expires_at: None, ..new };
        store.create_token(&second).await.unwrap();
        assert_eq!(store.tokens().await.unwrap().iter().map(|token| token.public_id).collect::<Vec<_>>(), [
            revoked.public_id,
            second.public_id
        ]);
        let nobody = store.revoke_token(Uuid::now_v7(), noon()).await.unwrap_err();
        assert!(matches!(nobody, StoreError::NotFound { what: "token", .. }), "{nobody}");
    }
}
