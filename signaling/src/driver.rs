//! The driver: carries out each action of the [`Rendezvous`], and reports the result to it. All waiting is here.

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{debug, info};

use crate::answer::Answer;
use crate::app_identity::AppIdentity;
use crate::clock::WallClock;
use crate::connection::{Connection, Meeting, Stored};
use crate::diagnosis::{Diagnosis, Ending, Findings, judge};
use crate::error::MeetError;
use crate::ice_config::IceConfig;
use crate::last_seen::LastSeen;
use crate::launcher::LauncherError;
use crate::launcher::client::LauncherClient;
use crate::launcher::current_session::CurrentSession;
use crate::launcher::own_record::OwnRecord;
use crate::launcher::record::{Found, Record};
use crate::launcher::session::Session;
use crate::meet_cause::MeetCause;
use crate::offer::Offer;
use crate::phase::Phase;
use crate::rendezvous::{Action, Failure, FailureReason, FoundOffer, Input, Rendezvous};
use crate::role::Role;
use crate::room::{AnswerId, Place, RecordName, RoomName};
use crate::sdp::Sdp;
use crate::step_error::input_of;
use crate::timeline::Timeline;
use crate::transport::error::TransportError;
use crate::transport::{ChannelOf, Progress, Session as _, Transport};

/// The parts of a peer that a meeting needs.
pub(crate) struct Parts<'a, T> {
    pub(crate) launcher: &'a LauncherClient,
    pub(crate) session: &'a CurrentSession,
    pub(crate) transport: &'a T,
    pub(crate) ice: &'a IceConfig,
    pub(crate) app: &'a AppIdentity,
    pub(crate) wall: WallClock,
}

/// One meeting under way.
pub(crate) struct Driver<'a, T: Transport> {
    parts: Parts<'a, T>,
    room: RoomName,
    rendezvous: Rendezvous,
    transport_session: Option<T::Session>,
    /// How far the session has come that is being opened.
    progress: watch::Receiver<Progress>,
    channel: Option<ChannelOf<T>>,
    /// The offer or answer that this peer has stored, or may have stored. Dropping it removes the record.
    own_record: Option<OwnRecord>,
    /// The answer id of the offer that was found in the room.
    answer_id: AnswerId,
    local: Sdp,
    remote: Sdp,
    timeline: Timeline,
    last_seen: LastSeen,
    /// What the diagnosis of a failed meeting needs.
    findings: Findings,
    /// The cause of the last failure.
    cause: Option<MeetCause>,
    /// Why no path to the other peer was found.
    no_route: Option<MeetCause>,
}

impl<'a, T: Transport> Driver<'a, T> {
    pub(crate) fn new(parts: Parts<'a, T>, room: RoomName, rendezvous: Rendezvous) -> Self {
        let findings = Findings::new(parts.launcher.url().clone(), parts.app.name.clone(), Instant::now());
        Self {
            parts,
            room,
            transport_session: None,
            progress: watch::channel(Progress::Unknown).1,
            channel: None,
            own_record: None,
            answer_id: rendezvous.answer_id().clone(),
            rendezvous,
            local: Sdp::default(),
            remote: Sdp::default(),
            timeline: Timeline::new(Instant::now()),
            last_seen: LastSeen::Nothing,
            findings,
            cause: None,
            no_route: None,
        }
    }

    pub(crate) async fn run(mut self) -> Result<Connection<ChannelOf<T>>, MeetError> {
        loop {
            let step = self.rendezvous.action();
            let limit = self.rendezvous.limit();
            let input = match step {
                Action::Connected(role) => return self.connected(role),
                Action::Failed(failure) => return Err(self.failed(failure)),
                step => {
                    self.findings.step_begins(Instant::now());
                    timeout_at(limit, self.take(step)).await
                }
            };
            match input {
                Ok(Ok(input)) => self.end_step(input),
                Ok(Err(cause)) => self.fail_step(cause),
                Err(_) => self.limit_passed(),
            }
        }
    }

    fn end_step(&mut self, input: Input) {
        let now = Instant::now();
        self.findings.step_ended(&input, now);
        self.rendezvous.handle(input, now);
    }

    /// What is known of the way to the other peer says more than that the time is over.
    fn limit_passed(&mut self) {
        let now = Instant::now();
        let is_opening = matches!(self.rendezvous.action(), Action::OpenChannel);
        let failure = MeetCause::from(self.progress.borrow().failure());
        match input_of(&Action::OpenChannel, &failure) {
            Input::Unconnectable if is_opening => self.fail_step(failure),
            _ => self.rendezvous.handle(Input::DeadlinePassed, now),
        }
    }

    /// Records the cause of a failed action. The rendezvous decides whether the meeting continues.
    fn fail_step(&mut self, cause: MeetCause) {
        debug!(room = %self.room, phase = %self.rendezvous.phase(), %cause, "a step failed");
        if self.rendezvous.phase() == Phase::AwaitAnswer {
            let polls = self.timeline.poll_count;
            self.last_seen = LastSeen::FailedPoll { polls, why: cause.to_string() };
        }
        self.findings.step_failed(&cause);
        let input = input_of(&self.rendezvous.action(), &cause);
        let is_of_the_way = matches!(input, Input::NoRoute | Input::Unconnectable);
        let kept = if is_of_the_way { &mut self.no_route } else { &mut self.cause };
        *kept = Some(cause);
        self.rendezvous.handle(input, Instant::now());
    }

    async fn take(&mut self, step: Action) -> Result<Input, MeetCause> {
        match step {
            Action::Authorise => self.authorise().await,
            Action::ReadRoom(name) => self.read_room(&name).await,
            Action::MakeOffer => self.make_offer().await,
            Action::PublishOffer(name, offer, place) => self.publish(&name, offer.to_json()?, place).await,
            Action::WaitUntil(then) => {
                sleep_until(then).await;
                Ok(Input::WaitEnded)
            }
            Action::Poll(name) => self.poll(&name).await,
            Action::AcceptAnswer(sdp) => self.accept(&sdp).await,
            Action::MakeAnswer(sdp) => self.make_answer(&sdp).await,
            Action::PublishAnswer(name, answer) => {
                self.publish(&name, answer.to_json()?, Place::Free { version: 0 }).await
            }
            Action::LookForOffer(name, offer) => self.look_for_offer(&name, &offer).await,
            Action::LookForAnswer(name, answer) => self.look_for_answer(&name, &answer).await,
            Action::OpenChannel => self.open().await,
            Action::Withdraw => self.withdraw().await,
            Action::Connected(_) | Action::Failed(_) => Ok(Input::WaitEnded),
        }
    }

    async fn authorise(&mut self) -> Result<Input, MeetCause> {
        let Parts { launcher, session: current, app, .. } = self.parts;
        let asking = current.asking().await;
        if current.get().is_none() {
            let session = launcher.heard_by(&self.findings.heard).authorise(app).await?;
            if current.set(session) {
                // A record of an earlier session would be found in the room.
                launcher.wait_for_records().await;
            }
        }
        drop(asking);
        self.timeline.authorised = Some(Instant::now());
        self.last_seen = LastSeen::Session;
        Ok(Input::Authorised)
    }

    async fn read_room(&mut self, name: &RecordName) -> Result<Input, MeetCause> {
        let found = self.look(name).await;
        self.timeline.room_read = Some(Instant::now());
        // The original app takes any failure for an empty room, because its client library hides the reason, and so may
        // store a second offer where it could not read the first. This peer does not.
        self.in_the_room(found?)
    }

    /// Reads the record of this peer's own offer.
    async fn look_for_offer(&mut self, name: &RecordName, ours: &Offer) -> Result<Input, MeetCause> {
        let found = self.look(name).await?;
        let ours = ours.to_json()?;
        if matches!(&found, Found::Record(record) if record.content == ours) {
            return Ok(self.is_published());
        }
        self.in_the_room(found)
    }

    /// An offer of another peer makes this peer the recipient.
    fn in_the_room(&mut self, found: Found) -> Result<Input, MeetCause> {
        if let Some(place) = found.free_place() {
            debug!(room = %self.room, ?place, "the room is empty");
            self.last_seen = LastSeen::EmptyRoom;
            return Ok(Input::RoomIsEmpty(place));
        }
        let Found::Record(Record { content, version, is_own }) = found else { return Ok(Input::NotPublished) };
        self.last_seen = LastSeen::Offer;
        let offer = Offer::from_json(&content)?;
        self.answer_id = offer.answer_id.clone();
        debug!(room = %self.room, version, is_own, "there is an offer in the room");
        Ok(Input::OfferFound(FoundOffer { offer, version, is_own }))
    }

    /// Reads the record of this peer's own answer.
    async fn look_for_answer(&mut self, name: &RecordName, ours: &Answer) -> Result<Input, MeetCause> {
        Ok(match self.look(name).await? {
            Found::Nothing => Input::NotPublished,
            Found::Emptied { .. } => Input::Superseded,
            Found::Record(record) if record.content == ours.to_json()? => self.is_published(),
            Found::Record(_) => Input::Taken,
        })
    }

    async fn look(&mut self, name: &RecordName) -> Result<Found, MeetCause> {
        let session = self.launcher()?;
        let found = session.look(name).await;
        Ok(self.on_answer(&session, found)?)
    }

    async fn make_offer(&mut self) -> Result<Input, MeetCause> {
        let (session, sdp) = self.parts.transport.offer(&self.ice()).await?;
        Ok(self.described(session, sdp))
    }

    async fn make_answer(&mut self, offer: &Sdp) -> Result<Input, MeetCause> {
        self.remote = offer.clone();
        let (session, sdp) = self.parts.transport.answer(offer, &self.ice()).await?;
        Ok(self.described(session, sdp))
    }

    /// A recipient looks for a path until the initiator has found the answer, which may take many poll intervals. The
    /// rendezvous decides when to give up.
    fn ice(&self) -> IceConfig {
        let ice = self.parts.ice;
        let left = self.rendezvous.deadline().saturating_duration_since(Instant::now());
        IceConfig { patience: ice.patience.max(left), ..ice.clone() }
    }

    fn described(&mut self, session: T::Session, sdp: Sdp) -> Input {
        self.transport_session = Some(session);
        self.local = sdp.clone();
        self.timeline.description_ready = Some(Instant::now());
        // An earlier record is of no use any more.
        self.own_record = None;
        Input::Described(sdp)
    }

    async fn publish(&mut self, name: &RecordName, json: String, place: Place) -> Result<Input, MeetCause> {
        let session = self.launcher()?;
        let content = Bytes::from(json);
        let own_record = self.own_record.get_or_insert_with(|| {
            let Parts { launcher, session, .. } = self.parts;
            OwnRecord::new(launcher.clone(), session.clone(), name.clone(), content.clone())
        });
        own_record.change(content);
        let stored = own_record.store(session.clone(), place).await;
        self.on_answer(&session, stored)?;
        Ok(self.is_published())
    }

    fn is_published(&mut self) -> Input {
        self.timeline.published = Some(Instant::now());
        self.last_seen = LastSeen::Published;
        Input::Published
    }

    async fn poll(&mut self, name: &RecordName) -> Result<Input, MeetCause> {
        self.timeline.poll_started(Instant::now());
        let found = self.look(name).await;
        self.timeline.poll_ended(Instant::now());
        match found? {
            Found::Record(Record { content, .. }) => {
                self.last_seen = LastSeen::Answer;
                return Ok(Input::AnswerFound(Answer::from_json(&content)?));
            }
            Found::Emptied { .. } => {
                debug!(room = %self.room, "a recipient has taken its answer back");
                self.last_seen = LastSeen::AnswerWithdrawn;
                return Ok(Input::AnswerWithdrawn);
            }
            Found::Nothing => {}
        }
        self.last_seen = LastSeen::NoAnswer { polls: self.timeline.poll_count };
        Ok(Input::NoAnswer)
    }

    async fn accept(&mut self, answer: &Sdp) -> Result<Input, MeetCause> {
        self.remote = answer.clone();
        let session = self.transport_session.as_mut().ok_or(TransportError::Closed)?;
        session.accept(answer).await?;
        self.timeline.answer_taken = Some(Instant::now());
        Ok(Input::AnswerAccepted)
    }

    async fn open(&mut self) -> Result<Input, MeetCause> {
        let session = self.transport_session.take().ok_or(TransportError::Closed)?;
        self.progress = session.progress();
        self.channel = Some(session.open().await?);
        self.timeline.opened = Some(Instant::now());
        Ok(Input::ChannelOpened)
    }

    async fn withdraw(&mut self) -> Result<Input, MeetCause> {
        self.transport_session = None;
        if let Some(answer) = self.own_record.take() {
            let (name, heard) = (answer.name().clone(), answer.heard_on_removal());
            drop(answer);
            self.parts.launcher.wait_for_record(&name).await;
            self.findings.answer_removed(heard.take());
        }
        Ok(Input::Withdrawn)
    }

    /// The session, which every step after the first has.
    fn launcher(&self) -> Result<Session, LauncherError> {
        // Another meeting of this peer may just have found that the launcher no longer knows it.
        let session = self.parts.session.get().ok_or(LauncherError::Unauthorised { request: "using the session" })?;
        Ok(session.heard_by(&self.findings.heard))
    }

    /// Forgets a session that the launcher no longer knows, so that another is asked for.
    fn on_answer<R>(&self, session: &Session, answer: Result<R, LauncherError>) -> Result<R, LauncherError> {
        if matches!(answer, Err(LauncherError::Unauthorised { .. })) {
            self.parts.session.forget(session);
        }
        answer
    }

    fn connected(mut self, role: Role) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let Some(channel) = self.channel.take() else {
            return Err(self.failed(Failure { phase: Phase::Connect, reason: FailureReason::ActionFailed }));
        };
        let took = Instant::now().saturating_duration_since(self.timeline.joined);
        info!(room = %self.room, %role, polls = self.timeline.poll_count, ?took, "met");
        let generation = self.rendezvous.generation();
        let (name, answer_id) = match role {
            Role::Initiator => (RecordName::of_generation(&self.room, generation), self.rendezvous.answer_id().clone()),
            Role::Recipient => (RecordName::of_answer(&self.answer_id), self.answer_id.clone()),
        };
        // Dropping the driver removes the record of this peer, so that the room can be used again.
        let Self { parts, room, local, remote, timeline, .. } = self;
        let meeting = Meeting { room, generation, role, answer_id, local, remote, timeline };
        Ok(Connection::new(channel, meeting, Stored { name, launcher: parts.launcher.clone() }))
    }

    fn failed(&mut self, Failure { phase, reason }: Failure) -> MeetError {
        if phase == Phase::Connect && self.last_seen == LastSeen::EmptyRoom {
            self.last_seen = LastSeen::OfferWithdrawn;
        }
        let cause = match reason {
            // A failed action always has a cause.
            FailureReason::ActionFailed => self.cause.take().unwrap_or(MeetCause::Transport(TransportError::Closed)),
            FailureReason::NoRoute | FailureReason::Unconnectable => {
                self.no_route.take().unwrap_or(MeetCause::Transport(TransportError::ConnectionFailed))
            }
            FailureReason::RoomTaken => MeetCause::RoomTaken,
            FailureReason::PeerGone { made_at } => {
                MeetCause::PeerGone { age: made_at.map(|made_at| self.parts.wall.age(made_at, Instant::now())) }
            }
            FailureReason::StaleAnswer => MeetCause::StaleAnswer,
            FailureReason::PhaseTooLong(limit) => MeetCause::PhaseTooLong(limit),
            FailureReason::DeadlinePassed(deadline) => MeetCause::DeadlinePassed(deadline),
        };
        info!(room = %self.room, %phase, %cause, "not met");
        let diagnosis = self.diagnosis(phase, &cause);
        MeetError::new(self.room.clone(), phase, cause, self.last_seen.clone(), self.timeline.clone())
            .diagnosed(diagnosis)
    }

    fn diagnosis(&self, phase: Phase, cause: &MeetCause) -> Option<Diagnosis> {
        let Self { last_seen, timeline, local, remote, findings, parts, .. } = self;
        let (wall, now) = (parts.wall, Instant::now());
        judge(findings, &Ending { phase, cause, last_seen, timeline, local, remote, wall, now })
    }
}
