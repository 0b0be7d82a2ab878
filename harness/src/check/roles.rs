//! Who played which part.

use signaling::Role;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::Description;
use crate::meeting::Meeting;
use crate::part::Part;
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "Each session has one initiator and one recipient, and both know which they are.";

/// Judges by what the transports made; what the peers say of themselves must agree with it.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut judged, mut complaints) = (0, Vec::new());
    for (_, part) in evidence.parts() {
        if let Some(told) = part.met {
            judged += 1;
            complaints.extend(mistaken(part, told));
        }
    }
    for story in &evidence.stories {
        complaints.extend(alone(story));
    }
    if judged == 0 {
        return Verdict::NotChecked("nobody says that it met another".to_owned());
    }
    Verdict::of(complaints, || format!("{} that know their roles", counted(judged, "peer")))
}

/// What is wrong with the role that a peer says it played.
fn mistaken(part: &Part, told: Role) -> Option<String> {
    let role = match part.made_last() {
        Some(Description::Offer) => Role::Initiator,
        Some(Description::Answer) => Role::Recipient,
        None => return Some(format!("the {} made no offer and no answer, and says that it met", part.who)),
    };
    (told != role).then(|| format!("the {} is the {role} and says that it is the {told}", part.who))
}

/// Of the peers that say they met, each must have met another: one of each role, with an answer that was accepted. The other
/// may have died since, or given up.
fn alone(story: &Story) -> impl Iterator<Item = String> {
    let meetings = story.meetings();
    let sessions: Vec<_> = meetings.iter().filter(|meeting| meeting.is_accepted()).collect();
    let has_met = story.parts.iter().filter(|part| part.met.is_some());
    let is_of = |session: &Meeting<'_>, part: &Part| {
        let is_in_it = session.initiator.who == part.who || session.recipient.who == part.who;
        // An answer may be accepted after its maker has given up and gone on to another offer.
        is_in_it && part.last_offer() == Some(session.offer)
    };
    let alone = has_met.filter(|part| sessions.iter().filter(|session| is_of(session, part)).count() != 1);
    let complaints: Vec<_> =
        alone.map(|part| format!("the {} says that it met, and is in no session of two", part.who)).collect();
    complaints.into_iter()
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn two_initiators_in_one_session_are_found() {
        let mut run = good_run();
        run.change(Seat::Second, |what| match what {
            What::Made(kind, _) => *kind = Description::Offer,
            What::Met(role) => *role = Role::Initiator,
            _ => {}
        });
        let said = [
            "the first peer of pair 1 says that it met, and is in no session of two",
            "the second peer of pair 1 says that it met, and is in no session of two",
        ];
        assert_eq!(complaints(&judge(&run.evidence())), said);
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
    fn a_peer_that_ends_in_a_role_it_was_not_in_is_found() {
        let mut run = good_run();
        run.add(Seat::First, 2_030, What::Made(Description::Answer, Sdp::new("again")));
        let said = [
            "the first peer of pair 1 is the recipient and says that it is the initiator",
            "the first peer of pair 1 says that it met, and is in no session of two",
        ];
        assert_eq!(complaints(&judge(&run.evidence())), said);
    }

    #[test]
    fn where_nobody_met_nothing_is_judged() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Met(_)));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
