//! What becomes of a part of a note (its text, its tags, its place) when a source brings the note again: three ways meet, what
//! the source said last, what it says now, and what the learner made of it.
//!
//! The registers decide what is shown, and the learner's own always wins there. This here says what that means for the
//! source: whether it has anything new, and whether the learner's version stands in its way. It is the one rule for every
//! import, of tables, deck files and JSON, followed or not.

use crate::core::card::NoteText;

/// What becomes of one part of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The source says what it said last: the learner's version stays, whatever it is.
    Unchanged,
    /// The source says something new, and the learner has it just so already.
    Agreed,
    /// The source says something new, and the learner changed nothing: it is taken.
    Taken,
    /// Both changed it: the learner's version stays, and the report says so.
    Kept,
}

impl Way {
    /// What becomes of something that is one whole, such as a text or a place.
    #[must_use]
    pub fn of<T: PartialEq + ?Sized>(last: &T, now: &T, mine: &T) -> Self {
        if now == last {
            Self::Unchanged
        } else if mine == now {
            Self::Agreed
        } else if mine == last {
            Self::Taken
        } else {
            Self::Kept
        }
    }

    /// What becomes of tags, which meet one by one. `shown` are those that are shown once the source's are taken: what the
    /// learner added and took away still holds there. So the learner's version stays exactly where one of the tags that
    /// the source gave or took away is not shown as the source has it.
    #[must_use]
    pub fn of_tags(last: &[String], now: &[String], before: &[String], shown: &[String]) -> Self {
        let mut changed = last.iter().chain(now).filter(|tag| last.contains(tag) != now.contains(tag)).peekable();
        if changed.peek().is_none() {
            return Self::Unchanged;
        }
        let mut way = Self::Agreed;
        for tag in changed {
            if shown.contains(tag) != now.contains(tag) {
                return Self::Kept;
            }
            if before.contains(tag) != shown.contains(tag) {
                way = Self::Taken;
            }
        }
        way
    }

    /// Whether the source says something that it did not say last.
    #[must_use]
    pub fn is_news(self) -> bool {
        self != Self::Unchanged
    }
}

/// Tags as the learner has them, with what the source gave and took away since it spoke last.
#[must_use]
pub fn merged_tags(last: &[String], now: &[String], mine: &[String]) -> Vec<String> {
    let gone = |tag: &String| last.contains(tag) && !now.contains(tag);
    let kept = mine.iter().filter(|tag| !gone(tag));
    let given = now.iter().filter(|tag| !last.contains(tag) && !mine.contains(tag));
    kept.chain(given).cloned().collect()
}

/// A source's text with what somebody changed who saw `old` and left `new`: what they left as it was stays as the source has it,
/// which may say something else than what they saw.
#[must_use]
pub fn with_changes(source: &NoteText, old: &NoteText, new: &NoteText) -> NoteText {
    fn one<T: Clone + PartialEq>(source: &T, old: &T, new: &T) -> T {
        if old == new { source.clone() } else { new.clone() }
    }
    // Fields of another kind say nothing beside those of this one.
    let is_other_kind = old.kind != new.kind || (source.kind != new.kind && old.fields != new.fields);
    let mut fields = if is_other_kind { new.fields.clone() } else { source.fields.clone() };
    for name in old.fields.keys().chain(new.fields.keys()) {
        if !is_other_kind && old.fields.get(name) != new.fields.get(name) {
            match new.fields.get(name) {
                Some(value) => fields.insert(name.clone(), value.clone()),
                None => fields.remove(name),
            };
        }
    }
    NoteText {
        kind: if is_other_kind { new.kind.clone() } else { source.kind.clone() },
        fields,
        markup: one(&source.markup, &old.markup, &new.markup),
        tags: merged_tags(&old.tags, &new.tags, &source.tags),
        source: one(&source.source, &old.source, &new.source),
        topic: one(&source.topic, &old.topic, &new.topic),
        speaker: one(&source.speaker, &old.speaker, &new.speaker),
        hint: one(&source.hint, &old.hint, &new.hint),
        extra: one(&source.extra, &old.extra, &new.extra),
        group: one(&source.group, &old.group, &new.group),
        after: one(&source.after, &old.after, &new.after),
        held_out: one(&source.held_out, &old.held_out, &new.held_out),
        form: one(&source.form, &old.form, &new.form),
        media: one(&source.media, &old.media, &new.media),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Value;
    use proptest::prelude::*;

    #[test]
    fn the_learners_version_stays_unless_only_the_source_changed() {
        for (last, now, mine, way) in [
            ("a", "a", "a", Way::Unchanged),
            ("a", "a", "m", Way::Unchanged),
            ("a", "b", "a", Way::Taken),
            ("a", "b", "m", Way::Kept),
            ("a", "b", "b", Way::Agreed),
        ] {
            assert_eq!(Way::of(last, now, mine), way, "{last} {now} {mine}");
        }
    }

    #[test]
    fn a_change_leaves_what_the_source_says_otherwise() {
        let note = |back: &str, hint: &str, tags: &[&str]| NoteText {
            kind: "basic".to_owned(),
            fields: [("front", "f"), ("back", back)]
                .map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned())))
                .into(),
            hint: Some(hint.to_owned()),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..NoteText::default()
        };
        let source = note("theirs", "h", &["a", "theirs"]);
        let old = note("mine", "h", &["a", "own"]);
        let tagged = note("mine", "h", &["a", "own", "new"]);
        assert_eq!(with_changes(&source, &old, &tagged), note("theirs", "h", &["a", "theirs", "new"]));
        let hinted = note("mine", "h2", &["a", "own"]);
        assert_eq!(with_changes(&source, &old, &hinted), note("theirs", "h2", &["a", "theirs"]));
        assert_eq!(with_changes(&old, &old, &hinted), hinted, "where both saw the same all is new");
        let other = NoteText { kind: "typed".to_owned(), ..hinted.clone() };
        assert_eq!(with_changes(&source, &old, &other).kind, "typed");
        assert_eq!(with_changes(&source, &old, &other).text("back"), "mine");
    }

    fn tags(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn tags_meet_one_by_one() {
        for (last, now, mine, merged) in [
            ("x y", "x y", "x y", "x y"),
            ("x y", "x y", "y own", "y own"),
            ("x y", "x z", "x y own", "x own z"),
            ("x y", "y", "y", "y"),
            ("x", "x own", "x own", "x own"),
            ("", "x", "own", "own x"),
        ] {
            assert_eq!(merged_tags(&tags(last), &tags(now), &tags(mine)), tags(merged), "{last} | {now} | {mine}");
        }
        let way = |last, now, before, shown| Way::of_tags(&tags(last), &tags(now), &tags(before), &tags(shown));
        assert_eq!(way("x y", "y x", "own", "own"), Way::Unchanged, "an order is no change");
        assert_eq!(way("x", "x z", "x own", "x own z"), Way::Taken);
        assert_eq!(way("x own", "x", "x own", "x own"), Way::Kept, "the learner gave that tag too");
        assert_eq!(way("x", "x z", "x z", "x z"), Way::Agreed);
    }

    proptest! {
        #[test]
        fn merging_tags_loses_nothing_of_either_side(
            last in proptest::collection::btree_set("[a-e]", 0..5),
            now in proptest::collection::btree_set("[a-e]", 0..5),
            mine in proptest::collection::btree_set("[a-e]", 0..5),
        ) {
            let [last, now, mine] = [last, now, mine].map(|tags| tags.into_iter().collect::<Vec<String>>());
            let merged = merged_tags(&last, &now, &mine);
            for tag in ["a", "b", "c", "d", "e"].map(str::to_owned) {
                let has = |tags: &[String]| tags.contains(&tag);
                let wanted = match (has(&last), has(&now), has(&mine)) {
                    (before, after, mine) if before == after => mine,
                    (_, after, _) => after,
                };
                prop_assert_eq!(has(&merged), wanted);
            }
            prop_assert_eq!(merged_tags(&now, &now, &merged), merged);
        }
    }
}
