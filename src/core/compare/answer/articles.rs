//! Articles at the beginning that may be left out and the answer is nearly right: those of English, and what stands before an infinitive there
//! and in the Nordic languages. Elsewhere an article tells the gender, which is what a learner has to know (`das Haus`).

use crate::core::compare::answer::key;
use crate::core::compare::letters::is_apostrophe;
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

/// Articles of English and of languages in which they tell the gender: German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish,
/// Norwegian.
const ARTICLES: &str = "\
    a|an|the|der|die|das|den|dem|des|ein|eine|einen|einem|einer|le|la|les|l'|un|une|el|los|las|una|il|lo|i|gli|uno|un'|o|os|as|um|uma|de|het|\
    't|een|en|ett|et|ei";

/// Whether a word in small letters is an article of any of these languages.
pub(in crate::core::compare) fn is_article(word: &str) -> bool {
    ARTICLES.split('|').any(|known| known == word)
}

/// How an answer that is otherwise right has not the article that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleApart {
    /// It has none; the one that is missing, as it is written.
    Missing(String),
    /// It has another one.
    Other,
}

/// The article of any language that a text begins with, and what follows.
fn split_article(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let apostrophe = text.char_indices().take(3).find(|(at, c)| *at > 0 && is_apostrophe(*c));
    let (article, rest) = match apostrophe {
        Some((at, c)) => text.split_at(at + c.len_utf8()),
        None => text.split_once(char::is_whitespace)?,
    };
    // `A minor` is a note.
    let is_alone = article.chars().nth(1).is_none();
    let plain: String = article.chars().map(|c| if is_apostrophe(c) { '\'' } else { c }).collect();
    let plain = if is_alone { plain } else { plain.to_lowercase() };
    let is_word = rest.chars().filter(|c| is_letter(*c)).nth(1).is_some();
    (is_word && is_article(&plain)).then_some((article, rest))
}

/// Whether what was given is what is right but for its article, and how.
#[must_use]
pub fn article_apart(given: &str, expected: &str) -> Option<ArticleApart> {
    let (article, rest) = split_article(expected)?;
    let rest = key(rest);
    if key(given) == rest {
        return Some(ArticleApart::Missing(article.to_owned()));
    }
    let (other, given) = split_article(given)?;
    (key(given) == rest && key(other) != key(article)).then_some(ArticleApart::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::compare::answer::key;

    #[test]
    fn what_lacks_its_article_is_told_from_what_has_another_one() {
        for (given, expected, apart) in [
            ("Haus", "das Haus", "das"),
            ("maison", "la maison", "la"),
            ("eau", "l’eau", "l’"),
            ("libro", "el libro", "el"),
            ("zaino", "lo zaino", "lo"),
            ("casa", "a casa", "a"),
            ("huis", "het huis", "het"),
            ("hus", "ett hus", "ett"),
            ("cat", "the cat", "the"),
        ] {
            assert_eq!(article_apart(given, expected), Some(ArticleApart::Missing(apart.to_owned())), "{given}");
        }
        for (given, expected) in
            [("der Haus", "das Haus"), ("le maison", "la maison"), ("de huis", "het huis"), ("a cat", "the cat")]
        {
            assert_eq!(article_apart(given, expected), Some(ArticleApart::Other), "{given}");
        }
        for (given, expected) in
            [("minor", "A minor"), ("das Haus", "das Haus"), ("Maus", "das Haus"), ("das Haus", "Haus"), ("b", "a b")]
        {
            assert_eq!(article_apart(given, expected), None, "{given}");
        }
    }

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
