//! Lets every pair meet, several at the same time.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use signaling::Role;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::error::InteropError;
use super::meeting::{LARGE_TEXT_BYTES, Meeting, meet};
use super::peer_file::{Candidate, PeerFile};
use super::table::{InteropPair, InteropPeer, InteropTable, Step};
use crate::plan::RunError;
use crate::report::SCHEMA;
use crate::run::Hooks;
use crate::scenario::PeerIndex;
use crate::suggestion::did_you_mean;

/// How often a pair is tried that does not do well: browsers and busy machines have their moments.
pub(super) const ATTEMPTS_MAX: u32 = 3;

/// Which peers are to meet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InteropSettings {
    /// The folder with a file for each peer.
    pub folder: PathBuf,
    /// The peers, by their names; all if there are none.
    pub only: Vec<String>,
    /// Whether to install the peers first, by the commands in their files.
    pub install: bool,
    /// How many pairs meet at the same time.
    pub jobs: usize,
    /// Is called with the peers of each pair that has met. It must not block.
    pub observer: Option<InteropObserver>,
    /// Ends it when it is cancelled.
    pub stop: CancellationToken,
}

/// Is called with each pair that has met.
#[derive(Clone)]
pub struct InteropObserver(pub Arc<dyn Fn(&InteropPair) + Send + Sync>);

impl std::fmt::Debug for InteropObserver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InteropObserver")
    }
}

impl InteropSettings {
    /// All peers of a folder, and ours.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, only: Vec::new(), install: false, jobs: 4, observer: None, stop: CancellationToken::new() }
    }
}

/// Lets every pair of the peers meet, in both roles.
///
/// # Errors
/// A peer cannot be read or installed, a meeting cannot be played, or it was stopped.
pub async fn interop(settings: &InteropSettings) -> Result<InteropTable, InteropError> {
    let peers = chosen(settings)?;
    if settings.install {
        for peer in &peers {
            install(peer).await?;
        }
    }
    let pairs = peers.iter().flat_map(|initiator| peers.iter().map(move |recipient| (initiator, recipient)));
    let met = futures_util::stream::iter(pairs).map(|(initiator, recipient)| pair(initiator, recipient, settings));
    let pairs: Vec<InteropPair> = met.buffered(settings.jobs.max(1)).try_collect().await?;
    Ok(InteropTable {
        schema: SCHEMA,
        passed: pairs.iter().all(|pair| pair.is_well() || pair.is_excused),
        peers: peers.iter().map(|peer| InteropPeer { name: peer.name.clone(), about: peer.about.clone() }).collect(),
        pairs,
    })
}

fn chosen(settings: &InteropSettings) -> Result<Vec<Candidate>, InteropError> {
    let files = PeerFile::read_all(&settings.folder)?.into_iter().map(Candidate::from);
    let all: Vec<Candidate> = std::iter::once(Candidate::ours()).chain(files).collect();
    let is_known = |name: &&String| all.iter().any(|peer| peer.name == **name);
    if let Some(name) = settings.only.iter().find(|name| !is_known(name)) {
        let names = || all.iter().map(|peer| peer.name.as_str());
        let known = names().collect::<Vec<_>>().join(", ") + &did_you_mean(name, names());
        return Err(InteropError::NoSuchPeer { name: name.clone(), known });
    }
    let is_chosen = |peer: &Candidate| settings.only.is_empty() || settings.only.contains(&peer.name);
    Ok(all.into_iter().filter(is_chosen).collect())
}

/// What it writes goes to stderr: stdout is for the table.
async fn install(peer: &Candidate) -> Result<(), InteropError> {
    for line in &peer.install {
        let failed = |why: String| InteropError::NotInstalled { peer: peer.name.clone(), command: line.clone(), why };
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {line}\n}} >&2")]).stdin(Stdio::null()).stdout(Stdio::null());
        let status = shell.kill_on_drop(true).status().await.map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            return Err(failed(format!("ended with {status}")));
        }
    }
    Ok(())
}

async fn pair(
    initiator: &Candidate,
    recipient: &Candidate,
    settings: &InteropSettings,
) -> Result<InteropPair, RunError> {
    let hooks = Hooks { stop: settings.stop.clone(), ..Hooks::default() };
    let peers = [&initiator.choice, &recipient.choice];
    let mut attempts = 1;
    let pair = loop {
        let first = meet(peers, PeerIndex::First, 0, &hooks).await?;
        let second = meet(peers, PeerIndex::Second, LARGE_TEXT_BYTES, &hooks).await?;
        let pair = summed_up(initiator, recipient, &first, &second, attempts);
        if pair.is_well() || pair.is_excused || attempts >= ATTEMPTS_MAX {
            break pair;
        }
        attempts += 1;
    };
    if let Some(InteropObserver(observer)) = &settings.observer {
        observer(&pair);
    }
    Ok(pair)
}

fn summed_up(
    initiator: &Candidate,
    recipient: &Candidate,
    first: &Meeting,
    second: &Meeting,
    attempts: u32,
) -> InteropPair {
    let mut pair = InteropPair {
        initiator: initiator.name.clone(),
        recipient: recipient.name.clone(),
        connected: Step::of(true, first.connected && second.connected),
        connect_ms: first.connect_ms.filter(|_| first.connected),
        text: Step::of(first.connected, first.texts),
        large_text: Step::of(second.connected, second.texts),
        initiator_closes: Step::of(first.connected, first.close_seen),
        recipient_closes: Step::of(second.connected, second.close_seen),
        attempts,
        why: None,
        is_excused: false,
    };
    if !pair.is_well() {
        let own = [(initiator, recipient, Role::Initiator), (recipient, initiator, Role::Recipient)];
        let mut own = own.into_iter().filter(|(_, other, _)| other.is_ours());
        let own = own.find_map(|(peer, _, role)| Some(format!("{}: {}", peer.name, peer.cannot(role)?)));
        pair.is_excused = own.is_some();
        pair.why = own.or_else(|| first.why.clone()).or_else(|| second.why.clone());
    }
    pair
}
