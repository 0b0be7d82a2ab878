//! How much of what has arrived may wait until the user reads it.
//!
//! SCTP numbers the messages of a stream with 16 bits, and its receive window counts only their bytes: more than 32,767
//! small messages fit into it, the crate takes the next one for an old one and drops it without a word (see
//! `docs/upstream-webrtc.md`). The crate also has no limit in bytes for complete messages and for the parts of a message.
//! Left in the crate, messages are lost when the other side ends the connection, so all are taken at once. This window counts
//! what each datagram may contain at most and what was read. While too much is unread, datagrams with data wait at the socket;
//! checks of the path and acknowledgements pass.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use tokio::sync::Notify;
use webrtc::runtime::RecvMeta;

use super::handshake_gate::HandshakeGate;

/// The largest message that this side receives and sends, in bytes: 256 KiB, as browsers announce, and the most that the `webrtc`
/// crate takes. The other side may announce less.
pub const MAX_MESSAGE_BYTES: usize = SctpMaxMessageSize::MAX_MESSAGE_SIZE as usize;

/// The receive window of SCTP, in bytes: how much the other side may have under way. It is larger than the largest message, and
/// smaller than [`HELD_BYTES`], so that nothing is dropped when a reader pauses.
pub(super) const SCTP_WINDOW_BYTES: u32 = 384 * 1024;

/// How many bytes may have arrived that are not read, with the 16 bytes of each chunk's header; then the other side's
/// [`send`](crate::transport::Channel::send) waits. A chunk has 20 bytes or more, so these are at most 22,938 messages.
pub const RECEIVE_BUFFER_BYTES: usize = 448 * 1024;

/// How many may be unread with small datagrams: acknowledgements too are among them. At most 30,000 messages.
const UNREAD_BYTES_OF_ALL: u64 = 600_000;

/// How many bytes of datagrams wait at a socket; further ones are dropped, and the other side sends them again.
const HELD_BYTES: usize = 512 * 1024;

/// Datagrams up to this size in bytes may be mere acknowledgements.
const SMALL_DATAGRAM: usize = 250;

/// The least that DTLS and SCTP add to a datagram, in bytes: 13 and 16, and 12.
const DATAGRAM_HEADERS: usize = 41;

/// The header of a DATA chunk, in bytes.
const CHUNK_HEADER: u64 = 16;

/// No more of a message than this goes into one chunk, in bytes.
const CHUNK_PAYLOAD: u64 = 1_200;

/// How much more than was read may have arrived until the message under way is certainly too large, in bytes. Data that are sent
/// twice count twice, and what follows a gap counts too.
const CERTAIN_SURPLUS: u64 = 2 * 1024 * 1024;

/// After this time without data, more bytes than the largest message has are no message that is still being sent.
const SURPLUS_WAIT: Duration = Duration::from_secs(5);

/// How often the driver runs while the window waits for it.
pub(super) const ATTENTION: Duration = Duration::from_millis(5);

/// The other side sent a message that is larger than this side announced; the crate drops it, or never ends to assemble it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// The window of one connection. Clones are the same window.
#[derive(Debug, Clone, Default)]
pub(super) struct ReceiveWindow {
    accounts: Arc<Mutex<Accounts>>,
    attention: Arc<Notify>,
    room: Arc<Notify>,
}

/// A datagram, or several of one sender that the kernel put together.
#[derive(Debug)]
pub(super) struct Datagram {
    pub(super) bytes: Vec<u8>,
    pub(super) meta: RecvMeta,
}

/// The datagrams that wait at one socket.
#[derive(Debug, Default)]
pub(super) struct Held {
    datagrams: VecDeque<Datagram>,
    bytes: usize,
}

/// What the window does with a datagram that arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// The crate gets it now.
    Pass,
    /// It waits at the socket.
    Hold,
    /// It is dropped: too many wait.
    Drop,
}

impl ReceiveWindow {
    /// Counts a datagram that arrived, and decides on it. `stride` is the size of each of the datagrams in `bytes`.
    pub(super) fn admit(&self, bytes: &[u8], stride: usize, held: &Held) -> Admission {
        let datagram = Class::of(bytes, stride);
        let mut accounts = self.accounts.lock();
        let keeps_order = !matches!(datagram, Class::Data(_)) || held.datagrams.is_empty();
        if keeps_order && !accounts.gate.holds(bytes) && accounts.has_room(datagram) {
            accounts.pass(datagram);
            Admission::Pass
        } else if held.bytes + bytes.len() <= HELD_BYTES {
            Admission::Hold
        } else {
            Admission::Drop
        }
    }

    /// The first datagram that waits, if it need not wait now; otherwise `waker` is woken once that may have changed.
    pub(super) fn take(&self, held: &mut Held, waker: &Waker) -> Option<Datagram> {
        let first = held.datagrams.front()?;
        let datagram = Class::of(&first.bytes, first.meta.stride);
        let mut accounts = self.accounts.lock();
        if accounts.gate.holds(&first.bytes) || !accounts.has_room(datagram) {
            accounts.wait(waker);
            return None;
        }
        accounts.pass(datagram);
        drop(accounts);
        held.pop()
    }

    /// Holds records of DTLS back until the path is selected.
    pub(super) fn close_gate(&self) {
        self.accounts.lock().gate = HandshakeGate::Closed;
    }

    /// The crate has selected a path.
    pub(super) fn path_is_selected(&self) {
        self.accounts.lock().gate.path_is_selected();
    }

    /// The driver has passed on all it can, and is about to sleep. Returns how long it may.
    pub(super) fn driver_is_done(&self, now: Instant) -> Option<Duration> {
        let mut accounts = self.accounts.lock();
        let (woken, gate_opens) = accounts.round(now);
        let needs_attention = accounts.needs_attention();
        drop(accounts);
        woken.into_iter().for_each(Waker::wake);
        if needs_attention {
            self.attention.notify_one();
            return Some(ATTENTION);
        }
        gate_opens
    }

    /// Waits until the window wants to know again whether the crate has a message.
    pub(super) async fn attention(&self) {
        self.attention.notified().await;
    }

    /// Waits until few enough messages are unread to take a further one. They always are where all datagrams pass this window;
    /// those from a TURN server over TCP do not.
    pub(super) async fn room(&self) {
        while self.accounts.lock().waiting > UNREAD_BYTES_OF_ALL {
            self.room.notified().await;
        }
    }

    /// A message of so many bytes was taken from the crate.
    pub(super) fn taken(&self, bytes: usize) {
        self.accounts.lock().taken(chunks(bytes));
    }

    /// A message of so many bytes was read by the user.
    pub(super) fn read(&self, bytes: usize) {
        let woken = self.accounts.lock().read(chunks(bytes));
        woken.into_iter().for_each(Waker::wake);
        self.room.notify_one();
    }

    /// The crate had no message.
    ///
    /// # Errors
    ///
    /// The other side has sent more than the largest message, and no message came of it.
    pub(super) fn found_nothing(&self) -> Result<(), TooLarge> {
        let (woken, verdict) = self.accounts.lock().found_nothing();
        woken.into_iter().for_each(Waker::wake);
        verdict
    }
}

impl Held {
    pub(super) fn push(&mut self, datagram: Datagram) {
        self.bytes += datagram.bytes.len();
        self.datagrams.push_back(datagram);
    }

    fn pop(&mut self) -> Option<Datagram> {
        let datagram = self.datagrams.pop_front()?;
        self.bytes -= datagram.bytes.len();
        Some(datagram)
    }
}

/// The bytes of the chunks of a message. An empty one has a byte.
fn chunks(bytes: usize) -> u64 {
    let bytes = bytes.max(1) as u64;
    bytes.next_multiple_of(4) + bytes.div_ceil(CHUNK_PAYLOAD) * CHUNK_HEADER
}

/// What a datagram can contain, by its first bytes and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A check of the path, or an answer of a STUN or TURN server.
    Check,
    /// At most so many bytes of chunks, perhaps acknowledgements only.
    Small(u64),
    /// At most so many bytes of chunks.
    Data(u64),
}

impl Class {
    /// STUN messages begin with 0 to 3 (RFC 7983); of those only a TURN server's data indication (RFC 8656) contains data.
    fn of(bytes: &[u8], stride: usize) -> Self {
        let is_check = matches!(bytes, [0..=3, ..]) && !matches!(bytes, [0x00, 0x17, ..]);
        if is_check {
            return Self::Check;
        }
        let datagrams = bytes.len().div_ceil(stride.max(1));
        let chunks = bytes.len().saturating_sub(datagrams * DATAGRAM_HEADERS) as u64;
        if stride.min(bytes.len()) <= SMALL_DATAGRAM { Self::Small(chunks) } else { Self::Data(chunks) }
    }
}

/// The numbers of a window.
#[derive(Debug, Default)]
struct Accounts {
    /// How many bytes of chunks may have arrived that the user has not read. It is too high rather than too low.
    unread: u64,
    /// How many of them were taken from the crate.
    waiting: u64,
    /// How many bytes of large datagrams have arrived beyond the messages that were taken from the crate.
    surplus: u64,
    /// How many messages were taken from the crate.
    messages: u64,
    /// How often the driver was done.
    rounds: u64,
    /// The time of the driver's last round.
    now: Option<Instant>,
    /// When data arrived last.
    data_at: Option<Instant>,
    /// The rounds and the messages when the crate had nothing.
    nothing_at: Option<(u64, u64)>,
    gate: HandshakeGate,
    /// Who waits for room, or for the gate.
    wakers: Vec<Waker>,
}

impl Accounts {
    fn has_room(&self, datagram: Class) -> bool {
        match datagram {
            Class::Check => true,
            Class::Small(bytes) => self.unread + bytes <= UNREAD_BYTES_OF_ALL,
            Class::Data(bytes) => self.unread + bytes <= RECEIVE_BUFFER_BYTES as u64,
        }
    }

    fn pass(&mut self, datagram: Class) {
        match datagram {
            Class::Check => {}
            Class::Small(bytes) => self.unread += bytes,
            Class::Data(bytes) => {
                self.unread += bytes;
                self.surplus += bytes;
                self.data_at = self.now;
            }
        }
    }

    /// A round of the driver: who is woken, and when the gate opens.
    fn round(&mut self, now: Instant) -> (Vec<Waker>, Option<Duration>) {
        self.rounds += 1;
        self.now = Some(now);
        let before = self.gate;
        let opens = self.gate.tick(now);
        let is_new = self.gate == HandshakeGate::Open && before != self.gate;
        (if is_new { std::mem::take(&mut self.wakers) } else { Vec::new() }, opens)
    }

    fn wait(&mut self, waker: &Waker) {
        self.wakers.retain(|other| !other.will_wake(waker));
        // Each socket has one driver, so the last waker of the few sockets is enough.
        if self.wakers.len() >= 64 {
            self.wakers.remove(0);
        }
        self.wakers.push(waker.clone());
    }

    fn taken(&mut self, chunks: u64) {
        self.messages += 1;
        self.waiting += chunks;
        // More than it can be: headers are estimated, and an error that only adds up would become a surplus of its own.
        self.surplus = self.surplus.saturating_sub(chunks + chunks / 16);
    }

    fn read(&mut self, chunks: u64) -> Vec<Waker> {
        self.waiting = self.waiting.saturating_sub(chunks);
        self.unread = self.unread.saturating_sub(chunks).max(self.waiting);
        std::mem::take(&mut self.wakers)
    }

    fn needs_attention(&self) -> bool {
        let may_be_wrong = self.unread > self.waiting;
        (!self.wakers.is_empty() && may_be_wrong) || self.surplus > MAX_MESSAGE_BYTES as u64
    }

    /// All is taken once nothing was found twice, the driver was done twice in between, and no message came: in its first round
    /// it may have been on the way past a full queue.
    fn found_nothing(&mut self) -> (Vec<Waker>, Result<(), TooLarge>) {
        match self.nothing_at {
            Some((_, messages)) if messages != self.messages => {}
            Some((rounds, _)) if self.rounds < rounds + 2 => return (Vec::new(), Ok(())),
            Some(_) => {
                self.nothing_at = Some((self.rounds, self.messages));
                self.unread = self.waiting;
                return (std::mem::take(&mut self.wakers), self.judge_surplus());
            }
            None => {}
        }
        self.nothing_at = Some((self.rounds, self.messages));
        (Vec::new(), Ok(()))
    }

    /// Judges what arrived beyond what was read, when all that can be read was read.
    fn judge_surplus(&self) -> Result<(), TooLarge> {
        let is_old = match (self.now, self.data_at) {
            (Some(now), Some(data_at)) => now.saturating_duration_since(data_at) >= SURPLUS_WAIT,
            _ => false,
        };
        let allowed = if is_old { MAX_MESSAGE_BYTES as u64 } else { CERTAIN_SURPLUS };
        if self.surplus > allowed { Err(TooLarge) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADERS: usize = DATAGRAM_HEADERS + 8;

    /// Tokio's clock is for runtimes; the window only compares times.
    fn at(after: Duration) -> Instant {
        tokio::time::Instant::now().into_std() + after
    }

    /// A connection as the window sees it: the crate behind it, and the user.
    struct Model {
        window: ReceiveWindow,
        held: Held,
        /// The messages of each datagram that waits.
        held_messages: VecDeque<Vec<usize>>,
        in_crate: VecDeque<usize>,
        inbox: VecDeque<usize>,
        start: Instant,
        passed: usize,
    }

    impl Model {
        fn new() -> Self {
            Self {
                window: ReceiveWindow::default(),
                held: Held::default(),
                held_messages: VecDeque::new(),
                in_crate: VecDeque::new(),
                inbox: VecDeque::new(),
                start: at(Duration::ZERO),
                passed: 0,
            }
        }

        fn unread(&self) -> usize {
            self.in_crate.len() + self.inbox.len()
        }

        /// A datagram with these messages arrives. Returns whether it was taken.
        fn arrive(&mut self, messages: &[usize]) -> bool {
            let chunks: u64 = messages.iter().map(|bytes| chunks(*bytes)).sum();
            let bytes = vec![0x17; HEADERS + usize::try_from(chunks).unwrap()];
            match self.window.admit(&bytes, bytes.len(), &self.held) {
                Admission::Pass => self.in_crate.extend(messages),
                Admission::Hold => {
                    let mut meta = RecvMeta::default();
                    (meta.len, meta.stride) = (bytes.len(), bytes.len());
                    self.held.push(Datagram { bytes, meta });
                    self.held_messages.push_back(messages.to_vec());
                }
                Admission::Drop => return false,
            }
            true
        }

        /// A round of the driver, after which the receiver takes at most `most` messages.
        fn round(&mut self, most: usize) -> Result<(), TooLarge> {
            while self.window.take(&mut self.held, Waker::noop()).is_some() {
                self.in_crate.extend(self.held_messages.pop_front().unwrap());
                self.passed += 1;
            }
            let attention = self.window.driver_is_done(self.start);
            for _ in 0..most {
                let Some(bytes) = self.in_crate.pop_front() else { break };
                self.window.taken(bytes);
                self.inbox.push_back(bytes);
            }
            if self.in_crate.is_empty() && attention.is_some() { self.window.found_nothing() } else { Ok(()) }
        }

        fn read(&mut self, most: usize) -> usize {
            let count = most.min(self.inbox.len());
            self.inbox.drain(..count).for_each(|bytes| self.window.read(bytes));
            count
        }
    }

    /// The messages of a datagram: mostly small ones.
    fn datagram() -> impl Strategy<Value = Vec<usize>> {
        prop_oneof![
            proptest::collection::vec(0..=4_usize, 57),
            proptest::collection::vec(1..64_usize, 1..18),
            proptest::collection::vec(0..=1_usize, 1..8),
            Just(vec![1_150]),
        ]
    }

    proptest! {
        #[test]
        fn fewer_messages_are_unread_than_sctp_can_number_and_all_are_read_in_the_end(
            datagrams in proptest::collection::vec(datagram(), 20),
            most_taken in 1..600_usize,
            read_every in 1..200_usize,
        ) {
            let mut model = Model::new();
            let (mut read, mut sent) = (0, 0);
            for (turn, datagram) in datagrams.iter().cycle().take(3_000).enumerate() {
                sent += if model.arrive(datagram) { datagram.len() } else { 0 };
                prop_assert_eq!(model.round(most_taken), Ok(()));
                prop_assert!(model.unread() < 32_767, "{} unread", model.unread());
                if turn % read_every == 0 {
                    read += model.read(100);
                }
            }
            for _ in 0..100_000 {
                prop_assert_eq!(model.round(most_taken), Ok(()));
                read += model.read(1_000);
            }
            prop_assert_eq!(read, sent);
        }
    }

    #[test]
    fn checks_of_the_path_pass_though_nothing_is_read() {
        let mut model = Model::new();
        while model.arrive(&[1; 57]) {}
        let request = [0x00, 0x01, 0x00, 0x08];
        assert_eq!(model.window.admit(&request, request.len(), &model.held), Admission::Pass);
        let relayed_data = [0x00, 0x17, 0x03, 0x00].repeat(200);
        assert_ne!(model.window.admit(&relayed_data, relayed_data.len(), &model.held), Admission::Pass);
    }

    #[test]
    fn a_handshake_that_begins_before_there_is_a_path_is_taken_soon_after() {
        let mut model = Model::new();
        model.window.close_gate();
        assert!(model.arrive(&[0]));
        assert_eq!((model.round(1), model.passed), (Ok(()), 0));
        model.window.path_is_selected();
        let opens = model.window.driver_is_done(model.start);
        model.start += opens.unwrap();
        assert_eq!((model.round(1), model.round(1), model.passed), (Ok(()), Ok(()), 1));
    }

    #[test]
    fn acknowledgements_pass_where_data_wait() {
        let mut model = Model::new();
        while model.held.datagrams.is_empty() {
            model.arrive(&[1_150]);
        }
        let acknowledgement = [0x17; 69];
        assert_eq!(model.window.admit(&acknowledgement, 69, &model.held), Admission::Pass);
    }

    #[test]
    fn a_message_without_an_end_is_too_large_once_its_parts_are_far_too_many() {
        let mut model = Model::new();
        let part = [0x17; HEADERS + 16 + 1_150];
        let mut verdict = Ok(());
        let mut parts = 0;
        while verdict.is_ok() {
            parts += usize::from(model.window.admit(&part, part.len(), &model.held) == Admission::Pass);
            verdict = model.round(1);
            assert!(parts * 1_150 < 3 * 1024 * 1024);
        }
        assert!(parts * 1_150 > 4 * MAX_MESSAGE_BYTES);
    }

    #[test]
    fn a_message_that_never_comes_is_too_large_after_a_while_if_it_was_larger_than_the_limit() {
        for (bytes, expected) in [(MAX_MESSAGE_BYTES + 1_150, Err(TooLarge)), (MAX_MESSAGE_BYTES / 2, Ok(()))] {
            let mut model = Model::new();
            let part = [0x17; HEADERS + 16 + 1_150];
            for _ in 0..bytes / 1_150 {
                assert_eq!(model.window.admit(&part, part.len(), &model.held), Admission::Pass);
                assert_eq!(model.round(1), Ok(()));
            }
            model.start += SURPLUS_WAIT;
            let verdicts = [model.round(1), model.round(1), model.round(1), model.round(1)];
            assert_eq!(verdicts[3].and(verdicts[2]), expected);
        }
    }

    #[test]
    fn large_messages_that_arrive_and_are_read_leave_no_surplus() {
        let mut model = Model::new();
        let part = [0x17; HEADERS + 16 + 1_150];
        for _ in 0..400 {
            for _ in 0..MAX_MESSAGE_BYTES / 1_150 {
                model.window.admit(&part, part.len(), &model.held);
                assert_eq!(model.round(0), Ok(()));
            }
            model.in_crate.push_back(MAX_MESSAGE_BYTES);
            assert_eq!(model.round(1), Ok(()));
            model.read(1);
        }
        model.start += SURPLUS_WAIT;
        for _ in 0..4 {
            assert_eq!(model.round(1), Ok(()));
        }
    }
}
