//! Errors of the network.

use safe_mock::fault::{NetworkError, Rule};

use super::app::*;

#[tokio::test]
async fn each_error_of_the_network_has_its_code_and_the_call_is_not_carried_out() {
    let app = App::new().await;
    let handle = app.draft("refused").await;
    let id = app.data_id("refused").await;
    for (error, write, read) in [
        (NetworkError::RequestTimeout, -37, -37),
        (NetworkError::OperationAborted, -15, -15),
        (NetworkError::NetworkOther, -27, -19),
        (NetworkError::NoSuchAccount, -20, -17),
        (NetworkError::NoSuchData, -22, -18),
        (NetworkError::AccountExists, -21, -21),
        (NetworkError::DataExists, -23, -23),
        (NetworkError::LowBalance, -24, -24),
        (NetworkError::InvalidSuccessor, -25, -25),
        (NetworkError::InvalidOperation, -26, -26),
        (NetworkError::NetworkFull, -28, -28),
        (NetworkError::DataTooLarge, -29, -29),
    ] {
        let _guard = app.add(Rule::new(fail(error)));
        let (put, fetched) = (app.put(handle).await, app.fetch(id).await);
        assert_eq!((put.error().0, fetched.error().0), (write, read), "{error:?}");
        assert!(put.error().1.ends_with(&format!("{error:?}")), "{:?}", put.error());
        assert_eq!(put.status(), if error == NetworkError::NoSuchData { 404 } else { 400 });
        assert_eq!(app.stored(), 0);
    }
    assert_eq!(app.put(handle).await.status(), 200);
}

#[tokio::test]
async fn an_invalid_token_fails_before_any_error_of_the_network() {
    let app = App::new().await;
    let _guard = app.add(Rule::new(fail(NetworkError::LowBalance)));
    assert_eq!(app.client.put("/structured-data/1").token("bad").send().await.status(), 401);
}
