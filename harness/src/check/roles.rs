//! Who played which part.

use signaling::Role;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::{Description, Seat};
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "Each pair has one initiator and one recipient, and both know which they are.";

/// Judges by what the transports made; what the peers say of themselves must agree with it.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.stories.is_empty() {
        return Verdict::NotChecked("there was no pair".to_owned());
    }
    let complaints = evidence.stories.iter().filter_map(|story| played(story).err()).collect();
    Verdict::of(complaints, || format!("{} with one of each", counted(evidence.stories.len(), "pair")))
}

fn played(story: &Story) -> Result<(), String> {
    let (first, second) = (role(story, Seat::First)?, role(story, Seat::Second)?);
    if first == second {
        return Err(format!("pair {} has two {first}s", story.pair));
    }
    Ok(())
}

fn role(story: &Story, seat: Seat) -> Result<Role, String> {
    let part = story.part(seat);
    let whose = format!("the {seat} of pair {}", story.pair);
    let role = match (part.description(Description::Offer), part.description(Description::Answer)) {
        (Some(_), None) => Role::Initiator,
        (None, Some(_)) => Role::Recipient,
        (Some(_), Some(_)) => return Err(format!("{whose} made both an offer and an answer")),
        (None, None) => return Err(format!("{whose} made no offer and no answer")),
    };
    match part.met {
        Some(told) if told != role => Err(format!("{whose} is the {role} and says that it is the {told}")),
        _ => Ok(role),
    }
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::What;

    #[test]
    fn two_initiators_in_one_pair_are_found() {
        let mut run = good_run();
        run.change(Seat::Second, |what| match what {
            What::Made(kind, _) => *kind = Description::Offer,
            What::Met(role) => *role = Role::Initiator,
            _ => {}
        });
        assert_eq!(complaints(&judge(&run.evidence())), ["pair 1 has two initiators"]);
    }

    #[test]
    fn a_peer_that_is_mistaken_about_its_role_is_found() {
        let mut run = good_run();
        run.change(Seat::Second, |what| {
            if let What::Met(role) = what {
                *role = Role::Initiator;
            }
        });
        let said = "the second peer of pair 1 is the recipient and says that it is the initiator";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_plays_both_roles_is_found() {
        let mut run = good_run();
        run.add(Seat::First, 2_100, What::Made(Description::Answer, Sdp::new("again")));
        let said = "the first peer of pair 1 made both an offer and an answer";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }
}
