//! The one driver: takes the steps that [`Rendezvous`] says, and tells it what came of them. All waiting is here.

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{debug, info};

use crate::answer::Answer;
use crate::connection::{Connection, Meeting, Role};
use crate::error::{LastSeen, MeetCause, MeetError, Phase};
use crate::launcher::{LauncherError, Session};
use crate::offer::Offer;
use crate::peer::{ChannelOf, Peer};
use crate::rendezvous::{Happened, Rendezvous, Step};
use crate::room::{AnswerId, RecordName, RoomName};
use crate::sdp::Sdp;
use crate::timeline::Timeline;
use crate::transport::{Session as _, Transport, TransportError};

/// One meeting under way.
pub(crate) struct Driver<'a, T: Transport> {
    peer: &'a Peer<T>,
    room: RoomName,
    rendezvous: Rendezvous,
    transport_session: Option<T::Session>,
    /// Where the answer is stored: under our own id, or under that of the offer we found.
    answer_id: AnswerId,
    local: Sdp,
    remote: Sdp,
    timeline: Timeline,
    last_seen: LastSeen,
}

impl<'a, T: Transport> Driver<'a, T> {
    pub(crate) fn new(peer: &'a Peer<T>, room: RoomName, rendezvous: Rendezvous) -> Self {
        Self {
            peer,
            room,
            transport_session: None,
            answer_id: rendezvous.answer_id().clone(),
            rendezvous,
            local: Sdp::default(),
            remote: Sdp::default(),
            timeline: Timeline::new(Instant::now()),
            last_seen: LastSeen::Nothing,
        }
    }

    pub(crate) async fn run(mut self) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let deadline = self.rendezvous.deadline();
        loop {
            let step = self.rendezvous.step();
            let happened = match step {
                Step::OpenChannel => return self.open(deadline).await,
                // Only the deadline makes it fail without our knowing why.
                Step::Failed(_) | Step::Connected(_) => return Err(self.failed(self.out_of_time())),
                step => timeout_at(deadline, self.take(step)).await,
            };
            match happened {
                Ok(Ok(happened)) => self.rendezvous.handle(happened, Instant::now()),
                Ok(Err(cause)) => self.went_wrong(cause)?,
                Err(_) => self.rendezvous.handle(Happened::DeadlinePassed, Instant::now()),
            }
        }
    }

    /// Goes on in spite of what went wrong, if that is possible.
    fn went_wrong(&mut self, cause: MeetCause) -> Result<(), MeetError> {
        let is_poll = self.rendezvous.phase() == Phase::AwaitAnswer;
        let happened = what_happened(&self.rendezvous.step(), &cause);
        self.rendezvous.handle(happened.clone(), Instant::now());
        if matches!(self.rendezvous.step(), Step::Failed(_)) {
            let is_taken = happened == Happened::Taken && self.rendezvous.phase() == Phase::PublishAnswer;
            return Err(self.failed(if is_taken { MeetCause::RoomTaken } else { cause }));
        }
        debug!(room = %self.room, %cause, "a step failed, and the meeting goes on");
        if is_poll {
            let polls = self.timeline.poll_count;
            self.last_seen = LastSeen::FailedPoll { polls, why: cause.to_string() };
        }
        Ok(())
    }

    async fn take(&mut self, step: Step) -> Result<Happened, MeetCause> {
        match step {
            Step::Authorise => self.authorise().await,
            Step::ReadRoom(name) => self.read_room(&name).await,
            Step::MakeOffer => self.make_offer().await,
            Step::PublishOffer(name, offer) => self.publish(&name, offer.to_json()?).await,
            Step::WaitUntil(then) => {
                sleep_until(then).await;
                Ok(Happened::TimeCame)
            }
            Step::Poll(name) => self.poll(&name).await,
            Step::AcceptAnswer(sdp) => self.accept(&sdp).await,
            Step::MakeAnswer(sdp) => self.make_answer(&sdp).await,
            Step::PublishAnswer(name, answer) => self.publish(&name, answer.to_json()?).await,
            Step::LookForOffer(name, offer) => self.look_for_offer(&name, &offer).await,
            Step::LookForAnswer(name, answer) => self.look_for_answer(&name, &answer).await,
            Step::OpenChannel | Step::Connected(_) | Step::Failed(_) => Ok(Happened::TimeCame),
        }
    }

    async fn authorise(&mut self) -> Result<Happened, MeetCause> {
        let known = self.peer.session.lock().clone();
        if known.is_none() {
            let session = self.peer.launcher.authorise(&self.peer.config.app).await?;
            *self.peer.session.lock() = Some(session);
        }
        self.timeline.authorised = Some(Instant::now());
        self.last_seen = LastSeen::Session;
        Ok(Happened::Authorised)
    }

    async fn read_room(&mut self, name: &RecordName) -> Result<Happened, MeetCause> {
        let read = self.launcher()?.read_record(name).await;
        self.timeline.room_read = Some(Instant::now());
        match self.heard(read) {
            Ok(json) => {
                self.last_seen = LastSeen::Offer;
                let offer = Offer::from_json(&json)?;
                debug!(room = %self.room, "found an offer: this peer is the recipient");
                self.answer_id = offer.answer_id.clone();
                Ok(Happened::OfferFound(offer))
            }
            // The original takes any failure for an empty room, because its client library hides the reason. So it may
            // publish a second offer where it merely could not read the first; we do not.
            Err(LauncherError::NoSuchData { .. }) => {
                self.last_seen = LastSeen::EmptyRoom;
                debug!(room = %self.room, "the room is empty: this peer is the initiator");
                Ok(Happened::RoomIsEmpty)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn make_offer(&mut self) -> Result<Happened, MeetCause> {
        let (session, sdp) = self.peer.transport.offer(&self.peer.config.ice).await?;
        Ok(self.described(session, sdp))
    }

    async fn make_answer(&mut self, offer: &Sdp) -> Result<Happened, MeetCause> {
        self.remote = offer.clone();
        let (session, sdp) = self.peer.transport.answer(offer, &self.peer.config.ice).await?;
        Ok(self.described(session, sdp))
    }

    fn described(&mut self, session: T::Session, sdp: Sdp) -> Happened {
        self.transport_session = Some(session);
        self.local = sdp.clone();
        self.timeline.description_ready = Some(Instant::now());
        Happened::Described(sdp)
    }

    async fn publish(&mut self, name: &RecordName, json: String) -> Result<Happened, MeetCause> {
        let published = self.launcher()?.publish_record(name, json.as_bytes()).await;
        self.heard(published)?;
        Ok(self.is_published())
    }

    /// Looks what is stored where our offer should be. Another's offer makes this peer its recipient.
    async fn look_for_offer(&mut self, name: &RecordName, ours: &Offer) -> Result<Happened, MeetCause> {
        let Some(json) = self.look(name).await? else { return Ok(Happened::NotPublished) };
        if json == ours.to_json()? {
            return Ok(self.is_published());
        }
        let offer = Offer::from_json(&json)?;
        debug!(room = %self.room, "another offer was there first: this peer is the recipient");
        self.last_seen = LastSeen::Offer;
        self.answer_id = offer.answer_id.clone();
        Ok(Happened::OfferFound(offer))
    }

    /// Looks what is stored where our answer should be.
    async fn look_for_answer(&mut self, name: &RecordName, ours: &Answer) -> Result<Happened, MeetCause> {
        let Some(json) = self.look(name).await? else { return Ok(Happened::NotPublished) };
        if json == ours.to_json()? { Ok(self.is_published()) } else { Err(MeetCause::RoomTaken) }
    }

    async fn look(&mut self, name: &RecordName) -> Result<Option<Bytes>, MeetCause> {
        let read = self.launcher()?.read_record(name).await;
        match self.heard(read) {
            Ok(json) => Ok(Some(json)),
            Err(LauncherError::NoSuchData { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_published(&mut self) -> Happened {
        self.timeline.published = Some(Instant::now());
        self.last_seen = LastSeen::Published;
        Happened::Published
    }

    async fn poll(&mut self, name: &RecordName) -> Result<Happened, MeetCause> {
        self.timeline.poll_started(Instant::now());
        let read = self.launcher()?.read_record(name).await;
        self.timeline.poll_ended(Instant::now());
        match self.heard(read) {
            Ok(json) => {
                self.last_seen = LastSeen::Answer;
                Ok(Happened::AnswerFound(Answer::from_json(&json)?))
            }
            Err(LauncherError::NoSuchData { .. }) => {
                self.last_seen = LastSeen::NoAnswer { polls: self.timeline.poll_count };
                Ok(Happened::NoAnswer)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn accept(&mut self, answer: &Sdp) -> Result<Happened, MeetCause> {
        self.remote = answer.clone();
        let session = self.transport_session.as_mut().ok_or(TransportError::Closed)?;
        session.accept(answer).await?;
        self.timeline.answer_taken = Some(Instant::now());
        Ok(Happened::AnswerAccepted)
    }

    async fn open(mut self, deadline: Instant) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let Some(session) = self.transport_session.take() else {
            return Err(self.failed(TransportError::Closed.into()));
        };
        let channel = match timeout_at(deadline, session.open()).await {
            Ok(Ok(channel)) => channel,
            Ok(Err(error)) => return Err(self.failed(error.into())),
            Err(_) => return Err(self.failed(self.out_of_time())),
        };
        let now = Instant::now();
        self.timeline.opened = Some(now);
        self.rendezvous.handle(Happened::ChannelOpened, now);
        let role = match self.rendezvous.step() {
            Step::Connected(role) => role,
            _ => Role::Initiator,
        };
        let took = now.saturating_duration_since(self.timeline.joined);
        info!(room = %self.room, %role, polls = self.timeline.poll_count, ?took, "met");
        let Self { room, answer_id, local, remote, timeline, .. } = self;
        Ok(Connection::new(channel, Meeting { room, role, answer_id, local, remote, timeline }))
    }

    /// The session, which every step after the first has.
    fn launcher(&self) -> Result<Session, LauncherError> {
        let known = self.peer.session.lock().clone();
        // Another meeting of this peer may just have found that the launcher no longer knows it.
        known.ok_or(LauncherError::Unauthorised { request: "using the session" })
    }

    /// Forgets a session that the launcher no longer knows, so that another is asked for.
    fn heard<R>(&self, answer: Result<R, LauncherError>) -> Result<R, LauncherError> {
        if matches!(answer, Err(LauncherError::Unauthorised { .. })) {
            *self.peer.session.lock() = None;
        }
        answer
    }

    fn out_of_time(&self) -> MeetCause {
        MeetCause::DeadlinePassed(self.peer.config.deadline)
    }

    fn failed(&self, cause: MeetCause) -> MeetError {
        let phase = self.rendezvous.phase();
        info!(room = %self.room, %phase, %cause, "not met");
        MeetError::new(self.room.clone(), phase, cause, self.last_seen.clone(), self.timeline.clone())
    }
}

/// What an error means for the step in which it arose.
fn what_happened(step: &Step, cause: &MeetCause) -> Happened {
    let failed = Happened::Failed { transient: cause.is_transient() };
    let MeetCause::Launcher(error) = cause else { return failed };
    let is_write = matches!(step, Step::PublishOffer(..) | Step::PublishAnswer(..));
    let is_look = matches!(step, Step::LookForOffer(..) | Step::LookForAnswer(..));
    match error {
        LauncherError::Unauthorised { .. } => Happened::Unauthorised,
        // A poll is tried again at its next tick, whatever went wrong.
        _ if matches!(step, Step::Poll(_)) => failed,
        error if error.is_lost_handle() => Happened::HandleLost,
        error if is_write && error.is_conflict() => Happened::Taken,
        error if (is_write || is_look) && error.leaves_open() => Happened::Unsure,
        _ => failed,
    }
}
