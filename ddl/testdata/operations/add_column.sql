---- Add a column ----

-- PostgreSQL
-- add column users.phone varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);
-- MySQL
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32);
-- MariaDB
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32);
-- SQLite
-- add column users.phone varchar(32): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);

---- Add a column with a constant default ----

-- PostgreSQL
-- add column users.active boolean: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "active" boolean DEFAULT TRUE NOT NULL;
-- MySQL
-- add column users.active boolean: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `active` boolean NOT NULL DEFAULT TRUE;
-- MariaDB
-- add column users.active boolean: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `active` boolean NOT NULL DEFAULT TRUE;
-- SQLite
-- add column users.active boolean: RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "active" boolean NOT NULL DEFAULT TRUE;

---- Add a column with a default that is computed ----

-- PostgreSQL
-- add column users.seen_at timestamptz: ACCESS EXCLUSIVE on users (blocks reads and writes), copies the table
ALTER TABLE "users" ADD COLUMN "seen_at" timestamptz DEFAULT clock_timestamp();
-- MySQL
-- add column users.seen_at datetime(6): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `seen_at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6);
-- MariaDB
-- add column users.seen_at datetime(6): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `seen_at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6);
-- SQLite
-- add column users.seen_at timestamp: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "seen_at" timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
);
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age")
SELECT rowid, "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Add a generated column ----

-- PostgreSQL
-- add column users.label varchar(60): ACCESS EXCLUSIVE on users (blocks reads and writes), copies the table
ALTER TABLE "users" ADD COLUMN "label" varchar(60) GENERATED ALWAYS AS (name) STORED;
-- MySQL
-- add column users.label varchar(60): COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` ADD COLUMN `label` varchar(60) GENERATED ALWAYS AS (name) STORED;
-- MariaDB
-- add column users.label varchar(60): COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ADD COLUMN `label` varchar(60) GENERATED ALWAYS AS (name) STORED;
-- SQLite
-- add column users.label varchar(60): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "label" varchar(60) GENERATED ALWAYS AS (name) STORED,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
);
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age")
SELECT rowid, "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Add a generated column that is computed when it is read ----

-- PostgreSQL
-- add column users.label varchar(60): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "label" varchar(60) GENERATED ALWAYS AS (name) VIRTUAL;
-- MySQL
-- add column users.label varchar(60): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `label` varchar(60) GENERATED ALWAYS AS (name) VIRTUAL;
-- MariaDB
-- add column users.label varchar(60): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `label` varchar(60) GENERATED ALWAYS AS (name) VIRTUAL;
-- SQLite
-- add column users.label varchar(60): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "label" varchar(60) GENERATED ALWAYS AS (name) VIRTUAL;

---- Add a column that numbers itself ----

-- PostgreSQL
-- add column logs.id bigint: ACCESS EXCLUSIVE on logs (blocks reads and writes), copies the table
ALTER TABLE "logs" ADD COLUMN "id" bigserial;
-- MySQL
-- add column logs.id bigint: INPLACE, LOCK=SHARED on logs (blocks writes), copies the table, not transactional
ALTER TABLE `logs` ADD COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- MariaDB
-- add column logs.id bigint: INPLACE, LOCK=SHARED on logs (blocks writes), copies the table, not transactional
ALTER TABLE `logs` ADD COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- SQLite
-- SQLite cannot add column logs.id INTEGER: only the primary key can number itself, and id is not it alone

---- Add a column in a place ----

-- PostgreSQL
-- add column users.phone varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);
-- MySQL
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32) AFTER `id`;
-- MariaDB
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32) AFTER `id`;
-- SQLite
-- add column users.phone varchar(32): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);

---- Add the first column ----

-- PostgreSQL
-- add column users.phone varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);
-- MySQL
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32) FIRST;
-- MariaDB
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32) FIRST;
-- SQLite
-- add column users.phone varchar(32): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);

---- Add a column unless it is there ----

-- PostgreSQL
-- add column users.phone varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "phone" varchar(32);
-- MySQL
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32);
-- MariaDB
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `phone` varchar(32);
-- SQLite
-- add column users.phone varchar(32): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);

---- Add a column with everything ----

-- PostgreSQL
-- add column users.nick varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "nick" varchar(32) COLLATE "C" DEFAULT 'x' NOT NULL;
ALTER TABLE "users" ALTER COLUMN "nick" SET STORAGE external;
COMMENT ON COLUMN "users"."nick" IS 'it''s short';
-- MySQL
-- add column users.nick varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `nick` varchar(32) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x' INVISIBLE COMMENT 'it''s short';
-- MariaDB
-- add column users.nick varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ADD COLUMN `nick` varchar(32) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x' INVISIBLE COMMENT 'it''s short';
-- SQLite
-- add column users.nick varchar(32): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "nick" varchar(32) COLLATE NOCASE NOT NULL ON CONFLICT REPLACE DEFAULT 'x',
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
);
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age")
SELECT rowid, "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Add a column without a moment of waiting ----

-- PostgreSQL
-- add column users.phone varchar(32): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);
-- MySQL
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  ADD COLUMN `phone` varchar(32),
  ALGORITHM=INSTANT;
-- MariaDB
-- add column users.phone varchar(32): INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  ADD COLUMN `phone` varchar(32),
  ALGORITHM=INSTANT;
-- SQLite
-- add column users.phone varchar(32): RESERVED (blocks writes)
ALTER TABLE "users" ADD COLUMN "phone" varchar(32);

