---- Drop a schema ----

-- PostgreSQL
-- drop schema sales: no lock
DROP SCHEMA "sales";
-- MySQL
-- drop schema sales: there is no such schema
-- MariaDB
-- drop schema sales: there is no such schema
-- SQLite
-- SQLite cannot drop schema sales: a namespace of SQLite is another file; detach it and delete the file

---- Drop a schema if it is there ----

-- PostgreSQL
-- drop schema nothing: no lock
DROP SCHEMA IF EXISTS "nothing";
-- MySQL
-- drop schema nothing: not transactional
-- must find no row: database nothing is not empty, it holds %v: drop or move what is in it first
SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'nothing' LIMIT 1;
DROP DATABASE IF EXISTS `nothing`;
-- MariaDB
-- drop schema nothing: not transactional
-- must find no row: database nothing is not empty, it holds %v: drop or move what is in it first
SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'nothing' LIMIT 1;
DROP DATABASE IF EXISTS `nothing`;
-- SQLite
-- SQLite cannot drop schema nothing: a namespace of SQLite is another file; detach it and delete the file

