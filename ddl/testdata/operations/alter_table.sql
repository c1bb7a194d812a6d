---- Comment a table ----

-- PostgreSQL
-- alter table users: comment "those who have signed up": SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
COMMENT ON TABLE "users" IS 'those who have signed up';
-- MySQL
-- alter table users: comment "those who have signed up": INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` COMMENT='those who have signed up';
-- MariaDB
-- alter table users: comment "those who have signed up": INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` COMMENT='those who have signed up';
-- SQLite
-- (not used here)

---- Change an option of a table ----

-- PostgreSQL
-- alter table users: set with=fillfactor=70: SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
ALTER TABLE "users" SET ("fillfactor"='70');
-- MySQL
-- alter table users: set row_format=COMPRESSED: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ROW_FORMAT=COMPRESSED;
-- MariaDB
-- alter table users: set row_format=COMPRESSED: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ROW_FORMAT=COMPRESSED;
-- SQLite
-- alter table users: set without_rowid: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
) WITHOUT ROWID;
INSERT OR ABORT INTO "retort_new_users" ("id", "name", "email", "age")
SELECT "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Remove an option of a table ----

-- PostgreSQL
-- alter table users: unset with: SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
ALTER TABLE "users" RESET ("fillfactor");
-- MySQL
-- alter table users: unset row_format: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ROW_FORMAT=DEFAULT;
-- MariaDB
-- alter table users: unset row_format: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ROW_FORMAT=DEFAULT;
-- SQLite
-- alter table users: unset without_rowid: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
);
INSERT OR ABORT INTO "retort_new_users" ("id", "name", "email", "age")
SELECT "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

