//! Articles at the beginning that may be left out and the answer is nearly right: those of English, and what stands before an infinitive there
//! and in the Nordic languages. Elsewhere an article tells the gender, which is what a learner has to know (`das Haus`).

use crate::core::compare::letters::is_letter;
use crate::core::compare::slip::is_formula;

/// What an article says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Article {
    /// `a`, `an`
    Any,
    /// `the`
    This,
    /// `to`
    Verb,
}

/// The article that a text begins with, and the rest of its key. `A` is a note, a grade or a group as often (`A minor`).
pub(super) fn without_article<'k>(text: &str, key: &'k str) -> Option<(Article, &'k str)> {
    let first = text.split_whitespace().next()?.trim_matches(['(', ')', '[', ']', '“', '"']);
    let (article, written) = match first {
        "a" => (Article::Any, "a"),
        "å" | "Å" => (Article::Verb, "a"),
        first => match first.to_lowercase().as_str() {
            "an" => (Article::Any, "an"),
            "the" => (Article::This, "the"),
            "to" => (Article::Verb, "to"),
            "att" => (Article::Verb, "att"),
            _ => return None,
        },
    };
    // `an der Wand`, `a mangé`: other languages have words that look like the English article.
    let is_english = |word: &str| {
        let begins_as_a_vowel = || word.starts_with(|c: char| "aeiouhAEIOUH8".contains(c) || c.is_uppercase());
        word.is_ascii() && (written != "an" || begins_as_a_vowel())
    };
    if article == Article::Any && !text.split_whitespace().nth(1).is_some_and(is_english) {
        return None;
    }
    let rest = key.strip_prefix(written)?;
    let is_year = |rest: &&str| article == Article::This && rest.starts_with(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix(' ').or_else(|| Some(rest).filter(is_year))?;
    let has_word = rest.split(|c| !is_letter(c)).any(|word| word.chars().nth(1).is_some());
    let is_number = rest.bytes().take_while(u8::is_ascii_digit).nth(1).is_some();
    ((has_word && !is_formula(key)) || is_number).then_some((article, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::compare::answer::key;

    #[test]
    fn an_article_stands_before_a_word() {
        for (text, article, rest) in [
            ("a cat", Article::Any, "cat"),
            ("An apple", Article::Any, "apple"),
            ("an MRI scan", Article::Any, "mri scan"),
            ("The Hague", Article::This, "hague"),
            ("the 1960s", Article::This, "1960s"),
            ("(to) run", Article::Verb, "run"),
            ("å løpe", Article::Verb, "lope"),
        ] {
            assert_eq!(without_article(text, &key(text)), Some((article, rest)), "{text}");
        }
        for text in [
            "an der Wand",
            "a mangé",
            "A minor",
            "a",
            "the",
            "a b",
            "a = bc",
            "a sin x",
            "à la carte",
            "a.m.",
            "an",
            "Theodor",
            "das Haus",
        ] {
            assert_eq!(without_article(text, &key(text)), None, "{text}");
        }
    }
}
