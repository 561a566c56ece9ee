//! Ratings in the database: counted without those who gave them, and never torn.

use merit::domain::judgement::RaterGroup;
use merit::store::{AgentRatings, RatingProblem, RatingRow, StoreError};

use super::fixture::{fixed, noon, open, period, settle};
use super::schema::try_execute;
use crate::support::stores::on_both_engines;

fn rating(agent_id: i64, rater_id: i64, group: RaterGroup, item: &str, value: &str) -> RatingRow {
    let form = "conduct".to_owned();
    RatingRow { agent_id, form, item: item.into(), rater_id, group, value: fixed(value), comment: None }
}

/// Agent id, form, and each tally as a text.
fn counted(ratings: &[AgentRatings]) -> Vec<(i64, &str, Vec<String>)> {
    let tallies = |of: &AgentRatings| {
        let tallies = of.ratings.tallies().iter();
        tallies.map(|tally| format!("{} {} {} × {}", tally.item, tally.group, tally.value, tally.raters)).collect()
    };
    ratings.iter().map(|of| (of.agent_id, &*of.form, tallies(of))).collect()
}

on_both_engines! {
    async fn ratings_come_back_counted_by_ranges_of_agents(store: TestStore) {
        let agents = settle(&store, 6).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let other = open(&store, "2023-Q4", "2023-10-01", "2023-12-31").await;
        let (boss, peer) = (RaterGroup::Supervisor, RaterGroup::Peer);
        let mut rows: Vec<RatingRow> = agents[1..5].iter().map(|rater| rating(agents[5], *rater, peer, "skill", "4")).collect();
        rows.push(rating(agents[5], agents[0], boss, "care", "2.5"));
        rows.push(RatingRow { form: "manners".into(), ..rating(agents[5], agents[0], boss, "care", "1") });
        rows.push(rating(agents[0], agents[0], RaterGroup::Oneself, "care", "5"));
        rows[1].value = fixed("3");
        store.import_ratings(cycle.id, &rows, noon()).await.unwrap();
        store.import_ratings(other.id, &rows[..1], noon()).await.unwrap();

        let all = store.ratings_of(cycle.id, i64::MIN, i64::MAX).await.unwrap();
        assert_eq!(counted(&all), [
            (agents[0], "conduct", vec!["care self 5 × 1".to_owned()]),
            (agents[5], "conduct", vec![
                "care supervisor 2.5 × 1".to_owned(), "skill peer 3 × 1".to_owned(), "skill peer 4 × 3".to_owned(),
            ]),
            (agents[5], "manners", vec!["care supervisor 1 × 1".to_owned()]),
        ]);
        let chunks = [store.ratings_of(cycle.id, agents[0], agents[4]).await.unwrap(),
            store.ratings_of(cycle.id, agents[5], agents[5]).await.unwrap()].concat();
        assert_eq!(chunks, all);
        assert_eq!(store.ratings_of(other.id, agents[0], agents[5]).await.unwrap().len(), 1);
        assert_eq!(store.ratings_of(999, agents[0], agents[5]).await.unwrap(), []);
    }

    async fn all_problems_are_reported_and_nothing_is_changed(store: TestStore) {
        let agents = settle(&store, 3).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let (boss, peer) = (RaterGroup::Supervisor, RaterGroup::Peer);
        let kept = [rating(agents[0], agents[1], boss, "care", "4")];
        store.import_ratings(cycle.id, &kept, noon()).await.unwrap();
        let rows = [
            rating(agents[0], agents[2], peer, "care", "4"),
            rating(agents[0], agents[2], peer, "care", "4"),
            rating(agents[0], agents[1], peer, "skill", "4"),
        ];
        let Err(StoreError::Ratings(problems)) = store.import_ratings(cycle.id, &rows, noon()).await else { panic!() };
        assert_eq!(problems, [
            RatingProblem::Twice { index: 1 },
            RatingProblem::TwoGroups { index: 2, group: peer, other: boss, other_item: "care".into() },
        ]);
        assert_eq!(store.ratings_of(cycle.id, agents[0], agents[2]).await.unwrap()[0].ratings.tallies().len(), 1);
    }

    async fn the_database_itself_knows_who_oneself_is(store: TestStore) {
        let agents = settle(&store, 2).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let insert = |rater: i64, group: &str| format!(
            "INSERT INTO rating (cycle_id, agent_id, form, item, rater_id, rater_group, value, entered_at)
            VALUES ({}, {}, 'conduct', 'care', {rater}, '{group}', 4000000, '2023-07-01T00:00:00Z')",
            cycle.id, agents[0]
        );
        for (rater, group) in [(agents[0], "peer"), (agents[1], "self"), (agents[1], "neighbour"), (999, "peer")] {
            assert!(try_execute(&store.url, &insert(rater, group)).await.is_err(), "{rater} {group}");
        }
        try_execute(&store.url, &insert(agents[1], "peer")).await.unwrap();
    }

    async fn posts_of_a_period_are_each_said_once(store: TestStore) {
        let agents = settle(&store, 2).await;
        let held = |period| { let store = &store; async move { store.held_posts(period).await.unwrap() } };
        let posts = held(period("2023-07-01", "2023-09-30")).await;
        let expected: Vec<(i64, &str)> = agents.iter().map(|agent| (*agent, "front_line")).collect();
        assert_eq!(posts.iter().map(|held| (held.agent_id, held.post.as_str())).collect::<Vec<_>>(), expected);
        assert_eq!(held(period("2022-07-01", "2022-12-31")).await, []);
    }
}
