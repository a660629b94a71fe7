DELETE FROM schema_levels WHERE migration = '20261128091000';
