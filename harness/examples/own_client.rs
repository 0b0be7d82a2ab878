//! A foreign client, as a peer under test: it plays scenarios on the virtual clock, against itself and against the built-in
//! peer. It does what docs/peers.md asks of any client, with requests of its own; its channels are those of a run without WebRTC.
//!
//! ```text
//! cargo run -p harness --example own_client
//! ```

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use harness::peer::{PeerChoice, PeerUnderTest, PeerVisit};
use harness::{Clock, Scenario, Settings};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use signaling::transport::{Channel, Session as _, Transport as _};
use signaling::{AnswerId, IceConfig, RecordName, Role, Sdp};
use tokio::time::{sleep, timeout};

/// Why something failed.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The client.
#[derive(Debug, Default)]
pub struct MyClient {
    /// Whether it has a bug: it polls twice as often as it was told to.
    pub is_hasty: bool,
}

impl PeerUnderTest for MyClient {
    fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()> {
        let pause = visit.config.poll_interval / if self.is_hasty { 2 } else { 1 };
        let mut meeting = Meeting { visit: visit.clone(), pause, token: None, handles: Vec::new(), stored: None };
        Box::pin(async move {
            let met = tokio::select! {
                biased;
                () = visit.told_to_leave() => return meeting.clean_up().await,
                met = timeout(visit.deadline(), meeting.meet()) => met.map_err(Failure::from).flatten(),
            };
            match met {
                Ok((role, channel)) => drop(tokio::join!(visit.stay(role, channel), meeting.clean_up())),
                Err(failure) => {
                    visit.failed(&failure.to_string());
                    meeting.clean_up().await;
                }
            }
        })
    }
}

/// A meeting, and what it has to clean up.
struct Meeting {
    visit: PeerVisit,
    pause: Duration,
    token: Option<String>,
    /// The handles that it has not dropped, as paths. That of a stored record comes first.
    handles: Vec<String>,
    /// The record that it has stored, as a path.
    stored: Option<String>,
}

impl Meeting {
    /// Answers the offer in the room. Where there is none, it stores one, and polls for the answer.
    async fn meet(&mut self) -> Result<(Role, impl Channel + use<>), Failure> {
        let webrtc = self.visit.in_memory().ok_or("this client has no WebRTC of its own")?;
        let app = json!({"name": "My client", "id": "my.client", "version": "1", "vendor": "me"});
        let request = json!({"app": app, "permissions": ["LOW_LEVEL_API"]});
        let answer = expect_ok(self.call(Method::POST, "auth", Some(request)).await?)?;
        self.token = answer["token"].as_str().map(ToOwned::to_owned);

        let (room, ice) = (RecordName::of_room(&self.visit.room), IceConfig::default());
        // Each visit has a seed of its own, so that the id is new.
        let id = format!("{}-{}", self.visit.room, self.visit.config.seed.unwrap_or_default());
        loop {
            let (version, offer) = self.read(&room).await?;
            if let Some(offer) = offer {
                let (session, sdp) = webrtc.answer(&sdp_of(&offer), &ice).await?;
                let name = answer_name(offer["targetId"].as_str().unwrap_or_default())?;
                self.store(&name, 0, "answer", &sdp, &id).await?;
                return Ok((Role::Recipient, session.open().await?));
            }
            let (mut session, sdp) = webrtc.offer(&ice).await?;
            if self.store(&room, version, "offer", &sdp, &id).await.is_err() {
                // Another peer may have been faster: its offer is there at the next look.
                sleep(self.pause).await;
                continue;
            }
            loop {
                sleep(self.pause).await;
                // A poll that fails is made again.
                if let Ok((_, Some(answer))) = self.read(&answer_name(&id)?).await {
                    session.accept(&sdp_of(&answer)).await?;
                    return Ok((Role::Initiator, session.open().await?));
                }
            }
        }
    }

    /// The version that the next content under this name has, and the content that is there now.
    async fn read(&mut self, name: &RecordName) -> Result<(u64, Option<Value>), Failure> {
        let request = json!({"name": name.as_str(), "typeTag": 500});
        let id = expect_ok(self.call(Method::POST, "data-id/structured-data", Some(request)).await?)?;
        self.handles.push(format!("data-id/{}", id["handleId"]));
        let fetched = self.call(Method::GET, &format!("structured-data/handle/{}", id["handleId"]), None).await?;
        let mut found = (0, None);
        if fetched.status() != StatusCode::NOT_FOUND {
            let record = expect_ok(fetched)?;
            self.handles.push(format!("structured-data/handle/{}", record["handleId"]));
            let path = format!("structured-data/{}/undefined", record["handleId"]);
            // A record that was deleted has no content.
            let content = self.call(Method::GET, &path, None).await?;
            let content = content.status().is_success().then(|| serde_json::from_slice(content.body())).transpose()?;
            found = (record["version"].as_u64().unwrap_or_default() + 1, content);
        }
        self.drop_handles().await;
        Ok(found)
    }

    /// Stores a description under a name. The handle is kept, to delete the record with it.
    async fn store(&mut self, name: &RecordName, version: u64, kind: &str, sdp: &Sdp, id: &str) -> Result<(), Failure> {
        let content = json!({"payload": {"type": kind, "sdp": sdp.as_str()}, "targetId": id}).to_string();
        let (name, data) = (name.as_str(), STANDARD.encode(content));
        let request = json!({"name": name, "typeTag": 500, "data": data, "version": version});
        let record = expect_ok(self.call(Method::POST, "structured-data/", Some(request)).await?)?;
        self.handles.push(format!("structured-data/handle/{}", record["handleId"]));
        let path = format!("structured-data/{}", record["handleId"]);
        let stored = self.call(Method::PUT, &path, None).await?;
        if !stored.status().is_success() {
            self.drop_handles().await;
            return Err(format!("the {kind} could not be stored: {}", stored.status()).into());
        }
        self.stored = Some(path);
        Ok(())
    }

    /// Deletes the record that it has stored, and drops all handles.
    async fn clean_up(&mut self) {
        if let Some(path) = self.stored.take() {
            // What cannot be deleted stays.
            let _deleted = self.call(Method::DELETE, &path, None).await;
        }
        self.drop_handles().await;
    }

    /// Drops all handles but that of the stored record.
    async fn drop_handles(&mut self) {
        while self.handles.len() > usize::from(self.stored.is_some()) {
            if let Some(path) = self.handles.last() {
                let _dropped = self.call(Method::DELETE, path, None).await;
            }
            self.handles.pop();
        }
    }

    /// Sends a request through the service of the visit, which records it.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Response<Bytes>, Failure> {
        let url = format!("{}/0.5/{path}", self.visit.launcher_url);
        let mut request = Request::builder().method(method).uri(url).header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        Ok(self.visit.service.call(request.body(body.into())?).await?)
    }
}

fn expect_ok(response: Response<Bytes>) -> Result<Value, Failure> {
    let (head, body) = response.into_parts();
    if head.status.is_success() { Ok(serde_json::from_slice(&body)?) } else { Err(head.status.to_string().into()) }
}

fn answer_name(id: &str) -> Result<RecordName, Failure> {
    Ok(RecordName::of_answer(&AnswerId::new(id)?))
}

fn sdp_of(stored: &Value) -> Sdp {
    Sdp::new(stored["payload"]["sdp"].as_str().unwrap_or_default())
}

/// Scenarios that the client passes, each check of them.
const SCENARIOS: [&str; 8] = [
    "classic",
    "one-launcher",
    "two-accounts",
    "late-recipient",
    "slow-network",
    "two-initiators",
    "used-room",
    "stopped-initiator",
];

/// Plays them.
#[tokio::main]
pub async fn main() -> Result<(), Failure> {
    let mine = || PeerChoice::client(MyClient::default());
    for peers in [vec![mine()], vec![mine(), PeerChoice::Ours], vec![PeerChoice::Ours, mine()]] {
        for name in SCENARIOS {
            let scenario = Scenario::find(name).ok_or("there is no such scenario")?;
            // Strict: what a careful client would not do is a failure too.
            let settings = Settings::default().clock(Clock::Virtual).strict(true).peers(peers.clone());
            let report = harness::run(&scenario, &settings).await?;
            if !report.passed {
                return Err(harness::report::text(&report).into());
            }
            println!("{name} passed with {peers:?}, after {} s of virtual time", report.elapsed_ms / 1e3);
        }
    }
    Ok(())
}
