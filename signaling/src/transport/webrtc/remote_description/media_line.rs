//! The first line of a media section: `m=media port protocol formats`.

use std::fmt;

use super::error::DescriptionError;

/// How much of a line an error quotes, in characters.
const QUOTED_CHARS_MAX: usize = 80;

/// The first line of a media section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaLine<'a> {
    pub(super) media: &'a str,
    /// Zero means that the section is rejected.
    pub(super) port: u16,
    pub(super) protocol: &'a str,
    pub(super) formats: Vec<&'a str>,
}

impl<'a> MediaLine<'a> {
    /// Reads the text after `m=`.
    pub(super) fn read(text: &'a str) -> Result<Self, DescriptionError> {
        let mut words = text.split_whitespace();
        let read = (|| {
            if text.contains(char::is_control) {
                return None;
            }
            let (media, port, protocol) = (words.next()?, words.next()?, words.next()?);
            // A port may have a number of ports behind it.
            let port = port.split('/').next()?.parse().ok()?;
            Some(Self { media, port, protocol, formats: words.collect() })
        })();
        read.ok_or_else(|| DescriptionError::MediaLine(text.chars().take(QUOTED_CHARS_MAX).collect()))
    }
}

impl fmt::Display for MediaLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { media, port, protocol, formats } = self;
        write!(f, "m={media} {port} {protocol}")?;
        formats.iter().try_for_each(|format| write!(f, " {format}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_it_was() {
        for text in ["audio 9 UDP/TLS/RTP/SAVPF 111 0", "application 9 DTLS/SCTP 5000", "x 0 y"] {
            assert_eq!(MediaLine::read(text).unwrap().to_string(), format!("m={text}"));
        }
        assert_eq!(MediaLine::read("audio 49170/2 RTP/AVP 0").unwrap().port, 49_170);
    }

    #[test]
    fn a_line_of_another_form_is_refused_and_quoted() {
        for text in [
            "",
            "audio",
            "audio 9",
            "audio x RTP/AVP 0",
            "audio 65536 RTP/AVP 0",
            "audio -1 RTP/AVP 0",
            "audio 9 \u{0} 0",
        ] {
            let error = MediaLine::read(text).unwrap_err();
            assert!(error.to_string().contains(&format!("m={text}")), "{error}");
        }
    }
}
