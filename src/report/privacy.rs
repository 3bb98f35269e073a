//! How much of a person a report tells.
//!
//! What comes from outside stands in `Cell::Text` and nowhere else: so what is left out is told by the kind of a cell,
//! and a section that is added later is left out too where it holds any.

use crate::report::cell::Cell;
use crate::report::model::Body;
use crate::report::model::Privacy;
use crate::report::model::Report;
use crate::report::model::Section;

/// Sections that name cards, or what stands on them.
const OF_CARDS: [&str; 1] = ["card_list"];

fn has_text(section: &Section) -> bool {
    match &section.body {
        // What names something from outside says the rest without it.
        Body::Sentences(_) => false,
        Body::Facts(facts) => facts.iter().any(|fact| matches!(fact.value, Cell::Text(_))),
        Body::Table(table) | Body::Prose(table) | Body::Chart(_, table) => {
            table.rows.iter().flatten().any(|cell| matches!(cell, Cell::Text(_)))
        }
    }
}

/// Takes the names from outside out of sentences.
fn without_names(section: &mut Section) {
    if let Body::Sentences(sentences) = &mut section.body {
        sentences.iter_mut().for_each(|sentence| sentence.about = None);
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
            self.sections.iter_mut().for_each(without_names);
            // Which decks were asked for is named; that it is not about all of them has to be said.
            self.deck = self.deck.map(|_| "a choice of decks or cards".to_owned());
        }
        self
    }
}
