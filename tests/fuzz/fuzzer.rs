//! The loop: mutates inputs, keeps those with a new outcome, and reports the first that fails.
//!
//! A target returns a text for what became of an input, such as the status and the error of an answer. An input with a text
//! that was not seen before is mutated further. It stands for the coverage that a compiler with instrumentation would measure.

#![expect(clippy::disallowed_methods, reason = "the time that an input takes is that of the machine")]
#![expect(clippy::panic, reason = "an input that failed fails the test")]

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::mutation::mutate;

/// How many mutations are tried without a given time.
const TRIES: usize = 300;
/// How many inputs are kept in memory.
const KEPT_MAX: usize = 5_000;
/// How long one input may take. Far more than it needs on a busy machine, and far less than an input that hangs.
const INPUT_TIME_MAX: Duration = Duration::from_secs(20);

/// A parser under test.
pub struct Target {
    name: &'static str,
    inputs: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

impl Target {
    /// The parser whose corpus is `corpus/NAME`. `words` are put into inputs, because chance does not find them.
    pub fn new(name: &'static str, words: &'static [&'static str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let paths: BTreeSet<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let inputs: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(!inputs.is_empty(), "{} has no input", folder.display());
        Self { name, inputs, words }
    }

    /// Adds inputs that cannot be in a file.
    pub fn with_inputs(mut self, inputs: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.inputs.extend(inputs);
        self
    }

    /// Runs `check` on the corpus and on mutations of it.
    ///
    /// # Panics
    /// An input made `check` panic, or took too long.
    pub fn run(self, check: impl Fn(&[u8]) -> String) {
        let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
        let time = number("FUZZ_SECONDS").map(Duration::from_secs);
        let mut rng = ChaCha8Rng::seed_from_u64(number("FUZZ_SEED").unwrap_or(0));
        let Self { name, inputs, words } = self;
        let mut outcomes = HashSet::new();
        let mut kept = Vec::new();
        for input in inputs {
            outcomes.insert(try_one(name, &input, &check));
            kept.push(input);
        }
        let started = Instant::now();
        let mut tries = 0;
        while time.map_or(tries < TRIES, |time| started.elapsed() < time) {
            let input = mutate(&kept, words, &mut rng);
            if outcomes.insert(try_one(name, &input, &check)) && kept.len() < KEPT_MAX {
                kept.push(input);
            }
            tries += 1;
        }
        if time.is_some() {
            let line = format!("{name}: {tries} inputs, {} outcomes\n", outcomes.len());
            std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
        }
    }
}

fn try_one(name: &str, input: &[u8], check: &impl Fn(&[u8]) -> String) -> String {
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| check(input)));
    let took = started.elapsed();
    let Ok(outcome) = outcome else {
        panic!("an input of {name} failed: {}\n{}", saved(name, input), input.escape_ascii());
    };
    assert!(took < INPUT_TIME_MAX, "an input of {name} took {took:.1?}: {}", saved(name, input));
    class(&outcome)
}

/// The outcome up to what it quotes of the input, so that there are not as many outcomes as inputs.
fn class(outcome: &str) -> String {
    outcome.chars().take_while(|c| !matches!(c, '`' | '"')).take(400).collect()
}

/// The file to which the input was written.
fn saved(name: &str, input: &[u8]) -> String {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(input);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{hash:016x}"));
    fs::write(&file, input).unwrap();
    file.display().to_string()
}
