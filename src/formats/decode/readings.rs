//! How a text of unknown encoding reads under each, and how much each reading looks like writing.
//!
//! A reading is judged by the letters beyond ASCII alone: how often some language has them, and where they stand. Two encodings
//! that give the same text are one reading. The figures are logarithms of likelihoods, so their differences count.

use crate::formats::decode::letters::FOREIGN;
use crate::formats::decode::letters::KANJI;
use crate::formats::decode::letters::LANGUAGES;
use crate::formats::decode::letters::Language;
use crate::formats::decode::letters::SIMPLIFIED;
use crate::formats::decode::letters::SYLLABLES;
use crate::formats::decode::letters::TRADITIONAL;
use crate::formats::decode::name_of;
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The encodings that are tried. Of those that give the same text the first one has its name on it.
static TRIED: [&Encoding; 24] = [
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1253,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_1257,
    encoding_rs::WINDOWS_1255,
    encoding_rs::WINDOWS_1256,
    encoding_rs::WINDOWS_1258,
    encoding_rs::WINDOWS_874,
    encoding_rs::SHIFT_JIS,
    encoding_rs::EUC_JP,
    encoding_rs::GBK,
    encoding_rs::BIG5,
    encoding_rs::EUC_KR,
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_15,
    encoding_rs::KOI8_U,
    encoding_rs::IBM866,
    encoding_rs::ISO_8859_5,
    encoding_rs::ISO_8859_7,
    encoding_rs::ISO_8859_6,
    encoding_rs::MACINTOSH,
    encoding_rs::X_MAC_CYRILLIC,
];

/// The code pages of DOS for Western and Central Europe and for Greece: their names, and what they have from byte 0x80 on. Nothing
/// here reads them; they are tried so that a file in one of them is not taken for something else.
const OF_DOS: [(&str, &str); 3] = [
    (
        "cp850",
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø█ƒáíóúñÑªº¿████¡«»█████ÁÂÀ████████\
         ██████ãÃ████████ðÐÊËÈıÍÎÏ█████Ì█ÓßÔÒõÕµþÞÚÛÙýÝ██████████°███████",
    ),
    (
        "cp852",
        "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ█čáíóúĄąŽžĘę█źČş«»█████ÁÂĚŞ████Żż█\
         ██████Ăă████████đĐĎËďŇÍÎě████ŢŮ█ÓßÔŃńňŠšŔÚŕŰýÝţ████ˇ████°██űŘř██",
    ),
    (
        "cp737",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ████████████████\
         ████████████████████████████████ωάέήϊίόύϋώΆΈΉΊΌΎΏ███ΪΫ██°███ⁿ███",
    ),
];

/// A text in one encoding.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// The encoding; nothing for one of DOS, which is known here by its name only.
    pub(super) encoding: Option<&'static Encoding>,
    /// Its name.
    pub(super) name: &'static str,
    /// The text.
    pub(super) text: String,
    /// How much it looks like writing.
    pub(super) score: f64,
    /// How much there is to judge by: different words with letters beyond ASCII, characters of East Asia, signs.
    pub(super) evidence: u64,
    /// Whether most of its letters are such as one language has, and stand where letters stand.
    pub(super) makes_sense: bool,
}

/// Each distinct way in which the bytes can be read, the likeliest first. `ascii` is how many letters of ASCII stand in the file.
pub(super) fn readings(bytes: &[u8], ascii: u64) -> Vec<Reading> {
    let of = |encoding: &'static Encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned();
        Some((Some(encoding), name_of(encoding), text))
    };
    let dos = OF_DOS.map(|(name, signs)| (None, name, of_dos(bytes, signs)));
    let mut found: Vec<Reading> = Vec::new();
    for (encoding, name, text) in TRIED.iter().copied().filter_map(of).chain(dos) {
        if found.iter().all(|other| other.text != text) {
            let (score, evidence, makes_sense) = judged(encoding, &text, ascii);
            found.push(Reading { encoding, name, text, score, evidence, makes_sense });
        }
    }
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found
}

fn of_dos(bytes: &[u8], signs: &str) -> String {
    let signs: Vec<char> = signs.chars().collect();
    let read = |byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(*byte),
        Some(at) => signs.get(usize::from(at)).copied().unwrap_or('█'),
    };
    bytes.iter().map(read).collect()
}

/// A sign that nobody writes, a letter or a sign that stands where none does.
const ODD_SIGN: f64 = -12.0;
const MISPLACED: f64 = -10.0;
/// A capital instead of a small letter.
const CAPITAL: f64 = -2.5;
/// A sign that is written often.
const USUAL_SIGN: f64 = -2.5;
/// An apostrophe within a word.
const WITHIN_A_WORD: f64 = -3.5;
/// Another sign that is written.
const SIGN: f64 = -4.5;
/// Of encodings that hardly anybody uses any more, and of a second language.
const RARE_ENCODING: f64 = -2.5;
const SECOND_LANGUAGE: f64 = -4.5;

/// Of the letters of a text so many are in the language at least that its encoding is for: the others explain.
const DILUTED: f64 = 0.15;

/// How much a text looks like writing, how much there is to judge by, and whether it looks like writing at all.
fn judged(encoding: Option<&'static Encoding>, text: &str, ascii: u64) -> (f64, u64, bool) {
    let mut found = Letters::default();
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        found.take(before, c, after, encoding);
        before = Some(c);
    }
    found.end_word();
    found.strange_words(text);
    let old = [
        encoding_rs::MACINTOSH,
        encoding_rs::X_MAC_CYRILLIC,
        encoding_rs::ISO_8859_6,
        encoding_rs::ISO_8859_5,
        encoding_rs::WINDOWS_1258,
    ];
    let rare = if encoding.is_none_or(|encoding| old.contains(&encoding)) { RARE_ENCODING } else { 0.0 };
    let (letters, foreign) = found.as_languages(ascii);
    let makes_sense = (found.odd + foreign) * 6 < found.beyond.max(1) && found.beyond > 0;
    let evidence = found.wide + found.signs + u64::try_from(found.words.len()).unwrap_or(0);
    (found.score + letters + rare, evidence, makes_sense)
}

/// What of a text is beyond ASCII.
#[derive(Debug, Default)]
struct Letters {
    /// The letters beyond ASCII of words, as small ones, and how often a word has just these.
    words: BTreeMap<String, u32>,
    /// Those of the word that is being read.
    word: String,
    /// What is known already of all others.
    score: f64,
    /// All characters beyond ASCII, and those that stand where none stands or that nobody writes.
    beyond: usize,
    odd: usize,
    /// Characters of East Asia, and signs.
    wide: u64,
    signs: u64,
}

impl Letters {
    fn take(&mut self, before: Option<char>, c: char, after: Option<char>, encoding: Option<&'static Encoding>) {
        if !c.is_alphabetic() && !is_combining(c) {
            self.end_word();
        }
        if c.is_ascii() {
            return;
        }
        self.beyond += 1;
        if is_misplaced(before, c, after) {
            self.odd += 1;
            self.score += MISPLACED;
        }
        if let Some(score) = encoding.and_then(|encoding| of_east_asia(c, encoding)) {
            self.wide += 1;
            self.odd += usize::from(score < -12.0);
            self.score += score;
            // A word in two scripts is none, mostly.
            let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
            self.score -= if is_latin(before) || is_latin(after) { 3.0 } else { 0.0 };
        } else if c.is_alphabetic() || is_combining(c) {
            let small = if c == 'İ' { 'ı' } else { c.to_lowercase().next().unwrap_or(c) };
            self.score += if small == c { 0.0 } else { CAPITAL };
            self.word.push(small);
        } else {
            let score = of_sign(before, c, after);
            self.signs += 1;
            self.odd += usize::from(score <= ODD_SIGN);
            self.score += score;
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            *self.words.entry(std::mem::take(&mut self.word)).or_default() += 1;
        }
    }

    /// Words that nobody spells so: of Latin letters with nothing of ASCII in them, or with four in a row that are not.
    fn strange_words(&mut self, text: &str) {
        let is_latin = |c: char| matches!(c, '\u{c0}'..='\u{24f}');
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii()) {
            let latin = word.chars().filter(|c| is_latin(*c)).count();
            let runs = word.split(|c: char| !is_latin(c)).map(|run| run.chars().count());
            let is_whole = latin == word.chars().count();
            let strange: usize = runs.filter(|run| *run > 3 || (is_whole && *run > 2)).sum();
            self.odd += strange;
            self.score -= f64::from(u32::try_from(strange).unwrap_or(u32::MAX)) * 3.0;
        }
    }

    /// How likely the letters of alphabets are in the one or two languages that explain them best, each word in one of them, and
    /// how many letters are of none.
    fn as_languages(&self, ascii: u64) -> (f64, usize) {
        let letters: u32 = self.words.iter().map(|(word, count)| count * length(word)).sum();
        if letters == 0 {
            return (self.east_asian_rate(ascii), 0);
        }
        let mut scored: Vec<(&Language, Vec<(f64, usize)>)> = Vec::new();
        for language in LANGUAGES {
            let words: Vec<(f64, usize)> = self.words.keys().map(|word| language.score(word)).collect();
            if words.iter().zip(self.words.keys()).any(|((_, foreign), word)| *foreign < word.chars().count()) {
                scored.push((language, words));
            }
        }
        // What comes for each word; English comes first, and is at home everywhere.
        let mut best = (f64::from(letters) * FOREIGN, usize::try_from(letters).unwrap_or(usize::MAX));
        for (at, (one, of_one)) in scored.iter().enumerate() {
            for (other, of_other) in scored.iter().skip(at) {
                let is_one = std::ptr::eq(*one, *other);
                let rate = one.per_hundred.min(other.per_hundred) / 100.0 * DILUTED * in_full(ascii);
                let mut score = if is_one { 0.0 } else { SECOND_LANGUAGE } + too_few(f64::from(letters), rate);
                let (mut foreign, mut of_the_other) = (0, 0);
                for ((one, other), count) in of_one.iter().zip(of_other).zip(self.words.values()) {
                    let (each, strange) = if one.0 >= other.0 { one } else { other };
                    of_the_other += if one.0 >= other.0 { 0 } else { *count };
                    score += f64::from(*count) * each;
                    foreign += strange * usize::try_from(*count).unwrap_or(usize::MAX);
                }
                score -= choosing(of_the_other, self.words.values().sum());
                if score > best.0 {
                    best = (score, foreign);
                }
            }
        }
        (best.0 + self.east_asian_rate(ascii), best.1)
    }

    fn east_asian_rate(&self, ascii: u64) -> f64 {
        if self.wide == 0 { 0.0 } else { too_few(in_full(self.wide), 0.03 * in_full(ascii)) }
    }
}

/// What it takes to say of each of `all` words which of two languages it is in, where `some` are in one of them.
fn choosing(some: u32, all: u32) -> f64 {
    let part = |part: u32| if part == 0 { 0.0 } else { f64::from(part) * (f64::from(all) / f64::from(part)).ln() };
    part(some) + part(all.saturating_sub(some))
}

fn length(word: &str) -> u32 {
    u32::try_from(word.chars().count()).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "no file has so many letters")]
fn in_full(count: u64) -> f64 {
    count as f64
}

/// The logarithm of how unlikely it is to find `found` of something where `expected` were to be expected; 0 where there are more.
fn too_few(found: f64, expected: f64) -> f64 {
    if found <= 0.0 || found >= expected { 0.0 } else { found - expected + found * (expected / found).ln() }
}

/// Signs that stand between the letters of a word.
const WITHIN_WORDS: &str = "’‘´·•–—-…\u{a0}\u{ad}\u{2011}\u{200c}\u{200d}";

/// Letters of Hebrew that only end words.
const FINALS: &str = "ךםןףץ";

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{e31}' | '\u{e34}'..='\u{e4e}')
}

/// Whether a character stands where none of its kind stands in writing: a sign within a word, a capital behind a small letter,
/// letters of two scripts in a word, a control anywhere.
fn is_misplaced(before: Option<char>, c: char, after: Option<char>) -> bool {
    if c.is_control() {
        return true;
    }
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}'));
    if is_combining(c) {
        let at_home =
            |before: char| is_combining(before) || (before.is_alphabetic() && latin(Some(before)) == (c < '\u{370}'));
        return !before.is_some_and(at_home);
    }
    if !c.is_alphabetic() {
        return letter(before) && letter(after) && !WITHIN_WORDS.contains(c);
    }
    if is_wide(c) {
        return false;
    }
    let jumps = |before: Option<char>, c: char| before.is_some_and(char::is_lowercase) && c.is_uppercase();
    // Of capitals a small letter may follow the first only.
    if jumps(before, c) || after.is_some_and(|after| jumps(Some(c), after)) {
        return true;
    }
    if FINALS.contains(c) && after.is_some_and(|after| ('א'..='ת').contains(&after)) {
        return true;
    }
    let is_latin = latin(Some(c)) || matches!(c, 'ª' | 'º' | 'µ' | 'ƒ');
    (letter(before) && latin(before) != is_latin) || (letter(after) && latin(after) != is_latin)
}

/// How likely a sign is where it stands.
fn of_sign(before: Option<char>, c: char, after: Option<char>) -> f64 {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let opens = !letter(before) && after.is_some_and(|c| !c.is_whitespace());
    let closes = !letter(after) && before.is_some_and(|c| !c.is_whitespace());
    let fits = match c {
        '’' if letter(before) && letter(after) => return WITHIN_A_WORD,
        '’' => closes,
        '“' | '‘' => opens || closes,
        '”' => closes,
        '„' | '«' | '¿' | '¡' => opens || c == '«',
        '»' => closes || opens,
        // Between two numbers or two names; hardly within a word.
        '–' | '—' | '…' | '·' if before.is_some_and(char::is_lowercase) && after.is_some_and(char::is_lowercase) =>
        {
            return ODD_SIGN;
        }
        '–' | '—' | '…' | '\u{a0}' | '·' => true,
        '€' | '£' | '½' | '¼' | '¾' | '№' | '•' | '±' | '×' => {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
            return if letter(before) || letter(after) { ODD_SIGN } else { SIGN };
        }
        '²' | '³' | '®' | '©' | '™' | '´' => {
            return if after.is_some_and(char::is_alphabetic) { ODD_SIGN } else { SIGN };
        }
        '°' | '§' | '\u{ad}' => {
            return if before.is_some_and(char::is_alphabetic) && c != '\u{ad}' { ODD_SIGN } else { SIGN };
        }
        _ => return ODD_SIGN,
    };
    if fits { USUAL_SIGN } else { ODD_SIGN }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// Where the encodings of East Asia have the characters that are often needed: by their first byte.
fn usual(encoding: &'static Encoding) -> RangeInclusive<u8> {
    match encoding {
        _ if encoding == encoding_rs::GBK => 0xb0..=0xd7,
        _ if encoding == encoding_rs::BIG5 => 0xa4..=0xc6,
        _ if encoding == encoding_rs::SHIFT_JIS => 0x88..=0x98,
        _ if encoding == encoding_rs::EUC_JP => 0xb0..=0xcf,
        _ => 0xb0..=0xc8,
    }
}

/// How likely a character is in the language that an encoding of East Asia is for; nothing where it is none of those.
fn of_east_asia(c: char, encoding: &'static Encoding) -> Option<f64> {
    if encoding.is_single_byte() {
        return None;
    }
    let is_japanese = encoding == encoding_rs::SHIFT_JIS || encoding == encoding_rs::EUC_JP;
    let is_korean = encoding == encoding_rs::EUC_KR;
    Some(match c {
        // A sign that is also in the encodings of the West.
        '\u{3001}' | '\u{3002}' | '\u{ff0c}' | '\u{ff1f}' | '\u{ff01}' | '\u{3000}' | '\u{2026}' | '“' | '”' => {
            -5.0
        }
        '\u{3041}'..='\u{30ff}' if is_japanese => -5.8,
        // Read by these three alike.
        '\u{3041}'..='\u{30ff}' => -8.5,
        '\u{ff65}'..='\u{ff9f}' if is_japanese => -4.6,
        '\u{ff01}'..='\u{ff5e}' | '\u{3005}'..='\u{3015}' => -6.5,
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {
            let often = match encoding {
                _ if is_japanese => KANJI,
                _ if is_korean => SYLLABLES,
                _ if encoding == encoding_rs::BIG5 => TRADITIONAL,
                _ => SIMPLIFIED,
            };
            let first = || {
                let mut buffer = [0; 4];
                let (bytes, _, _) = encoding.encode(c.encode_utf8(&mut buffer));
                (bytes.first().copied().unwrap_or(0), bytes.get(1).copied().unwrap_or(0))
            };
            if often.contains(c) {
                -6.9
            } else {
                match first() {
                    (lead, trail)
                        if usual(encoding).contains(&lead) && (trail > 0xa0 || !is_gbk_or_korean(encoding)) =>
                    {
                        -8.9
                    }
                    _ if is_korean || is_japanese => -12.5,
                    _ => -11.5,
                }
            }
        }
        _ => -13.0,
    })
}

/// Whether the encoding has rare characters between the usual ones, with small second bytes.
fn is_gbk_or_korean(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::GBK || encoding == encoding_rs::EUC_KR
}
