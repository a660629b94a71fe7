-- The highest bcrypt cost that any password hash in the store has had; 0 if there was none. Every
-- check that fails takes as much work as a hash of this cost, so that its time does not tell whose
-- hash it was made against, or that there was none. Raised before a hash of a higher cost is
-- written, and never lowered.
CREATE TABLE hash_cost (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    cost INTEGER NOT NULL CHECK (cost BETWEEN 0 AND 16)
) STRICT;

INSERT INTO hash_cost (id, cost)
SELECT 1, coalesce(max(CAST(substr(password_hash, 5, 2) AS INTEGER)), 0)
FROM users
WHERE password_hash GLOB '$2[aby]$[0-9][0-9]$*'
    AND CAST(substr(password_hash, 5, 2) AS INTEGER) BETWEEN 4 AND 16;
