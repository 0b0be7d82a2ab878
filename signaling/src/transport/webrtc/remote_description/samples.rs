//! Session descriptions in the words of other stacks.

/// A data channel's section as Chromium writes it, without a candidate.
pub(super) const DATA: &str = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n\
    c=IN IP4 0.0.0.0\r\n\
    a=ice-ufrag:9Y7v\r\n\
    a=ice-pwd:Xmz4Rj4cl0aTj5nQ9JYFXtEa\r\n\
    a=ice-options:trickle\r\n\
    a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\r\n\
    a=setup:actpass\r\n\
    a=mid:0\r\n\
    a=sctp-port:5000\r\n\
    a=max-message-size:262144\r\n";

/// A candidate of [`DATA`].
pub(super) const CANDIDATE: &str = "a=candidate:1 1 udp 2113937151 127.0.0.1 40000 typ host generation 0\r\n";

/// The lines before the first section.
pub(super) const SESSION: &str = "v=0\r\no=- 4215775240449105457 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
    a=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n";

/// The offer of a data channel.
pub(super) fn offer() -> String {
    [SESSION, DATA, CANDIDATE].concat()
}

/// An offer of audio, video and a data channel that share a transport, which the section of the audio describes.
pub(super) fn with_media() -> String {
    let session = SESSION.replace("BUNDLE 0", "BUNDLE a v 0");
    let media = |name: &str, mid: &str, format: &str, port: u16| {
        format!(
            "m={name} 9 UDP/TLS/RTP/SAVPF {format}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
             a=candidate:1 1 udp 2113937151 127.0.0.1 {port} typ host\r\n\
             a=ice-ufrag:of-{mid}\r\na=ice-pwd:secret-of-{mid}\r\n\
             a=fingerprint:sha-256 {}\r\na=setup:actpass\r\na=mid:{mid}\r\na=sendrecv\r\na=rtcp-mux\r\n\
             a=rtpmap:{format} x/90000\r\n",
            vec!["0A"; 32].join(":"),
        )
    };
    [
        session,
        media("audio", "a", "111", 40_001),
        media("video", "v", "96", 40_002),
        DATA.to_owned(),
        CANDIDATE.to_owned(),
    ]
    .concat()
}

/// An offer as Chromium made it in 2016.
pub(super) fn of_2016() -> String {
    let session = SESSION.replace("BUNDLE 0", "BUNDLE data");
    let data = DATA
        .replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000")
        .replace("a=mid:0", "a=mid:data")
        .replace("a=sctp-port:5000", "a=sctpmap:5000 webrtc-datachannel 1024")
        .replace("a=max-message-size:262144\r\n", "");
    [&session, &data, CANDIDATE].concat()
}
