//! Text in the encodings that spreadsheets and shells write.

use crate::formats::ReadSeek;
use encoding_rs::Encoding;
use encoding_rs::UTF_8;
use encoding_rs::WINDOWS_1252;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io;
use std::io::Read;
use std::io::SeekFrom;

/// Bytes read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// The text after a byte order mark, as UTF-8; without a mark the bytes as they are.
///
/// # Errors
/// When `input` fails.
pub(super) fn marked<'a>(input: &'a mut dyn ReadSeek) -> io::Result<Box<dyn Read + 'a>> {
    match mark(input)? {
        Some(encoding) if encoding != UTF_8 => decoded(input, encoding),
        _ => Ok(Box::new(input)),
    }
}

/// The first byte of a text that is no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadByte {
    /// Its line, from 1.
    pub(super) line: u64,
    /// The byte.
    pub(super) byte: u8,
}

/// The whole text as UTF-8; with the byte for which it was taken for Windows-1252, where it was.
///
/// Without a byte order mark the bytes are checked first, all of them: a file is Windows-1252 as a whole or not at all.
///
/// # Errors
/// When `input` fails.
pub(super) fn text<'a>(input: &'a mut dyn ReadSeek) -> io::Result<(Box<dyn Read + 'a>, Option<BadByte>)> {
    if let Some(encoding) = mark(input)?
        && encoding != UTF_8
    {
        return Ok((decoded(input, encoding)?, None));
    }
    let start = input.stream_position()?;
    let bad = first_bad_byte(input)?;
    input.seek(SeekFrom::Start(start))?;
    let Some((offset, byte)) = bad else {
        return Ok((Box::new(input), None));
    };
    let line = 1 + line_feeds(&mut input.take(offset))?;
    input.seek(SeekFrom::Start(start))?;
    Ok((decoded(input, WINDOWS_1252)?, Some(BadByte { line, byte })))
}

/// The encoding that a byte order mark names. Leaves `input` after the mark.
fn mark(input: &mut dyn ReadSeek) -> io::Result<Option<&'static Encoding>> {
    let start = input.stream_position()?;
    let mut head = Vec::new();
    input.take(3).read_to_end(&mut head)?;
    let found = Encoding::for_bom(&head);
    let length = found.map_or(0, |(_, length)| u64::try_from(length).unwrap_or(0));
    input.seek(SeekFrom::Start(start.saturating_add(length)))?;
    Ok(found.map(|(encoding, _)| encoding))
}

fn decoded<'a>(input: &'a mut dyn ReadSeek, encoding: &'static Encoding) -> io::Result<Box<dyn Read + 'a>> {
    let reader = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build_with_buffer(input, vec![0; CHUNK])?;
    Ok(Box::new(reader))
}

/// The first byte that is no UTF-8, and how far from here it stands.
fn first_bad_byte(input: &mut dyn ReadSeek) -> io::Result<Option<(u64, u8)>> {
    let mut buffer = vec![0; CHUNK];
    let mut kept = 0;
    let mut offset = 0_u64;
    loop {
        let read = match input.read(buffer.get_mut(kept..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let bytes = buffer.get(..kept + read).unwrap_or_default();
        let Err(error) = simdutf8::compat::from_utf8(bytes) else {
            if read == 0 {
                return Ok(None);
            }
            offset += u64::try_from(bytes.len()).unwrap_or(0);
            kept = 0;
            continue;
        };
        let good = error.valid_up_to();
        offset += u64::try_from(good).unwrap_or(0);
        if error.error_len().is_some() || read == 0 {
            return Ok(bytes.get(good).map(|byte| (offset, *byte)));
        }
        // A character cut by the end of the chunk: at most three bytes, looked at again with the next one.
        let end = bytes.len();
        buffer.copy_within(good..end, 0);
        kept = end - good;
    }
}

fn line_feeds(input: &mut dyn Read) -> io::Result<u64> {
    let mut buffer = vec![0; CHUNK];
    let mut lines = 0;
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(lines),
            Ok(read) => {
                let found = buffer.iter().take(read).filter(|byte| **byte == b'\n').count();
                lines += u64::try_from(found).unwrap_or(0);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> (String, Option<BadByte>) {
        let mut input = Cursor::new(bytes);
        let (mut reader, bad) = text(&mut input).unwrap();
        let mut found = String::new();
        reader.read_to_string(&mut found).unwrap();
        (found, bad)
    }

    #[test]
    fn byte_order_marks_are_obeyed_and_dropped() {
        for bytes in ["é".as_bytes(), b"\xef\xbb\xbf\xc3\xa9", b"\xff\xfe\xe9\x00", b"\xfe\xff\x00\xe9"] {
            assert_eq!(read(bytes), ("é".to_owned(), None), "{bytes:?}");
        }
        assert_eq!(read(b""), (String::new(), None));
    }

    #[test]
    fn one_bad_byte_makes_the_whole_file_windows_1252() {
        let (found, bad) = read(b"fine\r\nna\xefve \x93quoted\x94 caf\xc3\xa9\n");
        assert_eq!(found, "fine\r\nnaïve “quoted” cafÃ©\n");
        assert_eq!(bad, Some(BadByte { line: 2, byte: 0xef }));
    }

    #[test]
    fn a_character_cut_by_the_end_of_a_chunk_is_whole() {
        for shift in 0..4 {
            let long = format!("{}{}", "a".repeat(shift), "€".repeat(CHUNK));
            assert_eq!(read(long.as_bytes()), (long.clone(), None));
        }
        let mut cut = "x".repeat(CHUNK - 1).into_bytes();
        cut.push(0xe2);
        let (found, bad) = read(&cut);
        assert!(found.ends_with("xâ"));
        assert_eq!(bad, Some(BadByte { line: 1, byte: 0xe2 }));
    }
}
