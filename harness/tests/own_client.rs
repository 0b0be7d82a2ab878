//! The client of `examples/own_client.rs`, which is a foreign client: in scenarios, in random worlds, and in every order of requests.

#[path = "../examples/own_client.rs"]
mod own_client;

use futures_util::future::BoxFuture;
use harness::orders::{ExploreError, OrderSettings, explore, text};
use harness::peer::{PeerChoice, PeerUnderTest, PeerVisit};
use harness::soak::{SoakHooks, draw, shrink_failure, soak, soak_text};
use harness::{Clock, RunError, Scenario, Settings};
use own_client::MyClient;

fn mine() -> PeerChoice {
    PeerChoice::client(MyClient::default())
}

fn hasty() -> PeerChoice {
    PeerChoice::client(MyClient { is_hasty: true })
}

#[test]
fn the_example_ends_without_an_error() {
    own_client::main().unwrap();
}

#[tokio::test]
async fn a_client_that_polls_too_often_is_caught_by_the_check_of_polls() {
    let settings = Settings::default().clock(Clock::Virtual).seed(7).peers(vec![hasty(), PeerChoice::Ours]);
    let report = harness::run(&Scenario::classic(), &settings).await.unwrap();
    let failed: Vec<_> = report.failed().map(|check| (check.name.as_str(), check.detail.as_str())).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].0, "poll_timing");
    assert!(failed[0].1.contains("of the first peer of pair 1 began"), "{failed:?}");
    assert!(report.repeat.starts_with("harness::run with the same clients in Rust"), "{}", report.repeat);
    assert!(!report.repeat.contains("--peer"), "{}", report.repeat);
}

fn hooks(peer: PeerChoice) -> SoakHooks {
    SoakHooks { peers: vec![peer], ..SoakHooks::default() }
}

#[test]
fn in_worlds_without_faults_and_deaths_the_client_fails_no_check() {
    let untroubled = |seed: &u64| !draw(*seed).unwrap().is_troubled();
    let seeds: Vec<_> = (0..100).filter(untroubled).collect();
    assert!(seeds.len() > 10, "{seeds:?}");
    for seed in seeds {
        let soak = soak(seed..seed + 1, None, &hooks(mine())).unwrap();
        assert!(soak.passed(), "{}", soak_text(&soak));
    }
}

#[test]
fn a_soak_over_the_client_finds_meetings_and_glare() {
    let soak = soak(0..50, None, &hooks(mine())).unwrap();
    let reached = |point| soak.coverage.points[point];
    assert!(reached("two met") > 10 && reached("a tombstone was claimed") > 5, "{}", soak_text(&soak));
    assert!(reached("glare: an offer was refused, since another had been stored") > 0, "{}", soak_text(&soak));
}

#[test]
fn a_soak_over_a_client_that_polls_too_often_fails_and_the_smallest_world_shows_it() {
    let soak = soak(0..10, None, &hooks(hasty())).unwrap();
    let failure = soak.failures.first().unwrap();
    assert!(failure.checks.iter().any(|check| check.starts_with("poll_timing: ")), "{failure:?}");
    assert!(failure.repeat.contains(&format!("shrink_failure with seed {}, None", failure.seed)), "{failure:?}");

    let folder = tempfile::tempdir().unwrap();
    let run = shrink_failure(failure.seed, None, folder.path(), &[hasty()]).unwrap();
    let failed: Vec<_> = run.report.failed().map(|check| check.name.as_str()).collect();
    assert_eq!((failed, run.world.faults.len(), run.world.pairs), (vec!["poll_timing"], 0, 1), "{:?}", run.world);
}

#[tokio::test]
async fn in_every_order_of_requests_the_client_has_exactly_one_session() {
    for peers in [vec![mine()], vec![mine(), PeerChoice::Ours], vec![PeerChoice::Ours, mine()]] {
        let explored = explore(&OrderSettings { peers, ..OrderSettings::default() }).await.unwrap();
        assert!(explored.passed() && explored.exactly_one_session().otherwise.is_none(), "{}", text(&explored));
    }
}

#[tokio::test]
async fn a_program_has_no_virtual_clock_for_worlds_and_orders() {
    let program: PeerChoice = "node peer.js".parse().unwrap();
    assert!(matches!(soak(0..1, None, &hooks(program.clone())), Err(RunError::ProgramsNeedRealClock)));
    let settings = OrderSettings { peers: vec![program], ..OrderSettings::default() };
    assert!(matches!(explore(&settings).await, Err(ExploreError::ProgramsNeedRealClock)));
}

/// A client that ends without a report.
struct Silent;

impl PeerUnderTest for Silent {
    fn visit(&self, _: PeerVisit) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

#[tokio::test]
async fn a_client_that_ends_without_a_report_has_failed_and_the_report_says_so() {
    let said = "it ended, and reported neither that it met another peer nor why it did not";
    let silent = || vec![PeerChoice::client(Silent)];
    let settings = Settings::default().clock(Clock::Virtual).peers(silent());
    let report = harness::run(&Scenario::classic(), &settings).await.unwrap();
    assert!(report.pairs[0].errors.iter().any(|error| error.contains(said)), "{:?}", report.pairs[0].errors);
    let explored = explore(&OrderSettings { peers: silent(), ..OrderSettings::default() }).await.unwrap();
    assert!(explored.passed() && text(&explored).contains(said), "{}", text(&explored));
}
