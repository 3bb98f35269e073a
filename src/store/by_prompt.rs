//! Notes by deck and prompt, as imports look for them.

use std::collections::BTreeMap;

/// A note with a row's prompt, as the index by prompt has it: its row in the table was not read.
#[derive(Clone)]
pub(super) struct PromptMatch {
    pub(super) id: i64,
    pub(super) text_hash: i64,
    pub(super) position: i64,
    pub(super) retired: bool,
}

/// Notes by a deck that they lie or lay in, and by the prompts that they have there: the one that is shown, and their file's.
pub(super) type Upstream = BTreeMap<i64, BTreeMap<i64, Vec<PromptMatch>>>;
