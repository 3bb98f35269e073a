//! What can be the matter with a card, a topic or a deck.

use crate::core::card::Form;
use crate::core::lint::cues::OneSided;
use crate::core::lint::surface::Look;

/// What makes a card poor. `cli/lint_words.rs` has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// The answer can be read in the prompt.
    AnswerInPrompt,
    /// Another note has the prompt, or nearly.
    EqualPrompts {
        /// The index of the other note.
        other: usize,
        /// Whether the prompts are the same, and not only nearly.
        same: bool,
    },
    /// The answer is yes or no.
    YesNo,
    /// It is a guess between two.
    TwoWay,
    /// A list of so many items.
    LongList(usize),
    /// A prompt of so many words.
    LongPrompt(usize),
    /// An answer of so many words.
    LongAnswer(usize),
    /// A model of so many words.
    LongModel(usize),
    /// A criterion of so many words.
    LongCriterion(usize),
    /// The right choice is the longest.
    LongestChoice,
    /// All options of a choice seem to stand in this one.
    SeveralInOne(String),
    /// The sides of the deck's sorts come unequally often.
    UnbalancedSorts {
        /// Whether these are the held-out sorts.
        held_out: bool,
        /// How often each side comes, by its folded name.
        counts: Vec<(String, usize)>,
    },
    /// The topic predicts the answer.
    OneSidedTopic(OneSided),
    /// The surface of scenes or choices predicts the answer.
    SurfaceCue {
        /// Whether these are held-out ones.
        held_out: bool,
        /// What is looked at; `None` for a way to pick one of several choices.
        look: Option<Look>,
        /// What is seen there, or the way to pick.
        value: String,
        /// The answer that goes with it; empty for a way to pick.
        answer: String,
        /// How often it was right.
        right: usize,
        /// How often it could be used.
        of: usize,
        /// How many of a hundred chance gets right.
        chance_percent: u32,
    },
    /// A held-out card of this kind, which no check-up asks.
    UnjudgedScene(String),
    /// A form on a card that no check-up asks, since it is not held out.
    FormOfTrained(Form),
    /// The card names no source.
    MissingSource,
    /// The card belongs to no topic.
    MissingTopic,
    /// A quotation of so many words.
    LongQuotation(usize),
    /// A quotation without its speaker.
    MissingSpeaker,
    /// A primer of so many words.
    LongPrimer(usize),
    /// A typed answer looks like two of which either is right; so do as many of the deck.
    TwoAnswers {
        /// The answer.
        answer: String,
        /// What each of them may be.
        each: Vec<String>,
        /// How many other notes have such an answer.
        others: usize,
        /// The indices of the first of these.
        first_others: Vec<usize>,
    },
    /// The card waits for one that is not there, so that nothing holds it back.
    LostAfter {
        /// What `after` names.
        word: String,
        /// Whether there is the deck at least.
        has_deck: bool,
        /// One that is there and has nearly that name.
        near: Option<String>,
    },
    /// Cards of several decks wait for each other, the first for the second and the last for the first.
    WaitingCircle {
        /// Their names.
        members: Vec<String>,
    },
    /// The deck's sequence names a topic that is not there.
    LostSequence {
        /// What it names.
        word: String,
        /// Whether there is the deck at least.
        has_deck: bool,
        /// One that is there and has nearly that name.
        near: Option<String>,
    },
    /// The card waits for one that reviews never ask, so that nothing holds it back.
    AfterHeldOut(String),
    /// The deck's sequence names a topic of a deck that is in another sequence.
    IdleSequence {
        /// What it names.
        word: String,
        /// The id of the deck in whose sequence that one is; its own id where it has one.
        of: String,
    },
}

impl Flaw {
    /// The rule that it breaks, one of [`RULES`](crate::core::lint::RULES).
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::AnswerInPrompt => "answer-in-prompt",
            Self::EqualPrompts { .. } => "equal-prompts",
            Self::YesNo => "yes-no",
            Self::TwoWay => "two-way",
            Self::LongList(_) => "long-list",
            Self::LongPrompt(_) => "long-prompt",
            Self::LongAnswer(_) => "long-answer",
            Self::LongModel(_) => "long-model",
            Self::LongCriterion(_) => "long-criterion",
            Self::LongestChoice => "longest-choice",
            Self::SeveralInOne(_) => "several-in-one",
            Self::UnbalancedSorts { .. } => "unbalanced-sorts",
            Self::OneSidedTopic(_) => "one-sided-topic",
            Self::SurfaceCue { .. } => "surface-cue",
            Self::UnjudgedScene(_) => "unjudged-scene",
            Self::FormOfTrained(_) => "form-of-trained",
            Self::MissingSource => "missing-source",
            Self::MissingTopic => "missing-topic",
            Self::LongQuotation(_) => "long-quotation",
            Self::MissingSpeaker => "missing-speaker",
            Self::LongPrimer(_) => "long-primer",
            Self::TwoAnswers { .. } => "two-answers",
            Self::LostAfter { .. } => "lost-after",
            Self::WaitingCircle { .. } => "waiting-circle",
            Self::LostSequence { .. } => "lost-sequence",
            Self::AfterHeldOut(_) => "after-held-out",
            Self::IdleSequence { .. } => "idle-sequence",
        }
    }
}
