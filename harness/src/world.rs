//! Where the pairs meet: launchers of the run's own, or launchers that are running already.

use std::num::NonZeroUsize;
use std::time::Duration;

use safe_mock::{Builder, MockLauncher, Network};
use serde::Deserialize;
use signaling::RoomName;

use crate::chance;
use crate::error::RunError;
use crate::left_over::Counts;
use crate::scenario::{Launchers, Scenario};
use crate::settings::{LAUNCHERS_MAX, Settings};

/// How long a running launcher may take to say that it is there, or how many handles it has.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// How many handles one pair may have at a time, at a launcher that all pairs share.
const HANDLES_OF_A_PAIR: usize = 8;

/// What all peers of a run meet over.
#[derive(Debug)]
pub(crate) enum World {
    /// The run's own launchers.
    Own { launchers: Vec<MockLauncher>, layout: Launchers, seed: u64 },
    /// Launchers that somebody else runs.
    Running { urls: [String; 2], client: reqwest::Client, seed: u64, salt: u32 },
}

impl World {
    /// # Errors
    /// A launcher cannot be started, or none answers where one should.
    pub(crate) async fn open(scenario: &Scenario, settings: &Settings, seed: u64) -> Result<Self, RunError> {
        let given: Vec<_> = settings.launchers.iter().map(|url| url.as_str().to_owned()).collect();
        let urls = match given.as_slice() {
            [] => return Self::start(scenario.launchers, settings.pairs, seed).await,
            [both] => [both.clone(), both.clone()],
            [_, _] if scenario.launchers == Launchers::OneForEachPair => {
                return Err(RunError::OneLauncherOnly { scenario: scenario.name });
            }
            [first, second] => [first.clone(), second.clone()],
            more => return Err(RunError::TooManyLaunchers(more.len())),
        };
        let client = client()?;
        for url in &given {
            find(&client, url).await?;
        }
        // A used room stays used for as long as the network lives. This network is not ours, and it may have seen this
        // seed before: so the rooms have something in their names that no other run has.
        Ok(Self::Running { urls, client, seed, salt: getrandom::u32()? })
    }

    async fn start(layout: Launchers, pairs: usize, seed: u64) -> Result<Self, RunError> {
        let mut launchers = Vec::new();
        match layout {
            Launchers::TwoForEachPair | Launchers::OneForEachPair => {
                let each = if layout == Launchers::OneForEachPair { 1 } else { LAUNCHERS_MAX };
                for pair in 1..=pairs {
                    let network = Network::new();
                    for seed in chance::of_pair(seed, pair).launchers.into_iter().take(each) {
                        launchers.push(MockLauncher::builder().network(&network).seed(seed).start().await?);
                    }
                }
            }
            Launchers::TwoForAll => {
                let network = Network::new();
                for seed in chance::of_launchers(seed) {
                    launchers.push(with_room_for(pairs).network(&network).seed(seed).start().await?);
                }
            }
        }
        Ok(Self::Own { launchers, layout, seed })
    }

    /// The launchers of the two peers of a pair, counted from 1.
    pub(crate) fn launchers_of(&self, pair: usize) -> [String; 2] {
        match self {
            Self::Running { urls, .. } => urls.clone(),
            Self::Own { launchers, layout, .. } => {
                let url = |index: usize| launchers.get(index).map(MockLauncher::url).unwrap_or_default();
                match layout {
                    Launchers::TwoForEachPair => [url(2 * (pair - 1)), url(2 * (pair - 1) + 1)],
                    Launchers::OneForEachPair => [url(pair - 1), url(pair - 1)],
                    Launchers::TwoForAll => [url(0), url(1)],
                }
            }
        }
    }

    /// The room of a pair, counted from 1: one that nobody has used on this network.
    ///
    /// # Errors
    /// None in fact: the name is short and plain.
    pub(crate) fn room_of(&self, pair: usize) -> Result<RoomName, RunError> {
        let name = match self {
            Self::Own { seed, .. } => format!("harness-{seed}-{pair}"),
            Self::Running { seed, salt, .. } => format!("harness-{seed}-{pair}-{salt:08x}"),
        };
        Ok(RoomName::new(name)?)
    }

    /// The URL of every launcher, in the order of [`handles`](Self::handles).
    pub(crate) fn urls(&self) -> Vec<String> {
        match self {
            Self::Own { launchers, .. } => launchers.iter().map(MockLauncher::url).collect(),
            Self::Running { urls: [first, second], .. } if first == second => vec![first.clone()],
            Self::Running { urls, .. } => urls.to_vec(),
        }
    }

    /// How many handles of records and data ids live at each launcher. Peers ask for no other kind; a launcher makes a
    /// choice of encryption for itself and keeps it (launcher behaviour §4.1).
    pub(crate) async fn handles(&self) -> Counts {
        match self {
            Self::Own { launchers, .. } => {
                let views = launchers.iter().map(|launcher| launcher.launcher().handles());
                views.map(|view| Ok(view.structured_data.live + view.data_id.live)).collect()
            }
            Self::Running { client, .. } => {
                let mut counts = Vec::new();
                for url in self.urls() {
                    counts.push(handles_at(client, &url).await);
                }
                counts
            }
        }
    }

    /// Stops what was started.
    pub(crate) async fn close(self) {
        if let Self::Own { launchers, .. } = self {
            for launcher in launchers {
                launcher.shutdown().await;
            }
        }
    }
}

/// An HTTP client for launchers: no proxy stands between, and they send nobody elsewhere.
///
/// # Errors
/// The machine cannot give what it needs.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()
}

/// A launcher loses the least recently used handle beyond its hundredth. How many pairs meet is not to be bounded by that.
fn with_room_for(pairs: usize) -> Builder {
    let usual = safe_mock::Config::default();
    let needed = NonZeroUsize::new(pairs.saturating_mul(HANDLES_OF_A_PAIR)).unwrap_or(NonZeroUsize::MIN);
    MockLauncher::builder().handles_max(usual.handles_max.max(needed)).sessions_max(usual.sessions_max.max(needed))
}

async fn find(client: &reqwest::Client, url: &str) -> Result<(), RunError> {
    let unreachable = |error: reqwest::Error| RunError::LauncherUnreachable { url: url.to_owned(), why: root(&error) };
    let answer = client.get(format!("{url}/health")).timeout(ANSWER_WAIT).send().await.map_err(unreachable)?;
    if answer.status().as_u16() == 200 {
        Ok(())
    } else {
        Err(RunError::NotALauncher { url: url.to_owned(), status: answer.status().as_u16() })
    }
}

/// The last of the causes, which is what the system said.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Asks the control plane of a running launcher.
async fn handles_at(client: &reqwest::Client, url: &str) -> Result<usize, String> {
    #[derive(Deserialize)]
    struct Kind {
        live: usize,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Handles {
        structured_data: Kind,
        data_id: Kind,
    }
    let asked = client.get(format!("{url}/__mock/handles")).timeout(ANSWER_WAIT).send().await;
    let answer = asked.map_err(|error| format!("{url} did not say: {}", root(&error)))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(format!("{url} has no control plane: GET /__mock/handles gave status {status}"));
    }
    let body = answer.bytes().await.map_err(|error| format!("{url} did not say: {}", root(&error)))?;
    let handles: Handles = serde_json::from_slice(&body).map_err(|error| format!("{url} did not say: {error}"))?;
    Ok(handles.structured_data.live + handles.data_id.live)
}
