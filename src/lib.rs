//! `lmq`: a spaced-repetition trainer for the terminal.
//!
//! The library is all of it; `src/main.rs` only calls [`cli::run`]. `ARCHITECTURE.md` has the reasons for what
//! follows, `docs/data-model.md` the log and the tables, `docs/json.md` what scripts may rely on.
//!
//! # Modules
//!
//! | module | holds | may name |
//! | --- | --- | --- |
//! | [`core`] | everything that decides: SM-2, states, the fold, the queue, the session, kinds of card | nothing |
//! | [`mod@env`] | the only reader of clock, time zone, entropy, environment and folders | core |
//! | [`failure`] | what a person gets to read when something did not work, and the exit code | nothing |
//! | [`store`] | the database: the log, states, sums, texts, queries; the only one that names rusqlite | core |
//! | [`formats`] | files in and out: deck files, tables, JSON, the log as lines | core |
//! | [`report`] | one report, five renderers | core |
//! | [`ops`] | what two front ends share, or one transaction spans | all above |
//! | [`ui`] | keys or lines in, text out; decides nothing | core, ops, report, failure |
//! | [`cli`] | the commands, a file for each | all |
//!
//! `tests/it/layers.rs` is this table as code. A noun has the same file name wherever it occurs: `progress` in `core`,
//! `totals` in `store`, `build` in `report` and `report` in `cli` are one feature from bottom to top.
//!
//! # From outside
//!
//! What needs no disk can be used as it is. A first answer, graded Good:
//!
//! ```
//! use lmq::core::grade::Button;
//! use lmq::core::id::{CardId, NoteUid};
//! use lmq::core::settings::Settings;
//! use lmq::core::state::CardState;
//! use lmq::core::study_day::StudyDay;
//!
//! let card = CardId { note: NoteUid::of_key("geo", "peru"), ordinal: 1 };
//! let scheduler = Settings::default().scheduler();
//! let today = StudyDay(20_468);
//! let after = scheduler.answer(card, &CardState::default(), Button::Good.quality(), today);
//! assert_eq!(after.memory.map(|memory| memory.due), Some(today.plus(1)));
//! ```
//!
//! # Files on disk
//!
//! | file | what it is | written by |
//! | --- | --- | --- |
//! | `lmq/lmq.db` in the data folder; `--db`, `LMQ_DB` | the database, rights 0600 (a folder made for it 0700) | every step, one transaction each |
//! | `lmq.db-wal`, `lmq.db-shm` beside it | SQLite's write-ahead log and its index, while the database is in use | SQLite |
//! | `lmq/config.toml` in the settings folder; `LMQ_CONFIG` | the settings | `lmq config set`, or a person |
//! | `lmq.db.daily.TIME` | the backup of a day | the first session of a day |
//! | `lmq.media` beside it | pictures and sounds, by their hashes | imports |
//! | `lmq.db.before-schema-N.TIME` | a copy from before a migration | the first start of a newer `lmq` |
//! | `lmq.db.before-fix.TIME`, `before-rebuild`, `before-fork` | a copy from before a repair | `lmq doctor` |
//! | `lmq.db.before-union.TIME` | a copy from before a history was taken in | `lmq import` |
//! | `edit-….toml` beside the database | a draft that was refused, kept for its writer | `lmq edit`, `lmq add` |
//! | `lmq/DEVICE.chain` in the state folder | the end of the log, so that a copied database is noticed | every step |
//! | `lmq.db.set-aside.TIME` | the database that a backup took the place of | `lmq restore` |
//! | `lmq.db.restoring` | a backup on its way in; gone when the command ends | `lmq restore` |
//! | `lmq.db.restore-note` | how far a restore has come, so that any start can end it; gone when it is done | `lmq restore` |
//! | `FILE.part`, `.lmq-*.tmp` beside an output | a file that is not whole yet, renamed when it is | `lmq backup`; `--out`, settings |
//!
//! Into followed deck files (`lmq import --link`) go the texts and tags that the learner changes, and nothing else. Nothing else
//! on the disk is touched, and nothing goes over a network.
pub mod cli;
pub mod core;
pub mod env;
pub mod failure;
pub mod formats;
pub mod ops;
pub mod report;
pub mod store;
pub mod ui;
