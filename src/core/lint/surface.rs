//! What can be seen of a scene without understanding it: its length, its marks, its words.
//!
//! Each look gives a scene one value. The rules are rough and made for English; docs/cues.md says what each counts. They only
//! have to be the same for all scenes of a deck: what is compared is how a value goes with an answer.

use crate::core::compare::search::fold;
use std::collections::BTreeSet;

/// Words that join one thing to another.
const CONNECTING: &[&str] = &[
    "after",
    "also",
    "and",
    "as well",
    "before",
    "both",
    "but",
    "first",
    "meanwhile",
    "so",
    "still",
    "then",
    "too",
    "while",
    "yet",
];

/// The past of common irregular verbs, as far as it is hardly ever another word or the present.
const IRREGULAR_PAST: &[&str] = &[
    "ate",
    "became",
    "began",
    "bought",
    "broke",
    "brought",
    "built",
    "came",
    "caught",
    "chose",
    "drew",
    "drove",
    "fell",
    "flew",
    "forgot",
    "fought",
    "found",
    "gave",
    "got",
    "grew",
    "heard",
    "held",
    "hid",
    "hung",
    "kept",
    "knew",
    "laid",
    "led",
    "left",
    "lent",
    "lost",
    "made",
    "meant",
    "met",
    "paid",
    "ran",
    "rang",
    "rode",
    "rose",
    "said",
    "sang",
    "sat",
    "saw",
    "sent",
    "shook",
    "slept",
    "sold",
    "sought",
    "spent",
    "spoke",
    "stood",
    "swept",
    "swore",
    "taught",
    "thought",
    "threw",
    "told",
    "took",
    "understood",
    "went",
    "woke",
    "won",
    "wore",
    "wrote",
];

/// Words after which a verb is likely.
const BEFORE_VERBS: &[&str] = &["he", "she", "they", "it", "who", "and", "or", "but", "then", "also", "now"];

/// Marks that a scene may have or not.
const MARKS: &[char] = &[';', ':', '–', '—', '(', '!', '…', '/', '%'];

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// The topic of its note.
    Topic,
    /// How many words it has, in thirds of the deck.
    Length,
    /// How many sentences it has.
    Sentences,
    /// How many actions it has, about.
    Actions,
    /// Which tenses its marks are of.
    Tense,
    /// Its first word.
    FirstWord,
    /// How many connecting words it has.
    Connecting,
    /// Whether it has a figure.
    Figure,
    /// Whether somebody is quoted.
    Quotation,
    /// Which marks it has besides full stops and commas.
    Marks,
    /// Whether a word is in it.
    Word,
    /// Which of its topic's notes it is, in the order of the deck: new cards come in that order.
    Place,
    /// The answer of the note before it.
    Before,
    /// Everything that is seen of a scene, weighed together.
    Together,
}

impl Look {
    /// Its name, for scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Length => "length",
            Self::Sentences => "sentences",
            Self::Actions => "actions",
            Self::Tense => "tense",
            Self::FirstWord => "first-word",
            Self::Connecting => "connecting-words",
            Self::Figure => "figure",
            Self::Quotation => "quotation",
            Self::Marks => "marks",
            Self::Word => "word",
            Self::Place => "place-in-topic",
            Self::Before => "answer-before",
            Self::Together => "together",
        }
    }
}

/// The words of a scene, folded, each once.
pub(super) fn words(scene: &str) -> BTreeSet<String> {
    fold(scene).split(' ').map(str::to_owned).collect()
}

/// What is seen of a scene at each look but its topic, its length and its words. Counts end at 4: more is told apart by nobody.
pub(super) fn seen(scene: &str) -> Vec<(Look, String)> {
    let folded = format!(" {} ", fold(scene));
    let has = |word: &str| folded.contains(&format!(" {word} "));
    let up_to_four = |count: usize| if count < 4 { count.to_string() } else { "4 or more".to_owned() };
    let sentences = scene.split(['.', '?', '!']).filter(|part| part.chars().any(char::is_alphanumeric)).count();
    let (actions, past) = actions(scene);
    let past = past || ["was", "were", "had", "did"].into_iter().any(has);
    let future = ["will", "shall", "tomorrow", "next"].into_iter().any(has);
    let tense = match (past, future) {
        (false, false) => "present",
        (true, false) => "past",
        (false, true) => "future",
        (true, true) => "past and future",
    };
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let mut connecting = 0;
    for word in CONNECTING {
        connecting += folded.matches(&format!(" {word} ")).count();
    }
    let marks: String = MARKS.iter().filter(|mark| scene.contains(**mark)).collect();
    vec![
        (Look::Sentences, up_to_four(sentences)),
        // A scene in which nothing was counted has an action all the same.
        (Look::Actions, up_to_four(actions.max(1))),
        (Look::Tense, tense.to_owned()),
        (Look::FirstWord, folded.trim().split(' ').next().unwrap_or_default().to_owned()),
        (Look::Connecting, up_to_four(connecting)),
        (Look::Figure, yes_no(scene.chars().any(|c| c.is_ascii_digit()))),
        (Look::Quotation, yes_no(scene.contains(['“', '"', '‘']))),
        (Look::Marks, if marks.is_empty() { "none".to_owned() } else { marks }),
    ]
}

/// How many actions a scene has, about, and whether one of them is in the past. Counted are words that end in `s` or `ed`, or are the
/// past of a common irregular verb, and stand after a name, a pronoun, a connecting word or a comma: there English has its verbs.
fn actions(scene: &str) -> (usize, bool) {
    let (mut count, mut past) = (0, false);
    let mut opens = false;
    for token in scene.split_whitespace() {
        let word: &str = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_plain = word.len() > 2 && word.chars().all(char::is_lowercase);
        let is_past = word.len() > 4 && word.ends_with("ed") || IRREGULAR_PAST.contains(&word);
        let is_present = word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
        if opens && is_plain && (is_past || is_present) {
            count += 1;
            past |= is_past;
        }
        let is_name =
            word.chars().next().is_some_and(char::is_uppercase) && !word.ends_with("'s") && !word.ends_with("’s");
        opens = is_name || token.ends_with(',') || BEFORE_VERBS.contains(&word.to_lowercase().as_str());
    }
    (count, past)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_is_seen_as_the_page_says() {
        let of = |scene: &str| -> Vec<String> { seen(scene).into_iter().map(|(_, value)| value).collect() };
        for (scene, expected) in [
            ("", ["0", "1", "present", "", "0", "no", "no", "none"]),
            (
                "Monday stand-up, two tickets are late: Ines gives one to Priya and agrees a new date; that’s it. Which role?",
                ["2", "2", "present", "monday", "1", "no", "no", ";:"],
            ),
            (
                "Ines gives one to Priya. Then she stays on the call, asks Daniel “Why?”, listens and writes 3 lines.",
                ["3", "4 or more", "present", "ines", "2", "yes", "yes", "none"],
            ),
            ("Priya’s shifts were late. Omar moved them.", ["2", "1", "past", "priyas", "0", "no", "no", "none"]),
            (
                "She will call them tomorrow, so he waited too.",
                ["1", "1", "past and future", "she", "2", "no", "no", "none"],
            ),
        ] {
            assert_eq!(of(scene), expected, "{scene}");
        }
        assert_eq!(crate::core::lint::words("Two – words"), 2);
        assert_eq!(words("The the END.").into_iter().collect::<Vec<_>>(), ["end", "the"]);
    }
}
