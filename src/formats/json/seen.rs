//! What the objects of a file tell before one of them is read: whether they have the keys that the person named, and how they say which
//! option is right.

use crate::formats::ReadOptions;
use crate::formats::TableOptions;
use crate::formats::columns::names;
use crate::formats::columns::options::Answers;
use crate::formats::columns::options::FirstNumber;
use crate::formats::columns::options::HowSaid;
use crate::formats::json::held::Object;
use crate::formats::json::quiz::Quiz;

/// Objects that are looked at: more will hardly tell anything else.
const MOST_OBJECTS: u64 = 10_000;

/// What the objects of a file tell before one of them is read.
pub(in crate::formats) struct Look<'o> {
    pub(super) table: &'o TableOptions,
    /// Whether the keys that the person named need not be there: what is said of a folder is meant for its tables.
    is_optional: bool,
    /// Whether one of them is there.
    has_said: bool,
    answers: Answers,
    seen: u64,
}

impl<'o> Look<'o> {
    /// Nothing yet.
    pub(in crate::formats) fn new(options: &'o ReadOptions) -> Self {
        let (table, is_optional) = (&options.table, options.in_folder);
        Self { table, is_optional, has_said: false, answers: Answers::default(), seen: 0 }
    }

    /// Looks at an object; `false` where the others need not be looked at.
    pub(in crate::formats) fn see(&mut self, object: &Object) -> bool {
        self.has_said = self.has_said
            || self.table.columns.iter().any(|choice| {
                let wanted = names::plain(&choice.column);
                object.iter().any(|(name, _)| names::plain(name) == wanted)
            });
        Quiz::look(object, &mut self.answers);
        self.seen += 1;
        self.seen < MOST_OBJECTS
    }

    /// Whether what the person said of columns holds for these objects.
    pub(super) fn is_said(&self) -> bool {
        !self.table.columns.is_empty() && (self.has_said || !self.is_optional)
    }

    /// How the right one of several options is said.
    pub(super) fn how(&self) -> HowSaid {
        self.answers.how(FirstNumber::Zero)
    }
}
