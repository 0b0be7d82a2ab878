//! The common checks that fit an order.
//!
//! Time stands still while requests are released, the peers exchange no messages, and an execution stops before the peers
//! have cleaned up. So the checks of times, messages and leaks do not fit; the others do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::schedule::PEERS;
use super::settings::OrderSettings;
use crate::check::{CHECKS, Check, Evidence, Verdict, Witness};
use crate::plan::IceMode;
use crate::scenario::{PeerIndex, Scenario};
use crate::trace::PairTrace;

/// The names of the checks that fit.
const NAMES: [&str; 5] = ["roles", "one_session", "own_answer", "round_trips", "history"];

/// The names of the checks that fail on what happened to the pair, in the order of reports.
pub(super) fn failed(trace: &PairTrace, settings: &OrderSettings) -> Vec<&'static str> {
    let scenario = Scenario::classic();
    let evidence = Evidence {
        witness: Witness::Peers,
        foreign: foreign(settings),
        gaps: BTreeMap::new(),
        traces: vec![trace.clone()],
        counts: Vec::new(),
        served: None,
        ice: IceMode::Direct,
        poll_interval: settings.poll_interval,
        schedule: scenario.schedule,
        deadline: settings.deadline,
        late_tolerance: Duration::ZERO,
        scenario,
    };
    let fails = |check: &&Check| matches!((check.judge)(&evidence), Verdict::Failed(_));
    CHECKS.iter().filter(|check| NAMES.contains(&check.name)).filter(fails).map(|check| check.name).collect()
}

/// The peers that are clients of others.
fn foreign(settings: &OrderSettings) -> BTreeSet<PeerIndex> {
    PEERS.into_iter().filter(|peer_index| settings.client(*peer_index).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{Run, good_run};
    use crate::record::EventKind;

    #[test]
    fn each_name_is_that_of_a_check() {
        assert!(NAMES.iter().all(|name| CHECKS.iter().any(|check| check.name == *name)));
    }

    #[test]
    fn a_check_that_fails_is_named() {
        let mut run = good_run();
        let failed = |run: &Run| failed(&PairTrace::new(1, "room", &run.events), &OrderSettings::default());
        assert_eq!(failed(&run), [""; 0]);
        run.add(PeerIndex::First, 2_060, EventKind::Opened);
        assert_eq!(failed(&run), ["one_session"]);
    }
}
