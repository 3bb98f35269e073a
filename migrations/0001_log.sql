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
-- The number of a note by its name: asked for each row of a file and each entry of a segment. It also keeps two numbers from
-- having one name.
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
-- An event by its name. The table lies in the order of cards; whatever asks for a range of one device's entries (an undo, a
-- segment, the newest entry, what the caches lack) would have to read all of it.
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

-- The few answers of check-ups, without a pass over the log. Kind 15 is `checked`. Partial, so that all other answers cost
-- nothing here.
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
-- the day (paused), 1 for a note, 2 for a deck, 3 for typed answers (erased), the last entry's id (took-over), 1 for yes, 2
-- for no, 3 for not yet (tried), 1 for hidden, 0 for shown again (hidden).
CREATE TABLE fact (
    id       INTEGER PRIMARY KEY,
    subject  INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    arg      INTEGER,
    position INTEGER,
    edition  INTEGER,
    hash     BLOB
) STRICT;
-- The facts about one note or deck: what is shown of it is computed from all of them. With 0 those about none, such as undos and
-- pauses.
CREATE INDEX fact_subject ON fact (subject);

-- All words: texts of notes, tags, keys, heads, topics, changed settings, what was typed. Under the id of their entry.
-- `hash` is over salt and body. Salt and body are null once erased.
CREATE TABLE text (
    id   INTEGER PRIMARY KEY,
    salt INTEGER,
    hash BLOB NOT NULL CHECK (length(hash) = 16),
    body TEXT
) STRICT;

-- REPLACE deletes a row without asking a trigger about deletions. So where rows are few, none is inserted over another one. Rows
-- of events, texts, facts and names of notes come by the hundred thousand, and asking for each of them makes an import a
-- quarter slower; what is written over these `lmq doctor` finds by the hashes of the log.
CREATE TRIGGER device_is_append_only_i BEFORE INSERT ON device
WHEN EXISTS (SELECT 1 FROM device WHERE id = new.id OR uuid = new.uuid)
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER device_is_append_only_u BEFORE UPDATE ON device WHEN new.id <> old.id OR new.uuid <> old.uuid
BEGIN SELECT raise(ABORT, 'the log is append-only: a device keeps its name'); END;
CREATE TRIGGER config_is_append_only_i BEFORE INSERT ON config
WHEN EXISTS (SELECT 1 FROM config WHERE id = new.id OR hash = new.hash)
BEGIN SELECT raise(ABORT, 'the log is append-only: add another configuration'); END;
CREATE TRIGGER deck_name_is_append_only_i BEFORE INSERT ON deck_name
WHEN EXISTS (SELECT 1 FROM deck_name WHERE id = new.id OR name = new.name)
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER action_is_append_only_i BEFORE INSERT ON action
WHEN EXISTS (SELECT 1 FROM action WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
CREATE TRIGGER event_memory_is_append_only_i BEFORE INSERT ON event_memory
WHEN EXISTS (SELECT 1 FROM event_memory WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'the log is append-only: append an undo'); END;
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
WHEN new.id <> old.id OR new.hash <> old.hash OR old.body IS NOT NULL AND (new.salt IS NOT NULL OR new.body IS NOT NULL)
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

-- `id` is the deck's number in `deck_name`. `origin` is builtin, file or made. `listed` is 1 while a living note is in the
-- deck, or somebody made it and no note was ever put into it; 2 while the learner hides such a deck; else 0.
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
    sequence        TEXT,
    weights         TEXT,
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
-- `topic` is where its cards are counted: the number of its topic; where it has none, a number below 0 that is made of its first
-- tag; null where it has neither.
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

-- Texts without their marks, as a search looks through them, once one has made them. A row counts while its text has that hash, and
-- the program reads markup as `readers` did; so nothing that changes texts has to know of it.
CREATE TABLE text_plain (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL,
    readers INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;

-- Finds a row's note again by deck and prompt, retired ones last. The columns behind those are there so that the table's wide
-- rows need not be read: `text_hash` tells whether the note says the same, and which notes of a deck a file lacks, the
-- order of a deck and the topic of every note are read from the index too.
CREATE INDEX note_prompt ON note (deck, prompt_hash, retired, position, held_out, topic, text_hash);

-- New cards in the order of their decks. `fresh` and `topic` are in it so that they can be counted without the table. Partial, so
-- that what is learned is not gone through.
CREATE INDEX note_new ON note (deck, position, fresh, topic) WHERE fresh > 0;

-- The few notes that are kept for check-ups. Partial, since there are few among many.
CREATE INDEX note_held_out ON note (deck) WHERE held_out = 1;

-- Other names of notes: a key that was changed keeps its note through one. Both are numbers of `note_name`.
CREATE TABLE alias (
    alias INTEGER PRIMARY KEY,
    note  INTEGER NOT NULL
) STRICT;

-- The fold of a card's events; no row for a card without any. `offered` is 0 for suspended ones and those that are not
-- asked. `config` made the memory. `last` is the id of the event that the fold applied last. `deck` and `topic` are its note's (0 for no
-- topic), so that a report counts a million cards without their notes.
CREATE TABLE card_state (
    card          INTEGER PRIMARY KEY,
    deck          INTEGER NOT NULL,
    topic         INTEGER NOT NULL,
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

-- The order of a session: by due day, then shuffled. The columns behind are what the queue chooses by (decks, buried cards, and
-- the interval where most at risk comes first), so that no row is read for a card that is not asked. Partial: new and
-- suspended cards are not in it.
CREATE INDEX card_due ON card_state (due, shuffle, deck, buried_until) WHERE due IS NOT NULL AND offered = 1;

-- The same where more is due than the day has places: most at risk first. Cards with one interval are so in the order of their
-- due days, and the few intervals are merged.
CREATE INDEX card_risk ON card_state (interval_days, due, shuffle, deck, buried_until) WHERE due IS NOT NULL AND offered = 1;

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

-- What happened to the cards of a topic (as in `note`; 0 for none) in a month (year × 100 + month): `answers` to `time_ms`. And what was
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
-- For the sqlite3 shell (3.37 or newer) and for DuckDB: names, ISO days and instants, words. The program itself does not
-- read them. A test holds the lists of words to core's. DuckDB runs a view that has functions of SQLite in SQLite, but
-- writes it anew before that, and SQLite can't read what it makes of UNION, LIKE, rows and `IN (SELECT …)`: these are
-- only in views without such functions.

-- The ids of all entries that no longer count. An action is void while an undo that itself counts names it; so the redos,
-- which name undos, are gone through first, the newest first, with what they voided so far. A name may be from before the
-- log of its device was told apart from a copy's; then it means the undo among the actions of that number.
CREATE VIEW undone AS
WITH RECURSIVE
    -- Whose entries the numbers of a device are: up to its fork they are its parent's.
    line (device, holder, first, last) AS (
        SELECT id, id, parent_sequence + 1, 4294967295 FROM device
        UNION ALL
        SELECT l.device, d.parent, p.parent_sequence + 1, l.first - 1
        FROM line l JOIN device d ON d.id = l.holder JOIN device p ON p.id = d.parent WHERE l.first > 1),
    said (id, action, hlc, uuid, named, settled) AS (
        SELECT f.id, a.id, a.hlc, d.uuid, f.arg, (l.holder << 32) | (f.arg & 4294967295)
        FROM fact f JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) JOIN device d ON d.id = f.id >> 32
        JOIN line l ON l.device = f.arg >> 32 AND (f.arg & 4294967295) BETWEEN l.first AND l.last
        WHERE f.subject = 0 AND f.kind = 17),
    renamed (id, names) AS (
        SELECT s.id, min(r.id)
        FROM said s JOIN fact t ON t.arg >> 32 = s.named >> 32 AND t.position <= (s.named & 4294967295) AND t.arg >= s.named
        JOIN line l ON l.device = t.id >> 32 AND (s.named & 4294967295) BETWEEN l.first AND l.last
        JOIN action r ON r.id = (l.holder << 32) | (s.named & 4294967295) LEFT JOIN action o ON o.id = s.settled
        WHERE t.subject = 0 AND t.kind = 22 AND s.named >> 32 <> s.id >> 32 AND r.kind = 20 AND coalesce(o.kind, 0) <> 20
        GROUP BY s.id),
    undo (id, action, names, hlc, uuid) AS (
        SELECT s.id, s.action, coalesce(r.names, s.settled), s.hlc, s.uuid
        FROM said s LEFT JOIN renamed r ON r.id = s.id
        WHERE coalesce(r.names, s.settled) >> 32 <> s.id >> 32 OR coalesce(r.names, s.settled) < s.action),
    redo (number, action, names) AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY hlc DESC, uuid DESC, id DESC), action, names
        FROM undo WHERE names IN (SELECT action FROM undo)),
    past (number, void) AS (
        SELECT 0, ';'
        UNION ALL
        SELECT r.number, CASE WHEN instr(p.void, ';' || r.action || ';') > 0 THEN p.void ELSE p.void || r.names || ';' END
        FROM past p JOIN redo r ON r.number = p.number + 1),
    void (first, last) AS (
        SELECT DISTINCT u.names, u.names + coalesce(a.entries, 1) - 1
        FROM undo u LEFT JOIN action a ON a.id = u.names
        WHERE instr((SELECT void FROM past ORDER BY number DESC LIMIT 1), ';' || u.action || ';') = 0)
SELECT e.id FROM void v JOIN event e ON e.id BETWEEN v.first AND v.last
UNION
SELECT f.id FROM void v JOIN fact f ON f.id BETWEEN v.first AND v.last;

-- The cards that are there; those of deleted notes are not. `text` is the first field of the note, as it is written.
CREATE VIEW cards AS
SELECT lower(hex(u.uid)) || '-' || o.value AS card,
       coalesce(k.name_id || '/' || n.key, lower(hex(substr(u.uid, 1, 10))))
           || iif(json_array_length(n.ordinals) > 1, '#' || o.value, '') AS name,
       k.name_id AS deck, n.key, o.value AS ordinal, json_extract(x.body, '$.kind') AS kind,
       coalesce(json_extract(x.body, '$.fields.front[0]'), json_extract(x.body, '$.fields.front'),
                json_extract(x.body, '$.fields.prompt[0]'), json_extract(x.body, '$.fields.prompt'),
                json_extract(x.body, '$.fields.text')) AS text,
       coalesce(n.tags, json_extract(x.body, '$.tags'), '[]') AS tags, t.name_id AS topic, t.title AS topic_title,
       CASE WHEN s.suspended = 1 THEN 'suspended' WHEN s.repetitions IS NULL THEN 'new'
            WHEN s.repetitions < 2 THEN 'learning' ELSE 'review' END AS state,
       strftime('%Y-%m-%d', s.due * 86400, 'unixepoch') AS due, s.interval_days, s.ease / 100.0 AS ease,
       s.stability / 1e9 AS stability, s.difficulty / 1e6 AS difficulty, s.repetitions, s.lapses,
       coalesce(s.answers, 0) AS answers,
       strftime('%Y-%m-%d', s.last_day * 86400, 'unixepoch') AS last_day, s.last_quality,
       strftime('%Y-%m-%d', s.buried_until * 86400, 'unixepoch') AS buried_until, coalesce(s.suspended, 0) AS suspended,
       coalesce(s.marked, 0) AS marked, coalesce(s.flag, 0) AS flag, n.held_out
FROM note n JOIN note_name u ON u.id = n.id JOIN deck k ON k.id = n.deck CROSS JOIN json_each(coalesce(n.ordinals, '[1]')) o
LEFT JOIN topic t ON t.id = n.topic LEFT JOIN text x ON x.id = coalesce(n.own, n.source)
LEFT JOIN card_state s ON s.card = n.id << 9 | o.value
WHERE n.retired = 0;

-- The answers that count, those of other programs and of check-ups too: not those that were undone, and a record of another
-- program once.
CREATE VIEW answers AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (e.hlc - coalesce(d.ahead, 0)) / 1000 + e.offset_min * 60, 'unixepoch')
           || printf('%s%02d:%02d', iif(e.offset_min < 0, '-', '+'), abs(e.offset_min) / 60, abs(e.offset_min) % 60) AS at,
       strftime('%Y-%m-%d', e.study_day * 86400, 'unixepoch') AS day,
       lower(hex(u.uid)) || '-' || (e.card & 511) AS card,
       coalesce(k.name_id || '/' || n.key, lower(hex(substr(u.uid, 1, 10))))
           || iif(json_array_length(n.ordinals) > 1, '#' || (e.card & 511), '') AS name,
       k.name_id AS deck, t.name_id AS topic,
       CASE e.kind WHEN 1 THEN 'answered' WHEN 2 THEN 'crammed' WHEN 12 THEN 'imported' WHEN 15 THEN 'checked' END AS kind,
       e.quality, CASE e.quality WHEN 3 THEN 'hard' WHEN 4 THEN 'good' WHEN 5 THEN 'easy' ELSE 'again' END AS grade,
       e.took_ms / 1000.0 AS seconds,
       CASE d.asked WHEN 1 THEN 'type' WHEN 2 THEN 'choose' WHEN 3 THEN 'sort' WHEN 4 THEN 'list' WHEN 5 THEN 'order' END
           AS asked,
       json_extract(x.body, '$.response') AS response, json_extract(x.body, '$.expected') AS expected,
       d.suggested, coalesce(d.guessed, 0) AS guessed, d.confidence, d.program, w.name AS device
FROM event e JOIN note_name u ON u.id = e.card >> 9 JOIN device w ON w.id = e.id >> 32
LEFT JOIN note n ON n.id = u.id LEFT JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic
LEFT JOIN event_detail d ON d.id = e.id LEFT JOIN text x ON x.id = d.id
LEFT JOIN undone z ON z.id = e.id
WHERE e.kind IN (1, 2, 12, 15) AND z.id IS NULL
  AND (d.program IS NULL OR NOT EXISTS (
      SELECT 1 FROM event o JOIN event_detail f ON f.id = o.id JOIN device v ON v.id = o.id >> 32
                            LEFT JOIN undone y ON y.id = o.id
      WHERE o.card = e.card AND o.kind = e.kind AND f.program = d.program AND f.foreign_id = d.foreign_id AND y.id IS NULL
        AND (o.hlc < e.hlc OR o.hlc = e.hlc AND (v.uuid < w.uuid OR v.uuid = w.uuid AND o.id < e.id))));

-- The first entries of all steps: of those with a row of their own, and the lone events. (`kind > 0` makes SQLite go through
-- events in the order in which they lie.)
CREATE VIEW step AS
SELECT id FROM action
UNION ALL
SELECT e.id
FROM event e LEFT JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= e.id) AND a.id + a.entries > e.id
WHERE e.kind > 0 AND a.id IS NULL;

-- The steps. `name` is the card, note or deck that the first entry is about, `words` its tag, key, name, setting or topic; `undoes`
-- is the step that an undo takes back.
CREATE VIEW actions AS
SELECT lower(hex(w.uuid)) || '-' || (s.id & 4294967295) AS action,
       strftime('%Y-%m-%dT%H:%M:%S', iif(a.id IS NULL, e.hlc - coalesce(d.ahead, 0), a.hlc - coalesce(a.ahead, 0)) / 1000
                                         + coalesce(a.offset_min, e.offset_min) * 60, 'unixepoch')
           || printf('%s%02d:%02d', iif(coalesce(a.offset_min, e.offset_min) < 0, '-', '+'),
                     abs(coalesce(a.offset_min, e.offset_min)) / 60, abs(coalesce(a.offset_min, e.offset_min)) % 60) AS at,
       strftime('%Y-%m-%d', coalesce(a.study_day, e.study_day) * 86400, 'unixepoch') AS day,
       CASE a.kind WHEN 1 THEN 'answer' WHEN 2 THEN 'checkup' WHEN 3 THEN 'bury' WHEN 4 THEN 'suspend' WHEN 5 THEN 'mark'
                   WHEN 6 THEN 'flag' WHEN 7 THEN 'schedule' WHEN 8 THEN 'add' WHEN 9 THEN 'import' WHEN 10 THEN 'builtin'
                   WHEN 11 THEN 'edit' WHEN 12 THEN 'tag' WHEN 13 THEN 'move' WHEN 14 THEN 'delete' WHEN 15 THEN 'revive'
                   WHEN 16 THEN 'rename' WHEN 17 THEN 'configure' WHEN 18 THEN 'pause' WHEN 19 THEN 'scheduler'
                   WHEN 20 THEN 'undo' WHEN 21 THEN 'forget' WHEN 22 THEN 'fork' WHEN 23 THEN 'tried'
                   WHEN 24 THEN 'deck'
           ELSE CASE e.kind WHEN 1 THEN 'answer' WHEN 2 THEN 'answer' WHEN 3 THEN 'schedule' WHEN 4 THEN 'schedule'
                            WHEN 5 THEN 'suspend' WHEN 6 THEN 'suspend' WHEN 7 THEN 'bury' WHEN 8 THEN 'bury'
                            WHEN 9 THEN 'mark' WHEN 10 THEN 'mark' WHEN 11 THEN 'flag' WHEN 12 THEN 'import'
                            WHEN 13 THEN 'import' WHEN 14 THEN 'edit' WHEN 15 THEN 'checkup' END
       END AS kind,
       CASE WHEN a.id IS NULL THEN 'card:' || lower(hex(u.uid)) || '-' || (e.card & 511)
            WHEN substr(a.subject, 1, 4) = 'day:'
            THEN 'day:' || strftime('%Y-%m-%d', substr(a.subject, 5) * 86400, 'unixepoch')
            ELSE a.subject END AS subject,
       iif(u.id IS NULL, k.name_id, coalesce(k.name_id || '/' || n.key, lower(hex(substr(u.uid, 1, 10))))) AS name,
       iif(f.kind IN (6, 7, 11, 14, 18, 23), x.body, NULL) AS words,
       iif(f.kind = 17, lower(hex(v.uuid)) || '-' || (f.arg & 4294967295), NULL) AS undoes,
       coalesce(a.entries, 1) AS entries, iif(z.id IS NULL, 0, 1) AS undone, w.name AS device
FROM step s JOIN device w ON w.id = s.id >> 32 LEFT JOIN action a ON a.id = s.id LEFT JOIN event e ON e.id = s.id
LEFT JOIN event_detail d ON d.id = e.id LEFT JOIN fact f ON f.id = s.id LEFT JOIN text x ON x.id = f.id
LEFT JOIN note_name u ON u.id = coalesce(e.card >> 9, iif(f.subject > 0, f.subject, NULL))
LEFT JOIN note n ON n.id = u.id LEFT JOIN deck k ON k.id = iif(u.id IS NULL, -f.subject, n.deck)
LEFT JOIN device v ON v.id = f.arg >> 32 LEFT JOIN undone z ON z.id = s.id;

-- The topics of decks, with the notes of each and what all answers to their cards add up to: `recalled` of `reviews`.
CREATE VIEW topics AS
SELECT k.name_id AS deck, t.name_id AS topic, t.title, t.position, coalesce(n.notes, 0) AS notes,
       coalesce(s.answers, 0) AS answers, coalesce(s.reviews, 0) AS reviews, coalesce(s.recalled, 0) AS recalled,
       coalesce(s.minutes, 0.0) AS minutes, t.primer, t.try_line
FROM topic t JOIN deck k ON k.id = t.deck
LEFT JOIN (SELECT topic, count(*) AS notes FROM note WHERE retired = 0 GROUP BY topic) n ON n.topic = t.id
LEFT JOIN (SELECT topic, sum(answers) AS answers, sum(counted) AS reviews, sum(passed) AS recalled,
                  sum(time_ms) / 60000.0 AS minutes FROM topic_sum GROUP BY topic) s ON s.topic = t.id
WHERE t.position IS NOT NULL OR n.notes > 0 OR s.answers > 0;
