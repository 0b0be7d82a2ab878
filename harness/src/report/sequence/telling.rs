//! Makes a step of each event, with what a person wants to know of it.

use std::collections::BTreeMap;

use signaling::{Message, Sdp};

use super::moments::{Moment, moments};
use super::step::{Actor, Arrow, PollStep, Shape, Step};
use crate::event::{Call, Description, Event, Noun, Outcome, Seat, What, Who};
use crate::part::Part;
use crate::report::model::PairReport;
use crate::story::Story;
use crate::words::{counted, length};

/// The steps of a pair, and last what the checks have against it.
pub(super) fn tell(pair: &PairReport) -> Vec<Step> {
    let number = pair.events.iter().find_map(|event| event.who).map_or(0, |who| who.pair);
    let story = Story::tell(number, &pair.room, pair.events.iter());
    let telling = Telling { polls: polls(&story), room_record: room_record(&story), story: &story };
    let mut steps: Vec<_> = moments(&story.events).into_iter().filter_map(|moment| telling.step(moment)).collect();
    steps.extend(pair.breaches.iter().map(|breach| Step {
        at: None,
        shape: Shape::NoteOverAll,
        text: format!("FAILED {}: {}", breach.check, breach.detail),
        poll: None,
    }));
    steps
}

struct Telling<'a> {
    story: &'a Story,
    /// By an event's place: which poll it is a request of.
    polls: BTreeMap<usize, PollStep>,
    room_record: Option<String>,
}

impl Telling<'_> {
    fn step(&self, moment: Moment) -> Option<Step> {
        let (Moment::Sent(index) | Moment::SentAndEnded(index) | Moment::Happened(index)) = moment;
        let event = self.story.events.get(index)?;
        let seat = event.who?.seat;
        let note = |text: String| Some((Shape::Note(seat), text));
        let (shape, text) = match &event.what {
            What::Joined if event.who?.visit > 1 => note("comes back, and knows nothing of before".to_owned()),
            What::Joined => note("joins".to_owned()),
            What::Called(call) => Some(self.request(seat, index, call, event, moment)),
            What::Made(kind, sdp) => note(format!("makes its {kind} of {}", counted(sdp.as_str().len(), "byte"))),
            What::Applied(kind, sdp) => note(self.applied(event.who?, *kind, sdp)),
            What::Opened => note("its channel is open".to_owned()),
            What::Sent(message) => Some((self.message(event.who?), format!("sends {}", quoted(message)))),
            What::Received(message) => note(format!("got {}", quoted(message))),
            What::Met(role) => note(format!("met the other, as the {role}")),
            What::Failed(why) => note(format!("FAILED: {why}")),
            What::Closed => note("closes its channel".to_owned()),
            What::Died(death) => note(format!("{}, as its scenario says", death.to_string().to_uppercase())),
            What::StayedAway(why) => note(format!("never comes, since {why}")),
            What::Left | What::Counted(_) | What::Served(_) => None,
        }?;
        let at = match (moment, &event.what) {
            (Moment::Happened(_), _) => event.at,
            (_, What::Called(call)) => call.started,
            _ => event.at,
        };
        Some(Step { at: Some(at), shape, text, poll: self.polls.get(&index).copied() })
    }

    fn request(&self, seat: Seat, index: usize, call: &Call, event: &Event, moment: Moment) -> (Shape, String) {
        let (peer, launcher) = (Actor::Peer(seat), Actor::Launcher(seat));
        let poll = self.polls.get(&index).map(|poll| format!("poll {}: ", poll.number)).unwrap_or_default();
        let asked = format!("{poll}{}", self.asked(call));
        let arrow = |from, to, kind| Shape::Arrow { from, to, kind };
        if let Moment::Sent(_) = moment {
            return (arrow(peer, launcher, Arrow::Request), asked);
        }
        let took = event.at.saturating_sub(call.started);
        // On the virtual clock most requests take no time, and nobody needs to read that.
        let within = if took.is_zero() { String::new() } else { format!(", in {}", length(took)) };
        let (kind, outcome) = match &call.outcome {
            Outcome::Answered(status) => {
                let meaning = Self::meaning(call, !poll.is_empty());
                (None, format!("{status}{meaning}{within}"))
            }
            Outcome::Failed(why) => (Some(Arrow::Unanswered), format!("NO ANSWER{within}: {why}")),
            Outcome::Abandoned => (Some(Arrow::Unanswered), format!("abandoned after {}", length(took))),
        };
        let shape = match (moment, kind) {
            (Moment::Happened(_), None) => arrow(launcher, peer, Arrow::Answer),
            (_, kind) => arrow(peer, launcher, kind.unwrap_or(Arrow::Request)),
        };
        (shape, format!("{asked}: {outcome}"))
    }

    fn asked(&self, call: &Call) -> String {
        let record = match (&call.name, &self.room_record) {
            (None, _) => "a record",
            (name, room) if name == room => "the offer",
            _ => "the answer",
        };
        match call.noun {
            Noun::Authorise => "authorise".to_owned(),
            Noun::NameRecord => format!("data id of {record}"),
            Noun::FetchRecord => format!("fetch {record}"),
            Noun::ReadRecord => format!("read {record}"),
            Noun::CreateRecord => format!("create {record}"),
            Noun::ChangeRecord => format!("change {record}"),
            Noun::PutRecord => format!("store {record}"),
            Noun::PostRecord => format!("store {record} again"),
            Noun::DeleteRecord => format!("delete {record}"),
            Noun::DropDataId => format!("drop the data id of {record}"),
            Noun::DropRecord => format!("drop the handle of {record}"),
            Noun::Other => "a request that no peer sends".to_owned(),
        }
    }

    /// What a status means, where a person should not have to think; and the faults behind it.
    fn meaning(call: &Call, is_poll: bool) -> String {
        let version = call.version.map(|version| format!(", version {version}")).unwrap_or_default();
        let meaning = match (call.noun, &call.outcome) {
            (noun, Outcome::Answered(200)) if noun.is_mutating() => version,
            (Noun::FetchRecord, Outcome::Answered(200)) => version,
            (Noun::ReadRecord, Outcome::Answered(200)) => ", found".to_owned(),
            (Noun::FetchRecord, Outcome::Answered(404)) if is_poll => ", in vain".to_owned(),
            (Noun::FetchRecord, Outcome::Answered(404)) => ", not there".to_owned(),
            (_, Outcome::Answered(_)) => call.code.map(|code| format!(", error {code}")).unwrap_or_default(),
            _ => String::new(),
        };
        let fault = call.fault.as_ref().map(|fault| format!(", FAULT {fault}")).unwrap_or_default();
        meaning + &fault
    }

    fn applied(&self, who: Who, kind: Description, sdp: &Sdp) -> String {
        let is_made = |part: &Part| self.story.is_made_by_another(part, kind, sdp);
        if self.story.parts.iter().any(|part| part.who == who && is_made(part)) {
            return format!("is given the {kind}, as it was made");
        }
        format!("is given an {kind} that NOBODY ELSE MADE")
    }

    /// A message goes to whom the peer met; of one that met nobody, to its launcher's side of the picture.
    fn message(&self, who: Who) -> Shape {
        let meetings = self.story.meetings();
        let other = meetings.iter().find_map(|meeting| match who {
            who if who == meeting.initiator.who => Some(meeting.recipient.who.seat),
            who if who == meeting.recipient.who => Some(meeting.initiator.who.seat),
            _ => None,
        });
        let from = Actor::Peer(who.seat);
        Shape::Arrow { from, to: other.map_or(Actor::Launcher(who.seat), Actor::Peer), kind: Arrow::Message }
    }
}

fn room_record(story: &Story) -> Option<String> {
    story.parts.iter().find_map(Part::room_record).map(ToOwned::to_owned)
}

fn polls(story: &Story) -> BTreeMap<usize, PollStep> {
    let mut steps = BTreeMap::new();
    for part in &story.parts {
        let who = part.who;
        let is_call = |event: &Event| event.who == Some(who) && matches!(event.what, What::Called(_));
        let places = story.events.iter().enumerate().filter(|(_, event)| is_call(event)).map(|(place, _)| place);
        let places: Vec<usize> = places.collect();
        for (poll, number) in part.polls().into_iter().zip(1..) {
            let plainly_in_vain = is_plainly_in_vain(part, &poll.calls);
            let step = PollStep { who, number, requests: poll.calls.len(), plainly_in_vain };
            steps.extend(poll.calls.iter().filter_map(|call| Some((*places.get(*call)?, step))));
        }
    }
    steps
}

/// A data id, nothing found with it, and the data id dropped.
fn is_plainly_in_vain(part: &Part, calls: &[usize]) -> bool {
    let calls: Vec<_> = calls.iter().filter_map(|index| part.calls.get(*index)).map(|(call, _)| call).collect();
    let [name, fetch, dropped] = calls.as_slice() else { return false };
    name.is_ok()
        && (fetch.noun, &fetch.outcome) == (Noun::FetchRecord, &Outcome::Answered(404))
        && dropped.noun == Noun::DropDataId
        && dropped.is_ok()
}

fn quoted(message: &Message) -> String {
    match message {
        Message::Text(text) => format!("{text:?}"),
        Message::Binary(bytes) => counted(bytes.len(), "byte"),
    }
}
