//! The media section of the data channels: `m=application 9 UDP/DTLS/SCTP webrtc-datachannel` (RFC 8841).

use super::error::DescriptionError;
use super::sections::MediaSection;

/// The port of SCTP, inside DTLS, where a description says none.
const DEFAULT_SCTP_PORT: u16 = 5_000;

/// How large a message may be where a description does not say, in bytes (RFC 8841 §6.1).
const DEFAULT_MAX_MESSAGE_BYTES: u64 = 65_536;

const FORMAT: &str = "webrtc-datachannel";

/// The two forms that the section has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `m=application 9 UDP/DTLS/SCTP webrtc-datachannel`, with `a=sctp-port`.
    Current,
    /// `m=application 9 DTLS/SCTP 5000`, with `a=sctpmap`: the form of browsers until 2018.
    Old,
}

/// What the media section of the data channels says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataSection {
    pub(super) form: Form,
    pub(super) sctp_port: u16,
    /// The largest message that the other peer takes, in bytes. `None` means that there is no limit.
    pub(super) max_message_bytes: Option<u64>,
}

impl DataSection {
    /// Reads the section, if it is one of data channels.
    pub(super) fn read(section: &MediaSection<'_>) -> Result<Option<Self>, DescriptionError> {
        let Some((form, port)) = form_of(section) else { return Ok(None) };
        let port = section.lines.values("sctp-port").next().or(port);
        let sctp_port = match port.map(str::parse) {
            None => DEFAULT_SCTP_PORT,
            Some(Ok(port @ 1..)) => port,
            Some(_) => return Err(DescriptionError::SctpPort),
        };
        Ok(Some(Self { form, sctp_port, max_message_bytes: max_message_bytes(section) }))
    }
}

/// The form of a section of data channels, and the port that its old attribute or its first line has.
fn form_of<'a>(section: &MediaSection<'a>) -> Option<(Form, Option<&'a str>)> {
    let name = &section.name;
    if !name.media.eq_ignore_ascii_case("application") || !name.protocol.to_ascii_uppercase().ends_with("DTLS/SCTP") {
        return None;
    }
    let maps: Vec<(&str, &str)> = section.lines.values("sctpmap").filter_map(map_of).collect();
    match name.formats.as_slice() {
        [format] if format.eq_ignore_ascii_case(FORMAT) => Some((Form::Current, maps.first().map(|(port, _)| *port))),
        [port] if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Other applications ran over SCTP too.
            let is_other = |(of, what): &(&str, &str)| of == port && !what.eq_ignore_ascii_case(FORMAT);
            (!maps.iter().any(is_other)).then_some((Form::Old, Some(port)))
        }
        _ => None,
    }
}

/// The port and the application of an `a=sctpmap`.
fn map_of(value: &str) -> Option<(&str, &str)> {
    let mut words = value.split_whitespace();
    Some((words.next()?, words.next()?))
}

fn max_message_bytes(section: &MediaSection<'_>) -> Option<u64> {
    let Some(value) = section.lines.values("max-message-size").next() else { return Some(DEFAULT_MAX_MESSAGE_BYTES) };
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(DEFAULT_MAX_MESSAGE_BYTES);
    }
    // Zero means no limit, and a number too large for a `u64` is none.
    value.parse().ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::super::media_line::MediaLine;
    use super::super::sections::Lines;
    use super::*;

    fn read(name: &str, lines: &[&'static str]) -> Result<Option<DataSection>, DescriptionError> {
        DataSection::read(&MediaSection { name: MediaLine::read(name).unwrap(), lines: Lines(lines.to_vec()) })
    }

    const CURRENT: &str = "application 9 UDP/DTLS/SCTP webrtc-datachannel";

    #[test]
    fn both_forms_of_a_data_channel_are_read_and_other_applications_are_not() {
        use Form::{Current, Old};
        type Row<'a> = (&'a str, &'a [&'static str], Option<(Form, u16)>);
        let table: [Row<'_>; 12] = [
            (CURRENT, &["a=sctp-port:5000"], Some((Current, 5_000))),
            (CURRENT, &["a=sctp-port:5001", "a=sctpmap:7 webrtc-datachannel 1"], Some((Current, 5_001))),
            (CURRENT, &[], Some((Current, 5_000))),
            ("application 9 TCP/DTLS/SCTP webrtc-datachannel", &[], Some((Current, 5_000))),
            (
                "application 9 DTLS/SCTP webrtc-datachannel",
                &["a=sctpmap:5002 webrtc-datachannel 16"],
                Some((Current, 5_002)),
            ),
            ("application 9 DTLS/SCTP 5000", &["a=sctpmap:5000 webrtc-datachannel 1024"], Some((Old, 5_000))),
            ("application 9 DTLS/SCTP 5003", &["a=sctpmap:5003 webrtc-DataChannel"], Some((Old, 5_003))),
            ("application 9 DTLS/SCTP 5004", &[], Some((Old, 5_004))),
            ("application 9 DTLS/SCTP 5000", &["a=sctpmap:5000 bfcp 2"], None),
            ("application 9 UDP/DTLS/SCTP bfcp", &[], None),
            ("application 9 UDP/BFCP *", &[], None),
            ("audio 9 UDP/DTLS/SCTP webrtc-datachannel", &[], None),
        ];
        for (name, lines, expected) in table {
            let found = read(name, lines).unwrap().map(|found| (found.form, found.sctp_port));
            assert_eq!(found, expected, "{name} {lines:?}");
        }
    }

    #[test]
    fn a_port_of_sctp_that_is_none_is_refused() {
        for line in ["a=sctp-port:0", "a=sctp-port:65536", "a=sctp-port:", "a=sctp-port:x"] {
            assert_eq!(read(CURRENT, &[line]), Err(DescriptionError::SctpPort), "{line}");
        }
        assert_eq!(read("application 9 DTLS/SCTP 0", &[]), Err(DescriptionError::SctpPort));
    }

    #[test]
    fn the_limit_of_messages_is_65536_bytes_unless_the_section_says_another_one_or_none() {
        let table = [
            ("a=x", Some(65_536)),
            ("a=max-message-size:", Some(65_536)),
            ("a=max-message-size:many", Some(65_536)),
            ("a=max-message-size:16384", Some(16_384)),
            ("a=max-message-size:0", None),
            ("a=max-message-size:18446744073709551615", Some(u64::MAX)),
            ("a=max-message-size:18446744073709551616", None),
        ];
        for (line, expected) in table {
            assert_eq!(read(CURRENT, &[line]).unwrap().unwrap().max_message_bytes, expected, "{line}");
        }
    }
}
