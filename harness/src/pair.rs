//! Two peers that meet, talk and part. What they do is written down at their seams; nothing is judged here.

use std::sync::Arc;
use std::time::Duration;

use signaling::launcher::HttpService;
use signaling::peer::ChannelOf;
use signaling::transport::Transport;
use signaling::{Config, Connection, Message, Peer, RoomName, SetupError};
use tokio::time::timeout;

use crate::event::{Call, Description, Noun, Seat, What};
use crate::link::{Link, Watched};
use crate::log::Log;

/// How long a message may be under way between two open channels.
pub const MESSAGE_WAIT: Duration = Duration::from_secs(10);

/// What one peer of a pair is given.
pub(crate) struct Outfit<T> {
    /// Carries its requests.
    pub(crate) service: Arc<dyn HttpService>,
    /// Where its launcher is.
    pub(crate) launcher: String,
    /// Its WebRTC.
    pub(crate) transport: T,
    /// The settings it is told.
    pub(crate) config: Config,
}

/// Two peers and the room in which they meet.
#[derive(Debug)]
pub(crate) struct Pair<T: Transport> {
    room: RoomName,
    first: Peer<Watched<T>>,
    second: Peer<Watched<T>>,
    /// After how many polls of the first peer the second joins.
    polls_alone: u32,
    log: Arc<Log>,
}

type Met<T> = Option<Connection<ChannelOf<Watched<T>>>>;

impl<T: Transport> Pair<T> {
    /// # Errors
    /// The URL of a launcher is none, or the machine gives no random number.
    pub(crate) fn new(
        room: RoomName,
        [first, second]: [Outfit<T>; 2],
        polls_alone: u32,
        log: Arc<Log>,
    ) -> Result<Self, SetupError> {
        let peer = |outfit: Outfit<T>, seat| {
            let Outfit { service, launcher, transport, config } = outfit;
            let link = Link::new(service, log.recorder(seat));
            Peer::with(Arc::new(link), &launcher, Watched::new(transport, log.recorder(seat)), config)
        };
        Ok(Self { first: peer(first, Seat::First)?, second: peer(second, Seat::Second)?, room, polls_alone, log })
    }

    /// Plays the pair to its end.
    pub(crate) async fn play(&self) {
        if let (Some(first), Some(second)) = tokio::join!(self.first_joins(), self.second_joins()) {
            tokio::join!(say(&first, &second, Seat::First), say(&second, &first, Seat::Second));
            self.wait_for_a_late_poll().await;
            tokio::join!(first.close(), second.close());
        }
    }

    /// Waits until nothing is left of what was played, or of what was given up.
    pub(crate) async fn settled(&self) {
        tokio::join!(self.first.settled(), self.second.settled());
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    async fn first_joins(&self) -> Met<T> {
        self.join(&self.first, Seat::First).await
    }

    /// Two that come at once may both find the room empty. So the second comes once the offer is stored, or later still.
    async fn second_joins(&self) -> Met<T> {
        if self.is_time_for_the_second().await {
            return self.join(&self.second, Seat::Second).await;
        }
        let why = "it never came, since the first peer had given up".to_owned();
        self.log.recorder(Seat::Second).write(What::Failed(why));
        None
    }

    /// Waits for what the second peer waits for; `false` if it will never come.
    async fn is_time_for_the_second(&self) -> bool {
        let stored = |call: &Call| call.noun == Noun::PutRecord && call.is_ok();
        let Some(mut next) = self.first_calls(stored, 0).await else { return false };
        for _ in 0..self.polls_alone {
            match self.first_calls(is_poll, next).await {
                Some(after) => next = after,
                None => return false,
            }
        }
        true
    }

    /// Waits for a request among the events from number `from` on, and answers with the number of the event after it;
    /// `None` if a peer gives up before. Only the first peer can have sent it.
    async fn first_calls(&self, wanted: fn(&Call) -> bool, from: usize) -> Option<usize> {
        let found = self.log.wait_for(from, |event| match &event.what {
            What::Called(call) if wanted(call) => Some(true),
            What::Failed(_) => Some(false),
            _ => None,
        });
        let (next, was_sent) = found.await;
        was_sent.then_some(next)
    }

    async fn join(&self, peer: &Peer<Watched<T>>, seat: Seat) -> Met<T> {
        let recorder = self.log.recorder(seat);
        recorder.write(What::Joined);
        match peer.meet(&self.room).await {
            Ok(connection) => {
                recorder.write(What::Met(connection.role()));
                Some(connection)
            }
            Err(error) => {
                recorder.write(What::Failed(error.to_string()));
                None
            }
        }
    }

    /// Stays for one more interval after the answer was found: a poll that should not be would come by then.
    async fn wait_for_a_late_poll(&self) {
        let answer_applied = self.log.wait_for(0, |event| match event.what {
            What::Applied(Description::Answer, _) => Some(()),
            _ => None,
        });
        let late_poll = async {
            let (next, ()) = answer_applied.await;
            self.first_calls(is_poll, next).await;
        };
        // Whether there was one is for a check to say.
        let _late = timeout(self.first.config().poll_interval, late_poll).await;
    }
}

/// Whether it may be the first request of a poll.
fn is_poll(call: &Call) -> bool {
    call.noun == Noun::NameRecord
}

/// One peer says something, and the other listens. That it arrived is for a check to say, as is what went wrong.
async fn say<C: signaling::transport::Channel>(speaker: &Connection<C>, listener: &Connection<C>, seat: Seat) {
    let message = Message::text(format!("from the {seat} in room {}", speaker.room()));
    let talking = async { (speaker.send(message).await.is_ok(), listener.receive().await.is_some()) };
    let _said_and_heard = timeout(MESSAGE_WAIT, talking).await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use http::{Method, Response};

    use super::*;
    use crate::stage::{INTERVAL, Planted, Stage};

    #[tokio::test(start_paused = true)]
    async fn a_pair_without_a_planted_bug_fails_no_check() {
        let played = Stage::new().play().await;
        assert!(played.failed().is_empty(), "{:?}", played.failed());
        assert_eq!(played.0.stories[0].poll_intervals(), [INTERVAL]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_peer_that_comes_after_three_polls_is_found_at_the_fourth() {
        let stage = Stage { polls_alone: 3, ..Stage::new() };
        let played = stage.play().await;
        assert!(played.failed().is_empty(), "{:?}", played.failed());
        assert_eq!(played.0.stories[0].poll_intervals(), [INTERVAL; 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_launcher_that_alters_an_offer_is_caught() {
        let mut stage = Stage::new();
        let beneath = Arc::clone(&stage.services[1]);
        let bug = |request, beneath: &Arc<dyn HttpService>| {
            let answer = beneath.call(request);
            Box::pin(async move {
                let (head, body) = answer.await?.into_parts();
                let text = String::from_utf8_lossy(&body).replace("scripted offer 1", "scripted offer 1 ");
                Ok(Response::from_parts(head, Bytes::from(text)))
            }) as _
        };
        stage.services[1] = Arc::new(Planted { beneath, bug });
        let failed = stage.play().await.failed();
        assert_eq!(
            failed.into_iter().collect::<Vec<_>>(),
            [("round_trips", "the offer of pair 1 arrived changed".to_owned())]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_polls_more_often_than_it_was_told_is_caught() {
        let mut stage = Stage::new();
        stage.configs[0].poll_interval = INTERVAL / 4;
        let failed = stage.play().await.failed();
        assert_eq!(failed["poll_timing"], "poll 1 of pair 1 began 1.5 s before its tick");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_polls_less_often_than_it_was_told_is_caught() {
        let mut stage = Stage::new();
        stage.configs[0].poll_interval = 2 * INTERVAL;
        let failed = stage.play().await.failed();
        assert_eq!(failed["poll_timing"], "poll 1 of pair 1 began 2 s after its tick");
        assert!(failed.contains_key("detection"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_goes_on_polling_after_the_answer_is_caught() {
        let mut stage = Stage::new();
        let link = Arc::new(Link::new(Arc::clone(&stage.services[0]), stage.log.recorder(Seat::First)));
        stage.transports[0].on_accept = Some(Arc::new(move || {
            let link = Arc::clone(&link);
            tokio::spawn(async move {
                tokio::time::sleep(INTERVAL / 2).await;
                let poll =
                    http::Request::post("http://stage/0.5/data-id/structured-data").body(r#"{"name":"answer"}"#.into());
                let _answer = link.call(poll.unwrap()).await;
            });
        }));
        let failed = stage.play().await.failed();
        assert!(failed["poll_timing"].contains("poll 2 of pair 1 began 1 s after the answer was found"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_hidden_for_two_polls_is_caught() {
        let mut stage = Stage::new();
        let fetches = AtomicUsize::new(0);
        let bug = move |mut request: http::Request<Bytes>, beneath: &Arc<dyn HttpService>| {
            // The first fetch is that of the room; the next two are polls, and get a handle that does not exist.
            let is_fetch = *request.method() == Method::GET && request.uri().path().contains("/handle/");
            if is_fetch && (1..=2).contains(&fetches.fetch_add(1, Ordering::Relaxed)) {
                *request.uri_mut() = "http://stage/0.5/structured-data/handle/999999".parse().unwrap();
            }
            beneath.call(request)
        };
        stage.services[0] = Arc::new(Planted { beneath: Arc::clone(&stage.services[0]), bug });
        let failed = stage.play().await.failed();
        assert!(failed["detection"].contains("was found after 6 s; 2 s was the most"), "{failed:?}");
        assert!(!failed.contains_key("poll_timing"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn handles_that_are_not_given_back_are_caught() {
        let mut stage = Stage::new();
        let bug = |request: http::Request<Bytes>, beneath: &Arc<dyn HttpService>| {
            if *request.method() == Method::DELETE {
                return Box::pin(async { Ok(Response::new(Bytes::from_static(b"OK"))) }) as _;
            }
            beneath.call(request)
        };
        stage.services[1] = Arc::new(Planted { beneath: Arc::clone(&stage.services[1]), bug });
        let failed = stage.play().await.failed();
        assert_eq!(failed["handles"], "3 handles more than before at launcher 2: 3, and 0 before");
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_that_loses_what_one_peer_says_is_caught() {
        let mut stage = Stage::new();
        stage.transports[1].is_mute = true;
        let failed = stage.play().await.failed();
        assert_eq!(failed["channels"], "what the second peer of pair 1 sent did not arrive as it was sent");
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_first_peer_is_refused_the_second_never_comes() {
        let stage = Stage::new();
        stage.launchers[0].set_consent(safe_mock::Consent::Deny);
        let played = stage.play().await;
        let story = &played.0.stories[0];
        assert!(story.first.failed.as_ref().is_some_and(|why| why.contains("refused")), "{:?}", story.first.failed);
        assert_eq!(story.second.joined, None);
        assert!(played.failed().contains_key("channels"));
    }
}
