//! What completes the query that is being typed: the names of fields, and what these may be.

use crate::core::card::CARD_KINDS;
use crate::core::compare::search::fold;
use crate::core::search::FIELDS;
use crate::core::search::STATES;
use crate::failure::Failure;
use crate::ui::tui::browse::Browser;
use crate::ui::tui::input::Input;
use crate::ui::tui::pick;
use std::collections::BTreeSet;

/// What goes on from what is typed: as it is shown, and the whole query with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) shown: String,
    whole: String,
}

/// What completes a query, found once nobody waits for a key.
#[derive(Default)]
pub(super) struct Completion {
    /// Nothing where it has to be found yet.
    offers: Option<Vec<Offer>>,
    /// Which of them comes next.
    turn: usize,
    decks: Option<BTreeSet<String>>,
    /// All notes are read for them.
    tags: Option<BTreeSet<String>>,
}

/// A condition with a name in it, such as that of a saved search.
pub(in crate::ui::tui) fn condition(field: &str, name: &str) -> String {
    let is_bare = !name.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    if is_bare { format!("{field}:{name}") } else { format!("{field}:\"{name}\"") }
}

/// The last condition of a query: what stands before it, its field (nothing while that is typed itself), and its value so far.
fn last(query: &str) -> (&str, Option<&str>, &str) {
    let (mut is_quoted, mut start) = (false, 0);
    for (at, c) in query.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if !is_quoted && (c.is_whitespace() || c == '(') => start = at + c.len_utf8(),
            '-' if start == at => start += 1,
            _ => {}
        }
    }
    let (before, word) = query.split_at(start);
    match word.split_once(':') {
        Some((field, value)) => (before, Some(field), value.trim_start_matches('"')),
        None => (before, None, word),
    }
}

/// What goes on from a query, where `known` gives the names that a field may have.
fn offers<'k>(query: &str, known: impl Fn(&str) -> Vec<&'k String>) -> Vec<Offer> {
    let (before, field, typed) = last(query);
    let offer = |shown: String| Offer { whole: format!("{before}{shown}"), shown };
    let offers: Vec<Offer> = match field {
        None => {
            let typed = fold(typed);
            FIELDS.iter().filter(|name| name.starts_with(&typed)).map(|name| offer(format!("{name}:"))).collect()
        }
        Some(field) => {
            let values: Vec<String> = match field {
                "is" => STATES.iter().map(|state| (*state).to_owned()).collect(),
                "kind" => CARD_KINDS.iter().map(|kind| kind.name().to_owned()).collect(),
                _ => Vec::new(),
            };
            let all: Vec<&String> = if values.is_empty() { known(field) } else { values.iter().collect() };
            pick::completions(typed, all).into_iter().map(|name| offer(condition(field, name))).collect()
        }
    };
    offers.into_iter().filter(|offer| offer.whole != query).collect()
}

impl Browser<'_, '_> {
    /// What completes the query as it was typed last; nothing as long as that has to be found.
    pub(super) fn offers(&self) -> &[Offer] {
        self.completion.offers.as_deref().unwrap_or_default()
    }

    /// Another query is typed.
    pub(super) fn is_typed(&mut self) {
        (self.completion.offers, self.completion.turn) = (None, 0);
    }

    /// Names may be others now.
    pub(super) fn forget_names(&mut self) {
        self.completion = Completion::default();
    }

    /// Finds what completes the query; whether that was still to be found.
    pub(super) fn find_offers(&mut self) -> Result<bool, Failure> {
        if self.completion.offers.is_some() {
            return Ok(false);
        }
        let query = self.query.text();
        match last(&query).1 {
            Some("deck") if self.completion.decks.is_none() => self.completion.decks = Some(self.workspace.decks()?),
            Some("tag") if self.completion.tags.is_none() => self.completion.tags = Some(self.workspace.tags()?),
            _ => {}
        }
        let Completion { decks, tags, .. } = &self.completion;
        let found = offers(&query, |field| match field {
            "deck" => decks.iter().flatten().collect(),
            "tag" => tags.iter().flatten().collect(),
            "saved" => self.workspace.settings().searches.keys().collect(),
            _ => Vec::new(),
        });
        self.completion.offers = Some(found);
        Ok(true)
    }

    /// Completes the query, with the next of several at each turn; whether something did.
    pub(super) fn complete(&mut self) -> Result<bool, Failure> {
        self.find_offers()?;
        let turn = self.completion.turn;
        let count = self.offers().len();
        let Some(offer) = self.offers().get(turn.checked_rem(count).unwrap_or(0)).cloned() else { return Ok(false) };
        self.query = Input::of(&offer.whole);
        let offers = self.completion.offers.take();
        self.retyped()?;
        // After the only one goes on what follows it.
        (self.completion.offers, self.completion.turn) = if count > 1 { (offers, turn + 1) } else { (None, 0) };
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_first_and_then_what_they_may_be() {
        let decks = ["leadership::culture", "my scenes"].map(str::to_owned);
        let tags = ["team".to_owned()];
        let shown = |query: &str| {
            let known = |field: &str| match field {
                "deck" => decks.iter().collect(),
                "tag" => tags.iter().collect(),
                _ => Vec::new(),
            };
            offers(query, known).into_iter().map(|offer| offer.whole).collect::<Vec<_>>()
        };
        assert_eq!(shown("d"), ["deck:", "due:"]);
        assert_eq!(shown("two ta"), ["two tag:"]);
        assert_eq!(shown("deck:my"), ["deck:\"my scenes\""]);
        assert_eq!(shown("(deck:\"my s"), ["(deck:\"my scenes\""]);
        assert_eq!(shown("-tag:te"), ["-tag:team"]);
        assert_eq!(shown("deck:cult"), ["deck:leadership::culture"], "what holds it");
        assert_eq!(shown("is:su"), ["is:suspended"]);
        assert_eq!(shown("is:suspended"), [""; 0], "nothing is missing");
        assert_eq!(shown("kind:clo"), ["kind:cloze"]);
        assert_eq!((shown("\"deck:m"), shown("zebra"), shown("ease:")), (vec![], vec![], vec![]));
        assert_eq!(shown("").len(), FIELDS.len());
    }
}
