//! The lines of a session description, by the section that they belong to.

use super::error::DescriptionError;
use super::media_line::MediaLine;

/// The largest number of media sections. Browsers offer one for each track and one for all data channels.
pub(super) const MAX_SECTIONS: usize = 64;

/// The sections of a session description.
#[derive(Debug, Clone)]
pub(super) struct Sections<'a> {
    /// The lines before the first media section.
    pub(super) session: Lines<'a>,
    pub(super) media: Vec<MediaSection<'a>>,
}

/// One media section.
#[derive(Debug, Clone)]
pub(super) struct MediaSection<'a> {
    pub(super) name: MediaLine<'a>,
    /// The lines after the first.
    pub(super) lines: Lines<'a>,
}

/// Lines without their ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines<'a>(pub(super) Vec<&'a str>);

impl<'a> Sections<'a> {
    /// Splits a session description. Lines may end without a carriage return. Lines of unknown types are kept, and those with
    /// control characters count for nothing.
    pub(super) fn read(text: &'a str) -> Result<Self, DescriptionError> {
        let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        if lines.next() != Some("v=0") {
            return Err(DescriptionError::NotSdp);
        }
        let (mut session, mut media) = (Lines::default(), Vec::<MediaSection<'a>>::new());
        for line in lines {
            if line.contains(char::is_control) && !line.starts_with("m=") {
                continue;
            }
            if let Some(name) = line.strip_prefix("m=") {
                if media.len() == MAX_SECTIONS {
                    return Err(DescriptionError::TooManySections { max: MAX_SECTIONS });
                }
                media.push(MediaSection { name: MediaLine::read(name)?, lines: Lines::default() });
            } else {
                media.last_mut().map_or(&mut session, |section| &mut section.lines).0.push(line);
            }
        }
        Ok(Self { session, media })
    }

    /// The mids of each group of sections that share one transport (RFC 8843).
    pub(super) fn bundles(&self) -> impl Iterator<Item = Vec<&'a str>> {
        self.session.values("group").filter_map(|group| {
            let mut words = group.split_whitespace();
            (words.next() == Some("BUNDLE")).then(|| words.collect())
        })
    }
}

impl<'a> MediaSection<'a> {
    /// The name of this section in groups: one word.
    pub(super) fn mid(&self) -> Option<&'a str> {
        self.lines.values("mid").find(|mid| mid.split_whitespace().count() == 1)
    }

    /// Whether the other peer does not use this section. A section that waits for its group has the port zero too.
    pub(super) fn is_rejected(&self) -> bool {
        self.name.port == 0 && !self.lines.has("bundle-only")
    }
}

impl<'a> Lines<'a> {
    /// The values of each `a=name:value`.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |line| {
            let value = line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':')?;
            Some(value.trim())
        })
    }

    /// Whether there is an `a=name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|line| line.strip_prefix("a=") == Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_belong_to_the_section_that_they_follow_whatever_their_ends_are() {
        for end in ["\r\n", "\n", "\r\n\r\n", " \n"] {
            let text = ["v=0", "a=x:1", "m=audio 9 RTP 0", "a=x:2", "m=video 9 RTP 1", "?", "a=x", "a=x:3"].join(end);
            let sections = Sections::read(&text).unwrap();
            assert_eq!(sections.session.values("x").collect::<Vec<_>>(), ["1"], "{end:?}");
            let values: Vec<_> = sections.media.iter().flat_map(|section| section.lines.values("x")).collect();
            assert_eq!(values, ["2", "3"], "{end:?}");
            assert!(sections.media[1].lines.has("x") && !sections.media[0].lines.has("x"), "{end:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_session_description_and_one_of_too_many_sections_are_refused() {
        for text in ["", "x", "v=1\r\n", "m=audio 9 RTP 0\r\n", "\u{0}"] {
            assert!(matches!(Sections::read(text), Err(DescriptionError::NotSdp)), "{text:?}");
        }
        let of = |count: usize| format!("v=0\r\n{}", "m=audio 9 RTP 0\r\n".repeat(count));
        assert!(Sections::read(&of(MAX_SECTIONS)).is_ok());
        assert!(matches!(
            Sections::read(&of(MAX_SECTIONS + 1)),
            Err(DescriptionError::TooManySections { max: MAX_SECTIONS })
        ));
    }

    #[test]
    fn a_section_with_port_zero_is_rejected_unless_it_waits_for_its_group() {
        let section = |port: &str, lines: &[&'static str]| {
            let name = format!("application {port} UDP/DTLS/SCTP webrtc-datachannel");
            MediaSection { name: MediaLine::read(&name).unwrap(), lines: Lines(lines.to_vec()) }.is_rejected()
        };
        assert!(section("0", &[]));
        assert!(!section("0", &["a=bundle-only"]));
        assert!(!section("9", &[]));
    }
}
