//! The settings of a run. They are flags of the program as well: what a field says here is what `harness run --help` prints.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{RangedU64ValueParser, TypedValueParser as _};
use signaling::LauncherUrl;

use super::clock::{Clock, TransportKind};
use super::ice_mode::IceMode;
use crate::format::quoted;
use crate::peer::{PeerChoice, PeerCommand};
use crate::scenario::{DEADLINE_MAX, NamedSchedule, PAIRS_MAX, Peer, PeerIndex, Scenario, millis};

/// How late a poll may begin on the real clock, and an answer may be detected, by default. Real machines are busy.
pub const DEFAULT_LATE_TOLERANCE: Duration = Duration::from_millis(500);

/// The same on the virtual clock, where nothing is late by itself.
pub const VIRTUAL_LATE_TOLERANCE: Duration = Duration::ZERO;

/// How much too early a poll may seem to begin. None is early; the two times are read one after the other.
pub const EARLY_TOLERANCE: Duration = Duration::from_millis(1);

/// The longest message of a peer: a peer program is given it in its environment, and a variable has at most 128 KiB on Linux.
const MESSAGE_BYTES_MAX: u64 = 100_000;

/// How late a poll may begin on this clock by default.
pub(super) fn late_tolerance_on(clock: Clock) -> Duration {
    match clock {
        Clock::Real => DEFAULT_LATE_TOLERANCE,
        Clock::Virtual => VIRTUAL_LATE_TOLERANCE,
    }
}

/// Reads a number of pairs, or the number of one pair.
pub(crate) fn pairs_parser() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=PAIRS_MAX as u64)
}

/// The most scenarios or pairs of clients that are played at the same time.
const JOBS_MAX: u64 = 64;

/// Reads a number of jobs.
pub(crate) fn jobs_parser() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=JOBS_MAX)
}

/// The settings of a run, beside its scenario. What is not set is as the scenario says, or as is usual on the clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
#[non_exhaustive]
pub struct Settings {
    /// A scenario file to play instead; docs/scenarios.md describes its keys
    #[arg(long, env = "HARNESS_FILE", value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,

    /// How many pairs meet at the same time; by default, as many as the scenario says
    #[arg(long, env = "HARNESS_PAIRS", value_name = "N", value_parser = pairs_parser())]
    pub(crate) pairs: Option<usize>,

    /// The seed of all random choices; by default, the scenario's, or a new one, which the report names
    #[arg(long, env = "HARNESS_SEED", value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// The clock of the run
    #[arg(long, env = "HARNESS_CLOCK", value_enum, default_value_t)]
    pub(crate) clock: Clock,

    /// The WebRTC implementation; by default, scripted on the virtual clock and webrtc on the real one
    #[arg(long, env = "HARNESS_TRANSPORT", value_enum)]
    pub(crate) transport: Option<TransportKind>,

    /// How peers may reach each other; stun and relay start a server in this process, and need webrtc on the real clock
    #[arg(long, env = "HARNESS_ICE", value_enum, default_value_t)]
    pub(crate) ice: IceMode,

    /// A launcher that is running already: once for both peers, or twice, the first peer's and the second's
    #[arg(long = "launcher", env = "HARNESS_LAUNCHER", value_name = "URL", value_delimiter = ',')]
    pub(crate) launchers: Vec<LauncherUrl>,

    /// Milliseconds between two polls, and from the offer to the first poll; by default, what the scenario says, or 2000
    #[arg(long = "poll-interval-ms", env = "HARNESS_POLL_INTERVAL_MS", value_name = "MS",
        value_parser = RangedU64ValueParser::<u64>::new()
            .range(millis(signaling::MIN_POLL_INTERVAL)..=millis(DEADLINE_MAX)).map(Duration::from_millis))]
    pub(crate) poll_interval: Option<Duration>,

    /// The poll schedule; by default, what the scenario says: fixed, or a schedule with its own numbers
    #[arg(long, env = "HARNESS_SCHEDULE", value_enum)]
    pub(crate) schedule: Option<NamedSchedule>,

    /// Seconds that a peer may take from joining to the open channel; by default, what the scenario says, or 30
    #[arg(long = "deadline-s", env = "HARNESS_DEADLINE_S", value_name = "S",
        value_parser = RangedU64ValueParser::<u64>::new().range(1..=DEADLINE_MAX.as_secs()).map(Duration::from_secs))]
    pub(crate) deadline: Option<Duration>,

    /// Milliseconds that a poll, or the detection of an answer, may be late; by default, 500 on the real clock and 0 on the
    /// virtual one. A very busy machine needs more
    #[arg(long = "late-tolerance-ms", env = "HARNESS_LATE_TOLERANCE_MS", value_name = "MS",
        value_parser = RangedU64ValueParser::<u64>::new().range(..=millis(DEADLINE_MAX)).map(Duration::from_millis))]
    pub(crate) late_tolerance: Option<Duration>,

    /// Count what a careful client would not do as a failure: handles or records that are left, a peer that never times out
    #[arg(long, env = "HARNESS_STRICT")]
    pub(crate) strict: bool,

    /// The peers: once for all, or twice, the first peer and the others. A command that keeps the contract of docs/peers.md, or
    /// `ours`
    #[arg(long = "peer", env = "HARNESS_PEER", value_name = "CMD")]
    pub(crate) peers: Vec<PeerChoice>,

    /// How many bytes the message of each peer has, at least
    #[arg(long = "message-bytes", env = "HARNESS_MESSAGE_BYTES", value_name = "N", default_value_t = 0,
        value_parser = RangedU64ValueParser::<usize>::new().range(..=MESSAGE_BYTES_MAX))]
    pub(crate) message_bytes: usize,

    /// How long a peer program may take to end after `close`; by default 10 s.
    #[arg(skip)]
    pub(crate) close_wait: Option<Duration>,

    /// Whether nothing else runs in this process, so that its tasks and sockets can be counted: so it is in the program,
    /// and not in one test of several in a process.
    #[arg(skip)]
    pub(crate) alone_in_process: bool,
}

/// One method a setting: its name is the field's.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty => $value:expr;)*) => {
        impl Settings {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.$name = $value;
                self
            })*
        }
    };
}

setters! {
    /// Sets the file that the scenario was read from: the command that repeats the run names it.
    file: PathBuf => Some(file);
    /// Sets how many pairs meet.
    pairs: usize => Some(pairs);
    /// Sets the seed of all random choices.
    seed: u64 => Some(seed);
    /// Sets the clock.
    clock: Clock => clock;
    /// Sets the WebRTC implementation.
    transport: TransportKind => Some(transport);
    /// Sets how peers may reach each other.
    ice: IceMode => ice;
    /// Sets the launchers to use: one for both peers, or the first peer's and the second's.
    launchers: Vec<LauncherUrl> => launchers;
    /// Sets the time between two polls.
    poll_interval: Duration => Some(poll_interval);
    /// Sets the poll schedule.
    schedule: NamedSchedule => Some(schedule);
    /// Sets how long a peer may take from joining to the open channel.
    deadline: Duration => Some(deadline);
    /// Sets how late a poll, or the detection of an answer, may be.
    late_tolerance: Duration => Some(late_tolerance);
    /// Sets how many bytes the message of each peer has, at least.
    message_bytes: usize => message_bytes;
    /// Sets whether what a careful client would not do counts as a failure.
    strict: bool => strict;
    /// Sets the peers: one for all, or the first peer's and that of the others.
    peers: Vec<PeerChoice> => peers;
    /// Sets how long a peer program may take to end after `close`. By default 10 s, as docs/peers.md says.
    close_wait: Duration => Some(close_wait);
    /// Sets whether nothing else runs in this process, so that its tasks and sockets can be counted. By default they are not:
    /// several tests may share a process.
    alone_in_process: bool => alone_in_process;
}

impl Settings {
    /// Which client a peer of the scenario is: what the settings choose, or the program that the scenario names, or ours.
    pub(crate) fn peer(&self, peer_index: PeerIndex, peer: &Peer) -> PeerChoice {
        let chosen = match (self.peers.as_slice(), peer_index) {
            ([_, second, ..], PeerIndex::Second | PeerIndex::Third) => Some(second),
            (peers, _) => peers.first(),
        };
        let named = || PeerCommand::new(peer.program.clone()).map(PeerChoice::Program);
        chosen.cloned().or_else(named).unwrap_or_default()
    }

    /// The flags that give these settings, each with its value, without those that repeat the scenario or a default. `file` and
    /// `seed` are not among them: they choose the run, and the plan has decided them.
    pub(crate) fn flags(&self, scenario: &Scenario) -> Vec<(&'static str, String)> {
        // Without `..`: the compiler asks what a new setting is called on the command line.
        let Self {
            file: _,
            seed: _,
            alone_in_process: _,
            close_wait: _,
            pairs,
            poll_interval,
            schedule,
            deadline,
            clock,
            transport,
            ice,
            late_tolerance,
            launchers,
            strict,
            peers,
            message_bytes,
        } = self;
        let interval = poll_interval.map(millis);
        let schedule = schedule.filter(|named| named.rule() != scenario.schedule);
        let late_tolerance = late_tolerance.map(millis);
        let mut flags = Vec::new();
        if *strict {
            flags.push(("strict", String::new()));
        }
        let mut add = |name: &'static str, value: Option<String>| flags.extend(value.map(|value| (name, value)));
        add("pairs", other_than(&scenario.pairs, *pairs));
        add("poll-interval-ms", other_than(&scenario.poll_interval_ms, interval));
        add("schedule", schedule.map(|named| named.to_string()));
        add("deadline-s", other_than(&scenario.deadline().as_secs_f64(), deadline.map(|time| time.as_secs_f64())));
        add("clock", other_than(&Clock::default(), Some(*clock)));
        add("transport", other_than(&TransportKind::default_on(*clock), *transport));
        add("ice", other_than(&IceMode::default(), Some(*ice)));
        add("message-bytes", other_than(&0, Some(*message_bytes)));
        add("late-tolerance-ms", other_than(&millis(late_tolerance_on(*clock)), late_tolerance));
        let has_client = peers.iter().any(|peer| matches!(peer, PeerChoice::Client(_)));
        for peer in peers.iter().filter(|_| !has_client) {
            add("peer", Some(quoted(&peer.to_string())));
        }
        for launcher in launchers {
            add("launcher", Some(launcher.to_string()));
        }
        flags
    }
}

/// A setting as text, unless it is the usual one.
fn other_than<T: PartialEq + ToString>(usual: &T, setting: Option<T>) -> Option<String> {
    setting.filter(|setting| setting != usual).map(|setting| setting.to_string())
}
