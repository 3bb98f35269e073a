//! Text in the encodings that spreadsheets and shells write.

mod fault;
pub(super) mod guess;
#[cfg(test)]
mod guess_cases;
mod letters;
mod readings;

pub(super) use fault::EncodingFault;

use crate::formats::ReadSeek;
use crate::formats::decode::guess::Evidence;
use encoding_rs::DecoderResult;
use encoding_rs::Encoding;
use encoding_rs::UTF_8;
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

/// Whether an encoding goes by that name.
#[must_use]
pub fn is_encoding(name: &str) -> bool {
    called(name).is_some()
}

/// Names that other programs give, beside those of the web.
const ALIASES: &[(&str, &str)] = &[
    ("ansi", "windows-1252"),
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("latin-1", "windows-1252"),
    ("latin-2", "iso-8859-2"),
    ("latin2", "iso-8859-2"),
    ("mac-roman", "macintosh"),
    ("macroman", "macintosh"),
    ("utf16", "utf-16le"),
    ("utf16be", "utf-16be"),
    ("utf16le", "utf-16le"),
];

/// The encoding of that name.
pub(super) fn called(name: &str) -> Option<&'static Encoding> {
    let name = name.trim().to_lowercase();
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, web)| web);
    let dashed = || name.replace(['_', ' '], "-").replace("win-", "windows-");
    Encoding::for_label_no_replacement(name.as_bytes())
        .or_else(|| Encoding::for_label_no_replacement(dashed().as_bytes()))
}

/// The name of an encoding, as `--encoding` takes it.
pub(super) fn name_of(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "windows-1252" => "windows-1252",
        "Shift_JIS" => "shift_jis",
        "EUC-JP" => "euc-jp",
        "EUC-KR" => "euc-kr",
        "Big5" => "big5",
        "GBK" => "gbk",
        "UTF-8" => "utf-8",
        "UTF-16LE" => "utf-16le",
        "UTF-16BE" => "utf-16be",
        other => other,
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

/// A text as UTF-8, and which encoding it has.
pub(super) struct Decoded<'a> {
    /// The text.
    pub(super) reader: Box<dyn Read + 'a>,
    /// Its encoding.
    pub(super) encoding: &'static Encoding,
    /// Whether the encoding was guessed: nobody said it, there is no mark, and it is no UTF-8.
    pub(super) guessed: bool,
    /// The first byte that is no UTF-8, where that is why.
    pub(super) bad: Option<BadByte>,
}

/// Why the encoding of a text is not known, or why it can't be read.
#[derive(Debug)]
pub(super) enum Undecodable {
    /// The source failed.
    Io(io::Error),
    /// It is not what it was taken for.
    Fault(EncodingFault),
}

impl From<io::Error> for Undecodable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The whole text as UTF-8.
///
/// Without a byte order mark the bytes are checked first, all of them: a file has one encoding as a whole.
///
/// # Errors
/// When `input` fails, when it mixes encodings, or when nobody can tell which one it has.
pub(super) fn text<'a>(input: &'a mut dyn ReadSeek, said: Option<&str>) -> Result<Decoded<'a>, Undecodable> {
    let known = |reader, encoding| Decoded { reader, encoding, guessed: false, bad: None };
    if let Some(encoding) = mark(input)? {
        if encoding == UTF_8 {
            let start = input.stream_position()?;
            if let Some(bad) = bad_byte(input, start)? {
                return Err(malformed(&Evidence::gather(input)?, bad.line, encoding));
            }
            return Ok(known(Box::new(input), encoding));
        }
        return Ok(known(decoded(input, encoding)?, encoding));
    }
    let start = input.stream_position()?;
    if let Some(encoding) = said.and_then(called) {
        if let Some(line) = first_malformed_line(input, encoding)? {
            input.seek(SeekFrom::Start(start))?;
            return Err(malformed(&Evidence::gather(input)?, line, encoding));
        }
        input.seek(SeekFrom::Start(start))?;
        // Each byte is a letter there, so only this tells: letters of several bytes that are good throughout are no chance.
        if encoding.is_single_byte()
            && let Some(line) = first_line_of_utf_8_alone(input, start)?
        {
            return Err(Undecodable::Fault(EncodingFault::IsUtf8 { line, encoding: name_of(encoding) }));
        }
        return Ok(known(decoded(input, encoding)?, encoding));
    }
    let mut head = Vec::new();
    input.take(CHUNK as u64).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(start))?;
    if let Some(encoding) = guess::utf_16_without_mark(&head) {
        if let Some((utf_8, other)) = guess::plain_line_beside_utf_16(&head) {
            return Err(Undecodable::Fault(EncodingFault::Mixed { utf_8, other, candidates: Vec::new() }));
        }
        return Ok(Decoded { reader: decoded(input, encoding)?, encoding, guessed: true, bad: None });
    }
    if guess::is_iso_2022_jp(&head) {
        let encoding = encoding_rs::ISO_2022_JP;
        if first_malformed_line(input, encoding)?.is_none() {
            input.seek(SeekFrom::Start(start))?;
            return Ok(Decoded { reader: decoded(input, encoding)?, encoding, guessed: true, bad: None });
        }
        input.seek(SeekFrom::Start(start))?;
    }
    drop(head);
    let Some(bad) = bad_byte(input, start)? else {
        return Ok(known(Box::new(input), UTF_8));
    };
    let evidence = Evidence::gather(input)?;
    input.seek(SeekFrom::Start(start))?;
    let encoding = evidence.encoding(bad).map_err(Undecodable::Fault)?;
    if let Some(line) = first_malformed_line(input, encoding)? {
        return Err(malformed(&evidence, line, encoding));
    }
    input.seek(SeekFrom::Start(start))?;
    // A guess that can't be wrong is nothing to look at.
    let guessed = !evidence.is_alike_in_all(encoding);
    Ok(Decoded { reader: decoded(input, encoding)?, encoding, guessed, bad: Some(bad).filter(|_| guessed) })
}

/// What to say of a text that is not in that encoding: it may be in another one.
fn malformed(found: &Evidence, line: u64, encoding: &'static Encoding) -> Undecodable {
    let encoding = name_of(encoding);
    let candidates = found.candidates().into_iter().filter(|(name, _)| *name != encoding).collect();
    Undecodable::Fault(EncodingFault::Malformed { line, encoding, candidates })
}

/// The first byte that is no UTF-8. Leaves `input` at `start`.
fn bad_byte(input: &mut dyn ReadSeek, start: u64) -> io::Result<Option<BadByte>> {
    let bad = first_bad_byte(input)?;
    input.seek(SeekFrom::Start(start))?;
    let Some((offset, byte)) = bad else { return Ok(None) };
    let line = 1 + line_feeds(&mut input.take(offset))?;
    input.seek(SeekFrom::Start(start))?;
    Ok(Some(BadByte { line, byte }))
}

/// The line of the first letter of several bytes, where all of the text is UTF-8. Leaves `input` at `start`.
fn first_line_of_utf_8_alone(input: &mut dyn ReadSeek, start: u64) -> io::Result<Option<u64>> {
    let bad = first_bad_byte(input)?;
    input.seek(SeekFrom::Start(start))?;
    if bad.is_some() {
        return Ok(None);
    }
    let mut line = 1;
    let mut buffer = vec![0; CHUNK];
    let found = loop {
        let read = match input.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        let ascii = bytes.iter().take_while(|byte| byte.is_ascii());
        line += u64::try_from(ascii.filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        if read == 0 || !bytes.is_ascii() {
            break read > 0;
        }
    };
    input.seek(SeekFrom::Start(start))?;
    Ok(found.then_some(line))
}

/// The line of the first bytes that are no text in that encoding.
fn first_malformed_line(input: &mut dyn ReadSeek, encoding: &'static Encoding) -> io::Result<Option<u64>> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = vec![0; CHUNK];
    let mut text = vec![0; 4 * CHUNK];
    let mut line = 1_u64;
    loop {
        let read = match input.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let mut rest = buffer.get(..read).unwrap_or_default();
        loop {
            let (result, used, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, read == 0);
            let feeds = text.iter().take(written).filter(|byte| **byte == b'\n').count();
            line += u64::try_from(feeds).unwrap_or(0);
            rest = rest.get(used..).unwrap_or_default();
            match result {
                DecoderResult::Malformed(..) => return Ok(Some(line)),
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
            }
        }
        if read == 0 {
            return Ok(None);
        }
    }
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

    fn read_as(bytes: &[u8], said: Option<&str>) -> Result<(String, &'static str), EncodingFault> {
        let mut input = Cursor::new(bytes);
        match text(&mut input, said) {
            Ok(mut decoded) => {
                let mut found = String::new();
                decoded.reader.read_to_string(&mut found).unwrap();
                Ok((found, name_of(decoded.encoding)))
            }
            Err(Undecodable::Fault(fault)) => Err(fault),
            Err(Undecodable::Io(error)) => panic!("{error}"),
        }
    }

    fn read(bytes: &[u8]) -> Result<(String, &'static str), EncodingFault> {
        read_as(bytes, None)
    }

    #[test]
    fn byte_order_marks_are_obeyed_and_dropped() {
        for (bytes, name) in [
            ("é".as_bytes(), "utf-8"),
            (b"\xef\xbb\xbf\xc3\xa9", "utf-8"),
            (b"\xff\xfe\xe9\x00", "utf-16le"),
            (b"\xfe\xff\x00\xe9", "utf-16be"),
        ] {
            assert_eq!(read(bytes), Ok(("é".to_owned(), name)), "{bytes:?}");
        }
        assert_eq!(read(b""), Ok((String::new(), "utf-8")));
    }

    #[test]
    fn a_character_cut_by_the_end_of_a_chunk_is_whole() {
        for shift in 0..4 {
            let long = format!("{}{}", "a".repeat(shift), "€".repeat(CHUNK));
            assert_eq!(read(long.as_bytes()), Ok((long.clone(), "utf-8")));
        }
    }

    #[test]
    fn an_encoding_that_was_said_is_taken_or_refused_with_the_line() {
        assert_eq!(read_as(b"\xe1,b\n", Some("cp1250")), Ok(("á,b\n".to_owned(), "windows-1250")));
        assert_eq!(read_as(b"\x93\xfa,b\n", Some("sjis")), Ok(("日,b\n".to_owned(), "shift_jis")));
        let fault = read_as(b"a,b\nt\xe1bla,b\nespa\xf1ol,c\n", Some("utf-8")).unwrap_err();
        assert!(matches!(fault, EncodingFault::Malformed { line: 2, encoding: "utf-8", .. }), "{fault}");
        assert!(fault.to_string().contains("maybe windows-125"), "{fault}");
        for name in ["windows-1252", "cp1250", "koi8-r"] {
            let fault = read_as("a,b\ntábla,b\n".as_bytes(), Some(name)).unwrap_err();
            assert!(matches!(fault, EncodingFault::IsUtf8 { line: 2, .. }), "{fault}");
            assert_eq!(read_as(b"a,b\n", Some(name)).unwrap().0, "a,b\n");
        }
        assert!(is_encoding("Latin-1") && is_encoding("UTF_16LE") && is_encoding("cp936") && !is_encoding("klingon"));
    }
}
