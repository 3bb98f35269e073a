//! What an interface with several screens works with: the open database, and questions to it in a front end's terms.

use crate::core::id::CardId;
use crate::core::pause::Pause;
use crate::core::queue::Comeback;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::day::day;
use crate::ops::failure;
use crate::ops::report::Wanted;
use crate::ops::report::make;
use crate::ops::review::Options;
use crate::ops::review::Review;
use crate::ops::stamp;
use crate::report::Report;
use crate::store::ActionLine;
use crate::store::DeckSet;
use crate::store::HistoryRow;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;

/// A card as lists and pages show it.
pub use crate::store::CardLine;

/// Days that the forecast looks ahead.
pub const FORECAST_DAYS: usize = 7;

/// Cards that a search lists at most; more are counted.
const MOST_LISTED: usize = 5000;

/// A deck as the first screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRow {
    /// Local number.
    pub number: i64,
    /// Path-like name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Due cards.
    pub due: u64,
    /// New cards.
    pub new: u64,
}

/// The day at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Decks in their order.
    pub decks: Vec<DeckRow>,
    /// Reviews that are left of the day's limit.
    pub reviews: u64,
    /// New cards that are left of the day's limit.
    pub new: u64,
    /// Cards to be repeated today.
    pub repeats: u64,
    /// Answers given today.
    pub answers_today: u32,
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
}

/// An open database with what is needed to use it.
pub struct Desk {
    store: Store,
    env: Env,
    settings: Settings,
}

impl Desk {
    /// Over an open database.
    #[must_use]
    pub fn new(store: Store, env: Env, settings: Settings) -> Self {
        Self { store, env, settings }
    }

    fn failure(&self, error: &StoreError) -> Failure {
        failure(error, self.store.path())
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Today.
    #[must_use]
    pub fn today(&self) -> StudyDay {
        stamp(&self.env, &self.settings).today
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
    pub fn report(&self) -> Result<Report, Failure> {
        make(&self.store, &self.settings, stamp(&self.env, &self.settings), &Wanted::default())
    }

    /// The day at a glance.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn overview(&self) -> Result<Overview, Failure> {
        let today = self.today();
        let day = day(&self.store, &self.settings, today).map_err(|error| self.failure(&error))?;
        let asked_from = day.pause.map_or(today, |pause| pause.until);
        let decks = self.store.decks(today).map_err(|error| self.failure(&error))?;
        let mut forecast = [0; FORECAST_DAYS];
        for (due, count) in self.store.due_days(&DeckSet::All).map_err(|error| self.failure(&error))? {
            let ahead = usize::try_from(due.max(asked_from).since(today)).unwrap_or(usize::MAX);
            if let Some(sum) = forecast.get_mut(ahead) {
                *sum += count;
            }
        }
        Ok(Overview {
            reviews: day.reviews,
            new: day.new,
            repeats: day.counts.repeats,
            answers_today: day.counts.answers_today,
            streak: day.streak,
            pause: day.pause,
            comeback: day.comeback,
            first_run: day.pause.is_none()
                && self.store.last_practised(StudyDay(i32::MAX)).map_err(|error| self.failure(&error))?.is_none(),
            forecast,
            today,
            decks: decks
                .into_iter()
                .map(|deck| DeckRow {
                    number: deck.number,
                    title: deck.title.unwrap_or_default(),
                    name: deck.name,
                    due: if day.pause.is_some() { 0 } else { deck.due },
                    new: deck.new,
                })
                .collect(),
        })
    }

    /// A sitting over one deck with those inside it, or over all.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn sit(&mut self, deck: Option<&DeckRow>) -> Result<Review<'_>, Failure> {
        let decks = match deck {
            None => DeckSet::All,
            Some(deck) => {
                let inside = format!("{}::", deck.name);
                let names = self.store.deck_names().map_err(|error| self.failure(&error))?;
                let chosen: BTreeSet<i64> = names
                    .into_iter()
                    .filter(|(number, _, name)| *number == deck.number || name.starts_with(&inside))
                    .map(|(number, _, _)| number)
                    .collect();
                DeckSet::Some(chosen)
            }
        };
        let options = Options { decks, ..Options::default() };
        Review::new(&mut self.store, &self.env, self.settings.clone(), &options)
    }

    /// Cards that a search means, at most a few thousand, and how many there are in all. While a query can't be read
    /// (it is being typed), cards that hold all its words.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn search(&self, query: &str) -> Result<(Vec<CardLine>, usize), Failure> {
        if let Ok(query) = crate::ops::search::read(&self.store, query) {
            let asked = crate::ops::search::asked(&self.store, &self.settings, self.today())?;
            let cards = self.store.search(&query, &asked).map_err(|error| self.failure(&error))?;
            let mut found = Vec::new();
            let add = |line| {
                found.push(line);
                Ok(())
            };
            let shown = cards.get(..MOST_LISTED).unwrap_or(&cards);
            self.store.lines(shown, add).map_err(|error| self.failure(&error))?;
            return Ok((found, cards.len()));
        }
        let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
        let (mut found, mut count) = (Vec::new(), 0);
        self.store
            .cards(&DeckSet::All, &words, |line| {
                count += 1;
                if found.len() < MOST_LISTED {
                    found.push(line);
                }
                Ok(())
            })
            .map_err(|error| self.failure(&error))?;
        Ok((found, count))
    }

    /// What is wrong with a search, in two lines for people: the reason, and what to do.
    #[must_use]
    pub fn search_fault(&self, query: &str) -> Option<[String; 2]> {
        let failure = crate::ops::search::read(&self.store, query).err()?;
        Some([failure.what, failure.hint.unwrap_or_default()])
    }

    /// Every event of a card, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn events(&self, card: CardId) -> Result<Vec<HistoryRow>, Failure> {
        let mut rows = Vec::new();
        self.store
            .history(Some(card), |row| {
                rows.push(row);
                Ok(())
            })
            .map_err(|error| self.failure(&error))?;
        Ok(rows)
    }

    /// The newest steps.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        self.store.actions(50).map_err(|error| self.failure(&error))
    }

    /// Takes back the newest step; gives its label, or nothing where there is none.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn undo(&mut self) -> Result<Option<String>, Failure> {
        let newest = self.store.newest_action(&[]).map_err(|error| self.failure(&error))?;
        let Some(action) = newest else { return Ok(None) };
        let when = stamp(&self.env, &self.settings);
        crate::ops::undo::undo(&mut self.store, when, action.id, &action.label)?;
        Ok(Some(action.label))
    }
}
