//! Which scenarios apply to a client on the real clock, and how they are played there.

use std::time::Duration;

use signaling::{OnStaleOffer, PollRule};

use crate::format::{counted, length};
use crate::scenario::Scenario;

/// The longest deadline of a scenario that is played on the real clock.
const DEADLINE_MAX: Duration = Duration::from_mins(2);

/// The most pairs of such a scenario: each peer may be a process.
const PAIRS_MAX: usize = 20;

/// The scenario as it is played on the real clock, with a client that may be foreign.
///
/// # Errors
/// The scenario does not apply: why, in one sentence.
pub(super) fn fitted(scenario: &Scenario, is_foreign: bool) -> Result<Scenario, String> {
    if scenario.deadline() > DEADLINE_MAX {
        let [deadline, most] = [scenario.deadline(), DEADLINE_MAX].map(length);
        return Err(format!("a peer may take {deadline} in it, and {most} are the most on the real clock"));
    }
    if scenario.pairs > PAIRS_MAX {
        let pairs = counted(scenario.pairs, "pair");
        return Err(format!("it has {pairs}, and {PAIRS_MAX} are the most on the real clock"));
    }
    if is_foreign {
        let extension = extension(scenario);
        if let Some(what) = extension {
            return Err(format!("{what} of the signaling crate, which no other client knows"));
        }
    }
    Ok(Scenario { needs_virtual_time: false, ..scenario.clone() })
}

/// What of the signaling crate the scenario is about, if it is.
fn extension(scenario: &Scenario) -> Option<&'static str> {
    if scenario.schedule != PollRule::Fixed {
        return Some("it is about a poll schedule");
    }
    if scenario.peers.iter().any(|peer| peer.identity.is_some()) {
        return Some("it is about identities, an extension");
    }
    (scenario.when_gone == OnStaleOffer::NextGeneration).then_some("it is about generations of a room, an extension")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::named;

    #[test]
    fn a_scenario_that_does_not_apply_is_left_out_with_the_reason() {
        let why = |name: &str| fitted(&Scenario::find(name).unwrap(), true).unwrap_err();
        assert!(why("very-long-wait").contains("a peer may take"), "{}", why("very-long-wait"));
        assert!(why("poll-storm").contains("1000 pairs"));
        assert!(why("jittered").contains("a poll schedule of the signaling crate"));
        assert!(why("next-generation").contains("generations"));
    }

    #[test]
    fn most_scenarios_apply_to_any_client_and_more_to_ours() {
        let applying = |is_foreign| named().iter().filter(|scenario| fitted(scenario, is_foreign).is_ok()).count();
        assert!(applying(true) >= 35, "{}", applying(true));
        assert!(applying(false) > applying(true));
    }
}
