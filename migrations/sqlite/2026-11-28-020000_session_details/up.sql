-- id names a session to people and signs nothing: a random number below 2^53, which JavaScript can
-- hold. begin_time and last_active are in seconds since 1970-01-01T00:00:00Z; a session from
-- before is taken to have begun when it was last used. address is where the last recorded use came
-- from, null until there is one. The defaults are for the previous release, which may write beside
-- this one. SQLite adds no column with such a default, so that the table is made again.
CREATE TABLE sessions_with_details (
    key         TEXT    NOT NULL PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_active INTEGER NOT NULL,
    id          INTEGER NOT NULL UNIQUE DEFAULT (max(1, random() & 9007199254740991)),
    begin_time  INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)),
    address     TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_with_details (key, user_id, last_active, begin_time)
SELECT key, user_id, last_active, last_active FROM sessions;

DROP TABLE sessions;
ALTER TABLE sessions_with_details RENAME TO sessions;

CREATE INDEX sessions_by_user ON sessions (user_id, last_active);
CREATE INDEX sessions_by_last_active ON sessions (last_active);

-- The signatures that a process remembered when it stopped, for the next one that starts, which
-- takes the row away: after a kill there is none.
CREATE TABLE used_signatures (
    id         INTEGER NOT NULL PRIMARY KEY,
    remembered BLOB    NOT NULL
) STRICT;
