//! The decks and topics of a file that is taken in: found, or planned and made once a note lies in them.

use crate::core::compare::answer::Weights;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::fact::TopicText;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::RowPlace;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::shown::NoteRow;
use rusqlite::OptionalExtension as _;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(super) struct TargetDeck {
    /// Below 0 while it is only planned.
    pub(super) id: i64,
    pub(super) name_id: Rc<str>,
    pub(super) position: i64,
    pub(super) was_there: bool,
    /// A built-in deck, into which a file of the learner's writes their own register.
    pub(super) is_builtin: bool,
}

/// What a source says of a deck beside its name. What it leaves out stays as it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeadDetails<'h> {
    /// Title, description, language, licence, version.
    pub texts: [Option<&'h str>; 5],
    /// The order in which topics give their new cards.
    pub sequence: Option<&'h [String]>,
    /// What counts in typed answers.
    pub weights: Weights,
}

#[cfg(test)]
impl<'h> From<[Option<&'h str>; 5]> for HeadDetails<'h> {
    fn from(texts: [Option<&'h str>; 5]) -> Self {
        Self { texts, ..Self::default() }
    }
}

/// A deck that is new: it is made when the first note goes there, and not where all notes of the file lie elsewhere.
pub(super) struct PlannedDeck {
    head: Head,
    topics: Vec<TopicText>,
}

impl Bulk<'_, '_> {
    /// Makes or updates a deck. `head` empty but for id and name: it is only made where it is missing.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn deck(&mut self, id: &str, name: &str, details: HeadDetails<'_>) -> Result<(), Fault> {
        let shown = self.options.place_in.clone();
        match shown {
            // The cards go elsewhere: the file's own deck is a name for identities only.
            Some(place) => self.deck_now(&place, None, HeadDetails::default()).map(drop),
            None => self.deck_now(id, Some(name), details).map(drop),
        }
    }

    /// The deck that a file's word means: an id, else a unique own name, else a new id. The id of a deck that has no cards any more
    /// comes after a name that is shown: the cards may have gone to the deck of that name.
    pub(super) fn deck_number(&mut self, id: &str, name: Option<&str>) -> Result<Option<i64>, Fault> {
        let tx = &self.writer.tx;
        let by_id: Option<(i64, bool)> = tx
            .prepare_cached("SELECT id, listed <> 0 FROM deck WHERE name_id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let is_head = name.is_some();
        let number = by_id.map(|(number, _)| number);
        if by_id.is_some_and(|(_, is_listed)| is_listed || is_head) || name.is_some_and(|name| name != id) {
            return Ok(number);
        }
        Ok(self.writer.listed_deck_named(id)?.or(number))
    }

    /// The deck of that id, planned where it is missing. A `name` is the file's own word for it; without one the deck keeps
    /// the name that it has.
    fn deck_now(&mut self, id: &str, name: Option<&str>, details: HeadDetails<'_>) -> Result<TargetDeck, Fault> {
        if let Some(known) = self.decks.get(id)
            && name.is_none()
        {
            return Ok(known.clone());
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let [title, description, language, license, version] = details.texts.map(text);
        let sequence = details.sequence.map(<[String]>::to_vec);
        if let Some(now) = self.planned_as(id, name) {
            if let Some(PlannedDeck { head, .. }) = self.planned.get_mut(&now.id) {
                let new = name.map_or_else(|| head.name.clone(), str::to_owned);
                if let Some(named) = self.planned_names.get_mut(&head.name) {
                    named.remove(&now.id);
                }
                self.planned_names.entry(new.clone()).or_default().insert(now.id);
                head.name = new;
                head.title = title.or(head.title.take());
                head.description = description.or(head.description.take());
                head.language = language.or(head.language.take());
                head.license = license.or(head.license.take());
                head.version = version.or(head.version.take());
                head.sequence = sequence.unwrap_or_else(|| std::mem::take(&mut head.sequence));
                head.weights = details.weights.or(head.weights);
            }
            self.deck_means(id, now.clone());
            return Ok(now);
        }
        let found = self.deck_number(id, name)?;
        let now = if let Some(number) = found {
            let (name_id, before, edition, is_made, position) = self.head_of(number)?;
            let is_builtin = edition > 0;
            let own = is_builtin && self.options.edition == 0;
            // What the file leaves out stays as it was. A file of the learner's own says nothing about a built-in deck's head.
            let head = Head {
                name: name.map_or_else(|| before.name.clone(), str::to_owned),
                title: title.or(before.title.clone()),
                description: description.or(before.description.clone()),
                language: language.or(before.language.clone()),
                license: license.or(before.license.clone()),
                version: version.or(before.version.clone()),
                sequence: sequence.unwrap_or_else(|| before.sequence.clone()),
                weights: details.weights.or(before.weights),
                namespace: self.options.namespace.clone().or(before.namespace.clone()),
                origin: before.origin.clone(),
            };
            if !own && (self.options.edition > 0 || head != before || !is_made) {
                self.write_head(&name_id, &head)?;
            }
            TargetDeck {
                id: number,
                name_id: name_id.into(),
                position: if self.options.reposition { 0 } else { position },
                was_there: true,
                is_builtin: own,
            }
        } else {
            let head = Head {
                name: name.unwrap_or(id).to_owned(),
                title,
                description,
                language,
                license,
                version,
                sequence: sequence.unwrap_or_default(),
                weights: details.weights,
                namespace: self.options.namespace.clone(),
                origin: self.options.origin.name().to_owned(),
            };
            let planned = -1 - i64::try_from(self.decks.len()).unwrap_or(0);
            let now = TargetDeck { id: planned, name_id: id.into(), position: 0, was_there: false, is_builtin: false };
            self.planned_names.entry(head.name.clone()).or_default().insert(planned);
            self.planned.insert(planned, PlannedDeck { head, topics: Vec::new() });
            self.deck_means(id, now.clone());
            // An edition is a whole, whatever lies in it.
            return if self.options.edition > 0 { self.settled(&now) } else { Ok(now) };
        };
        self.files_decks.insert(now.id);
        self.deck_means(id, now.clone());
        Ok(now)
    }

    /// The deck in which a row's note is looked for: where the file's cards lie, if the row says nothing of that.
    pub(super) fn where_it_may_lie(&mut self, deck: &TargetDeck) -> Result<TargetDeck, Fault> {
        let is_said = self.row_place != RowPlace::Unsaid || self.options.place_in.is_some();
        // Asked once a file, and then of each row.
        if let Some(name_id) = self.options.home.take() {
            let mut statement = self.writer.tx.prepare_cached("SELECT id FROM deck WHERE name_id = ?1")?;
            let id: Option<i64> = statement.query_row([&name_id], |row| row.get(0)).optional()?;
            self.home = id.map(|id| (id, name_id.into()));
        }
        Ok(match &self.home {
            Some((id, name_id)) if !is_said && *id != deck.id => {
                TargetDeck { id: *id, name_id: Rc::clone(name_id), was_there: true, ..deck.clone() }
            }
            _ => deck.clone(),
        })
    }

    /// The built-in deck in which a note of the learner's lies, where its row says no deck: what they put there stays there.
    pub(super) fn builtin_deck_of(&self, note: &NoteRow) -> Result<Option<TargetDeck>, Fault> {
        if self.says_place() || note.source.is_some() || self.options.edition > 0 {
            return Ok(None);
        }
        let mut statement = self.writer.tx.prepare_cached("SELECT name_id FROM deck WHERE id = ?1 AND edition > 0")?;
        let id: Option<String> = statement.query_row([note.deck], |row| row.get(0)).optional()?;
        Ok(id.map(|id| TargetDeck {
            id: note.deck,
            name_id: id.into(),
            position: note.position,
            was_there: true,
            is_builtin: true,
        }))
    }

    /// From here on a word of the file means that deck.
    fn deck_means(&mut self, word: &str, deck: TargetDeck) {
        self.words.entry(deck.id).or_default().insert(word.to_owned());
        self.decks.insert(word.to_owned(), deck);
    }

    /// The deck of that number, as the file's words have it.
    pub(super) fn deck_of(&self, number: i64) -> Option<&TargetDeck> {
        let words = self.words.get(&number)?;
        words.iter().filter_map(|word| self.decks.get(word)).find(|now| now.id == number)
    }

    /// The planned deck that a file's word means: an id, else a unique name.
    fn planned_as(&self, id: &str, name: Option<&str>) -> Option<TargetDeck> {
        if let Some(known) = self.decks.get(id).filter(|now| self.planned.contains_key(&now.id)) {
            return Some(known.clone());
        }
        if name.is_some_and(|name| name != id) || self.decks.contains_key(id) {
            return None;
        }
        let mut named = self.planned_names.get(id).into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(one), None) => self.deck_of(*one).cloned(),
            _ => None,
        }
    }

    /// The deck as it is once a note lies in it: one that was planned is made now.
    pub(super) fn settled(&mut self, deck: &TargetDeck) -> Result<TargetDeck, Fault> {
        if deck.id >= 0 {
            return Ok(deck.clone());
        }
        let planned = self.planned.remove(&deck.id);
        if let Some(planned) = &planned {
            if let Some(named) = self.planned_names.get_mut(&planned.head.name) {
                named.remove(&deck.id);
            }
            self.write_head(&deck.name_id, &planned.head)?;
        }
        let number = self.writer.name_deck(&deck.name_id)?;
        let now = TargetDeck { id: number, ..deck.clone() };
        if let Some(planned) = planned {
            for word in self.words.remove(&deck.id).unwrap_or_default() {
                if let Some(known) = self.decks.get_mut(&word).filter(|known| known.id == deck.id) {
                    known.id = number;
                }
                self.words.entry(number).or_default().insert(word);
            }
            self.files_decks.insert(number);
            for topic in planned.topics {
                self.write_topic(&now, topic)?;
            }
        }
        Ok(now)
    }

    fn write_head(&mut self, id: &str, head: &Head) -> Result<(), Fault> {
        let words = serde_json::to_string(head).map_err(|error| Fault::Corrupt(error.to_string()))?;
        let fact = Fact::Head { deck: id.to_owned(), edition: self.options.edition };
        self.writer.append_fact(&fact, Some(words)).map(drop)
    }

    /// Id, head as its source says, edition, whether a head of it counts, and the last position.
    fn head_of(&mut self, deck: i64) -> Result<(String, Head, u32, bool, i64), Fault> {
        let context = self.writer.context()?;
        let facts = facts_of(&self.writer.tx, &context.reader, -deck)?;
        let said: Vec<_> = facts.iter().map(|row| row.said(&context.voided)).collect();
        let shown = crate::core::registers::deck(&said);
        let id: String = self
            .writer
            .tx
            .prepare_cached("SELECT name_id FROM deck WHERE id = ?1")?
            .query_row([deck], |row| row.get(0))?;
        let position = self.writer.last_place(deck)?;
        let head = shown.head.unwrap_or_else(|| Head {
            name: id.clone(),
            origin: self.options.origin.name().to_owned(),
            ..Head::default()
        });
        Ok((id, head, shown.edition, shown.made, position))
    }

    /// Makes or updates a topic of a deck.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn topic(
        &mut self,
        deck: &str,
        id: &str,
        title: &str,
        primer: Option<&str>,
        try_line: Option<&str>,
    ) -> Result<(), Fault> {
        let deck = self.options.place_in.clone().unwrap_or_else(|| deck.to_owned());
        let deck = self.deck_now(&deck, None, HeadDetails::default())?;
        if deck.is_builtin {
            return Ok(());
        }
        let topics = match self.planned.get(&deck.id) {
            Some(planned) => planned.topics.len(),
            None => self.topics.range((deck.id, String::new())..(deck.id + 1, String::new())).count(),
        };
        let topic = TopicText {
            id: id.to_owned(),
            title: title.to_owned(),
            primer: primer.map(str::to_owned),
            try_line: try_line.map(str::to_owned),
            position: u32::try_from(topics).unwrap_or(0),
        };
        match self.planned.get_mut(&deck.id) {
            Some(planned) => planned.topics.push(topic),
            None => self.write_topic(&deck, topic)?,
        }
        Ok(())
    }

    fn write_topic(&mut self, deck: &TargetDeck, topic: TopicText) -> Result<(), Fault> {
        let number = self.writer.topic_number(deck.id, &topic.id)?;
        let same: bool = self
            .writer
            .tx
            .prepare_cached(
                "SELECT title = ?2 AND primer IS ?3 AND try_line IS ?4 AND position IS ?5 FROM topic WHERE id = ?1",
            )?
            .query_row((number, &topic.title, &topic.primer, &topic.try_line, topic.position), |row| row.get(0))?;
        let words = serde_json::to_string(&topic).map_err(|error| Fault::Corrupt(error.to_string()))?;
        self.topics.insert((deck.id, topic.id), number);
        if same && self.options.edition == 0 {
            return Ok(());
        }
        let fact = Fact::Topic { deck: deck.name_id.to_string(), edition: self.options.edition };
        self.writer.append_fact(&fact, Some(words)).map(drop)
    }

    /// What a note is counted by: its topic, else its first tag.
    pub(super) fn topic_number(&mut self, deck: i64, note: &PackedNote) -> Result<Option<i64>, Fault> {
        let Some(id) = &note.topic else { return Ok(note.tag) };
        if let Some(known) = self.topics.get(&(deck, id.clone())) {
            return Ok(Some(*known));
        }
        let number = self.writer.topic_number(deck, id)?;
        self.topics.insert((deck, id.clone()), number);
        Ok(Some(number))
    }

    /// The deck, with the position after the last one.
    pub(super) fn next_place(&mut self, deck: &str) -> Result<TargetDeck, Fault> {
        self.any_rows = true;
        if !self.decks.contains_key(deck) {
            self.deck_now(deck, None, HeadDetails::default())?;
        }
        match self.decks.get_mut(deck) {
            Some(kept) => {
                kept.position += 1;
                Ok(kept.clone())
            }
            None => self.deck_now(deck, None, HeadDetails::default()),
        }
    }
}
