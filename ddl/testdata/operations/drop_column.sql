---- Drop a column ----

-- PostgreSQL
-- drop column orders.note: ACCESS EXCLUSIVE on orders (blocks reads and writes)
ALTER TABLE "orders" DROP COLUMN "note";
-- MySQL
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` DROP COLUMN `note`;
-- MariaDB
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` DROP COLUMN `note`;
-- SQLite
-- drop column orders.note: RESERVED (blocks writes)
ALTER TABLE "orders" DROP COLUMN "note";

---- Drop a column if it is there ----

-- PostgreSQL
-- drop column orders.nothing: ACCESS EXCLUSIVE on orders (blocks reads and writes)
ALTER TABLE "orders" DROP COLUMN IF EXISTS "nothing";
-- MySQL
-- (nothing to do)
-- MariaDB
-- (nothing to do)
-- SQLite
-- (nothing to do)

---- Drop a column that was perhaps renamed ----

-- PostgreSQL
-- drop column orders.note: ACCESS EXCLUSIVE on orders (blocks reads and writes)
ALTER TABLE "orders" DROP COLUMN "note";
-- MySQL
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` DROP COLUMN `note`;
-- MariaDB
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders` DROP COLUMN `note`;
-- SQLite
-- drop column orders.note: RESERVED (blocks writes)
ALTER TABLE "orders" DROP COLUMN "note";

---- Drop a column without a moment of waiting ----

-- PostgreSQL
-- drop column orders.note: ACCESS EXCLUSIVE on orders (blocks reads and writes)
ALTER TABLE "orders" DROP COLUMN "note";
-- MySQL
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders`
  DROP COLUMN `note`,
  ALGORITHM=INSTANT;
-- MariaDB
-- drop column orders.note: INSTANT, LOCK=NONE on orders, not transactional
ALTER TABLE `orders`
  DROP COLUMN `note`,
  ALGORITHM=INSTANT;
-- SQLite
-- drop column orders.note: RESERVED (blocks writes)
ALTER TABLE "orders" DROP COLUMN "note";

