-- The API keys of users. id names a key to people and proves nothing: a random number below 2^53.
-- hash is the SHA-256 of the secret, which has 256 random bits and is kept nowhere; prefix is the
-- beginning of it, by which people recognize it. scopes has words with commas between. Times are in
-- seconds since 1970-01-01T00:00:00Z; expire_time is null for a key that never expires, and
-- last_use until a use is recorded.
CREATE TABLE api_keys (
    id          INTEGER NOT NULL PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash        BLOB    NOT NULL UNIQUE,
    prefix      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    create_time INTEGER NOT NULL,
    expire_time INTEGER,
    last_use    INTEGER
) STRICT;

CREATE INDEX api_keys_by_user ON api_keys (user_id);

-- An earlier release would leave the keys of a user whose password it changes.
INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128070000', 3, 3);
