//! What can be judged where launchers alone have seen the run.

use super::evidence::{Evidence, Witness};
use super::list::Check;
use super::verdict::Verdict;

/// The check that cannot fail because a journal has forgotten requests: it asks whether there were too many.
const JUDGES_WHAT_IS_THERE: &str = "hot_polling";

impl Check {
    /// Judges a run. What its witness cannot see is not checked; of a room of which the journals have gaps, only what is there is judged.
    pub fn verdict(&self, evidence: &Evidence) -> Verdict {
        if evidence.witness == Witness::Peers {
            return (self.judge)(evidence);
        }
        if let Some(why) = unseen(self.name) {
            return Verdict::NotChecked(why.to_owned());
        }
        let gap = evidence.gaps.iter().next().filter(|_| self.name != JUDGES_WHAT_IS_THERE);
        let Some((pair, gap)) = gap else { return (self.judge)(evidence) };
        match (self.judge)(&evidence.without_gaps()) {
            found @ (Verdict::Failed(_) | Verdict::Lenient(_) | Verdict::NotApplicable(_)) => found,
            _ => Verdict::NotChecked(format!("not all of pair {pair} was seen: {gap}")),
        }
    }
}

/// Why launchers cannot tell whether the promise of a check is kept.
fn unseen(check: &str) -> Option<&'static str> {
    Some(match check {
        "outcomes" | "ends" => "launchers do not see how a visit ends",
        "roles" => "launchers do not see which role a client takes itself to have",
        "one_session" | "channels" => "launchers do not see the channels of clients",
        "candidates" => "launchers keep the hash of a session description, and not its text",
        "tasks" => "launchers do not see the tasks of clients",
        "sockets" => "launchers do not see the sockets of clients",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::check::CHECKS;
    use crate::check::test_run::good_run;

    #[test]
    fn what_launchers_cannot_see_is_not_checked_with_a_reason() {
        let evidence = Evidence { witness: Witness::Launchers, ..good_run().evidence() };
        for check in &CHECKS {
            match unseen(check.name) {
                Some(why) => {
                    assert_eq!(check.verdict(&evidence), Verdict::NotChecked(why.to_owned()), "{}", check.name);
                }
                None if check.name == "contract" => {}
                None => assert!(matches!(check.verdict(&evidence), Verdict::Passed(_)), "{}", check.name),
            }
        }
        assert_eq!(CHECKS.iter().filter(|check| unseen(check.name).is_some()).count(), 8);
    }

    #[test]
    fn a_room_with_a_gap_is_judged_by_its_number_of_requests_alone() {
        let gaps = BTreeMap::from([(1, "the journal is short".to_owned())]);
        let evidence = Evidence { witness: Witness::Launchers, gaps, ..good_run().evidence() };
        for check in CHECKS.iter().filter(|check| unseen(check.name).is_none() && check.name != "contract") {
            let is_judged = matches!(check.verdict(&evidence), Verdict::Passed(_));
            assert_eq!(is_judged, check.name == JUDGES_WHAT_IS_THERE, "{}", check.name);
        }
    }
}
