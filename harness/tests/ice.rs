//! Pairs that use a STUN server, or connect over a TURN server alone. Both servers are in this process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Stdio;
use std::time::Duration;

use harness::environment::{PASSWORD, TurnServer, USERNAME};
use harness::{Clock, IceMode, Report, RunError, Scenario, Settings, TransportKind};
use safe_mock::MockLauncher;
use serde_json::Value;
use signaling::transport::Transport as _;
use signaling::{Config, IceConfig, MeetCause, Peer, Phase, RoomName, TransportError, WebRtc};
use tokio::process::Command;
use tokio::time::timeout;

/// Longer than anything here takes: a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A poll interval that is short enough for tests, and long enough for a busy machine.
const INTERVAL: Duration = Duration::from_millis(150);

/// How late a poll may begin. The machine may be busy: how exact polls are, virtual time shows.
const LATE: Duration = Duration::from_secs(20);

async fn play(ice: IceMode, pairs: usize) -> Report {
    let settings = Settings::default().seed(7).pairs(pairs).poll_interval(INTERVAL).late_tolerance(LATE).ice(ice);
    let report = harness::run(&Scenario::classic(), &settings).await.unwrap();
    assert!(report.passed, "{}", harness::report::text(&report));
    assert!(report.pairs.iter().all(|pair| pair.connected));
    report
}

/// The detail of the check of candidates.
fn seen(report: &Report) -> &str {
    &report.checks.iter().find(|check| check.name == "candidates").unwrap().detail
}

/// The program is its own process, so that the server's tasks and sockets are counted too.
#[tokio::test]
async fn two_pairs_meet_over_relays_alone_and_the_server_leaks_nothing() {
    let timing = ["--poll-interval-ms", "150", "--late-tolerance-ms", "20000"];
    let arguments = [&["run", "--ice", "relay", "--pairs", "2", "--format", "json"][..], &timing].concat();
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    let output = command.args(arguments).stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!(report["ice"], "relay");
    let passed: Vec<_> = report["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    for name in ["candidates", "channels", "tasks", "sockets"] {
        assert!(passed.iter().any(|passed| passed == name), "{name} was not judged");
    }
    assert!(report["repeat"].as_str().unwrap().contains("--ice relay"));
}

#[tokio::test]
async fn a_pair_that_uses_a_stun_server_offers_its_server_reflexive_address() {
    let report = play(IceMode::Stun, 1).await;
    assert!(seen(&report).contains("the STUN server answered"), "{}", seen(&report));
}

#[tokio::test]
async fn a_pair_that_meets_directly_uses_no_server() {
    let report = play(IceMode::Direct, 1).await;
    assert!(!seen(&report).contains("server"), "{}", seen(&report));
}

#[tokio::test]
async fn a_server_for_another_clock_or_transport_is_refused_before_anything_is_played() {
    let settings = || Settings::default().seed(7).ice(IceMode::Relay);
    for wrong in [settings().clock(Clock::Virtual), settings().transport(TransportKind::Scripted)] {
        let refused = harness::run(&Scenario::classic(), &wrong).await.unwrap_err();
        assert!(matches!(refused, RunError::IceNeedsRealWebRtc { ice: IceMode::Relay, .. }), "{refused}");
    }
}

/// The settings of a peer with these credentials.
fn as_user(server: &TurnServer, username: &str, credential: &str) -> IceConfig {
    let mut ice = server.config(IceMode::Relay);
    for server in &mut ice.servers {
        (server.username, server.credential) = (username.to_owned(), credential.to_owned());
    }
    ice
}

#[tokio::test]
async fn a_turn_server_that_refuses_the_credentials_is_a_typed_error_that_names_it() {
    let server = TurnServer::start().await.unwrap();
    let transport = WebRtc::new();
    for (username, credential) in [(USERNAME, "wrong"), ("nobody", PASSWORD)] {
        let ice = as_user(&server, username, credential);
        let refused = timeout(PATIENCE, transport.offer(&ice)).await.unwrap().err().unwrap();
        let url = &ice.servers[0].urls[0];
        assert!(
            matches!(&refused, TransportError::NoRelay { servers } if servers == std::slice::from_ref(url)),
            "{refused}"
        );
        let said = format!("no relay candidate: the TURN server at {url} refused or did not answer");
        assert_eq!(refused.to_string(), said);
    }
    assert_eq!(server.traffic().relays, 0);
    let (_session, offer) = transport.offer(&as_user(&server, USERNAME, PASSWORD)).await.unwrap();
    assert!(offer.as_str().contains(" typ relay"));
    assert!(server.traffic().relays > 0);
    server.shutdown().await;
}

#[tokio::test]
async fn a_peer_whose_credentials_are_refused_reports_it_and_stores_no_offer() {
    let server = TurnServer::start().await.unwrap();
    let launcher = MockLauncher::start().await.unwrap();
    let config = Config::default().ice(as_user(&server, USERNAME, "wrong")).deadline(PATIENCE).seed(1);
    let peer = Peer::new(&launcher.url(), config).unwrap();
    let error = peer.meet(&RoomName::new("refused").unwrap()).await.err().unwrap();
    assert_eq!(error.phase(), Phase::MakeOffer);
    assert!(matches!(error.cause(), MeetCause::Transport(TransportError::NoRelay { .. })), "{error}");
    let asked = launcher.requests();
    assert!(!asked.is_empty() && asked.iter().all(|entry| entry.method != "PUT"), "{asked:?}");
    launcher.shutdown().await;
    server.shutdown().await;
}

#[tokio::test]
async fn three_pairs_that_meet_at_once_share_one_stun_server() {
    let report = play(IceMode::Stun, 3).await;
    assert!(seen(&report).contains("6 descriptions"), "{}", seen(&report));
}
