//! The offers and answers that the journal tells are those that the `signaling` crate reads.

use proptest::prelude::*;
use safe_mock::{JournalPayload, PayloadType};
use signaling::{Answer, AnswerId, Identity, Offer, RoomName, Sdp, SdpHash};
use suite::call::name;
use tokio::runtime::Runtime;

use super::play::App;

/// A launcher to which content is sent.
struct Stage {
    runtime: Runtime,
    app: App,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let app = runtime.block_on(App::alone());
        Self { runtime, app }
    }

    fn told(&self, content: &[u8]) -> Option<JournalPayload> {
        self.runtime.block_on(self.app.draft(&name("record"), content));
        self.app.last().payload.map(|payload| *payload)
    }
}

/// Text that is, or nearly is, what peers store.
fn content() -> impl Strategy<Value = String> {
    let sdp = prop_oneof![Just(String::new()), ".{1,60}"];
    let written = (prop::sample::select(vec!["offer", "answer", "other"]), sdp, "[ -ÿ]{0,30}", ".{0,20}").prop_map(
        |(kind, sdp, id, hash)| {
            let payload = serde_json::json!({"type": kind, "sdp": sdp});
            serde_json::json!({"payload": payload, "targetId": id, "offerHash": hash}).to_string()
        },
    );
    // One character taken out, or doubled.
    let damaged = (written.clone(), any::<prop::sample::Index>(), any::<bool>()).prop_map(|(text, index, double)| {
        let mut characters: Vec<char> = text.chars().collect();
        let index = index.index(characters.len());
        let character = characters.remove(index);
        if double {
            characters.splice(index..index, [character, character]);
        }
        characters.into_iter().collect()
    });
    prop_oneof![2 => written, 1 => damaged]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_signaling_reads_is_told_and_with_the_same_hash(contents in prop::collection::vec(content(), 20)) {
        let stage = Stage::new();
        for content in contents {
            let told = stage.told(content.as_bytes());
            if let Ok(offer) = Offer::from_json(content.as_bytes()) {
                let told = told.unwrap();
                assert_eq!((told.kind, told.answer_id.as_str()), (PayloadType::Offer, offer.answer_id.as_str()));
                assert_eq!((told.sdp_hash.as_str(), told.offer_hash), (offer.hash().as_str(), None));
            } else if let Ok(answer) = Answer::from_json(content.as_bytes()) {
                let told = told.unwrap();
                assert_eq!((told.kind, told.answer_id.as_str()), (PayloadType::Answer, answer.answer_id.as_str()));
                assert_eq!(told.sdp_hash, answer.sdp.hash().as_str());
                assert_eq!(told.offer_hash.as_deref(), answer.offer_hash.as_ref().map(SdpHash::as_str));
            } else if let Some(told) = told {
                // Of names the journal expects no more than that there is one.
                assert!(AnswerId::new(told.answer_id.clone()).is_err(), "{content}");
            }
        }
    }

    #[test]
    fn what_an_offer_says_of_its_initiator_is_told(
        times in prop::array::uniform3(prop::option::of(0..1_u64 << 53)),
        name in prop::option::of("[a-z]{1,20}"),
    ) {
        let millis = |time: Option<u64>| time.map(std::time::Duration::from_millis);
        let mut offer = Offer::new(Sdp::new("v=0"), AnswerId::new("room1-0.84").unwrap());
        [offer.made_at, offer.waits_for, offer.looks_every] = times.map(millis);
        offer.identity = name.map(|name| Identity::of(&RoomName::new("room1").unwrap(), &name));
        let told = Stage::new().told(offer.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!([told.made_at_ms, told.waits_ms, told.looks_every_ms], times);
    }
}
