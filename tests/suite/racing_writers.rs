//! Writers that race for one name: exactly one wins.

use proptest::prelude::*;
use safe_mock::{Builder, Network};
use serde_json::json;
use suite::call::{Client, name};

/// The answer to each of `writers` when all of them save at once, each over its own launcher.
async fn race(writers: usize, save: &'static str) -> Vec<(u16, i64)> {
    let network = Network::new();
    let mut ready = Vec::new();
    for writer in 0..writers {
        let client = Client::in_process(&Builder::default().network(&network).seed(writer as u64).build());
        let token = client.token("racer", &["LOW_LEVEL_API"]).await;
        let draft = json!({"name": name("raced for"), "typeTag": 500, "data": ""});
        let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
        ready.push((client, token, format!("/structured-data/{handle}")));
    }
    let saves = ready.into_iter().map(|(client, token, path)| {
        tokio::spawn(async move {
            let call = if save == "PUT" { client.put(&path) } else { client.post(&path) };
            let answer = call.token(&token).send().await;
            (answer.status(), answer.error().0)
        })
    });
    let saves: Vec<_> = saves.collect();
    let mut answers = Vec::new();
    for save in saves {
        answers.push(save.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_update_of_a_name_that_was_never_put_wins() {
    assert!(race(4, "POST").await.iter().all(|answer| *answer == (404, -22)));
}

/// For each version: the codes, sorted, of as many handles to that version when all of them are saved at once.
async fn update_race(writers: usize, versions: u64) -> Vec<Vec<i64>> {
    let mut answered = Vec::new();
    let client = Client::in_process(&Builder::default().handles_max(1_000.try_into().unwrap()).build());
    let token = client.token("racer", &["LOW_LEVEL_API"]).await;
    let draft = json!({"name": name("updated"), "typeTag": 500, "data": ""});
    let first = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    assert_eq!(client.put(&format!("/structured-data/{first}")).token(&token).send().await.status(), 200);
    for version in 0..versions {
        let id = client.post("/data-id/structured-data").json(&draft).send().await.handle();
        let mut handles = Vec::new();
        for _ in 0..writers {
            let fetched = client.get(&format!("/structured-data/handle/{id}")).token(&token).send().await;
            assert_eq!(fetched.json()["version"], json!(version));
            handles.push(fetched.handle());
        }
        let saves = handles.into_iter().map(|handle| {
            let (client, token) = (client.clone(), token.clone());
            tokio::spawn(async move {
                client.post(&format!("/structured-data/{handle}")).token(&token).send().await.error().0
            })
        });
        let saves: Vec<_> = saves.collect();
        let mut codes = Vec::new();
        for save in saves {
            codes.push(save.await.unwrap());
        }
        codes.sort_unstable();
        answered.push(codes);
    }
    answered
}

/// Runs on two threads, so that writers run in parallel.
fn on_two_threads<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn of_any_number_of_puts_of_one_name_exactly_one_wins(writers in 1..40_usize) {
        let mut answers = on_two_threads(race(writers, "PUT"));
        answers.sort_unstable();
        prop_assert_eq!(answers[0], (200, 0));
        prop_assert!(answers[1..].iter().all(|answer| *answer == (400, -23)), "{:?}", answers);
    }

    #[test]
    fn of_any_number_of_handles_that_update_one_version_exactly_one_wins(writers in 1..24_usize, versions in 1..5_u64) {
        for codes in on_two_threads(update_race(writers, versions)) {
            let (winner, losers) = codes.split_last().unwrap();
            prop_assert_eq!(*winner, 0);
            prop_assert!(losers.iter().all(|code| *code == -25), "{:?}", codes);
        }
    }
}
