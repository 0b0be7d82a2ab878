//! A simulation of one register and concurrent clients, for tests: its histories are linearizable.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::operation::{Action, Operation, OperationId, Response};
use super::register::{Change, Content, Observed, Register};

/// The next operation of a client. Times are milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    client: usize,
    intent: Intent,
    delivery: Delivery,
    /// From the client's previous operation to the start of this one.
    pause: u64,
    /// From the start to the effect.
    there: u64,
    /// From the effect to the response.
    back: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Intent {
    Read,
    ReadVersion,
    /// The next version after the one that the client knows.
    Write,
    /// This number of versions after that.
    WriteAhead(u64),
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Delivery {
    Complete,
    RequestLost,
    ResponseLost,
    /// The client gave up, and the change took effect this time after that.
    Late(u64),
}

/// Any plans of this number of clients.
pub(super) fn plans(clients: usize, operations: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Plan>> {
    let intent = prop_oneof![
        4 => Just(Intent::Read),
        2 => Just(Intent::ReadVersion),
        5 => Just(Intent::Write),
        1 => (1..3_u64).prop_map(Intent::WriteAhead),
        2 => Just(Intent::Delete),
    ];
    let delivery = prop_oneof![
        12 => Just(Delivery::Complete),
        1 => Just(Delivery::RequestLost),
        1 => Just(Delivery::ResponseLost),
        1 => (0..40_u64).prop_map(Delivery::Late),
    ];
    let plan = (0..clients, intent, delivery, 0..12_u64, 0..8_u64, 0..8_u64).prop_map(
        |(client, intent, delivery, pause, there, back)| Plan { client, intent, delivery, pause, there, back },
    );
    proptest::collection::vec(plan, operations)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Effect,
    End,
}

/// A register and what its clients know about it.
#[derive(Default)]
struct Simulation {
    register: Register,
    /// By client: what it last read or stored.
    known: BTreeMap<usize, Register>,
    /// By plan: the change that was invoked.
    invoked: BTreeMap<usize, Change>,
    /// By plan: the operation with its response.
    actions: BTreeMap<usize, Action>,
    /// The plan whose change is acknowledged without taking effect.
    forgets: Option<usize>,
}

/// The history of these plans. The change of plan `forgets` is acknowledged without taking effect, if the register
/// accepts it.
pub(super) fn play(plans: &[Plan], forgets: Option<usize>) -> Vec<Operation> {
    let mut free = BTreeMap::<usize, u64>::new();
    let mut events = Vec::new();
    let mut spans = Vec::new();
    for (place, plan) in plans.iter().enumerate() {
        let start = free.get(&plan.client).copied().unwrap_or_default() + plan.pause;
        let end = start + plan.there + plan.back;
        let effect = if let Delivery::Late(by) = plan.delivery { end + by } else { start + plan.there };
        events.extend([(start, Phase::Start, place), (effect, Phase::Effect, place), (end, Phase::End, place)]);
        spans.push(Duration::from_millis(start)..=Duration::from_millis(end));
        free.insert(plan.client, end);
    }
    events.sort_unstable();
    let mut simulation = Simulation { forgets, ..Simulation::default() };
    for (_, phase, place) in events {
        simulation.step(phase, place, &plans[place]);
    }
    let operations = simulation.actions.into_iter().map(|(place, action)| {
        let actor = format!("user {}", plans[place].client);
        Operation::new(OperationId(place), actor, spans[place].clone(), action)
    });
    operations.collect()
}

impl Simulation {
    fn step(&mut self, phase: Phase, place: usize, plan: &Plan) {
        match phase {
            Phase::Start => self.invoke(place, plan),
            Phase::Effect => self.take_effect(place, plan),
            Phase::End => self.respond(place, plan),
        }
    }

    fn invoke(&mut self, place: usize, plan: &Plan) {
        let known = self.known.get(&plan.client).copied().unwrap_or_default();
        let next = known.version().map_or(0, |version| version + 1);
        let content = Content(u64::try_from(place).unwrap());
        let change = match plan.intent {
            Intent::Read | Intent::ReadVersion => return,
            Intent::Delete if matches!(known, Register::Stored { .. }) => Change::Delete { version: next },
            Intent::Delete | Intent::Write => Change::Write { version: next, content },
            Intent::WriteAhead(by) => Change::Write { version: next + by, content },
        };
        self.invoked.insert(place, change);
    }

    fn take_effect(&mut self, place: usize, plan: &Plan) {
        let Some(change) = self.invoked.get(&place).copied() else {
            let content = |content| Some(content).filter(|_| plan.intent == Intent::Read);
            let observed = match self.register {
                Register::Absent => Observed::Nothing,
                Register::Stored { version, content: stored } => Observed::Stored { version, content: content(stored) },
                Register::Deleted { version } => Observed::Deleted { version },
            };
            if plan.delivery == Delivery::Complete {
                self.actions.insert(place, Action::Read(observed));
            }
            return;
        };
        let after = self.register.apply(change).filter(|_| plan.delivery != Delivery::RequestLost);
        if let Some(after) = after.filter(|_| self.forgets != Some(place)) {
            self.register = after;
        }
        let response = match (plan.delivery, after) {
            (Delivery::Complete, Some(_)) => Response::Acknowledged,
            (Delivery::Complete, None) => Response::Refused,
            _ => Response::Unknown,
        };
        self.actions.insert(place, Action::Change(change, response));
    }

    fn respond(&mut self, place: usize, plan: &Plan) {
        let known = match self.actions.get(&place) {
            Some(Action::Change(change, Response::Acknowledged)) => change.result(),
            Some(Action::Read(Observed::Stored { version, content })) => {
                Register::Stored { version: *version, content: content.unwrap_or(Content(0)) }
            }
            Some(Action::Read(Observed::Deleted { version })) => Register::Deleted { version: *version },
            _ => return,
        };
        self.known.insert(plan.client, known);
    }
}
