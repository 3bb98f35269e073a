//! Finding the cards that a query means: by a scan that reads no more of the database than the query asks for.

use crate::core::grade::Quality;
use crate::core::id::ActionId;
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
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::card_state::CardRow;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::day_of;
use crate::store::columns::quality_of;
use crate::store::columns::state_of;
use crate::store::columns::u64_of;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use crate::store::totals::BySide;
use crate::store::totals::ByTopic;
use crate::store::totals::looked_back_to;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
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
    fulfils: u64,
}

/// A card that is meant.
struct Hit {
    note: i64,
    ordinal: u16,
    deck: i64,
}

/// What of a query does not depend on the single card.
struct Known<'q> {
    query: &'q Query,
    asked: &'q Asked,
    decks: HashMap<i64, u64>,
    answers: HashMap<i64, Vec<(StudyDay, Quality)>>,
}

impl Known<'_> {
    /// Reads id, note, ordinal, deck, `offered` and the state; gives the card where it is meant.
    fn hit(&self, row: &Row<'_>, fulfils: u64) -> Result<Option<Hit>, StoreError> {
        let deck = row.get(3)?;
        let state = if self.query.needs().states { state_of(row, 5)? } else { CardState::default() };
        let facts = CardFacts {
            decks: self.decks.get(&deck).copied().unwrap_or(0),
            rule: self.asked.rules.of(deck),
            state: &state,
            offered: row.get::<_, Option<bool>>(4)?.unwrap_or(false),
            answers: self.answers.get(&row.get(0)?).map_or(&[], Vec::as_slice),
        };
        let is_meant = self.query.decide(fulfils, Some(&facts), self.asked) == Some(true);
        Ok(if is_meant { Some(Hit { note: row.get(1)?, ordinal: row.get(2)?, deck }) } else { None })
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
        let known = Known {
            query,
            asked,
            decks: self.deck_conditions(query)?,
            answers: match needs.answers {
                Some(days) => self.answers_since(asked.today.plus(1 - i64::from(days)))?,
                None => HashMap::new(),
            },
        };
        let columns = format!("c.id, c.note, c.ordinal, c.deck, s.offered, {STATE_COLUMNS}");
        let plain = "c.id, c.note, c.ordinal, c.deck, NULL";
        let (columns, join) =
            if needs.states { (columns.as_str(), "LEFT JOIN card_state s ON s.card = c.id") } else { (plain, "") };
        let (kept, looked_at) = if needs.texts || needs.added {
            let (kept, looked_at) = self.keep_notes(query, asked)?;
            (Some(kept), looked_at)
        } else {
            (None, 0)
        };
        let mut hits = Vec::new();
        match kept {
            Some(kept) if kept.len() * FEW < looked_at || kept.len() < FEW => {
                let mut statement = self.db.prepare_cached(&format!(
                    "SELECT {columns} FROM card c {join} WHERE c.note = ?1 AND c.retired = 0"
                ))?;
                for kept in kept {
                    let mut rows = statement.query([kept.note])?;
                    while let Some(row) = rows.next()? {
                        hits.extend(known.hit(row, kept.fulfils)?);
                    }
                }
            }
            kept => {
                let mut statement =
                    self.db.prepare_cached(&format!("SELECT {columns} FROM card c {join} WHERE c.retired = 0"))?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let fulfils = match &kept {
                        None => 0,
                        Some(kept) => {
                            let note: i64 = row.get(1)?;
                            // The notes were read in this order.
                            match kept.binary_search_by_key(&note, |kept| kept.note).ok().and_then(|i| kept.get(i)) {
                                Some(kept) => kept.fulfils,
                                None => continue,
                            }
                        }
                    };
                    hits.extend(known.hit(row, fulfils)?);
                }
            }
        }
        self.in_order(&hits)
    }

    /// Notes that the query does not rule out by their texts, by number; and how many there are in all.
    fn keep_notes(&self, query: &Query, asked: &Asked) -> Result<(Vec<Kept>, usize), StoreError> {
        let titles: HashMap<i64, String> = {
            let mut statement = self.db.prepare_cached("SELECT id, title FROM topic")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut days: HashMap<(i64, i64), Option<StudyDay>> = HashMap::new();
        let made_by = if query.needs().added { ", created_device, created_action" } else { "" };
        let mut statement = self
            .db
            .prepare_cached(&format!("SELECT id, body, key, topic{made_by} FROM note WHERE retired = 0 ORDER BY id"))?;
        let mut rows = statement.query([])?;
        let (mut kept, mut looked_at, mut scratch) = (Vec::new(), 0, Scratch::default());
        while let Some(row) = rows.next()? {
            looked_at += 1;
            let body = text(row, 1)?.unwrap_or_default();
            if body.is_empty() {
                continue;
            }
            let added = if query.needs().added {
                let made_by = (row.get(4)?, row.get(5)?);
                match days.get(&made_by) {
                    Some(day) => *day,
                    None => *days.entry(made_by).or_insert(self.day_of_action(made_by)?),
                }
            } else {
                None
            };
            let topic = row.get::<_, Option<i64>>(3)?.and_then(|topic| titles.get(&topic)).map(String::as_str);
            let facts = NoteFacts { body, key: text(row, 2)?, topic, added };
            let fulfils = query.on_note(&facts, asked, &mut scratch);
            if query.decide(fulfils, None, asked) != Some(false) {
                kept.push(Kept { note: row.get(0)?, fulfils });
            }
        }
        Ok((kept, looked_at))
    }

    fn day_of_action(&self, (device, number): (i64, i64)) -> Result<Option<StudyDay>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT study_day FROM action WHERE device = ?1 AND number = ?2")?;
        Ok(statement.query_row((device, number), |row| row.get(0).map(day_of)).optional()?)
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

    /// Answers that count since a day, by card.
    fn answers_since(&self, since: StudyDay) -> Result<HashMap<i64, Vec<(StudyDay, Quality)>>, StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let mut statement = self.db.prepare_cached(
            "SELECT card, study_day, quality, device, action FROM event INDEXED BY event_day \
             WHERE kind = 1 AND study_day >= ?1",
        )?;
        let mut rows = statement.query([since.0])?;
        let mut answers: HashMap<i64, Vec<(StudyDay, Quality)>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let action = reader.device(row.get(3)?).map(|device| (device, row.get(4).map(u64_of)));
            if let Some((device, number)) = action
                && voided.contains(ActionId { device, number: number? })
            {
                continue;
            }
            if let Some(quality) = row.get::<_, Option<i64>>(2)?.and_then(quality_of) {
                answers.entry(row.get(0)?).or_default().push((day_of(row.get(1)?), quality));
            }
        }
        Ok(answers)
    }

    fn in_order(&self, hits: &[Hit]) -> Result<Vec<CardId>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT uid, position FROM note WHERE id = ?1 AND retired = 0 AND body <> ''")?;
        let mut found = Vec::with_capacity(hits.len());
        for hit in hits {
            let note =
                statement.query_row([hit.note], |row| Ok((NoteUid(row.get(0)?), row.get::<_, i64>(1)?))).optional()?;
            if let Some((note, position)) = note {
                found.push((hit.deck, position, hit.note, CardId { note, ordinal: hit.ordinal }));
            }
        }
        found.sort_unstable_by_key(|(deck, position, note, card)| (*deck, *position, *note, card.ordinal));
        Ok(found.into_iter().map(|(_, _, _, card)| card).collect())
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
            return self.cards(
                &DeckSet::All,
                &[],
                |found| if wanted.contains(&found.card) { line(found) } else { Ok(()) },
            );
        }
        for card in cards {
            if let Some(found) = self.card(*card)? {
                line(found)?;
            }
        }
        Ok(())
    }

    /// The cards that lie in some decks.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_in(&self, decks: &DeckSet) -> Result<BTreeSet<CardId>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT n.uid, c.ordinal, c.deck FROM card c JOIN note n ON n.id = c.note")?;
        let mut rows = statement.query([])?;
        let mut cards = BTreeSet::new();
        while let Some(row) = rows.next()? {
            if decks.has(row.get(2)?) {
                cards.insert(CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? });
            }
        }
        Ok(cards)
    }

    /// The decks that the notes of these cards belong to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks_of(&self, cards: &[CardId]) -> Result<DeckSet, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT deck FROM note WHERE uid = ?1")?;
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
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
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
            let Some(row) = CardRow::find(&self.db, *card)? else { continue };
            let events = events_of(&self.db, &reader, row.id, *card)?;
            fold(&events, &voided, &reader.schedulers, |before, event| {
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
                outlook.add(ahead, memory.repetitions, memory.interval, memory.ease);
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

/// A text column without a copy of it.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, StoreError> {
    row.get_ref(column)?
        .as_str_or_null()
        .map_err(|error| StoreError::Corrupt(format!("a text in the database is none: {error}")))
}
