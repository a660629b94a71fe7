DROP TABLE used_signatures;
ALTER TABLE sessions DROP COLUMN address, DROP COLUMN begin_time, DROP COLUMN id;
