//! That it makes no difference when requests go that do not touch the network: every order of them is tried, and leads to
//! what is found when they go at once. Up to the point where both peers have stored or were refused, and without time as a
//! choice: longer orders are too many to be tried in a test.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cast::AS_THEY_ARE;
use super::execution::Scope;
use super::explore::each_order;
use super::gate::Step;
use super::outcome::Outcome;
use super::request::Deed;
use super::settings::{Launchers, OrderSettings};

/// Which outcomes there are, by the requests that touch the network with their answers; and how many orders were played.
fn outcomes(launchers: Launchers, is_held: fn(Deed) -> bool) -> (BTreeMap<Vec<Step>, BTreeSet<Outcome>>, usize) {
    // Time for one poll, which finds what is stored.
    let setting =
        OrderSettings { launchers, hold: Duration::ZERO, deadline: Duration::from_secs(3), ..OrderSettings::default() };
    let touches = |step: &Step| matches!(step, Step::Requested { asked, .. } if asked.deed.touches_network());
    let mut outcomes = BTreeMap::<_, BTreeSet<_>>::new();
    let mut orders = 0;
    each_order(&setting, AS_THEY_ARE, Scope { is_held, only_joining: true }, |_, played| {
        orders += 1;
        let seen = played.steps.into_iter().filter(touches).collect();
        outcomes.entry(seen).or_default().insert(played.outcome);
    })
    .unwrap();
    (outcomes, orders)
}

/// Whether holding more requests, which makes many times as many orders, leads to the same outcomes.
fn assert_same(launchers: Launchers, is_held: fn(Deed) -> bool, times: usize) {
    let (expected, few) = outcomes(launchers, Deed::touches_network);
    assert!(expected.values().all(|outcomes| outcomes.len() == 1), "the same touches have one outcome");
    let (found, many) = outcomes(launchers, is_held);
    assert!(many >= times * few, "{many} orders, and {few} of touches");
    assert_eq!(found, expected);
}

#[test]
fn every_order_of_all_requests_over_two_launchers_leads_to_what_is_found() {
    assert_same(Launchers::Two, |deed| deed != Deed::Authorise, 100);
}

#[test]
fn every_order_of_all_requests_over_one_launcher_leads_to_what_is_found() {
    assert_same(Launchers::One, |deed| deed != Deed::Authorise, 100);
}

/// In a test of its own, because with all the others there would be 2,620 orders instead of 696.
#[test]
fn it_makes_no_difference_when_a_peer_is_authorised() {
    for launchers in [Launchers::Two, Launchers::One] {
        assert_same(launchers, |deed| deed == Deed::Authorise || deed.touches_network(), 3);
    }
}
