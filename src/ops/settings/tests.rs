use super::*;
use crate::core::settings::Settings;
use std::path::Path;

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
    assert!(
        failure.places[1].contains("config.toml:2:1") && failure.places[1].contains("four or sm2, not the text `six`")
    );
    assert!(failure.places[2].contains("0 to 23"));
}

#[test]
fn a_deck_takes_its_own_then_its_preset_then_what_holds_above() {
    let text = "fuzz = true\nnew_per_day = 7\n\n[deck.\"a::b::c\"]\nleech_lapses = 3\n\n[deck.\"a\"]\npreset = \"p\"\n\
                reviews_per_day = 50\n\n[deck.\"a::b\"]\nnew_per_day = 1\n\n[preset.p]\nnew_per_day = 2\nreviews_per_day = 20\n";
    let loaded = read(Path::new("c.toml"), text).unwrap();
    let of = |deck: &str| {
        let settings = loaded.settings.of_deck(deck);
        (settings.new_per_day, settings.reviews_per_day, settings.leech_lapses, settings.fuzz)
    };
    for (deck, expected) in [
        ("x", (7, 200, 8, true)),
        ("a", (2, 50, 8, true)),
        ("A::x", (2, 50, 8, true)),
        ("a::b", (1, 50, 8, true)),
        ("a::b::c::d", (1, 50, 3, true)),
        ("ab", (7, 200, 8, true)),
    ] {
        assert_eq!(of(deck), expected, "{deck}");
    }
    let table = |deck, key| loaded.origin(Some(deck), key).and_then(|origin| origin.table.as_deref());
    assert_eq!(table("a::b::c", "new_per_day"), Some("deck.\"a::b\""));
    assert_eq!(table("a", "new_per_day"), Some("preset.p"));
    assert_eq!(loaded.origin(Some("a"), "fuzz"), Some(&Origin { table: None, line: 1 }));
    assert_eq!(loaded.origin(Some("a"), "scale"), None);
}

#[test]
fn a_preset_that_there_is_not_is_a_fault_with_the_nearest_name() {
    let text = "[preset.calm]\n[deck.a]\npreset = \"clam\"\n[deck.b]\npreset = 3\n";
    let failure = read(Path::new("c.toml"), text).unwrap_err();
    assert_eq!(
        failure.places,
        [
            "c.toml:3:1: there is no [preset.clam]; did you mean `calm`?",
            "c.toml:5:1: `preset` has to be the name of a preset, not `3`"
        ]
    );
}

#[test]
fn the_template_sets_nothing_and_names_everything() {
    assert_eq!(read(Path::new("c.toml"), &template()).unwrap().settings, Settings::default());
    for setting in SETTINGS {
        assert!(template().contains(&format!("\n# {} = ", setting.key)), "{}", setting.key);
    }
}

#[test]
fn a_saved_search_has_a_line_in_its_table_and_the_last_one_takes_the_table_along() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "fuzz = true\n\n[deck.a]\nscale = \"sm2\"\n").unwrap();
    let before = std::fs::read_to_string(&path).unwrap();
    assert_eq!(change(&path, &dotted_search("weak ones"), Some("is:leech")).unwrap(), None);
    assert_eq!(change(&path, "searches.due", Some("is:due")).unwrap(), None);
    assert_eq!(change(&path, "searches.due", Some("due<3d \"a\"")).unwrap(), Some("is:due".to_owned()));
    let searches = load(Some(&path)).unwrap().searches;
    let found: Vec<(&str, &str)> = searches.iter().map(|(name, query)| (name.as_str(), query.as_str())).collect();
    assert_eq!(found, [("due", "due<3d \"a\""), ("weak ones", "is:leech")]);
    assert_eq!(saved_search("searches.weak ones"), saved_search("searches.\"weak ones\""));
    for name in ["searches.due", "searches.weak ones", "searches.none"] {
        change(&path, name, None).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    let failure = read(Path::new("c.toml"), "[searches]\nx = 3\n").unwrap_err();
    assert_eq!(failure.places, ["c.toml:2:1: `x` has to be a text, as \"rated:7d:again\", not `3`"]);
}
