-- Which releases can use the schema. Each migration from this one on adds a row: level is one above
-- that of the migration before it, and lowest is the lowest level of a binary that may still write.
-- A binary knows its own level, which has nothing to do with its version number.
CREATE TABLE schema_levels (
    migration TEXT   NOT NULL PRIMARY KEY,
    level     BIGINT NOT NULL UNIQUE,
    lowest    BIGINT NOT NULL CHECK (lowest <= level)
);

INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128050000', 1, 0);
