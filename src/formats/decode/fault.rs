//! Why the bytes of a file can't be read as text.

use crate::formats::decode::is_encoding;

/// Why the bytes of a file can't be read as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingFault {
    /// Some lines are UTF-8 and some are not.
    #[error(
        "it mixes two encodings: line {utf_8} is UTF-8 and line {other} is not{}; save all of it as UTF-8, or name \
         one for all of it with --encoding NAME",
        maybe(.candidates)
    )]
    Mixed {
        /// A line that is UTF-8.
        utf_8: u64,
        /// A line that is not.
        other: u64,
        /// Encodings that this one may have, the likeliest first, and how a word of it reads under each.
        candidates: Vec<(&'static str, String)>,
    },
    /// It may be one of several.
    #[error(
        "line {line} is not UTF-8 (byte 0x{byte:02X}), and nothing tells for sure which encoding it is{}; name it \
         with --encoding NAME, or save the file as UTF-8",
        maybe(.candidates)
    )]
    Doubtful {
        /// The line of the first byte that is no UTF-8.
        line: u64,
        /// That byte.
        byte: u8,
        /// Encodings that it may be, the likeliest first, and how a word of it reads under each.
        candidates: Vec<(&'static str, String)>,
    },
    /// It is one that is known by name only.
    #[error(
        "it seems to be {name}, an encoding that lmq does not read; save the file as UTF-8, convert it with `iconv -f {name} \
         -t utf-8`, or name another encoding with --encoding NAME"
    )]
    Unread {
        /// Its name.
        name: &'static str,
    },
    /// It is not what it was said to be.
    #[error(
        "line {line} can't be read as {encoding}{}; save the file as UTF-8, or name its encoding with --encoding NAME",
        maybe(.candidates)
    )]
    Malformed {
        /// The line of the first bytes that mean nothing.
        line: u64,
        /// The encoding.
        encoding: &'static str,
        /// Encodings that it may be, the likeliest first, and how a word of it reads under each.
        candidates: Vec<(&'static str, String)>,
    },
    /// It was said to be in an encoding of one byte for each letter, and is UTF-8.
    #[error("it is UTF-8 and not {encoding}: as such line {line} would read wrong; leave --encoding out")]
    IsUtf8 {
        /// The first line with a letter of several bytes.
        line: u64,
        /// The encoding that was said.
        encoding: &'static str,
    },
}

fn maybe(candidates: &[(&str, String)]) -> String {
    let unread = |name: &str| if is_encoding(name) { "" } else { ", which lmq does not read" };
    let said = |(name, word): &(&str, String)| format!("{name} (`{word}`{})", unread(name));
    let said: Vec<String> = candidates.iter().map(said).collect();
    match said.split_last() {
        None => String::new(),
        Some((last, [])) => format!(": maybe {last}"),
        Some((last, others)) => format!(": maybe {} or {last}", others.join(", ")),
    }
}
