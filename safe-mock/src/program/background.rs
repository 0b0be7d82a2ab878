//! Writes that may block, such as to a pipe that nobody reads, without a program that waits for them.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Does the work on a thread of its own. The end of the program does not wait for that thread, as it would for one of the runtime.
///
/// # Errors
/// The thread cannot be started, or the work fails.
pub async fn in_background(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    let (ended, end) = oneshot::channel();
    thread::Builder::new().name("output".to_owned()).spawn(move || {
        // Nobody may be waiting any more.
        let _unheard = ended.send(work());
    })?;
    end.await.map_err(io::Error::other)?
}

/// The result of a write, where a reader that has left is no error.
///
/// # Errors
/// The write failed for another reason.
pub fn ignoring_a_reader_that_left(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}
