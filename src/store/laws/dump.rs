//! All of a database that has a global name, as lines.

use crate::core::checkup;
use crate::core::log::LogRecord;
use crate::core::queue::DueOrder;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::store::DeckSet;
use crate::store::Limits;
use crate::store::Store;
use crate::store::columns::card_of;
use std::collections::BTreeMap;

impl Store {
    /// Everything that has a global name, in one order: what two databases that hold the same actions have in common.
    pub(in crate::store) fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut device = String::new();
        let mut by_device: BTreeMap<String, Vec<String>> = BTreeMap::new();
        self.log(&mut |record| {
            match record {
                LogRecord::Head(head) => device = format!("{:?}", head.device),
                LogRecord::Config { id, json } => lines.push(format!("config {id} {json}")),
                LogRecord::Action(_) | LogRecord::Entry(..) => {
                    by_device.entry(device.clone()).or_default().push(format!("{record:?}"));
                }
                LogRecord::End => {}
            }
            Ok(())
        })
        .unwrap();
        for (device, entries) in by_device {
            lines.push(device);
            lines.extend(entries);
        }
        let context = self.context().unwrap();
        let entry = |id: Option<i64>| id.map(|id| context.reader.entry(id).unwrap().to_string());
        let mut caches = Vec::new();
        let mut rows = |sql: &str, line: &dyn Fn(&rusqlite::Row<'_>) -> rusqlite::Result<String>| {
            let mut statement = self.db().prepare(sql).unwrap();
            let found: Vec<String> = statement.query_map([], line).unwrap().map(Result::unwrap).collect();
            caches.extend(found);
        };
        let text = |row: &rusqlite::Row<'_>, columns: std::ops::Range<usize>| -> rusqlite::Result<String> {
            columns
                .map(|column| row.get::<_, rusqlite::types::Value>(column).map(|value| format!("{value:?}")))
                .collect()
        };
        rows(
            "SELECT n.source, n.own, n.made, lower(hex(u.uid)), k.name_id, n.tags, n.key, t.name_id, n.position, n.prompt_hash, \
             n.text_hash, n.siblings, n.ordinals, n.fresh, n.held_out, n.retired, x.body, h.name_id FROM note n \
             JOIN note_name u ON u.id = n.id LEFT JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic \
             LEFT JOIN deck h ON h.id = t.deck LEFT JOIN text x ON x.id = coalesce(n.own, n.source)",
            &|row| {
                let ids = [entry(row.get(0)?), entry(row.get(1)?), entry(row.get(2)?)];
                Ok(format!("note {ids:?} {}", text(row, 3..18)?))
            },
        );
        rows(
            "SELECT k.name_id, k.name, k.namespace, k.title, k.description, k.language, k.license, k.version, k.sequence, k.weights, k.origin, \
             k.edition, k.last_introduced, k.listed, c.json FROM deck k LEFT JOIN config c ON c.id = k.scheduler",
            &|row| Ok(format!("deck {}", text(row, 0..15)?)),
        );
        rows(
            "SELECT k.name_id, t.name_id, t.title, t.primer, t.try_line, t.position FROM topic t JOIN deck k ON k.id = t.deck \
             WHERE t.position IS NOT NULL OR EXISTS (SELECT 1 FROM note n WHERE n.topic = t.id)",
            &|row| Ok(format!("topic {}", text(row, 0..6)?)),
        );
        rows(
            "SELECT hex(a.uid), hex(b.uid) FROM alias JOIN note_name a ON a.id = alias JOIN note_name b ON b.id = note",
            &|row| Ok(format!("alias {}", text(row, 0..2)?)),
        );
        let columns = crate::store::columns::STATE_COLUMNS;
        rows(
            &format!(
                "SELECT s.card, u.uid, k.name_id, s.shuffle, s.offered, {columns} FROM card_state s \
                 JOIN note_name u ON u.id = s.card >> 9 LEFT JOIN deck k ON k.id = s.deck"
            ),
            &|row| {
                let card = card_of(row.get(0)?, row.get(1)?);
                let state = crate::store::review_log::whole_state_of(row, 5, &context.reader)?;
                Ok(format!("state {card} {} {state:?}", text(row, 2..5)?))
            },
        );
        rows(
            "SELECT d.study_day, k.name_id, d.answers, d.first, d.review, d.early, d.drill, d.young_passed, d.young_all, \
             d.mature_passed, d.mature_all, d.time_ms, d.crammed, d.imported FROM day_sum d LEFT JOIN deck k ON k.id = d.deck \
             WHERE d.answers + d.crammed + d.imported > 0",
            &|row| Ok(format!("day {}", text(row, 0..14)?)),
        );
        rows(
            "SELECT k.name_id, h.name_id, iif(s.topic < 0, s.topic, t.name_id), s.month, s.answers, s.passed, s.counted, s.time_ms, s.learning, s.familiar, \
             s.known, s.mastered, s.millionths FROM topic_sum s LEFT JOIN deck k ON k.id = s.deck \
             LEFT JOIN topic t ON t.id = s.topic LEFT JOIN deck h ON h.id = t.deck WHERE s.answers + s.learning + s.familiar + s.known + s.mastered > 0",
            &|row| Ok(format!("topic sum {}", text(row, 0..13)?)),
        );
        rows(
            "SELECT s.month, k.name_id, s.kind, s.expected, s.given, s.count FROM side_sum s LEFT JOIN deck k ON k.id = s.deck \
             WHERE s.count > 0",
            &|row| Ok(format!("side {}", text(row, 0..6)?)),
        );
        caches.sort();
        lines.sort();
        lines.extend(caches);
        lines.extend(self.read_lines());
        lines
    }

    /// What people read, in the order in which they do.
    fn read_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.cards(&DeckSet::All, &[], |line| {
            lines.push(format!("listed {} {} {line:?}", lines.len(), line.name()));
            Ok(())
        })
        .unwrap();
        self.history(None, |row| {
            lines.push(format!("history {} {row:?}", lines.len()));
            Ok(())
        })
        .unwrap();
        // Which deck a check-up's scene lies in is a local number.
        for given in self.checked().unwrap() {
            lines.push(format!("checked {:?}", checkup::Given { deck: 0, ..given }));
        }
        lines.push(format!("pauses {:?}", self.pauses().unwrap()));
        for edited in self.edited().unwrap() {
            lines.push(format!("edited {edited:?}"));
        }
        for (day, totals) in self.day_totals(&DeckSet::All).unwrap() {
            lines.push(format!("totals {day:?} {totals:?}"));
        }
        for (number, id, _) in self.deck_names().unwrap() {
            lines.push(format!("topics of {id} {:?}", self.topics(number).unwrap()));
        }
        // The views are what somebody with the `sqlite3` shell reads.
        for view in ["cards", "topics"] {
            let mut statement = self.db().prepare(&format!("SELECT * FROM {view}")).unwrap();
            let columns = statement.column_count();
            let line = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
                (0..columns)
                    .map(|column| row.get::<_, rusqlite::types::Value>(column).map(|value| format!("{value:?}")))
                    .collect()
            };
            let mut rows: Vec<String> = statement.query_map([], line).unwrap().map(Result::unwrap).collect();
            rows.sort();
            lines.extend(rows.into_iter().map(|row| format!("view {view} {row}")));
        }
        lines
    }

    /// What a session on that day would be made from, decks by their ids.
    pub(in crate::store) fn offered_on(&self, today: StudyDay) -> Vec<String> {
        let limits = Limits {
            reviews: 200.into(),
            new: 200.into(),
            until: today,
            due_order: DueOrder::Day,
            rules: Settings::default().rules([]),
            keep_siblings_apart: true,
            first_only: false,
        };
        let supply = self.supply(&DeckSet::All, today, &limits).unwrap();
        let decks: BTreeMap<i64, String> =
            self.deck_names().unwrap().into_iter().map(|(number, id, _)| (number, id)).collect();
        let mut lines: Vec<String> = supply.due.iter().map(|due| format!("due {due:?}")).collect();
        for offer in &supply.new {
            let cards: Vec<_> = offer.cards.iter().map(|(deck, card)| (decks.get(deck), card)).collect();
            lines.push(format!("new {} {:?} {cards:?}", offer.introduced_today, offer.last_introduced));
        }
        lines.push(format!("{:?} {:?} {} {}", supply.repeats, supply.met_today, supply.reviews_done, supply.new_done));
        lines
    }
}
