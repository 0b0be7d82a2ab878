//! Mutations of a launcher or of a peer that show in some orders only. Each must be found, and the order that is reported
//! for it must lead there again.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode};
use signaling::launcher::{HttpError, HttpService};
use signaling::{Role, RoomName};

use super::error::ExploreError;
use super::execution::{Behaviour, UNCHANGED, WHOLE};
use super::exploration::Exploration;
use super::explore::{every_order, one_order};
use super::our_peer::{Ended, RecordedPeer, reason};
use super::outcome::{Breach, Outcome};
use super::schedule::PEERS;
use super::settings::OrderSettings;
use crate::peer::mutate;
use crate::record::RequestKind;
use crate::scenario::Mutation;
use crate::trace::End;

/// No peer waits for time while a request is held: that makes fewer orders.
fn settings() -> OrderSettings {
    OrderSettings { hold: Duration::ZERO, ..OrderSettings::default() }
}

/// Every order with this behaviour. Each example has to lead to its outcome again.
fn explored(behaviour: Behaviour) -> Exploration {
    let settings = settings();
    let exploration = every_order(&settings, behaviour, WHOLE).unwrap();
    for (outcome, found) in &exploration.outcomes {
        let replayed = one_order(&settings, behaviour, &found.example).unwrap();
        assert_eq!((&replayed.outcome, &replayed.steps), (outcome, &found.steps), "{}", found.example);
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

/// A launcher that stores an answer, and never acknowledges it.
struct SilentAtAnswers {
    launcher: Arc<dyn HttpService>,
    found_offer: Arc<AtomicBool>,
}

impl HttpService for SilentAtAnswers {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let kind = RequestKind::of(&request);
        let (found_offer, response) = (Arc::clone(&self.found_offer), self.launcher.call(request));
        Box::pin(async move {
            let response = response.await?;
            if kind == RequestKind::StoreRecord && found_offer.load(Ordering::Relaxed) {
                return pending().await;
            }
            if kind == RequestKind::FetchRecord && response.status() == StatusCode::OK {
                found_offer.store(true, Ordering::Relaxed);
            }
            Ok(response)
        })
    }
}

#[test]
fn a_launcher_that_never_acknowledges_an_answer_leaves_a_channel_open_at_one_peer() {
    let launcher =
        |_, launcher| -> Arc<dyn HttpService> { Arc::new(SilentAtAnswers { launcher, found_offer: Arc::default() }) };
    let exploration = explored(Behaviour { launcher, ..UNCHANGED });
    let unchanged = every_order(&settings(), UNCHANGED, WHOLE).unwrap();
    let one_sided = orders(&exploration, breaks(Breach::OneSided(1)));
    assert_eq!(one_sided, unchanged.exactly_one_session().schedules, "in those orders in which they met before");
    assert!(one_sided > 0 && !exploration.passed() && unchanged.passed());
}

/// Meets the other peer twice, in two rooms, and keeps both connections.
async fn meet_again(peer: RecordedPeer, room: RoomName) -> Ended {
    let another = RoomName::new(format!("{room}-again")).unwrap();
    match (peer.meet(&room).await, peer.meet(&another).await) {
        (Ok(first), Ok(second)) => {
            let role = second.role();
            (vec![first, second], Ok(role))
        }
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => {
            let role = only.role();
            (vec![only], Ok(role))
        }
        (Err(error), Err(_)) => (Vec::new(), Err(reason(&error))),
    }
}

#[test]
fn peers_that_meet_again_though_they_have_met_have_two_sessions() {
    let exploration = explored(Behaviour { peer: |peer, room| Box::pin(meet_again(peer, room)), ..UNCHANGED });
    let two = orders(&exploration, |outcome| outcome.sessions == 2);
    assert!(two > 0);
    assert_eq!(orders(&exploration, breaks(Breach::Sessions(2))), two);
    assert!(!exploration.at_most_one_session() && !exploration.passed());
}

#[test]
fn a_launcher_that_hides_a_refusal_makes_both_peers_wait_in_the_orders_in_which_it_refuses() {
    let launcher = |_, launcher| mutate(Mutation::AcknowledgesConflicts, launcher);
    let exploration = explored(Behaviour { launcher, ..UNCHANGED });
    let deadline_passed = |end: &Option<End>| matches!(end, Some(End::Failed(why)) if why.contains("deadline"));
    let both_wait = orders(&exploration, |outcome| outcome.peers.iter().all(|peer| deadline_passed(&peer.end)));
    let one_session = exploration.exactly_one_session().schedules;
    assert!(both_wait > 0 && one_session > 0, "{both_wait} and {one_session}");
    assert_eq!(both_wait + one_session, exploration.schedules);
    let lost_write = orders(&exploration, |outcome| outcome.breaches() == [Breach::Check("history")]);
    assert_eq!(
        lost_write, both_wait,
        "the history shows the acknowledged write that is lost, and nothing else is broken"
    );
}

/// Meets the other peer, and never ends.
async fn meet_and_never_end(peer: RecordedPeer, room: RoomName) -> Ended {
    let _met = peer.meet(&room).await;
    pending().await
}

#[test]
fn a_peer_that_goes_on_after_its_deadline_is_overdue_in_every_order() {
    let exploration = explored(Behaviour { peer: |peer, room| Box::pin(meet_and_never_end(peer, room)), ..UNCHANGED });
    for peer_index in PEERS {
        assert_eq!(orders(&exploration, breaks(Breach::Overdue(peer_index))), exploration.schedules);
    }
}

/// How many peers have joined so far that join in the first execution only.
static JOINED: AtomicUsize = AtomicUsize::new(0);

/// Joins the room in the first execution only.
async fn join_once(peer: RecordedPeer, room: RoomName) -> Ended {
    if JOINED.fetch_add(1, Ordering::Relaxed) < PEERS.len() {
        return (UNCHANGED.peer)(peer, room).await;
    }
    (Vec::new(), Ok(Role::Initiator))
}

#[test]
fn an_execution_that_is_another_the_second_time_is_an_error_and_no_result() {
    let behaviour = Behaviour { peer: |peer, room| Box::pin(join_once(peer, room)), ..UNCHANGED };
    let explored = every_order(&settings(), behaviour, WHOLE);
    assert!(matches!(explored, Err(ExploreError::NotRepeatable { .. })), "{explored:?}");
}
