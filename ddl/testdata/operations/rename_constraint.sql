---- Rename a constraint ----

-- PostgreSQL
-- rename unique uq_users_email on users to uq_users_mail: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" RENAME CONSTRAINT "uq_users_email" TO "uq_users_mail";
-- MySQL
-- rename unique uq_users_email on users to uq_users_mail: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` RENAME INDEX `uq_users_email` TO `uq_users_mail`;
-- MariaDB
-- rename unique uq_users_email on users to uq_users_mail: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` RENAME INDEX `uq_users_email` TO `uq_users_mail`;
-- SQLite
-- rename unique uq_users_email on users to uq_users_mail: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_mail" UNIQUE ("email"),
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

