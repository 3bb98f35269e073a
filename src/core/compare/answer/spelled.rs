//! The plain characters of a text: what is only another form of a character becomes that one, so that the rules for punctuation
//! and letters have one comma, one dash, one quotation mark to look at.

use crate::core::compare::letters::digit;
use crate::core::compare::letters::is_apostrophe;
use crate::core::compare::letters::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// How raised and lowered digits are written on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raised {
    /// `x²` as `x2`.
    Plain,
    /// `x²` as `x^2`, `x₁` as `x_1`.
    Marked,
}

/// A raised (`^`) or lowered (`_`) character.
fn level(c: char) -> Option<char> {
    match c {
        '²' | '³' | '¹' | '\u{2070}'..='\u{207f}' => Some('^'),
        '\u{2080}'..='\u{208e}' => Some('_'),
        _ => None,
    }
}

/// Whether a text has raised or lowered characters.
pub(super) fn has_raised(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| level(c).is_some())
}

/// The plain form of punctuation and operators.
fn form(c: char) -> Option<&'static str> {
    Some(match c {
        '。' | '｡' | '।' | '॥' | '։' | '۔' | '።' | '។' | '៕' | '။' | '།' | '᠃' => ".",
        '、' | '､' | '،' | '՝' | '၊' | '፣' | '᠂' => ",",
        '؛' | '፤' => ";",
        '؟' => "?",
        '՞' | '՜' | '՛' | '‚' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '〈' | '〉' | '《' | '》'
        | '【' | '】' | '〝' | '〞' | '〟' | '״' | '｢' | '｣' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '־' | '﹘' => "-",
        '〜' | '～' => "~",
        '…' | '⋯' => "...",
        '‥' => "..",
        '・' | '･' | '‧' | '\u{387}' | '⋅' | '∙' => "·",
        '×' | '∗' => "*",
        '÷' | '∕' | '⁄' => "/",
        '≤' | '≦' | '⩽' => "<=",
        '≥' | '≧' | '⩾' => ">=",
        '≠' => "!=",
        '→' | '⟶' => "->",
        '←' | '⟵' => "<-",
        '⇒' | '⟹' => "=>",
        '⇔' | '⟺' => "<=>",
        '↔' | '⟷' => "<->",
        '±' => "+-",
        '♯' => "#",
        '♭' => "b",
        '゛' => "\u{3099}",
        '゜' => "\u{309a}",
        '¡' | '¿' => "¿",
        '•' | '‣' | '◦' => "•",
        '་' | '፡' => " ",
        _ => return None,
    })
}

/// The plain characters of a text, composed.
pub(super) fn spelled(text: &str, raised: Raised) -> Vec<char> {
    if text.is_ascii() {
        return text.chars().collect();
    }
    let mut plain = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let mut before = None;
    for (place, c) in chars.iter().copied().enumerate() {
        let after = chars.get(place + 1).copied();
        if is_invisible(c) {
            continue;
        }
        if let Some(sign) = level(c) {
            let begins = before.and_then(level) != Some(sign);
            // A charge stands behind its number, an exponent's sign before it.
            let is_signed = matches!(c, '⁺' | '⁻' | '₊' | '₋') && after.and_then(level) == Some(sign);
            let is_apart = before.is_some_and(|c| c.is_ascii_digit() || c == ')');
            if begins && (is_signed || is_apart || raised == Raised::Marked) {
                plain.push(sign);
            }
            plain.push(c);
        } else if is_apostrophe(c) {
            plain.push('\'');
        } else if matches!(c, '—' | '―') && before == Some(c) {
            // One dash, however long it is drawn.
        } else if c == 'º' && matches!(after, Some('C' | 'F')) {
            plain.push('°');
        } else if let Some(form) = form(c) {
            plain.push_str(form);
        } else if let Some(digit) = digit(c) {
            plain.push(digit);
        } else {
            // One and a half is not eleven halves.
            if matches!(c, '¼'..='¾' | '\u{2150}'..='\u{215f}') && before.is_some_and(|c| c.is_ascii_digit()) {
                plain.push(' ');
            }
            plain.push(c);
        }
        before = Some(c);
    }
    let composed = plain.nfkc().filter(|c| !is_invisible(*c));
    let plain = |c| match c {
        '⁄' => '/',
        '−' => '-',
        c => c,
    };
    composed.map(plain).collect()
}

/// With the letters that German and the Nordic languages spell by two where a keyboard lacks them, if there are any.
pub(super) fn in_two_letters(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let text: String = text.nfc().collect();
    if !text.contains(['ä', 'ö', 'ü', 'å', 'ø', 'Ä', 'Ö', 'Ü', 'Å', 'Ø']) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' | 'ø' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'å' => out.push_str("aa"),
            'Ä' => out.push_str("Ae"),
            'Ö' | 'Ø' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'Å' => out.push_str("Aa"),
            c => out.push(c),
        }
    }
    Some(out)
}
