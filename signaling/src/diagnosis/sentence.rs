//! The diagnoses, each with its sentence.

use std::fmt;
use std::time::Duration;

use super::candidates::CandidateCounts;
use super::path_hint::PathHint;
use super::unreachable::Unreachable;
use crate::launcher::LauncherSentence;
use crate::launcher_url::LauncherUrl;
use crate::meet_cause::MeetCause;
use crate::printable::Printable;
use crate::transport::error::TransportError;

/// What to do where no launcher is.
const START: &str = "Start one with `cargo run -p safe-mock`, or check the URL.";

/// Why two peers did not meet, as far as this peer knows. `Display` is one sentence, with another one on what to do if there
/// is something to do. `docs/diagnosis.md` in the repository explains each.
///
/// ```
/// use signaling::{Diagnosis, MeetError};
///
/// /// Whether a person has to do something at this peer's own launcher.
/// fn needs_its_user(error: &MeetError) -> bool {
///     matches!(error.diagnosis(), Some(Diagnosis::NotAuthorised { .. } | Diagnosis::Denied { .. }))
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// No launcher can be reached.
    LauncherUnreachable {
        /// Where it should be.
        url: LauncherUrl,
        /// Why.
        why: Unreachable,
        /// Whether it had authorised this peer before.
        was_reached: bool,
    },
    /// What answers is no launcher.
    NotALauncher {
        /// Where it should be.
        url: LauncherUrl,
        /// What is wrong with the answer.
        answer: String,
    },
    /// The launcher has not answered the request for authorisation. It does once its user has allowed or denied the app.
    NotAuthorised {
        /// The launcher.
        url: LauncherUrl,
        /// The app's name.
        app: String,
        /// How long this peer has waited.
        waited: Duration,
    },
    /// The launcher's user denied the app, or nobody is logged in.
    Denied {
        /// The launcher.
        url: LauncherUrl,
        /// What the launcher says.
        launcher: Option<LauncherSentence>,
    },
    /// No answer was stored.
    NoAnswer {
        /// How many times the initiator polled.
        polls: u64,
        /// What the launcher says.
        launcher: Option<LauncherSentence>,
    },
    /// This peer has answered, and does not know whether the initiator has seen that.
    AnswerUnconfirmed,
    /// This peer has answered after the time in which the initiator waits, by the offer and this peer's clock.
    AnswerTooLate {
        /// How much later.
        by: Duration,
    },
    /// The other peer's clock is ahead of this peer's.
    ClocksApart {
        /// By how much, at least.
        by: Duration,
    },
    /// Both descriptions arrived, and no path between the two was found.
    NoPath {
        /// The candidates of this peer.
        local: CandidateCounts,
        /// The candidates of the other peer.
        remote: CandidateCounts,
        /// What both descriptions show of it.
        hint: Option<PathHint>,
    },
    /// What the launcher says on the request that failed, or on this peer's answer.
    SaidByLauncher(LauncherSentence),
}

impl Diagnosis {
    /// Whether it says everything that the cause says.
    pub(crate) fn contains(&self, cause: &MeetCause) -> bool {
        match cause {
            MeetCause::Launcher(_) => self.is_of_the_launcher(),
            MeetCause::Transport(TransportError::ConnectionFailed) => matches!(self, Self::NoPath { .. }),
            _ => false,
        }
    }

    /// Whether it says everything that the failure of a poll says.
    pub(crate) fn is_of_the_launcher(&self) -> bool {
        matches!(self, Self::LauncherUnreachable { .. } | Self::NotALauncher { .. } | Self::Denied { .. })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LauncherUnreachable { url, why, was_reached } => unreachable(f, url, why, *was_reached),
            Self::NotALauncher { url, answer } => {
                write!(
                    f,
                    "What answers at {url} does not answer as a SAFE Launcher does: {}. {START}",
                    Printable(answer)
                )
            }
            Self::NotAuthorised { url, app, waited } => write!(
                f,
                "The launcher at {url} has not answered the request for authorisation of {:?} for {}: its user has to \
                 allow the app there.",
                Printable(app).to_string(),
                seconds(*waited)
            ),
            Self::Denied { url, launcher: Some(said) } => {
                write!(f, "The launcher at {url} did not authorise the app, and says: {}", ended(said))
            }
            Self::Denied { url, launcher: None } => write!(
                f,
                "The launcher at {url} did not authorise the app: its user denied it, or nobody is logged in there."
            ),
            Self::NoAnswer { launcher: Some(said), .. } | Self::SaidByLauncher(said) => {
                write!(f, "The launcher says: {}", ended(said))
            }
            Self::NoAnswer { .. } => {
                f.write_str("No answer came; whether another peer has read the offer is not known to this peer.")
            }
            Self::AnswerUnconfirmed => {
                f.write_str("The answer was stored; whether the initiator has looked for it is not known to this peer.")
            }
            Self::AnswerTooLate { by } => write!(
                f,
                "The initiator had stopped waiting {} before the answer was stored, by the offer and this peer's clock, \
                 unless the clocks of the two are that far apart.",
                seconds(*by)
            ),
            Self::ClocksApart { by } => write!(
                f,
                "The clock of the other peer is at least {} ahead of this peer's: the offer was made in the future. Set \
                 both clocks.",
                seconds(*by)
            ),
            Self::NoPath { local, remote, hint } => no_path(f, local, remote, *hint),
        }
    }
}

/// The text as a sentence, also where the launcher sends a clause.
fn ended(said: &LauncherSentence) -> String {
    let end = if said.as_str().ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{said}{end}")
}

fn unreachable(f: &mut fmt::Formatter<'_>, url: &LauncherUrl, why: &Unreachable, was_reached: bool) -> fmt::Result {
    match why {
        Unreachable::NoAnswer(after) => write!(f, "The launcher at {url} did not answer within {}.", seconds(*after)),
        Unreachable::Broken(why) => {
            write!(f, "The connection to what answers at {url} broke during a request: {why}. Check the URL.")
        }
        why if was_reached => write!(f, "The launcher at {url} can no longer be reached: {why}."),
        Unreachable::Refused => write!(f, "No launcher can be reached at {url}: {why}. {START}"),
        why => write!(f, "No launcher can be reached at {url}: {why}. Check the URL."),
    }
}

fn no_path(
    f: &mut fmt::Formatter<'_>,
    local: &CandidateCounts,
    remote: &CandidateCounts,
    hint: Option<PathHint>,
) -> fmt::Result {
    write!(f, "The offer was answered, and no path between the two peers was found: this peer has {local}, ")?;
    write!(f, "the other peer has {remote}")?;
    match hint {
        Some(hint) => write!(f, "; {hint}."),
        None => f.write_str("."),
    }
}

/// Whole seconds, or milliseconds below one.
fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { format!("{} s", time.as_secs()) }
}
