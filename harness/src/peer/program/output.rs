//! The output of a peer program: its lines, bounded in bytes.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The most bytes of a line.
pub(super) const LINE_BYTES_MAX: usize = 1 << 20;

/// The most bytes of all lines together.
pub(super) const OUTPUT_BYTES_MAX: usize = 16 << 20;

/// The most lines.
pub(super) const LINES_MAX: usize = 100_000;

/// How many bytes are read at once.
const CHUNK_BYTES: usize = 16 << 10;

/// Why no further line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMuch {
    /// A line is too long.
    #[error("it wrote a line of more than {} MiB", LINE_BYTES_MAX >> 20)]
    Line,
    /// All lines are too long together.
    #[error("it wrote more than {} MiB", OUTPUT_BYTES_MAX >> 20)]
    Output,
    /// There are too many lines.
    #[error("it wrote more than {LINES_MAX} lines")]
    Lines,
}

/// Reads lines.
#[derive(Debug)]
pub(super) struct Output<R> {
    reader: R,
    unread: BytesMut,
    bytes: usize,
    lines: usize,
    is_over: bool,
}

impl<R: AsyncRead + Unpin> Output<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, unread: BytesMut::new(), bytes: 0, lines: 0, is_over: false }
    }

    /// The next line, without its end; `None` after the last. Nothing is lost if the future is dropped.
    ///
    /// # Errors
    /// The line or the output is too long: then there is no further line.
    pub(super) async fn next_line(&mut self) -> Result<Option<BytesMut>, TooMuch> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.unread[searched..].iter().position(|byte| *byte == b'\n') {
                if searched + end > LINE_BYTES_MAX {
                    return Err(self.end_with(TooMuch::Line));
                }
                self.lines += 1;
                if self.lines > LINES_MAX {
                    return Err(self.end_with(TooMuch::Lines));
                }
                let mut line = self.unread.split_to(searched + end + 1);
                line.truncate(searched + end);
                return Ok(Some(line));
            }
            searched = self.unread.len();
            if searched > LINE_BYTES_MAX {
                return Err(self.end_with(TooMuch::Line));
            }
            if self.is_over {
                // A last line without an end.
                return Ok((searched > 0).then(|| self.unread.split()));
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), TooMuch> {
        self.unread.reserve(CHUNK_BYTES);
        let read: io::Result<usize> = self.reader.read_buf(&mut self.unread).await;
        // A pipe that breaks has ended.
        let read = read.unwrap_or(0);
        self.bytes += read;
        self.is_over |= read == 0;
        if self.bytes > OUTPUT_BYTES_MAX { Err(self.end_with(TooMuch::Output)) } else { Ok(()) }
    }

    fn end_with(&mut self, why: TooMuch) -> TooMuch {
        self.unread.clear();
        self.is_over = true;
        why
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(bytes: &[u8]) -> (Vec<Vec<u8>>, Option<TooMuch>) {
        let mut output = Output::new(bytes);
        let mut lines = Vec::new();
        loop {
            match output.next_line().await {
                Ok(Some(line)) => lines.push(line.to_vec()),
                Ok(None) => return (lines, None),
                Err(why) => return (lines, Some(why)),
            }
        }
    }

    #[tokio::test]
    async fn lines_are_read_also_the_last_without_an_end() {
        let read = lines(b"one\n\ntwo\xff\r\nthree").await;
        assert_eq!(read, (vec![b"one".to_vec(), b"".to_vec(), b"two\xff\r".to_vec(), b"three".to_vec()], None));
        assert_eq!(lines(b"").await, (vec![], None));
    }

    #[tokio::test]
    async fn a_line_without_an_end_and_too_many_lines_are_refused() {
        assert_eq!(lines(&vec![b'x'; LINE_BYTES_MAX + 2]).await, (vec![], Some(TooMuch::Line)));
        let long = [vec![b'x'; LINE_BYTES_MAX + 1], b"\n".to_vec()].concat();
        assert_eq!(lines(&long).await, (vec![], Some(TooMuch::Line)));
        assert_eq!(lines(&long[1..]).await.1, None, "the longest line");
        let line = [vec![b'x'; LINE_BYTES_MAX / 2], b"\n".to_vec()].concat();
        let (read, why) = lines(&line.repeat(33)).await;
        assert_eq!(why, Some(TooMuch::Output));
        assert!(read.len() < 33, "{}", read.len());
        let (read, why) = lines(&b"\n".repeat(LINES_MAX + 1)).await;
        assert_eq!((read.len(), why), (LINES_MAX, Some(TooMuch::Lines)));
    }
}
