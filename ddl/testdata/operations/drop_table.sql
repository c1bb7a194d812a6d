---- Drop a table ----

-- PostgreSQL
-- drop table notes: ACCESS EXCLUSIVE on notes (blocks reads and writes)
DROP TABLE "notes";
-- MySQL
-- drop table notes: EXCLUSIVE metadata lock on notes (blocks reads and writes), not transactional
DROP TABLE `notes`;
-- MariaDB
-- drop table notes: EXCLUSIVE metadata lock on notes (blocks reads and writes), not transactional
DROP TABLE `notes`;
-- SQLite
-- drop table notes: RESERVED (blocks writes)
DROP TABLE "notes";

---- Drop a table if it is there ----

-- PostgreSQL
-- drop table nothing: ACCESS EXCLUSIVE on nothing (blocks reads and writes)
DROP TABLE IF EXISTS "nothing";
-- MySQL
-- drop table nothing: EXCLUSIVE metadata lock on nothing (blocks reads and writes), not transactional
DROP TABLE IF EXISTS `nothing`;
-- MariaDB
-- drop table nothing: EXCLUSIVE metadata lock on nothing (blocks reads and writes), not transactional
DROP TABLE IF EXISTS `nothing`;
-- SQLite
-- drop table nothing: RESERVED (blocks writes)
DROP TABLE IF EXISTS "nothing";

---- Drop a table that was perhaps renamed ----

-- PostgreSQL
-- drop table accounts: ACCESS EXCLUSIVE on accounts (blocks reads and writes)
DROP TABLE "accounts";
-- MySQL
-- drop table accounts: EXCLUSIVE metadata lock on accounts (blocks reads and writes), not transactional
DROP TABLE `accounts`;
-- MariaDB
-- drop table accounts: EXCLUSIVE metadata lock on accounts (blocks reads and writes), not transactional
DROP TABLE `accounts`;
-- SQLite
-- drop table accounts: RESERVED (blocks writes)
DROP TABLE "accounts";

