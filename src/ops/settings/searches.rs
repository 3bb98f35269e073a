//! Searches that the learner saved: each under a name in the settings file, and each change a step that can be undone.

use crate::core::compare::search::plain;
use crate::core::settings::Settings;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops;
use crate::ops::settings;
use crate::store::Stamp;
use crate::store::Store;
use std::path::Path;

/// Characters of a name at most: it is typed.
const MOST_CHARS: usize = 60;

/// The name under which a search is saved already, whatever its case and accents; else the one given.
///
/// # Errors
/// When it can't be a name.
fn name_of(settings: &Settings, given: &str) -> Result<String, Failure> {
    let given = given.trim();
    if plain(given).is_empty()
        || given.chars().count() > MOST_CHARS
        || given.chars().any(|c| c.is_control() || c == '"')
    {
        return Err(Failure::usage(format!("a search can't be saved as `{}`", one_line(given)))
            .hint(format!("a name has letters or digits, no quotes, and at most {MOST_CHARS} characters")));
    }
    let there = settings.searches.keys().find(|name| plain(name) == plain(given));
    Ok(there.cloned().unwrap_or_else(|| given.to_owned()))
}

/// Saves a search under a name, in place of one that has it already.
///
/// # Errors
/// When the name or the query can't be, or the settings or the log can't be written: nothing is changed then.
pub fn save(
    store: &mut Store,
    settings: &mut Settings,
    stamp: Stamp,
    path: &Path,
    name: &str,
    query: &str,
) -> Result<(), Failure> {
    let name = name_of(settings, name)?;
    let mut with_it = settings.clone();
    with_it.searches.insert(name.clone(), query.to_owned());
    ops::search::read(store, &with_it, query)?;
    write(store, settings, stamp, path, &[(&name, Some(query))])
}

/// Removes a saved search.
///
/// # Errors
/// When there is none of that name, or the settings or the log can't be written.
pub fn remove(
    store: &mut Store,
    settings: &mut Settings,
    stamp: Stamp,
    path: &Path,
    name: &str,
) -> Result<(), Failure> {
    let name = known(settings, name)?;
    write(store, settings, stamp, path, &[(&name, None)])
}

/// Gives a saved search another name, which no other has.
///
/// # Errors
/// When there is none of that name, the new one can't be or is taken, or the settings or the log can't be written.
pub fn rename(
    store: &mut Store,
    settings: &mut Settings,
    stamp: Stamp,
    path: &Path,
    from: &str,
    to: &str,
) -> Result<(), Failure> {
    let from = known(settings, from)?;
    let query = settings.searches.get(&from).cloned().unwrap_or_default();
    let mut others = settings.clone();
    others.searches.remove(&from);
    let to = name_of(&others, to)?;
    if others.searches.contains_key(&to) {
        return Err(Failure::usage(format!("there is a saved search `{}` already", one_line(&to)))
            .hint("choose another name, or remove that one first"));
    }
    let changes = [(from.as_str(), None), (to.as_str(), Some(query.as_str()))];
    write(store, settings, stamp, path, if from == to { &[] } else { &changes })
}

/// The name of a saved search, as it was saved.
///
/// # Errors
/// When there is none; with the nearest one.
pub fn known(settings: &Settings, name: &str) -> Result<String, Failure> {
    settings.searches.keys().find(|saved| plain(saved) == plain(name)).cloned().ok_or_else(|| {
        let failure = Failure::usage(format!("there is no saved search `{}`", one_line(name)));
        failure.hint(match nearest(name, settings.searches.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{}`? `lmq config list` shows those that you saved", one_line(near)),
            None => "`lmq config list` shows those that you saved".to_owned(),
        })
    })
}

/// Changes them in the file and in the log.
fn write(
    store: &mut Store,
    settings: &mut Settings,
    stamp: Stamp,
    path: &Path,
    changes: &[(&str, Option<&str>)],
) -> Result<(), Failure> {
    let changes: Vec<_> = changes.iter().map(|(name, new)| (settings::dotted_search(name), *new)).collect();
    settings::set(store, path, &changes, || Ok(stamp))?;
    settings.searches = settings::load(Some(path))?.searches;
    Ok(())
}
