//! All chance of a run, out of its one seed.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// The stream that the run's own launchers draw from; pairs are counted from 1.
const LAUNCHERS: u64 = 0;

/// The seeds of one pair. They do not depend on how many pairs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PairChance {
    /// One for each launcher of the pair, if it has its own.
    pub(crate) launchers: [u64; 2],
    /// One for each peer.
    pub(crate) peers: [u64; 2],
}

/// A seed that is short enough to be typed.
///
/// # Errors
/// The machine gives no random number.
pub(crate) fn draw_seed() -> Result<u64, getrandom::Error> {
    getrandom::u32().map(u64::from)
}

/// The seeds of the launchers that all pairs share.
pub(crate) fn of_launchers(seed: u64) -> [u64; 2] {
    let mut stream = stream(seed, LAUNCHERS);
    [stream.next_u64(), stream.next_u64()]
}

/// The seeds of a pair, counted from 1.
pub(crate) fn of_pair(seed: u64, pair: usize) -> PairChance {
    let mut stream = stream(seed, u64::try_from(pair).unwrap_or(u64::MAX));
    PairChance { launchers: [stream.next_u64(), stream.next_u64()], peers: [stream.next_u64(), stream.next_u64()] }
}

fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    stream.set_stream(number);
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_the_same_chance_whenever_the_seed_is_the_same() {
        assert_eq!(of_pair(7, 3), of_pair(7, 3));
        assert_ne!(of_pair(7, 3), of_pair(7, 4));
        assert_ne!(of_pair(7, 3), of_pair(8, 3));
        assert_ne!(of_pair(7, 1).launchers, of_launchers(7));
    }
}
