//! Whether the launchers are left as they were.

use super::evidence::Evidence;
use super::left_behind;
use super::verdict::Verdict;
use crate::event::{Call, Noun, Resource, Seat};
use crate::story::{Part, Story};

/// What holds if this passes.
pub const PROMISE: &str = "No handle of a record or a data id is left at any launcher.";

/// Judges by what the launchers count, and names the peers that did not give back what they were given.
pub fn judge(evidence: &Evidence) -> Verdict {
    match left_behind::judge(evidence, "handle", |resource| matches!(resource, Resource::Handles(_))) {
        Verdict::Failed(mut complaints) => {
            let kept = |story| Seat::BOTH.map(|seat| kept_by(story, seat));
            complaints.extend(evidence.stories.iter().flat_map(kept).flatten());
            Verdict::Failed(complaints)
        }
        other => other,
    }
}

fn kept_by(story: &Story, seat: Seat) -> Option<String> {
    let kept: Vec<_> = not_given_back(story.part(seat)).map(|handle| handle.to_string()).collect();
    let list = kept.join(", ");
    (!kept.is_empty()).then(|| format!("the {seat} of pair {} did not give back {list}", story.pair))
}

fn not_given_back(part: &Part) -> impl Iterator<Item = u64> {
    let ok = || part.calls.iter().map(|(call, _)| call).filter(|call| call.is_ok());
    let drops = |call: &&Call| matches!(call.noun, Noun::DropDataId | Noun::DropRecord);
    let given = ok().filter_map(|call| call.given);
    given.filter(move |handle| !ok().filter(drops).any(|drop| drop.target == Some(*handle)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Moment, What};

    #[test]
    fn a_handle_that_is_left_is_found_with_who_left_it() {
        let mut run = good_run();
        run.remove(Seat::First, |what| matches!(what, What::Called(call) if call.noun == Noun::DropRecord));
        run.count(Resource::Handles("http://launcher".to_owned()), Moment::After, Ok(2));
        let said = complaints(&judge(&run.evidence()));
        assert_eq!(said[0], "2 handles more than before at http://launcher: 2, and 0 before");
        assert!(said[1].starts_with("the first peer of pair 1 did not give back "), "{said:?}");
    }

    #[test]
    fn a_launcher_without_a_control_plane_is_not_called_clean() {
        let mut run = good_run();
        run.count(Resource::Handles("http://launcher".to_owned()), Moment::Before, Err("no control plane".to_owned()));
        assert_eq!(judge(&run.evidence()), Verdict::NotChecked("no control plane".to_owned()));
    }
}
