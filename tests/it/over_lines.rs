//! Sessions over lines, in this process: what is read, when, and how it is set.

use crate::checkup::day;
use crate::world::World;
use crate::world::time;
use lmq::failure::Failure;
use lmq::ops::checkup::CheckupSession;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;
use lmq::ui::Look;
use lmq::ui::Palette;
use lmq::ui::Typed;
use std::io;
use std::time::Duration;

pub(crate) struct NoEditor;

impl lmq::ui::Editor for NoEditor {
    fn edit(&self, _: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn keep(&self, _: &str) -> Result<String, Failure> {
        Ok(String::new())
    }
}

/// Longer than a line needs that was read before it was answered.
const READ: Duration = Duration::from_millis(260);

/// Lines of a person: those that begin with `…` come after what was asked was read.
struct Person<'l>(std::slice::Iter<'l, &'static str>);

impl lmq::ui::Lines for Person<'_> {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.next().map(|line| match line.strip_prefix('…') {
            Some(line) => {
                std::thread::sleep(READ);
                line.as_bytes().to_vec()
            }
            None => line.as_bytes().to_vec(),
        }))
    }

    fn rests(&mut self) -> bool {
        true
    }
}

const LOOK: Look = Look { colour: false, width: 60, links: false, palette: Palette::OWN, spoken: false };

fn review(world: &mut World, lines: &[&'static str], live: bool) -> String {
    world.settings.backups = false;
    let options = Options::default();
    let mut review = Review::new(&mut world.store, &world.env, world.settings.clone(), &options).unwrap();
    let mut out = Vec::new();
    lmq::ui::plain(&mut review, &mut Person(lines.iter()), &mut out, LOOK, live, &NoEditor).unwrap();
    String::from_utf8(out).unwrap()
}

fn deck(id: &str) -> String {
    format!(
        "[deck]\nid = \"{id}\"\n[[topic]]\nid = \"t\"\ntitle = \"Basics\"\nprimer = \"About {id}.\"\n\
         [[card]]\nkey = \"one\"\nkind = \"basic\"\nfront = \"What of {id}?\"\nback = \"1\"\ntopic = \"t\"\n"
    )
}

#[test]
fn topics_of_two_decks_with_one_title_both_have_their_primers() {
    let mut world = World::bare();
    for id in ["apples", "pears"] {
        world.import(&format!("{id}.toml"), deck(id));
    }
    let out = review(&mut world, &["\n", "3\n", "\n", "3\n"], false);
    assert!(out.contains("About apples.") && out.contains("About pears."), "{out}");
}

#[test]
fn a_line_that_was_typed_ahead_turns_no_primer_away() {
    let mut world = World::bare();
    world.import("apples.toml", deck("apples"));
    let out = review(&mut world, &["\n", "\n"], true);
    assert!(out.contains("About apples.") && out.matches("too fast").count() == 2, "{out}");
    assert!(!out.contains("What of apples?"), "{out}");
    let out = review(&mut world, &["\n", "…\n", "…:q\n"], true);
    assert!(out.matches("too fast").count() == 1 && out.contains("What of apples?"), "{out}");
}

#[test]
fn at_its_end_a_sitting_waits_for_a_step_back_and_says_what_it_came_to_once_for_each_end() {
    let mut world = World::bare();
    world.import("apples.toml", deck("apples"));
    let out = review(&mut world, &["…\n", "…\n", "…3\n", "…?\n", "…u\n", "…\n", "…2\n", "…i\n", "…\n"], true);
    assert_eq!(out.matches("1 answer in").count(), 2, "{out}");
    let parts = [
        "Good: back",
        "Enter ends",
        ":em, :meaning  the same",
        "Took back: answered",
        "Hard: back",
        "Enter ends",
        "interval: 1d",
    ];
    let mut rest = out.as_str();
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no `{part}` in {rest}\n══\n{out}")).1;
    }
    // Where nothing waited there is nothing to take back, and through a pipe nobody to wait for.
    assert!(!review(&mut world, &[], true).contains("Enter ends"));
    assert!(!review(&mut World::bare(), &[], false).contains("Enter ends"));
}

#[test]
fn before_a_primer_is_read_the_card_can_be_put_away_and_explained() {
    let mut world = World::bare();
    world.import("apples.toml", deck("apples"));
    let out = review(&mut world, &["…i\n", "…hello\n", "…\n", "…:!\n", "…:u\n", "…\n", "…:q\n"], true);
    let parts = [
        "About apples.",
        "Asked because it is new",
        "Enter goes on",
        "What of apples?",
        "Suspended. :u",
        "Took back: suspended",
    ];
    let mut rest = out.as_str();
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no `{part}` in {rest}\n══\n{out}")).1;
    }
}

#[test]
fn texts_from_the_right_stay_behind_the_words_before_them_and_lose_nothing() {
    let mut world = World::bare();
    world.import(
        "hebrew.toml",
        "[deck]\nid = \"h\"\nname = \"עברית\"\n\
         [[card]]\nkey = \"a\"\nkind = \"choice\"\nprompt = \"מהו שלום?\"\nanswer = \"peace, שלום, 3\"\ndistractors = [\"מלחמה\"]\n\
         [[card]]\nkey = \"b\"\nkind = \"typed\"\nprompt = \"سلام (1) = ?\"\nanswer = \"שלום\"\nhint = \"ש\"\n",
    );
    let out = review(&mut world, &["peace, שלום, 3\n", "3\n", ":h\n", "שלם\n", "\n"], false);
    for (before, text) in [
        ("] ", "עברית"),
        ("  מהו שלום?", ""),
        ("  1  ", ""),
        ("  2  ", ""),
        ("  سلام (1) = ?", ""),
        ("Hint: ", "ש"),
        ("you: ", "שלם"),
    ] {
        let wanted = if text.is_empty() { before.to_owned() } else { format!("{before}\u{2068}{text}") };
        assert!(out.contains(&wanted), "{wanted:?} in {out}");
    }
    for option in ["\u{2068}peace, שלום, 3\u{2069}", "\u{2068}מלחמה\u{2069}"] {
        assert!(out.contains(&format!("  {option}\n")), "{option:?} in {out}");
    }
    assert_eq!(out.matches('\u{2068}').count(), out.matches('\u{2069}').count(), "{out}");
}

fn checkup(lines: &mut dyn lmq::ui::Lines, live: bool) -> Result<String, Failure> {
    let mut world = World::bare();
    world.set_now(time(&day("01-15")));
    let deck = crate::checkup::scenes().replace("somebody does", &"wordy ".repeat(40));
    world.import("scenes.toml", deck);
    let mut sitting = CheckupSession::new(&mut world.store, &world.env, world.settings.clone(), Some(3)).unwrap();
    let mut out = Vec::new();
    lmq::ui::checkup::plain(&mut sitting, lines, &mut out, LOOK, live, live)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_line_without_an_end_is_no_answer_of_a_check_up_either() {
    let failure = checkup(&mut Typed(io::BufReader::new(io::repeat(b'x'))), false).unwrap_err();
    assert!(failure.to_string().contains("1 MB"), "{failure}");
}

#[test]
fn a_scene_is_set_at_the_width_that_there_is() {
    let out = checkup(&mut Person([":q\n"].iter()), false).unwrap();
    let words = |line: &&str| line.starts_with("  wordy") && line.ends_with("wordy");
    let lengths: Vec<usize> = out.lines().filter(words).map(str::len).collect();
    assert!(lengths.len() > 2 && lengths.iter().all(|length| *length > 40), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= LOOK.width), "{out}");
}

#[test]
fn a_line_that_was_typed_ahead_begins_no_check_up() {
    let out = checkup(&mut Person(["\n", "\n"].iter()), true).unwrap();
    assert!(out.matches("too fast").count() == 2 && !out.contains("[1 of 8]"), "{out}");
    let out = checkup(&mut Person(["…\n", "…:q\n"].iter()), true).unwrap();
    assert!(out.contains("[1 of 8]"), "{out}");
}

#[test]
fn where_no_answer_is_typed_a_command_needs_no_colon() {
    let mut world = World::bare();
    world.import("apples.toml", deck("apples"));
    let out = review(&mut world, &["…\n", "…u\n", "…r\n", "…q\n"], true);
    assert!(out.contains("There is nothing to take back") && !out.contains("grade>"), "{out}");
    assert_eq!(out.matches("What of apples?").count(), 2, "{out}");
    let out = checkup(&mut Person(["…x\n", "…q\n"].iter()), true).unwrap();
    assert!(out.matches("Enter begins").count() == 2 && !out.contains("[1 of 8]"), "{out}");
    let out = checkup(&mut Person(["…\n", "…\n", "…:r\n", "…:q\n"].iter()), true).unwrap();
    assert!(out.contains("type :d if you don't know") && out.matches("[1 of 8]").count() == 2, "{out}");
}

#[test]
fn a_heard_session_breaks_no_line_and_names_what_is_right_and_what_was_said() {
    let mut world = World::bare();
    world.import(
        "d.toml",
        format!(
            "[deck]\nid = \"d\"\nname = \"a deck with a long name\"\n\
             [[card]]\nkey = \"a\"\nkind = \"typed\"\nprompt = \"{}?\"\nanswer = \"drive change\"\n",
            "wordy ".repeat(30)
        ),
    );
    world.settings.backups = false;
    let settings = world.settings.clone();
    let mut review = Review::new(&mut world.store, &world.env, settings, &Options::default()).unwrap();
    let mut out = Vec::new();
    let look = Look { width: 20, spoken: true, ..LOOK };
    let lines = ["drive chnage\n", "3\n"];
    lmq::ui::plain(&mut review, &mut Person(lines.iter()), &mut out, look, false, &NoEditor).unwrap();
    let out = String::from_utf8(out).unwrap();
    for wanted in [
        "[1 new, under a minute] a deck with a long name\n",
        "wordy wordy ?\n",
        "\nYou wrote chnage, right is change\nRight: drive change\n",
        "\n1 Again this session, 2 Hard 1 day",
    ] {
        assert!(out.contains(wanted), "{wanted:?} in {out}");
    }
}

#[test]
fn a_session_that_put_a_new_card_off_says_that_another_is_left_for_today() {
    let mut world = World::bare();
    let card = |key: u8| format!("[[card]]\nkey = \"k{key}\"\nkind = \"basic\"\nfront = \"Q{key}?\"\nback = \"A\"\n");
    world.import("d.toml", format!("[deck]\nid = \"d\"\n{}{}{}", card(1), card(2), card(3)));
    world.settings.new_per_day = 2;
    let out = review(&mut world, &[":-\n", "\n", "3\n"], false);
    assert_eq!(world.day().new, 1, "{out}");
    assert!(out.contains("1 card is left for today") && !out.contains("fall due"), "{out}");
}
