//! What can be done with the decks of the first screen.

use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::deck_acts::DeckAct;
use crate::ops::workspace::DeckRow;
use crate::ops::workspace::Workspace;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::pick;
use crate::ui::tui::pick::Choice;
use crate::ui::tui::term::Term;
use ratatui::Frame;
use std::collections::BTreeSet;

/// Asks what to do with the chosen deck, or with those that are hidden; gives what was done, in words.
pub(super) fn act(
    workspace: &mut Workspace<'_>,
    row: Option<&DeckRow>,
    is_paused: bool,
    behind: &dyn Fn(&mut Frame<'_>),
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let hidden = workspace.hidden_decks()?;
    let remove = with.keys.first(Command::Delete);
    let mut choices = Vec::new();
    let mut offer = |key: &str, what: &str, act: DeckAct| {
        choices.push((Choice { key: key.to_owned(), what: what.to_owned() }, act));
    };
    if row.is_some() {
        offer("h", "hide it: out of this list and of daily reviews", DeckAct::Hide);
        offer("r", "rename it", DeckAct::Rename(String::new()));
        offer(&remove, "remove it with its cards", DeckAct::Remove);
    }
    if !hidden.is_empty() {
        offer("s", "show a hidden deck again", DeckAct::Show(String::new()));
    }
    if is_paused {
        offer("p", "end the break", DeckAct::EndBreak);
    }
    if choices.is_empty() {
        return Ok(Some("Choose a deck first".to_owned()));
    }
    let title = row.map_or_else(|| "Decks".to_owned(), |row| one_line(&row.name));
    let (lines, mut acts): (Vec<Choice>, Vec<DeckAct>) = choices.into_iter().unzip();
    let chosen = pick::one(&title, &lines, 0, behind, term, with)?;
    let Some(place) = chosen.filter(|place| *place < acts.len()) else { return Ok(None) };
    let act = match acts.swap_remove(place) {
        DeckAct::Rename(_) => {
            let none = || Ok(BTreeSet::new());
            let new = pick::word(&format!("New name of {title}"), &none, behind, term, with)?;
            new.map(DeckAct::Rename)
        }
        DeckAct::Show(_) => {
            let line = |name: &String| Choice { key: String::new(), what: one_line(name) };
            let lines: Vec<Choice> = hidden.iter().map(line).collect();
            let chosen = pick::one("Show again", &lines, 0, behind, term, with)?;
            chosen.and_then(|place| hidden.get(place)).cloned().map(DeckAct::Show)
        }
        DeckAct::Remove => {
            let cards = row.map_or(Ok(0), |row| workspace.cards_to_remove(&row.name))?;
            let question = format!("Remove {title} with {}? Their history stays", counted(cards, "card", "cards"));
            let lines = ["no", "yes"].map(|word| Choice { key: word.chars().take(1).collect(), what: word.to_owned() });
            // As everywhere, for more than one card.
            let sure = cards <= 1 || pick::one(&question, &lines, 0, behind, term, with)? == Some(1);
            sure.then_some(DeckAct::Remove)
        }
        act @ (DeckAct::Hide | DeckAct::EndBreak) => Some(act),
    };
    let Some(act) = act else { return Ok(None) };
    let name = row.map_or("", |row| row.name.as_str());
    Ok(Some(match workspace.act_on_deck(name, &act) {
        Ok(Some(done)) => format!("{done}. {} takes it back", with.keys.first(Command::Undo)),
        Ok(None) => "Nothing to change".to_owned(),
        Err(failure) => failure.to_string(),
    }))
}
