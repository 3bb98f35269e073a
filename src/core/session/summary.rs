//! What a sitting came to.

use crate::core::grade::Quality;
use crate::core::queue::Candidate;
use crate::core::queue::Origin;
use crate::core::queue::Waiting;
use crate::core::scheduler::splitmix64;
use crate::core::session::current::TopicLine;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Millis;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One answer of this session, for the summary and for taking it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) candidate: Candidate,
    pub(super) origin: Origin,
    pub(super) quality: Quality,
    pub(super) took: Millis,
    pub(super) topic: Option<Rc<TopicLine>>,
    /// The intervals before and after, where the answer moved one that was there.
    pub(super) moved: Option<(Days, Days)>,
}

/// What a session came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Answers, repeats included.
    pub answers: usize,
    /// First answers.
    pub new: usize,
    /// Answers of 3 and above, repeats left out, of all that were no repeats.
    pub recalled: (usize, usize),
    /// Time, at most a minute an answer.
    pub time: Millis,
    /// Known cards that moved further away, and known ones that came nearer.
    pub moved: (usize, usize),
    /// The longest interval that an answer gave.
    pub longest: Option<Days>,
    /// One line to do, from a topic just practised.
    pub try_line: Option<String>,
    /// The local number of that topic.
    pub try_topic: Option<i64>,
    /// What is left.
    pub waiting: Waiting,
}

impl Summary {
    /// What these answers came to; `shows_try_line`: with a line to do. That is of the topic practised most recently among those with one, chosen by `today`
    /// so that it changes from day to day.
    #[must_use]
    pub(super) fn new(done: &[Done], shows_try_line: bool, waiting: Waiting, today: StudyDay) -> Self {
        let moved = || done.iter().filter_map(|done| done.moved);
        let scheduled = || done.iter().filter(|done| done.origin != Origin::Repeat);
        let topics = done.iter().filter(|_| shows_try_line).filter_map(|done| done.topic.as_ref());
        let lines: BTreeMap<&str, i64> =
            topics.filter_map(|topic| Some((topic.try_line.as_deref()?, topic.number))).collect();
        let chosen =
            splitmix64(u64::from(today.0.cast_unsigned())).checked_rem(u64::try_from(lines.len()).unwrap_or(0));
        let chosen = chosen.and_then(|index| usize::try_from(index).ok());
        let (try_line, try_topic) = chosen.and_then(|index| lines.into_iter().nth(index)).unzip();
        let time: u64 = done.iter().map(|done| u64::from(done.took.0)).sum();
        Self {
            answers: done.len(),
            new: done.iter().filter(|done| done.origin == Origin::New).count(),
            recalled: (scheduled().filter(|done| done.quality.passed()).count(), scheduled().count()),
            time: Millis(u32::try_from(time).unwrap_or(u32::MAX)),
            moved: (moved().filter(|(from, to)| to > from).count(), moved().filter(|(from, to)| to < from).count()),
            longest: moved().filter(|(from, to)| to > from).map(|(_, to)| to).max(),
            try_line: try_line.map(str::to_owned),
            try_topic,
            waiting,
        }
    }
}
