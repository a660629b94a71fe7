DROP TABLE used_signatures;

CREATE TABLE sessions_without_details (
    key         TEXT    NOT NULL PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_without_details (key, user_id, last_active)
SELECT key, user_id, last_active FROM sessions;

DROP TABLE sessions;
ALTER TABLE sessions_without_details RENAME TO sessions;

CREATE INDEX sessions_by_user ON sessions (user_id, last_active);
CREATE INDEX sessions_by_last_active ON sessions (last_active);
