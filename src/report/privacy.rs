//! How much of a person a report tells.
//!
//! What comes from outside stands in `Cell::Text` and nowhere else: so what is left out is told by the kind of a cell,
//! and a section that is added later is left out too where it holds any.

use crate::report::model::Body;
use crate::report::model::Cell;
use crate::report::model::Report;
use crate::report::model::Section;

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
    fn contents(self) -> &'static str {
        match self {
            Self::Totals => {
                "In this report (totals): counts, shares, times and days, summed over all that was asked. Left out: titles \
                 and names of decks and topics, the text of cards, answers, when each was given, and where the files are."
            }
            Self::Topics => {
                "In this report (topics): counts, shares, times and days, and names of decks, topics and sides. Left out: \
                 the text of cards, answers, when each was given, and where the files are."
            }
            Self::Cards => {
                "In this report (cards): counts, shares, times and days, names of decks, topics and sides, and the state and the \
                 prompt of each card, or its key. Left out: the answers, when each was given, and where the files are."
            }
        }
    }
}

/// Sections that name cards, or what stands on them.
const OF_CARDS: [&str; 1] = ["card_list"];

fn has_text(section: &Section) -> bool {
    match &section.body {
        Body::Facts(facts) => facts.iter().any(|fact| matches!(fact.value, Cell::Text(_))),
        Body::Table(table) | Body::Chart(_, table) => {
            table.rows.iter().flatten().any(|cell| matches!(cell, Cell::Text(_)))
        }
    }
}

impl Report {
    /// The report with no more than `privacy` allows, which it then says.
    #[must_use]
    pub fn within(mut self, privacy: Privacy) -> Self {
        self.privacy = Some(privacy);
        self.contents = privacy.contents();
        if privacy < Privacy::Cards {
            self.sections.retain(|section| !OF_CARDS.contains(&section.id));
        }
        if privacy < Privacy::Topics {
            self.sections.retain(|section| !has_text(section));
            // Which decks were asked for is named; that it is not about all of them has to be said.
            self.deck = self.deck.map(|_| "a choice of decks or cards".to_owned());
        }
        self
    }
}
