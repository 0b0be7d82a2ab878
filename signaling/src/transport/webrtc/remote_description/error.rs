//! Why another peer's session description cannot be used.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use thiserror::Error;

/// Why another peer's session description cannot be used. It is the source of a
/// [`TransportError::BadRemoteDescription`](crate::TransportError::BadRemoteDescription).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DescriptionError {
    /// It is something else.
    #[error("it is not a session description: expected v=0 in the first line")]
    NotSdp,
    /// The first line of a media section has another form.
    #[error("a section begins with m={0}; expected m=MEDIA PORT PROTOCOL FORMATS")]
    MediaLine(String),
    /// There are too many media sections.
    #[error("it has more than {max} sections")]
    TooManySections {
        /// How many are read.
        max: usize,
    },
    /// It describes no data channel.
    #[error(
        "it has no data channel, but {}; expected m=application PORT UDP/DTLS/SCTP webrtc-datachannel",
        media(found)
    )]
    NoDataChannel {
        /// The media of its sections.
        found: Vec<String>,
    },
    /// The other peer rejects the data channel.
    #[error("its data channel is rejected: the port is 0")]
    DataChannelRejected,
    /// An answer has other sections than the offer.
    #[error("the answer has {found} sections; expected one, as in the offer")]
    OtherSections {
        /// The number of its sections.
        found: usize,
    },
    /// The section of an answer has another name than that of the offer.
    #[error("the answer is for the section {found:?}; expected {expected:?}, as in the offer")]
    OtherMid {
        /// The name in the offer.
        expected: String,
        /// The name in the answer.
        found: String,
    },
    /// An answer says that no connection is wanted now.
    #[error("the answer says setup:holdconn; expected active or passive")]
    HeldBack,
    /// The port of SCTP is not a port.
    #[error("its SCTP port is not a number from 1 to 65535")]
    SctpPort,
    /// There are no ICE credentials.
    #[error("it has no ice-ufrag and ice-pwd")]
    NoIceCredentials,
    /// The ICE credentials have another form.
    #[error("its ice-ufrag or ice-pwd is empty, too long, or has characters that are not allowed")]
    BadIceCredentials,
    /// There is no fingerprint of the certificate.
    #[error("it has no fingerprint; one of sha-256 was expected")]
    NoFingerprint,
    /// The fingerprints are of other algorithms alone.
    #[error("its fingerprint is of {}; one of sha-256 was expected", found.join(" and "))]
    FingerprintAlgorithm {
        /// The names of the algorithms.
        found: Vec<String>,
    },
    /// The fingerprint has another form.
    #[error("its sha-256 fingerprint is not 32 bytes in hexadecimal, separated by colons")]
    BadFingerprint,
    /// No candidate can be used, and it says that no more follow.
    #[error("{}", without_candidates(left_out))]
    NoCandidate {
        /// Why each of its candidates cannot be used.
        left_out: Vec<CandidateError>,
    },
}

/// Why a candidate cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
#[non_exhaustive]
pub enum CandidateError {
    /// It has fewer fields than each candidate has.
    #[error("too few fields")]
    TooShort,
    /// Its component is another one than that of data channels, which is 1.
    #[error("another component")]
    Component,
    /// Its transport is another one than UDP.
    #[error("another transport than UDP")]
    Transport,
    /// Its priority is not a number of 32 bits.
    #[error("a priority that is too large or no number")]
    Priority,
    /// Its address is a name of multicast DNS, which hides an address.
    #[error("a name of multicast DNS")]
    Mdns,
    /// Its address is another name, or something else.
    #[error("no IP address")]
    NoAddress,
    /// Its address is not that of one machine: it is unspecified, multicast, broadcast or valid on one link alone.
    #[error("an address that is not of one machine")]
    Address,
    /// Its port is not a number from 1 to 65535.
    #[error("a wrong port")]
    Port,
    /// Its type is unknown.
    #[error("an unknown type")]
    Type,
}

fn media(found: &[String]) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.join(" and ") }
}

fn without_candidates(left_out: &[CandidateError]) -> String {
    if left_out.is_empty() {
        return "it has no candidate; expected one of UDP with an IP address".to_owned();
    }
    let mut counts = BTreeMap::<CandidateError, usize>::new();
    for error in left_out {
        *counts.entry(*error).or_default() += 1;
    }
    let mut text = format!("none of its {} candidates can be used (", left_out.len());
    for (n, (error, count)) in counts.into_iter().enumerate() {
        // Writing to a `String` does not fail.
        let _written = write!(text, "{}{count} with {error}", if n == 0 { "" } else { ", " });
    }
    text.push_str("); expected one of UDP with an IP address");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_was_found_and_what_was_expected() {
        use CandidateError::{NoAddress, Port};
        let table = [
            (
                DescriptionError::NoCandidate { left_out: vec![Port, NoAddress, Port] },
                "none of its 3 candidates can be used (1 with no IP address, 2 with a wrong port); \
                 expected one of UDP with an IP address",
            ),
            (
                DescriptionError::NoCandidate { left_out: vec![] },
                "it has no candidate; expected one of UDP with an IP address",
            ),
            (
                DescriptionError::NoDataChannel { found: vec!["audio".to_owned(), "video".to_owned()] },
                "it has no data channel, but audio and video; \
                 expected m=application PORT UDP/DTLS/SCTP webrtc-datachannel",
            ),
        ];
        for (error, text) in table {
            assert_eq!(error.to_string(), text);
        }
    }
}
