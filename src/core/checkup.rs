//! Check-ups: scenes that are never trained, asked on day 1, 30, 180 and 365, to see whether the ideas reach scenes
//! that the learner has not met.
//!
//! A sitting is a pure state machine, as the one of reviews: whoever drives it commits its effect and only then goes on
//! with `next`. It says nothing about right or wrong before its end.

use crate::core::card;
use crate::core::card::Ask;
use crate::core::card::CardKind;
use crate::core::card::Correctness;
use crate::core::card::Form;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::kind;
use crate::core::compare::answer::Weights;
use crate::core::document::Document;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::scheduler::splitmix64;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::counted;
use crate::core::totals::Recalls;
use crate::core::totals::wilson;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use std::collections::BTreeMap;
use std::collections::VecDeque;

pub mod change;
pub mod forms;

#[cfg(test)]
mod tests;

/// The days of use on which a check-up falls due; day 1 is that of the first answer.
pub const MILESTONES: [i64; 4] = [1, 30, 180, 365];

/// Minutes that a check-up without forms takes unless its learner says otherwise.
pub const MINUTES: u32 = 3;

/// The time that is planned for a scene: two lines to read and a moment to judge. Three minutes are eight scenes, so
/// that the four check-ups of a year find new ones in a deck of 32.
const SCENE_MS: i64 = 22_000;

/// How many scenes are planned for so many minutes; one at least.
#[must_use]
pub fn scenes_in(minutes: u32) -> usize {
    usize::try_from((i64::from(minutes) * 60_000 / SCENE_MS).max(1)).unwrap_or(1)
}

/// How many minutes are planned for so many scenes; one at least.
#[must_use]
pub fn minutes_of(scenes: usize) -> u32 {
    let ms = i64::try_from(scenes).unwrap_or(i64::MAX / SCENE_MS).saturating_mul(SCENE_MS);
    u32::try_from(ms.saturating_add(59_999) / 60_000).unwrap_or(u32::MAX).max(1)
}

/// Whether a scene of this text can be judged by the program: only then can it be asked without saying the answer.
#[must_use]
pub fn can_be_judged(text: &NoteText, ordinal: u16) -> bool {
    let ask = |kind: &dyn CardKind| kind.question(text, ordinal, Showing::default()).ask;
    kind(&text.kind).is_some_and(|kind| !matches!(ask(kind), Ask::Recall | Ask::Say))
}

/// A scene that may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    /// Its card.
    pub card: CardId,
    /// How often it was asked in check-ups that count.
    pub uses: usize,
}

/// The how-manieth check-up of this device one of today is: the open one, else the next.
#[must_use]
pub fn turn(all: &[Taken], device: Option<DeviceId>, today: StudyDay) -> u32 {
    let goes_on = device.is_some_and(|device| open(all, device, today).is_some());
    let begun = all.iter().filter(|one| Some(one.device) == device).count();
    u32::try_from(begun).unwrap_or(u32::MAX).saturating_add(u32::from(!goes_on))
}

/// The order in which the `turn`-th check-up asks: the least used first, so that none is asked again before all were; among
/// those by [`splitmix64`] of card and turn, the same on every machine.
#[must_use]
pub fn in_order(mut scenes: Vec<Scene>, turn: u32) -> Vec<Scene> {
    scenes.sort_by_key(|scene| (scene.uses, splitmix64(scene.card.hash() ^ splitmix64(u64::from(turn))), scene.card));
    scenes
}

/// One answer of a check-up, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its name; its device is the one that asked.
    pub entry: EventId,
    /// The check-up: the sequence of its first answer on that device.
    pub number: u64,
    /// Its place in the order of all events.
    pub hlc: Hlc,
    /// The study day.
    pub day: StudyDay,
    /// The scene.
    pub card: CardId,
    /// The local number of its deck.
    pub deck: i64,
    /// The scene's topic by title; its deck's name where it has none.
    pub topic: String,
    /// Whether it was right.
    pub right: bool,
    /// Whether the check-up ended with it.
    pub last: bool,
    /// Whether what is right had been shown before: a check-up with the scene ended, and was taken back.
    pub seen: bool,
    /// The form of the check-up, where it had one.
    pub form: Option<Form>,
    /// Index of the phrasing that was shown.
    pub variant: usize,
    /// Time taken, raw.
    pub took: Millis,
}

/// A scene that was answered wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// The scene.
    pub card: CardId,
    /// The answer.
    pub entry: EventId,
    /// Index of the phrasing that was shown.
    pub variant: usize,
}

/// One check-up in sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The device that asked.
    pub device: DeviceId,
    /// The sequence of its first answer on that device.
    pub number: u64,
    /// The study day of its first answer.
    pub day: StudyDay,
    /// Right of asked.
    pub score: Recalls,
    /// Whether it came to its end.
    pub finished: bool,
    /// Whether all of it was answered before the tenth card ever was, and before anybody saw what is right: only then it can
    /// be a baseline.
    pub is_early: bool,
    /// Its form, where it had one.
    pub form: Option<Form>,
    /// The scenes that were answered wrong, in the order in which they were asked.
    pub missed: Vec<Missed>,
    /// Right of asked by topic, in the topics' order.
    pub topics: BTreeMap<String, Recalls>,
    /// The scenes, in the order in which they were asked.
    pub cards: Vec<CardId>,
    /// Time taken, raw.
    pub took_ms: i64,
}

/// Sums of all check-ups, in the order of their first answers. `tenth` is the place in the order of all events of the
/// first answer to the [tenth card](change::BASELINE_CARDS); `None` where so many were never answered.
#[must_use]
pub fn taken(answers: Vec<Given>, tenth: Option<Hlc>) -> Vec<Taken> {
    taken_of(answers, tenth, |_| true)
}

/// The same, with no answers in the sums but those that `counts` says yes to; check-ups without any are left out.
#[must_use]
pub fn taken_of(mut answers: Vec<Given>, tenth: Option<Hlc>, counts: impl Fn(&Given) -> bool) -> Vec<Taken> {
    answers.sort_by_key(|answer| (answer.hlc, answer.entry));
    let mut all: Vec<Taken> = Vec::new();
    let mut places = BTreeMap::new();
    for answer in answers {
        let device = answer.entry.device;
        let known = places.get(&(device, answer.number)).copied();
        let counted = counts(&answer);
        let score = Recalls { passed: u64::from(answer.right && counted), all: u64::from(counted) };
        let one = match known.and_then(|index| all.get_mut(index)) {
            Some(one) => one,
            None => {
                places.insert((device, answer.number), all.len());
                all.push(Taken {
                    device,
                    number: answer.number,
                    day: answer.day,
                    score: Recalls::default(),
                    finished: false,
                    is_early: true,
                    form: None,
                    missed: Vec::new(),
                    topics: BTreeMap::new(),
                    cards: Vec::new(),
                    took_ms: 0,
                });
                let Some(one) = all.last_mut() else { continue };
                one
            }
        };
        one.score = one.score.plus(score);
        one.finished |= answer.last;
        one.is_early &= !answer.seen && tenth.is_none_or(|tenth| answer.hlc < tenth);
        one.form = one.form.or(answer.form);
        if counted {
            let Given { card, entry, variant, .. } = answer;
            one.missed.extend((!answer.right).then_some(Missed { card, entry, variant }));
            let topic = one.topics.entry(answer.topic).or_default();
            *topic = topic.plus(score);
        }
        one.cards.push(answer.card);
        one.took_ms += i64::from(answer.took.0);
    }
    all.retain(|one| one.score.all > 0);
    all
}

/// The check-up of this device that was begun today and has not come to its end.
#[must_use]
pub fn open(all: &[Taken], device: DeviceId, today: StudyDay) -> Option<&Taken> {
    all.iter().rfind(|one| one.device == device && one.day == today && !one.finished)
}

/// The check-ups to be shown on `today`: one that still goes on says nothing yet.
pub fn shown(all: &[Taken], today: StudyDay) -> impl Iterator<Item = &Taken> {
    all.iter().filter(move |one| one.finished || one.day < today)
}

/// The milestone that calls for a check-up today, as a day of use.
///
/// Day 1 is the day of the first answer or of the first check-up, whichever came first; before both it is today. A
/// milestone is due when today is on or after it and the newest finished check-up was before it.
#[must_use]
pub fn due(first_answer: Option<StudyDay>, all: &[Taken], today: StudyDay) -> Option<i64> {
    let begun = all.iter().map(|one| one.day).min();
    let first = [first_answer, begun, Some(today)].into_iter().flatten().min()?;
    let newest = all.iter().filter(|one| one.finished).map(|one| one.day).max();
    let passed = MILESTONES.into_iter().rev().find(|day| today >= first.plus(day - 1))?;
    newest.is_none_or(|newest| newest < first.plus(passed - 1)).then_some(passed)
}

/// The scene on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its card.
    pub card: CardId,
    /// Its text.
    text: NoteText,
    variant: usize,
    /// What is asked.
    pub question: Question,
    shown_at: Timestamp,
}

impl Asked {
    /// Its note.
    #[must_use]
    pub fn text(&self) -> &NoteText {
        &self.text
    }

    /// Its prompt, read.
    #[must_use]
    pub fn prompt_document(&self) -> Document {
        self.text.document(&self.question.prompt)
    }
}

/// Where a check-up is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It wants [`Checkup::wanted`] to be loaded and presented.
    Between,
    /// A scene is shown.
    Asking(Box<Asked>),
    /// It came to its end, or the learner left.
    Over,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Gives an answer.
    Respond(String),
    /// Says that they don't know: wrong, and no guess.
    DontKnow,
    /// Leaves; what was answered is kept.
    Quit,
}

/// What has to be done before the check-up may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Commit this answer as one action of kind [`crate::core::action::ActionKind::Checkup`], and then give the check-up
    /// the number that its first answer got ([`Checkup::numbered`]).
    Append(Box<Draft>),
    /// The response could not be read; ask again and say why.
    AskAgain(Unreadable),
    /// Nothing: the input makes no sense now.
    Ignored,
}

/// One transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The check-up after it, once the effect is done.
    pub next: Checkup,
    /// What to do, if anything.
    pub effect: Option<Effect>,
}

/// A check-up under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// The sequence of its first answer; 0 before that.
    number: u64,
    turn: u32,
    waiting: VecDeque<Scene>,
    /// Scenes that were answered, in earlier parts of it too.
    done: usize,
    /// Those of this sitting, for taking them back.
    answered: Vec<Scene>,
    stage: Stage,
    /// When it ends at the latest, if it has to.
    ends_at_ms: Option<i64>,
    form: Option<Form>,
}

impl Checkup {
    /// The `turn`-th check-up over `scenes`, in their order. `minutes` long, of which `begun` already took its part;
    /// `None`: as long as the scenes last.
    #[must_use]
    pub fn new(turn: u32, scenes: Vec<Scene>, minutes: Option<u32>, begun: Option<&Taken>, now: Timestamp) -> Self {
        let (done, took_ms) = begun.map_or((0, 0), |one| (one.cards.len(), one.took_ms));
        let mut waiting: VecDeque<Scene> =
            scenes.into_iter().filter(|scene| begun.is_none_or(|one| !one.cards.contains(&scene.card))).collect();
        if let Some(minutes) = minutes {
            // One that was begun is brought to its end, be its plan fulfilled or not.
            waiting.truncate(scenes_in(minutes).saturating_sub(done).max(1));
        }
        let stage = if waiting.is_empty() { Stage::Over } else { Stage::Between };
        let ends_at_ms = minutes.map(|minutes| now.unix_ms + (i64::from(minutes) * 60_000 - took_ms).max(0));
        let number = begun.map_or(0, |one| one.number);
        Self { number, turn, waiting, done, answered: Vec::new(), stage, ends_at_ms, form: None }
    }

    /// With its form, which the log keeps with each answer.
    #[must_use]
    pub fn of_form(self, form: Option<Form>) -> Self {
        Self { form, ..self }
    }

    /// With the number that the log gave to its first answer.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        Self { number, ..self.clone() }
    }

    /// Where it is.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The sequence of its first answer on this device; 0 before there is one.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The how-manieth scene is next or shown, from 1.
    #[must_use]
    pub fn place(&self) -> usize {
        self.done + 1
    }

    /// Scenes that were answered, in earlier parts of it too.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Scenes in all, if there is time for them.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.done + self.waiting.len()
    }

    /// The scene to load and [`present`](Self::present) next.
    #[must_use]
    pub fn wanted(&self) -> Option<CardId> {
        if self.stage == Stage::Between { self.waiting.front().map(|scene| scene.card) } else { None }
    }

    /// Puts the wanted scene on the screen. `text: None`: it can't be asked any more, go on without it.
    #[must_use]
    pub fn present(&self, text: Option<NoteText>, now: Timestamp) -> Self {
        let mut next = self.clone();
        let Some(scene) = self.wanted().and(self.waiting.front().copied()) else { return next };
        let known = text.and_then(|text| kind(&text.kind).map(|kind| (kind, text)));
        match known {
            Some((kind, text)) => {
                let variant = scene.uses % text.variants();
                let seed = scene.card.hash() ^ splitmix64(u64::from(self.turn));
                let question = kind.question(&text, scene.card.ordinal, Showing { variant, seed });
                next.stage =
                    Stage::Asking(Box::new(Asked { card: scene.card, text, variant, question, shown_at: now }));
            }
            None => {
                next.waiting.pop_front();
                next.stage = if next.waiting.is_empty() { Stage::Over } else { Stage::Between };
            }
        }
        next
    }

    /// The time of the scene on the screen begins now: what was laid over it is gone.
    #[must_use]
    pub fn begun(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        if let Stage::Asking(asked) = &mut next.stage {
            asked.shown_at = now;
        }
        next
    }

    /// One input. Total: what makes no sense now is [`Effect::Ignored`].
    #[must_use]
    pub fn step(&self, input: &Input, now: Timestamp) -> Transition {
        match (&self.stage, input) {
            (Stage::Asking(asked), Input::Respond(response)) => match judge(asked, response) {
                Ok((outcome, detail)) => self.answer(asked, outcome, detail, now),
                Err(why) => Transition { next: self.clone(), effect: Some(Effect::AskAgain(why)) },
            },
            (Stage::Asking(asked), Input::DontKnow) => {
                let detail = Detail { asked: asked.question.ask.asked(), ..Detail::default() };
                self.answer(asked, Correctness::Wrong, detail, now)
            }
            (Stage::Asking(_) | Stage::Between | Stage::Over, Input::Quit) => {
                Transition { next: Self { stage: Stage::Over, ..self.clone() }, effect: None }
            }
            (Stage::Between | Stage::Over, Input::Respond(_) | Input::DontKnow) => {
                Transition { next: self.clone(), effect: Some(Effect::Ignored) }
            }
        }
    }

    fn answer(&self, asked: &Asked, outcome: Correctness, detail: Detail, now: Timestamp) -> Transition {
        let took = u32::try_from(now.unix_ms.saturating_sub(asked.shown_at.unix_ms).max(0)).unwrap_or(u32::MAX);
        let variant = (asked.text.variants() > 1).then(|| u32::try_from(asked.variant).unwrap_or(0));
        let mut next = self.clone();
        next.answered.extend(next.waiting.pop_front());
        next.done += 1;
        let last = next.waiting.is_empty() || self.ends_at_ms.is_some_and(|end| now.unix_ms >= end);
        next.stage = if last { Stage::Over } else { Stage::Between };
        let kind = EventKind::Checked { quality: outcome.suggestion(), took: Millis(took), checkup: self.number, last };
        let answer = Draft {
            detail: Detail { variant, form: self.form.map(Form::code), ..detail },
            ..Draft::new(asked.card, kind, None)
        };
        Transition { next, effect: Some(Effect::Append(Box::new(answer))) }
    }

    /// Without the scene on the screen, which was answered elsewhere.
    #[must_use]
    pub fn without_current(&self) -> Self {
        let mut next = self.clone();
        if matches!(self.stage, Stage::Asking(_)) && next.waiting.pop_front().is_some() {
            next.done += 1;
            next.stage = if next.waiting.is_empty() { Stage::Over } else { Stage::Between };
        }
        next
    }

    /// After the newest answer of this sitting was taken back: that scene is asked again. `None` where there is none. Where
    /// no answer is left the check-up has not begun.
    #[must_use]
    pub fn undone(&self) -> Option<Self> {
        let mut next = self.clone();
        next.waiting.push_front(next.answered.pop()?);
        next.done = next.done.saturating_sub(1);
        if next.done == 0 {
            next.number = 0;
        }
        next.stage = Stage::Between;
        Some(next)
    }
}

/// Whether an answer is right, and what is kept of it.
fn judge(asked: &Asked, response: &str) -> Result<(Correctness, Detail), Unreadable> {
    if response.trim().is_empty() {
        return Err(Unreadable::NoAnswer);
    }
    let verdict = card::judge(&asked.text, asked.card.ordinal, &asked.question, response, Weights::default())?
        .ok_or(Unreadable::NoAnswer)?;
    let detail = Detail {
        asked: asked.question.ask.asked(),
        response: Some(verdict.given),
        expected: (!asked.question.options.is_empty()).then_some(verdict.expected),
        ..Detail::default()
    };
    Ok((verdict.outcome, detail))
}

/// Whether an answer of this grade counts as right: as in reviews, a near miss does.
#[must_use]
pub fn is_right(quality: Quality) -> bool {
    quality.passed()
}

/// Right of asked in words: `6 of 8 right`, and in which range the true share lies.
#[must_use]
pub fn score(score: Recalls) -> String {
    match wilson(score.passed, score.all) {
        Some((low, high)) => format!(
            "{} of {} right; of many such scenes it would be {:.0} to {:.0} in 100 (95 % range)",
            score.passed,
            score.all,
            low * 100.0,
            high * 100.0
        ),
        None => "nothing was asked".to_owned(),
    }
}

/// What a check-up is, before it begins. `minutes`: when it ends at the latest, if it has to.
#[must_use]
pub fn introduction(planned: usize, done: usize, minutes: Option<u32>) -> String {
    let left = planned.saturating_sub(done);
    let scenes = counted(left, "scene", "scenes");
    let goes_on = if done > 0 { format!(", going on after {done} answered earlier today") } else { String::new() };
    let time = match minutes {
        Some(minutes) => format!("{} at most", counted(minutes, "minute", "minutes")),
        None => format!("about {}", counted(minutes_of(left), "minute", "minutes")),
    };
    format!(
        "{scenes}{goes_on}, {time}. They are in no review, and nothing is said about right or wrong before the end. What \
         you missed is shown then, and why. No schedule changes."
    )
}
