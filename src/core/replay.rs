//! From events to states. The memory after an event is always computed, from grade, study day and the configuration that
//! the event names; settings never enter here.

use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;
mod voided;

pub use voided::Undo;
pub use voided::Voided;

/// The scheduler configurations that events name. One that is not here is of a newer program.
pub type Configs = BTreeMap<ConfigId, Scheduler>;

/// Whether an event under `scheduler` needs more of a card than its state: what made the memory has other memory
/// parameters, or there may be answers of another program that this scheduler begins with.
#[must_use]
pub fn replay_needed(before: &CardState, scheduler: &Scheduler, configs: &Configs) -> bool {
    match before.config {
        None => before.memory.is_some() || scheduler.replays_imported(),
        Some(id) => configs.get(&id).is_none_or(|made| !made.same_memory(scheduler)),
    }
}

/// The state of a card after one event that counts, on a state whose memory parameters fit ([`replay_needed`]) and that
/// has not met the same record of another program before; [`fold`] is for everything else.
#[must_use]
pub fn apply(before: &CardState, event: &Event, configs: &Configs) -> CardState {
    let mut after = before.clone();
    match &event.kind {
        EventKind::Suspended => after.suspended = true,
        EventKind::Unsuspended => after.suspended = false,
        EventKind::Buried { until } => after.buried_until = Some(*until),
        EventKind::Unburied => after.buried_until = None,
        EventKind::Marked => after.marked = true,
        EventKind::Unmarked => after.marked = false,
        EventKind::Flagged { flag } => after.flag = *flag,
        EventKind::Crammed { .. } => {}
        // Another program's answers and check-ups leave a card as it is.
        EventKind::Imported { .. } | EventKind::Checked { .. } => return before.clone(),
        EventKind::Answered { .. }
        | EventKind::Rescheduled
        | EventKind::Adopted
        | EventKind::Reset
        | EventKind::Restarted => {
            let scheduler = event.config.and_then(|id| configs.get(&id));
            if let Some(step) = MemoryStep::of(event) {
                step.take(&mut after, event.card, event.config, scheduler, configs);
            }
        }
    }
    after.last_event = Some(event.id);
    after
}

/// What an event means to a card's memory, whoever reckons it: all that a replay needs of it.
#[derive(Debug, Clone)]
struct MemoryStep {
    /// Its place among a card's steps: an answer of another program stands at its own instant.
    place: Hlc,
    day: StudyDay,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Answered(Quality),
    Imported(Quality),
    Adopted(Option<ConfigId>, Box<Memory>),
    Rescheduled(Option<ConfigId>, Box<Memory>),
    Reset,
    Restarted,
}

impl MemoryStep {
    /// `None` for an event that means nothing to the memory, or that came without the memory it should carry.
    fn of(event: &Event) -> Option<Self> {
        let carried = || event.memory.clone().map(Box::new);
        let what = match &event.kind {
            EventKind::Answered { quality, .. } => What::Answered(*quality),
            EventKind::Imported { quality, .. } => What::Imported(*quality),
            EventKind::Adopted => What::Adopted(event.config, carried()?),
            EventKind::Rescheduled => What::Rescheduled(event.config, carried()?),
            EventKind::Reset => What::Reset,
            EventKind::Restarted => What::Restarted,
            EventKind::Crammed { .. }
            | EventKind::Suspended
            | EventKind::Unsuspended
            | EventKind::Buried { .. }
            | EventKind::Unburied
            | EventKind::Marked
            | EventKind::Unmarked
            | EventKind::Flagged { .. }
            | EventKind::Checked { .. } => return None,
        };
        let place = if matches!(what, What::Imported(_)) { Hlc(event.at.unix_ms) } else { event.hlc };
        Some(Self { place, day: event.study_day, what })
    }

    /// Moves memory, configuration and count. `config` and `scheduler` are those that reckon: the event's own, or those of
    /// a replay. Without a scheduler (a newer program's) the memory stays as it is or as it was carried, and whatever
    /// comes next under one that is known goes through the history again.
    fn take(
        &self,
        state: &mut CardState,
        card: CardId,
        config: Option<ConfigId>,
        scheduler: Option<&Scheduler>,
        configs: &Configs,
    ) {
        match &self.what {
            What::Answered(quality) => {
                match scheduler {
                    Some(scheduler) => *state = scheduler.answer(card, state, *quality, self.day),
                    None => {
                        let counted = AnswerKind::of(state, self.day) != AnswerKind::Drill;
                        state.answers = state.answers.saturating_add(u32::from(counted));
                    }
                }
                // A state that was taken over must never cover an answer of ours, not even a repeat on its own day.
                state.answers = state.answers.max(1);
                state.config = config.or(state.config);
            }
            What::Imported(quality) => {
                if let Some(scheduler) = scheduler.filter(|scheduler| scheduler.replays_imported()) {
                    let answers = state.answers;
                    *state = scheduler.answer(card, state, *quality, self.day);
                    state.answers = answers;
                    state.config = config;
                }
            }
            What::Adopted(by, carried) => {
                if state.answers == 0 {
                    state.memory = Some(carry(state.memory.as_ref(), *by, carried, scheduler, configs));
                    state.config = config;
                }
            }
            What::Rescheduled(by, carried) => {
                match (&mut state.memory, scheduler) {
                    // What was answered is computed; only the day is the event's own.
                    (Some(memory), Some(_)) => memory.due = carried.due,
                    (before, _) => *before = Some(carry(before.as_ref(), *by, carried, scheduler, configs)),
                }
                state.config = config;
            }
            What::Reset => {
                state.memory = None;
                state.config = None;
            }
            What::Restarted => state.memory = state.memory.as_ref().map(|memory| memory.restarted(self.day)),
        }
    }
}

/// A memory that an event under the configuration `by` carried, as `scheduler` has it.
fn carry(
    before: Option<&Memory>,
    by: Option<ConfigId>,
    carried: &Memory,
    scheduler: Option<&Scheduler>,
    configs: &Configs,
) -> Memory {
    let Some(scheduler) = scheduler else { return carried.clone() };
    let own = by.and_then(|id| configs.get(&id)).is_some_and(|made| made.same_memory(scheduler));
    scheduler.adopted(own, before, carried)
}

/// A fold on its way: the state of one card after the events that were taken so far, and what a replay needs of them.
#[derive(Debug, Clone, Default)]
pub struct Folding {
    state: CardState,
    steps: Vec<MemoryStep>,
    foreign: BTreeSet<(u8, Foreign)>,
}

impl Folding {
    /// The state so far.
    #[must_use]
    pub fn state(&self) -> &CardState {
        &self.state
    }

    /// Takes the card's next event. `visit` sees the state before it, as it was, if it counts; whether it does is given
    /// back. It does not when it is void, or when the same record of another program counted before.
    pub fn take(&mut self, event: &Event, voided: &Voided, configs: &Configs, visit: impl FnOnce(&CardState)) -> bool {
        if voided.has(event.id) {
            return false;
        }
        if let Some(foreign) = &event.detail.foreign
            && !self.foreign.insert((event.kind.code(), foreign.clone()))
        {
            return false;
        }
        visit(&self.state);
        let replays = matches!(event.kind, EventKind::Answered { .. } | EventKind::Rescheduled);
        let scheduler = event.config.filter(|_| replays).and_then(|id| configs.get(&id));
        if let Some(scheduler) = scheduler.filter(|scheduler| replay_needed(&self.state, scheduler, configs)) {
            self.state = self.replayed(event.card, scheduler, configs);
        }
        self.state = apply(&self.state, event, configs);
        self.steps.extend(MemoryStep::of(event));
        true
    }

    /// The state that an answer under `scheduler` would start from: the one so far, its memory made by a replay where
    /// that is needed.
    #[must_use]
    pub fn seen_by(&self, card: CardId, scheduler: &Scheduler, configs: &Configs) -> CardState {
        if replay_needed(&self.state, scheduler, configs) {
            self.replayed(card, scheduler, configs)
        } else {
            self.state.clone()
        }
    }

    /// The state so far, its memory made by `scheduler` from all that counted.
    fn replayed(&self, card: CardId, scheduler: &Scheduler, configs: &Configs) -> CardState {
        let config = Some(scheduler.id());
        let mut state = CardState::default();
        let mut take = |step: &MemoryStep| step.take(&mut state, card, config, Some(scheduler), configs);
        if scheduler.replays_imported() {
            let mut steps: Vec<&MemoryStep> = self.steps.iter().collect();
            // Stable: ours stay in their order, and an answer of another program comes before one of ours at its instant.
            steps.sort_by_key(|step| (step.place, !matches!(step.what, What::Imported(_))));
            steps.into_iter().for_each(&mut take);
        } else {
            self.steps.iter().for_each(&mut take);
        }
        CardState { memory: state.memory, config: state.config, ..self.state.clone() }
    }
}

/// The state that a card's events add up to. `events` are in (hlc, device, sequence) order.
///
/// An answer, or a due day set, under other memory parameters than those of the state before it starts from a replay of
/// everything that counted so far under its own configuration; answers of other programs belong to that replay where the
/// scheduler takes them, each at its own instant. `visit` sees each event that counts, with the state before it, as it
/// was: statistics are made there.
pub fn fold<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    voided: &Voided,
    configs: &Configs,
    mut visit: impl FnMut(&CardState, &'a Event),
) -> CardState {
    folding(events, voided, configs, &mut visit).state
}

/// The state that an answer of `card` under `scheduler` would start from: what a session shows and grades by.
#[must_use]
pub fn seen_by<'a>(
    card: CardId,
    events: impl IntoIterator<Item = &'a Event>,
    voided: &Voided,
    configs: &Configs,
    scheduler: &Scheduler,
) -> CardState {
    folding(events, voided, configs, &mut |_, _| {}).seen_by(card, scheduler, configs)
}

fn folding<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    voided: &Voided,
    configs: &Configs,
    visit: &mut impl FnMut(&CardState, &'a Event),
) -> Folding {
    let mut folding = Folding::default();
    for event in events {
        folding.take(event, voided, configs, |before| visit(before, event));
    }
    folding
}
