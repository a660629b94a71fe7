-- key is what a request names its session by, and no secret: the token that signs is derived from it
-- with a secret that is kept elsewhere.
-- last_active is in seconds since 1970-01-01T00:00:00Z.
CREATE TABLE sessions (
    key         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_active BIGINT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, last_active);
CREATE INDEX sessions_by_last_active ON sessions (last_active);
