//! The memory of runs: a soak does not grow with the number of its worlds, and a pair costs little.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::alloc::System;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use cap::Cap;
use harness::scenario::Mutation;
use harness::soak::{SoakHooks, soak};
use harness::{Clock, Scenario, Settings};

/// Counts the bytes on the heap of this process.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// The tests of a process share its heap: one runs at a time.
static HEAP_IS_USED: Mutex<()> = Mutex::new(());

/// What may be on the heap that was not there before: texts of this test, and what a thread leaves to the next.
const SLACK_BYTES: usize = 64 << 10;

/// What a pair may take at most while all pairs of a run are under way: two launchers, two peers and their events. The tables of
/// one router for each launcher would be more than half of this again.
/// What launchers saw of its room, with the offer and the answer, is some 10 kB of it.
const PAIR_BYTES_MAX: usize = 100_000;

/// The bytes that are left on the heap by the worlds of these seeds.
fn left_by(seeds: Range<u64>, planted: Option<Mutation>) -> usize {
    let before = HEAP.allocated();
    drop(soak(seeds, planted, &SoakHooks::default()).unwrap());
    HEAP.allocated().saturating_sub(before)
}

#[test]
fn a_soak_leaves_nothing_on_the_heap() {
    let _alone = HEAP_IS_USED.lock().unwrap_or_else(PoisonError::into_inner);
    // What is made once stays.
    left_by(0..20, None);
    for planted in [None, Some(Mutation::KeepsHandles), Some(Mutation::ForgetsWrites)] {
        let left = left_by(0..150, planted);
        assert!(left < SLACK_BYTES, "{left} bytes after 150 worlds with {planted:?}");
    }
}

/// The most bytes that were on the heap since the process started, after a run of so many pairs.
fn most_after(pairs: usize) -> usize {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings::default().clock(Clock::Virtual).seed(7).pairs(pairs);
    let report = runtime.block_on(harness::run(&Scenario::classic(), &settings)).unwrap();
    assert!(report.passed && report.pairs.len() == pairs, "{}", harness::report::text(&report));
    HEAP.max_allocated()
}

#[test]
fn a_pair_of_a_large_run_takes_little_memory() {
    let _alone = HEAP_IS_USED.lock().unwrap_or_else(PoisonError::into_inner);
    let few = most_after(300);
    let of_each = (most_after(600) - few) / 300;
    assert!((1..PAIR_BYTES_MAX).contains(&of_each), "{of_each} bytes for each pair");
}
