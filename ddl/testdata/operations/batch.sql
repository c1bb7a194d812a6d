---- Change a table in one go ----

-- PostgreSQL
-- alter table orders in one go (5 changes): ACCESS EXCLUSIVE on orders (blocks reads and writes), builds an index
ALTER TABLE "orders" RENAME COLUMN "note" TO "remark";
ALTER TABLE "orders" ALTER COLUMN "total" SET NOT NULL;
ALTER TABLE "orders"
    ALTER COLUMN "total" SET DEFAULT 0,
    ADD COLUMN "paid" boolean,
    ADD CONSTRAINT "ck_orders_total" CHECK (total >= 0);
CREATE INDEX "ix_orders_total" ON "orders" ("total");
-- MySQL
-- alter table orders in one go (5 changes): COPY, LOCK=SHARED on orders (blocks writes), copies the table, builds an index, not transactional
ALTER TABLE `orders` RENAME COLUMN `note` TO `remark`;
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(12,2) NOT NULL DEFAULT 0,
  ADD COLUMN `paid` boolean,
  ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0),
  ADD INDEX `ix_orders_total` (`total`);
-- MariaDB
-- alter table orders in one go (5 changes): COPY, LOCK=NONE on orders, copies the table, builds an index, not transactional
ALTER TABLE `orders` RENAME COLUMN `note` TO `remark`;
ALTER TABLE `orders`
  MODIFY COLUMN `total` decimal(12,2) NOT NULL DEFAULT 0,
  ADD COLUMN `paid` boolean,
  ADD CONSTRAINT `ck_orders_total` CHECK (total >= 0),
  ADD INDEX `ix_orders_total` (`total`);
-- SQLite
-- alter table orders in one go (5 changes): RESERVED (blocks writes), copies the table, builds an index
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2) NOT NULL DEFAULT 0,
    "note" varchar(200),
    "paid" boolean,
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
CREATE INDEX "ix_orders_total" ON "orders" ("total");
ALTER TABLE "orders" RENAME COLUMN "note" TO "remark";

---- Rebuild a table ----

-- PostgreSQL
-- alter table orders in one go (1 changes): ACCESS EXCLUSIVE on orders (blocks reads and writes)
ALTER TABLE "orders" ADD COLUMN "paid" boolean;
-- MySQL
-- alter table orders in one go (1 changes): INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` ADD COLUMN `paid` boolean;
-- MariaDB
-- alter table orders in one go (1 changes): INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` ADD COLUMN `paid` boolean;
-- SQLite
-- alter table orders in one go (1 changes): RESERVED (blocks writes), copies the table
-- with foreign_keys off around the transaction, and checked before it commits:
CREATE TABLE "retort_new_orders" (
    "id" bigint NOT NULL,
    "user_id" bigint,
    "total" decimal(12,2),
    "note" varchar(200),
    "paid" boolean,
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

