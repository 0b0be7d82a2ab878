//! Which network a running launcher is on, as far as it says so: peers of two networks cannot meet.

use serde::Deserialize;

use super::http_client::ANSWER_WAIT;

/// The URLs of two launchers of different networks, if two of these say so. A launcher that does not say it, the real one for
/// instance, is not guessed at.
pub(crate) async fn apart(client: &reqwest::Client, urls: &[String]) -> Option<[String; 2]> {
    let mut known: Option<(&String, String)> = None;
    for url in urls {
        let Some(network) = network_at(client, url).await else { continue };
        match &known {
            Some((first, other)) if *other != network => return Some([(*first).clone(), url.clone()]),
            Some(_) => {}
            None => known = Some((url, network)),
        }
    }
    None
}

/// The id of a launcher's network, from its control plane.
async fn network_at(client: &reqwest::Client, url: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        network: String,
    }
    let asked = client.get(format!("{url}/__mock/launchers")).timeout(ANSWER_WAIT).send().await;
    let body = asked.ok()?.bytes().await.ok()?;
    serde_json::from_slice(&body).ok().map(|answer: Answer| answer.network)
}

#[cfg(test)]
mod tests {
    use safe_mock::{MockLauncher, Network};

    use super::*;
    use crate::environment::client;

    async fn launcher_on(network: &Network) -> MockLauncher {
        MockLauncher::builder().network(network).start().await.unwrap()
    }

    #[tokio::test]
    async fn launchers_of_one_network_are_not_apart_and_those_of_two_are() {
        let (one, other) = (Network::new(), Network::new());
        let launchers = [launcher_on(&one).await, launcher_on(&one).await, launcher_on(&other).await];
        let urls = launchers.each_ref().map(MockLauncher::url);
        let client = client().unwrap();
        assert_eq!(apart(&client, &urls[..2]).await, None);
        assert_eq!(apart(&client, &urls).await, Some([urls[0].clone(), urls[2].clone()]));
    }

    #[tokio::test]
    async fn of_a_launcher_that_does_not_say_it_nothing_is_said() {
        let silent = MockLauncher::builder().control(false).start().await.unwrap();
        let other = MockLauncher::start().await.unwrap();
        let urls = [silent.url(), other.url(), "http://127.0.0.1:1".to_owned()];
        assert_eq!(apart(&client().unwrap(), &urls).await, None);
    }
}
