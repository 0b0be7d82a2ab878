//! From what a peer saw to its diagnosis.

use std::time::Duration;

use tokio::time::Instant;

use super::candidates::CandidateCounts;
use super::findings::Findings;
use super::path_hint::PathHint;
use super::sentence::Diagnosis;
use super::unreachable::Unreachable;
use crate::clock::WallClock;
use crate::last_seen::LastSeen;
use crate::meet_cause::MeetCause;
use crate::phase::Phase;
use crate::rendezvous::CLOCKS_APART_MAX;
use crate::sdp::Sdp;
use crate::timeline::Timeline;
use crate::transport::error::TransportError;

/// A launcher that takes longer than this for a request which waits for no person is what keeps a peer waiting.
const SLOW: Duration = Duration::from_secs(5);

/// How a meeting ended.
pub(crate) struct Ending<'a> {
    pub(crate) phase: Phase,
    pub(crate) cause: &'a MeetCause,
    pub(crate) last_seen: &'a LastSeen,
    pub(crate) timeline: &'a Timeline,
    pub(crate) local: &'a Sdp,
    pub(crate) remote: &'a Sdp,
    pub(crate) wall: WallClock,
    pub(crate) now: Instant,
}

/// The diagnosis; `None` if no more is known than the cause.
pub(crate) fn judge(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    match ending.cause {
        MeetCause::Launcher(_) => findings.trouble.clone(),
        MeetCause::DeadlinePassed(_) | MeetCause::PhaseTooLong(_) => out_of_time(findings, ending),
        MeetCause::RoomTaken => clocks_apart(findings, ending).or_else(|| findings.trouble.clone()),
        MeetCause::PeerGone { .. } => of_the_offer(findings, ending),
        MeetCause::Transport(TransportError::ConnectionFailed | TransportError::NoCandidatePair) => {
            connecting(findings, ending)
        }
        MeetCause::Transport(_) | MeetCause::Payload(_) | MeetCause::StaleAnswer => None,
    }
}

fn out_of_time(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    match ending.phase {
        Phase::Authorise => findings.trouble.clone().or_else(|| Some(not_authorised(findings, ending))),
        Phase::FindOffer | Phase::PublishOffer | Phase::PublishAnswer => {
            findings.trouble.clone().or_else(|| silent(findings, ending))
        }
        Phase::AwaitAnswer => Some(waiting(findings, ending)),
        Phase::Connect => connecting(findings, ending),
        Phase::MakeOffer | Phase::AnswerOffer => None,
    }
}

fn not_authorised(findings: &Findings, ending: &Ending<'_>) -> Diagnosis {
    let waited = ending.now.saturating_duration_since(findings.step_began);
    Diagnosis::NotAuthorised { url: findings.url.clone(), app: findings.app.clone(), waited }
}

/// The launcher has owed an answer for long.
fn silent(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    let since = findings.heard.unanswered_since()?;
    let waited = ending.now.saturating_duration_since(since);
    let url = findings.url.clone();
    let why = Unreachable::NoAnswer(waited);
    (waited > SLOW).then_some(Diagnosis::LauncherUnreachable { url, why, was_reached: true })
}

fn waiting(findings: &Findings, ending: &Ending<'_>) -> Diagnosis {
    let of_last_poll = match ending.last_seen {
        LastSeen::FailedPoll { .. } => findings.trouble.clone(),
        _ => silent(findings, ending),
    };
    let (polls, launcher) = (ending.timeline.poll_count, findings.room.clone());
    of_last_poll.unwrap_or(Diagnosis::NoAnswer { polls, launcher })
}

fn connecting(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    let is_initiator = ending.timeline.answer_taken.is_some();
    // An offer that was removed has been answered, and one with which nothing can be tried needs no answer.
    let is_sure = is_initiator
        || *ending.last_seen == LastSeen::OfferWithdrawn
        || matches!(ending.cause, MeetCause::Transport(TransportError::NoCandidatePair));
    if is_sure {
        return of_recipient(findings).or_else(|| no_path(ending));
    }
    of_the_offer(findings, ending).or(Some(Diagnosis::AnswerUnconfirmed))
}

fn of_recipient(findings: &Findings) -> Option<Diagnosis> {
    findings.own_answer.clone().map(Diagnosis::SaidByLauncher)
}

/// What is known of an initiator that nothing came from.
fn of_the_offer(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    of_recipient(findings).or_else(|| too_late(findings, ending)).or_else(|| clocks_apart(findings, ending))
}

fn too_late(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    let offer = findings.offer?;
    let until = offer.made_at?.checked_add(offer.waits_for?)?;
    let answered = ending.wall.at(ending.timeline.published?);
    let by = answered.saturating_sub(until);
    (by > CLOCKS_APART_MAX).then_some(Diagnosis::AnswerTooLate { by })
}

/// An offer was found before it was made.
fn clocks_apart(findings: &Findings, ending: &Ending<'_>) -> Option<Diagnosis> {
    let offer = findings.offer?;
    let by = offer.made_at?.saturating_sub(ending.wall.at(offer.found_at));
    (by > CLOCKS_APART_MAX).then_some(Diagnosis::ClocksApart { by })
}

/// Nothing is said of descriptions that name no candidate: only transports of tests make such.
fn no_path(ending: &Ending<'_>) -> Option<Diagnosis> {
    let [local, remote] = [ending.local, ending.remote].map(CandidateCounts::of);
    let hint = PathHint::of(ending.local, ending.remote);
    (local.total() + remote.total() > 0).then_some(Diagnosis::NoPath { local, remote, hint })
}
