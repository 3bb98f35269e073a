//! A session over lines, without the program: what a line does, and what is said to it.

use crate::world::World;
use lmq::failure::Failure;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;
use lmq::ui;
use lmq::ui::Editor;
use lmq::ui::Lines;
use lmq::ui::Look;
use lmq::ui::Palette;
use std::io;
use std::time::Duration;

const DECK: &str = "[deck]\nid = \"t\"\n\
    [[card]]\nkey = \"a\"\nkind = \"choice\"\nprompt = \"Which?\"\nanswer = \"right\"\ndistractors = [\"wrong\", \"other\"]\n\
    [[card]]\nkey = \"b\"\nkind = \"cloze\"\ntext = \"Say {{c1::what}}.\"\n\
    [[card]]\nkey = \"c\"\nkind = \"basic\"\nfront = \"Who?\"\nback = \"Ann\"\n";

/// Lines, and whether they come from a person, who reads before each.
struct Script<'s>(std::str::Lines<'s>, bool);

/// Longer than a line needs that was read before it was answered.
const READ: Duration = Duration::from_millis(260);

impl Lines for Script<'_> {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.1 {
            std::thread::sleep(READ);
        }
        Ok(self.0.next().map(|line| line.as_bytes().to_vec()))
    }

    fn rests(&mut self) -> bool {
        false
    }
}

struct NoEditor;

impl Editor for NoEditor {
    fn edit(&self, _: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn keep(&self, _: &str) -> Result<String, Failure> {
        Ok(String::new())
    }
}

fn world() -> World {
    let mut world = World::bare();
    world.import("t.toml", DECK);
    world
}

/// What a session says to these lines of a program.
fn said(world: &mut World, lines: &str) -> String {
    said_to(world, lines, false)
}

/// The same to those of a person.
fn said_to(world: &mut World, lines: &str, live: bool) -> String {
    world.settings.backups = false;
    let mut review = Review::new(&mut world.store, &world.env, world.settings.clone(), &Options::default()).unwrap();
    let look = Look { colour: false, width: 100, links: false, palette: Palette::OWN, spoken: false };
    let mut out = Vec::new();
    ui::plain(&mut review, &mut Script(lines.lines(), live), &mut out, look, live, &NoEditor).unwrap();
    String::from_utf8(out).unwrap()
}

fn answers(world: &World) -> usize {
    world.cards().iter().map(|line| usize::try_from(line.state.answers).unwrap()).sum()
}

#[test]
fn an_empty_line_shows_the_answer_and_marks_no_grade_where_one_was_asked_for() {
    let mut world = world();
    let out = said_to(&mut world, ":show\n\n1\n\n\n1\n\n\n:q\n", true);
    for wanted in [
        "Choose 1 to 3; Enter alone shows the answer",
        "Type it; Enter alone shows the answer",
        "Choose a grade",
        "Good: back tomorrow",
    ] {
        assert!(out.contains(wanted), "{wanted}: {out}");
    }
    assert_eq!(out.matches("Choose a grade").count(), 2, "{out}");
    assert_eq!(out.matches("(Enter)").count(), 1, "the card that is answered in the head: {out}");
    assert_eq!(answers(&world), 3);
}

#[test]
fn an_empty_line_of_a_program_grades_good_where_no_grade_is_marked() {
    let mut world = self::world();
    let out = said(&mut world, "\n\n\n\n\n\n:q\n");
    assert!(!out.contains("Choose a grade") && out.matches("Good: back tomorrow").count() == 3, "{out}");
    assert_eq!(answers(&world), 3);
}

#[test]
fn undo_on_a_shown_answer_hides_it_first_unless_something_was_done_to_it() {
    let mut world = world();
    let out = said_to(&mut world, "1\n3\n:show\n:u\n:u\n:q\n", true);
    let [hidden, undone] = ["The answer is hidden again, and nothing was graded", "Took back: answered t/a"]
        .map(|said| out.find(said).unwrap_or_else(|| panic!("{said}: {out}")));
    assert!(hidden < undone, "{out}");
    assert_eq!(answers(&world), 0);
    let out = said_to(&mut world, "1\n:*\n:u\n:q\n", true);
    assert!(out.contains("Took back: marked t/a") && !out.contains("hidden"), "{out}");
}

#[test]
fn commands_work_by_their_words_and_a_choice_that_is_a_command_says_how_it_is_said() {
    let mut world = world();
    let out = said(&mut world, "bury\n:bury\n:undo\n:mark\n:info\n:help\n:burry\n:suspend\n:quit\n");
    for wanted in [
        "`bury` is not one of the choices; type its number, 1 to 3; the command is :bury",
        "Buried until tomorrow",
        "Took back: buried t/a",
        "Marked. :u takes it back",
        "Asked because it is new",
        ":-, :bury  hold the card back until tomorrow",
        ":q, :quit, :leave, :exit  leave",
        "There is no command :burry, did you mean :bury",
        "Suspended. :u takes it back",
    ] {
        assert!(out.contains(wanted), "{wanted}: {out}");
    }
    assert_eq!(world.names("is:suspended"), ["t/a"]);
}

#[test]
fn the_help_on_a_shown_answer_says_why_grades_may_give_the_same_interval() {
    let mut world = world();
    let out = said(&mut world, "1\n:?\n:q\n");
    assert!(out.contains("The first two intervals are 1 and 6 days whatever the grade"), "{out}");
}

#[test]
fn on_a_question_a_word_is_an_answer_and_elsewhere_it_may_be_a_command() {
    let mut world = World::bare();
    world.import("r.csv", "#deck:r\nfront,back\nWhat does one do at the end?,exit\nAnd then?,rest\n");
    let out = said(&mut world, "exit\n3\nquit\nmark\nquit\n");
    assert!(out.contains("Good: back tomorrow") && out.contains("Marked. :u takes it back"), "{out}");
    assert_eq!(answers(&world), 1, "{out}");
}
