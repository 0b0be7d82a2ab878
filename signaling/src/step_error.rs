//! The meaning of an error, by the step of the meeting in which it arose.

use crate::launcher::LauncherError;
use crate::meet_cause::MeetCause;
use crate::rendezvous::{Action, Input};
use crate::transport::error::TransportError;

/// The meaning of an error, by the action in which it arose.
pub(crate) fn input_of(step: &Action, cause: &MeetCause) -> Input {
    let failed = Input::Failed { transient: cause.is_transient() };
    let error = match cause {
        MeetCause::Launcher(error) => error,
        MeetCause::Transport(TransportError::ConnectionFailed | TransportError::Closed)
            if matches!(step, Action::OpenChannel) =>
        {
            return Input::NoRoute;
        }
        MeetCause::Transport(TransportError::NoCandidatePair | TransportError::HandshakeFailed)
            if matches!(step, Action::OpenChannel) =>
        {
            return Input::Unconnectable;
        }
        _ => return failed,
    };
    let is_write = matches!(step, Action::PublishOffer(..) | Action::PublishAnswer(..));
    let is_look = matches!(step, Action::LookForOffer(..) | Action::LookForAnswer(..));
    match error {
        LauncherError::Unauthorised { .. } => Input::Unauthorised,
        // A poll is repeated at its next tick after any error.
        _ if matches!(step, Action::Poll(_)) => failed,
        error if error.is_lost_handle() || error.is_absence() => Input::Interrupted,
        error if is_write && error.is_taken() => Input::Taken,
        error if matches!(step, Action::PublishAnswer(..)) && error.is_wrong_version() => Input::Superseded,
        error if matches!(step, Action::PublishOffer(..)) && error.is_conflict() => Input::Superseded,
        error if (is_write || is_look) && error.leaves_open() => Input::OutcomeUnknown,
        // Reading the room changes nothing, so it can be repeated without a look-up.
        error if matches!(step, Action::ReadRoom(_)) && error.leaves_open() => Input::OutcomeUnknown,
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::answer::Answer;
    use crate::launcher::HttpError;
    use crate::offer::Offer;
    use crate::room::{AnswerId, Place, RecordName, RoomName};
    use crate::sdp::Sdp;

    const REQUEST: &str = "storing a record";

    /// One step of each kind, in the order of the columns below.
    fn steps() -> [(&'static str, Action); 7] {
        let room = RoomName::new("room1").unwrap();
        let (name, answer_id) = (RecordName::of_room(&room), AnswerId::new("room1-0.5").unwrap());
        let offer = Offer::new(Sdp::new("offer"), answer_id.clone());
        let answer = Answer::new(Sdp::new("answer"), answer_id);
        [
            ("authorise", Action::Authorise),
            ("read room", Action::ReadRoom(name.clone())),
            ("publish offer", Action::PublishOffer(name.clone(), offer.clone(), Place::Free { version: 0 })),
            ("publish answer", Action::PublishAnswer(name.clone(), answer.clone())),
            ("look for offer", Action::LookForOffer(name.clone(), offer)),
            ("look for answer", Action::LookForAnswer(name.clone(), answer)),
            ("poll", Action::Poll(name)),
        ]
    }

    fn launcher(code: i64) -> MeetCause {
        LauncherError::Launcher { request: REQUEST, status: 400, code, description: String::new() }.into()
    }

    fn http(source: HttpError) -> MeetCause {
        LauncherError::Http { request: REQUEST, source }.into()
    }

    /// What each error of the launcher means, by the step in which it arose.
    #[test]
    fn each_launcher_error_has_its_meaning_in_each_step() {
        use Input::{Failed, Interrupted, OutcomeUnknown, Superseded, Taken, Unauthorised};
        const AGAIN: Input = Failed { transient: true };
        const NEVER: Input = Failed { transient: false };
        let unclear = || LauncherError::BadAnswer { request: REQUEST, what: String::new() }.into();
        let lost = |after| http(HttpError::TimedOut(after));
        let may_be_done =
            [AGAIN, OutcomeUnknown, OutcomeUnknown, OutcomeUnknown, OutcomeUnknown, OutcomeUnknown, AGAIN];
        let not_done = [Interrupted, Interrupted, Interrupted, Interrupted, Interrupted, Interrupted, AGAIN];
        let table: Vec<(MeetCause, [Input; 7])> = vec![
            (LauncherError::Refused.into(), [NEVER; 7]),
            (LauncherError::Unauthorised { request: REQUEST }.into(), [(); 7].map(|()| Unauthorised)),
            (LauncherError::NoSuchData { request: REQUEST }.into(), [AGAIN; 7]),
            (
                LauncherError::Changed { request: REQUEST }.into(),
                [AGAIN, AGAIN, Superseded, AGAIN, AGAIN, AGAIN, AGAIN],
            ),
            (http(HttpError::Connect("refused".into())), not_done.clone()),
            (launcher(-1513), not_done.clone()),
            (launcher(-1514), not_done),
            (http(HttpError::Exchange("reset".into())), may_be_done.clone()),
            (http(HttpError::BodyTooLarge { limit: 1 }), may_be_done.clone()),
            (lost(Duration::from_secs(30)), may_be_done.clone()),
            (unclear(), may_be_done.clone()),
            (launcher(-37), may_be_done),
            (launcher(-23), [AGAIN, AGAIN, Taken, Taken, AGAIN, AGAIN, AGAIN]),
            (launcher(-25), [AGAIN, AGAIN, Superseded, Superseded, AGAIN, AGAIN, AGAIN]),
            (launcher(-22), [AGAIN, AGAIN, Superseded, AGAIN, AGAIN, AGAIN, AGAIN]),
            (launcher(-26), [AGAIN, AGAIN, Superseded, AGAIN, AGAIN, AGAIN, AGAIN]),
            (launcher(-1), [AGAIN; 7]),
        ];
        for (cause, meanings) in table {
            for ((name, step), meaning) in steps().into_iter().zip(meanings) {
                assert_eq!(input_of(&step, &cause), meaning, "{cause} at step {name:?}");
            }
        }
    }

    #[test]
    fn a_failed_connection_means_no_route_only_while_the_channel_is_opened() {
        let failed = Input::Failed { transient: false };
        for cause in [TransportError::ConnectionFailed, TransportError::Closed].map(MeetCause::from) {
            assert_eq!(input_of(&Action::OpenChannel, &cause), Input::NoRoute);
            assert_eq!(input_of(&Action::AcceptAnswer(Sdp::new("answer")), &cause), failed);
        }
        for cause in [TransportError::NoCandidatePair, TransportError::HandshakeFailed].map(MeetCause::from) {
            assert_eq!(input_of(&Action::OpenChannel, &cause), Input::Unconnectable);
            assert_eq!(input_of(&Action::AcceptAnswer(Sdp::new("answer")), &cause), failed);
        }
        let local = MeetCause::from(TransportError::local("open a socket", "none left"));
        assert_eq!(input_of(&Action::OpenChannel, &local), failed);
        for (_, step) in steps() {
            let unusable = MeetCause::Payload(crate::PayloadError::NoSdp);
            assert_eq!(input_of(&step, &unusable), failed, "{step:?}");
        }
    }
}
