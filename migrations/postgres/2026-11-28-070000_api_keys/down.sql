DELETE FROM schema_levels WHERE migration = '20261128070000';
DROP TABLE api_keys;
