//! Cards changed in seconds, and new cards. A key hands the text to the editor of its user.

use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::text::counted;
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::edit::Conflict;
use crate::ops::edit::How;
use crate::ops::edit::Meaning;
use crate::ops::edit::NoteEditor;
use crate::ops::edit::NoteNow;
use crate::ops::edit::Refusal;
use crate::ops::edit::Rewrite;
use crate::ops::edit::Side;
use crate::ops::edit::write;
use crate::ops::note_form::Draft;
use crate::ops::note_form::faults;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::note_form::Form;
use crate::ui::tui::note_form::Left;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::question::ask;
use crate::ui::tui::question::drops;
use crate::ui::tui::term::Term;

/// Changes the text of a card, from the prompt on that is `asked` where one is. Gives what to tell.
pub(super) fn edit(
    note_editor: &mut NoteEditor<'_>,
    card: CardId,
    asked: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let note = match note_editor.open(card) {
        Ok(note) => note,
        Err(failure) => return Ok(Some(failure.to_string())),
    };
    let mut form = Form::of_note(format!("Edit {}", one_line(&note.name)), note.note, &note.text);
    match unsaved(note_editor, Some(note.note), term, with)? {
        Unsaved::GoOn(draft) => form.show(&draft.text),
        Unsaved::None => {}
        Unsaved::Leave => return Ok(None),
    }
    form.begin_at(card.ordinal, asked);
    loop {
        let made = match form.run(note_editor, term, with)? {
            Left::Gone if (with.stop)() => return Ok(None),
            Left::Gone => {
                if form.is_dirty() && !drops(term, with)? {
                    continue;
                }
                note_editor.drop_draft(Some(note.note));
                return Ok(None);
            }
            Left::Saved => {
                let faults = faults(&form.text());
                if !faults.is_empty() {
                    form.show_faults(&faults);
                    continue;
                }
                note_editor.rewrite(&note, &form.text())
            }
            Left::Editor => {
                let begun = NoteNow { text: form.text(), ..note.clone() };
                match in_editor(note_editor, &note, &write(&[begun]), term, with)? {
                    Ok(Some(rewrite)) => Ok(rewrite),
                    Ok(None) => continue,
                    Err(said) => {
                        form.said = Some((said, Tone::Near));
                        continue;
                    }
                }
            }
        };
        let rewrite = match made {
            Ok(rewrite) if rewrite.changes() => rewrite,
            Ok(_) => {
                note_editor.drop_draft(Some(note.note));
                return Ok(Some("Nothing was changed".to_owned()));
            }
            Err(failure) => {
                form.said = Some(told(failure));
                continue;
            }
        };
        // After the editor the form shows what it gave, should there be a way back to it.
        form.show(&rewrite.text);
        let Some(meaning) = meaning(note_editor, &note, term, with)? else { continue };
        match save(note_editor, rewrite, meaning, term, with)? {
            Ok(said) => {
                note_editor.drop_draft(Some(note.note));
                return Ok(said);
            }
            Err(said) => form.said = Some((said, Tone::Bad)),
        }
    }
}

fn told(failure: Failure) -> (String, Tone) {
    ([vec![failure.what], failure.places].concat().join("\n"), Tone::Bad)
}

/// What is done with a text that was not saved the last time.
enum Unsaved {
    /// There is none, or it is not wanted.
    None,
    GoOn(Box<Draft>),
    Leave,
}

/// Offers a text that was not saved when the program ended.
fn unsaved(
    note_editor: &NoteEditor<'_>,
    note: Option<NoteUid>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Unsaved, Failure> {
    let Some(draft) = note_editor.draft(note) else { return Ok(Unsaved::None) };
    let lines: Vec<String> =
        draft.text.named_texts().map(|(name, text)| format!("{name}: {}", one_line(text))).collect();
    let keys = [('g', "g goes on with it"), ('d', "d drops it")];
    Ok(match ask("This was not saved the last time", &lines, &keys, term, with)? {
        Some('d') => {
            note_editor.drop_draft(note);
            Unsaved::None
        }
        Some(_) => Unsaved::GoOn(Box::new(draft)),
        None => Unsaved::Leave,
    })
}

/// The text in the editor, again and again until it has no faults or its user has had enough: then it is kept.
fn in_editor(
    note_editor: &NoteEditor<'_>,
    note: &NoteNow,
    begun: &str,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Result<Option<Rewrite>, String>, Failure> {
    let mut text = begun.to_owned();
    loop {
        let edited = match term.lend(|| with.editor.edit(&text))? {
            Ok(Some(edited)) => edited,
            // Faulty as it was: leaving it so is giving up.
            Ok(None) if text != begun => return Ok(Err(with.editor.keep(&text)?)),
            Ok(None) => return Ok(Ok(None)),
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let faults = match note_editor.read(note, &edited)? {
            Ok(rewrite) => return Ok(Ok(rewrite)),
            Err(faults) => faults,
        };
        text = edited;
        let keys = [('e', "e opens it again"), ('k', "k keeps it for later")];
        match ask("The text has faults", &faults, &keys, term, with)? {
            Some('e') => {}
            _ => return Ok(Err(with.editor.keep(&text)?)),
        }
    }
}

/// Whether it was a typo; nothing for a way back. A card that was never asked has no schedule to ask about.
fn meaning(
    note_editor: &NoteEditor<'_>,
    note: &NoteNow,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<Meaning>, Failure> {
    if !note_editor.has_schedule(note)? {
        return Ok(Some(Meaning::Typo));
    }
    let lines = [
        "t or Enter: a typo. Its schedule stays.".to_owned(),
        "m: it asks something else now. It starts again, gently.".to_owned(),
    ];
    let keys = [('t', "t typo"), ('m', "m another meaning")];
    Ok(match ask("What did you change?", &lines, &keys, term, with)? {
        Some('m') => Some(Meaning::Changed),
        Some(_) => Some(Meaning::Typo),
        None => None,
    })
}

/// Makes the edit; the inner error is for the form.
fn save(
    note_editor: &mut NoteEditor<'_>,
    rewrite: Rewrite,
    meaning: Meaning,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Result<Option<String>, String>, Failure> {
    let mut how = How { meaning, ..How::default() };
    loop {
        match note_editor.apply(rewrite.clone(), how) {
            Ok(done) => {
                let what = if done.notes.is_empty() { "nothing was changed".to_owned() } else { done.label };
                return Ok(Ok(Some(joined(&[vec![what], done.talk].concat()))));
            }
            Err(Refusal::Failure(failure)) => return Ok(Err(failure.to_string())),
            Err(Refusal::Conflict(conflicts)) => {
                let lines: Vec<String> = conflicts.iter().flat_map(both).collect();
                let keys = [('y', "y takes yours"), ('t', "t takes theirs")];
                how.side = match ask("It was changed elsewhere in the meantime", &lines, &keys, term, with)? {
                    Some('y') => Some(Side::Mine),
                    Some(_) => Some(Side::Theirs),
                    None => return Ok(Err("Not saved: it was changed elsewhere in the meantime".to_owned())),
                };
            }
        }
    }
}

fn both(conflict: &Conflict) -> Vec<String> {
    let side = |head: &str, text: &str| {
        std::iter::once(head.to_owned()).chain(text.lines().map(|line| format!("  {line}"))).collect::<Vec<_>>()
    };
    [side("It is now:", &conflict.theirs), side("Yours:", &conflict.mine)].concat()
}

/// Adds cards, one after the other, until Esc. `deck` is the one to begin with, and then that of the last one. Gives what to tell.
pub(super) fn add(
    note_editor: &mut NoteEditor<'_>,
    deck: &mut String,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let decks = note_editor.decks()?.into_iter().collect();
    let base = NoteText { kind: "basic".to_owned(), markup: Markup::Plain, ..NoteText::default() };
    let mut form = Form::of_new(deck, &base, decks);
    match unsaved(note_editor, None, term, with)? {
        Unsaved::GoOn(draft) => form.go_on_with(&draft.deck, &draft.text),
        Unsaved::None => {}
        Unsaved::Leave => return Ok(None),
    }
    let mut added = 0_u64;
    loop {
        if form.run(note_editor, term, with)? == Left::Gone {
            if (with.stop)() {
                return Ok(None);
            }
            if form.is_dirty() && !drops(term, with)? {
                continue;
            }
            note_editor.drop_draft(None);
            return Ok((added > 0).then(|| format!("Added {}", counted(added, "card", "cards"))));
        }
        let text = form.text();
        *deck = form.deck();
        let faults = faults(&text);
        if deck.trim().is_empty() {
            form.wants_a_deck();
            continue;
        }
        if !faults.is_empty() {
            form.show_faults(&faults);
            continue;
        }
        match note_editor.add(deck, &text) {
            Ok((name, true)) => {
                form.said = Some((format!("The deck has this card already: {}", one_line(&name)), Tone::Near));
            }
            Ok((_, false)) => {
                note_editor.drop_draft(None);
                added += 1;
                let asked = text.listed_prompt(text.ordinals().first().copied().unwrap_or(1));
                form.next_card();
                let said = joined(&[format!("Added: {asked}"), "The next one, or Esc".to_owned()]);
                form.said = Some((said, Tone::Good));
            }
            Err(failure) => form.said = Some(told(failure)),
        }
    }
}
