---- Add a value to an enum ----

-- PostgreSQL
-- add value "sent" to enum state: no lock
ALTER TYPE "state" ADD VALUE 'sent' AFTER 'paid';
-- MySQL
-- MySQL cannot add value "sent" to enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot add value "sent" to enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot add value "sent" to enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Add the first value of an enum ----

-- PostgreSQL
-- add value "draft" to enum state: no lock
ALTER TYPE "state" ADD VALUE 'draft' BEFORE 'new';
-- MySQL
-- MySQL cannot add value "draft" to enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot add value "draft" to enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot add value "draft" to enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Rename a value of an enum ----

-- PostgreSQL
-- rename value "paid" of enum state to "settled": no lock
ALTER TYPE "state" RENAME VALUE 'paid' TO 'settled';
-- MySQL
-- MySQL cannot rename value "paid" of enum state to "settled": it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot rename value "paid" of enum state to "settled": it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot rename value "paid" of enum state to "settled": SQLite has no such objects; limit the step to the engines that do, with m.On

---- Remove a value of an enum that a column uses ----

-- PostgreSQL
-- remove values ["void"] from enum state: ACCESS EXCLUSIVE on orders (blocks reads and writes), copies the table
-- must find no row: there are rows of orders whose state is %v, which the enum state is to lose: change them first
SELECT "state"::text FROM "orders" WHERE "state"::text IN ('void') LIMIT 1;
ALTER TYPE "state" RENAME TO "state_old";
CREATE TYPE "state" AS ENUM ('new', 'paid');
ALTER TABLE "orders" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "state" TYPE state USING "state"::text::state;
ALTER TABLE "orders" ALTER COLUMN "state" SET DEFAULT 'new';
DROP TYPE "state_old";
-- MySQL
-- MySQL cannot remove values ["void"] from enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot remove values ["void"] from enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot remove values ["void"] from enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Remove a value of an enum that was perhaps renamed ----

-- PostgreSQL
-- remove values ["paid"] from enum state: no lock
ALTER TYPE "state" RENAME TO "state_old";
CREATE TYPE "state" AS ENUM ('new');
DROP TYPE "state_old";
-- MySQL
-- MySQL cannot remove values ["paid"] from enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot remove values ["paid"] from enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot remove values ["paid"] from enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

