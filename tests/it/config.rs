//! `lmq config`.

use crate::home::Lmq;

#[test]
fn a_setting_is_read_changed_and_put_back() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["config", "get", "new_per_day"]).out(), "10\n");
    assert_eq!(lmq.run(["config", "set", "new_per_day", "5"]).out(), "new_per_day = 5\n");
    assert_eq!(lmq.run(["config", "get", "new_per_day"]).out(), "5\n");
    assert_eq!(lmq.read("config.toml"), "new_per_day = 5\n");
    assert_eq!(lmq.run(["config", "path"]).out(), "$T/config.toml\n");
    assert_eq!(lmq.run(["config", "unset", "new_per_day"]).out(), "new_per_day = 10\n");
    assert_eq!(lmq.read("config.toml"), "");
    let list = lmq.run(["config", "list"]).out();
    let line = "new_per_day = 10    (default)\n    new cards a study day: a whole number from 0 to 9999\n";
    assert!(list.contains(line), "{list}");
}

#[test]
fn a_change_is_a_step_that_can_be_undone_and_the_file_keeps_its_comments() {
    let lmq = Lmq::new();
    lmq.write("config.toml", "# mine\nnew_per_day = 7 # few\n");
    lmq.run(["config", "set", "new_per_day", "3"]).ok().out();
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 3 # few\n");
    assert_eq!(lmq.run(["undo"]).out(), "undid: set new_per_day to 3\n");
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 7 # few\n");
    assert_eq!(lmq.run(["undo", "--redo"]).out(), "brought back: set new_per_day to 3\n");
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 3 # few\n");
}

#[test]
fn nothing_is_changed_where_the_log_can_not_say_it() {
    let lmq = Lmq::new();
    lmq.run(["decks"]).done();
    lmq.write("config.toml", "# mine\nnew_per_day = 7 # few\n");
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    for change in [&["config", "set", "new_per_day", "5"][..], &["config", "unset", "new_per_day"]] {
        let run = lmq.run(change);
        assert!(run.code != 0 && run.stderr.contains("newer"), "{run:?}");
        assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 7 # few\n");
    }
    db.pragma_update(None, "user_version", version).unwrap();
    // Somebody else writes: what was changed meanwhile is put back.
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = lmq.run(["config", "set", "new_per_day", "5"]);
    assert_ne!(run.code, 0, "{run:?}");
    db.execute_batch("ROLLBACK").unwrap();
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 7 # few\n");
}

#[test]
fn keys_are_listed_in_one_block() {
    let lmq = Lmq::new();
    lmq.write("config.toml", "[keys]\nundo = \"z\"\nhint = \"t\"\n");
    let list = lmq.run(["config", "list"]).out();
    assert!(list.ends_with("\n\nkeys.hint = t\nkeys.undo = z\n"), "{list}");
}

#[test]
fn what_may_not_be_is_refused_with_what_may() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(lmq.run(["config", "set", "new_per_dya", "5"]).err(2), @r"
    lmq: there is no setting `new_per_dya`
    hint: did you mean `new_per_day`? `lmq config list` shows all
    ");
    for value in ["-3", "3000000000", "many", "", "1.5", "1e3"] {
        let error = lmq.run(["config", "set", "new_per_day", "--", value]).err(2);
        assert_eq!(
            error,
            format!("lmq: `new_per_day` can't be `{value}`\nhint: it has to be a whole number from 0 to 9999\n")
        );
    }
    assert!(!lmq.path("config.toml").exists());
}

#[test]
fn a_file_with_faults_is_said_with_all_its_places_and_can_be_mended() {
    let lmq = Lmq::new();
    lmq.write("config.toml", "new_per_dya = 5\nscale = \"six\"\n");
    insta::assert_snapshot!(lmq.run(["cards"]).err(3), @r"
    lmq: the settings `$T/config.toml` have faults
      $T/config.toml:1:1: there is no setting `new_per_dya`; did you mean `new_per_day`? `lmq config list` shows all
      $T/config.toml:2:1: `scale` has to be four or sm2, not the text `six`
    hint: correct the file, or remove the lines
    ");
    lmq.write("config.toml", "scale = \"six\"\n");
    lmq.run(["config", "set", "scale", "sm2"]).ok().out();
    lmq.run(["cards"]).ok().out();
    lmq.write("config.toml", "scale = = 4\n");
    let error = lmq.run(["config", "get", "scale"]).err(3);
    assert!(error.starts_with("lmq: cannot read the settings\n  $T/config.toml:1:9: "), "{error}");
}

#[test]
fn the_limit_of_new_cards_acts_at_once() {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "new_per_day", "0"]).ok().out();
    let none = lmq.run(["next"]).out();
    assert!(none.starts_with("nothing waits\n") && none.contains("and your limit is none a day"), "{none}");
    assert_eq!(lmq.run(["next", "--json"]).out(), "null\n");
    assert_ne!(lmq.run(["next", "--new", "1"]).out(), "nothing waits\n");
}

#[test]
fn the_list_says_where_each_value_comes_from() {
    let lmq = Lmq::new();
    lmq.write(
        "config.toml",
        "new_per_day = 5\n\n[preset.calm]\nreviews_per_day = 20\nfuzz = true\n\n[deck.\"work\"]\npreset = \"calm\"\n\n\
         [deck.\"work::team\"]\nfuzz = false\n",
    );
    let row = |deck: &[&str], key: &str| {
        let args: Vec<&str> = ["config", "list", "--json"].iter().chain(deck).copied().collect();
        let all = lmq.shell(&format!("lmq {}", args.join(" "))).json();
        let row = all.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone();
        format!("{} {} {} {}", row["value"], row["default"], row["table"], row["line"])
    };
    for (deck, key, expected) in [
        (&[][..], "new_per_day", "\"5\" \"10\" null 1"),
        (&[], "fuzz", "\"false\" \"false\" null null"),
        (&["--deck", "work"], "new_per_day", "\"5\" \"10\" null 1"),
        (&["--deck", "work"], "reviews_per_day", "\"20\" \"200\" \"preset.calm\" 4"),
        (&["--deck", "WORK"], "fuzz", "\"true\" \"false\" \"preset.calm\" 5"),
        (&["--deck", "work::team"], "reviews_per_day", "\"20\" \"200\" \"preset.calm\" 4"),
        (&["--deck", "work::team::us"], "fuzz", "\"false\" \"false\" \"deck.\\\"work::team\\\"\" 11"),
        (&["--deck", "other"], "reviews_per_day", "\"200\" \"200\" null null"),
    ] {
        assert_eq!(row(deck, key), expected, "{deck:?} {key}");
    }
    let list = lmq.run(["config", "list"]).out();
    assert!(list.contains("new_per_day = 5    (line 1; default: 10)\n"), "{list}");
    assert!(
        list.ends_with(
            "\nin the deck work:\nreviews_per_day = 20    (line 4, [preset.calm]; default: 200)\n\
             fuzz = true    (line 5, [preset.calm]; default: false)\n\nin the deck work::team:\n\
             fuzz = false    (line 11, [deck.\"work::team\"])\n"
        ),
        "{list}"
    );
    assert_eq!(lmq.run(["config", "get", "fuzz", "--deck", "work"]).out(), "true\n");
    assert_eq!(lmq.run(["config", "get", "fuzz", "--deck", "work", "--json"]).json()["line"], 5);
}

#[test]
fn a_setting_of_a_deck_is_set_undone_and_put_back() {
    let lmq = Lmq::new();
    lmq.run(["add", "work::team", "Who?", "Amara"]).done();
    lmq.write("config.toml", "# mine\nfuzz = true\n");
    let set = lmq.run(["config", "set", "new_per_day", "2", "--deck", "work::team"]).out();
    assert_eq!(set, "new_per_day in work::team = 2\n");
    let table = "# mine\nfuzz = true\n\n[deck.\"work::team\"]\nnew_per_day = 2\n";
    assert_eq!(lmq.read("config.toml"), table);
    assert_eq!(lmq.run(["undo"]).out(), "undid: set new_per_day in work::team to 2\n");
    assert_eq!(lmq.read("config.toml"), "# mine\nfuzz = true\n");
    assert_eq!(lmq.run(["decks", "--json"]).json()[0]["name"], "work::team", "an undo renames no deck");
    lmq.run(["undo", "--redo"]).done();
    assert_eq!(lmq.read("config.toml"), table);
    lmq.run(["config", "set", "scale", "sm2", "--deck", "WORK::team"]).done();
    assert_eq!(lmq.read("config.toml"), format!("{table}scale = \"sm2\"\n"));
    let unset = lmq.run(["config", "unset", "new_per_day", "--deck", "work::team"]).out();
    assert_eq!(unset, "new_per_day in work::team = 10\n");
    assert_eq!(
        lmq.run(["config", "set", "rollover", "3", "--deck", "work::team"]).err(2),
        "lmq: `rollover` applies to all decks\nhint: set it without --deck\n"
    );
    let warned = lmq.run(["config", "set", "fuzz", "false", "--deck", "work::taem"]).ok();
    assert_eq!(warned.stderr, "$T/config.toml:7:7: there is no deck `work::taem`; did you mean `work::team`?\n");
}

#[test]
fn all_faults_of_tables_are_said_with_line_and_column() {
    let lmq = Lmq::new();
    lmq.write(
        "config.toml",
        "new_per_day = \"5\"\nfuzz = 1\nkeys = 3\n\n[deck]\nnew_per_day = 3\n\n[deck.\"a\"]\nrollover = 3\n\
         scael = \"sm2\"\npreset = \"clam\"\nlook = [1]\n\n[deck.\"A\"]\nnew_order = 2026-01-01\n\n\
         [preset.calm]\nreviews_per_day = 99999\n",
    );
    insta::assert_snapshot!(lmq.run(["cards"]).err(3));
    lmq.write("config.toml", b"fuzz = true\n\xff\n");
    let error = lmq.run(["cards"]).err(3);
    assert!(error.contains("config.toml:2:1: this is not UTF-8"), "{error}");
}

/// An editor that does what the shell line says with the file `$1`.
fn edited(lmq: &Lmq, script: &str) -> crate::home::Run {
    lmq.write("editor.sh", format!("#!/bin/sh\n{script}\n"));
    lmq.shell("chmod +x editor.sh; VISUAL=./editor.sh lmq config edit")
}

#[test]
fn an_edit_is_taken_only_when_it_has_no_faults_and_else_kept_to_be_opened_again() {
    let lmq = Lmq::new();
    lmq.write("config.toml", "# mine\nnew_per_day = 5\n");
    assert_eq!(edited(&lmq, "true").out(), "nothing changed\n");
    let bad = edited(&lmq, "echo 'scael = 3' >> \"$1\"").err(3);
    assert_eq!(
        bad,
        "lmq: the settings were not changed: what you wrote has faults\n  $T/config.draft.toml:3:1: there is no setting \
         `scael`; did you mean `scale`? `lmq config list` shows all\nhint: your text is kept in `$T/config.draft.toml`: \
         `lmq config edit` opens it again\n"
    );
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 5\n");
    // The same keys twice are a fault too, though the file alone does not show it.
    let keys = edited(&lmq, "sed -i 's/scael = 3/keys = { bury = \"x\", mark = \"x\" }/' \"$1\"").code(3);
    assert!(keys.stderr.contains("`x` is bound to both `bury` and `mark`"), "{}", keys.stderr);
    assert!(keys.stderr.starts_with("this is what you wrote last time"), "{}", keys.stderr);
    let good = edited(&lmq, "sed -i 's/mark = \"x\"/mark = \"y\"/' \"$1\"").ok();
    assert_eq!(good.stdout, "wrote $T/config.toml\n");
    assert_eq!(lmq.read("config.toml"), "# mine\nnew_per_day = 5\nkeys = { bury = \"x\", mark = \"y\" }\n");
    assert!(!lmq.path("config.draft.toml").exists());
}

#[test]
fn an_editor_that_is_missing_or_fails_changes_nothing_and_loses_nothing() {
    let lmq = Lmq::new();
    let none = lmq.run(["config", "edit"]).err(1);
    assert!(none.starts_with("lmq: there is no editor: VISUAL and EDITOR are not set\nhint: "), "{none}");
    let missing = lmq.shell("EDITOR=no-such-editor lmq config edit");
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("cannot run the editor `no-such-editor`"), "{}", missing.stderr);
    assert!(lmq.files().is_empty(), "{:?}", lmq.files());
    let failed = edited(&lmq, "echo 'fuzz = true' > \"$1\"; exit 3").err(1);
    assert!(failed.contains("`lmq config edit` opens it again"), "{failed}");
    assert_eq!(edited(&lmq, "true").ok().stdout, "wrote $T/config.toml\n");
    assert_eq!(lmq.read("config.toml"), "fuzz = true\n");
    assert_eq!(edited(&lmq, ": > \"$1\"").ok().stdout, "wrote $T/config.toml\n");
    // An empty file is opened with every setting as a comment, and those are right when the # is taken away.
    let all = edited(&lmq, "cp \"$1\" all.txt; sed -i '/^# Keys/,$!s/^# \\([a-z_]* = \\)/\\1/' \"$1\"").ok();
    assert_eq!(all.stdout, "wrote $T/config.toml\n", "{}", all.stderr);
    assert!(lmq.read("all.txt").contains("\n# new_per_day = 10\n"), "{}", lmq.read("all.txt"));
}

#[test]
fn key_presets_are_chosen_and_conflicts_name_both() {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "key_preset", "sm2"]).done();
    assert_eq!(lmq.run(["config", "get", "scale"]).out(), "sm2\n", "the preset brings the scale");
    lmq.run(["config", "set", "scale", "four"]).done();
    assert_eq!(lmq.run(["config", "get", "scale"]).out(), "four\n");
    let error = lmq.run(["config", "set", "key_preset", "vim"]).err(2);
    assert_eq!(error, "lmq: `key_preset` can't be `vim`\nhint: it has to be usual or anki or sm2\n");
}

#[test]
fn bindings_that_clash_are_told_with_both_names_wherever_the_settings_are_read() {
    let lmq = Lmq::new();
    lmq.write("config.toml", "[keys]\nform_save = \"ctrl-s\"\nform_next = \"ctrl-s\"\n");
    let clash = "`ctrl-s` is bound to both `form_save` and `form_next`";
    for command in [&[][..], &["review"], &["doctor"], &["decks"], &["backup", "copy.db"]] {
        let error = lmq.run(command).err(3);
        assert!(error.contains(clash) && error.contains("`lmq config path`"), "{command:?}: {error}");
    }
    assert!(!lmq.path("copy.db").exists());
    // What can mend it works, and tells it too.
    for command in [&["config", "list"][..], &["config", "set", "new_per_day", "5"]] {
        let run = lmq.run(command).code(0);
        assert!(run.stderr.contains(clash), "{command:?}: {run:?}");
    }
    let typed = "[keys]\nform_save = \"s\"\n";
    lmq.write("config.toml", typed);
    assert!(lmq.run(["review"]).err(3).contains("`s` is typed in forms, so it can't be `form_save`"));
}

#[test]
#[cfg(unix)]
fn an_editor_gets_no_link_pipe_or_foreign_file_for_a_copy_of_the_settings() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara"]).done();
    lmq.write("editor.sh", "#!/bin/sh\ntouch opened\necho 'new_per_day = 7' > \"$1\"\n");
    lmq.shell("chmod +x editor.sh").done();
    for odd in [
        "ln -s lmq.db config.draft.toml",
        "ln -s nowhere config.draft.toml",
        "mkdir config.draft.toml",
        "cp lmq.db config.draft.toml",
    ] {
        lmq.shell(odd).done();
        let said = lmq.shell("EDITOR=./editor.sh lmq config edit");
        assert!(said.code != 0 && said.stderr.contains("config.draft.toml"), "{odd}: {said:?}");
        assert!(!lmq.files().iter().any(|name| name == "opened" || name == "nowhere"), "{odd}: {:?}", lmq.files());
        lmq.shell("rm -rf config.draft.toml").done();
    }
    lmq.assert_sound();
}
