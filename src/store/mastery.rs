//! Which topic each card belongs to, and how the cards of a topic stand, now and at the end of an earlier day.

use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::progress::knowledge::month_end;
use crate::core::study_day::StudyDay;
use crate::core::totals::Recalls;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::card_parts;
use crate::store::columns::ordinals_of;
use crate::store::columns::u64_of;
use crate::store::notes::shown_text;
use crate::store::totals::log_pass::LogPass;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;

/// Cards of one topic; of one tag, where their notes have no topic; of one deck, where they have no tag either.
struct Group {
    deck: i64,
    topic: i64,
    tag: Option<String>,
}

/// Where the cards of a note are counted.
#[derive(Debug, Clone, Copy, Default)]
struct Seat {
    /// The place of the group, counted from 1; 0 where the note is not asked.
    group: u32,
    /// Which of the known sets of ordinals the note has.
    ordinals: u32,
}

/// Every group, and which one each card that may be asked is in. All cards of a note are in one.
#[derive(Default)]
struct Members {
    /// By the note's number.
    seats: Vec<Seat>,
    /// The sets of ordinals that notes have; few notes have one that no other has.
    ordinals: Vec<Vec<u16>>,
    list: Vec<Group>,
    /// By deck and topic.
    topics: HashMap<(i64, i64), u32, FixedState>,
    /// By deck and tag.
    tags: HashMap<i64, HashMap<String, u32, FixedState>, FixedState>,
}

impl Members {
    fn place_of_topic(&mut self, deck: i64, topic: i64) -> u32 {
        let list = &mut self.list;
        *self.topics.entry((deck, topic)).or_insert_with(|| {
            list.push(Group { deck, topic, tag: None });
            u32::try_from(list.len()).unwrap_or(0)
        })
    }

    fn place_of_tag(&mut self, deck: i64, tag: &str) -> u32 {
        let tags = self.tags.entry(deck).or_default();
        if let Some(place) = tags.get(tag) {
            return *place;
        }
        self.list.push(Group { deck, topic: 0, tag: Some(tag.to_owned()) });
        let place = u32::try_from(self.list.len()).unwrap_or(0);
        tags.insert(tag.to_owned(), place);
        place
    }

    fn put(&mut self, note: i64, seat: Seat) {
        let Ok(note) = usize::try_from(note) else { return };
        if self.seats.len() <= note {
            self.seats.resize(note + 1, Seat::default());
        }
        if let Some(kept) = self.seats.get_mut(note) {
            *kept = seat;
        }
    }

    /// The place of a card's group in the list.
    fn place(&self, card: i64) -> Option<usize> {
        let (note, ordinal) = card_parts(card);
        let seat = self.seats.get(usize::try_from(note).ok()?)?;
        let place = usize::try_from(seat.group).ok()?.checked_sub(1)?;
        self.ordinals.get(usize::try_from(seat.ordinals).ok()?)?.contains(&ordinal).then_some(place)
    }

    /// Whether the sums that are kept by topic are about the group of this place alone: those for no topic are, where no
    /// note of the deck is counted by a tag.
    fn has_sums(&self, place: usize) -> bool {
        let group = self.list.get(place);
        group.is_some_and(|group| group.topic > 0 || group.tag.is_none() && !self.tags.contains_key(&group.deck))
    }
}

/// Every group, with its cards by level.
#[derive(Default)]
pub(super) struct Groups {
    members: Arc<Members>,
    /// In the order of the groups.
    cards: Vec<[u64; 5]>,
    /// Whether every card of theirs is counted, so that kept sums by topic are about the same cards.
    is_whole: bool,
}

/// Cards that may have stood elsewhere at the end of the day that is looked back to: answered after it, or made new again.
#[derive(Default)]
pub(super) struct Moved {
    /// Those in a group, with their level now.
    pub(super) counted: Vec<(i64, Level)>,
    /// Those in none, since they are no longer asked. The sums that are kept by topic have them.
    pub(super) others: Vec<i64>,
}

impl Groups {
    /// The same groups without any card: for counting only some, which [`Groups::include`] adds.
    pub(super) fn of_some(mut self) -> Self {
        self.cards.fill([0; 5]);
        self.is_whole = false;
        self
    }

    fn cards_of(&mut self, card: i64) -> Option<&mut [u64; 5]> {
        self.members.place(card).and_then(|place| self.cards.get_mut(place))
    }

    /// Counts a card, unseen, in a set of groups that [`Groups::of_some`] emptied.
    pub(super) fn include(&mut self, card: i64) {
        if let Some(cards) = self.cards_of(card) {
            cards[0] += 1;
        }
    }

    /// Whether the card may be asked, suspended or not.
    pub(super) fn has(&self, card: i64) -> bool {
        self.members.place(card).is_some()
    }

    /// Lifts a card that was added to its level.
    pub(super) fn reach(&mut self, card: i64, level: Level) {
        if let Some(cards) = self.cards_of(card) {
            shift(cards, Level::Unseen, level);
        }
    }

    /// The same groups, with their cards as they stood before some moved: the cards, their level then and now.
    fn before(&self, moved: impl IntoIterator<Item = (i64, Level, Level)>) -> Self {
        let mut then = Self { members: Arc::clone(&self.members), cards: self.cards.clone(), is_whole: self.is_whole };
        for (card, was, now) in moved {
            if let Some(cards) = then.cards_of(card) {
                shift(cards, now, was);
            }
        }
        then
    }

    /// The groups with the names that people know.
    pub(super) fn titled(
        &self,
        store: &Store,
        recalls: &BTreeMap<(i64, i64), Recalls>,
    ) -> Result<Vec<TopicMastery>, StoreError> {
        let mut statement = store.db().prepare_cached(
            "SELECT d.name_id, d.name, coalesce(d.title, d.name), t.name_id, t.title FROM deck d \
             LEFT JOIN topic t ON t.id = ?1 WHERE d.id = ?2",
        )?;
        let mut topics = Vec::with_capacity(self.cards.len());
        for (group, cards) in self.members.list.iter().zip(&self.cards) {
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
            topics.push(TopicMastery { id, title, deck, cards: *cards, recalls });
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
        let mut statement = self.db().prepare_cached(
            "SELECT x.body FROM deck d JOIN note n ON n.deck = d.id JOIN fact f ON f.id = n.source JOIN text x ON x.id = f.id \
             WHERE d.origin = 'builtin' AND f.edition > 0 AND x.body IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        let mut texts = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let text = shown_text(row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)?, None)?;
            texts.extend(text.speaker.iter().cloned());
            texts.extend(text.fields.values().flat_map(|value| value.texts().to_vec()));
        }
        Ok(texts)
    }

    /// The groups of the cards that may be asked, all of them still unseen.
    pub(super) fn groups(&self, decks: &DeckSet) -> Result<Groups, StoreError> {
        groups_of(self.db(), decks)
    }
}

/// Topics by the note's number; 0 for a note without one, and where there is no note. They come from an index: it is
/// narrower than the notes.
pub(super) fn topics_by_note(db: &Connection) -> Result<Vec<i64>, StoreError> {
    let mut topics = Vec::new();
    let mut statement =
        db.prepare_cached("SELECT id, topic FROM note INDEXED BY note_prompt WHERE topic IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(note) = usize::try_from(row.get::<_, i64>(0)?) else { continue };
        if topics.len() <= note {
            topics.resize(note + 1, 0);
        }
        if let Some(topic) = topics.get_mut(note) {
            *topic = row.get(1)?;
        }
    }
    Ok(topics)
}

/// As much of a note's text as its first tag takes.
#[derive(Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Vec<String>,
}

/// The first tag in a note's text. Every text without a topic is asked, so those without a tag are told without reading
/// them whole.
fn first_tag(body: &str) -> Result<Option<String>, StoreError> {
    if !body.contains("\"tags\"") {
        return Ok(None);
    }
    let text: Tagged = serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("a note's text can't be read: {error}")))?;
    Ok(text.tags.into_iter().next())
}

/// The first of the tags that a note shows in place of those in its text.
fn first_of(tags: &str) -> Result<Option<String>, StoreError> {
    let tags: Vec<String> =
        serde_json::from_str(tags).map_err(|error| StoreError::Corrupt(format!("tags can't be read: {error}")))?;
    Ok(tags.into_iter().next())
}

pub(super) fn groups_of(db: &Connection, decks: &DeckSet) -> Result<Groups, StoreError> {
    let mut members = Members { ordinals: vec![vec![1]], ..Members::default() };
    let mut cards: Vec<[u64; 5]> = Vec::new();
    let mut known_ordinals: HashMap<String, u32, FixedState> = HashMap::default();
    // A text is looked for only where its tags are asked for.
    let mut statement = db.prepare_cached(
        "SELECT n.id, n.deck, n.topic, n.ordinals, n.tags, x.body FROM note n LEFT JOIN text x \
         ON x.id = iif(n.topic IS NULL AND n.tags IS NULL, coalesce(n.own, n.source), NULL) \
         WHERE n.retired = 0 AND n.held_out = 0",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let deck: i64 = row.get(1)?;
        if !decks.has(deck) {
            continue;
        }
        let text = |column| -> Result<Option<&str>, StoreError> {
            Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
        };
        let group = match (row.get::<_, Option<i64>>(2)?, text(4)?) {
            (Some(topic), _) => members.place_of_topic(deck, topic),
            (None, tags) => {
                let tag = match (tags, text(5)?) {
                    (Some(tags), _) => first_of(tags)?,
                    (None, Some(body)) => first_tag(body)?,
                    (None, None) => None,
                };
                match tag {
                    Some(tag) => members.place_of_tag(deck, &tag),
                    None => members.place_of_topic(deck, 0),
                }
            }
        };
        let ordinals = match text(3)? {
            None => 0,
            Some(json) => match known_ordinals.get(json) {
                Some(known) => *known,
                None => {
                    let number = u32::try_from(members.ordinals.len()).unwrap_or(0);
                    members.ordinals.push(ordinals_of(Some(json))?);
                    known_ordinals.insert(json.to_owned(), number);
                    number
                }
            },
        };
        let seat = Seat { group, ordinals };
        members.put(row.get(0)?, seat);
        cards.resize(members.list.len(), [0; 5]);
        let place = usize::try_from(seat.group).unwrap_or(0).wrapping_sub(1);
        let set = usize::try_from(seat.ordinals).ok().and_then(|set| members.ordinals.get(set));
        if let (Some(cards), Some(set)) = (cards.get_mut(place), set) {
            cards[0] += u64::try_from(set.len()).unwrap_or(0);
        }
    }
    Ok(Groups { members: Arc::new(members), cards, is_whole: true })
}

/// The levels of some cards at the end of a day, by the log. The cards are in the order of their numbers, `all` is how many
/// there are.
fn levels_then(
    db: &Connection,
    pass: &LogPass,
    cards: &[i64],
    all: usize,
    day: StudyDay,
) -> Result<Vec<(i64, Level)>, StoreError> {
    let mut levels = Vec::with_capacity(cards.len());
    pass.each_card(
        db,
        cards,
        |card| *card,
        all,
        |card, events| {
            let state = pass.state_at_end_of(db, *card, events, day)?;
            levels.push((*card, Level::of(state.memory.as_ref())));
            Ok(())
        },
    )?;
    Ok(levels)
}

impl Store {
    /// The groups as they stood at the end of a day, from the cards that were answered after it (with their level now).
    pub(super) fn standings_then(
        &self,
        groups: &Groups,
        answered_since: &[(i64, Level)],
        day: StudyDay,
    ) -> Result<Groups, StoreError> {
        let moved = Moved { counted: answered_since.to_vec(), others: Vec::new() };
        self.standings_before(groups, &moved, day)
    }

    /// The same, where it is known which cards besides are in the kept sums.
    pub(super) fn standings_before(&self, groups: &Groups, moved: &Moved, day: StudyDay) -> Result<Groups, StoreError> {
        if moved.counted.is_empty() {
            return Ok(groups.before([]));
        }
        let first: Option<i32> =
            self.db().query_row("SELECT min(study_day) FROM day_sum WHERE answers > 0 OR imported > 0", [], |row| {
                row.get(0)
            })?;
        if first.is_none_or(|first| day.0 < first) {
            return Ok(groups.before(moved.counted.iter().map(|(card, now)| (*card, Level::Unseen, *now))));
        }
        if day == month_end(day) && groups.is_whole {
            return self.standings_at_month_end(groups, moved, day);
        }
        self.standings_by_the_log(groups, &moved.counted, day)
    }

    /// The same for the end of a month: what the cards stood at then is kept by topic. Of cards that are counted by a tag
    /// the log is asked.
    fn standings_at_month_end(&self, groups: &Groups, moved: &Moved, day: StudyDay) -> Result<Groups, StoreError> {
        let has_sums = |card: &i64| groups.members.place(*card).is_some_and(|place| groups.members.has_sums(place));
        let (by_sums, others): (Vec<_>, Vec<_>) = moved.counted.iter().partition(|(card, _)| has_sums(card));
        let unseen = groups.before(by_sums.into_iter().map(|(card, now)| (card, Level::Unseen, now)));
        let mut then = self.standings_by_the_log(&unseen, &others, day)?;
        let mut not_counted = self.kept_sums_of(&moved.others, day)?;
        let mut statement = self.db().prepare_cached(
            "SELECT deck, topic, learning, familiar, known, mastered FROM topic_sum WHERE month = ?1",
        )?;
        let mut rows = statement.query([day.month()])?;
        while let Some(row) = rows.next()? {
            let key = (row.get(0)?, row.get(1)?);
            let place = groups.members.topics.get(&key).copied().unwrap_or(0);
            let place = usize::try_from(place).unwrap_or(0).checked_sub(1);
            let Some(place) = place.filter(|place| groups.members.has_sums(*place)) else { continue };
            let Some(group) = then.cards.get_mut(place) else { continue };
            let out = not_counted.remove(&key).unwrap_or_default();
            for (column, level) in (2..).zip([Level::Learning, Level::Familiar, Level::Known, Level::Mastered]) {
                let out = out.get(level.index()).copied().unwrap_or(0);
                let cards = u64_of(row.get(column)?).saturating_sub(out).min(group[0]);
                group[0] -= cards;
                if let Some(count) = group.get_mut(level.index()) {
                    *count += cards;
                }
            }
        }
        Ok(then)
    }

    /// What some cards are in the kept sums of the month that ends on a day: by deck and topic, at each level.
    fn kept_sums_of(&self, cards: &[i64], day: StudyDay) -> Result<BTreeMap<(i64, i64), [u64; 5]>, StoreError> {
        let mut sums: BTreeMap<(i64, i64), [u64; 5]> = BTreeMap::new();
        let mut of_note = self.db().prepare_cached("SELECT deck, coalesce(topic, 0) FROM note WHERE id = ?1")?;
        for (card, level) in self.levels_then(cards.to_vec(), day)? {
            let key = of_note.query_row([card_parts(card).0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            if let Some(count) = key.and_then(|key| sums.entry(key).or_default().get_mut(level.index())) {
                *count += 1;
            }
        }
        Ok(sums)
    }

    fn standings_by_the_log(
        &self,
        groups: &Groups,
        answered_since: &[(i64, Level)],
        day: StudyDay,
    ) -> Result<Groups, StoreError> {
        let mut moved = answered_since.to_vec();
        moved.sort_unstable_by_key(|(card, _)| *card);
        let then = self.levels_then(moved.iter().map(|(card, _)| *card).collect(), day)?;
        let mut then = then.into_iter().peekable();
        let levels = moved.iter().map(|(card, now)| {
            let was = then.next_if(|(known, _)| known == card).map_or(Level::Unseen, |(_, level)| level);
            (*card, was, *now)
        });
        Ok(groups.before(levels))
    }

    /// The levels of some cards at the end of a day, in the order of their numbers; unseen ones may be left out.
    fn levels_then(&self, mut cards: Vec<i64>, day: StudyDay) -> Result<Vec<(i64, Level)>, StoreError> {
        /// From so many cards on a second thread is worth its start.
        const MANY: usize = 1000;
        if cards.is_empty() {
            return Ok(Vec::new());
        }
        cards.sort_unstable();
        let pass = LogPass::new(self.db())?;
        let all: i64 = self.db().query_row("SELECT count(*) FROM card_state", [], |row| row.get(0))?;
        let all = usize::try_from(all).unwrap_or(usize::MAX);
        if cards.len() < MANY {
            return levels_then(self.db(), &pass, &cards, all, day);
        }
        let (some, others) = cards.split_at(cards.len() / 2);
        let (more, mut levels) = self.in_parallel(
            |db| levels_then(db, &LogPass::new(db)?, others, all / 2, day),
            || levels_then(self.db(), &pass, some, all / 2, day),
        )?;
        levels.extend(more);
        Ok(levels)
    }
}
