//! The sections of an answer. It has those of the offer, in the same order (RFC 3264 §6).

use super::data_section::Form;
use super::error::DescriptionError;
use super::media_line::MediaLine;
use super::sections::{Lines, MediaSection, Sections};
use crate::sdp::Sdp;

/// The port of a section that is used. The real one is in the candidates.
const PORT: u16 = 9;

/// The port of SCTP on this side.
const SCTP_PORT: &str = "5000";

/// What an answer repeats of a section that this peer does not use.
const REPEATED: [&str; 4] = ["a=rtpmap:", "a=fmtp:", "a=rtcp-mux", "a=rtcp-rsize"];

/// What an answer says of the way to this peer, in each section that shares it.
const SHARED: [&str; 4] = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"];

/// How the answer to an offer looks.
///
/// Media are not used here. A section that shares the transport of the data channel stays, inactive: that transport may be the
/// one that the offer describes in it. Every other section is rejected.
#[derive(Debug, Clone)]
pub(in super::super) struct Layout {
    sections: Vec<Section>,
    /// The mids of the sections that share the transport. Empty where the data channel has a transport of its own.
    bundle: Vec<String>,
    /// The section that describes the transport.
    tagged: usize,
}

#[derive(Debug, Clone)]
struct Section {
    first_line: String,
    mid: Option<String>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    DataChannel(Form),
    /// With the lines to repeat.
    Inactive(Vec<String>),
    Rejected(Vec<String>),
}

impl Layout {
    /// The layout of the answer to an offer whose section `channel` is that of the data channels.
    pub(super) fn of(offer: &Sections<'_>, channel: usize, form: Form) -> Self {
        let bundle: Vec<usize> = offer.media[channel].mid().map(|mid| bundled_with(offer, mid)).unwrap_or_default();
        let sections = offer.media.iter().enumerate().map(|(n, section)| {
            if n == channel {
                return Section::data_channel(section, form);
            }
            Section::unused(section, bundle.contains(&n))
        });
        let mids = bundle.iter().filter_map(|n| offer.media[*n].mid()).map(ToOwned::to_owned);
        Self {
            sections: sections.collect(),
            bundle: mids.collect(),
            tagged: bundle.first().copied().unwrap_or(channel),
        }
    }

    /// The section that describes the transport of the data channel.
    pub(super) fn tagged(&self) -> usize {
        self.tagged
    }

    /// Puts the sections of the offer into an answer that has that of the data channel alone.
    pub(in super::super) fn complete(&self, answer: &Sdp) -> Result<Sdp, DescriptionError> {
        let answer = Sections::read(answer.as_str())?;
        let ours = answer.media.first().ok_or(DescriptionError::NoDataChannel { found: vec![] })?;
        let mut lines = vec!["v=0".to_owned()];
        lines.extend(answer.session.0.iter().filter(|line| !line.starts_with("a=group:")).map(ToString::to_string));
        if !self.bundle.is_empty() {
            lines.push(format!("a=group:BUNDLE {}", self.bundle.join(" ")));
        }
        for (n, section) in self.sections.iter().enumerate() {
            section.write(&ours.lines, n == self.tagged, &mut lines);
        }
        Ok(Sdp::new(lines.join("\r\n") + "\r\n"))
    }
}

/// The sections that the offer puts into one group with the section `mid`, in the order of the group.
fn bundled_with(offer: &Sections<'_>, mid: &str) -> Vec<usize> {
    let Some(group) = offer.bundles().find(|group| group.contains(&mid)) else { return Vec::new() };
    let mut bundle = Vec::new();
    for mid in group {
        let of_that_name = |section: &MediaSection<'_>| section.mid() == Some(mid) && !section.is_rejected();
        match offer.media.iter().position(of_that_name) {
            Some(n) if !bundle.contains(&n) => bundle.push(n),
            _ => {}
        }
    }
    bundle
}

impl Section {
    fn data_channel(section: &MediaSection<'_>, form: Form) -> Self {
        let mut name = MediaLine { port: PORT, ..section.name.clone() };
        if form == Form::Old {
            name.formats = vec![SCTP_PORT];
        }
        Self {
            first_line: name.to_string(),
            mid: section.mid().map(ToOwned::to_owned),
            content: Content::DataChannel(form),
        }
    }

    fn unused(section: &MediaSection<'_>, is_bundled: bool) -> Self {
        let repeated = section.lines.0.iter().filter(|line| REPEATED.iter().any(|start| line.starts_with(start)));
        let repeated = repeated.map(ToString::to_string).collect();
        let (port, content) =
            if is_bundled { (PORT, Content::Inactive(repeated)) } else { (0, Content::Rejected(repeated)) };
        let first_line = MediaLine { port, ..section.name.clone() }.to_string();
        Self { first_line, mid: section.mid().map(ToOwned::to_owned), content }
    }

    /// `ours` are the lines of this peer's data channel.
    fn write(&self, ours: &Lines<'_>, is_tagged: bool, lines: &mut Vec<String>) {
        lines.push(self.first_line.clone());
        match &self.content {
            Content::DataChannel(form) => {
                lines.extend(ours.0.iter().filter_map(|line| self.data_channel_line(line, *form)));
            }
            Content::Rejected(repeated) => self.write_unused(repeated, lines),
            Content::Inactive(repeated) => {
                self.write_unused(repeated, lines);
                let is_shared = |line: &&&str| {
                    let is_way = line.starts_with("a=candidate:") || **line == "a=end-of-candidates";
                    SHARED.iter().any(|start| line.starts_with(start)) || is_tagged && is_way
                };
                lines.extend(ours.0.iter().filter(is_shared).map(ToString::to_string));
            }
        }
    }

    fn write_unused(&self, repeated: &[String], lines: &mut Vec<String>) {
        lines.push("c=IN IP4 0.0.0.0".to_owned());
        lines.extend(self.mid.iter().map(|mid| format!("a=mid:{mid}")));
        lines.push("a=inactive".to_owned());
        lines.extend_from_slice(repeated);
    }

    fn data_channel_line(&self, line: &str, form: Form) -> Option<String> {
        if line.starts_with("a=mid:") {
            return self.mid.as_ref().map(|mid| format!("a=mid:{mid}"));
        }
        if form == Form::Old && line.starts_with("a=sctp-port:") {
            return Some(format!("a=sctpmap:{SCTP_PORT} webrtc-datachannel 1024"));
        }
        Some(line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::description::RemoteOffer;
    use super::super::samples::{CANDIDATE, DATA, SESSION, of_2016, offer, with_media};
    use super::*;

    /// The answer to an offer, where the `webrtc` crate's answer is that of a data channel alone.
    fn answer_to(offer: impl Into<String>) -> String {
        let ours = [SESSION, &DATA.replace("actpass", "active"), CANDIDATE].concat();
        let layout = RemoteOffer::read(&Sdp::new(offer)).unwrap().layout;
        layout.complete(&Sdp::new(ours)).unwrap().into()
    }

    fn first_lines(answer: &str) -> Vec<&str> {
        answer.lines().filter(|line| line.starts_with("m=") || line.starts_with("a=group")).collect()
    }

    #[test]
    fn an_answer_to_a_data_channel_alone_stays_as_it_is() {
        let ours = [SESSION, &DATA.replace("actpass", "active"), CANDIDATE].concat();
        let answer = answer_to(offer());
        let [mut answer, mut expected]: [Vec<_>; 2] = [answer.lines().collect(), ours.lines().collect()];
        answer.sort_unstable();
        expected.sort_unstable();
        assert_eq!(answer, expected);
    }

    #[test]
    fn media_that_share_the_transport_stay_inactive_and_describe_it() {
        let answer = answer_to(with_media());
        let expected = [
            "a=group:BUNDLE a v 0",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        ];
        assert_eq!(first_lines(&answer), expected);
        let sections = Sections::read(&answer).unwrap();
        for (n, section) in sections.media[..2].iter().enumerate() {
            assert!(section.lines.has("inactive") && section.lines.has("rtcp-mux"), "{answer}");
            assert_eq!(section.lines.values("ice-ufrag").next(), Some("9Y7v"));
            assert_eq!(section.lines.values("setup").next(), Some("active"));
            assert_eq!(
                section.lines.values("candidate").count(),
                usize::from(n == 0),
                "only the first describes the way"
            );
        }
    }

    #[test]
    fn media_with_a_transport_of_their_own_are_rejected() {
        for group in ["BUNDLE 0", "BUNDLE a v"] {
            let answer = answer_to(with_media().replace("BUNDLE a v 0", group));
            let lines = first_lines(&answer);
            let media = ["m=audio 0 UDP/TLS/RTP/SAVPF 111", "m=video 0 UDP/TLS/RTP/SAVPF 96"];
            let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
            let groups = if group == "BUNDLE 0" { vec!["a=group:BUNDLE 0"] } else { vec![] };
            assert_eq!(lines, [groups, media.to_vec(), vec![data]].concat(), "{group}");
            assert_eq!(answer.matches("ice-ufrag").count(), 1);
        }
    }

    #[test]
    fn an_offer_of_2016_is_answered_in_its_form() {
        let answer = answer_to(of_2016());
        assert_eq!(first_lines(&answer), ["a=group:BUNDLE data", "m=application 9 DTLS/SCTP 5000"]);
        assert!(answer.contains("a=mid:data\r\n") && answer.contains("a=sctpmap:5000 webrtc-datachannel 1024\r\n"));
        assert!(!answer.contains("sctp-port"));
    }

    #[test]
    fn an_answer_names_no_section_where_the_offer_names_none() {
        let answer = answer_to(offer().replace("a=mid:0\r\n", "").replace("a=group:BUNDLE 0\r\n", ""));
        assert!(!answer.contains("a=mid") && !answer.contains("a=group"), "{answer}");
    }
}
