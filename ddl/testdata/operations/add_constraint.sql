---- Add a primary key ----

-- PostgreSQL
-- add primary key on logs (id): ACCESS EXCLUSIVE on logs (blocks reads and writes), builds an index
ALTER TABLE "logs" ADD PRIMARY KEY ("id");
-- MySQL
-- add primary key on logs (id): INPLACE, LOCK=NONE on logs, copies the table, not transactional
ALTER TABLE `logs` ADD PRIMARY KEY (`id`);
-- MariaDB
-- add primary key on logs (id): INPLACE, LOCK=NONE on logs, copies the table, not transactional
ALTER TABLE `logs` ADD PRIMARY KEY (`id`);
-- SQLite
-- add primary key on logs (id): RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_logs" (
    "id" bigint NOT NULL,
    PRIMARY KEY ("id")
);
INSERT OR ABORT INTO "retort_new_logs" (rowid, "id")
SELECT rowid, "id"
FROM "logs";
-- must find no row: rebuild of logs: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_logs") || ' of ' || (SELECT count(*) FROM "logs")
WHERE (SELECT count(*) FROM "retort_new_logs") <> (SELECT count(*) FROM "logs");
DROP TABLE "logs";
ALTER TABLE "retort_new_logs" RENAME TO "logs";

---- Add a unique constraint ----

-- PostgreSQL
-- add unique uq_users_name_email on users (name, email): ACCESS EXCLUSIVE on users (blocks reads and writes), builds an index
ALTER TABLE "users" ADD CONSTRAINT "uq_users_name_email" UNIQUE ("name", "email");
-- MySQL
-- add unique uq_users_name_email on users (name, email): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD UNIQUE KEY `uq_users_name_email` (`name`, `email`);
-- MariaDB
-- add unique uq_users_name_email on users (name, email): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD UNIQUE KEY `uq_users_name_email` (`name`, `email`);
-- SQLite
-- add unique uq_users_name_email on users (name, email): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "uq_users_name_email" UNIQUE ("name", "email"),
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

---- Make an index a unique constraint ----

-- PostgreSQL
-- add unique uq_users_age on users (age): ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" ADD CONSTRAINT "uq_users_age" UNIQUE USING INDEX "uq_users_age";
-- MySQL
-- MySQL cannot add unique uq_users_age on users (age): it has no USING INDEX
-- MariaDB
-- MariaDB cannot add unique uq_users_age on users (age): it has no USING INDEX
-- SQLite
-- add unique uq_users_age on users (age): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "uq_users_age" UNIQUE ("age"),
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

---- Add a unique constraint without a moment of waiting ----

-- PostgreSQL
-- add unique uq_users_age on users (age): ACCESS EXCLUSIVE on users (blocks reads and writes), builds an index
ALTER TABLE "users" ADD CONSTRAINT "uq_users_age" UNIQUE ("age");
-- MySQL
-- add unique uq_users_age on users (age): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users`
  ADD UNIQUE KEY `uq_users_age` (`age`),
  ALGORITHM=INPLACE, LOCK=NONE;
-- MariaDB
-- add unique uq_users_age on users (age): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users`
  ADD UNIQUE KEY `uq_users_age` (`age`),
  ALGORITHM=INPLACE, LOCK=NONE;
-- SQLite
-- add unique uq_users_age on users (age): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "uq_users_age" UNIQUE ("age"),
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

---- Add a foreign key ----

-- PostgreSQL
-- add foreign key fk_users_level on users (level) references levels: SHARE ROW EXCLUSIVE on users (blocks writes), SHARE ROW EXCLUSIVE on levels (blocks writes), reads every row
ALTER TABLE "users" ADD CONSTRAINT "fk_users_level" FOREIGN KEY ("level") REFERENCES "levels" ("id") ON UPDATE CASCADE ON DELETE SET NULL;
-- MySQL
-- add foreign key fk_users_level on users (level) references levels: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users` ADD CONSTRAINT `fk_users_level` FOREIGN KEY (`level`) REFERENCES `levels` (`id`) ON DELETE SET NULL ON UPDATE CASCADE;
-- MariaDB
-- add foreign key fk_users_level on users (level) references levels: COPY, LOCK=NONE on users, copies the table, not transactional
ALTER TABLE `users` ADD CONSTRAINT `fk_users_level` FOREIGN KEY (`level`) REFERENCES `levels` (`id`) ON DELETE SET NULL ON UPDATE CASCADE;
-- SQLite
-- add foreign key fk_users_level on users (level) references levels: RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_users" (
    "id" bigint NOT NULL,
    "name" varchar(50) NOT NULL DEFAULT '',
    "email" varchar(100),
    "age" integer,
    "level" integer,
    PRIMARY KEY ("id"),
    CONSTRAINT "uq_users_email" UNIQUE ("email"),
    CONSTRAINT "ck_users_age" CHECK (age >= 0),
    CONSTRAINT "fk_users_level" FOREIGN KEY ("level") REFERENCES "levels" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
INSERT OR ABORT INTO "retort_new_users" (rowid, "id", "name", "email", "age", "level")
SELECT rowid, "id", "name", "email", "age", "level"
FROM "users";
-- must find no row: rebuild of users: %v rows were copied
SELECT (SELECT count(*) FROM "retort_new_users") || ' of ' || (SELECT count(*) FROM "users")
WHERE (SELECT count(*) FROM "retort_new_users") <> (SELECT count(*) FROM "users");
DROP TABLE "users";
ALTER TABLE "retort_new_users" RENAME TO "users";
CREATE INDEX "ix_users_name" ON "users" ("name");

---- Add a foreign key in two steps ----

-- PostgreSQL
-- add foreign key fk_users_level on users (level) references levels: SHARE ROW EXCLUSIVE on users (blocks writes), SHARE ROW EXCLUSIVE on levels (blocks writes)
-- validate foreign key fk_users_level on users: SHARE UPDATE EXCLUSIVE on users (blocks schema changes), ROW SHARE on levels, reads every row, not transactional
ALTER TABLE "users" ADD CONSTRAINT "fk_users_level" FOREIGN KEY ("level") REFERENCES "levels" ("id") NOT VALID;
-- outside of a transaction:
ALTER TABLE "users" VALIDATE CONSTRAINT "fk_users_level";
-- MySQL
-- (not used here)
-- MariaDB
-- (not used here)
-- SQLite
-- (not used here)

---- Add a check ----

-- PostgreSQL
-- add check ck_orders_total on orders (total >= 0): ACCESS EXCLUSIVE on orders (blocks reads and writes), reads every row
ALTER TABLE "orders" ADD CONSTRAINT "ck_orders_total" CHECK (total >= 0);
-- MySQL
-- add check ck_orders_total on orders (total >= 0): COPY, LOCK=SHARED on orders (blocks writes), copies the table, not transactional
ALTER TABLE `orders` ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0);
-- MariaDB
-- add check ck_orders_total on orders (total >= 0): COPY, LOCK=NONE on orders, copies the table, not transactional
ALTER TABLE `orders` ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0);
-- SQLite
-- add check ck_orders_total on orders (total >= 0): RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2),
    "note" varchar(200),
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

---- Add an exclusion constraint ----

-- PostgreSQL
-- add exclusion ex_users_age on users: ACCESS EXCLUSIVE on users (blocks reads and writes), builds an index
ALTER TABLE "users" ADD CONSTRAINT "ex_users_age" EXCLUDE USING "btree" ("age" WITH =) WHERE (age > 100);
-- MySQL
-- MySQL cannot add exclusion ex_users_age on users: it has no exclusion constraints
-- MariaDB
-- MariaDB cannot add exclusion ex_users_age on users: it has no exclusion constraints
-- SQLite
-- SQLite cannot add exclusion ex_users_age on users: SQLite has no exclusion constraints; use a trigger

