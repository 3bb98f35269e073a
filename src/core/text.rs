//! Text as people type it, compare it and look at it.

use crate::core::compare::search::plain;
use std::borrow::Cow;

/// Whether a character could drive a terminal, turn a line around or hide in it, wherever it stands: control characters but
/// tab and line feed, line separators, bidirectional marks, overrides and isolates, and what is as wide as nothing or as a
/// space and is none: tags, fillers, zero-width spaces.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether a character has no width of its own, but says how its neighbours look: joiners, and selectors of a variant.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a joiner beside the character has a meaning: in scripts whose letters change with their neighbours, and emoji.
fn is_joined(c: char) -> bool {
    matches!(c,
        '\u{620}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{2190}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}' | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe0f}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}' | '\u{1f000}'..='\u{1faff}')
}

/// Each character, and whether it is unsafe where it stands. Joiners and selectors belong to their neighbours, without which
/// they are letters that nobody sees.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let is_bad = match c {
            ' '..='~' | '\n' => false,
            '\u{200c}' | '\u{200d}' => !(before.is_some_and(is_joined) && rest.clone().next().is_some_and(is_joined)),
            // Of ASCII only what is on the keys of a telephone has a variant, as the picture of such a key.
            c if is_selector(c) => !before.is_some_and(|c: char| match c {
                '0'..='9' | '#' | '*' => rest.clone().next() == Some('\u{20e3}'),
                c => !c.is_ascii() && !is_selector(c) && !is_unsafe(c),
            }),
            c => is_unsafe(c),
        };
        before = Some(c);
        Some((c, is_bad))
    })
}

/// Whether anybody sees anything of the text: a letter or a sign, and not only spaces and what is as wide as nothing.
#[must_use]
pub fn has_something_to_see(text: &str) -> bool {
    let is_unseen =
        |c: char| c.is_whitespace() || is_unsafe(c) || is_selector(c) || matches!(c, '\u{200c}' | '\u{200d}');
    !text.chars().all(is_unseen)
}

/// Whether something in the text must not be sent to a terminal as it is.
#[must_use]
pub fn has_unsafe(text: &str) -> bool {
    judged(text).any(|(_, is_bad)| is_bad)
}

/// The text as it may be sent to a terminal: nothing in a deck may move the cursor, ring, reorder a line or hide in it.
///
/// Line ends become `\n`; what could act on a terminal becomes `␛`-style pictures where Unicode has one, else vanishes.
#[must_use]
pub fn printable(text: &str) -> String {
    if !has_unsafe(text) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n");
    let shown = judged(&text).filter_map(|(c, is_bad)| match c {
        c if !is_bad => Some(c),
        '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
        // Braille's cell without a dot is a space between words.
        '\u{2800}' => Some(' '),
        c if u32::from(c) < 0x20 => char::from_u32(0x2400 + u32::from(c)),
        _ => None,
    });
    shown.collect()
}

/// How a language writes a character by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// `\uD83C\uDFF4`: UTF-16, as in JSON.
    Json,
    /// `\U0001F3F4`: the number itself, as in TOML.
    Toml,
}

/// Code with what must not be sent to a terminal written as escapes. For where such characters only ever stand inside
/// strings, in which the escape means the same.
#[must_use]
pub fn escape_unsafe(code: &str, escapes: Escapes) -> String {
    if !has_unsafe(code) {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len() + 16);
    for (c, is_bad) in judged(code) {
        match (is_bad, escapes) {
            (false, _) => out.push(c),
            (true, Escapes::Toml) if u32::from(c) > 0xffff => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            (true, Escapes::Json | Escapes::Toml) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            }
        }
    }
    out
}

/// A text as it may stand behind other words on a line: one with letters that are written from the right is set apart, or a
/// terminal that turns such letters round would take the words before it along. The text itself has nothing that could end that.
#[must_use]
pub fn isolated(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_from_the_right) { format!("\u{2068}{text}\u{2069}").into() } else { text.into() }
}

/// Whether a letter is of a script that is written from the right.
pub(in crate::core) fn is_from_the_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The text on one line, safe to print: for tables, labels and messages.
#[must_use]
pub fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as one argument of a command that a person copies into a shell.
#[must_use]
pub fn as_argument(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "/:._-+@%=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.into();
    }
    format!("'{}'", printable(text).replace('\'', "'\\''")).into()
}

/// The first `most` characters, with an ellipsis where something was cut.
#[must_use]
pub fn beginning(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)) {
        Some(beginning) => format!("{beginning}…").into(),
        None => text.into(),
    }
}

/// The first words of a text, `most` characters of them at most, with an ellipsis where something was left out. A word is only
/// cut where it fills half of the room by itself, as all do in scripts without blanks.
#[must_use]
pub fn first_words(text: &str, most: usize) -> Cow<'_, str> {
    let Some((end, next)) = text.char_indices().nth(most) else { return text.into() };
    let room = text.get(..end).unwrap_or(text);
    let words = if next == ' ' || next.is_ascii_punctuation() {
        room
    } else {
        room.rsplit_once(' ').map_or("", |(words, _)| words)
    };
    match words.trim_end_matches([' ', ',', ';', ':']) {
        words if words.chars().count() > most / 2 => format!("{words} …").into(),
        _ => format!("{room}…").into(),
    }
}

/// Characters of the longest word that may be a slip of the finger. To compare takes as many steps as both have characters
/// multiplied, and nobody mistypes a page.
const LONGEST_SLIP: usize = 200;

/// The candidate nearest to `wanted`, if it is near enough to be a slip of the finger.
#[must_use]
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.chars().nth(LONGEST_SLIP).is_some() {
        return None;
    }
    let wanted = plain(wanted);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().nth(LONGEST_SLIP).is_none())
        .map(|candidate| (strsim::osa_distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| {
            let letters = candidate.chars().count();
            *distance <= 1 + letters / 4 && (letters < 3 || *distance * 2 < letters)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A sentence that begins with a capital.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words of a text: letters and digits that stand together.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The longest slug, in characters.
const LONGEST_SLUG: usize = 60;

/// A text as a key: its words in small letters without accents, joined by hyphens, as many as fit. Empty where it has neither
/// letters nor digits.
#[must_use]
pub fn slug(text: &str) -> String {
    let text = plain(text);
    let mut out = String::new();
    for word in words(&text) {
        let room = LONGEST_SLUG.saturating_sub(out.chars().count() + usize::from(!out.is_empty()));
        if word.chars().count() > room && !out.is_empty() {
            break;
        }
        if !out.is_empty() {
            out.push('-');
        }
        out.extend(word.chars().take(room));
    }
    out
}

/// What to do about a name that is none of the known ones: the nearest of them, or all.
#[must_use]
pub fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
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
    fn nothing_that_nobody_sees_is_printed() {
        let bad = [
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{34f}",
            "\u{3164}",
            "\u{115f}",
            "\u{1160}",
            "\u{ffa0}",
            "\u{e0001}",
            "\u{e0041}",
            "\u{e007f}",
            "\u{fe0f}",
            "\u{e0100}",
            "\u{180b}",
            "\u{180e}",
            "\u{206a}",
            "\u{fff9}",
            "\u{202a}",
            "\u{202e}",
            "\u{2066}",
            "\u{2069}",
            "\u{200e}",
            "\u{61c}",
            "\u{1d173}",
            "\u{1bca0}",
            "\u{e0fff}",
        ];
        for bad in bad {
            assert_eq!(printable(&format!("a{bad}b")), "ab", "{bad:?}");
            assert_eq!(printable(&bad.repeat(3)), "", "{bad:?}");
            assert!(has_unsafe(bad), "{bad:?}");
        }
        assert_eq!(printable("a\u{2028}b\u{2029}c\u{85}d"), "a\nb\ncd");
        assert_eq!(one_line("a\u{2028}b\u{2800}c"), "a b c");
        assert_eq!(printable("é\u{fe0f}\u{fe0f}\u{fe0e}"), "é\u{fe0f}", "one is enough");
    }

    #[test]
    fn what_a_script_needs_to_be_read_stays() {
        for text in [
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "क्\u{200d}ष",
            "葛\u{e0100}",
            "👩🏽\u{200d}⚕\u{fe0f}",
        ] {
            assert_eq!(printable(text), text);
            assert_eq!(escape_unsafe(text, Escapes::Json), text);
        }
    }

    #[test]
    fn an_escape_is_the_same_character_in_each_language() {
        let text = "\"a\u{e0041}\u{200b}\u{9b}\"";
        let json = escape_unsafe(text, Escapes::Json);
        assert_eq!(json, "\"a\\uDB40\\uDC41\\u200B\\u009B\"");
        assert_eq!(escape_unsafe(text, Escapes::Toml), "\"a\\U000E0041\\u200B\\u009B\"");
    }

    #[test]
    fn sentences_are_joined_with_one_stop() {
        let join = |parts: &[&str]| joined(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(join(&["Done", "Either is fine.", "Why?", "9 left"]), "Done. Either is fine. Why? 9 left");
        assert_eq!(join(&[]), "");
    }

    #[test]
    fn only_a_text_with_letters_from_the_right_is_set_apart() {
        for text in ["", "plain", "日本語 é 3 %", "naïve (x)"] {
            assert_eq!(isolated(text), text);
        }
        for text in ["שלום", "a ب c", "\u{fe8d}", "\u{1e900}"] {
            assert_eq!(isolated(text), format!("\u{2068}{text}\u{2069}"));
        }
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
    fn a_text_is_one_argument_of_a_shell() {
        for (text, argument) in [
            ("d/a", "d/a"),
            ("Größe::x/a-b#2", "'Größe::x/a-b#2'"),
            ("my words/h", "'my words/h'"),
            ("d/it's", "'d/it'\\''s'"),
            ("d/$x", "'d/$x'"),
            ("", "''"),
        ] {
            assert_eq!(as_argument(text), argument);
        }
    }

    #[test]
    fn a_text_is_cut_between_its_words() {
        for (text, words) in [
            ("Who leads?", "Who leads?"),
            ("Who leads a team of", "Who leads a team of"),
            ("Who leads a team of ten?", "Who leads a team of …"),
            ("Who leads, in truth, a team?", "Who leads, in truth …"),
            ("Who supercalifragilistics?", "Who supercalifragil…"),
            ("日本語の文には空白がありません。それでも切ります。", "日本語の文には空白がありません。それで…"),
        ] {
            assert_eq!(first_words(text, 19), words);
        }
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let names = ["differences", "skills", "quotes"];
        assert_eq!(nearest("diferences", names), Some("differences"));
        assert_eq!(nearest("Qoutes", names), Some("quotes"));
        assert_eq!(nearest("vocabulary", names), None);
        assert_eq!(nearest("quit", ["edit", "hint"]), None, "half of a word is no slip");
        assert_eq!(nearest("tt", ["t"]), Some("t"), "of a very short one all may be");
    }
}
