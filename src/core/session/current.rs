//! The card that a session asks: what was loaded of it, its question, and the answer once it was checked.

use crate::core::card::Ask;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Showing;
use crate::core::card::Tick;
use crate::core::card::Verdict;
use crate::core::card::kind;
use crate::core::compare::answer::Weights;
use crate::core::document::Document;
use crate::core::document::Markup;
use crate::core::document::Medium;
use crate::core::id::CardId;
use crate::core::own_words::OwnWords;
use crate::core::queue::Candidate;
use crate::core::queue::Origin;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::splitmix64;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use std::rc::Rc;

/// What a session needs to know of a card to ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The card.
    pub card: CardId,
    /// What its events add up to now, as the scheduler in force sees it ([`crate::core::replay::seen_by`]).
    pub state: CardState,
    /// The scheduler that its deck was given; `None` for that of the settings.
    pub scheduler: Option<Scheduler>,
    /// Its text.
    pub text: NoteText,
    /// What the learner said to it before, where it is answered in their own words.
    pub own: OwnWords,
    /// Which phrasing to show: the least recently shown.
    pub variant: usize,
    /// What counts in typed answers, as its deck's file says.
    pub weights: Weights,
    /// Name of its deck, for people.
    pub deck: String,
    /// `deck/key`, or the start of its id: what a person would type.
    pub name: String,
    /// Its topic, if it has one. Shared, since every answer of a sitting keeps it.
    pub topic: Option<Rc<TopicLine>>,
    /// Whether the topic's primer comes before it: it is the first of its topic ever shown.
    pub primer_first: bool,
}

impl Loaded {
    /// What it is known by in messages.
    #[must_use]
    pub fn known_by(&self) -> String {
        self.text.known_by(self.card.ordinal, &self.name)
    }
}

/// A topic as a session needs it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicLine {
    /// The local number of the topic.
    pub number: i64,
    /// Title for people.
    pub title: String,
    /// The idea in fifty words.
    pub primer: Option<String>,
    /// One line to do.
    pub try_line: Option<String>,
}

/// The card that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Where it came from.
    pub origin: Origin,
    pub(super) candidate: Candidate,
    /// What was loaded.
    pub loaded: Loaded,
    /// What is shown first.
    pub question: Question,
    pub(super) shown_at: Timestamp,
    /// The answer given and checked, once there is one.
    pub verdict: Option<Verdict>,
    /// What was typed, where the program can't check it.
    pub response: Option<String>,
}

impl Loaded {
    /// The study day on which its note wants it back after an answer on `today`, whatever the scheduler says.
    #[must_use]
    pub fn comes_back(&self, today: StudyDay) -> Option<StudyDay> {
        self.own.comes_back(&self.text.returns(), today)
    }

    /// Its question, in the phrasing that was loaded; options are shuffled anew each day. `None` for a kind of card that
    /// this program does not know.
    #[must_use]
    pub fn question(&self, today: StudyDay) -> Option<Question> {
        let day = u64::from(today.0.cast_unsigned());
        let showing = Showing { variant: self.variant, seed: self.card.hash() ^ splitmix64(day) };
        kind(&self.text.kind).map(|kind| kind.question(&self.text, self.card.ordinal, showing))
    }
}

impl TopicLine {
    /// Its primer, read. The head of a deck is Markdown, whatever its notes are.
    #[must_use]
    pub fn primer_document(&self) -> Document {
        Document::of(self.primer.as_deref().unwrap_or_default(), Markup::Markdown)
    }
}

impl Current {
    /// Its prompt, read.
    #[must_use]
    pub fn prompt_document(&self) -> Document {
        self.loaded.text.document(&self.question.prompt)
    }

    /// Its pictures and sounds, those of its options in the order in which they are shown; those of the answer too, once that is.
    #[must_use]
    pub fn media(&self, is_answered: bool) -> Vec<Medium> {
        let mut media = self.prompt_document().media();
        let text = &self.loaded.text;
        let options = kind(&text.kind).map_or_else(Vec::new, |kind| kind.option_texts(text));
        let shown = self.question.from.iter().filter_map(|index| options.get(*index));
        media.extend(shown.flat_map(|option| text.document(option).media()));
        if is_answered {
            media.extend(self.loaded.text.answer_document(self.loaded.card.ordinal).media());
            media.extend(self.loaded.text.extra.iter().flat_map(|extra| self.loaded.text.document(extra).media()));
        }
        media
    }

    /// How each of the items named so far stands to those asked for.
    #[must_use]
    pub fn ticks(&self, given: &[String]) -> Vec<Tick> {
        kind(&self.loaded.text.kind).map_or_else(Vec::new, |kind| kind.ticks(&self.loaded.text, given))
    }

    /// Whether the choices were speakers: the right one is whoever the note quotes.
    pub(super) fn offered_speakers(&self, verdict: &Verdict) -> bool {
        let speaker = self.loaded.text.speaker.as_deref().unwrap_or_default();
        self.question.ask == Ask::Choose && !verdict.expected.is_empty() && speaker.starts_with(&verdict.expected)
    }
}
