-- run with: psql -v ON_ERROR_STOP=1 -f FILE
-- downgrade b: create b
BEGIN;

DROP TABLE "t_b";

UPDATE "retort_version" SET "version_num" = 'a' WHERE "version_num" = 'b';

INSERT INTO "retort_history" ("revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome") VALUES ('b', 'downgrade', clock_timestamp(), clock_timestamp(), 0, 1, 1, 'CHECKSUM', '', 'done');

COMMIT;

-- downgrade a: create a
BEGIN;

DROP TABLE "t_a";

DELETE FROM "retort_version" WHERE "version_num" = 'a';

INSERT INTO "retort_history" ("revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome") VALUES ('a', 'downgrade', clock_timestamp(), clock_timestamp(), 0, 1, 1, 'CHECKSUM', '', 'done');

COMMIT;

