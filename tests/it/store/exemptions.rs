//! Exemptions from a cycle.

use merit::domain::appraisal::ExemptionReason;
use merit::store::{Doer, NewExemption, StoreError};

use super::fixture::{noon, open, settle};
use super::schema::try_execute;
use crate::support::stores::on_both_engines;

fn exemption(cycle_id: i64, agent_id: i64) -> NewExemption {
    NewExemption {
        cycle_id,
        agent_id,
        reason: ExemptionReason::LongSickness,
        note: "自 2 月起\0".into(),
        granted_by: Doer::Operator("hr".into()),
        granted_at: noon(),
    }
}

on_both_engines! {
    async fn an_exemption_stands_until_it_is_lifted_and_its_history_stays(store: TestStore) {
        let agents = settle(&store, 3).await;
        let cycle = open(&store, "2023-Q1", "2023-01-01", "2023-03-31").await;
        let other = open(&store, "2023-Q2", "2023-04-01", "2023-06-30").await;
        for agent in [agents[2], agents[1]] {
            store.exempt(&exemption(cycle.id, agent)).await.unwrap();
        }
        let found = store.exemptions_of(cycle.id, agents[0], agents[2]).await.unwrap();
        assert_eq!(found.iter().map(|one| one.agent_id).collect::<Vec<_>>(), agents[1..]);
        assert_eq!(found[0].reason, ExemptionReason::LongSickness);
        assert_eq!((found[0].note.as_str(), found[0].granted_at), ("自 2 月起\u{fffd}", noon()));
        assert_eq!(store.exemptions_of(cycle.id, agents[0], agents[1]).await.unwrap().len(), 1);
        assert!(store.exemptions_of(other.id, agents[0], agents[2]).await.unwrap().is_empty());

        let twice = store.exempt(&exemption(cycle.id, agents[1])).await.unwrap_err();
        assert_eq!(twice.to_string(), "the agent is exempt already: long_sickness, granted by hr; lift that exemption first");
        store.lift_exemption(cycle.id, agents[1], &Doer::Operator("head of hr".into()), noon()).await.unwrap();
        let again = store.lift_exemption(cycle.id, agents[1], &Doer::Operator("head of hr".into()), noon()).await;
        assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
        assert_eq!(store.exemptions_of(cycle.id, agents[0], agents[2]).await.unwrap().len(), 1);
        // The lifted one stays beside a new one.
        store.exempt(&exemption(cycle.id, agents[1])).await.unwrap();
        assert_eq!(store.exemptions_of(cycle.id, agents[0], agents[2]).await.unwrap().len(), 2);
    }

    async fn the_database_itself_refuses_two_standing_exemptions(store: TestStore) {
        let agents = settle(&store, 1).await;
        let cycle = open(&store, "2023-Q1", "2023-01-01", "2023-03-31").await;
        store.exempt(&exemption(cycle.id, agents[0])).await.unwrap();
        let copy = "INSERT INTO exemption (cycle_id, agent_id, reason, note, granted_by, granted_at)
            SELECT cycle_id, agent_id, reason, note, granted_by, granted_at FROM exemption";
        assert!(try_execute(&store.url, copy).await.is_err());
    }

    async fn who_is_appraised_is_settled_once_results_are_approved(store: TestStore) {
        let agents = settle(&store, 1).await;
        let cycle = open(&store, "2023-Q1", "2023-01-01", "2023-03-31").await;
        store.exempt(&exemption(cycle.id, agents[0])).await.unwrap();
        for state in ["approved", "published", "final", "closed", "cancelled"] {
            try_execute(&store.url, &format!("UPDATE cycle SET state = '{state}'")).await.unwrap();
            let refused = store.lift_exemption(cycle.id, agents[0], &Doer::Operator("hr".into()), noon()).await;
            assert!(matches!(&refused, Err(StoreError::ResultsAreOut { .. })), "{state}: {refused:?}");
            let refused = store.exempt(&exemption(cycle.id, agents[0])).await.unwrap_err().to_string();
            assert!(refused.starts_with(&format!("cycle '2023-Q1' is {state}: ")), "{refused}");
        }
        let unknown = store.exempt(&exemption(cycle.id + 1, agents[0])).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { what: "cycle", .. })), "{unknown:?}");
    }
}
