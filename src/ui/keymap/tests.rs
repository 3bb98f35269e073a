//! Keys and what they do.

use super::*;

fn with(changes: &[(&str, &str)]) -> Result<Keymap, KeymapError> {
    Keymap::new(
        KeyPreset::Usual,
        &changes.iter().map(|(name, keys)| ((*name).to_owned(), (*keys).to_owned())).collect(),
    )
}

#[test]
fn keys_of_presets_never_clash_and_all_commands_but_the_grades_have_one() {
    for preset in KeyPreset::ALL {
        let keymap = Keymap::new(preset, &BTreeMap::new()).unwrap();
        for command in Command::ALL {
            assert_eq!(keymap.keys(*command).is_empty(), command.button().is_some(), "{}", command.name());
            for key in command.preset(preset).split_whitespace() {
                assert!(keymap.0[&Key::parse(key).unwrap()].contains(command), "{key}");
            }
        }
    }
    assert_eq!(Command::ALL.iter().filter_map(|command| command.button()).collect::<Vec<_>>(), Button::ALL);
}

#[test]
fn own_keys_go_on_top_of_a_preset() {
    let keys = |preset, changes: &[(&str, &str)]| {
        let changes = changes.iter().map(|(name, keys)| ((*name).to_owned(), (*keys).to_owned())).collect();
        Keymap::new(preset, &changes).unwrap()
    };
    let anki = keys(KeyPreset::Anki, &[("mark", "@"), ("again", "a"), ("easy", "e")]);
    for (command, expected) in [
        (Command::Undo, "u z"),
        (Command::Suspend, ""),
        (Command::Mark, "@"),
        (Command::Bury, "-"),
        (Command::Again, "a"),
        (Command::Easy, "e"),
        (Command::Good, ""),
    ] {
        assert_eq!(anki.keys(command), expected, "{}", command.name());
    }
    assert_eq!(keys(KeyPreset::Anki, &[]).keys(Command::Suspend), "@");
    assert_eq!(keys(KeyPreset::Sm2, &[]), keys(KeyPreset::Usual, &[]));
}

#[test]
fn a_key_for_two_commands_is_refused_with_both_names() {
    let error = with(&[("bury", "x"), ("mark", "x")]).unwrap_err();
    assert_eq!(error.to_string(), "`x` is bound to both `bury` and `mark`");
    let error = with(&[("burry", "x")]).unwrap_err();
    assert_eq!(error.to_string(), "there is no command `burry`; did you mean `bury`?");
    assert!(matches!(with(&[("undo", "ctrl-z")]), Err(KeymapError::Taken(_))));
    assert!(with(&[("bury", "x x")]).is_ok(), "the same key twice for one command is no conflict");
    assert!(matches!(with(&[("bury", "hyper-x")]), Err(KeymapError::NoKey(_))));
    assert!(matches!(with(&[("bury", "1")]), Err(KeymapError::Digit(_))));
}

#[test]
fn a_key_may_do_one_thing_in_the_list_and_another_elsewhere() {
    let event = |text| KeyEvent::new(KeyCode::Char(text), KeyModifiers::NONE);
    let usual = with(&[]).unwrap();
    for (key, elsewhere, in_list) in [
        ('c', Some(Command::Checkup), Some(Command::Columns)),
        (' ', Some(Command::Reveal), Some(Command::Select)),
        ('!', Some(Command::Suspend), Some(Command::Suspend)),
        ('x', None, Some(Command::Actions)),
        ('g', Some(Command::Guessed), None),
    ] {
        assert_eq!((usual.command(&event(key)), usual.among(BROWSE, &event(key))), (elsewhere, in_list), "{key}");
    }
    // `g` grades in a session, and may move in the list.
    let own = with(&[("first", "g"), ("hint", "x")]).unwrap();
    assert_eq!(
        (own.command(&event('g')), own.among(BROWSE, &event('g'))),
        (Some(Command::Guessed), Some(Command::First))
    );
    assert_eq!(
        (own.command(&event('x')), own.among(BROWSE, &event('x'))),
        (Some(Command::Hint), Some(Command::Actions))
    );
    assert_eq!(own.among(HOME, &event('x')), Some(Command::Actions));
    // Both work while browsing.
    assert!(matches!(with(&[("tag", "z"), ("suspend", "z")]), Err(KeymapError::Conflict { .. })));
    // Both work on the first screen, where decks are in a list.
    assert!(matches!(with(&[("actions", "z"), ("checkup", "z")]), Err(KeymapError::Conflict { .. })));
    let taken = with(&[("checkup", "x")]).unwrap();
    assert_eq!((taken.keys(Command::Actions), taken.keys(Command::Checkup)), (String::new(), "x".to_owned()));
    assert_eq!(taken.among(HOME, &event('x')), Some(Command::Checkup));
    let taken = with(&[("suspend", "t")]).unwrap();
    assert_eq!((taken.keys(Command::Tag), taken.keys(Command::Suspend)), (String::new(), "t".to_owned()));
}

#[test]
fn a_form_has_keys_of_its_own_and_none_that_writes() {
    let press = |code, modifiers| KeyEvent::new(code, modifiers);
    let (enter, esc) = (press(KeyCode::Enter, KeyModifiers::NONE), press(KeyCode::Esc, KeyModifiers::NONE));
    let usual = with(&[]).unwrap();
    assert_eq!((usual.command(&enter), usual.among(FORMS, &enter)), (Some(Command::Reveal), Some(Command::FormSave)));
    assert_eq!((usual.command(&esc), usual.among(FORMS, &esc)), (Some(Command::Quit), Some(Command::FormLeave)));
    let own = with(&[("form_save", "ctrl-s"), ("form_line", "enter")]).unwrap();
    assert_eq!(own.among(FORMS, &press(KeyCode::Char('s'), KeyModifiers::CONTROL)), Some(Command::FormSave));
    assert_eq!(own.among(FORMS, &enter), Some(Command::FormLine));
    for key in ["s", "space", "backspace"] {
        let error = with(&[("form_save", key)]).unwrap_err().to_string();
        assert!(error.contains(key) && error.contains("`form_save`"), "{error}");
    }
    let error = with(&[("form_save", "ctrl-s"), ("form_next", "ctrl-s")]).unwrap_err().to_string();
    assert_eq!(error, "`ctrl-s` is bound to both `form_save` and `form_next`");
}

#[test]
fn the_end_of_a_session_shares_its_keys_with_the_list_and_with_no_other_screen() {
    let m = KeyEvent::new(KeyCode::Char('m'), KeyModifiers::NONE);
    let usual = with(&[]).unwrap();
    assert_eq!((usual.command(&m), usual.among(BROWSE, &m)), (Some(Command::More), Some(Command::Move)));
    assert!(matches!(with(&[("more", "x"), ("undo", "x")]), Err(KeymapError::Conflict { .. })));
    assert!(with(&[("more", "d"), ("set_due", "d")]).is_ok());
}

#[test]
fn sentences_name_the_key_that_is_bound() {
    let usual = with(&[]).unwrap();
    assert_eq!(usual.shown(Command::Reveal, "space"), "Space");
    assert_eq!(usual.shown(Command::Reveal, "enter"), "Enter");
    assert_eq!(usual.shown(Command::FormLine, "ctrl-j"), "Ctrl-J");
    let own = with(&[("reveal", "x")]).unwrap();
    assert_eq!(own.shown(Command::Reveal, "space"), "x");
}

#[test]
fn a_usual_key_can_be_taken_for_another_command() {
    let keymap = with(&[("bury", "u"), ("undo", "z ctrl-y")]).unwrap();
    assert_eq!(keymap.keys(Command::Bury), "u");
    assert_eq!(keymap.keys(Command::Undo), "ctrl-y z");
}
