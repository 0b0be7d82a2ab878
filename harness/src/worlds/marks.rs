//! What a world may come to. A search that never came there has shown nothing about it.

use crate::event::{Call, Death, Description, Noun, Outcome, What};
use crate::part::{End, Part};
use crate::story::Story;

/// Something that may happen to a pair.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Its name in reports.
    pub name: &'static str,
    /// Whether it happened to this pair.
    pub reached: fn(&Story) -> bool,
}

/// The launcher's code for a name that is taken, and for a version that is not the next.
const CONFLICTS: [i64; 2] = [-23, -25];

/// The launcher's codes for handles that it does not know.
const UNKNOWN_HANDLES: [i64; 2] = [-1513, -1514];

/// Everything that it is worth to come to.
pub static MARKS: [Mark; 26] = [
    Mark { name: "two met", reached: Story::is_connected },
    Mark {
        name: "two met although a fault struck them",
        reached: |story| story.is_connected() && story.last_fault().is_some(),
    },
    Mark { name: "nobody met", reached: |story| !story.is_connected() },
    Mark { name: "two sessions in one room, one after the other", reached: |story| connected(story) > 1 },
    Mark {
        name: "glare: an offer was refused, since another had been stored",
        reached: |story| refused(story, Description::Offer),
    },
    Mark {
        name: "an answer was refused, since another had been stored",
        reached: |story| refused(story, Description::Answer),
    },
    Mark { name: "a tombstone was left", reached: |story| stores(story, |call| call.noun == Noun::DeleteRecord) },
    Mark {
        name: "a tombstone was claimed",
        reached: |story| stores(story, |call| call.noun == Noun::PutRecord && call.version > Some(0)),
    },
    Mark { name: "a write was done and its answer lost", reached: |story| any_call(story, lost) },
    Mark {
        name: "a write whose answer was lost was found to be done",
        reached: |story| any_part(story, |part| calls(part).any(lost) && has_met(part)),
    },
    Mark { name: "a read was stale", reached: |story| struck(story, "stale_read") },
    Mark { name: "a write was seen late", reached: |story| struck(story, "slow_visibility") },
    Mark { name: "a launcher was cut off", reached: |story| struck(story, "cut_off") },
    Mark { name: "a launcher restarted", reached: |story| struck(story, "restart_launcher") },
    Mark {
        name: "a token opened nothing any longer",
        reached: |story| any_call(story, |call| call.outcome == Outcome::Answered(401)),
    },
    Mark { name: "a peer was authorised again", reached: |story| any_part(story, |part| authorised(part) > 1) },
    Mark {
        name: "a handle was lost",
        reached: |story| any_call(story, |call| call.code.is_some_and(|code| UNKNOWN_HANDLES.contains(&code))),
    },
    Mark { name: "a poll failed, and a later one found the answer", reached: |story| any_part(story, recovered) },
    Mark { name: "an initiator polled ten times", reached: |story| any_part(story, |part| part.polls().len() >= 10) },
    Mark {
        name: "a peer crashed before it stored anything",
        reached: |story| any_part(story, |part| died(part, Death::Crash) && part.stored().is_none()),
    },
    Mark {
        name: "an initiator crashed after it stored its offer",
        reached: |story| any_part(story, |part| crashed_as(part, Description::Offer)),
    },
    Mark {
        name: "a recipient crashed after it stored its answer",
        reached: |story| any_part(story, |part| crashed_as(part, Description::Answer)),
    },
    Mark { name: "a peer was stopped", reached: |story| any_part(story, |part| died(part, Death::Stop)) },
    Mark {
        name: "a peer came back and met another",
        reached: |story| any_part(story, |part| part.who.visit > 1 && has_met(part)),
    },
    Mark { name: "a peer was given an offer of its own", reached: |story| any_part(story, |part| is_own(story, part)) },
    Mark {
        name: "a deadline passed",
        reached: |story| any_part(story, |part| part.error().is_some_and(|why| why.contains("deadline"))),
    },
];

fn connected(story: &Story) -> usize {
    story.meetings().iter().filter(|meeting| meeting.is_connected()).count()
}

fn any_part(story: &Story, wanted: impl Fn(&Part) -> bool) -> bool {
    story.parts.iter().any(wanted)
}

fn calls(part: &Part) -> impl Iterator<Item = &Call> {
    part.calls.iter().map(|(call, _)| call)
}

fn any_call(story: &Story, wanted: impl Fn(&Call) -> bool) -> bool {
    any_part(story, |part| calls(part).any(&wanted))
}

fn stores(story: &Story, wanted: impl Fn(&Call) -> bool) -> bool {
    any_call(story, |call| call.is_ok() && wanted(call))
}

fn struck(story: &Story, fault: &str) -> bool {
    any_call(story, |call| call.fault.as_ref().is_some_and(|faults| faults.split('+').any(|name| name == fault)))
}

/// A write of which the peer does not know whether it was done.
fn lost(call: &Call) -> bool {
    call.noun.is_mutating() && matches!(call.outcome, Outcome::Failed(_))
}

fn has_met(part: &Part) -> bool {
    part.met.is_some()
}

fn authorised(part: &Part) -> usize {
    calls(part).filter(|call| call.noun == Noun::Authorise && call.is_ok()).count()
}

fn died(part: &Part, death: Death) -> bool {
    matches!(part.end, Some((End::Died(how), _)) if how == death)
}

fn crashed_as(part: &Part, kind: Description) -> bool {
    died(part, Death::Crash) && part.stored().is_some() && part.made_last() == Some(kind)
}

/// Whether a write of what such a description is in was refused because of another write.
fn refused(story: &Story, kind: Description) -> bool {
    let mut made = std::collections::BTreeMap::new();
    story.events.iter().any(|event| match &event.what {
        What::Made(kind, _) => {
            made.insert(event.who, *kind);
            false
        }
        What::Called(call) => {
            let is_conflict = call.code.is_some_and(|code| CONFLICTS.contains(&code));
            call.noun.is_mutating() && is_conflict && call.is_truthful() && made.get(&event.who) == Some(&kind)
        }
        _ => false,
    })
}

fn recovered(part: &Part) -> bool {
    let polls = part.polls();
    polls.iter().any(|poll| !poll.found && !poll.in_vain) && polls.iter().any(|poll| poll.found)
}

/// Whether a peer was given an offer that it made in a visit before.
fn is_own(story: &Story, part: &Part) -> bool {
    let own = || story.parts.iter().filter(|other| other.who.seat == part.who.seat).flat_map(|other| &other.made);
    let given = part.applied.iter().filter(|(kind, ..)| *kind == Description::Offer);
    given.into_iter().any(|(_, offer, _)| own().any(|(kind, sdp, _)| *kind == Description::Offer && sdp == offer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{Run, good_run};
    use crate::event::Seat;

    fn reached(run: &Run) -> Vec<&'static str> {
        let story = &run.evidence().stories[0];
        MARKS.iter().filter(|mark| (mark.reached)(story)).map(|mark| mark.name).collect()
    }

    #[test]
    fn a_good_run_reaches_that_two_met_and_cleaned_up_and_nothing_else() {
        assert_eq!(reached(&good_run()), ["two met", "a tombstone was left"]);
    }

    #[test]
    fn a_refused_offer_is_glare() {
        let mut run = good_run();
        run.add(Seat::Second, 1, What::Made(Description::Offer, signaling::Sdp::new("another")));
        let outcome = Outcome::Answered(400);
        let call = Call { noun: Noun::PutRecord, code: Some(-23), outcome, ..Call::default() };
        run.add(Seat::Second, 2, What::Called(call));
        assert!(reached(&run).contains(&"glare: an offer was refused, since another had been stored"));
    }

    #[test]
    fn no_two_marks_have_one_name() {
        let names: std::collections::BTreeSet<_> = MARKS.iter().map(|mark| mark.name).collect();
        assert_eq!(names.len(), MARKS.len());
    }
}
