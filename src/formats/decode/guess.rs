//! Which encoding a text has that says nothing of it and is no UTF-8.
//!
//! chardetng knows what letters of each language stand beside each other, and always answers. It is asked only about lines that
//! are no UTF-8, and believed only where what comes out looks like writing: cards are short, and a wrong guess is in for good.

use crate::formats::decode::BadByte;
use crate::formats::decode::CHUNK;
use crate::formats::decode::EncodingFault;
use crate::formats::decode::readings::Reading;
use crate::formats::decode::readings::readings;
use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use std::collections::BTreeSet;
use std::io;
use std::io::Read;

/// Bytes of lines that are looked at.
const SAMPLED: usize = 1 << 18;

/// Countries whose old encodings differ.
const COUNTRIES: [&[u8]; 14] =
    [b"ru", b"ua", b"rs", b"pl", b"cz", b"gr", b"tr", b"lt", b"il", b"de", b"jp", b"cn", b"tw", b"kr"];

/// Encodings that programs on Windows write, of which one byte is a letter.
const OF_WINDOWS: [&Encoding; 8] = [
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1253,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_1255,
    encoding_rs::WINDOWS_1257,
    encoding_rs::WINDOWS_1258,
];

/// Candidates that are named at most.
const MOST_NAMED: usize = 4;

/// How much likelier than all others a reading has to be that the detector arrives at too, one that it does not know, and one
/// that it takes for something else: logarithms of likelihoods.
const MARGIN: f64 = 4.0;
const UNKNOWN_TO_IT: f64 = 5.0;
const AGAINST_IT: f64 = 14.0;

/// How much less likely a reading is that is nothing like writing.
const NONSENSE: f64 = 5.0;

/// How much likelier it has to be beyond that where there is a single word to judge by; of two words it takes half of it.
const OF_ONE_WORD: f64 = 6.0;

/// Characters of a word that is shown under each candidate.
const LONGEST_SHOWN: usize = 24;

/// Mail programs and old Unix systems of Japan: seven bits, and an escape before each script.
pub(super) fn is_iso_2022_jp(head: &[u8]) -> bool {
    let has = |escape: &[u8]| head.windows(escape.len()).any(|bytes| bytes == escape);
    head.is_ascii() && (has(b"\x1b$B") || has(b"\x1b$@") || has(b"\x1b(J") || has(b"\x1b(I"))
}

/// UTF-32, with a mark or without: of four bytes two are zero everywhere.
pub(in crate::formats) fn is_utf_32(head: &[u8]) -> bool {
    let little = |four: &[u8]| matches!(four, [_, _, plane, 0] if *plane < 0x11);
    let big = |four: &[u8]| matches!(four, [0, plane, _, _] if *plane < 0x11);
    let mut fours = head.chunks_exact(4);
    head.len() >= 8 && (fours.clone().all(little) || fours.all(big)) && head.iter().any(|byte| *byte != 0)
}

/// UTF-16 without a mark: every other byte is mostly zero, or line ends and separators are.
pub(in crate::formats) fn utf_16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    if !head.contains(&0) || head.len() < 4 {
        return None;
    }
    let head = head.get(..head.len() & !1).unwrap_or_default();
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (encoding, few, many) =
        if odd > even { (encoding_rs::UTF_16LE, even, odd) } else { (encoding_rs::UTF_16BE, odd, even) };
    let ascii_at = usize::from(encoding == encoding_rs::UTF_16BE);
    // What stands beside the zeros is mostly ASCII, and text.
    let is_plain = |pair: &[u8]| {
        let (Some(low), Some(high)) = (pair.get(ascii_at), pair.get(1 - ascii_at)) else { return false };
        *high == 0 && matches!(low, b'\t' | b'\n' | b'\r' | b' '..=b'~')
    };
    let plain = head.chunks_exact(2).filter(|pair| is_plain(pair)).count();
    let text = encoding.decode_without_bom_handling_and_without_replacement(head)?;
    let is_text = many > 2 && few * 20 <= many && plain * 10 >= many * 9 && plain * 50 >= head.len() / 2;
    (is_text && !text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))).then_some(encoding)
}

/// A line of plain ASCII, and one that is not, in what is UTF-16 otherwise: two files in one. In UTF-16 the bytes of a line of some length are
/// hardly ever all letters of ASCII.
pub(in crate::formats) fn plain_line_beside_utf_16(head: &[u8]) -> Option<(u64, u64)> {
    const SHORTEST: usize = 8;
    let is_plain =
        |line: &&[u8]| line.len() >= SHORTEST && line.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b' '..=b'~'));
    let place = |found: Option<usize>| found.and_then(|index| u64::try_from(index + 1).ok());
    let mut lines = head.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line));
    let other = place(lines.clone().position(|line| line.contains(&0)))?;
    Some((place(lines.position(|line| is_plain(&line)))?, other))
}

/// What the lines of a text say of its encoding.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Lines beyond ASCII that are UTF-8: the first, how many, and their characters beyond ASCII.
    good: (u64, u64, u64),
    /// Characters of three bytes and more among these: as the text of another encoding of East Asia such are hardly ever.
    wide: u64,
    /// Lines that are not: the first, and how many.
    bad: (u64, u64),
    /// The first of the latter.
    sample: Vec<u8>,
    /// Letters of ASCII in all lines up to the last one of the sample.
    ascii: u64,
}

impl Evidence {
    /// Reads all of `input`.
    pub(super) fn gather(input: &mut dyn Read) -> io::Result<Self> {
        let mut found = Self::default();
        let mut buffer = vec![0; CHUNK];
        let mut line = Vec::new();
        let mut number = 1;
        loop {
            let read = match input.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            for piece in buffer.get(..read).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
                // Of a line without an end its beginning will do.
                if line.len() < CHUNK {
                    line.extend_from_slice(piece);
                }
                if piece.ends_with(b"\n") {
                    found.line(number, &line);
                    line.clear();
                    number += 1;
                }
            }
            if read == 0 {
                found.line(number, &line);
                return Ok(found);
            }
        }
    }

    fn line(&mut self, number: u64, line: &[u8]) {
        if self.sample.len() < SAMPLED {
            let letters = line.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
            self.ascii += u64::try_from(letters).unwrap_or(0);
        }
        if line.is_ascii() {
            return;
        }
        if let Ok(text) = std::str::from_utf8(line) {
            let (first, lines, characters) = self.good;
            let more = text.chars().filter(|c| !c.is_ascii()).count();
            let first = if lines == 0 { number } else { first };
            self.wide += u64::try_from(text.chars().filter(|c| c.len_utf8() > 2).count()).unwrap_or(0);
            self.good = (first, lines + 1, characters + u64::try_from(more).unwrap_or(0));
            return;
        }
        let (first, lines) = self.bad;
        self.bad = (if lines == 0 { number } else { first }, lines + 1);
        if self.sample.len() < SAMPLED {
            self.sample.extend_from_slice(line);
        }
    }

    /// The encoding, if there is little doubt.
    ///
    /// Two have to arrive at the same text: chardetng, asked as of several countries, since it takes one script for another where
    /// there are few words; and a look at all readings, which has to find this one likelier than any other by far.
    pub(super) fn encoding(&self, bad: BadByte) -> Result<&'static Encoding, EncodingFault> {
        let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(&self.sample, true);
        let guess = |country| detector.guess(country, chardetng::Utf8Detection::Deny);
        let readings = readings(&self.sample, self.ascii);
        if self.is_mixed(guess(None)) {
            let candidates = named(&readings);
            return Err(EncodingFault::Mixed { utf_8: self.good.0, other: self.bad.0, candidates });
        }
        if let Some(best) = readings.first().filter(|best| best.makes_sense) {
            let others = readings.iter().skip(1);
            let others = others.map(|other| other.score - if other.makes_sense { 0.0 } else { NONSENSE });
            let margin = best.score - others.fold(f64::NEG_INFINITY, f64::max);
            let is_best = |guess: &'static Encoding| {
                guess
                    .decode_without_bom_handling_and_without_replacement(&self.sample)
                    .is_some_and(|text| text == best.text)
            };
            let agrees = std::iter::once(None).chain(COUNTRIES.map(Some)).any(|country| is_best(guess(country)));
            let is_unknown =
                best.encoding.is_none_or(|best| best == encoding_rs::MACINTOSH || best == encoding_rs::X_MAC_CYRILLIC);
            let wanted = match (agrees, is_unknown) {
                (true, _) => MARGIN,
                (false, true) => UNKNOWN_TO_IT,
                (false, false) => AGAINST_IT,
            };
            let evidence = u32::try_from(best.evidence.max(1)).unwrap_or(u32::MAX);
            let wanted = wanted + OF_ONE_WORD / f64::from(evidence);
            match best.encoding {
                Some(encoding) if margin >= wanted => return Ok(encoding),
                None if margin >= wanted => return Err(EncodingFault::Unread { name: best.name }),
                _ => {}
            }
        }
        Err(EncodingFault::Doubtful { line: bad.line, byte: bad.byte, candidates: named(&readings) })
    }

    /// Whether it reads the same in each encoding that programs on Windows write, as dashes, quotation marks and `°` do: then it does
    /// not matter which one it is.
    pub(super) fn is_alike_in_all(&self, encoding: &'static Encoding) -> bool {
        let read = |encoding: &'static Encoding| encoding.decode_without_bom_handling(&self.sample).0;
        let text = read(encoding);
        OF_WINDOWS.contains(&encoding)
            && self.sample.len() < SAMPLED
            && OF_WINDOWS.iter().all(|other| read(other) == text)
    }

    /// Encodings that it may be, the likeliest first, and how a word of it reads under each.
    pub(super) fn candidates(&self) -> Vec<(&'static str, String)> {
        named(&readings(&self.sample, self.ascii))
    }

    /// Whether the lines that are UTF-8 are so by more than chance. In Latin letters it takes a capital with an accent before a
    /// sign to look like UTF-8; in encodings with two bytes a character, short lines do now and then.
    fn is_mixed(&self, guess: &'static Encoding) -> bool {
        let (_, lines, characters) = self.good;
        if is_latin(guess) {
            return characters > 0;
        }
        (guess.is_single_byte() || self.wide > 1) && characters > 2 && lines * 5 >= lines + self.bad.1
    }
}

/// The readings that make sense, or the likeliest of those that don't: some name has to be tried first.
fn named(readings: &[Reading]) -> Vec<(&'static str, String)> {
    let any = readings.iter().any(|reading| reading.makes_sense);
    let likely = readings.iter().filter(|reading| reading.makes_sense || !any).take(MOST_NAMED);
    let likely: Vec<&Reading> = likely.collect();
    let words: Vec<Vec<&str>> = likely.iter().map(|reading| words(&reading.text)).collect();
    let most = words.iter().map(Vec::len).max().unwrap_or(0);
    // Where two readings show the same word nobody can choose.
    let told_apart = |at: usize| {
        let different: BTreeSet<&str> = words.iter().filter_map(|of_one| of_one.get(at).copied()).collect();
        let beyond_ascii = different.iter().flat_map(|word| word.chars()).filter(|c| !c.is_ascii()).count();
        (different.len(), beyond_ascii)
    };
    let shown = (0..most).max_by_key(|at| told_apart(*at)).unwrap_or(0);
    let word = |of_one: &Vec<&str>| -> String {
        let word = of_one.get(shown).or(of_one.last()).copied().unwrap_or_default();
        word.chars().filter(|c| !c.is_control()).take(LONGEST_SHOWN).collect()
    };
    likely.iter().map(|reading| reading.name).zip(words.iter().map(word)).collect()
}

/// The words of a text.
fn words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';' | '\t' | '|' | '"'));
    words.filter(|word| !word.is_empty()).collect()
}

fn is_latin(encoding: &'static Encoding) -> bool {
    let latin = [
        encoding_rs::WINDOWS_1250,
        encoding_rs::WINDOWS_1252,
        encoding_rs::WINDOWS_1254,
        encoding_rs::WINDOWS_1257,
        encoding_rs::ISO_8859_2,
        encoding_rs::ISO_8859_4,
        encoding_rs::MACINTOSH,
    ];
    latin.contains(&encoding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::decode::Undecodable;
    use crate::formats::decode::text;
    use std::io::Cursor;

    fn found(bytes: &[u8]) -> Result<String, EncodingFault> {
        match text(&mut Cursor::new(bytes), None) {
            Ok(mut decoded) => {
                let mut found = String::new();
                decoded.reader.read_to_string(&mut found).unwrap();
                Ok(found)
            }
            Err(Undecodable::Fault(fault)) => Err(fault),
            Err(Undecodable::Io(error)) => panic!("{error}"),
        }
    }

    /// A few cards of the words of a language.
    const TEXTS: &[(&Encoding, &str)] = &[
        (encoding_rs::WINDOWS_1252, "Größe,size\nÄrger,anger\nStraße,street\nschön,beautiful\n"),
        (encoding_rs::WINDOWS_1252, "été,summer\ngarçon,boy\nà côté,beside\nnaïve,naïve\n"),
        (encoding_rs::WINDOWS_1252, "año,year\nniño,child\ncanción,song\n¿qué?,what?\n"),
        (encoding_rs::WINDOWS_1250, "źdźbło,blade\nświęto,holiday\nżółw,turtle\nłódź,boat\nczłowiek,human\n"),
        (encoding_rs::ISO_8859_2, "příliš,too much\nžluťoučký,yellow\nkůň,horse\nšťastný,happy\nčeština,Czech\n"),
        (encoding_rs::WINDOWS_1251, "дом,house\nчеловек,human\nздравствуйте,hello\nспасибо,thanks\n"),
        (encoding_rs::KOI8_R, "дом,house\nчеловек,human\nздравствуйте,hello\nспасибо,thanks\n"),
        (encoding_rs::WINDOWS_1253, "άνθρωπος,human\nσπίτι,house\nκαλημέρα,good morning\nευχαριστώ,thanks\n"),
        (
            encoding_rs::WINDOWS_1254,
            "şeker,sugar\nağaç,tree\nığdır,Iğdır\nteşekkür ederim,thank you\ngünaydın,good morning\n",
        ),
        (encoding_rs::GBK, "你好,hello\n谢谢,thanks\n我们,we\n学习,to study\n中国,China\n老师,teacher\n"),
        (encoding_rs::BIG5, "你好,hello\n謝謝,thanks\n我們,we\n學習,to study\n中國,China\n老師,teacher\n"),
        (encoding_rs::SHIFT_JIS, "ありがとう,thanks\n日本,Japan\n食べる,to eat\nカタカナ,katakana\n先生,teacher\n"),
        (encoding_rs::EUC_JP, "ありがとう,thanks\n日本,Japan\n食べる,to eat\nカタカナ,katakana\n先生,teacher\n"),
        (encoding_rs::EUC_KR, "안녕하세요,hello\n감사합니다,thanks\n한국,Korea\n사람,person\n학교,school\n"),
    ];

    #[test]
    fn the_encodings_of_many_languages_are_found() {
        for (encoding, text) in TEXTS {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(found(&bytes).as_deref(), Ok(*text), "{}", encoding.name());
        }
    }

    #[test]
    fn a_guess_that_makes_no_difference_is_none() {
        let guessed = |bytes: &[u8]| text(&mut Cursor::new(bytes), None).map(|decoded| decoded.guessed).ok();
        let signs = "\"It’s five o’clock, and she said “no” – twice.\",one\n\"I’m sure it’s “yes” – now.\",two\n\"She’s here – he isn’t.\",three\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(signs);
        assert_eq!((guessed(&bytes), found(&bytes).as_deref()), (Some(false), Ok(signs)));
        let (german, _, _) = encoding_rs::WINDOWS_1252.encode("Größe,size\nÄrger,anger\nStraße,street\n");
        assert_eq!(guessed(&german), Some(true));
    }

    #[test]
    fn utf_16_is_known_without_a_mark() {
        for text in ["Front\tBack\r\nnaïve\tx\r\n", "дом\thouse\nчеловек\thuman\n", "日本\tJapan\n水\twater\n"]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(found(&little).as_deref(), Ok(text));
            assert_eq!(found(&big).as_deref(), Ok(text));
        }
        let mixed =
            [b"front,back\nA,b\n".to_vec(), "C,d\nE,f\n".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        assert!(matches!(found(&mixed), Err(EncodingFault::Mixed { utf_8: 1, other: 3, .. })), "{:?}", found(&mixed));
        assert_eq!(utf_16_without_mark(b"a,b\0\n"), None);
        assert_eq!(utf_16_without_mark(&[0; 64]), None);
    }

    #[test]
    fn two_encodings_in_one_file_are_refused_with_a_line_of_each() {
        let russian = encoding_rs::WINDOWS_1251.encode("человек,human\n").0.into_owned();
        let russian = [b"a,b\n".as_slice(), "дом,house\n".as_bytes(), &russian].concat();
        for (bytes, encoding) in
            [(&b"a,b\ncaf\xc3\xa9,x\nna\xefve,y\n"[..], "windows-1252"), (&russian, "windows-1251")]
        {
            let fault = found(bytes).unwrap_err();
            assert!(matches!(fault, EncodingFault::Mixed { utf_8: 2, other: 3, .. }), "{fault}");
            assert!(fault.to_string().contains(&format!("{encoding} (`")), "{fault}");
        }
    }

    #[test]
    fn a_word_that_the_encodings_read_differently_is_shown() {
        let reading = |name, text: &str| {
            let text = text.to_owned();
            Reading { encoding: None, name, text, score: 0.0, evidence: 1, makes_sense: true }
        };
        let shown = named(&[reading("one", "résumé,dé\nłuk,öäü\n"), reading("two", "résumé,dé\n³uk,öäü\n")]);
        assert_eq!(shown, [("one", "łuk".to_owned()), ("two", "³uk".to_owned())]);
    }

    #[test]
    fn what_makes_no_sense_or_has_too_little_of_it_is_refused_with_what_it_may_be() {
        // The code page of DOS, which nothing here reads.
        let dos = found(b"f\x81r,for\nsch\x94n,beautiful\nM\x84dchen,girl\n");
        assert_eq!(dos, Err(EncodingFault::Unread { name: "cp850" }));
        let short = encoding_rs::GBK.encode("你,x\n").0.into_owned();
        let fault = found(&short).unwrap_err();
        assert!(fault.to_string().contains("--encoding"), "{fault}");
        // Nothing makes sense of it, and yet there is a name to begin with.
        let fault = found(b"a,\x81\x8d\x8f\x90\x9d\n").unwrap_err().to_string();
        assert!(fault.contains(": maybe "), "{fault}");
    }
}
