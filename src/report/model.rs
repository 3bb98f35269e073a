//! A report as values: what every renderer is given.

use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::sentence::Sentence;
use crate::report::table::Table;

/// A report, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its heading.
    pub title: String,
    /// When it was made.
    pub generated_at: Timestamp,
    /// The study day that it was made on.
    pub today: StudyDay,
    /// The days that it is about.
    pub period: Period,
    /// The decks that it is about, as asked for; `None` for all. Text from outside: render it as hostile.
    pub deck: Option<String>,
    /// Its parts, in reading order.
    pub sections: Vec<Section>,
    /// What is in it and what is left out, in one line.
    pub contents: &'static str,
    /// How much of a person it may tell; `None` where it is about nobody in particular.
    pub privacy: Option<Privacy>,
    /// What it is compared with, if anything. Text from outside: render it as hostile.
    pub compared: Option<String>,
    /// Whether it has only what fits on one page.
    pub is_summary: bool,
}

impl Report {
    /// Only what fits on one page.
    #[must_use]
    pub fn on_one_page(mut self) -> Self {
        self.sections.retain(|section| ON_ONE_PAGE.contains(&section.id));
        self.is_summary = true;
        self
    }

    /// Which decks, for people.
    #[must_use]
    pub fn decks(&self) -> String {
        self.deck.as_deref().map_or_else(|| "All decks".to_owned(), one_line)
    }

    /// Which days, for people: `2026-01-15 to 2026-04-14, 90 days`.
    #[must_use]
    pub fn days(&self) -> String {
        let Period { from, to } = self.period;
        match self.period.days() {
            0 => format!("{} to {}, no days", from.iso(), to.iso()),
            1 => from.iso(),
            days => format!("{} to {}, {} days", from.iso(), to.iso(), thousands(days)),
        }
    }

    /// What it is compared with, for people.
    #[must_use]
    pub fn compared(&self) -> Option<String> {
        self.compared.as_deref().map(|earlier| format!("compared with {}", one_line(earlier)))
    }

    /// When it was made, for people: `2026-04-14 18:05 +02:00`.
    #[must_use]
    pub fn made(&self) -> String {
        self.generated_at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M %:z").to_string())
    }
}

/// How much a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Privacy {
    /// Sums over everything: no text of a deck, not even a title.
    Totals,
    /// Sums by topic too, and the titles of topics and decks.
    #[default]
    Topics,
    /// Each card too.
    Cards,
}

impl Privacy {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Totals => "totals",
            Self::Topics => "topics",
            Self::Cards => "cards",
        }
    }

    /// What a report with it contains and what is left out.
    pub(super) fn contents(self) -> &'static str {
        match self {
            Self::Totals => {
                "In this report (totals): counts, shares, times and days, summed over all that was asked. Left out: titles \
                 and names of decks and topics, the text of cards, answers, when each was given, and where the files are."
            }
            Self::Topics => {
                "In this report (topics): counts, shares, times and days, names of decks, topics and sides, and choices of the \
                 built-in decks that were taken for each other. Left out: the text of all other cards, what was answered to \
                 them, when each answer was given, and where the files are."
            }
            Self::Cards => {
                "In this report (cards): counts, shares, times and days, names of decks, topics and sides, choices of the built-in \
                 decks that were taken for each other, and the state and the prompt of each card, or its key. Left out: all \
                 other answers, when each was given, and where the files are."
            }
        }
    }
}

/// The sections of a summary.
const ON_ONE_PAGE: [&str; 8] =
    ["opening", "summary", "comparison", "levels", "fading", "checkups", "outlook", "weakest"];

/// One part of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name for programs: stable, lower case.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What to know when reading it. Our own words only, never text from a deck; code is in backticks.
    pub note: Option<String>,
    /// What it holds.
    pub body: Body,
}

impl Section {
    /// Whether people get to see it; programs get every section, empty or not.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        match &self.body {
            Body::Facts(facts) => self.id == "summary" || facts.iter().any(Fact::is_shown),
            Body::Sentences(sentences) => !sentences.is_empty(),
            Body::Table(table) | Body::Prose(table) | Body::Chart(_, table) => {
                !table.rows.is_empty() || !table.when_empty.is_empty()
            }
        }
    }
}

/// What a section holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Sentences, one after the other.
    Sentences(Vec<Sentence>),
    /// Single values, each with its name.
    Facts(Vec<Fact>),
    /// Values in rows.
    Table(Table),
    /// Sentences in rows that are shown whole: what they are about, its heading, the day, the words. Rows about the same lie
    /// together.
    Prose(Table),
    /// Values in rows, of which a picture can be drawn.
    Chart(Chart, Table),
}

/// How much room a fact is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What people look for first.
    Major,
    /// The usual.
    Minor,
    /// Not shown to people while it is zero.
    Rare,
    /// Told to people in the words of a section; only programs get it by itself.
    Told,
}

/// One value with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The value.
    pub value: Cell,
    /// How much room it is given.
    pub weight: Weight,
}

impl Fact {
    /// Whether people get to see it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        match self.weight {
            Weight::Major | Weight::Minor => true,
            Weight::Rare => !self.value.is_zero(),
            Weight::Told => false,
        }
    }
}
