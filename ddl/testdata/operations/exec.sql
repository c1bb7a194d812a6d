---- Execute SQL ----

-- PostgreSQL
-- execute UPDATE users SET age = age + 1: no lock
UPDATE users SET age = age + 1;
-- MySQL
-- execute UPDATE users SET age = age + 1: no lock
UPDATE users SET age = age + 1;
-- MariaDB
-- execute UPDATE users SET age = age + 1: no lock
UPDATE users SET age = age + 1;
-- SQLite
-- execute UPDATE users SET age = age + 1: RESERVED (blocks writes)
UPDATE users SET age = age + 1;

---- Execute SQL outside of a transaction ----

-- PostgreSQL
-- execute VACUUM: not transactional
-- outside of a transaction:
VACUUM;
-- arguments: [1]
-- MySQL
-- execute VACUUM: not transactional
-- outside of a transaction:
VACUUM;
-- arguments: [1]
-- MariaDB
-- execute VACUUM: not transactional
-- outside of a transaction:
VACUUM;
-- arguments: [1]
-- SQLite
-- execute VACUUM: RESERVED (blocks writes), not transactional
-- outside of a transaction:
VACUUM;
-- arguments: [1]

