-- format says which fields of an entry there are, and how its hash is made of them: 1 is that of release 0.1.0,
-- also of entries that its processes write beside those of later releases. From 2 on request_id is the server's own
-- id of the request, and client_request_id the client's.
ALTER TABLE audit ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN client_request_id TEXT;
