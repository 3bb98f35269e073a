//! A check-up over a database: step, commit, then move on; and when one is due.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::Form;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::kind;
use crate::core::checkup::Checkup;
use crate::core::checkup::Effect;
use crate::core::checkup::Given;
use crate::core::checkup::Input;
use crate::core::checkup::MINUTES;
use crate::core::checkup::Missed;
use crate::core::checkup::Stage;
use crate::core::checkup::Taken;
use crate::core::checkup::due;
use crate::core::checkup::forms::draw;
use crate::core::checkup::forms::has_forms;
use crate::core::checkup::open;
use crate::core::checkup::scenes_in;
use crate::core::checkup::taken;
use crate::core::checkup::taken_of;
use crate::core::checkup::turn;
use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::stamp;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Hits;
use crate::store::Stamp;
use crate::store::Store;
use std::collections::BTreeSet;

/// What a front end should tell the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The response could not be read.
    AskAgain(Unreadable),
    /// The newest answer of this sitting was taken back.
    TookBack,
    /// There is nothing in this sitting to take back.
    NothingToUndo,
    /// Another window answered this scene; this answer was not taken.
    Stale,
    /// The input makes no sense now.
    Ignored,
}

/// A check-up over a database.
pub struct CheckupSession<'a> {
    store: &'a mut Store,
    env: &'a Env,
    settings: Settings,
    checkup: Checkup,
    minutes: Option<u32>,
    steps: Vec<ActionId>,
    is_late: bool,
}

/// What a check-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckupEnd {
    /// All check-ups, this one the newest of its device.
    pub all: Vec<Taken>,
    /// This one; `None` where nothing of it was answered.
    pub this: Option<Taken>,
    /// Its scenes as planned.
    pub planned: usize,
    /// What was answered wrong; nothing before it came to its end.
    pub missed: Vec<MissedScene>,
}

/// A scene that was answered wrong, with what can be learned from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedScene {
    /// Its card.
    pub card: CardId,
    /// Its topic by title.
    pub topic: Option<String>,
    /// What was asked.
    pub prompt: String,
    /// What was answered; `None` where nothing was, or it was erased.
    pub response: Option<String>,
    /// What is right.
    pub answer: String,
    /// Why.
    pub extra: Option<String>,
    /// The idea behind it: the primer of its topic.
    pub idea: Option<Document>,
}

/// Why a check-up is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// One was begun today and goes on after so many answers.
    GoOn(usize),
    /// A day of use calls for one.
    Due {
        /// The day, one of [`crate::core::checkup::MILESTONES`].
        day: i64,
        /// How many scenes it has.
        scenes: usize,
        /// Whether it would be a baseline: fewer than ten cards were answered so far.
        is_start: bool,
    },
}

/// All check-ups in sums.
///
/// # Errors
/// When the database can't be read.
pub fn all(store: &Store) -> Result<Vec<Taken>, Failure> {
    let answers = store.checked()?;
    let tenth = tenth_card(store, &answers)?;
    Ok(taken(answers, tenth))
}

/// When the tenth card was answered; asked for only where there are check-ups.
fn tenth_card(store: &Store, answers: &[Given]) -> Result<Option<Hlc>, Failure> {
    if answers.is_empty() {
        return Ok(None);
    }
    Ok(store.tenth_card()?)
}

/// The cards that can be asked in a check-up, each with its form.
fn kept(store: &Store) -> Result<Vec<(CardId, Option<Form>)>, Failure> {
    let held_out = store.held_out()?;
    Ok(held_out.iter().filter(|scene| scene.can_be_judged).map(|scene| (scene.card, scene.form)).collect())
}

/// All check-ups in sums over some decks, and of those over some cards where a search named them.
///
/// # Errors
/// When the database can't be read.
pub fn among(store: &Store, decks: &DeckSet, hits: Option<&Hits>) -> Result<Vec<Taken>, Failure> {
    let answers = store.checked()?;
    let cards: Option<BTreeSet<CardId>> = match hits {
        // Few people have any, and names take longer than all the rest.
        Some(hits) if !answers.is_empty() => {
            let cards = store.names_of(hits)?;
            Some(cards.into_iter().collect())
        }
        Some(_) | None => None,
    };
    let tenth = tenth_card(store, &answers)?;
    Ok(taken_of(answers, tenth, |answer| {
        decks.has(answer.deck) && cards.as_ref().is_none_or(|cards| cards.contains(&answer.card))
    }))
}

/// Whether a check-up is to be offered today: it is due or goes on, there are scenes, and offers are not switched off.
///
/// # Errors
/// When the database can't be read.
pub fn offer(store: &Store, settings: &Settings, today: StudyDay) -> Result<Option<Offer>, Failure> {
    if !settings.checkup {
        return Ok(None);
    }
    // A break is a break.
    if store.pauses()?.on(today).is_some() {
        return Ok(None);
    }
    let all = all(store)?;
    let device = store.this_device()?;
    if let Some(begun) = device.and_then(|device| open(&all, device, today)) {
        return Ok(Some(Offer::GoOn(begun.cards.len())));
    }
    let first = store.first_answer_day()?;
    let Some(day) = due(first, &all, today) else { return Ok(None) };
    let kept = kept(store)?;
    let scenes = match has_forms(&kept) {
        true => draw(&kept, &all, None, device, turn(&all, device, today)).scenes.len(),
        false => kept.len().min(scenes_in(MINUTES)),
    };
    let is_start = day == 1 && store.tenth_card()?.is_none();
    Ok((scenes > 0).then_some(Offer::Due { day, scenes, is_start }))
}

impl<'a> CheckupSession<'a> {
    /// Begins a check-up, or goes on with the one of today, and loads its first scene. It ends after so many `minutes`;
    /// where nothing was said, after a whole form, or [`MINUTES`] where there are no forms.
    ///
    /// # Errors
    /// When the database can't be read; when there are no scenes.
    pub fn new(store: &'a mut Store, env: &'a Env, settings: Settings, minutes: Option<u32>) -> Result<Self, Failure> {
        let Stamp { now, today } = stamp(env, &settings);
        let all = all(store)?;
        let device = store.this_device()?;
        let kept = kept(store)?;
        let begun = device.and_then(|device| open(&all, device, today));
        if kept.is_empty() {
            return Err(Failure::failed("there are no check-up scenes")
                .hint("a deck marks them `held_out = true`; `lmq help authoring` says how to write them"));
        }
        let minutes = minutes.or_else(|| (!has_forms(&kept)).then_some(MINUTES));
        let turn = turn(&all, device, today);
        let draw = draw(&kept, &all, begun, device, turn);
        let checkup = Checkup::new(turn, draw.scenes, minutes, begun, now).of_form(draw.form);
        let is_late = all.iter().all(|one| !one.finished) && store.tenth_card()?.is_some();
        let mut sitting = Self { store, env, settings, checkup, minutes, steps: Vec::new(), is_late };
        sitting.advance()?;
        Ok(sitting)
    }

    /// Where the check-up is.
    #[must_use]
    pub fn checkup(&self) -> &Checkup {
        &self.checkup
    }

    /// How long it takes at most, where that was said.
    #[must_use]
    pub fn minutes(&self) -> Option<u32> {
        self.minutes
    }

    /// Whether it would be the first one to come to its end, and too late for a baseline.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.is_late
    }

    /// The clock that guards measure by.
    #[must_use]
    pub fn ticks_ms(&self) -> u64 {
        self.env.ticks_ms()
    }

    /// Today.
    #[must_use]
    pub fn today(&self) -> StudyDay {
        stamp(self.env, &self.settings).today
    }

    /// What was laid over the scene is gone: its time begins now.
    pub fn begin_scene(&mut self) {
        self.checkup = self.checkup.begun(self.env.now());
    }

    /// To be called while the person reads: what takes time and can wait is done now.
    pub fn while_idle(&self) {
        self.store.while_idle();
    }

    fn advance(&mut self) -> Result<(), Failure> {
        while let Some(card) = self.checkup.wanted() {
            let loaded = self.store.load(card)?;
            self.checkup = self.checkup.present(loaded.map(|loaded| loaded.text), self.env.now());
        }
        Ok(())
    }

    /// One input: what it writes is on the disk when this returns, and the next scene is loaded.
    ///
    /// # Errors
    /// When it could not be committed; the check-up is then where it was, with the scene on the screen.
    pub fn feed(&mut self, input: &Input) -> Result<Option<Notice>, Failure> {
        let when = stamp(self.env, &self.settings);
        if self.is_begun_elsewhere(when.today)? {
            self.checkup = self.checkup.without_current();
            self.advance()?;
            return Ok(Some(Notice::Stale));
        }
        let step = self.checkup.step(input, when.now);
        let mut begun = None;
        let said = match step.effect {
            Some(Effect::Append(answer)) => {
                let subject = Subject::Card(answer.card);
                let written =
                    self.store.write(when, ActionKind::Checkup, subject, |writer| writer.append_checked(&answer));
                match written {
                    Ok((number, id)) => {
                        self.steps.extend(id);
                        begun = Some(number);
                        None
                    }
                    Err(error) if matches!(error.fault, Fault::Stale) => {
                        self.checkup = self.checkup.without_current();
                        self.advance()?;
                        return Ok(Some(Notice::Stale));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Some(Effect::AskAgain(why)) => Some(Notice::AskAgain(why)),
            Some(Effect::Ignored) => Some(Notice::Ignored),
            None => None,
        };
        self.checkup = match begun {
            Some(number) => step.next.numbered(number),
            None => step.next,
        };
        self.advance()?;
        Ok(said)
    }

    /// Before the first answer: whether another window began the check-up of today meanwhile, which is then this one too,
    /// and has answered the scene on the screen.
    fn is_begun_elsewhere(&mut self, today: StudyDay) -> Result<bool, Failure> {
        let Stage::Asking(asked) = self.checkup.stage() else { return Ok(false) };
        let card = asked.card;
        if self.checkup.number() != 0 {
            return Ok(false);
        }
        let all = all(self.store)?;
        let device = self.store.this_device()?;
        let Some(begun) = device.and_then(|device| open(&all, device, today)) else { return Ok(false) };
        self.checkup = self.checkup.numbered(begun.number);
        Ok(begun.cards.contains(&card))
    }

    /// Takes back the newest answer of this sitting and asks its scene again.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn undo(&mut self) -> Result<Notice, Failure> {
        let (Some(action), Some(next)) = (self.steps.last().copied(), self.checkup.undone()) else {
            return Ok(Notice::NothingToUndo);
        };
        let when = stamp(self.env, &self.settings);
        crate::ops::undo::undo(self.store, when, action)?;
        self.steps.pop();
        self.checkup = next;
        self.advance()?;
        Ok(Notice::TookBack)
    }

    /// What it came to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn outcome(&self) -> Result<CheckupEnd, Failure> {
        let all = all(self.store)?;
        let device = self.store.this_device()?;
        let is_this = |one: &&Taken| Some(one.device) == device && one.number == self.checkup.number();
        let this = all.iter().rfind(is_this).cloned();
        let mut missed = Vec::new();
        for wrong in this.iter().filter(|one| one.finished).flat_map(|one| &one.missed) {
            missed.extend(self.missed_scene(wrong)?);
        }
        Ok(CheckupEnd { this, all, planned: self.checkup.planned(), missed })
    }

    /// `None` where the scene is not there any more.
    fn missed_scene(&self, wrong: &Missed) -> Result<Option<MissedScene>, Failure> {
        let Some(loaded) = self.store.load(wrong.card)? else { return Ok(None) };
        let (text, ordinal) = (&loaded.text, wrong.card.ordinal);
        let showing = Showing { variant: wrong.variant, ..Showing::default() };
        let Some(question) = kind(&text.kind).map(|kind| kind.question(text, ordinal, showing)) else {
            return Ok(None);
        };
        Ok(Some(MissedScene {
            card: wrong.card,
            topic: loaded.topic.as_ref().map(|topic| topic.title.clone()),
            idea: loaded.topic.as_ref().filter(|topic| topic.primer.is_some()).map(|topic| topic.primer_document()),
            prompt: text.document(&question.prompt).shown(Side::Question),
            response: self.store.response(wrong.entry)?,
            answer: text.answer_document(ordinal).plain(),
            extra: text.extra.as_ref().map(|extra| text.plain(extra).into_owned()),
        }))
    }
}
