//! The settings file: read, checked, changed without losing its comments.

use crate::core::grade::Drill;
use crate::core::grade::Scale;
use crate::core::settings::NewOrder;
use crate::core::settings::Settings;
use crate::core::study_day::Rollover;
use crate::core::text::nearest;
use crate::core::units::Days;
use crate::failure::Failure;
use crate::ops::files;
use std::path::Path;

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
    allowed: Allowed,
    read: fn(&Settings) -> String,
    write: fn(&mut Settings, &str),
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

/// All settings, in the order in which they are listed.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "new_per_day",
        what: "new cards a study day",
        allowed: Allowed::Number { from: 0, to: 9999 },
        read: |s| s.new_per_day.to_string(),
        write: |s, text| s.new_per_day = number(text),
    },
    Setting {
        key: "reviews_per_day",
        what: "reviews a study day",
        allowed: Allowed::Number { from: 0, to: 9999 },
        read: |s| s.reviews_per_day.to_string(),
        write: |s, text| s.reviews_per_day = number(text),
    },
    Setting {
        key: "new_order",
        what: "order of a deck's new cards: as written, or shuffled",
        allowed: Allowed::Word(&["position", "random"]),
        read: |s| if s.new_order == NewOrder::Random { "random" } else { "position" }.to_owned(),
        write: |s, text| s.new_order = if text == "random" { NewOrder::Random } else { NewOrder::Position },
    },
    Setting {
        key: "scale",
        what: "grades: four buttons, or SM-2's 0 to 5",
        allowed: Allowed::Word(&["four", "sm2"]),
        read: |s| if s.scale == Scale::Sm2 { "sm2" } else { "four" }.to_owned(),
        write: |s, text| s.scale = if text == "sm2" { Scale::Sm2 } else { Scale::Four },
    },
    Setting {
        key: "drill",
        what: "what is repeated the same day: only failures, or all below 4 (usual: by scale)",
        allowed: Allowed::Word(&["failed", "below-4"]),
        read: |s| if s.drill() == Drill::Below4 { "below-4" } else { "failed" }.to_owned(),
        write: |s, text| s.drill = Some(if text == "below-4" { Drill::Below4 } else { Drill::Failed }),
    },
    Setting {
        key: "maximum_interval_days",
        what: "the longest interval",
        allowed: Allowed::Number { from: 1, to: 36_500 },
        read: |s| s.maximum_interval.0.to_string(),
        write: |s, text| s.maximum_interval = Days(number(text)),
    },
    Setting {
        key: "fuzz",
        what: "whether due days move a little, so that cards drift apart",
        allowed: Allowed::Switch,
        read: |s| s.fuzz.to_string(),
        write: |s, text| s.fuzz = text == "true",
    },
    Setting {
        key: "siblings",
        what: "whether cards of one note are kept to different days",
        allowed: Allowed::Switch,
        read: |s| s.bury_siblings.to_string(),
        write: |s, text| s.bury_siblings = text == "true",
    },
    Setting {
        key: "leech_lapses",
        what: "failures that make a card a leech; 0 for never",
        allowed: Allowed::Number { from: 0, to: 999 },
        read: |s| s.leech_lapses.to_string(),
        write: |s, text| s.leech_lapses = number(text),
    },
    Setting {
        key: "leech_suspend",
        what: "whether a leech is suspended",
        allowed: Allowed::Switch,
        read: |s| s.leech_suspend.to_string(),
        write: |s, text| s.leech_suspend = text == "true",
    },
    Setting {
        key: "rollover",
        what: "the hour at which a study day begins",
        allowed: Allowed::Number { from: 0, to: 23 },
        read: |s| s.rollover.hour().to_string(),
        write: |s, text| {
            s.rollover = u8::try_from(number(text)).ok().and_then(Rollover::new).unwrap_or(Rollover::DEFAULT);
        },
    },
    Setting {
        key: "try_line",
        what: "whether a session ends with one line to do",
        allowed: Allowed::Switch,
        read: |s| s.try_line.to_string(),
        write: |s, text| s.try_line = text == "true",
    },
    Setting {
        key: "checkup",
        what: "whether a check-up is offered when one is due",
        allowed: Allowed::Switch,
        read: |s| s.checkup.to_string(),
        write: |s, text| s.checkup = text == "true",
    },
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
    fn toml_value(&self, text: &str) -> Option<toml_edit::Value> {
        match self.allowed {
            Allowed::Number { from, to } => {
                let number: u32 = text.parse().ok()?;
                (from..=to).contains(&number).then(|| i64::from(number).into())
            }
            Allowed::Switch => text.parse::<bool>().ok().map(Into::into),
            Allowed::Word(words) => words.contains(&text).then(|| text.into()),
        }
    }

    /// What it may be, for messages.
    #[must_use]
    pub fn allowed(&self) -> String {
        self.allowed.in_words()
    }
}

/// A value without its decor: the comment at the line's end belongs to it.
fn plain(value: &toml_edit::Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.clone().decorated("", "").to_string(),
    }
}

fn read_text(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            Err(Failure::failed(format!("cannot read the settings `{}`", path.display())).at(error.to_string()))
        }
    }
}

fn place(path: &Path, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{}:{line}:{column}", path.display())
}

fn parse(path: &Path, text: &str) -> Result<toml_edit::Document<String>, Failure> {
    toml_edit::Document::parse(text.to_owned()).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Failure::data("cannot read the settings").at(format!("{}: {}", place(path, text, at), error.message()))
    })
}

/// `[keys]`: what the learner bound. Whether the commands and keys are ones, the interface says, which knows them.
fn bound_keys(table: &dyn toml_edit::TableLike) -> Option<std::collections::BTreeMap<String, String>> {
    table.iter().map(|(name, item)| Some((name.to_owned(), item.as_str()?.to_owned()))).collect()
}

/// The settings of the file at `path`; the usual ones where there is none. All faults of the file at once.
///
/// # Errors
/// When the file can't be read, or has faults.
pub fn load(path: Option<&Path>) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    let Some(path) = path else { return Ok(settings) };
    let text = read_text(path)?;
    if text.is_empty() {
        return Ok(settings);
    }
    let document = parse(path, &text)?;
    let mut failure = Failure::data(format!("the settings `{}` have faults", path.display()));
    for (key, item) in document.iter() {
        let at = document.key(key).and_then(toml_edit::Key::span).or_else(|| item.span()).map_or(0, |span| span.start);
        let place = place(path, &text, at);
        if key == "keys" {
            match item.as_table_like().map(bound_keys) {
                Some(Some(keys)) => settings.keys = keys,
                _ => failure = failure.at(format!("{place}: [keys] has to be a table of texts, as undo = \"u\"")),
            }
            continue;
        }
        match setting(key) {
            Err(unknown) => {
                failure = failure.at(format!("{place}: {}; {}", unknown.what, unknown.hint.unwrap_or_default()));
            }
            Ok(setting) => {
                let value = item.as_value().map(plain);
                match value.filter(|value| setting.toml_value(value).is_some()) {
                    Some(value) => (setting.write)(&mut settings, &value),
                    None => failure = failure.at(format!("{place}: `{key}` has to be {}", setting.allowed())),
                }
            }
        }
    }
    if failure.places.is_empty() { Ok(settings) } else { Err(failure.hint("mend the file, or take the lines out")) }
}

/// Sets or, with `None`, takes out a setting in the file at `path`; comments and order stay. Gives the old value.
///
/// # Errors
/// When the value may not be, or the file can't be written.
pub fn change(path: &Path, key: &str, value: Option<&str>) -> Result<Option<String>, Failure> {
    let setting = setting(key)?;
    let new = match value {
        Some(text) => Some(setting.toml_value(text).ok_or_else(|| {
            Failure::usage(format!("`{key}` can't be `{text}`")).hint(format!("it has to be {}", setting.allowed()))
        })?),
        None => None,
    };
    let text = read_text(path)?;
    let mut document = parse(path, &text)?.into_mut();
    let old = document.get(key).and_then(toml_edit::Item::as_value).map(plain);
    match new {
        Some(mut new) => {
            // Comments belong to the key and to the value's decor: what is there is changed in its place.
            match document.get_mut(key) {
                Some(there) => {
                    if let Some(old) = there.as_value() {
                        *new.decor_mut() = old.decor().clone();
                    }
                    *there = toml_edit::Item::Value(new);
                }
                None => drop(document.insert(key, toml_edit::Item::Value(new))),
            }
        }
        None => drop(document.remove(key)),
    }
    files::write_whole(path, |out| out.write_all(document.to_string().as_bytes()))?;
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_comments_and_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "# mine\nnew_per_day = 5 # few\nfuzz = true\n").unwrap();
        assert_eq!(change(&path, "new_per_day", Some("7")).unwrap(), Some("5".to_owned()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\nnew_per_day = 7 # few\nfuzz = true\n");
        assert_eq!(load(Some(&path)).unwrap().new_per_day, 7);
        assert_eq!(change(&path, "new_per_day", None).unwrap(), Some("7".to_owned()));
        assert_eq!(load(Some(&path)).unwrap().new_per_day, 10);
    }

    #[test]
    fn all_faults_of_the_file_are_listed_with_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "new_per_dya = 5\nscale = \"six\"\nrollover = 24\n").unwrap();
        let failure = load(Some(&path)).unwrap_err();
        assert_eq!(failure.kind.code(), 3);
        assert_eq!(failure.places.len(), 3);
        assert!(failure.places[0].contains("config.toml:1:1") && failure.places[0].contains("new_per_day"));
        assert!(failure.places[1].contains("config.toml:2:1") && failure.places[1].contains("four or sm2"));
        assert!(failure.places[2].contains("0 to 23"));
    }

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
