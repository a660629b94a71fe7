-- For pages in the order of times, and for pages of those who are disabled, who are few.
CREATE INDEX users_by_create_time ON users (create_time, id);
CREATE INDEX users_disabled ON users (id) WHERE status = 'DISABLED';
