---- Rename a column ----

-- PostgreSQL
-- rename column users.age to years: ACCESS EXCLUSIVE on users (blocks reads and writes)
ALTER TABLE "users" RENAME COLUMN "age" TO "years";
-- MySQL
-- rename column users.age to years: COPY, LOCK=SHARED on users (blocks writes), copies the table, not transactional
ALTER TABLE `users`
  DROP CHECK `ck_users_age`,
  RENAME COLUMN `age` TO `years`,
  ADD CONSTRAINT `ck_users_age` CHECK (years >= 0);
-- MariaDB
-- rename column users.age to years: INSTANT, LOCK=NONE on users, not transactional
ALTER TABLE `users` RENAME COLUMN `age` TO `years`;
-- SQLite
-- rename column users.age to years: RESERVED (blocks writes)
ALTER TABLE "users" RENAME COLUMN "age" TO "years";

