//! Where the lines of a plain session come from: a person, or another program through a pipe.

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
#[cfg(unix)]
use std::os::fd::AsFd as Handle;
#[cfg(windows)]
use std::os::windows::io::AsHandle as Handle;
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
            return Err(io::Error::other("a line is longer than 1 MB: that is not an answer"));
        }
        Ok((read > 0).then_some(line))
    }

    fn rests(&mut self) -> bool {
        true
    }
}

/// Lines through a pipe, whose other end may answer at once.
pub struct Piped<R>(Typed<BufReader<R>>);

impl<R: Read + Handle> Piped<R> {
    /// Lines of `input`, which has no buffer of its own: nobody could ask whether a line lies in there.
    #[must_use]
    pub fn new(input: R) -> Self {
        Self(Typed(BufReader::new(input)))
    }
}

impl<R: Read + Handle> Lines for Piped<R> {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.0.next()
    }

    fn rests(&mut self) -> bool {
        let Typed(input) = &self.0;
        input.buffer().is_empty() && is_silent(input.get_ref(), QUIET)
    }
}

/// Whether nothing comes for so long. The end of the input is something too.
#[cfg(unix)]
fn is_silent(input: &impl Handle, patience: Duration) -> bool {
    let mut asked = [rustix::event::PollFd::new(input, rustix::event::PollFlags::IN)];
    let patience = rustix::event::Timespec::try_from(patience).ok();
    matches!(rustix::event::poll(&mut asked, patience.as_ref()), Ok(0))
}

/// Where nobody can ask, what can wait is left for later.
#[cfg(not(unix))]
fn is_silent(_: &impl Handle, _: Duration) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Seek as _;
    use std::io::Write as _;

    fn piped(bytes: &[u8]) -> Piped<impl Read + Handle> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        Piped::new(file)
    }

    #[test]
    fn lines_through_a_pipe_are_the_lines_that_were_written_whether_asked_for_or_not() {
        let mut piped = piped(b"a\n\nlast");
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
        assert!(piped(&vec![0; 1 << 20]).next().is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_rests_where_nothing_comes_until_something_does_or_its_end() {
        let (input, mut output) = io::pipe().unwrap();
        let mut piped = Piped::new(input);
        assert!(piped.rests());
        output.write_all(b"a\nb\n").unwrap();
        assert!(!piped.rests());
        assert_eq!(piped.next().unwrap(), Some(b"a\n".to_vec()));
        assert!(!piped.rests(), "the second line is there already");
        assert_eq!(piped.next().unwrap(), Some(b"b\n".to_vec()));
        assert!(piped.rests());
        drop(output);
        assert!(!piped.rests());
        assert_eq!(piped.next().unwrap(), None);
    }
}
