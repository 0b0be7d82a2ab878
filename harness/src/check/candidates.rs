//! Whether descriptions name the kinds of candidate that the run asks for, and whether its server is used.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::plan::IceMode;
use crate::record::Traffic;

/// What holds if this passes.
pub const PROMISE: &str = "Each offer and answer names the kinds of candidate that the run asks for and no others, and \
                           the run's STUN or TURN server received requests, or relayed all messages that arrived.";

/// The attribute of a session description that names a candidate.
const CANDIDATE: &str = "a=candidate:";

/// Judges by the descriptions that were made and by the traffic of the server.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut made, mut named, mut failures) = (0, 0, Vec::new());
    for (_, visit) in evidence.visits() {
        for (description, sdp, _) in &visit.made {
            let kinds: Vec<&str> = kinds(sdp.as_str()).collect();
            made += 1;
            named += kinds.len();
            if let Some(wanted) = wanted(evidence.ice).filter(|wanted| !kinds.contains(wanted)) {
                failures.push(format!("the {description} of the {} names no {wanted} candidate", visit.who));
            }
            let is_foreign = |kind: &&&str| !allowed(evidence.ice).contains(kind);
            if let Some(kind) = kinds.iter().find(is_foreign) {
                failures.push(format!("the {description} of the {} names a {kind} candidate", visit.who));
            }
        }
    }
    if made == 0 {
        return Verdict::NotChecked("no offer or answer was made".to_owned());
    }
    failures.extend(evidence.served.and_then(|traffic| unused(evidence, traffic)));
    let candidates = counted(named, "candidate");
    Verdict::of(failures, || format!("{candidates} in {}{}", counted(made, "description"), traffic(evidence)))
}

/// The kinds of the candidates in a description, as SDP names them.
fn kinds(sdp: &str) -> impl Iterator<Item = &str> {
    let candidates = sdp.lines().filter(|line| line.starts_with(CANDIDATE));
    candidates.map(|line| line.split_whitespace().skip_while(|word| *word != "typ").nth(1).unwrap_or("nameless"))
}

fn allowed(ice: IceMode) -> &'static [&'static str] {
    match ice {
        IceMode::Direct => &["host"],
        IceMode::Stun => &["host", "srflx"],
        IceMode::Relay => &["relay"],
    }
}

/// The kind that only the run's server can provide.
fn wanted(ice: IceMode) -> Option<&'static str> {
    match ice {
        IceMode::Direct => None,
        IceMode::Stun => Some("srflx"),
        IceMode::Relay => Some("relay"),
    }
}

/// The failure if the run did not use its server.
fn unused(evidence: &Evidence, traffic: Traffic) -> Option<String> {
    match evidence.ice {
        IceMode::Direct => None,
        IceMode::Stun => (traffic.bindings == 0).then(|| "the STUN server received no request".to_owned()),
        IceMode::Relay => {
            let (least, relayed) = (arrived(evidence), traffic.relayed_bytes);
            let missing = || format!("the TURN server relayed {relayed} bytes, but messages of {least} bytes arrived");
            (relayed < least || (relayed == 0 && is_any_connected(evidence))).then(missing)
        }
    }
}

/// How many bytes of messages arrived over all channels.
fn arrived(evidence: &Evidence) -> u64 {
    evidence.visits().flat_map(|(_, visit)| &visit.received).map(|message| message.as_bytes().len() as u64).sum()
}

fn is_any_connected(evidence: &Evidence) -> bool {
    evidence.exchanges().any(|exchange| exchange.is_connected())
}

/// The traffic of the server, if there was one.
fn traffic(evidence: &Evidence) -> String {
    match (evidence.ice, evidence.served) {
        (IceMode::Stun, Some(traffic)) => format!("; the STUN server answered {} requests", traffic.bindings),
        (IceMode::Relay, Some(traffic)) => {
            format!("; the TURN server allocated {} relays and relayed {} bytes", traffic.relays, traffic.relayed_bytes)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::test_run::{Run, failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    /// A good run in which each description names a candidate of each of these kinds.
    fn run_with(kinds: &[&str]) -> Run {
        let mut run = good_run();
        let candidate = |kind: &&str| format!("a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ {kind}\r\n");
        let candidates: String = kinds.iter().map(candidate).collect();
        for peer_index in [PeerIndex::First, PeerIndex::Second] {
            run.change(peer_index, |what| {
                if let EventKind::Made(_, sdp) | EventKind::Applied(_, sdp) = what {
                    *sdp = Sdp::new(format!("{}\r\n{candidates}", sdp.as_str()));
                }
            });
        }
        run
    }

    fn judged(run: &Run, ice: IceMode, served: Option<Traffic>) -> Verdict {
        judge(&Evidence { served, ice, ..run.evidence() })
    }

    const BUSY: Traffic = Traffic { bindings: 4, relays: 2, relayed_bytes: 5_000 };

    #[test]
    fn relay_candidates_pass_and_the_traffic_is_reported() {
        let said = "2 candidates in 2 descriptions; the TURN server allocated 2 relays and relayed 5000 bytes";
        assert_eq!(judged(&run_with(&["relay"]), IceMode::Relay, Some(BUSY)), Verdict::Passed(said.to_owned()));
    }

    #[test]
    fn another_candidate_beside_a_relay_is_found() {
        let verdict = judged(&run_with(&["relay", "host"]), IceMode::Relay, Some(BUSY));
        let said = [
            "the offer of the first peer of pair 1 names a host candidate",
            "the answer of the second peer of pair 1 names a host candidate",
        ];
        assert_eq!(failures(&verdict), said);
    }

    #[test]
    fn a_description_without_the_candidate_of_the_server_is_found() {
        for (ice, wanted, kinds) in [(IceMode::Stun, "srflx", &["host"][..]), (IceMode::Relay, "relay", &[])] {
            let verdict = judged(&run_with(kinds), ice, Some(BUSY));
            let said = [
                format!("the offer of the first peer of pair 1 names no {wanted} candidate"),
                format!("the answer of the second peer of pair 1 names no {wanted} candidate"),
            ];
            assert_eq!(failures(&verdict), said);
        }
    }

    #[test]
    fn a_connection_that_bypasses_the_relay_is_found() {
        let bypassed = Traffic { relayed_bytes: 0, ..BUSY };
        let verdict = judged(&run_with(&["relay"]), IceMode::Relay, Some(bypassed));
        assert_eq!(failures(&verdict), ["the TURN server relayed 0 bytes, but messages of 21 bytes arrived"]);
        let less_than_arrived = Traffic { relayed_bytes: 20, ..BUSY };
        assert!(matches!(judged(&run_with(&["relay"]), IceMode::Relay, Some(less_than_arrived)), Verdict::Failed(_)));
    }

    #[test]
    fn a_stun_server_without_requests_is_found() {
        let verdict = judged(&run_with(&["srflx"]), IceMode::Stun, Some(Traffic::default()));
        assert_eq!(failures(&verdict), ["the STUN server received no request"]);
        assert!(matches!(judged(&run_with(&["host", "srflx"]), IceMode::Stun, Some(BUSY)), Verdict::Passed(_)));
    }

    #[test]
    fn without_a_server_only_host_candidates_are_allowed() {
        assert!(matches!(judged(&run_with(&["host"]), IceMode::Direct, None), Verdict::Passed(_)));
        for kind in ["srflx", "relay"] {
            let verdict = judged(&run_with(&[kind]), IceMode::Direct, None);
            assert_eq!(failures(&verdict).len(), 2, "{kind}: {verdict:?}");
        }
    }
}
