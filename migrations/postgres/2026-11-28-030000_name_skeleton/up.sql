-- What a name looks like (Unicode Technical Standard 39): 'a' for a name in ASCII or 'u' for any other, and
-- the skeleton of name_key. NULL in rows of earlier releases, until a server has filled it in.
ALTER TABLE users ADD COLUMN name_skeleton TEXT COLLATE "C";

CREATE INDEX users_by_name_skeleton ON users (name_skeleton, id);
