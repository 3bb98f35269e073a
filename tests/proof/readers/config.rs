//! The settings file.

use super::Target;
use crate::mutate::Seeds;
use crate::trial::Chance;
use lmq::ops::settings;
use lmq::ops::settings::SETTINGS;
use std::hint::black_box;
use std::path::Path;

pub(super) fn targets() -> Vec<Target> {
    let mut seeds = vec![settings::template().into_bytes(), settings::template().replace("# ", "").into_bytes()];
    seeds.extend(crate::mutate::files_in("config"));
    vec![
        Target::new("settings", Seeds::new(seeds), read),
        Target::new("names of settings", Seeds::of(&["config"]), named),
    ]
}

/// What was read is written, a setting a line, and read back equal.
fn read(bytes: &[u8], _: &mut Chance) -> Result<(), String> {
    let path = Path::new("config.toml");
    let text = String::from_utf8_lossy(bytes);
    let loaded = match settings::read(path, &text) {
        Ok(loaded) => loaded,
        Err(failure) if failure.to_string().trim().is_empty() => return Err("refused without a word".to_owned()),
        Err(_) => return Ok(()),
    };
    black_box(settings::without_deck(&loaded, &[(1, "team".to_owned(), "team".to_owned())]));
    let decks = std::iter::once(None).chain(loaded.settings.decks.keys().map(|deck| Some(deck.as_str())));
    for deck in decks {
        let of_deck = loaded.of(deck);
        let mut written = String::new();
        for setting in SETTINGS {
            let value = setting.get(of_deck);
            let is_bare = value.parse::<u32>().is_ok() || value.parse::<bool>().is_ok();
            written += &if is_bare {
                format!("{} = {value}\n", setting.key)
            } else {
                format!("{} = \"{value}\"\n", setting.key)
            };
            black_box(loaded.origin(deck, setting.key));
        }
        let again = settings::read(path, &written).map_err(|failure| format!("{failure}\n{written}"))?;
        for setting in SETTINGS {
            let (before, after) = (setting.get(of_deck), setting.get(&again.settings));
            if before != after {
                return Err(format!("{} was {before} and is {after}", setting.key));
            }
        }
    }
    Ok(())
}

/// Names as `lmq config set` takes them and the log keeps them.
fn named(bytes: &[u8], _: &mut Chance) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        black_box(settings::in_words(line));
        black_box(settings::in_words(&settings::dotted(Some(line), "scale")));
        settings::setting(line).ok();
    }
    Ok(())
}
