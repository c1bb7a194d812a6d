-- run with: sqlite3 -bail DATABASE <FILE
-- upgrade b: create b
BEGIN IMMEDIATE;

CREATE TABLE "t_b" (
    "id" bigint NOT NULL,
    "note" varchar(50),
    PRIMARY KEY ("id")
);

UPDATE "retort_version" SET "version_num" = 'b' WHERE "version_num" = 'a';

INSERT INTO "retort_history" ("revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome") VALUES ('b', 'upgrade', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 0, 1, 1, 'CHECKSUM', '', 'done');

COMMIT;

