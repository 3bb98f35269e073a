//! Deck files with faults: all of them are said at once, with their places, and nothing is imported.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use lmq::failure::Kind;

#[test]
fn all_faults_are_listed_with_line_column_and_a_caret() {
    let lmq = Lmq::new();
    lmq.write(
        "bad.toml",
        "[deck]\nid = \"d\"\n\n[[card]]\nkey = \"a\"\nkind = \"basik\"\n\n[[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = 3\nback = \"é\"\n\n\
         [[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = \"x\"\nback = \"y\"\ntagz = [\"t\"]\n",
    );
    insta::assert_snapshot!(lmq.run(["import", "bad.toml"]).err(3), @r#"
    lmq: `bad.toml` was not imported: 4 faults
      bad.toml:6:8: unknown-kind: `basik` is not a kind of card
       6 | kind = "basik"
         |        ^^^^^^^ did you mean `basic`?
      bad.toml:11:9: wrong-type: `front` has to be a text, not integer
       11 | front = 3
          |         ^ write "…"
      bad.toml:15:7: duplicate-key: the key `b` is taken: a card in line 8 has it
       15 | key = "b"
          |       ^^^ each card needs a key of its own
      bad.toml:19:1: unknown-field: a `basic` card has no field `tagz`
       19 | tagz = ["t"]
          | ^^^^ did you mean `tags`?
    hint: correct them and import it again; nothing was changed
    "#);
    assert!(!lmq.run(["decks", "--json"]).out().contains("\"d\""));
    lmq.assert_sound();
}

fn refused(lmq: &Lmq, text: impl AsRef<[u8]>) -> String {
    lmq.write("bad.toml", text);
    let error = lmq.run(["import", "bad.toml"]).err(3);
    assert!(error.starts_with("lmq: `bad.toml` was not imported: "), "{error}");
    error
}

/// The same in-process: what is refused, and the faults, a line each.
fn refused_by(world: &mut World, text: impl AsRef<[u8]>) -> String {
    let refused = world.try_import("bad.toml", text).unwrap_err();
    assert_eq!(refused.kind, Kind::Data);
    assert!(refused.what.starts_with("`bad.toml` was not imported: "), "{refused}");
    refused.to_string()
}

#[test]
fn faults_of_every_kind_have_a_place_and_a_way_out() {
    let mut world = World::bare();
    let card = |rest: &str| format!("[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\n{rest}");
    for (text, wanted) in [
        ("[deck\nid = 1\n".to_owned(), "bad.toml:1:"),
        ("[deck]\nid = \"d\n".to_owned(), "bad.toml:2:"),
        ("# nothing\n".to_owned(), "there is no [deck]"),
        ("deck = 3\n".to_owned(), "`deck` has to be a table"),
        ("[deck]\nid = \"a/b\"\n".to_owned(), "bad.toml:2:6: "),
        ("[deck]\nname = \"x\"\n".to_owned(), "[deck] has no `id`"),
        (card("front = \"x\"\n"), "the `basic` card has no `back`"),
        (card("front = \"\"\nback = \"b\"\n"), "`front` is empty"),
        (card("front = \"a\\u0000b\"\nback = \"b\"\n"), "contains a NUL character"),
        (card("front = [\"x\", 3]\nback = \"b\"\n"), "`front` has to be a text, not integer"),
        (card("front = \"x\"\nback = \"b\"\ntopic = \"q\"\n"), "there is no topic `q`"),
        (card("front = \"x\"\nback = \"b\"\nafter = [\"zz\"]\n"), "names `zz`"),
        (card("front = \"x\"\nback = \"b\"\nheld_out = \"yes\"\n"), "`held_out` has to be true or false"),
        (card("front = \"x\"\nfront = \"y\"\nback = \"b\"\n"), "bad.toml:7:"),
        (card("front = \"x\"\nback = \"b\"\n[[crad]]\n"), "did you mean `card`?"),
        (
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"cloze\"\ntext = \"no hole\"\n".to_owned(),
            "nothing is hidden",
        ),
        (
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"cloze\"\ntext = \"{{c1::open\"\n".to_owned(),
            "bad.toml:6:8: ",
        ),
    ] {
        let error = refused_by(&mut world, &text);
        assert!(error.contains(wanted), "{text}\nshould say {wanted}:\n{error}");
        assert!(error.contains("bad.toml:"), "{error}");
    }
    world.assert_sound();
}

#[test]
fn invalid_utf8_is_named_by_its_byte() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(refused(&lmq, b"[deck]\nid = \"caf\xe9\"\n"), @r#"
    lmq: `bad.toml` was not imported: 1 fault
      bad.toml:2:10: invalid-utf8: byte 0xe9 is not UTF-8
       2 | id = "caf�"
         |          ^ save the file as UTF-8
    hint: correct them and import it again; nothing was changed
    "#);
}

#[test]
fn a_megabyte_in_a_field_is_a_fault_that_is_not_shown_whole() {
    let lmq = Lmq::new();
    let error = refused(
        &lmq,
        format!(
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"x\"\nback = \"{}\"\n",
            "y".repeat(1_100_000)
        ),
    );
    assert!(
        error.contains("bad.toml:7:8: too-large: `back` is longer than 1 MB"),
        "{}",
        error.chars().take(500).collect::<String>()
    );
    assert!(error.len() < 2000, "{} bytes of message", error.len());
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let mut world = World::bare();
    let windows = format!("\u{feff}{}", TEAM.replace('\n', "\r\n"));
    assert_eq!(world.import("a.toml", windows).sentence(), "3 notes added");
    assert_eq!(world.import("b.toml", TEAM).sentence(), "3 notes unchanged");
}

#[test]
fn ten_thousand_faults_are_all_counted_quickly() {
    let cards: String = (0..10_000).map(|n| format!("[[card]]\nkey = \"k{n}\"\nkind = \"nope\"\n")).collect();
    let refused = World::bare().try_import("bad.toml", format!("[deck]\nid = \"d\"\n{cards}")).unwrap_err();
    assert_eq!(refused.what, "`bad.toml` was not imported: 10,000 faults");
}

#[test]
fn a_deck_without_cards_is_a_deck() {
    let lmq = Lmq::new();
    lmq.write("e.toml", "[deck]\nid = \"empty\"\n");
    let run = lmq.run(["import", "e.toml"]).ok();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("nothing to import\n", "e.toml: there are no cards in it\n")
    );
    assert_eq!(lmq.run(["cards", "deck:empty", "--json"]).out(), "[]\n");
    assert_eq!(lmq.run(["next", "empty"]).out(), "nothing waits\n");
    lmq.write("zero.toml", "");
    insta::assert_snapshot!(lmq.run(["import", "zero.toml"]).err(3), @r"
    lmq: `zero.toml` is empty
    hint: nothing was imported
    ");
}

#[test]
fn an_unknown_kind_does_not_hide_what_else_is_wrong() {
    let error = refused_by(
        &mut World::bare(),
        "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basik\"\ntags = 3\ntopic = \"q\"\nhint = 4\n",
    );
    for wanted in ["5:8: unknown-kind", "6:8: wrong-type", "7:9: unknown-topic", "8:8: wrong-type"] {
        assert!(error.contains(wanted), "{wanted}:\n{error}");
    }
}
