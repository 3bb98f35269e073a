//! Words that somebody types where letters are keys: a newcomer types an answer, and each of its letters would do something.
//!
//! Nobody who knows the keys waits for this: a key acts when it comes, unless it leads away from the card. It is the letter behind it that
//! tells, since no two keys are pressed as fast as a word is typed.

use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;

/// Letters that come sooner than this after each other are a word that is typed.
pub(super) const WORD_MS: u64 = 400;

/// A letter that comes sooner than this after one that acted belongs to a word with it: whoever saw what that did takes longer.
const UNREAD_MS: u64 = 250;

/// What a key means where letters are keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing here.
    Nothing,
    /// It moves what is shown, or what is chosen: such keys come fast, and harm nothing.
    Moves,
    /// It acts, and says what it did.
    Acts,
    /// It leads to another screen, where the rest of a word would do more, or grades as a word's first letter.
    Leads,
}

/// What a key that came is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// A key.
    Key,
    /// A key, unless another letter follows within [`WORD_MS`].
    Unclear,
    /// A letter of a word that was begun with it.
    Begins,
    /// A letter of a word whose first letter was taken for a key.
    Goes,
    /// What follows in a word, or ends it.
    Within,
}

/// Who types, as far as it can be told from keys and their times.
#[derive(Debug, Default)]
pub(super) struct Typist {
    /// The last letter, what it meant, and when it came.
    last: Option<(KeyCode, Meaning, u64)>,
    /// Whether it was one of a word.
    is_word: bool,
}

/// Whether a key writes where texts are typed.
fn writes(key: &KeyEvent) -> bool {
    let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    matches!(key.code, KeyCode::Char(_)) && !held
}

/// Whether a key begins a word, or goes on with one: a letter, or a digit that means nothing.
fn is_letter(key: &KeyEvent, meaning: Meaning) -> bool {
    let KeyCode::Char(c) = key.code else { return false };
    writes(key) && (c.is_alphabetic() || c.is_ascii_digit() && meaning == Meaning::Nothing)
}

impl Typist {
    /// A key came. `ends`: a blank or Enter that comes late ends a word, too, since it would grade.
    pub(super) fn came(&mut self, key: &KeyEvent, meaning: Meaning, now: u64, ends: bool) -> Is {
        let last = self.last.take();
        let was_word = std::mem::take(&mut self.is_word);
        let within = |most: u64| last.is_some_and(|(.., at)| now.saturating_sub(at) < most);
        if was_word {
            let is_text = writes(key) || matches!(key.code, KeyCode::Backspace | KeyCode::Enter);
            if within(WORD_MS) && is_text {
                (self.last, self.is_word) = (Some((key.code, meaning, now)), true);
                return Is::Within;
            }
            if ends && matches!(key.code, KeyCode::Char(' ') | KeyCode::Enter) {
                return Is::Within;
            }
        }
        if !is_letter(key, meaning) {
            return Is::Key;
        }
        self.last = Some((key.code, meaning, now));
        let goes = last.is_some_and(|(code, before, _)| {
            within(UNREAD_MS) && code != key.code && !(before == Meaning::Moves && meaning == Meaning::Moves)
        });
        self.is_word = goes || meaning == Meaning::Nothing;
        match meaning {
            _ if goes => Is::Goes,
            Meaning::Nothing => Is::Begins,
            Meaning::Leads => Is::Unclear,
            Meaning::Moves | Meaning::Acts => Is::Key,
        }
    }

    /// What became of an [unclear](Is::Unclear) key, with the one that followed it in time: the same key again is no word, since
    /// somebody goes one step after the other.
    pub(super) fn followed(&mut self, key: &KeyEvent, next: Option<&KeyEvent>) -> Is {
        self.is_word =
            next.is_some_and(|next| next.code != key.code && next.code != KeyCode::Char(' ') && writes(next));
        if self.is_word { Is::Begins } else { Is::Key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char) -> KeyEvent {
        let code = match c {
            '\r' => KeyCode::Enter,
            c => KeyCode::Char(c),
        };
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    /// What keys are that come so many milliseconds after each other, on a card whose letters mean this.
    fn come(keys: &str, gap: u64, ends: bool) -> Vec<Is> {
        let meaning = |c| match c {
            'j' | 'k' => Meaning::Moves,
            'u' | 'i' | '-' => Meaning::Acts,
            'e' | 'q' => Meaning::Leads,
            '3' | ' ' | '\r' => Meaning::Acts,
            _ => Meaning::Nothing,
        };
        let mut typist = Typist::default();
        keys.chars().zip(1_u64..).map(|(c, place)| typist.came(&key(c), meaning(c), place * gap, ends)).collect()
    }

    #[test]
    fn a_word_is_known_by_a_letter_that_means_nothing_or_by_the_letter_that_follows_soon() {
        use Is::*;
        assert_eq!(
            come("well-u3 \r", 200, false),
            [Begins, Within, Within, Within, Within, Within, Within, Within, Within]
        );
        assert_eq!(come("unit", 200, false), [Key, Goes, Within, Within]);
        assert_eq!(come("1492", 200, false), [Begins, Within, Within, Within]);
        assert_eq!(come("É", 200, false), [Begins]);
    }

    #[test]
    fn keys_that_somebody_knows_act_at_once_however_fast_they_are() {
        use Is::*;
        assert_eq!(come("uuu", 30, false), [Key, Key, Key], "one step after the other");
        assert_eq!(come("jjkj", 30, false), [Key, Key, Key, Key]);
        assert_eq!(come(" 3 3-3", 30, false), [Key; 6]);
        assert_eq!(come("ui", UNREAD_MS, false), [Key, Key]);
        assert_eq!(come("u3", 30, false), [Key, Key], "no letter");
    }

    #[test]
    fn a_key_that_leads_away_waits_for_what_follows() {
        let mut typist = Typist::default();
        for (next, is) in [(None, Is::Key), (Some('e'), Is::Key), (Some(' '), Is::Key), (Some('a'), Is::Begins)] {
            assert_eq!(typist.came(&key('e'), Meaning::Leads, 0, false), Is::Unclear);
            assert_eq!(typist.followed(&key('e'), next.map(key).as_ref()), is, "{next:?}");
            typist = Typist::default();
        }
    }

    #[test]
    fn a_late_enter_ends_a_word_where_it_would_grade_and_nowhere_else() {
        use Is::*;
        for (ends, is) in [(true, Within), (false, Key)] {
            let mut typist = Typist::default();
            assert_eq!(typist.came(&key('x'), Meaning::Nothing, 0, ends), Begins);
            assert_eq!(typist.came(&key('\r'), Meaning::Acts, 5_000, ends), is);
            assert_eq!(typist.came(&key('\r'), Meaning::Acts, 9_000, ends), Key);
        }
    }
}
