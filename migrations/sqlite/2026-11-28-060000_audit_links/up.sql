-- A change inserts its entry. A linker gives entries their numbers and hashes at the end of each joint commit:
-- audit_links has a row for each entry that has a place in the chain, with copies of the columns by which the log is
-- listed. audit_head.entry_id is the highest id that a linker has seen. audit_gaps has the lower ids that it has not
-- seen, and since when: there are none on SQLite but those of a copy from PostgreSQL.
CREATE TABLE audit_links (
    number   INTEGER NOT NULL PRIMARY KEY,
    entry_id INTEGER NOT NULL UNIQUE,
    hash     TEXT    NOT NULL,
    time     INTEGER NOT NULL,
    actor_id INTEGER,
    action   TEXT    NOT NULL,
    user_id  INTEGER
) STRICT;

CREATE TABLE audit_gaps (
    id    INTEGER NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;

-- For PostgreSQL: changes of names that must not look like another one's lock this row.
CREATE TABLE name_lock (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    uses INTEGER NOT NULL
) STRICT;

INSERT INTO name_lock (id, uses) VALUES (1, 0);

INSERT INTO audit_links (number, entry_id, hash, time, actor_id, action, user_id)
SELECT number, number, hash, time, actor_id, action, user_id FROM audit;

DROP INDEX audit_by_user;
DROP INDEX audit_by_action;
CREATE INDEX audit_by_user ON audit_links (user_id, number);
CREATE INDEX audit_by_action ON audit_links (action, number);

ALTER TABLE audit DROP COLUMN hash;
ALTER TABLE audit RENAME COLUMN number TO id;

ALTER TABLE audit_head ADD COLUMN entry_id INTEGER NOT NULL DEFAULT 0;
UPDATE audit_head SET entry_id = number;

INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128060000', 2, 2);
