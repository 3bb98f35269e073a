//! Why a file of segments can't be taken, and in which words that is said.

use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::formats::segment::FORMAT;
use crate::formats::segment::LAST_ORDINAL;
use crate::formats::segment::MOST_CONFIGS;

/// Said of what came with a later version.
const NEWER: &str = "it was written by a newer lmq; update this one";

/// Why a file can't be read as segments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// It has no line.
    #[error("the file is empty")]
    Empty,
    /// Something is wrong with a line, or with the file from there on.
    #[error("line {line}: {fault}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        fault: SegmentFault,
    },
}

/// What is wrong with a line of a segment, or with what it says. The messages are the rest of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentFault {
    /// The compressed bytes; with what zstd says of them.
    #[error("the compressed file is damaged or cut off: {0}")]
    Compressed(String),
    /// More bytes than a line may have.
    #[error("it is longer than 16 MB")]
    TooLong,
    /// A last line without its end.
    #[error("it is cut off")]
    CutOff,
    /// The file ends within a segment.
    #[error("the file ends where entry {next} should be; {last} was to be the last")]
    EndsEarly {
        /// The entry that should come.
        next: u64,
        /// The segment's last.
        last: u64,
    },
    /// A line of white space.
    #[error("it is empty")]
    Empty,
    /// Something other than a head where a segment has to begin.
    #[error("no segment begins here")]
    NoSegment,
    /// The head of another format.
    #[error("the format is `{0}`, not `{FORMAT}`")]
    OtherFormat(String),
    /// A later version.
    #[error("{NEWER}")]
    Newer,
    /// A version before the first.
    #[error("there never was a version {0}")]
    NoVersion(u32),
    /// No JSON, or other JSON than such a line has; with what serde says of it.
    #[error("column {column}: {message}")]
    Json {
        /// The column, in bytes, from 1.
        column: usize,
        /// serde's words.
        message: String,
    },
    /// A kind that came with a later version.
    #[error("this lmq does not know the kind of {of} `{name}`; {NEWER}")]
    UnknownKind {
        /// What is of that kind.
        of: &'static str,
        /// The kind.
        name: String,
    },
    /// A subject that can't be.
    #[error("`{subject}` is nothing that {of} is about")]
    NoSubject {
        /// What has a subject, with its article.
        of: &'static str,
        /// The subject.
        subject: String,
    },
    /// A sum that no number can hold; with what it is the sum of.
    #[error("{0} is beyond all numbers")]
    Overflow(&'static str),
    /// An answer without what an answer has.
    #[error("it is not an answer")]
    NoAnswer,
    /// Something beside an answer that the line does not have.
    #[error("`more` is about an answer that is not there, or not in order")]
    StrayMore,
    /// Columns of a run that don't belong together.
    #[error("the columns of the line are empty or not equally long")]
    UnequalColumns,
    /// A run of events before any action.
    #[error("the events belong to no action")]
    EventsOutsideAction,
    /// An event before any action.
    #[error("the event belongs to no action")]
    EventOutsideAction,
    /// An entry after the last one of its action.
    #[error("the entry belongs to no action")]
    EntryOutsideAction,
    /// An event whose numbers are not those of its kind.
    #[error("`quality`, `took` or `arg` is missing, too much or out of range for `{0}`")]
    NotOfKind(String),
    /// A memory that no scheduler makes.
    #[error("the numbers of `memory` can't be those of a card")]
    BadMemory,
    /// A fact without what its kind needs.
    #[error("a fact `{kind}` needs {}", alternatives(.needs))]
    Incomplete {
        /// The kind.
        kind: String,
        /// The fields of which one is needed.
        needs: &'static [&'static str],
    },
    /// A line with more entries than the segment has left.
    #[error("{count} entries go beyond {last}, the segment's last")]
    RunTooLong {
        /// How many the line has.
        count: usize,
        /// The segment's last entry.
        last: u64,
    },
    /// The number of no note.
    #[error("no earlier line of the segment names a note {0}")]
    UnknownNote(u32),
    /// The number of no configuration.
    #[error("no earlier line of the segment is a configuration {0}")]
    UnknownConfigNumber(u32),
    /// A digit that is no quality.
    #[error("a quality is 0 to 5")]
    BadQuality,
    /// A suggestion that is no quality.
    #[error("{0} is not a quality from 0 to 5")]
    BadSuggestion(u8),
    /// The text of an answer without its form; with what serde says of it.
    #[error("the words of an answer can't be read: {0}")]
    BadWords(String),
    /// A way to ask that came with a later version.
    #[error("`{0}` is not a way to ask that this lmq knows; {NEWER}")]
    UnknownAsked(String),
    /// A text that is not that of its hash.
    #[error("the text is not the one that was hashed: it was changed or damaged")]
    ChangedText,
    /// A text with too little or too much of what it is written with.
    #[error(
        "a text has `salt`, `check` and `body`; an erased one has `hash`, one that was left out has `left_out` too, and nothing else"
    )]
    MalformedText,

    /// A head within a segment.
    #[error("a segment begins before the last one has ended")]
    SegmentInSegment,
    /// A record before any head.
    #[error("it belongs to no segment")]
    OutsideSegment,
    /// A device that was forked from itself.
    #[error("the device is its own parent")]
    OwnParent,
    /// A number that no entry can have.
    #[error("{0} can't be the number of an entry")]
    NoEntryNumber(u64),
    /// A first entry after the last.
    #[error("entries {from} to {to} are not a range")]
    NoRange {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Entries from before the device's first own one.
    #[error("the device's own entries begin with {first}, those of the segment with {from}")]
    BeforeFirst {
        /// The device's first.
        first: u64,
        /// The segment's first.
        from: u64,
    },
    /// The hash before the device's first entry.
    #[error("the hash before the device's first entry is not the one that its log begins with")]
    WrongFirstHash,
    /// Milliseconds that are no instant.
    #[error("{0} can't be an instant")]
    NoInstant(i64),
    /// A device whose known entries are said again.
    #[error("what was known of device {0} is said twice")]
    KnownTwice(DeviceId),
    /// A configuration under another one's id.
    #[error("the scheduler's configuration is not the one that its id names")]
    WrongConfigId,
    /// A scheduler that came with a later version.
    #[error("this lmq does not know the scheduler or its parameters; {NEWER}")]
    UnknownScheduler,
    /// More configurations than a segment may name.
    #[error("a segment names at most {MOST_CONFIGS} configurations")]
    TooManyConfigs,
    /// A configuration that is said again.
    #[error("the scheduler's configuration {0} is said twice")]
    ConfigTwice(ConfigId),
    /// An action under another number than the next.
    #[error("the action does not begin with entry {0}")]
    WrongActionNumber(u64),
    /// An action of nothing.
    #[error("the action has no entries")]
    NoEntries,
    /// An action that is longer than its segment; with the segment's last entry.
    #[error("the action goes beyond entry {0}, the segment's last")]
    ActionTooLong(u64),
    /// Milliseconds that are no stamp.
    #[error("{0} can't be a stamp")]
    NoStamp(i64),
    /// A stamp that is older than the one before it.
    #[error("the stamp {0} is not after that of the action before")]
    StampNotAfter(i64),
    /// An instant after the stamp that was made of it.
    #[error("the action's instant is after its stamp {0}")]
    InstantAfterStamp(i64),
    /// An entry under another number than this, the next.
    #[error("entry {0} is missing")]
    EntryMissing(u64),
    /// An event with another stamp than its action.
    #[error("the event's stamp is not that of its action")]
    WrongEventStamp,
    /// A check-up that this device can't have begun by then; with the entry that is said to begin it.
    #[error("the check-up that began with entry {0} is not one of this device's")]
    NoCheckup(u64),
    /// An event that needs a configuration.
    #[error("the event names no scheduler configuration")]
    NoConfig,
    /// An event before the one that it follows.
    #[error("the event says that {0} came before it")]
    WrongPrevious(u64),
    /// Days that are no interval.
    #[error("{0} days can't be an interval")]
    NoInterval(u32),
    /// A memory where it is computed.
    #[error("the memory of such an event is computed, and not in the log")]
    ComputedMemory,
    /// No memory where it is not computed.
    #[error("the event has no memory")]
    NoMemory,
    /// A confidence above 100.
    #[error("a confidence is 0 to 100 per cent")]
    BadConfidence,
    /// Words without a text to hold them.
    #[error("the event's words have no hash")]
    WordsWithoutHash,
    /// A text without words.
    #[error("the event's text has no words")]
    TextWithoutWords,
    /// Words beside a text that was erased.
    #[error("the event has words that were erased")]
    ErasedWords,
    /// A fact of this kind without its text.
    #[error("a fact `{0}` needs a text")]
    FactWithoutText(&'static str),
    /// A fact of this kind with a text.
    #[error("a fact `{0}` has no text")]
    FactWithText(&'static str),
    /// Entries that nobody can have taken over from that device.
    #[error("entries {from} to {to} can't have been taken over")]
    NotTakenOver {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A field of a note that is longer than any may be.
    #[error("`{0}` of a note is longer than 1 MB")]
    LongField(String),
    /// The text of a fact without its form.
    #[error("the text of a fact `{kind}` can't be read: {message}")]
    BadFactText {
        /// The fact's kind.
        kind: &'static str,
        /// serde's words.
        message: String,
    },
    /// A mark at an undo of an own action, or none at another device's.
    #[error("what it takes back has a `mark` if, and only if, it is another device's")]
    WrongMark,
    /// An undo of an own action that was not there by then.
    #[error("it takes back action {0}, which this device has not taken before")]
    UndoneTooEarly(u64),
    /// A configuration that the segment does not have.
    #[error("the scheduler configuration {0} stands in no earlier line of the segment")]
    UnknownConfig(ConfigId),
    /// An action without its last entries.
    #[error("action {number} has {entries} entries, and only {there} of them are there")]
    OpenAction {
        /// The action's number.
        number: u64,
        /// How many entries it has.
        entries: u64,
        /// How many came.
        there: u64,
    },
    /// A segment without its last entries.
    #[error("the segment goes up to entry {last}, and {next} is missing")]
    OpenSegment {
        /// Its last entry.
        last: u64,
        /// The first that did not come.
        next: u64,
    },
    /// Another hash over all entries than the head says.
    #[error(
        "the hash of the entries is not the one that the segment's head says: something in it was changed or damaged"
    )]
    WrongHash,
    /// Minutes that are no offset.
    #[error("{0} minutes can't be an offset from UTC")]
    NoOffset(i32),
    /// Days that are no study day.
    #[error("{0} can't be a study day")]
    NoStudyDay(i32),
    /// A number that no card of a note has.
    #[error("{0} is not an ordinal of a card, 1 to {LAST_ORDINAL}")]
    NoOrdinal(u16),
    /// A name that no deck can have.
    #[error("the id of a deck is empty or has control characters in it")]
    BadDeckId,
    /// A number that is no place in a deck.
    #[error("{0} can't be a position")]
    NoPosition(i64),
}

/// Names as a list of which one is wanted: `` `note`, `deck` or `typed` ``.
fn alternatives(names: &[&str]) -> String {
    let ticked: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match ticked.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => ticked.concat(),
    }
}
