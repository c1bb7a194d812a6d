---- Fill a column in batches ----

-- PostgreSQL
-- backfill users: age = 18: ROW EXCLUSIVE on users, reads every row, not transactional
-- outside of a transaction:
-- Go
-- MySQL
-- backfill users: age = 18: reads every row, not transactional
-- Go
-- MariaDB
-- backfill users: age = 18: reads every row, not transactional
-- Go
-- SQLite
-- backfill users: age = 18: RESERVED (blocks writes)
UPDATE "users" SET "age" = (18) WHERE "age" IS NULL;

---- Fill columns under a condition ----

-- PostgreSQL
-- backfill users: age = 18, email = name: ROW EXCLUSIVE on users, reads every row, not transactional
-- outside of a transaction:
-- Go
-- MySQL
-- backfill users: age = 18, email = name: reads every row, not transactional
-- Go
-- MariaDB
-- backfill users: age = 18, email = name: reads every row, not transactional
-- Go
-- SQLite
-- backfill users: age = 18, email = name: RESERVED (blocks writes)
UPDATE "users" SET "age" = (18), "email" = (name) WHERE age IS NULL;

