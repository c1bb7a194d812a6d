---- Drop an extension ----

-- PostgreSQL
-- drop extension citext: no lock
DROP EXTENSION "citext";
-- MySQL
-- MySQL cannot drop extension citext: it has no extensions; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot drop extension citext: it has no extensions; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot drop extension citext: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Drop an extension if it is there ----

-- PostgreSQL
-- drop extension nothing: no lock
DROP EXTENSION IF EXISTS "nothing";
-- MySQL
-- MySQL cannot drop extension nothing: it has no extensions; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot drop extension nothing: it has no extensions; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot drop extension nothing: SQLite has no such objects; limit the step to the engines that do, with m.On

