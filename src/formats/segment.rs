//! `lmq-segment`: the log as JSON lines, for export, sync and backup by file. docs/data-model.md says what each field means.
//!
//! A file is one segment or several, one after the other. A segment is the actions n to m of one device: a head, then
//! the configurations that it names, then its actions with their entries. Answers that are actions of their own, which
//! are nearly all of a log, stand by the hundred in one line.

mod check;
pub mod fault;
mod line;
mod read;
mod run;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::Writer;

use std::io;
use std::io::Cursor;
use std::io::Read as _;
use std::io::Write;

/// The format's name in the head of each segment.
pub const FORMAT: &str = "lmq-segment";

/// The version that is written, and the newest that can be read.
pub const VERSION: u32 = 1;

/// The most bytes that a line may have.
const LONGEST_LINE: usize = 16 << 20;

/// How many notes have a number at a time: when the next one is named, the numbers begin again. Both sides count alike,
/// so that neither needs more memory for a longer log.
const MOST_NOTES: usize = 1 << 20;

/// The most answers in one line.
const LONGEST_RUN: usize = 512;

/// The most configurations that one segment may name.
const MOST_CONFIGS: usize = 1 << 16;

/// The largest ordinal: a local number keeps it in 9 bits.
const LAST_ORDINAL: u16 = 511;

/// What the bytes of a zstd file begin with.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What each segment begins with.
const OPENING: &[u8] = b"{\"format\":\"lmq-segment\"";

/// Whether a file that begins with `head` holds segments, plain or compressed.
#[must_use]
pub fn sniff(head: &[u8]) -> bool {
    if !is_compressed(head) {
        return opens_segment(head);
    }
    let mut start = Vec::new();
    let Ok(decoder) = read::decoder(Cursor::new(head)) else { return false };
    let outcome = decoder.take(256).read_to_end(&mut start);
    // Another program's first block may be longer than all of `head`. No other format of ours is compressed.
    let cut = start.is_empty() && outcome.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
    cut || opens_segment(&start)
}

fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(&ZSTD_MAGIC)
}

fn opens_segment(text: &[u8]) -> bool {
    text.iter().filter(|byte| !byte.is_ascii_whitespace()).take(OPENING.len()).eq(OPENING)
}

/// A writer that compresses with zstd. Call [`Compressed::finish`], or the end is missing.
pub struct Compressed<W: Write>(zstd::stream::write::Encoder<'static, W>);

impl<W: Write> Compressed<W> {
    /// Begins to compress into `out`.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new(out: W) -> io::Result<Self> {
        let mut encoder = zstd::stream::write::Encoder::new(out, 3)?;
        encoder.include_checksum(true)?;
        Ok(Self(encoder))
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Compressed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
