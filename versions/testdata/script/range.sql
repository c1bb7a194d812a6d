-- run with: psql -v ON_ERROR_STOP=1 -f FILE
-- upgrade b: create b
BEGIN;

CREATE TABLE "t_b" (
    "id" bigint NOT NULL,
    "note" varchar(50),
    PRIMARY KEY ("id")
);

UPDATE "retort_version" SET "version_num" = 'b' WHERE "version_num" = 'a';

INSERT INTO "retort_history" ("revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome") VALUES ('b', 'upgrade', clock_timestamp(), clock_timestamp(), 0, 1, 1, 'CHECKSUM', '', 'done');

COMMIT;

