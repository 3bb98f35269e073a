//! Colour on the command line: whether there is any, and what a part of the text looks like. Nothing needs it: words say it all.

use crate::cli::Colour;
use crate::env::Env;
use clap::ColorChoice;
use clap::builder::styling::AnsiColor;
use clap::builder::styling::Effects;
use clap::builder::styling::Style;
use clap::builder::styling::Styles;

/// What a part of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading,
    Due,
    New,
    Again,
    Wrong,
    Hint,
    Muted,
}

impl Role {
    const fn style(self) -> Style {
        match self {
            Self::Heading => Style::new().effects(Effects::BOLD),
            Self::Due => AnsiColor::Green.on_default(),
            Self::New => AnsiColor::Blue.on_default(),
            Self::Again => AnsiColor::Red.on_default(),
            Self::Wrong => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Self::Hint => AnsiColor::Cyan.on_default(),
            Self::Muted => Style::new().effects(Effects::DIMMED),
        }
    }

    /// The text with the codes around it that a terminal colours it by.
    pub(super) fn paint(self, text: &str) -> String {
        let style = self.style();
        format!("{}{text}{}", style.render(), style.render_reset())
    }
}

/// The same roles for the help.
pub(super) const HELP: Styles = Styles::plain()
    .header(Role::Heading.style())
    .usage(Role::Heading.style())
    .literal(Role::Hint.style())
    .valid(Role::Due.style())
    .invalid(Role::Wrong.style());

impl Colour {
    /// The value of `--color` among these arguments, before any of them is understood: the help and errors about them have
    /// colours too.
    pub(super) fn said(args: &[String]) -> Self {
        let mut args = args.iter().map(String::as_str).take_while(|arg| *arg != "--");
        let mut said = None;
        while let Some(arg) = args.next() {
            said = match arg.strip_prefix("--color") {
                Some("") => args.next(),
                Some(value) => value.strip_prefix('='),
                None => said,
            };
        }
        match said {
            Some("always") => Self::Always,
            Some("never") => Self::Never,
            _ => Self::Auto,
        }
    }

    /// Whether to colour what goes to a place that is a terminal, or is not.
    pub(super) fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => is_terminal && !Env::plain_terminal(),
        }
    }

    /// The same for what clap prints to standard output.
    pub(super) fn of_help(self) -> ColorChoice {
        if self.on(Env::terminals().stdout) { ColorChoice::Always } else { ColorChoice::Never }
    }
}

/// A text with its counts of cards coloured: `12 reviews`, `3 new cards`, `1 repeat`; none that is 0.
pub(super) fn counts(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let role = |next: &str| match next.trim_end_matches(|c: char| !c.is_alphabetic()) {
        "review" | "reviews" | "due" => Some(Role::Due),
        "new" => Some(Role::New),
        "repeat" | "repeats" | "again" => Some(Role::Again),
        _ => None,
    };
    let painted = words.iter().enumerate().map(|(place, word)| {
        let is_count = word.chars().all(|c| c.is_ascii_digit() || c == ',') && !matches!(*word, "" | "0");
        let role = words.get(place + 1).filter(|_| is_count).and_then(|next| role(next));
        role.map_or_else(|| (*word).to_owned(), |role| role.paint(word))
    });
    painted.collect::<Vec<_>>().join(" ")
}

/// A failure as it is printed, its first word and its hint coloured. No word of its text is.
pub(super) fn failure(text: &str) -> String {
    let lines = text.lines().map(|line| match (line.strip_prefix("lmq: "), line.strip_prefix("hint: ")) {
        (Some(what), _) => format!("{} {what}", Role::Wrong.paint("lmq:")),
        (_, Some(hint)) => format!("{} {hint}", Role::Hint.paint("hint:")),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_colour_counts_and_none_behind_two_hyphens() {
        let said = |args: &[&str]| Colour::said(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>());
        assert_eq!(said(&["lmq", "decks"]), Colour::Auto);
        assert_eq!(said(&["lmq", "--color", "always", "decks"]), Colour::Always);
        assert_eq!(said(&["lmq", "decks", "--color=never"]), Colour::Never);
        assert_eq!(said(&["lmq", "--color=never", "--color", "always"]), Colour::Always);
        assert_eq!(said(&["lmq", "cards", "--", "--color=never"]), Colour::Auto);
        assert_eq!(said(&["lmq", "--color"]), Colour::Auto);
    }

    #[test]
    fn counts_of_cards_are_coloured_and_other_numbers_are_not() {
        let text = "Today: 5 reviews, 10 new cards, 0 repeats; 12 days in a row, 3 due";
        let painted = counts(text);
        assert_eq!(painted.matches("\u{1b}[0m").count(), 3, "{painted:?}");
        let bare = [Role::Due, Role::New].iter().fold(painted.replace("\u{1b}[0m", ""), |text, role| {
            let open = role.paint("");
            text.replace(open.trim_end_matches("\u{1b}[0m"), "")
        });
        assert_eq!(bare, text);
    }

    #[test]
    fn a_failure_is_coloured_at_its_edges_only() {
        let text = "lmq: there is no deck `a`\n  hint: of a place\nhint: look";
        let painted = failure(text);
        assert_eq!(painted.matches("\u{1b}[0m").count(), 2);
        assert!(painted.contains("\n  hint: of a place\n"));
    }
}
