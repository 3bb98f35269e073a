//! What an interface with several screens works with: the open database, and questions to it in a front end's terms.

use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::pause::Pause;
use crate::core::progress::Progress;
use crate::core::progress::forecast;
use crate::core::progress::hold_back;
use crate::core::progress::knowledge::coming_friday;
use crate::core::queue::Comeback;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::joined;
use crate::core::totals::Recalls;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::action_words::words;
use crate::ops::card_details::CardDetails;
use crate::ops::card_details::card_details;
use crate::ops::checkup::CheckupSession;
use crate::ops::checkup::Offer;
use crate::ops::day::MORE_NEW;
use crate::ops::day::MORE_REVIEWS;
use crate::ops::day::Nothing;
use crate::ops::day::day;
use crate::ops::day::day_of;
use crate::ops::edit::NoteEditor;
use crate::ops::queue::Fit;
use crate::ops::queue::Options;
use crate::ops::report::Wanted;
use crate::ops::report::build_progress;
use crate::ops::report::build_report;
use crate::ops::review::Review;
use crate::ops::settings;
use crate::ops::stamp;
use crate::ops::stamp_of_sitting;
use crate::ops::undo::Doubt;
use crate::report::Report;
use crate::store::DeckSet;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Undo;
use std::collections::BTreeSet;
use std::collections::HashMap;

/// A step, for the list of those that can be taken back.
pub use crate::store::ActionLine;
/// A card as lists and pages show it.
pub use crate::store::CardLine;
/// How much is recalled.
pub use crate::store::Recall;

/// Days that the forecast looks ahead.
pub const FORECAST_DAYS: usize = 7;

/// Days whose reviews tell how much is kept in mind.
const RETENTION_DAYS: i64 = 30;

/// Days of practice that the first screen may show.
const PRACTISED_DAYS: usize = 60;

/// A deck as the first screen shows it, with the decks inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckRow {
    /// Path-like name.
    pub name: String,
    /// Title; empty where there is none.
    pub title: String,
    /// Its local number; 0 for a name that only others begin with.
    pub number: i64,
    /// Whether it came with the program.
    pub is_built_in: bool,
    /// Cards that may be asked some day.
    pub cards: u64,
    /// How many decks it lies in.
    pub depth: usize,
    /// Whether other decks lie in it.
    pub holds_others: bool,
    /// Due cards, those of the decks inside with them, and so for the other counts.
    pub due: u64,
    /// New cards.
    pub new: u64,
    /// Cards to be repeated today.
    pub repeats: u64,
    /// Whether it is asked only by name (`active = false`).
    pub left_out: bool,
}

/// The decks as a tree: each directly before those inside it, and a row for a name that only others begin with.
fn tree(decks: Vec<DeckRow>) -> Vec<DeckRow> {
    let mut nodes: Vec<(DeckRow, Vec<usize>)> = Vec::new();
    let (mut outermost, mut by_name) = (Vec::new(), HashMap::<String, usize>::new());
    for deck in decks {
        let ends = deck.name.match_indices("::").map(|(at, _)| at).chain([deck.name.len()]);
        let mut outer: Option<usize> = None;
        for (depth, end) in ends.enumerate() {
            let name = deck.name.get(..end).unwrap_or_default();
            let place = by_name.get(name).copied().unwrap_or_else(|| {
                let place = nodes.len();
                nodes.push((DeckRow { name: name.to_owned(), depth, ..DeckRow::default() }, Vec::new()));
                // Behind the last one that lies in the same deck, so that the order of decks stays.
                match outer.and_then(|outer| nodes.get_mut(outer)) {
                    Some((_, inside)) => inside.push(place),
                    None => outermost.push(place),
                }
                by_name.insert(name.to_owned(), place);
                place
            });
            outer = Some(place);
            let Some((row, _)) = nodes.get_mut(place) else { continue };
            row.due += deck.due;
            row.new += deck.new;
            row.repeats += deck.repeats;
            row.cards += deck.cards;
            if end == deck.name.len() {
                row.title.clone_from(&deck.title);
                (row.number, row.is_built_in, row.left_out) = (deck.number, deck.is_built_in, deck.left_out);
            } else {
                row.holds_others = true;
            }
        }
    }
    let mut rows = Vec::with_capacity(nodes.len());
    outermost.reverse();
    while let Some(place) = outermost.pop() {
        let Some((row, inside)) = nodes.get_mut(place).map(std::mem::take) else { continue };
        outermost.extend(inside.into_iter().rev());
        rows.push(row);
    }
    rows
}

/// The decks of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decks<'d> {
    /// All that are asked every day.
    All,
    /// Those of them that came with the program, or (`false`) that did not.
    BuiltIn(bool),
    /// One, with those inside it.
    Of(&'d str),
}

/// The day at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Decks as a tree.
    pub decks: Vec<DeckRow>,
    /// What is due, new, and to be repeated today in the decks that are asked every day.
    pub daily: [u64; 3],
    /// How much of what waits a sitting takes.
    pub fit: Fit,
    /// Why nothing waits, where nothing does.
    pub nothing: Option<Nothing>,
    /// The day after today on which the next cards fall due.
    pub next_due: Option<StudyDay>,
    /// Answers given today.
    pub answers_today: u32,
    /// Days since the first answer, that day with them; 0 before it.
    pub day: u64,
    /// Answers on each of the past days of practice, newest first.
    pub practised: Vec<(StudyDay, u64)>,
    /// Reviews of the last thirty days, and how many were recalled.
    pub retention: Recalls,
    /// Study days in a row.
    pub streak: u64,
    /// Cards that fall due on each of the next days, today first, what is overdue with it.
    pub forecast: [u64; FORECAST_DAYS],
    /// Today.
    pub today: StudyDay,
    /// The break that lasts today.
    pub pause: Option<Pause>,
    /// What someone finds who was away or fell behind.
    pub comeback: Option<Comeback>,
    /// Whether nothing was ever answered.
    pub first_run: bool,
    /// The check-up that is due or goes on.
    pub checkup: Option<Offer>,
}

/// What a step taken back or brought back did, and what the person should know of it.
type BackOrForth = (Undo, Vec<String>);

/// An open database with what is needed to use it.
pub struct Workspace<'s> {
    pub(super) store: &'s mut Store,
    pub(super) env: &'s Env,
    pub(super) settings: &'s mut Settings,
    /// When somebody began to use it.
    began: Timestamp,
}

impl<'s> Workspace<'s> {
    /// Over an open database.
    #[must_use]
    pub fn new(store: &'s mut Store, env: &'s Env, settings: &'s mut Settings) -> Self {
        Self { store, env, settings, began: env.now() }
    }

    /// Beside a sitting, over the same database.
    #[must_use]
    pub fn beside(review: &'s mut Review<'_>) -> Self {
        let began = review.began();
        let (store, env, settings) = review.lent();
        Self { store, env, settings, began }
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// Today.
    #[must_use]
    pub fn today(&self) -> StudyDay {
        self.when().today
    }

    /// Now, and the study day of the sitting.
    fn when(&self) -> Stamp {
        // A database that can't be read says so where it is read for more than this.
        stamp_of_sitting(self.store, self.env, self.settings).unwrap_or_else(|_| stamp(self.env, self.settings))
    }

    /// The clock that guards measure by.
    #[must_use]
    pub fn ticks_ms(&self) -> u64 {
        self.env.ticks_ms()
    }

    /// What you know, and what is to come: the report of everything up to today.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn progress(&self) -> Result<Progress, Failure> {
        build_progress(self.store, self.settings, stamp(self.env, self.settings), &Wanted::default())
    }

    /// Everything about it, as a report.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn report(&self) -> Result<Report, Failure> {
        build_report(self.store, self.settings, stamp(self.env, self.settings), &Wanted::default())
    }

    /// The day at a glance.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn overview(&self) -> Result<Overview, Failure> {
        let today = self.today();
        let day = day(self.store, self.settings, self.when())?;
        let mut decks = crate::ops::day::decks(self.store, self.settings, today)?;
        decks.retain(|deck| !deck.hidden);
        let is_daily = crate::ops::decks::daily(self.store, self.settings)?;
        let fit = crate::ops::day::sitting(self.store, &day, self.settings.session_minutes)?;
        let nothing = match fit.all {
            0 => {
                let options = Options { decks: is_daily.clone(), ..Options::default() };
                Some(crate::ops::day::nothing(self.store, self.settings, today, &options, &day)?)
            }
            _ => None,
        };
        let first = self.store.first_answer_day()?;
        let days = self.store.day_totals(&DeckSet::All)?;
        let past = || days.iter().filter(|(day, _)| *day <= today);
        let recent = past().filter(|(day, _)| today.since(*day) < RETENTION_DAYS);
        let repeats = crate::ops::day::rules(self.store, self.settings)
            .and_then(|rules| self.store.repeats_by_deck(today, &rules))?;
        let mut due: Vec<(StudyDay, u64)> = self.store.due_days(&is_daily)?.into_iter().collect();
        hold_back(&mut due, day.counts.siblings + day.counts.buried, today);
        let forecast = forecast(&due, &self.store.pauses()?, today).first();
        let again = |number: i64| match day.pause {
            Some(_) => 0,
            None => repeats.get(&number).copied().unwrap_or(0),
        };
        let mut daily = [0; 3];
        for deck in decks.iter().filter(|deck| is_daily.has(deck.number)) {
            for (sum, count) in daily.iter_mut().zip([deck.due, deck.new, again(deck.number)]) {
                *sum += count;
            }
        }
        Ok(Overview {
            daily,
            fit,
            nothing,
            next_due: day.counts.next_due,
            day: first.map_or(0, |first| u64::try_from(today.since(first) + 1).unwrap_or(0)),
            retention: recent.fold(Recalls::default(), |sum, (_, day)| sum.plus(day.recalls())),
            practised: past().rev().take(PRACTISED_DAYS).map(|(day, sum)| (*day, sum.answers)).collect(),
            answers_today: day.counts.answers_today,
            streak: day.streak,
            pause: day.pause,
            comeback: day.comeback,
            first_run: day.pause.is_none() && self.store.last_practised(StudyDay(i32::MAX))?.is_none(),
            checkup: crate::ops::checkup::offer(self.store, self.settings, today)?,
            forecast,
            today,
            decks: tree(
                decks
                    .into_iter()
                    .map(|deck| DeckRow {
                        repeats: again(deck.number),
                        left_out: !is_daily.has(deck.number),
                        is_built_in: deck.is_built_in(),
                        title: deck.title.unwrap_or_default(),
                        number: deck.number,
                        cards: deck.cards,
                        name: deck.name,
                        due: deck.due,
                        new: deck.new,
                        ..DeckRow::default()
                    })
                    .collect(),
            ),
        })
    }

    /// How much is recalled today, and on the coming Friday if nothing is reviewed until then. Reads the state of every card: for
    /// a moment in which somebody reads.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn recall(&self) -> Result<(Recall, StudyDay), Failure> {
        let today = self.today();
        let friday = coming_friday(today);
        let listed = self.store.bare_decks()?.into_iter().filter(|deck| !deck.hidden).map(|deck| deck.number).collect();
        Ok((self.store.recall(&DeckSet::Some(listed), today, friday)?, friday))
    }

    /// A sitting over some decks.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn sit(&mut self, sitting: &Decks<'_>) -> Result<Review<'_>, Failure> {
        let options = self.options(sitting)?;
        Review::new(self.store, self.env, self.settings.clone(), &options)
    }

    /// The same; where nothing waits, with what the day's limits leave out: due cards, or else new ones.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn sit_longer(&mut self, sitting: &Decks<'_>) -> Result<Review<'_>, Failure> {
        let mut options = self.options(sitting)?;
        let when = self.when();
        let day = day_of(self.store, self.settings, when, &options)?;
        if day.pause.is_none() && crate::ops::day::sitting(self.store, &day, 0)?.all == 0 {
            match crate::ops::day::nothing(self.store, self.settings, when.today, &options, &day)?.past_limit {
                0 => options.new = Some(MORE_NEW),
                _ => options.limit = Some(MORE_REVIEWS),
            }
        }
        Review::new(self.store, self.env, self.settings.clone(), &options)
    }

    /// The options of a sitting.
    fn options(&self, sitting: &Decks<'_>) -> Result<Options, Failure> {
        let decks = match sitting {
            Decks::All => crate::ops::decks::daily(self.store, self.settings)?,
            Decks::BuiltIn(built_in) => {
                let rows = self.store.bare_decks()?;
                let daily = crate::ops::decks::daily(self.store, self.settings)?;
                let rows = rows.into_iter().filter(|deck| deck.is_built_in() == *built_in);
                let rows = rows.filter(|deck| daily.has(deck.number));
                DeckSet::Some(rows.map(|deck| deck.number).collect())
            }
            Decks::Of(deck) => {
                let deck = *deck;
                let inside = format!("{deck}::");
                let decks = self.store.bare_decks()?.into_iter().filter(|deck| !deck.hidden);
                let chosen: BTreeSet<i64> = decks
                    .filter(|row| row.name == deck || row.name.starts_with(&inside))
                    .map(|row| row.number)
                    .collect();
                DeckSet::Some(chosen)
            }
        };
        Ok(Options { decks, minutes: Some(self.settings.session_minutes), ..Options::default() })
    }

    /// A check-up of the usual length, or what is left of the one of today.
    ///
    /// # Errors
    /// When the database can't be read; when there are no scenes.
    pub fn checkup(&mut self) -> Result<CheckupSession<'_>, Failure> {
        CheckupSession::new(self.store, self.env, self.settings.clone(), None)
    }

    /// What a form edits cards with.
    pub fn note_editor(&mut self) -> NoteEditor<'_> {
        NoteEditor { store: self.store, env: self.env, settings: self.settings }
    }

    /// Everything about a card; `None` where there is no text for it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn page(&self, card: CardId) -> Result<Option<CardDetails>, Failure> {
        card_details(self.store, self.env, self.settings, card)
    }

    /// The newest steps.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        Ok(self.store.actions(50)?)
    }

    /// What is asked before the newest step is taken back; nothing where there is no need.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn doubt(&self) -> Result<Option<Doubt>, Failure> {
        Ok(self.store.newest_action(&[])?.and_then(|step| Doubt::of(&step, self.began)))
    }

    /// Takes back the newest step; says in words what it was, or nothing where there is none.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn undo(&mut self) -> Result<Option<String>, Failure> {
        let newest = self.store.newest_action(&[])?;
        newest.map(|action| self.back_or_forth(&action, crate::ops::undo::undo)).transpose()
    }

    /// Brings back what was taken back last, where nothing was done since; says in words what it was.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn redo(&mut self) -> Result<Option<String>, Failure> {
        let newest = crate::ops::undo::undone_last(self.store)?;
        newest.map(|action| self.back_or_forth(&action, crate::ops::undo::redo)).transpose()
    }

    fn back_or_forth(
        &mut self,
        action: &ActionLine,
        work: fn(&mut Store, Stamp, ActionId) -> Result<BackOrForth, Failure>,
    ) -> Result<String, Failure> {
        let when = stamp(self.env, self.settings);
        let (undo, talk) = work(self.store, when, action.id)?;
        if !undo.settings.is_empty() {
            self.settings.searches = settings::load(Env::config_file().as_deref())?.searches;
        }
        Ok(joined(&[vec![words(action)], talk].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decks_stand_under_those_that_they_lie_in_and_are_counted_there() {
        let deck = |name: &str, due| DeckRow { name: name.to_owned(), due, ..DeckRow::default() };
        let rows = tree(vec![deck("a::b", 1), deck("c", 2), deck("a", 4), deck("a::b::d", 8), deck("ab", 16)]);
        let shown: Vec<(&str, usize, bool, u64)> =
            rows.iter().map(|row| (row.name.as_str(), row.depth, row.holds_others, row.due)).collect();
        assert_eq!(
            shown,
            [
                ("a", 0, true, 13),
                ("a::b", 1, true, 9),
                ("a::b::d", 2, false, 8),
                ("c", 0, false, 2),
                ("ab", 0, false, 16)
            ]
        );
    }
}
