//! Lines for stderr that never wait for a reader.
//!
//! `tracing-appender` has such a writer too. It bounds the number of lines and not their bytes, does not say how many were lost,
//! and the end of its program waits for the reader, and then prints to stdout.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// The bytes that may wait to be written. Pipes hold 64 KiB more.
const WAITING_BYTES_MAX: usize = 1 << 20;

/// How long to wait before the next try to write to a stream that takes nothing now and does not block.
const PAUSE: Duration = Duration::from_millis(10);

/// How long the end of a program waits for the lines before it.
const END_WAIT: Duration = Duration::from_millis(200);

/// Writes lines on a thread of its own. Writing never blocks and never fails: lines for which there is no room are lost, and the
/// next line that is written says how many. If the stream is closed, all are lost.
#[derive(Debug, Clone)]
pub struct LogOutput(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something to write.
    filled: Condvar,
    /// All is written.
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    lost: u64,
    is_writing: bool,
}

impl LogOutput {
    /// Writes to stderr. Without a free thread, lines are lost.
    pub fn stderr() -> Self {
        Self::to(io::stderr())
    }

    fn to(stream: impl Write + Send + 'static) -> Self {
        let shared = Arc::<Shared>::default();
        let written = Arc::clone(&shared);
        // Without the thread nothing is written, as for a reader that is not reading.
        let _thread = thread::Builder::new().name("log".to_owned()).spawn(move || written.write_to(stream));
        Self(shared)
    }

    /// Writes one line, which has no newline yet.
    pub fn line(&self, line: &str) {
        self.0.add(format!("{line}\n").as_bytes());
    }

    /// Waits until all lines are written, but not for long: the reader may not be reading.
    pub fn finish(&self) {
        let mut state = self.0.state.lock();
        self.0.emptied.wait_while_for(&mut state, |state| !state.is_done(), END_WAIT);
    }
}

impl Write for LogOutput {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl State {
    fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.lost == 0 && !self.is_writing
    }

    /// What is to be written, and last how many lines were lost after it.
    fn take(&mut self) -> Vec<u8> {
        let mut taken = std::mem::take(&mut self.waiting);
        let lost = std::mem::take(&mut self.lost);
        if lost > 0 {
            let lines = if lost == 1 { "line was" } else { "lines were" };
            taken.extend_from_slice(
                format!("{lost} {lines} lost, because this output was not read in time\n").as_bytes(),
            );
        }
        taken
    }
}

impl Shared {
    fn add(&self, line: &[u8]) {
        let mut state = self.state.lock();
        if state.waiting.len() + line.len() > WAITING_BYTES_MAX {
            state.lost += 1;
        } else {
            state.waiting.extend_from_slice(line);
        }
        self.filled.notify_one();
    }

    fn write_to(&self, mut stream: impl Write) {
        loop {
            let lines = {
                let mut state = self.state.lock();
                state.is_writing = false;
                if state.is_done() {
                    self.emptied.notify_all();
                }
                self.filled.wait_while(&mut state, |state| state.is_done());
                state.is_writing = true;
                state.take()
            };
            write_patiently(&mut stream, &lines);
        }
    }
}

/// Writes all bytes, unless the stream fails: then the rest is lost.
fn write_patiently(stream: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return,
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Another process may have made the pipe or terminal that it shares non-blocking.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::park_timeout(PAUSE),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Takes one write for each unit that it receives.
    struct Gate(mpsc::Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.1.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_without_room_are_lost_and_counted_and_nobody_waits() {
        let (open, gate) = mpsc::channel();
        let written = Arc::default();
        let output = LogOutput::to(Gate(gate, Arc::clone(&written)));
        let line = "x".repeat(999);
        for _ in 0..3_000 {
            output.line(&line);
        }
        output.finish(); // It returns although nothing can be written.
        for _ in 0..3 {
            open.send(()).unwrap();
        }
        while !output.0.state.lock().is_done() {
            std::thread::yield_now();
        }
        let text = String::from_utf8(written.lock().clone()).unwrap();
        let whole = text.lines().filter(|written| **written == line).count();
        assert!((1_000..1_000 + 2 * WAITING_BYTES_MAX / 1_000).contains(&whole), "{whole}");
        // The first batch that is written may have had room for more.
        let notes = text
            .lines()
            .filter_map(|line| line.split_once(" lines were lost, because this output was not read in time"));
        let lost: usize = notes.filter_map(|(count, _)| count.parse::<usize>().ok()).sum();
        assert_eq!(whole + lost, 3_000);
    }

    #[test]
    fn what_was_written_before_the_end_is_there_at_the_end() {
        let (open, gate) = mpsc::channel();
        let written = Arc::default();
        let output = LogOutput::to(Gate(gate, Arc::clone(&written)));
        open.send(()).unwrap();
        open.send(()).unwrap();
        output.line("one");
        output.line("two");
        output.finish();
        assert_eq!(written.lock().as_slice(), b"one\ntwo\n");
    }

    #[test]
    fn a_stream_that_fails_changes_nothing() {
        let (open, gate) = mpsc::channel();
        drop(open);
        let output = LogOutput::to(Gate(gate, Arc::default()));
        output.line("lost");
        output.finish();
        assert!(output.0.state.lock().is_done());
    }
}
