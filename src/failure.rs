//! What a person gets to read when something did not work, and the exit code that scripts get.

use std::fmt;

/// Whose fault it is, which is what the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It could not be done: exit code 1.
    Failed,
    /// It was asked for wrongly: exit code 2.
    Usage,
    /// The data handed in can't be used: exit code 3.
    Data,
    /// Our own mistake: exit code 4.
    Bug,
    /// Whoever read our output has gone (`lmq … | head`): no error, exit code 0, nothing said.
    Closed,
}

impl Kind {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Data => 3,
            Self::Bug => 4,
            Self::Closed => 0,
        }
    }
}

/// What happened, where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whose fault it is.
    pub kind: Kind,
    /// What happened: one sentence without a full stop.
    pub what: String,
    /// Where: `file:line:column: reason` and the like, a line each.
    pub places: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), places: Vec::new(), hint: None }
    }

    /// It could not be done.
    #[must_use]
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(Kind::Failed, what)
    }

    /// It was asked for wrongly.
    #[must_use]
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// The data handed in can't be used.
    #[must_use]
    pub fn data(what: impl Into<String>) -> Self {
        Self::new(Kind::Data, what)
    }

    /// Our own mistake.
    #[must_use]
    pub fn bug(what: impl Into<String>) -> Self {
        Self::new(Kind::Bug, what)
    }

    /// The output could not be written; a closed pipe is no error.
    #[must_use]
    pub fn output(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::new(Kind::Closed, "");
        }
        Self::failed("cannot write the output").at(error.to_string()).hint("check the space on the disk")
    }

    /// The same with a line that says where.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.places.push(place.into());
        self
    }

    /// The same with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lmq: {}", self.what)?;
        for place in &self.places {
            write!(f, "\n  {}", place.replace('\n', "\n  "))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_and_what_to_do() {
        let failure = Failure::data("cannot read deck `a.toml`").at("a.toml:3:1: no `key`").hint("give it one");
        assert_eq!(failure.to_string(), "lmq: cannot read deck `a.toml`\n  a.toml:3:1: no `key`\nhint: give it one");
        assert_eq!(failure.kind.code(), 3);
    }
}
