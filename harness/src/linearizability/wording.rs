//! The wording of operations in a counterexample.

use std::fmt;
use std::time::Duration;

use super::operation::{Action, Operation, Response};
use super::register::{Change, Content, Observed, Register};

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "content {:x}", self.0)
    }
}

/// "2.004 s": a time since the run started, to the microsecond.
pub(super) fn time(at: Duration) -> String {
    let seconds = format!("{}.{:06}", at.as_secs(), at.subsec_micros());
    format!("{} s", seconds.trim_end_matches('0').trim_end_matches('.'))
}

/// "2.004 s .. 2.005 s": from the invocation to the response.
pub(super) fn span(operation: &Operation) -> String {
    if operation.start >= operation.end {
        return time(operation.start);
    }
    format!("{} .. {}", time(operation.start), time(operation.end))
}

/// "write of version 4", "deletion as version 4".
pub(super) fn name(change: Change) -> String {
    match change {
        Change::Write { version, .. } => format!("write of version {version}"),
        Change::Delete { version } => format!("deletion as version {version}"),
    }
}

/// "write version 4 (content 2a): acknowledged": what was invoked, and the response.
pub(super) fn describe(action: Action) -> String {
    match action {
        Action::Change(change, response) => {
            let invoked = match change {
                Change::Write { version, content } => format!("write version {version} ({content})"),
                Change::Delete { version } => format!("delete as version {version}"),
            };
            format!("{invoked}: {}", response_word(response))
        }
        Action::Read(observed) => format!("read: {}", observation(observed)),
    }
}

fn response_word(response: Response) -> &'static str {
    match response {
        Response::Acknowledged => "acknowledged",
        Response::Refused => "refused",
        Response::Unknown => "no response",
    }
}

/// "The read of 2.004 s .. 2.005 s by the second peer returned version 3": the beginning of a sentence.
pub(super) fn statement(operation: &Operation) -> String {
    let actor = &operation.actor;
    match operation.action {
        Action::Read(observed) => {
            format!("The read of {} by {actor} returned {}", span(operation), observation(observed))
        }
        Action::Change(change, Response::Unknown) => format!("The {} by {actor} got no response", name(change)),
        Action::Change(change, Response::Refused) => format!("The {} by {actor} was refused", name(change)),
        Action::Change(change, Response::Acknowledged) => {
            format!("The {} by {actor} was acknowledged at {}", name(change), time(operation.end))
        }
    }
}

/// "version 4 had been acknowledged to the second peer at 1.9 s": what is certain
/// since the end of an operation that proves a version.
pub(super) fn proof(operation: &Operation) -> String {
    let (actor, when) = (&operation.actor, time(operation.end));
    match operation.action {
        Action::Read(observed) => format!("{actor} had read {} at {when}", observation(observed)),
        Action::Change(Change::Write { version, .. }, _) => {
            format!("version {version} had been acknowledged to {actor} at {when}")
        }
        Action::Change(change, _) => format!("the {} had been acknowledged to {actor} at {when}", name(change)),
    }
}

/// "version 3 (content 1f)": what a read observed.
pub(super) fn observation(observed: Observed) -> String {
    match observed {
        Observed::Nothing => "nothing".to_owned(),
        Observed::Stored { version, content: None } => format!("version {version}"),
        Observed::Stored { version, content: Some(content) } => format!("version {version} ({content})"),
        Observed::Deleted { version } => format!("the tombstone of version {version}"),
    }
}

/// "version 3 (content 1f)": the state of the register.
pub(super) fn state(register: Register) -> String {
    observation(match register {
        Register::Absent => Observed::Nothing,
        Register::Stored { version, content } => Observed::Stored { version, content: Some(content) },
        Register::Deleted { version } => Observed::Deleted { version },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_seconds_without_trailing_zeros() {
        let text = |micros| time(Duration::from_micros(micros));
        assert_eq!(text(0), "0 s");
        assert_eq!(text(10_000_000), "10 s");
        assert_eq!(text(2_004_000), "2.004 s");
        assert_eq!(text(1_900_001), "1.900001 s");
    }
}
