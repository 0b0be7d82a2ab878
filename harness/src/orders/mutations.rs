//! Bugs planted in a launcher or in a peer that show in some orders only. Each must be found, and the order that is given
//! for it must lead there again.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, Response, StatusCode};
use signaling::RoomName;
use signaling::launcher::{HttpError, HttpService};

use super::cast::{AS_THEY_ARE, CameTo, Cast, WatchedPeer};
use super::error::ExploreError;
use super::execution::WHOLE;
use super::exploration::Exploration;
use super::explore::{every_order, one_order};
use super::outcome::{Breach, Ending, Outcome};
use super::schedule::Side;
use super::settings::OrderSettings;

fn setting() -> OrderSettings {
    OrderSettings { hold: Duration::ZERO, ..OrderSettings::default() }
}

type Answer = Result<Response<Bytes>, HttpError>;

/// Every order with this cast, where no peer waits for time while a request is held: that makes fewer. That each example
/// leads to its outcome again is seen to.
fn explored(cast: Cast) -> Exploration {
    let setting = setting();
    let exploration = every_order(&setting, cast, WHOLE).unwrap();
    for (outcome, found) in &exploration.outcomes {
        let played = one_order(&setting, cast, &found.example).unwrap();
        assert_eq!((&played.outcome, &played.steps), (outcome, &found.steps), "{}", found.example);
    }
    exploration
}

/// In how many orders the outcome is such.
fn orders(exploration: &Exploration, is_such: impl Fn(&Outcome) -> bool) -> usize {
    exploration.outcomes.iter().filter(|(outcome, _)| is_such(outcome)).map(|(_, found)| found.schedules).sum()
}

fn breaks(breach: Breach) -> impl Fn(&Outcome) -> bool {
    move |outcome| outcome.breaches().contains(&breach)
}

/// A launcher that stores what a peer answers, and never says so.
struct SilentAtAnswers {
    launcher: Arc<dyn HttpService>,
    found_offer: Arc<AtomicBool>,
}

impl HttpService for SilentAtAnswers {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Answer> {
        let is_fetch = request.method() == Method::GET && request.uri().path().contains("/structured-data/handle/");
        let is_store = request.method() == Method::PUT;
        let (found_offer, answer) = (Arc::clone(&self.found_offer), self.launcher.call(request));
        Box::pin(async move {
            let answer = answer.await?;
            if is_store && found_offer.load(Ordering::Relaxed) {
                return pending().await;
            }
            if is_fetch && answer.status() == StatusCode::OK {
                found_offer.store(true, Ordering::Relaxed);
            }
            Ok(answer)
        })
    }
}

#[test]
fn a_launcher_that_never_acknowledges_an_answer_leaves_a_channel_open_on_one_side() {
    let service =
        |_, launcher| -> Arc<dyn HttpService> { Arc::new(SilentAtAnswers { launcher, found_offer: Arc::default() }) };
    let exploration = explored(Cast { service, ..AS_THEY_ARE });
    let well = every_order(&setting(), AS_THEY_ARE, WHOLE).unwrap();
    let one_sided = orders(&exploration, breaks(Breach::OneSided(1)));
    assert_eq!(one_sided, well.exactly_one_session().schedules, "in those orders in which they met before");
    assert!(one_sided > 0 && !exploration.passed() && well.passed());
}

/// Meets the other peer twice, in two rooms, and holds on to both connections.
async fn meet_again(peer: WatchedPeer, room: RoomName) -> CameTo {
    let another = RoomName::new(format!("{room}-again")).unwrap();
    match (peer.meet(&room).await, peer.meet(&another).await) {
        (Ok(first), Ok(second)) => (vec![first, second], Ending::Met),
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => (vec![only], Ending::Met),
        (Err(error), Err(_)) => (Vec::new(), Ending::failed(&error)),
    }
}

#[test]
fn peers_that_meet_again_though_they_have_met_have_two_sessions() {
    let exploration = explored(Cast { act: |peer, room| Box::pin(meet_again(peer, room)), ..AS_THEY_ARE });
    let two = orders(&exploration, |outcome| outcome.sessions == 2);
    assert!(two > 0);
    assert_eq!(orders(&exploration, breaks(Breach::Sessions(2))), two);
    assert!(!exploration.at_most_one_session() && !exploration.passed());
}

/// A launcher that says of everything that is to be stored that it is.
pub(super) struct Flatterer(pub(super) Arc<dyn HttpService>);

impl HttpService for Flatterer {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Answer> {
        let is_store = request.method() == Method::PUT;
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(if is_store { Response::new(Bytes::from_static(b"OK")) } else { answer })
        })
    }
}

#[test]
fn a_launcher_that_hides_a_refusal_makes_both_peers_wait_in_the_orders_in_which_it_refuses() {
    let exploration = explored(Cast { service: |_, launcher| Arc::new(Flatterer(launcher)), ..AS_THEY_ARE });
    let deadline_passed =
        |ending: &Ending| matches!(ending, Ending::Failed { cause, .. } if cause.contains("deadline"));
    let both_wait = orders(&exploration, |outcome| outcome.fates.iter().all(|fate| deadline_passed(&fate.ending)));
    let one_session = exploration.exactly_one_session().schedules;
    assert!(both_wait > 0 && one_session > 0, "{both_wait} and {one_session}");
    assert_eq!(both_wait + one_session, exploration.schedules);
    assert!(exploration.passed(), "no promise is broken by that");
}

/// Meets the other peer, and never comes to an end.
async fn meet_for_ever(peer: WatchedPeer, room: RoomName) -> CameTo {
    let _met = peer.meet(&room).await;
    pending().await
}

#[test]
fn a_peer_that_goes_on_after_its_deadline_is_overdue_in_every_order() {
    let exploration = explored(Cast { act: |peer, room| Box::pin(meet_for_ever(peer, room)), ..AS_THEY_ARE });
    for side in Side::BOTH {
        assert_eq!(orders(&exploration, breaks(Breach::Overdue(side))), exploration.schedules);
    }
}

/// How many peers have come so far that come once.
static CAME: AtomicUsize = AtomicUsize::new(0);

/// Comes to the room in the first play only.
async fn come_once(peer: WatchedPeer, room: RoomName) -> CameTo {
    if CAME.fetch_add(1, Ordering::Relaxed) < Side::BOTH.len() {
        return (AS_THEY_ARE.act)(peer, room).await;
    }
    (Vec::new(), Ending::Met)
}

#[test]
fn a_play_that_is_another_the_second_time_is_an_error_and_no_result() {
    let cast = Cast { act: |peer, room| Box::pin(come_once(peer, room)), ..AS_THEY_ARE };
    let explored = every_order(&setting(), cast, WHOLE);
    assert!(matches!(explored, Err(ExploreError::NotRepeatable { .. })), "{explored:?}");
}
