//! What the states of cards add up to.

use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::LastGrade;
use crate::core::progress::outlook::Outlook;
use crate::core::progress::outlook::Path;
use crate::core::settings::DeckRules;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::totals::DailyLoad;
use crate::core::totals::MATURE_DAYS;
use crate::core::units::Ease;
use crate::store::columns::day_of;
use crate::store::columns::u32_of;
use crate::store::mastery::Seat;
use foldhash::fast::FixedState;
use rusqlite::Row;
use std::collections::HashMap;

/// How often each thing came. One look-up a card: with the library's own hash they would take a tenth of the time.
type Counts<K> = HashMap<K, u64, FixedState>;

/// By what a state is judged.
#[derive(Clone, Copy)]
pub(in crate::store) struct Judge<'j> {
    pub(in crate::store) today: StudyDay,
    pub(in crate::store) asked_from: StudyDay,
    pub(in crate::store) rules: &'j DeckRules,
}

/// A row of `card_state`, as much of it as a report judges: of every card, so no column more is read.
pub(in crate::store) struct Judged {
    pub(in crate::store) card: i64,
    pub(in crate::store) seat: Seat,
    /// False for suspended cards and for those that are never asked.
    pub(in crate::store) offered: bool,
    /// Its answers are told where it has no memory.
    pub(in crate::store) state: CardState,
}

/// The columns that [`Judged::of`] reads, the deck first, so that other decks cost little.
pub(in crate::store) const JUDGED: &str = "deck, card, topic, offered, repetitions, interval_days, lapses, last_day, due, last_quality, ease, \
     answers, suspended, buried_until";

impl Judged {
    pub(in crate::store) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        // Nothing here asks for stability and difficulty: a memory without an ease has zeros there.
        let mut numbers = [None, None, None, None, None, None, None, Some(0), Some(0)];
        for (column, number) in (4..11).zip(numbers.iter_mut()) {
            *number = row.get(column)?;
        }
        let offered: bool = row.get(3)?;
        let memory = Memory::from_numbers(numbers);
        // Each column that is not asked for of every card saves a thirtieth of the time.
        let state = CardState {
            answers: if memory.is_none() { u32_of(row.get(11)?) } else { 0 },
            memory,
            suspended: !offered && row.get::<_, bool>(12)?,
            buried_until: row.get::<_, Option<i64>>(13)?.map(day_of),
            ..CardState::default()
        };
        let seat = Seat { deck: row.get(0)?, topic: row.get(2)? };
        Ok(Self { card: row.get(1)?, seat, offered, state })
    }

    /// Whether it may have stood elsewhere at the end of that day: it was answered since, or was made new again, and nothing but
    /// the log knows what it was before.
    pub(in crate::store) fn may_have_moved(&self, since: StudyDay) -> bool {
        self.state.memory.as_ref().map_or(self.state.answers > 0, |memory| memory.last > since)
    }
}

/// Numbers of the cards as they are now.
#[derive(Default)]
pub(in crate::store) struct States {
    /// In the order of [`StateWord::ALL`].
    words: [u64; 5],
    pub(super) young: u64,
    pub(super) mature: u64,
    pub(super) leeches: u64,
    pub(super) load: DailyLoad,
    /// Answered cards that are offered, by due day.
    due: Counts<StudyDay>,
    /// Answered cards by what their last answers say: many are alike, and one power is enough for all of them.
    alike: Counts<LastGrade>,
    pub(super) outlook: Outlook,
    /// Cards never answered that are held back.
    pub(super) buried_new: u64,
}

impl States {
    /// Puts other cards beside these.
    pub(in crate::store) fn join(&mut self, others: Self) {
        self.words.iter_mut().zip(others.words).for_each(|(cards, more)| *cards += more);
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
    }

    /// Adds what is known today, and was at the ends of months, by the newest answers.
    pub(super) fn add_to(&self, knowledge: &mut Knowledge) {
        for (last, cards) in &self.alike {
            knowledge.add_alike(*last, *cards);
        }
    }

    /// Cards in that state.
    pub(in crate::store) fn word(&self, word: StateWord) -> u64 {
        StateWord::ALL.iter().zip(self.words).find(|(other, _)| **other == word).map_or(0, |(_, cards)| cards)
    }

    /// Answered cards that are offered, by due day, ascending.
    pub(super) fn due(&self) -> Vec<(StudyDay, u64)> {
        let mut due: Vec<_> = self.due.iter().map(|(day, cards)| (*day, *cards)).collect();
        due.sort_unstable();
        due
    }

    /// Counts what a card's last answer made known, whether the card may be asked or not.
    pub(in crate::store) fn add_known(&mut self, state: &CardState) {
        if let Some(memory) = &state.memory {
            *self.alike.entry(LastGrade::of(memory)).or_default() += 1;
        }
    }

    /// Counts a card that may be asked, suspended or not.
    pub(in crate::store) fn count(&mut self, state: &CardState, deck: i64, is_offered: bool, judge: Judge<'_>) {
        let rule = judge.rules.of(deck);
        let word = state.word(judge.today, rule.drill);
        self.buried_new += u64::from(word == StateWord::Buried && state.memory.is_none());
        if let Some((_, cards)) = StateWord::ALL.iter().zip(&mut self.words).find(|(other, _)| **other == word) {
            *cards += 1;
        }
        if let Some(memory) = &state.memory {
            if is_offered {
                *self.due.entry(memory.due).or_default() += 1;
                let ahead = memory.due.max(judge.asked_from).since(judge.today);
                let ahead = usize::try_from(ahead).unwrap_or(0);
                // Without an ease of its own a card is taken to grow as most do.
                let ease = memory.ease().unwrap_or(Ease::START);
                let (repetitions, interval) = (memory.repetitions, memory.interval);
                self.outlook.add(ahead, Path { repetitions, interval, ease, maximum: rule.maximum_interval });
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
