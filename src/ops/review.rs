//! Step, commit, then move on: what every front end does with a session.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::event::Draft;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::queue::Candidate;
use crate::core::queue::Origin;
use crate::core::queue::Queue;
use crate::core::queue::Siblings;
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
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::core::tried::Tried;
use crate::core::units::Millis;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::action_words::words;
use crate::ops::add::add;
use crate::ops::bulk;
use crate::ops::bulk::BulkChange;
use crate::ops::bulk::apply;
use crate::ops::bulk::plan;
use crate::ops::card_details::CardDetails;
use crate::ops::card_details::card_details;
use crate::ops::daily::Daily;
use crate::ops::day::Day;
use crate::ops::day::day;
use crate::ops::edit::How;
use crate::ops::edit::NoteEditor;
use crate::ops::edit::Refusal;
use crate::ops::in_sitting;
use crate::ops::media;
use crate::ops::media::Openable;
use crate::ops::queue::Options;
use crate::ops::queue::queue;
use crate::ops::tried;
use crate::ops::weekly_scene;
use crate::ops::weekly_scene::basic;
use crate::store::ActionLine;
use crate::store::Ahead;
use crate::store::Fault;
use crate::store::ShownTry;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;

/// What `u` takes back, however old.
const STEPS: [ActionKind; 6] =
    [ActionKind::Answer, ActionKind::Bury, ActionKind::Suspend, ActionKind::Mark, ActionKind::Edit, ActionKind::Tried];

/// The newest steps of any kind among which those of a sitting are looked for.
const STEPS_LISTED: usize = 50;

/// Whether a step is one that is made in a sitting: what was done to many cards at once was not.
fn is_of_a_sitting(step: &ActionLine) -> bool {
    STEPS.contains(&step.kind) && (step.cards <= 1 || step.kind == ActionKind::Edit)
}

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
    /// The input makes no sense now.
    Ignored,
}

/// What waits, in numbers that a front end words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    /// Due cards of all decks.
    pub due: u64,
    /// New cards of all decks.
    pub new: u64,
    /// First answers given today.
    pub new_done: u32,
    /// All cards that may be asked, ever.
    pub cards: u64,
    /// Days until the next card falls due.
    pub next_due_in_days: Option<i64>,
    /// New cards that still have a place today.
    pub new_places: u64,
    /// The end of a break that lasts today.
    pub paused_until: Option<StudyDay>,
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
}

impl<'a> Review<'a> {
    /// Begins a sitting and loads its first card.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn new(store: &'a mut Store, env: &'a Env, settings: Settings, options: &Options) -> Result<Self, Failure> {
        let last = store.newest_own_answer()?;
        let Stamp { now, today } = in_sitting(env, &settings, last);
        let queue = queue(store, &settings, options, today)?;
        let mode = if options.cram { Mode::Cram } else { Mode::Normal };
        let ends_at = options.minutes.map(|minutes| now.unix_ms + i64::from(minutes) * 60_000);
        let session = Session::new(queue, settings.clone(), mode, ends_at);
        let mut review = Self { store, env, settings, session, ahead: None, daily: Daily::default(), last };
        review.advance()?;
        Ok(review)
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
        let today = when.today;
        let Day { counts, pause, new, .. } = day(self.store, &self.settings, when)?;
        Ok(Waits {
            new_places: new,
            paused_until: pause.map(|pause| pause.until),
            due: counts.due,
            new: counts.new,
            new_done: counts.new_done,
            cards: counts.due + counts.new + u64::from(counts.next_due.is_some()),
            next_due_in_days: counts.next_due.map(|day| day.since(today)),
        })
    }

    /// Everything about a card; `None` where there is no text for it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn page(&self, card: CardId) -> Result<Option<CardDetails>, Failure> {
        card_details(self.store, self.env, &self.settings, card)
    }

    /// The newest steps that [`undo`](Self::undo) can take back, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        let mut steps = self.store.actions(STEPS_LISTED)?;
        steps.retain(is_of_a_sitting);
        Ok(steps)
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
                return Err(
                    Failure::failed("the card was changed in its file meanwhile").hint("look at it, then try again")
                );
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
                            if kind == ActionKind::Answer {
                                self.last = Some((when.now.unix_ms, when.today));
                            }
                            if kind == ActionKind::Mark {
                                said.push(Notice::Marked(state.marked));
                                next = next.refreshed(&state);
                            }
                        }
                        // Suspended in another window, it moved on just as well.
                        Err(error) if matches!(error.fault, Fault::Stale | Fault::Suspended) => {
                            let name = self.session.current().map_or_else(String::new, |c| c.loaded.name.clone());
                            said.push(Notice::Stale(name));
                            next = self.session.without_current();
                            break;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                Effect::ShowBack => {}
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

    /// Takes back the newest answer, bury, suspension, mark or edit of this device, however old, and asks it again.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn undo(&mut self) -> Result<Notice, Failure> {
        let Some(action) = self.newest_step()? else { return Ok(Notice::NothingToUndo) };
        let when = self.stamp();
        let (undo, talk) = crate::ops::undo::undo(self.store, when, action.id)?;
        let waiting = self.session.waiting().all();
        self.session = self.session.undone(&undo.cards);
        if self.session.waiting().all() == waiting && !matches!(action.kind, ActionKind::Mark | ActionKind::Tried) {
            // It was no answer of this sitting: ask it all the same, it is what the person wants to see.
            for card in undo.cards {
                self.ask_first(card, when.today)?;
            }
        }
        self.advance()?;
        Ok(Notice::Undone(joined(&[vec![words(&action)], talk].concat())))
    }

    fn newest_step(&self) -> Result<Option<ActionLine>, Failure> {
        let newest = self.store.newest_action(&STEPS)?;
        if newest.as_ref().is_none_or(is_of_a_sitting) {
            return Ok(newest);
        }
        Ok(self.steps()?.into_iter().find(|step| !step.voided))
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

    /// The text of the card on the screen was changed: it is shown anew, where the sitting is. A card that is no more
    /// makes way for the next one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn show_edited(&mut self) -> Result<(), Failure> {
        let Some(card) = self.session.current().map(|current| current.loaded.card) else { return Ok(()) };
        self.session = match self.store.load(card)? {
            Some(loaded) => self.session.with_text(loaded, self.today()),
            None => self.session.without_current(),
        };
        self.advance()
    }

    fn ask_first(&mut self, card: CardId, today: StudyDay) -> Result<(), Failure> {
        let candidate = self.store.candidate(card)?;
        let loaded = self.store.load(card)?;
        if let (Some(candidate), Some(loaded)) = (candidate, loaded) {
            let origin = match &loaded.state.memory {
                None => Origin::New,
                Some(memory) if memory.last == today => Origin::Repeat,
                Some(_) => Origin::Review,
            };
            self.session = self.session.with_first(candidate, origin);
        }
        Ok(())
    }
}

/// What an answer without a sitting came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The grade: the one that was given, else the one that the verdict suggests.
    pub quality: Quality,
    /// The lapses that made the card a leech, if this answer did.
    pub leech: Option<u32>,
    /// How what was typed compares with what is right, where the program can tell.
    pub verdict: Option<Verdict>,
}

/// Grades one card, without a sitting: early, past every limit, whatever it is; only a suspended card is refused.
/// `words` are what was typed, if anything.
///
/// # Errors
/// When the card is not there or suspended, the words can't be an answer to it, or it could not be committed.
pub fn answer(
    store: &mut Store,
    env: &Env,
    settings: &Settings,
    card: CardId,
    quality: impl Into<Option<Quality>>,
    took: Millis,
    words: &str,
) -> Result<Answered, Failure> {
    let (loaded, last) = store.load_to_answer(card)?;
    let when = in_sitting(env, settings, last);
    let Some(loaded) = loaded else {
        let line = store.card(card)?.filter(|line| line.erased);
        return Err(line.map_or_else(|| Fault::NoCard.at(store.path()).into(), |line| bulk::erased(&line)));
    };
    if loaded.state.suspended {
        return Err(Failure::failed(format!("the card {} is suspended", loaded.name))
            .hint("put it back with `lmq suspend --off`, or answer another"));
    }
    let mut queue = Queue::default();
    // There is nothing else in this queue that could be its sibling.
    queue.put_first(Candidate { card, siblings: Siblings(0) }, Origin::Review);
    let shown = Timestamp { unix_ms: when.now.unix_ms - i64::from(took.0), ..when.now };
    let name = loaded.name.clone();
    let session = Session::new(queue, settings.clone(), Mode::Normal, None).present(Some(loaded), shown, when.today);
    let revealed = session.step(Input::Respond(words.to_owned()), when.now, when.today);
    if revealed.effects != [Effect::ShowBack] {
        return Err(Failure::usage(format!("what was typed can't be an answer to {}", one_line(&name)))
            .hint("`lmq next` shows how a card is asked; without --response, give a grade"));
    }
    let revealed = revealed.next;
    let Some(quality) = quality.into().or_else(|| revealed.suggestion()) else {
        return Err(Failure::usage(format!("{} can't be judged by lmq: you give the grade", one_line(&name)))
            .hint("add again, hard, good or easy"));
    };
    let step = revealed.step(Input::Grade(quality), when.now, when.today);
    let scheduler = revealed.scheduler();
    let verdict = revealed.current().and_then(|current| current.verdict.clone());
    let mut answered = Answered { quality, leech: None, verdict };
    for effect in step.effects {
        match effect {
            Effect::Append { kind, events } => {
                commit(store, when, kind, &events, &scheduler)?;
            }
            Effect::Leech { lapses, .. } => answered.leech = Some(lapses),
            Effect::ShowBack | Effect::AskAgain(_) | Effect::Ignored => {}
        }
    }
    Ok(answered)
}
