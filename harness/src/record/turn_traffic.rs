//! The traffic of a STUN and TURN server, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// The traffic so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many STUN binding requests arrived.
    pub bindings: u64,
    /// How many relay addresses it allocated.
    pub relays: u64,
    /// How many bytes it sent from those addresses.
    pub relayed_bytes: u64,
}

/// Counts traffic, from several tasks.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    bindings: AtomicU64,
    relays: AtomicU64,
    relayed_bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn binding_request(&self) {
        self.bindings.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn relay_allocated(&self) {
        self.relays.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn relayed(&self, bytes: usize) {
        self.relayed_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn traffic(&self) -> Traffic {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic { bindings: read(&self.bindings), relays: read(&self.relays), relayed_bytes: read(&self.relayed_bytes) }
    }
}
