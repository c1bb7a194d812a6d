---- Rename an enum ----

-- PostgreSQL
-- rename enum state to status: no lock
ALTER TYPE "state" RENAME TO "status";
-- MySQL
-- MySQL cannot rename enum state to status: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot rename enum state to status: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot rename enum state to status: SQLite has no such objects; limit the step to the engines that do, with m.On

