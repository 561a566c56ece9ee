//! Bearer tokens.

use merit::domain::authority::Act;
use merit::store::{NewToken, StoreError, TokenKind};
use uuid::Uuid;

use super::fixture::{account, noon};
use crate::support::stores::on_both_engines;

on_both_engines! {
    async fn a_token_lives_by_its_hash(store: TestStore) {
        let later = noon() + chrono::Duration::days(1);
        let account_id = account(&store, "payroll").await;
        let new = NewToken {
            public_id: Uuid::now_v7(),
            account_id,
            kind: TokenKind::Token,
            only: Some([Act::ReadPay, Act::ReadPeople].into()),
            name: "payroll".into(),
            hash: "abc".into(),
            created_at: noon(),
            expires_at: Some(later),
        };
        let token = store.create_token(&new).await.unwrap();
        assert_eq!((token.expires_at, token.revoked_at, token.last_used_at), (Some(later), None, None));
        assert!(store.create_token(&NewToken { public_id: Uuid::now_v7(), ..new.clone() }).await.is_err());
        assert_eq!(store.token_by_hash("abc").await.unwrap(), Some(token.clone()));
        assert_eq!(store.token_by_hash("abd").await.unwrap(), None);
        store.touch_token(token.id, later).await.unwrap();
        store.revoke_token(token.public_id, noon()).await.unwrap();
        store.revoke_token(token.public_id, later).await.unwrap();
        let revoked = store.token_by_hash("abc").await.unwrap().unwrap();
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
