-- The first schema: a log that is only ever added to, the texts, and caches that can be made again from both.
-- Why it is cut this way stands in docs/data-model.md; what follows says only what a column holds.

-- One database on one machine. `id` is local and short, so that events stay narrow; `uuid` is the name.
CREATE TABLE device (
    id              INTEGER PRIMARY KEY,
    uuid            BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    name            TEXT NOT NULL,
    parent          INTEGER REFERENCES device (id),
    parent_sequence INTEGER,
    created_at_ms   INTEGER NOT NULL
) STRICT;

-- What this database file knows of itself: the present device, where it lies, which built-in decks it holds.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scheduler_config (
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 16),
    name TEXT NOT NULL,
    json TEXT NOT NULL
) STRICT;

-- One user-visible step. `hlc` is the stamp of its last event; its `events` events are those of its device
-- from `first_sequence` on, without a gap.
CREATE TABLE action (
    device     INTEGER NOT NULL REFERENCES device (id),
    number     INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    label      TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    offset_min INTEGER NOT NULL,
    study_day  INTEGER NOT NULL,
    hlc        INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    events     INTEGER NOT NULL,
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

-- The log. Clustered by card, so that folding one card and one pass over all of them are both range scans.
-- `card` 0 stands for no card: an undo, a change of settings. `arg` and `arg_device` hold what a kind needs besides:
-- `undone` the action's number and device, `buried` the day, `flagged` the flag, `checked` twice the check-up's number
-- plus one where it ended with this answer. The seven columns from `repetitions`
-- on are the card's memory after the event, null where the event leaves it alone.
CREATE TABLE event (
    card          INTEGER NOT NULL,
    hlc           INTEGER NOT NULL,
    device        INTEGER NOT NULL,
    sequence      INTEGER NOT NULL,
    action        INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    study_day     INTEGER NOT NULL,
    at_ms         INTEGER NOT NULL,
    offset_min    INTEGER NOT NULL,
    quality       INTEGER,
    took_ms       INTEGER,
    config        INTEGER,
    prev_device   INTEGER,
    prev_sequence INTEGER,
    arg           INTEGER,
    arg_device    INTEGER,
    repetitions   INTEGER,
    interval_days INTEGER,
    ease          INTEGER,
    lapses        INTEGER,
    due           INTEGER,
    last_quality  INTEGER,
    stability     INTEGER,
    difficulty    INTEGER,
    PRIMARY KEY (card, hlc, device, sequence)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX event_name ON event (device, sequence);

-- Today's answers, for repeats, siblings and limits. Kind 1 is `answered`.
CREATE INDEX event_day ON event (study_day, card) WHERE kind = 1;

-- The few answers of check-ups, without a pass over the log. Kind 19 is `checked`.
CREATE INDEX event_checked ON event (hlc) WHERE kind = 19;

-- What there is to keep beside an event, if anything.
CREATE TABLE event_detail (
    device   INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    asked    TEXT,
    response TEXT,
    expected TEXT,
    suggested INTEGER,
    guessed  INTEGER NOT NULL DEFAULT 0,
    variant  INTEGER,
    extra    TEXT,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER action_is_append_only_u BEFORE UPDATE ON action
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER action_is_append_only_d BEFORE DELETE ON action
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER event_is_append_only_u BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER event_is_append_only_d BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER event_detail_is_append_only_u BEFORE UPDATE ON event_detail
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER event_detail_is_append_only_d BEFORE DELETE ON event_detail
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo event'); END;
CREATE TRIGGER config_is_append_only_u BEFORE UPDATE ON scheduler_config
BEGIN SELECT raise(ABORT, 'a configuration that events name can not change: add another'); END;
CREATE TRIGGER config_is_append_only_d BEFORE DELETE ON scheduler_config
BEGIN SELECT raise(ABORT, 'a configuration that events name can not change: add another'); END;

-- Files and folders that are followed live (`lmq import --link`). Size and mtime tell without reading whether one
-- changed; the hash tells whether it really did.
CREATE TABLE source (
    id       INTEGER PRIMARY KEY,
    path     TEXT NOT NULL UNIQUE,
    folder   INTEGER REFERENCES source (id) ON DELETE CASCADE,
    is_folder INTEGER NOT NULL,
    options  TEXT NOT NULL,
    size     INTEGER,
    mtime_ms INTEGER,
    hash     INTEGER,
    device   INTEGER NOT NULL,
    action   INTEGER NOT NULL
) STRICT;

-- `namespace` is what topics and sources are named in: the built-in decks share one. `origin` is builtin, file or made.
CREATE TABLE deck (
    id          INTEGER PRIMARY KEY,
    name_id     TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    namespace   TEXT NOT NULL,
    title       TEXT,
    description TEXT,
    language    TEXT,
    license     TEXT,
    version     TEXT,
    origin      TEXT NOT NULL,
    source      INTEGER REFERENCES source (id) ON DELETE SET NULL,
    last_position   INTEGER NOT NULL DEFAULT 0,
    last_introduced INTEGER,
    created_device  INTEGER,
    created_action  INTEGER,
    retired     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE topic (
    id       INTEGER PRIMARY KEY,
    deck     INTEGER NOT NULL REFERENCES deck (id),
    name_id  TEXT NOT NULL,
    title    TEXT NOT NULL,
    primer   TEXT,
    try_line TEXT,
    UNIQUE (deck, name_id)
) STRICT;

-- The text that is shown. `body` is the JSON of core's NoteText; `prompt_hash` finds a note by deck and prompt,
-- `text_hash` tells whether a text is the same without reading it. `upstream` is the last text that the source gave,
-- kept only where the shown one is another. `siblings` is the hash of the sibling group.
-- `source` is the followed file that the note came from: only what came from a file is retired when it vanishes there.
-- A note with an empty `body` stands for one that the log names and no deck has brought yet.
CREATE TABLE note (
    id          INTEGER PRIMARY KEY,
    uid         BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    deck        INTEGER NOT NULL REFERENCES deck (id),
    key         TEXT,
    body        TEXT NOT NULL,
    topic       INTEGER REFERENCES topic (id),
    position    INTEGER NOT NULL,
    siblings    INTEGER NOT NULL,
    prompt_hash INTEGER NOT NULL,
    text_hash   INTEGER NOT NULL,
    held_out    INTEGER NOT NULL DEFAULT 0,
    retired     INTEGER NOT NULL DEFAULT 0,
    upstream    TEXT,
    source      INTEGER REFERENCES source (id) ON DELETE SET NULL,
    created_device INTEGER NOT NULL,
    created_action INTEGER NOT NULL
) STRICT;

-- Finds a row's note again, retired ones last, and tells whether its text is the same. That a file no longer has a
-- note, the order of a deck, and the topic of every note are read from it too: an index of their own for each would slow
-- down every import.
CREATE INDEX note_prompt ON note (deck, prompt_hash, retired, position, held_out, topic, text_hash);

-- The few notes that are kept for check-ups.
CREATE INDEX note_held_out ON note (deck) WHERE held_out = 1;

-- Every text of a note that was ever changed, its first one included. The newest one whose action counts is shown.
CREATE TABLE note_version (
    note    INTEGER NOT NULL REFERENCES note (id),
    hlc     INTEGER NOT NULL,
    device  INTEGER NOT NULL,
    action  INTEGER NOT NULL,
    body    TEXT NOT NULL,
    deck    INTEGER NOT NULL,
    topic   INTEGER,
    position INTEGER NOT NULL,
    retired INTEGER NOT NULL,
    by_user INTEGER NOT NULL,
    upstream TEXT,
    PRIMARY KEY (note, hlc, device)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER note_version_is_append_only_u BEFORE UPDATE ON note_version
BEGIN SELECT raise(ABORT, 'versions of a note are append-only: append another'); END;
CREATE TRIGGER note_version_is_append_only_d BEFORE DELETE ON note_version
BEGIN SELECT raise(ABORT, 'versions of a note are append-only: append another'); END;

-- Other names of a note: a key that was changed keeps its uid through one.
CREATE TABLE alias (
    uid  BLOB PRIMARY KEY CHECK (length(uid) = 16),
    note INTEGER NOT NULL REFERENCES note (id)
) STRICT, WITHOUT ROWID;

-- `new_position` is a cache: the note's position while the card is new and may be offered, else null.
CREATE TABLE card (
    id           INTEGER PRIMARY KEY,
    note         INTEGER NOT NULL REFERENCES note (id),
    ordinal      INTEGER NOT NULL,
    deck         INTEGER NOT NULL REFERENCES deck (id),
    shuffle      INTEGER NOT NULL,
    retired      INTEGER NOT NULL DEFAULT 0,
    new_position INTEGER,
    UNIQUE (note, ordinal)
) STRICT;

CREATE INDEX card_new ON card (deck, new_position, ordinal) WHERE new_position IS NOT NULL;

-- Caches from here on: `lmq doctor` compares them with the log and makes them again.

-- The fold of a card's events; no row for a card without any. `offered` is 0 for suspended and retired ones.
CREATE TABLE card_state (
    card          INTEGER PRIMARY KEY REFERENCES card (id),
    deck          INTEGER NOT NULL,
    shuffle       INTEGER NOT NULL,
    offered       INTEGER NOT NULL,
    repetitions   INTEGER,
    interval_days INTEGER,
    ease          INTEGER,
    lapses        INTEGER,
    last_day      INTEGER,
    due           INTEGER,
    last_quality  INTEGER,
    stability     INTEGER,
    difficulty    INTEGER,
    answers       INTEGER NOT NULL,
    suspended     INTEGER NOT NULL,
    buried_until  INTEGER,
    marked        INTEGER NOT NULL,
    flag          INTEGER NOT NULL,
    last_device   INTEGER,
    last_sequence INTEGER
) STRICT;

-- The order of a session, with what is needed to choose from it, so that no row is read for a card that is not asked.
CREATE INDEX card_due ON card_state (due, shuffle, deck, buried_until, interval_days) WHERE due IS NOT NULL AND offered = 1;

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
