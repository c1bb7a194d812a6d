---- Drop statistics ----

-- PostgreSQL
-- drop statistics st_users: no lock
DROP STATISTICS "st_users";
-- MySQL
-- MySQL cannot drop statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot drop statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot drop statistics st_users: SQLite has no such objects; limit the step to the engines that do, with m.On

