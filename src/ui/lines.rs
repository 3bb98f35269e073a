//! Where the lines of a plain session come from: a person, or another program through a pipe.

use std::io;
use std::io::BufRead;
use std::io::Read as _;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// A program answers sooner than this, a person reads for longer.
const QUIET: Duration = Duration::from_millis(150);

/// Bytes of the longest line: a device at the other end may have no line end at all.
const LONGEST: u64 = 1 << 20;

/// Lines that are read one after the other.
pub trait Lines {
    /// The next line with its end; nothing after the last one.
    ///
    /// # Errors
    /// When it can't be read.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>>;

    /// Whether the next line is still to come, so that there is time for what can wait.
    fn rests(&mut self) -> bool;
}

/// Lines that a person types, who reads first.
pub struct Typed<R>(pub R);

impl<R: BufRead> Lines for Typed<R> {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = self.0.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if u64::try_from(read).is_ok_and(|read| read == LONGEST) && !line.ends_with(b"\n") {
            return Err(io::Error::other("a line is longer than 1 MB: that is no answer"));
        }
        Ok((read > 0).then_some(line))
    }

    fn rests(&mut self) -> bool {
        true
    }
}

/// Lines through a pipe. A thread of its own waits for them, since only that tells whether there is one yet.
pub struct Piped {
    lines: Receiver<io::Result<Vec<u8>>>,
    /// The one that was there when it was asked for.
    next: Option<io::Result<Vec<u8>>>,
}

impl Piped {
    /// Begins to read. Whatever `input` has after the last line that is asked for is lost.
    #[must_use]
    pub fn new(input: impl BufRead + Send + 'static) -> Self {
        let (sender, lines) = mpsc::sync_channel(1);
        std::thread::spawn(move || {
            let mut input = Typed(input);
            while let Some(line) = input.next().transpose() {
                let failed = line.is_err();
                if sender.send(line).is_err() || failed {
                    break;
                }
            }
        });
        Self { lines, next: None }
    }
}

impl Lines for Piped {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.next.take() {
            Some(line) => line.map(Some),
            None => self.lines.recv().ok().transpose(),
        }
    }

    fn rests(&mut self) -> bool {
        if self.next.is_some() {
            return false;
        }
        match self.lines.recv_timeout(QUIET) {
            Ok(line) => {
                self.next = Some(line);
                false
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::io::Read;

    /// Blocks for ever, as a pipe that nobody writes to.
    struct Silence;

    impl Read for Silence {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            loop {
                std::thread::park();
            }
        }
    }

    #[test]
    fn lines_through_a_pipe_are_the_lines_that_were_written_whether_asked_for_or_not() {
        let mut piped = Piped::new(Cursor::new("a\n\nlast"));
        let mut found = Vec::new();
        while let Some(line) = piped.next().unwrap() {
            found.push(line);
            assert!(!piped.rests());
        }
        assert_eq!(found, [b"a\n".to_vec(), b"\n".to_vec(), b"last".to_vec()]);
        assert!(piped.next().unwrap().is_none());
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let mut typed = Typed(io::BufReader::new(io::repeat(b'x')));
        assert!(typed.next().unwrap_err().to_string().contains("1 MB"));
        assert!(Piped::new(io::BufReader::new(io::repeat(0))).next().is_err());
    }

    #[test]
    fn a_pipe_rests_where_nothing_comes() {
        assert!(Piped::new(io::BufReader::new(Silence)).rests());
    }
}
