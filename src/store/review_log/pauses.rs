//! The breaks that the log tells of.

use crate::core::pause::Pauses;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::PAUSED;
use crate::store::columns::RESUMED;
use crate::store::columns::day_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;

impl Store {
    /// The breaks that count.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn pauses(&self) -> Result<Pauses, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT f.id, f.kind, f.arg, a.hlc, a.study_day FROM fact f \
                 JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) \
                 WHERE f.subject = 0 AND f.kind IN ({PAUSED}, {RESUMED})"
            ))?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let kind: i64 = row.get(1)?;
                let until = if kind == i64::from(PAUSED) { Some(day_of(row.get(2)?)) } else { None };
                found.push((row.get::<_, i64>(0)?, Hlc(row.get(3)?), day_of(row.get(4)?), until));
            }
            if found.is_empty() {
                return Ok(Pauses::default());
            }
            let reader = Reader::new(self.db())?;
            let voided = voided(self.db(), &reader)?;
            let mut facts = Vec::new();
            for (id, hlc, day, until) in found {
                let entry = reader.known(id)?;
                if !voided.has(entry) {
                    let fact = until
                        .map_or(crate::core::fact::Fact::Resumed, |until| crate::core::fact::Fact::Paused { until });
                    facts.push(((hlc, entry), day, fact));
                }
            }
            facts.sort_by_key(|(order, ..)| *order);
            Ok(Pauses::of(facts.iter().map(|(_, day, fact)| (*day, fact))))
        })
    }
}
