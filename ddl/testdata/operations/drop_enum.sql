---- Drop an enum ----

-- PostgreSQL
-- drop enum state: no lock
DROP TYPE "state";
-- MySQL
-- MySQL cannot drop enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot drop enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot drop enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Drop an enum if it is there ----

-- PostgreSQL
-- drop enum nothing: no lock
DROP TYPE IF EXISTS "nothing";
-- MySQL
-- MySQL cannot drop enum nothing: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot drop enum nothing: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot drop enum nothing: SQLite has no such objects; limit the step to the engines that do, with m.On

