//! A sitting, as a pure state machine: `step(input) → next, effects`. Every front end drives this one.
//!
//! The session holds no texts but the current card's, does nothing and remembers nothing outside itself. Whoever
//! drives it shows what it says, commits its effects, and only then goes on with `next`: when a commit fails, the old
//! session is still there, with the card on the screen.

use crate::core::action::ActionKind;
use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::card::Unreadable;
use crate::core::card::judge;
use crate::core::compare::answer::Weights;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Button;
use crate::core::grade::Quality;
use crate::core::grade::Scale;
use crate::core::id::CardId;
use crate::core::queue::Candidate;
use crate::core::queue::Origin;
use crate::core::queue::Queue;
use crate::core::queue::Waiting;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::Scheduler;
use crate::core::session::choices::Choice;
use crate::core::session::choices::choices;
use crate::core::session::current::Current;
use crate::core::session::current::Loaded;
use crate::core::session::summary::Done;
use crate::core::session::summary::Summary;
use crate::core::settings::Settings;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::leech_alarm;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;
use std::rc::Rc;

pub mod choices;
pub mod current;
mod input;
pub mod summary;

pub use input::Input;

/// A guess of the time that a card takes, where nobody said better and there are no answers to measure.
const TYPICAL: Millis = Millis(12_000);

/// Whether answers move the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They do.
    #[default]
    Normal,
    /// They are logged and change nothing.
    Cram,
}

/// Where a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It wants [`Session::wanted`] to be loaded and presented.
    Between,
    /// The question is shown.
    Front(Rc<Current>),
    /// The answer is shown too.
    Back(Rc<Current>),
    /// Nothing is left, time is up, or the learner left.
    Finished,
}

/// What has to be done before the session may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Commit these events as one action.
    Append {
        /// Kind of the action.
        kind: ActionKind,
        /// The events.
        events: Vec<Draft>,
    },
    /// Show the answer.
    ShowBack,
    /// The response could not be read; ask again and say why.
    AskAgain(Unreadable),
    /// Say that this card has become a leech.
    Leech {
        /// The card.
        id: CardId,
        /// The card's name.
        card: String,
        /// Its lapses.
        lapses: u32,
        /// Whether it was suspended for it.
        suspended: bool,
    },
    /// Nothing: the input makes no sense now.
    Ignored,
}

/// One transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The session after it, once the effects are done.
    pub next: Session,
    /// What to do, in this order.
    pub effects: Vec<Effect>,
}

/// A sitting. Cheap to clone, however long it has become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    queue: Queue,
    stage: Stage,
    settings: Rc<Settings>,
    mode: Mode,
    done: Rc<Vec<Done>>,
    ends_at_ms: Option<i64>,
    /// What a card is taken to need, before the answers of this sitting say so.
    per_card: Millis,
}

impl Session {
    /// A session over `queue`; it ends at a card boundary once the clock has passed `ends_at_ms`.
    #[must_use]
    pub fn new(queue: Queue, settings: Settings, mode: Mode, ends_at_ms: Option<i64>) -> Self {
        let stage = if queue.peek().is_some() { Stage::Between } else { Stage::Finished };
        Self { queue, stage, settings: Rc::new(settings), mode, done: Rc::default(), ends_at_ms, per_card: TYPICAL }
    }

    /// The same, with what a card is likely to need.
    #[must_use]
    pub fn paced(self, per_card: Millis) -> Self {
        Self { per_card, ..self }
    }

    /// The same, to go on until then: the time was up, and the learner wants more.
    #[must_use]
    pub fn extended(&self, ends_at_ms: Option<i64>) -> Self {
        let mut next = Self { ends_at_ms, ..self.clone() };
        if next.stage == Stage::Finished {
            next.move_on();
        }
        next
    }

    /// Where it is.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The card on the screen.
    #[must_use]
    pub fn current(&self) -> Option<&Current> {
        match &self.stage {
            Stage::Front(current) | Stage::Back(current) => Some(current),
            Stage::Between | Stage::Finished => None,
        }
    }

    /// What a person sees: the card, whether its answer is shown, and after how many answers. A front end draws anew
    /// when this changes.
    #[must_use]
    pub fn face(&self) -> Option<(CardId, bool, usize)> {
        let answer = matches!(self.stage, Stage::Back(_));
        self.current().map(|current| (current.candidate.card, answer, self.done.len()))
    }

    /// The card to load and [`present`](Self::present) next; `None` when it is not the moment, or the time is up. A card that was
    /// put first, since its answer was taken back, comes all the same.
    #[must_use]
    pub fn wanted(&self, now: Timestamp) -> Option<(Candidate, Origin)> {
        let in_time = self.ends_at_ms.is_none_or(|end| now.unix_ms < end) || self.queue.has_first();
        (self.stage == Stage::Between && in_time).then(|| self.queue.peek()).flatten()
    }

    /// Puts the wanted card on the screen. `loaded: None`: the card can't be asked any more, go on without it.
    #[must_use]
    pub fn present(&self, loaded: Option<Loaded>, now: Timestamp, today: StudyDay) -> Self {
        let mut next = self.clone();
        let Some((candidate, origin)) = self.wanted(now) else {
            next.stage = Stage::Finished;
            return next;
        };
        next.stage = Stage::Between;
        let taken = next.queue.pop();
        if let (Some(_), Some(loaded)) = (taken, loaded)
            && let Some(question) = loaded.question(today)
        {
            next.stage = Stage::Front(Rc::new(Current {
                origin,
                candidate,
                loaded,
                question,
                shown_at: now,
                verdict: None,
                response: None,
            }));
        }
        if next.stage == Stage::Between && next.queue.peek().is_none() {
            next.stage = Stage::Finished;
        }
        next
    }

    /// One input. Total: what makes no sense now is [`Effect::Ignored`].
    #[must_use]
    pub fn step(&self, input: Input, now: Timestamp, today: StudyDay) -> Transition {
        match (&self.stage, input) {
            (Stage::Front(current) | Stage::Back(current), Input::Bury) => {
                self.aside(current, EventKind::Buried { until: today.plus(1) }, ActionKind::Bury)
            }
            (Stage::Front(current) | Stage::Back(current), Input::Suspend) => {
                self.aside(current, EventKind::Suspended, ActionKind::Suspend)
            }
            (Stage::Front(current) | Stage::Back(current), Input::Mark) => self.mark(current),
            (Stage::Front(current), Input::Respond(response)) => self.respond(current, &response),
            (Stage::Front(current), Input::Show) => self.turned(Current::clone(current)),
            (Stage::Back(current), Input::Hide) => {
                let hidden = Current { verdict: None, response: None, ..Current::clone(current) };
                Transition { next: Self { stage: Stage::Front(Rc::new(hidden)), ..self.clone() }, effects: Vec::new() }
            }
            (Stage::Back(current), Input::Grade(quality)) => self.grade(current, quality, false, now, today),
            (Stage::Back(current), Input::Accept) => match self.preselected() {
                Some(quality) => self.grade(current, quality, false, now, today),
                None => Transition { next: self.clone(), effects: vec![Effect::Ignored] },
            },
            (Stage::Back(current), Input::Guessed) => {
                let wrong = current.verdict.as_ref().is_some_and(|verdict| verdict.outcome == Correctness::Wrong);
                let button = if wrong { Button::Again } else { Button::Hard };
                self.grade(current, button.quality(), true, now, today)
            }
            (Stage::Front(current) | Stage::Back(current), Input::Quit) => {
                let mut next = self.clone();
                next.queue.put_first(current.candidate, current.origin);
                next.stage = Stage::Finished;
                Transition { next, effects: Vec::new() }
            }
            (Stage::Between | Stage::Finished, Input::Quit) => {
                Transition { next: Self { stage: Stage::Finished, ..self.clone() }, effects: Vec::new() }
            }
            (
                Stage::Front(_) | Stage::Back(_) | Stage::Between | Stage::Finished,
                Input::Respond(_)
                | Input::Show
                | Input::Hide
                | Input::Grade(_)
                | Input::Accept
                | Input::Guessed
                | Input::Bury
                | Input::Suspend
                | Input::Mark,
            ) => Transition { next: self.clone(), effects: vec![Effect::Ignored] },
        }
    }

    fn respond(&self, current: &Current, response: &str) -> Transition {
        let asks_again = |why| Transition { next: self.clone(), effects: vec![Effect::AskAgain(why)] };
        if response.trim().is_empty() {
            return match current.question.ask {
                Ask::Recall | Ask::Say | Ask::Type | Ask::List(_) => self.turned(current.clone()),
                // Where one answers by pointing, Enter is what gives an answer, and may come too early.
                Ask::Choose | Ask::Sort | Ask::Order => asks_again(Unreadable::NoAnswer),
            };
        }
        let card = current.candidate.card;
        match judge(&current.loaded.text, card.ordinal, &current.question, response, self.weights(current)) {
            Err(why) => asks_again(why),
            Ok(verdict) => {
                let response = verdict.is_none().then(|| response.trim().to_owned());
                self.turned(Current { verdict, response, ..current.clone() })
            }
        }
    }

    /// The answer is shown, with what was made of the one that was given.
    fn turned(&self, shown: Current) -> Transition {
        let next = Self { stage: Stage::Back(Rc::new(shown)), ..self.clone() };
        Transition { next, effects: vec![Effect::ShowBack] }
    }

    fn grade(&self, current: &Current, quality: Quality, guessed: bool, now: Timestamp, today: StudyDay) -> Transition {
        let took = u32::try_from(now.unix_ms.saturating_sub(current.shown_at.unix_ms).max(0)).unwrap_or(u32::MAX);
        let card = current.candidate.card;
        let before = &current.loaded.state;
        let (answer, after, leech) = self.answer(current, quality, guessed, Millis(took), today);
        let suspended = leech.is_some() && self.rules().leech_suspend;
        let moved = before.memory.as_ref().zip(after.as_ref());
        let moved = moved.map(|(before, after)| (before.interval, after.interval));
        let comes_back = after.as_ref().and_then(|after| Self::comes_back(current, after, today));
        // A day that was set says nothing about how well the card is known.
        let moved = moved.filter(|_| comes_back.is_none());
        let mut events = vec![answer];
        events.extend(comes_back);
        if suspended {
            events.push(Draft::new(card, EventKind::Suspended, None));
        }
        let mut effects = vec![Effect::Append { kind: ActionKind::Answer, events }];
        effects.extend(leech.map(|lapses| Effect::Leech {
            id: card,
            card: current.loaded.known_by(),
            lapses,
            suspended,
        }));
        let mut next = self.clone();
        let drilled = AnswerKind::of(before, today) == AnswerKind::Drill;
        let origin = if drilled { Origin::Repeat } else { current.origin };
        next.queue.count(origin);
        Rc::make_mut(&mut next.done).push(Done {
            candidate: current.candidate,
            origin,
            quality,
            took: Millis(took).capped(),
            topic: current.loaded.topic.clone(),
            moved: moved.filter(|_| origin != Origin::Repeat),
        });
        if !suspended && self.mode == Mode::Normal && self.rules().drill().repeats(quality) {
            next.queue.repeat(current.candidate);
        }
        next.move_on();
        Transition { next, effects }
    }

    /// The answer as an event, the memory that it gives, and the lapses that made the card a leech, if this answer did.
    fn answer(
        &self,
        current: &Current,
        quality: Quality,
        guessed: bool,
        took: Millis,
        today: StudyDay,
    ) -> (Draft, Option<Memory>, Option<u32>) {
        let before = &current.loaded.state;
        let verdict = current.verdict.as_ref();
        let detail = Detail {
            asked: verdict.and_then(|_| current.question.ask.asked()),
            response: verdict.map(|v| v.given.clone()).or_else(|| current.response.clone()),
            expected: verdict.filter(|_| !current.question.options.is_empty()).map(|v| v.expected.clone()),
            suggested: verdict.map(|v| v.outcome.suggestion()),
            guessed,
            variant: (current.loaded.text.variants() > 1).then(|| u32::try_from(current.loaded.variant).unwrap_or(0)),
            speakers: verdict.is_some_and(|verdict| current.offered_speakers(verdict)),
            ..Detail::default()
        };
        let (kind, after) = match self.mode {
            Mode::Cram => (EventKind::Crammed { quality, took }, None),
            Mode::Normal => {
                let after = self.scheduler().answer(current.candidate.card, before, quality, today);
                (EventKind::Answered { quality, took }, after.memory)
            }
        };
        let lapses = after.as_ref().map_or(0, |memory| memory.lapses);
        let leech = lapses > before.lapses() && leech_alarm(lapses, self.rules().leech_lapses);
        let draft = Draft { detail, ..Draft::new(current.candidate.card, kind, before.last_event) };
        (draft, after, leech.then_some(lapses))
    }

    /// The day that the note wants the card back on, as an event beside the answer. The scheduler's own step stays as it is:
    /// after the last of these days it goes on from there.
    fn comes_back(current: &Current, after: &Memory, today: StudyDay) -> Option<Draft> {
        let due = current.loaded.comes_back(today).filter(|due| *due != after.due)?;
        let memory = Some(Memory { due, ..after.clone() });
        Some(Draft { memory, ..Draft::new(current.candidate.card, EventKind::Rescheduled, None) })
    }

    fn aside(&self, current: &Current, event: EventKind, kind: ActionKind) -> Transition {
        let mut next = self.clone();
        next.move_on();
        Transition { next, effects: vec![Self::append(current, event, kind)] }
    }

    fn append(current: &Current, event: EventKind, kind: ActionKind) -> Effect {
        let events = vec![Draft::new(current.candidate.card, event, current.loaded.state.last_event)];
        Effect::Append { kind, events }
    }

    fn mark(&self, current: &Current) -> Transition {
        let event = if current.loaded.state.marked { EventKind::Unmarked } else { EventKind::Marked };
        Transition { next: self.clone(), effects: vec![Self::append(current, event, ActionKind::Mark)] }
    }

    fn move_on(&mut self) {
        self.stage = if self.queue.peek().is_some() { Stage::Between } else { Stage::Finished };
    }

    /// The card on the screen got a new state (its star, say) without leaving.
    #[must_use]
    pub fn refreshed(&self, state: &CardState) -> Self {
        let mut next = self.clone();
        if let Stage::Front(current) | Stage::Back(current) = &mut next.stage {
            Rc::make_mut(current).loaded.state = state.clone();
        }
        next
    }

    /// The card on the screen was given another text: it is asked with that, where it is, without moving on.
    #[must_use]
    pub fn with_text(&self, loaded: Loaded, today: StudyDay) -> Self {
        let mut next = self.clone();
        if let Stage::Front(current) | Stage::Back(current) = &mut next.stage
            && let Some(question) = loaded.question(today)
        {
            let current = Rc::make_mut(current);
            current.question = question;
            current.loaded = loaded;
        }
        next
    }

    /// The store took back an action on these cards: the newest of them is asked again at once, and the card on the
    /// screen waits behind it.
    #[must_use]
    pub fn undone(&self, cards: &[CardId]) -> Self {
        let mut next = self.clone();
        if let Stage::Front(current) | Stage::Back(current) = &self.stage {
            next.queue.put_first(current.candidate, current.origin);
        }
        for card in cards {
            let last = next.done.iter().rposition(|done| done.candidate.card == *card);
            if let Some(done) = last.map(|index| Rc::make_mut(&mut next.done).remove(index)) {
                next.queue.uncount(done.origin);
                next.queue.put_first(done.candidate, done.origin);
            }
        }
        next.move_on();
        next
    }

    /// A note was given a hint: the card on the screen has it at once, where it is one of that note.
    #[must_use]
    pub fn hinted(&self, card: CardId, hint: &str) -> Self {
        let mut next = self.clone();
        if let Stage::Front(current) | Stage::Back(current) = &mut next.stage
            && current.candidate.card.note == card.note
        {
            Rc::make_mut(current).loaded.text.hint = Some(hint.to_owned());
        }
        next
    }

    /// This card was taken out: it does not come again, not even where it is on the screen.
    #[must_use]
    pub fn without(&self, card: CardId) -> Self {
        let mut next = self.clone();
        next.queue.forget(card);
        if self.current().is_none_or(|current| current.candidate.card == card) {
            next.move_on();
        }
        next
    }

    /// The card that was shown was answered elsewhere meanwhile: go on without it.
    #[must_use]
    pub fn without_current(&self) -> Self {
        let mut next = self.clone();
        next.move_on();
        next
    }

    /// The card as a candidate again at once: for an undo of something that was not answered in this session.
    #[must_use]
    pub fn with_first(&self, candidate: Candidate, origin: Origin) -> Self {
        let mut next = self.clone();
        next.queue.put_first(candidate, origin);
        next.move_on();
        next
    }

    /// The person turns to the question only now (a primer came before it): its time begins.
    #[must_use]
    pub fn begun(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        if let Stage::Front(current) = &mut next.stage {
            Rc::make_mut(current).shown_at = now;
        }
        next
    }

    /// The grade that the program suggests, once an answer was checked.
    #[must_use]
    pub fn suggestion(&self) -> Option<Quality> {
        self.current()?.verdict.as_ref().map(|verdict| verdict.outcome.suggestion())
    }

    /// The grade that [`Input::Accept`] gives: the suggestion, and Good where the program can't tell. `None` where a card asked for an
    /// answer and got none: then nobody but the learner knows how it went.
    #[must_use]
    pub fn preselected(&self) -> Option<Quality> {
        let current = self.current()?;
        let is_judged_alone = current.question.ask == Ask::Recall || current.response.is_some();
        self.suggestion().or(is_judged_alone.then_some(Button::Good.quality()))
    }

    /// The grades to choose from, each with the interval that it would give.
    #[must_use]
    pub fn choices(&self, today: StudyDay) -> Vec<Choice> {
        let Some(current) = self.current() else { return Vec::new() };
        let loaded = &current.loaded;
        let comes_back = loaded.comes_back(today);
        choices(self.rules(), &self.scheduler(), self.mode, loaded.card, &loaded.state, comes_back, today)
    }

    /// The settings that hold for the card on the screen: those of its deck.
    #[must_use]
    pub fn rules(&self) -> &Settings {
        self.current().map_or(&*self.settings, |current| self.settings.of_deck(&current.loaded.deck))
    }

    /// What counts in a typed answer: as the learner set it, else as the deck's file says.
    fn weights(&self, current: &Current) -> Weights {
        self.settings.of_deck(&current.loaded.deck).weights.or(current.loaded.weights)
    }

    /// The scheduler that an answer of the card on the screen is given to: its deck's, else that of the settings.
    #[must_use]
    pub fn scheduler(&self) -> Scheduler {
        let given = self.current().and_then(|current| current.loaded.scheduler.clone());
        given.unwrap_or_else(|| self.rules().scheduler())
    }

    /// The scale that grades are given on.
    #[must_use]
    pub fn scale(&self) -> Scale {
        self.rules().scale
    }

    /// Whether answers move the schedule.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Cards that wait, the one on the screen included.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let mut waiting = self.queue.waiting();
        if let Some(current) = self.current() {
            waiting.add(current.origin);
        }
        waiting
    }

    /// Answers so far.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.done.len()
    }

    /// What a card takes in this session.
    fn pace(&self) -> u64 {
        let count = u64::try_from(self.done.len()).unwrap_or(0);
        let spent: u64 = self.done.iter().map(|done| u64::from(done.took.0)).sum();
        // The first few answers say little; the guess counts as three of them.
        (spent + 3 * u64::from(self.per_card.0)) / (count + 3)
    }

    /// How long this session will still take: until all that waits was asked at this session's pace, or its time is up.
    #[must_use]
    pub fn time_left(&self, now: Timestamp) -> Millis {
        let count = u64::try_from(self.waiting().all()).unwrap_or(u64::MAX);
        let time = self.pace().saturating_mul(count);
        let until_end = self.ends_at_ms.map(|end| u64::try_from(end.saturating_sub(now.unix_ms)).unwrap_or(0));
        Millis(u32::try_from(until_end.map_or(time, |end| end.min(time))).unwrap_or(u32::MAX))
    }

    /// What it came to.
    #[must_use]
    pub fn summary(&self, today: StudyDay) -> Summary {
        Summary::new(&self.done, self.settings.try_line, self.waiting(), today)
    }
}

#[cfg(test)]
mod tests;
