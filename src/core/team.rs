//! What a team knows, without telling it of anybody in it.
//!
//! One rule for every figure: it is about [`FEWEST`] people or more, or about none, and so is whatever is left when
//! figures are taken from each other. All figures are about the same people, the whole team, so that there is nothing to
//! take from each other but what stands in one row:
//!
//! - how many have reached a level: counts of which those are held back that would leave one or two people between them,
//!   above the highest or below the lowest;
//! - sums of answers: only of topics to which [`FEWEST`] people or more gave some, and their total is that of the topics
//!   shown; nobody weighs more in one than the person in the middle;
//! - check-ups: where one or two people have not both a baseline and a later one, up to two more are left out.
//!
//! Titles and ids of topics are shown where [`FEWEST`] files or more have them.

use crate::core::id::ShareId;
use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::study_day::Timestamp;
use crate::core::totals::Recalls;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The fewest people that a figure may be about.
pub const FEWEST: u64 = 3;

/// The most topics that are proposed for teaching.
pub const MOST_PROPOSED: usize = 5;

/// What one person shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Whose it is, without saying who.
    pub id: ShareId,
    /// The name that the person gave, if any. Hostile until rendered.
    pub name: Option<String>,
    /// When it was written.
    pub made: Timestamp,
    /// The decks that it is about.
    pub decks: Vec<SharedDeck>,
    /// Their topics, those not begun too.
    pub topics: Vec<TopicMastery>,
    /// The check-up that came to its end before the tenth card was answered, if one did.
    pub baseline: Option<Recalls>,
    /// The newest check-up that came to its end, where it is another.
    pub latest_checkup: Option<Recalls>,
}

/// A deck of a share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedDeck {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The version of its text.
    pub version: Option<String>,
}

/// Which of several files of one profile counts: the newest; of equally new ones, the one with the greater hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition {
    /// When it was written.
    pub made_ms: i64,
    /// Hash over its content.
    pub hash: [u8; 32],
}

/// The newest edition of each profile, and where it was found.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    newest: BTreeMap<ShareId, (Edition, usize)>,
}

/// What became of an edition that was offered to a [`Roster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// The first of its profile.
    First,
    /// It takes the place of an older one, found there.
    Replaces(usize),
    /// A newer one is there already, or the very same.
    Older(usize),
}

impl Roster {
    /// Offers the edition that was found at `place`.
    pub fn offer(&mut self, id: ShareId, edition: Edition, place: usize) -> Offered {
        match self.newest.get_mut(&id) {
            None => {
                self.newest.insert(id, (edition, place));
                Offered::First
            }
            Some((known, at)) if *known < edition => {
                let before = *at;
                (*known, *at) = (edition, place);
                Offered::Replaces(before)
            }
            Some((_, at)) => Offered::Older(*at),
        }
    }

    /// The places of the editions that count, ascending, with the hash that was seen there.
    #[must_use]
    pub fn places(&self) -> Vec<(usize, [u8; 32])> {
        let mut places: Vec<(usize, [u8; 32])> =
            self.newest.values().map(|(edition, place)| (*place, edition.hash)).collect();
        places.sort_unstable();
        places
    }
}

/// How many files call something what.
type Votes = BTreeMap<String, u64>;

/// The name that most files use, if enough do.
fn elected(votes: &Votes) -> Option<&str> {
    let most = votes.values().copied().max()?;
    votes.iter().find(|(_, count)| **count == most && most >= FEWEST).map(|(name, _)| name.as_str())
}

fn vote(votes: &mut Votes, name: &str) {
    match votes.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            votes.insert(name.to_owned(), 1);
        }
    }
}

#[derive(Debug, Clone, Default)]
struct TopicSum {
    titles: Votes,
    decks: Votes,
    files: u64,
    /// People by level, of those whose file has the topic.
    levels: [u64; 5],
    /// Those of people who gave answers that count.
    recalls: Vec<Recalls>,
}

#[derive(Debug, Clone, Default)]
struct DeckSum {
    names: Votes,
    versions: Votes,
    files: u64,
}

/// The sum of what people recalled, in which nobody weighs more than the one in the middle: who answers a hundred times as
/// often as the others would be whom the figure is about.
fn balanced(people: impl Iterator<Item = Recalls> + Clone) -> Recalls {
    let mut counts: Vec<u64> = people.clone().map(|one| one.all).filter(|all| *all > 0).collect();
    counts.sort_unstable();
    let most = counts.get(counts.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    people.fold(Recalls::default(), |sum, one| {
        let passed = one.passed.saturating_mul(most).saturating_add(one.all / 2).checked_div(one.all).unwrap_or(0);
        sum.plus(if one.all > most { Recalls { passed, all: most } } else { one })
    })
}

/// Scores of people, by their ids, which are chance.
#[derive(Debug, Clone, Default)]
struct Pool(BTreeMap<ShareId, (Recalls, Recalls)>);

impl Pool {
    fn add(&mut self, id: ShareId, before: Recalls, after: Recalls) {
        self.0.insert(id, (before, after));
    }

    /// The scores of as many as may be counted in a team of `everyone`: up to two are left out.
    fn published(&self, everyone: u64) -> Option<CheckupFigures> {
        let all = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        let left = everyone.saturating_sub(all);
        let people = if left == 0 || left >= FEWEST { all } else { everyone.saturating_sub(FEWEST) };
        if people < FEWEST {
            return None;
        }
        let counted = self.0.values().take(usize::try_from(people).unwrap_or(usize::MAX));
        let before = balanced(counted.clone().map(|(before, _)| *before));
        let after = balanced(counted.map(|(_, after)| *after));
        Some(CheckupFigures { people, before, after: Some(after) })
    }
}

/// The sums of a team, person by person.
#[derive(Debug, Clone, Default)]
pub struct Team {
    people: u64,
    names: Vec<String>,
    decks: BTreeMap<String, DeckSum>,
    topics: BTreeMap<String, TopicSum>,
    both: Pool,
    first: Pool,
}

/// How far a team has come with a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFigures {
    /// Its id.
    pub id: String,
    /// Its title; its id where too few files agree on one.
    pub title: String,
    /// Its deck, where enough files agree on the name.
    pub deck: Option<String>,
    /// How many of the team have reached learning, familiar, solid, mastered; `None` where it is held back.
    pub reached: [Option<u64>; 4],
    /// True retention of those who answered; `None` where they are too few.
    pub recalls: Option<Recalls>,
}

impl TopicFigures {
    /// For how many it is solid, or better.
    #[must_use]
    pub fn solid(&self) -> Option<u64> {
        self.reached.get(Level::Solid.index() - 1).copied().flatten()
    }
}

/// Check-ups of the same people, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckupFigures {
    /// How many people are counted.
    pub people: u64,
    /// Right of asked in their baselines.
    pub before: Recalls,
    /// Right of asked in their newest check-ups; `None` where too few have taken another.
    pub after: Option<Recalls>,
}

/// What may be told of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// How many people.
    pub people: u64,
    /// Those whose files name them, in order; none where one or two would be left over.
    pub names: Vec<String>,
    /// Decks in at least [`FEWEST`] files, with the versions that as many have.
    pub decks: Vec<(String, Vec<String>)>,
    /// Topics in at least [`FEWEST`] files, by deck and title.
    pub topics: Vec<TopicFigures>,
    /// True retention over the topics that show theirs.
    pub recalls: Recalls,
    /// What to teach next: the topics that the fewest know. Judged by nothing that is not in `topics`.
    pub next: Vec<TopicFigures>,
    /// Check-ups; `None` where too few have taken any.
    pub checkups: Option<CheckupFigures>,
}

/// Whether so many people may be told of.
fn may_be_told(people: u64) -> bool {
    people == 0 || people >= FEWEST
}

/// How many of `everyone` have reached each level above the lowest, with as much held back as the rule asks for. What is
/// *solid* is kept before anything else, since it is what a team report is for.
fn told(reached: [u64; 4], everyone: u64) -> [Option<u64>; 4] {
    const WORTH: [u32; 4] = [2, 2, 7, 2];
    let mut best = ([None; 4], 0);
    for choice in 0_u32..16 {
        let is_told = |index: usize| choice >> index & 1 == 1;
        let mut told = [None; 4];
        let (mut above, mut worth, mut is_fine) = (everyone, 0, true);
        for (index, ((place, count), value)) in told.iter_mut().zip(reached).zip(WORTH).enumerate() {
            if is_told(index) {
                is_fine &= may_be_told(above.saturating_sub(count));
                (*place, above, worth) = (Some(count), count, worth + value);
            }
        }
        if is_fine && may_be_told(above) && worth > best.1 {
            best = (told, worth);
        }
    }
    best.0
}

impl Team {
    /// Adds a person; each only once (see [`Roster`]).
    pub fn add(&mut self, share: &Share) {
        self.people += 1;
        self.names.extend(share.name.clone());
        // What one file says twice must not count as two people.
        let mut said = BTreeSet::new();
        for deck in share.decks.iter().filter(|deck| said.insert(&deck.id)) {
            let sum = self.decks.entry(deck.id.clone()).or_default();
            sum.files += 1;
            vote(&mut sum.names, &deck.name);
            if let Some(version) = &deck.version {
                vote(&mut sum.versions, version);
            }
        }
        said.clear();
        for topic in share.topics.iter().filter(|topic| said.insert(&topic.id)) {
            let Some(level) = topic.level() else { continue };
            let sum = self.topics.entry(topic.id.clone()).or_default();
            sum.files += 1;
            vote(&mut sum.titles, &topic.title);
            vote(&mut sum.decks, &topic.deck);
            if let Some(people) = sum.levels.get_mut(level.index()) {
                *people += 1;
            }
            sum.recalls.extend((topic.recalls.all > 0).then_some(topic.recalls));
        }
        // Who has no baseline has no start to tell of.
        if let Some(baseline) = share.baseline {
            self.first.add(share.id, baseline, Recalls::default());
            if let Some(latest) = share.latest_checkup {
                self.both.add(share.id, baseline, latest);
            }
        }
    }

    /// How many were added.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    fn topic(&self, id: &str, sum: &TopicSum) -> TopicFigures {
        // Whoever does not have the deck has not seen the topic: so every row is about the same people.
        let mut reached = [0; 4];
        let mut above = 0;
        for (place, level) in reached.iter_mut().zip(Level::ALL.into_iter().skip(1)).rev() {
            above += sum.levels.get(level.index()).copied().unwrap_or(0);
            *place = above;
        }
        TopicFigures {
            id: id.to_owned(),
            title: elected(&sum.titles).unwrap_or(id).to_owned(),
            deck: elected(&sum.decks).map(str::to_owned),
            reached: told(reached, self.people),
            recalls: (u64::try_from(sum.recalls.len()).is_ok_and(|people| people >= FEWEST))
                .then(|| balanced(sum.recalls.iter().copied())),
        }
    }

    /// What may be told; `None` of fewer than [`FEWEST`] people.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        if self.people < FEWEST {
            return None;
        }
        let mut names = self.names.clone();
        names.sort();
        if !may_be_told(self.people.saturating_sub(u64::try_from(names.len()).unwrap_or(u64::MAX))) {
            names.clear();
        }
        let shared = self.topics.iter().filter(|(_, sum)| sum.files >= FEWEST);
        let mut topics: Vec<TopicFigures> = shared.map(|(id, sum)| self.topic(id, sum)).collect();
        topics.sort_by(|a, b| (&a.deck, &a.title, &a.id).cmp(&(&b.deck, &b.title, &b.id)));
        let recalls = topics.iter().filter_map(|topic| topic.recalls).fold(Recalls::default(), Recalls::plus);
        let decks = self.decks.iter().filter(|(_, sum)| sum.files >= FEWEST).map(|(id, sum)| {
            let versions = sum.versions.iter().filter(|(_, files)| **files >= FEWEST);
            (elected(&sum.names).unwrap_or(id).to_owned(), versions.map(|(version, _)| version.clone()).collect())
        });
        Some(Figures {
            people: self.people,
            names,
            decks: decks.collect(),
            next: next(&topics, self.people),
            topics,
            recalls,
            checkups: self.both.published(self.people).or_else(|| {
                let first = self.first.published(self.people)?;
                Some(CheckupFigures { after: None, ..first })
            }),
        })
    }
}

/// The topics that are solid for the fewest; with as many, those that the fewest are familiar with, then the worst remembered.
fn next(topics: &[TopicFigures], everyone: u64) -> Vec<TopicFigures> {
    let mut open: Vec<&TopicFigures> =
        topics.iter().filter(|topic| topic.solid().is_some_and(|solid| solid < everyone)).collect();
    let permille = |topic: &TopicFigures| {
        topic.recalls.map_or(0, |recalls| recalls.passed.saturating_mul(1000) / recalls.all.max(1))
    };
    open.sort_by_key(|topic| {
        let familiar = topic.reached.get(Level::Familiar.index() - 1).copied().flatten();
        (topic.solid(), familiar.unwrap_or(u64::MAX), permille(topic))
    });
    open.into_iter().take(MOST_PROPOSED).cloned().collect()
}

#[cfg(test)]
mod tests;
