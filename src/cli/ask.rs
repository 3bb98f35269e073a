//! Questions on one line of a terminal.

use crate::cli::Ctx;
use crate::env::Env;
use crate::failure::Failure;
use std::io::Write as _;

/// Whether somebody is there who sees a question and can answer it.
pub(super) fn in_terminal() -> bool {
    let terminals = Env::terminals();
    terminals.stdin && terminals.stdout
}

/// Asks in a terminal: what was answered, in small letters; nothing where its input has ended.
pub(super) fn asked(ctx: &mut Ctx, question: &str) -> Result<Option<String>, Failure> {
    Ok(line(ctx, question)?.map(|answer| answer.to_lowercase()))
}

/// The same as it was typed.
pub(super) fn line(ctx: &mut Ctx, question: &str) -> Result<Option<String>, Failure> {
    write!(ctx.out, "{question}").and_then(|()| ctx.out.flush()).map_err(|error| Failure::output(&error))?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer).map_err(|error| {
        Failure::failed("cannot read standard input").at(error.to_string()).hint("nothing was changed")
    })?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}

/// Whether the answer is yes; no where nothing is said.
pub(super) fn said_yes(ctx: &mut Ctx, question: &str) -> Result<bool, Failure> {
    let answer = asked(ctx, &format!("{question} [y/N] "))?;
    Ok(answer.is_some_and(|answer| matches!(answer.as_str(), "y" | "yes")))
}

/// Whether to open a text with faults again; yes where nothing is said. Where the input has ended nobody is there to mend it.
pub(super) fn asked_again(ctx: &mut Ctx) -> Result<bool, Failure> {
    let answer = asked(ctx, "Open it again? [Y/n] ")?;
    Ok(answer.is_some_and(|answer| matches!(answer.as_str(), "" | "y" | "yes")))
}
