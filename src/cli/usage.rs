//! What a command line is refused for, in our own words: clap says what is wrong, and this says it as everything else is said.

use crate::cli::command;
use crate::core::text::nearest;
use crate::failure::Failure;
use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;
use std::error::Error as _;

/// Commands of other programs, with what is there instead.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (
        &["sync", "push", "pull", "clone", "login", "remote"],
        "lmq uses no network: `lmq export --what history --out log.jsonl.zst` on one machine and `lmq import log.jsonl.zst` on \
         the other bring both together",
    ),
    (&["browse", "browser"], "`lmq` alone opens the full screen, where b browses; `lmq cards` lists cards here"),
    (&["list"], "`lmq cards` lists cards, `lmq decks` lists decks"),
    (&["study", "learn", "train", "practise", "practice", "start", "quiz"], "`lmq review` is the session"),
    (&["remove"], "`lmq delete` deletes cards, `lmq decks remove` a deck"),
    (&["status", "today", "home", "info"], "`lmq` alone shows the day"),
    (&["settings", "set", "get", "options", "preferences"], "`lmq config list` shows the settings"),
    (&["card", "grep", "query"], "`lmq cards` finds cards, `lmq show` shows one"),
    (&["create", "note"], "`lmq add` adds a card, `lmq decks add` a deck"),
    (&["hide", "unhide"], "`lmq decks hide` and `lmq decks show` are about decks, `lmq suspend` is about cards"),
    (&["revert", "redo", "rollback"], "`lmq undo` takes back the newest step, `lmq undo --redo` brings it back"),
    (&["star", "flag"], "`lmq mark` gives cards your star"),
    (&["init", "setup", "install"], "there is nothing to set up: `lmq review` begins"),
    (&["update", "upgrade"], "a new version is installed the way this one was; the database comes along by itself"),
    (&["version"], "`lmq --version` prints it"),
    (&["test", "exam"], "`lmq checkup` asks scenes that no review asks"),
];

/// The same below a command of ours, for its commands.
const INNER: &[(&str, &[&str], &str)] = &[
    ("lmq decks", &["list", "ls"], "`lmq decks` alone lists them"),
    ("lmq decks", &["delete"], "`lmq decks remove` removes a deck with its cards"),
    ("lmq decks", &["new", "create", "make"], "`lmq decks add` makes an empty deck"),
    ("lmq decks", &["unhide"], "`lmq decks show` shows a hidden deck again"),
    ("lmq decks", &["move"], "`lmq decks rename work home::work` puts a deck inside another, `lmq move` moves cards"),
    ("lmq config", &["show", "ls", "all"], "`lmq config list` shows the settings, with --all every one"),
    ("lmq config", &["reset", "delete", "remove"], "`lmq config unset` resets a setting to its default"),
];

/// Names that commands once had, with what they are called now.
const ONCE: &[(&str, &[&str])] = &[
    ("unsuspend", &["suspend", "--off"]),
    ("unbury", &["bury", "--off"]),
    ("unmark", &["mark", "--off"]),
    ("untag", &["tag", "--off"]),
    ("rename", &["decks", "rename"]),
];

/// The place of an old name among the arguments, where one stands for the command, and what it is called now.
pub(super) fn renamed(error: &clap::Error, args: &[String]) -> Option<(usize, &'static [&'static str])> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let root = command();
    let about = About::of(&root, args);
    let word = args.get(about.next).filter(|_| about.path == "lmq")?;
    ONCE.iter().find(|(once, _)| once == word).map(|(_, now)| (about.next, *now))
}

fn values(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        Some(_) | None => Vec::new(),
    }
}

fn one(error: &clap::Error, kind: ContextKind) -> Option<String> {
    values(error, kind).into_iter().next()
}

/// What some arguments are about.
struct About<'r> {
    root: &'r clap::Command,
    /// The command that they begin with.
    command: &'r clap::Command,
    /// The same by its names: `lmq config set`.
    path: String,
    /// The place of the first word behind it.
    next: usize,
}

impl<'r> About<'r> {
    fn of(root: &'r clap::Command, args: &[String]) -> Self {
        let mut about = Self { root, command: root, path: "lmq".to_owned(), next: 1 };
        while let Some(arg) = args.get(about.next) {
            if arg.starts_with('-') {
                about.next += if takes_value(root, arg) { 2 } else { 1 };
                continue;
            }
            let Some(inner) = about.command.find_subcommand(arg) else { break };
            about.path = format!("{} {}", about.path, inner.get_name());
            about.command = inner;
            about.next += 1;
        }
        about
    }

    /// How the command is used, on one line.
    fn usage(&self) -> String {
        // Only what was built knows the options of every command, but its commands have options that nobody gave them.
        let mut root = self.root.clone();
        root.build();
        let mut found = &root;
        for word in self.path.split_whitespace().skip(1) {
            found = found.find_subcommand(word).unwrap_or(found);
        }
        let usage = found.clone().render_usage().to_string();
        usage.split_whitespace().collect::<Vec<_>>().join(" ").replacen("Usage:", "usage:", 1)
    }

    /// The commands that it has.
    fn known(&self) -> Vec<&'r str> {
        self.command.get_subcommands().map(clap::Command::get_name).collect()
    }

    /// Whether it takes words that are no options.
    fn takes_words(&self) -> bool {
        self.command.get_positionals().next().is_some()
    }
}

/// Whether an option is one of every command, and takes a value.
fn takes_value(root: &clap::Command, option: &str) -> bool {
    let Some(option) = option.strip_prefix("--") else { return false };
    let mut named = root.get_arguments().filter(|argument| argument.get_long() == Some(option));
    named.any(|argument| argument.is_global_set() && argument.get_action().takes_values())
}

/// An argument without the marks of the usage: `--new`, `CARD`.
fn bare(argument: &str) -> String {
    let name = argument.split_whitespace().next().unwrap_or_default().trim_end_matches("...");
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    name.trim_matches(|c| matches!(c, '<' | '>' | '[' | ']')).trim_end_matches("...").to_owned()
}

/// What clap says of these arguments, as one of our failures.
pub(super) fn failure(error: &clap::Error, args: &[String]) -> Failure {
    let root = command();
    let about = About::of(&root, args);
    let command = &about.path;
    let help = format!("`{command} --help` explains its options");
    let argument = one(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = one(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            unknown_command(&one(error, ContextKind::InvalidSubcommand).unwrap_or_default(), &about)
        }
        ErrorKind::UnknownArgument => unknown_argument(error, &argument, &about),
        ErrorKind::InvalidValue if value.is_empty() => {
            Failure::usage(format!("`{}` needs a value", bare(&argument))).at(argument).hint(help)
        }
        ErrorKind::InvalidValue => {
            let known = values(error, ContextKind::ValidValue);
            let near = nearest(&value, known.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            Failure::usage(format!("`{}` can't be `{value}`", bare(&argument)))
                .at(format!("possible values: {}", known.join(", ")))
                .hint(format!("{near}{help}"))
        }
        ErrorKind::ValueValidation => {
            let failure = Failure::usage(format!("`{}` can't be `{value}`", bare(&argument)));
            match error.source() {
                Some(why) => failure.at(why.to_string()).hint(help),
                None => failure.hint(help),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = values(error, ContextKind::InvalidArg);
            let names: Vec<String> = missing.iter().map(|argument| bare(argument)).collect();
            let what = if names.len() > 1 { "required arguments" } else { "a required argument" };
            Failure::usage(format!("`{command}` is missing {what}: {}", names.join(" and ")))
                .at(about.usage())
                .hint(help)
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let known = about.known().join(", ");
            Failure::usage(format!("`{command}` needs to be told what to do"))
                .at(format!("possible values: {known}"))
                .hint(help)
        }
        ErrorKind::ArgumentConflict => {
            let others: Vec<String> = values(error, ContextKind::PriorArg).iter().map(|other| bare(other)).collect();
            // Before a command of its own clap names that instead.
            let argument =
                if argument.is_empty() { one(error, ContextKind::InvalidSubcommand) } else { Some(argument) };
            let argument = argument.unwrap_or_default();
            let what = match others.as_slice() {
                [other] if *other == bare(&argument) => format!("`{other}` is given twice"),
                [] => format!("`{}` cannot be used with the other arguments", bare(&argument)),
                others => format!("`{}` cannot be used with `{}`", bare(&argument), others.join("`, `")),
            };
            Failure::usage(what).hint(help)
        }
        ErrorKind::InvalidUtf8 => Failure::usage("the command line is not UTF-8").hint("check its characters"),
        _ => {
            let said = error.to_string();
            let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Failure::usage(said).hint(help)
        }
    }
}

/// The commands that have an option of their own, by their paths.
fn having(option: &str, command: &clap::Command, path: &str) -> Vec<String> {
    let is_it = |argument: &clap::Arg| match option.strip_prefix("--") {
        Some(long) => argument.get_long() == Some(long),
        None => argument.get_short().is_some_and(|short| option.strip_prefix('-') == Some(short.to_string().as_str())),
    };
    let has_it = command.get_arguments().any(|argument| !argument.is_global_set() && is_it(argument));
    let inner = command.get_subcommands();
    let below = inner.flat_map(|inner| having(option, inner, &format!("{path} {}", inner.get_name())));
    has_it.then(|| path.to_owned()).into_iter().chain(below).collect()
}

fn unknown_command(word: &str, about: &About<'_>) -> Failure {
    let path = about.path.as_str();
    let failure = Failure::usage(format!("there is no command `{path} {word}`"));
    let is_root = path == "lmq";
    let asked = word.to_lowercase();
    let elsewhere = ELSEWHERE.iter().map(|(words, instead)| ("lmq", words, instead));
    let inner = INNER.iter().map(|(path, words, instead)| (*path, words, instead));
    let mut all = elsewhere.chain(inner);
    if let Some((_, _, instead)) = all.find(|(of, words, _)| *of == path && words.contains(&asked.as_str())) {
        return failure.hint(*instead);
    }
    let known = about.known();
    let near = nearest(word, known.iter().copied());
    let near = near.map_or_else(String::new, |near| format!("did you mean `{path} {near}`? "));
    let all = if is_root {
        "`lmq help --all` lists every command".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    failure.hint(format!("{near}{all}"))
}

fn unknown_argument(error: &clap::Error, argument: &str, about: &About<'_>) -> Failure {
    let command = about.path.as_str();
    if !argument.starts_with('-') {
        let quotes = if about.takes_words() { "put several words between quotation marks; " } else { "" };
        return Failure::usage(format!("`{command}` does not take `{argument}`"))
            .at(about.usage())
            .hint(format!("{quotes}`{command} --help` explains its options"));
    }
    if argument.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
        return Failure::usage(format!("`{command}` has no option `{argument}`, and no number can be negative here"))
            .at(about.usage())
            .hint(format!("`{command} --help` explains its options"));
    }
    let with = having(argument, about.root, "lmq");
    if with.iter().any(|path| path == command) {
        return Failure::usage(format!("`{argument}` is an option of `{command}` and comes after it"))
            .hint(format!("write `{command} {argument}`"));
    }
    let name = argument.trim_start_matches('-');
    let near = if let Some(near) = one(error, ContextKind::SuggestedArg) {
        format!("did you mean `{near}`? ")
    } else if about.known().contains(&name) {
        format!("did you mean `{command} {name}`? ")
    } else if (1..4).contains(&with.len()) {
        let with: Vec<String> = with.iter().map(|path| format!("`{path} {argument}`")).collect();
        format!("there is {}; ", with.join(" and "))
    } else {
        String::new()
    };
    let word = if about.takes_words() { "; after `--` it is an ordinary word" } else { "" };
    Failure::usage(format!("`{command}` has no option `{argument}`"))
        .hint(format!("{near}`{command} --help` lists its options{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> Failure {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let error = crate::cli::command().try_get_matches_from(&args).unwrap_err();
        failure(&error, &args)
    }

    #[test]
    fn what_is_refused_is_named_with_what_to_do_and_in_no_librarys_words() {
        for (line, what, hint) in [
            ("lmq revue", "there is no command `lmq revue`", "did you mean `lmq review`?"),
            ("lmq sync", "there is no command `lmq sync`", "lmq export --what history"),
            ("lmq browse", "there is no command `lmq browse`", "b browses"),
            ("lmq xyzzy", "there is no command `lmq xyzzy`", "`lmq help --all` lists every command"),
            ("lmq config sett", "there is no command `lmq config sett`", "did you mean `lmq config set`?"),
            ("lmq review --limt 5", "`lmq review` has no option `--limt`", "did you mean `--limit`?"),
            ("lmq next --new x", "`--new` can't be `x`", "`lmq next --help`"),
            ("lmq review --minutes 1441", "`--minutes` can't be `1441`", "`lmq review --help`"),
            ("lmq review --minutes", "`--minutes` needs a value", "`lmq review --help`"),
            ("lmq report --format pdf", "`--format` can't be `pdf`", "`lmq report --help`"),
            ("lmq report --format htm", "`--format` can't be `htm`", "did you mean `html`?"),
            ("lmq show", "`lmq show` is missing a required argument: CARD", "`lmq show --help`"),
            ("lmq config", "`lmq config` needs to be told what to do", "`lmq config --help`"),
            ("lmq history a more", "`lmq history` does not take `more`", "quotation marks"),
            ("lmq pause 7d", "`lmq pause` does not take `7d`", "`lmq pause --help`"),
            ("lmq decks list", "there is no command `lmq decks list`", "`lmq decks` alone lists them"),
            ("lmq config --list", "`lmq config` has no option `--list`", "did you mean `lmq config list`?"),
            ("lmq --json decks", "`--json` is an option of `lmq decks` and comes after it", "write `lmq decks --json`"),
            ("lmq --limit 5", "`lmq` has no option `--limit`", "there is `lmq review --limit` and `lmq next --limit`"),
            ("lmq -n 5", "`lmq` has no option `-n`", "`lmq review -n`"),
            ("lmq quit", "there is no command `lmq quit`", "`lmq help --all` lists every command"),
            ("lmq pause --off --until 7d", "cannot be used with", "`lmq pause --help`"),
            ("lmq --color red decks", "`--color` can't be `red`", "`lmq decks --help`"),
            ("lmq decks --json hide v", "`hide` cannot be used with `--json`", "`lmq decks hide --help`"),
            ("lmq set-due -1d x", "no number can be negative", "`lmq set-due --help`"),
            ("lmq config set new_per_day -1", "no number can be negative", "`lmq config set --help`"),
            ("lmq decks delete x", "there is no command `lmq decks delete`", "`lmq decks remove`"),
            ("lmq card", "there is no command `lmq card`", "`lmq cards` finds cards"),
            ("lmq --db x next --new y", "`--new` can't be `y`", "`lmq next --help`"),
        ] {
            let failure = refused(line);
            assert_eq!(failure.kind.code(), 2, "{line}");
            assert!(failure.what.contains(what), "{line}: {failure}");
            assert!(failure.hint.as_deref().unwrap_or_default().contains(hint), "{line}: {failure}");
            for word in ["error:", "invalid digit", "..=", "unexpected argument", "For more information"] {
                assert!(!failure.to_string().contains(word), "{line}: {failure}");
            }
        }
    }

    fn read(line: &str) -> Result<Option<crate::cli::Cli>, Failure> {
        let args: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
        crate::cli::read(args.clone(), &crate::cli::Telling::of(&args, None))
    }

    #[test]
    fn an_old_name_is_the_new_one_where_a_command_stands_and_nowhere_else() {
        for (line, wanted) in [
            ("lmq rename a b", "lmq decks rename a b"),
            ("lmq --db rename rename a b", "lmq --db rename decks rename a b"),
            ("lmq --quiet unbury rename", "lmq --quiet bury --off rename"),
        ] {
            assert_eq!(format!("{:?}", read(line).unwrap()), format!("{:?}", read(wanted).unwrap()), "{line}");
        }
        for (line, what) in [
            ("lmq config rename x", "there is no command `lmq config rename`"),
            ("lmq decks unbury x", "there is no command `lmq decks unbury`"),
        ] {
            assert_eq!(read(line).unwrap_err().what, what);
        }
    }

    #[test]
    fn every_hint_of_a_command_from_elsewhere_names_one_that_is_not_there() {
        let root = command();
        let about = |path: &str| About::of(&root, &path.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let known = about("lmq").known();
        for (words, _) in ELSEWHERE {
            for word in *words {
                assert!(!known.contains(word), "{word}");
            }
        }
        for (path, words, _) in INNER {
            assert!(known.iter().any(|name| format!("lmq {name}") == *path), "{path}");
            assert!(words.iter().all(|word| !about(path).known().contains(word)), "{path}");
        }
    }
}
