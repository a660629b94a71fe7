DELETE FROM schema_levels WHERE migration = '20261128081000';
DROP TABLE reset_codes;
