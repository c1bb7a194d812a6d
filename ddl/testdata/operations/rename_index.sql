---- Rename an index ----

-- PostgreSQL
-- rename index ix_users_name on users to ix_users_by_name: no lock
ALTER INDEX "ix_users_name" RENAME TO "ix_users_by_name";
-- MySQL
-- rename index ix_users_name on users to ix_users_by_name: INPLACE, LOCK=NONE on users, not transactional
ALTER TABLE `users` RENAME INDEX `ix_users_name` TO `ix_users_by_name`;
-- MariaDB
-- rename index ix_users_name on users to ix_users_by_name: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` RENAME INDEX `ix_users_name` TO `ix_users_by_name`;
-- SQLite
-- rename index ix_users_name on users to ix_users_by_name: RESERVED (blocks writes), builds an index
DROP INDEX "ix_users_name";
CREATE INDEX "ix_users_by_name" ON "users" ("name");

