//! Mutations of inputs.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How long a mutation may become, unless its origin is longer.
const BYTES_MAX: usize = 8_192;

/// Text and bytes at which parsers differ.
const WORDS: [&str; 24] = [
    "",
    "0",
    "-1",
    "1",
    "255",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "1e999",
    "0x",
    "\0",
    "\n",
    "\r\n",
    " ",
    "%",
    "%00",
    "\\",
    "\"",
    "\u{feff}",
    "\u{fffd}",
    "\u{202e}",
    "é",
    "💥",
];
const NUMBERS: [u64; 10] = [0, 1, 31, 32, 33, 0xff, 0xffff_ffff, 1 << 32, 1 << 63, u64::MAX];

/// One input, changed in one to four places.
pub fn mutate(inputs: &[Vec<u8>], words: &[&str], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = inputs[rng.random_range(0..inputs.len())].clone();
    let length_max = bytes.len().max(BYTES_MAX);
    for _ in 0..rng.random_range(1..=4) {
        change(&mut bytes, inputs, words, rng);
    }
    bytes.truncate(length_max);
    bytes
}

fn change(bytes: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&str], rng: &mut ChaCha8Rng) {
    let place = rng.random_range(0..=bytes.len());
    let end = (place + length(rng)).min(bytes.len());
    match rng.random_range(0..10) {
        0 if place < bytes.len() => bytes[place] ^= 1 << rng.random_range(0..8),
        1 if place < bytes.len() => bytes[place] = rng.random(),
        2 => drop(bytes.drain(place..end)),
        3 => {
            let copies = bytes[place..end].repeat(length(rng));
            insert(bytes, place, &copies);
        }
        4 | 5 if !words.is_empty() => insert(bytes, place, words[rng.random_range(0..words.len())].as_bytes()),
        6 => insert(bytes, place, WORDS[rng.random_range(0..WORDS.len())].as_bytes()),
        7 => {
            let number = NUMBERS[rng.random_range(0..NUMBERS.len())].to_le_bytes();
            let end = (place + 8).min(bytes.len());
            bytes[place..end].copy_from_slice(&number[..end - place]);
        }
        8 => {
            let other = &inputs[rng.random_range(0..inputs.len())];
            let from = rng.random_range(0..=other.len());
            let to = (from + length(rng) * 4).min(other.len());
            insert(bytes, place, &other[from..to]);
        }
        _ => bytes.truncate(place),
    }
}

/// Mostly short, at times long.
fn length(rng: &mut ChaCha8Rng) -> usize {
    let bits = rng.random_range(0..8);
    rng.random_range(1..=1 << bits)
}

fn insert(bytes: &mut Vec<u8>, place: usize, more: &[u8]) {
    bytes.splice(place..place, more.iter().copied());
}
