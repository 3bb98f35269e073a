-- The first schema: a log that is only ever added to, and caches that can be made again from it.
-- Why it is cut this way stands in docs/data-model.md; what follows says only what a column holds.
--
-- Numbers: an entry of the log (an event or a fact) is the `sequence`-th of its device, and its local id is
-- device << 32 | sequence. A card's local number is note << 9 | ordinal. Both are local; names are global.

-- ============================== the log ==============================

-- One database on one machine. A fork (a copied or restored file) goes on with the numbers of its parent: its own
-- entries are those after `parent_sequence`, and `parent_chain` is the hash of the parent's log up to there.
-- A device that is only known by name, because an entry names it, has no `created_at_ms`.
CREATE TABLE device (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name            TEXT NOT NULL,
    parent          INTEGER REFERENCES device (id),
    parent_sequence INTEGER NOT NULL DEFAULT 0,
    parent_chain    BLOB,
    created_at_ms   INTEGER
) STRICT;

CREATE TABLE config (
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 16),
    json TEXT NOT NULL
) STRICT;

-- Short numbers for the names of notes and decks, so that entries stay narrow and mean something without the caches.
CREATE TABLE note_name (
    id  INTEGER PRIMARY KEY,
    uid BLOB NOT NULL CHECK (length(uid) = 16)
) STRICT;
CREATE UNIQUE INDEX note_name_uid ON note_name (uid);

CREATE TABLE deck_name (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- One user-visible step; `id` is that of its first entry. A step of one single card event has no row: kind, instant and
-- day are those of the event. `ahead` is the stamp minus the instant, null for 0.
CREATE TABLE action (
    id         INTEGER PRIMARY KEY,
    entries    INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    subject    TEXT,
    hlc        INTEGER NOT NULL,
    ahead      INTEGER,
    offset_min INTEGER NOT NULL,
    study_day  INTEGER NOT NULL
) STRICT;

-- Clustered by card, so that folding one card and one pass over all of them are both range scans.
CREATE TABLE event (
    card       INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    hlc        INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    study_day  INTEGER NOT NULL,
    quality    INTEGER,
    took_ms    INTEGER,
    config     INTEGER,
    offset_min INTEGER NOT NULL,
    PRIMARY KEY (card, id)
) STRICT, WITHOUT ROWID;
-- An event by its name: for undo, unions and segments.
CREATE UNIQUE INDEX event_id ON event (id);

-- What there is to keep beside an event, if anything. `ahead` is the stamp minus the event's own instant, null for 0.
-- `arg`: the day, the flag, or twice the check-up plus one. `prev_*`: the card's last event that the writer knew, where
-- another device wrote that one.
CREATE TABLE event_detail (
    id             INTEGER PRIMARY KEY,
    ahead          INTEGER,
    arg            INTEGER,
    asked          INTEGER,
    suggested      INTEGER,
    guessed        INTEGER,
    variant        INTEGER,
    speakers       INTEGER,
    form           INTEGER,
    confidence     INTEGER,
    due_offset_min INTEGER,
    prev           INTEGER,
    program        TEXT,
    foreign_id     INTEGER
) STRICT;

-- The few answers of check-ups, without a pass over the log. Kind 15 is `checked`.
CREATE INDEX event_checked ON event (hlc) WHERE kind = 15;

-- The memory that `adopted` and `rescheduled` leave; that of all other events is computed.
CREATE TABLE event_memory (
    id            INTEGER PRIMARY KEY,
    repetitions   INTEGER NOT NULL,
    interval_days INTEGER NOT NULL,
    lapses        INTEGER NOT NULL,
    last_day      INTEGER NOT NULL,
    due           INTEGER NOT NULL,
    last_quality  INTEGER NOT NULL,
    ease          INTEGER,
    stability     INTEGER,
    difficulty    INTEGER
) STRICT;

-- What happened to notes, decks, settings and the log. `subject` is the note's number, or the deck's made negative, or
-- 0. `arg` is the deck (brought, placed), the note (aliased), the action's id (undone), the configuration (scheduler),
-- the day (paused), 1 for a note, 2 for a deck, 3 for typed answers (erased), the last entry's id (took-over).
CREATE TABLE fact (
    id       INTEGER PRIMARY KEY,
    subject  INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    arg      INTEGER,
    position INTEGER,
    edition  INTEGER,
    hash     BLOB
) STRICT;
-- The registers of one note or deck; with 0 the facts about none.
CREATE INDEX fact_subject ON fact (subject);

-- All words: texts of notes, tags, keys, heads, topics, changed settings, what was typed. Under the id of their entry.
-- `hash` is over salt and body. Salt and body are null once erased.
CREATE TABLE text (
    id   INTEGER PRIMARY KEY,
    salt INTEGER,
    hash BLOB NOT NULL CHECK (length(hash) = 16),
    body TEXT
) STRICT;

CREATE TRIGGER device_is_append_only_d BEFORE DELETE ON device
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER config_is_append_only_u BEFORE UPDATE ON config
BEGIN SELECT raise(ABORT, 'the log is append-only: add another configuration'); END;
CREATE TRIGGER config_is_append_only_d BEFORE DELETE ON config
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER note_name_is_append_only_u BEFORE UPDATE ON note_name
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER note_name_is_append_only_d BEFORE DELETE ON note_name
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER deck_name_is_append_only_u BEFORE UPDATE ON deck_name
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER deck_name_is_append_only_d BEFORE DELETE ON deck_name
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER action_is_append_only_u BEFORE UPDATE ON action
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER action_is_append_only_d BEFORE DELETE ON action
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_is_append_only_u BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_is_append_only_d BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_detail_is_append_only_u BEFORE UPDATE ON event_detail
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_detail_is_append_only_d BEFORE DELETE ON event_detail
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_memory_is_append_only_u BEFORE UPDATE ON event_memory
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_memory_is_append_only_d BEFORE DELETE ON event_memory
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER fact_is_append_only_u BEFORE UPDATE ON fact
BEGIN SELECT raise(ABORT, 'the log is append-only: append another fact'); END;
CREATE TRIGGER fact_is_append_only_d BEFORE DELETE ON fact
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
-- A text may only be erased: salt and body taken away, the hash kept.
CREATE TRIGGER text_is_append_only_u BEFORE UPDATE ON text
WHEN new.id <> old.id OR new.hash <> old.hash OR new.salt IS NOT NULL OR new.body IS NOT NULL
BEGIN SELECT raise(ABORT, 'the log is append-only: a text can only be erased'); END;
CREATE TRIGGER text_is_append_only_d BEFORE DELETE ON text
BEGIN SELECT raise(ABORT, 'the log is append-only: a text can only be erased'); END;

-- ============================== local to this file ==============================

-- What this database file knows of itself: the present device, where it lies.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files and folders that are followed live (`lmq import --link`). Size and mtime tell without reading whether one
-- changed; the hash tells whether it really did. `action` is the id of the step that began it, null where it wrote nothing.
CREATE TABLE followed (
    id        INTEGER PRIMARY KEY,
    path      TEXT NOT NULL UNIQUE,
    folder    INTEGER REFERENCES followed (id) ON DELETE CASCADE,
    is_folder INTEGER NOT NULL,
    options   TEXT NOT NULL,
    size      INTEGER,
    mtime_ms  INTEGER,
    hash      INTEGER,
    action    INTEGER
) STRICT;

-- The followed file that a note came from: only what came from a file vanishes when it vanishes there.
CREATE TABLE note_followed (
    note     INTEGER PRIMARY KEY,
    followed INTEGER NOT NULL REFERENCES followed (id) ON DELETE CASCADE
) STRICT;

-- The hash of a device's log up to the entry `id`, every so often: so that it need not be made from the beginning.
CREATE TABLE chain (
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL
) STRICT;

-- The last entry of other devices that the writers of united segments knew: what is awaited where it is not here yet.
CREATE TABLE awaited (
    device   INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;

-- ============================== caches ==============================
-- `lmq doctor` makes them again from the log and compares.

-- `id` is the deck's number in `deck_name`. `origin` is builtin, file or made. `listed` is 1 while somebody made the deck or
-- a living note is in it.
CREATE TABLE deck (
    id              INTEGER PRIMARY KEY,
    name_id         TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    namespace       TEXT NOT NULL,
    title           TEXT,
    description     TEXT,
    language        TEXT,
    license         TEXT,
    version         TEXT,
    origin          TEXT NOT NULL,
    edition         INTEGER NOT NULL DEFAULT 0,
    scheduler       INTEGER,
    last_position   INTEGER NOT NULL DEFAULT 0,
    last_introduced INTEGER,
    listed          INTEGER NOT NULL
) STRICT;

-- `position` is its place in the deck file, null where notes name it and nobody says more of it.
CREATE TABLE topic (
    id       INTEGER PRIMARY KEY,
    deck     INTEGER NOT NULL,
    name_id  TEXT NOT NULL,
    title    TEXT NOT NULL,
    primer   TEXT,
    try_line TEXT,
    position INTEGER,
    UNIQUE (deck, name_id)
) STRICT;

-- What is shown of a note. `id` is its number in `note_name`. `source` is the entry whose text its source says, `own` the one
-- whose text the learner gave it, where that is another; `tags` is a JSON array where they are not those of the text.
-- `text_hash` and `prompt_hash` are those of the source's text (else of the own one): rows of a file are matched by them.
-- `ordinals` is a JSON array of its cards' ordinals, null for [1]. `fresh` is how many of its cards are new and may be
-- offered. `siblings` is the hash of a sibling group, null for its own. `made` is the entry that first wrote it.
CREATE TABLE note (
    id          INTEGER PRIMARY KEY,
    deck        INTEGER NOT NULL,
    source      INTEGER,
    own         INTEGER,
    tags        TEXT,
    key         TEXT,
    topic       INTEGER,
    position    INTEGER NOT NULL,
    prompt_hash INTEGER NOT NULL,
    text_hash   INTEGER NOT NULL,
    siblings    INTEGER,
    ordinals    TEXT,
    fresh       INTEGER NOT NULL,
    held_out    INTEGER NOT NULL DEFAULT 0,
    retired     INTEGER NOT NULL DEFAULT 0,
    made        INTEGER
) STRICT;

-- Finds a row's note again, retired ones last, and tells whether its text is the same. That a file no longer has a
-- note, the order of a deck, and the topic of every note are read from it too.
CREATE INDEX note_prompt ON note (deck, prompt_hash, retired, position, held_out, topic, text_hash);

-- New cards in the order of their decks.
CREATE INDEX note_new ON note (deck, position, fresh) WHERE fresh > 0;

-- The few notes that are kept for check-ups.
CREATE INDEX note_held_out ON note (deck) WHERE held_out = 1;

-- Other names of notes: a key that was changed keeps its note through one. Both are numbers of `note_name`.
CREATE TABLE alias (
    alias INTEGER PRIMARY KEY,
    note  INTEGER NOT NULL
) STRICT;

-- The fold of a card's events; no row for a card without any. `offered` is 0 for suspended ones and those that are not
-- asked. `config` made the memory. `last` is the id of the event that the fold applied last.
CREATE TABLE card_state (
    card          INTEGER PRIMARY KEY,
    deck          INTEGER NOT NULL,
    shuffle       INTEGER NOT NULL,
    offered       INTEGER NOT NULL,
    repetitions   INTEGER,
    interval_days INTEGER,
    lapses        INTEGER,
    last_day      INTEGER,
    due           INTEGER,
    last_quality  INTEGER,
    ease          INTEGER,
    stability     INTEGER,
    difficulty    INTEGER,
    config        INTEGER,
    answers       INTEGER NOT NULL,
    suspended     INTEGER NOT NULL,
    buried_until  INTEGER,
    marked        INTEGER NOT NULL,
    flag          INTEGER NOT NULL,
    last          INTEGER
) STRICT;

-- The order of a session, with what is needed to choose from it, so that no row is read for a card that is not asked.
CREATE INDEX card_due ON card_state (due, shuffle, deck, buried_until, interval_days) WHERE due IS NOT NULL AND offered = 1;

-- The cards answered on each of the newest study days: what a session must not ask twice, and what it repeats. `hlc` is the
-- stamp of the newest answer of that day. Older days are dropped; nobody asks for them.
CREATE TABLE asked (
    study_day INTEGER NOT NULL,
    card      INTEGER NOT NULL,
    answers   INTEGER NOT NULL,
    hlc       INTEGER NOT NULL,
    PRIMARY KEY (study_day, card)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_sum (
    study_day     INTEGER NOT NULL,
    deck          INTEGER NOT NULL,
    answers       INTEGER NOT NULL,
    first         INTEGER NOT NULL,
    review        INTEGER NOT NULL,
    early         INTEGER NOT NULL,
    drill         INTEGER NOT NULL,
    young_passed  INTEGER NOT NULL,
    young_all     INTEGER NOT NULL,
    mature_passed INTEGER NOT NULL,
    mature_all    INTEGER NOT NULL,
    time_ms       INTEGER NOT NULL,
    crammed       INTEGER NOT NULL,
    imported      INTEGER NOT NULL,
    PRIMARY KEY (study_day, deck)
) STRICT, WITHOUT ROWID;

-- What happened to the cards of a topic (0 for none) in a month (year × 100 + month): `answers` to `time_ms`. And what was
-- known at its end by those cards whose answer then was not their last: how many were at each level, and the sum of their
-- chances of recall in millionths; cards that were not answered since are counted from `card_state`. The months of a
-- topic lie side by side, since one answer changes several of them.
CREATE TABLE topic_sum (
    deck       INTEGER NOT NULL,
    topic      INTEGER NOT NULL,
    month      INTEGER NOT NULL,
    answers    INTEGER NOT NULL,
    passed     INTEGER NOT NULL,
    counted    INTEGER NOT NULL,
    time_ms    INTEGER NOT NULL,
    learning   INTEGER NOT NULL,
    familiar   INTEGER NOT NULL,
    known      INTEGER NOT NULL,
    mastered   INTEGER NOT NULL,
    millionths INTEGER NOT NULL,
    PRIMARY KEY (deck, topic, month)
) STRICT, WITHOUT ROWID;

-- What answers are counted by besides: `kind` is `sides`, `pairs`,
-- `speakers`, `choices` (what was right and what was chosen) or `typed` (`given` is right, near or wrong).
CREATE TABLE side_sum (
    month    INTEGER NOT NULL,
    deck     INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    expected TEXT NOT NULL,
    given    TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (month, deck, kind, expected, given)
) STRICT, WITHOUT ROWID;

-- ============================== for people ==============================

CREATE VIEW cards AS
SELECT k.name_id AS deck, n.key AS key, c.card & 511 AS ordinal, lower(hex(m.uid)) AS note, x.body AS text, t.title AS topic,
       CASE WHEN n.retired = 1 THEN 'retired' WHEN c.suspended = 1 THEN 'suspended' WHEN c.repetitions IS NULL THEN 'new'
            WHEN c.repetitions < 2 THEN 'learning' ELSE 'review' END AS state,
       date(c.due * 86400, 'unixepoch') AS due, c.interval_days, c.ease / 100.0 AS ease, c.repetitions, c.lapses,
       date(c.last_day * 86400, 'unixepoch') AS last_day, c.answers, c.suspended, c.marked, c.flag
FROM (SELECT n.id << 9 | o.value AS card, s.deck, s.repetitions, s.interval_days, s.lapses, s.last_day, s.due, s.ease,
             coalesce(s.answers, 0) AS answers, coalesce(s.suspended, 0) AS suspended, coalesce(s.marked, 0) AS marked,
             coalesce(s.flag, 0) AS flag
      FROM note n JOIN json_each(coalesce(n.ordinals, '[1]')) o LEFT JOIN card_state s ON s.card = n.id << 9 | o.value) c
JOIN note n ON n.id = c.card >> 9 JOIN note_name m ON m.id = n.id JOIN deck k ON k.id = n.deck
LEFT JOIN topic t ON t.id = n.topic LEFT JOIN text x ON x.id = coalesce(n.own, n.source);
