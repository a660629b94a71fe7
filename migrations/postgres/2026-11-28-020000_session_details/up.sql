-- id names a session to people and signs nothing: a random number below 2^53, which JavaScript can
-- hold. begin_time and last_active are in seconds since 1970-01-01T00:00:00Z; a session from
-- before is taken to have begun when it was last used. address is where the last recorded use came
-- from, null until there is one. The defaults are for the previous release, which may write beside
-- this one. The number is made of two halves, since random() may have fewer bits than it.
ALTER TABLE sessions
    ADD COLUMN id BIGINT NOT NULL CONSTRAINT sessions_id UNIQUE DEFAULT
        (floor(random() * 67108864)::BIGINT * 134217728 + floor(random() * 134217727)::BIGINT + 1),
    ADD COLUMN begin_time BIGINT NOT NULL DEFAULT floor(extract(epoch FROM now()))::BIGINT,
    ADD COLUMN address TEXT;

UPDATE sessions SET begin_time = last_active;
