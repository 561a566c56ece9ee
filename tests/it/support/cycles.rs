//! Taking a cycle on from scored, with as many people as that needs.

use chrono::TimeDelta;
use merit::app::{App, AppError, Clock, CycleOrder, CycleRecord};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;

use super::server::token_for;

/// Merit when nobody may appeal any more what is published now.
pub(crate) fn after_all_windows(app: &App) -> App {
    let later = app.clock().now() + TimeDelta::days(30);
    app.clone().with_clock(Clock::Fixed(later))
}

/// Merit as somebody new with this role over the whole organisation.
pub(crate) async fn acting(app: &App, login: &str, role: Role) -> App {
    let token = token_for(app, login, &[(role, None, true)]).await;
    app.acting_as(app.bearer(&token).await.unwrap().unwrap())
}

/// Does it; what ends the time to appeal, long after.
pub(crate) async fn act(app: &App, cycle: &str, act: CycleAct) -> Result<CycleRecord, AppError> {
    let app = if act == CycleAct::Finalise { &after_all_windows(app) } else { app };
    app.act_on_cycle(CycleOrder { cycle, act, reason: None, digest: None }).await
}

/// Approves what stands.
pub(crate) async fn approve(app: &App, cycle: &str) -> Result<CycleRecord, AppError> {
    let digest = app.approval_sheet(cycle).await.unwrap().digest;
    app.act_on_cycle(CycleOrder { cycle, act: CycleAct::Approve, reason: None, digest: Some(&digest) }).await
}

/// From scored to published.
pub(crate) async fn publish(app: &App, cycle: &str) {
    for step in [CycleAct::BeginReview, CycleAct::Calibrate] {
        act(app, cycle, step).await.unwrap();
    }
    approve(&acting(app, &format!("approver-{}", cycle.to_lowercase()), Role::Approver).await, cycle).await.unwrap();
    act(app, cycle, CycleAct::Publish).await.unwrap();
}

/// From scored to final.
pub(crate) async fn finalise(app: &App, cycle: &str) {
    publish(app, cycle).await;
    for step in [CycleAct::BeginAppeals, CycleAct::Finalise] {
        act(app, cycle, step).await.unwrap();
    }
}
