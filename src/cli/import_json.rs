//! What `lmq import --json` prints.

use crate::formats::Diagnosis;
use crate::formats::HeaderRow;
use crate::ops::import::Report;
use crate::ops::import::is_two_sided;
use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeSeq as _;
use std::collections::BTreeMap;

/// A file with what it is taken for.
pub(super) type TakenFor = (String, Box<Diagnosis>);

#[derive(Serialize)]
struct ImportJson<'o> {
    dry_run: bool,
    files: u64,
    added: u64,
    added_to: &'o BTreeMap<String, u64>,
    changed: u64,
    moved: u64,
    moved_to: &'o BTreeMap<String, u64>,
    same: u64,
    restored: u64,
    duplicates: u64,
    missing: u64,
    retired: u64,
    kept: u64,
    deleted: u64,
    kept_notes: Vec<KeptJson<'o>>,
    rejected: u64,
    #[serde(serialize_with = "all_rejections")]
    rejections: &'o Report,
    skipped: Vec<SkippedJson>,
    losses: Vec<LossJson<'o>>,
    warnings: &'o [String],
    tables: Vec<TableJson<'o>>,
    first: Vec<FirstJson<'o>>,
    new: Vec<FirstJson<'o>>,
    changes: Vec<ChangeJson<'o>>,
    missing_notes: &'o [String],
    missing_names: &'o [String],
    entries_added: u64,
    entries_known: u64,
    texts_erased: u64,
    copies: Vec<String>,
}

/// A note of which the learner's version stays.
#[derive(Serialize)]
struct KeptJson<'o> {
    name: &'o str,
    file: &'o str,
    parts: Vec<&'static str>,
    why: String,
    yours: Option<&'o str>,
    theirs: Option<&'o str>,
}

/// A file of a folder that was left out.
#[derive(Serialize)]
struct SkippedJson {
    file: String,
    reason: &'static str,
    why: String,
}

/// What was lost or changed on the way in.
#[derive(Serialize)]
struct LossJson<'o> {
    what: &'static str,
    count: u64,
    names: &'o [String],
    places: &'o [String],
    words: String,
}

/// What a table is taken for.
#[derive(Serialize)]
struct TableJson<'o> {
    file: &'o str,
    encoding: &'o str,
    separator: &'o str,
    sheet: Option<&'o str>,
    header: &'static str,
    columns: Vec<ColumnJson<'o>>,
    is_clear: bool,
    asks: bool,
    as_columns: String,
}

/// A column of a table.
#[derive(Serialize)]
struct ColumnJson<'o> {
    number: usize,
    name: Option<&'o str>,
    role: Option<&'static str>,
    is_sure: bool,
}

impl<'o> TableJson<'o> {
    fn of(file: &'o str, diagnosis: &'o Diagnosis) -> Self {
        Self {
            file,
            encoding: diagnosis.encoding,
            separator: &diagnosis.separator,
            sheet: diagnosis.sheet.as_deref(),
            header: match diagnosis.header {
                HeaderRow::None => "no",
                HeaderRow::Sure => "yes",
                HeaderRow::Likely => "likely",
            },
            columns: diagnosis
                .columns
                .iter()
                .map(|column| ColumnJson {
                    number: column.number,
                    name: column.name.as_deref(),
                    role: column.role.word(),
                    is_sure: column.is_sure,
                })
                .collect(),
            is_clear: !diagnosis.is_unclear(),
            asks: !is_two_sided(diagnosis),
            as_columns: diagnosis.as_columns(),
        }
    }
}

/// One of the first cards.
#[derive(Serialize)]
struct FirstJson<'o> {
    prompt: &'o str,
    answer: &'o str,
}

/// A card that would change.
#[derive(Serialize)]
struct ChangeJson<'o> {
    before: &'o str,
    after: &'o str,
}

/// Writes all bad rows, those too that are not in memory.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to the field")]
fn all_rejections<S: Serializer>(report: &&Report, serializer: S) -> Result<S::Ok, S::Error> {
    /// A fault of the file that the lines lie in, or of what they are written to.
    enum Fault<E> {
        Io(std::io::Error),
        Serde(E),
    }
    impl<E> From<std::io::Error> for Fault<E> {
        fn from(error: std::io::Error) -> Self {
            Self::Io(error)
        }
    }
    let mut list = serializer.serialize_seq(None)?;
    for line in &report.rejected {
        list.serialize_element(line)?;
    }
    let done = report.more_rejected.each(|line| list.serialize_element(line).map_err(Fault::Serde));
    done.map_err(|fault| match fault {
        Fault::Io(error) => serde::ser::Error::custom(error),
        Fault::Serde(error) => error,
    })?;
    list.end()
}

/// What came of an import, for a program.
pub(super) fn in_json<'o>(dry_run: bool, report: &'o Report, taken_for: &'o [TakenFor]) -> impl Serialize + 'o {
    ImportJson {
        dry_run,
        files: report.files,
        added: report.added,
        added_to: &report.added_to,
        changed: report.changed,
        moved: report.moved,
        moved_to: &report.moved_to,
        same: report.same,
        restored: report.restored,
        duplicates: report.duplicates,
        missing: report.missing,
        retired: report.retired,
        kept: report.kept,
        deleted: report.deleted,
        kept_notes: report
            .kept_notes
            .iter()
            .map(|kept| KeptJson {
                name: &kept.name,
                file: &kept.file,
                parts: kept.parts.iter().map(|part| part.name()).collect(),
                why: kept.why(),
                yours: kept.texts.as_ref().map(|(mine, _)| mine.as_str()),
                theirs: kept.texts.as_ref().map(|(_, theirs)| theirs.as_str()),
            })
            .collect(),
        rejected: report.rejections,
        rejections: report,
        skipped: report
            .skipped
            .iter()
            .map(|skipped| SkippedJson {
                file: skipped.path.display().to_string(),
                reason: skipped.reason.name(),
                why: skipped.reason.to_string(),
            })
            .collect(),
        losses: report
            .losses
            .iter()
            .map(|loss| LossJson {
                what: loss.kind.name(),
                count: loss.count,
                names: loss.kind.names(),
                places: &loss.places,
                words: loss.words(),
            })
            .collect(),
        warnings: &report.warnings,
        tables: taken_for.iter().map(|(file, diagnosis)| TableJson::of(file, diagnosis)).collect(),
        first: report.first.iter().map(|(prompt, answer)| FirstJson { prompt, answer }).collect(),
        new: report.new.iter().map(|(prompt, answer)| FirstJson { prompt, answer }).collect(),
        changes: report.changes.iter().map(|(before, after)| ChangeJson { before, after }).collect(),
        missing_notes: &report.missing_notes,
        missing_names: &report.missing_names,
        entries_added: report.entries_added,
        entries_known: report.entries_known,
        texts_erased: report.erased.texts,
        copies: report.copies.iter().map(|path| path.display().to_string()).collect(),
    }
}
