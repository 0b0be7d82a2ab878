//! Faults of the launcher itself: sessions, handles, restarts.

use safe_mock::fault::{Call, Fault, Matcher, Rule, When};

use super::app::*;

#[tokio::test]
async fn a_session_is_revoked_before_or_after_the_call() {
    for (when, status) in [(When::Before, 401), (When::After, 200)] {
        let app = App::new().await;
        let handle = app.draft("revoked").await;
        let bystander = app.client.token("bystander", &[]).await;
        let _guard = app.add(Rule::new(Fault::RevokeSession { when }).on(Matcher::call(Call::Put)));
        assert_eq!(app.put(handle).await.status(), status, "{when:?}");
        assert_eq!(app.stored(), usize::from(status == 200));
        assert_eq!(app.check().await, 401);
        assert_eq!(app.client.get("/auth").token(&bystander).send().await.status(), 200);
        assert_eq!(app.client.put("/structured-data/1").send().await.status(), 401, "no session is revoked");
    }
}

#[tokio::test]
async fn handles_are_lost_before_or_after_the_call_and_continue_to_count() {
    for (when, code) in [(When::Before, -1513), (When::After, 0)] {
        let app = App::new().await;
        let handle = app.draft("lost").await;
        let _guard = app.add(Rule::new(Fault::LoseHandles { when }).on(Matcher::call(Call::Put)));
        assert_eq!(app.put(handle).await.error().0, code, "{when:?}");
        assert_eq!(app.launcher.handles().live(), 0);
        assert_eq!((app.check().await, app.draft("next").await), (200, handle + 1));
    }
}

#[tokio::test]
async fn a_launcher_restarts_before_or_after_the_call_and_keeps_account_and_network() {
    for (when, status) in [(When::Before, 401), (When::After, 200)] {
        let app = App::new().await;
        let handle = app.draft("kept").await;
        let account = app.launcher.accounts()[0].public_key.clone();
        let guard = app.add(Rule::new(Fault::RestartLauncher { when }).on(Matcher::call(Call::Put)).times(1));
        assert_eq!(app.put(handle).await.status(), status, "{when:?}");
        assert_eq!(app.check().await, 401);
        assert_eq!((app.launcher.handles().live(), app.stored()), (0, usize::from(status == 200)));
        let again = App::at(app.launcher.clone(), app.client.clone()).await;
        assert_eq!(again.draft("kept").await, 1, "handles count from the start");
        assert_eq!(app.launcher.accounts()[0].public_key, account);
        assert_eq!(guard.strikes(), 1);
    }
}

#[tokio::test]
async fn restart_and_loss_of_handles_are_direct_calls_too() {
    let app = App::new().await;
    app.draft("lost").await;
    app.launcher.lose_handles();
    assert_eq!((app.launcher.handles().live(), app.check().await), (0, 200));
    let waiting = app.draft("restarted").await;
    app.launcher.restart();
    assert_eq!((app.metadata(waiting).await.status(), app.launcher.sessions().len()), (401, 0));
}
