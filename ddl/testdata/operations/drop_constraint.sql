---- Drop a primary key ----

-- PostgreSQL
-- drop primary key logs_pkey on logs: ACCESS EXCLUSIVE on logs (blocks reads and writes)
ALTER TABLE "logs" DROP CONSTRAINT "logs_pkey";
-- MySQL
-- drop primary key logs_pkey on logs: COPY, LOCK=SHARED on logs (blocks writes), copies the table, not transactional
ALTER TABLE `logs` DROP PRIMARY KEY;
-- MariaDB
-- drop primary key logs_pkey on logs: COPY, LOCK=NONE on logs, copies the table, not transactional
ALTER TABLE `logs` DROP PRIMARY KEY;
-- SQLite
-- drop primary key logs_pkey on logs: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_logs" (
    "id" bigint NOT NULL
);
INSERT OR ABORT INTO "retort_new_logs" (rowid, "id")
SELECT rowid, "id"
FROM "logs";
-- must find no row: rebuild of logs: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_logs") || ' of ' || (SELECT count(*) FROM "logs")
WHERE (SELECT count(*) FROM "retort_new_logs") <> (SELECT count(*) FROM "logs");
DROP TABLE "logs";
ALTER TABLE "retort_new_logs" RENAME TO "logs";

---- Drop a unique constraint ----

-- PostgreSQL
-- drop unique uq_users_email on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" DROP CONSTRAINT "uq_users_email";
-- MySQL
-- drop unique uq_users_email on users: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `uq_users_email`;
-- MariaDB
-- drop unique uq_users_email on users: NOCOPY, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `uq_users_email`;
-- SQLite
-- drop unique uq_users_email on users: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
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

---- Drop a foreign key ----

-- PostgreSQL
-- drop foreign key fk_orders_user_id on orders: ACCESS EXCLUSIVE on orders (blocks reads and writes), ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "orders" DROP CONSTRAINT "fk_orders_user_id";
-- MySQL
-- drop foreign key fk_orders_user_id on orders: INPLACE, LOCK=NONE on orders, not transactional
ALTER TABLE `orders`
  DROP FOREIGN KEY `fk_orders_user_id`,
  DROP INDEX `fk_orders_user_id`;
-- MariaDB
-- drop foreign key fk_orders_user_id on orders: NOCOPY, LOCK=NONE on orders, not transactional
ALTER TABLE `orders`
  DROP FOREIGN KEY `fk_orders_user_id`,
  DROP INDEX `fk_orders_user_id`;
-- SQLite
-- drop foreign key fk_orders_user_id on orders: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2),
    "note" varchar(200),
    PRIMARY KEY ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", "note"
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

---- Drop a check ----

-- PostgreSQL
-- drop check ck_users_age on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" DROP CONSTRAINT "ck_users_age";
-- MySQL
-- drop check ck_users_age on users: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP CHECK `ck_users_age`;
-- MariaDB
-- drop check ck_users_age on users: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP CONSTRAINT `ck_users_age`;
-- SQLite
-- drop check ck_users_age on users: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email")
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

---- Drop a constraint if it is there ----

-- PostgreSQL
-- drop check nothing on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" DROP CONSTRAINT IF EXISTS "nothing";
-- MySQL
-- (nothing to do)
-- MariaDB
-- (nothing to do)
-- SQLite
-- drop check nothing on users: RESERVED (blocks writes), copies the table, builds an index
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
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age")
SELECT rowid, "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Drop a constraint without a name ----

-- PostgreSQL
-- (not used here)
-- MySQL
-- (not used here)
-- MariaDB
-- (not used here)
-- SQLite
-- drop unnamed check on users (age < 200): RESERVED (blocks writes), copies the table, builds an index
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
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age")
SELECT rowid, "id", "name", "email", "age"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

