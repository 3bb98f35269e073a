//! What a report over the cards of a search is computed from: the kept sums are by deck, so their histories are folded.

use crate::core::id::CardId;
use crate::core::mastery::Level;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::search::Asked;
use crate::core::search::Query;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::totals::DayTotals;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::mastery::Groups;
use crate::store::mastery::Remembered;
use crate::store::search::scan::Hit;
use crate::store::search::scan::are_few;
use crate::store::totals::BySeat;
use crate::store::totals::Gathered;
use crate::store::totals::Period;
use crate::store::totals::Sums;
use crate::store::totals::log_pass::LogPass;
use crate::store::totals::looked_back_to;
use crate::store::totals::scan::CHUNK;
use crate::store::totals::states::JUDGED;
use crate::store::totals::states::Judge;
use crate::store::totals::states::Judged;
use crate::store::totals::states::States;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// The cards that a search means, as the database knows them: in the order of their numbers.
#[derive(Default)]
pub struct Hits(Vec<Hit>);

impl Hits {
    /// Whether it means none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is asked of the histories of cards.
struct Wanted<'w> {
    judge: Judge<'w>,
    period: Period,
    then: StudyDay,
    /// Whether anything had been answered then.
    any_then: bool,
}

/// What cards and their histories add up to.
struct Read {
    days: HashMap<StudyDay, DayTotals, FixedState>,
    topics: BySeat,
    states: States,
    new: u64,
    ended: Knowledge,
    groups: Groups,
}

impl Read {
    fn new(today: StudyDay) -> Self {
        Self {
            days: HashMap::default(),
            topics: BySeat::new(),
            states: States::default(),
            new: 0,
            ended: Knowledge::new(today),
            groups: Groups::default(),
        }
    }

    fn join(mut self, more: Self) -> Self {
        for (day, totals) in more.days {
            let sum = self.days.entry(day).or_default();
            *sum = sum.plus(totals);
        }
        for (seat, sums) in more.topics {
            self.topics.entry(seat).or_default().add(&sums);
        }
        self.states.join(more.states);
        self.new += more.new;
        for (end, known) in more.ended.ends {
            let sum = self.ended.ends.entry(end).or_default();
            *sum = sum.plus(known);
        }
        self.groups.join(more.groups);
        self
    }

    /// Counts a card as it is now. Tells whether it may have stood elsewhere then.
    fn take(&mut self, hit: &Hit, row: Option<&Judged>, wanted: &Wanted<'_>) -> bool {
        if let Some(row) = row {
            self.states.add_known(&row.state);
        }
        if hit.held_out {
            return false;
        }
        let Some(row) = row else {
            self.new += 1;
            self.groups.add(hit.seat, hit.note, Level::Unseen, 1);
            return false;
        };
        self.states.count(&row.state, hit.seat.deck, row.offered, wanted.judge);
        let level = Level::of(row.state.memory.as_ref());
        self.groups.add(hit.seat, hit.note, level, 1);
        let moved = row.may_have_moved(wanted.then);
        if moved {
            self.groups.moved(hit.seat, level);
        }
        moved && wanted.any_then
    }

    /// Counts what happened to some cards, with whether the log has to tell how each stood then.
    fn fold(
        &mut self,
        db: &Connection,
        pass: &LogPass,
        items: &[(&Hit, bool)],
        all: usize,
        wanted: &Wanted<'_>,
    ) -> Result<(), Fault> {
        let (since, until) = wanted.period;
        pass.each_card(
            db,
            items,
            |(hit, _)| hit.card(),
            all,
            |(hit, moved), events| {
                if *moved {
                    let state = pass.state_at_end_of(db, hit.card(), events, wanted.then)?;
                    self.groups.was(hit.seat, Level::of(state.memory.as_ref()));
                }
                let mut sums = Sums::default();
                pass.fold_passed(db, hit.card(), events, |before, event| {
                    if let Some(ended) = tally::ended(before, event) {
                        self.ended.add_ended(ended.last, ended.to);
                    }
                    let totals = tally::of_event(before, event);
                    let day = self.days.entry(event.study_day).or_default();
                    *day = day.plus(totals);
                    if (since..=until).contains(&event.study_day) {
                        sums.add(&Sums { answers: totals.answers, recalls: totals.recalls(), time_ms: totals.time_ms });
                    }
                })?;
                if sums.answers > 0 {
                    self.topics.entry(hit.seat.without_tag()).or_default().add(&sums);
                }
                Ok(())
            },
        )
    }
}

/// Reads the states of some cards, of so many: `None` where nothing happened to one yet.
fn states_of(db: &Connection, hits: &[Hit], all: usize) -> Result<Vec<Option<Judged>>, Fault> {
    let (Some(first), Some(last)) = (hits.first(), hits.last()) else { return Ok(Vec::new()) };
    if are_few(hits.len(), all) {
        let mut one = db.prepare_cached(&format!("SELECT {JUDGED} FROM card_state WHERE card = ?1"))?;
        return hits.iter().map(|hit| Ok(one.query_row([hit.card()], Judged::of).optional()?)).collect();
    }
    let mut range =
        db.prepare_cached(&format!("SELECT {JUDGED} FROM card_state WHERE card BETWEEN ?1 AND ?2 ORDER BY card"))?;
    let mut rows = range.query((first.card(), last.card()))?;
    let mut states: Vec<Option<Judged>> = Vec::with_capacity(hits.len());
    while let Some(row) = rows.next()? {
        let card: i64 = row.get(1)?;
        while hits.get(states.len()).is_some_and(|hit| hit.card() < card) {
            states.push(None);
        }
        if hits.get(states.len()).is_some_and(|hit| hit.card() == card) {
            states.push(Some(Judged::of(row)?));
        }
    }
    states.resize_with(hits.len(), || None);
    Ok(states)
}

fn read(db: &Connection, hits: &[Hit], wanted: &Wanted<'_>) -> Result<Read, Fault> {
    let pass = LogPass::new(db)?;
    let mut read = Read::new(wanted.judge.today);
    for hits in hits.chunks(CHUNK) {
        // Nearly every note has one card.
        let notes = hits.first().zip(hits.last()).map_or(0, |(first, last)| last.note - first.note + 1);
        let all = usize::try_from(notes).unwrap_or(usize::MAX);
        let states = states_of(db, hits, all)?;
        let items: Vec<(&Hit, bool)> =
            hits.iter().zip(&states).map(|(hit, row)| (hit, read.take(hit, row.as_ref(), wanted))).collect();
        read.fold(db, &pass, &items, all, wanted)?;
    }
    Ok(read)
}

impl Store {
    /// The cards that a query means, of those in some decks: for [`Store::totals_of`].
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn hits_in(&self, decks: &DeckSet, query: &Query, asked: &Asked) -> Result<Hits, StoreError> {
        self.attempt(|| {
            let snapshot = self.snapshot()?;
            let found = self.hits(query, asked)?;
            drop(snapshot);
            self.keep_plain(&found.made);
            let mut hits = found.hits;
            hits.retain(|hit| decks.has(hit.seat.deck));
            Ok(Hits(hits))
        })
    }

    /// The names of these cards, in the order of decks, positions, uids and ordinals.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn names_of(&self, hits: &Hits) -> Result<Vec<CardId>, StoreError> {
        self.attempt(|| {
            let last: i64 = self.db().query_row("SELECT coalesce(max(id), 0) FROM note", [], |row| row.get(0))?;
            self.in_order(&hits.0, are_few(hits.0.len(), usize::try_from(last).unwrap_or(usize::MAX)))
        })
    }

    /// As [`Store::totals`], over these cards and nothing else.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn totals_of(
        &self,
        Hits(hits): &Hits,
        asked: &Asked,
        since: Option<StudyDay>,
        until: Option<StudyDay>,
    ) -> Result<Totals, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let today = asked.today;
            let then = looked_back_to(since, today);
            let any_then = self.remembered(then)? != Remembered::Unseen;
            let wanted = Wanted {
                judge: Judge { today, asked_from: self.pauses()?.asked_from(today), rules: &asked.rules },
                period: (since.unwrap_or(StudyDay(i32::MIN)), until.unwrap_or(StudyDay(i32::MAX))),
                then,
                any_then,
            };
            let (some, others) = hits.split_at(hits.len() / 2);
            let (more, some) =
                self.read_once(|| self.in_parallel(|db| read(db, others, &wanted), || read(self.db(), some, &wanted)))?;
            let read = some.join(more);
            let is_hit = |_, card| hits.binary_search_by_key(&card, Hit::card).is_ok();
            let sides = self.sides_from_the_log(&LogPass::new(self.db())?, wanted.period, is_hit)?;
            let days: BTreeMap<StudyDay, DayTotals> =
                read.days.into_iter().filter(|(_, sums)| *sums != DayTotals::default()).collect();
            self.judged(
                today,
                Gathered {
                    since,
                    until,
                    days: days.into_iter().collect(),
                    topics: read.topics,
                    sides,
                    new: read.new + read.states.word(StateWord::New),
                    states: read.states,
                    ended: read.ended.ends,
                    groups: read.groups,
                    then: (then, if any_then { Remembered::Log } else { Remembered::Unseen }),
                    others: Vec::new(),
                },
            )
        })
    }
}
