//! Valid files changed by chance: right enough to get deep into a reader, and wrong somewhere.

use crate::trial::Chance;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The longest input, so that a case takes microseconds.
const MOST_BYTES: usize = 3000;

/// What numbers are replaced by: the ends of the ranges that programs have.
const NUMBERS: [&str; 20] = [
    "0",
    "-0",
    "1",
    "-1",
    "6",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "1e400",
    "0.5",
];

/// What means something to one of the readers, or is a character that few think of.
const WORDS: [&[u8]; 56] = [
    b"\"",
    b"\"\"",
    b"\"\"\"",
    b"'",
    b"'''",
    b"\\",
    b"\\n",
    b"\\u0000",
    b"\\ud800",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b"\0",
    b" ",
    b",",
    b";",
    b"|",
    b"\n|\n",
    b":",
    b"::",
    b"=",
    b"#",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[",
    b"{{c1::",
    b"}}",
    b"{{c65535::",
    b"null",
    b"true",
    b"<b>",
    b"</",
    b"&amp;",
    b"&#x110000;",
    b"-",
    b"(",
    b")",
    b" OR ",
    b"..",
    b"T24:00",
    b"Z",
    b"+18:01",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    "\u{301}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{1b}[2J".as_bytes(),
    "漢ß".as_bytes(),
    "😀".as_bytes(),
];

/// Valid files that mutations begin with.
pub(crate) struct Seeds {
    files: Vec<Vec<u8>>,
    /// Words of these files, to be put where others stand.
    words: Vec<Vec<u8>>,
}

/// The folder of the files that are kept.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/corpus")
}

/// The files of one folder of the corpus, in the order of their names; none where there is no folder.
pub(crate) fn files_in(folder: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(corpus().join(folder)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

impl Seeds {
    /// Of these files; the first is taken for an empty one where there is none.
    pub(crate) fn new(mut files: Vec<Vec<u8>>) -> Self {
        if files.is_empty() {
            files.push(Vec::new());
        }
        let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'#');
        let mut words: Vec<Vec<u8>> = Vec::new();
        for file in &files {
            let found = file.split(|byte| !is_of_word(byte)).filter(|word| !word.is_empty() && word.len() < 40);
            words.extend(found.map(<[u8]>::to_vec));
        }
        words.sort();
        words.dedup();
        Self { files, words }
    }

    /// The files of these folders of the corpus.
    pub(crate) fn of(folders: &[&str]) -> Self {
        Self::new(folders.iter().flat_map(|folder| files_in(folder)).collect())
    }

    /// The input of a case: first each file as it is, then ones that were changed.
    pub(crate) fn input(&self, case: u64, chance: &mut Chance) -> Vec<u8> {
        match usize::try_from(case).ok().and_then(|case| self.files.get(case)) {
            Some(file) => file.clone(),
            None => self.mutated(chance),
        }
    }

    fn mutated(&self, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = chance.pick(&self.files).clone();
        if bytes.len() > MOST_BYTES {
            let start = chance.below(bytes.len() - MOST_BYTES);
            bytes = bytes[start..start + MOST_BYTES].to_vec();
        }
        for _ in 0..1 + chance.below(3) * chance.below(4) {
            self.mutate(&mut bytes, chance);
            bytes.truncate(MOST_BYTES);
        }
        bytes
    }

    fn mutate(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(16) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(chance.below(256)).unwrap();
                }
            }
            2 | 3 => drop(bytes.splice(at..at, chance.pick(&WORDS).iter().copied())),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(chance.range(bytes.len()))),
            6 => {
                let range = chance.range(bytes.len());
                let repeated = bytes[range].repeat(1 + chance.below(3));
                bytes.splice(at..at, repeated);
            }
            7 | 8 => replace_number(bytes, chance),
            9 => {
                let long = chance.pick(&WORDS).repeat(1 + chance.below(300));
                bytes.splice(at..at, long);
            }
            10 | 11 => self.replace_word(bytes, chance),
            12 => self.cross(bytes, chance),
            13 => move_line(bytes, chance),
            14 => self.insert_line(bytes, chance),
            _ => recode(bytes, chance),
        }
    }

    /// The beginning of this file, and the end of another one.
    fn cross(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        let other = chance.pick(&self.files);
        bytes.truncate(chance.below(bytes.len() + 1));
        bytes.extend_from_slice(&other[chance.below(other.len() + 1)..]);
    }

    fn insert_line(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        let lines: Vec<&[u8]> = chance.pick(&self.files).split_inclusive(|byte| *byte == b'\n').collect();
        if lines.is_empty() {
            return;
        }
        let line = chance.pick(&lines).to_vec();
        let ends: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').map(|at| at + 1).collect();
        let at = if ends.is_empty() { 0 } else { *chance.pick(&ends) };
        bytes.splice(at..at, line);
    }

    fn replace_word(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        if self.words.is_empty() {
            return;
        }
        let word = chance.pick(&self.words).clone();
        let range = run_at(bytes, chance.below(bytes.len() + 1), u8::is_ascii_alphanumeric);
        bytes.splice(range, word);
    }
}

/// The bytes around a place, or the first ones behind it, that are all of one class.
fn run_at(bytes: &[u8], at: usize, is_one: impl Fn(&u8) -> bool) -> std::ops::Range<usize> {
    let Some(skipped) = bytes[at..].iter().position(&is_one) else { return at..at };
    let from = at + skipped;
    let start = from - bytes[..from].iter().rev().take_while(|byte| is_one(byte)).count();
    let end = from + bytes[from..].iter().take_while(|byte| is_one(byte)).count();
    start..end
}

fn replace_number(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let range = run_at(bytes, chance.below(bytes.len() + 1), u8::is_ascii_digit);
    let number: Vec<u8> =
        match std::str::from_utf8(&bytes[range.clone()]).ok().and_then(|text| text.parse::<u64>().ok()) {
            // Its neighbours break more rules of order than any end of a range.
            Some(number) if chance.one_in(3) => number.wrapping_add(1).to_string().into(),
            Some(number) if chance.one_in(3) => number.wrapping_sub(1).to_string().into(),
            _ => chance.pick(&NUMBERS).as_bytes().to_vec(),
        };
    bytes.splice(range, number);
}

/// Takes a line from its place, and mostly puts it elsewhere.
fn move_line(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let line = lines.remove(chance.below(lines.len()));
    if !chance.one_in(3) {
        lines.insert(chance.below(lines.len() + 1), line);
    }
    *bytes = lines.concat();
}

/// The same text as another program saves it.
fn recode(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = match chance.below(4) {
        0 => text.replace('\n', "\r\n").into_bytes(),
        1 => text.replace('\n', "\r").into_bytes(),
        2 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        _ => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
    };
}
