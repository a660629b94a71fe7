DROP TABLE schema_levels;
