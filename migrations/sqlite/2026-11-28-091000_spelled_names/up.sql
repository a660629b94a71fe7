-- For the list of all names. The index of name_key has most of them: this one has those that are spelled otherwise than
-- their keys, and nothing to write for the others.
CREATE INDEX users_spelled ON users (name_key, name) WHERE name <> name_key;

INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128091000', 7, 6);
