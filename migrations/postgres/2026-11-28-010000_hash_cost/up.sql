-- The highest bcrypt cost that any password hash in the store has had; 0 if there was none. Every
-- check that fails takes as much work as a hash of this cost, so that its time does not tell whose
-- hash it was made against, or that there was none. Raised before a hash of a higher cost is
-- written, and never lowered.
CREATE TABLE hash_cost (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    cost BIGINT NOT NULL CHECK (cost BETWEEN 0 AND 16)
);

-- The cost is two digits, so that costs compare as their texts do.
INSERT INTO hash_cost (id, cost)
SELECT 1, CAST(coalesce(max(substr(password_hash, 5, 2)), '0') AS BIGINT)
FROM users
WHERE password_hash ~ '^[$]2[aby][$](0[4-9]|1[0-6])[$]';
