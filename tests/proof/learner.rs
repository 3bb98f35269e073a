//! A learner who does anything by chance, and a small model of what that should come to.
//!
//! The model shares no line with the program: it knows docs/scheduling.md, and that what counts is what was not taken back. It
//! folds all that was said from the beginning each time.

use crate::trial::Chance;
use crate::world::World;
use crate::world::time;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::card::Value;
use lmq::core::grade::Quality;
use lmq::core::id::ActionId;
use lmq::core::id::CardId;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::ops;
use lmq::ops::bulk::BulkChange;
use lmq::store::CardLine;
use lmq::store::DeckSet;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What a learner begins with: notes of one card, and of two.
fn deck() -> String {
    let mut text = "[deck]\nid = \"t\"\nname = \"t\"\n".to_owned();
    for number in 0..8 {
        let kind = if number % 3 == 2 { "reversed" } else { "basic" };
        write!(text, "\n[[card]]\nkey = \"k{number}\"\nkind = \"{kind}\"\nfront = \"Question {number}?\"\n").unwrap();
        write!(text, "back = \"Answer {number}\"\ntags = [\"first\", \"n{}\"]\n", number % 2).unwrap();
    }
    text
}

/// The memory of a card, in the words of docs/scheduling.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Memory {
    repetitions: u32,
    interval: i64,
    ease: i64,
    lapses: u32,
    last: i64,
    due: i64,
    quality: u8,
}

impl Memory {
    fn after(before: Option<Self>, quality: u8, day: i64) -> Self {
        let Some(before) = before else {
            let ease = (250 + change_of_ease(quality)).max(130);
            let repetitions = u32::from(quality >= 3);
            return Self { repetitions, interval: 1, ease, lapses: 0, last: day, due: day + 1, quality };
        };
        if day <= before.last {
            return Self { quality, ..before };
        }
        let repetitions = if quality >= 3 { before.repetitions + 1 } else { 0 };
        let interval = match repetitions {
            0 | 1 => 1,
            2 => 6,
            _ => ((before.interval * before.ease + 99) / 100).min(36_500),
        };
        Self {
            repetitions,
            interval,
            ease: (before.ease + change_of_ease(quality)).max(130),
            lapses: before.lapses + u32::from(quality < 3),
            last: day,
            due: day + interval,
            quality,
        }
    }
}

fn change_of_ease(quality: u8) -> i64 {
    [-80, -54, -32, -14, 0, 10][usize::from(quality)]
}

/// What a step said.
#[derive(Debug, Clone)]
enum Said {
    Answered { card: CardId, quality: u8, day: i64 },
    Suspended(CardId, bool),
    Buried(CardId, Option<i64>),
    Marked(CardId, bool),
    Reset(CardId),
    Due(CardId, Memory),
    Back(CardId, String),
    Tagged(CardId, String, bool),
    Moved(CardId, String),
    Deleted(CardId),
}

/// A step that can be taken back.
#[derive(Debug, Clone)]
struct Step {
    action: ActionId,
    said: Vec<Said>,
    counts: bool,
    /// When it was done, or brought back last: a number that grows.
    at: usize,
}

/// A note of the model.
#[derive(Debug, Clone)]
struct Note {
    back: String,
    tags: BTreeSet<String>,
    deck: String,
    is_gone: bool,
}

/// A card of the model.
#[derive(Debug, Clone, Default)]
struct Card {
    memory: Option<Memory>,
    suspended: bool,
    buried: Option<i64>,
    marked: bool,
}

/// The learner, and all that they said.
pub(crate) struct Learner {
    pub(crate) world: World,
    steps: Vec<Step>,
    /// Steps done and brought back.
    done: usize,
    notes: BTreeMap<lmq::core::id::NoteUid, Note>,
    cards: Vec<CardId>,
    /// When the newest answer was given, taken back or not, and on which study day.
    newest_answer: Option<(i64, i64)>,
}

impl Learner {
    pub(crate) fn new() -> Self {
        let mut world = World::bare();
        world.import("t.toml", deck());
        let mut notes = BTreeMap::new();
        let mut cards = Vec::new();
        for line in world.cards() {
            cards.push(line.card);
            let (back, tags) = (line.text.text("back").to_owned(), line.text.tags.iter().cloned().collect());
            notes.insert(line.card.note, Note { back, tags, deck: line.deck, is_gone: false });
        }
        assert_eq!((notes.len(), cards.len()), (8, 10));
        Self { world, steps: Vec::new(), done: 0, notes, cards, newest_answer: None }
    }

    /// A study day by the book: it begins at four.
    fn day(&self) -> i64 {
        let Timestamp { unix_ms, offset_min } = self.world.now();
        (unix_ms.div_euclid(1000) + 60 * i64::from(offset_min) - 4 * 3600).div_euclid(86_400)
    }

    fn line(&self, card: CardId) -> Option<CardLine> {
        self.world.cards().into_iter().find(|line| line.card == card)
    }

    /// Does something, and tells the model.
    pub(crate) fn act(&mut self, chance: &mut Chance) {
        match chance.below(40) {
            0..=13 => self.answer(chance),
            14..=16 => self.change(chance, Self::of_card),
            17..=20 => self.change(chance, Self::of_note),
            21 => self.edit(chance),
            22..=25 => self.take_back_newest(),
            26 | 27 => self.take_back_any(chance),
            28..=30 => self.bring_back(),
            _ => {
                let minutes = *chance.pick(&[1, 20, 59, 61, 600, 1440, 1441, 2880, 8640, 20_000, -30, -1500]);
                self.world.pass(minutes);
            }
        }
        // No two steps in one millisecond.
        self.world.set_now(Timestamp { unix_ms: self.world.now().unix_ms + 1, ..self.world.now() });
    }

    fn answer(&mut self, chance: &mut Chance) {
        // Some cards are answered so often that their intervals grow.
        let card = if chance.one_in(3) { *chance.pick(&self.cards) } else { *chance.pick(&self.cards[..3]) };
        let Some(line) = self.line(card) else { return };
        let quality = *chance.pick(&[0, 1, 2, 3, 3, 3, 4, 4, 5, 5]);
        let outcome = self.world.try_answer(card, Quality::try_from(quality).unwrap(), 1000);
        assert_eq!(outcome.is_err(), line.state.suspended, "a suspended card is refused, and no other: {outcome:?}");
        if outcome.is_err() {
            return;
        }
        let (now, today) = (self.world.now().unix_ms, self.day());
        let day = match self.newest_answer {
            Some((at, day)) if day + 1 == today && (0..3_600_000).contains(&(now - at)) => day,
            _ => today,
        };
        self.newest_answer = Some((now, day));
        self.said(vec![Said::Answered { card, quality, day }]);
    }

    /// A change of several cards at once.
    fn change(&mut self, chance: &mut Chance, which: fn(&Self, &mut Chance) -> BulkChange) {
        let change = which(self, chance);
        // Whoever names cards sees only those that are there.
        let mut there = self.world.cards();
        there.retain(|line| self.cards.contains(&line.card));
        let cards: Vec<CardId> = there.iter().map(|line| line.card).filter(|_| chance.one_in(4)).collect();
        let today = self.world.today();
        let plan = ops::bulk::plan(&self.world.store, today, &cards, change.clone()).unwrap();
        if plan.count() == 0 {
            return;
        }
        let before: Vec<CardLine> = there.into_iter().filter(|line| cards.contains(&line.card)).collect();
        let stamp = self.world.stamp();
        ops::bulk::apply(&mut self.world.store, &self.world.settings, stamp, &plan).unwrap();
        let model = self.fold().1;
        let said = before.iter().filter_map(|line| said(&change, line, model.get(&line.card), i64::from(today.0)));
        let said = said.collect();
        self.said(said);
    }

    fn of_card(&self, chance: &mut Chance) -> BulkChange {
        let day = StudyDay(i32::try_from(self.day()).unwrap()).plus(i64::try_from(1 + chance.below(20)).unwrap());
        match chance.below(8) {
            0 => BulkChange::Suspend,
            1 => BulkChange::Unsuspend,
            2 => BulkChange::Bury(day),
            3 => BulkChange::Unbury,
            4 => BulkChange::Mark,
            5 => BulkChange::Unmark,
            6 => BulkChange::Reset,
            _ => BulkChange::SetDue(day),
        }
    }

    fn of_note(&self, chance: &mut Chance) -> BulkChange {
        let tag = (*chance.pick(&["first", "n0", "own", "own two"])).to_owned();
        match chance.below(5) {
            0 | 1 => BulkChange::Tag(vec![tag]),
            2 => BulkChange::Untag(tag),
            3 => {
                let id = (*chance.pick(&["t", "u", "v"])).to_owned();
                BulkChange::Move { name: id.clone(), id }
            }
            _ => BulkChange::Delete,
        }
    }

    fn edit(&mut self, chance: &mut Chance) {
        let card = *chance.pick(&self.cards);
        let Some(line) = self.line(card) else { return };
        let back = format!("Answer {}", chance.below(9));
        let mut text = line.text;
        if text.text("back") == back {
            return;
        }
        text.fields.insert("back".to_owned(), Value::Text(back.clone()));
        let stamp = self.world.stamp();
        let work = |writer: &mut lmq::store::Writer<'_>| writer.rewrite(card.note, &text);
        self.world.store.write(stamp, ActionKind::Edit, Subject::Note(card.note), work).unwrap();
        self.said(vec![Said::Back(card, back)]);
    }

    /// The newest step said this.
    fn said(&mut self, said: Vec<Said>) {
        let action = self.world.store.newest_action(&[]).unwrap().unwrap().id;
        assert!(self.steps.iter().all(|step| step.action != action), "nothing was written");
        self.done += 1;
        self.steps.push(Step { action, said, counts: true, at: self.done });
    }

    /// Takes a step back, as somebody who chose it from the list.
    fn undo(&mut self, place: usize) {
        self.world.undo(self.steps[place].action);
        self.steps[place].counts = false;
    }

    fn take_back_newest(&mut self) {
        // What was brought back is as new as that.
        let counting = self.steps.iter().enumerate().filter(|(_, step)| step.counts);
        if let Some((place, _)) = counting.max_by_key(|(_, step)| step.at) {
            let newest = self.world.store.newest_action(&[]).unwrap().unwrap().id;
            assert_eq!(newest, self.steps[place].action, "the newest step is the one that lmq offers");
            self.undo(place);
        }
    }

    fn take_back_any(&mut self, chance: &mut Chance) {
        let counting: Vec<usize> = (0..self.steps.len()).filter(|place| self.steps[*place].counts).collect();
        if !counting.is_empty() {
            self.undo(*chance.pick(&counting));
        }
    }

    fn bring_back(&mut self) {
        let Some(newest) = self.world.store.newest_undone().unwrap() else { return };
        let step = self.steps.iter_mut().find(|step| step.action == newest.id).unwrap();
        assert!(!step.counts, "what is brought back was taken back");
        step.counts = true;
        self.done += 1;
        step.at = self.done;
        self.world.bring_back(newest.id);
    }

    /// Takes everything back, in any order.
    pub(crate) fn undo_all(&mut self, chance: &mut Chance) {
        while self.steps.iter().any(|step| step.counts) {
            if chance.one_in(2) {
                self.take_back_newest();
            } else {
                self.take_back_any(chance);
            }
            self.world.set_now(Timestamp { unix_ms: self.world.now().unix_ms + 1, ..self.world.now() });
        }
    }

    fn fold(&self) -> (BTreeMap<lmq::core::id::NoteUid, Note>, BTreeMap<CardId, Card>) {
        let mut notes = self.notes.clone();
        let mut cards: BTreeMap<CardId, Card> = self.cards.iter().map(|card| (*card, Card::default())).collect();
        for said in self.steps.iter().filter(|step| step.counts).flat_map(|step| &step.said) {
            match said {
                Said::Answered { card, quality, day } => {
                    let card = cards.get_mut(card).unwrap();
                    card.memory = Some(Memory::after(card.memory, *quality, *day));
                }
                Said::Suspended(card, on) => cards.get_mut(card).unwrap().suspended = *on,
                Said::Buried(card, until) => cards.get_mut(card).unwrap().buried = *until,
                Said::Marked(card, on) => cards.get_mut(card).unwrap().marked = *on,
                Said::Reset(card) => cards.get_mut(card).unwrap().memory = None,
                Said::Due(card, memory) => {
                    let card = cards.get_mut(card).unwrap();
                    let due = memory.due;
                    // Where the answers before it were taken back, the memory that it was said with is all that there is.
                    card.memory = Some(card.memory.map_or(*memory, |memory| Memory { due, ..memory }));
                }
                Said::Back(card, back) => {
                    let note = notes.get_mut(&card.note).unwrap();
                    note.back.clone_from(back);
                    note.is_gone = false;
                }
                Said::Tagged(card, tag, on) => {
                    let note = notes.get_mut(&card.note).unwrap();
                    if *on {
                        note.tags.insert(tag.clone())
                    } else {
                        note.tags.remove(tag)
                    };
                    note.is_gone = false;
                }
                Said::Moved(card, deck) => {
                    let note = notes.get_mut(&card.note).unwrap();
                    note.deck.clone_from(deck);
                    note.is_gone = false;
                }
                Said::Deleted(card) => notes.get_mut(&card.note).unwrap().is_gone = true,
            }
        }
        (notes, cards)
    }

    /// What the model has, a line a card.
    fn expected(&self) -> BTreeSet<String> {
        let (notes, cards) = self.fold();
        let there = cards.iter().filter(|(card, _)| !notes[&card.note].is_gone);
        there.map(|(id, card)| shown(*id, &notes[&id.note], card)).collect()
    }

    /// Days with answers that count, each with how many.
    fn expected_days(&self) -> BTreeMap<i64, u64> {
        let mut days = BTreeMap::new();
        for said in self.steps.iter().filter(|step| step.counts).flat_map(|step| &step.said) {
            if let Said::Answered { day, .. } = said {
                *days.entry(*day).or_default() += 1;
            }
        }
        days
    }

    /// Whether the database is what the model says.
    pub(crate) fn compare(&self) -> Result<(), String> {
        let told = |why: String| format!("{why}\nthe steps: {:#?}", self.steps);
        compare(&self.expected(), &found(&self.world), "the model and the database").map_err(told)?;
        let totals = self.world.store.day_totals(&DeckSet::All).map_err(|error| error.to_string())?;
        let days = totals.iter().filter(|(_, totals)| totals.answers > 0);
        let days: BTreeMap<i64, u64> = days.map(|(day, totals)| (i64::from(day.0), totals.answers)).collect();
        if days == self.expected_days() { Ok(()) } else { Err(format!("{days:?}, not {:?}", self.expected_days())) }
    }
}

fn said(change: &BulkChange, line: &CardLine, card: Option<&Card>, today: i64) -> Option<Said> {
    let id = line.card;
    let state = &line.state;
    let memory = card.and_then(|card| card.memory);
    match change {
        BulkChange::Suspend => (!state.suspended).then_some(Said::Suspended(id, true)),
        BulkChange::Unsuspend => state.suspended.then_some(Said::Suspended(id, false)),
        BulkChange::Bury(until) => Some(Said::Buried(id, Some(i64::from(until.0)))),
        BulkChange::Unbury => {
            state.buried_until.is_some_and(|until| today < i64::from(until.0)).then_some(Said::Buried(id, None))
        }
        BulkChange::Mark => Some(Said::Marked(id, true)),
        BulkChange::Unmark => Some(Said::Marked(id, false)),
        BulkChange::Reset => memory.map(|_| Said::Reset(id)),
        BulkChange::SetDue(day) => {
            let due = i64::from(day.0);
            memory.filter(|memory| memory.due != due).map(|memory| Said::Due(id, Memory { due, ..memory }))
        }
        BulkChange::Tag(tags) => {
            tags.iter().find(|tag| !line.text.tags.contains(tag)).map(|tag| Said::Tagged(id, tag.clone(), true))
        }
        BulkChange::Untag(tag) => line.text.tags.contains(tag).then(|| Said::Tagged(id, tag.clone(), false)),
        BulkChange::Move { id: deck, .. } => (line.deck != *deck).then(|| Said::Moved(id, deck.clone())),
        BulkChange::Delete => Some(Said::Deleted(id)),
    }
}

fn shown(id: CardId, note: &Note, card: &Card) -> String {
    let Note { back, tags, deck, .. } = note;
    format!("{id} in {deck}: {back} {tags:?} {card:?}")
}

/// What a database has, in the words of the model.
pub(crate) fn found(world: &World) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in world.cards() {
        let note = Note {
            back: line.text.text("back").to_owned(),
            tags: line.text.tags.iter().cloned().collect(),
            deck: line.deck,
            is_gone: false,
        };
        let state = line.state;
        let memory = state.memory.as_ref().map(|memory| Memory {
            repetitions: memory.repetitions,
            interval: i64::from(memory.interval.0),
            ease: memory.ease().map_or(0, |ease| i64::from(ease.hundredths())),
            lapses: memory.lapses,
            last: i64::from(memory.last.0),
            due: i64::from(memory.due.0),
            quality: u8::from(memory.last_quality),
        });
        let buried = state.buried_until.map(|until| i64::from(until.0));
        let card = Card { memory, suspended: state.suspended, buried, marked: state.marked };
        found.insert(shown(line.card, &note, &card));
    }
    found
}

/// An error that has the first lines in which two differ.
pub(crate) fn compare(one: &BTreeSet<String>, other: &BTreeSet<String>, what: &str) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).take(3).cloned().collect::<Vec<String>>();
    Err(format!("{what} differ: only the first has {:#?}, only the second {:#?}", only(one, other), only(other, one)))
}

/// A learner somewhere else, later.
pub(crate) fn elsewhere(after: &World) -> World {
    let mut world = World::bare();
    world.set_now(time(crate::world::MORNING));
    world.set_now(after.now());
    world
}
