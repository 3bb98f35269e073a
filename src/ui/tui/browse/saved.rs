//! Searches that are saved under a name: to save the one in force, to choose one, to rename or remove it.

use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse::Browser;
use crate::ui::tui::browse::condition;
use crate::ui::tui::input::Input;
use crate::ui::tui::paint::filled;
use crate::ui::tui::pick;
use crate::ui::tui::pick::Choice;
use crate::ui::tui::term::Term;
use unicode_width::UnicodeWidthStr as _;

/// Columns of a name in the list, at most.
const MOST_NAME: usize = 24;

/// The key that renames one in that list.
const RENAME: &str = "r";

impl Browser<'_, '_> {
    /// Lists the saved searches; the one in force can be saved there.
    pub(super) fn saved_searches(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let query = self.query.text().trim().to_owned();
        let searches: Vec<(String, String)> = self.workspace.settings().searches.clone().into_iter().collect();
        let is_new = !query.is_empty() && self.fault.is_none() && searches.iter().all(|(_, saved)| *saved != query);
        if searches.is_empty() && !is_new {
            let [filter, save] = [Command::Search, Command::Saved].map(|command| with.keys.first(command));
            self.said =
                Some(format!("No search is saved yet: {filter} filters the list, then {save} saves the search"));
            return Ok(());
        }
        let names = searches.iter().map(|(name, _)| one_line(name).width()).max().unwrap_or(0).min(MOST_NAME);
        let save = is_new.then(|| Choice { key: "s".to_owned(), what: format!("save {}", one_line(&query)) });
        let saved = searches.iter().enumerate().map(|(place, (name, query))| Choice {
            key: if place < 9 { (place + 1).to_string() } else { String::new() },
            what: format!("{}  {}", filled(&one_line(name), names), one_line(query)),
        });
        let choices: Vec<Choice> = save.into_iter().chain(saved).collect();
        let others = [(RENAME.to_owned(), "renames"), (with.keys.first(Command::Delete), "removes")];
        let title = "Saved searches";
        let chosen = pick::one_for(title, &choices, &others, 0, &|frame| self.draw(frame, with), term, with)?;
        let Some((place, other)) = chosen else { return Ok(()) };
        let saved = place.checked_sub(usize::from(is_new)).and_then(|place| searches.get(place));
        let done = match (saved, other) {
            (None, _) => self.save(&query, term, with)?,
            (Some((name, _)), Some(0)) => self.rename(name, term, with)?,
            (Some((name, _)), Some(_)) => Some(
                self.workspace.remove_search(name).map(|()| format!("Removed the saved search `{}`", one_line(name))),
            ),
            (Some((_, query)), None) => {
                self.query = Input::of(query);
                return self.retyped();
            }
        };
        let back = with.keys.first(Command::Undo);
        self.said = done.map(|done| match done {
            Ok(did) => format!("{did}. {back} takes it back"),
            Err(failure) => failure.to_string(),
        });
        Ok(())
    }

    /// Asks for a name.
    fn name(&self, title: &str, term: &mut Term, with: ScreenContext<'_>) -> Result<Option<String>, Failure> {
        let known = || Ok(self.workspace.settings().searches.keys().cloned().collect());
        pick::word(title, &known, &|frame| self.draw(frame, with), term, with)
    }

    /// Saves a search under the name that is typed; what was done, or why not.
    fn save(
        &mut self,
        query: &str,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<Option<Result<String, Failure>>, Failure> {
        let Some(name) = self.name("Save this search as", term, with)? else { return Ok(None) };
        let saved = self.workspace.save_search(&name, query);
        Ok(Some(
            saved.map(|()| format!("Saved: `{}` finds these cards anywhere", condition("saved", &one_line(&name)))),
        ))
    }

    fn rename(
        &mut self,
        from: &str,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<Option<Result<String, Failure>>, Failure> {
        let Some(to) = self.name(&format!("Rename `{}` to", one_line(from)), term, with)? else { return Ok(None) };
        let renamed = self.workspace.rename_search(from, &to);
        Ok(Some(renamed.map(|()| format!("Renamed `{}` to `{}`", one_line(from), one_line(&to)))))
    }
}
