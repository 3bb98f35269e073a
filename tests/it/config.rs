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
    let all = lmq.run(["config", "list", "--json"]).json();
    assert_eq!((all["rollover"].as_str(), all["scale"].as_str()), (Some("4"), Some("four")));
    let list = lmq.run(["config", "list"]).out();
    assert!(list.contains("new_per_day = 10\n    new cards a study day: a whole number from 0 to 9999\n"), "{list}");
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
      $T/config.toml:2:1: `scale` has to be four or sm2
    hint: mend the file, or take the lines out
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
    assert_eq!(lmq.run(["next"]).out(), "nothing waits\n");
    assert_eq!(lmq.run(["next", "--json"]).out(), "null\n");
    assert_ne!(lmq.run(["next", "--new", "1"]).out(), "nothing waits\n");
}
