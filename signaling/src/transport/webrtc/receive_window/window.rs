//! How much of what has arrived may wait until the user reads it.
//!
//! SCTP numbers the messages of a stream with 16 bits, and its receive window counts only their bytes: more than 32,767
//! small messages fit into it, the crate takes the next one for an old one and drops it without a word (see
//! `docs/upstream-webrtc.md`). The crate also has no limit in bytes for complete messages and for the parts of a message.
//! Left in the crate, messages are lost when the other side ends the connection, so all are taken at once. This window counts
//! what each datagram may contain at most and what was read. While too much is unread, datagrams with data wait at the socket;
//! checks of the path and acknowledgements pass, and one datagram a second, since an SCTP sender that is never answered gives up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::super::handshake_gate::HandshakeGate;
use super::datagram::{Class, Datagram, Held, SocketNumber, chunks};
use super::surplus::{Surplus, TooLarge};
use super::unread::{CHUNK_BYTES_MIN, Unread, WAITING_BYTES_MAX};

/// The receive window of SCTP, in bytes: how much the other side may have under way. It is larger than the largest message, and
/// smaller than what may wait at a socket, so that nothing is dropped when a reader pauses.
pub(in super::super) const SCTP_WINDOW_BYTES: u32 = 384 * 1024;

/// How many messages may wait to be read.
pub(in super::super) const WAITING_MESSAGES_MAX: usize = (WAITING_BYTES_MAX / CHUNK_BYTES_MIN) as usize + 1;

/// How often the driver runs while the window waits for it.
const ATTENTION: Duration = Duration::from_millis(5);

/// How often the driver runs while only time has to pass.
const SLOW_ATTENTION: Duration = Duration::from_millis(250);

/// The window of one connection. Clones are the same window.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct ReceiveWindow {
    accounts: Arc<Mutex<Accounts>>,
    attention: Arc<Notify>,
    space: Arc<Notify>,
}

/// What the window does with a datagram that arrives.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Admission {
    /// The crate gets it now.
    Pass,
    /// It waits at the socket.
    Hold,
    /// It is dropped: too many wait, or it is of no part of this connection.
    Drop,
}

impl ReceiveWindow {
    /// Counts a datagram that arrived, and decides on it. `stride` is the size of each of the datagrams in `bytes`;
    /// `is_of_peer` says whether it came from the other peer or its relay. The crate takes data from anywhere, so others' are dropped.
    pub(in super::super) fn admit(&self, bytes: &[u8], stride: usize, is_of_peer: bool, held: &Held) -> Admission {
        let class = Class::of(bytes, stride);
        if !is_of_peer && class != Class::NoData {
            return Admission::Drop;
        }
        let mut accounts = self.accounts.lock();
        let keeps_order = matches!(class, Class::NoData | Class::Small(_)) || held.is_empty();
        if keeps_order && !accounts.gate.holds(bytes) && accounts.unread.has_space(class) {
            accounts.pass(class);
            Admission::Pass
        } else if held.has_space(bytes.len()) {
            Admission::Hold
        } else {
            Admission::Drop
        }
    }

    /// The first datagram that waits, if it may pass now; otherwise `waker` is woken once that may have changed. One that passes without
    /// space is the only one for some time: the others are dropped, and the other side sends them again.
    pub(in super::super) fn take(&self, held: &mut Held, waker: &Waker) -> Option<Datagram> {
        let first = held.first()?;
        let class = Class::of(&first.bytes, first.meta.stride);
        let mut accounts = self.accounts.lock();
        let is_gate_open = !accounts.gate.holds(&first.bytes);
        if is_gate_open && accounts.unread.has_space(class) {
            accounts.pass(class);
            return held.pop();
        }
        if is_gate_open && accounts.unread.may_probe(accounts.now) {
            let probe = held.pop_only()?;
            accounts.pass(Class::of(&probe.bytes, probe.meta.stride));
            let now = accounts.now;
            accounts.unread.probed(now);
            return Some(probe);
        }
        accounts.wait(held.socket(), waker);
        None
    }

    /// Nothing waits at a further socket.
    pub(in super::super) fn add_socket(&self) -> Held {
        let mut accounts = self.accounts.lock();
        accounts.sockets += 1;
        Held::at(accounts.sockets)
    }

    /// Holds records of DTLS back until the path is selected.
    pub(in super::super) fn close_gate(&self) {
        self.accounts.lock().gate = HandshakeGate::Closed;
    }

    /// The crate has selected a path.
    pub(in super::super) fn path_is_selected(&self) {
        self.accounts.lock().gate.path_is_selected();
    }

    /// The driver has passed on all it can, and is about to sleep. Returns how long it may.
    pub(in super::super) fn driver_is_done(&self, now: Instant) -> Option<Duration> {
        let mut accounts = self.accounts.lock();
        let (woken, gate_opens) = accounts.round(now);
        let attention = accounts.attention(now);
        drop(accounts);
        woken.into_values().for_each(Waker::wake);
        if attention.is_some() {
            self.attention.notify_one();
        }
        attention.into_iter().chain(gate_opens).min()
    }

    /// Waits until the window wants to know again whether the crate has a message.
    pub(in super::super) async fn attention(&self) {
        self.attention.notified().await;
    }

    /// Waits until few enough messages are unread to take a further one. They always are where all datagrams pass this window;
    /// those from a TURN server over TCP do not.
    pub(in super::super) async fn space(&self) {
        while self.accounts.lock().unread.is_full() {
            self.space.notified().await;
        }
    }

    /// A message of so many bytes was taken from the crate.
    pub(in super::super) fn taken(&self, bytes: usize) {
        self.accounts.lock().taken(chunks(bytes));
    }

    /// A message of so many bytes was read by the user.
    pub(in super::super) fn read(&self, bytes: usize) {
        let woken = self.accounts.lock().read(chunks(bytes));
        woken.into_values().for_each(Waker::wake);
        self.space.notify_one();
    }

    /// The path is not interrupted any more.
    pub(in super::super) fn path_recovered(&self) {
        self.accounts.lock().surplus.path_recovered();
    }

    /// The other side has opened a further channel, whose messages are not read.
    pub(in super::super) fn found_further_channel(&self) {
        self.accounts.lock().surplus.found_further_channel();
    }

    /// The crate had no message.
    ///
    /// # Errors
    ///
    /// The other side has sent more than the largest message, and no message came of it.
    pub(in super::super) fn found_nothing(&self) -> Result<(), TooLarge> {
        let (woken, verdict) = self.accounts.lock().found_nothing();
        woken.into_values().for_each(Waker::wake);
        verdict
    }
}

type Wakers = BTreeMap<SocketNumber, Waker>;

/// The numbers of a window.
#[derive(Debug, Default)]
struct Accounts {
    unread: Unread,
    surplus: Surplus,
    /// How many messages were taken from the crate.
    messages: u64,
    /// How often the driver was done.
    rounds: u64,
    /// The time of the driver's last round.
    now: Option<Instant>,
    /// The rounds and the messages when the crate had nothing.
    nothing_at: Option<(u64, u64)>,
    gate: HandshakeGate,
    /// How many sockets there are.
    sockets: u32,
    /// The reader of each socket that waits for space, or for the gate.
    wakers: Wakers,
}

impl Accounts {
    fn pass(&mut self, class: Class) {
        self.unread.passed(class, self.now);
        self.surplus.passed(class);
    }

    /// A round of the driver: who is woken, and when the gate opens.
    fn round(&mut self, now: Instant) -> (Wakers, Option<Duration>) {
        self.rounds += 1;
        self.now = Some(now);
        let before = self.gate;
        let opens = self.gate.tick(now);
        let is_new = self.gate == HandshakeGate::Open && before != self.gate;
        (if is_new { std::mem::take(&mut self.wakers) } else { Wakers::new() }, opens)
    }

    fn wait(&mut self, socket: SocketNumber, waker: &Waker) {
        self.wakers.insert(socket, waker.clone());
    }

    fn taken(&mut self, chunks: u64) {
        self.messages += 1;
        self.unread.taken(chunks, self.now);
        self.surplus.taken(chunks);
    }

    fn read(&mut self, chunks: u64) -> Wakers {
        self.unread.read(chunks);
        std::mem::take(&mut self.wakers)
    }

    /// How soon the driver must be done again, so that the window learns whether its numbers are right.
    fn attention(&mut self, now: Instant) -> Option<Duration> {
        let is_blocked = !self.wakers.is_empty();
        if self.surplus.is_due(now) || (is_blocked && self.unread.may_be_wrong()) {
            Some(ATTENTION)
        } else {
            (is_blocked || self.surplus.is_large()).then_some(SLOW_ATTENTION)
        }
    }

    /// All is taken once nothing was found twice, the driver was done twice in between, and no message came: in its first round
    /// it may have been on the way past a full queue.
    fn found_nothing(&mut self) -> (Wakers, Result<(), TooLarge>) {
        let is_certain = match self.nothing_at {
            Some((rounds, messages)) if messages == self.messages => {
                if self.rounds < rounds + 2 {
                    return (Wakers::new(), Ok(()));
                }
                true
            }
            _ => false,
        };
        self.nothing_at = Some((self.rounds, self.messages));
        if !is_certain {
            return (Wakers::new(), Ok(()));
        }
        self.unread.nothing_is_complete(self.now);
        let verdict = self.now.map_or(Ok(()), |now| self.surplus.judge(now));
        (std::mem::take(&mut self.wakers), verdict)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use proptest::prelude::*;
    use webrtc::runtime::RecvMeta;

    use super::super::datagram::DATAGRAM_HEADERS;
    use super::super::surplus::{MAX_MESSAGE_BYTES, SURPLUS_WAIT};
    use super::*;

    /// The most that a datagram has in front of its chunks: the tags of the cipher are not counted.
    const HEADERS: usize = DATAGRAM_HEADERS + 24;

    /// A waker that notes that it was woken.
    #[derive(Default)]
    struct Flag(AtomicBool);

    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// The payload of a chunk of a large message.
    const PART: usize = 1_150;

    /// Tokio's clock is for runtimes; the window only compares times.
    fn start() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// A connection as the window sees it: the crate behind it, and the user.
    struct Model {
        window: ReceiveWindow,
        held: Held,
        /// The messages of each datagram that waits.
        held_messages: VecDeque<Vec<usize>>,
        in_crate: VecDeque<usize>,
        inbox: VecDeque<usize>,
        now: Instant,
    }

    impl Model {
        fn new() -> Self {
            let window = ReceiveWindow::default();
            let model = Self {
                held: window.add_socket(),
                window,
                held_messages: VecDeque::new(),
                in_crate: VecDeque::new(),
                inbox: VecDeque::new(),
                now: start(),
            };
            model.window.driver_is_done(model.now);
            model
        }

        fn unread(&self) -> usize {
            self.in_crate.len() + self.inbox.len()
        }

        /// A datagram with these messages arrives. Returns whether it was taken.
        fn arrive(&mut self, messages: &[usize]) -> bool {
            let bytes: u64 = messages.iter().map(|bytes| chunks(*bytes)).sum();
            self.arrive_with(usize::try_from(bytes).unwrap(), messages)
        }

        /// A datagram with so many bytes of chunks, which completes these messages.
        fn arrive_with(&mut self, chunk_bytes: usize, messages: &[usize]) -> bool {
            let bytes = vec![0x17; HEADERS + chunk_bytes];
            match self.window.admit(&bytes, bytes.len(), true, &self.held) {
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

        /// The parts of a message of so many bytes arrive, one in each round. Whether it is complete is up to the caller.
        fn arrive_in_parts(&mut self, bytes: usize) {
            for _ in 0..bytes.div_ceil(PART) {
                self.arrive_with(16 + PART, &[]);
                assert_eq!(self.round(100), Ok(()));
            }
        }

        /// A round of the driver, after which the receiver takes at most `most` messages.
        fn round(&mut self, most: usize) -> Result<(), TooLarge> {
            while self.window.take(&mut self.held, Waker::noop()).is_some() {
                self.in_crate.extend(self.held_messages.pop_front().unwrap());
                if self.held.is_empty() {
                    self.held_messages.clear();
                }
            }
            let attention = self.window.driver_is_done(self.now);
            for _ in 0..most {
                let Some(bytes) = self.in_crate.pop_front() else { break };
                self.window.taken(bytes);
                self.inbox.push_back(bytes);
            }
            if self.in_crate.is_empty() && attention.is_some() { self.window.found_nothing() } else { Ok(()) }
        }

        /// So much time passes, with some rounds in each quarter of a second.
        fn pass(&mut self, time: Duration) -> Result<(), TooLarge> {
            let end = self.now + time;
            while self.now < end {
                self.now += SLOW_ATTENTION;
                for _ in 0..4 {
                    self.round(100)?;
                }
            }
            Ok(())
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
            for _ in 0..200_000 {
                if read == sent {
                    break;
                }
                model.now += Duration::from_millis(10);
                prop_assert_eq!(model.round(most_taken), Ok(()));
                read += model.read(1_000);
            }
            prop_assert_eq!(read, sent);
        }

        #[test]
        fn traffic_of_any_shape_that_is_delivered_leaves_no_surplus(
            sizes in proptest::collection::vec(prop_oneof![0..300_usize, 1_000..3_000_usize, 200_000..=MAX_MESSAGE_BYTES], 10),
            repeated in proptest::collection::vec(any::<bool>(), 7),
            acknowledgement in 0..120_usize,
        ) {
            let mut model = Model::new();
            let mut arrived = 0;
            let mut repeated = repeated.iter().cycle();
            while arrived < 6 * MAX_MESSAGE_BYTES {
                for size in &sizes {
                    // Parts that arrive twice, and an acknowledgement with each.
                    for left in (1..=*size).rev().step_by(PART) {
                        let part = 16 + left.min(PART) + acknowledgement;
                        model.arrive_with(part, &[]);
                        if *repeated.next().unwrap() && left <= PART {
                            model.arrive_with(part, &[]);
                        }
                        prop_assert_eq!(model.round(100), Ok(()));
                    }
                    // A message is complete once its last part has passed.
                    while !model.held.is_empty() {
                        prop_assert_eq!(model.pass(SLOW_ATTENTION), Ok(()));
                    }
                    model.in_crate.push_back(*size);
                    arrived += size.max(&100);
                    prop_assert_eq!(model.pass(SLOW_ATTENTION), Ok(()));
                    model.read(100);
                }
            }
            prop_assert_eq!(model.pass(2 * SURPLUS_WAIT), Ok(()));
        }
    }

    #[test]
    fn checks_of_the_path_pass_though_nothing_is_read() {
        let mut model = Model::new();
        while model.arrive(&[1; 57]) {}
        let request = [0x00, 0x01, 0x00, 0x08];
        assert_eq!(model.window.admit(&request, request.len(), true, &model.held), Admission::Pass);
        let relayed_data = [0x00, 0x17, 0x03, 0x00].repeat(200);
        assert_ne!(model.window.admit(&relayed_data, relayed_data.len(), true, &model.held), Admission::Pass);
    }

    #[test]
    fn a_handshake_that_begins_before_there_is_a_path_is_taken_soon_after() {
        let mut model = Model::new();
        model.window.close_gate();
        let hello = [0x16; 200];
        assert_eq!(model.window.admit(&hello, hello.len(), true, &model.held), Admission::Hold);
        assert_eq!(model.window.admit(&hello, hello.len(), false, &model.held), Admission::Drop);
        assert!(model.arrive(&[0]));
        assert_eq!(model.pass(Duration::from_secs(3)), Ok(()));
        assert_eq!(model.unread(), 0);
        model.window.path_is_selected();
        let opens = model.window.driver_is_done(model.now);
        model.now += opens.unwrap();
        assert_eq!(model.pass(SLOW_ATTENTION), Ok(()));
        assert_eq!(model.unread(), 1);
    }

    #[test]
    fn data_that_do_not_come_from_the_peer_are_dropped_and_checks_from_anywhere_pass() {
        let mut model = Model::new();
        let check = [0x00, 0x01, 0x00, 0x08];
        for _ in 0..1_000 {
            assert_eq!(model.window.admit(&[0x17; 1_200], 1_200, false, &model.held), Admission::Drop);
            assert_eq!(model.window.admit(&check, 4, false, &model.held), Admission::Pass);
        }
        assert_eq!(model.pass(2 * SURPLUS_WAIT), Ok(()));
        assert_eq!(model.window.driver_is_done(model.now), None);
    }

    #[test]
    fn what_waits_at_one_socket_is_not_forgotten_for_others() {
        let mut model = Model::new();
        while model.held.is_empty() {
            model.arrive(&[PART]);
            assert_eq!(model.round(100), Ok(()));
        }
        let wakers = [(); 2].map(|()| Arc::new(Flag::default()));
        let mut other = model.window.add_socket();
        for _ in 0..100 {
            let mut meta = RecvMeta::default();
            (meta.len, meta.stride) = (1_400, 1_400);
            other.push(Datagram { bytes: vec![0x17; 1_400], meta });
            assert!(model.window.take(&mut other, &Waker::from(Arc::new(Flag::default()))).is_none());
        }
        assert!(model.window.take(&mut model.held, &Waker::from(Arc::clone(&wakers[0]))).is_none());
        assert!(model.window.take(&mut other, &Waker::from(Arc::clone(&wakers[1]))).is_none());
        model.read(1);
        assert!(wakers.iter().all(|waker| waker.0.load(Ordering::Relaxed)));
    }

    #[test]
    fn acknowledgements_pass_where_data_wait() {
        let mut model = Model::new();
        while model.held.is_empty() {
            model.arrive(&[PART]);
        }
        let acknowledgement = [0x17; 69];
        assert_eq!(model.window.admit(&acknowledgement, 69, true, &model.held), Admission::Pass);
    }

    #[test]
    fn while_a_reader_pauses_one_datagram_is_let_in_each_second_and_the_memory_stays_bounded() {
        for uploads in [false, true] {
            let mut model = Model::new();
            while model.held.is_empty() {
                model.arrive(&[PART]);
                assert_eq!(model.round(100), Ok(()));
            }
            let acknowledgement = [0x17; 69];
            let arrive_for = |model: &mut Model, seconds: usize| {
                let before = model.unread();
                for _ in 0..4 * seconds {
                    model.arrive(&[PART]);
                    if uploads {
                        let admission = model.window.admit(&acknowledgement, 69, true, &model.held);
                        assert!(admission == Admission::Pass || model.unread() * PART > 4_000_000);
                    }
                    assert_eq!(model.pass(SLOW_ATTENTION), Ok(()));
                }
                model.unread() - before
            };
            let let_in = arrive_for(&mut model, 60);
            assert!((30..=60).contains(&let_in), "{let_in} in a minute");
            arrive_for(&mut model, 7_200);
            assert!(model.unread() * PART < 4_500_000, "{} unread", model.unread());
        }
    }

    #[test]
    fn more_small_messages_behind_a_gap_than_sctp_can_number_are_not_let_in_at_once() {
        let mut model = Model::new();
        let mut behind_gap = 0;
        model.in_crate.push_back(4);
        for _ in 0..4_000 {
            // Nothing of it is complete: the first chunk is missing.
            if model.window.admit(&[0x17; 1_181], 1_181, true, &model.held) == Admission::Pass {
                behind_gap += 57;
            }
            model.now += Duration::from_micros(100);
            assert_eq!(model.round(100), Ok(()));
        }
        assert!(behind_gap < 32_767, "{behind_gap} messages");
    }

    #[test]
    fn a_message_without_an_end_is_too_large_once_its_parts_are_far_too_many() {
        for part in [PART, 900] {
            let mut model = Model::new();
            let (mut verdict, mut parts) = (Ok(()), 0);
            while verdict.is_ok() && parts * part < 30 * 1024 * 1024 {
                parts += usize::from(model.arrive_with(16 + part, &[]));
                model.now += Duration::from_millis(10);
                verdict = model.round(1);
            }
            assert_eq!(verdict, Err(TooLarge), "{part}");
            assert!((4 * MAX_MESSAGE_BYTES..18 * 1024 * 1024).contains(&(parts * part)), "{parts} parts of {part}");
        }
    }

    #[test]
    fn a_message_that_never_comes_is_too_large_after_a_while_if_it_was_larger_than_the_limit() {
        for (bytes, expected) in [(MAX_MESSAGE_BYTES + 1, Err(TooLarge)), (MAX_MESSAGE_BYTES / 2, Ok(()))] {
            let mut model = Model::new();
            model.arrive_in_parts(bytes);
            assert_eq!(model.pass(SURPLUS_WAIT.saturating_sub(SLOW_ATTENTION)), Ok(()));
            assert_eq!(model.pass(SURPLUS_WAIT), expected, "{bytes}");
        }
    }

    #[test]
    fn a_message_that_is_too_large_is_found_though_others_follow() {
        let mut model = Model::new();
        model.arrive_in_parts(MAX_MESSAGE_BYTES + 20_000);
        let mut verdict = Ok(());
        for _ in 0..4 * 60 {
            model.arrive(&[1_024]);
            verdict = verdict.and(model.pass(SLOW_ATTENTION));
            model.read(1);
        }
        assert_eq!(verdict, Err(TooLarge));
    }

    #[test]
    fn what_waits_behind_a_gap_while_the_path_is_interrupted_is_no_message_that_is_too_large() {
        let mut model = Model::new();
        model.arrive_in_parts(350_000);
        assert_eq!(model.pass(SURPLUS_WAIT.saturating_sub(Duration::from_secs(1))), Ok(()));
        model.window.path_recovered();
        assert_eq!(model.pass(SURPLUS_WAIT.saturating_sub(Duration::from_secs(1))), Ok(()));
        // The missing part arrives, and with it all messages.
        model.arrive_with(16 + PART, &[PART; 305]);
        for _ in 0..10 {
            assert_eq!(model.pass(SURPLUS_WAIT), Ok(()));
            model.read(400);
        }
    }

    #[test]
    fn data_of_a_further_channel_that_nobody_reads_end_nothing() {
        let mut model = Model::new();
        model.window.found_further_channel();
        model.arrive_in_parts(MAX_MESSAGE_BYTES + 20_000);
        assert_eq!(model.pass(2 * SURPLUS_WAIT), Ok(()));
    }

    #[test]
    fn large_acknowledgements_of_an_upload_that_loses_much_end_nothing() {
        let mut model = Model::new();
        for _ in 0..2_000 {
            model.arrive_with(700, &[]);
            assert_eq!(model.pass(SLOW_ATTENTION), Ok(()));
        }
        assert_eq!(model.pass(2 * SURPLUS_WAIT), Ok(()));
    }
}
