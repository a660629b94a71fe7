DROP INDEX users_disabled;
DROP INDEX users_by_create_time;
