//! How fast the order of what many users did to one name is found.

use std::ops::RangeInclusive;

use harness::linearizability::{
    Action, Answer, Change, Content, Operation, OperationId, Register, STEPS_MAX, Seen, check,
};
use tokio::time::{Duration, Instant};

use crate::statistics::{Figure, median, milliseconds};

const OPERATIONS: usize = 10_000;

/// Each asks for one thing at a time, so that so many operations overlap.
const USERS: usize = 24;

/// From one operation of a user to its next, in milliseconds: longer than any takes.
const TURN_MS: u64 = 40;

/// One write of so many is never answered.
const WRITES_PER_LOST_ANSWER: usize = 20;

const ROUNDS: usize = 15;

/// The order of a history that has one.
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

/// What happens at a moment: a user decides what to write, or what was asked for takes effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Effect,
}

/// What users were told who read and write in turn: of those who mean to write the same version, one wins.
fn history() -> Vec<Operation> {
    let spans: Vec<_> = (0..OPERATIONS).map(Span::of).collect();
    let mut moments: Vec<_> = (0..OPERATIONS)
        .flat_map(|index| [(spans[index].start, Phase::Start, index), (spans[index].effect, Phase::Effect, index)])
        .collect();
    moments.sort_unstable();
    let mut register = Register::Absent;
    let mut wanted = vec![0; OPERATIONS];
    let mut history = Vec::new();
    for (_, phase, index) in moments {
        let action = match phase {
            Phase::Start => {
                wanted[index] = register.next_version().unwrap();
                continue;
            }
            Phase::Effect if is_read(index) => Action::Read(seen(register)),
            Phase::Effect => {
                let change = Change::Write { version: wanted[index], content: Content(index as u64) };
                let after = register.after(change);
                register = after.unwrap_or(register);
                Action::Change(change, answer(index, after.is_some()))
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

/// When an operation is asked for, happens, and is answered, in milliseconds.
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

/// A number that looks like chance, and is the same in every run.
fn drawn(index: usize) -> u64 {
    (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

fn is_read(index: usize) -> bool {
    (drawn(index) / 2_048).is_multiple_of(2)
}

fn seen(register: Register) -> Seen {
    match register {
        Register::Absent => Seen::Nothing,
        Register::Stored { version, content } => Seen::Stored { version, content: Some(content) },
        Register::Deleted { version } => Seen::Deleted { version },
    }
}

fn answer(index: usize, is_taken: bool) -> Answer {
    match is_taken {
        _ if index.is_multiple_of(WRITES_PER_LOST_ANSWER) => Answer::Unknown,
        true => Answer::Acknowledged,
        false => Answer::Refused,
    }
}
