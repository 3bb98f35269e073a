//! Which encoding a text has that says nothing of it and is no UTF-8.
//!
//! chardetng knows what letters of each language stand beside each other, and always answers. It is asked only about lines that
//! are no UTF-8, and believed only where what comes out looks like writing: cards are short, and a wrong guess is in for good.

use crate::formats::decode::BadByte;
use crate::formats::decode::CHUNK;
use crate::formats::decode::EncodingFault;
use crate::formats::decode::name_of;
use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use std::io;
use std::io::Read;

/// Bytes of lines that are looked at.
const SAMPLED: usize = 1 << 18;

/// Encodings that a person may be told of, the likeliest first.
static CANDIDATES: [&Encoding; 14] = [
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1253,
    encoding_rs::WINDOWS_1254,
    encoding_rs::MACINTOSH,
    encoding_rs::KOI8_R,
    encoding_rs::IBM866,
    encoding_rs::WINDOWS_874,
    encoding_rs::GBK,
    encoding_rs::BIG5,
    encoding_rs::SHIFT_JIS,
    encoding_rs::EUC_JP,
    encoding_rs::EUC_KR,
];

/// Countries whose old encodings differ.
const COUNTRIES: [&[u8]; 12] = [b"ru", b"ua", b"pl", b"cz", b"gr", b"tr", b"il", b"de", b"jp", b"cn", b"tw", b"kr"];

/// Letters of Hebrew that only end words.
const FINALS: &str = "ךםןףץ";

/// Candidates that are named at most.
const MOST_NAMED: usize = 4;

/// So few characters tell nothing between two encodings of East Asia that both make sense.
const TOO_FEW: usize = 8;

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
    pub(super) fn encoding(&self, bad: BadByte) -> Result<&'static Encoding, EncodingFault> {
        let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(&self.sample, true);
        let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
        if self.is_mixed(guess) {
            return Err(EncodingFault::Mixed { utf_8: self.good.0, other: self.bad.0 });
        }
        if makes_sense(guess, &self.sample) && !self.is_ambiguous(guess) {
            return Ok(guess);
        }
        // Of few words the detector may take one script for another; asked as of a country, it thinks again.
        let mut others: Vec<&'static Encoding> = Vec::new();
        for country in COUNTRIES {
            let other = detector.guess(Some(country), chardetng::Utf8Detection::Deny);
            if !others.contains(&other) && makes_sense(other, &self.sample) && !self.is_ambiguous(other) {
                others.push(other);
            }
        }
        if let [only] = others.as_slice() {
            return Ok(only);
        }
        // What looks like Hebrew at first and is none is Cyrillic: their letters lie at the same places.
        if guess == encoding_rs::WINDOWS_1255 && others.contains(&encoding_rs::WINDOWS_1251) {
            return Ok(encoding_rs::WINDOWS_1251);
        }
        let mut candidates: Vec<&'static str> = Vec::new();
        for encoding in std::iter::once(guess).chain(CANDIDATES) {
            let name = name_of(encoding);
            if makes_sense(encoding, &self.sample) && !candidates.contains(&name) && candidates.len() < MOST_NAMED {
                candidates.push(name);
            }
        }
        Err(EncodingFault::Doubtful { line: bad.line, byte: bad.byte, candidates })
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

    /// Whether few characters have to tell between encodings that all make sense of them.
    fn is_ambiguous(&self, guess: &'static Encoding) -> bool {
        if guess.is_single_byte() {
            let beyond = self.sample.iter().filter(|byte| !byte.is_ascii()).count();
            if beyond < 4 && !is_latin(guess) {
                return true;
            }
            // Its letters lie where those of Cyrillic do, and a few words tell nothing.
            return guess == encoding_rs::WINDOWS_1255
                && beyond < 60
                && makes_sense(encoding_rs::WINDOWS_1251, &self.sample);
        }
        let Some(text) = guess.decode_without_bom_handling_and_without_replacement(&self.sample) else { return true };
        let others = CANDIDATES.iter().filter(|other| !other.is_single_byte() && **other != guess);
        text.chars().filter(|c| !c.is_ascii()).count() < TOO_FEW
            && others.filter(|other| makes_sense(other, &self.sample)).count() > 0
    }
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

/// Signs that stand between the letters of a word.
const WITHIN_WORDS: &str = "’‘´·•–—-…\u{a0}\u{ad}";

/// Whether the bytes look like writing in that encoding.
fn makes_sense(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else { return false };
    let (mut beyond, mut odd) = (0_usize, 0_usize);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        if !c.is_ascii() {
            beyond += 1;
            odd += usize::from(if encoding.is_single_byte() { is_odd(before, c, after) } else { is_rare(c) });
            // Those of Hebrew that end a word stand nowhere else; as letters of Cyrillic they stand everywhere.
            odd += if FINALS.contains(c) && after.is_some_and(char::is_alphabetic) { 3 } else { 0 };
        }
        before = Some(c);
    }
    if is_latin(encoding) {
        odd += strange_letters(&text);
    }
    beyond > 0 && odd * 6 < beyond
}

/// Letters beyond ASCII in words that nobody spells so in Latin letters: words of nothing else, and four in a row.
fn strange_letters(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii());
    words
        .map(|word| {
            let runs = word.split(|c: char| c.is_ascii()).map(|run| run.chars().count());
            let is_whole = word.chars().all(|c| !c.is_ascii());
            runs.filter(|run| *run > 3 || (is_whole && *run > 1)).sum::<usize>()
        })
        .sum()
}

/// Whether a character stands where none of its kind stands in writing: a sign within a word, a capital behind a small letter,
/// letters of two scripts in a word.
fn is_odd(before: Option<char>, c: char, after: Option<char>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}'));
    if c.is_control() {
        return true;
    }
    if !c.is_alphabetic() {
        return letter(before) && letter(after) && !WITHIN_WORDS.contains(c);
    }
    if (before.is_some_and(char::is_lowercase) && c.is_uppercase()) || (FINALS.contains(c) && letter(after)) {
        return true;
    }
    let is_latin = latin(Some(c)) || matches!(c, 'ª' | 'º' | 'µ' | 'ƒ');
    (letter(before) && latin(before) != is_latin) || (letter(after) && latin(after) != is_latin)
}

/// Whether a character of East Asia is one that is hardly ever written.
fn is_rare(c: char) -> bool {
    !matches!(c,
        '\u{3000}'..='\u{30ff}' // Punctuation and kana.
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{2010}'..='\u{2026}'
        | '\u{a0}'..='\u{ff}')
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
    fn utf_16_is_known_without_a_mark() {
        for text in ["Front\tBack\r\nnaïve\tx\r\n", "дом\thouse\nчеловек\thuman\n", "日本\tJapan\n水\twater\n"]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(found(&little).as_deref(), Ok(text));
            assert_eq!(found(&big).as_deref(), Ok(text));
        }
        assert_eq!(utf_16_without_mark(b"a,b\0\n"), None);
        assert_eq!(utf_16_without_mark(&[0; 64]), None);
    }

    #[test]
    fn two_encodings_in_one_file_are_refused_with_a_line_of_each() {
        let mixed = Err(EncodingFault::Mixed { utf_8: 2, other: 3 });
        assert_eq!(found(b"a,b\ncaf\xc3\xa9,x\nna\xefve,y\n"), mixed);
        let russian = encoding_rs::WINDOWS_1251.encode("человек,human\n").0.into_owned();
        let bytes = [b"a,b\n".as_slice(), "дом,house\n".as_bytes(), &russian].concat();
        assert_eq!(found(&bytes), mixed);
    }

    #[test]
    fn what_makes_no_sense_or_has_too_little_of_it_is_refused_with_what_it_may_be() {
        // The code page of DOS, which nothing here reads.
        let dos = found(b"f\x81r,for\nsch\x94n,beautiful\nM\x84dchen,girl\n");
        assert!(matches!(dos, Err(EncodingFault::Doubtful { line: 1, byte: 0x81, .. })), "{dos:?}");
        let short = encoding_rs::GBK.encode("你,x\n").0.into_owned();
        let fault = found(&short).unwrap_err();
        assert!(fault.to_string().contains("--encoding"), "{fault}");
    }
}
