//! The main screens of a learner of three weeks, at every width and in both themes: as text, and as the pictures of the pages.

use crate::home::Lmq;
use crate::terminal::Terminal;
use crate::year::PROFILES;
use crate::year::live;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

const WIDTHS: [u16; 4] = [40, 80, 120, 200];

/// Columns and rows of a picture.
const PICTURE: (u16, u16) = (120, 24);

/// The morning after three weeks.
const MORNING: &str = "2026-02-05T09:00:00+01:00";

/// A stretch of cells that look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    column: u16,
    columns: u16,
    text: String,
    /// Names of what the letters are besides their colour.
    marks: Vec<&'static str>,
    letters: vt100::Color,
    ground: vt100::Color,
}

/// A screen as it is drawn, row by row.
type Drawn = Vec<Vec<Stretch>>;

/// What the screen shows, but for blanks at the ends of its rows.
fn drawn(terminal: &Terminal) -> Drawn {
    let guard = terminal.screen.lock().unwrap();
    let screen = guard.screen();
    let (rows, columns) = screen.size();
    let mut all = Vec::new();
    for row in 0..rows.get() {
        let mut line: Vec<Stretch> = Vec::new();
        for column in 0..columns.get() {
            let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let is = [
                (cell.bold(), "bold"),
                (cell.dim(), "dim"),
                (cell.italic(), "italic"),
                (cell.underline(), "underlined"),
                (cell.inverse(), "reversed"),
            ];
            let marks: Vec<&str> = is.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
            let text = if cell.has_contents() { cell.contents() } else { " " };
            let columns = if cell.is_wide() { 2 } else { 1 };
            let (letters, ground) = (cell.fgcolor(), cell.bgcolor());
            let same = |last: &&mut Stretch| last.marks == marks && last.letters == letters && last.ground == ground;
            match line.last_mut().filter(same) {
                Some(last) => {
                    last.text.push_str(text);
                    last.columns += columns;
                }
                None => line.push(Stretch { column, columns, text: text.to_owned(), marks, letters, ground }),
            }
        }
        all.push(line);
    }
    all
}

fn hex(colour: vt100::Color) -> String {
    match colour {
        vt100::Color::Default => String::new(),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Idx(index) => panic!("{index} is none of the theme's colours"),
    }
}

/// The screen as text, with the look of each stretch before it where that is not the usual one.
fn written(drawn: &[Vec<Stretch>]) -> String {
    let mut text = String::new();
    for row in drawn {
        let mut line = String::new();
        for (place, stretch) in row.iter().enumerate() {
            let mut look = stretch.marks.join(" ");
            for (sign, colour) in [("", stretch.letters), (" on ", stretch.ground)] {
                let colour = hex(colour);
                if !colour.is_empty() {
                    look.push_str(&format!("{}{sign}{colour}", if look.is_empty() { "" } else { " " }));
                }
            }
            if place > 0 || !look.is_empty() {
                line.push_str(&format!("⟨{look}⟩"));
            }
            line.push_str(&stretch.text);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Letters and ground of a page that a picture lies on.
fn page(theme: &str) -> (&'static str, &'static str) {
    if theme == "dark" { ("#d4d6d8", "#1c1f22") } else { ("#22262a", "#ffffff") }
}

/// The screen as a picture. Each stretch is as wide as its columns, whatever font there is.
fn svg(drawn: &[Vec<Stretch>], theme: &str, name: &str) -> String {
    let (letters, ground) = page(theme);
    let x = |column: u16| 12.0 + f64::from(column) * 8.4;
    let y = |row: usize| 12 + row * 18;
    let (columns, rows) = PICTURE;
    let (width, height) = (x(columns) + 12.0, y(usize::from(rows)) + 12);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" width=\"{width:.0}\" height=\"{height}\" \
         role=\"img\" aria-label=\"lmq: {name}\">\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{ground}\"/>\n\
         <g fill=\"{letters}\" font-size=\"14\" \
         font-family=\"ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace\">\n"
    );
    for (row, line) in drawn.iter().enumerate() {
        for stretch in line {
            let is = |mark: &str| stretch.marks.contains(&mark);
            let or = |colour: vt100::Color, usual: &str| {
                Some(hex(colour)).filter(|hex| !hex.is_empty()).unwrap_or_else(|| usual.to_owned())
            };
            let (mut ink, mut under) = (or(stretch.letters, letters), or(stretch.ground, ground));
            if is("reversed") {
                std::mem::swap(&mut ink, &mut under);
            }
            if under != ground {
                let (x, y, width) = (x(stretch.column), y(row), f64::from(stretch.columns) * 8.4);
                writeln!(svg, "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"18\" fill=\"{under}\"/>")
                    .unwrap();
            }
            let text = stretch.text.trim();
            if text.is_empty() {
                continue;
            }
            let before = stretch.text.chars().take_while(|c| *c == ' ').count();
            let blanks = stretch.text.chars().count() - text.chars().count();
            let column = stretch.column + u16::try_from(before).unwrap();
            let length = f64::from(stretch.columns - u16::try_from(blanks).unwrap()) * 8.4;
            write!(svg, "<text x=\"{:.1}\" y=\"{}\" textLength=\"{length:.1}\"", x(column), y(row) + 14).unwrap();
            for (on, attribute) in [
                (ink != letters, format!("fill=\"{ink}\"")),
                (is("bold"), "font-weight=\"bold\"".to_owned()),
                (is("dim"), "opacity=\".65\"".to_owned()),
                (is("italic"), "font-style=\"italic\"".to_owned()),
                (is("underlined"), "text-decoration=\"underline\"".to_owned()),
            ] {
                if on {
                    write!(svg, " {attribute}").unwrap();
                }
            }
            // Spaces that no viewer folds.
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace(' ', "\u{a0}");
            writeln!(svg, ">{text}</text>").unwrap();
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// Screens in the order of the walk, each at every width.
type Album = Vec<(&'static str, BTreeMap<u16, Drawn>)>;

/// Whoever looks at each screen at every width.
struct Walk {
    terminal: Terminal,
    album: Album,
}

impl Walk {
    fn start(lmq: &Lmq, args: &[&str], album: Album) -> Self {
        let extra = [("LMQ_NOW", MORNING), ("COLORTERM", "truecolor")];
        Self { terminal: Terminal::start(lmq, args, PICTURE.0, PICTURE.1, &extra), album }
    }

    /// Looks at the screen, once it shows a text.
    fn takes(&mut self, name: &'static str, text: &str) {
        self.terminal.sees(text);
        let mut widths = BTreeMap::new();
        // The last one is that of the next screen.
        for columns in WIDTHS.into_iter().filter(|columns| *columns != PICTURE.0).chain([PICTURE.0]) {
            self.terminal.resizes(columns, PICTURE.1);
            widths.insert(columns, drawn(&self.terminal));
        }
        self.album.push((name, widths));
    }
}

/// All main screens in a theme.
fn walked(life: &Path, theme: &str) -> Album {
    let lmq = Lmq::new();
    fs::copy(life, lmq.db()).unwrap();
    lmq.write("config.toml", format!("theme = \"{theme}\"\n"));
    // What the tests of reports have it for is nothing to look at.
    lmq.run_at(MORNING, ["decks", "hide", "my team"]).done();
    let mut walk = Walk::start(&lmq, &[], Album::new());
    walk.takes("home", "Enter review");
    walk.terminal.types("/");
    walk.terminal.types("deck:skills");
    walk.terminal.sees("deck:skills");
    walk.terminal.types("\r");
    walk.takes("browser", "x actions");
    walk.terminal.types("q");
    walk.terminal.sees("Enter review");
    walk.terminal.types("s");
    walk.takes("stats", "Esc goes back");
    walk.terminal.types("\u{1b}");
    walk.terminal.sees("Enter review");
    walk.terminal.types("q");
    walk.terminal.ends();
    let mut walk = Walk::start(&lmq, &["review", "--search", "kind:sort", "--new", "0"], walk.album);
    walk.takes("question", "This session");
    // The first option, be it right or wrong.
    walk.terminal.types("1");
    walk.takes("answer", "3 Good");
    walk.terminal.types("q");
    walk.terminal.ends();
    let mut walk = Walk::start(&lmq, &["review", "--new", "0", "--limit", "1"], walk.album);
    walk.terminal.sees("This session");
    walk.terminal.types(" ");
    walk.terminal.sees("3 Good");
    walk.terminal.types("3");
    walk.takes("end", "Done for now");
    walk.terminal.types("x");
    walk.terminal.ends();
    walk.album
}

/// The walks in both themes, dark and light.
fn walks() -> &'static [(&'static str, Album); 2] {
    static WALKS: OnceLock<[(&str, Album); 2]> = OnceLock::new();
    WALKS.get_or_init(|| {
        let world = live(PROFILES[2]);
        let life = world.folder.path().join("life.db");
        let db = rusqlite::Connection::open(world.path()).unwrap();
        db.execute("VACUUM INTO ?1", [life.to_str().unwrap()]).unwrap();
        std::thread::scope(|scope| {
            let both = ["dark", "light"].map(|theme| {
                let life = &life;
                scope.spawn(move || (theme, walked(life, theme)))
            });
            both.map(|walk| walk.join().unwrap())
        })
    })
}

#[test]
fn the_main_screens_at_each_width_are_these() {
    let (_, album) = &walks()[0];
    for columns in WIDTHS {
        let screens = album.iter().map(|(name, widths)| format!("══ {name}\n{}\n", written(&widths[&columns])));
        insta::assert_snapshot!(format!("main_screens_{columns}"), screens.collect::<String>());
    }
}

#[test]
fn both_themes_differ_in_their_colours_and_in_nothing_else() {
    let [(_, dark), (_, light)] = walks();
    let mut pairs = BTreeMap::new();
    for ((name, dark), (_, light)) in dark.iter().zip(light) {
        for columns in WIDTHS {
            let bare = |drawn: &Drawn| {
                let mut drawn = drawn.clone();
                drawn.iter_mut().flatten().for_each(|stretch| {
                    (stretch.letters, stretch.ground) = (vt100::Color::Default, vt100::Color::Default);
                });
                drawn
            };
            assert_eq!(bare(&dark[&columns]), bare(&light[&columns]), "{name} at {columns} columns");
            let stretches = |drawn: &Drawn| -> Vec<Stretch> { drawn.iter().flatten().cloned().collect() };
            for (dark, light) in stretches(&dark[&columns]).into_iter().zip(stretches(&light[&columns])) {
                for (dark, light) in [(dark.letters, light.letters), (dark.ground, light.ground)] {
                    let (dark, light) = (hex(dark), hex(light));
                    let before = pairs.insert(dark.clone(), light.clone());
                    assert!(before.is_none_or(|before| before == light), "{name}: {dark} is {light} too");
                }
            }
        }
    }
    // What is without a colour in one theme is without one in the other.
    assert_eq!(pairs.remove(""), Some(String::new()));
    assert!(pairs.len() >= 4 && pairs.iter().all(|(dark, light)| dark != light), "{pairs:?}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether to write the pictures is said in the environment")]
fn docs_the_pictures_of_the_main_screens_are_what_the_program_shows() {
    let writes = std::env::var_os("UPDATE_DOCS").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    for (theme, album) in walks() {
        for (name, widths) in album {
            let path = folder.join(format!("{name}-{theme}.svg"));
            let now = svg(&widths[&PICTURE.0], theme, name);
            assert!(now.len() < 24_000, "{name}: {} bytes", now.len());
            if writes {
                fs::write(&path, now).unwrap();
                continue;
            }
            let there = fs::read_to_string(&path).unwrap_or_default();
            assert!(there == now, "{} is not what is shown now; docs/pictures/make draws it", path.display());
        }
    }
}
