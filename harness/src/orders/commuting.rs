//! It makes no difference when requests that do not touch the network are released: every order of them is tried, and leads
//! to the outcomes that are found when they are released at once. Only up to the point where both peers have stored or were
//! refused, and without time as a choice: longer orders are too many for a test.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::execution::{Scope, UNCHANGED};
use super::explore::each_order;
use super::gate::Step;
use super::outcome::Outcome;
use super::settings::OrderSettings;
use crate::record::RequestKind;
use crate::scenario::Launchers;

/// The outcomes by the requests that touch the network, with their responses; and the number of orders.
fn outcomes(launchers: Launchers, is_held: fn(RequestKind) -> bool) -> (BTreeMap<Vec<Step>, BTreeSet<Outcome>>, usize) {
    // Time for one poll, which finds what is stored.
    let settings =
        OrderSettings { launchers, hold: Duration::ZERO, deadline: Duration::from_secs(3), ..OrderSettings::default() };
    let touches = |step: &Step| matches!(step, Step::Requested { intent, .. } if intent.kind.touches_network());
    let mut outcomes = BTreeMap::<_, BTreeSet<_>>::new();
    let mut orders = 0;
    each_order(&settings, UNCHANGED, Scope { is_held, only_joining: true }, |_, result| {
        orders += 1;
        let seen = result.steps.into_iter().filter(touches).collect();
        outcomes.entry(seen).or_default().insert(result.outcome);
    })
    .unwrap();
    (outcomes, orders)
}

/// Holding more requests makes many times as many orders, and leads to the same outcomes.
fn assert_same(launchers: Launchers, is_held: fn(RequestKind) -> bool, times: usize) {
    let (expected, few) = outcomes(launchers, RequestKind::touches_network);
    assert!(expected.values().all(|outcomes| outcomes.len() == 1), "the same touches have one outcome");
    let (found, many) = outcomes(launchers, is_held);
    assert!(many >= times * few, "{many} orders, and {few} of touches");
    assert_eq!(found, expected);
}

#[test]
fn every_order_of_all_requests_over_two_launchers_leads_to_the_same_outcomes() {
    assert_same(Launchers::TwoForEachPair, |kind| kind != RequestKind::Authorise, 100);
}

#[test]
fn every_order_of_all_requests_over_one_launcher_leads_to_the_same_outcomes() {
    assert_same(Launchers::OneForEachPair, |kind| kind != RequestKind::Authorise, 100);
}

/// In a test of its own, because with all the others there would be 2,620 orders instead of 696.
#[test]
fn it_makes_no_difference_when_a_peer_is_authorised() {
    for launchers in [Launchers::TwoForEachPair, Launchers::OneForEachPair] {
        assert_same(launchers, |kind| kind == RequestKind::Authorise || kind.touches_network(), 3);
    }
}
