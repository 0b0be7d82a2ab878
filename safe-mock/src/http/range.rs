//! The `Range` header, as the original launcher read it for every content (wider behaviour §1.7): the end is exclusive, and no
//! range is an error because it is too long.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::javascript;
use super::reply::Failure;

/// The part of some content that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// Its first byte.
    pub start: u64,
    /// The byte behind its last one.
    pub end: u64,
    /// How many bytes the content has.
    pub length: u64,
    /// Whether a range was asked for, even if it is the whole.
    pub is_asked: bool,
}

impl ContentRange {
    /// The part that a request asks for of content of `length` bytes. `bad_unit` is the answer of the route to a header of
    /// another unit than bytes.
    ///
    /// # Errors
    /// That, or a range that is none.
    pub fn of(headers: &HeaderMap, length: u64, bad_unit: Failure) -> Result<Self, Failure> {
        // An empty header is no header in JavaScript.
        let Some(value) = headers.get(header::RANGE).filter(|value| !value.is_empty()) else {
            return Ok(Self { start: 0, end: length, length, is_asked: false });
        };
        let text = String::from_utf8_lossy(value.as_bytes()).to_lowercase();
        let Some(bounds) = text.strip_prefix("bytes=") else { return Err(bad_unit) };
        let (start, end) = bounds_of(bounds, length).ok_or(Failure::InvalidRange)?;
        Ok(Self { start, end, length, is_asked: true })
    }

    /// How many bytes it has.
    pub fn bytes(self) -> u64 {
        self.end - self.start
    }

    /// The status of its answer.
    pub fn status(self) -> StatusCode {
        if self.is_asked { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK }
    }

    /// The headers of its answer.
    pub fn add_headers(self, headers: &mut HeaderMap) {
        let Self { start, end, length, .. } = self;
        let range = HeaderValue::from_str(&format!("bytes {start}-{end}/{length}"));
        headers.extend(range.ok().map(|range| (header::CONTENT_RANGE, range)));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CONTENT_LENGTH, self.bytes().into());
    }
}

/// The first byte, and the byte behind the last one. Without a first one, the original launcher sent damaged answers (§13.2).
#[expect(clippy::cast_precision_loss, reason = "the original launcher compared numbers of JavaScript")]
fn bounds_of(text: &str, length: u64) -> Option<(u64, u64)> {
    let pieces: Vec<&str> = text.split('-').collect();
    if !pieces.iter().all(|piece| javascript::is_numeric(piece)) {
        return None;
    }
    let start = whole(pieces.first()?)?;
    let last = pieces.get(1).filter(|last| !last.is_empty());
    let is_within = |last: &&&str| javascript::to_number(last).is_some_and(|last| last < length as f64);
    let end = match last.filter(is_within) {
        Some(last) => whole(last)?,
        None => length,
    };
    (start <= end).then_some((start, end))
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "larger numbers saturate, beyond any content"
)]
fn whole(text: &str) -> Option<u64> {
    javascript::parse_int(text).map(|number| number as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The status, and the bounds of the part.
    fn asked(range: Option<&str>, length: u64) -> (u16, u64, u64) {
        let range = range.map(|range| (header::RANGE, HeaderValue::from_str(range).unwrap()));
        match ContentRange::of(&range.into_iter().collect(), length, Failure::NotFound) {
            Ok(range) => (range.status().as_u16(), range.start, range.end),
            Err(Failure::InvalidRange) => (416, 0, 0),
            Err(_) => (400, 0, 0),
        }
    }

    #[test]
    fn the_end_is_exclusive_and_may_lie_behind_the_content() {
        for (range, expected) in [
            ("bytes=0-5", (206, 0, 5)),
            ("bytes=0-0", (206, 0, 0)),
            ("bytes=5-", (206, 5, 17)),
            ("bytes=0-17", (206, 0, 17)),
            ("bytes=0-27", (206, 0, 17)),
            ("bytes=0-", (206, 0, 17)),
            ("bytes=17-", (206, 17, 17)),
            ("bytes=5", (206, 5, 17)),
            ("BYTES=0-3", (206, 0, 3)),
            ("bytes=1.5-3.7", (206, 1, 3)),
            ("bytes=3-9-1", (206, 3, 9)),
            ("bytes= 3-9 ", (206, 3, 9)),
            ("", (200, 0, 17)),
        ] {
            assert_eq!(asked(Some(range), 17), expected, "{range}");
        }
        assert_eq!(asked(None, 17), (200, 0, 17));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for range in [
            "bytes=18-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "bytes=-5",
            "bytes=",
            "bytes=-",
            "bytes= -5",
            "bytes=infinity-",
            "bytes=bytes=0-1",
            "bytes=99999999999999999999999999-",
            "bytes=0-1-x",
        ] {
            assert_eq!(asked(Some(range), 17), (416, 0, 0), "{range}");
        }
        for range in ["data=0-1", "bytes", "0-5", " bytes=0-5", "bytes =0-5"] {
            assert_eq!(asked(Some(range), 17), (400, 0, 0), "{range}");
        }
    }

    #[test]
    fn empty_content_has_one_range() {
        for range in ["bytes=0-", "bytes=0-0", "bytes=0-9"] {
            assert_eq!(asked(Some(range), 0), (206, 0, 0), "{range}");
        }
        assert_eq!(asked(Some("bytes=1-"), 0), (416, 0, 0));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_part_lies_in_the_content(
            text in "(bytes=)?[-0-9.,ex \u{e4}]{0,12}",
            start: u64,
            end: u64,
            length in 0..1_000_u64,
        ) {
            for text in [text, format!("bytes={start}-{end}"), format!("bytes={}-{}", start % 1_000, end % 1_000)] {
                let headers = [(header::RANGE, HeaderValue::from_str(&text).unwrap())].into_iter().collect();
                if let Ok(range) = ContentRange::of(&headers, length, Failure::NotFound) {
                    prop_assert!(range.start <= range.end && range.end <= length, "{text}: {range:?}");
                }
            }
        }
    }

    #[test]
    fn the_headers_name_the_part_and_the_whole() {
        let mut headers = HeaderMap::new();
        ContentRange { start: 2, end: 5, length: 17, is_asked: true }.add_headers(&mut headers);
        assert_eq!(headers[header::CONTENT_RANGE], "bytes 2-5/17");
        assert_eq!(
            (&headers[header::ACCEPT_RANGES], &headers[header::CONTENT_LENGTH]),
            (&"bytes".parse().unwrap(), &"3".parse().unwrap())
        );
    }
}
