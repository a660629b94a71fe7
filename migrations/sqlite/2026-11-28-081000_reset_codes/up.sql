-- Codes by which a person without a password sets one, at most one for each user. hash is the SHA-256 of the code
-- in hexadecimal. expire_time is in seconds since 1970-01-01T00:00:00Z.
CREATE TABLE reset_codes (
    user_id     INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash        TEXT NOT NULL UNIQUE,
    expire_time INTEGER NOT NULL
) STRICT;

-- An earlier release does not end codes when it changes a password or disables a user, so it may not write.
INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128081000', 5, 5);
