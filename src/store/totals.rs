//! What reports are made of: kept sums where they suffice, one pass over the log where they don't.

use crate::core::mastery::Level;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::Known;
use crate::core::progress::knowledge::month_end;
use crate::core::progress::outlook::Outlook;
use crate::core::settings::DeckRules;
use crate::core::state::CardState;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::totals::Counted;
use crate::core::totals::DailyLoad;
use crate::core::totals::DayTotals;
use crate::core::totals::MATURE_DAYS;
use crate::core::totals::Recalls;
use crate::core::totals::SideTotals;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::Millis;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::ANSWERED;
use crate::store::columns::DETAIL_COLUMNS;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::detail_of;
use crate::store::columns::memory_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::mastery::Groups;
use crate::store::mastery::Moved;
use crate::store::mastery::groups_of;
use crate::store::mastery::topics_by_note;
use crate::store::totals::log_pass::LogPass;
use crate::store::totals::log_pass::Passed;
use chrono::Datelike as _;
use chrono::NaiveDate;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::Row;
use std::collections::BTreeMap;
use std::collections::HashMap;

pub(super) mod log_pass;
#[cfg(test)]
mod tests;

/// Numbers of a topic, before it has its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    /// Answered cards that were made new again.
    reset: Vec<i64>,
    /// Suspended cards, which count where they may be asked otherwise.
    suspended: Vec<(i64, i64, CardState)>,
}

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
        self.reset.extend(others.reset);
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
                // Without an ease of its own a card is taken to grow as most do.
                let ease = memory.ease().unwrap_or(Ease::START);
                self.outlook.add(ahead, memory.repetitions, memory.interval, ease);
            }
            if word != StateWord::Suspended {
                if memory.interval.0 >= MATURE_DAYS {
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

/// The columns that [`judged_state`] reads.
const JUDGED: &str = "repetitions, interval_days, lapses, last_day, due, last_quality, ease, stability, difficulty, suspended, \
     buried_until";

/// As much of a state as a report judges: of every card, so no column more is read.
fn judged_state(row: &Row<'_>) -> rusqlite::Result<CardState> {
    let buried_until = row.get::<_, Option<i64>>(10)?.map(day_of);
    Ok(CardState { memory: memory_of(row, 0)?, suspended: row.get(9)?, buried_until, ..CardState::default() })
}

/// The day whose evening is compared with now: the last before the period; where the report begins with the first
/// answer, the last end of a month that is four weeks ago or more.
pub(super) fn looked_back_to(since: Option<StudyDay>, today: StudyDay) -> StudyDay {
    const FOUR_WEEKS: i64 = 28;
    since
        .unwrap_or_else(|| StudyDay::from_date(today.plus(1 - FOUR_WEEKS).date().with_day(1).unwrap_or_default()))
        .plus(-1)
}

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
        .map(|(day, numbers)| (day, DayTotals::from_columns(numbers)))
        .collect())
}

/// What the states of the cards from one number to another add up to, in one pass over the narrow rows of `card_state`.
fn states_of(db: &Connection, decks: &DeckSet, judge: Judge<'_>, (from, to): (i64, i64)) -> Result<States, StoreError> {
    let mut states = States::default();
    // `offered` is 0 for suspended cards and for those that are never asked.
    let mut statement = db.prepare_cached(&format!(
        "SELECT {JUDGED}, card, deck, offered, answers FROM card_state WHERE card BETWEEN ?1 AND ?2"
    ))?;
    let mut rows = statement.query((from, to))?;
    while let Some(row) = rows.next()? {
        let (card, deck) = (row.get(11)?, row.get(12)?);
        if !decks.has(deck) {
            continue;
        }
        let state = judged_state(row)?;
        if let Some(memory) = &state.memory {
            *states.alike.entry((memory.last, memory.interval)).or_default() += 1;
            states.answered.push((card, Level::of(Some(memory)), memory.last));
        } else if row.get::<_, i64>(14)? > 0 {
            states.reset.push(card);
        }
        if row.get(13)? {
            states.count(&state, deck, true, judge);
        } else if state.suspended {
            states.suspended.push((card, deck, state));
        }
    }
    Ok(states)
}

/// What the answers of a card add up to on the days from one to another, told by their days alone.
fn sums_by_days(events: &[Passed], (since, until): (StudyDay, StudyDay)) -> Sums {
    let (mut sums, mut last) = (Sums::default(), None);
    for answer in events.iter().filter(|event| event.is_answer()) {
        let is_reviewed = last.is_some_and(|last| answer.day > last);
        last = last.max(Some(answer.day));
        if (since.0..=until.0).contains(&answer.day) {
            let recalls = Recalls { passed: u64::from(answer.passed()), all: 1 };
            let took = Millis(u32_of(answer.took_ms()));
            sums.add(&Sums {
                answers: 1,
                recalls: if is_reviewed { recalls } else { Recalls::default() },
                time_ms: u64::from(took.capped().0),
            });
        }
    }
    sums
}

/// What the answers to some cards, in the order of their numbers, add up to.
fn sums_of(
    db: &Connection,
    pass: &LogPass,
    places: &[CardPlace],
    all: usize,
    (since, until): (StudyDay, StudyDay),
) -> Result<ByTopic, StoreError> {
    let mut topics = ByTopic::new();
    pass.each_card(
        db,
        places,
        |place| place.card,
        all,
        |place, events| {
            let mut sums = Sums::default();
            if pass.days_suffice(events) {
                sums = sums_by_days(events, (since, until));
            } else {
                pass.fold(db, place.card, |before, event| {
                    if (since..=until).contains(&event.study_day) {
                        let totals = tally::of_event(before, event);
                        sums.add(&Sums { answers: totals.answers, recalls: totals.recalls(), time_ms: totals.time_ms });
                    }
                })?;
            }
            if sums.answers > 0 {
                topics.entry((place.topic, place.deck)).or_default().add(&sums);
            }
            Ok(())
        },
    )?;
    Ok(topics)
}

/// Brings states and groups together: lifts each card to its level in its group, and counts the suspended ones that would
/// be asked else. Gives the cards that may have stood elsewhere at the end of the day `then`.
fn settle(states: &mut States, groups: &mut Groups, judge: Judge<'_>, then: StudyDay) -> Moved {
    let mut moved = Moved::default();
    let mut add = |card, level, has| if has { moved.counted.push((card, level)) } else { moved.others.push(card) };
    for (card, level, last) in std::mem::take(&mut states.answered) {
        let has = groups.has(card);
        if has {
            groups.reach(card, level);
        }
        if last > then {
            add(card, level, has);
        }
    }
    // Nothing but the log knows what they were before.
    for card in std::mem::take(&mut states.reset) {
        add(card, Level::Unseen, groups.has(card));
    }
    for (card, deck, state) in std::mem::take(&mut states.suspended) {
        if groups.has(card) {
            states.count(&state, deck, false, judge);
        }
    }
    moved
}

pub(super) type ByTopic = BTreeMap<(i64, i64), Sums>;
pub(super) type BySide = BTreeMap<(Counted, String, String), u64>;

impl Store {
    /// The sums of each study day, ascending.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn day_totals(&self, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, StoreError> {
        days_of(self.db(), decks)
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
        let last: i64 = self.db().query_row("SELECT coalesce(max(card), 0) FROM card_state", [], |row| row.get(0))?;
        let border = last / 5;
        let ((mut groups, days, some), others) = self.in_parallel(
            |db| Ok((groups_of(db, decks)?, days_of(db, decks)?, states_of(db, decks, judge, (i64::MIN, border))?)),
            || states_of(self.db(), decks, judge, (border + 1, i64::MAX)),
        )?;
        let mut states = some.join(others);
        let mut knowledge = states.knowledge(today);
        let moved = settle(&mut states, &mut groups, judge, then);
        let words = self.words(&states, decks)?;
        self.add_ended(decks, &mut knowledge)?;
        let mastery_then = self.standings_before(&groups, &moved, then)?;
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
        let mut statement = self.db().prepare_cached(
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
        let mut statement = self.db().prepare_cached(
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
        let mut statement = self.db().prepare_cached(
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
        let pass = LogPass::new(self.db())?;
        let places = self.places(decks, since)?;
        let all: i64 = self.db().query_row("SELECT count(*) FROM card_state", [], |row| row.get(0))?;
        // Half of the cards each, on two threads.
        let all = usize::try_from(all / 2).unwrap_or(usize::MAX);
        let (some, others) = places.split_at(places.len() / 2);
        let period = (since, until);
        let (more, mut topics) = self.in_parallel(
            |db| sums_of(db, &LogPass::new(db)?, others, all, period),
            || sums_of(self.db(), &pass, some, all, period),
        )?;
        for (place, sums) in more {
            topics.entry(place).or_default().add(&sums);
        }
        Ok((topics, self.sides_from_the_log(decks, &pass, period)?))
    }

    fn sides_from_the_log(
        &self,
        decks: &DeckSet,
        pass: &LogPass,
        (since, until): (StudyDay, StudyDay),
    ) -> Result<BySide, StoreError> {
        let mut sides = BySide::default();
        // By the rows of the narrower table; `asked` are the kinds of answers that tell what was taken for what.
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT n.deck, e.id, {DETAIL_COLUMNS} FROM event_detail d CROSS JOIN event e ON e.id = d.id \
             JOIN note n ON n.id = e.card >> 9 LEFT JOIN text x ON x.id = d.id \
             WHERE d.asked IS NOT NULL AND e.kind = {ANSWERED} AND e.study_day BETWEEN ?1 AND ?2"
        ))?;
        let mut rows = statement.query((since.0, until.0))?;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?)
                && !pass.is_void(row.get(1)?)
                && let Some(key) = tally::confusion(&detail_of(row, 2)?)
            {
                *sides.entry(key).or_default() += 1;
            }
        }
        Ok(sides)
    }

    /// The places of those cards of some decks that may have an answer since a day, in the order of their numbers.
    fn places(&self, decks: &DeckSet, since: StudyDay) -> Result<Vec<CardPlace>, StoreError> {
        let topics = topics_by_note(self.db())?;
        let mut statement = self.db().prepare_cached(
            "SELECT card, deck FROM card_state WHERE last_day IS NULL OR last_day >= ?1 ORDER BY card",
        )?;
        let mut rows = statement.query([since.0])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let (card, deck) = (row.get(0)?, row.get(1)?);
            if decks.has(deck) {
                let topic = usize::try_from(card_parts(card).0).ok().and_then(|note| topics.get(note).copied());
                places.push(CardPlace { card, deck, topic: topic.unwrap_or(0) });
            }
        }
        Ok(places)
    }

    /// Sums with the titles that people know. Cards without a topic are summed up by their deck.
    pub(super) fn titled(&self, sums: ByTopic) -> Result<Vec<TopicTotals>, StoreError> {
        let mut topics = Vec::new();
        for ((topic, deck), sums) in sums {
            if sums.answers == 0 {
                continue;
            }
            let (title, deck): (String, String) = self
                .db()
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

    /// How many cards are in each state.
    fn words(&self, states: &States, decks: &DeckSet) -> Result<Vec<(StateWord, u64)>, StoreError> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT deck, sum(fresh) FROM note INDEXED BY note_new WHERE fresh > 0 GROUP BY deck")?;
        let mut rows = statement.query([])?;
        let mut fresh = 0;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?) {
                fresh += u64_of(row.get(1)?);
            }
        }
        let count = |word| match word {
            // Most new cards have no state yet; the index has them all, those that are held back today included.
            StateWord::New => (word, fresh.saturating_sub(states.buried_new)),
            StateWord::Learning | StateWord::Review | StateWord::Suspended | StateWord::Buried => {
                (word, states.words.get(&word).copied().unwrap_or(0))
            }
        };
        Ok(StateWord::ALL.into_iter().map(count).collect())
    }

    /// Answered cards that are offered, by due day: for the week ahead.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_days(&self, decks: &DeckSet) -> Result<BTreeMap<StudyDay, u64>, StoreError> {
        let mut statement = self.db().prepare_cached(
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
