//! Which checks judge a step.

use crate::record::{Call, Description, EventKind, RequestKind};

/// The names of the checks that judge an event. `is_poll` says whether it is part of a poll.
pub(super) fn checks_of(event: &EventKind, is_poll: bool) -> &'static [&'static str] {
    match event {
        EventKind::Called(_) if is_poll => {
            &["poll_timing", "economics", "hot_polling", "detection", "history", "handles"]
        }
        EventKind::Called(call) => checks_of_request(call),
        EventKind::Made(Description::Offer, _) => &["roles", "round_trips"],
        EventKind::Made(Description::Answer, _) => &["roles", "round_trips", "one_session"],
        EventKind::Applied(..) => &["round_trips", "own_answer", "one_session"],
        EventKind::Opened => &["channels", "one_session"],
        EventKind::Sent(_) | EventKind::Received(_) => &["channels"],
        EventKind::Met(_) => &["outcomes", "roles"],
        EventKind::Failed(_) | EventKind::StillWaiting(_) | EventKind::StayedAway(_) => &["outcomes", "ends"],
        EventKind::Closed | EventKind::OtherClosed => &["channels", "ends"],
        EventKind::Misbehaved(_) => &["contract"],
        _ => &[],
    }
}

fn checks_of_request(call: &Call) -> &'static [&'static str] {
    match call.kind {
        RequestKind::StoreRecord | RequestKind::UpdateRecord | RequestKind::DeleteRecord => &["history", "records"],
        RequestKind::FetchRecord | RequestKind::ReadRecord => &["history", "round_trips"],
        RequestKind::DropDataId | RequestKind::DropRecord | RequestKind::NameRecord | RequestKind::CreateRecord => {
            &["handles"]
        }
        RequestKind::ChangeRecord => &["records"],
        RequestKind::Authorise | RequestKind::Other => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    #[test]
    fn every_check_that_is_named_exists() {
        let all =
            [RequestKind::StoreRecord, RequestKind::FetchRecord, RequestKind::DropRecord, RequestKind::ChangeRecord];
        let calls = all.map(|kind| EventKind::Called(Call { kind, ..Call::default() }));
        let others = [
            EventKind::Opened,
            EventKind::Closed,
            EventKind::Misbehaved(String::new()),
            EventKind::Failed(String::new()),
        ];
        for event in calls.into_iter().chain(others) {
            for name in checks_of(&event, false).iter().chain(checks_of(&event, true)) {
                assert!(CHECKS.iter().any(|check| check.name == *name), "{name}");
            }
        }
    }
}
