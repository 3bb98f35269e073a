//! Cards, and a sitting that shows and answers them: what a front end and a store would do.

use super::super::*;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::compare::answer::Weights;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::own_words::OwnWords;
use crate::core::queue::Offer;
use crate::core::queue::Places;
use crate::core::queue::Siblings;
use crate::core::queue::Supply;
use crate::core::state::Model;
use crate::core::units::Days;
use crate::core::units::Ease;
use std::collections::BTreeMap;

pub(super) const TODAY: StudyDay = StudyDay(100);

pub(super) fn id(number: u8) -> CardId {
    CardId { note: NoteUid([number; 16]), ordinal: 1 }
}

pub(super) fn candidate(number: u8) -> Candidate {
    Candidate { card: id(number), siblings: Siblings(u64::from(number)) }
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp { unix_ms: seconds * 1000, offset_min: 0 }
}

pub(super) fn text(kind: &str, fields: &[(&str, &[&str])]) -> NoteText {
    let value = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    let fields = fields.iter().map(|(name, texts)| ((*name).to_owned(), value(texts))).collect();
    NoteText { kind: kind.to_owned(), fields, ..NoteText::default() }
}

pub(super) fn basic() -> NoteText {
    text("basic", &[("front", &["Who?"]), ("back", &["Ann"])])
}

pub(super) fn typed() -> NoteText {
    text("typed", &[("prompt", &["Who leads?"]), ("answer", &["leader"])])
}

pub(super) fn choice() -> NoteText {
    text("choice", &[("prompt", &["Who said it?"]), ("answer", &["Drucker"]), ("distractors", &["Bennis"])])
}

/// Recalled three times, last ten days ago, due today.
pub(super) fn memory() -> Memory {
    Memory {
        repetitions: 3,
        interval: Days(10),
        lapses: 0,
        last: StudyDay(90),
        due: TODAY,
        last_quality: Quality::Q4,
        model: Model::Sm2 { ease: Ease::START },
    }
}

pub(super) fn last_event() -> EventId {
    EventId { device: DeviceId([9; 16]), sequence: 7 }
}

pub(super) fn new_card(number: u8, text: NoteText) -> Loaded {
    Loaded {
        card: id(number),
        state: CardState::default(),
        scheduler: None,
        text,
        own: OwnWords::default(),
        variant: 0,
        weights: Weights::default(),
        deck: "deck".to_owned(),
        name: format!("deck/{number}"),
        topic: None,
        primer_first: false,
    }
}

pub(super) fn due_card(number: u8, text: NoteText) -> Loaded {
    let state =
        CardState { memory: Some(memory()), answers: 3, last_event: Some(last_event()), ..CardState::default() };
    Loaded { state, ..new_card(number, text) }
}

pub(super) fn with_memory(change: impl FnOnce(&mut Memory)) -> Loaded {
    let mut loaded = due_card(1, basic());
    change(loaded.state.memory.as_mut().unwrap());
    loaded
}

/// A session and the cards that a store would load for it.
pub(super) struct Sitting {
    pub(super) session: Session,
    pub(super) cards: BTreeMap<CardId, Loaded>,
    pub(super) now: Timestamp,
}

impl Sitting {
    pub(super) fn with(settings: Settings, mode: Mode, cards: impl IntoIterator<Item = Loaded>) -> Self {
        let cards: BTreeMap<CardId, Loaded> = cards.into_iter().map(|loaded| (loaded.card, loaded)).collect();
        let of = |is_new: bool| {
            let loaded = cards.values().filter(move |loaded| loaded.state.memory.is_none() == is_new);
            loaded.map(|loaded| candidate(loaded.card.note.0[0])).collect::<Vec<Candidate>>()
        };
        let new = vec![Offer { cards: of(true).into_iter().map(|card| (1, card)).collect(), ..Offer::default() }];
        let supply = Supply { due: of(false), new, ..Supply::default() };
        let queue = Queue::new(supply, &Places::from(99), Places::from(99), false);
        Self { session: Session::new(queue, settings, mode, None), cards, now: at(0) }
    }

    pub(super) fn of(cards: impl IntoIterator<Item = Loaded>) -> Self {
        Self::with(Settings::default(), Mode::Normal, cards)
    }

    /// Puts the next card on the screen.
    pub(super) fn shown(mut self) -> Self {
        self.show();
        self
    }

    /// Shows the next card with its answer.
    pub(super) fn revealed(mut self) -> Self {
        self.show();
        self.give(Input::Show);
        self
    }

    pub(super) fn show(&mut self) {
        let wanted = self.session.wanted(self.now).map(|(candidate, _)| candidate.card);
        let loaded = wanted.and_then(|card| self.cards.get(&card).cloned());
        self.session = self.session.present(loaded, self.now, TODAY);
    }

    /// One input, five seconds after the one before; what it answered is in the states of the cards from then on.
    pub(super) fn give(&mut self, input: Input) -> Vec<Effect> {
        self.now.unix_ms += 5_000;
        let scheduler = self.session.scheduler();
        let Transition { next, effects } = self.session.step(input, self.now, TODAY);
        for effect in &effects {
            let Effect::Append { events, .. } = effect else { continue };
            for draft in events {
                if let EventKind::Answered { quality, .. } = draft.kind {
                    let loaded = self.cards.get_mut(&draft.card).unwrap();
                    loaded.state = scheduler.answer(draft.card, &loaded.state, quality, TODAY);
                }
            }
        }
        self.session = next;
        effects
    }

    pub(super) fn respond(&mut self, response: &str) -> Vec<Effect> {
        self.give(Input::Respond(response.to_owned()))
    }

    /// Shows the next card and grades it.
    pub(super) fn answer(&mut self, quality: Quality) -> Vec<Effect> {
        self.show();
        self.give(Input::Show);
        self.give(Input::Grade(quality))
    }

    /// The number of the card on the screen, 0 without one.
    pub(super) fn on_screen(&self) -> u8 {
        self.session.current().map_or(0, |current| current.loaded.card.note.0[0])
    }

    /// The numbers of the cards that would come from here on, if each were taken out.
    pub(super) fn to_come(&self) -> Vec<u8> {
        let mut session = self.session.clone();
        let mut numbers = Vec::new();
        while let Some((candidate, _)) = session.wanted(self.now) {
            numbers.push(candidate.card.note.0[0]);
            session = session.present(None, self.now, TODAY);
        }
        numbers
    }
}

pub(super) fn stage(session: &Session) -> &'static str {
    match session.stage() {
        Stage::Between => "between",
        Stage::Front(_) => "front",
        Stage::Back(_) => "back",
        Stage::Finished => "finished",
    }
}

pub(super) fn words(effects: &[Effect]) -> String {
    let event = |draft: &Draft| {
        let name = draft.kind.name();
        if let EventKind::Answered { quality, .. } | EventKind::Crammed { quality, .. } = draft.kind {
            format!("{name} {}", u8::from(quality))
        } else if let EventKind::Buried { until } = draft.kind {
            format!("{name} until {}", until.0)
        } else {
            name.to_owned()
        }
    };
    let effect = |effect: &Effect| match effect {
        Effect::Append { kind, events } => {
            format!("{kind:?}: {}", events.iter().map(event).collect::<Vec<_>>().join(", "))
        }
        Effect::ShowBack => "show back".to_owned(),
        Effect::AskAgain(why) => format!("ask again: {why:?}"),
        Effect::Leech { card, lapses, suspended, .. } => format!("leech {card} {lapses} {suspended}"),
        Effect::Ignored => "ignored".to_owned(),
    };
    effects.iter().map(effect).collect::<Vec<_>>().join("; ")
}

/// The draft of the answer among these effects.
pub(super) fn draft(effects: &[Effect]) -> &Draft {
    match effects.first() {
        Some(Effect::Append { events, .. }) => &events[0],
        other => panic!("no event was written: {other:?}"),
    }
}
