//! What another peer's offer or answer says of the data channel and of the way to it.

use std::fmt::Write as _;

use super::candidate::{Candidates, RemoteCandidate};
use super::credentials::IceCredentials;
use super::data_section::DataSection;
use super::error::DescriptionError;
use super::fingerprint::Fingerprint;
use super::layout::Layout;
use super::sections::{MediaSection, Sections};
use super::setup::DtlsRole;
use crate::sdp::Sdp;

/// The limit of messages that the `webrtc` crate is told, in bytes. It takes the smaller of both sides' limits for receiving
/// too, where its own alone should count; the limit for sending is kept by the channel.
const MAX_MESSAGE_BYTES_TOLD: u32 = u32::MAX;

/// Another peer's session description, with all that a data channel needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct RemoteDescription {
    credentials: IceCredentials,
    /// Whether the other peer answers checks and makes none.
    is_lite: bool,
    candidates: Vec<RemoteCandidate>,
    fingerprint: Fingerprint,
    role: DtlsRole,
    sctp_port: u16,
    max_message_bytes: Option<u64>,
}

/// Another peer's offer, and how an answer to it looks.
#[derive(Debug, Clone)]
pub(in super::super) struct RemoteOffer {
    pub(in super::super) description: RemoteDescription,
    pub(in super::super) layout: Layout,
}

impl RemoteOffer {
    /// Reads an offer. Other sections than that of the data channels are described in the layout alone.
    pub(in super::super) fn read(offer: &Sdp) -> Result<Self, DescriptionError> {
        let sections = Sections::read(offer.as_str())?;
        let (channel, data) = data_section(&sections)?;
        let layout = Layout::of(&sections, channel, data.form);
        let description = RemoteDescription::read(&sections, channel, layout.tagged(), data, |setup| {
            Ok(DtlsRole::of_initiator(setup))
        })?;
        Ok(Self { description, layout })
    }
}

impl RemoteDescription {
    /// Reads the answer to `offer`, which has one section. The answer has to have the same.
    pub(in super::super) fn of_answer(answer: &Sdp, offer: &Sdp) -> Result<Self, DescriptionError> {
        let (ours, sections) = (Sections::read(offer.as_str())?, Sections::read(answer.as_str())?);
        let (channel, data) = data_section(&sections)?;
        if sections.media.len() != ours.media.len() {
            return Err(DescriptionError::OtherSections { found: sections.media.len() });
        }
        let mids = (ours.media.first().and_then(MediaSection::mid), sections.media[channel].mid());
        if let (Some(expected), Some(found)) = mids
            && expected != found
        {
            return Err(DescriptionError::OtherMid { expected: expected.to_owned(), found: found.to_owned() });
        }
        Self::read(&sections, channel, channel, data, DtlsRole::of_recipient)
    }

    /// `channel` is the section of the data channels, and `transport` the one that describes the way to it, which is another
    /// one where several sections share it.
    fn read(
        sections: &Sections<'_>,
        channel: usize,
        transport: usize,
        data: DataSection,
        role_of: impl FnOnce(Option<&str>) -> Result<DtlsRole, DescriptionError>,
    ) -> Result<Self, DescriptionError> {
        let (channel, transport) = (&sections.media[channel].lines, &sections.media[transport].lines);
        let places = [transport, &sections.session, channel];
        let setup = places.iter().find_map(|lines| lines.values("setup").next());
        let credentials = IceCredentials::find(&places)?;
        let fingerprint = Fingerprint::find(places.iter().flat_map(|lines| lines.values("fingerprint")))?;
        let with_candidates = [transport, channel].into_iter().find(|lines| lines.values("candidate").next().is_some());
        let candidates = with_candidates.map(|lines| Candidates::read(lines.values("candidate"))).unwrap_or_default();
        if !candidates.can_meet() {
            return Err(DescriptionError::NoCandidate { left_out: candidates.left_out });
        }
        Ok(Self {
            credentials,
            is_lite: sections.session.has("ice-lite"),
            candidates: candidates.usable,
            fingerprint,
            role: role_of(setup)?,
            sctp_port: data.sctp_port,
            max_message_bytes: data.max_message_bytes,
        })
    }

    /// The role of the other peer in DTLS.
    pub(in super::super) fn dtls_role(&self) -> DtlsRole {
        self.role
    }

    /// The largest message that the other peer takes, in bytes. `None` means that there is no limit.
    pub(in super::super) fn max_message_bytes(&self) -> Option<u64> {
        self.max_message_bytes
    }

    /// Whether a candidate of this description can be tried from one of `local`.
    pub(in super::super) fn has_pair_with(&self, local: &Sdp) -> bool {
        let lines = local.as_str().lines().filter_map(|line| line.strip_prefix("a=candidate:"));
        let ours = Candidates::read(lines).usable;
        ours.iter().any(|ours| self.candidates.iter().any(|theirs| theirs.can_pair_with(ours)))
    }

    /// The text for the `webrtc` crate.
    pub(in super::super) fn to_text(&self) -> String {
        let Self { credentials, is_lite, candidates, fingerprint, role, sctp_port, .. } = self;
        let lite = if *is_lite { "a=ice-lite\r\n" } else { "" };
        let mut text = format!(
            "v=0\r\n\
             o=- 0 0 IN IP4 127.0.0.1\r\n\
             s=-\r\n\
             t=0 0\r\n\
             a=group:BUNDLE 0\r\n\
             {lite}\
             m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n\
             c=IN IP4 0.0.0.0\r\n\
             a=mid:0\r\n\
             a=sctp-port:{sctp_port}\r\n\
             a=max-message-size:{MAX_MESSAGE_BYTES_TOLD}\r\n\
             a=setup:{}\r\n\
             a=ice-ufrag:{}\r\n\
             a=ice-pwd:{}\r\n\
             a=fingerprint:{fingerprint}\r\n",
            role.as_str(),
            credentials.fragment,
            credentials.password,
        );
        for candidate in candidates {
            // Writing to a `String` does not fail.
            let _written = write!(text, "a=candidate:{candidate}\r\n");
        }
        text
    }
}

/// The first section of data channels that the other peer uses, and its place among all sections.
fn data_section(sections: &Sections<'_>) -> Result<(usize, DataSection), DescriptionError> {
    let mut is_rejected = false;
    for (n, section) in sections.media.iter().enumerate() {
        match DataSection::read(section) {
            Ok(None) => {}
            _ if section.is_rejected() => is_rejected = true,
            Ok(Some(data)) => return Ok((n, data)),
            Err(error) => return Err(error),
        }
    }
    if is_rejected {
        return Err(DescriptionError::DataChannelRejected);
    }
    let mut found = Vec::<String>::new();
    for section in &sections.media {
        if !found.iter().any(|media| media == section.name.media) {
            found.push(section.name.media.to_owned());
        }
    }
    Err(DescriptionError::NoDataChannel { found })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::error::CandidateError;
    use super::super::samples::{CANDIDATE, DATA, SESSION, of_2016, offer, with_media};
    use super::*;

    fn read(offer: impl Into<String>) -> Result<RemoteDescription, DescriptionError> {
        RemoteOffer::read(&Sdp::new(offer)).map(|read| read.description)
    }

    fn answered(answer: impl Into<String>) -> Result<RemoteDescription, DescriptionError> {
        RemoteDescription::of_answer(&Sdp::new(answer), &Sdp::new(offer()))
    }

    #[test]
    fn what_the_crate_is_told_is_read_as_the_same() {
        for text in [offer(), with_media(), of_2016(), offer().replace("t=0 0", "t=0 0\r\na=ice-lite")] {
            let description = read(text).unwrap();
            let again = RemoteDescription { max_message_bytes: Some(u32::MAX.into()), ..description.clone() };
            assert_eq!(read(description.to_text()), Ok(again));
        }
    }

    #[test]
    fn the_way_to_a_data_channel_that_shares_it_is_in_the_first_section_of_the_group() {
        let text = read(with_media()).unwrap().to_text();
        assert!(text.contains("ice-ufrag:of-a\r\n") && text.contains(" 40001 typ host"), "{text}");
        assert!(text.contains("sha-256 0A:0A:"), "{text}");
        assert_eq!(text.matches("m=").count(), 1);
    }

    #[test]
    fn the_way_to_a_data_channel_of_its_own_is_in_its_own_section() {
        let alone = [
            with_media().replace("BUNDLE a v 0", "BUNDLE a v"),
            with_media().replace("a=group:BUNDLE a v 0\r\n", ""),
            with_media().replace("BUNDLE a v 0", "LS a v 0"),
            // The sections before it in the group are rejected.
            with_media().replace("m=audio 9", "m=audio 0").replace("m=video 9", "m=video 0"),
        ];
        for offer in alone {
            let text = read(offer.clone()).unwrap().to_text();
            assert!(text.contains("ice-ufrag:9Y7v\r\n") && text.contains(" 40000 typ host"), "{offer}");
        }
    }

    #[test]
    fn a_data_channel_that_waits_for_its_group_is_used() {
        let waiting =
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\na=bundle-only\r\na=sctp-port:5001\r\n";
        let text = read(with_media().replace(DATA, waiting).replace(CANDIDATE, "")).unwrap().to_text();
        assert!(text.contains("ice-ufrag:of-a\r\n") && text.contains("a=sctp-port:5001\r\n"), "{text}");
    }

    #[test]
    fn an_offer_without_a_data_channel_is_refused() {
        let without = with_media().replace("m=application", "m=text");
        let none =
            |found: &[&str]| DescriptionError::NoDataChannel { found: found.iter().map(ToString::to_string).collect() };
        assert_eq!(read(without), Err(none(&["audio", "video", "text"])));
        assert_eq!(read(SESSION), Err(none(&[])));
        for rejected in [offer(), of_2016(), with_media()] {
            let rejected = rejected.replace("m=application 9", "m=application 0");
            assert_eq!(read(rejected), Err(DescriptionError::DataChannelRejected));
        }
    }

    #[test]
    fn of_two_data_channel_sections_the_one_that_is_used_counts() {
        let rejected = DATA.replace("m=application 9", "m=application 0").replace("a=mid:0", "a=mid:1");
        let used = [&offer().replace("BUNDLE 0", "BUNDLE 1 0"), rejected.as_str()].concat();
        assert!(read(used).is_ok());
        let used = [SESSION, &rejected, DATA, CANDIDATE].concat();
        assert!(read(used).is_ok());
    }

    #[test]
    fn candidates_that_cannot_be_used_are_left_out_and_without_others_the_offer_is_refused() {
        let unusable = "a=candidate:\r\na=candidate:1 1 udp 1 999.1.1.1 9 typ host\r\n\
                        a=candidate:1 1 udp 1 0.0.0.0 0 typ host\r\na=candidate:1 1 udp 1 example.org 9 typ host\r\n";
        let text = read([&offer(), unusable].concat()).unwrap().to_text();
        assert_eq!(text.matches("a=candidate:").count(), 1, "{text}");
        let refused = read([SESSION, DATA, unusable].concat());
        let left_out =
            [CandidateError::TooShort, CandidateError::NoAddress, CandidateError::Port, CandidateError::NoAddress];
        assert_eq!(refused, Err(DescriptionError::NoCandidate { left_out: left_out.to_vec() }));
        assert_eq!(read([SESSION, DATA].concat()), Err(DescriptionError::NoCandidate { left_out: vec![] }));
    }

    #[test]
    fn candidates_of_different_ip_versions_and_hidden_ones_make_no_pair() {
        let has_pair =
            |theirs: &str| read(offer().replace("127.0.0.1 40000", theirs)).unwrap().has_pair_with(&Sdp::new(offer()));
        assert!(has_pair("192.0.2.7 9"));
        assert!(!has_pair("2001:db8::7 9"));
        assert!(!has_pair("0a1b2c.local 9"));
        assert!(!read(offer()).unwrap().has_pair_with(&Sdp::new([SESSION, DATA].concat())));
    }

    #[test]
    fn attributes_of_the_way_may_be_those_of_the_whole_session() {
        let shared = "a=fingerprint:SHA-256 ";
        let line = DATA.lines().find(|line| line.starts_with("a=fingerprint")).unwrap();
        let data = DATA.replace(&format!("{line}\r\n"), "").replace("a=setup:actpass\r\n", "");
        let session = [SESSION, &line.replace("a=fingerprint:sha-256 ", shared), "\r\na=setup:active\r\n"].concat();
        let description = read([&session, data.as_str(), CANDIDATE].concat()).unwrap();
        assert_eq!(description.dtls_role(), DtlsRole::Client);
    }

    #[test]
    fn an_answer_has_the_sections_of_the_offer() {
        assert!(answered(offer().replace("actpass", "active")).is_ok());
        assert!(answered(offer().replace("a=mid:0\r\n", "")).is_ok());
        assert_eq!(answered(with_media()), Err(DescriptionError::OtherSections { found: 3 }));
        assert_eq!(answered(offer() + DATA), Err(DescriptionError::OtherSections { found: 2 }));
        let (expected, found) = ("0".to_owned(), "data".to_owned());
        assert_eq!(answered(of_2016()), Err(DescriptionError::OtherMid { expected, found }));
        let rejected = offer().replace("m=application 9", "m=application 0");
        assert_eq!(answered(rejected), Err(DescriptionError::DataChannelRejected));
        assert_eq!(answered(offer().replace("actpass", "holdconn")), Err(DescriptionError::HeldBack));
        let found = vec!["audio".to_owned()];
        assert_eq!(
            answered(offer().replace("m=application", "m=audio")),
            Err(DescriptionError::NoDataChannel { found })
        );
    }

    const PIECES: [&str; 10] =
        ["m=", "a=candidate:", "a=mid:", "\r\n", "0", " ", "a=group:BUNDLE ", "\u{0}", "ä", "18446744073709551616"];

    /// A description with a piece cut out and another put in.
    fn damaged() -> impl Strategy<Value = String> {
        let piece = prop_oneof![any::<String>(), prop::sample::select(&PIECES[..]).prop_map(String::from)];
        let cuts = prop::collection::vec((any::<prop::sample::Index>(), 0usize..80, piece), 0..6);
        (prop::sample::select(vec![offer(), with_media(), of_2016()]), cuts).prop_map(|(mut text, cuts)| {
            for (at, length, piece) in cuts {
                let boundary =
                    |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
                let start = boundary(at.index(text.len() + 1));
                let end = boundary(start + length).max(start);
                text.replace_range(start..end, &piece);
            }
            text
        })
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_becomes_a_text_that_is_read_as_the_same(text in prop_oneof![any::<String>(), damaged()]) {
            if let Ok(read) = RemoteOffer::read(&Sdp::new(text.clone())) {
                let told = read.description.to_text();
                let again = RemoteOffer::read(&Sdp::new(told.clone())).map(|again| again.description);
                let expected = RemoteDescription { max_message_bytes: Some(u32::MAX.into()), ..read.description };
                // Without candidates the addresses are hidden, and the text does not say that.
                if told.contains("a=candidate:") {
                    prop_assert_eq!(again, Ok(expected));
                }
                let answer = read.layout.complete(&Sdp::new(offer())).unwrap();
                prop_assert_eq!(Sections::read(answer.as_str()).unwrap().media.len(), Sections::read(&text).unwrap().media.len());
            }
            let _ = answered(text);
        }
    }
}
