//! Reading calibrated ratings.

use sea_orm::FromQueryResult;

use super::super::write::fetch;
use super::super::{Store, StoreError};
use crate::domain::appraisal::Calibrated;

#[derive(FromQueryResult)]
struct ConfirmedRow {
    agent_id: i64,
    rating: String,
    reason: String,
}

impl Store {
    /// The confirmed ratings of the agents `first_agent..=last_agent` with the agent's id, in order of it.
    pub async fn calibrated_of(
        &self,
        cycle_id: i64,
        first_agent: i64,
        last_agent: i64,
    ) -> Result<Vec<(i64, Calibrated)>, StoreError> {
        let text = "SELECT agent_id, rating, reason FROM calibration
            WHERE cycle_id = $1 AND agent_id BETWEEN $2 AND $3 AND state = 'confirmed' ORDER BY agent_id";
        let values = [cycle_id.into(), first_agent.into(), last_agent.into()];
        let rows: Vec<ConfirmedRow> = fetch(&self.readers, "reading calibrated ratings", text, values).await?;
        let calibrated = |ConfirmedRow { agent_id, rating, reason }: ConfirmedRow| {
            let unreadable = |_| StoreError::Unreadable { what: "the reason of a calibration", value: reason.clone() };
            Ok((agent_id, Calibrated { rating: rating.into(), reason: reason.parse().map_err(unreadable)? }))
        };
        rows.into_iter().map(calibrated).collect()
    }
}
