use crate::cli::Ctx;
use crate::cli::GROUPS;
use crate::cli::colour::Role;
use crate::cli::command;
use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Markup;
use crate::core::document::Side;
use crate::core::text::nearest;
use crate::env::Env;
use crate::failure::Failure;
use crate::ui::typeset;
use std::io::Write as _;
use std::process::Command;
use std::process::Stdio;

/// Show help on a command or a topic
///
/// Without a name it lists the commands that you need most, with --all every one. Topics are the pages of the manual: they
/// are in the program, and `lmq help topics` lists them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq help --all          every command, in groups
  lmq help search         how to find cards
  lmq help decks add      the options of one command")]
pub(super) struct Args {
    /// A topic or a command
    #[arg(value_name = "TOPIC")]
    topic: Vec<String>,

    /// List every command
    #[arg(long, conflicts_with = "topic")]
    all: bool,
}

/// A page of the manual.
struct Page {
    /// What people call it; the first name is the one that is listed.
    names: &'static [&'static str],
    about: &'static str,
    /// Its file, by which other pages link to it.
    file: &'static str,
    text: &'static str,
}

/// A page by its file in docs/.
macro_rules! page {
    ($names:expr, $about:literal, $file:literal) => {
        Page { names: &$names, about: $about, file: $file, text: include_str!(concat!("../../docs/", $file)) }
    };
}

/// The pages, in the order in which they are listed.
const PAGES: &[Page] = &[
    page!(["search", "searching", "query"], "finding cards: words and conditions", "search.md"),
    page!(["import", "csv", "tables", "anki"], "tables, Anki exports and spreadsheets", "csv.md"),
    page!(["deck-format", "deck-file", "toml", "kinds"], "deck files, and every kind of card", "deck-format.md"),
    page!(["authoring", "writing"], "how to write a card that sticks", "authoring.md"),
    page!(["cues"], "how `lmq check` finds what gives an answer away", "cues.md"),
    page!(["editing"], "changing cards and decks", "editing.md"),
    page!(["schedule", "scheduling", "sm2"], "when a card comes back, and why", "scheduling.md"),
    page!(["settings", "configuration", "keys"], "every setting, and your own keys", "configuration.md"),
    page!(["reports"], "reports for yourself and for others", "reports.md"),
    page!(["metrics", "statistics"], "what each number means", "metrics.md"),
    page!(["sharing"], "what a team learns from your share file", "share.md"),
    page!(["backups"], "what is kept, and how to restore it", "backups.md"),
    page!(["json", "scripting"], "what scripts may rely on", "json.md"),
    page!(["json-notes"], "files with notes as JSON", "json-notes.md"),
];

/// The widest line of a page.
const WIDEST: usize = 100;

fn page(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The commands for the front page: those that are needed most, or all of them by groups. One line of `commands!` each.
pub(super) fn listing(root: &clap::Command, all: bool) -> String {
    let width = root.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    let line = |command: &clap::Command| {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let name = command.get_name();
        let pad = " ".repeat(width - name.len());
        format!("  {}{pad}  {}\n", Role::Hint.paint(name), about.lines().next().unwrap_or_default())
    };
    let mut commands = root.get_subcommands();
    let mut out = String::new();
    if !all {
        out.push_str(&format!("{}\n", Role::Heading.paint("Commands:")));
    }
    for (group, members) in GROUPS {
        if all {
            let gap = if out.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{gap}{}\n", Role::Heading.paint(&format!("{group}:"))));
        }
        for (is_common, command) in members.iter().zip(commands.by_ref()) {
            if all || *is_common {
                out.push_str(&line(command));
            }
        }
    }
    out
}

/// The pages, a line each.
fn topics() -> Vec<String> {
    let width = PAGES.iter().filter_map(|page| page.names.first()).map(|name| name.len()).max().unwrap_or(0);
    let line = |page: &Page| format!("  {:<width$}  {}", page.names.first().unwrap_or(&""), page.about);
    let mut lines = vec!["Topics:".to_owned()];
    lines.extend(PAGES.iter().map(line));
    lines
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let words: Vec<&str> = args.topic.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => print_help(ctx, &mut command_listing(args.all)),
        ["topics" | "topic"] => topics().into_iter().try_for_each(|line| ctx.line(line)),
        [name] if page(name).is_some() => {
            let text = page(name).map_or("", |page| page.text);
            let of_command = command().find_subcommand(name).is_some();
            show(ctx, text, of_command.then(|| format!("The options of the command: lmq {name} --help")))
        }
        words => {
            let mut root = command();
            root.build();
            let mut found = &mut root;
            for word in words {
                found = found.find_subcommand_mut(word).ok_or_else(|| unknown(words))?;
            }
            print_help(ctx, found)
        }
    }
}

fn command_listing(all: bool) -> clap::Command {
    crate::cli::command_with(all, clap::ColorChoice::Auto)
}

fn print_help(ctx: &mut Ctx, command: &mut clap::Command) -> Result<(), Failure> {
    let help = command.render_long_help();
    if ctx.colour { ctx.plainly(&format!("{}", help.ansi())) } else { ctx.plainly(&help.to_string()) }
}

fn unknown_topic(name: &str) -> Failure {
    let near = nearest(name, PAGES.iter().flat_map(|page| page.names.iter().copied()));
    let hint = near.map_or_else(String::new, |near| format!("did you mean `lmq man {near}`? "));
    Failure::usage(format!("there is no topic `{name}`"))
        .hint(format!("{hint}`lmq help topics` lists the topics; `lmq man` without one has every command"))
}

fn unknown(words: &[&str]) -> Failure {
    let name = words.join(" ");
    let root = command();
    let inner = words.split_last().and_then(|(last, before)| match before {
        [of] => root.find_subcommand(of).map(|command| (format!("{of} "), *last, command)),
        _ => None,
    });
    let near = match inner {
        Some((of, word, command)) => {
            nearest(word, command.get_subcommands().map(clap::Command::get_name)).map(|near| format!("{of}{near}"))
        }
        None => {
            let pages = PAGES.iter().flat_map(|page| page.names.iter().copied());
            nearest(&name, pages.chain(root.get_subcommands().map(clap::Command::get_name))).map(str::to_owned)
        }
    };
    let hint = near.map_or_else(String::new, |near| format!("did you mean `lmq help {near}`? "));
    Failure::usage(format!("there is no help on `{name}`"))
        .hint(format!("{hint}`lmq help topics` lists the topics, `lmq help --all` the commands"))
}

/// What flows: the lines of its source are joined, and a link to another page is the command that shows it.
fn flowing(inlines: Vec<Inline>) -> Vec<Inline> {
    let flow = |inline| match inline {
        Inline::Break => vec![Inline::Text(" ".to_owned())],
        Inline::Link { to, text } if !to.contains("://") => {
            let file = to.split('#').next().unwrap_or_default();
            let page = PAGES.iter().find(|page| page.file == file);
            let Some(name) = page.and_then(|page| page.names.first()) else { return text };
            let command = Inline::Code(format!("lmq help {name}"));
            if text == [Inline::Text(file.to_owned())] {
                return vec![command];
            }
            let around = |mark: &str| Inline::Text(mark.to_owned());
            text.into_iter().chain([around(" ("), command, around(")")]).collect()
        }
        other => vec![other],
    };
    inlines.into_iter().flat_map(flow).collect()
}

/// A block of a page as a terminal has it.
fn for_a_terminal(block: Block) -> Block {
    let all = |blocks: Vec<Block>| blocks.into_iter().map(for_a_terminal).collect();
    match block {
        Block::Paragraph(text) => Block::Paragraph(flowing(text)),
        Block::List { first, delimiter, items } => {
            Block::List { first, delimiter, items: items.into_iter().map(all).collect() }
        }
        Block::Table { has_head, rows } => {
            let row = |row: Vec<Vec<Inline>>| row.into_iter().map(flowing).collect();
            Block::Table { has_head, rows: rows.into_iter().map(row).collect() }
        }
        other => other,
    }
}

/// The lines of one block. Code keeps its lines, however wide they are, so that it can be copied.
fn lines_of(block: Block, width: usize) -> Vec<String> {
    match block {
        Block::Code(text) => text.lines().map(|line| format!("  {line}").trim_end().to_owned()).collect(),
        block => {
            let document = Document { blocks: vec![for_a_terminal(block)], left_out: 0 };
            typeset::text_lines(&document, Side::Answer, width)
        }
    }
}

/// The same for the ear: no line is broken or cut, and a row of a table is a sentence.
fn heard_page(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for block in crate::ui::spoken::without_tables(Document::of(text, Markup::Markdown)).blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(lines_of(block, usize::MAX));
    }
    lines
}

/// The lines of a page. It has air between its parts, where a card has little room.
fn lines_of_page(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for block in Document::of(text, Markup::Markdown).blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(lines_of(block, width));
    }
    lines
}

/// Columns that `man` leaves for the text of a page.
const MANUAL_WIDTH: usize = 71;

/// A line as roff takes it to the letter.
fn literal(line: &str) -> String {
    let mut out = String::from(if line.starts_with(['.', '\'']) { "\\&" } else { "" });
    for c in line.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            c => out.push(c),
        }
    }
    out
}

/// A topic as a page for `man`.
pub(super) fn manual(name: &str) -> Result<String, Failure> {
    let page = page(name).ok_or_else(|| unknown_topic(name))?;
    let title = format!("lmq\\-{}", literal(page.names.first().unwrap_or(&name)));
    let mut out = format!(".TH {title} 7\n.SH NAME\n{title} \\- {}\n", literal(page.about));
    for block in Document::of(page.text, Markup::Markdown).blocks {
        match block {
            Block::Heading(1, _) => out.push_str(".SH DESCRIPTION\n"),
            Block::Heading(level, text) => {
                let text = lines_of(Block::Paragraph(text), usize::MAX).concat();
                out.push_str(&format!(".{} {}\n", if level == 2 { "SH" } else { "SS" }, literal(&text)));
            }
            block => {
                let lines: Vec<String> =
                    lines_of(block, MANUAL_WIDTH).iter().map(|line| literal(line) + "\n").collect();
                out.push_str(&format!(".PP\n.nf\n{}.fi\n", lines.concat()));
            }
        }
    }
    Ok(out)
}

/// A page, typeset; in a terminal page by page, where there is a program for that.
fn show(ctx: &mut Ctx, text: &str, more: Option<String>) -> Result<(), Failure> {
    let is_terminal = Env::terminals().stdout;
    let width = if is_terminal { crate::ui::width().min(WIDEST) } else { 80 };
    let mut lines = if ctx.screen_reader { heard_page(text) } else { lines_of_page(text, width) };
    lines.extend(more.into_iter().flat_map(|line| [String::new(), line]));
    let text = lines.join("\n") + "\n";
    if is_terminal
        && !ctx.screen_reader
        && let Some(pager) = Env::pager()
        && page_through(&pager, &text)
    {
        return Ok(());
    }
    ctx.plainly(&text)
}

/// Hands a text to a pager and waits for it; `false` where it can't be run.
fn page_through(pager: &str, text: &str) -> bool {
    let mut words = shlex::split(pager).unwrap_or_default().into_iter();
    let Some(program) = words.next() else { return false };
    let Ok(mut child) = Command::new(program).args(words).stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves before the end has seen enough.
        input.write_all(text.as_bytes()).ok();
    }
    child.wait().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn commands_in(listing: &str) -> usize {
        listing.lines().filter(|line| line.starts_with("  ")).count()
    }

    #[test]
    fn the_front_page_has_ten_commands_and_the_whole_list_has_each_once() {
        let root = command();
        assert_eq!(commands_in(&listing(&root, false)), 10);
        assert_eq!(commands_in(&listing(&root, true)), root.get_subcommands().count());
        assert_eq!(GROUPS.iter().map(|(_, members)| members.len()).sum::<usize>(), root.get_subcommands().count());
        let groups: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        assert_eq!(groups, ["Every day", "Cards", "Decks", "In and out", "Reports", "Data", "Set-up"]);
    }

    #[test]
    fn a_page_flows_keeps_its_code_and_names_other_pages_by_their_commands() {
        let text = "one\ntwo [three](csv.md#x), [search.md](search.md),\n[four](#y), [five](LICENSE.md)\n\n\
            - a\n  b [c](https://e.org/)\n\n```\nlmq cards with words that go on beyond the width\n```\n";
        assert_eq!(
            lines_of_page(text, 40),
            [
                "one two three (`lmq help import`), `lmq",
                "help search`, four, five",
                "",
                "- a b c (https://e.org/)",
                "",
                "  lmq cards with words that go on beyond the width",
            ]
        );
    }

    #[test]
    fn a_line_of_a_manual_is_taken_to_the_letter() {
        assert_eq!(literal(".a 'b' \\c -d `e` ^f ~"), r"\&.a \(aqb\(aq \ec \-d \(gae\(ga \(haf \(ti");
        assert_eq!(literal("'x'"), r"\&\(aqx\(aq");
    }

    #[test]
    fn every_name_of_a_page_means_one_page() {
        let names: Vec<&str> = PAGES.iter().flat_map(|page| page.names.iter().copied()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for page in PAGES {
            assert!(page.text.starts_with("# "), "{:?}", page.names);
        }
    }
}
