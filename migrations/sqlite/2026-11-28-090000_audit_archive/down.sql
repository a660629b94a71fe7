-- Fails if entries were archived, which an earlier release would take for missing ones.
CREATE TABLE unarchived (number INTEGER NOT NULL CHECK (number = 0)) STRICT;
INSERT INTO unarchived SELECT number FROM audit_anchor;
DROP TABLE unarchived;
DROP TABLE audit_anchor;
DELETE FROM schema_levels WHERE migration = '20261128090000';
