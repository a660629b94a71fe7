-- How often the password has been set since the user was made. A renewed hash is of the same password
-- and leaves it.
ALTER TABLE users ADD COLUMN password_version BIGINT NOT NULL DEFAULT 0;
