//! Notes out and in again: equal, under the same ids, and nothing changed where they were.

use crate::world::World;
use crate::world::field;
use lmq::core::id::CardId;
use lmq::core::id::NoteUid;
use lmq::ops::bulk::BulkChange;
use lmq::ops::edit::How;
use serde_json::json;

/// A deck with all that formats have trouble with, and a second one.
fn odd() -> String {
    let note = |key: &str, kind: &str, fields: serde_json::Value| json!({"key": key, "kind": kind, "fields": fields});
    let with = |mut note: serde_json::Value, more: serde_json::Value| {
        for (name, value) in more.as_object().unwrap() {
            note[name] = value.clone();
        }
        note
    };
    json!({"format": "lmq-notes", "version": 1, "decks": [
        {
            "id": "geo.1", "name": "World::Geo", "title": " Title\r\n", "description": "a \"\"\" b\n'''", "language": "en",
            "license": "CC0", "version": "007", "sequence": ["t", "other/x"],
            "topics": [{"id": "t", "title": "T\u{2028}", "primer": "one\r\ntwo\n", "try": "\ttry"}, {"id": "named only"}],
            "notes": [
                with(note("first", "basic", json!({"front": ["a\r\nb", "c\rd"], "back": " back\t"})),
                    json!({"topic": "t", "hint": " ", "extra": "x\n", "speaker": "\u{feff}S", "group": "g ", "held_out": true, "form": "b"})),
                with(note("second", "cloze", json!({"text": "{{c1::\\frac{a}{b}}} and\r\n{{c2::b::hint}} "})),
                    json!({"after": ["first"], "tags": ["two words", "a,b;c", "\"q\"", "nb\u{a0}sp", "line\nend", "cr\rlf"]})),
                with(note(" odd/key#1 ", "reversed", json!({"front": "|\n\\|", "back": "=1+1"})), json!({"source": ["t", "s 2"]})),
                note("35a38e856193508e25bdabed8d6d3676", "typed", json!({"prompt": "e\u{301}", "answer": "\u{e9}", "accept": ["|", "\\:", " y "]})),
                with(note("choice", "choice", json!({"prompt": "\\: ?", "answer": "C++", "distractors": ["Chad", "Per\u{200b}u"]})), json!({"markup": "markdown"})),
                with(note("sort", "sort", json!({"prompt": ["one"], "answer": "l", "categories": ["l", "m"]})), json!({"markup": "html"})),
                note("list", "list", json!({"prompt": "p", "items": [" a", "b\\n", "c\nd"]})),
                note("order", "order", json!({"prompt": "p", "items": ["1", "2"]})),
                note("say", "say", json!({"prompt": "p", "model": "m", "criteria": ["c"], "returns": [10, 30]})),
                {"kind": "basic", "fields": {"front": "keyless", "back": "x"}},
            ],
        },
        {"id": "plain", "name": "plain", "notes": [note("k", "basic", json!({"front": "q", "back": "a"}))]},
    ]})
    .to_string()
}

/// The same after its learner edited, renamed and moved some of it.
fn lived_in() -> World {
    let mut world = World::bare();
    assert_eq!(world.import("odd.json", odd()).sentence(), "11 notes added");
    world.edit("geo.1/first", Some("renamed"), How::default(), field("back", "another\r\n  back "));
    world.change(&["geo.1/order"], BulkChange::Move { id: "plain".to_owned(), name: "plain".to_owned() });
    world
}

fn uids(world: &World, query: &str) -> Vec<CardId> {
    world.found(query).iter().map(|line| line.card).collect()
}

#[test]
fn what_goes_out_goes_into_a_new_home_under_the_same_ids_and_comes_out_the_same() {
    let mut world = lived_in();
    world.change(&["geo.1/choice"], BulkChange::Tag(vec!["own tag".to_owned()]));
    for (deck, query) in [("geo.1", "deck:World::Geo"), ("plain", "deck:plain")] {
        for format in ["toml", "json", "jsonl", "csv"] {
            let out = world.export(deck, format);
            let mut home = World::bare();
            home.import(&format!("x.{format}"), &out);
            assert_eq!(uids(&home, query), uids(&world, query), "{deck} {format}");
            let there = if format == "csv" && deck == "geo.1" { "World::Geo" } else { deck };
            assert_eq!(home.export(there, format), out, "{deck} {format}");
            home.assert_sound();
        }
    }
}

#[test]
fn what_goes_out_and_comes_in_again_changes_nothing() {
    let mut world = lived_in();
    for format in ["toml", "json", "jsonl", "csv"] {
        for deck in ["geo.1", "plain"] {
            let (before, out) = (world.cards(), world.export(deck, format));
            let report = world.import(&format!("x.{format}"), &out);
            assert_eq!(
                (report.added, report.changed, report.rejections),
                (0, 0, 0),
                "{deck} {format}: {}",
                report.sentence()
            );
            assert_eq!(world.export(deck, format), out, "{deck} {format}");
            assert_eq!(world.cards(), before, "{deck} {format}");
        }
    }
}

#[test]
fn a_card_whose_key_was_renamed_goes_on_on_a_new_machine() {
    let world = lived_in();
    let uid = NoteUid::of_key("geo.1", "first");
    let out = world.export("geo.1", "toml");
    assert!(out.contains(&format!("key = \"renamed\"\nid = \"{uid}\"\n")), "{out}");
    let mut home = World::bare();
    home.import("geo.toml", &out);
    assert_eq!(home.card("geo.1/renamed").card.note, uid);
    // The file as somebody else has it, who knows nothing of ids, and with another text.
    let other =
        out.replace(&format!("id = \"{uid}\"\n"), "").replace("a\\r\nb", "another question").replace("c\\rd", "new");
    let other = other.replace("after = [\"first\"]", "after = [\"renamed\"]");
    home.import("geo.toml", other);
    assert_eq!(home.card("geo.1/renamed").card.note, uid, "the key means it too");
}

#[test]
fn a_deck_file_with_the_line_ends_of_another_system_is_the_same_deck() {
    let mut world = lived_in();
    let out = world.export("geo.1", "toml");
    let report = world.import("geo.toml", out.replace('\n', "\r\n"));
    assert_eq!((report.added, report.changed), (0, 0), "{}", report.sentence());
}

#[test]
fn what_a_format_can_not_hold_is_refused_with_its_field() {
    let mut world = World::bare();
    world.import(
        "nul.json",
        r#"{"format":"lmq-notes","version":1,"decks":[{"id":"d","notes":[{"key":"k","kind":"basic","fields":{"front":"a\u0000b","back":"c"}}]}]}"#,
    );
    let decks = lmq::ops::decks::named(&world.store, &["d".to_owned()]).unwrap();
    let toml = lmq::formats::exporter("toml").unwrap();
    let refused = lmq::ops::export::notes(&world.store, &decks, None, toml, &mut Vec::new()).unwrap().unwrap_err();
    assert!(refused.to_string().contains("`front` contains a NUL"), "{refused}");
    for format in ["json", "jsonl", "csv"] {
        let mut home = World::bare();
        home.import(&format!("x.{format}"), world.export("d", format));
        assert_eq!(home.card("d/k").text, world.card("d/k").text, "{format}");
    }
}
