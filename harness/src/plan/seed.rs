//! The random streams of a run, all from its one seed.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::scenario::{PeerIndex, VisitId};

/// The stream of the launchers that all pairs share. Those of pairs are counted from 1.
const LAUNCHERS: u64 = 0;

/// The word of 32 bits in the stream of a pair at which the seeds of its peers begin.
const PEERS: u128 = 64;

/// The stream of a peer's seed from which its arrival is drawn.
const ARRIVALS: u64 = 1;

/// A new seed, short enough to be typed.
///
/// # Errors
/// The system has no random number.
pub(crate) fn draw_seed() -> Result<u64, getrandom::Error> {
    getrandom::u32().map(u64::from)
}

/// The seeds of the launchers that all pairs share.
pub(crate) fn of_launchers(seed: u64) -> [u64; 2] {
    let mut stream = stream(seed, LAUNCHERS);
    [stream.next_u64(), stream.next_u64()]
}

/// The seeds of a pair's own launchers; pairs are counted from 1. They do not depend on the number of pairs.
pub(crate) fn of_launchers_of(seed: u64, pair: usize) -> [u64; 2] {
    let mut stream = of_pair(seed, pair);
    [stream.next_u64(), stream.next_u64()]
}

/// The seed of a peer in one of its visits.
pub(crate) fn of_peer(seed: u64, who: VisitId) -> u64 {
    let mut stream = of_pair(seed, who.pair);
    let index = PeerIndex::ALL.iter().position(|peer_index| *peer_index == who.peer_index).unwrap_or(0);
    let number = u128::from(who.visit) * PeerIndex::ALL.len() as u128 + index as u128;
    stream.set_word_pos(PEERS + 2 * number);
    stream.next_u64()
}

/// A random time from 0 to `most`, for a visit that joins at one.
pub(crate) fn of_arrival(seed: u64, who: VisitId, most: u64) -> u64 {
    let mut stream = ChaCha8Rng::seed_from_u64(of_peer(seed, who));
    // Another stream than the peer's own.
    stream.set_stream(ARRIVALS);
    let product = u128::from(stream.next_u64()) * (u128::from(most) + 1);
    u64::try_from(product >> u64::BITS).unwrap_or(most)
}

fn of_pair(seed: u64, pair: usize) -> ChaCha8Rng {
    stream(seed, u64::try_from(pair).unwrap_or(u64::MAX))
}

fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    stream.set_stream(number);
    stream
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_pair_has_the_same_seeds_in_each_run_of_a_seed() {
        assert_eq!(of_launchers_of(7, 3), of_launchers_of(7, 3));
        assert_ne!(of_launchers_of(7, 3), of_launchers_of(7, 4));
        assert_ne!(of_launchers_of(7, 3), of_launchers_of(8, 3));
        assert_ne!(of_launchers_of(7, 1), of_launchers(7));
    }

    #[test]
    fn an_arrival_is_any_time_within_its_bounds_and_the_same_in_each_run_of_a_seed() {
        let arrivals = |most: u64| -> Vec<u64> {
            (1..100)
                .map(|pair| of_arrival(7, VisitId { pair, peer_index: PeerIndex::Second, visit: 1 }, most))
                .collect()
        };
        assert_eq!(arrivals(2), arrivals(2));
        assert_eq!(arrivals(2).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2]));
        assert_eq!(arrivals(0), [0; 99]);
        assert!(arrivals(u64::MAX).into_iter().collect::<BTreeSet<_>>().len() > 90);
    }

    #[test]
    fn no_two_visits_share_a_seed() {
        let visits = (1..3).flat_map(|pair| PeerIndex::ALL.map(|peer_index| (pair, peer_index)));
        let visits = visits.flat_map(|(pair, peer_index)| (1..4).map(move |visit| VisitId { pair, peer_index, visit }));
        let seeds: Vec<u64> = visits.map(|who| of_peer(7, who)).collect();
        let distinct: BTreeSet<u64> = seeds.iter().copied().collect();
        assert_eq!(distinct.len(), seeds.len());
    }
}
