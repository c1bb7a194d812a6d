---- Rename a table ----

-- PostgreSQL
-- rename table users to people: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" RENAME TO "people";
-- MySQL
-- rename table users to people: EXCLUSIVE metadata lock on users (blocks reads and writes), not transactional
RENAME TABLE `users` TO `people`;
-- MariaDB
-- rename table users to people: EXCLUSIVE metadata lock on users (blocks reads and writes), not transactional
RENAME TABLE `users` TO `people`;
-- SQLite
-- rename table users to people: RESERVED (blocks writes)
ALTER TABLE "users" RENAME TO "people";

