---- Widen a type ----

-- PostgreSQL
-- alter column users.email: type varchar(200): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "email" TYPE varchar(200);
-- MySQL
-- alter column users.email: type varchar(200): COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(200);
-- MariaDB
-- alter column users.email: type varchar(200): COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(200);
-- SQLite
-- alter column users.email: type varchar(200): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(200),
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

---- Change a type ----

-- PostgreSQL
-- alter column users.age: type bigint: ACCESS EXCLUSIVE on users (blocks reads and writes), copies the table
ALTER TABLE "users" ALTER COLUMN "age" TYPE bigint;
-- MySQL
-- alter column users.age: type bigint: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `age` bigint;
-- MariaDB
-- alter column users.age: type bigint: COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `age` bigint;
-- SQLite
-- alter column users.age: type bigint: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" bigint,
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

---- Change a type and convert the values ----

-- PostgreSQL
-- alter column orders.note: type integer: ACCESS EXCLUSIVE on orders (blocks reads and writes), copies the table
ALTER TABLE "orders" ALTER COLUMN "note" TYPE integer USING length(note);
-- MySQL
-- (nothing to do)
-- MariaDB
-- (nothing to do)
-- SQLite
-- alter column orders.note: type integer: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2),
    "note" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "fk_orders_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", length(note)
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

---- Forbid NULL ----

-- PostgreSQL
-- alter column orders.note: NOT NULL: ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL;
-- MySQL
-- alter column orders.note: NOT NULL: INPLACE, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `orders` MODIFY COLUMN `note` varchar(200) NOT NULL;
-- MariaDB
-- alter column orders.note: NOT NULL: INPLACE, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `orders` MODIFY COLUMN `note` varchar(200) NOT NULL;
-- SQLite
-- alter column orders.note: NOT NULL: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2),
    "note" varchar(200) NOT NULL,
    PRIMARY KEY ("id"),
    CONSTRAINT "fk_orders_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", "note"
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

---- Allow NULL ----

-- PostgreSQL
-- alter column users.name: NULL: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "name" DROP NOT NULL;
-- MySQL
-- alter column users.name: NULL: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `name` varchar(50) DEFAULT '';
-- MariaDB
-- alter column users.name: NULL: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `name` varchar(50) DEFAULT '';
-- SQLite
-- alter column users.name: NULL: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) DEFAULT '',
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

---- Set a default ----

-- PostgreSQL
-- alter column users.age: default 18: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "age" SET DEFAULT 18;
-- MySQL
-- alter column users.age: default 18: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ALTER COLUMN `age` SET DEFAULT 18;
-- MariaDB
-- alter column users.age: default 18: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ALTER COLUMN `age` SET DEFAULT 18;
-- SQLite
-- alter column users.age: default 18: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer DEFAULT 18,
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

---- Remove a default ----

-- PostgreSQL
-- alter column users.name: no default: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "name" DROP DEFAULT;
-- MySQL
-- alter column users.name: no default: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ALTER COLUMN `name` DROP DEFAULT;
-- MariaDB
-- alter column users.name: no default: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` ALTER COLUMN `name` DROP DEFAULT;
-- SQLite
-- alter column users.name: no default: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL,
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

---- Change several attributes of a column ----

-- PostgreSQL
-- alter column orders.total: type decimal(14,2), NOT NULL, default 0: ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
ALTER TABLE "orders" ALTER COLUMN "total" TYPE decimal(14,2);
ALTER TABLE "orders" ALTER COLUMN "total" SET NOT NULL;
ALTER TABLE "orders" ALTER COLUMN "total" SET DEFAULT 0;
-- MySQL
-- alter column orders.total: type decimal(14,2), NOT NULL, default 0: COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
ALTER TABLE `orders` MODIFY COLUMN `total` decimal(14,2) NOT NULL DEFAULT 0;
-- MariaDB
-- alter column orders.total: type decimal(14,2), NOT NULL, default 0: COPY, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `orders` MODIFY COLUMN `total` decimal(14,2) NOT NULL DEFAULT 0;
-- SQLite
-- alter column orders.total: type decimal(14,2), NOT NULL, default 0: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(14,2) NOT NULL DEFAULT 0,
    "note" varchar(200),
    PRIMARY KEY ("id"),
    CONSTRAINT "fk_orders_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", "note"
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

---- Comment a column ----

-- PostgreSQL
-- alter column users.age: comment in years: SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
COMMENT ON COLUMN "users"."age" IS 'in years';
-- MySQL
-- alter column users.age: comment in years: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `age` integer COMMENT 'in years';
-- MariaDB
-- alter column users.age: comment in years: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `age` integer COMMENT 'in years';
-- SQLite
-- (nothing to do)

---- Change a collation ----

-- PostgreSQL
-- alter column users.email: collation C: ACCESS EXCLUSIVE on users (blocks reads and writes), builds an index
ALTER TABLE "users" ALTER COLUMN "email" TYPE varchar(100) COLLATE "C";
-- MySQL
-- alter column users.email: charset latin1, collation latin1_bin: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) CHARACTER SET latin1 COLLATE latin1_bin;
-- MariaDB
-- alter column users.email: charset latin1, collation latin1_bin: COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) CHARACTER SET latin1 COLLATE latin1_bin;
-- SQLite
-- alter column users.email: collation NOCASE: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100) COLLATE NOCASE,
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

---- Change an option of a column ----

-- PostgreSQL
-- alter column users.email: storage external: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "email" SET STORAGE external;
-- MySQL
-- alter column users.email: invisible: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) INVISIBLE;
-- MariaDB
-- alter column users.email: invisible: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) INVISIBLE;
-- SQLite
-- alter column users.name: on_conflict IGNORE: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL ON CONFLICT IGNORE DEFAULT '',
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

---- Let a column number itself ----

-- PostgreSQL
-- alter column users.id: identity by_default: ACCESS EXCLUSIVE on users (blocks reads and writes), reads every row
ALTER TABLE "users" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY;
SELECT setval('"users_id_seq"'::regclass, max("id")) FROM "users" HAVING max("id") IS NOT NULL;
-- MySQL
-- alter column users.id: identity auto_increment: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- MariaDB
-- alter column users.id: identity auto_increment: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- SQLite
-- alter column users.id: identity auto_increment: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
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

---- Let a column number itself with a serial ----

-- PostgreSQL
-- alter column users.id: identity serial: ACCESS EXCLUSIVE on users (blocks reads and writes), reads every row
CREATE SEQUENCE "users_id_seq" AS bigint;
ALTER TABLE "users" ALTER COLUMN "id" SET DEFAULT nextval('"users_id_seq"'::regclass);
ALTER SEQUENCE "users_id_seq" OWNED BY "users"."id";
SELECT setval('"users_id_seq"'::regclass, max("id")) FROM "users" HAVING max("id") IS NOT NULL;
-- MySQL
-- alter column users.id: identity auto_increment: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- MariaDB
-- alter column users.id: identity auto_increment: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
-- SQLite
-- alter column users.id: identity auto_increment: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
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

---- No longer let a column number itself ----

-- PostgreSQL
-- alter column logs.id: no identity: ACCESS EXCLUSIVE on logs (blocks reads and writes)
ALTER TABLE "logs" ALTER COLUMN "id" DROP IDENTITY;
-- MySQL
-- alter column logs.id: no identity: COPY, LOCK=SHARED on logs (blocks writes), copies the table, not transactional
ALTER TABLE `logs` MODIFY COLUMN `id` bigint NOT NULL;
-- MariaDB
-- alter column logs.id: no identity: COPY, LOCK=SHARED on logs (blocks writes), copies the table, not transactional
ALTER TABLE `logs` MODIFY COLUMN `id` bigint NOT NULL;
-- SQLite
-- alter column logs.id: no identity: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_logs" (
    "id" INTEGER NOT NULL PRIMARY KEY
);
INSERT OR ABORT INTO "retort_new_logs" ("id")
SELECT "id"
FROM "logs";
-- must find no row: rebuild of logs: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_logs") || ' of ' || (SELECT count(*) FROM "logs")
WHERE (SELECT count(*) FROM "retort_new_logs") <> (SELECT count(*) FROM "logs");
DROP TABLE "logs";
ALTER TABLE "retort_new_logs" RENAME TO "logs";

---- Change the expression of a generated column ----

-- PostgreSQL
-- alter column users.label: generated as email: ACCESS EXCLUSIVE on users (blocks reads and writes), copies the table
ALTER TABLE "users" ALTER COLUMN "label" SET EXPRESSION AS (email);
-- MySQL
-- alter column users.label: generated as email: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `label` varchar(60) GENERATED ALWAYS AS (email) STORED;
-- MariaDB
-- alter column users.label: generated as email: COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `label` varchar(60) GENERATED ALWAYS AS (email) STORED;
-- SQLite
-- alter column users.label: generated as email: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "label" varchar(60) GENERATED ALWAYS AS (email) STORED,
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

---- Turn a generated column into a plain one ----

-- PostgreSQL
-- alter column users.label: not generated: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "label" DROP EXPRESSION;
-- MySQL
-- alter column users.label: not generated: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `label` varchar(60);
-- MariaDB
-- alter column users.label: not generated: COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `label` varchar(60);
-- SQLite
-- alter column users.label: not generated: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "label" varchar(60),
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0)
);
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age", "label")
SELECT rowid, "id", "name", "email", "age", "label"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Move a column ----

-- PostgreSQL
-- (nothing to do)
-- MySQL
-- alter column users.email: position: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) AFTER `id`;
-- MariaDB
-- alter column users.email: position: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) AFTER `id`;
-- SQLite
-- (nothing to do)

---- Move a column to the front ----

-- PostgreSQL
-- (nothing to do)
-- MySQL
-- alter column users.email: position: INPLACE, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) FIRST;
-- MariaDB
-- alter column users.email: position: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` MODIFY COLUMN `email` varchar(100) FIRST;
-- SQLite
-- (nothing to do)

---- Change a column without a moment of waiting ----

-- PostgreSQL
-- alter column users.age: default 18: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ALTER COLUMN "age" SET DEFAULT 18;
-- MySQL
-- alter column users.age: default 18: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  ALTER COLUMN `age` SET DEFAULT 18,
  ALGORITHM=INSTANT;
-- MariaDB
-- alter column users.age: default 18: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  ALTER COLUMN `age` SET DEFAULT 18,
  ALGORITHM=INSTANT;
-- SQLite
-- alter column users.age: default 18: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer DEFAULT 18,
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

---- Change types step by step ----

-- PostgreSQL
-- alter column users.age: type bigint: ACCESS EXCLUSIVE on users (blocks reads and writes), copies the table
-- alter column users.name: type varchar(70): ACCESS EXCLUSIVE on users (blocks reads and writes)
-- alter column orders.total: type decimal(14,3): ACCESS EXCLUSIVE on orders (blocks reads and writes), copies the table
-- alter column orders.note: type varchar(300), NOT NULL: ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
ALTER TABLE "users" ALTER COLUMN "age" TYPE bigint;
ALTER TABLE "users" ALTER COLUMN "name" DROP DEFAULT;
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(70);
ALTER TABLE "users" ALTER COLUMN "name" SET DEFAULT '';
ALTER TABLE "orders"
    ALTER COLUMN "total" TYPE decimal(14,3),
    ALTER COLUMN "note" TYPE varchar(300);
ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL;
-- MySQL
-- alter column users.age: type bigint: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
-- alter column users.name: type varchar(70): COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
-- alter column orders.total: type decimal(14,3): COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
-- alter column orders.note: type varchar(300), NOT NULL: COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
ALTER TABLE `users`
  MODIFY COLUMN `age` bigint,
  MODIFY COLUMN `name` varchar(70) NOT NULL DEFAULT '';
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(14,3),
  MODIFY COLUMN `note` varchar(300) NOT NULL;
-- MariaDB
-- alter column users.age: type bigint: COPY, LOCK=NONE on users, copies the table, not transactional
-- alter column users.name: type varchar(70): COPY, LOCK=NONE on users, copies the table, not transactional
-- alter column orders.total: type decimal(14,3): COPY, LOCK=NONE on orders, copies the table, not transactional
-- alter column orders.note: type varchar(300), NOT NULL: COPY, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `users`
  MODIFY COLUMN `age` bigint,
  MODIFY COLUMN `name` varchar(70) NOT NULL DEFAULT '';
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(14,3),
  MODIFY COLUMN `note` varchar(300) NOT NULL;
-- SQLite
-- alter column users.age: type bigint: RESERVED (blocks writes), copies the table, builds an index
-- alter column users.name: type varchar(70): RESERVED (blocks writes), copies the table, builds an index
-- alter column orders.total: type decimal(14,3): RESERVED (blocks writes), copies the table
-- alter column orders.note: type varchar(300), NOT NULL: RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(70) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" bigint,
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
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(14,3),
    "note" varchar(300) NOT NULL,
    PRIMARY KEY ("id"),
    CONSTRAINT "fk_orders_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", "note"
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

---- Change a table step by step ----

-- PostgreSQL
-- alter column orders.total: NOT NULL: ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
-- alter column orders.note: type varchar(300): ACCESS EXCLUSIVE on orders (blocks reads and writes)
-- add check ck_orders_total on orders (total >= 0): ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
ALTER TABLE "orders"
    ALTER COLUMN "total" SET NOT NULL,
    ALTER COLUMN "note" TYPE varchar(300),
    ADD CONSTRAINT "ck_orders_total" CHECK (total >= 0);
-- MySQL
-- alter column orders.total: NOT NULL: INPLACE, LOCK=NONE on orders, copies the table, not transactional
-- alter column orders.note: type varchar(300): COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
-- add check ck_orders_total on orders (total >= 0): COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(12,2) NOT NULL,
  MODIFY COLUMN `note` varchar(300),
  ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0);
-- MariaDB
-- alter column orders.total: NOT NULL: INPLACE, LOCK=NONE on orders, copies the table, not transactional
-- alter column orders.note: type varchar(300): COPY, LOCK=NONE on orders, copies the table, not transactional
-- add check ck_orders_total on orders (total >= 0): COPY, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(12,2) NOT NULL,
  MODIFY COLUMN `note` varchar(300),
  ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0);
-- SQLite
-- alter column orders.total: NOT NULL: RESERVED (blocks writes), copies the table
-- alter column orders.note: type varchar(300): RESERVED (blocks writes), copies the table
-- add check ck_orders_total on orders (total >= 0): RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2) NOT NULL,
    "note" varchar(300),
    PRIMARY KEY ("id"),
    CONSTRAINT "ck_orders_total" CHECK (total >= 0),
    CONSTRAINT "fk_orders_user_id" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);
INSERT OR ABORT INTO "retort_new_orders" (rowid, "id", "user_id", "total", "note")
SELECT rowid, "id", "user_id", "total", "note"
FROM "orders";
-- must find no row: rebuild of orders: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_orders") || ' of ' || (SELECT count(*) FROM "orders")
WHERE (SELECT count(*) FROM "retort_new_orders") <> (SELECT count(*) FROM "orders");
DROP TABLE "orders";
ALTER TABLE "retort_new_orders" RENAME TO "orders";

