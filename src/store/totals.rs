//! What reports are made of: kept sums where they suffice, one pass over the log where they don't.

use crate::core::event::Detail;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::mastery::Level;
use crate::core::progress::Counted;
use crate::core::progress::DailyLoad;
use crate::core::progress::DayTotals;
use crate::core::progress::Recalls;
use crate::core::progress::SideTotals;
use crate::core::progress::TopicTotals;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::Known;
use crate::core::progress::knowledge::month_end;
use crate::core::progress::outlook::Outlook;
use crate::core::replay::Voided;
use crate::core::replay::fold;
use crate::core::settings::DeckRules;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::Millis;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::ADOPTED;
use crate::store::columns::ANSWERED;
use crate::store::columns::DUE_SET;
use crate::store::columns::RESET;
use crate::store::columns::day_of;
use crate::store::columns::quality_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::mastery::Groups;
use crate::store::mastery::groups_of;
use crate::store::mastery::topics_by_note;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use chrono::Datelike as _;
use chrono::NaiveDate;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::Row;
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// Numbers of a topic, before it has its title.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) answers: u64,
    pub(super) recalls: Recalls,
    pub(super) time_ms: u64,
}

impl Sums {
    fn add(&mut self, more: &Self) {
        self.answers += more.answers;
        self.recalls.passed += more.recalls.passed;
        self.recalls.all += more.recalls.all;
        self.time_ms += more.time_ms;
    }
}

/// How often each thing came. One look-up a card: with the library's own hash they would take a tenth of the time.
type Counts<K> = HashMap<K, u64, FixedState>;

/// Numbers of the cards as they are now.
#[derive(Default)]
struct States {
    words: BTreeMap<StateWord, u64>,
    young: u64,
    mature: u64,
    leeches: u64,
    load: DailyLoad,
    /// Answered cards that are offered, by due day.
    due: Counts<StudyDay>,
    /// Answered cards by the day of their last answer and their interval: many are alike, and one power is enough for
    /// all of them.
    alike: Counts<(StudyDay, Days)>,
    outlook: Outlook,
    /// Cards never answered that are held back.
    buried_new: u64,
    /// Answered cards, with their level and the day of their last answer.
    answered: Vec<(i64, Level, StudyDay)>,
    /// Suspended cards, which count where they may be asked otherwise.
    suspended: Vec<(i64, i64, CardState)>,
}

/// Cards by state, and those that moved, with their level now.
type Settled = (Vec<(StateWord, u64)>, Vec<(i64, Level)>);

/// By what a state is judged.
#[derive(Clone, Copy)]
struct Judge<'j> {
    today: StudyDay,
    asked_from: StudyDay,
    rules: &'j DeckRules,
}

impl States {
    /// Puts other cards beside these.
    fn join(mut self, others: Self) -> Self {
        for (word, cards) in others.words {
            *self.words.entry(word).or_default() += cards;
        }
        self.young += others.young;
        self.mature += others.mature;
        self.leeches += others.leeches;
        self.load = self.load.plus(others.load);
        for (day, cards) in others.due {
            *self.due.entry(day).or_default() += cards;
        }
        for (last, cards) in others.alike {
            *self.alike.entry(last).or_default() += cards;
        }
        self.outlook.join(&others.outlook);
        self.buried_new += others.buried_new;
        self.answered.extend(others.answered);
        self.suspended.extend(others.suspended);
        self
    }

    fn knowledge(&self, today: StudyDay) -> Knowledge {
        let mut knowledge = Knowledge::new(today);
        for ((last, interval), cards) in &self.alike {
            knowledge.add_alike(*last, *interval, *cards);
        }
        knowledge
    }

    fn count(&mut self, state: &CardState, deck: i64, is_offered: bool, judge: Judge<'_>) {
        let rule = judge.rules.of(deck);
        let word = state.word(judge.today, rule.drill);
        self.buried_new += u64::from(word == StateWord::Buried && state.memory.is_none());
        *self.words.entry(word).or_default() += 1;
        if let Some(memory) = &state.memory {
            if is_offered {
                *self.due.entry(memory.due).or_default() += 1;
                let ahead = memory.due.max(judge.asked_from).since(judge.today);
                let ahead = usize::try_from(ahead).unwrap_or(0);
                self.outlook.add(ahead, memory.repetitions, memory.interval, memory.ease);
            }
            if word != StateWord::Suspended {
                if memory.interval.0 >= tally::MATURE_DAYS {
                    self.mature += 1;
                } else {
                    self.young += 1;
                }
                self.load.add(memory.interval);
            }
        }
        self.leeches += u64::from(is_leech(state.lapses(), rule.leech_lapses));
    }
}

/// Where a card's answers are counted.
#[derive(Debug, Clone, Copy)]
struct CardPlace {
    card: i64,
    deck: i64,
    topic: i64,
}

/// What one card's answers add up to, while the log goes by.
#[derive(Default)]
struct CardSums {
    card: i64,
    hlc: i64,
    last: Option<i32>,
    sums: Sums,
    needs_fold: bool,
}

impl CardSums {
    fn close(&self, place: Option<&CardPlace>, topics: &mut ByTopic, folded: &mut Vec<CardPlace>) {
        match place {
            Some(place) if self.needs_fold => folded.push(*place),
            Some(place) if self.sums.answers > 0 => {
                topics.entry((place.topic, place.deck)).or_default().add(&self.sums);
            }
            _ => {}
        }
    }
}

/// As much of a state as a report judges: of every card, so no column more is read.
fn judged_state(row: &Row<'_>) -> rusqlite::Result<CardState> {
    let memory = match row.get::<_, Option<i64>>(2)? {
        Some(repetitions) => Some(Memory {
            repetitions: u32_of(repetitions),
            interval: Days(u32_of(row.get(3)?)),
            ease: Ease::from_hundredths(u32_of(row.get(11)?)),
            lapses: u32_of(row.get(4)?),
            last: day_of(row.get(7)?),
            due: day_of(row.get(5)?),
            last_quality: quality_of(row.get(6)?).unwrap_or(Quality::Q0),
        }),
        None => None,
    };
    let buried_until = row.get::<_, Option<i64>>(9)?.map(day_of);
    Ok(CardState { memory, suspended: row.get(8)?, buried_until, ..CardState::default() })
}

/// The day whose evening is compared with now: the last before the period; where the report begins with the first
/// answer, the last end of a month that is four weeks ago or more.
pub(super) fn looked_back_to(since: Option<StudyDay>, today: StudyDay) -> StudyDay {
    const FOUR_WEEKS: i64 = 28;
    since
        .unwrap_or_else(|| StudyDay::from_date(today.plus(1 - FOUR_WEEKS).date().with_day(1).unwrap_or_default()))
        .plus(-1)
}

/// Below one card in so many it is faster to look for each card's events than to read all.
const FEW: i64 = 8;

/// Events of cards from one to another, of those that may have an answer since a day.
const OF_SOME_CARDS: &str = "FROM card_state s CROSS JOIN event e ON e.card = s.card \
     WHERE (s.last_day IS NULL OR s.last_day >= ?1) AND s.card BETWEEN ?2 AND ?3";

/// Events of all cards from one to another.
const OF_ALL_CARDS: &str = "FROM event e WHERE e.card BETWEEN ?2 AND ?3";

fn days_of(db: &Connection, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM day_sum ORDER BY study_day, deck")?;
    let mut rows = statement.query([])?;
    let mut days: BTreeMap<StudyDay, [u64; 12]> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        if decks.has(row.get(1)?) {
            let sums = days.entry(day_of(row.get(0)?)).or_default();
            for (index, sum) in sums.iter_mut().enumerate() {
                *sum += u64_of(row.get(index + 2)?);
            }
        }
    }
    Ok(days
        .into_iter()
        .filter(|(_, numbers)| numbers.iter().any(|number| *number > 0))
        .map(|(day, numbers)| (day, tally::from_columns(numbers)))
        .collect())
}

/// What the states of the cards from one number to another add up to, in one pass over the narrow rows of `card_state`.
fn states_of(db: &Connection, decks: &DeckSet, judge: Judge<'_>, (from, to): (i64, i64)) -> Result<States, StoreError> {
    let mut states = States::default();
    // `offered` is 0 for suspended cards and for those that are never asked.
    let mut statement = db.prepare_cached(
        "SELECT deck, offered, repetitions, interval_days, lapses, due, last_quality, last_day, suspended, \
         buried_until, card, ease FROM card_state WHERE card BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query((from, to))?;
    while let Some(row) = rows.next()? {
        let deck = row.get(0)?;
        if !decks.has(deck) {
            continue;
        }
        let state = judged_state(row)?;
        let card = row.get(10)?;
        if let Some(memory) = &state.memory {
            *states.alike.entry((memory.last, memory.interval)).or_default() += 1;
            states.answered.push((card, Level::of(Some(memory)), memory.last));
        }
        if row.get(1)? {
            states.count(&state, deck, true, judge);
        } else if state.suspended {
            states.suspended.push((card, deck, state));
        }
    }
    Ok(states)
}

/// One pass over the log in the order in which it lies, with no more of each event than its class takes: whether an
/// answer is the first, a repeat or a review shows from the days of the card's answers alone. A card that was ever
/// reset, adopted or rescheduled, or has an answer without an outcome, is folded in full.
struct LogPass<'p> {
    decks: &'p DeckSet,
    since: StudyDay,
    until: StudyDay,
    reader: &'p Reader,
    voided: &'p Voided,
    /// So few cards have answers that each one's events are looked for.
    few: bool,
}

impl LogPass<'_> {
    fn is_voided(&self, device: i64, action: i64) -> bool {
        let device = self.reader.device(device);
        device.is_some_and(|device| self.voided.contains(ActionId { device, number: u64_of(action) }))
    }

    /// The sums of these cards, which are in the order of their numbers.
    fn over(&self, db: &Connection, places: &[CardPlace]) -> Result<ByTopic, StoreError> {
        let mut topics = ByTopic::new();
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return Ok(topics) };
        let (since, until) = (self.since, self.until);
        let mut of_card = CardSums::default();
        let mut folded = Vec::new();
        let mut place = places.iter().peekable();
        let mut here: Option<&CardPlace> = None;
        let from = if self.few { OF_SOME_CARDS } else { OF_ALL_CARDS };
        let mut statement = db.prepare_cached(&format!(
            "SELECT e.card, e.kind, e.study_day, e.quality, e.took_ms, e.repetitions, e.device, e.action, e.hlc {from} \
             ORDER BY e.card, e.hlc, e.device, e.sequence"
        ))?;
        let mut rows = statement.query((since.0, first.card, last.card))?;
        while let Some(row) = rows.next()? {
            let card: i64 = row.get(0)?;
            if of_card.card != card {
                of_card.close(here, &mut topics, &mut folded);
                of_card = CardSums { card, ..CardSums::default() };
                while place.next_if(|place| place.card < card).is_some() {}
                here = place.peek().copied().filter(|place| place.card == card && self.decks.has(place.deck));
            }
            if here.is_none() {
                continue;
            }
            let kind: i64 = row.get(1)?;
            if self.reader.has_several_devices() {
                // Two devices with the very same stamp: the fold has an order for them that the table has not.
                let hlc = row.get(8)?;
                of_card.needs_fold |= hlc == of_card.hlc;
                of_card.hlc = hlc;
            }
            if matches!(kind, DUE_SET | RESET | ADOPTED) {
                of_card.needs_fold = true;
            }
            if kind != ANSWERED || (!self.voided.is_empty() && self.is_voided(row.get(6)?, row.get(7)?)) {
                continue;
            }
            of_card.needs_fold |= row.get_ref(5)? == ValueRef::Null;
            let (day, took): (i32, i64) = (row.get(2)?, row.get(4)?);
            let reviewed = of_card.last.is_some_and(|last| day > last);
            of_card.last = of_card.last.max(Some(day));
            if day >= since.0 && day <= until.0 {
                of_card.sums.answers += 1;
                let took = Millis(u32_of(took));
                of_card.sums.time_ms += u64::from(took.capped().0);
                if reviewed {
                    let passed = quality_of(row.get(3)?).is_some_and(Quality::passed);
                    of_card.sums.recalls.passed += u64::from(passed);
                    of_card.sums.recalls.all += 1;
                }
            }
        }
        of_card.close(here, &mut topics, &mut folded);
        for place in folded {
            self.fold(db, place, &mut topics)?;
        }
        Ok(topics)
    }

    fn fold(&self, db: &Connection, place: CardPlace, topics: &mut ByTopic) -> Result<(), StoreError> {
        let nobody = CardId { note: NoteUid([0; 16]), ordinal: 1 };
        let events = events_of(db, self.reader, place.card, nobody)?;
        fold(&events, self.voided, &self.reader.schedulers, |before, event| {
            if event.study_day < self.since || event.study_day > self.until {
                return;
            }
            let totals = tally::of_event(before, event);
            topics.entry((place.topic, place.deck)).or_default().add(&Sums {
                answers: totals.answers,
                recalls: Recalls {
                    passed: totals.young.passed + totals.mature.passed,
                    all: totals.young.all + totals.mature.all,
                },
                time_ms: totals.time_ms,
            });
        });
        Ok(())
    }
}

pub(super) type ByTopic = BTreeMap<(i64, i64), Sums>;
pub(super) type BySide = BTreeMap<(Counted, String, String), u64>;

impl Store {
    /// The sums of each study day, ascending.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn day_totals(&self, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, StoreError> {
        days_of(&self.db, decks)
    }

    /// Everything that a report over `since..=until` is computed from.
    ///
    /// Topics and sides come from kept sums where the period is made of whole months, else from one pass over the log.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn totals(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        since: Option<StudyDay>,
        until: Option<StudyDay>,
        rules: &DeckRules,
    ) -> Result<Totals, StoreError> {
        let _snapshot = self.snapshot()?;
        let months = |day: StudyDay| day.month();
        let begins_a_month = since.is_none_or(|day| day.plus(-1).month() != day.month());
        let ends_a_month = until.is_none_or(|day| day >= today || day.plus(1).month() != day.month());
        let (topics, sides) = if begins_a_month && ends_a_month {
            let from = since.map_or(i32::MIN, months);
            let to = until.map_or(i32::MAX, months);
            (self.topic_sums(decks, from, to)?, self.side_sums(decks, from, to)?)
        } else {
            self.sums_from_the_log(decks, since.unwrap_or(StudyDay(i32::MIN)), until.unwrap_or(StudyDay(i32::MAX)))?
        };
        let pauses = self.pauses()?;
        let asked_from = pauses.asked_from(today);
        let judge = Judge { today, asked_from, rules };
        let then = looked_back_to(since, today);
        // Groups and days take more than half as long as states: a fifth of these is read beside them.
        let last: i64 = self.db.query_row("SELECT coalesce(max(card), 0) FROM card_state", [], |row| row.get(0))?;
        let border = last / 5;
        let ((mut groups, days, some), others) = self.beside(
            |db| Ok((groups_of(db, decks)?, days_of(db, decks)?, states_of(db, decks, judge, (i64::MIN, border))?)),
            || states_of(&self.db, decks, judge, (border + 1, i64::MAX)),
        )?;
        let mut states = some.join(others);
        let mut knowledge = states.knowledge(today);
        let (words, moved) = self.settle(&mut states, &mut groups, decks, judge, then)?;
        self.add_ended(decks, &mut knowledge)?;
        let mastery_then = self.standings_then(&groups, &moved, then)?;
        let recalls: BTreeMap<(i64, i64), Recalls> =
            topics.iter().map(|(place, sums)| (*place, sums.recalls)).collect();
        Ok(Totals {
            today,
            since,
            until,
            days,
            topics: self.titled(topics)?,
            sides: sides
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|((kind, expected, given), count)| SideTotals { kind, expected, given, count })
                .collect(),
            states: words,
            young_and_mature: (states.young, states.mature),
            leeches: states.leeches,
            due: states.due.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect(),
            daily_load_milli: states.load.milli(),
            pauses,
            knowledge,
            mastery: groups.titled(self, &recalls)?,
            mastery_then: Some((then, mastery_then.titled(self, &BTreeMap::new())?)),
            outlook: states.outlook,
            new_per_day: 0,
        })
    }

    /// Adds what was known at the ends of months by cards that were answered again since.
    fn add_ended(&self, decks: &DeckSet, knowledge: &mut Knowledge) -> Result<(), StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT deck, month, sum(learning + familiar + known + mastered), sum(millionths) FROM topic_sum \
                 GROUP BY deck, month",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let month: i32 = row.get(1)?;
            let first = NaiveDate::from_ymd_opt(month.div_euclid(100), month.rem_euclid(100).unsigned_abs(), 1);
            let known = Known { cards: u64_of(row.get(2)?), millionths: u64_of(row.get(3)?) };
            if let (true, Some(first)) = (decks.has(row.get(0)?) && known.cards > 0, first) {
                let end = knowledge.ends.entry(month_end(StudyDay::from_date(first))).or_default();
                *end = end.plus(known);
            }
        }
        Ok(())
    }

    fn topic_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<ByTopic, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT topic, deck, sum(answers), sum(passed), sum(counted), sum(time_ms) FROM topic_sum \
             WHERE month BETWEEN ?1 AND ?2 GROUP BY deck, topic",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = ByTopic::new();
        while let Some(row) = rows.next()? {
            let (topic, deck) = (row.get(0)?, row.get(1)?);
            if decks.has(deck) {
                sums.insert(
                    (topic, deck),
                    Sums {
                        answers: u64_of(row.get(2)?),
                        recalls: Recalls { passed: u64_of(row.get(3)?), all: u64_of(row.get(4)?) },
                        time_ms: u64_of(row.get(5)?),
                    },
                );
            }
        }
        Ok(sums)
    }

    fn side_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<BySide, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT deck, kind, expected, given, sum(count) FROM side_sum WHERE month BETWEEN ?1 AND ?2 \
             GROUP BY deck, kind, expected, given",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = BySide::new();
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(1)?.as_str().ok().and_then(Counted::of_name);
            if let (true, Some(kind)) = (decks.has(row.get(0)?), kind) {
                *sums.entry((kind, row.get(2)?, row.get(3)?)).or_default() += u64_of(row.get(4)?);
            }
        }
        Ok(sums)
    }

    /// Topics and sides of a period that is not made of whole months.
    fn sums_from_the_log(
        &self,
        decks: &DeckSet,
        since: StudyDay,
        until: StudyDay,
    ) -> Result<(ByTopic, BySide), StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let places = self.places(since)?;
        let all: i64 = self.db.query_row("SELECT count(*) FROM card_state", [], |row| row.get(0))?;
        let few = i64::try_from(places.len()).unwrap_or(i64::MAX) < all / FEW;
        let pass = LogPass { decks, since, until, reader: &reader, voided: &voided, few };
        // Half of the cards each, on two threads.
        let (some, others) = places.split_at(places.len() / 2);
        let (more, mut topics) = self.beside(|db| pass.over(db, others), || pass.over(&self.db, some))?;
        for (place, sums) in more {
            topics.entry(place).or_default().add(&sums);
        }
        let is_voided = |device, action| pass.is_voided(device, action);
        let mut sides = BySide::default();
        let mut statement = self.db.prepare_cached(
            "SELECT c.deck, d.expected, d.response, e.device, e.action, d.asked, d.suggested, d.extra FROM event_detail d \
             CROSS JOIN event e ON e.device = d.device AND e.sequence = d.sequence JOIN card c ON c.id = e.card \
             WHERE d.asked IN ('sort', 'choose', 'type') AND e.kind = 1 AND e.study_day BETWEEN ?1 AND ?2",
        )?;
        let mut rows = statement.query((since.0, until.0))?;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?) && !is_voided(row.get(3)?, row.get(4)?) {
                let detail = Detail {
                    expected: row.get(1)?,
                    response: row.get(2)?,
                    asked: row.get(5)?,
                    suggested: row.get::<_, Option<i64>>(6)?.and_then(quality_of),
                    extra: row.get(7)?,
                    ..Detail::default()
                };
                if let Some(key) = tally::confusion(&detail) {
                    *sides.entry(key).or_default() += 1;
                }
            }
        }
        Ok((topics, sides))
    }

    /// Decks and topics of the cards that may have an answer since a day, by card.
    fn places(&self, since: StudyDay) -> Result<Vec<CardPlace>, StoreError> {
        let topics = topics_by_note(&self.db, "true", 0)?;
        let mut statement = self.db.prepare_cached(
            "SELECT c.id, c.deck, c.note FROM card_state s JOIN card c ON c.id = s.card \
             WHERE s.last_day IS NULL OR s.last_day >= ?1 ORDER BY s.card",
        )?;
        let rows = statement.query_map([since.0], |row| {
            let topic = usize::try_from(row.get::<_, i64>(2)?).ok().and_then(|note| topics.get(note).copied());
            Ok(CardPlace { card: row.get(0)?, deck: row.get(1)?, topic: topic.unwrap_or(0) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sums with the titles that people know. Cards without a topic are summed up by their deck.
    pub(super) fn titled(&self, sums: ByTopic) -> Result<Vec<TopicTotals>, StoreError> {
        let mut topics = Vec::new();
        for ((topic, deck), sums) in sums {
            if sums.answers == 0 {
                continue;
            }
            let (title, deck): (String, String) = self
                .db
                .prepare_cached(
                    "SELECT coalesce((SELECT title FROM topic WHERE id = ?1), title, name), name FROM deck WHERE id = ?2",
                )?
                .query_row((topic, deck), |row| Ok((row.get(0)?, row.get(1)?)))?;
            topics.push(TopicTotals {
                title,
                deck,
                answers: sums.answers,
                recalls: sums.recalls,
                time_ms: sums.time_ms,
            });
        }
        Ok(topics)
    }

    /// Brings states and groups together: lifts each card to its level in its group, and counts those by state that may
    /// be asked. Gives these counts, and the cards that were answered after the day `then` with their level now.
    fn settle(
        &self,
        states: &mut States,
        groups: &mut Groups,
        decks: &DeckSet,
        judge: Judge<'_>,
        then: StudyDay,
    ) -> Result<Settled, StoreError> {
        let mut moved = Vec::new();
        for (card, level, last) in std::mem::take(&mut states.answered) {
            if groups.has(card) {
                groups.reach(card, level);
                if last > then {
                    moved.push((card, level));
                }
            }
        }
        for (card, deck, state) in std::mem::take(&mut states.suspended) {
            if groups.has(card) {
                states.count(&state, deck, false, judge);
            }
        }
        let mut statement =
            self.db.prepare_cached("SELECT deck, count(*) FROM card WHERE new_position IS NOT NULL GROUP BY deck")?;
        let mut rows = statement.query([])?;
        let mut fresh = 0;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?) {
                fresh += u64_of(row.get(1)?);
            }
        }
        // Most new cards have no state yet; the index has them all, those that are held back today included.
        states.words.insert(StateWord::New, fresh.saturating_sub(states.buried_new));
        let count = |word| (word, states.words.get(&word).copied().unwrap_or(0));
        Ok((StateWord::ALL.into_iter().map(count).collect(), moved))
    }

    /// Answered cards that are offered, by due day: for the week ahead.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_days(&self, decks: &DeckSet) -> Result<BTreeMap<StudyDay, u64>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT due, deck, count(*) FROM card_state WHERE due IS NOT NULL AND offered = 1 GROUP BY due, deck",
        )?;
        let mut rows = statement.query([])?;
        let mut days = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if decks.has(row.get(1)?) {
                *days.entry(day_of(row.get(0)?)).or_default() += u64_of(row.get(2)?);
            }
        }
        Ok(days)
    }
}
