//! Two peers do not meet, and the error says why in one sentence: from what the peer saw and what its launcher says, and
//! never from a guess.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use safe_mock::{Consent, MockLauncher, Network};
use signaling::launcher::{HttpError, HttpService, InProcess, ResponseFuture};
use signaling::transport::{InMemory, InMemoryChannel, Session, Transport};
use signaling::{Config, Diagnosis, IceConfig, MeetCause, MeetError, Peer, PhaseLimits, RoomName, Sdp, TransportError};
use tokio::time::{Instant, sleep, timeout};

const TODAY: Duration = Duration::from_secs(1_700_000_000);

/// The look for an answer, and for an offer.
const FETCH: &str = "GET /0.5/structured-data/handle/";

/// What a test makes of a request.
#[derive(Clone, Copy)]
enum Script {
    /// The launcher says this beside its answer of this status.
    Says(u16, &'static str),
    /// The launcher answers with an error, and says this.
    Fails(&'static str),
    /// The launcher does not answer.
    Hangs,
    /// Nothing listens there.
    Refuses,
}

/// A launcher of safe-mock without its own sentences, as real launchers are, and with those of a test.
struct Launcher {
    real: Arc<dyn HttpService>,
    begun: Instant,
    script: fn(&str, Duration) -> Option<Script>,
}

impl HttpService for Launcher {
    fn call(&self, request: Request<Bytes>) -> ResponseFuture {
        let line = format!("{} {}", request.method(), request.uri().path());
        let script = (self.script)(&line, self.begun.elapsed());
        let answer = self.real.call(request);
        Box::pin(async move {
            match script {
                Some(Script::Hangs) => std::future::pending().await,
                Some(Script::Refuses) => {
                    Err(HttpError::Connect(io::Error::from(io::ErrorKind::ConnectionRefused).into()))
                }
                Some(Script::Fails(said)) => {
                    let body = Bytes::from_static(br#"{"errorCode":-37,"description":"NetworkTimeout"}"#);
                    let mut failed = Response::new(body);
                    *failed.status_mut() = http::StatusCode::BAD_REQUEST;
                    Ok(saying(failed, Some(said)))
                }
                Some(Script::Says(status, said)) => {
                    let answer = answer.await?;
                    let said = (answer.status().as_u16() == status).then_some(said);
                    Ok(saying(answer, said))
                }
                None => Ok(saying(answer.await?, None)),
            }
        })
    }
}

fn saying(mut answer: Response<Bytes>, said: Option<&'static str>) -> Response<Bytes> {
    answer.headers_mut().remove("x-mock-why");
    if let Some(said) = said {
        answer.headers_mut().insert("x-mock-why", HeaderValue::from_static(said));
    }
    answer
}

/// A launcher of its own on this network, which answers some requests as the script says.
fn launcher(network: &Network, consent: Consent, script: fn(&str, Duration) -> Option<Script>) -> Launcher {
    let real = MockLauncher::builder().network(network).consent(consent).build().service();
    Launcher { real: Arc::new(InProcess::new(real)), begun: Instant::now(), script }
}

fn plain(network: &Network) -> Launcher {
    launcher(network, Consent::Allow, |_, _| None)
}

fn config() -> Config {
    Config::default().seed(1).time_of_day(TODAY).deadline(Duration::from_secs(30))
}

fn peer<T: Transport>(launcher: Launcher, transport: &T, config: Config) -> Peer<T> {
    Peer::builder("http://localhost:8100", transport.clone()).service(launcher).config(config).build().unwrap()
}

fn room() -> RoomName {
    RoomName::new("room1").unwrap()
}

/// The error of a peer that is alone with this launcher.
async fn alone(launcher: Launcher) -> MeetError {
    peer(launcher, &InMemory::new(), config()).meet(&room()).await.map(drop).unwrap_err()
}

fn sentence(error: &MeetError) -> String {
    error.diagnosis().map(Diagnosis::to_string).unwrap_or_default()
}

/// The error of a peer over TCP, without the port, which differs.
async fn over_tcp(url: &str) -> String {
    let peer = Peer::builder(url, InMemory::new()).config(config()).build().unwrap();
    let error = peer.meet(&room()).await.map(drop).unwrap_err().to_string();
    error.replace(url.rsplit_once(':').unwrap().1, "PORT")
}

/// The error of a recipient whose initiator, another user's peer with these settings, stores its offer and then does nothing
/// for this time and longer.
async fn answering(initiators: Config, after: Duration, recipients: Launcher, network: &Network) -> MeetError {
    let transport = InMemory::new();
    let first = peer(plain(network), &transport, initiators);
    let room = room();
    let mut stopped = Box::pin(first.meet(&room));
    assert!(timeout(Duration::from_millis(100), stopped.as_mut()).await.is_err());
    sleep(after).await;
    let time_of_day = TODAY + Duration::from_millis(100) + after;
    let second = peer(recipients, &transport, config().time_of_day(time_of_day));
    second.meet(&room).await.map(drop).unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn where_the_launcher_says_nothing_it_is_not_known_whether_another_peer_read_the_offer() {
    let error = alone(plain(&Network::new())).await;
    assert!(matches!(error.diagnosis(), Some(Diagnosis::NoAnswer { polls: 14, launcher: None })), "{error}");
    insta::assert_snapshot!("nobody_came", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn what_the_launcher_says_at_the_last_poll_is_the_diagnosis() {
    let launcher = launcher(&Network::new(), Consent::Allow, |line, at| {
        let said = if at < Duration::from_secs(20) {
            "No other peer has looked for the offer in room1."
        } else {
            "No other peer has looked for the offer in room1; a peer waits in room Room1, whose name differs in upper and \
             lower case."
        };
        line.starts_with(FETCH).then_some(Script::Says(404, said))
    });
    insta::assert_snapshot!("another_room", alone(launcher).await.to_string());
}

/// What only the launcher can know is shown as it says it.
#[tokio::test(start_paused = true)]
async fn each_sentence_of_the_launcher_is_shown() {
    let scripts: [fn(&str, Duration) -> Option<Script>; 4] = [
        |line, _| line.starts_with(FETCH).then_some(Script::Says(404, "Room1 is used on another network too.")),
        |line, _| line.starts_with(FETCH).then_some(Script::Says(404, "The app of another peer waits for consent.")),
        |line, _| line.starts_with(FETCH).then_some(Script::Says(404, "A page of http://a.example is refused.")),
        |line, _| line.starts_with(FETCH).then_some(Script::Says(404, "The offer was read 4 s ago, and not answered.")),
    ];
    let mut all = Vec::new();
    for script in scripts {
        all.push(sentence(&alone(launcher(&Network::new(), Consent::Allow, script)).await));
    }
    insta::assert_snapshot!("said_by_the_launcher", all.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_sentence_of_a_poll_that_was_followed_by_a_failed_one_is_not_shown() {
    let launcher = launcher(&Network::new(), Consent::Allow, |line, at| {
        let said = if at < Duration::from_secs(20) {
            Script::Says(404, "No other peer has looked for the offer in room1.")
        } else {
            Script::Fails("A fault rule made the network time out.")
        };
        line.starts_with(FETCH).then_some(said)
    });
    insta::assert_snapshot!("failed_polls", alone(launcher).await.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_has_the_reason_that_the_launcher_gives() {
    let launcher = launcher(&Network::new(), Consent::Allow, |line, _| {
        let why = "version 3 was sent, the network has 5, stored by launcher 2 in request 41";
        line.starts_with("PUT").then_some(Script::Fails(why))
    });
    insta::assert_snapshot!("failed_request", alone(launcher).await.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_goes_away_is_named_with_its_url() {
    let launcher =
        launcher(&Network::new(), Consent::Allow, |_, at| (at > Duration::from_secs(10)).then_some(Script::Refuses));
    insta::assert_snapshot!("launcher_gone", alone(launcher).await.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_stops_answering_is_named_with_its_url() {
    let silent = |line: &str, _| line.starts_with("PUT").then_some(Script::Hangs);
    insta::assert_snapshot!(
        "launcher_silent",
        alone(launcher(&Network::new(), Consent::Allow, silent)).await.to_string()
    );
}

#[tokio::test]
async fn nothing_listens_at_the_url() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    insta::assert_snapshot!("nothing_listens", over_tcp(&url).await);
}

#[tokio::test]
async fn the_name_in_the_url_does_not_resolve() {
    // No name server is asked for a label that is too long.
    let url = format!("http://{}.invalid:8100", "x".repeat(64));
    insta::assert_snapshot!("no_such_name", over_tcp(&url).await);
}

#[tokio::test]
async fn what_answers_is_no_launcher() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, axum::Router::new()).await });
    insta::assert_snapshot!("no_launcher", over_tcp(&url).await);
    serving.abort();
}

#[tokio::test(start_paused = true)]
async fn the_user_has_not_answered_yet() {
    let error = alone(launcher(&Network::new(), Consent::Ask, |_, _| None)).await;
    insta::assert_snapshot!("waits_for_consent", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn the_user_has_denied_the_app() {
    let error = alone(launcher(&Network::new(), Consent::Deny, |_, _| None)).await;
    let says = |line: &str, _| line.ends_with("/auth").then_some(Script::Says(401, "The user denied the app 2 s ago."));
    let told = alone(launcher(&Network::new(), Consent::Deny, says)).await;
    insta::assert_snapshot!("denied", format!("{error}\n{}", sentence(&told)));
}

#[tokio::test(start_paused = true)]
async fn the_offer_was_made_in_the_future() {
    let network = Network::new();
    let ahead = config().time_of_day(TODAY + Duration::from_mins(5));
    let error = answering(ahead, Duration::ZERO, plain(&network), &network).await;
    assert!(matches!(error.cause(), MeetCause::PeerGone { .. }), "{error}");
    insta::assert_snapshot!("clocks_apart", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn clocks_that_are_a_little_apart_are_not_mentioned() {
    let network = Network::new();
    let ahead = config().time_of_day(TODAY + Duration::from_secs(59));
    let error = answering(ahead, Duration::ZERO, plain(&network), &network).await;
    assert_eq!(error.diagnosis(), None, "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_initiator_had_stopped_waiting_before_the_answer_was_stored() {
    let network = Network::new();
    let error = answering(config(), Duration::from_mins(5), plain(&network), &network).await;
    insta::assert_snapshot!("too_late", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn the_answer_was_stored_and_never_looked_for() {
    let network = Network::new();
    let says = |line: &str, _| {
        let is_removal = line.starts_with("DELETE /0.5/structured-data/") && !line.contains("/handle/");
        is_removal
            .then_some(Script::Says(200, "No peer has looked for this answer; the offer's peer last polled 9 s ago."))
    };
    let error = answering(config(), Duration::ZERO, launcher(&network, Consent::Allow, says), &network).await;
    insta::assert_snapshot!("never_looked_for", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_recipient_that_runs_out_of_time_does_not_know_whether_its_answer_was_seen() {
    let network = Network::new();
    let transport = InMemory::new();
    let first = peer(plain(&network), &transport, config());
    let room = room();
    let mut stopped = Box::pin(first.meet(&room));
    assert!(timeout(Duration::from_millis(100), stopped.as_mut()).await.is_err());
    let second = peer(plain(&network), &transport, config().deadline(Duration::from_secs(1)));
    let error = second.meet(&room).await.map(drop).unwrap_err();
    insta::assert_snapshot!("answer_unconfirmed", error.to_string());
}

/// A transport that names candidates, and finds no path.
#[derive(Clone, Copy)]
struct NoPath(&'static [&'static str]);

impl NoPath {
    fn sdp(&self) -> Sdp {
        let lines = self.0.iter().map(|candidate| format!("a=candidate:1 1 udp 1 {candidate}\r\n"));
        Sdp::new(format!("v=0\r\n{}", lines.collect::<String>()))
    }
}

impl Transport for NoPath {
    type Session = Self;

    async fn offer(&self, _ice: &IceConfig) -> Result<(Self, Sdp), TransportError> {
        Ok((*self, self.sdp()))
    }

    async fn answer(&self, _offer: &Sdp, _ice: &IceConfig) -> Result<(Self, Sdp), TransportError> {
        Ok((*self, self.sdp()))
    }
}

impl Session for NoPath {
    type Channel = InMemoryChannel;

    async fn accept(&mut self, _answer: &Sdp) -> Result<(), TransportError> {
        Ok(())
    }

    async fn open(self) -> Result<InMemoryChannel, TransportError> {
        sleep(Duration::from_secs(3)).await;
        Err(TransportError::ConnectionFailed)
    }
}

/// The errors of both peers that name these candidates.
async fn no_path(first: &'static [&'static str], second: &'static [&'static str]) -> [MeetError; 2] {
    let network = Network::new();
    let [first, second] = [first, second].map(|candidates| peer(plain(&network), &NoPath(candidates), config()));
    let room = room();
    let later = async {
        sleep(Duration::from_secs(1)).await;
        second.meet(&room).await
    };
    let (first, second) = tokio::join!(first.meet(&room), later);
    [first.map(drop).unwrap_err(), second.map(drop).unwrap_err()]
}

#[tokio::test(start_paused = true)]
async fn there_is_an_answer_and_no_path_and_the_candidates_of_both_are_named() {
    const LAN: &str = "192.168.0.2 5000 typ host";
    const REFLEXIVE: &str = "203.0.113.7 5000 typ srflx";
    const RELAY: &str = "203.0.113.9 5000 typ relay";
    let mut all = Vec::new();
    for (first, second) in [
        (&[LAN, REFLEXIVE][..], &[LAN][..]),
        (&[LAN], &[LAN]),
        (&[LAN], &["127.0.0.1 5000 typ host", "::1 5000 typ host"]),
        (&[RELAY], &[LAN, REFLEXIVE, RELAY]),
        (&[LAN], &["2001:db8::1 5000 typ host"]),
        (&[LAN], &["4f1e.local 5000 typ host"]),
    ] {
        let [initiators, _] = no_path(first, second).await;
        all.push(sentence(&initiators));
    }
    let [initiators, _] = no_path(&[LAN], &[LAN]).await;
    insta::assert_snapshot!("no_path", format!("{initiators}\n\n{}", all.join("\n")));
}

#[tokio::test(start_paused = true)]
async fn a_cause_that_says_everything_has_no_diagnosis() {
    let network = Network::new();
    let limits = PhaseLimits::none().with(signaling::Phase::MakeOffer, Duration::from_secs(1));
    let slow = InMemory::new().gathering(Duration::from_secs(9));
    let error = peer(plain(&network), &slow, config().phase_limits(limits)).meet(&room()).await.map(drop).unwrap_err();
    assert_eq!((error.diagnosis(), error.to_string()), (None, error.headline().to_string()));
}
