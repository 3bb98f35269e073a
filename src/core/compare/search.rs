//! What a search looks for: letters, without case, without the marks that may be dropped, without punctuation.
//!
//! [`push`] folds one character after another onto what was folded before, so that the scanner of texts and the reader of queries
//! can't come apart: both use it.

use crate::core::compare::identity::composed;
use crate::core::compare::letters::Keep;
use crate::core::compare::letters::digit;
use crate::core::compare::letters::folded;
use crate::core::compare::letters::is_apostrophe;
use crate::core::compare::letters::is_dropped;
use crate::core::compare::letters::is_invisible;
use crate::core::compare::letters::is_unspaced;
use crate::core::compare::letters::spelling;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::compose;
use unicode_normalization::char::is_combining_mark;

/// The text folded for searching: letters, digits and `%` (70 % is not 70), words separated by one space.
///
/// A text of nothing else (say, `∑` or `?`) folds to itself, so that it can still be told apart.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    if out.last() == Some(&b' ') {
        out.pop();
    }
    match String::from_utf8(out) {
        Ok(folded) if !folded.is_empty() => folded,
        Ok(_) | Err(_) => text.trim().to_owned(),
    }
}

/// A name, or a text whose signs count (`c++` is not `c`): without case and marks, each blank one space.
#[must_use]
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        let mut plain = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        plain.make_ascii_lowercase();
        return plain;
    }
    let text: String =
        text.nfkc().filter(|c| !is_invisible(*c)).map(|c| if is_apostrophe(c) { '\'' } else { c }).collect();
    folded(&text.split_whitespace().collect::<Vec<_>>().join(" "), Keep::default())
}

/// A text as it is written, in its composed form.
#[must_use]
pub fn literal(text: &str) -> Cow<'_, str> {
    composed(text)
}

/// The end of a word, if one is there.
pub fn gap(out: &mut Vec<u8>) {
    if out.last().is_some_and(|last| !matches!(last, b' ' | b'\n')) {
        out.push(b' ');
    }
}

/// Takes away the end of a word between two letters of scripts that set no blanks: `你好，世界` is found by `你好世界`.
fn join(out: &mut Vec<u8>, next: char) {
    if out.last() == Some(&b' ') && is_unspaced(next) {
        let before = out.len() - 1;
        if last(out.get(..before).unwrap_or_default()).is_some_and(is_unspaced) {
            out.truncate(before);
        }
    }
}

/// As [`push`] does between letters of scripts that set no blanks, for a text of which ASCII was copied, punctuation and escapes of JSON included:
/// these go before `next` comes.
pub fn join_copied(out: &mut Vec<u8>, next: char) {
    // Mostly a letter stands before it, which is told at a glance.
    if !out
        .last()
        .is_some_and(|byte| byte.is_ascii() && (!byte.is_ascii_alphanumeric() || matches!(byte, b'n' | b't' | b'r')))
    {
        return;
    }
    let next = match next {
        '\0'..='\u{dff}' | '가'..='힣' => return,
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' => next,
        // A narrow one, or several in a square.
        _ => std::iter::once(next).nfkd().next().unwrap_or(next),
    };
    if !is_unspaced(next) || is_combining_mark(next) {
        return;
    }
    let mut end = out.len();
    loop {
        match out.get(..end) {
            Some([.., b'%']) => break,
            Some([rest @ .., b'n' | b't' | b'r'])
                if rest.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 =>
            {
                end -= 2;
            }
            Some([.., byte]) if byte.is_ascii() && !byte.is_ascii_alphanumeric() => end -= 1,
            _ => break,
        }
    }
    if end < out.len() && last(out.get(..end).unwrap_or_default()).is_some_and(is_unspaced) {
        out.truncate(end);
    }
}

/// A percent sign, which belongs to the number before it.
pub fn percent(out: &mut Vec<u8>) {
    if out.last() == Some(&b' ') {
        out.pop();
    }
    out.push(b'%');
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Folds a character onto what was folded before it.
pub fn push(out: &mut Vec<u8>, c: char) {
    match c {
        'a'..='z' | '0'..='9' => out.push(u8::try_from(c).unwrap_or(b' ')),
        'A'..='Z' => out.push(u8::try_from(c.to_ascii_lowercase()).unwrap_or(b' ')),
        '%' => percent(out),
        '\'' => {}
        c if c.is_ascii() => gap(out),
        // Letters of which nothing is ever dropped, and which are composed.
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣' => {
            join(out, c);
            push_char(out, c);
        }
        c if is_apostrophe(c) || is_invisible(c) => {}
        '\u{2000}'..='\u{206f}' => gap(out),
        c => {
            for c in std::iter::once(digit(c).unwrap_or(c)).nfkd() {
                push_part(out, c);
            }
        }
    }
}

/// Folds a character that can't be taken apart any more.
fn push_part(out: &mut Vec<u8>, c: char) {
    if is_combining_mark(c) || matches!(c, '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}') {
        return push_mark(out, c);
    }
    if c.is_ascii() {
        push(out, c);
    } else if is_apostrophe(c) || is_invisible(c) {
        // Beside a letter it says nothing.
    } else if let Some(plain) = spelling(c) {
        out.extend_from_slice(plain.as_bytes());
    } else if c.is_alphanumeric() {
        join(out, c);
        for c in c.to_uppercase().flat_map(char::to_lowercase) {
            push_char(out, c);
        }
    } else {
        gap(out);
    }
}

/// A mark, or a part of a Hangul syllable, onto the letter before it.
fn push_mark(out: &mut Vec<u8>, mark: char) {
    let before = last(out);
    if is_dropped(before, mark) {
        return;
    }
    let whole = before.and_then(|before| compose(before, mark));
    if let (Some(before), Some(whole)) = (before, whole) {
        out.truncate(out.len() - before.len_utf8());
        push_char(out, whole);
    } else {
        push_char(out, mark);
    }
}

/// The last character of a text.
fn last(out: &[u8]) -> Option<char> {
    let start = out.iter().rposition(|byte| byte & 0xc0 != 0x80)?;
    std::str::from_utf8(out.get(start..)?).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_of_five_scripts_spaces_and_punctuation_do_not_count() {
        for (a, b) in [
            ("Café  crème!", "cafe creme"),
            ("What and Why", "what, and why"),
            ("70 %", "70%"),
            ("don’t", "dont"),
            ("donʼt", "don't"),
            ("Ünïcode", "UNICODE"),
            ("Straße", "STRASSE"),
            ("œuvre", "Oeuvre"),
            ("Łódź", "lodz"),
            ("Øl", "ol"),
            ("đường", "duong"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("İzmir", "izmir"),
            ("ёж", "еж"),
            ("שָׁלוֹם", "שלום"),
            ("كِتَاب", "كتاب"),
            ("كتــاب", "كتاب"),
            ("ｶﾞｯｺｳ", "ガッコウ"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("か\u{3099}", "が"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("и\u{306}", "й"),
            ("e\u{301}", "é"),
            ("ﬁn", "fin"),
            ("x²", "x2"),
            ("٣", "3"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("日本。", "日本"),
            ("你好，世界", "你好世界"),
            ("東京 ・ 大阪", "東京大阪"),
            ("สวัสดี ครับ", "สวัสดีครับ"),
            ("ｶﾅ ｶﾞ", "カナガ"),
            ("ﬀ ﬁ", "ff fi"),
            ("ΑΣ", "ας"),
            ("STRAẞE", "straße"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
        for (a, b) in [
            ("70", "70 %"),
            ("∑", "∏"),
            ("がっこう", "かっこう"),
            ("パン", "バン"),
            ("कुल", "कल"),
            ("เบียร์", "เบยร"),
            ("мой", "мои"),
            ("한", "하"),
            ("한국 사람", "한국사람"),
            ("日本 go", "日本go"),
            ("日 70%", "日70"),
        ] {
            assert_ne!(fold(a), fold(b), "{a} / {b}");
        }
    }

    #[test]
    fn a_name_keeps_its_signs() {
        assert_eq!(plain(" C++ "), "c++");
        assert_eq!(plain("Über  uns"), "uber uns");
        assert_eq!(plain("C♯\u{a0}é"), "c♯ e");
        assert_eq!(literal(" C++\n e\u{301} "), " C++\n é ");
    }

    proptest::proptest! {
        #[test]
        fn what_is_folded_once_stays_as_it_is(text in "[ -~éÉœﬁ½§ÆŒøŁŉ’“…ßİıΑΣΆЖйё\nがカﾞ日한글كَ३ि\u{301}\u{3099}\u{306}]{0,20}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
