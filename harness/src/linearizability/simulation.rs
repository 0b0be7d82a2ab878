//! A real register and users who race for it, for tests: what they are told can always be true.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::operation::{Action, Answer, Operation, OperationId, Seen};
use super::register::{Change, Content, Register};

/// What a user means to do next. Lengths of time are milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    user: usize,
    wish: Wish,
    fate: Fate,
    /// From the user's operation before to the start of this one.
    pause: u64,
    /// From the start to the effect.
    there: u64,
    /// From the effect to the answer.
    back: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Wish {
    Read,
    ReadVersion,
    /// The next version of what the user knows.
    Write,
    /// So many versions after that.
    WriteAhead(u64),
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Answered,
    RequestLost,
    AnswerLost,
    /// The user gave up, and so long after that it took effect.
    Late(u64),
}

/// Any plans of so many users.
pub(super) fn plans(users: usize, operations: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Plan>> {
    let wish = prop_oneof![
        4 => Just(Wish::Read),
        2 => Just(Wish::ReadVersion),
        5 => Just(Wish::Write),
        1 => (1..3_u64).prop_map(Wish::WriteAhead),
        2 => Just(Wish::Delete),
    ];
    let fate = prop_oneof![
        12 => Just(Fate::Answered),
        1 => Just(Fate::RequestLost),
        1 => Just(Fate::AnswerLost),
        1 => (0..40_u64).prop_map(Fate::Late),
    ];
    let plan = (0..users, wish, fate, 0..12_u64, 0..8_u64, 0..8_u64)
        .prop_map(|(user, wish, fate, pause, there, back)| Plan { user, wish, fate, pause, there, back });
    proptest::collection::vec(plan, operations)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Effect,
    End,
}

/// A register and what its users know of it.
#[derive(Default)]
struct World {
    register: Register,
    /// By user: what they last saw or stored.
    known: BTreeMap<usize, Register>,
    /// By plan: what is asked for.
    asked: BTreeMap<usize, Change>,
    /// By plan: how the register answered.
    actions: BTreeMap<usize, Action>,
    /// The plan whose change is acknowledged without taking effect.
    forgets: Option<usize>,
}

/// What the users were told. The change of plan `forgets` is acknowledged without taking effect, if it is one that the
/// register accepts.
pub(super) fn play(plans: &[Plan], forgets: Option<usize>) -> Vec<Operation> {
    let mut free = BTreeMap::<usize, u64>::new();
    let mut events = Vec::new();
    let mut spans = Vec::new();
    for (place, plan) in plans.iter().enumerate() {
        let start = free.get(&plan.user).copied().unwrap_or_default() + plan.pause;
        let end = start + plan.there + plan.back;
        let effect = if let Fate::Late(by) = plan.fate { end + by } else { start + plan.there };
        events.extend([(start, Phase::Start, place), (effect, Phase::Effect, place), (end, Phase::End, place)]);
        spans.push(Duration::from_millis(start)..=Duration::from_millis(end));
        free.insert(plan.user, end);
    }
    events.sort_unstable();
    let mut world = World { forgets, ..World::default() };
    for (_, phase, place) in events {
        world.happen(phase, place, &plans[place]);
    }
    let operations = world.actions.into_iter().map(|(place, action)| {
        let actor = format!("user {}", plans[place].user);
        Operation::new(OperationId(place), actor, spans[place].clone(), action)
    });
    operations.collect()
}

impl World {
    fn happen(&mut self, phase: Phase, place: usize, plan: &Plan) {
        match phase {
            Phase::Start => self.ask(place, plan),
            Phase::Effect => self.take_effect(place, plan),
            Phase::End => self.learn(place, plan),
        }
    }

    fn ask(&mut self, place: usize, plan: &Plan) {
        let known = self.known.get(&plan.user).copied().unwrap_or_default();
        let next = known.version().map_or(0, |version| version + 1);
        let content = Content(u64::try_from(place).unwrap());
        let change = match plan.wish {
            Wish::Read | Wish::ReadVersion => return,
            Wish::Delete if matches!(known, Register::Stored { .. }) => Change::Delete { version: next },
            Wish::Delete | Wish::Write => Change::Write { version: next, content },
            Wish::WriteAhead(by) => Change::Write { version: next + by, content },
        };
        self.asked.insert(place, change);
    }

    fn take_effect(&mut self, place: usize, plan: &Plan) {
        let Some(change) = self.asked.get(&place).copied() else {
            let content = |content| Some(content).filter(|_| plan.wish == Wish::Read);
            let seen = match self.register {
                Register::Absent => Seen::Nothing,
                Register::Stored { version, content: stored } => Seen::Stored { version, content: content(stored) },
                Register::Deleted { version } => Seen::Deleted { version },
            };
            if plan.fate == Fate::Answered {
                self.actions.insert(place, Action::Read(seen));
            }
            return;
        };
        let after = self.register.after(change).filter(|_| plan.fate != Fate::RequestLost);
        if let Some(after) = after.filter(|_| self.forgets != Some(place)) {
            self.register = after;
        }
        let answer = match (plan.fate, after) {
            (Fate::Answered, Some(_)) => Answer::Acknowledged,
            (Fate::Answered, None) => Answer::Refused,
            _ => Answer::Unknown,
        };
        self.actions.insert(place, Action::Change(change, answer));
    }

    fn learn(&mut self, place: usize, plan: &Plan) {
        let known = match self.actions.get(&place) {
            Some(Action::Change(change, Answer::Acknowledged)) => change.result(),
            Some(Action::Read(Seen::Stored { version, content })) => {
                Register::Stored { version: *version, content: content.unwrap_or(Content(0)) }
            }
            Some(Action::Read(Seen::Deleted { version })) => Register::Deleted { version: *version },
            _ => return,
        };
        self.known.insert(plan.user, known);
    }
}
