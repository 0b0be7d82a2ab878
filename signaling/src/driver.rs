//! The one driver: takes the steps that [`Rendezvous`] says, and tells it what came of them. All waiting is here.

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{debug, info};

use crate::answer::Answer;
use crate::clock::WallClock;
use crate::config::{AppIdentity, IceConfig};
use crate::connection::{Connection, Meeting, Stored};
use crate::error::{LastSeen, MeetCause, MeetError};
use crate::launcher::{CurrentSession, Found, LauncherClient, LauncherError, OwnRecord, Record, Session};
use crate::offer::Offer;
use crate::phase::Phase;
use crate::rendezvous::{Failure, FoundOffer, Happened, Rendezvous, Step, Why};
use crate::role::Role;
use crate::room::{AnswerId, Place, RecordName, RoomName};
use crate::sdp::Sdp;
use crate::timeline::Timeline;
use crate::transport::{ChannelOf, Session as _, Transport, TransportError};

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
    channel: Option<ChannelOf<T>>,
    /// The offer or answer that this peer has stored, or may have. Dropping it takes it back.
    own_record: Option<OwnRecord>,
    /// The answer id of the offer that was found in the room.
    answer_id: AnswerId,
    local: Sdp,
    remote: Sdp,
    timeline: Timeline,
    last_seen: LastSeen,
    /// What went wrong last.
    cause: Option<MeetCause>,
    /// Why no way to the other peer was found.
    no_way: Option<MeetCause>,
}

impl<'a, T: Transport> Driver<'a, T> {
    pub(crate) fn new(parts: Parts<'a, T>, room: RoomName, rendezvous: Rendezvous) -> Self {
        Self {
            parts,
            room,
            transport_session: None,
            channel: None,
            own_record: None,
            answer_id: rendezvous.answer_id().clone(),
            rendezvous,
            local: Sdp::default(),
            remote: Sdp::default(),
            timeline: Timeline::new(Instant::now()),
            last_seen: LastSeen::Nothing,
            cause: None,
            no_way: None,
        }
    }

    pub(crate) async fn run(mut self) -> Result<Connection<ChannelOf<T>>, MeetError> {
        loop {
            let step = self.rendezvous.step();
            let limit = self.rendezvous.limit();
            let happened = match step {
                Step::Connected(role) => return self.connected(role),
                Step::Failed(failure) => return Err(self.failed(failure)),
                step => timeout_at(limit, self.take(step)).await,
            };
            match happened {
                Ok(Ok(happened)) => self.rendezvous.handle(happened, Instant::now()),
                Ok(Err(cause)) => self.went_wrong(cause),
                Err(_) => self.rendezvous.handle(Happened::DeadlinePassed, Instant::now()),
            }
        }
    }

    /// Takes note of what went wrong. Whether the meeting goes on in spite of it is for the rendezvous to say.
    fn went_wrong(&mut self, cause: MeetCause) {
        debug!(room = %self.room, phase = %self.rendezvous.phase(), %cause, "a step failed");
        if self.rendezvous.phase() == Phase::AwaitAnswer {
            let polls = self.timeline.poll_count;
            self.last_seen = LastSeen::FailedPoll { polls, why: cause.to_string() };
        }
        let happened = what_happened(&self.rendezvous.step(), &cause);
        let kept = if happened == Happened::NoWay { &mut self.no_way } else { &mut self.cause };
        *kept = Some(cause);
        self.rendezvous.handle(happened, Instant::now());
    }

    async fn take(&mut self, step: Step) -> Result<Happened, MeetCause> {
        match step {
            Step::Authorise => self.authorise().await,
            Step::ReadRoom(name) => self.read_room(&name).await,
            Step::MakeOffer => self.make_offer().await,
            Step::PublishOffer(name, offer, place) => self.publish(&name, offer.to_json()?, place).await,
            Step::WaitUntil(then) => {
                sleep_until(then).await;
                Ok(Happened::TimeCame)
            }
            Step::Poll(name) => self.poll(&name).await,
            Step::AcceptAnswer(sdp) => self.accept(&sdp).await,
            Step::MakeAnswer(sdp) => self.make_answer(&sdp).await,
            Step::PublishAnswer(name, answer) => {
                self.publish(&name, answer.to_json()?, Place::Free { version: 0 }).await
            }
            Step::LookForOffer(name, offer) => self.look_for_offer(&name, &offer).await,
            Step::LookForAnswer(name, answer) => self.look_for_answer(&name, &answer).await,
            Step::OpenChannel => self.open().await,
            Step::Withdraw => self.withdraw().await,
            Step::Connected(_) | Step::Failed(_) => Ok(Happened::TimeCame),
        }
    }

    async fn authorise(&mut self) -> Result<Happened, MeetCause> {
        let Parts { launcher, session: current, app, .. } = self.parts;
        let asking = current.asking().await;
        if current.get().is_none() {
            let session = launcher.authorise(app).await?;
            if current.set(session) {
                // It would be found in the room.
                launcher.records_settled().await;
            }
        }
        drop(asking);
        self.timeline.authorised = Some(Instant::now());
        self.last_seen = LastSeen::Session;
        Ok(Happened::Authorised)
    }

    async fn read_room(&mut self, name: &RecordName) -> Result<Happened, MeetCause> {
        let found = self.look(name).await;
        self.timeline.room_read = Some(Instant::now());
        // The original takes any failure for an empty room, because its client library hides the reason. So it may
        // publish a second offer where it merely could not read the first; we do not.
        self.in_the_room(found?)
    }

    /// Looks what is stored where our offer should be.
    async fn look_for_offer(&mut self, name: &RecordName, ours: &Offer) -> Result<Happened, MeetCause> {
        let found = self.look(name).await?;
        let ours = ours.to_json()?;
        if matches!(&found, Found::Record(record) if record.content == ours) {
            return Ok(self.is_published());
        }
        self.in_the_room(found)
    }

    /// Another's offer makes this peer its recipient.
    fn in_the_room(&mut self, found: Found) -> Result<Happened, MeetCause> {
        if let Some(place) = found.free_place() {
            debug!(room = %self.room, ?place, "the room is empty");
            self.last_seen = LastSeen::EmptyRoom;
            return Ok(Happened::RoomIsEmpty(place));
        }
        let Found::Record(Record { content, version, is_own }) = found else { return Ok(Happened::NotPublished) };
        self.last_seen = LastSeen::Offer;
        let offer = Offer::from_json(&content)?;
        self.answer_id = offer.answer_id.clone();
        debug!(room = %self.room, version, is_own, "there is an offer in the room");
        Ok(Happened::OfferFound(FoundOffer { offer, version, is_own }))
    }

    /// Looks what is stored where our answer should be.
    async fn look_for_answer(&mut self, name: &RecordName, ours: &Answer) -> Result<Happened, MeetCause> {
        Ok(match self.look(name).await? {
            Found::Nothing => Happened::NotPublished,
            Found::Emptied { .. } => Happened::Superseded,
            Found::Record(record) if record.content == ours.to_json()? => self.is_published(),
            Found::Record(_) => Happened::Taken,
        })
    }

    async fn look(&mut self, name: &RecordName) -> Result<Found, MeetCause> {
        let session = self.launcher()?;
        let found = session.look(name).await;
        Ok(self.heard(&session, found)?)
    }

    async fn make_offer(&mut self) -> Result<Happened, MeetCause> {
        let (session, sdp) = self.parts.transport.offer(&self.ice()).await?;
        Ok(self.described(session, sdp))
    }

    async fn make_answer(&mut self, offer: &Sdp) -> Result<Happened, MeetCause> {
        self.remote = offer.clone();
        let (session, sdp) = self.parts.transport.answer(offer, &self.ice()).await?;
        Ok(self.described(session, sdp))
    }

    /// A recipient looks for a way from now until its answer is found, and that may be many poll intervals. When to give up
    /// is for the rendezvous to say.
    fn ice(&self) -> IceConfig {
        let ice = self.parts.ice;
        let left = self.rendezvous.deadline().saturating_duration_since(Instant::now());
        IceConfig { patience: ice.patience.max(left), ..ice.clone() }
    }

    fn described(&mut self, session: T::Session, sdp: Sdp) -> Happened {
        self.transport_session = Some(session);
        self.local = sdp.clone();
        self.timeline.description_ready = Some(Instant::now());
        // What was to be stored before is of no use any more.
        self.own_record = None;
        Happened::Described(sdp)
    }

    async fn publish(&mut self, name: &RecordName, json: String, place: Place) -> Result<Happened, MeetCause> {
        let session = self.launcher()?;
        let content = Bytes::from(json);
        let own_record = self.own_record.get_or_insert_with(|| {
            let Parts { launcher, session, .. } = self.parts;
            OwnRecord::new(launcher.clone(), session.clone(), name.clone(), content.clone())
        });
        own_record.change(content);
        let stored = own_record.store(session.clone(), place).await;
        self.heard(&session, stored)?;
        Ok(self.is_published())
    }

    fn is_published(&mut self) -> Happened {
        self.timeline.published = Some(Instant::now());
        self.last_seen = LastSeen::Published;
        Happened::Published
    }

    async fn poll(&mut self, name: &RecordName) -> Result<Happened, MeetCause> {
        self.timeline.poll_started(Instant::now());
        let found = self.look(name).await;
        self.timeline.poll_ended(Instant::now());
        match found? {
            Found::Record(Record { content, .. }) => {
                self.last_seen = LastSeen::Answer;
                return Ok(Happened::AnswerFound(Answer::from_json(&content)?));
            }
            Found::Emptied { .. } => {
                debug!(room = %self.room, "a recipient has taken its answer back");
                self.last_seen = LastSeen::AnswerWithdrawn;
                return Ok(Happened::AnswerWithdrawn);
            }
            Found::Nothing => {}
        }
        self.last_seen = LastSeen::NoAnswer { polls: self.timeline.poll_count };
        Ok(Happened::NoAnswer)
    }

    async fn accept(&mut self, answer: &Sdp) -> Result<Happened, MeetCause> {
        self.remote = answer.clone();
        let session = self.transport_session.as_mut().ok_or(TransportError::Closed)?;
        session.accept(answer).await?;
        self.timeline.answer_taken = Some(Instant::now());
        Ok(Happened::AnswerAccepted)
    }

    async fn open(&mut self) -> Result<Happened, MeetCause> {
        let session = self.transport_session.take().ok_or(TransportError::Closed)?;
        self.channel = Some(session.open().await?);
        self.timeline.opened = Some(Instant::now());
        Ok(Happened::ChannelOpened)
    }

    async fn withdraw(&mut self) -> Result<Happened, MeetCause> {
        self.transport_session = None;
        if let Some(answer) = self.own_record.take() {
            let name = answer.name().clone();
            drop(answer);
            self.parts.launcher.record_settled(&name).await;
        }
        Ok(Happened::Withdrawn)
    }

    /// The session, which every step after the first has.
    fn launcher(&self) -> Result<Session, LauncherError> {
        // Another meeting of this peer may just have found that the launcher no longer knows it.
        self.parts.session.get().ok_or(LauncherError::Unauthorised { request: "using the session" })
    }

    /// Forgets a session that the launcher no longer knows, so that another is asked for.
    fn heard<R>(&self, session: &Session, answer: Result<R, LauncherError>) -> Result<R, LauncherError> {
        if matches!(answer, Err(LauncherError::Unauthorised { .. })) {
            self.parts.session.forget(session);
        }
        answer
    }

    fn connected(mut self, role: Role) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let Some(channel) = self.channel.take() else {
            return Err(self.failed(Failure { phase: Phase::Connect, why: Why::StepFailed }));
        };
        let took = Instant::now().saturating_duration_since(self.timeline.joined);
        info!(room = %self.room, %role, polls = self.timeline.poll_count, ?took, "met");
        let generation = self.rendezvous.generation();
        let (name, answer_id) = match role {
            Role::Initiator => (RecordName::of_generation(&self.room, generation), self.rendezvous.answer_id().clone()),
            Role::Recipient => (RecordName::of_answer(&self.answer_id), self.answer_id.clone()),
        };
        // What brought the two together has done its work, and goes: so the room can be used again.
        let Self { parts, room, local, remote, timeline, .. } = self;
        let meeting = Meeting { room, generation, role, answer_id, local, remote, timeline };
        Ok(Connection::new(channel, meeting, Stored { name, launcher: parts.launcher.clone() }))
    }

    fn failed(&mut self, Failure { phase, why }: Failure) -> MeetError {
        let cause = match why {
            // What failed has always said why.
            Why::StepFailed => self.cause.take().unwrap_or(MeetCause::Transport(TransportError::Closed)),
            Why::NoWay => self.no_way.take().unwrap_or(MeetCause::Transport(TransportError::ConnectionFailed)),
            Why::RoomTaken => MeetCause::RoomTaken,
            Why::PeerGone { made_at } => {
                MeetCause::PeerGone { age: made_at.map(|made_at| self.parts.wall.age(made_at, Instant::now())) }
            }
            Why::StaleAnswer => MeetCause::StaleAnswer,
            Why::PhaseTooLong(limit) => MeetCause::PhaseTooLong(limit),
            Why::DeadlinePassed(deadline) => MeetCause::DeadlinePassed(deadline),
        };
        info!(room = %self.room, %phase, %cause, "not met");
        MeetError::new(self.room.clone(), phase, cause, self.last_seen.clone(), self.timeline.clone())
    }
}

/// What an error means for the step in which it arose.
fn what_happened(step: &Step, cause: &MeetCause) -> Happened {
    let failed = Happened::Failed { transient: cause.is_transient() };
    let error = match cause {
        MeetCause::Launcher(error) => error,
        MeetCause::Transport(TransportError::ConnectionFailed | TransportError::Closed)
            if matches!(step, Step::OpenChannel) =>
        {
            return Happened::NoWay;
        }
        _ => return failed,
    };
    let is_write = matches!(step, Step::PublishOffer(..) | Step::PublishAnswer(..));
    let is_look = matches!(step, Step::LookForOffer(..) | Step::LookForAnswer(..));
    match error {
        LauncherError::Unauthorised { .. } => Happened::Unauthorised,
        // A poll is tried again at its next tick, whatever went wrong.
        _ if matches!(step, Step::Poll(_)) => failed,
        error if error.is_lost_handle() || error.is_absence() => Happened::Interrupted,
        error if is_write && error.is_taken() => Happened::Taken,
        error if matches!(step, Step::PublishAnswer(..)) && error.is_wrong_version() => Happened::Superseded,
        error if matches!(step, Step::PublishOffer(..)) && error.is_conflict() => Happened::Superseded,
        error if (is_write || is_look) && error.leaves_open() => Happened::Unsure,
        // A look into the room changes nothing, so it can be done again without asking what came of it.
        error if matches!(step, Step::ReadRoom(_)) && error.leaves_open() => Happened::Unsure,
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::launcher::HttpError;

    const REQUEST: &str = "storing a record";

    /// One step of each kind, in the order of the columns below.
    fn steps() -> [(&'static str, Step); 7] {
        let room = RoomName::new("room1").unwrap();
        let (name, answer_id) = (RecordName::of_room(&room), AnswerId::new("room1-0.5").unwrap());
        let offer = Offer::new(Sdp::new("offer"), answer_id.clone());
        let answer = Answer::new(Sdp::new("answer"), answer_id);
        [
            ("authorise", Step::Authorise),
            ("read room", Step::ReadRoom(name.clone())),
            ("publish offer", Step::PublishOffer(name.clone(), offer.clone(), Place::Free { version: 0 })),
            ("publish answer", Step::PublishAnswer(name.clone(), answer.clone())),
            ("look for offer", Step::LookForOffer(name.clone(), offer)),
            ("look for answer", Step::LookForAnswer(name.clone(), answer)),
            ("poll", Step::Poll(name)),
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
        use Happened::{Failed, Interrupted, Superseded, Taken, Unauthorised, Unsure};
        const AGAIN: Happened = Failed { transient: true };
        const NEVER: Happened = Failed { transient: false };
        let unclear = || LauncherError::BadAnswer { request: REQUEST, what: String::new() }.into();
        let lost = |after| http(HttpError::TimedOut(after));
        let may_be_done = [AGAIN, Unsure, Unsure, Unsure, Unsure, Unsure, AGAIN];
        let not_done = [Interrupted, Interrupted, Interrupted, Interrupted, Interrupted, Interrupted, AGAIN];
        let table: Vec<(MeetCause, [Happened; 7])> = vec![
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
                assert_eq!(what_happened(&step, &cause), meaning, "{cause} at step {name:?}");
            }
        }
    }

    #[test]
    fn a_connection_that_is_not_made_means_no_way_only_while_the_channel_is_opened() {
        let failed = Happened::Failed { transient: false };
        for cause in [TransportError::ConnectionFailed, TransportError::Closed].map(MeetCause::from) {
            assert_eq!(what_happened(&Step::OpenChannel, &cause), Happened::NoWay);
            assert_eq!(what_happened(&Step::AcceptAnswer(Sdp::new("answer")), &cause), failed);
        }
        let local = MeetCause::from(TransportError::local("open a socket", "none left"));
        assert_eq!(what_happened(&Step::OpenChannel, &local), failed);
        for (_, step) in steps() {
            let unusable = MeetCause::Payload(crate::PayloadError::NoSdp);
            assert_eq!(what_happened(&step, &unusable), failed, "{step:?}");
        }
    }
}
