---- Run Go code ----

-- PostgreSQL
-- run import users: no lock
-- Go
-- MySQL
-- run import users: no lock
-- Go
-- MariaDB
-- run import users: no lock
-- Go
-- SQLite
-- run import users: RESERVED (blocks writes)
-- Go

---- Run Go code outside of a transaction ----

-- PostgreSQL
-- run import users: not transactional
-- outside of a transaction:
-- Go
-- MySQL
-- run import users: not transactional
-- outside of a transaction:
-- Go
-- MariaDB
-- run import users: not transactional
-- outside of a transaction:
-- Go
-- SQLite
-- run import users: RESERVED (blocks writes), not transactional
-- outside of a transaction:
-- Go

