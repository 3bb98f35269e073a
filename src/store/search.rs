//! Finding the cards that a query means: by a scan that reads no more of the database than the query asks for.

#[cfg(test)]
mod tests;

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::mastery::Level;
use crate::core::progress::DailyLoad;
use crate::core::progress::DayTotals;
use crate::core::progress::Recalls;
use crate::core::progress::SideTotals;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::outlook::Outlook;
use crate::core::replay::fold;
use crate::core::search::Asked;
use crate::core::search::CardFacts;
use crate::core::search::NoteFacts;
use crate::core::search::Query;
use crate::core::search::Scratch;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::units::Ease;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::card_state::CardRow;
use crate::store::cards::text;
use crate::store::columns::ANSWERED;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::ordinals_of;
use crate::store::columns::quality_of;
use crate::store::columns::u32_of;
use crate::store::notes::shown_text;
use crate::store::review_log::VoidIds;
use crate::store::review_log::events_of;
use crate::store::review_log::void_ids;
use crate::store::totals::BySide;
use crate::store::totals::ByTopic;
use crate::store::totals::looked_back_to;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

/// From so many cards on, one pass over all texts is faster than looking for each.
const MANY: usize = 10_000;

/// Below one note in so many, their cards are looked for one by one.
const FEW: usize = 8;

/// A note whose text does not rule it out, with the conditions that it fulfils.
struct Kept {
    note: i64,
    deck: i64,
    /// `None` for one card of ordinal 1, which nearly all notes have.
    ordinals: Option<Vec<u16>>,
    fulfils: u64,
}

impl Kept {
    fn ordinals(&self) -> &[u16] {
        self.ordinals.as_deref().unwrap_or(&[1])
    }
}

/// A card that is meant.
struct Hit<'k> {
    note: &'k Kept,
    ordinal: u16,
}

/// A card as it is in the database, where anything happened to it.
#[derive(Default)]
struct Happened {
    state: CardState,
    offered: bool,
}

/// The columns that [`Happened::of`] reads: no more than conditions ask for, since they are read of every card.
const HAPPENED: &str = "s.card, s.offered, s.repetitions, s.interval_days, s.lapses, s.last_day, s.due, s.last_quality, s.ease, \
     s.answers, s.suspended, s.buried_until, s.marked, s.flag";

impl Happened {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        // Stability and difficulty are left out: nobody asks for them, and a memory without an ease has zeros there.
        let mut numbers = [None, None, None, None, None, None, None, Some(0), Some(0)];
        for (column, number) in (2..9).zip(numbers.iter_mut()) {
            *number = row.get(column)?;
        }
        let state = CardState {
            memory: Memory::from_numbers(numbers),
            answers: u32_of(row.get(9)?),
            suspended: row.get(10)?,
            buried_until: row.get::<_, Option<i64>>(11)?.map(day_of),
            marked: row.get(12)?,
            flag: u8::try_from(row.get::<_, i64>(13)?).unwrap_or(0),
            ..CardState::default()
        };
        Ok(Self { offered: row.get(1)?, state })
    }
}

/// What of a query does not depend on the single card.
struct Known<'q> {
    query: &'q Query,
    asked: &'q Asked,
    /// What each deck fulfils; those that fulfil nothing are left out.
    decks: HashMap<i64, u64>,
    /// The first day whose answers the query asks for.
    since: Option<StudyDay>,
    voids: VoidIds,
}

impl Known<'_> {
    /// Whether a card is meant.
    fn means(&self, db: &Connection, note: &Kept, card: i64, happened: &Happened) -> Result<bool, StoreError> {
        let answers = match self.since {
            Some(since) if was_answered_since(&happened.state, since) => self.answers(db, card, since)?,
            Some(_) | None => Vec::new(),
        };
        let facts = CardFacts {
            decks: self.decks.get(&note.deck).copied().unwrap_or(0),
            rule: self.asked.rules.of(note.deck),
            state: &happened.state,
            offered: happened.offered,
            answers: &answers,
        };
        Ok(self.query.decide(note.fulfils, Some(&facts), self.asked) == Some(true))
    }

    /// A card's answers that count since a day.
    fn answers(&self, db: &Connection, card: i64, since: StudyDay) -> Result<Vec<(StudyDay, Quality)>, StoreError> {
        let mut statement = db.prepare_cached(&format!(
            "SELECT id, study_day, quality FROM event WHERE card = ?1 AND kind = {ANSWERED} AND study_day >= ?2"
        ))?;
        let mut rows = statement.query((card, since.0))?;
        let mut answers = Vec::new();
        while let Some(row) = rows.next()? {
            if let Some(quality) = row.get::<_, Option<i64>>(2)?.and_then(quality_of)
                && !self.voids.has(row.get(0)?)
            {
                answers.push((day_of(row.get(1)?), quality));
            }
        }
        Ok(answers)
    }
}

/// Whether a card in this state may have answers since a day. A card that was made new again no longer tells when.
fn was_answered_since(state: &CardState, since: StudyDay) -> bool {
    state.memory.as_ref().map_or(state.answers > 0, |memory| memory.last >= since)
}

/// The days on which entries were written, by what was found so far: notes of one import share theirs.
#[derive(Default)]
struct DaysOfEntries(BTreeMap<i64, (i64, StudyDay)>);

impl DaysOfEntries {
    /// The study day of the action that an entry is of.
    fn of(&mut self, db: &Connection, entry: i64) -> Result<Option<StudyDay>, StoreError> {
        let known = self.0.range(..=entry).next_back();
        if let Some((_, (_, day))) = known.filter(|(_, (last, _))| entry <= *last) {
            return Ok(Some(*day));
        }
        let found = db
            .prepare_cached("SELECT id, entries, study_day FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
            .query_row([entry], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2).map(day_of)?)))
            .optional()?
            .filter(|(first, entries, _)| entry - first < *entries);
        Ok(found.map(|(first, entries, day)| {
            self.0.insert(first, (first + entries - 1, day));
            day
        }))
    }
}

impl Store {
    /// The cards that a query means, in the order of decks, positions and ordinals.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn search(&self, query: &Query, asked: &Asked) -> Result<Vec<CardId>, StoreError> {
        let _snapshot = self.snapshot()?;
        let needs = query.needs();
        let since = needs.answers.map(|days| asked.today.plus(1 - i64::from(days)));
        let voids = if since.is_some() {
            let context = self.context()?;
            void_ids(&context.reader, &context.voided)
        } else {
            VoidIds::default()
        };
        let known = Known { query, asked, decks: self.deck_conditions(query)?, since, voids };
        let (kept, looked_at) = self.keep_notes(query, asked)?;
        let is_few = |many: usize| many * FEW < looked_at || many < FEW;
        let mut hits = Vec::new();
        if !needs.states && since.is_none() {
            let nothing = Happened::default();
            for note in &kept {
                for ordinal in note.ordinals() {
                    if known.means(&self.db, note, card_number(note.note, *ordinal), &nothing)? {
                        hits.push(Hit { note, ordinal: *ordinal });
                    }
                }
            }
        } else if is_few(kept.len()) {
            let mut statement =
                self.db.prepare_cached(&format!("SELECT {HAPPENED} FROM card_state s WHERE s.card = ?1"))?;
            for note in &kept {
                for ordinal in note.ordinals() {
                    let card = card_number(note.note, *ordinal);
                    let happened = statement.query_row([card], Happened::of).optional()?.unwrap_or_default();
                    if known.means(&self.db, note, card, &happened)? {
                        hits.push(Hit { note, ordinal: *ordinal });
                    }
                }
            }
        } else {
            hits = self.hits_in_one_pass(&known, &kept)?;
        }
        self.in_order(&hits, is_few(hits.len()))
    }

    /// The cards of these notes that are meant: notes and states are both read in the order of their numbers.
    fn hits_in_one_pass<'k>(&self, known: &Known<'_>, kept: &'k [Kept]) -> Result<Vec<Hit<'k>>, StoreError> {
        let mut cards = kept
            .iter()
            .flat_map(|note| {
                note.ordinals().iter().map(move |ordinal| (card_number(note.note, *ordinal), note, *ordinal))
            })
            .peekable();
        let mut hits = Vec::new();
        let nothing = Happened::default();
        let mut take = |(card, note, ordinal): (i64, &'k Kept, u16), happened: &Happened| -> Result<(), StoreError> {
            if known.means(&self.db, note, card, happened)? {
                hits.push(Hit { note, ordinal });
            }
            Ok(())
        };
        let mut statement = self.db.prepare_cached(&format!("SELECT {HAPPENED} FROM card_state s ORDER BY s.card"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            while let Some(card) = cards.next_if(|(card, ..)| *card < number) {
                take(card, &nothing)?;
            }
            if let Some(card) = cards.next_if(|(card, ..)| *card == number) {
                take(card, &Happened::of(row)?)?;
            }
        }
        for card in cards {
            take(card, &nothing)?;
        }
        Ok(hits)
    }

    /// Notes that the query does not rule out by their texts, in the order of their numbers; and how many there are in all.
    fn keep_notes(&self, query: &Query, asked: &Asked) -> Result<(Vec<Kept>, usize), StoreError> {
        let needs = query.needs();
        let titles: HashMap<i64, String> = if needs.texts {
            let mut statement = self.db.prepare_cached("SELECT id, title FROM topic")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        } else {
            HashMap::new()
        };
        let mut statement = self.db.prepare_cached(if needs.texts {
            "SELECT n.id, n.deck, n.ordinals, n.made, n.key, n.topic, n.tags, x.body FROM note n NOT INDEXED \
             CROSS JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.retired = 0 ORDER BY n.id"
        } else {
            "SELECT id, deck, ordinals, made FROM note NOT INDEXED \
             WHERE retired = 0 AND coalesce(own, source) IS NOT NULL ORDER BY id"
        })?;
        let mut rows = statement.query([])?;
        let (mut kept, mut looked_at, mut scratch) = (Vec::new(), 0, Scratch::default());
        let mut days = DaysOfEntries::default();
        while let Some(row) = rows.next()? {
            looked_at += 1;
            let fulfils = if needs.texts || needs.added {
                let added = match row.get(3)? {
                    Some(made) if needs.added => days.of(&self.db, made)?,
                    Some(_) | None => None,
                };
                let mut facts = NoteFacts { body: "", key: None, topic: None, added };
                let body;
                if needs.texts {
                    body = body_of(row, 7, 6)?;
                    facts.body = &body;
                    facts.key = text(row, 4)?;
                    facts.topic =
                        row.get::<_, Option<i64>>(5)?.and_then(|topic| titles.get(&topic)).map(String::as_str);
                }
                query.on_note(&facts, asked, &mut scratch)
            } else {
                0
            };
            if query.decide(fulfils, None, asked) == Some(false) {
                continue;
            }
            let ordinals = match text(row, 2)? {
                None => None,
                Some(column) => {
                    let mut ordinals = ordinals_of(Some(column))?;
                    ordinals.sort_unstable();
                    Some(ordinals)
                }
            };
            kept.push(Kept { note: row.get(0)?, deck: row.get(1)?, ordinals, fulfils });
        }
        Ok((kept, looked_at))
    }

    fn deck_conditions(&self, query: &Query) -> Result<HashMap<i64, u64>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT id, name_id, name FROM deck")?;
        let mut rows = statement.query([])?;
        let mut decks = HashMap::new();
        while let Some(row) = rows.next()? {
            let fulfils = query.on_deck(text(row, 1)?.unwrap_or_default(), text(row, 2)?.unwrap_or_default());
            // Left out where there is nothing to say: every card is looked up in here.
            if fulfils != 0 {
                decks.insert(row.get(0)?, fulfils);
            }
        }
        Ok(decks)
    }

    /// The cards by deck id, position, uid and ordinal: the same order on every device.
    fn in_order(&self, hits: &[Hit<'_>], are_few: bool) -> Result<Vec<CardId>, StoreError> {
        let places: HashMap<i64, usize> = {
            let mut statement = self.db.prepare_cached("SELECT id FROM deck ORDER BY name_id")?;
            let decks = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
            decks.into_iter().zip(0..).collect()
        };
        let mut found = Vec::with_capacity(hits.len());
        let mut add = |hit: &Hit<'_>, row: &Row<'_>| -> rusqlite::Result<()> {
            let place = places.get(&hit.note.deck).copied().unwrap_or(usize::MAX);
            let card = CardId { note: NoteUid(row.get(1)?), ordinal: hit.ordinal };
            found.push((place, row.get::<_, i64>(2)?, card));
            Ok(())
        };
        let named = "SELECT n.id, u.uid, n.position FROM note n NOT INDEXED CROSS JOIN note_name u ON u.id = n.id";
        if are_few {
            let mut statement = self.db.prepare_cached(&format!("{named} WHERE n.id = ?1"))?;
            for hit in hits {
                statement.query_row([hit.note.note], |row| add(hit, row))?;
            }
        } else {
            let mut hits = hits.iter().peekable();
            let mut statement = self.db.prepare_cached(&format!("{named} ORDER BY n.id"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let note: i64 = row.get(0)?;
                while let Some(hit) = hits.next_if(|hit| hit.note.note == note) {
                    add(hit, row)?;
                }
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, _, card)| card).collect())
    }

    /// The cards that a query means, with their texts and states, in order, one at a time.
    ///
    /// # Errors
    /// When the database can't be read, or `line` fails.
    pub fn found(
        &self,
        query: &Query,
        asked: &Asked,
        line: impl FnMut(CardLine) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let cards = self.search(query, asked)?;
        self.lines(&cards, line)
    }

    /// These cards with their texts and states, one at a time.
    ///
    /// # Errors
    /// When the database can't be read, or `line` fails.
    pub fn lines(
        &self,
        cards: &[CardId],
        mut line: impl FnMut(CardLine) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if cards.len() > MANY {
            let wanted: BTreeSet<CardId> = cards.iter().copied().collect();
            return self.each_line(&DeckSet::All, |card| wanted.contains(&card), line);
        }
        for card in cards {
            if let Some(found) = self.card(*card)? {
                line(found)?;
            }
        }
        Ok(())
    }

    /// The cards that lie in some decks: those that their notes have, and those that something happened to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_in(&self, decks: &DeckSet) -> Result<BTreeSet<CardId>, StoreError> {
        let _snapshot = self.snapshot()?;
        let mut notes: HashMap<i64, NoteUid> = HashMap::new();
        let mut cards = BTreeSet::new();
        let mut statement = self.db.prepare_cached(
            "SELECT n.id, u.uid, n.deck, n.ordinals FROM note n NOT INDEXED CROSS JOIN note_name u ON u.id = n.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(2)?) {
                let note = NoteUid(row.get(1)?);
                notes.insert(row.get(0)?, note);
                cards.extend(ordinals_of(text(row, 3)?)?.into_iter().map(|ordinal| CardId { note, ordinal }));
            }
        }
        let mut statement = self.db.prepare_cached("SELECT card FROM card_state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (note, ordinal) = card_parts(row.get(0)?);
            cards.extend(notes.get(&note).map(|note| CardId { note: *note, ordinal }));
        }
        Ok(cards)
    }

    /// The decks that the notes of these cards belong to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks_of(&self, cards: &[CardId]) -> Result<DeckSet, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT n.deck FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid = ?1")?;
        let mut decks = BTreeSet::new();
        for card in cards {
            decks.extend(statement.query_row([card.note.0], |row| row.get::<_, i64>(0)).optional()?);
        }
        Ok(DeckSet::Some(decks))
    }

    /// As [`Store::totals`], over these cards and nothing else: their histories are folded, the kept sums are by deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn totals_of(
        &self,
        cards: &[CardId],
        asked: &Asked,
        since: Option<StudyDay>,
        until: Option<StudyDay>,
    ) -> Result<Totals, StoreError> {
        let _snapshot = self.snapshot()?;
        let context = self.context()?;
        let (reader, voided) = (&context.reader, &context.voided);
        let mut days: BTreeMap<StudyDay, DayTotals> = BTreeMap::new();
        let mut topics = ByTopic::new();
        let mut sides = BySide::new();
        let pauses = self.pauses()?;
        let mut groups = self.groups(&DeckSet::All)?.of_some();
        let then = looked_back_to(since, asked.today);
        let mut moved = Vec::new();
        let mut knowledge = Knowledge::new(asked.today);
        let mut outlook = Outlook::default();
        let mut words: BTreeMap<StateWord, u64> = BTreeMap::new();
        let mut due: BTreeMap<StudyDay, u64> = BTreeMap::new();
        let (mut young, mut mature, mut leeches, mut load) = (0, 0, 0, DailyLoad::default());
        for card in cards {
            let Some(row) = CardRow::find(&self.db, reader, *card)? else { continue };
            let events = events_of(&self.db, reader, row.id, *card)?;
            fold(&events, voided, &reader.schedulers, |before, event| {
                if let Some(ended) = tally::ended(before, event) {
                    knowledge.add_ended(ended.from, ended.to, ended.interval);
                }
                let totals = tally::of_event(before, event);
                let day = days.entry(event.study_day).or_default();
                *day = day.plus(totals);
                let inside = since.is_none_or(|since| event.study_day >= since)
                    && until.is_none_or(|until| event.study_day <= until);
                if !inside || totals.answers == 0 {
                    return;
                }
                let sums = topics.entry((row.topic, row.deck)).or_default();
                sums.answers += totals.answers;
                sums.recalls = sums.recalls.plus(totals.recalls());
                sums.time_ms += totals.time_ms;
                if let Some(key) = tally::counts(event) {
                    *sides.entry(key).or_default() += totals.answers;
                }
            });
            if let Some(memory) = &row.state.memory {
                knowledge.add(memory.last, memory.interval);
            }
            if !row.askable {
                continue;
            }
            groups.include(row.id);
            if let Some(memory) = &row.state.memory {
                let level = Level::of(Some(memory));
                groups.reach(row.id, level);
                if memory.last > then {
                    moved.push((row.id, level));
                }
            }
            let rule = asked.rules.of(row.deck);
            let word = row.state.word(asked.today, rule.drill);
            *words.entry(word).or_default() += 1;
            leeches += u64::from(is_leech(row.state.lapses(), rule.leech_lapses));
            if let (Some(memory), true) = (&row.state.memory, word != StateWord::Suspended) {
                *due.entry(memory.due).or_default() += 1;
                let ahead = memory.due.max(pauses.asked_from(asked.today)).since(asked.today);
                let ahead = usize::try_from(ahead).unwrap_or(0);
                // Without an ease of its own a card is taken to grow as most do.
                let ease = memory.ease().unwrap_or(Ease::START);
                outlook.add(ahead, memory.repetitions, memory.interval, ease);
                if memory.interval.0 >= tally::MATURE_DAYS {
                    mature += 1;
                } else {
                    young += 1;
                }
                load.add(memory.interval);
            }
        }
        let recalls: BTreeMap<(i64, i64), Recalls> =
            topics.iter().map(|(place, sums)| (*place, sums.recalls)).collect();
        let mastery_then = self.standings_then(&groups, &moved, then)?;
        Ok(Totals {
            today: asked.today,
            since,
            until,
            days: days.into_iter().filter(|(_, sums)| *sums != DayTotals::default()).collect(),
            topics: self.titled(topics)?,
            sides: sides
                .into_iter()
                .map(|((kind, expected, given), count)| SideTotals { kind, expected, given, count })
                .collect(),
            states: StateWord::ALL.into_iter().map(|word| (word, words.get(&word).copied().unwrap_or(0))).collect(),
            young_and_mature: (young, mature),
            leeches,
            due: due.into_iter().collect(),
            daily_load_milli: load.milli(),
            pauses,
            knowledge,
            mastery: groups.titled(self, &recalls)?,
            mastery_then: Some((then, mastery_then.titled(self, &BTreeMap::new())?)),
            outlook,
            new_per_day: 0,
        })
    }
}

/// A note's text as it is shown, as JSON: the text as it lies in the database, but where the learner gave it other tags
/// or it was erased.
fn body_of<'r>(row: &'r Row<'_>, body: usize, tags: usize) -> Result<Cow<'r, str>, StoreError> {
    match (text(row, body)?, text(row, tags)?) {
        (Some(body), None) => Ok(Cow::Borrowed(body)),
        (body, tags) => serde_json::to_string(&shown_text(body, tags)?)
            .map(Cow::Owned)
            .map_err(|error| StoreError::Corrupt(error.to_string())),
    }
}
