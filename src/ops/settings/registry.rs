//! The settings that there are: what each does, what it may be, and how core's `Settings` hold it.

use crate::core::compare::answer::Weight;
use crate::core::grade::Drill;
use crate::core::grade::Scale;
use crate::core::settings::KeyPreset;
use crate::core::settings::NewOrder;
use crate::core::settings::Settings;
use crate::core::settings::Theme;
use crate::core::study_day::Rollover;
use crate::core::text::nearest;
use crate::core::units::Days;
use crate::failure::Failure;

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
enum Allowed {
    Number { from: u32, to: u32 },
    Switch,
    Word(&'static [&'static str]),
}

impl Allowed {
    fn in_words(self) -> String {
        match self {
            Self::Number { from, to } => format!("a whole number from {from} to {to}"),
            Self::Switch => "true or false".to_owned(),
            Self::Word(words) => words.join(" or "),
        }
    }
}

/// A setting that there is.
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// What it does, for `lmq config list`.
    pub what: &'static str,
    /// Whether a deck may have its own.
    pub per_deck: bool,
    allowed: Allowed,
    read: fn(&Settings) -> String,
    pub(super) write: fn(&mut Settings, &str),
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

fn weight(weight: Option<Weight>) -> String {
    weight.unwrap_or(Weight::Ignore).name().to_owned()
}

/// All settings, in the order in which they are listed.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "new_per_day",
        what: "new cards a study day",
        per_deck: true,
        allowed: Allowed::Number { from: 0, to: 9999 },
        read: |s| s.new_per_day.to_string(),
        write: |s, text| s.new_per_day = number(text),
    },
    Setting {
        key: "reviews_per_day",
        what: "reviews a study day",
        per_deck: true,
        allowed: Allowed::Number { from: 0, to: 9999 },
        read: |s| s.reviews_per_day.to_string(),
        write: |s, text| s.reviews_per_day = number(text),
    },
    Setting {
        key: "new_order",
        what: "order of a deck's new cards: as written, or shuffled",
        per_deck: true,
        allowed: Allowed::Word(&["position", "random"]),
        read: |s| if s.new_order == NewOrder::Random { "random" } else { "position" }.to_owned(),
        write: |s, text| s.new_order = if text == "random" { NewOrder::Random } else { NewOrder::Position },
    },
    Setting {
        key: "scale",
        what: "grades: four buttons, or SM-2's 0 to 5",
        per_deck: true,
        allowed: Allowed::Word(&["four", "sm2"]),
        read: |s| if s.scale == Scale::Sm2 { "sm2" } else { "four" }.to_owned(),
        write: |s, text| s.scale = if text == "sm2" { Scale::Sm2 } else { Scale::Four },
    },
    Setting {
        key: "drill",
        what: "what is repeated the same day: only failures, or all below 4 (usual: by scale)",
        per_deck: true,
        allowed: Allowed::Word(&["failed", "below-4"]),
        read: |s| if s.drill() == Drill::Below4 { "below-4" } else { "failed" }.to_owned(),
        write: |s, text| s.drill = Some(if text == "below-4" { Drill::Below4 } else { Drill::Failed }),
    },
    Setting {
        key: "maximum_interval_days",
        what: "the longest interval",
        per_deck: true,
        allowed: Allowed::Number { from: 1, to: 36_500 },
        read: |s| s.maximum_interval.0.to_string(),
        write: |s, text| s.maximum_interval = Days(number(text)),
    },
    Setting {
        key: "fuzz",
        what: "whether due days move a little, so that cards drift apart",
        per_deck: true,
        allowed: Allowed::Switch,
        read: |s| s.fuzz.to_string(),
        write: |s, text| s.fuzz = text == "true",
    },
    Setting {
        key: "active",
        what: "whether a deck is asked every day; if not, only when you name it",
        per_deck: true,
        allowed: Allowed::Switch,
        read: |s| s.active.to_string(),
        write: |s, text| s.active = text == "true",
    },
    Setting {
        key: "siblings",
        what: "whether cards of one note are asked on different days",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.bury_siblings.to_string(),
        write: |s, text| s.bury_siblings = text == "true",
    },
    Setting {
        key: "leech_lapses",
        what: "failures that make a card a leech; 0 for never",
        per_deck: true,
        allowed: Allowed::Number { from: 0, to: 999 },
        read: |s| s.leech_lapses.to_string(),
        write: |s, text| s.leech_lapses = number(text),
    },
    Setting {
        key: "leech_suspend",
        what: "whether a leech is suspended",
        per_deck: true,
        allowed: Allowed::Switch,
        read: |s| s.leech_suspend.to_string(),
        write: |s, text| s.leech_suspend = text == "true",
    },
    Setting {
        key: "rollover",
        what: "the hour at which a study day begins",
        per_deck: false,
        allowed: Allowed::Number { from: 0, to: 23 },
        read: |s| s.rollover.hour().to_string(),
        write: |s, text| {
            s.rollover = u8::try_from(number(text)).ok().and_then(Rollover::new).unwrap_or(Rollover::DEFAULT);
        },
    },
    Setting {
        key: "session_minutes",
        what: "minutes after which a session ends, once the current card is answered; 0 for no limit",
        per_deck: false,
        allowed: Allowed::Number { from: 0, to: 1440 },
        read: |s| s.session_minutes.to_string(),
        write: |s, text| s.session_minutes = number(text),
    },
    Setting {
        key: "key_preset",
        what: "the keys to start from; sm2 also grades from 0 to 5, unless `scale` says otherwise",
        per_deck: false,
        allowed: Allowed::Word(&["usual", "anki", "sm2"]),
        read: |s| s.key_preset.name().to_owned(),
        write: |s, text| {
            s.key_preset = KeyPreset::ALL.into_iter().find(|preset| preset.name() == text).unwrap_or_default();
        },
    },
    Setting {
        key: "theme",
        what: "colours of the full screen: for a dark or a light terminal, or none",
        per_deck: false,
        allowed: Allowed::Word(&["auto", "dark", "light", "mono"]),
        read: |s| s.theme.name().to_owned(),
        write: |s, text| s.theme = Theme::ALL.into_iter().find(|theme| theme.name() == text).unwrap_or_default(),
    },
    Setting {
        key: "mouse",
        what: "whether the list of cards uses the mouse; with Shift the terminal still selects text",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.mouse.to_string(),
        write: |s, text| s.mouse = text == "true",
    },
    Setting {
        key: "screen_reader",
        what: "whether lmq says everything line by line and in words, for a screen reader, instead of drawing screens",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.screen_reader.to_string(),
        write: |s, text| s.screen_reader = text == "true",
    },
    Setting {
        key: "try_line",
        what: "whether a session ends with one line to do, and the next day's begins with whether you did it",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.try_line.to_string(),
        write: |s, text| s.try_line = text == "true",
    },
    Setting {
        key: "weekly_scene",
        what: "whether a week's first session ends with the offer to write down a scene of your own",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.weekly_scene.to_string(),
        write: |s, text| s.weekly_scene = text == "true",
    },
    Setting {
        key: "look_ms",
        what: "milliseconds that a card has to be on the screen before a key reveals or grades it; at least 150",
        per_deck: true,
        allowed: Allowed::Number { from: 150, to: 10_000 },
        read: |s| s.look_ms.to_string(),
        write: |s, text| s.look_ms = number(text),
    },
    Setting {
        key: "accents",
        what: "whether wrong accents make a typed answer only nearly right; if unset, the deck's file decides",
        per_deck: true,
        allowed: Allowed::Word(&["ignore", "count"]),
        read: |s| weight(s.weights.accents),
        write: |s, text| s.weights.accents = Weight::of_name(text),
    },
    Setting {
        key: "case",
        what: "whether wrong capitals make a typed answer only nearly right; if unset, the deck's file decides",
        per_deck: true,
        allowed: Allowed::Word(&["ignore", "count"]),
        read: |s| weight(s.weights.case),
        write: |s, text| s.weights.case = Weight::of_name(text),
    },
    Setting {
        key: "punctuation",
        what: "whether wrong punctuation makes a typed answer only nearly right; if unset, the deck's file decides",
        per_deck: true,
        allowed: Allowed::Word(&["ignore", "count"]),
        read: |s| weight(s.weights.punctuation),
        write: |s, text| s.weights.punctuation = Weight::of_name(text),
    },
    Setting {
        key: "checkup",
        what: "whether a check-up is offered when one is due",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.checkup.to_string(),
        write: |s, text| s.checkup = text == "true",
    },
    Setting {
        key: "backups",
        what: "whether a day's first session makes a backup beside the database",
        per_deck: false,
        allowed: Allowed::Switch,
        read: |s| s.backups.to_string(),
        write: |s, text| s.backups = text == "true",
    },
    Setting {
        key: "backups_mb",
        what: "megabytes that those backups may take together; the newest one stays in any case",
        per_deck: false,
        allowed: Allowed::Number { from: 1, to: 1_000_000 },
        read: |s| s.backups_mb.to_string(),
        write: |s, text| s.backups_mb = number(text),
    },
];

/// The settings that `lmq config list` shows without `--all`: those that people change first. Twelve: who adds one takes one away.
pub const SHORT_LIST: [&str; 12] = [
    "new_per_day",
    "reviews_per_day",
    "session_minutes",
    "scale",
    "active",
    "rollover",
    "key_preset",
    "theme",
    "accents",
    "screen_reader",
    "checkup",
    "backups",
];

/// The setting of that name.
///
/// # Errors
/// A usage failure that offers the nearest name.
pub fn setting(key: &str) -> Result<&'static Setting, Failure> {
    SETTINGS.iter().find(|setting| setting.key == key).ok_or_else(|| {
        let names = SETTINGS.iter().map(|setting| setting.key);
        Failure::usage(format!("there is no setting `{key}`")).hint(match nearest(key, names) {
            Some(name) => format!("did you mean `{name}`? `lmq config list` shows all"),
            None => "`lmq config list` shows all settings".to_owned(),
        })
    })
}

impl Setting {
    /// Its value in `settings`.
    #[must_use]
    pub fn get(&self, settings: &Settings) -> String {
        (self.read)(settings)
    }

    /// The value as the settings file has it, if it may be one.
    pub(super) fn toml_value(&self, text: &str) -> Option<toml_edit::Value> {
        match self.allowed {
            Allowed::Number { from, to } => {
                let number: u32 = text.parse().ok()?;
                (from..=to).contains(&number).then(|| i64::from(number).into())
            }
            Allowed::Switch => text.parse::<bool>().ok().map(Into::into),
            Allowed::Word(words) => words.contains(&text).then(|| text.into()),
        }
    }

    /// The text of a value in the file, if it may be one: a number in quotes is none.
    pub(super) fn text_of(&self, item: &toml_edit::Item) -> Option<String> {
        let value = item.as_value()?;
        let text = plain(value);
        self.toml_value(&text).filter(|right| right.type_name() == value.type_name()).map(|_| text)
    }

    /// What it may be, for messages.
    #[must_use]
    pub fn allowed(&self) -> String {
        self.allowed.in_words()
    }
}

/// A value without its decor: the comment at the line's end belongs to it.
pub(super) fn plain(value: &toml_edit::Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.clone().decorated("", "").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_reads_back_what_it_writes() {
        for setting in SETTINGS {
            let value = match setting.allowed {
                Allowed::Number { from, .. } => (from + 2).to_string(),
                Allowed::Switch => (setting.get(&Settings::default()) != "true").to_string(),
                Allowed::Word(words) => words[1].to_owned(),
            };
            let mut settings = Settings::default();
            (setting.write)(&mut settings, &value);
            assert_eq!(setting.get(&settings), value, "{}", setting.key);
        }
    }
}
