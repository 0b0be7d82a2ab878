//! The launchers of a run: its own, or launchers that are running already.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use safe_mock::{Builder, Launcher, MockLauncher, Network};
use serde::Deserialize;
use signaling::RoomName;
use signaling::launcher::{HttpService, InProcess};

use super::http_client::{ANSWER_WAIT, client};
use super::leaks::Counts;
use super::networks;
use super::seen_rooms;
use crate::plan::{Clock, Plan, RunError, seed};
use crate::record::{Journals, LauncherJournal, RoomSeen};
use crate::scenario::{LAUNCHERS_MAX, Launchers};

/// How many handles one pair may hold at a time, at a launcher that all pairs share.
const HANDLES_OF_A_PAIR: usize = 8;

/// The start of virtual time, since 1970: the day on which the last launcher was released.
pub(crate) const VIRTUAL_START: Duration = Duration::from_hours(24 * 17_257);

/// The launchers over which all peers of a run meet.
#[derive(Debug)]
pub(crate) enum World {
    /// The run's own launchers, on ports.
    OnPorts { launchers: Vec<MockLauncher>, layout: Launchers, seed: u64 },
    /// The run's own launchers, called in process.
    InProcess { launchers: Vec<Launcher>, layout: Launchers, seed: u64 },
    /// Launchers that were running before.
    Running { urls: [String; 2], client: reqwest::Client, seed: u64, salt: u32 },
}

/// How a peer reaches its launcher.
#[derive(Clone)]
pub(crate) struct LauncherEndpoint {
    /// The URL of the launcher.
    pub(crate) url: String,
    /// The service that sends requests there.
    pub(crate) service: Arc<dyn HttpService>,
    /// The launcher itself, if the run started it.
    pub(crate) launcher: Option<Launcher>,
}

impl World {
    /// # Errors
    /// A launcher cannot be started or reached, or it refuses a fault rule of the scenario.
    pub(crate) async fn open(plan: &Plan) -> Result<Self, RunError> {
        let world = Self::open_without_faults(plan).await?;
        for (index, launcher) in world.own_launchers().enumerate() {
            let (pair, number) = plan.scenario.launchers.place_of(index);
            for rule in plan.scenario.faults.iter().filter_map(|fault| fault.rule_for(pair, number)) {
                launcher.add_fault(rule)?.keep();
            }
        }
        Ok(world)
    }

    async fn open_without_faults(plan: &Plan) -> Result<Self, RunError> {
        let (layout, seed) = (plan.scenario.launchers, plan.seed);
        if plan.settings.clock == Clock::Virtual {
            return Ok(Self::InProcess { launchers: in_process_launchers(layout, plan.pairs, seed), layout, seed });
        }
        let given: Vec<_> = plan.settings.launchers.iter().map(|url| url.as_str().to_owned()).collect();
        let urls = match given.as_slice() {
            [] => return Self::start(layout, plan.pairs, seed).await,
            [both] => [both.clone(), both.clone()],
            // The plan has refused more than two.
            [first, second, ..] => [first.clone(), second.clone()],
        };
        let client = client()?;
        for url in &given {
            check_reachable(&client, url).await?;
        }
        if let Some([first, second]) = networks::apart(&client, &given).await {
            return Err(RunError::TwoNetworks { first, second });
        }
        // A used room stays used for as long as its network exists. This network may have seen this seed before: so the
        // names of the rooms contain a number that no other run has.
        Ok(Self::Running { urls, client, seed, salt: getrandom::u32()? })
    }

    /// The launchers that the run started, in the order in which [`Launchers::of_pair`] counts them.
    fn own_launchers(&self) -> Box<dyn Iterator<Item = &Launcher> + '_> {
        match self {
            Self::OnPorts { launchers, .. } => Box::new(launchers.iter().map(|mock| &**mock)),
            Self::InProcess { launchers, .. } => Box::new(launchers.iter()),
            Self::Running { .. } => Box::new(std::iter::empty()),
        }
    }

    async fn start(layout: Launchers, pairs: usize, seed: u64) -> Result<Self, RunError> {
        let mut launchers = Vec::new();
        for builder in builders(layout, pairs, seed) {
            launchers.push(builder.start().await?);
        }
        Ok(Self::OnPorts { launchers, layout, seed })
    }

    /// How the peers of a pair, counted from 1, reach their two launchers.
    ///
    /// # Errors
    /// An HTTP client cannot be made.
    pub(crate) fn endpoints_of(&self, pair: usize) -> Result<[LauncherEndpoint; 2], RunError> {
        let over_tcp = |url: String, launcher: Option<Launcher>| -> Result<LauncherEndpoint, RunError> {
            Ok(LauncherEndpoint { url, service: Arc::new(signaling::launcher::OverTcp::new()?), launcher })
        };
        let [first, second] = match self {
            Self::Running { urls: [first, second], .. } => {
                [over_tcp(first.clone(), None), over_tcp(second.clone(), None)]
            }
            Self::OnPorts { launchers, layout, .. } => layout.of_pair(pair).map(|index| {
                let launcher = launchers.get(index);
                over_tcp(
                    launcher.map(MockLauncher::url).unwrap_or_default(),
                    launcher.map(|mock| Launcher::clone(mock)),
                )
            }),
            Self::InProcess { launchers, layout, .. } => layout.of_pair(pair).map(|index| {
                // The layout says how many launchers there are.
                let launcher = launchers.get(index).ok_or(RunError::PairsOutOfRange(pair))?;
                let service = Arc::new(InProcess::new(launcher.service()));
                Ok(LauncherEndpoint { url: in_process_url(index), service, launcher: Some(launcher.clone()) })
            }),
        };
        Ok([first?, second?])
    }

    /// The room of a pair, counted from 1: one that was never used on this network.
    ///
    /// # Errors
    /// None in practice: the name is short and plain.
    pub(crate) fn room_of(&self, pair: usize) -> Result<RoomName, RunError> {
        let name = match self {
            Self::OnPorts { seed, .. } | Self::InProcess { seed, .. } => format!("harness-{seed}-{pair}"),
            Self::Running { seed, salt, .. } => format!("harness-{seed}-{pair}-{salt:08x}"),
        };
        Ok(RoomName::new(name)?)
    }

    /// The URL of every launcher, in the order of [`handles`](Self::handles).
    pub(crate) fn urls(&self) -> Vec<String> {
        match self {
            Self::OnPorts { launchers, .. } => launchers.iter().map(MockLauncher::url).collect(),
            Self::InProcess { launchers, .. } => (0..launchers.len()).map(in_process_url).collect(),
            Self::Running { urls: [first, second], .. } if first == second => vec![first.clone()],
            Self::Running { urls, .. } => urls.to_vec(),
        }
    }

    /// The number of live handles at each launcher.
    pub(crate) async fn handles(&self) -> Counts {
        let Self::Running { client, .. } = self else {
            return self.own_launchers().map(|launcher| Ok(launcher.handles().live())).collect();
        };
        let mut counts = Vec::new();
        for url in self.urls() {
            counts.push(handles_at(client, &url).await);
        }
        counts
    }

    /// What the launchers saw of the rooms.
    pub(crate) async fn rooms(&self) -> Vec<RoomSeen> {
        let Self::Running { client, .. } = self else { return seen_rooms::seen_by(self.own_launchers()) };
        let mut seen = Vec::new();
        for url in self.urls() {
            seen.extend(seen_rooms::seen_at(client, &url).await);
        }
        seen_rooms::once(seen)
    }

    /// The journals of the launchers that the run started.
    pub(crate) fn journals(&self) -> Journals {
        self.own_launchers().zip(self.urls()).map(|(launcher, url)| journal_of(launcher, url)).collect()
    }

    /// Stops what was started.
    pub(crate) async fn close(self) {
        if let Self::OnPorts { launchers, .. } = self {
            MockLauncher::shutdown_all(launchers).await;
        }
    }
}

/// The journal of a launcher in this process, of which no request is under way.
pub(crate) fn journal_of(launcher: &Launcher, url: String) -> LauncherJournal {
    let summary = launcher.journal_summary();
    LauncherJournal {
        url,
        started_at: summary.started_at,
        written: summary.written,
        forgotten: summary.forgotten,
        entries: launcher.requests(),
    }
}

/// The run's own launchers, in the order in which [`Launchers::of_pair`] counts them.
fn builders(layout: Launchers, pairs: usize, seed: u64) -> Vec<Builder> {
    let each = match layout {
        Launchers::TwoForEachPair => LAUNCHERS_MAX,
        Launchers::OneForEachPair => 1,
        Launchers::TwoForAll => {
            let network = Network::new();
            let shared = |seed| with_room_for(pairs).network(&network).seed(seed);
            return seed::of_launchers(seed).map(shared).into();
        }
    };
    let of_pair = |pair| {
        let network = Network::new();
        let seeds = seed::of_launchers_of(seed, pair).into_iter().take(each);
        seeds.map(move |seed| MockLauncher::builder().network(&network).seed(seed))
    };
    (1..=pairs).flat_map(of_pair).collect()
}

/// Launchers that are called in process, on the clock of the runtime that is entered.
pub(crate) fn in_process_launchers(layout: Launchers, pairs: usize, seed: u64) -> Vec<Launcher> {
    // Tokens carry the time, so the clock has to show the same time at the start of every run.
    let clock = || safe_mock::Clock::starting_at(VIRTUAL_START);
    builders(layout, pairs, seed).into_iter().map(|builder| builder.clock(clock()).build()).collect()
}

/// The URL of such a launcher: no request leaves the process, but a peer has to be given one.
pub(crate) fn in_process_url(index: usize) -> String {
    format!("http://launcher-{}", index + 1)
}

/// By default, a launcher loses the least recently used handle beyond its hundredth. That must not limit the number of pairs.
fn with_room_for(pairs: usize) -> Builder {
    let usual = safe_mock::Config::default();
    let needed = NonZeroUsize::new(pairs.saturating_mul(HANDLES_OF_A_PAIR)).unwrap_or(NonZeroUsize::MIN);
    MockLauncher::builder().handles_max(usual.handles_max.max(needed)).sessions_max(usual.sessions_max.max(needed))
}

/// Asks a launcher whether it is one.
///
/// # Errors
/// No launcher answers at the URL.
pub(crate) async fn check_reachable(client: &reqwest::Client, url: &str) -> Result<(), RunError> {
    let unreachable = |error: reqwest::Error| RunError::LauncherUnreachable { url: url.to_owned(), why: root(&error) };
    let answer = client.get(format!("{url}/health")).timeout(ANSWER_WAIT).send().await.map_err(unreachable)?;
    if answer.status().as_u16() == 200 {
        Ok(())
    } else {
        Err(RunError::NotALauncher { url: url.to_owned(), status: answer.status().as_u16() })
    }
}

/// The last of the causes, which is the error of the system.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The number of live handles of all kinds, from the control plane of a running launcher.
async fn handles_at(client: &reqwest::Client, url: &str) -> Result<usize, String> {
    /// The kinds of handles; the answer lists the handles too.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Part {
        Kind { live: usize },
        Other(serde::de::IgnoredAny),
    }
    let asked = client.get(format!("{url}/__mock/handles")).timeout(ANSWER_WAIT).send().await;
    let answer = asked.map_err(|error| format!("{url} did not report its handles: {}", root(&error)))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(format!("{url} has no control plane: GET /__mock/handles gave status {status}"));
    }
    let body = answer.bytes().await.map_err(|error| format!("{url} did not report its handles: {}", root(&error)))?;
    let parts: BTreeMap<String, Part> =
        serde_json::from_slice(&body).map_err(|error| format!("{url} did not report its handles: {error}"))?;
    let live = parts.values().filter_map(|part| match part {
        Part::Kind { live } => Some(live),
        Part::Other(_) => None,
    });
    Ok(live.sum())
}
