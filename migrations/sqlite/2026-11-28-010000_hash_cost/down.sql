DROP TABLE hash_cost;
