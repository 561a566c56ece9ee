//! How a person is reached: e-mail address, language, and which notices they wish for.

use chrono::{DateTime, Utc};
use entity::account::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::super::error::Step;
use super::super::notices::webhook::words;
use super::super::write::{execute, instant, plain};
use super::super::{Account, Store, StoreError};
use crate::domain::notice::NoticeKind;
use crate::domain::text::Language;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    pub email: Option<String>,
    pub language: Language,
    /// Besides those that everybody gets.
    pub wishes: Vec<NoticeKind>,
}

impl Store {
    /// Gives an account that is still at `version` this contact in place of the one it has. What waits goes to the new address, or is given up
    /// where there is none. Errors: `NotFound`; `Changed` when it is at another version.
    pub async fn set_contact(
        &self,
        public_id: Uuid,
        version: i64,
        contact: &Contact,
        now: DateTime<Utc>,
    ) -> Result<Account, StoreError> {
        let step = "changing how somebody is reached";
        let Contact { email, language, wishes } = contact;
        let email = email.as_deref().map(plain);
        let tx = self.begin_write(&[]).await?;
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&tx).await.step(step)?;
        let found = found.ok_or_else(|| StoreError::NotFound { what: "account", name: public_id.to_string() })?;
        let text = "UPDATE account SET email = $1, language = $2, wishes = $3, version = version + 1
            WHERE id = $4 AND version = $5";
        let values =
            [email.clone().into(), language.as_str().into(), words(wishes).into(), found.id.into(), version.into()];
        if execute(&tx, step, text, values).await? == 0 {
            return Err(StoreError::Changed { what: "account", name: found.login });
        }
        match email {
            Some(email) => {
                let text = "UPDATE notice SET address = $1, language = $2 WHERE account_id = $3 AND state = 'waiting'";
                execute(&tx, step, text, [email.into(), language.as_str().into(), found.id.into()]).await?;
            }
            None => {
                let text = "UPDATE notice SET state = 'given_up', ended_at = $1, token = NULL, held_until = NULL,
                        last_problem = 'the address was taken away'
                    WHERE account_id = $2 AND state = 'waiting'";
                execute(&tx, step, text, [instant(now).into(), found.id.into()]).await?;
            }
        }
        let changed = Entity::find_by_id(found.id).one(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        changed.ok_or(StoreError::NotFound { what: "account", name: found.login })?.try_into()
    }
}
