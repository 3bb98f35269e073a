//! One report, for the commands and for the screen.

use crate::core::progress::Progress;
use crate::core::progress::Totals;
use crate::core::progress::hold_back;
use crate::core::search::Asked;
use crate::core::settings::Settings;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::totals::Counted;
use crate::failure::Failure;
use crate::ops;
use crate::ops::add::words_of_key;
use crate::report::CardLine;
use crate::report::Report;
use crate::report::build;
use crate::report::with_checkups;
use crate::report::with_tries;
use crate::store::DeckSet;
use crate::store::Hits;
use crate::store::Stamp;
use crate::store::Store;

/// What a report is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'w> {
    /// Its first day; `None` for the first answer.
    pub since: Option<StudyDay>,
    /// Its last day; `None` for today.
    pub until: Option<StudyDay>,
    /// The decks, as they were named; none for all.
    pub decks: &'w [String],
    /// Whether cards are listed.
    pub with_cards: bool,
    /// Whether it is for others: then what was taken for what is only told where both stand in the built-in decks, since
    /// in other decks they are the texts of somebody's cards.
    pub for_others: bool,
    /// Only cards that this search means.
    pub search: Option<&'w str>,
}

/// What a report is made of: the sums of some decks, or of the cards of a search in them.
pub struct Sums {
    totals: Totals,
    decks: DeckSet,
    /// The cards of a search, with the question that found them.
    among: Option<(Hits, Asked)>,
}

impl Sums {
    /// Whether the search means no card of these decks.
    #[must_use]
    pub fn are_of_none(&self) -> bool {
        self.among.as_ref().is_some_and(|(hits, _)| hits.is_empty())
    }

    /// What they come to.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress::new(&self.totals)
    }
}

/// Reads the sums of what is wanted.
///
/// # Errors
/// When a deck or the search means nothing, the days are the wrong way round, or the database can't be read.
pub fn sums(store: &Store, settings: &Settings, stamp: Stamp, wanted: &Wanted<'_>) -> Result<Sums, Failure> {
    let (since, until) = (wanted.since, wanted.until);
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Failure::usage(format!("{} is after {}", since.iso(), until.iso()))
            .hint("give the earlier day to --since, the later to --until"));
    }
    let decks = ops::decks::named(store, wanted.decks)?;
    let rules = ops::day::rules(store, settings)?;
    let among = match wanted.search {
        Some(query) => {
            let asked = ops::search::asked(store, settings, stamp.today)?;
            let query = ops::search::read(store, settings, query)?;
            let hits = store.hits_in(&decks, &query, &asked)?;
            Some((hits, asked))
        }
        None => None,
    };
    let mut totals = match &among {
        Some((hits, asked)) => store.totals_of(hits, asked, since, until)?,
        None => {
            let shown = if wanted.decks.is_empty() { ops::decks::shown(store)? } else { decks.clone() };
            let mut totals = store.totals(&shown, stamp.today, since, until, &rules)?;
            // What was done was done, in decks too that are hidden now; what there is to know is what one still sees.
            if shown != decks {
                totals.days = store.day_totals(&decks)?;
            }
            totals
        }
    };
    totals.pauses = store.pauses_and_flights(&totals.days, stamp, settings.rollover)?;
    if wanted.for_others && !totals.sides.is_empty() {
        let published = store.published_texts()?;
        let names_cards = |kind: Counted| Counted::MATRICES.contains(&kind);
        let is_published = |name: &String| published.contains(name);
        totals
            .sides
            .retain(|side| !names_cards(side.kind) || (is_published(&side.expected) && is_published(&side.given)));
    }
    let of_new = |settings: &Settings| (u64::from(settings.new_per_day), settings.maximum_interval);
    (totals.new_per_day, totals.maximum_interval) = match wanted.decks {
        [deck] => of_new(settings.of_deck(deck)),
        _ => of_new(settings),
    };
    // What one sees before a session is what it will ask: hidden decks keep their history, and wait for nobody.
    let asked = if among.is_some() { decks.clone() } else { ops::decks::asked(store, settings, wanted.decks)? };
    if asked != decks {
        totals.due = store.due_days(&asked)?.into_iter().collect();
    }
    let cards = match &among {
        Some((hits, _)) => Some(store.names_of(hits)?.into_iter().collect()),
        None => None,
    };
    let counts = store.counts_among(&asked, cards.as_ref(), stamp.today, &rules)?;
    hold_back(&mut totals.due, counts.siblings + counts.buried, stamp.today);
    Ok(Sums { totals, decks, among })
}

/// Reads the sums and judges them.
///
/// # Errors
/// As [`sums`].
pub fn build_progress(
    store: &Store,
    settings: &Settings,
    stamp: Stamp,
    wanted: &Wanted<'_>,
) -> Result<Progress, Failure> {
    Ok(sums(store, settings, stamp, wanted)?.progress())
}

/// The same, laid out as a report, with the check-ups.
///
/// # Errors
/// As [`sums`].
pub fn build_report(store: &Store, settings: &Settings, stamp: Stamp, wanted: &Wanted<'_>) -> Result<Report, Failure> {
    report_of(store, settings, stamp, wanted, sums(store, settings, stamp, wanted)?)
}

/// Judges the sums of what is wanted, and lays them out as a report, with the check-ups.
///
/// # Errors
/// When the database can't be read.
pub fn report_of(
    store: &Store,
    settings: &Settings,
    stamp: Stamp,
    wanted: &Wanted<'_>,
    sums: Sums,
) -> Result<Report, Failure> {
    let Sums { totals, decks, among } = sums;
    let mut cards = Vec::new();
    if wanted.with_cards {
        let add = |line: crate::store::CardLine| {
            let memory = line.state.memory.as_ref();
            cards.push(CardLine {
                deck: line.deck_name.clone(),
                card: label(&line),
                state: line.state.word(stamp.today, settings.of_deck(&line.deck_name).drill()),
                due: memory.map(|m| m.due),
                interval: memory.map(|m| m.interval),
                ease: memory.and_then(Memory::ease),
                lapses: u64::from(line.state.lapses()),
            });
            Ok(())
        };
        match &among {
            Some((hits, _)) => store.lines(&store.names_of(hits)?, add)?,
            None => store.cards(&decks, &[], add)?,
        }
    }
    // A search may hold the words of a card.
    let is_told = wanted.with_cards || !wanted.for_others;
    let search = wanted.search.map(|search| if is_told { search } else { "the cards of a search" });
    let about: Vec<&str> = wanted.decks.iter().map(String::as_str).chain(search).collect();
    let names = (!about.is_empty()).then(|| about.join(", "));
    let progress = Progress::new(&totals);
    let report = build(&progress, stamp.now, names.as_deref(), wanted.with_cards.then_some(cards.as_slice()));
    let checkups = ops::checkup::among(store, &decks, among.as_ref().map(|(hits, _)| hits))?;
    let report = with_checkups(report, &checkups, wanted.until);
    // They are about all decks.
    if wanted.for_others || !about.is_empty() {
        return Ok(report);
    }
    Ok(with_tries(report, ops::tried::tries(store, wanted.since, wanted.until)?))
}

/// What a report calls a card: its key, or what it asks. A key that was made from the question says less than the question.
fn label(line: &crate::store::CardLine) -> String {
    let is_made = |key: &String| {
        let made = words_of_key(&line.text);
        !made.is_empty() && key.strip_prefix(&made).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    line.key.clone().filter(|key| !is_made(key)).unwrap_or_else(|| line.text.listed_prompt(line.card.ordinal))
}
