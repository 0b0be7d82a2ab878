//! Why two peers did not meet: the phase, the cause, what was seen last, and the diagnosis.

use std::error::Error;
use std::fmt;

use crate::diagnosis::Diagnosis;
use crate::last_seen::LastSeen;
use crate::meet_cause::{MeetCause, Retry};
use crate::phase::Phase;
use crate::room::RoomName;
use crate::timeline::Timeline;

/// Two peers did not meet. `Display` is two sentences: the [`headline`](Self::headline), and the
/// [`diagnosis`](Self::diagnosis) if there is one.
#[derive(Debug)]
pub struct MeetError(Box<Details>);

#[derive(Debug)]
struct Details {
    room: RoomName,
    phase: Phase,
    cause: MeetCause,
    last_seen: LastSeen,
    timeline: Timeline,
    diagnosis: Option<Diagnosis>,
}

impl MeetError {
    pub(crate) fn new(room: RoomName, phase: Phase, cause: MeetCause, last_seen: LastSeen, timeline: Timeline) -> Self {
        Self(Box::new(Details { room, phase, cause, last_seen, timeline, diagnosis: None }))
    }

    pub(crate) fn diagnosed(mut self, diagnosis: Option<Diagnosis>) -> Self {
        self.0.diagnosis = diagnosis;
        self
    }

    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.0.room
    }

    /// The phase that failed.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// The cause.
    pub fn cause(&self) -> &MeetCause {
        &self.0.cause
    }

    /// Whether trying again makes sense.
    pub fn retry(&self) -> Retry {
        self.0.cause.retry(self.0.phase)
    }

    /// The last thing that this peer saw.
    pub fn last_seen(&self) -> &LastSeen {
        &self.0.last_seen
    }

    /// Why the two did not meet, as far as this peer knows: `None` if it knows no more than the cause.
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.0.diagnosis.as_ref()
    }

    /// The text without the diagnosis: one sentence with the phase, the cause, what was seen last, and whether trying again
    /// makes sense. What the diagnosis says is left out.
    ///
    /// ```
    /// use signaling::MeetError;
    ///
    /// fn report(error: &MeetError) {
    ///     eprintln!("{}", error.headline());
    ///     if let Some(diagnosis) = error.diagnosis() {
    ///         eprintln!("{diagnosis}");
    ///     }
    /// }
    /// ```
    pub fn headline(&self) -> impl fmt::Display {
        &*self.0
    }

    /// When each phase happened.
    pub fn timeline(&self) -> &Timeline {
        &self.0.timeline
    }
}

impl fmt::Display for MeetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.headline())?;
        match self.diagnosis() {
            Some(diagnosis) => write!(f, ". {diagnosis}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Details {
    /// The headline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { room, phase, cause, last_seen, diagnosis, .. } = self;
        let is_seen = *last_seen != LastSeen::Nothing;
        let has_poll = matches!(last_seen, LastSeen::FailedPoll { .. });
        write!(f, "no meeting in room {:?}: while {phase}", room.as_str())?;
        if !diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.contains(cause)) {
            write!(f, ", {cause}")?;
        }
        f.write_str(" (")?;
        if is_seen && !(has_poll && diagnosis.as_ref().is_some_and(Diagnosis::is_of_the_launcher)) {
            write!(f, "last seen: {last_seen}; ")?;
        }
        write!(f, "{})", cause.retry(*phase))
    }
}

impl Error for MeetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` contains the text of the cause, so the next source is the source of the cause.
        self.0.cause.source()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::launcher::{HttpError, LauncherError};
    use crate::payload::PayloadError;
    use crate::transport::error::TransportError;

    #[test]
    fn the_text_says_phase_cause_and_what_was_seen_last() {
        let error = MeetError::new(
            RoomName::new("room1").unwrap(),
            Phase::AwaitAnswer,
            MeetCause::DeadlinePassed(Duration::from_mins(2)),
            LastSeen::NoAnswer { polls: 59 },
            Timeline::new(Instant::now()),
        );
        assert_eq!(
            error.to_string(),
            "no meeting in room \"room1\": while waiting for an answer, the deadline of 120 s passed \
             (last seen: no answer at poll 59; trying again makes sense)"
        );
    }

    #[test]
    fn no_error_shows_a_character_of_another_party_that_a_terminal_obeys() {
        const FOREIGN: &str = "a\u{1b}]0;b\u{7}\r\n\u{202e}c";
        const SHOWN: &str = r"a\u{1b}]0;b\u{7}\r\n\u{202e}c";
        let request = "storing a record";
        let (description, what) = (FOREIGN.to_owned(), FOREIGN.to_owned());
        let causes: Vec<MeetCause> = vec![
            LauncherError::Launcher { request, status: 400, code: 1, description }.into(),
            LauncherError::BadAnswer { request, what }.into(),
            LauncherError::Http { request, source: HttpError::Connect(FOREIGN.into()) }.into(),
            LauncherError::Http { request, source: HttpError::Exchange(FOREIGN.into()) }.into(),
            TransportError::local("open a socket", FOREIGN).into(),
            TransportError::BadRemoteDescription(FOREIGN.into()).into(),
            TransportError::NoRelay { servers: vec![FOREIGN.to_owned()] }.into(),
            PayloadError::Malformed(FOREIGN.to_owned()).into(),
            PayloadError::WrongType { expected: "offer", found: FOREIGN.to_owned() }.into(),
        ];
        let room = || RoomName::new("room1").unwrap();
        for cause in causes {
            let last_seen = LastSeen::FailedPoll { polls: 2, why: FOREIGN.to_owned() };
            let error = MeetError::new(room(), Phase::AwaitAnswer, cause, last_seen, Timeline::new(Instant::now()));
            let text = error.to_string();
            assert_eq!(text.matches(SHOWN).count(), 2, "{text:?}");
            assert!(!text.contains(|unwanted: char| unwanted.is_control() || unwanted == '\u{202e}'), "{text:?}");
        }
    }
}
