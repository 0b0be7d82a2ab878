//! How fast a long history of one record is checked.

use std::ops::RangeInclusive;

use harness::linearizability::{
    Action, Change, Content, Observed, Operation, OperationId, Register, Response, STEPS_MAX, check,
};
use tokio::time::{Duration, Instant};

use crate::statistics::{Figure, median, milliseconds};

const OPERATIONS: usize = 10_000;

/// Each has one operation at a time, so this is how many overlap.
const USERS: usize = 24;

/// From the start of one operation of a user to its next, in milliseconds: longer than any operation.
const TURN_MS: u64 = 40;

/// One operation of this number has no response.
const OPERATIONS_PER_LOST_RESPONSE: usize = 20;

const ROUNDS: usize = 15;

/// The time to find the witness order of a linearizable history.
pub fn order_of_many_operations() -> Vec<Figure> {
    let history = history();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let order = check(&history, Register::Absent, STEPS_MAX).unwrap();
        times.push(begun.elapsed().as_secs_f64());
        assert!(order.ids.len() > OPERATIONS / 2);
    }
    vec![Figure::new(
        format!("order of {OPERATIONS} operations of {USERS} users on one name, median"),
        milliseconds(median(times)),
        "<= 100 ms",
    )]
}

/// The two steps of an operation: a user decides what to write, and the operation takes effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Effect,
}

/// The history of users that read and write in turn: of those that write the same version, one succeeds.
fn history() -> Vec<Operation> {
    let spans: Vec<_> = (0..OPERATIONS).map(Span::of).collect();
    let mut steps: Vec<_> = (0..OPERATIONS)
        .flat_map(|index| [(spans[index].start, Phase::Start, index), (spans[index].effect, Phase::Effect, index)])
        .collect();
    steps.sort_unstable();
    let mut register = Register::Absent;
    let mut wanted = vec![0; OPERATIONS];
    let mut history = Vec::new();
    for (_, phase, index) in steps {
        let action = match phase {
            Phase::Start => {
                wanted[index] = register.next_version().unwrap();
                continue;
            }
            Phase::Effect if is_read(index) => Action::Read(observed(register)),
            Phase::Effect => {
                let change = Change::Write { version: wanted[index], content: Content(index as u64) };
                let after = register.apply(change);
                register = after.unwrap_or(register);
                Action::Change(change, response(index, after.is_some()))
            }
        };
        history.push(Operation::new(
            OperationId(index),
            format!("user {}", index % USERS),
            spans[index].time(),
            action,
        ));
    }
    history
}

/// When an operation is invoked, takes effect, and has its response, in milliseconds.
struct Span {
    start: u64,
    effect: u64,
    end: u64,
}

impl Span {
    fn of(index: usize) -> Self {
        let start = (index / USERS) as u64 * TURN_MS + drawn(index) % 8;
        let effect = start + 1 + drawn(index) / 8 % 15;
        Self { start, effect, end: effect + 1 + drawn(index) / 128 % 15 }
    }

    fn time(&self) -> RangeInclusive<Duration> {
        Duration::from_millis(self.start)..=Duration::from_millis(self.end)
    }
}

/// A pseudorandom number, the same in each run.
fn drawn(index: usize) -> u64 {
    (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

fn is_read(index: usize) -> bool {
    (drawn(index) / 2_048).is_multiple_of(2)
}

fn observed(register: Register) -> Observed {
    match register {
        Register::Absent => Observed::Nothing,
        Register::Stored { version, content } => Observed::Stored { version, content: Some(content) },
        Register::Deleted { version } => Observed::Deleted { version },
    }
}

fn response(index: usize, is_accepted: bool) -> Response {
    match is_accepted {
        _ if index.is_multiple_of(OPERATIONS_PER_LOST_RESPONSE) => Response::Unknown,
        true => Response::Acknowledged,
        false => Response::Refused,
    }
}
