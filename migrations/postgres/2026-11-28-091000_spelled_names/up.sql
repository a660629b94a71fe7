-- PostgreSQL sorts the names of a list, so that no change has another index to write: there is an index on SQLite only.
INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128091000', 7, 6);
