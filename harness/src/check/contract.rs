//! Whether peer programs keep their contract (docs/peers.md).

use super::evidence::{Evidence, Witness};
use super::verdict::Verdict;
use crate::format::counted;

/// What holds if this passes.
pub const PROMISE: &str = "Each peer program keeps the contract of peer programs: it starts, writes its events as lines of JSON, \
                           and leaves when it is told to.";

/// Judges by what the harness noted while the programs ran.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.foreign.is_empty() || evidence.witness == Witness::Launchers {
        return Verdict::NotApplicable("the run has no peer program".to_owned());
    }
    let (mut judged, mut failures) = (0, Vec::new());
    for (_, visit) in evidence.visits().filter(|(_, visit)| evidence.is_foreign(visit.who)) {
        judged += usize::from(visit.joined.is_some());
        failures.extend(visit.misbehaved.iter().map(|how| format!("the {}: {how}", visit.who)));
    }
    if judged == 0 {
        return Verdict::NotChecked("no peer program joined".to_owned());
    }
    Verdict::of(failures, || format!("{} of peer programs", counted(judged, "visit")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn a_program_that_breaks_its_contract_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::Second, 50, EventKind::Misbehaved("it ignored `close`".to_owned()));
        let mut evidence = run.evidence();
        assert!(matches!(judge(&evidence), Verdict::NotApplicable(_)));
        evidence.foreign.insert(PeerIndex::Second);
        assert_eq!(failures(&judge(&evidence)), ["the second peer of pair 1: it ignored `close`"]);
    }

    #[test]
    fn a_program_that_keeps_its_contract_passes() {
        let mut evidence = good_run().evidence();
        evidence.foreign.insert(PeerIndex::First);
        assert_eq!(judge(&evidence), Verdict::Passed("1 visit of peer programs".to_owned()));
    }
}
