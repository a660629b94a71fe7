DELETE FROM schema_levels WHERE migration = '20261128080000';
DROP INDEX audit_by_time;
DROP INDEX audit_by_actor;
