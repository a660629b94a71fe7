-- The oldest entries of the audit log can be moved to an archive. This row has the number and the hash of the last
-- removed entry, behind which the log begins; number 0 if none was removed.
CREATE TABLE audit_anchor (
    id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    hash   TEXT    NOT NULL
);

INSERT INTO audit_anchor (id, number, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- An earlier release takes the entries of an archive for missing ones, and a page with an entry AUDIT_ARCHIVED for
-- damaged.
INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128090000', 6, 6);
