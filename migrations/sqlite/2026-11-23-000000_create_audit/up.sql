-- Who changed what: one row for each change, written with it and never changed. hash is of the row and,
-- through the hash of the row before, of all before it; audit_head has the number and the hash of the last
-- one, so that it is noticed if that is taken away. number is given without a gap.
-- time is in microseconds since 1970-01-01T00:00:00Z. changes is JSON: [[field, before, after], ...].
-- actor_id and user_id are of users who may be gone.
CREATE TABLE audit (
    number     INTEGER NOT NULL PRIMARY KEY,
    time       INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    actor_id   INTEGER,
    actor_name TEXT,
    action     TEXT    NOT NULL,
    user_id    INTEGER,
    user_name  TEXT,
    changes    TEXT    NOT NULL,
    address    TEXT,
    request_id TEXT,
    hash       TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_by_user ON audit (user_id, number);
CREATE INDEX audit_by_action ON audit (action, number);

CREATE TABLE audit_head (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash   TEXT    NOT NULL
) STRICT;

INSERT INTO audit_head (id, number, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
