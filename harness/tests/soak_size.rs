//! The memory of a soak: it does not grow with the number of worlds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::alloc::System;
use std::ops::Range;

use cap::Cap;
use harness::scenario::Mutation;
use harness::soak::{SoakHooks, soak};

/// Counts the bytes on the heap of this process, which runs this test alone.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// What may be on the heap that was not there before: texts of this test, and what a thread leaves to the next.
const SLACK_BYTES: usize = 64 << 10;

/// The bytes that are left on the heap by the worlds of these seeds.
fn left_by(seeds: Range<u64>, planted: Option<Mutation>) -> usize {
    let before = HEAP.allocated();
    drop(soak(seeds, planted, &SoakHooks::default()).unwrap());
    HEAP.allocated().saturating_sub(before)
}

/// One test, since all tests of a process share its heap.
#[test]
fn a_soak_leaves_nothing_on_the_heap() {
    // What is made once stays.
    left_by(0..20, None);
    for planted in [None, Some(Mutation::KeepsHandles), Some(Mutation::ForgetsWrites)] {
        let left = left_by(0..150, planted);
        assert!(left < SLACK_BYTES, "{left} bytes after 150 worlds with {planted:?}");
    }
}
