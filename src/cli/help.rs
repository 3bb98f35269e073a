use crate::cli::Ctx;
use crate::cli::GROUPS;
use crate::cli::colour::Role;
use crate::cli::command;
use crate::core::document::Document;
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
    text: &'static str,
}

/// The pages, in the order in which they are listed.
const PAGES: &[Page] = &[
    Page {
        names: &["search", "searching", "query"],
        about: "finding cards: words and conditions",
        text: include_str!("../../docs/search.md"),
    },
    Page {
        names: &["import", "csv", "tables", "anki"],
        about: "tables, Anki exports and spreadsheets",
        text: include_str!("../../docs/csv.md"),
    },
    Page {
        names: &["deck-format", "deck-file", "toml", "kinds"],
        about: "deck files, and every kind of card",
        text: include_str!("../../docs/deck-format.md"),
    },
    Page {
        names: &["authoring", "writing"],
        about: "how to write a card that sticks",
        text: include_str!("../../docs/authoring.md"),
    },
    Page {
        names: &["cues"],
        about: "how `lmq check` finds what gives an answer away",
        text: include_str!("../../docs/cues.md"),
    },
    Page { names: &["editing"], about: "changing cards and decks", text: include_str!("../../docs/editing.md") },
    Page {
        names: &["schedule", "scheduling", "sm2"],
        about: "when a card comes back, and why",
        text: include_str!("../../docs/scheduling.md"),
    },
    Page {
        names: &["settings", "configuration", "keys"],
        about: "every setting, and your own keys",
        text: include_str!("../../docs/configuration.md"),
    },
    Page {
        names: &["reports"],
        about: "reports for yourself and for others",
        text: include_str!("../../docs/reports.md"),
    },
    Page {
        names: &["metrics", "statistics"],
        about: "what each number means",
        text: include_str!("../../docs/metrics.md"),
    },
    Page {
        names: &["sharing"],
        about: "what a team learns from your share file",
        text: include_str!("../../docs/share.md"),
    },
    Page {
        names: &["backups"],
        about: "what is kept, and how to restore it",
        text: include_str!("../../docs/backups.md"),
    },
    Page { names: &["json", "scripting"], about: "what scripts may rely on", text: include_str!("../../docs/json.md") },
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

fn unknown(words: &[&str]) -> Failure {
    let name = words.join(" ");
    let root = command();
    let pages = PAGES.iter().flat_map(|page| page.names.iter().copied());
    let near = nearest(&name, pages.chain(root.get_subcommands().map(clap::Command::get_name)));
    let hint = near.map_or_else(String::new, |near| format!("did you mean `lmq help {near}`? "));
    Failure::usage(format!("there is no help on `{name}`"))
        .hint(format!("{hint}`lmq help topics` lists the topics, `lmq help --all` the commands"))
}

/// A page, typeset; in a terminal page by page, where there is a program for that.
fn show(ctx: &mut Ctx, text: &str, more: Option<String>) -> Result<(), Failure> {
    let is_terminal = Env::terminals().stdout;
    let width = if is_terminal { crate::ui::width().min(WIDEST) } else { 80 };
    // A page has air between its parts, where a card has little room.
    let mut lines = Vec::new();
    for block in Document::of(text, Markup::Markdown).blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(typeset::text_lines(&Document { blocks: vec![block], left_out: 0 }, Side::Answer, width));
    }
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
    fn every_name_of_a_page_means_one_page() {
        let names: Vec<&str> = PAGES.iter().flat_map(|page| page.names.iter().copied()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for page in PAGES {
            assert!(page.text.starts_with("# "), "{:?}", page.names);
        }
    }
}
