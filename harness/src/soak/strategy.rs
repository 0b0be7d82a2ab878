//! The strategies that generate worlds. Simpler worlds are first, so that a world can be shrunk.

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use safe_mock::fault::{Call, Fault, Latency, Matcher, NetworkError, Rule, When};
use signaling::PollRule;

use crate::scenario::{
    Death, DeathTime, ExpectedEnd, Join, Launchers, Peer, PlacedFault, PlannedDeath, Scenario, Visit,
};
use crate::trace::ExpectedTicks;

/// The most requests before a peer dies or a fault strikes: to connect with a few polls takes this number.
const REQUESTS_MAX: u64 = 24;

/// The longest delay in a world, in milliseconds.
const DELAY_MS_MAX: u64 = 12_000;

/// The value tree of a seed: its world, and the worlds that it can be shrunk to.
///
/// # Errors
/// A strategy rejects its own values; none does.
pub(super) fn tree(seed: u64) -> Result<impl ValueTree<Value = Scenario>, String> {
    let mut bytes = [0; 32];
    rand::Rng::fill_bytes(&mut ChaCha8Rng::seed_from_u64(seed), &mut bytes);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    worlds(seed).new_tree(&mut runner).map_err(|reason| reason.to_string())
}

/// The world of a seed.
///
/// # Errors
/// A strategy rejects its own values; none does.
pub fn draw(seed: u64) -> Result<Scenario, String> {
    Ok(tree(seed)?.current())
}

/// All worlds; the seed is in their name, and seeds their run.
fn worlds(seed: u64) -> impl Strategy<Value = Scenario> {
    let interval_ms = prop_oneof![3 => Just(2_000), 1 => Just(500), 1 => Just(5_000)];
    let deadline_s = prop_oneof![Just(20_u64), Just(40), Just(90)];
    let size = (1_usize..=3, launchers(), interval_ms, deadline_s);
    (size, runners(), faults(), schedule()).prop_map(move |(size, peers, faults, schedule)| {
        let mut world = Scenario::of(&format!("world-{seed}"), "the world of a seed keeps all promises", peers);
        (world.pairs, world.launchers, world.poll_interval_ms, world.deadline_s) = size;
        (world.seed, world.needs_virtual_time, world.schedule) = (Some(seed), true, schedule);
        world.faults = faults.into_iter().map(|fault| fitted(fault, world.launchers)).collect();
        expect_ends(&mut world);
        world
    })
}

fn schedule() -> impl Strategy<Value = PollRule> {
    // In hundredths, so that a saved world has short numbers and is read back exactly.
    let hundredths = |number: u32| f64::from(number) / 100.0;
    prop_oneof![
        5 => Just(PollRule::Fixed),
        2 => (1_u32..=100).prop_map(move |share| PollRule::Jittered { share: hundredths(share) }),
        2 => (101_u32..=300, 500_u64..20_000).prop_map(move |(factor, longest_ms)| PollRule::BackOff {
            factor: hundredths(factor),
            longest: Duration::from_millis(longest_ms)
        }),
        2 => (50_u64..1_000, 1_000_u64..20_000)
            .prop_map(|(eager_ms, eager_for_ms)| PollRule::EagerThenSlow { eager: Duration::from_millis(eager_ms), eager_for: Duration::from_millis(eager_for_ms) }),
    ]
}

fn faults() -> impl Strategy<Value = Vec<PlacedFault>> {
    prop_oneof![1 => Just(Vec::new()), 4 => prop::collection::vec(fault(), 1..=3)]
}

fn launchers() -> impl Strategy<Value = Launchers> {
    prop_oneof![
        4 => Just(Launchers::TwoForEachPair),
        2 => Just(Launchers::OneForEachPair),
        1 => Just(Launchers::TwoForAll),
    ]
}

/// The fault, at each launcher if a world with these launchers has no launcher of its number.
fn fitted(mut fault: PlacedFault, launchers: Launchers) -> PlacedFault {
    fault.launcher = fault.launcher.filter(|launcher| *launcher <= launchers.of_each_pair());
    fault
}

/// Sets the expected ends: without faults and deaths both peers meet; otherwise a visit may also end with an error.
fn expect_ends(world: &mut Scenario) {
    let [first, second] = world.peers.as_slice() else { return };
    let waits = |visit: &Visit| matches!(visit.joins, Join::AfterPolls(polls) if polls <= POLLS_SURE);
    let expected_ticks = ExpectedTicks::new(world.schedule, world.poll_interval(), Duration::ZERO, world.deadline());
    let in_time = expected_ticks.tick(POLLS_SURE as usize + 1).latest < world.deadline();
    let is_sure = in_time && !world.is_troubled() && first.visits.len() == 1 && second.visits.len() == 1;
    if is_sure && second.visits.iter().all(waits) {
        let visits = world.peers.iter_mut().flat_map(|peer| &mut peer.visits);
        visits.for_each(|visit| visit.ends = Some(ExpectedEnd::Met));
    }
}

/// After this number of polls there is time for another, unless the backoff is too long.
const POLLS_SURE: u32 = 2;

fn runners() -> impl Strategy<Value = Vec<Peer>> {
    let first = (prop_oneof![3 => Just(Join::AtOnce), 1 => (0..4_000_u64).prop_map(Join::AfterMs)], visits())
        .prop_map(|(joins, visits)| peer(Some(joins), visits));
    let second = visits().prop_map(|visits| peer(None, visits));
    let third = prop::option::weighted(0.25, visits().prop_map(|visits| peer(None, visits)));
    (first, second, third).prop_map(|(first, second, third)| [first, second].into_iter().chain(third).collect())
}

/// A peer, whose first visit may have its own join condition.
fn peer(first: Option<Join>, mut visits: Vec<Visit>) -> Peer {
    if let (Some(joins), Some(visit)) = (first, visits.first_mut()) {
        visit.joins = joins;
    }
    Peer::visiting(visits)
}

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    prop_oneof![
        4 => prop::collection::vec(visit(), 1..=1),
        1 => prop::collection::vec(visit(), 2..=3),
    ]
}

fn visit() -> impl Strategy<Value = Visit> {
    let dies = prop::option::weighted(0.2, dying());
    let stays = prop::option::weighted(0.2, 0..10_000_u64);
    (join(), dies, stays).prop_map(|(joins, dies, stays_ms)| Visit {
        joins,
        dies,
        stays_ms,
        ends: Some(ExpectedEnd::Either),
    })
}

fn join() -> impl Strategy<Value = Join> {
    prop_oneof![
        5 => (0..4_u32).prop_map(Join::AfterPolls),
        2 => Just(Join::AtOnce),
        3 => (0..15_000_u64).prop_map(Join::AfterMs),
        1 => Just(Join::OnceMet),
        1 => Just(Join::OnceOthersLeft),
    ]
}

fn dying() -> impl Strategy<Value = PlannedDeath> {
    let how = prop_oneof![Just(Death::Stop), Just(Death::Crash)];
    let when = prop_oneof![
        3 => (1..=REQUESTS_MAX).prop_map(DeathTime::AfterRequests),
        1 => (0..20_000_u64).prop_map(DeathTime::AfterMs),
    ];
    (how, when).prop_map(|(how, when)| PlannedDeath { how, when })
}

fn fault() -> impl Strategy<Value = PlacedFault> {
    let launcher = prop::option::of(1_usize..=2);
    let times = prop::option::weighted(0.8, 1_u64..=4);
    let for_ms = prop::option::weighted(0.4, 1_000_u64..30_000);
    (launcher, matching(), kind(), times, for_ms).prop_map(|(launcher, matching, fault, times, for_ms)| {
        let mut rule = Rule::new(fault).on(matching);
        (rule.until.times, rule.until.expires_after) = (times, for_ms.map(Duration::from_millis));
        PlacedFault { launcher, ..PlacedFault::everywhere(rule) }
    })
}

fn matching() -> impl Strategy<Value = Matcher> {
    let calls = [Call::Fetch, Call::Put, Call::Authorise, Call::HoldDataId, Call::Create, Call::Read, Call::DropHandle];
    let call = prop::option::weighted(0.6, prop::sample::select(calls.to_vec()));
    let count = prop_oneof![
        2 => (1..=REQUESTS_MAX).prop_map(|nth| (Some(nth), None, None)),
        1 => (1..=REQUESTS_MAX).prop_map(|from| (None, Some(from), None)),
        2 => (0.02_f64..0.5).prop_map(|chance| (None, None, Some(chance))),
        1 => Just((None, None, None)),
    ];
    (call, count).prop_map(|(call, (nth, from_nth, chance))| Matcher {
        call,
        nth,
        from_nth,
        chance,
        ..Matcher::every()
    })
}

fn kind() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => (latency(), when()).prop_map(|(by, when)| Fault::Delay { by, when }),
        1 => Just(Fault::Refuse),
        1 => Just(Fault::Reset),
        3 => Just(Fault::LoseAnswer),
        1 => Just(Fault::CloseHalfway),
        1 => Just(Fault::EmptyAnswer),
        1 => Just(Fault::CutAnswer),
        1 => Just(Fault::MalformedAnswer),
        2 => error().prop_map(|error| Fault::Fail { error }),
        2 => (1..=DELAY_MS_MAX).prop_map(|by| Fault::StaleRead { by: Duration::from_millis(by) }),
        2 => (1..=DELAY_MS_MAX).prop_map(|by| Fault::SlowVisibility { by: Duration::from_millis(by) }),
        1 => when().prop_map(|when| Fault::RevokeSession { when }),
        1 => when().prop_map(|when| Fault::LoseHandles { when }),
        1 => when().prop_map(|when| Fault::RestartLauncher { when }),
        1 => (0..3_000_u64).prop_map(|after| Fault::Partition { after: Duration::from_millis(after) }),
    ]
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![Just(When::Before), Just(When::After)]
}

fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        (1..=DELAY_MS_MAX).prop_map(|fixed| Latency::Fixed(Duration::from_millis(fixed))),
        (0_u64..500, 500..=DELAY_MS_MAX).prop_map(|(min, max)| Latency::Uniform {
            min: Duration::from_millis(min),
            max: Duration::from_millis(max)
        }),
        (1_u64..200).prop_map(|median| Latency::LongTailed {
            median: Duration::from_millis(median),
            max: Duration::from_millis(DELAY_MS_MAX)
        }),
    ]
}

fn error() -> impl Strategy<Value = NetworkError> {
    prop::sample::select(vec![
        NetworkError::NetworkOther,
        NetworkError::RequestTimeout,
        NetworkError::OperationAborted,
        NetworkError::LowBalance,
        NetworkError::NetworkFull,
        NetworkError::DataTooLarge,
        NetworkError::InvalidOperation,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_has_a_valid_world_that_can_be_written_and_read() {
        for seed in 0..300 {
            let world = draw(seed).unwrap();
            assert_eq!(world.check(), Ok(()), "{world:?}");
            assert_eq!(Scenario::from_toml(&world.to_toml()).unwrap(), world);
        }
    }

    #[test]
    fn a_seed_has_the_same_world_each_time_and_another_seed_another() {
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8).map(|world| Scenario { name: "world-7".into(), seed: Some(7), ..world }));
    }

    #[test]
    fn worlds_differ_in_each_property() {
        let worlds: Vec<_> = (0..300).filter_map(|seed| draw(seed).ok()).collect();
        let any = |wanted: fn(&Scenario) -> bool| worlds.iter().any(wanted) && !worlds.iter().all(wanted);
        assert!(any(|world| world.faults.is_empty()));
        assert!(any(|world| world.schedule == PollRule::Fixed));
        assert!(any(|world| matches!(world.schedule, PollRule::Jittered { .. })));
        assert!(any(|world| matches!(world.schedule, PollRule::BackOff { .. })));
        assert!(any(|world| matches!(world.schedule, PollRule::EagerThenSlow { .. })));
        assert!(any(|world| world.peers.len() == 3));
        assert!(any(|world| world.launchers == Launchers::OneForEachPair));
        assert!(any(|world| world.peers.iter().any(|peer| peer.visits.len() > 1)));
        assert!(any(|world| world.peers.iter().flat_map(|peer| &peer.visits).any(|visit| visit.dies.is_some())));
        assert!(any(|world| world.peers[0].visits[0].ends == Some(ExpectedEnd::Met)));
    }
}
