//! Registers: what is shown of a note or deck, from the facts about it.
//!
//! Text, tags, place, key and existence of a note have two registers. The *source* register is what a file or the program
//! brought, the *own* register what the learner did, on any device. Own is shown, else source; nobody is asked. What is
//! not shown stays in the log. Which fact of a register wins depends on nothing but the facts themselves and their
//! order, (hlc, device, sequence), so that devices which know the same facts show the same. Facts that do not count are
//! as if they had never been, and those before them win again.

use crate::core::fact::About;
use crate::core::fact::DeckFact;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::fact::NoteFact;
use crate::core::fact::TopicText;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::units::Hlc;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// A fact about a note or deck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'f> {
    /// Its name.
    pub id: EventId,
    /// That of its action.
    pub hlc: Hlc,
    /// The fact.
    pub fact: &'f Fact,
    /// Whether its action counts: no counting undo names it.
    pub counts: bool,
    /// Its words, where it has some that are here and were not erased.
    pub words: Option<&'f str>,
}

impl Said<'_> {
    /// The key of the total order: (hlc, device, sequence).
    #[must_use]
    pub fn order(&self) -> (Hlc, EventId) {
        (self.hlc, self.id)
    }

    /// Whether it gave the note a text. An erased one is still a text, without its words.
    fn is_text(&self) -> bool {
        matches!(self.fact, Fact::Brought { .. } | Fact::Edited { .. })
    }
}

/// What is shown of a note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownNote {
    /// The entry whose text is shown: the own one, else the source's. Where neither counts, the newest of those that do
    /// not; `None` for a note that is only named so far.
    pub text: Option<EventId>,
    /// The `brought` that wins the source register, even where the source no longer has the note.
    pub source: Option<EventId>,
    /// The `edited` that wins the own register; `None` where the learner has no text of their own, or took it back.
    pub own: Option<EventId>,
    /// Id of the deck whose topics the text means: the source's, wherever the learner moved the note; without a source
    /// the shown deck.
    pub home: Option<String>,
    /// Id of the deck that it lies in.
    pub deck: Option<String>,
    /// Its place in the order of that deck.
    pub position: i64,
    /// Tags that the learner gave it, in the order in which they did so last.
    pub added_tags: Vec<String>,
    /// Tags that the learner took from it.
    pub removed_tags: BTreeSet<String>,
    /// The key that the learner gave it; `None` for the one that the text says.
    pub key: Option<String>,
    /// Whether it is there: written or answered, not deleted, and its source still has it where that decides.
    pub living: bool,
    /// The entry that wrote it first: the oldest text that counts, else the oldest text.
    pub made: Option<EventId>,
}

/// What a `brought` said beside its text.
#[derive(Debug, Clone, Copy)]
struct Source<'f> {
    id: EventId,
    deck: &'f str,
    position: i64,
    edition: u32,
}

/// The registers of a note while its facts are gone through, oldest first.
#[derive(Debug, Default)]
struct NoteRegisters<'f> {
    /// Whether any `brought` counts; known before the rest.
    sourced: bool,
    source: Option<Source<'f>>,
    /// Whether the newest of `brought` and `gone` is the latter. Looked at only where no `brought` has an edition.
    gone: bool,
    ordered: Option<i64>,
    own: Option<EventId>,
    deck: Option<&'f str>,
    position: Option<i64>,
    /// Per tag, whether it is there, and how many tag facts came before the one that says so.
    tags: BTreeMap<&'f str, (usize, bool)>,
    tag_facts: usize,
    key: Option<&'f str>,
    /// What the newest own act says: there or deleted. `None` where there is none: the source decides.
    exists: Option<bool>,
}

impl<'f> NoteRegisters<'f> {
    fn take(&mut self, said: &Said<'f>) {
        let About::Note(_, fact) = said.fact.about() else { return };
        match fact {
            NoteFact::Brought { deck, position, edition } => {
                if self.source.is_none_or(|source| edition >= source.edition) {
                    self.source = Some(Source { id: said.id, deck, position, edition });
                    self.ordered = None;
                }
                self.gone = false;
            }
            NoteFact::Gone => self.gone = true,
            NoteFact::Ordered { position } => self.ordered = Some(position),
            NoteFact::Edited => {
                self.own = Some(said.id);
                self.exists = Some(true);
            }
            // Without a source there is nothing to go back to.
            NoteFact::Cleared if !self.sourced => {}
            NoteFact::Cleared => {
                self.own = None;
                self.exists = None;
            }
            NoteFact::Tagged => self.tag(said, true),
            NoteFact::Untagged => self.tag(said, false),
            NoteFact::Placed { deck, position } => {
                self.deck = Some(deck);
                self.position = position.or(self.position);
                self.exists = Some(true);
            }
            NoteFact::Deleted => self.exists = Some(false),
            NoteFact::Revived => self.exists = Some(true),
            NoteFact::Keyed => {
                self.key = said.words.or(self.key);
                self.exists = Some(true);
            }
        }
    }

    /// A tag whose words are gone can't be told from others: it is passed over, but it is still an act of the learner.
    fn tag(&mut self, said: &Said<'f>, on: bool) {
        if let Some(tag) = said.words {
            self.tags.insert(tag, (self.tag_facts, on));
            self.tag_facts += 1;
        }
        self.exists = Some(true);
    }
}

/// What is shown of a note, from all facts about it, in any order. `answered` says whether any answer to a card of it
/// counts, `highest_edition` which edition of a built-in deck is the highest that counts, by the deck's id.
///
/// - **Source**: the `brought` of the highest edition, the newest of these. A `gone` after the newest `brought` says
///   that a file no longer has it; a built-in deck no longer has what its highest edition lacks, whatever files say. An
///   `ordered` after the winner gives the position.
/// - **Text**: the newest of `edited` and `cleared`, else the source's.
/// - **Place**: the newest `placed`, else the source's. One without a position leaves the position as it was.
/// - **Tags**: for each tag, the newest of `tagged` and `untagged`, else whether the source has it: see [`tags`].
/// - **Existence**: the newest of `deleted` and all that the learner did otherwise to the note. What is done after a
///   deletion revives, on whichever device; what the learner did lives on where the source has gone. With a `cleared`
///   the learner goes back to the source in this too: the source alone decides until the next act. So a note that was
///   deleted before it and is still in the source is there again, and one that the source has lost is not.
/// - A `cleared` while no `brought` counts changes nothing, since there is nothing to go back to.
/// - A note is there only while a text of it counts, or an answer: an import that is undone takes with it what nobody
///   answered. Where only answers count, the newest text and the source's place are shown although they do not count
///   (the learner's place where no source ever had one), and a later `gone` ends that too.
#[must_use]
pub fn note(said: &[Said<'_>], answered: bool, highest_edition: &dyn Fn(&str) -> u32) -> ShownNote {
    let mut said: Vec<&Said<'_>> = said.iter().collect();
    said.sort_unstable_by_key(|said| said.order());
    let sourced = said.iter().any(|said| said.counts && matches!(said.fact, Fact::Brought { .. }));
    let mut now = NoteRegisters { sourced, ..NoteRegisters::default() };
    for said in &said {
        if said.counts {
            now.take(said);
        } else if !sourced && matches!(said.fact, Fact::Brought { .. }) {
            // What was gone before is no reason against the text that is shown in the end.
            now.gone = false;
        }
    }
    let written = said.iter().any(|said| said.counts && said.is_text());
    let without_counting = |said: &&&Said<'_>| said.is_text() && (said.counts || !written);
    let source = now.source.map(|source| source.id);
    let (text, made) = (said.iter().rfind(without_counting), said.iter().find(without_counting));
    let text = now.own.or(source).or(text.map(|said| said.id));

    let (deck, position) = match now.source {
        Some(source) => (Some(source.deck), Some(source.position)),
        None => undone_place(&said),
    };
    let deck = now.deck.or(deck).map(str::to_owned);
    let undone_home = || said.iter().find(|said| Some(said.id) == text).and_then(|said| brought_to(said));
    let home = now.source.map(|source| source.deck).or_else(undone_home).map(str::to_owned);

    let mut added: Vec<(usize, &str)> =
        now.tags.iter().filter_map(|(tag, (at, on))| on.then_some((*at, *tag))).collect();
    added.sort_unstable();
    let there = match now.source {
        Some(source) if source.edition > 0 => source.edition >= highest_edition(source.deck),
        Some(_) | None => !now.gone,
    };
    ShownNote {
        text,
        source,
        own: now.own,
        home: home.or_else(|| deck.clone()),
        deck,
        position: now.position.or(now.ordered).or(position).unwrap_or(0),
        added_tags: added.into_iter().map(|(_, tag)| tag.to_owned()).collect(),
        removed_tags: now.tags.iter().filter(|(_, (_, on))| !on).map(|(tag, _)| (*tag).to_owned()).collect(),
        key: now.key.map(str::to_owned),
        living: (written || answered && text.is_some()) && now.exists.unwrap_or(there),
        made: made.map(|said| said.id),
    }
}

fn brought_to<'f>(said: &Said<'f>) -> Option<&'f str> {
    if let Fact::Brought { deck, .. } = said.fact { Some(deck) } else { None }
}

/// Deck and position of a note while no place counts. The source's go first, since the learner may have taken their own
/// back before.
fn undone_place<'f>(ordered: &[&Said<'f>]) -> (Option<&'f str>, Option<i64>) {
    let mut brought = None;
    let mut placed = None;
    for said in ordered {
        if let Fact::Brought { deck, position, .. } = said.fact {
            brought = Some((Some(deck.as_str()), Some(*position)));
        } else if let Fact::Placed { deck, position, .. } = said.fact {
            placed = Some((Some(deck.as_str()), *position));
        }
    }
    brought.or(placed).unwrap_or_default()
}

/// The tags of a note whose source has these: without those that the learner took away, and then those that they added.
/// Tags are told apart by their exact text.
#[must_use]
pub fn tags(source: &[String], shown: &ShownNote) -> Vec<String> {
    let kept = source.iter().filter(|tag| !shown.removed_tags.contains(*tag));
    let added = shown.added_tags.iter().filter(|tag| !source.contains(tag));
    kept.chain(added).cloned().collect()
}

/// The note that a uid is another name of: the newest `aliased` says so. Void while the uid has a note of its own, that
/// is while a text under it counts. One step: whether that note's uid is itself another name does not matter.
#[must_use]
pub fn alias(said: &[Said<'_>]) -> Option<NoteUid> {
    let mut newest = None;
    for said in said.iter().filter(|said| said.counts) {
        if said.is_text() {
            return None;
        }
        if let Fact::Aliased { alias, note } = said.fact {
            newest = newest.max(Some((said.order(), *alias, *note)));
        }
    }
    newest.filter(|(_, alias, note)| alias != note).map(|(_, _, note)| note)
}

/// What is shown of a deck.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownDeck {
    /// What its source says; `None` where none does, or its words were erased: then its id is its name.
    pub head: Option<Head>,
    /// The edition of that head, with or without words; 0 for everything that is not built in.
    pub edition: u32,
    /// The name that the learner gave it, which beats the head's.
    pub renamed: Option<String>,
    /// Its topics, by position and id.
    pub topics: Vec<TopicText>,
    /// The configuration of its own scheduler; `None` for the settings' own.
    pub scheduler: Option<ConfigId>,
    /// Whether any head counts: somebody made it or brought it, be it empty. Its words don't matter.
    pub made: bool,
    /// Whether the learner hid it.
    pub hidden: bool,
}

/// What is shown of a deck, from all facts about it, in any order.
///
/// - **Head** and each **topic**: the one of the highest edition, the newest of these. A head whose words were erased
///   stays the winner; a topic whose words were erased can't be told from others, and is passed over.
/// - **Name**: the newest `renamed` that has its words. **Scheduler**, and whether it is **hidden**: the newest.
#[must_use]
pub fn deck(said: &[Said<'_>]) -> ShownDeck {
    let mut said: Vec<&Said<'_>> = said.iter().filter(|said| said.counts).collect();
    said.sort_unstable_by_key(|said| said.order());
    let mut head: Option<(u32, Option<&str>)> = None;
    let mut topics: BTreeMap<String, (u32, TopicText)> = BTreeMap::new();
    let mut renamed = None;
    let (mut scheduler, mut is_hidden) = (None, false);
    for said in said {
        let About::Deck(_, fact) = said.fact.about() else { continue };
        match fact {
            DeckFact::Head { edition } => {
                if head.is_none_or(|(highest, _)| edition >= highest) {
                    head = Some((edition, said.words));
                }
            }
            DeckFact::Topic { edition } => {
                let topic = said.words.and_then(|words| serde_json::from_str::<TopicText>(words).ok());
                if let Some(topic) = topic
                    && topics.get(&topic.id).is_none_or(|(highest, _)| edition >= *highest)
                {
                    topics.insert(topic.id.clone(), (edition, topic));
                }
            }
            DeckFact::Renamed => renamed = said.words.or(renamed),
            DeckFact::Scheduler { config } => scheduler = config,
            DeckFact::Hidden { hidden } => is_hidden = hidden,
            // It is of the learner, and shows nothing of the deck.
            DeckFact::Tried => {}
        }
    }
    let mut topics: Vec<TopicText> = topics.into_values().map(|(_, topic)| topic).collect();
    topics.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    ShownDeck {
        head: head.and_then(|(_, words)| serde_json::from_str(words?).ok()),
        edition: head.map_or(0, |(edition, _)| edition),
        renamed: renamed.map(str::to_owned),
        topics,
        scheduler,
        made: head.is_some(),
        hidden: is_hidden,
    }
}

#[cfg(test)]
mod tests;
