//! The environment of a peer program (docs/peers.md).

use serde::Serialize;
use signaling::{IceConfig, Message};

use crate::peer::PeerVisit;
use crate::scenario::{PeerIndex, millis};

/// The version of the contract.
const CONTRACT: &str = "1";

/// The variables that a program is given for a visit. Its launcher is reached at this URL.
pub(super) fn of_visit(visit: &PeerVisit, launcher_url: &str) -> Vec<(&'static str, String)> {
    let text = match &visit.message {
        Message::Text(text) => text.clone(),
        // Visits send texts.
        Message::Binary(_) => String::new(),
    };
    vec![
        ("SIGNALING_CONTRACT", CONTRACT.to_owned()),
        ("SAFE_LAUNCHER_URL", launcher_url.to_owned()),
        ("SIGNALING_ROOM", visit.room.to_string()),
        ("SIGNALING_POLL_INTERVAL_MS", millis(visit.config.poll_interval).to_string()),
        ("SIGNALING_DEADLINE_MS", millis(visit.config.deadline).to_string()),
        ("SIGNALING_ICE_SERVERS", ice_servers(&visit.config.ice)),
        ("SIGNALING_SEND", text),
        ("SIGNALING_PEER", word(visit.peer_index).to_owned()),
    ]
}

fn word(peer_index: PeerIndex) -> &'static str {
    match peer_index {
        PeerIndex::First => "first",
        PeerIndex::Second => "second",
        PeerIndex::Third => "third",
    }
}

/// The form of browsers.
fn ice_servers(config: &IceConfig) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Browser<'a> {
        ice_servers: Vec<Server<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ice_transport_policy: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct Server<'a> {
        urls: &'a [String],
        #[serde(skip_serializing_if = "str::is_empty")]
        username: &'a str,
        #[serde(skip_serializing_if = "str::is_empty")]
        credential: &'a str,
    }
    let servers = config.servers.iter().map(|server| Server {
        urls: &server.urls,
        username: &server.username,
        credential: &server.credential,
    });
    let browser =
        Browser { ice_servers: servers.collect(), ice_transport_policy: config.relay_only.then_some("relay") };
    // Texts and lists are always JSON.
    serde_json::to_string(&browser).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use signaling::IceServer;

    use super::*;

    #[test]
    fn ice_servers_are_read_again_as_they_were() {
        let turn = IceServer::new("turn:127.0.0.1:3478?transport=udp").credentials("user", "word");
        for config in [IceConfig::default(), IceConfig::default().servers([turn]).relay_only(true)] {
            assert_eq!(IceConfig::from_json(&ice_servers(&config)).unwrap(), config);
        }
        assert_eq!(ice_servers(&IceConfig::default()), r#"{"iceServers":[]}"#);
    }
}
