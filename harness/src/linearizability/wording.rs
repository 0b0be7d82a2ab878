//! Operations in the words of a counter-example.

use std::fmt;
use std::time::Duration;

use super::operation::{Action, Answer, Operation, Seen};
use super::register::{Change, Content, Register};

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "content {:x}", self.0)
    }
}

/// "2.004 s": a moment since the run began, to the microsecond.
pub(super) fn moment(at: Duration) -> String {
    let seconds = format!("{}.{:06}", at.as_secs(), at.subsec_micros());
    format!("{} s", seconds.trim_end_matches('0').trim_end_matches('.'))
}

/// "2.004 s .. 2.005 s": how long an operation lasted.
pub(super) fn span(operation: &Operation) -> String {
    if operation.start >= operation.end {
        return moment(operation.start);
    }
    format!("{} .. {}", moment(operation.start), moment(operation.end))
}

/// "write of version 4", "deletion as version 4".
pub(super) fn noun(change: Change) -> String {
    match change {
        Change::Write { version, .. } => format!("write of version {version}"),
        Change::Delete { version } => format!("deletion as version {version}"),
    }
}

/// "write version 4 (content 2a): acknowledged": what was asked for, and how it was answered.
pub(super) fn deed(action: Action) -> String {
    match action {
        Action::Change(change, answer) => {
            let asked = match change {
                Change::Write { version, content } => format!("write version {version} ({content})"),
                Change::Delete { version } => format!("delete as version {version}"),
            };
            format!("{asked}: {}", answered(answer))
        }
        Action::Read(seen) => format!("read: {}", sight(seen)),
    }
}

fn answered(answer: Answer) -> &'static str {
    match answer {
        Answer::Acknowledged => "acknowledged",
        Answer::Refused => "refused",
        Answer::Unknown => "no answer",
    }
}

/// "The read of 2.004 s .. 2.005 s by the second peer saw version 3": how a sentence begins.
pub(super) fn told(operation: &Operation) -> String {
    let who = &operation.actor;
    match operation.action {
        Action::Read(seen) => format!("The read of {} by {who} saw {}", span(operation), sight(seen)),
        Action::Change(change, Answer::Unknown) => format!("The {} by {who} got no answer", noun(change)),
        Action::Change(change, Answer::Refused) => format!("The {} by {who} was refused", noun(change)),
        Action::Change(change, Answer::Acknowledged) => {
            format!("The {} by {who} was acknowledged at {}", noun(change), moment(operation.end))
        }
    }
}

/// "version 4 had been acknowledged to the second peer at 1.9 s": what is certain
/// since an operation ended that proves a version.
pub(super) fn proof(operation: &Operation) -> String {
    let (who, when) = (&operation.actor, moment(operation.end));
    match operation.action {
        Action::Read(seen) => format!("{who} had seen {} at {when}", sight(seen)),
        Action::Change(Change::Write { version, .. }, _) => {
            format!("version {version} had been acknowledged to {who} at {when}")
        }
        Action::Change(change, _) => format!("the {} had been acknowledged to {who} at {when}", noun(change)),
    }
}

/// "version 3 (content 1f)": what a read saw.
pub(super) fn sight(seen: Seen) -> String {
    match seen {
        Seen::Nothing => "nothing".to_owned(),
        Seen::Stored { version, content: None } => format!("version {version}"),
        Seen::Stored { version, content: Some(content) } => format!("version {version} ({content})"),
        Seen::Deleted { version } => format!("the tombstone of version {version}"),
    }
}

/// "version 3 (content 1f)": what stands under the name.
pub(super) fn standing(register: Register) -> String {
    sight(match register {
        Register::Absent => Seen::Nothing,
        Register::Stored { version, content } => Seen::Stored { version, content: Some(content) },
        Register::Deleted { version } => Seen::Deleted { version },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_seconds_without_noise() {
        let told = |micros| moment(Duration::from_micros(micros));
        assert_eq!(told(0), "0 s");
        assert_eq!(told(10_000_000), "10 s");
        assert_eq!(told(2_004_000), "2.004 s");
        assert_eq!(told(1_900_001), "1.900001 s");
    }
}
