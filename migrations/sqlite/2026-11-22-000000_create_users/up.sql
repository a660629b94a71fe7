-- name_key and email_key are what names and addresses are compared by: case and Unicode form
-- folded away by the domain, so that every backend agrees on what is equal.
-- create_time is in seconds since 1970-01-01T00:00:00Z.
-- AUTOINCREMENT: the id of a deleted user is never given to another.
CREATE TABLE users (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    version       INTEGER NOT NULL,
    create_time   INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL UNIQUE,
    email         TEXT,
    email_key     TEXT    UNIQUE,
    status        TEXT    NOT NULL CHECK (status IN ('ENABLED', 'DISABLED')),
    password_hash TEXT    NOT NULL,
    CHECK ((email IS NULL) = (email_key IS NULL))
) STRICT;

CREATE TABLE user_roles (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name    TEXT    NOT NULL,
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_roles_by_name ON user_roles (name, user_id);
