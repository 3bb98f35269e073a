//! Text as people type it, compare it and look at it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The text in Unicode's composed form (NFC), in which texts that look the same are the same. Most are so already, which a
/// look at each letter tells.
#[must_use]
pub fn composed(text: &str) -> std::borrow::Cow<'_, str> {
    use unicode_normalization::IsNormalized;
    use unicode_normalization::UnicodeNormalization as _;
    let is_composed = text.is_ascii()
        || text.chars().all(is_always_composed)
        || unicode_normalization::is_nfc_quick(text.chars()) == IsNormalized::Yes;
    if is_composed { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Whether a character stays as it is in NFC whatever stands beside it, by its range alone: most letters of Latin, Cyrillic,
/// Japanese, Chinese and Korean. The tables of Unicode take longer to ask, and each row of a file asks them.
fn is_always_composed(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2ff}' | 'Ѐ'..='\u{482}' | '\u{48a}'..='\u{52f}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣')
}

/// The text folded for comparison: case, accents, punctuation and runs of space don't count.
///
/// What is left are letters, digits and `%` (70 % is not 70), words separated by one space.
/// A text of nothing else (say, `∑` or `?`) folds to itself, so that it can still be told apart.
#[must_use]
pub fn normalize(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '%' {
            if gap && !folded.is_empty() && c != '%' {
                folded.push(' ');
            }
            gap = false;
            folded.push(c);
        } else if !matches!(c, '\'' | '’' | '\u{ad}') {
            gap = true;
        }
    }
    if folded.is_empty() { text.trim().to_owned() } else { folded }
}

/// Whether a character could drive a terminal or turn a line around: control characters but tab and line feed,
/// bidirectional overrides and isolates, and invisible fillers.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
}

/// The text as it may be sent to a terminal: nothing in a deck may move the cursor, ring or reorder a line.
///
/// Line ends become `\n`; what could act on a terminal becomes `␛`-style pictures where Unicode has one, else vanishes.
#[must_use]
pub fn printable(text: &str) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' => Some('\n'),
            c if u32::from(c) < 0x20 && is_unsafe(c) => char::from_u32(0x2400 + u32::from(c)),
            c if is_unsafe(c) => None,
            c => Some(c),
        })
        .collect()
}

/// Code (JSON, TOML) with what could drive a terminal written as `\u` escapes. For where such characters only ever stand
/// inside strings, in which the escape means the same.
#[must_use]
pub fn escape_unsafe(code: &str) -> String {
    if !code.chars().any(is_unsafe) {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len() + 16);
    for c in code.chars() {
        if is_unsafe(c) { out.push_str(&format!("\\u{:04X}", u32::from(c))) } else { out.push(c) }
    }
    out
}

/// The text on one line, safe to print: for tables, labels and messages.
#[must_use]
pub fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The candidate nearest to `wanted`, if it is near enough to be a slip of the finger.
#[must_use]
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normalize(wanted);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &normalize(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Sentences one after the other, a full stop between two where the first has no end of its own.
#[must_use]
pub fn joined(sentences: &[String]) -> String {
    let mut out = String::new();
    for sentence in sentences {
        if !out.is_empty() {
            out.push_str(if out.ends_with(['.', '!', '?']) { " " } else { ". " });
        }
        out.push_str(sentence);
    }
    out
}

/// A count with its noun: `1 card`, `1,204 cards`.
#[must_use]
pub fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

/// A whole number with its thousands set off: `1,204`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_composed_by_its_range_is_composed_by_the_tables_too() {
        use unicode_normalization::IsNormalized;
        use unicode_normalization::char::canonical_combining_class;
        for c in ('\0'..=char::MAX).filter(|c| is_always_composed(*c)) {
            let alone = unicode_normalization::is_nfc_quick(std::iter::once(c));
            assert_eq!((alone, canonical_combining_class(c)), (IsNormalized::Yes, 0), "{c:?}");
        }
        assert_eq!(composed("e\u{301}と\u{3099}"), "\u{e9}ど");
        assert_eq!(composed("가\u{11a8}"), "각");
    }

    #[test]
    fn sentences_are_joined_with_one_stop() {
        let join = |parts: &[&str]| joined(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(join(&["Done", "Either is fine.", "Why?", "9 left"]), "Done. Either is fine. Why? 9 left");
        assert_eq!(join(&[]), "");
    }

    #[test]
    fn case_accents_spaces_and_punctuation_do_not_count() {
        for (a, b) in [
            ("Café  crème!", "cafe creme"),
            ("What and Why", "what, and why"),
            ("70 %", "70%"),
            ("don’t", "dont"),
            ("Ünïcode", "UNICODE"),
        ] {
            assert_eq!(normalize(a), normalize(b), "{a} / {b}");
        }
        assert_ne!(normalize("70"), normalize("70 %"));
        assert_ne!(normalize("∑"), normalize("∏"));
    }

    #[test]
    fn escape_codes_and_bidi_overrides_never_reach_a_terminal() {
        let shown = printable("a\u{1b}[2Jb\u{9b}c\u{202e}d\r\ne\u{0}");
        assert_eq!(shown, "a␛[2Jbcd\ne␀");
        assert_eq!(printable("日本\té\n"), "日本\té\n");
    }

    #[test]
    fn counts_have_their_noun_and_their_thousands() {
        assert_eq!(counted(1, "card", "cards"), "1 card");
        assert_eq!(counted(1_204_300, "card", "cards"), "1,204,300 cards");
        assert_eq!(counted(999, "card", "cards"), "999 cards");
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let names = ["differences", "skills", "quotes"];
        assert_eq!(nearest("diferences", names), Some("differences"));
        assert_eq!(nearest("Qoutes", names), Some("quotes"));
        assert_eq!(nearest("vocabulary", names), None);
    }
}
