---- Drop a domain ----

-- PostgreSQL
-- drop domain percent: no lock
DROP DOMAIN "percent";
-- MySQL
-- MySQL cannot drop domain percent: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot drop domain percent: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot drop domain percent: SQLite has no such objects; limit the step to the engines that do, with m.On

