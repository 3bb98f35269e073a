//! Step, commit, then move on: what every front end does with a session.

mod answer;
mod undo;

pub use answer::Answered;
pub use answer::answer;
pub use answer::unreadable;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Unreadable;
use crate::core::event::Draft;
use crate::core::id::CardId;
use crate::core::scheduler::Scheduler;
use crate::core::session::Effect;
use crate::core::session::Input;
use crate::core::session::Mode;
use crate::core::session::Session;
use crate::core::session::Stage;
use crate::core::session::summary::Summary;
use crate::core::settings::Settings;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tried;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::add::add;
use crate::ops::bulk::BulkChange;
use crate::ops::bulk::apply;
use crate::ops::bulk::plan;
use crate::ops::card_details::CardDetails;
use crate::ops::card_details::card_details;
use crate::ops::daily::Daily;
use crate::ops::day::Nothing;
use crate::ops::day::day_of;
use crate::ops::day::nothing;
use crate::ops::edit::How;
use crate::ops::edit::NoteEditor;
use crate::ops::edit::Refusal;
use crate::ops::in_sitting;
use crate::ops::media;
use crate::ops::media::Openable;
use crate::ops::queue::Options;
use crate::ops::queue::per_card;
use crate::ops::tried;
use crate::ops::weekly_scene;
use crate::ops::weekly_scene::basic;
use crate::store::Ahead;
use crate::store::Fault;
use crate::store::ShownTry;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;

/// What some events are about: the one card of all of them.
fn subject(events: &[Draft]) -> Subject {
    match events {
        [first, rest @ ..] if rest.iter().all(|event| event.card == first.card) => Subject::Card(first.card),
        _ => Subject::None,
    }
}

/// Writes what one step of a session appends, as one action. Gives the state of the card after the last event.
fn commit(
    store: &mut Store,
    when: Stamp,
    kind: ActionKind,
    events: &[Draft],
    scheduler: &Scheduler,
) -> Result<CardState, StoreError> {
    let (state, _) = store.write(when, kind, subject(events), |writer| {
        let mut state = CardState::default();
        for draft in events {
            state = writer.append(draft, scheduler)?;
        }
        Ok(state)
    })?;
    Ok(state)
}

/// When a sitting that begins or goes on now ends, if it has an end.
fn ends_at(options: &Options, now: Timestamp) -> Option<i64> {
    let minutes = options.minutes.filter(|minutes| *minutes > 0)?;
    Some(now.unix_ms + i64::from(minutes) * 60_000)
}

/// What a front end should tell the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The response could not be read.
    AskAgain(Unreadable),
    /// The card has become a leech.
    Leech {
        /// The card.
        id: CardId,
        /// Its name.
        card: String,
        /// Its failures.
        lapses: u32,
        /// Whether it was suspended for it.
        suspended: bool,
    },
    /// Taken back.
    Undone(String),
    /// There is nothing to take back.
    NothingToUndo,
    /// The card was answered elsewhere; this answer was not taken.
    Stale(String),
    /// The star was set or taken away.
    Marked(bool),
    /// The card is held back until tomorrow.
    Buried,
    /// The card is taken out.
    Suspended,
    /// The input makes no sense now.
    Ignored,
}

/// What waits at the end of a sitting, in numbers that a front end words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waits {
    /// Days until the next card falls due, or comes back that was held back today.
    pub next_due_in_days: Option<i64>,
    /// Why there was nothing to ask, where that is to be said.
    pub nothing: Option<Nothing>,
    /// Cards that today still has for a sitting of which nobody says how much it may ask: others were put off.
    pub left_today: u64,
    /// Whether what is left is for today, and neither crammed nor due later.
    pub is_for_today: bool,
    /// The minutes that the sitting had, where they are over and cards are left.
    pub minutes_over: Option<u32>,
}

/// A sitting over a database.
pub struct Review<'a> {
    store: &'a mut Store,
    env: &'a Env,
    settings: Settings,
    session: Session,
    /// The card that is likely to be the next one.
    ahead: Option<Ahead>,
    /// The day's backup.
    daily: Daily,
    /// When this device gave its newest answer, and on which study day.
    last: Option<(i64, StudyDay)>,
    /// What kind of sitting it is.
    options: Options,
    /// The card that something was done to last.
    last_card: Option<CardId>,
    /// Whether the learner left.
    left: bool,
    /// Whether something was written since the answer is shown: that is what is taken back first.
    is_written: bool,
    /// When it began.
    began: Timestamp,
    /// The session before each step that was taken back in it, for whoever brings one back.
    taken_back: Vec<Session>,
}

impl<'a> Review<'a> {
    /// Begins a sitting and loads its first card.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn new(store: &'a mut Store, env: &'a Env, settings: Settings, options: &Options) -> Result<Self, Failure> {
        let last = store.newest_own_answer()?;
        let Stamp { now, today } = in_sitting(env, &settings, last);
        let plan = crate::ops::queue::plan(store, &settings, options, today, false)?;
        let mode = if options.cram { Mode::Cram } else { Mode::Normal };
        let per_card = per_card(store, &plan, options.minutes.unwrap_or(0))?;
        let mut session = Session::new(plan.queue, settings.clone(), mode, ends_at(options, now));
        if let Some(per_card) = per_card {
            session = session.paced(per_card);
        }
        let options = options.clone();
        let daily = Daily::default();
        let mut review = Self {
            store,
            env,
            settings,
            session,
            ahead: None,
            daily,
            last,
            options,
            last_card: None,
            left: false,
            is_written: false,
            began: now,
            taken_back: Vec::new(),
        };
        review.advance()?;
        Ok(review)
    }

    /// Whether the minutes of the sitting are over, with cards left.
    #[must_use]
    pub fn is_time_over(&self) -> bool {
        *self.session.stage() == Stage::Finished && !self.left && self.session.waiting().all() > 0
    }

    /// Goes on for as many minutes as the sitting had.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn go_on(&mut self) -> Result<(), Failure> {
        self.left = false;
        self.session = self.session.extended(ends_at(&self.options, self.stamp().now));
        self.advance()
    }

    /// The card that something was done to last: what is meant where no card is on the screen.
    #[must_use]
    pub fn last_card(&self) -> Option<CardId> {
        self.last_card
    }

    /// Where the sitting is.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Today.
    #[must_use]
    pub fn today(&self) -> StudyDay {
        self.stamp().today
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.stamp().now
    }

    /// Now, and the study day of the sitting.
    fn stamp(&self) -> Stamp {
        in_sitting(self.env, &self.settings, self.last)
    }

    /// A primer was read and put away: the time of the card begins now.
    pub fn begin_card(&mut self) {
        self.session = self.session.begun(self.env.now());
    }

    /// The clock that guards measure by.
    #[must_use]
    pub fn ticks_ms(&self) -> u64 {
        self.env.ticks_ms()
    }

    /// What the sitting came to. The line to do that it shows is asked about in the next day's sitting.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let today = self.today();
        let summary = self.session.summary(today);
        if let Some(topic) = summary.try_topic {
            // Where that can't be kept, the question does not come: nothing that the person did is lost.
            self.store.remember_try(today, topic).ok();
        }
        summary
    }

    /// The line to do to ask about before the next card, if there is one and a card waits: before the first one, or once
    /// what was said of it is taken back.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn did_you(&self) -> Result<Option<ShownTry>, Failure> {
        if self.session.current().is_none() {
            return Ok(None);
        }
        tried::open(self.store, &self.settings, self.today())
    }

    /// Keeps what the learner said of that line; `None`: nothing. The time of the first card begins now.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn say_tried(&mut self, shown: &ShownTry, said: Option<Tried>) -> Result<(), Failure> {
        tried::answer(self.store, self.stamp(), shown, said)?;
        self.begin_card();
        Ok(())
    }

    /// What waits and what was done, for the end of a sitting.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn waits(&self) -> Result<Waits, Failure> {
        let when = self.stamp();
        let is_for_today = !self.options.cram && self.options.ahead == 0;
        if self.session.waiting().all() > 0 {
            let minutes_over = self.options.minutes.filter(|_| self.is_time_over());
            return Ok(Waits { is_for_today, minutes_over, ..Waits::default() });
        }
        let day = day_of(self.store, &self.settings, when, &self.options)?;
        let nothing = match self.session.answers() {
            0 => Some(nothing(self.store, &self.settings, when.today, &self.options, &day)?),
            _ => None,
        };
        let next_due_in_days = day.counts.next_due.map(|next| next.since(when.today));
        let Options { limit, new, ahead, cram, .. } = &self.options;
        let is_daily = limit.is_none() && new.is_none() && *ahead == 0 && !cram;
        let left_today = if is_daily && nothing.is_none() { day.reviews + day.new } else { 0 };
        Ok(Waits { next_due_in_days, nothing, left_today, is_for_today, minutes_over: None })
    }

    /// Everything about a card; `None` where there is no text for it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn page(&self, card: CardId) -> Result<Option<CardDetails>, Failure> {
        card_details(self.store, self.env, &self.settings, card)
    }

    /// Takes a card out that is not on the screen: a leech that was just answered.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn suspend(&mut self, card: CardId) -> Result<(), Failure> {
        let when = self.stamp();
        let plan = plan(self.store, when.today, &[card], BulkChange::Suspend)?;
        apply(self.store, &self.settings, when, &plan)?;
        self.session = self.session.without(card);
        self.advance()
    }

    /// Gives a card's note a hint, shown on request.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn give_hint(&mut self, card: CardId, hint: &str) -> Result<(), Failure> {
        let mut note_editor = self.note_editor();
        let note = note_editor.open(card)?;
        let rewrite =
            note_editor.rewrite(&note, &NoteText { hint: Some(hint.trim().to_owned()), ..note.text.clone() })?;
        match note_editor.apply(rewrite, How::default()) {
            Ok(_) => {}
            Err(Refusal::Failure(failure)) => return Err(failure),
            Err(Refusal::Conflict(_)) => {
                return Err(Failure::failed("the card was changed in its file in the meantime").hint(
                    "look at it, then try \
                        again",
                ));
            }
        }
        self.session = self.session.hinted(card, hint.trim());
        Ok(())
    }

    /// Adds a card to the deck of another one.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn add_beside(&mut self, card: CardId, question: &str, answer: &str) -> Result<(), Failure> {
        let Some(line) = self.store.card(card)? else { return Ok(()) };
        let when = self.stamp();
        add(self.store, self.env, when, &line.deck, None, &basic(question, answer)).map(drop)
    }

    /// Whether this is the moment to offer writing down a scene of one's own.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn offers_scene(&self) -> Result<bool, Failure> {
        weekly_scene::is_offered(self.store, self.env, &self.settings, self.session.answers())
    }

    /// Writes down a scene.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn write_scene(&mut self, question: &str, answer: &str) -> Result<(), Failure> {
        weekly_scene::write(self.store, self.env, &self.settings, question, answer)
    }

    /// Never offers it again.
    ///
    /// # Errors
    /// When the settings or the database can't be written.
    pub fn no_more_scenes(&mut self) -> Result<(), Failure> {
        weekly_scene::never_again(self.store, self.env, &self.settings)?;
        self.settings.weekly_scene = false;
        Ok(())
    }

    /// To be called while the person reads: what takes time and can wait is done now. With the answer on the screen, that
    /// is also the card that is likely to be the next one.
    pub fn while_idle(&mut self) {
        self.store.while_idle();
        let has_next = self.ahead.as_ref().is_some_and(|ahead| self.store.is_fresh(ahead));
        if matches!(self.session.stage(), Stage::Back(_)) && !has_next {
            let likely = self.session.without_current().wanted(self.env.now());
            // What can't be read is told when its turn has come.
            self.ahead = likely.and_then(|(candidate, _)| self.store.load_ahead(candidate.card).ok()?);
        }
        self.daily.begin(self.store.path(), self.env, &self.settings);
    }

    /// Waits for the day's backup, where this sitting makes it. Gives what kept it from being made.
    pub fn end_backup(&mut self) -> Option<String> {
        self.daily.end()
    }

    /// To be called instead where nobody reads, since the next input is there already.
    pub fn while_busy(&self) {
        self.store.while_busy();
    }

    fn advance(&mut self) -> Result<(), Failure> {
        self.advance_to(None)
    }

    /// Goes on to the next card, which may have been loaded ahead.
    fn advance_to(&mut self, mut ahead: Option<Ahead>) -> Result<(), Failure> {
        loop {
            let Stamp { now, today } = self.stamp();
            let Some((candidate, _)) = self.session.wanted(now) else {
                if *self.session.stage() == Stage::Between {
                    self.session = self.session.present(None, now, today);
                }
                return Ok(());
            };
            let loaded = match ahead.take().and_then(|ahead| self.store.loaded_ahead(ahead, candidate.card)) {
                Some(loaded) => Some(loaded),
                None => self.store.load(candidate.card)?,
            };
            let loaded = loaded.filter(|loaded| !loaded.state.suspended && !loaded.state.is_buried(today));
            self.session = self.session.present(loaded, now, today);
        }
    }

    /// One input: what it writes is on the disk when this returns, and the next card is loaded.
    ///
    /// # Errors
    /// When it could not be committed; the sitting is then where it was, with the card on the screen.
    pub fn feed(&mut self, input: Input) -> Result<Vec<Notice>, Failure> {
        let when = self.stamp();
        self.left = input == Input::Quit;
        let step = self.session.step(input, when.now, when.today);
        let mut said = Vec::new();
        let mut next = step.next;
        let mut ahead = self.ahead.take();
        for effect in step.effects {
            match effect {
                Effect::Append { kind, events } => {
                    ahead = ahead.filter(|_| kind == ActionKind::Answer);
                    let scheduler = self.session.scheduler();
                    match commit(self.store, when, kind, &events, &scheduler) {
                        Ok(state) => {
                            self.last_card = events.first().map(|event| event.card);
                            self.taken_back.clear();
                            self.is_written = true;
                            match kind {
                                ActionKind::Answer => self.last = Some((when.now.unix_ms, when.today)),
                                ActionKind::Bury => said.push(Notice::Buried),
                                ActionKind::Suspend => said.push(Notice::Suspended),
                                ActionKind::Mark => {
                                    said.push(Notice::Marked(state.marked));
                                    next = next.refreshed(&state);
                                }
                                _ => {}
                            }
                        }
                        // Suspended in another window, it moved on just as well.
                        Err(error) if matches!(error.fault, Fault::Stale | Fault::Suspended) => {
                            let name = self.session.current().map_or_else(String::new, |c| c.loaded.known_by());
                            said.push(Notice::Stale(name));
                            next = self.session.without_current();
                            break;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                Effect::ShowBack => self.is_written = false,
                Effect::AskAgain(why) => said.push(Notice::AskAgain(why)),
                Effect::Leech { id, card, lapses, suspended } => {
                    said.push(Notice::Leech { id, card, lapses, suspended });
                }
                Effect::Ignored => said.push(Notice::Ignored),
            }
        }
        self.session = next;
        self.advance_to(ahead)?;
        Ok(said)
    }

    /// The pictures and sounds of the card on the screen: of its question alone, while that is asked.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn openable(&self) -> Result<Openable, Failure> {
        let Some(current) = self.session().current() else { return Ok(Openable::default()) };
        let is_answered = matches!(self.session().stage(), Stage::Back(_));
        let (card, text) = (current.loaded.card, &current.loaded.text);
        let found = media::find(self.store, card.note, text, &current.media(is_answered))?;
        Ok(Openable { names_may_be_said: is_answered, ..found })
    }

    /// What a form edits the card on the screen with; [`show_edited`](Self::show_edited) shows what came of it.
    pub fn note_editor(&mut self) -> NoteEditor<'_> {
        NoteEditor { store: self.store, env: self.env, settings: &self.settings }
    }

    /// The card on the screen may have been changed: it is shown anew, where the sitting is. One that is no more, or not to be
    /// asked, makes way for the next one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn show_edited(&mut self) -> Result<(), Failure> {
        let Some((card, text)) = self.session.current().map(|now| (now.loaded.card, now.loaded.text.clone())) else {
            return Ok(());
        };
        let today = self.today();
        let loaded = self.store.load(card)?.filter(|loaded| !loaded.state.suspended && !loaded.state.is_buried(today));
        self.is_written |= loaded.as_ref().is_some_and(|loaded| loaded.text != text);
        self.session = match loaded {
            Some(loaded) => self.session.with_text(loaded, today),
            None => self.session.without_current(),
        };
        self.advance()
    }
}
