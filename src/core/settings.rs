//! What a learner can choose. Settings act from now on; they never enter the fold.

use crate::core::compare::answer::Weights;
use crate::core::grade::Drill;
use crate::core::grade::Scale;
use crate::core::queue::Places;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::Sm2;
use crate::core::state::LEECH_LAPSES;
use crate::core::study_day::Rollover;
use crate::core::units::Days;
use std::collections::BTreeMap;

/// The order in which a deck's new cards come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewOrder {
    /// As the author wrote them.
    #[default]
    Position,
    /// By each card's fixed shuffle.
    Random,
}

/// The colours of the full screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the terminal says that it is.
    #[default]
    Auto,
    /// For a dark terminal.
    Dark,
    /// For a light one.
    Light,
    /// None.
    Mono,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Dark, Self::Light, Self::Mono];

    /// Its name in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// A set of keys to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyPreset {
    /// Those of `lmq`.
    #[default]
    Usual,
    /// Those of Anki's desktop program, as far as it has the same commands.
    Anki,
    /// The usual ones, and grades from 0 to 5.
    Sm2,
}

impl KeyPreset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Usual, Self::Anki, Self::Sm2];

    /// Its name in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Anki => "anki",
            Self::Sm2 => "sm2",
        }
    }
}

/// What the settings say about the cards of a deck, as far as counting and finding them needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeckRule {
    /// Order of new cards.
    pub new_order: NewOrder,
    /// Which grades are repeated the same day.
    pub drill: Drill,
    /// Lapses that make a leech; 0 for never.
    pub leech_lapses: u32,
    /// The longest interval.
    pub maximum_interval: Days,
}

/// The rule of each deck, by its local number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRules {
    usual: DeckRule,
    of: BTreeMap<i64, DeckRule>,
    siblings_apart: bool,
}

impl DeckRules {
    /// Whether siblings are kept to different days, in all decks.
    #[must_use]
    pub fn keep_siblings_apart(&self) -> bool {
        self.siblings_apart
    }

    /// The rule of a deck that the settings name nowhere.
    #[must_use]
    pub fn usual(&self) -> DeckRule {
        self.usual
    }

    /// The rule of this deck.
    #[must_use]
    pub fn of(&self, deck: i64) -> DeckRule {
        self.of.get(&deck).copied().unwrap_or(self.usual)
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether a deck is asked every day, and not only when it is named.
    pub active: bool,
    /// First answers a study day.
    pub new_per_day: u32,
    /// Reviews a study day.
    pub reviews_per_day: u32,
    /// Order of new cards.
    pub new_order: NewOrder,
    /// Which keys grade.
    pub scale: Scale,
    /// Which grades are repeated the same day; `None` for the scale's usual.
    pub drill: Option<Drill>,
    /// The longest interval.
    pub maximum_interval: Days,
    /// Whether due days move a little.
    pub fuzz: bool,
    /// Lapses that make a leech; 0 for never.
    pub leech_lapses: u32,
    /// Whether a leech is suspended.
    pub leech_suspend: bool,
    /// Whether siblings are kept to different days.
    pub bury_siblings: bool,
    /// When a study day begins.
    pub rollover: Rollover,
    /// After how many minutes a sitting ends, at a card boundary; 0 for no limit.
    pub session_minutes: u32,
    /// Whether a session ends with one line to do.
    pub try_line: bool,
    /// Whether the end of a week's first session offers to write down a scene of one's own.
    pub weekly_scene: bool,
    /// How long a card has to be on the screen before a key may reveal or grade it.
    pub look_ms: u32,
    /// The keys to begin with.
    pub key_preset: KeyPreset,
    /// The colours of the full screen.
    pub theme: Theme,
    /// Whether the list of cards takes the mouse.
    pub mouse: bool,
    /// Whether everything is said line by line, in words: for a screen reader.
    pub screen_reader: bool,
    /// Whether check-ups are offered.
    pub checkup: bool,
    /// Whether the first session of a day makes a backup.
    pub backups: bool,
    /// How many megabytes those backups may take together.
    pub backups_mb: u32,
    /// What counts in typed answers, where the learner says so; else the deck's file does.
    pub weights: Weights,
    /// Keys that the learner bound: name of the command → keys, separated by spaces.
    pub keys: BTreeMap<String, String>,
    /// Searches that the learner saved: name → query.
    pub searches: BTreeMap<String, String>,
    /// What holds in a deck and those inside it, where that is something else: all settings, by the deck's name. Those of
    /// a deck inside another hold what the other's hold, but for its own.
    pub decks: BTreeMap<String, Self>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            active: true,
            new_per_day: 10,
            reviews_per_day: 200,
            new_order: NewOrder::Position,
            scale: Scale::Four,
            drill: None,
            maximum_interval: Days(36_500),
            fuzz: false,
            leech_lapses: LEECH_LAPSES,
            leech_suspend: false,
            bury_siblings: true,
            rollover: Rollover::DEFAULT,
            session_minutes: 10,
            try_line: true,
            weekly_scene: true,
            look_ms: 150,
            backups: true,
            backups_mb: 100,
            key_preset: KeyPreset::Usual,
            theme: Theme::Auto,
            mouse: true,
            screen_reader: false,
            checkup: true,
            weights: Weights::default(),
            keys: BTreeMap::new(),
            searches: BTreeMap::new(),
            decks: BTreeMap::new(),
        }
    }
}

/// The names of the deck and of those that it lies in, nearest first: `a::b` and `a` for `a::b`.
pub fn name_and_above(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.rsplit_once("::").map(|(above, _)| above))
}

impl Settings {
    /// What holds in the deck of that name.
    #[must_use]
    pub fn of_deck(&self, name: &str) -> &Self {
        if self.decks.is_empty() {
            return self;
        }
        name_and_above(name).find_map(|name| self.decks.get(&name.to_lowercase())).unwrap_or(self)
    }

    fn rule(&self) -> DeckRule {
        DeckRule {
            new_order: self.new_order,
            drill: self.drill(),
            leech_lapses: self.leech_lapses,
            maximum_interval: self.maximum_interval,
        }
    }

    /// The rules of decks, given by number and name; the general one for all others.
    #[must_use]
    pub fn rules<'d>(&self, decks: impl IntoIterator<Item = (i64, &'d str)>) -> DeckRules {
        let of = decks.into_iter().map(|(number, name)| (number, self.of_deck(name).rule())).collect();
        DeckRules { usual: self.rule(), of, siblings_apart: self.bury_siblings }
    }

    /// The places that are left of a day's limits. `limit` picks a limit from settings; `done` has what was done today by
    /// deck. The limit of a deck counts those inside it too, and the day's limit counts all.
    #[must_use]
    pub fn places<'d>(
        &self,
        limit: fn(&Self) -> u32,
        decks: impl IntoIterator<Item = (i64, &'d str)> + Clone,
        done: &BTreeMap<i64, u32>,
    ) -> Places {
        let left =
            |settings: &Self, done: u32| usize::try_from(limit(settings).saturating_sub(done)).unwrap_or(usize::MAX);
        let mut places = Places::from(left(self, done.values().sum()));
        for (table, settings) in &self.decks {
            let inside: Vec<i64> = decks
                .clone()
                .into_iter()
                .filter(|(_, name)| name_and_above(&name.to_lowercase()).any(|name| name == table))
                .map(|(number, _)| number)
                .collect();
            let done = inside.iter().filter_map(|deck| done.get(deck)).sum();
            places.limit(left(settings, done), inside);
        }
        places
    }

    /// Which grades are repeated the same day.
    #[must_use]
    pub fn drill(&self) -> Drill {
        self.drill.unwrap_or(Drill::usual(self.scale))
    }

    /// The scheduler that new answers are given to.
    #[must_use]
    pub fn scheduler(&self) -> Scheduler {
        Scheduler::Sm2(Sm2 { maximum_interval: self.maximum_interval, fuzz: self.fuzz })
    }
}
