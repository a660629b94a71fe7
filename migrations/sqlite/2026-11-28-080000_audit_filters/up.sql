-- For entries by the user who acted, and for entries of a span of time. Numbers end each index, since pages are in
-- their order; clocks of replicas differ, so that times are not quite in that order.
CREATE INDEX audit_by_actor ON audit_links (actor_id, number);
CREATE INDEX audit_by_time ON audit_links (time, number);

INSERT INTO schema_levels (migration, level, lowest) VALUES ('20261128080000', 4, 3);
