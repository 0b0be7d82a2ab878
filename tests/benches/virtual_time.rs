//! How fast runs in virtual time are, and how much memory a pair takes.

use std::io::{self, Write};

use harness::scenario::Join;
use harness::{Clock, Report, Scenario, Settings, TransportKind};
use tokio::process::Command;
use tokio::time::{Duration, Instant};

use crate::memory;
use crate::statistics::{Figure, median};

/// Pairs without WebRTC in one run.
const SCRIPTED_PAIRS: u32 = 1_000;

/// Pairs with WebRTC in one run.
const WEBRTC_PAIRS: u32 = 100;

/// Runs, after one that warms up.
const ROUNDS: usize = 5;

/// When the second peer joins, in milliseconds: by then the first has polled thirty times.
const SECOND_COMES_AFTER_MS: u64 = 60_000;

/// The argument with which this program measures memory in a new process, which has not freed any memory before.
pub const MEMORY_ALONE: &str = "--memory-of-virtual-pairs";

/// The classic scenario, in which the second peer joins after a minute.
fn after_a_minute() -> Scenario {
    let mut scenario = Scenario::classic();
    scenario.peers[1].visits[0].joins = Join::AfterMs(SECOND_COMES_AFTER_MS);
    scenario.deadline_s = 120;
    scenario
}

/// Runs a number of pairs.
async fn play(scenario: &Scenario, pairs: u32, transport: TransportKind) -> Report {
    let settings = Settings::default().pairs(usize::try_from(pairs).unwrap()).seed(7);
    let report = harness::run(scenario, &settings.clock(Clock::Virtual).transport(transport)).await.unwrap();
    assert!(report.passed, "{}", harness::report::text(&report));
    report
}

/// How long a run takes on the wall, in seconds and in the middle of several, and on its own clock.
async fn timed(scenario: &Scenario, pairs: u32, transport: TransportKind) -> (f64, Duration) {
    let (mut walls, mut elapsed) = (Vec::new(), Duration::ZERO);
    for round in 0..=ROUNDS {
        let begun = Instant::now();
        let report = play(scenario, pairs, transport).await;
        if round > 0 {
            walls.push(begun.elapsed().as_secs_f64());
        }
        elapsed = Duration::from_secs_f64(report.elapsed_ms / 1e3);
    }
    (median(walls), elapsed)
}

/// Pairs without WebRTC, of which one waits a minute for the other.
pub async fn scripted_pairs() -> Vec<Figure> {
    let (wall, elapsed) = timed(&after_a_minute(), SCRIPTED_PAIRS, TransportKind::Scripted).await;
    let speed = elapsed.as_secs_f64() * f64::from(SCRIPTED_PAIRS) / wall;
    vec![
        Figure::new(
            format!("{SCRIPTED_PAIRS} pairs that wait a minute, virtual clock, median"),
            format!("{wall:.2} s"),
            "<= 3 s",
        ),
        Figure::new("  virtual seconds times pairs in a second", format!("{speed:.0} /s"), ""),
        Figure::new("  memory per pair at the most", memory_per_pair().await, ""),
    ]
}

/// Pairs with the real WebRTC crate.
pub async fn webrtc_pairs() -> Vec<Figure> {
    let (wall, _) = timed(&Scenario::classic(), WEBRTC_PAIRS, TransportKind::Webrtc).await;
    vec![Figure::new(
        format!("{WEBRTC_PAIRS} pairs of real WebRTC, virtual clock, median"),
        format!("{wall:.2} s"),
        "<= 10 s",
    )]
}

/// Measures in a new process.
async fn memory_per_pair() -> String {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg(MEMORY_ALONE).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// In the new process: prints the memory of each pair of a run.
///
/// # Errors
/// Writing to stdout fails.
pub async fn tell_memory_per_pair() -> io::Result<()> {
    let scenario = after_a_minute();
    let before = memory::resident();
    play(&scenario, SCRIPTED_PAIRS, TransportKind::Scripted).await;
    let value = memory::each(before, memory::peak(), usize::try_from(SCRIPTED_PAIRS).unwrap());
    writeln!(io::stdout(), "{value}")
}
