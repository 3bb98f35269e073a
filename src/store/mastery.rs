//! Which topic each card belongs to, and how the cards of a topic stand, now and at the end of an earlier day.

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::progress::Recalls;
use crate::core::progress::knowledge::month_end;
use crate::core::replay::fold;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::i64_of;
use crate::store::columns::quality_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

/// Cards of one topic; of one tag, where their notes have no topic; of one deck, where they have no tag either.
struct Group {
    deck: i64,
    topic: i64,
    tag: Option<String>,
    cards: [u64; 5],
}

/// Every group, and which one each card that may be asked is in.
#[derive(Default)]
pub(super) struct Groups {
    /// By the card's number: the place of its group, counted from 1; 0 for none.
    of_card: Vec<u32>,
    list: Vec<Group>,
    /// Whether every card of theirs is counted, so that kept sums by topic are about the same cards.
    is_whole: bool,
    places: HashMap<(i64, i64, Option<String>), u32>,
    /// By topic: the deck of its newest card, and the place of their group.
    of_topic: Vec<(i64, u32)>,
}

impl Groups {
    /// Adds a card without an answer.
    pub(super) fn add(&mut self, card: i64, deck: i64, topic: i64, tag: Option<String>) {
        let Ok(card) = usize::try_from(card) else { return };
        let list = &mut self.list;
        // Cards of one topic are many, and most of them lie in one deck.
        let known = usize::try_from(topic).ok().filter(|topic| *topic > 0 && tag.is_none());
        let found = known.and_then(|topic| self.of_topic.get(topic)).filter(|(of, place)| *of == deck && *place > 0);
        let place = match found {
            Some((_, place)) => *place,
            None => *self.places.entry((deck, topic, tag)).or_insert_with_key(|(deck, topic, tag)| {
                list.push(Group { deck: *deck, topic: *topic, tag: tag.clone(), cards: [0; 5] });
                u32::try_from(list.len()).unwrap_or(0)
            }),
        };
        if let Some(topic) = known {
            if self.of_topic.len() <= topic {
                self.of_topic.resize(topic + 1, (0, 0));
            }
            if let Some(of_topic) = self.of_topic.get_mut(topic) {
                *of_topic = (deck, place);
            }
        }
        if self.of_card.len() <= card {
            self.of_card.resize(card + 1, 0);
        }
        if let Some(of_card) = self.of_card.get_mut(card) {
            *of_card = place;
        }
        if let Some(group) = self.list.get_mut(usize::try_from(place).unwrap_or(0).wrapping_sub(1)) {
            group.cards[0] += 1;
        }
    }

    /// The same groups without any card: for counting only some, which [`Groups::include`] adds.
    pub(super) fn of_some(mut self) -> Self {
        for group in &mut self.list {
            group.cards = [0; 5];
        }
        self.is_whole = false;
        self
    }

    /// Whether the card's note has a topic.
    fn has_topic(&self, card: i64) -> bool {
        self.place(card).and_then(|place| self.list.get(place)).is_some_and(|group| group.topic > 0)
    }

    /// These counts, with the cards of `other`, whose groups are the same.
    fn over(self, other: &Self) -> Self {
        Self { of_card: other.of_card.clone(), ..self }
    }

    /// Counts a card, unseen, in a set of groups that [`Groups::of_some`] emptied.
    pub(super) fn include(&mut self, card: i64) {
        if let Some(group) = self.place(card).and_then(|place| self.list.get_mut(place)) {
            group.cards[0] += 1;
        }
    }

    fn place(&self, card: i64) -> Option<usize> {
        let place = usize::try_from(card).ok().and_then(|card| self.of_card.get(card))?;
        usize::try_from(*place).ok()?.checked_sub(1)
    }

    /// Whether the card may be asked, suspended or not.
    pub(super) fn has(&self, card: i64) -> bool {
        self.place(card).is_some()
    }

    /// Lifts a card that was added to its level.
    pub(super) fn reach(&mut self, card: i64, level: Level) {
        if let Some(group) = self.place(card).and_then(|place| self.list.get_mut(place)) {
            shift(&mut group.cards, Level::Unseen, level);
        }
    }

    /// The same groups, with their cards as they stood before some moved: the cards, their level then and now.
    pub(super) fn before(&self, moved: &[(i64, Level, Level)]) -> Self {
        let mut list: Vec<Group> = self.list.iter().map(|group| Group { tag: group.tag.clone(), ..*group }).collect();
        for (card, then, now) in moved {
            if let Some(group) = self.place(*card).and_then(|place| list.get_mut(place)) {
                shift(&mut group.cards, *now, *then);
            }
        }
        Self { list, ..Self::default() }
    }

    /// The groups with the names that people know.
    pub(super) fn titled(
        &self,
        store: &Store,
        recalls: &BTreeMap<(i64, i64), Recalls>,
    ) -> Result<Vec<TopicMastery>, StoreError> {
        let mut statement = store.db.prepare_cached(
            "SELECT d.name_id, d.name, coalesce(d.title, d.name), t.name_id, t.title FROM deck d \
             LEFT JOIN topic t ON t.id = ?1 WHERE d.id = ?2",
        )?;
        let mut topics = Vec::with_capacity(self.list.len());
        for group in &self.list {
            let (deck_id, deck, deck_title, topic_id, topic_title) =
                statement.query_row((group.topic, group.deck), |row| {
                    let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok((texts.0, texts.1, texts.2, row.get::<_, Option<String>>(3)?, row.get::<_, Option<String>>(4)?))
                })?;
            let (id, title) = match (topic_id, &group.tag) {
                (Some(topic), _) => (format!("{deck_id}/{topic}"), topic_title.unwrap_or(topic)),
                (None, Some(tag)) => (format!("{deck_id}#{tag}"), tag.clone()),
                (None, None) => (deck_id, deck_title),
            };
            let recalls = match &group.tag {
                Some(_) => Recalls::default(),
                None => recalls.get(&(group.topic, group.deck)).copied().unwrap_or_default(),
            };
            topics.push(TopicMastery { id, title, deck, cards: group.cards, recalls });
        }
        Ok(topics)
    }
}

fn shift(cards: &mut [u64; 5], from: Level, to: Level) {
    if let Some(count) = cards.get_mut(from.index()) {
        *count = count.saturating_sub(1);
    }
    if let Some(count) = cards.get_mut(to.index()) {
        *count += 1;
    }
}

impl Store {
    /// Every text that stands on a card of the built-in decks, as they were delivered: what anybody may know.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn published_texts(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT coalesce(n.upstream, n.body) FROM note n JOIN deck d ON d.id = n.deck WHERE d.origin = 'builtin'",
        )?;
        let mut rows = statement.query([])?;
        let mut texts = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let text = text_of(&row.get::<_, String>(0)?)?;
            texts.extend(text.speaker.iter().cloned());
            texts.extend(text.fields.values().flat_map(|value| value.texts().to_vec()));
        }
        Ok(texts)
    }

    /// The groups of the cards that may be asked, all of them still unseen.
    pub(super) fn groups(&self, decks: &DeckSet) -> Result<Groups, StoreError> {
        groups_of(&self.db, decks)
    }
}

/// Topics by the note's number; `bare` for a note without one, 0 where there is no note, or none of those that `which`
/// means. They come from an index: the notes themselves are ten times as many pages.
pub(super) fn topics_by_note(db: &Connection, which: &str, bare: i64) -> Result<Vec<i64>, StoreError> {
    let mut topics = Vec::new();
    let mut statement =
        db.prepare_cached(&format!("SELECT id, topic FROM note INDEXED BY note_prompt WHERE {which}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(note) = usize::try_from(row.get::<_, i64>(0)?) else { continue };
        if topics.len() <= note {
            topics.resize(note + 1, 0);
        }
        if let Some(topic) = topics.get_mut(note) {
            *topic = row.get::<_, Option<i64>>(1)?.unwrap_or(bare);
        }
    }
    Ok(topics)
}

pub(super) fn groups_of(db: &Connection, decks: &DeckSet) -> Result<Groups, StoreError> {
    const NO_TOPIC: i64 = -1;
    let topics = topics_by_note(db, "retired = 0 AND held_out = 0", NO_TOPIC)?;
    let mut tags: HashMap<i64, String> = HashMap::new();
    if topics.contains(&NO_TOPIC) {
        let mut statement = db.prepare_cached(
            "SELECT id, json_extract(body, '$.tags[0]') FROM note \
             WHERE topic IS NULL AND retired = 0 AND held_out = 0 AND body LIKE '%\"tags\"%'",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(tag) = row.get::<_, Option<String>>(1)? {
                tags.insert(row.get(0)?, tag);
            }
        }
    }
    let mut groups = Groups { is_whole: true, ..Groups::default() };
    let mut statement = db.prepare_cached("SELECT id, note, deck FROM card WHERE retired = 0")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (note, deck): (i64, i64) = (row.get(1)?, row.get(2)?);
        let topic = usize::try_from(note).ok().and_then(|note| topics.get(note)).copied().unwrap_or(0);
        if topic == 0 || !decks.has(deck) {
            continue;
        }
        let tag = if topic == NO_TOPIC { tags.get(&note).cloned() } else { None };
        groups.add(row.get(0)?, deck, topic.max(0), tag);
    }
    Ok(groups)
}

impl Store {
    /// The groups as they stood at the end of a day, from the cards that were answered after it (with their level now).
    pub(super) fn standings_then(
        &self,
        groups: &Groups,
        answered_since: &[(i64, Level)],
        day: StudyDay,
    ) -> Result<Groups, StoreError> {
        if answered_since.is_empty() {
            return Ok(groups.before(&[]));
        }
        let first: Option<i32> =
            self.db.query_row("SELECT min(study_day) FROM day_sum WHERE answers > 0", [], |row| row.get(0))?;
        if first.is_none_or(|first| day.0 < first) {
            let moved: Vec<_> = answered_since.iter().map(|(card, now)| (*card, Level::Unseen, *now)).collect();
            return Ok(groups.before(&moved));
        }
        if day == month_end(day) && groups.is_whole {
            return self.standings_at_month_end(groups, answered_since, day);
        }
        self.standings_by_the_log(groups, answered_since, day)
    }

    /// The same for the end of a month: what the cards stood at then is kept by topic. Cards without a topic are few as
    /// a rule, and of them the log is asked.
    fn standings_at_month_end(
        &self,
        groups: &Groups,
        answered_since: &[(i64, Level)],
        day: StudyDay,
    ) -> Result<Groups, StoreError> {
        let (of_topics, others): (Vec<_>, Vec<_>) =
            answered_since.iter().partition(|(card, _)| groups.has_topic(*card));
        let taken: Vec<_> = of_topics.into_iter().map(|(card, now)| (card, Level::Unseen, now)).collect();
        let mut then = self.standings_by_the_log(&groups.before(&taken).over(groups), &others, day)?;
        let mut statement = self.db.prepare_cached(
            "SELECT deck, topic, learning, familiar, known, mastered FROM topic_sum WHERE month = ?1 AND topic > 0",
        )?;
        let mut rows = statement.query([day.month()])?;
        while let Some(row) = rows.next()? {
            let place = groups.places.get(&(row.get(0)?, row.get(1)?, None)).copied().unwrap_or(0);
            let group = usize::try_from(place).unwrap_or(0).checked_sub(1).and_then(|place| then.list.get_mut(place));
            let Some(group) = group else { continue };
            for (column, level) in (2..).zip([Level::Learning, Level::Familiar, Level::Known, Level::Mastered]) {
                let cards = u64_of(row.get(column)?).min(group.cards[0]);
                group.cards[0] -= cards;
                if let Some(count) = group.cards.get_mut(level.index()) {
                    *count += cards;
                }
            }
        }
        Ok(then)
    }

    fn standings_by_the_log(
        &self,
        groups: &Groups,
        answered_since: &[(i64, Level)],
        day: StudyDay,
    ) -> Result<Groups, StoreError> {
        if answered_since.is_empty() {
            return Ok(groups.before(&[]));
        }
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        // What an undo ever touched, and what came from several devices, has to be folded; the rest has its state in
        // the log as it was.
        let mut folded: BTreeSet<i64> = BTreeSet::new();
        let mut of_action = self.db.prepare_cached(
            "SELECT e.card FROM action a JOIN device d ON d.id = a.device JOIN event e ON e.device = a.device \
             AND e.sequence BETWEEN a.first_sequence AND a.first_sequence + a.events - 1 \
             WHERE d.uuid = ?1 AND a.number = ?2",
        )?;
        for action in voided.named() {
            let cards = of_action.query_map((action.device.0, i64_of(action.number)), |row| row.get(0))?;
            folded.extend(cards.collect::<Result<Vec<i64>, _>>()?);
        }
        let nobody = CardId { note: NoteUid([0; 16]), ordinal: 1 };
        let mut last = self.db.prepare_cached(
            "SELECT repetitions, interval_days, last_quality FROM event WHERE card = ?1 AND study_day <= ?2 \
             AND (repetitions IS NOT NULL OR kind = ?3) ORDER BY hlc DESC LIMIT 1",
        )?;
        let mut moved = Vec::with_capacity(answered_since.len());
        for (card, now) in answered_since {
            let then = if self.devices.len() > 1 || folded.contains(card) {
                let events = events_of(&self.db, &reader, *card, nobody)?;
                let events = events.iter().filter(|event| event.study_day <= day);
                Level::of(fold(events, &voided, &reader.schedulers, |_, _| {}).memory.as_ref())
            } else {
                let memory = last
                    .query_row((card, day.0, crate::store::columns::RESET), |row| {
                        let repetitions: Option<i64> = row.get(0)?;
                        let quality = row.get::<_, Option<i64>>(2)?.and_then(quality_of);
                        let interval = row.get::<_, Option<i64>>(1)?.unwrap_or(0);
                        Ok(repetitions.map(|repetitions| Memory {
                            repetitions: u32_of(repetitions),
                            interval: Days(u32_of(interval)),
                            ease: Ease::START,
                            lapses: 0,
                            last: day,
                            due: day,
                            last_quality: quality.unwrap_or(Quality::Q0),
                        }))
                    })
                    .optional()?
                    .flatten();
                Level::of(memory.as_ref())
            };
            moved.push((*card, then, *now));
        }
        Ok(groups.before(&moved))
    }
}
