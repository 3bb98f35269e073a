//! A document as it is read: never whole, and with an eye on what goes on for ever.

use crate::formats::ReadSeek;
use crate::formats::decode;
use crate::formats::json::LONGEST_NOTE;
use serde::de::DeserializeSeed;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::Visitor;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::rc::Rc;

/// Looks at what is read through it: which line it is, and whether a text or a note goes on for ever.
///
/// The JSON reader takes one byte at a time, so the count is right when a value begins.
pub(super) struct Metered<R> {
    inner: R,
    meter: Rc<Meter>,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Meter {
    /// Line feeds.
    lines: Cell<u64>,
    /// Bytes.
    bytes: Cell<usize>,
    /// Where the text that is being read begins; nothing between texts.
    text: Cell<Option<usize>>,
    /// The last byte was a backslash in a text.
    escape: Cell<bool>,
    /// Where the note that is being read begins, and in which line; nothing between notes.
    note: Cell<Option<(usize, u64)>>,
    /// The line of what is too long.
    too_long: Cell<Option<u64>>,
}

/// So many bytes apart it is looked whether something goes on for ever.
const LOOKS: usize = 1 << 12;

impl Meter {
    fn take(&self, byte: u8) -> bool {
        let bytes = self.bytes.get() + 1;
        self.bytes.set(bytes);
        match (self.text.get(), byte) {
            (Some(_), _) if self.escape.replace(false) => {}
            (Some(_), b'\\') => self.escape.set(true),
            (Some(_), b'"') => self.text.set(None),
            (None, b'"') => self.text.set(Some(bytes)),
            (None, b'\n') => self.lines.set(self.lines.get() + 1),
            _ => {}
        }
        !bytes.is_multiple_of(LOOKS) || self.is_fine(bytes)
    }

    fn is_fine(&self, bytes: usize) -> bool {
        let is_long = |start: &usize| bytes - start > LONGEST_NOTE;
        let note = self.note.get().filter(|(start, _)| is_long(start)).map(|(_, line)| line);
        let text = self.text.get().filter(is_long).map(|_| self.lines.get() + 1);
        self.too_long.set(note.or(text));
        self.too_long.get().is_none()
    }

    /// The reading begins anew.
    pub(super) fn again(&self) {
        self.lines.set(0);
        self.bytes.set(0);
        self.text.set(None);
    }

    /// A note begins in that line.
    pub(super) fn begin_note(&self, line: u64) {
        self.note.set(Some((self.bytes.get(), line)));
    }

    /// It is over.
    pub(super) fn end_note(&self) {
        self.note.set(None);
    }

    /// The line that is being read.
    pub(super) fn line(&self) -> u64 {
        self.lines.get() + 1
    }

    /// The line of what is too long, where something is.
    pub(super) fn too_long(&self) -> Option<u64> {
        self.too_long.get()
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let is_fine = buffer.iter().take(read).all(|byte| self.meter.take(*byte));
        if is_fine { Ok(read) } else { Err(io::Error::other("it goes on for ever")) }
    }
}

/// The value of one key of an object; all other keys are skipped.
pub(super) struct Under<'k, S> {
    pub(super) key: &'k str,
    pub(super) seed: S,
}

/// A seed that can be used several times.
pub(super) trait Again<'de> {
    fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>;
}

impl<'de, S: Again<'de>> DeserializeSeed<'de> for Under<'_, S> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Again<'de>> Visitor<'de> for Under<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == self.key {
                self.seed.again(&mut map)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

pub(super) type Document<'a> = serde_json::Deserializer<serde_json::de::IoRead<Metered<BufReader<Box<dyn Read + 'a>>>>>;

/// Reads one document to its end.
pub(super) fn parse<T>(
    input: &mut dyn ReadSeek,
    meter: &Rc<Meter>,
    read: impl FnOnce(&mut Document<'_>) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    let text = decode::marked(input).map_err(serde_json::Error::io)?;
    let text = BufReader::with_capacity(decode::CHUNK, text);
    let mut json = serde_json::Deserializer::from_reader(Metered { inner: text, meter: Rc::clone(meter) });
    let found = read(&mut json)?;
    json.end()?;
    Ok(found)
}
