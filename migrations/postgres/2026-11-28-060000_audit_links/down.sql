-- Fails if an entry has no number yet, which an earlier release could not show.
ALTER TABLE audit ALTER COLUMN id DROP IDENTITY;
ALTER TABLE audit ADD COLUMN hash TEXT;
UPDATE audit SET hash = (SELECT hash FROM audit_links WHERE entry_id = id),
    id = -(SELECT number FROM audit_links WHERE entry_id = id);
UPDATE audit SET id = -id;
ALTER TABLE audit ALTER COLUMN hash SET NOT NULL;
ALTER TABLE audit RENAME COLUMN id TO number;
DROP TABLE audit_links;
DROP TABLE audit_gaps;
DROP TABLE name_lock;
CREATE INDEX audit_by_user ON audit (user_id, number);
CREATE INDEX audit_by_action ON audit (action, number);
ALTER TABLE audit_head DROP COLUMN entry_id;
DELETE FROM schema_levels WHERE migration = '20261128060000';
