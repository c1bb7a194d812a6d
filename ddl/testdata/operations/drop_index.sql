---- Drop a column that an index uses ----

-- PostgreSQL
-- drop index ix_users_name on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
-- drop column users.name: ACCESS EXCLUSIVE on users (blocks reads and writes)
DROP INDEX "ix_users_name";
ALTER TABLE "users" DROP COLUMN "name";
-- MySQL
-- drop index ix_users_name on users: INPLACE, LOCK=NONE on users, not transactional
-- drop column users.name: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `ix_users_name`;
ALTER TABLE `users` DROP COLUMN `name`;
-- MariaDB
-- drop index ix_users_name on users: NOCOPY, LOCK=NONE on users, not transactional
-- drop column users.name: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `ix_users_name`;
ALTER TABLE `users` DROP COLUMN `name`;
-- SQLite
-- drop index ix_users_name on users: RESERVED (blocks writes)
-- drop column users.name: RESERVED (blocks writes)
DROP INDEX "ix_users_name";
ALTER TABLE "users" DROP COLUMN "name";

---- Drop a unique index ----

-- PostgreSQL
-- drop index uq_users_age on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
DROP INDEX "uq_users_age";
-- MySQL
-- drop index uq_users_age on users: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `uq_users_age`;
-- MariaDB
-- drop index uq_users_age on users: NOCOPY, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `uq_users_age`;
-- SQLite
-- drop index uq_users_age on users: RESERVED (blocks writes)
DROP INDEX "uq_users_age";

---- Drop an index ----

-- PostgreSQL
-- drop index ix_users_name on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
DROP INDEX "ix_users_name";
-- MySQL
-- drop index ix_users_name on users: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `ix_users_name`;
-- MariaDB
-- drop index ix_users_name on users: NOCOPY, LOCK=NONE on users, not transactional
ALTER TABLE `users` DROP INDEX `ix_users_name`;
-- SQLite
-- drop index ix_users_name on users: RESERVED (blocks writes)
DROP INDEX "ix_users_name";

---- Drop an index without blocking writes ----

-- PostgreSQL
-- drop index ix_users_name on users: SHARE UPDATE EXCLUSIVE on users (blocks schema changes), not transactional
-- outside of a transaction:
DROP INDEX CONCURRENTLY "ix_users_name";
-- MySQL
-- drop index ix_users_name on users: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  DROP INDEX `ix_users_name`,
  ALGORITHM=INPLACE, LOCK=NONE;
-- MariaDB
-- drop index ix_users_name on users: NOCOPY, LOCK=NONE on users, not transactional
ALTER TABLE `users`
  DROP INDEX `ix_users_name`,
  ALGORITHM=INPLACE, LOCK=NONE;
-- SQLite
-- drop index ix_users_name on users: RESERVED (blocks writes)
DROP INDEX "ix_users_name";

---- Drop an index if it is there ----

-- PostgreSQL
-- drop index nothing on users: ACCESS EXCLUSIVE on users (blocks reads and writes)
DROP INDEX IF EXISTS "nothing";
-- MySQL
-- (nothing to do)
-- MariaDB
-- (nothing to do)
-- SQLite
-- drop index nothing on users: RESERVED (blocks writes)
DROP INDEX IF EXISTS "nothing";

